/* SPDX-License-Identifier: GPL-3.0-or-later */
/* custom.h: metrics that a profile brings itself: k6's four kinds, of any
 * numbers. They are counted for the whole run, not by series. Pure; a
 * CustomSlab belongs to one thread at a time.
 *
 * A trend's values lie in histograms of |value| * 10^6, so that milliseconds
 * are exact to the nanosecond and any value to 0.05 %, at least 10^-6; from
 * 10^6 on |value|, from 10^12 on |value| / 10^6. Negative ones are kept
 * apart, so that order and percentiles are right. Sums, minimum and maximum
 * are doubles of the values themselves. */
#ifndef ONRUSH_STATS_CUSTOM_H
#define ONRUSH_STATS_CUSTOM_H

#include "base/err.h"
#include "stats/hist.h"
#include "stats/kind.h"

typedef struct CustomMetric {
    const char *name;
    MetricKind kind;
    bool is_time; /* its values are milliseconds */
    int line;     /* of the profile; 0: it came with a poll */
} CustomMetric;

#define CUSTOM_SCALES 3
#define CUSTOM_NAME_MAX 128

/* {0} is empty. */
typedef struct CustomSlab {
    Hist above[CUSTOM_SCALES], below[CUSTOM_SCALES]; /* trends: >= 0, < 0 */
    uint64_t count, trues; /* trues: values that are not 0 */
    double sum, min, max;
    double last; /* gauges */
    uint64_t last_ns;
} CustomSlab;

/* 0 when a profile's metric may be called so, else -1 with err: letters,
 * digits and _, no digit first, at most CUSTOM_NAME_MAX bytes; k6's names are
 * taken. One of ours that is not k6's (response_time) may be taken and hides
 * ours. */
int custom_check_name(const char *name, Err *err);
/* "default" or "time". */
const char *custom_contains(const CustomMetric *m);

/* Allocates only when a value of a new magnitude comes. What is not finite
 * is not recorded. */
void custom_record(CustomSlab *c, const CustomMetric *m, double value);
/* until_ns: up to when `from` was recorded; of two gauges the later is the
 * last, and of equally late ones that which is added later. */
void custom_add(CustomSlab *to, const CustomSlab *from, uint64_t until_ns);
void custom_clear(CustomSlab *c); /* keeps the memory */
void custom_close(CustomSlab *c);

/* q in 0..1, interpolated between ranks as hist_quantile; NaN when empty. */
double custom_quantile(const CustomSlab *c, double q);
/* NaN: no samples, or the kind has no such method. A counter without samples
 * is 0. q: for METHOD_P; seconds: for a counter's rate. */
double custom_value(const CustomSlab *c, MetricKind kind, Method method,
                    double q, double seconds);

#endif
