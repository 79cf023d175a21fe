/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stall.h: a terminal that takes nothing (Ctrl-S, a connection that hangs)
 * must not hold the main thread: nobody would judge, save or obey. curses
 * writes until all is out; so, when that takes too long, standard output
 * leads to nowhere from within the write, and back when the terminal takes
 * bytes again. What was lost is drawn anew. Main thread; one terminal. */
#ifndef ONRUSH_UI_STALL_H
#define ONRUSH_UI_STALL_H

#include <stdbool.h>

typedef enum StallState {
    STALL_NONE,  /* go on */
    STALL_STILL, /* what is written now is lost */
    STALL_BACK,  /* it takes bytes again: draw all of it */
} StallState;

/* Standard output is the terminal; without these calls nothing is watched. */
void stall_open(void);
/* Standard output is the terminal again. true: what was written last is lost. */
bool stall_close(void);
/* Around whatever writes to it: at most STALL_MS pass between them. */
#define STALL_MS 250
StallState stall_begin(void);
void stall_end(void);

#endif
