/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kind.h: k6's four kinds of metrics, and what may be asked of them. */
#ifndef ONRUSH_STATS_KIND_H
#define ONRUSH_STATS_KIND_H

typedef enum MetricKind {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_RATE,
    METRIC_TREND,
} MetricKind;

typedef enum Method {
    METHOD_COUNT,
    METHOD_RATE,
    METHOD_VALUE,
    METHOD_AVG,
    METHOD_MIN,
    METHOD_MED,
    METHOD_MAX,
    METHOD_P,
} Method;

#endif
