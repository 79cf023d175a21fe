/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal.h: what has to hold at a level of load, and what a stretch of a run
 * says of it. The grammar is that of thresholds, joined by `and`:
 *
 *   p(95) < 500 and http_req_failed < 1% and http_req_duration{home} avg < 80
 *
 * A method alone is http_req_duration's; a share alone has the method rate.
 * Only what the time line keeps can be asked: http_req_duration and
 * http_req_failed (by selection, too), response_time, http_reqs, iterations
 * and dropped_iterations. Pure. */
#ifndef ONRUSH_EXPERIMENT_GOAL_H
#define ONRUSH_EXPERIMENT_GOAL_H

#include "base/units.h"
#include "stats/condition.h"
#include "stats/timeline.h"

#define GOAL_PARTS_MAX 8

typedef struct GoalPart {
    Condition condition;
    const char *text; /* "http_req_failed < 1%", as written */
} GoalPart;

typedef struct Goal {
    GoalPart parts[GOAL_PARTS_MAX];
    size_t count;
    const char *text;
} Goal;

/* Of one part; value in k6's units. */
typedef struct GoalValue {
    double value;  /* NaN: no samples */
    double count;  /* samples that it is made of */
    double beyond; /* percentile: share of them that are beyond the limit;
                      share: the share; else NaN */
} GoalValue;

/* Times in ns, NaN where there was nothing. */
typedef struct GoalReading {
    uint64_t requests, failed, started, dropped;
    double seconds, rps, error_rate, p50, p95, p99, mean;
    GoalValue values[GOAL_PARTS_MAX];
} GoalReading;

/* -1 with err, its column 1-based within text. Texts go to the arena; the
 * series are borrowed. */
int goal_read(Goal *g, Arena *arena, const char *text,
              const MetricTable *table, Err *err);
/* Of the finished seconds that begin in [from, to). */
void goal_measure(const Goal *g, const Timeline *t, uint64_t from_ns,
                  uint64_t to_ns, GoalReading *to);
/* true: all parts hold. Else *broken is the first that does not. */
bool goal_holds(const Goal *g, const GoalReading *r, size_t *broken);
/* How many samples each part needs before its value means something: 20
 * beyond a percentile, and of a share L 3 / L, for none among so many says
 * that it is below L (Hanley & Lippman-Hand, 1983). True: all have them. */
bool goal_has_enough(const Goal *g, const GoalReading *r);
/* Is there no doubt that a part is broken? Wald's sequential test (1945) of
 * the share that is allowed against five times that share, error 0.001; a
 * sample counts a tenth, since requests of one moment fare alike. */
bool goal_is_hopeless(const Goal *g, const GoalReading *r, size_t *broken);
/* Is each part's value further from its limit than noise would bring it: two
 * standard errors of the share beyond, samples counted as above? Of what has
 * no such share nobody can say; it passes. */
bool goal_is_clear(const Goal *g, const GoalReading *r);
/* Is each part, of which there are 20 samples, at most half of its limit? */
bool goal_is_far(const Goal *g, const GoalReading *r);
/* "612 ms", "2.40 %", in the part's unit. */
char *goal_value_text(const GoalPart *p, double value, UnitsText to);

#endif
