/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.h: which stretch of run time is looked at, a moment and two intervals
 * in it. Pure; times in run time ns. */
#ifndef ONRUSH_UI_LOOK_H
#define ONRUSH_UI_LOOK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Interval {
    uint64_t from_ns, to_ns; /* empty when they are the same */
} Interval;

/* {0}: all that the plan's length suggests, and it follows the run. */
typedef struct Look {
    uint64_t span_ns; /* how much time; 0: as the plan's length suggests */
    bool is_other;    /* not what the plan's length suggests, but the other */
    bool is_back;     /* does not follow the run: the window ends at to_ns */
    uint64_t to_ns;
    bool has_cursor;
    uint64_t cursor_ns;
    Interval first, second;
} Look;

/* What the run and the screen say. */
typedef struct LookRun {
    uint64_t now_ns;
    uint64_t total_ns; /* of the plan */
    bool grows;        /* nobody knows how long it takes */
    int dots;          /* columns of dots that a chart has */
} LookRun;

/* The window [from, to). It slides by whole columns, so that a column keeps
 * its seconds. */
Interval look_window(const Look *l, const LookRun *run);

/* The next longer or shorter span of 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 6,
 * 12, 24 h and the whole run. */
void look_longer(Look *l, const LookRun *run);
void look_shorter(Look *l, const LookRun *run);

#endif
