/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curves.h: a run's time line as arrays of bounded length, for charts: of
 * each span the rate over all of it, and of percentiles the worst second's,
 * so that a spike never hides. Pure; main thread. */
#ifndef ONRUSH_REPORT_CURVES_H
#define ONRUSH_REPORT_CURVES_H

#include "report/report.h"

/* id, name in the data; rates per second, times in ms, shares 0..1 */
#define CURVES(X)                     \
    X(RPS, "rps")                     \
    X(STARTED, "started")             \
    X(DROPPED, "dropped")             \
    X(PLANNED, "planned")             \
    X(OTHER, "other")                 \
    X(VUS, "vus")                     \
    X(P50, "p50")                     \
    X(P95, "p95")                     \
    X(P99, "p99")                     \
    X(RESPONSE, "response")           \
    X(ERRORS, "errors")               \
    X(BASE_RPS, "base_rps")           \
    X(BASE_P95, "base_p95")           \
    X(BASE_ERRORS, "base_errors")

typedef enum CurveId {
#define X(id, name) CURVE_##id,
    CURVES(X)
#undef X
        CURVE_COUNT
} CurveId;

/* NaN: nothing was measured in that span. */
typedef struct Curves {
    size_t count;
    uint64_t step_ns; /* whole seconds; span i begins at i * step_ns */
    double *y[CURVE_COUNT];
} Curves;

const char *curve_name(CurveId id);
/* At most `most` (> 0) spans of equal length. */
Curves curves_measure(const Report *r, size_t most);
/* Of one series alone; what only the whole run has is that of the run. */
Curves curves_of_series(const Report *r, size_t series, size_t most);
void curves_close(Curves *c);
/* Is there a value that is not 0? */
bool curve_says_something(const Curves *c, CurveId id);

#define HEAT_COLUMNS 240
#define HEAT_ROWS 32
#define HEAT_LEVELS 12

/* How many requests took how long, when: service times. */
typedef struct HeatMap {
    size_t columns; /* 0: there is nothing to show */
    uint64_t step_ns;
    double low, high; /* log10 of ns: bottom of the lowest row, top */
    /* 0: none; else 1..HEAT_LEVELS. [column][row], the shortest first */
    unsigned char level[HEAT_COLUMNS][HEAT_ROWS];
    double from[HEAT_LEVELS]; /* requests from which on a level counts */
    double most;              /* requests in the fullest cell */
} HeatMap;

void heat_measure(const Report *r, HeatMap *to);

#endif
