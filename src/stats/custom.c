/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/custom.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "stats/metric.h"

static const struct {
    double below; /* |value| */
    double factor;
} scales[CUSTOM_SCALES] = {
    { 1e6, 1e6 },
    { 1e12, 1 },
    { INFINITY, 1e-6 },
};

int custom_check_name(const char *name, Err *err) {
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_')
            return err_at(err, (int)i + 1,
                          "a metric's name has letters, digits and _ only");
    if (n == 0 || isdigit((unsigned char)name[0]))
        return err_at(err, 1,
                      "a metric's name has letters, digits and _, and begins "
                      "with a letter: order_value");
    if (n > CUSTOM_NAME_MAX)
        return err_at(err, 1, "a metric's name has at most %d letters",
                      CUSTOM_NAME_MAX);
    MetricId id = metric_find(name);
    if (id != METRIC_COUNT && metric_info[id].is_k6)
        return err_at(err, 1,
                      "%s is a metric that every run has; choose another name",
                      name);
    return 0;
}

const char *custom_contains(const CustomMetric *m) {
    return m->is_time ? "time" : "default";
}

static void record_trend(CustomSlab *c, double value) {
    double size = fabs(value);
    size_t k = 0;
    while (size >= scales[k].below)
        k++;
    /* beyond 2^63 there is no uint64_t to round to */
    double scaled = fmin(size * scales[k].factor, (double)HIST_HIGHEST);
    hist_record(value < 0 ? &c->below[k] : &c->above[k],
                (uint64_t)llround(scaled));
}

void custom_record(CustomSlab *c, const CustomMetric *m, double value) {
    if (!isfinite(value))
        return;
    if (m->kind == METRIC_TREND)
        record_trend(c, value);
    c->min = c->count ? fmin(c->min, value) : value;
    c->max = c->count ? fmax(c->max, value) : value;
    c->last = value;
    c->count++;
    c->trues += value != 0;
    c->sum += value;
}

void custom_add(CustomSlab *to, const CustomSlab *from, uint64_t until_ns) {
    if (from->count == 0)
        return;
    for (size_t k = 0; k < CUSTOM_SCALES; k++) {
        hist_add(&to->above[k], &from->above[k]);
        hist_add(&to->below[k], &from->below[k]);
    }
    to->min = to->count ? fmin(to->min, from->min) : from->min;
    to->max = to->count ? fmax(to->max, from->max) : from->max;
    if (to->count == 0 || until_ns >= to->last_ns) {
        to->last = from->last;
        to->last_ns = until_ns;
    }
    to->count += from->count;
    to->trues += from->trues;
    to->sum += from->sum;
}

void custom_clear(CustomSlab *c) {
    for (size_t k = 0; k < CUSTOM_SCALES; k++) {
        hist_clear(&c->above[k]);
        hist_clear(&c->below[k]);
    }
    c->count = c->trues = c->last_ns = 0;
    c->sum = c->min = c->max = c->last = 0;
}

void custom_close(CustomSlab *c) {
    for (size_t k = 0; k < CUSTOM_SCALES; k++) {
        hist_close(&c->above[k]);
        hist_close(&c->below[k]);
    }
    *c = (CustomSlab){ 0 };
}

/* --- values ------------------------------------------------------------- */

/* The value at a rank of a histogram, 0 its smallest. */
static double at_rank(const Hist *h, uint64_t rank) {
    if (h->count < 2)
        return hist_quantile(h, 0);
    return hist_quantile(h, (double)rank / (double)(h->count - 1));
}

/* The trend's rank-th value in rising order. */
static double value_at(const CustomSlab *c, uint64_t rank) {
    for (size_t k = CUSTOM_SCALES; k-- > 0; rank -= c->below[k].count)
        if (rank < c->below[k].count)
            return -at_rank(&c->below[k], c->below[k].count - 1 - rank) /
                   scales[k].factor;
    for (size_t k = 0; k < CUSTOM_SCALES; rank -= c->above[k++].count)
        if (rank < c->above[k].count)
            return at_rank(&c->above[k], rank) / scales[k].factor;
    return c->max;
}

double custom_quantile(const CustomSlab *c, double q) {
    if (c->count == 0)
        return NAN;
    double at = fmin(fmax(q, 0), 1) * (double)(c->count - 1);
    uint64_t rank = (uint64_t)at;
    /* the outermost are known exactly, the others to the grain */
    double here = rank == 0 ? c->min : value_at(c, rank);
    double next = rank + 1 >= c->count - 1 ? c->max : value_at(c, rank + 1);
    if (rank == c->count - 1)
        return c->max;
    double v = at > (double)rank ? here + (next - here) * (at - (double)rank)
                                 : here;
    return fmin(fmax(v, c->min), c->max);
}

static double trend_value(const CustomSlab *c, Method method, double q) {
    switch (method) {
    case METHOD_AVG:
        return c->count ? c->sum / (double)c->count : NAN;
    case METHOD_MIN:
        return c->count ? c->min : NAN;
    case METHOD_MAX:
        return c->count ? c->max : NAN;
    case METHOD_MED:
        return custom_quantile(c, 0.5);
    case METHOD_P:
        return custom_quantile(c, q);
    case METHOD_COUNT:
        return c->count ? (double)c->count : NAN;
    case METHOD_RATE:
    case METHOD_VALUE:
        break;
    }
    return NAN;
}

double custom_value(const CustomSlab *c, MetricKind kind, Method method,
                    double q, double seconds) {
    switch (kind) {
    case METRIC_COUNTER:
        if (method == METHOD_COUNT)
            return c->sum;
        return method == METHOD_RATE && seconds > 0 ? c->sum / seconds : NAN;
    case METRIC_GAUGE:
        if (c->count == 0)
            return NAN;
        return method == METHOD_VALUE ? c->last
               : method == METHOD_MIN ? c->min
               : method == METHOD_MAX ? c->max
                                      : NAN;
    case METRIC_RATE:
        return method == METHOD_RATE && c->count
                   ? (double)c->trues / (double)c->count
                   : NAN;
    case METRIC_TREND:
        return trend_value(c, method, q);
    }
    return NAN;
}
