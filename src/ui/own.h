/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own.h: what can be typed after `:' beside the verbs of control/verbs.h:
 * commands to the console itself, which never reach the run. One table; the
 * palette completes from it, the help lists it. Pure. */
#ifndef ONRUSH_UI_OWN_H
#define ONRUSH_UI_OWN_H

#include <stddef.h>

typedef enum OwnId {
    OWN_VIEW,
    OWN_ZOOM,
    OWN_SORT,
    OWN_FILTER,
    OWN_SCENARIO,
    OWN_THEME,
    OWN_EARLIER,
    OWN_COPY,
    OWN_SAVE_SCREEN,
    OWN_SAVE_PROFILE,
    OWN_MOUSE,
    OWN_HELP,
    OWN_QUIT,
    OWN_COUNT
} OwnId;

typedef struct OwnCommand {
    const char *name, *args, *help; /* as a Verb's */
} OwnCommand;

extern const OwnCommand own_commands[OWN_COUNT];

/* The one that text begins with; *args points at what follows, without
 * blanks before it. OWN_COUNT: none. */
OwnId own_find(const char *text, const char **args);

#endif
