/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static const char *origin_name(StageOrigin o) {
    static const char *const names[] = { "planned", "inserted", "hand",
                                         "spike" };
    return names[o];
}

/* --- statistics of a stretch -------------------------------------------- */

/* Decoded histograms know their maximum as a bucket; the cells exactly. */
static double worst_of(const Timeline *t, uint64_t from_ns, uint64_t to_ns) {
    double worst = 0;
    size_t n = timeline_count(t);
    for (size_t i = timeline_find(t, from_ns); i < n; i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns >= to_ns)
            break;
        if (c->start_ns >= from_ns && c->all.requests)
            worst = fmax(worst, (double)c->all.max);
    }
    return worst;
}

/* Seconds that begin in [from, to), the one not yet finished included. */
static Reading read_stretch(const Snapshot *s, uint64_t from_ns,
                            uint64_t to_ns) {
    const Timeline *t = s->timeline;
    Hist h = { 0 };
    CellSeries sums;
    double seconds =
        timeline_interval(t, from_ns, to_ns, SERIES_ALL, &h, &sums);
    if (h.count) {
        h.max = (uint64_t)worst_of(t, from_ns, to_ns);
        h.min = h.min < h.max ? h.min : h.max;
    }
    if (t->open_ns >= from_ns && t->open_ns < to_ns) {
        hist_add(&h, &t->all);
        sums.requests += t->open_all.requests;
        sums.failed += t->open_all.failed;
        sums.bytes_in += t->open_all.bytes_in;
        if (s->now_ns > t->open_ns)
            seconds += (double)(s->now_ns - t->open_ns) / 1e9;
    }
    double n = (double)sums.requests;
    Reading out = {
        .requests = sums.requests,
        .failed = sums.failed,
        .seconds = seconds,
        .rps = seconds > 0 ? n / seconds : NAN,
        .error_rate = sums.requests ? (double)sums.failed / n : NAN,
        .bytes_in_per_s = seconds > 0 ? (double)sums.bytes_in / seconds : NAN,
        .p50 = hist_quantile(&h, 0.50),
        .p90 = hist_quantile(&h, 0.90),
        .p95 = hist_quantile(&h, 0.95),
        .p99 = hist_quantile(&h, 0.99),
        .max = h.count ? (double)h.max : NAN,
        .mean = hist_mean(&h),
    };
    hist_close(&h);
    return out;
}

/* --- stages ------------------------------------------------------------- */

/* The row as far as it was executed: a run may end within it. */
static StageFigures measure_row(const Report *r, const PlanRow *row) {
    const Plan *p = &r->wheel->plan;
    const Stage *first = &p->stages[row->first];
    uint64_t end = row->began_ns + row->length_ns;
    double level = stage_end_level(&p->stages[row->first + row->count - 1]);
    if (end > p->now_ns) {
        end = p->now_ns;
        level = plan_level_at(p, end);
    }
    return (StageFigures){
        .name = first->name,
        .origin = origin_name(first->origin),
        .began_ns = row->began_ns,
        .length_ns = end - row->began_ns,
        .from = stage_level(first, 0),
        .to = level,
        .reading = read_stretch(r->snapshot, row->began_ns, end),
    };
}

StageList stages_measure(const Report *r) {
    const Plan *p = &r->wheel->plan;
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    StageList list = { mem_alloc(count + 1, sizeof *list.items), 0 };
    uint64_t end = 0;
    double level = p->start;
    for (size_t i = 0; i < count && rows[i].state != ROW_FUTURE; i++) {
        StageFigures s = measure_row(r, &rows[i]);
        list.items[list.count++] = s;
        end = s.began_ns + s.length_ns;
        level = s.to;
    }
    free(rows);
    Reading after = read_stretch(r->snapshot, end, UINT64_MAX);
    if (after.requests) {
        uint64_t now = r->snapshot->now_ns;
        list.items[list.count++] = (StageFigures){
            .name = "finish",
            .origin = "grace",
            .began_ns = end,
            .length_ns = now > end ? now - end : 0,
            .from = level,
            .to = 0,
            .reading = after,
        };
    }
    return list;
}

/* --- errors ------------------------------------------------------------- */

static int by_count(const void *a, const void *b) {
    const ErrorFigures *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return (x->class > y->class) - (x->class < y->class);
}

size_t errors_count(const Slab *run, ErrorFigures to[FAIL_COUNT]) {
    size_t n = 0;
    for (FailClass c = 0; c < FAIL_COUNT; c++) {
        uint64_t count = 0;
        for (size_t i = 0; i < run->series_count; i++)
            count += run->series[i].fail[c];
        if (count)
            to[n++] = (ErrorFigures){ c, count };
    }
    qsort(to, n, sizeof *to, by_count);
    return n;
}

MetricContext context_of(const Snapshot *s) {
    return (MetricContext){
        .seconds = (double)s->now_ns / 1e9,
        .vus = (double)s->active,
        .vus_max = (double)s->active_max,
        .recovery_ms = recovery_longest_ms(s->recoveries),
    };
}
