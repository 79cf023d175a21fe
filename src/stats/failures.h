/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failures.h: what failed, by kind (example.h): how often, since when, when
 * last, how it went over the run, and examples of it by request. Bounded
 * however long the run is. Pure; one thread (main). Times in run time ns. */
#ifndef ONRUSH_STATS_FAILURES_H
#define ONRUSH_STATS_FAILURES_H

#include "stats/slab.h"

/* Seconds of the window `now`, the one that is open included. */
#define FAILURES_WINDOW_S 10
/* Of a kind: one second each in the first half hour, less fine later. */
#define FAILURES_POINTS 2048
/* Of a kind, each of another series: the first of that. */
#define FAILURES_EXAMPLES 8

typedef struct Failure {
    uint64_t count;
    uint64_t first_ns, last_ns; /* to the tenth of a second or so */
    uint32_t *points; /* [FAILURES_POINTS]; NULL while the count is 0 */
    uint32_t recent[FAILURES_WINDOW_S]; /* by second, modulo */
    Example *examples;                  /* in order of time */
    size_t example_count;
} Failure;

typedef struct Failures {
    Failure *kinds;
    size_t kind_count; /* FAIL_COUNT, then the checks */
    uint64_t now_ns, second; /* the newest there is */
    uint64_t each_s;   /* seconds that a point stands for, a power of two */
} Failures;

void failures_init(Failures *f, size_t checks);
void failures_close(Failures *f);
/* What was counted up to run time at_ns. */
void failures_add(Failures *f, uint64_t at_ns, const Slab *slab);
/* An example, at its run time; more than there is room for are left out. What
 * it is of is counted apart, before or after. */
void failures_example(Failures *f, size_t kind, const Example *e);
/* It is now_ns, whether or not something failed. */
void failures_advance(Failures *f, uint64_t now_ns);

/* Within the window `now`. */
uint64_t failures_recent(const Failures *f, size_t kind);
/* How many in each of count equal parts of [from, to). Parts finer than the
 * points have their share of them. */
void failures_over(const Failures *f, size_t kind, uint64_t from_ns,
                   uint64_t to_ns, double *parts, int count);

#endif
