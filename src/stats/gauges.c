/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/gauges.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define NAME_BYTES 1024

const char *gauge_unit_name(GaugeUnit u) {
    static const char *const names[] = { "count", "per second", "share",
                                         "bytes", "bytes/s" };
    return names[u];
}

size_t gauges_add(Gauges *g, const char *name, GaugeUnit unit) {
    char clean[NAME_BYTES];
    text_clean(clean, sizeof clean, name, strlen(name));
    mem_grow(g->items, g->count, g->cap);
    g->items[g->count] = (Gauge){
        .name = mem_dup_text(clean), .unit = unit, .last = NAN, .each = 1
    };
    return g->count++;
}

void gauges_close(Gauges *g) {
    for (size_t i = 0; i < g->count; i++) {
        free(g->items[i].name);
        free(g->items[i].points);
    }
    free(g->items);
    *g = (Gauges){ 0 };
}

/* --- readings ----------------------------------------------------------- */

static void join(GaugePoint *to, const GaugePoint *p) {
    if (to->count == 0) {
        *to = *p;
        return;
    }
    to->min = fmin(to->min, p->min);
    to->max = fmax(to->max, p->max);
    to->sum += p->sum;
    to->last = p->last;
    to->count += p->count;
}

/* Neighbours become one: half the points, twice as long. */
static void make_room(Gauge *x) {
    for (size_t i = 0; i < x->point_count; i += 2) {
        GaugePoint p = x->points[i];
        if (i + 1 < x->point_count)
            join(&p, &x->points[i + 1]);
        x->points[i / 2] = p;
    }
    x->point_count = (x->point_count + 1) / 2;
    x->each *= 2;
}

static GaugePoint *point_to_fill(Gauge *x) {
    if (x->point_count && x->points[x->point_count - 1].count < x->each)
        return &x->points[x->point_count - 1];
    if (x->point_count == GAUGE_POINTS_MAX)
        make_room(x);
    mem_grow(x->points, x->point_count, x->point_cap);
    x->points[x->point_count] = (GaugePoint){ 0 };
    return &x->points[x->point_count++];
}

void gauges_read(Gauges *g, size_t index, uint64_t at_ns, double value) {
    Gauge *x = &g->items[index];
    if (!isfinite(value))
        return;
    x->last = value;
    if (x->whole.count && at_ns <= x->at_ns)
        return;
    GaugePoint one = { at_ns, value, value, value, value, 1 };
    x->at_ns = at_ns;
    join(&x->whole, &one);
    join(point_to_fill(x), &one);
}

/* --- figures ------------------------------------------------------------ */

static GaugeFigures figures_of(const GaugePoint *p) {
    if (p->count == 0)
        return (GaugeFigures){ 0, NAN, NAN, NAN, NAN };
    return (GaugeFigures){ p->count, p->last, p->min, p->max,
                           p->sum / p->count };
}

GaugeFigures gauge_over(const Gauge *g, uint64_t from_ns, uint64_t to_ns) {
    GaugePoint sum = { 0 };
    if (from_ns == 0 && to_ns == UINT64_MAX) {
        GaugeFigures whole = figures_of(&g->whole);
        whole.last = g->last;
        return whole;
    }
    for (size_t i = 0; i < g->point_count; i++)
        if (g->points[i].from_ns >= from_ns && g->points[i].from_ns < to_ns)
            join(&sum, &g->points[i]);
    return figures_of(&sum);
}

const Gauge *gauges_find(const Gauges *g, const char *name) {
    for (size_t i = 0; i < g->count; i++)
        if (text_equal(g->items[i].name, name))
            return &g->items[i];
    return NULL;
}

double gauge_value(const Gauges *g, const char *name, Method method,
                   uint64_t from_ns, uint64_t to_ns) {
    const Gauge *x = gauges_find(g, name);
    if (!x)
        return NAN;
    GaugeFigures f = gauge_over(x, from_ns, to_ns);
    switch (method) {
    case METHOD_VALUE:
        return f.last;
    case METHOD_MIN:
        return f.min;
    case METHOD_MAX:
        return f.max;
    case METHOD_AVG:
        return f.mean;
    case METHOD_COUNT:
        return (double)f.count;
    case METHOD_RATE:
    case METHOD_MED:
    case METHOD_P:
        break;
    }
    return NAN;
}

/* --- to read ------------------------------------------------------------ */

/* Small numbers need their figures: 0.25, 0.004. */
static char *print_number(UnitsText to, double v) {
    if (fabs(v) < 99.95 && v != floor(v))
        snprintf(to, UNITS_TEXT_MAX, "%.3g", v);
    else
        units_count(to, v);
    return to;
}

char *gauge_print(UnitsText to, const Gauge *g, double value) {
    UnitsText plain;
    bool per_second = false;
    if (isnan(value)) {
        snprintf(to, UNITS_TEXT_MAX, "-");
        return to;
    }
    switch (g->unit) {
    case GAUGE_SHARE:
        return units_percent(to, value);
    case GAUGE_BYTES_PER_S:
        per_second = true;
        units_bytes(plain, value);
        break;
    case GAUGE_BYTES:
        units_bytes(plain, value);
        break;
    case GAUGE_PER_SECOND:
        per_second = true;
        print_number(plain, value);
        break;
    case GAUGE_COUNT:
        print_number(plain, value);
        break;
    }
    snprintf(to, UNITS_TEXT_MAX, "%.28s%s", plain, per_second ? "/s" : "");
    return to;
}
