/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/recorder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stats/omission.h"

void recorder_init(Recorder *r, const RecorderSetup *setup) {
    size_t series = setup->metrics.series_count;
    *r = (Recorder){
        .setup = *setup,
        .series_count = series,
        .recent = mem_alloc(series, sizeof(Hist)),
        .recent_series = mem_alloc(series, sizeof(CellSeries)),
        .readings = mem_alloc(series, sizeof(SeriesReading)),
    };
    verdicts_init(&r->verdicts, setup->thresholds);
    r->findings = findings_new(setup->is_rate);
    r->knee = knee_new();
    r->has_held = mem_alloc(setup->thresholds->count, sizeof *r->has_held);
    slab_init(&r->totals, series, setup->check_count,
              setup->metrics.own_count);
    slab_keep(&r->totals, threshold_parts(setup->thresholds));
    timeline_init(&r->timeline, series);
    failures_init(&r->failures, setup->check_count);
    if (setup->alerts && setup->alerts->count)
        r->watch = alert_watch_new(setup->alerts);
}

void recorder_close(Recorder *r) {
    slab_close(&r->totals);
    timeline_close(&r->timeline);
    failures_close(&r->failures);
    recovery_close(&r->recoveries);
    hist_close(&r->recent_all);
    hist_close(&r->recent_response);
    for (size_t i = 0; i < r->series_count; i++)
        hist_close(&r->recent[i]);
    free(r->recent);
    free(r->recent_series);
    free(r->readings);
    verdicts_close(&r->verdicts);
    alert_watch_free(r->watch);
    findings_free(r->findings);
    knee_free(r->knee);
    free(r->has_held);
    *r = (Recorder){ 0 };
}

void recorder_add(Recorder *r, uint64_t at_ns, const Slab *slab) {
    slab_add(&r->totals, slab);
    timeline_add(&r->timeline, at_ns, slab);
    failures_add(&r->failures, at_ns, slab);
    findings_add(r->findings, at_ns, slab);
}

static void merge_arrivals(Recorder *r, uint64_t from, uint64_t end) {
    const Timeline *t = &r->timeline;
    r->recent_started = r->recent_arrivals = r->recent_dropped = 0;
    for (size_t i = timeline_find(t, from); i < timeline_count(t); i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns < from || c->start_ns >= end)
            continue;
        r->recent_started += c->started;
        r->recent_arrivals += c->arrivals;
        r->recent_dropped += c->dropped;
    }
}

/* Merges the finished seconds of the window, once a second if asked. */
static void merge_recent(Recorder *r) {
    uint64_t end = r->timeline.open_ns;
    uint64_t span = (RECORDER_WINDOW_S - 1) * NS_PER_S;
    uint64_t from = end > span ? end - span : 0;
    hist_clear(&r->recent_all);
    r->recent_seconds = timeline_interval(&r->timeline, from, end, SIZE_MAX,
                                          &r->recent_all, &r->recent_sums);
    hist_clear(&r->recent_response);
    timeline_interval(&r->timeline, from, end, TIMELINE_RESPONSE,
                      &r->recent_response, &r->recent_response_sums);
    merge_arrivals(r, from, end);
    for (size_t i = 0; i < r->series_count; i++) {
        hist_clear(&r->recent[i]);
        timeline_interval(&r->timeline, from, end, i, &r->recent[i],
                          &r->recent_series[i]);
    }
}

static void feed_recovery(Recorder *r, const FindingSecond *f) {
    double seconds = (double)(f->to_ns - f->from_ns) / 1e9;
    size_t scenario = recovery_scenario(&r->recoveries);
    bool is_known = scenario < r->level_count;
    RecoverySecond s = {
        .at_ns = f->to_ns,
        .level = is_known ? r->levels[scenario] : f->level,
        .p95 = f->p95,
        .rps = seconds > 0 ? (double)f->requests / seconds : 0,
        .has_requests = f->requests > 0,
        .error_rate =
            f->requests ? (double)f->failed / (double)f->requests : 0,
    };
    recovery_second(&r->recoveries, &s);
}

/* How long the target took: failures are judged by themselves. What a journal
 * has by ten seconds only would come back later than it was found. */
static bool is_of_target(const Condition *c) {
    bool is_by_second = !c->of || c->of->part == PART_ALL;
    return is_by_second && (c->metric.id == METRIC_HTTP_REQ_DURATION ||
                            c->metric.id == METRIC_RESPONSE_TIME);
}

/* The first that held and does not any more, as ASCII to text; or NULL. */
static const char *find_broken(Recorder *r, char *text, size_t size) {
    for (size_t i = 0; i < r->setup.thresholds->count; i++) {
        const ThresholdReading *t = &r->verdicts.readings[i];
        r->has_held[i] |= t->verdict == VERDICT_HOLDS;
        if (t->verdict != VERDICT_BROKEN || !r->has_held[i] ||
            !is_of_target(&t->threshold->condition))
            continue;
        snprintf(text, size, "%s %s", t->threshold->key, t->threshold->text);
        for (char *c = text; *c; c++)
            *c = *c >= ' ' && *c <= '~' ? *c : '?';
        return text;
    }
    return NULL;
}

static void feed_findings(Recorder *r, FindingSecond *s) {
    char broken[80];
    const RecoveryList *l = &r->recoveries;
    s->level_other = r->planned_other;
    s->is_recovering =
        l->count && l->items[l->count - 1].state == RECOVERY_WAITING;
    s->broken = find_broken(r, broken, sizeof broken);
    findings_second(r->findings, s);
}

/* As a cell keeps them, so that a replay says the same. */
static void feed_knee(Recorder *r, const FindingSecond *s, double users) {
    knee_second(r->knee, &(KneeSecond){
                             .seconds = (double)(s->to_ns - s->from_ns) / 1e9,
                             .active = (double)(float)s->active,
                             .users = (double)(float)users,
                             .requests = s->requests,
                             .failed = s->failed });
}

static FindingSecond second_of(const Cell *c) {
    return (FindingSecond){ .from_ns = c->start_ns,
                            .to_ns = c->start_ns + c->length_ns,
                            .level = (double)c->planned,
                            .active = (double)c->active,
                            .requests = c->all.requests,
                            .failed = c->all.failed,
                            .refused = c->refused,
                            .p95 = (double)c->all.p95,
                            .mean = (double)c->mean,
                            .max = (double)c->all.max };
}

static void move(Recorder *r, uint64_t now_ns, double active, double planned) {
    r->active = active;
    r->planned = planned;
    r->active_max = fmax(r->active_max, active);
    r->now_ns = now_ns;
    timeline_level(&r->timeline, active, r->level_count ? r->users : active,
                   planned, r->planned_other);
    timeline_advance(&r->timeline, now_ns);
    failures_advance(&r->failures, now_ns);
}

void recorder_advance_coarse(Recorder *r, uint64_t now_ns, double active,
                             double planned, const FindingSecond *told) {
    FindingSecond s = *told;
    move(r, now_ns, active, planned);
    r->seconds_done = r->timeline.open_ns / NS_PER_S;
    MetricContext context = recorder_context(r);
    verdicts_judge(&r->verdicts, now_ns, &r->totals, &context, true);
    r->is_recent_stale = true;
    s.level = (double)(float)planned; /* as cells keep it */
    s.active = (double)(float)active;
    feed_recovery(r, &s);
    feed_findings(r, &s);
    feed_knee(r, &s, r->level_count ? r->users : active);
}

void recorder_advance(Recorder *r, uint64_t now_ns, double active,
                      double planned) {
    move(r, now_ns, active, planned);
    uint64_t done = r->timeline.open_ns / NS_PER_S;
    if (done == r->seconds_done)
        return;
    MetricContext context = recorder_context(r);
    verdicts_judge(&r->verdicts, now_ns, &r->totals, &context, true);
    size_t n = timeline_count(&r->timeline);
    size_t i = timeline_find(&r->timeline, r->seconds_done * NS_PER_S);
    for (; i < n; i++) {
        const Cell *c = timeline_cell(&r->timeline, i);
        FindingSecond s = second_of(c);
        feed_recovery(r, &s);
        feed_findings(r, &s);
        feed_knee(r, &s, (double)c->users);
    }
    r->seconds_done = done;
    r->is_recent_stale = true;
    if (r->watch)
        alert_watch_look(r->watch, &r->timeline);
}

void recorder_alive(Recorder *r, double vus) {
    r->active_max = fmax(r->active_max, vus);
}

void recorder_scenarios(Recorder *r, const double *levels, size_t count,
                        double users, double planned_other) {
    r->planned_other = planned_other;
    r->levels = levels;
    r->level_count = count;
    r->users = users;
}

void recorder_example(Recorder *r, size_t kind, const Example *e) {
    Example *first = slab_example_room(&r->totals, kind);
    if (first)
        *first = *e;
    failures_example(&r->failures, kind, e);
}

void recorder_spike(Recorder *r, size_t scenario, uint64_t at_ns,
                    double level_before, const char *cause) {
    recovery_begin(&r->recoveries, scenario, at_ns, level_before, cause);
}

void recorder_spike_over(Recorder *r, uint64_t over_ns, double level) {
    recovery_expect(&r->recoveries, over_ns, level);
}

void recorder_event(Recorder *r, uint64_t at_ns, const char *cause) {
    recovery_begin_event(&r->recoveries, at_ns, cause);
}

void recorder_event_over(Recorder *r, uint64_t at_ns, const char *cause) {
    recovery_event_over(&r->recoveries, at_ns, cause);
}

void recorder_end(Recorder *r) {
    recovery_end(&r->recoveries);
    findings_end(r->findings, r->now_ns);
    knee_end(r->knee);
}

void recorder_bound(Recorder *r, BoundBy by, uint64_t since_ns, double busy) {
    findings_bound(r->findings, by, since_ns, busy);
    if (by != BOUND_NOT)
        knee_bound(r->knee);
}

bool recorder_finding(Recorder *r, Finding *out) {
    return findings_next(r->findings, out);
}

bool recorder_alert_change(Recorder *r, AlertChange *out) {
    return r->watch && alert_watch_change(r->watch, out);
}

MetricContext recorder_context(const Recorder *r) {
    return (MetricContext){
        .seconds = (double)r->now_ns / 1e9,
        .vus = r->active,
        .vus_max = r->active_max,
        .recovery_ms = recovery_longest_ms(&r->recoveries),
        .gauges = r->setup.gauges,
    };
}

static Reading read_hist(const Hist *h, uint64_t requests, uint64_t failed,
                         uint64_t bytes, double seconds) {
    static const double q[] = { 0.50, 0.90, 0.95, 0.99 };
    double n = (double)requests, p[4];
    bool some = seconds > 0;
    hist_quantiles(h, q, 4, p);
    return (Reading){
        .requests = requests,
        .failed = failed,
        .seconds = seconds,
        .rps = some ? n / seconds : NAN,
        .error_rate = requests ? (double)failed / n : NAN,
        .bytes_in_per_s = some ? (double)bytes / seconds : NAN,
        .p50 = p[0],
        .p90 = p[1],
        .p95 = p[2],
        .p99 = p[3],
        .max = h->count ? (double)h->max : NAN,
        .mean = hist_mean(h),
    };
}

/* The window: the merged seconds and the open one. */
static Reading read_window(const Hist *recent, const CellSeries *sums,
                           const Hist *open, const CellSeries *open_sums,
                           double seconds) {
    Hist h = { 0 };
    hist_add(&h, recent);
    hist_add(&h, open);
    Reading out = read_hist(&h, sums->requests + open_sums->requests,
                            sums->failed + open_sums->failed,
                            sums->bytes_in + open_sums->bytes_in, seconds);
    hist_close(&h);
    return out;
}

static void look_at_arrivals(const Recorder *r, double window, double run,
                             Snapshot *s) {
    const Timeline *t = &r->timeline;
    CellSeries open = { .requests = t->response.count };
    s->response_now = read_window(&r->recent_response, &r->recent_response_sums,
                                  &t->response, &open, window);
    Hist h = { 0 };
    for (size_t i = 0; i < r->series_count; i++)
        hist_add(&h, &r->totals.series[i].response);
    s->response_run = read_hist(&h, h.count, 0, 0, run);
    hist_close(&h);
    bool some = window > 0;
    s->started_per_s =
        some ? (double)(r->recent_started + t->open_started) / window : NAN;
    s->arrivals_per_s =
        some ? (double)(r->recent_arrivals + t->open_arrivals) / window : NAN;
    s->dropped_per_s =
        some ? (double)(r->recent_dropped + t->open_dropped) / window : NAN;
}

void recorder_snapshot(Recorder *r, Snapshot *s) {
    const Timeline *t = &r->timeline;
    double open =
        r->now_ns > t->open_ns ? (double)(r->now_ns - t->open_ns) / 1e9 : 0;
    if (r->is_recent_stale)
        merge_recent(r);
    r->is_recent_stale = false;
    double window = r->recent_seconds + open;
    double run = (double)r->now_ns / 1e9;
    s->now = read_window(&r->recent_all, &r->recent_sums, &t->all, &t->open_all,
                         window);
    Hist all = { 0 };
    uint64_t bytes = 0;
    for (size_t i = 0; i < r->series_count; i++) {
        const SeriesSlab *x = &r->totals.series[i];
        hist_add(&all, &x->duration);
        bytes += x->bytes_in;
        r->readings[i] = (SeriesReading){
            &r->setup.metrics.series[i],
            read_window(&r->recent[i], &r->recent_series[i], &t->series[i],
                        &t->open_series[i], window),
            read_hist(&x->duration, x->requests, x->failed, x->bytes_in, run),
        };
    }
    s->run = read_hist(&all, slab_requests(&r->totals), slab_failed(&r->totals),
                       bytes, run);
    s->omission = omission_hidden(&all);
    hist_close(&all);
    look_at_arrivals(r, window, run, s);
    MetricContext context = recorder_context(r);
    verdicts_judge(&r->verdicts, r->now_ns, &r->totals, &context, false);
    s->now_ns = r->now_ns;
    s->active = (uint64_t)r->active;
    s->active_max = (uint64_t)r->active_max;
    s->planned = r->planned;
    s->series = r->readings;
    s->series_count = r->series_count;
    s->thresholds = r->verdicts.readings;
    s->threshold_count = r->setup.thresholds->count;
    s->alerts = r->watch ? alert_watch_readings(r->watch) : NULL;
    s->alert_count = r->watch ? alert_watch_count(r->watch) : 0;
    s->check_names = r->setup.check_names;
    s->check_requests = r->setup.check_requests;
    s->metrics = &r->setup.metrics;
    s->totals = &r->totals;
    s->timeline = t;
    s->recoveries = &r->recoveries;
    s->failures = &r->failures;
    s->findings = findings_list(r->findings);
    s->knee = knee_now(r->knee);
}
