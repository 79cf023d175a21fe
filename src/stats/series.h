/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.h: what is counted apart: a request, in a scenario, of a variant,
 * with its labels, by which thresholds choose. Fixed for a run. */
#ifndef ONRUSH_STATS_SERIES_H
#define ONRUSH_STATS_SERIES_H

#include <stddef.h>
#include <stdint.h>

typedef struct Label {
    const char *name, *value;
} Label;

typedef struct Series {
    const char *name; /* "home", or "home{buyers}" where there are several */
    const char *request_name; /* "home" */
    uint32_t request, scenario, variant;
    const Label *labels; /* name, scenario, variant, tags */
    size_t label_count;
} Series;

#endif
