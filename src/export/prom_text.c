/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/prom_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* A bound and how it is written; OpenMetrics wants a float there, and the
 * text format gets the same, so that a series keeps its name. About four to
 * a factor of five; 0.5 and 1 are limits that people have. */
#define BOUNDS_OF_TIME(X)                                                  \
    X(1000, "0.001") X(2000, "0.002") X(3000, "0.003") X(5000, "0.005")    \
    X(7500, "0.0075") X(10000, "0.01") X(15000, "0.015") X(20000, "0.02")  \
    X(30000, "0.03") X(50000, "0.05") X(75000, "0.075") X(100000, "0.1")   \
    X(150000, "0.15") X(200000, "0.2") X(300000, "0.3") X(400000, "0.4")   \
    X(500000, "0.5") X(750000, "0.75") X(1000000, "1.0")                   \
    X(1500000, "1.5") X(2000000, "2.0") X(3000000, "3.0")                  \
    X(5000000, "5.0") X(7500000, "7.5") X(10000000, "10.0")                \
    X(15000000, "15.0") X(20000000, "20.0") X(30000000, "30.0")            \
    X(60000000, "60.0")

static const uint64_t bounds[] = {
#define X(us, text) us * NS_PER_US,
    BOUNDS_OF_TIME(X)
#undef X
};
static const char *const bound_texts[] = {
#define X(us, text) text,
    BOUNDS_OF_TIME(X)
#undef X
};
#define BOUND_COUNT (sizeof bounds / sizeof *bounds)

/* One request in one scenario, or all that have no room. */
typedef struct Row {
    Text labels;
    const SeriesSlab *slab;
} Row;

typedef struct Page {
    PromOut out;
    const Snapshot *s;
    const RunInfo *info;
    Row *rows;
    size_t row_count;
    SeriesSlab other;
} Page;

/* --- rows --------------------------------------------------------------- */

static void add_other(SeriesSlab *to, const SeriesSlab *from) {
    hist_add(&to->duration, &from->duration);
    hist_add(&to->response, &from->response);
    to->requests += from->requests;
    to->bytes_in += from->bytes_in;
    to->bytes_out += from->bytes_out;
    for (size_t i = 0; i < FAIL_COUNT; i++)
        to->fail[i] += from->fail[i];
    for (size_t i = 0; i < 6; i++)
        to->status[i] += from->status[i];
}

static void name_row(Row *row, const Series *series) {
    const char *scenario = series_label(series, "scenario");
    const char *variant = series_label(series, "variant");
    prom_label(&row->labels, "scenario", scenario ? scenario : "");
    prom_label(&row->labels, "name", series->request_name);
    if (variant)
        prom_label(&row->labels, "variant", variant);
}

static void find_rows(Page *p) {
    size_t n = p->s->series_count;
    size_t own = n > PROM_SERIES_MAX ? PROM_SERIES_MAX : n;
    p->rows = mem_alloc(own + 1, sizeof *p->rows);
    p->row_count = own + (n > own);
    for (size_t i = 0; i < own; i++) {
        name_row(&p->rows[i], p->s->series[i].series);
        p->rows[i].slab = &p->s->totals->series[i];
    }
    for (size_t i = own; i < n; i++)
        add_other(&p->other, &p->s->totals->series[i]);
    if (n > own) {
        prom_label(&p->rows[own].labels, "scenario", "other");
        prom_label(&p->rows[own].labels, "name", "other");
        p->rows[own].slab = &p->other;
    }
}

static void close_rows(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        text_close(&p->rows[i].labels);
    hist_close(&p->other.duration);
    hist_close(&p->other.response);
    free(p->rows);
}

/* --- requests ----------------------------------------------------------- */

/* The row's labels and one more; valid until the next call. */
static const char *with(Text *scratch, const Row *row, const char *name,
                        const char *value) {
    text_clear(scratch);
    text_adds(scratch, row->labels.bytes);
    prom_label(scratch, name, value);
    return scratch->bytes;
}

static void put_requests(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        prom_count(&p->out, p->rows[i].labels.bytes,
                   p->rows[i].slab->requests);
}

/* A counter that appears with its first value hides that from rate(): the
 * usual classes are there from the start. */
static bool is_usual(FailClass c) {
    return c == FAIL_CONNECT || c == FAIL_RESET || c == FAIL_TIMEOUT_WAIT ||
           c == FAIL_HTTP_4XX || c == FAIL_HTTP_5XX;
}

static void put_failures(Page *p) {
    Text t = { 0 };
    for (size_t i = 0; i < p->row_count; i++)
        for (FailClass c = 0; c < FAIL_COUNT; c++)
            if (p->rows[i].slab->fail[c] || is_usual(c))
                prom_count(&p->out, with(&t, &p->rows[i], "class", fail_name(c)),
                           p->rows[i].slab->fail[c]);
    text_close(&t);
}

static void put_responses(Page *p) {
    static const char *const names[] = { "",    "1xx", "2xx",
                                         "3xx", "4xx", "5xx" };
    Text t = { 0 };
    for (size_t i = 0; i < p->row_count; i++)
        for (size_t k = 1; k < 6; k++)
            prom_count(&p->out, with(&t, &p->rows[i], "status", names[k]),
                       p->rows[i].slab->status[k]);
    text_close(&t);
}

static void put_hist(Page *p, const char *labels, const Hist *h) {
    uint64_t below[BOUND_COUNT];
    hist_counts_below(h, bounds, BOUND_COUNT, below);
    for (size_t i = 0; i < BOUND_COUNT; i++)
        prom_bucket(&p->out, labels, bound_texts[i], below[i]);
    prom_bucket(&p->out, labels, "+Inf", h->count);
    prom_sum_count(&p->out, labels, h->sum, h->count);
}

static void put_duration(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        put_hist(p, p->rows[i].labels.bytes, &p->rows[i].slab->duration);
}

static void put_response_time(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        put_hist(p, p->rows[i].labels.bytes, &p->rows[i].slab->response);
}

static void put_received(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        prom_count(&p->out, p->rows[i].labels.bytes,
                   p->rows[i].slab->bytes_in);
}

static void put_sent(Page *p) {
    for (size_t i = 0; i < p->row_count; i++)
        prom_count(&p->out, p->rows[i].labels.bytes,
                   p->rows[i].slab->bytes_out);
}

static void put_in_flight(Page *p) {
    prom_count(&p->out, NULL, p->s->in_flight);
}

/* --- iterations, checks, load ------------------------------------------- */

static void put_iterations(Page *p) {
    prom_count(&p->out, NULL, p->s->totals->iterations);
}

static void put_iteration_duration(Page *p) {
    put_hist(p, NULL, &p->s->totals->iteration);
}

static void put_dropped(Page *p) {
    prom_count(&p->out, NULL, p->s->totals->dropped);
}

/* Checks of one name in several requests are one, as in k6. */
static void put_check(Page *p, const char *name, size_t first) {
    uint64_t n[2] = { 0, 0 };
    Text t = { 0 };
    for (size_t i = first; i < p->s->totals->check_count; i++) {
        if (!text_equal(p->s->check_names[i], name))
            continue;
        n[0] += p->s->totals->checks[i].passed;
        n[1] += p->s->totals->checks[i].failed;
    }
    for (size_t k = 0; k < 2; k++) {
        text_clear(&t);
        prom_label(&t, "check", name);
        prom_label(&t, "result", k ? "failed" : "passed");
        prom_count(&p->out, t.bytes, n[k]);
    }
    text_close(&t);
}

static void put_checks(Page *p) {
    size_t left = PROM_ROWS_MAX;
    for (size_t i = 0; i < p->s->totals->check_count && left; i++) {
        Text t = { 0 };
        prom_label(&t, "check", p->s->check_names[i]);
        if (prom_is_new(&p->out, t.bytes)) {
            put_check(p, p->s->check_names[i], i);
            left--;
        }
        text_close(&t);
    }
}

static void put_vus(Page *p) {
    prom_count(&p->out, NULL, p->s->alive);
}

static void put_active(Page *p) {
    prom_count(&p->out, NULL, p->s->active);
}

static void put_planned(Page *p) {
    for (size_t i = 0; i < p->s->scenario_count && i < PROM_ROWS_MAX; i++) {
        const ScenarioReading *r = &p->s->scenarios[i];
        Text t = { 0 };
        prom_label(&t, "scenario", r->name);
        prom_label(&t, "unit", r->is_rate ? "iterations/s" : "vus");
        if (prom_is_new(&p->out, t.bytes))
            prom_number(&p->out, t.bytes, r->planned);
        text_close(&t);
    }
}

/* --- verdicts ----------------------------------------------------------- */

static void put_thresholds(Page *p) {
    for (size_t i = 0; i < p->s->threshold_count && i < PROM_ROWS_MAX; i++) {
        const ThresholdReading *r = &p->s->thresholds[i];
        Text name = { 0 }, t = { 0 };
        text_addf(&name, "%s: %s", r->threshold->key, r->threshold->text);
        prom_label(&t, "threshold", name.bytes);
        if (r->verdict != VERDICT_UNDECIDED && prom_is_new(&p->out, t.bytes))
            prom_count(&p->out, t.bytes, r->verdict == VERDICT_HOLDS);
        text_close(&name);
        text_close(&t);
    }
}

static void put_alerts(Page *p) {
    for (size_t i = 0; i < p->s->alert_count && i < PROM_ROWS_MAX; i++) {
        const AlertReading *r = &p->s->alerts[i];
        Text t = { 0 };
        prom_label(&t, "alert", r->alert->name);
        prom_label(&t, "severity", alert_severity_name(r->alert->severity));
        if (prom_is_new(&p->out, t.bytes))
            prom_count(&p->out, t.bytes, r->is_firing);
        text_close(&t);
    }
}

static void put_recovery(Page *p) {
    prom_number(&p->out, NULL, recovery_longest_ms(p->s->recoveries) / 1e3);
}

/* --- the generator ------------------------------------------------------ */

static void put_busy(Page *p) {
    prom_number(&p->out, NULL, p->s->health.busy);
}

static void put_cpu(Page *p) {
    prom_number(&p->out, NULL, p->s->health.cpu);
}

static void put_bound(Page *p) {
    prom_count(&p->out, NULL, p->s->health.is_bound);
}

static void put_timer_lag(Page *p) {
    prom_seconds(&p->out, NULL, p->s->health.lag_ns);
}

static void put_schedule_lag(Page *p) {
    prom_seconds(&p->out, NULL, p->s->health.schedule_lag_ns);
}

static void put_read_lag(Page *p) {
    prom_seconds(&p->out, NULL, p->s->health.read_lag_ns);
}

static void put_sockets(Page *p) {
    prom_count(&p->out, NULL, p->s->health.sockets);
}

/* --- the run ------------------------------------------------------------ */

static void put_info(Page *p) {
    char seed[24];
    Text t = { 0 };
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)p->info->seed);
    prom_label(&t, "profile", p->info->name);
    prom_label(&t, "kind", p->info->kind ? p->info->kind : "");
    prom_label(&t, "seed", seed);
    prom_label(&t, "version", PACKAGE_VERSION);
    prom_count(&p->out, t.bytes, 1);
    text_close(&t);
}

static void put_state(Page *p) {
    static const char *const names[] = { [RUN_STARTING] = "starting",
                                         [RUN_RUNNING] = "running",
                                         [RUN_PAUSED] = "paused",
                                         [RUN_FINISHING] = "finishing",
                                         [RUN_DONE] = "done" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Text t = { 0 };
        prom_label(&t, "state", names[i]);
        prom_count(&p->out, t.bytes, i == (size_t)p->s->state);
        text_close(&t);
    }
}

static void put_run_time(Page *p) {
    prom_seconds(&p->out, NULL, p->s->now_ns);
}

static void put_monitors(Page *p) {
    const Gauges *g = p->s->gauges;
    for (size_t i = 0; g && i < g->count && i < PROM_ROWS_MAX; i++) {
        Text t = { 0 };
        prom_label(&t, "gauge", g->items[i].name);
        prom_label(&t, "unit", gauge_unit_name(g->items[i].unit));
        if (prom_is_new(&p->out, t.bytes))
            prom_number(&p->out, t.bytes, g->items[i].last);
        text_close(&t);
    }
}

/* One figure of one metric of the profile's own. */
static void put_own_figure(Page *p, const Metric *m, const char *stat,
                           Method method, double q) {
    Text t = { 0 };
    MetricContext c = { .seconds = (double)p->s->now_ns / 1e9 };
    prom_label(&t, "metric", m->info.name);
    prom_label(&t, "stat", stat);
    prom_number(&p->out, t.bytes,
                metric_value(m, p->s->totals, NULL, &c, method, q));
    text_close(&t);
}

static void put_own(Page *p) {
    static const struct {
        MetricKind kind;
        const char *stat;
        Method method;
        double q;
    } rows[] = {
        { METRIC_COUNTER, "count", METHOD_COUNT, 0 },
        { METRIC_GAUGE, "value", METHOD_VALUE, 0 },
        { METRIC_RATE, "rate", METHOD_RATE, 0 },
        { METRIC_TREND, "avg", METHOD_AVG, 0 },
        { METRIC_TREND, "med", METHOD_MED, 0 },
        { METRIC_TREND, "max", METHOD_MAX, 0 },
        { METRIC_TREND, "p95", METHOD_P, 0.95 },
        { METRIC_TREND, "p99", METHOD_P, 0.99 },
    };
    size_t n = p->s->metrics->own_count;
    for (size_t i = 0; i < n && i < PROM_ROWS_MAX; i++) {
        Metric m = metric_own(p->s->metrics, i);
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            if (rows[k].kind == m.info.kind)
                put_own_figure(p, &m, rows[k].stat, rows[k].method, rows[k].q);
    }
}

/* --- all of them -------------------------------------------------------- */

#define BY_SERIES "scenario, name, variant"

static const struct {
    const char *name, *labels, *help;
    PromType type;
    void (*put)(Page *p);
} families[] = {
    { "onrush_run", "profile, kind, seed, version", "The run; always 1.",
      PROM_INFO, put_info },
    { "onrush_run_state", "state",
      "1 for the state that the run is in, 0 for the others.", PROM_GAUGE,
      put_state },
    { "onrush_run_time_seconds", "",
      "Time since the start of the load, pauses left out.", PROM_GAUGE,
      put_run_time },
    { "onrush_vus", "", "Virtual users that live.", PROM_GAUGE, put_vus },
    { "onrush_vus_active", "",
      "Virtual users that work; of an arrival rate, those that are busy.",
      PROM_GAUGE, put_active },
    { "onrush_planned_level", "scenario, unit",
      "Level that the plan asks for now, in virtual users or iterations/s.",
      PROM_GAUGE, put_planned },
    { "onrush_http_requests", BY_SERIES,
      "Requests that are over, failed ones included.", PROM_COUNTER,
      put_requests },
    { "onrush_http_request_failures", BY_SERIES ", class",
      "Requests that failed, by the one reason of each.", PROM_COUNTER,
      put_failures },
    { "onrush_http_responses", BY_SERIES ", status",
      "Answers by hundreds of their status.", PROM_COUNTER, put_responses },
    { "onrush_http_request_duration_seconds", BY_SERIES ", le",
      "Service time of requests that had a connection: sending, waiting, "
      "receiving.",
      PROM_HISTOGRAM, put_duration },
    { "onrush_response_time_seconds", BY_SERIES ", le",
      "From the moment a request was to begin to the end of its answer.",
      PROM_HISTOGRAM, put_response_time },
    { "onrush_http_requests_in_flight", "", "Requests under way.", PROM_GAUGE,
      put_in_flight },
    { "onrush_data_received_bytes", BY_SERIES, "Bytes that were received.",
      PROM_COUNTER, put_received },
    { "onrush_data_sent_bytes", BY_SERIES, "Bytes that were sent.",
      PROM_COUNTER, put_sent },
    { "onrush_iterations", "", "Iterations that ended.", PROM_COUNTER,
      put_iterations },
    { "onrush_iteration_duration_seconds", "le",
      "Whole iterations, think times included.", PROM_HISTOGRAM,
      put_iteration_duration },
    { "onrush_dropped_iterations", "",
      "Iterations of an arrival rate that found no free virtual user.",
      PROM_COUNTER, put_dropped },
    { "onrush_checks", "check, result", "Checks by what came of them.",
      PROM_COUNTER, put_checks },
    { "onrush_metric", "metric, stat",
      "Figures of the profile's own metrics over the run.", PROM_GAUGE,
      put_own },
    { "onrush_threshold_ok", "threshold",
      "Does the threshold hold over the run so far? Absent while undecided.",
      PROM_GAUGE, put_thresholds },
    { "onrush_alert_firing", "alert, severity",
      "Does the profile's alert fire?", PROM_GAUGE, put_alerts },
    { "onrush_recovery_seconds", "",
      "Longest recovery after a spike; infinite when it never came.",
      PROM_GAUGE, put_recovery },
    { "onrush_generator_busy_ratio", "",
      "Share of the last second that the busiest worker's loop worked.",
      PROM_GAUGE, put_busy },
    { "onrush_generator_cpu_ratio", "",
      "Processor time of onrush in the last second; 1 is one core.",
      PROM_GAUGE, put_cpu },
    { "onrush_generator_bound", "",
      "1 when onrush, and not the target, was the limit.", PROM_GAUGE,
      put_bound },
    { "onrush_generator_timer_lag_seconds", "",
      "Worst lateness of a worker's timer in the last second.", PROM_GAUGE,
      put_timer_lag },
    { "onrush_generator_schedule_lag_seconds", "",
      "How late iterations of an arrival rate began, 99th percentile.",
      PROM_GAUGE, put_schedule_lag },
    { "onrush_generator_read_lag_seconds", "",
      "How long answers lay in the kernel unread, 99th percentile.",
      PROM_GAUGE, put_read_lag },
    { "onrush_generator_sockets", "", "Sockets that onrush has open.",
      PROM_GAUGE, put_sockets },
    { "onrush_monitor", "gauge, unit",
      "Last reading of what the profile monitors.", PROM_GAUGE,
      put_monitors },
};
#define FAMILY_COUNT (sizeof families / sizeof *families)

bool prom_describe(size_t i, PromMetricInfo *out) {
    static const char *const ends[] = { [PROM_COUNTER] = "_total",
                                        [PROM_GAUGE] = "",
                                        [PROM_HISTOGRAM] = "",
                                        [PROM_INFO] = "_info" };
    if (i >= FAMILY_COUNT)
        return false;
    snprintf(out->name, sizeof out->name, "%s%s", families[i].name,
             ends[families[i].type]);
    out->labels = families[i].labels;
    out->help = families[i].help;
    return true;
}

static void put_families(Page *p) {
    find_rows(p);
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        prom_family(&p->out, families[i].name, families[i].type,
                    families[i].help);
        families[i].put(p);
    }
    close_rows(p);
}

void prom_text(const Snapshot *s, const RunInfo *info, PromStyle style,
               PromForm form, Text *to) {
    Page p = { .out = { .to = to, .form = form }, .s = s, .info = info };
    if (style == PROM_K6)
        prom_k6_text(&p.out, s);
    else
        put_families(&p);
    prom_end(&p.out);
}
