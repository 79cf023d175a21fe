/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <curl/curl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engine_run.h"

static void take_series(Run *r, const Snapshot *s) {
    for (size_t i = 0; i < s->series_count && i < RUN_SERIES_MAX; i++) {
        const SeriesSlab *x = &s->totals->series[i];
        SeriesCount *c = &r->series[i];
        *c = (SeriesCount){ .requests = x->requests,
                            .sent = x->sent,
                            .failed = x->failed };
        snprintf(c->name, sizeof c->name, "%s", s->series[i].series->name);
        memcpy(c->status, x->status, sizeof c->status);
        memcpy(c->fail, x->fail, sizeof c->fail);
    }
}

static void take_custom(Run *r, const Slab *totals) {
    for (size_t i = 0; i < totals->custom_count && i < RUN_SERIES_MAX; i++) {
        r->custom[i].count = totals->custom[i].count;
        r->custom[i].sum = totals->custom[i].sum;
    }
}

static void watch_target(Run *r) {
    uint64_t delayed = r->target ? target_counts(r->target).delayed : 0;
    r->delayed_max = delayed > r->delayed_max ? delayed : r->delayed_max;
}

static void watch_scenarios(Run *r, const Snapshot *s) {
    for (size_t i = 0; i < s->scenario_count && i < RUN_SCENARIOS_MAX; i++) {
        const ScenarioReading *x = &s->scenarios[i];
        ScenarioCount *c = &r->scenarios[i];
        c->started = x->started;
        c->alive_max = x->alive > c->alive_max ? x->alive : c->alive_max;
        c->planned_max = fmax(c->planned_max, x->planned);
        if (s->state == RUN_RUNNING)
            c->planned_last = x->planned;
        c->ended_early |= x->is_over && !x->alive && s->state == RUN_RUNNING;
    }
}

static void take_log(Run *r, const EventLog *log) {
    size_t at = 0;
    for (size_t i = 0; i < log->count && at < sizeof r->log; i++)
        at += (size_t)snprintf(r->log + at, sizeof r->log - at, "%s\n",
                               log->items[i].text);
}

static void take_totals(Run *r, const Snapshot *s) {
    for (size_t i = 0; i < s->totals->series_count; i++) {
        const SeriesSlab *x = &s->totals->series[i];
        r->requests += x->requests;
        r->failed += x->failed;
        r->sent += x->sent;
        for (size_t c = 0; c < FAIL_COUNT; c++)
            r->fail[c] += x->fail[c];
        for (size_t c = 0; c < 6; c++)
            r->status[c] += x->status[c];
    }
    for (size_t i = 0; i < s->totals->check_count; i++) {
        r->passed += s->totals->checks[i].passed;
        r->unpassed += s->totals->checks[i].failed;
    }
    r->started = s->totals->started;
    r->dropped = s->totals->dropped;
    r->lags = s->totals->lag.count;
    r->lag_min = (double)s->totals->lag.min;
    r->response_p50 = s->response_run.p50;
    r->response_max = s->response_run.max;
    r->service_max = s->run.max;
    r->retried = s->totals->retried;
    r->connects = s->totals->connects;
    r->iterations = s->totals->iterations;
    r->interrupted = s->totals->interrupted;
    r->abandoned = s->totals->abandoned;
    r->now_ns = s->now_ns;
    r->active_max = s->active_max;
    r->ever_answered = s->ever_answered;
    r->stopped = s->stopped;
    r->aborted = s->aborted;
    r->health = s->health;
    r->read_lags = s->totals->read_lag.count;
    r->recoveries = s->recoveries->count;
}

static void take_examples(Run *r, const Failures *f) {
    for (size_t k = 0; k < f->kind_count && k <= FAIL_COUNT; k++)
        if (f->kinds[k].example_count)
            r->examples[k] = f->kinds[k].examples[0];
}

static void play_script(Run *r, const Snapshot *s) {
    while (r->script && r->script[r->at]) {
        char *command;
        double when = strtod(r->script[r->at], &command);
        /* "p": after six paused ticks with nothing under way */
        if (*command == 'p' ? r->paused_ticks < 6
                            : (double)s->now_ns < when * 1e9)
            return;
        Text answer = { 0 };
        Err err = { 0 };
        if (strncmp(command, " down ", 6) == 0) {
            target_down(r->target, strtoull(command + 6, NULL, 10) * NS_PER_MS);
        } else if (source_command(engine_source(r->engine), command + 1,
                                  &answer, &err) < 0) {
            fail_msg("%s: %s", command, err.text);
        }
        text_close(&answer);
        r->at++;
    }
}

static void on_tick(void *data) {
    Run *r = data;
    const Snapshot *s = source_snapshot(engine_source(r->engine));
    watch_scenarios(r, s);
    watch_target(r);
    if (s->state == RUN_PAUSED) {
        /* What ended before the pause may still be in a slab. */
        if (s->in_flight == 0 && ++r->paused_ticks == 3)
            r->requests_at_pause = s->run.requests;
        r->requests_at_resume = s->run.requests;
    }
    if (s->state != RUN_DONE) {
        play_script(r, s);
        return;
    }
    take_totals(r, s);
    take_series(r, s);
    take_custom(r, s->totals);
    take_examples(r, s->failures);
    const Wheel *w = source_wheel(engine_source(r->engine));
    r->events = w->log.count;
    take_log(r, &w->log);
    r->planned = plan_area(w->plan, plan_total_ns(w->plan));
    r->actions = w->action_count;
    if (r->target)
        r->counts = target_counts(r->target);
    engine_close(r->engine, NULL, NULL);
}

Run engine_run_at(const char *elsewhere, const char *settings,
                  const char *profile, const char *const *script, int workers) {
    Run r = { .script = script };
    Err err;
    Diags d;
    Profile p;
    uv_loop_t loop;
    ProfileOptions o = { 0 };
    if (settings) {
        TargetSettings s = target_settings_default();
        if (target_settings_read(&s, settings, &err) < 0)
            fail_msg("%s", err.text);
        r.target = target_new(NULL, 0, &s, &err);
        if (!r.target || target_start(r.target, &err) < 0)
            fail_msg("%s", err.text);
    }
    Text text = { 0 };
    if (r.target || elsewhere)
        text_addf(&text, "[target]\nurl = %s\n",
                  r.target ? target_url(r.target) : elsewhere);
    text_adds(&text, profile);
    diags_init(&d, "test");
    if (profile_read_text(&p, text.bytes, text.length, "test.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    uv_loop_init(&loop);
    EngineOptions options = {
        .workers = workers,
        .seed = 42,
        .allow_exec = true,
        .on_tick = on_tick,
        .data = &r,
    };
    r.engine = engine_new(&loop, &p, &options, &err);
    if (!r.engine || engine_start(r.engine, &err) < 0)
        fail_msg("%s", err.text);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    profile_close(&p);
    diags_close(&d);
    text_close(&text);
    target_free(r.target);
    assert_int_equal(r.health.lost, 0);
    return r;
}

Run engine_run(const char *settings, const char *profile,
               const char *const *script, int workers) {
    return engine_run_at("http://127.0.0.1:1", settings, profile, script,
                         workers);
}

uint64_t engine_run_classes(const Run *r) {
    uint64_t n = 0;
    for (size_t c = 0; c < FAIL_COUNT; c++)
        n += r->fail[c];
    return n;
}

int engine_run_setup(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the program does: OpenSSL writes */
    return curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK;
}

int engine_run_teardown(void **state) {
    (void)state;
    curl_global_cleanup();
    return 0;
}

const SeriesCount *engine_run_series(const Run *r, const char *name) {
    for (size_t i = 0; i < RUN_SERIES_MAX; i++)
        if (strcmp(r->series[i].name, name) == 0)
            return &r->series[i];
    fail_msg("no series %s", name);
    return NULL;
}
