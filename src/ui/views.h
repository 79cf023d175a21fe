/* SPDX-License-Identifier: GPL-3.0-or-later */
/* views.h: the console's screens beside the live view and the editor. Pure;
 * private to the console. */
#ifndef ONRUSH_UI_VIEWS_H
#define ONRUSH_UI_VIEWS_H

#include "ui/keys.h"
#include "ui/scene.h"

/* What of the help is seen. */
typedef struct Help {
    KeyChain chain;     /* what counts now comes first */
    const char *filter; /* only what contains it; "": all */
    int top;            /* first line shown */
} Help;

/* All keys and commands; a top that is too far is taken as the last that
 * fills the screen. Returns that one, so that scrolling ends there. */
int help_draw(Cells *c, Rect r, const Help *h, Glyphs glyphs);

/* What the key bar depends on. */
typedef struct Keyline {
    KeyChain chain;
    const Wheel *wheel;
    bool is_asking; /* y or n */
    bool is_typing; /* letters go into a field of the stage editor */
    bool is_plain_list; /* the rows are neither sorted nor filtered */
} Keyline;

/* The keys that matter now. */
void keyline_draw(Cells *c, int y, const Keyline *k);

/* How it ended. */
typedef struct Ending {
    bool is_known; /* else the result is still being saved */
    int exit_status;
    char *words;
    char **saved;
    size_t saved_count, saved_cap;
    int top; /* first verdict shown */
} Ending;

/* Rows that the verdicts would like, their frame included. */
int ending_rows(const Ending *e, const Snapshot *s);
void ending_draw(Cells *c, Rect r, const Ending *e, const Scene *s);
void ending_close(Ending *e);

#endif
