/* SPDX-License-Identifier: GPL-3.0-or-later */
/* condition.h: what thresholds and alerts say of a metric: METRIC[{SERIES}]
 * and METHOD OP NUMBER. Methods by kind: counter count|rate, gauge value,
 * rate rate, trend avg min med max p(N); of what [monitor] watches value avg
 * min max. A bare number beside a time is milliseconds. Pure. */
#ifndef ONRUSH_STATS_CONDITION_H
#define ONRUSH_STATS_CONDITION_H

#include "expr/lex.h"
#include "stats/metric.h"

typedef struct Condition {
    Metric metric;
    const Selection *of; /* NULL: everything */
    Method method;
    double q; /* 0..1 for METHOD_P */
    CompareOp op;
    double limit; /* k6's units */
} Condition;

/* "http_req_duration{home}": metric and selection. -1 with err, its column
 * within key (not terminated). What has to live longer goes to the arena. */
int condition_read_key(Condition *c, Arena *arena, const char *key,
                       size_t length, const MetricTable *table, Err *err);
/* "p(95) < 500" from l->now on, of the metric that was read; l->now is then
 * what follows. -1 with err, its column within l's text. */
int condition_read(Condition *c, Arena *arena, Lexer *l, Err *err);
/* Of the whole run; NaN: no samples. */
double condition_value(const Condition *c, const Slab *run,
                       const MetricContext *context);
bool condition_holds(const Condition *c, double value); /* NaN: false */
/* How much room there is before it does not hold any more, as a share of the
 * limit; below 0: how far beyond. NaN: no value, a limit of 0, or it is
 * about being equal. */
double condition_margin(const Condition *c, double value);
/* Is its value an amount of what the metric contains (a time), rather than
 * a count or a rate? */
bool condition_is_amount(const Condition *c);

#endif
