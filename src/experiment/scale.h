/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scale.h: a run that steps through multiples of a profile's load, and what
 * the steps say of how the target scales. Pure. */
#ifndef ONRUSH_EXPERIMENT_SCALE_H
#define ONRUSH_EXPERIMENT_SCALE_H

#include "experiment/goal.h"
#include "maths/usl.h"
#include "plan/plan.h"

#define SCALE_STEPS_MAX 32

typedef struct ScaleSpec {
    double at[SCALE_STEPS_MAX]; /* multiples of the highest level */
    size_t count;
    uint64_t ramp_ns, hold_ns, settle_ns; /* settle: of the hold, left out */
} ScaleSpec;

typedef struct ScaleStep {
    double at, level; /* level: of all scenarios of the first one's unit */
    double load;      /* N of the law: VUs that worked, on average */
    uint64_t from_ns, to_ns; /* that were measured; the same: nothing was */
    GoalReading reading;
    Estimate throughput; /* requests/s with its 95 % interval, by seconds */
    double power; /* throughput / mean latency (Kleinrock, 1979); NaN */
} ScaleStep;

typedef struct Scaling {
    ScaleSpec spec;
    bool is_rate;
    ScaleStep steps[SCALE_STEPS_MAX]; /* those that were made */
    size_t count;
    size_t best; /* the step with the most power of those of which at most
                    1 % failed; count: none */
    UslFit fit;  /* of throughput against load */
} Scaling;

/* "0.25,0.5,1": rising or not, each above 0 and at most 1000. -1 with err. */
int scale_read(ScaleSpec *s, const char *text, Err *err);
ScaleSpec scale_spec_default(void);
/* Replaces the plan's stages: for each multiple of `peak` a short ramp and a
 * hold, called "x0.5". It begins at 0. */
void scale_plan(const ScaleSpec *s, Plan *p);
/* What the holds of the run say; plans: of the run. */
void scale_measure(Scaling *s, const Plan *plans, size_t plan_count,
                   const Timeline *t);
/* Appends sentences, a line each, about contention, coherency, the peak and
 * the best operating point, with their evidence; or why there is no fit. */
void scale_words(const Scaling *s, Text *to);

#endif
