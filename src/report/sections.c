/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured, part by part, for report.md and report.html. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/arrivals.h"
#include "report/blocks.h"
#include "report/figures.h"
#include "report/sheet.h"

static Tone failed_tone(uint64_t failed) {
    return failed ? TONE_BAD : TONE_PLAIN;
}

static void add_count(Sheet *s, Tone tone, uint64_t n) {
    char text[GROUPED_MAX];
    sheet_cell(s, tone, (double)n, grouped(text, n));
}

static void add_latency(Sheet *s, double ns) {
    UnitsText v;
    sheet_cell(s, TONE_PLAIN, ns, units_latency(v, ns));
}

static void add_percent(Sheet *s, Tone tone, double share) {
    UnitsText v;
    sheet_cell(s, tone, share, units_percent(v, share));
}

static void add_rate(Sheet *s, double rate) {
    UnitsText v;
    sheet_cell(s, TONE_PLAIN, rate, units_count(v, rate));
}

/* --- recovery ----------------------------------------------------------- */

static void add_recovery_state(Sheet *s, const Recovery *r, uint64_t now_ns) {
    static const struct {
        const char *words;
        Tone tone;
    } states[] = {
        [RECOVERY_UNDER_LOAD] = { "still under load", TONE_WARN },
        [RECOVERY_WAITING] = { "✗ not recovered yet", TONE_WARN },
        [RECOVERY_DONE] = { "✓ recovered", TONE_GOOD },
        [RECOVERY_NEVER] = { "✗ not recovered before the run ended or the "
                             "next spike came",
                             TONE_BAD },
        [RECOVERY_UNMEASURED] = { "not measured: no requests before it",
                                  TONE_WARN },
    };
    uint64_t ns = recovery_time_ns(r, now_ns) / NS_PER_S * NS_PER_S;
    UnitsText span;
    if (recovery_stayed(r))
        sheet_cell(s, TONE_WARN, NAN, "the load never came back down");
    else
        sheet_cell(s, states[r->state].tone, NAN, states[r->state].words);
    if (r->state == RECOVERY_DONE)
        sheet_cell(s, TONE_GOOD, (double)ns,
                   ns ? units_duration(span, ns) : "at once");
    else
        sheet_cell(s, TONE_DIM, INFINITY, "-");
}

static void add_recovery(Sheet *s, const Recovery *r, uint64_t now_ns) {
    bool is_measured = r->state != RECOVERY_UNMEASURED;
    UnitsText v;
    sheet_name(s, TONE_PLAIN, r->cause);
    sheet_cell(s, TONE_PLAIN, (double)r->began_ns,
               units_clock(v, r->began_ns));
    add_recovery_state(s, r, now_ns);
    add_latency(s, is_measured ? r->base_p95 : NAN);
    add_latency(s, is_measured ? r->worst_p95 : NAN);
    add_percent(s, TONE_PLAIN, is_measured ? r->base_errors : NAN);
    add_percent(s, TONE_PLAIN, is_measured ? r->worst_errors : NAN);
}

static void fill_recovery(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = {
        { "after", false },       { "began", true },
        { "outcome", false },     { "time", true },
        { "p95 before", true },   { "p95 at worst", true },
        { "failed before", true }, { "failed at worst", true },
    };
    const RecoveryList *l = x->recoveries;
    if (l->count == 0)
        return;
    sheet_heading(s, "recovery", "Recovery");
    sheet_table(s,
                "From the load being back until p95 is within 10 % (or 5 ms) "
                "and failures within 0.1 points of before",
                columns, 8);
    for (size_t i = 0; i < l->count && i < s->rows_max; i++)
        add_recovery(s, &l->items[i], x->now_ns);
    sheet_rest(s, l->count);
}

/* --- stages ------------------------------------------------------------- */

static void add_load(Sheet *s, const StageFigures *f, bool is_rate) {
    UnitsText from, to;
    double scale = is_rate ? 1000 : 1;
    units_level(from, round(f->from * scale) / scale, is_rate);
    units_level(to, round(f->to * scale) / scale, is_rate);
    if (text_equal(from, to))
        sheet_cell(s, TONE_PLAIN, f->to, to);
    else
        sheet_cellf(s, TONE_PLAIN, f->to, "%s → %s", from, to);
}

static void add_stage(Sheet *s, const StageFigures *f, bool is_rate) {
    bool by_plan = text_equal(f->origin, "planned");
    UnitsText v;
    sheet_name(s, TONE_PLAIN, f->name);
    sheet_cell(s, TONE_PLAIN, (double)f->began_ns,
               units_clock(v, f->began_ns));
    sheet_cell(s, TONE_PLAIN, (double)f->length_ns,
               units_span(v, f->length_ns));
    add_load(s, f, is_rate);
    if (is_rate) {
        add_count(s, failed_tone(f->dropped), f->dropped);
        add_latency(s, f->response.p95);
    }
    add_count(s, TONE_PLAIN, f->reading.requests);
    add_rate(s, f->reading.rps);
    add_latency(s, f->reading.p50);
    add_latency(s, f->reading.p95);
    add_latency(s, f->reading.p99);
    add_percent(s, failed_tone(f->reading.failed), f->reading.error_rate);
    sheet_cell(s, by_plan ? TONE_DIM : TONE_WARN, NAN, f->origin);
}

static void fill_stages_of(Sheet *s, const Report *r, size_t scenario) {
    static const SheetColumn closed[] = {
        { "stage", false },   { "at", true },    { "length", true },
        { "VUs", true },      { "requests", true }, { "req/s", true },
        { "p50", true },      { "p95", true },   { "p99", true },
        { "failed", true },   { "by", false },
    };
    static const SheetColumn open[] = {
        { "stage", false },    { "at", true },
        { "length", true },    { "arrivals", true },
        { "dropped", true },   { "response p95", true },
        { "requests", true },  { "req/s", true },
        { "p50", true },       { "p95", true },
        { "p99", true },       { "failed", true },
        { "by", false },
    };
    const Wheel *w = r->wheel;
    bool is_rate = w->plans[scenario].unit == PLAN_RATE;
    StageList list = stages_measure(r, scenario);
    Text caption = { 0 };
    size_t shown = 0;
    text_adds(&caption, "Stages as they were executed");
    if (w->plan_count > 1)
        text_addf(&caption,
                  " of %s; requests, times and failures are those of all "
                  "scenarios meanwhile",
                  w->names[scenario]);
    sheet_table(s, caption.bytes, is_rate ? open : closed, is_rate ? 13 : 11);
    for (size_t i = 0; i < list.count; i++)
        if (stage_is_worth_a_line(&list.items[i]) && shown++ < s->rows_max)
            add_stage(s, &list.items[i], is_rate);
    sheet_rest(s, shown);
    text_close(&caption);
    free(list.items);
}

static void fill_stages(Sheet *s, const Report *r) {
    sheet_heading(s, "stages", "Stages");
    size_t n = r->wheel->plan_count;
    for (size_t i = 0; i < n && i < s->rows_max; i++)
        fill_stages_of(s, r, i);
    sheet_rest(s, n);
}

/* --- latency ------------------------------------------------------------ */

static void add_trend(Sheet *s, const char *label, MetricId id,
                      const Snapshot *x) {
    static const double quantiles[] = { 0.5, 0.90, 0.95, 0.99, 0.999, 1 };
    Hist h = { 0 };
    metric_hist(id, x->totals, NULL, &h);
    if (h.max) { /* of a phase that never took time there is nothing to say */
        sheet_cell(s, TONE_PLAIN, NAN, label);
        add_latency(s, (double)h.min);
        add_latency(s, hist_mean(&h));
        for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++)
            add_latency(s, hist_quantile(&h, quantiles[i]));
    }
    hist_close(&h);
}

static void fill_latency(Sheet *s, const Report *r) {
    static const SheetColumn columns[] = {
        { "time", false }, { "min", true }, { "avg", true },
        { "p50", true },   { "p90", true }, { "p95", true },
        { "p99", true },   { "p99.9", true }, { "max", true },
    };
    static const struct {
        const char *label;
        MetricId id;
    } rows[] = {
        { "service (sending to the whole answer)", METRIC_HTTP_REQ_DURATION },
        { "blocked (for a connection)", METRIC_HTTP_REQ_BLOCKED },
        { "connecting", METRIC_HTTP_REQ_CONNECTING },
        { "TLS handshake", METRIC_HTTP_REQ_TLS },
        { "sending", METRIC_HTTP_REQ_SENDING },
        { "waiting for the first byte", METRIC_HTTP_REQ_WAITING },
        { "receiving", METRIC_HTTP_REQ_RECEIVING },
        { "iteration", METRIC_ITERATION_DURATION },
    };
    const Snapshot *x = r->snapshot;
    sheet_heading(s, "latency", "Latency");
    if (slab_requests(x->totals) == 0) {
        sheet_text(s, TONE_WARN, "no request was finished: no samples");
        return;
    }
    sheet_table(s, "Times of the whole run", columns, 9);
    add_trend(s, "response (from the intended start, what a user waits)",
              METRIC_RESPONSE_TIME, x);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_trend(s, rows[i].label, rows[i].id, x);
    if (arrivals_are_there(r))
        add_trend(s, "began late (iterations)", METRIC_SCHEDULE_LAG, x);
}

/* --- requests ----------------------------------------------------------- */

static void fill_requests(Sheet *s, const Report *r) {
    static const SheetColumn columns[] = {
        { "request", false }, { "count", true }, { "req/s", true },
        { "p50", true },      { "p90", true },   { "p95", true },
        { "p99", true },      { "max", true },   { "response p95", true },
        { "failed", true },   { "failed of all", true },
    };
    const Snapshot *x = r->snapshot;
    sheet_heading(s, "requests", "Requests");
    sheet_table(s, "Requests by name", columns, 11);
    for (size_t i = 0; i < x->series_count && i < s->rows_max; i++) {
        const Reading *run = &x->series[i].run;
        const SeriesSlab *slab = &x->totals->series[i];
        sheet_name(s, TONE_PLAIN, x->series[i].series->name);
        add_count(s, TONE_PLAIN, slab->requests);
        add_rate(s, run->rps);
        add_latency(s, run->p50);
        add_latency(s, run->p90);
        add_latency(s, run->p95);
        add_latency(s, run->p99);
        add_latency(s, run->max);
        add_latency(s, hist_quantile(&slab->response, 0.95));
        add_count(s, failed_tone(slab->failed), slab->failed);
        add_percent(s, failed_tone(slab->failed), run->error_rate);
    }
    sheet_rest(s, x->series_count);
    sheet_series_charts(s);
}

/* --- errors ------------------------------------------------------------- */

static void add_example(Sheet *s, const char *kind, const Example *e) {
    Text caption = { 0 };
    UnitsText at, took;
    text_addf(&caption, "%s, at %s: %s (VU %llu, after %s)", kind,
              units_clock(at, e->end_ns), e->why, (unsigned long long)e->vu,
              units_latency(took, (double)e->took_ns));
    Text body = { 0 };
    text_addf(&body, "%s%s%s", e->request, *e->answer ? "\n---\n" : "",
              e->answer);
    sheet_code(s, caption.bytes, body.length ? body.bytes : "");
    text_close(&caption);
    text_close(&body);
}

/* The first of each kind. */
static void add_examples(Sheet *s, const Snapshot *x) {
    const Failures *f = x->failures;
    size_t shown = 0;
    for (size_t i = 0; f && i < f->kind_count && shown < s->rows_max; i++) {
        const char *kind = i < FAIL_COUNT ? fail_name((FailClass)i)
                           : i - FAIL_COUNT < x->totals->check_count
                               ? x->check_names[i - FAIL_COUNT]
                               : "check";
        if (f->kinds[i].example_count == 0)
            continue;
        add_example(s, kind, &f->kinds[i].examples[0]);
        shown++;
    }
}

static void fill_errors(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = { { "class", false },
                                           { "count", true },
                                           { "of all requests", true },
                                           { "meaning", false },
                                           { "as in", false } };
    ErrorFigures list[FAIL_COUNT];
    size_t n = errors_count(x->totals, list);
    double total = (double)slab_requests(x->totals);
    if (n == 0)
        return;
    sheet_heading(s, "errors", "Errors");
    sheet_table(s, "Failed requests by class", columns, 5);
    for (size_t i = 0; i < n; i++) {
        const char *why = slab_example_why(x->totals, list[i].class);
        sheet_cell(s, TONE_BAD, NAN, fail_name(list[i].class));
        add_count(s, TONE_PLAIN, list[i].count);
        add_percent(s, TONE_PLAIN, (double)list[i].count / total);
        sheet_cell(s, TONE_PLAIN, NAN, fail_help(list[i].class));
        sheet_name(s, TONE_DIM, why);
    }
}

static void fill_checks(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = { { "verdict", false },
                                           { "request", false },
                                           { "check", false },
                                           { "failed", true },
                                           { "of", true } };
    size_t n = x->totals->check_count;
    if (n == 0)
        return;
    sheet_heading(s, "checks", "Checks");
    sheet_table(s, "Checks of the answers", columns, 5);
    for (size_t i = 0; i < n && i < s->rows_max; i++) {
        const CheckSlab *c = &x->totals->checks[i];
        size_t of = snapshot_series_of(x, x->check_requests[i]);
        sheet_cell(s, c->failed ? TONE_BAD : TONE_GOOD, (double)c->failed,
                   c->failed              ? "✗ failed"
                   : c->passed == 0 ? "? no samples"
                                          : "✓ passed");
        sheet_name(s, TONE_PLAIN,
                   of < x->series_count ? x->series[of].series->request_name
                                        : "");
        sheet_name(s, TONE_PLAIN, x->check_names[i]);
        add_count(s, failed_tone(c->failed), c->failed);
        add_count(s, TONE_PLAIN, c->passed + c->failed);
    }
    sheet_rest(s, n);
}

/* --- the profile's own metrics, variants -------------------------------- */

static void add_own(Sheet *s, const Metric *m, const CustomSlab *c,
                    double seconds) {
    static const struct {
        Method method;
        double q;
    } asked[][4] = {
        [METRIC_COUNTER] = { { METHOD_COUNT, 0 }, { METHOD_RATE, 0 } },
        [METRIC_GAUGE] = { { METHOD_VALUE, 0 } },
        [METRIC_RATE] = { { METHOD_RATE, 0 } },
        [METRIC_TREND] = { { METHOD_AVG, 0 },
                           { METHOD_MED, 0 },
                           { METHOD_P, 0.95 },
                           { METHOD_MAX, 0 } },
    };
    static const size_t counts[] = { [METRIC_COUNTER] = 2,
                                     [METRIC_GAUGE] = 1,
                                     [METRIC_RATE] = 1,
                                     [METRIC_TREND] = 4 };
    static const char *const names[] = {
        [METHOD_COUNT] = "count", [METHOD_RATE] = "rate",
        [METHOD_VALUE] = "last",  [METHOD_AVG] = "avg",
        [METHOD_MIN] = "min",     [METHOD_MED] = "p50",
        [METHOD_MAX] = "max",     [METHOD_P] = "p95",
    };
    Text values = { 0 };
    MetricKind kind = m->info.kind;
    for (size_t i = 0; i < counts[kind]; i++) {
        Condition of = { .metric = *m,
                         .method = asked[kind][i].method,
                         .q = asked[kind][i].q };
        UnitsText v;
        block_value(&of,
                    custom_value(c, kind, of.method, of.q, seconds), v);
        text_addf(&values, "%s%s %s", i ? ", " : "", names[of.method], v);
    }
    sheet_name(s, TONE_PLAIN, m->info.name);
    sheet_cell(s, TONE_DIM, NAN, metric_kind_name(kind));
    add_count(s, TONE_PLAIN, c->count);
    sheet_cell(s, TONE_PLAIN, NAN, values.bytes);
    text_close(&values);
}

static void fill_own(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = { { "metric", false },
                                           { "kind", false },
                                           { "samples", true },
                                           { "values", false } };
    size_t n = x->metrics->own_count;
    if (n == 0)
        return;
    sheet_heading(s, "own", "Own metrics");
    sheet_table(s, "Metrics that the profile brings", columns, 4);
    for (size_t i = 0; i < n && i < s->rows_max; i++) {
        Metric m = metric_own(x->metrics, i);
        add_own(s, &m, &x->totals->custom[i], (double)x->now_ns / 1e9);
    }
    sheet_rest(s, n);
}

static void add_overhead(Sheet *s, const Overhead *v) {
    UnitsText value, low, high;
    if (isnan(v->value))
        sheet_cell(s, TONE_DIM, NAN, "no samples");
    else if (isnan(v->low))
        sheet_cellf(s, TONE_PLAIN, v->value, "%s (too few samples)",
                    signed_latency(value, v->value));
    else
        sheet_cellf(s, TONE_PLAIN, v->value, "%s (%s … %s)",
                    signed_latency(value, v->value),
                    signed_latency(low, v->low),
                    signed_latency(high, v->high));
}

static void fill_overheads(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = { { "variant", false },
                                           { "against", false },
                                           { "p50", true },
                                           { "p95", true },
                                           { "avg", true } };
    OverheadFigures *list;
    size_t n = overheads_measure(x, &list);
    if (n) {
        sheet_heading(s, "overhead", "Overhead of variants");
        sheet_table(s, "Differences with their 95 % confidence interval",
                    columns, 5);
    }
    for (size_t i = 0; i < n && i < s->rows_max; i++) {
        sheet_name(s, TONE_PLAIN, list[i].variant);
        sheet_name(s, TONE_PLAIN, list[i].against);
        add_overhead(s, &list[i].p50);
        add_overhead(s, &list[i].p95);
        add_overhead(s, &list[i].avg);
    }
    free(list);
}

/* --- who watched and who steered ---------------------------------------- */

static void fill_monitors(Sheet *s, const Gauges *g) {
    static const SheetColumn columns[] = {
        { "watched", false }, { "readings", true }, { "min", true },
        { "mean", true },     { "max", true },      { "last", true },
    };
    if (!g || g->count == 0)
        return;
    sheet_heading(s, "monitors", "What was watched");
    sheet_table(s, "Monitors of the target and its host", columns, 6);
    for (size_t i = 0; i < g->count && i < s->rows_max; i++) {
        const Gauge *x = &g->items[i];
        GaugeFigures f = gauge_over(x, 0, UINT64_MAX);
        UnitsText v;
        sheet_name(s, TONE_PLAIN, x->name);
        add_count(s, f.count ? TONE_PLAIN : TONE_WARN, f.count);
        sheet_cell(s, TONE_PLAIN, f.min, gauge_print(v, x, f.min));
        sheet_cell(s, TONE_PLAIN, f.mean, gauge_print(v, x, f.mean));
        sheet_cell(s, TONE_PLAIN, f.max, gauge_print(v, x, f.max));
        sheet_cell(s, TONE_PLAIN, f.last, gauge_print(v, x, f.last));
    }
    sheet_rest(s, g->count);
}

static void fill_actions(Sheet *s, const Report *r) {
    static const SheetColumn columns[] = { { "at", true },
                                           { "command", false },
                                           { "outcome", false } };
    const Wheel *w = r->wheel;
    if (w->action_count == 0)
        return;
    sheet_heading(s, "operator",
                  r->find ? "What the search typed" : "What the operator did");
    sheet_table(s, "Commands to the run, and what came of them", columns, 3);
    for (size_t i = 0; i < w->action_count && i < s->rows_max; i++) {
        UnitsText at;
        sheet_cell(s, TONE_DIM, (double)w->actions[i].at_ns,
                   units_clock(at, w->actions[i].at_ns));
        sheet_name(s, TONE_PLAIN, w->actions[i].command);
        sheet_cell(s, TONE_PLAIN, NAN, action_outcome(&w->actions[i]));
    }
    sheet_rest(s, w->action_count);
}

static void fill_events(Sheet *s, const EventLog *log) {
    static const SheetColumn columns[] = { { "at", true },
                                           { "kind", false },
                                           { "what", false } };
    if (log->count == 0)
        return;
    sheet_heading(s, "events", "What happened");
    sheet_table(s, "The run's events", columns, 3);
    for (size_t i = 0; i < log->count && i < s->rows_max; i++) {
        UnitsText at;
        sheet_cell(s, TONE_DIM, (double)log->items[i].at_ns,
                   units_clock(at, log->items[i].at_ns));
        sheet_cell(s, TONE_PLAIN, NAN, event_kind_name(log->items[i].kind));
        sheet_cell(s, TONE_PLAIN, NAN, log->items[i].text);
    }
    sheet_rest(s, log->count);
}

/* --- the generator ------------------------------------------------------ */

static void add_fact(Sheet *s, Tone tone, const char *name,
                     const char *value) {
    sheet_cell(s, TONE_PLAIN, NAN, name);
    sheet_cell(s, tone, NAN, value);
}

static void add_machine(Sheet *s) {
    struct utsname u;
    char text[512];
    if (uname(&u) < 0)
        return;
    snprintf(text, sizeof text, "%s, %s %s %s, %ld CPUs", u.nodename,
             u.sysname, u.release, u.machine, sysconf(_SC_NPROCESSORS_ONLN));
    add_fact(s, TONE_PLAIN, "machine", text);
}

static void add_lateness(Sheet *s, const char *name, const Hist *h) {
    UnitsText v;
    if (h->count)
        add_fact(s, TONE_PLAIN, name, units_latency(v, hist_quantile(h, 0.99)));
}

static void fill_generator(Sheet *s, const Report *r) {
    static const SheetColumn columns[] = { { "of the generator", false },
                                           { "", false } };
    const Health *h = &r->snapshot->health;
    char text[256];
    const Slab *x = r->snapshot->totals;
    UnitsText a;
    sheet_heading(s, "generator", "The generator and how to run it again");
    sheet_table(s, "How onrush itself did, and where", columns, 2);
    add_fact(s, h->is_bound ? TONE_BAD : TONE_GOOD, "was it the limit",
             h->is_bound ? bound_text(h->bound_by)
                         : "no: it kept up with the plan");
    snprintf(text, sizeof text, "%s at most", units_percent(a, h->busy_max));
    add_fact(s, TONE_PLAIN, "busiest worker", text);
    add_lateness(s, "iterations began late by, p99", &x->lag);
    add_lateness(s, "answers lay unread for, p99", &x->read_lag);
    snprintf(text, sizeof text, "%llu", (unsigned long long)h->lost);
    add_fact(s, h->lost ? TONE_BAD : TONE_PLAIN, "samples lost", text);
    if (r->profile)
        add_machine(s);
    snprintf(text, sizeof text, "%llu", (unsigned long long)r->info->seed);
    add_fact(s, TONE_PLAIN, "seed", text);
    add_fact(s, TONE_PLAIN, "run it again",
             "onrush run profile.ini, with the profile.ini beside this file: "
             "the run as it was executed");
}

/* --- the whole ---------------------------------------------------------- */

void sheet_sections(Sheet *s, const Report *r) {
    const Snapshot *x = r->snapshot;
    sheet_comparison(s, r->against);
    if (!r->find && !r->scale) /* their steps are no spikes */
        fill_recovery(s, x);
    fill_stages(s, r);
    fill_requests(s, r);
    fill_errors(s, x);
    if (s->is_long)
        add_examples(s, x);
    fill_checks(s, x);
    fill_latency(s, r);
    fill_overheads(s, x);
    fill_own(s, x);
    fill_monitors(s, x->gauges);
    fill_actions(s, r);
    if (s->is_long)
        fill_events(s, &r->wheel->log);
    fill_generator(s, r);
}
