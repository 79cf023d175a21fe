/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeat.h: the same run several times: what its key figures are on average,
 * how far apart they lie, and whether the runs agree. Pure. */
#ifndef ONRUSH_EXPERIMENT_REPEAT_H
#define ONRUSH_EXPERIMENT_REPEAT_H

#include "maths/sample.h"
#include "stats/snapshot.h"

#define REPEAT_MAX 1000
#define REPEAT_AGREE 0.05   /* of the median */
#define REPEAT_OUTLIER_Z 3.5 /* Iglewicz & Hoaglin (1993) */
#define REPEAT_OUTLIER_LEAST 0.01 /* of the median: less is no outlier */

/* name, unit, metric, method, q, does it decide whether runs agree */
#define REPEAT_FIGURES(X)                                                    \
    X("http_reqs rate", "/s", HTTP_REQS, RATE, 0, true)                      \
    X("http_req_duration avg", "ms", HTTP_REQ_DURATION, AVG, 0, false)       \
    X("http_req_duration med", "ms", HTTP_REQ_DURATION, MED, 0, true)        \
    X("http_req_duration p(90)", "ms", HTTP_REQ_DURATION, P, 0.9, false)     \
    X("http_req_duration p(95)", "ms", HTTP_REQ_DURATION, P, 0.95, true)     \
    X("http_req_duration p(99)", "ms", HTTP_REQ_DURATION, P, 0.99, false)    \
    X("response_time p(95)", "ms", RESPONSE_TIME, P, 0.95, false)            \
    X("http_req_failed rate", "share", HTTP_REQ_FAILED, RATE, 0, false)      \
    X("iterations rate", "/s", ITERATIONS, RATE, 0, false)                   \
    X("dropped_iterations count", "", DROPPED_ITERATIONS, COUNT, 0, false)

#define X(name, unit, metric, method, q, decides) +1
enum { REPEAT_FIGURE_COUNT = 0 REPEAT_FIGURES(X) };
#undef X

typedef struct RepeatFigure {
    const char *name, *unit; /* as compare/results.h has them */
    bool decides;
} RepeatFigure;

extern const RepeatFigure repeat_figures[REPEAT_FIGURE_COUNT];

typedef struct RepeatRun {
    size_t number; /* from 1 */
    int status;    /* exit status */
    bool has_figures;
    double figures[REPEAT_FIGURE_COUNT]; /* k6's units; NaN: no samples */
} RepeatRun;

typedef struct Repeat {
    RepeatRun *runs;
    size_t count, cap;
    size_t discard; /* the first ones, which only warm up */
} Repeat;

typedef struct RepeatSummary {
    SampleSummary sample;
    double spread; /* largest distance from the median, as a share of it */
    bool agrees;   /* all have it; spread is at most REPEAT_AGREE */
} RepeatSummary;

/* Takes the figures of a run that is over. */
void repeat_take(RepeatRun *to, const Snapshot *s);
void repeat_add(Repeat *r, const RepeatRun *run);
void repeat_close(Repeat *r);
/* Of the runs that count: not discarded, and with figures. */
size_t repeat_kept(const Repeat *r);
RepeatSummary repeat_summary(const Repeat *r, size_t figure);
/* Do all figures that decide agree? At least two runs have to count. */
bool repeat_agrees(const Repeat *r);
/* Is this run's figure, by the robust z of the others, no part of them? */
bool repeat_is_outlier(const Repeat *r, size_t figure, const RepeatRun *run);
/* The worst exit status of all runs: what stopped them, then what failed. */
int repeat_status(const Repeat *r);

#endif
