/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.h: which stretch of run time is looked at, a moment and two intervals
 * in it. Pure; times in run time ns.
 *
 * A look with a cursor stays where it is while the run goes on. The cursor
 * stands on a column of characters; an interval is of whole columns. */
#ifndef ONRUSH_UI_LOOK_H
#define ONRUSH_UI_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Interval {
    uint64_t from_ns, to_ns; /* empty when they are the same */
} Interval;

/* The interval that the cursor stretches. */
typedef enum LookPick { PICK_NONE, PICK_FIRST, PICK_SECOND } LookPick;

/* {0}: all that the plan's length suggests, and it follows the run. */
typedef struct Look {
    uint64_t span_ns; /* how much time; 0: as the plan's length suggests */
    bool is_other;    /* not what the plan's length suggests, but the other */
    bool is_back;     /* does not follow the run: the window ends at to_ns; of
                         the whole run (span 0) at its end */
    uint64_t to_ns;
    bool has_cursor;
    uint64_t cursor_ns; /* within its column */
    Interval first, second;
    LookPick pick;
    uint64_t anchor_ns; /* where it was begun */
    int dots; /* columns of dots that the charts had in the last frame, for
                 keys; 0: there was none */
} Look;

/* What the run and the screen say. */
typedef struct LookRun {
    uint64_t now_ns;
    uint64_t total_ns; /* of the plan */
    bool grows;        /* nobody knows how long it takes */
    int dots;          /* columns of dots that a chart has */
    int per_cell;      /* of them in a column of characters; 0: 1 */
} LookRun;

/* The window [from, to). It slides by whole columns of characters, so that a
 * column keeps its seconds. The cursor is in it. */
Interval look_window(const Look *l, const LookRun *run);
/* The time that the column of a moment covers. */
Interval look_column(const Look *l, const LookRun *run, uint64_t t_ns);
bool look_is_empty(Interval i);
/* The moment that names a column on a clock of seconds: the first whole second
 * in it, since the cells behind it begin with seconds; else its beginning. */
uint64_t look_clock_ns(Interval column);

/* So much time, 0: the whole run. The cursor stays where it is on the
 * screen. */
void look_zoom(Look *l, const LookRun *run, uint64_t span_ns);
/* The next longer or shorter span of 30 s, 1, 2, 5, 10, 15, 30 min, 1, 2, 6,
 * 12, 24 h and the whole run; around the cursor when there is one. */
void look_longer(Look *l, const LookRun *run);
void look_shorter(Look *l, const LookRun *run);
/* The near past and future, or the whole run. */
void look_toggle(Look *l, const LookRun *run);

/* The cursor to a moment, at most now; it takes the interval along that is
 * picked. The window moves only when the moment lies outside. */
void look_at(Look *l, const LookRun *run, uint64_t t_ns);
/* By columns, from now when there is no cursor; at the edge the window goes
 * along. */
void look_move(Look *l, const LookRun *run, int columns);
/* To the moment before (direction < 0) or after the cursor's column, of those
 * that have been. false: there is none. */
bool look_jump(Look *l, const LookRun *run, const uint64_t *moments,
               size_t count, int direction);
/* Begins an interval at the cursor (the first, else the second), or fixes
 * what was begun. */
void look_pick(Look *l, const LookRun *run);
/* Drops the interval that was last picked, else goes back to now. false:
 * there was nothing to leave. */
bool look_leave(Look *l);

#endif
