/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/curves.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stats/bands.h"

const char *curve_name(CurveId id) {
    static const char *const names[CURVE_COUNT] = {
#define X(id, name) [CURVE_##id] = name,
        CURVES(X)
#undef X
    };
    return names[id];
}

static uint64_t step_of(uint64_t length_ns, size_t most) {
    uint64_t seconds = (length_ns + NS_PER_S - 1) / NS_PER_S;
    uint64_t step = (seconds + most - 1) / most;
    return (step ? step : 1) * NS_PER_S;
}

/* --- this run ----------------------------------------------------------- */

static void put_sample(Curves *c, size_t i, const CellSample *s) {
    const double values[CURVE_COUNT] = {
        [CURVE_RPS] = s->rps,
        [CURVE_STARTED] = s->arrivals_per_s,
        [CURVE_DROPPED] = s->dropped_per_s,
        [CURVE_PLANNED] = s->planned,
        [CURVE_OTHER] = s->planned_other,
        [CURVE_VUS] = s->active,
        [CURVE_P50] = s->p50 / 1e6,
        [CURVE_P95] = s->p95 / 1e6,
        [CURVE_P99] = s->p99 / 1e6,
        [CURVE_RESPONSE] = s->response_p95 / 1e6,
        [CURVE_ERRORS] = s->error_rate,
    };
    for (CurveId id = 0; id < CURVE_BASE_RPS; id++)
        c->y[id][i] = values[id];
}

/* --- the baseline ------------------------------------------------------- */

static double sample_over(const Figure *f, size_t first, size_t end,
                          bool is_rate) {
    double sum = 0, worst = NAN;
    size_t n = 0;
    for (size_t i = first; i < end && i < f->count; i++) {
        if (isnan(f->samples[i]))
            continue;
        worst = fmax(worst, f->samples[i]);
        sum += f->samples[i];
        n++;
    }
    return is_rate && n ? sum / (double)n : worst;
}

static void lay_under(Curves *c, CurveId id, const Results *base,
                      const char *name) {
    const Figure *f = results_find(base, name);
    if (!f || f->by != SAMPLED_SECONDS || !(base->sample_ms > 0))
        return;
    double per_step = (double)c->step_ns / 1e6 / base->sample_ms;
    double scale = text_equal(f->unit, "s") ? 1000 : 1;
    for (size_t i = 0; i < c->count; i++) {
        size_t first = (size_t)((double)i * per_step);
        size_t end = (size_t)((double)(i + 1) * per_step);
        c->y[id][i] = scale * sample_over(f, first,
                                          end > first ? end : first + 1,
                                          id == CURVE_BASE_RPS);
    }
}

/* --- the whole ---------------------------------------------------------- */

Curves curves_of_series(const Report *r, size_t series, size_t most) {
    const Snapshot *s = r->snapshot;
    Curves c = { .step_ns = step_of(s->now_ns, most) };
    c.count = (size_t)((s->now_ns + c.step_ns - 1) / c.step_ns);
    for (CurveId id = 0; id < CURVE_COUNT; id++) {
        c.y[id] = mem_alloc(c.count + 1, sizeof(double));
        for (size_t i = 0; i < c.count; i++)
            c.y[id][i] = NAN;
    }
    for (size_t i = 0; i < c.count; i++) {
        CellSample sample;
        if (timeline_sample(s->timeline, i * c.step_ns, (i + 1) * c.step_ns,
                            series, &sample))
            put_sample(&c, i, &sample);
    }
    return c;
}

Curves curves_measure(const Report *r, size_t most) {
    Curves c = curves_of_series(r, SIZE_MAX, most);
    if (r->against) {
        const Results *base = r->against->base;
        lay_under(&c, CURVE_BASE_RPS, base, "http_reqs rate");
        lay_under(&c, CURVE_BASE_P95, base, "http_req_duration p(95)");
        lay_under(&c, CURVE_BASE_ERRORS, base, "http_req_failed rate");
    }
    return c;
}

void curves_close(Curves *c) {
    for (CurveId id = 0; id < CURVE_COUNT; id++)
        free(c->y[id]);
    *c = (Curves){ 0 };
}

bool curve_says_something(const Curves *c, CurveId id) {
    for (size_t i = 0; i < c->count; i++)
        if (c->y[id][i] > 0)
            return true;
    return false;
}

/* --- the heat map ------------------------------------------------------- */

/* The bands that were hit at all, a little room around them. */
static bool find_range(const Snapshot *s, const Bands *bands, size_t *first,
                       size_t *end) {
    uint64_t count[BANDS] = { 0 };
    Hist all = { 0 };
    slab_merge_hist(s->totals, PHASE_COUNT, &all);
    bands_add(bands, &all, count);
    bool any = all.count > 0;
    hist_close(&all);
    for (*first = 0; any && count[*first] == 0;)
        ++*first;
    for (*end = BANDS; any && count[*end - 1] == 0;)
        --*end;
    *first -= *first ? 1 : 0;
    *end += *end < BANDS ? 1 : 0;
    return any;
}

static void measure_cells(const Snapshot *s, const Bands *bands, HeatMap *to,
                          double (*cells)[HEAT_ROWS]) {
    for (size_t i = 0; i < to->columns; i++) {
        uint64_t count[BANDS] = { 0 };
        Hist h = { 0 };
        CellSeries sums;
        timeline_interval(s->timeline, i * to->step_ns, (i + 1) * to->step_ns,
                          SIZE_MAX, &h, &sums);
        bands_add(bands, &h, count);
        bands_spread(count, 0, BANDS, to->low, to->high, cells[i], HEAT_ROWS);
        hist_close(&h);
        for (size_t k = 0; k < HEAT_ROWS; k++)
            to->most = fmax(to->most, cells[i][k]);
    }
}

void heat_measure(const Report *r, HeatMap *to) {
    const Snapshot *s = r->snapshot;
    Bands *bands = mem_new(Bands);
    size_t first, end;
    *to = (HeatMap){ .step_ns = step_of(s->now_ns, HEAT_COLUMNS) };
    bands_init(bands);
    if (s->now_ns && find_range(s, bands, &first, &end)) {
        double(*cells)[HEAT_ROWS] = mem_alloc(HEAT_COLUMNS, sizeof *cells);
        to->low = bands_begin(first);
        to->high = bands_begin(end);
        to->columns = (size_t)((s->now_ns + to->step_ns - 1) / to->step_ns);
        measure_cells(s, bands, to, cells);
        double top = log1p(to->most);
        for (size_t i = 0; i < HEAT_LEVELS; i++)
            to->from[i] = expm1(top * (double)i / HEAT_LEVELS);
        for (size_t i = 0; i < to->columns && top > 0; i++)
            for (size_t k = 0; k < HEAT_ROWS; k++)
                to->level[i][k] = (unsigned char)fmin(
                    HEAT_LEVELS,
                    cells[i][k] > 0
                        ? 1 + floor(HEAT_LEVELS * log1p(cells[i][k]) / top)
                        : 0);
        free(cells);
    }
    free(bands);
}
