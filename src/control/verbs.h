/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs.h: the table of everything an operator can do. Help screens, the
 * manual, completion and the control socket walk it. */
#ifndef ONRUSH_CONTROL_VERBS_H
#define ONRUSH_CONTROL_VERBS_H

#include "control/wheel.h"

/* args: what follows the verb's name, trimmed. */
typedef int VerbFn(Wheel *w, uint64_t now_ns, const char *args, Text *answer,
                   Err *err);

typedef struct Verb {
    const char *name; /* one or two words: "level", "stage insert" */
    const char *args; /* for help: "LEVEL|+N|-N [in DURATION]" */
    const char *help;
    VerbFn *apply;
    bool is_edit; /* may stand in an `edit` */
    bool is_plan; /* does something to one scenario's plan */
    bool takes_for; /* for the whole run, and `for` narrows it to one */
    bool is_operators; /* no event or alert of a profile may do it */
} Verb;

extern const Verb verbs[];
extern const size_t verb_count;

/* The verb that text begins with, longest name first; *args points behind
 * it. NULL with err (and the nearest name) when there is none. */
const Verb *verb_find(const char *text, const char **args, Err *err);

#endif
