/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gauges.h: what monitors read while the load runs, by name: last, min, max,
 * mean and a history that is bounded however long the run is. Pure; one
 * thread (main). Times are run time in ns.
 *
 * A mean is that of the readings, which come at even distances; where one is
 * missing it counts for nothing. */
#ifndef ONRUSH_STATS_GAUGES_H
#define ONRUSH_STATS_GAUGES_H

#include "base/units.h"
#include "stats/metric.h"

/* Of one gauge: 42 s each after a day, less before. */
#define GAUGE_POINTS_MAX 4096

typedef enum GaugeUnit {
    GAUGE_COUNT,
    GAUGE_PER_SECOND,
    GAUGE_SHARE, /* 0..1; of CPU time of processes: 1 is one core */
    GAUGE_BYTES,
    GAUGE_BYTES_PER_S,
} GaugeUnit;

const char *gauge_unit_name(GaugeUnit u); /* "bytes/s" */

/* Readings in a row, made one to save room; the first at from_ns. */
typedef struct GaugePoint {
    uint64_t from_ns;
    double min, max, sum, last;
    uint32_t count;
} GaugePoint;

typedef struct Gauge {
    char *name; /* clean for a terminal */
    GaugeUnit unit;
    double last; /* NaN before the first reading */
    GaugePoint whole;
    GaugePoint *points; /* in order of time */
    size_t point_count, point_cap;
    uint32_t each;  /* readings that one point takes, a power of two */
    uint64_t at_ns; /* of the last reading that counts */
} Gauge;

typedef struct Gauges {
    Gauge *items;
    size_t count, cap;
} Gauges;

/* The name is copied and cleaned. Returns its index. */
size_t gauges_add(Gauges *g, const char *name, GaugeUnit unit);
void gauges_close(Gauges *g);
/* A reading; what is not finite is left out. One that is not later than the
 * reading before was made while the run stood still: it is shown as the
 * last, and counts nowhere. */
void gauges_read(Gauges *g, size_t index, uint64_t at_ns, double value);

/* Figures of an interval; NaN where there is no reading. */
typedef struct GaugeFigures {
    uint64_t count; /* readings */
    double last, min, max, mean;
} GaugeFigures;

/* Of the points that begin in [from, to); of the whole run with 0 and
 * UINT64_MAX, where last is the newest reading. */
GaugeFigures gauge_over(const Gauge *g, uint64_t from_ns, uint64_t to_ns);

/* NULL when there is none of that name. */
const Gauge *gauges_find(const Gauges *g, const char *name);
/* A figure in the gauge's unit: METHOD_VALUE (last), _MIN, _MAX, _AVG,
 * _COUNT (readings). NaN: no such gauge, no readings, or no such method. */
double gauge_value(const Gauges *g, const char *name, Method method,
                   uint64_t from_ns, uint64_t to_ns);

/* To read: 78.2 %, 91.0 MB, 2.10 MB/s, 0.25/s, 1 024; "-" for NaN. */
char *gauge_print(UnitsText to, const Gauge *g, double value);

#endif
