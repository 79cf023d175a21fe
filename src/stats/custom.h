/* SPDX-License-Identifier: GPL-3.0-or-later */
/* custom.h: metrics that a profile brings itself: k6's four kinds, of any
 * numbers. Pure. */
#ifndef ONRUSH_STATS_CUSTOM_H
#define ONRUSH_STATS_CUSTOM_H

#include "stats/metric.h"

typedef struct CustomMetric {
    const char *name;
    MetricKind kind;
    bool is_time; /* its values are milliseconds */
    int line;     /* of the profile; 0: it came with a poll */
} CustomMetric;

#endif
