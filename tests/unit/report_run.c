/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_run.h"

#include <stdlib.h>

#include "base/file.h"

/* --- a run that never was ----------------------------------------------- */

static const char profile_text[] =
    "[profile]\n"
    "name = shop\n"
    "kind = spike\n"
    "description = ten users and a spike\n"
    "[target]\n"
    "url = http://127.0.0.1:8080\n"
    "[stages]\n"
    "warm-up = 4s to 10\n"
    "peak = 3s at 40\n"
    "cool = 3s to 0\n"
    "[request home]\n"
    "GET = /\n"
    "check ok = status == 200\n"
    "check fast = time < 200ms\n"
    "[request order]\n"
    "POST = /orders\n"
    "body = x\n"
    "check ok = status == 201\n"
    "[thresholds]\n"
    "http_req_duration = p(90) < 500, p(95) < 500\n"
    "http_req_duration{home} = med < 15\n"
    "http_req_failed = rate < 0.15\n"
    "http_req_failed{name:order} = rate < 0.5\n"
    "http_reqs{order} = count > 2\n"
    "http_req_waiting{order} = max < 1s optional\n"
    "http_req_sending{home} = p(95) < 5\n"
    "checks = rate > 0.5\n"
    "recovery_time = value < 30s\n";

static const Sample samples[] = {
    { 500, HOME, 10, FAIL_NONE },       { 500, HOME, 15, FAIL_NONE },
    { 500, HOME, 20, FAIL_NONE },       { 4500, ORDER, 100, FAIL_HTTP_5XX },
    { 4500, ORDER, 100, FAIL_NONE },    { 5500, ORDER, 300, FAIL_NONE },
    { 5500, HOME, 1000, FAIL_TIMEOUT_WAIT }, { 6500, HOME, 10, FAIL_NONE },
    { 7500, HOME, 10, FAIL_NONE },      { 8500, HOME, 10, FAIL_NONE },
    { 9500, HOME, 10, FAIL_NONE },      { 10500, HOME, 10, FAIL_NONE },
    { 12200, HOME, 11, FAIL_NONE },
};

void run_record(Run *run, const Sample *x) {
    Slab slab;
    slab_init(&slab, run->profile.request_count, run->profile.check_total, 0);
    SeriesSlab *s = &slab.series[x->series];
    bool answered = x->fail != FAIL_TIMEOUT_WAIT;
    hist_record(&s->duration, x->duration_ms * MS);
    hist_record(&s->phase[PHASE_WAITING], (x->duration_ms - 1) * MS);
    hist_record(&s->phase[PHASE_RECEIVING], MS);
    s->requests = s->sent = 1;
    s->bytes_in = answered ? 1000 : 0;
    s->bytes_out = 200;
    if (x->fail != FAIL_NONE) {
        s->failed = s->fail[x->fail] = 1;
        snprintf(slab_example_room(&slab, x->fail)->why, FAIL_EXAMPLE_MAX,
                 "%s example", fail_name(x->fail));
    }
    if (answered)
        s->status[x->fail == FAIL_HTTP_5XX ? 5 : 2] = 1;
    CheckSlab *ok = &slab.checks[x->series == HOME ? 0 : 2];
    *(x->fail == FAIL_NONE ? &ok->passed : &ok->failed) = 1;
    if (x->series == HOME)
        *(x->duration_ms < 200 ? &slab.checks[1].passed
                               : &slab.checks[1].failed) = 1;
    slab.iterations = 1;
    hist_record(&slab.iteration, x->duration_ms * MS + MS);
    recorder_add(&run->recorder, x->at_ms * MS, &slab);
    slab_close(&slab);
}

void run_act(Run *run, uint64_t now_ns, const char *command) {
    Text answer = { 0 };
    Err err;
    if (wheel_do(&run->wheel, now_ns, command, &answer, &err) < 0)
        fail_msg("%s: %s", command, err.text);
    text_close(&answer);
}

void run_read_profile(Run *run, const char *text, size_t length) {
    Diags d;
    diags_init(&d, "shop.ini");
    ProfileOptions none = { 0 };
    if (profile_read_text(&run->profile, text, length, "shop.ini", &none, &d) <
        0) {
        diags_print(&d, stderr);
        fail_msg("the profile is wrong");
    }
    diags_close(&d);
}

void run_open_text(Run *run, const char *text, const char *const *alerts,
                   size_t count) {
    memset(run, 0, sizeof *run);
    run_read_profile(run, text, strlen(text));
    Profile *p = &run->profile;
    MetricTable table = profile_metrics(p);
    for (size_t i = 0; i < count; i++) {
        Err err;
        if (alert_read(&p->alerts, &p->arena, alerts[2 * i], alerts[2 * i + 1],
                       &table, &err) < 0)
            fail_msg("%s: %s", alerts[2 * i + 1], err.text);
    }
    Plan plan;
    plan_copy(&plan, &p->scenarios[0].plan);
    wheel_init(&run->wheel, &plan);
    limits_init(&run->wheel.limits, &p->thresholds, profile_metrics(p));
    recorder_init(&run->recorder,
                  &(RecorderSetup){ .metrics = profile_metrics(p),
                                    .check_names = p->check_labels,
                                    .check_requests = p->check_requests,
                                    .check_count = p->check_total,
                                    .thresholds = &run->wheel.limits.now,
                                    .alerts = &p->alerts });
    run->info = (RunInfo){ .name = p->name,
                           .kind = p->kind,
                           .target = p->url.text,
                           .transport = "wire",
                           .workers = 2,
                           .max_vus = p->scenarios[0].max_vus,
                           .seed = UINT64_MAX };
    run->snapshot.state = RUN_RUNNING;
    run->snapshot.ever_answered = true;
    run->report = (Report){ .snapshot = &run->snapshot,
                            .wheel = &run->wheel,
                            .info = &run->info,
                            .profile = p,
                            .started = STARTED };
}

void run_open(Run *run) {
    run_open_text(run, profile_text, NULL, 0);
}

void run_close(Run *run) {
    recorder_close(&run->recorder);
    wheel_close(&run->wheel);
    profile_close(&run->profile);
}

void run_advance(Run *run, uint64_t now_ns) {
    plan_advance(run->wheel.plan, now_ns);
    double level = plan_level_at(run->wheel.plan, now_ns);
    recorder_advance(&run->recorder, now_ns, floor(level), level);
}

/* Up to until_ms, with the operator's spike at 2 s when that is passed:
 * warm-up 0..2, spike 2..4, warm-up 4..6, peak 6..9, cool 9..12. */
void run_play(Run *run, uint64_t until_ms) {
    size_t next = 0, count = sizeof samples / sizeof *samples;
    for (uint64_t ms = 100; ms <= until_ms; ms += 100) {
        while (next < count && samples[next].at_ms <= ms)
            run_record(run, &samples[next++]);
        if (ms == 2100) {
            run_act(run, 2 * S, "spike 60 2s");
            recorder_spike(&run->recorder, 0, 2 * S, 5, "spike");
        }
        if (ms == 5000)
            run_act(run, 5 * S, "mark cache <cleared>");
        run_advance(run, ms * MS);
    }
    recorder_snapshot(&run->recorder, &run->snapshot);
}

void run_finish(Run *run) {
    recorder_end(&run->recorder);
    run->snapshot.state = RUN_DONE;
    recorder_advance(&run->recorder, run->recorder.now_ns, 0, 0);
    recorder_snapshot(&run->recorder, &run->snapshot);
}

void run_open_whole(Run *run) {
    run_open(run);
    run_play(run, 12300);
    run_finish(run);
}

static const char arrivals_text[] = "[profile]\n"
                                    "name = checkout\n"
                                    "[target]\n"
                                    "url = http://127.0.0.1:8080\n"
                                    "[stages]\n"
                                    "ramp = 2s to 1000/s\n"
                                    "hold = 8s\n"
                                    "[request home]\n"
                                    "GET = /\n"
                                    "[scenario buyer]\n"
                                    "max_vus = 200\n"
                                    "[thresholds]\n"
                                    "response_time = p(95) < 500\n"
                                    "dropped_iterations = count < 100\n"
                                    "http_req_duration = p(95) < 500\n";

/* A tenth of a second that ends at ms. */
static void record_arrivals(Run *run, uint64_t ms, uint64_t planned) {
    Slab slab;
    slab_init(&slab, 1, 0, 0);
    SeriesSlab *s = &slab.series[0];
    bool stands = ms > 5000 && ms <= 6000, is_first = ms == 5100;
    uint64_t started = !stands ? planned : is_first ? planned : 0;
    if (ms == 5200)
        started = planned;
    uint64_t ended = stands ? 0 : started;
    slab.started = started;
    slab.arrivals = started;
    slab.dropped = planned - started;
    hist_record_n(&slab.lag, MS / 5, started);
    if (ms == 6100) { /* those of the stall */
        hist_record_n(&s->duration, 910 * MS, 100);
        hist_record_n(&s->duration, 810 * MS, 100);
        hist_record_n(&s->response, 950 * MS, 100);
        hist_record_n(&s->response, 850 * MS, 100);
        hist_record_n(&slab.iteration, 910 * MS, 200);
        s->requests += 200;
    }
    hist_record_n(&s->duration, 10 * MS, ended);
    hist_record_n(&s->response, 10 * MS + MS / 5, ended);
    hist_record_n(&slab.iteration, 10 * MS, ended);
    s->requests += ended;
    s->sent = slab.iterations = s->requests;
    s->bytes_in = s->requests * 1000;
    s->bytes_out = s->requests * 200;
    s->status[2] = s->requests;
    recorder_add(&run->recorder, ms * MS, &slab);
    slab_close(&slab);
}

void run_open_arrivals(Run *run, uint64_t until_ms) {
    run_open_text(run, arrivals_text, NULL, 0);
    uint64_t before = 0;
    for (uint64_t ms = 100; ms <= until_ms; ms += 100) {
        uint64_t all =
            (uint64_t)(plan_area(&run->profile.scenarios[0].plan, ms * MS) + 1e-6);
        record_arrivals(run, ms, all - before);
        before = all;
        bool stands = ms > 5000 && ms <= 6000;
        plan_advance(run->wheel.plan, ms * MS);
        recorder_advance(&run->recorder, ms * MS, stands ? 200 : 10,
                         plan_level_at(run->wheel.plan, ms * MS));
    }
    recorder_snapshot(&run->recorder, &run->snapshot);
    run->snapshot.is_open = true;
}

/* --- reading it back ---------------------------------------------------- */

json_t *run_summary(const Run *run) {
    json_error_t e;
    char *text = report_summary(&run->report);
    json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, &e);
    if (!all)
        fail_msg("line %d: %s", e.line, e.text);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    return all;
}

/* "a/b/2/c" */
json_t *json_at(json_t *value, const char *path) {
    char copy[256], *left = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *k = strtok_r(copy, "/", &left); k && value;
         k = strtok_r(NULL, "/", &left))
        value = json_is_array(value)
                    ? json_array_get(value, (size_t)strtoul(k, NULL, 10))
                    : json_object_get(value, k);
    return value;
}

double json_number_at(json_t *all, const char *path) {
    json_t *v = json_at(all, path);
    if (!json_is_number(v))
        fail_msg("%s is no number", path);
    return json_number_value(v);
}

const char *json_text_at(json_t *all, const char *path) {
    json_t *v = json_at(all, path);
    if (!json_is_string(v))
        fail_msg("%s is no text", path);
    return json_string_value(v);
}

bool json_truth_at(json_t *all, const char *path) {
    json_t *v = json_at(all, path);
    if (!json_is_boolean(v))
        fail_msg("%s is no boolean", path);
    return json_is_true(v);
}

void run_is_golden(const char *name, const Text *text) {
    const char *tests = getenv("TESTS_SRC");
    char path[4096];
    Err err;
    Text want = { 0 };
    snprintf(path, sizeof path, "%s/unit/golden/%s", tests ? tests : "tests",
             name);
    if (getenv("ONRUSH_REGEN") &&
        file_write(path, text->bytes, text->length, &err) < 0)
        fail_msg("%s", err.text);
    if (file_read(path, 1 << 20, &want, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(text->bytes, want.bytes);
    text_close(&want);
}
