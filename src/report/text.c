/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary that is printed at the end: verdicts first, then what was
 * measured, then what the reader must know before believing it. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "report/against.h"
#include "report/arrivals.h"
#include "report/blocks.h"
#include "report/experiments.h"
#include "report/figures.h"
#include "report/knee.h"
#include "report/monitors.h"
#include "report/page.h"
#include "stats/omission.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN 20
#define SCENARIOS_SHOWN 10

static Tone failed_tone(uint64_t failed) {
    return failed ? TONE_BAD : TONE_PLAIN;
}

/* --- verdicts ----------------------------------------------------------- */

static void add_margin(const ThresholdReading *r, Table *t) {
    Text words = { 0 };
    margin_words(r, &words);
    table_add(t,
              r->verdict == VERDICT_UNDECIDED && !r->threshold->optional
                  ? TONE_BAD
                  : TONE_DIM,
              words.length ? words.bytes : "");
    text_close(&words);
}

static void add_threshold(const ThresholdReading *r, const char *was,
                          Table *t) {
    const Threshold *x = r->threshold;
    bool fails = threshold_fails(x, r->verdict);
    Tone tone = fails                             ? TONE_BAD
                : r->verdict == VERDICT_UNDECIDED ? TONE_WARN
                                                  : TONE_GOOD;
    const char *mark = r->verdict == VERDICT_UNDECIDED ? "?"
                       : fails                         ? "✗"
                                                       : "✓";
    UnitsText value;
    table_addf(t, tone, "%s %s", mark, x->key);
    table_addf(t, TONE_PLAIN, was ? "%s (was %s)" : "%s", x->text, was);
    block_value(&x->condition, r->value, value);
    table_add(t, tone, value);
    add_margin(r, t);
}

static void show_thresholds(const Report *r, Page *p) {
    static const TableColumn columns[] = { { NULL, false, 0 },
                                           { NULL, false, 0 },
                                           { NULL, true, 0 },
                                           { NULL, false, 1 } };
    const Snapshot *s = r->snapshot;
    Table t = { columns, 4, NULL, 0, 0 };
    if (s->threshold_count == 0)
        return;
    page_end(p);
    for (size_t i = 0; i < s->threshold_count; i++)
        add_threshold(&s->thresholds[i], limits_was(&r->wheel->limits, i), &t);
    table_print(&t, p, 0);
}

static void add_verdict(const Report *r, Page *p) {
    ExitStatus status = report_status(r);
    Text words = { 0 };
    if (r->end && r->end->is_cut) { /* what held until then is no verdict */
        page_addf(p, TONE_WARN, "? cut off, %s", r->end->words);
        return;
    }
    report_verdict(r, &words);
    Tone tone = status == EXIT_HELD          ? TONE_GOOD
                : status == EXIT_INTERRUPTED ? TONE_WARN
                                             : TONE_BAD;
    const char *mark = status != EXIT_HELD              ? "✗ "
                       : r->snapshot->threshold_count ? "✓ "
                                                        : "";
    page_addf(p, tone, "%s%s", mark, words.bytes);
    text_close(&words);
}

static void show_head(const Report *r, Page *p) {
    UnitsText t;
    page_add(p, TONE_BOLD, r->info->name);
    page_addf(p, TONE_PLAIN, " → %s", r->info->target);
    page_addf(p, TONE_DIM, "  %s, %s, %d worker%s",
              units_clock(t, r->snapshot->now_ns), r->info->transport,
              r->info->workers, r->info->workers == 1 ? "" : "s");
    page_end(p);
    add_verdict(r, p);
    if (r->wheel->end != WHEEL_GOES_ON && !r->find &&
        report_status(r) != EXIT_INTERRUPTED)
        page_add(p, TONE_WARN, ", ended early");
    page_end(p);
    Text words = { 0 };
    if (arrivals_words(r, &words))
        page_paragraph(p, TONE_BAD, 0, words.bytes);
    text_close(&words);
}

static bool is_open(const Report *r) {
    return arrivals_are_there(r);
}

/* --- the whole run ------------------------------------------------------ */

static void add_total(Table *t, const char *label, uint64_t n, double seconds) {
    char exact[GROUPED_MAX];
    UnitsText rate;
    table_add(t, TONE_DIM, label);
    table_add(t, TONE_PLAIN, grouped(exact, n));
    table_addf(t, TONE_PLAIN, "%s/s",
               units_count(rate, seconds > 0 ? (double)n / seconds : NAN));
}

static void add_bytes(Table *t, const char *label, double bytes,
                      double seconds) {
    UnitsText sum, rate;
    table_add(t, TONE_DIM, label);
    table_add(t, TONE_PLAIN, units_bytes(sum, bytes));
    table_addf(t, TONE_PLAIN, "%s/s",
               units_bytes(rate, seconds > 0 ? bytes / seconds : NAN));
    table_add(t, TONE_PLAIN, "");
}

static void add_checks(const Slab *run, Table *t) {
    uint64_t passed = 0, all = 0;
    char a[GROUPED_MAX], b[GROUPED_MAX];
    UnitsText share;
    for (size_t i = 0; i < run->check_count; i++) {
        passed += run->checks[i].passed;
        all += run->checks[i].passed + run->checks[i].failed;
    }
    if (run->check_count == 0)
        return;
    table_add(t, TONE_DIM, "checks");
    table_add(t, failed_tone(all - passed),
              all ? units_percent(share, (double)passed / (double)all)
                  : "no samples");
    table_add(t, TONE_PLAIN, "");
    table_addf(t, TONE_PLAIN, "%s of %s passed", grouped(a, passed),
               grouped(b, all));
}

static void add_arrivals(const Report *r, double seconds, Table *t) {
    ArrivalFigures a = arrivals_measure(r);
    char planned[GROUPED_MAX], dropped[GROUPED_MAX];
    UnitsText share;
    add_total(t, "arrivals", a.started, seconds);
    table_addf(t, failed_tone(a.dropped), "of %s planned, %s dropped, %s",
               grouped(planned, (uint64_t)a.planned),
               grouped(dropped, a.dropped),
               units_percent(
                   share, a.planned > 0 ? (double)a.dropped / a.planned : NAN));
}

static void show_totals(const Report *r, Page *p) {
    const Snapshot *s = r->snapshot;
    static const TableColumn columns[] = { { NULL, false, 0 },
                                           { NULL, true, 0 },
                                           { NULL, true, 0 },
                                           { NULL, false, 1 } };
    const Slab *run = s->totals;
    double seconds = (double)s->now_ns / 1e9;
    uint64_t in = 0, out = 0;
    char n[GROUPED_MAX];
    UnitsText share;
    Table t = { columns, 4, NULL, 0, 0 };
    for (size_t i = 0; i < run->series_count; i++) {
        in += run->series[i].bytes_in;
        out += run->series[i].bytes_out;
    }
    add_total(&t, "requests", slab_requests(run), seconds);
    table_addf(&t, failed_tone(slab_failed(run)), "%s failed, %s",
               grouped(n, slab_failed(run)),
               units_percent(share, s->run.error_rate));
    if (is_open(r))
        add_arrivals(r, seconds, &t);
    add_total(&t, "iterations", run->iterations, seconds);
    table_addf(&t, run->interrupted ? TONE_WARN : TONE_PLAIN, "%s interrupted",
               grouped(n, run->interrupted));
    add_bytes(&t, "data in", (double)in, seconds);
    add_bytes(&t, "data out", (double)out, seconds);
    add_checks(run, &t);
    page_end(p);
    table_print(&t, p, 0);
}

static void add_trend(Table *t, const char *label, MetricId id,
                      const Snapshot *s) {
    static const double quantiles[] = { 0.5, 0.90, 0.95, 0.99, 0.999, 1 };
    Hist h = { 0 };
    UnitsText v;
    metric_hist(id, s->totals, NULL, &h);
    if (h.count) {
        table_add(t, TONE_DIM, label);
        table_add(t, TONE_PLAIN, units_latency(v, (double)h.min));
        table_add(t, TONE_PLAIN, units_latency(v, hist_mean(&h)));
        for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
            table_add(t, TONE_PLAIN,
                      units_latency(v, hist_quantile(&h, quantiles[i])));
    }
    hist_close(&h);
}

/* Which of the two a reader takes for what users feel must not be luck. */
static void show_meaning(const Report *r, Page *p) {
    Text words = { 0 };
    if (snapshot_shows_response(r->snapshot))
        page_paragraph(p, TONE_DIM, 0,
                       "response: from the moment it was to begin, what a "
                       "user waits; service: from the first byte sent, what "
                       "the target takes");
    if (omission_words(r->snapshot, &words))
        page_paragraph(p, TONE_WARN, 0, words.bytes);
    text_close(&words);
}

static void show_latency(const Report *r, Page *p) {
    const Snapshot *s = r->snapshot;
    static const TableColumn columns[] = {
        { "", false, 0 },   { "min", true, 5 },   { "avg", true, 4 },
        { "p50", true, 0 }, { "p90", true, 3 },   { "p95", true, 0 },
        { "p99", true, 0 }, { "p99.9", true, 2 }, { "max", true, 1 },
    };
    Table t = { columns, 9, NULL, 0, 0 };
    bool is_both = snapshot_shows_response(s);
    if (is_both)
        add_trend(&t, "response", METRIC_RESPONSE_TIME, s);
    add_trend(&t, is_both ? "service" : "duration", METRIC_HTTP_REQ_DURATION,
              s);
    add_trend(&t, "waiting", METRIC_HTTP_REQ_WAITING, s);
    add_trend(&t, "iteration", METRIC_ITERATION_DURATION, s);
    if (is_open(r))
        add_trend(&t, "began late", METRIC_SCHEDULE_LAG, s);
    page_end(p);
    if (t.count) {
        table_print(&t, p, 0);
        show_meaning(r, p);
        return;
    }
    page_add(p, TONE_DIM, "duration  no samples");
    page_end(p);
}

/* --- what went wrong ---------------------------------------------------- */

static void show_errors(const Snapshot *s, Page *p) {
    ErrorFigures list[FAIL_COUNT];
    size_t n = errors_count(s->totals, list);
    double total = (double)slab_requests(s->totals);
    int names = 0;
    for (size_t i = 0; i < n; i++) {
        int width = page_width(fail_name(list[i].class));
        names = width > names ? width : names;
    }
    if (n)
        block_heading(p, "errors");
    for (size_t i = 0; i < n; i++) {
        char count[GROUPED_MAX];
        UnitsText share;
        const char *example = slab_example_why(s->totals, list[i].class);
        page_addf(p, TONE_BAD, "  %-*s", names, fail_name(list[i].class));
        page_addf(p, TONE_PLAIN, "%9s  %7s  %s", grouped(count, list[i].count),
                  units_percent(share, (double)list[i].count / total),
                  fail_help(list[i].class));
        page_end(p);
        if (!*example)
            continue;
        page_indent(p, 4);
        page_addf(p, TONE_DIM, "as in: %s", example);
        page_end(p);
    }
}

static void show_failed_checks(const Snapshot *s, Page *p) {
    size_t failing = 0;
    for (size_t i = 0; i < s->totals->check_count; i++) {
        const CheckSlab *c = &s->totals->checks[i];
        char failed[GROUPED_MAX], all[GROUPED_MAX];
        if (c->failed == 0)
            continue;
        if (failing++ == 0)
            block_heading(p, "checks that failed");
        if (failing > ROWS_MAX)
            continue;
        page_addf(p, TONE_BAD, "  %s of %s", grouped(failed, c->failed),
                  grouped(all, c->passed + c->failed));
        size_t of = snapshot_series_of(s, s->check_requests[i]);
        page_addf(p, TONE_PLAIN, "  %s: %s",
                  of < s->series_count ? s->series[of].series->request_name
                                       : "?",
                  s->check_names[i]);
        page_end(p);
    }
    block_rest(p, failing);
}

/* --- tables ------------------------------------------------------------- */

static void add_reading(Table *t, const Reading *r, bool with_max) {
    UnitsText v;
    table_add(t, TONE_PLAIN, units_count(v, r->rps));
    table_add(t, TONE_PLAIN, units_latency(v, r->p50));
    table_add(t, TONE_PLAIN, units_latency(v, r->p95));
    table_add(t, TONE_PLAIN, units_latency(v, r->p99));
    if (with_max)
        table_add(t, TONE_PLAIN, units_latency(v, r->max));
    table_add(t, failed_tone(r->failed), units_percent(v, r->error_rate));
}

static double response_p95(const Snapshot *s, size_t series) {
    return hist_quantile(&s->totals->series[series].response, 0.95);
}

static void show_requests(const Report *r, Page *p) {
    static const TableColumn closed[] = {
        { "request", false, 0 }, { "count", true, 0 },  { "req/s", true, 2 },
        { "p50", true, 3 },      { "p95", true, 0 },    { "p99", true, 1 },
        { "max", true, 4 },      { "failed", true, 0 },
    };
    static const TableColumn open[] = {
        { "request", false, 0 },     { "count", true, 1 },
        { "response p95", true, 0 }, { "req/s", true, 3 },
        { "p50", true, 4 },          { "p95", true, 0 },
        { "p99", true, 2 },          { "max", true, 5 },
        { "failed", true, 0 },
    };
    const Snapshot *s = r->snapshot;
    Table t = { is_open(r) ? open : closed, is_open(r) ? 9 : 8, NULL, 0, 0 };
    for (size_t i = 0; i < s->series_count && i < ROWS_MAX; i++) {
        const SeriesReading *x = &s->series[i];
        char count[GROUPED_MAX];
        UnitsText v;
        table_add(&t, TONE_PLAIN, x->series->name);
        table_add(&t, TONE_PLAIN, grouped(count, x->run.requests));
        if (is_open(r))
            table_add(&t, TONE_PLAIN, units_latency(v, response_p95(s, i)));
        add_reading(&t, &x->run, true);
    }
    page_end(p);
    table_print(&t, p, 0);
    block_rest(p, s->series_count);
}

static void add_load(Table *t, const StageFigures *f, PlanUnit unit) {
    UnitsText from, to;
    bool rate = unit == PLAN_RATE;
    double scale = rate ? 1000 : 1;
    units_level(from, round(f->from * scale) / scale, rate);
    units_level(to, round(f->to * scale) / scale, rate);
    if (text_equal(from, to))
        table_add(t, TONE_PLAIN, to);
    else
        table_addf(t, TONE_PLAIN, "%s → %s", from, to);
}

static void add_stage(const StageFigures *f, PlanUnit unit, Table *t) {
    UnitsText v;
    bool by_plan = text_equal(f->origin, "planned");
    table_add(t, by_plan ? TONE_PLAIN : TONE_WARN, f->name);
    table_add(t, TONE_PLAIN, units_clock(v, f->began_ns));
    table_add(t, TONE_PLAIN, units_span(v, f->length_ns));
    add_load(t, f, unit);
    if (unit == PLAN_RATE) {
        table_add(t, failed_tone(f->dropped),
                  units_count(v, (double)f->dropped));
        table_add(t, TONE_PLAIN, units_latency(v, f->response.p95));
    }
    add_reading(t, &f->reading, false);
    table_add(t, TONE_WARN, by_plan ? "" : f->origin);
}

static void show_stages_of(const Report *r, size_t scenario, Page *p) {
    static const TableColumn closed[] = {
        { "stage", false, 0 }, { "at", true, 3 },    { "length", true, 2 },
        { "VUs", true, 0 },    { "req/s", true, 0 }, { "p50", true, 5 },
        { "p95", true, 0 },    { "p99", true, 1 },   { "failed", true, 0 },
        { "by", false, 4 },
    };
    static const TableColumn open[] = {
        { "stage", false, 0 },  { "at", true, 3 },
        { "length", true, 4 },  { "arrivals", true, 0 },
        { "dropped", true, 0 }, { "response p95", true, 0 },
        { "req/s", true, 6 },   { "p50", true, 7 },
        { "p95", true, 1 },     { "p99", true, 2 },
        { "failed", true, 0 },  { "by", false, 5 },
    };
    const Wheel *w = r->wheel;
    PlanUnit unit = w->plans[scenario].unit;
    bool is_rate = unit == PLAN_RATE;
    StageList list = stages_measure(r, scenario);
    Table t = { is_rate ? open : closed, is_rate ? 12 : 10, NULL, 0, 0 };
    size_t shown = 0;
    for (size_t i = 0; i < list.count; i++) {
        const StageFigures *f = &list.items[i];
        if (stage_is_worth_a_line(f) && shown++ < ROWS_MAX)
            add_stage(f, unit, &t);
    }
    if (t.count && w->plan_count > 1)
        block_heading(p, w->names[scenario]);
    else if (t.count)
        page_end(p);
    if (t.count)
        table_print(&t, p, 0);
    block_rest(p, shown);
    free(list.items);
}

static void show_stages(const Report *r, Page *p) {
    size_t count = r->wheel->plan_count;
    for (size_t i = 0; i < count && i < SCENARIOS_SHOWN; i++)
        show_stages_of(r, i, p);
    if (count > SCENARIOS_SHOWN) {
        page_addf(p, TONE_DIM, "… and %zu more scenarios, in summary.json",
                  count - SCENARIOS_SHOWN);
        page_end(p);
    }
    if (count > 1)
        page_paragraph(p, TONE_DIM, 0,
                       "requests, times and failures of a stage are those of "
                       "all scenarios while it ran");
}

static void show_monitors(const Report *r, Page *p) {
    monitors_show(r, ROWS_MAX, p);
    block_rest(p, r->snapshot->gauges ? r->snapshot->gauges->count : 0);
}

/* --- recovery, the operator, the generator ------------------------------ */

/* Measured in whole seconds. */
static void add_recovery(const Recovery *r, uint64_t now_ns, Page *p) {
    uint64_t ns = recovery_time_ns(r, now_ns) / NS_PER_S * NS_PER_S;
    UnitsText t;
    page_addf(p, TONE_PLAIN, "  %s: ", r->cause);
    switch (r->state) {
    case RECOVERY_DONE:
        if (ns)
            page_addf(p, TONE_GOOD, "recovered in %s", units_duration(t, ns));
        else
            page_add(p, TONE_GOOD, "recovered at once");
        return;
    case RECOVERY_NEVER:
        page_add(p, TONE_BAD,
                 "not recovered before the run ended or the next spike came");
        return;
    case RECOVERY_UNMEASURED:
        page_add(p, TONE_WARN,
                 r->is_event && !r->over_ns
                     ? "not measured: it went on until the end"
                     : "not measured: no requests before it");
        return;
    case RECOVERY_UNDER_LOAD:
        page_add(p, TONE_WARN,
                 r->is_event ? "it still goes on" : "still under load");
        return;
    case RECOVERY_WAITING:
        page_add(p, TONE_WARN, "not recovered yet");
        return;
    }
}

static void show_stayed(const RecoveryList *l, Page *p) {
    Text words = { 0 };
    for (size_t i = 0; i < l->count && i < ROWS_MAX; i++)
        if (recovery_stayed(&l->items[i]))
            text_addf(&words, "%s%s", words.length ? ", " : "",
                      l->items[i].cause);
    if (words.length) {
        text_adds(&words, ": the load never came back down");
        page_paragraph(p, TONE_WARN, 2, words.bytes);
    }
    text_close(&words);
}

static void show_recoveries(const Snapshot *s, Page *p) {
    const RecoveryList *l = s->recoveries;
    if (l->count)
        block_heading(p, "recovery");
    show_stayed(l, p);
    for (size_t i = 0; i < l->count && i < ROWS_MAX; i++) {
        const Recovery *r = &l->items[i];
        UnitsText base, worst, errors, base_errors;
        if (recovery_stayed(r))
            continue;
        add_recovery(r, s->now_ns, p);
        page_end(p);
        if (r->state == RECOVERY_UNMEASURED)
            continue;
        page_addf(p, TONE_DIM,
                  "    p95 %s before, %s at worst; errors %s before, %s at "
                  "worst",
                  units_latency(base, r->base_p95),
                  units_latency(worst, r->worst_p95),
                  units_percent(base_errors, r->base_errors),
                  units_percent(errors, r->worst_errors));
        page_end(p);
    }
    block_rest(p, l->count);
}

static void show_actions(const Report *r, Page *p) {
    static const TableColumn columns[] = { { NULL, true, 0 },
                                           { NULL, false, 0 },
                                           { NULL, false, 1 } };
    const Wheel *w = r->wheel;
    Table t = { columns, 3, NULL, 0, 0 };
    if (w->action_count == 0)
        return;
    block_heading(p, r->find               ? "what the search typed"
                     : report_was_steered(r) ? "the load was changed by hand"
                                             : "the operator");
    for (size_t i = 0; i < w->action_count && i < ROWS_MAX; i++) {
        UnitsText at;
        table_add(&t, TONE_DIM, units_clock(at, w->actions[i].at_ns));
        table_add(&t, TONE_PLAIN, w->actions[i].command);
        table_add(&t, TONE_DIM, action_outcome(&w->actions[i]));
    }
    table_print(&t, p, 2);
    block_rest(p, w->action_count);
}

static void show_health(const Snapshot *s, Page *p) {
    UnitsText t;
    Text words = { 0 };
    if (!s->health.is_bound)
        return;
    page_end(p);
    text_addf(&words,
              "generator-bound from %s, %s: what was measured from then on is "
              "this machine",
              units_clock(t, s->health.bound_since_ns),
              bound_text(s->health.bound_by));
    page_paragraph(p, TONE_BAD, 0, words.bytes);
    text_close(&words);
}

/* --- the whole ---------------------------------------------------------- */

void report_text(const Report *r, Text *to, bool colour, int columns) {
    Page p = { .to = to,
               .colour = colour,
               .ascii = r->ascii,
               .columns = columns <= 0            ? COLUMNS_DEFAULT
                          : columns < COLUMNS_MIN ? COLUMNS_MIN
                                                  : columns };
    const Snapshot *s = r->snapshot;
    show_head(r, &p);
    block_find(r->find, &p);
    block_scale(r->scale, &p);
    show_thresholds(r, &p);
    block_alerts(s, &p);
    against_show(r, &p);
    show_totals(r, &p);
    show_latency(r, &p);
    block_overheads(s, &p);
    block_own_metrics(s, &p);
    show_errors(s, &p);
    show_failed_checks(s, &p);
    show_requests(r, &p);
    show_stages(r, &p);
    show_monitors(r, &p);
    if (!r->find && !r->scale)
        show_recoveries(s, &p);
    block_findings(s, &p);
    block_knee(s, &p);
    show_actions(r, &p);
    show_health(s, &p);
}
