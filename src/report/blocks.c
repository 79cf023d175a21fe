/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/blocks.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "report/figures.h"

void block_heading(Page *p, const char *text) {
    page_end(p);
    page_add(p, TONE_BOLD, text);
    page_end(p);
}

void block_rest(Page *p, size_t count) {
    if (count <= ROWS_MAX)
        return;
    page_addf(p, TONE_DIM, "  … and %zu more, in summary.json",
              count - ROWS_MAX);
    page_end(p);
}

char *grouped(char to[GROUPED_MAX], uint64_t n) {
    char digits[GROUPED_MAX];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    char *out = to;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            *out++ = ' ';
        *out++ = digits[i];
    }
    *out = '\0';
    return to;
}

char *signed_latency(UnitsText to, double ns) {
    UnitsText size;
    snprintf(to, UNITS_TEXT_MAX, "%s%.28s", ns < 0 ? "-" : "",
             units_latency(size, fabs(ns)));
    return to;
}

/* The profile's own are of any size and sign. */
static void own_value(const MetricInfo *m, bool is_amount, double v,
                      UnitsText to) {
    UnitsText size;
    if (isnan(v))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (text_equal(m->contains, "time") && is_amount)
        signed_latency(to, v * 1e6);
    else if (fabs(v) < 9999.5)
        snprintf(to, UNITS_TEXT_MAX, "%.4g", v);
    else if (fabs(v) < 999999.5)
        snprintf(to, UNITS_TEXT_MAX, "%.0f", v);
    else
        snprintf(to, UNITS_TEXT_MAX, "%s%.28s", v < 0 ? "-" : "",
                 units_count(size, fabs(v)));
}

void block_value(const Condition *c, double v, UnitsText to) {
    const MetricInfo *m = &c->metric.info;
    bool per_second = c->method == METHOD_RATE && m->kind == METRIC_COUNTER;
    bool is_data = text_equal(m->contains, "data");
    UnitsText plain;
    if (isnan(v))
        snprintf(to, UNITS_TEXT_MAX, "no samples");
    else if (isinf(v))
        snprintf(to, UNITS_TEXT_MAX, "never");
    else if (m->kind == METRIC_RATE)
        units_percent(to, v);
    else if (text_equal(m->contains, "time") && condition_is_amount(c))
        signed_latency(to, v * 1e6);
    else if (c->metric.id == METRIC_OWN)
        own_value(m, condition_is_amount(c), v, to);
    else
        snprintf(to, UNITS_TEXT_MAX, "%.28s%s",
                 is_data ? units_bytes(plain, v) : units_count(plain, v),
                 per_second ? "/s" : "");
}

/* --- the profile's own metrics ------------------------------------------ */

static void add_own_trend(const Metric *m, const CustomSlab *c, Table *t) {
    static const struct {
        Method method;
        double q;
    } stats[] = {
        { METHOD_MIN, 0 },  { METHOD_AVG, 0 },  { METHOD_MED, 0 },
        { METHOD_P, 0.95 }, { METHOD_P, 0.99 }, { METHOD_MAX, 0 },
    };
    char count[GROUPED_MAX];
    UnitsText v;
    table_add(t, TONE_DIM, m->info.name);
    table_add(t, TONE_PLAIN, grouped(count, c->count));
    for (size_t i = 0; i < sizeof stats / sizeof *stats; i++) {
        own_value(&m->info, true,
                  custom_value(c, METRIC_TREND, stats[i].method, stats[i].q,
                               0),
                  v);
        table_add(t, TONE_PLAIN, v);
    }
}

static void add_own_other(const Metric *m, const CustomSlab *c, double seconds,
                          Table *t) {
    char count[GROUPED_MAX], trues[GROUPED_MAX];
    UnitsText v, low, high;
    table_add(t, TONE_DIM, m->info.name);
    if (c->count == 0) {
        table_add(t, TONE_PLAIN, "no samples");
        table_add(t, TONE_PLAIN, "");
    } else if (m->info.kind == METRIC_RATE) {
        table_add(t, TONE_PLAIN,
                  units_percent(v, (double)c->trues / (double)c->count));
        table_addf(t, TONE_PLAIN, "%s of %s", grouped(trues, c->trues),
                   grouped(count, c->count));
    } else if (m->info.kind == METRIC_COUNTER) {
        own_value(&m->info, true, c->sum, v);
        table_add(t, TONE_PLAIN, v);
        own_value(&m->info, false,
                  custom_value(c, METRIC_COUNTER, METHOD_RATE, 0, seconds), v);
        table_addf(t, TONE_PLAIN, "%s/s", v);
    } else {
        own_value(&m->info, true, c->last, v);
        own_value(&m->info, true, c->min, low);
        own_value(&m->info, true, c->max, high);
        table_add(t, TONE_PLAIN, v);
        table_addf(t, TONE_PLAIN, "between %s and %s", low, high);
    }
}

void block_own_metrics(const Snapshot *s, Page *p) {
    static const TableColumn trend[] = {
        { "", false, 0 },   { "count", true, 4 }, { "min", true, 3 },
        { "avg", true, 1 }, { "p50", true, 0 },   { "p95", true, 0 },
        { "p99", true, 2 }, { "max", true, 0 },
    };
    static const TableColumn other[] = { { NULL, false, 0 },
                                         { NULL, true, 0 },
                                         { NULL, false, 1 } };
    Table trends = { trend, 8, NULL, 0, 0 }, others = { other, 3, NULL, 0, 0 };
    size_t n = s->metrics->own_count;
    if (n == 0)
        return;
    block_heading(p, "own metrics");
    for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
        Metric m = metric_own(s->metrics, i);
        const CustomSlab *c = &s->totals->custom[i];
        if (m.info.kind == METRIC_TREND && c->count)
            add_own_trend(&m, c, &trends);
        else
            add_own_other(&m, c, (double)s->now_ns / 1e9, &others);
    }
    if (trends.count)
        table_print(&trends, p, 2);
    if (others.count)
        table_print(&others, p, 2);
    block_rest(p, n);
}

/* --- variants ----------------------------------------------------------- */

static void add_overhead(Table *t, const Overhead *v) {
    UnitsText value, low, high;
    if (isnan(v->value)) {
        table_add(t, TONE_DIM, "no samples");
        return;
    }
    signed_latency(value, v->value);
    if (isnan(v->low))
        table_addf(t, TONE_PLAIN, "%s (too few samples)", value);
    else
        table_addf(t, TONE_PLAIN, "%s (%s … %s)", value,
                   signed_latency(low, v->low), signed_latency(high, v->high));
}

void block_overheads(const Snapshot *s, Page *p) {
    static const TableColumn columns[] = { { "", false, 0 },
                                           { "p50", false, 0 },
                                           { "p95", false, 1 },
                                           { "avg", false, 2 } };
    Table t = { columns, 4, NULL, 0, 0 };
    OverheadFigures *list;
    size_t n = overheads_measure(s, &list);
    if (n) {
        Text head = { 0 };
        text_addf(&head, "overhead against %s (95 %% confidence)",
                  list[0].against);
        block_heading(p, head.bytes);
        text_close(&head);
    }
    for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
        table_add(&t, TONE_PLAIN, list[i].variant);
        add_overhead(&t, &list[i].p50);
        add_overhead(&t, &list[i].p95);
        add_overhead(&t, &list[i].avg);
    }
    if (t.count)
        table_print(&t, p, 2);
    free(list);
}

/* --- alerts ------------------------------------------------------------- */

static void say_fired(const AlertReading *r, Tone tone, Page *p) {
    UnitsText span, worst, at;
    double most = r->firings[0].worst;
    for (size_t i = 1; i < r->firing_count; i++)
        if (alert_is_worse(r->alert, r->firings[i].worst, most))
            most = r->firings[i].worst;
    block_value(&r->alert->condition, most, worst);
    units_span(span, r->total_ns);
    units_clock(at, r->firings[0].at_ns);
    if (r->times == 1)
        page_addf(p, tone, "fired at %s for %s, worst %s", at, span, worst);
    else
        page_addf(p, tone, "fired %llu times, first at %s, for %s, worst %s",
                  (unsigned long long)r->times, at, span, worst);
    if (r->is_firing)
        page_add(p, tone, ", still firing");
    page_end(p);
}

/* What an alert asks is told in any case: its name alone says little. */
static void show_alert(const AlertReading *r, int names, Page *p) {
    Tone tone = r->times == 0                              ? TONE_GOOD
                : r->alert->severity == ALERT_CRITICAL ? TONE_BAD
                                                           : TONE_WARN;
    page_addf(p, tone, "%s %s", r->times ? "✗" : "✓", r->alert->name);
    page_indent(p, 2 + names + 2);
    page_add(p, TONE_DIM, r->alert->text);
    page_end(p);
    if (r->times) {
        page_indent(p, 2 + names + 2);
        say_fired(r, tone, p);
    }
}

void block_alerts(const Snapshot *s, Page *p) {
    size_t fired = 0;
    int names = 0;
    char head[64];
    for (size_t i = 0; i < s->alert_count; i++) {
        int width = page_width(s->alerts[i].alert->name);
        names = width > names ? width : names;
        fired += s->alerts[i].times > 0;
    }
    if (s->alert_count == 0)
        return;
    names = names < p->columns / 3 ? names : p->columns / 3;
    snprintf(head, sizeof head, "%zu of %zu alert%s fired", fired,
             s->alert_count, s->alert_count == 1 ? "" : "s");
    block_heading(p, head);
    for (size_t i = 0; i < s->alert_count && i < ROWS_MAX; i++)
        show_alert(&s->alerts[i], names, p);
    block_rest(p, s->alert_count);
}

/* --- findings ----------------------------------------------------------- */

static Tone tone_of(FindingKind k) {
    return k == FINDING_BREAKING || k == FINDING_GENERATOR ? TONE_BAD
           : k == FINDING_ANOMALY                          ? TONE_PLAIN
                                                           : TONE_WARN;
}

void block_findings(const Snapshot *s, Page *p) {
    const FindingList *l = s->findings;
    if (!l || l->count == 0)
        return;
    block_heading(p, "findings");
    for (size_t i = 0; i < l->count && i < ROWS_MAX; i++) {
        const Finding *f = &l->items[i];
        UnitsText from, to;
        units_clock(from, f->from_ns);
        units_clock(to, f->to_ns);
        page_addf(p, tone_of(f->kind), "  %s%s%s  %s", from,
                  f->to_ns ? " - " : "", f->to_ns ? to : "",
                  finding_heading(f->kind));
        page_end(p);
        page_paragraph(p, TONE_DIM, 4, f->text);
    }
    block_rest(p, l->count);
    if (!l->left_out)
        return;
    page_addf(p, TONE_DIM, "  and %zu anomalies more", l->left_out);
    page_end(p);
}
