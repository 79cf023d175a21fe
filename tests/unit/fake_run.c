/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "plan/stage_text.h"

#define SERIES 3
#define POINTS 40 /* of a second's latencies; each stands for many */

static const Series series[SERIES] = {
    { .name = "home", .request_name = "home", .request = 0 },
    { .name = "order", .request_name = "order", .request = 1 },
    { .name = "status", .request_name = "status", .request = 2 },
};
static const MetricTable table = { .series = series, .series_count = SERIES };
static const double shares[SERIES] = { 0.6, 0.3, 0.1 };
static const double slower[SERIES] = { 1, 1.7, 0.3 };
static const char *const checks[] = { "status is 200" };
static const uint32_t check_series[] = { 0 };

static const struct {
    const char *key, *text;
} limits[] = {
    { "http_req_duration", "p(95) < 500" },
    { "http_req_duration", "p(99) < 2000" },
    { "http_req_failed", "rate < 15%" },
    { "http_req_duration{order}", "p(95) < 300" },
};

static void give_up(const char *what) {
    fprintf(stderr, "fake_run: %s\n", what);
    abort();
}

static void read_stages(Plan *p, const char *text) {
    char copy[4096], *save = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    plan_init(p, PLAN_VUS, 0);
    LevelUnit unit = { 0 };
    for (char *s = strtok_r(copy, ";", &save); s;
         s = strtok_r(NULL, ";", &save)) {
        char *equals = strchr(s, '=');
        Stage stage = { 0 };
        Err err = { 0 };
        if (!equals)
            give_up("a stage has no '='");
        *equals = '\0';
        if (stage_read_name(&stage, text_trim(s), &err) < 0 ||
            stage_read(&stage, equals + 1, &unit, &err) < 0)
            give_up(err.text);
        p->unit = unit.is_rate ? PLAN_RATE : PLAN_VUS;
        plan_append(p, &stage);
    }
    plan_layout(p);
}

static void read_alerts(FakeRun *r) {
    static const char *const alerts[][2] = {
        { "slow", "http_req_duration{order} p(95) > 300 for 10s, warning" },
        { "failing", "http_req_failed rate > 3% for 10s, critical" },
        { "gone", "http_reqs rate < 1 for 10s, critical, stop" },
    };
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++) {
        Err err = { 0 };
        if (alert_read(&r->alerts, &r->arena, alerts[i][0], alerts[i][1],
                       &table, &err) < 0)
            give_up(err.text);
    }
}

static void init_wheel(FakeRun *r, const char *stages) {
    const char *second = strchr(stages, '|');
    Plan plan;
    if (!second) {
        read_stages(&plan, stages);
        wheel_init(&r->wheel, &plan);
        return;
    }
    char first[4096];
    snprintf(first, sizeof first, "%.*s", (int)(second - stages), stages);
    read_stages(&plan, first);
    wheel_add(&r->wheel, "buyers", &plan);
    read_stages(&plan, second + 1);
    wheel_add(&r->wheel, "feed", &plan);
    read_alerts(r);
}

void fake_run_init(FakeRun *r, const char *stages, Glyphs glyphs) {
    *r = (FakeRun){ .rng = { 7 } };
    init_wheel(r, stages);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        Err err = { 0 };
        bool in_key;
        if (threshold_read(&r->thresholds, &r->arena, limits[i].key,
                           limits[i].text, &table, &in_key, &err) < 0)
            give_up(err.text);
    }
    limits_init(&r->wheel.limits, &r->thresholds, table);
    RecorderSetup setup = { .metrics = table,
                            .check_names = checks,
                            .check_requests = check_series,
                            .check_count = 1,
                            .thresholds = &r->wheel.limits.now,
                            .alerts = &r->alerts };
    recorder_init(&r->recorder, &setup);
    slab_init(&r->slab, SERIES, 1, 0);
    r->info = (RunInfo){ .name = "spike",
                         .kind = "spike",
                         .target = "http://127.0.0.1:8080",
                         .transport = "wire",
                         .workers = 2,
                         .max_vus = 50 };
    r->view.glyphs = glyphs;
    r->view.series = SIZE_MAX;
    r->scene = (Scene){ &r->snapshot, &r->wheel, &r->info, &r->view, NULL };
    r->snapshot.state = RUN_STARTING;
}

void fake_run_close(FakeRun *r) {
    recorder_close(&r->recorder);
    slab_close(&r->slab);
    gauges_close(&r->gauges);
    wheel_close(&r->wheel);
    threshold_list_close(&r->thresholds);
    alert_list_close(&r->alerts);
    arena_close(&r->arena);
}

void fake_run_do(FakeRun *r, const char *command) {
    Text answer = { 0 };
    Err err = { 0 };
    uint64_t now = r->second * NS_PER_S;
    double before = plan_level_at(r->wheel.plan, now);
    if (wheel_do(&r->wheel, now, command, &answer, &err) < 0)
        give_up(err.text);
    if (text_starts(command, "spike"))
        recorder_spike(&r->recorder, 0, now, before, answer.bytes);
    text_close(&answer);
}

/* A number around 1, wide times wider than the usual. */
static double noise(Rng *rng, double wide) {
    return 1 + wide * (rng_unit(rng) + rng_unit(rng) - 1);
}

/* Some of the requests open a connection. */
static void measure_phases(SeriesSlab *s, double ns, uint64_t n) {
    hist_record_n(&s->phase[PHASE_BLOCKED], (uint64_t)(ns * 0.04), n);
    hist_record_n(&s->phase[PHASE_CONNECTING], 310000, 1 + n / 50);
    hist_record_n(&s->phase[PHASE_SENDING], (uint64_t)(ns * 0.01), n);
    hist_record_n(&s->phase[PHASE_WAITING], (uint64_t)(ns * 0.9), n);
    hist_record_n(&s->phase[PHASE_RECEIVING], (uint64_t)(ns * 0.09), n);
}

/* As the target of a shop would say it. */
static const struct {
    const char *request, *answer;
} talks[SERIES] = {
    { "GET / HTTP/1.1\nHost: 127.0.0.1:8080\nUser-Agent: onrush\n"
      "Accept: text/html\nCookie: ***",
      "HTTP/1.1 503 Service Unavailable\nContent-Type: text/html\n"
      "Retry-After: 3\nContent-Length: 96\n\n<!doctype html>\n"
      "<title>Busy</title>\n<p>Too many people are here at the moment, "
      "please come back later.\n" },
    { "POST /order HTTP/1.1\nHost: 127.0.0.1:8080\nUser-Agent: onrush\n"
      "Content-Type: application/json\nAuthorization: ***\n"
      "Content-Length: 48\n\n{\"item\": 4711, \"count\": 2,\n "
      "\"ship\": \"tomorrow\"}",
      "HTTP/1.1 503 Service Unavailable\n"
      "Content-Type: application/problem+json\n"
      "X-Request-Id: 7f3a9c02-1d55-4e0b-9b1a-60ff21c1a3de\n"
      "Set-Cookie: ***\nContent-Length: 171\n\n"
      "{\"type\": \"about:blank\",\n \"title\": \"the queue is full\",\n "
      "\"detail\": \"412 orders wait for a connection to the store; the pool "
      "has 40, all of them busy for longer than 2000 ms\",\n "
      "\"status\": 503}" },
    { "GET /status HTTP/1.1\nHost: 127.0.0.1:8080\nUser-Agent: onrush\n"
      "Accept: */*",
      "HTTP/1.1 503 Service Unavailable\nContent-Length: 0" },
};

static void show_failure(FakeRun *r, size_t kind, size_t i, const char *why,
                         bool is_answered) {
    bool has_turn = r->talks && r->second % SERIES == i;
    Example *e = has_turn ? slab_example_room(&r->slab, kind) : NULL;
    if (!e)
        return;
    e->series = (uint32_t)i;
    e->vu = 12 + i;
    e->took_ns = is_answered ? 2004 * NS_PER_MS : 5000 * NS_PER_MS;
    e->status = is_answered ? 503 : 0;
    snprintf(e->why, sizeof e->why, "%s: %s", series[i].name, why);
    snprintf(e->request, sizeof e->request, "%s", talks[i].request);
    if (is_answered)
        snprintf(e->answer, sizeof e->answer, "%s", talks[i].answer);
}

/* Most wait in vain; orders are refused. */
static void fail_series(FakeRun *r, size_t i, uint64_t failed) {
    SeriesSlab *s = &r->slab.series[i];
    if (!failed)
        return;
    if (r->is_down) {
        s->fail[FAIL_CONNECT] = failed;
        show_failure(r, FAIL_CONNECT, i, "Connection refused", false);
        return;
    }
    uint64_t refused = r->talks ? failed * (i == 1 ? 3 : 1) / 4 : 0;
    s->fail[FAIL_HTTP_5XX] = refused;
    s->fail[FAIL_TIMEOUT_WAIT] = failed - refused;
    if (failed > refused)
        show_failure(r, FAIL_TIMEOUT_WAIT, i, "no answer within the time limit",
                     false);
    if (refused) {
        show_failure(r, FAIL_HTTP_5XX, i, "status 503", true);
        show_failure(r, EXAMPLE_OF_CHECK(0), i,
                     "status 503, but not: status is 200", true);
    }
}

static void measure_series(FakeRun *r, size_t i, double rate, double errors) {
    SeriesSlab *s = &r->slab.series[i];
    double n = rate * shares[i];
    double median = (3.1 + r->queue * 0.7) * slower[i] * noise(&r->rng, 0.1);
    double sigma = 0.55 + fmin(0.4, r->queue * 0.01);
    s->requests = (uint64_t)n;
    s->failed = r->is_down ? s->requests : (uint64_t)(n * errors);
    s->bytes_in = s->requests * 700;
    s->bytes_out = s->requests * 90;
    s->status[2] = s->requests - s->failed;
    fail_series(r, i, s->failed);
    if (r->is_down)
        return;
    for (int k = 0; k < POINTS; k++) {
        /* the logistic curve's quantiles are near enough to the normal's */
        double q = (k + 0.5) / POINTS;
        double ms = median * exp(sigma * 0.62 * log(q / (1 - q)));
        hist_record_n(&s->duration, (uint64_t)(ms * 1e6),
                      1 + (uint64_t)(n / POINTS));
        measure_phases(s, ms * 1e6, 1 + (uint64_t)(n / POINTS));
    }
}

/* Arrivals: VUs as Little's law needs them, the rest of the arrivals
 * dropped; what waits before it is sent is in the response time alone. */
static double measure_arrivals(FakeRun *r, double level) {
    slab_clear(&r->slab);
    r->queue = fmax(0, r->queue * 0.93 + fmax(0, level - 420) * 0.02);
    double each = (3.1 + r->queue * 0.7) * 1.6e-3 * noise(&r->rng, 0.05);
    double most = (double)r->info.max_vus, need = level * each;
    double share = need > most ? most / need : 1;
    r->slab.started = (uint64_t)llround(level * share);
    r->slab.arrivals = r->slab.started;
    r->slab.dropped = (uint64_t)llround(level - level * share);
    r->slab.iterations = r->slab.started;
    hist_record_n(&r->slab.lag, 120000, r->slab.started);
    for (size_t i = 0; i < SERIES; i++) {
        SeriesSlab *s = &r->slab.series[i];
        measure_series(r, i, (double)r->slab.started, 0);
        for (int k = 0; k < POINTS && s->duration.count; k++) {
            double ns = hist_quantile(&s->duration, (k + 0.5) / POINTS);
            hist_record_n(&s->response, (uint64_t)(ns * 1.35 + 200000),
                          s->duration.count / POINTS);
        }
    }
    return fmin(need, most);
}

static void measure_second(FakeRun *r, double level) {
    slab_clear(&r->slab);
    r->queue = fmax(0, r->queue * 0.93 + fmax(0, level - 420) * 0.011);
    double rate = fmin(level * 9.4, 6200 - fmin(900, r->queue * 8));
    double errors = r->queue > 38 ? (r->queue - 38) * 0.0017 : 0;
    rate *= noise(&r->rng, 0.03);
    for (size_t i = 0; i < SERIES; i++)
        measure_series(r, i, r->is_down ? fmin(rate, 40) : rate,
                       errors * noise(&r->rng, 0.3));
    r->slab.checks[0].passed = (uint64_t)(rate * (1 - errors));
    r->slab.checks[0].failed = (uint64_t)(rate * errors);
}

static size_t current_row(const Plan *p, char name[PLAN_NAME_MAX]) {
    name[0] = '\0';
    if (plan_is_over(p))
        return SIZE_MAX;
    snprintf(name, PLAN_NAME_MAX, "%s", p->stages[p->current].name);
    return p->stages[p->current].row;
}

static double level_of(const Plan *p, uint64_t at_ns) {
    return plan_is_over(p) ? 0 : plan_level_at(p, at_ns);
}

/* The second scenario: its arrivals make no requests of their own. */
static void play_second(FakeRun *r, uint64_t at, double vus) {
    const Plan *p = r->wheel.plans;
    for (size_t i = 0; i < 2; i++)
        r->levels[i] = level_of(&p[i], at);
    double started = r->levels[1];
    for (size_t i = 0; i < SERIES; i++)
        hist_add(&r->slab.series[i].response, &r->slab.series[i].duration);
    r->slab.started = r->slab.arrivals = (uint64_t)started;
    r->scenarios[0] = (ScenarioReading){ .name = "buyers",
                                         .planned = r->levels[0],
                                         .active = (uint64_t)round(vus) };
    r->scenarios[1] = (ScenarioReading){ .name = "feed",
                                         .is_rate = true,
                                         .planned = started,
                                         .active = (uint64_t)(started / 10),
                                         .started_per_s = floor(started) };
    recorder_scenarios(&r->recorder, r->levels, 2, round(vus), started);
}

static void note_alerts(FakeRun *r) {
    AlertChange c;
    while (recorder_alert_change(&r->recorder, &c))
        event_add(&r->wheel.log, c.at_ns, EVENT_ALERT, "%s: %s",
                  c.alert->name, c.is_firing ? c.alert->text : "quiet again");
}

void fake_run_until(FakeRun *r, uint64_t second) {
    Plan *p = r->wheel.plans;
    char name[PLAN_NAME_MAX];
    for (; r->second < second; r->second++) {
        uint64_t at = (r->second + 1) * NS_PER_S;
        size_t before = current_row(p, name);
        double low = plan_level_at(p, r->second * NS_PER_S);
        wheel_advance(&r->wheel, at);
        if (current_row(p, name) != before && *name) {
            event_add(&r->wheel.log, at, EVENT_PLAN, "stage %s began", name);
            if (strcmp(name, "spike") == 0)
                recorder_spike(&r->recorder, 0, at, low, "stage spike");
        }
        double level = plan_level_at(p, at), vus = level;
        if (p->unit == PLAN_RATE)
            vus = measure_arrivals(r, level);
        else
            measure_second(r, level);
        if (r->wheel.plan_count > 1)
            play_second(r, at, vus);
        recorder_add(&r->recorder, at, &r->slab);
        recorder_advance(&r->recorder, at, round(vus), level);
        note_alerts(r);
    }
    r->snapshot.state = RUN_RUNNING;
}

void fake_run_watch(FakeRun *r) {
    static const struct {
        const char *name;
        GaugeUnit unit;
        double base, by_level; /* of one VU */
    } all[] = {
        { "process_cpu", GAUGE_SHARE, 0.01, 0.0018 },
        { "process_memory", GAUGE_BYTES, 62e6, 41e3 },
        { "process_descriptors", GAUGE_COUNT, 21, 1 },
        { "process_threads", GAUGE_COUNT, 9, 0 },
        { "host_cpu", GAUGE_SHARE, 0.03, 0.0009 },
        { "host_network_in", GAUGE_BYTES_PER_S, 2e3, 46e3 },
        { "host_network_out", GAUGE_BYTES_PER_S, 1e3, 91e3 },
        { "http_requests_in_progress{handler=\"/\"}", GAUGE_COUNT, 0, 0.31 },
        { "rpc_seconds_total", GAUGE_PER_SECOND, 0.004, 0.00007 },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t index = gauges_add(&r->gauges, all[i].name, all[i].unit);
        for (uint64_t s = 0; s <= r->second; s += 5) {
            uint64_t at = s * NS_PER_S;
            gauges_read(&r->gauges, index, at,
                        all[i].base + all[i].by_level *
                                          plan_level_at(r->wheel.plan, at));
        }
    }
    r->snapshot.gauges = &r->gauges;
}

const Scene *fake_run_scene(FakeRun *r) {
    Snapshot *s = &r->snapshot;
    recorder_snapshot(&r->recorder, s);
    s->ever_answered = !r->is_down && r->second > 0;
    s->in_flight = s->active / 2;
    s->transport = "wire";
    s->is_open = r->wheel.plan->unit == PLAN_RATE;
    if (r->wheel.plan_count > 1) {
        s->is_open = true;
        s->scenarios = r->scenarios;
        s->scenario_count = 2;
    }
    s->alive = s->active;
    s->health = (Health){ .busy = 0.23,
                          .busy_by_worker = { 0.23, 0.19 },
                          .cpu = 0.44,
                          .lag_ns = 100000,
                          .schedule_lag_ns = s->is_open ? 120000 : 0,
                          .read_lag_ns = 21000,
                          .sockets = s->active,
                          .descriptors = s->active + 17,
                          .ports_used = s->active + 30,
                          .ports_max = 28232,
                          .descriptors_max = 20000,
                          .bytes_in_per_s = s->now.bytes_in_per_s,
                          .bytes_out_per_s = s->now.rps * 90,
                          .workers = 2,
                          .is_bound = s->health.is_bound,
                          .bound_by = s->health.bound_by,
                          .bound_since_ns = s->health.bound_since_ns };
    if (r->wheel.paused)
        s->state = RUN_PAUSED;
    return &r->scene;
}
