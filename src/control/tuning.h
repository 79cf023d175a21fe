/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuning.h: what of a run may change beside its levels: weights of a mix,
 * rates of tasks, think times, thresholds. The wheel owns it; workers get
 * copies of the numbers. Main thread. */
#ifndef ONRUSH_CONTROL_TUNING_H
#define ONRUSH_CONTROL_TUNING_H

#include "base/mem.h"
#include "stats/threshold.h"

#define TUNING_WEIGHT_MAX 1e9
#define TUNING_RATE_MAX 1e6 /* of a task: a second, of each VU */
#define TUNING_THINK_MAX 1000

/* Of one scenario. */
typedef struct Tuning {
    char **names;   /* of its flows: requests, blanks between; clean */
    double *values; /* their weights, or iterations a second of each VU */
    double *first;  /* as the profile has them */
    size_t count;   /* 0: it has neither mix nor tasks */
    bool are_rates;
    bool thinks;  /* it has think times, */
    double think; /* which are so many times as long; 1: as profiled */
} Tuning;

/* The names are cleaned and copied. */
void tuning_add(Tuning *t, const char *name, double value);
void tuning_copy(Tuning *to, const Tuning *from);
void tuning_close(Tuning *t);
bool tuning_is_changed(const Tuning *t);
double tuning_sum(const Tuning *t);

/* The thresholds as they stand; as many as at first. */
typedef struct Limits {
    ThresholdList now;
    const ThresholdList *first; /* NULL: there are none */
    MetricTable metrics;        /* that they may be about */
    Arena arena;                /* of those that were changed */
} Limits;

/* Both are borrowed. */
void limits_init(Limits *l, const ThresholdList *first, MetricTable metrics);
/* Not longer than `from`: texts are borrowed from it. */
void limits_copy(Limits *to, const Limits *from);
void limits_close(Limits *l);
/* The i-th gets this text, which is read as a profile's is; -1 with err: it
 * stays as it is. */
int limits_change(Limits *l, size_t i, const char *text, Err *err);
/* What it was at first, when it was changed; else NULL. */
const char *limits_was(const Limits *l, size_t i);

#endif
