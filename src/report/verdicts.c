/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What decides: head, reasons, thresholds, findings, alerts. */
#include <math.h>
#include <stdio.h>

#include "report/arrivals.h"
#include "report/blocks.h"
#include "report/figures.h"
#include "report/sheet.h"
#include "stats/omission.h"

#define REASONS_MAX 5 /* thresholds that are told in front */

/* --- the head ----------------------------------------------------------- */

static bool is_undecided(const Snapshot *s) {
    for (size_t i = 0; i < s->threshold_count; i++)
        if (s->thresholds[i].verdict == VERDICT_BROKEN)
            return false;
    return !s->aborted;
}

/* By thresholds, or by what a search was to find. */
static bool is_judged(const Report *r) {
    return r->find || r->snapshot->threshold_count;
}

static bool is_cut(const Report *r) {
    return r->end && r->end->is_cut;
}

static const char *badge_of(const Report *r, ExitStatus status) {
    if (is_cut(r))
        return "cut off";
    switch (status) {
    case EXIT_HELD:
        return is_judged(r) ? "held" : "finished";
    case EXIT_UNREACHABLE:
        return "unreachable";
    case EXIT_GENERATOR:
        return "generator-bound";
    case EXIT_BROKEN:
        return !r->find && is_undecided(r->snapshot) ? "undecided" : "broken";
    case EXIT_INTERRUPTED:
        return "interrupted";
    case EXIT_REGRESSED:
        return "regressed";
    case EXIT_UNEXPECTED:
    case EXIT_USAGE:
        break;
    }
    return "failed";
}

static Tone tone_of(const Report *r, ExitStatus status) {
    if (is_cut(r))
        return TONE_WARN;
    if (status == EXIT_HELD)
        return is_judged(r) ? TONE_GOOD : TONE_PLAIN;
    return status == EXIT_INTERRUPTED || status == EXIT_GENERATOR ? TONE_WARN
                                                                  : TONE_BAD;
}

static char *facts_of(const Report *r) {
    Text t = { 0 };
    struct tm tm = { 0 };
    char when[64] = "";
    UnitsText length;
    gmtime_r(&r->started, &tm);
    strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &tm);
    text_addf(&t, "%s, %s long, %s, %d worker%s", when,
              units_span(length, r->snapshot->now_ns), r->info->transport,
              r->info->workers, r->info->workers == 1 ? "" : "s");
    char *clean = sheet_clean(t.bytes);
    text_close(&t);
    return clean;
}

static void put_rate(SheetFigure *f, const Report *r) {
    const Snapshot *s = r->snapshot;
    double seconds = (double)s->now_ns / 1e9;
    uint64_t n = slab_requests(s->totals);
    char all[GROUPED_MAX];
    UnitsText v;
    f->label = "Requests per second";
    snprintf(f->value, sizeof f->value, "%s",
             units_count(v, seconds > 0 ? (double)n / seconds : NAN));
    snprintf(f->note, sizeof f->note, "%s in all", grouped(all, n));
}

static void put_latency(SheetFigure *f, const Report *r) {
    const Snapshot *s = r->snapshot;
    bool is_response = snapshot_shows_response(s);
    const Reading *of = is_response ? &s->response_run : &s->run;
    UnitsText p50, p95, p99;
    f->label = is_response ? "Response time p95" : "Latency p95";
    snprintf(f->value, sizeof f->value, "%s", units_latency(p95, of->p95));
    snprintf(f->note, sizeof f->note, "p50 %s, p99 %s",
             units_latency(p50, of->p50), units_latency(p99, of->p99));
}

static void put_failed(SheetFigure *f, const Report *r) {
    const Snapshot *s = r->snapshot;
    uint64_t failed = slab_failed(s->totals);
    char n[GROUPED_MAX], all[GROUPED_MAX];
    UnitsText share;
    f->label = "Failed";
    f->tone = failed ? TONE_BAD : TONE_PLAIN;
    snprintf(f->value, sizeof f->value, "%s",
             units_percent(share, s->run.error_rate));
    snprintf(f->note, sizeof f->note, "%s of %s requests", grouped(n, failed),
             grouped(all, slab_requests(s->totals)));
}

static void put_load(SheetFigure *f, const Report *r) {
    const Snapshot *s = r->snapshot;
    char n[GROUPED_MAX], dropped[GROUPED_MAX];
    UnitsText share;
    if (!arrivals_are_there(r)) {
        f->label = "Most VUs at once";
        snprintf(f->value, sizeof f->value, "%s", grouped(n, s->active_max));
        snprintf(f->note, sizeof f->note, "%s iterations",
                 grouped(n, s->totals->iterations));
        return;
    }
    ArrivalFigures a = arrivals_measure(r);
    f->label = "Arrivals that began";
    f->tone = a.dropped ? TONE_BAD : TONE_PLAIN;
    snprintf(f->value, sizeof f->value, "%s",
             units_percent(share, a.achieved));
    snprintf(f->note, sizeof f->note, "of %s planned, %s dropped",
             grouped(n, (uint64_t)a.planned), grouped(dropped, a.dropped));
}

/* How the program ended. */
static char *ended_words(const Report *r, ExitStatus status) {
    Text t = { 0 };
    if (is_cut(r))
        text_adds(&t, "no exit status");
    else
        text_addf(&t, "exit status %d: %s", (int)status,
                  report_status_words(r, status));
    char *clean = sheet_clean(t.bytes);
    text_close(&t);
    return clean;
}

static void fill_head(Sheet *s, const Report *r) {
    SheetHead *h = &s->head;
    Text words = { 0 };
    h->status = report_status(r);
    h->badge = badge_of(r, h->status);
    h->tone = tone_of(r, h->status);
    h->ended = ended_words(r, h->status);
    h->name = sheet_clean(r->info->name);
    h->target = sheet_clean(r->info->target);
    report_verdict(r, &words);
    h->words = sheet_clean(words.bytes);
    text_close(&words);
    h->facts = facts_of(r);
    put_rate(&h->figures[0], r);
    put_latency(&h->figures[1], r);
    put_failed(&h->figures[2], r);
    put_load(&h->figures[3], r);
}

/* --- why ---------------------------------------------------------------- */

static void explain_threshold(Sheet *s, const ThresholdReading *t) {
    UnitsText value;
    Text margin = { 0 };
    block_value(&t->threshold->condition, t->value, value);
    margin_words(t, &margin);
    if (t->verdict == VERDICT_UNDECIDED)
        sheet_reason(s, TONE_BAD, "%s was to be %s, and had no samples",
                     t->threshold->key, t->threshold->text);
    else if (isinf(t->value)) /* of recovery_time */
        sheet_reason(s, TONE_BAD,
                     "%s was to be %s, and the target did not recover",
                     t->threshold->key, t->threshold->text);
    else
        sheet_reason(s, TONE_BAD, "%s was to be %s, and was %s%s%s",
                     t->threshold->key, t->threshold->text, value,
                     margin.length ? ", " : "",
                     margin.length ? margin.bytes : "");
    text_close(&margin);
}

static void explain_thresholds(Sheet *s, const Snapshot *x) {
    size_t failed = 0;
    for (size_t i = 0; i < x->threshold_count; i++) {
        const ThresholdReading *t = &x->thresholds[i];
        if (threshold_fails(t->threshold, t->verdict) &&
            failed++ < REASONS_MAX)
            explain_threshold(s, t);
    }
    if (failed > REASONS_MAX)
        sheet_reason(s, TONE_BAD, "and %zu more, in the table",
                     failed - REASONS_MAX);
}

static void explain_generator(Sheet *s, const Health *h) {
    UnitsText t;
    if (h->is_bound)
        sheet_reason(s, TONE_BAD,
                     "generator-bound from %s, %s: what was measured from "
                     "then on is this machine, not the target",
                     units_clock(t, h->bound_since_ns),
                     bound_text(h->bound_by));
}

static void explain_comparison(Sheet *s, const Comparison *c) {
    Text head = { 0 };
    if (!c)
        return;
    comparison_headline(c, &head);
    sheet_reason(s, c->regressed ? TONE_BAD : TONE_PLAIN,
                 "against the baseline: %s", head.bytes);
    text_close(&head);
}

static void explain_find(Sheet *s, const Finder *f) {
    Text words = { 0 };
    if (!f)
        return;
    finder_words(f, &words);
    sheet_reason(s, finder_held(f) ? TONE_GOOD : TONE_BAD, "%s", words.bytes);
    text_close(&words);
}

/* A search steers and ends its run itself, and tells when it was disturbed. */
static void explain_operator(Sheet *s, const Report *r) {
    if (!r->snapshot->aborted && r->wheel->end != WHEEL_GOES_ON &&
        s->head.status != EXIT_INTERRUPTED &&
        s->head.status != EXIT_UNREACHABLE) /* nobody waits for that */
        sheet_reason(s, TONE_WARN, "the operator ended the run early");
    if (report_was_steered(r))
        sheet_reason(s, TONE_WARN,
                     "the load was changed by hand: the stages are what was "
                     "executed, not what was planned");
}

static void fill_reasons(Sheet *s, const Report *r) {
    const Snapshot *x = r->snapshot;
    Text words = { 0 };
    explain_find(s, r->find);
    if (s->head.status == EXIT_REGRESSED)
        explain_comparison(s, r->against);
    explain_generator(s, &x->health);
    explain_thresholds(s, x);
    if (x->aborted)
        sheet_reason(s, TONE_BAD,
                     "a threshold or an alert ended the run before its plan");
    if (arrivals_words(r, &words))
        sheet_reason(s, TONE_BAD, "%s", words.bytes);
    text_clear(&words);
    if (omission_words(x, &words))
        sheet_reason(s, TONE_WARN, "%s", words.bytes);
    if (!r->find)
        explain_operator(s, r);
    if (s->head.status != EXIT_REGRESSED)
        explain_comparison(s, r->against);
    text_close(&words);
}

/* --- thresholds --------------------------------------------------------- */

static void add_threshold(Sheet *s, const ThresholdReading *t,
                          const char *was) {
    static const char *const words[] = { "✓ held", "✗ broken",
                                         "? undecided" };
    bool fails = threshold_fails(t->threshold, t->verdict);
    Tone tone = fails                             ? TONE_BAD
                : t->verdict == VERDICT_UNDECIDED ? TONE_WARN
                                                  : TONE_GOOD;
    UnitsText value;
    Text margin = { 0 };
    block_value(&t->threshold->condition, t->value, value);
    margin_words(t, &margin);
    sheet_cell(s, tone, (double)t->verdict, words[t->verdict]);
    sheet_name(s, TONE_PLAIN, t->threshold->key);
    sheet_name(s, TONE_PLAIN, t->threshold->text);
    sheet_cell(s, tone, t->value, value);
    sheet_cellf(s, TONE_DIM, NAN, was ? "%s (changed by hand, was %s)" : "%s",
                margin.length ? margin.bytes : "", was);
    text_close(&margin);
}

static void fill_thresholds(Sheet *s, const Report *r) {
    static const SheetColumn columns[] = { { "verdict", false },
                                           { "metric", false },
                                           { "limit", false },
                                           { "value", true },
                                           { "margin", false } };
    const Snapshot *x = r->snapshot;
    if (x->threshold_count == 0)
        return;
    sheet_heading(s, "thresholds", "Thresholds");
    sheet_table(s, "Each threshold with its value over the whole run", columns,
                5);
    for (size_t i = 0; i < x->threshold_count && i < s->rows_max; i++)
        add_threshold(s, &x->thresholds[i],
                      limits_was(&r->wheel->limits, i));
    sheet_rest(s, x->threshold_count);
}

/* --- findings ----------------------------------------------------------- */

static void fill_findings(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = { { "at", true },
                                           { "finding", false },
                                           { "evidence", false } };
    size_t n = x->findings ? x->findings->count : 0;
    bool has_knee = x->knee && x->knee->is_known;
    if (n == 0 && !has_knee)
        return;
    sheet_heading(s, "findings", "Findings");
    if (has_knee)
        sheet_text(s, TONE_PLAIN, "%s", x->knee->text);
    if (n == 0)
        return;
    sheet_table(s, "What the run shows beyond its figures", columns, 3);
    for (size_t i = 0; i < n && i < s->rows_max; i++) {
        const Finding *f = &x->findings->items[i];
        UnitsText from;
        sheet_cell(s, TONE_DIM, (double)f->from_ns,
                   units_clock(from, f->from_ns));
        sheet_cell(s, TONE_PLAIN, NAN, finding_heading(f->kind));
        sheet_cell(s, TONE_PLAIN, NAN, f->text);
    }
    sheet_rest(s, n);
    if (x->findings->left_out)
        sheet_text(s, TONE_DIM,
                   "%zu more anomalies are left out",
                   x->findings->left_out);
}

/* --- alerts ------------------------------------------------------------- */

static void add_alert(Sheet *s, const AlertReading *a) {
    UnitsText at = "", span = "", worst = "";
    double most = a->firing_count ? a->firings[0].worst : NAN;
    for (size_t i = 1; i < a->firing_count; i++)
        if (alert_is_worse(a->alert, a->firings[i].worst, most))
            most = a->firings[i].worst;
    if (a->firing_count) {
        units_clock(at, a->firings[0].at_ns);
        units_span(span, a->total_ns);
        block_value(&a->alert->condition, most, worst);
    }
    Tone tone = a->times == 0                             ? TONE_GOOD
                : a->alert->severity == ALERT_CRITICAL ? TONE_BAD
                                                          : TONE_WARN;
    sheet_cellf(s, tone, (double)a->times, "%s",
                a->times == 0  ? "✓ quiet"
                : a->is_firing ? "✗ still firing"
                               : "✗ fired");
    sheet_name(s, TONE_PLAIN, a->alert->name);
    sheet_name(s, TONE_PLAIN, a->alert->text);
    sheet_cellf(s, TONE_PLAIN, (double)a->times, "%llu",
                (unsigned long long)a->times);
    sheet_cell(s, TONE_PLAIN, NAN, at);
    sheet_cell(s, TONE_PLAIN, (double)a->total_ns, span);
    sheet_cell(s, TONE_PLAIN, most, worst);
}

static void fill_alerts(Sheet *s, const Snapshot *x) {
    static const SheetColumn columns[] = {
        { "state", false }, { "alert", false },    { "condition", false },
        { "times", true },  { "first at", true }, { "for", true },
        { "worst", true },
    };
    if (x->alert_count == 0)
        return;
    sheet_heading(s, "alerts", "Alerts");
    sheet_table(s, "Alerts, judged over sliding windows during the run",
                columns, 7);
    for (size_t i = 0; i < x->alert_count && i < s->rows_max; i++)
        add_alert(s, &x->alerts[i]);
    sheet_rest(s, x->alert_count);
}

void sheet_verdicts(Sheet *s, const Report *r) {
    fill_head(s, r);
    fill_reasons(s, r);
    sheet_find(s, r->find);
    sheet_scale(s, r->scale);
    fill_thresholds(s, r);
    fill_findings(s, r->snapshot);
    sheet_charts(s);
    fill_alerts(s, r->snapshot);
}
