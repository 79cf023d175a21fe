/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/repeat.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

const RepeatFigure repeat_figures[REPEAT_FIGURE_COUNT] = {
#define X(name, unit, metric, method, q, decides) { name, unit, decides },
    REPEAT_FIGURES(X)
#undef X
};

static const struct {
    MetricId metric;
    Method method;
    double q;
} sources[REPEAT_FIGURE_COUNT] = {
#define X(name, unit, metric, method, q, decides) \
    { METRIC_##metric, METHOD_##method, q },
    REPEAT_FIGURES(X)
#undef X
};

void repeat_take(RepeatRun *to, const Snapshot *s) {
    const MetricContext context = { .seconds = (double)s->now_ns / 1e9,
                                    .recovery_ms = NAN };
    for (size_t i = 0; i < REPEAT_FIGURE_COUNT; i++) {
        Metric m = metric_builtin(sources[i].metric);
        to->figures[i] = metric_value(&m, s->totals, NULL, &context,
                                      sources[i].method, sources[i].q);
    }
    to->has_figures = true;
}

void repeat_add(Repeat *r, const RepeatRun *run) {
    mem_grow(r->runs, r->count, r->cap);
    r->runs[r->count++] = *run;
}

void repeat_close(Repeat *r) {
    free(r->runs);
    *r = (Repeat){ 0 };
}

/* The figure in all runs that count; returns how many. */
static size_t values_of(const Repeat *r, size_t figure, double *to) {
    size_t n = 0;
    for (size_t i = r->discard; i < r->count; i++) {
        double v = r->runs[i].figures[figure];
        if (r->runs[i].has_figures && !isnan(v))
            to[n++] = v;
    }
    return n;
}

size_t repeat_kept(const Repeat *r) {
    size_t n = 0;
    for (size_t i = r->discard; i < r->count; i++)
        n += r->runs[i].has_figures;
    return n;
}

RepeatSummary repeat_summary(const Repeat *r, size_t figure) {
    double *v = mem_alloc(r->count + 1, sizeof *v);
    size_t n = values_of(r, figure, v);
    RepeatSummary s = { .sample = sample_summary(v, n, 0.95) };
    const SampleSummary *x = &s.sample;
    double most = fmax(x->max - x->median, x->median - x->min);
    s.spread = most == 0 ? 0 : most / fabs(x->median);
    s.agrees = n == repeat_kept(r) && s.spread <= REPEAT_AGREE;
    free(v);
    return s;
}

bool repeat_agrees(const Repeat *r) {
    if (repeat_kept(r) < 2)
        return false;
    for (size_t i = 0; i < REPEAT_FIGURE_COUNT; i++)
        if (repeat_figures[i].decides && !repeat_summary(r, i).agrees)
            return false;
    return true;
}

bool repeat_is_outlier(const Repeat *r, size_t figure, const RepeatRun *run) {
    double *v = mem_alloc(r->count + 1, sizeof *v);
    double mine = run->figures[figure];
    size_t n = values_of(r, figure, v);
    double z = sample_robust_z(v, n, mine), median = sample_median(v, n);
    free(v);
    return run->has_figures && fabs(z) > REPEAT_OUTLIER_Z &&
           fabs(mine - median) > REPEAT_OUTLIER_LEAST * fabs(median);
}

int repeat_status(const Repeat *r) {
    /* the gravest last; what is not here is graver than all but these */
    static const int order[] = { 0, 4, 99, 3, 105 };
    const size_t unlisted = 2; /* before 99: 1, say, which is our own */
    int worst = 0;
    size_t rank = 0;
    for (size_t i = 0; i < r->count; i++) {
        size_t k = 0, n = sizeof order / sizeof *order;
        while (k < n && order[k] != r->runs[i].status)
            k++;
        k = k == n ? unlisted * 2 - 1 : k * 2;
        if (k > rank) {
            rank = k;
            worst = r->runs[i].status;
        }
    }
    return worst;
}
