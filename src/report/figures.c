/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"

static const char *origin_name(StageOrigin o) {
    static const char *const names[] = { "planned", "inserted", "hand",
                                         "spike" };
    return names[o];
}

/* --- statistics of a stretch -------------------------------------------- */

/* Decoded histograms know their maximum as a bucket; the cells exactly. */
static double worst_of(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                       bool is_response) {
    double worst = 0;
    size_t n = timeline_count(t);
    for (size_t i = timeline_find(t, from_ns); i < n; i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns >= to_ns)
            break;
        const CellSeries *x = is_response ? &c->response : &c->all;
        if (c->start_ns >= from_ns && x->requests)
            worst = fmax(worst, (double)x->max);
    }
    return worst;
}

/* Seconds that begin in [from, to), the one not yet finished included; of
 * the service times of all, or of the response times. */
static Reading read_stretch(const Snapshot *s, uint64_t from_ns, uint64_t to_ns,
                            bool is_response) {
    const Timeline *t = s->timeline;
    Hist h = { 0 };
    CellSeries sums;
    double seconds = timeline_interval(
        t, from_ns, to_ns, is_response ? TIMELINE_RESPONSE : SIZE_MAX, &h,
        &sums);
    if (h.count) {
        h.max = (uint64_t)worst_of(t, from_ns, to_ns, is_response);
        h.min = h.min < h.max ? h.min : h.max;
    }
    if (t->open_ns >= from_ns && t->open_ns < to_ns) {
        hist_add(&h, is_response ? &t->response : &t->all);
        sums.requests += is_response ? t->response.count : t->open_all.requests;
        sums.failed += is_response ? 0 : t->open_all.failed;
        sums.bytes_in += is_response ? 0 : t->open_all.bytes_in;
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

/* What began in the same seconds. */
static void read_arrivals(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                          StageFigures *to) {
    timeline_iterations(t, from_ns, to_ns, &to->started, &to->dropped);
    if (t->open_ns >= from_ns && t->open_ns < to_ns) {
        to->started += t->open_started;
        to->dropped += t->open_dropped;
    }
}

static void read_row(const Snapshot *s, uint64_t from_ns, uint64_t to_ns,
                     StageFigures *to) {
    to->reading = read_stretch(s, from_ns, to_ns, false);
    to->response = read_stretch(s, from_ns, to_ns, true);
    read_arrivals(s->timeline, from_ns, to_ns, to);
}

/* The row as far as it was executed: a run may end within it. */
static StageFigures measure_row(const Report *r, const Plan *p,
                                const PlanRow *row) {
    const Stage *first = &p->stages[row->first];
    uint64_t end = row->began_ns + row->length_ns;
    double level = stage_end_level(&p->stages[row->first + row->count - 1]);
    if (end > p->now_ns) {
        end = p->now_ns;
        level = plan_level_at(p, end);
    }
    StageFigures s = {
        .name = first->name,
        .origin = origin_name(first->origin),
        .began_ns = row->began_ns,
        .length_ns = end - row->began_ns,
        .from = stage_level(first, 0),
        .to = level,
    };
    read_row(r->snapshot, row->began_ns, end, &s);
    return s;
}

StageList stages_measure(const Report *r, size_t scenario) {
    const Plan *p = &r->wheel->plans[scenario];
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    StageList list = { mem_alloc(count + 1, sizeof *list.items), 0 };
    uint64_t end = 0;
    double level = p->start;
    for (size_t i = 0; i < count && rows[i].state != ROW_FUTURE; i++) {
        StageFigures s = measure_row(r, p, &rows[i]);
        list.items[list.count++] = s;
        end = s.began_ns + s.length_ns;
        level = s.to;
    }
    free(rows);
    if (r->wheel->plan_count > 1 && end < wheel_total_ns(r->wheel))
        return list;
    uint64_t now = r->snapshot->now_ns;
    StageFigures after = {
        .name = "finish",
        .origin = "grace",
        .began_ns = end,
        .length_ns = now > end ? now - end : 0,
        .from = level,
        .to = 0,
    };
    read_row(r->snapshot, end, UINT64_MAX, &after);
    if (after.reading.requests || after.started || after.dropped)
        list.items[list.count++] = after;
    return list;
}

bool stage_is_worth_a_line(const StageFigures *f) {
    return f->length_ns > 0 &&
           (!text_equal(f->origin, "grace") || f->length_ns >= NS_PER_S);
}

/* --- in words ----------------------------------------------------------- */

bool recovery_stayed(const Recovery *r) {
    return r->state == RECOVERY_NEVER && !r->back_ns;
}

void margin_words(const ThresholdReading *r, Text *to) {
    const Threshold *x = r->threshold;
    double limit = x->condition.limit;
    CompareOp op = x->condition.op;
    double off = (r->value - limit) / fabs(limit);
    UnitsText share;
    if (r->verdict == VERDICT_UNDECIDED)
        text_adds(to, x->optional ? "undecided, optional" : "undecided");
    else if (!isfinite(off) || op == COMPARE_EQ || op == COMPARE_NE)
        return;
    else if (off == 0)
        text_adds(to, "at the limit");
    else if (off >= 9)
        text_addf(to, "%.0f times the limit", off + 1);
    else
        text_addf(to, "%s %s the limit", units_percent(share, fabs(off)),
                  off > 0 ? "above" : "below");
}

const char *action_outcome(const Action *a) {
    return strstr(a->command, a->outcome) ? "" : a->outcome;
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
        .gauges = s->gauges,
    };
}

/* --- variants ----------------------------------------------------------- */

static OverheadFigures compare(const Snapshot *s, const Selection *of,
                               const char *variant) {
    const Series *series = s->metrics->series;
    Hist a = { 0 }, b = { 0 };
    metric_hist(METRIC_HTTP_REQ_DURATION, s->totals, of, &a);
    metric_hist(METRIC_HTTP_REQ_DURATION, s->totals, of->against, &b);
    OverheadFigures f = {
        .variant = variant,
        .against = series_label(&series[of->against->series[0]], "variant"),
        .samples = a.count,
        .samples_against = b.count,
        .p50 = overhead_quantile(&a, &b, 0.50),
        .p95 = overhead_quantile(&a, &b, 0.95),
        .avg = overhead_mean(&a, &b),
    };
    hist_close(&a);
    hist_close(&b);
    return f;
}

/* The first series of its variant? */
static bool begins_variant(const MetricTable *t, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (t->series[k].variant == t->series[i].variant)
            return false;
    return t->series[i].variant != 0;
}

size_t overheads_measure(const Snapshot *s, OverheadFigures **to) {
    const MetricTable *t = s->metrics;
    size_t count = 0, cap = 0;
    *to = NULL;
    for (size_t i = 0; i < t->series_count; i++) {
        if (!begins_variant(t, i))
            continue;
        Arena arena = { 0 };
        Text text = { 0 };
        const char *variant = series_label(&t->series[i], "variant");
        text_addf(&text, "variant:%s", variant);
        const Selection *of =
            selection_read(&arena, text.bytes, text.length, t->series,
                           t->series_count, true, NULL);
        if (of && of->against->count) {
            mem_grow(*to, count, cap);
            (*to)[count++] = compare(s, of, variant);
        }
        text_close(&text);
        arena_close(&arena);
    }
    return count;
}
