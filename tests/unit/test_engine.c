/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against the embedded target, over real sockets on loopback.
 * What is asserted are counts and states, never times. */
#include "unit.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "target/target.h"
#include "tls_server.h"

typedef struct Run {
    Engine *engine;
    Target *target;
    const char *const *script; /* "SECONDS COMMAND", in order */
    size_t at;
    /* copied when done, before the engine is closed */
    uint64_t requests, failed, sent, retried, iterations, interrupted, connects;
    uint64_t abandoned, fail[FAIL_COUNT], passed, unpassed, status[6];
    uint64_t now_ns, active_max, paused_ticks;
    uint64_t requests_at_pause, requests_at_resume;
    bool ever_answered, stopped;
    size_t events, actions, recoveries;
    TargetCounts counts;
} Run;

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
    r->retried = s->totals->retried;
    r->connects = s->totals->connects;
    r->iterations = s->totals->iterations;
    r->interrupted = s->totals->interrupted;
    r->abandoned = s->totals->abandoned;
    r->now_ns = s->now_ns;
    r->active_max = s->active_max;
    r->ever_answered = s->ever_answered;
    r->stopped = s->stopped;
    r->recoveries = s->recoveries->count;
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
    const Wheel *w = source_wheel(engine_source(r->engine));
    r->events = w->log.count;
    r->actions = w->action_count;
    if (r->target)
        r->counts = target_counts(r->target);
    engine_close(r->engine, NULL, NULL);
}

/* Runs a profile, its [target] goes on after the URL, and returns what was
 * counted. settings: of an embedded target, NULL: the URL is `elsewhere`. */
static Run run_at(const char *elsewhere, const char *settings,
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
    text_addf(&text, "[target]\nurl = %s\n",
              r.target ? target_url(r.target) : elsewhere);
    text_adds(&text, profile);
    diags_init(&d, "test");
    if (profile_read_text(&p, text.bytes, text.length, "test.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    uv_loop_init(&loop);
    EngineOptions options = {
        .workers = workers, .seed = 42, .on_tick = on_tick, .data = &r
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
    return r;
}

static Run run(const char *settings, const char *profile,
               const char *const *script, int workers) {
    return run_at("http://127.0.0.1:1", settings, profile, script, workers);
}

static uint64_t sum_of_classes(const Run *r) {
    uint64_t n = 0;
    for (size_t c = 0; c < FAIL_COUNT; c++)
        n += r->fail[c];
    return n;
}

static void every_request_is_counted_once(void **state) {
    (void)state;
    Run r = run("service=1ms queue=1000",
                "[stages]\nup = 500ms to 30\nhold = 1s\ndown = 500ms to 0\n"
                "[request a]\nGET = /size/100\n"
                "check = status == 200 and size == 100\n"
                "[request b]\nPOST = /echo\nbody = hello\n"
                "check = body contains \"hello\"\n"
                "[request c]\nHEAD = /size/5KiB\n"
                "[request d]\nGET = /chunked/5\n"
                "[request e]\nGET = /status/204\n",
                NULL, 2);
    assert_true(r.requests > 500);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.sent, r.counts.received);
    assert_int_equal(r.requests + r.abandoned, r.counts.received);
    assert_int_equal(r.status[2], r.requests);
    assert_true(r.passed > 100 && r.unpassed == 0);
    assert_int_equal(r.active_max, 30);
    assert_int_equal(r.interrupted, 0);
    assert_true(r.events >= 3);
}

static void faults_have_their_classes(void **state) {
    (void)state;
    Run r = run("service=1ms capacity=4 queue=8 errors=4% fault.reset=3% "
                "fault.truncate=3% fault.garbage=3% fault.escape=1%",
                "[stages]\nhold = 2s at 25\n[request a]\nGET = /x\n", NULL, 2);
    assert_true(r.requests > 500);
    assert_int_equal(r.sent, r.counts.received);
    if (r.requests + r.retried + r.abandoned != r.sent)
        for (size_t c = 0; c < FAIL_COUNT; c++)
            print_message("%s %d\n", fail_name((FailClass)c), (int)r.fail[c]);
    assert_int_equal(r.requests + r.retried + r.abandoned, r.sent);
    assert_int_equal(sum_of_classes(&r), r.failed);
    assert_int_equal(r.fail[FAIL_TIMEOUT_WAIT], 0);
    assert_int_equal(r.fail[FAIL_RESET], r.counts.reset);
    assert_int_equal(r.fail[FAIL_TRUNCATED], r.counts.truncated);
    assert_int_equal(r.fail[FAIL_MALFORMED], r.counts.garbage);
    assert_int_equal(r.fail[FAIL_HTTP_5XX],
                     r.counts.shed + r.counts.errors + r.counts.escaped);
    assert_int_equal(r.status[2], r.counts.served);
    assert_true(r.counts.reset && r.counts.truncated && r.counts.garbage);
}

static void a_silent_target_times_out(void **state) {
    (void)state;
    Run r = run("seed=1",
                "timeout = 200ms\n[stages]\nhold = 1s at 5\n"
                "[request a]\nGET = /fault/hang\n",
                NULL, 1);
    assert_true(r.fail[FAIL_TIMEOUT_WAIT] >= 15);
    assert_int_equal(r.fail[FAIL_TIMEOUT_WAIT], r.requests);
    assert_int_equal(r.sent, r.counts.received);
    assert_false(r.ever_answered);
}

static void nobody_there(void **state) {
    (void)state;
    Run r =
        run(NULL, "[stages]\nhold = 3s at 10\n[request a]\nGET = /\n", NULL, 1);
    assert_true(r.fail[FAIL_CONNECT] > 10);
    assert_int_equal(r.fail[FAIL_CONNECT], r.requests);
    assert_int_equal(r.sent, 0);
    assert_false(r.ever_answered);
    assert_true(r.events >= 2); /* the stage, and the silence */
}

static void a_target_that_dies_and_returns(void **state) {
    (void)state;
    static const char *const script[] = { "0.4 down 300", "1.2 down 100",
                                          "1.8 down 100", "2.4 down 100",
                                          NULL };
    Run r = run("service=1ms capacity=100",
                "[stages]\nhold = 3s at 60\n[request a]\nGET = /\n", script, 2);
    assert_true(r.fail[FAIL_CONNECT] > 0);
    assert_true(r.status[2] > 500);
    /* nobody waits for a connection that is dead: not one time-out */
    assert_int_equal(r.fail[FAIL_TIMEOUT_WAIT], 0);
    assert_int_equal(sum_of_classes(&r), r.failed);
    assert_int_equal(r.status[2], r.counts.served);
    assert_true(r.sent >= r.counts.received);
}

static void iterations_end_the_run(void **state) {
    (void)state;
    Run r = run("service=1ms",
                "[profile]\niterations = 137\n[stages]\nhold = 60s at 9\n"
                "[request a]\nGET = /json\n[request b]\nGET = /json\n",
                NULL, 2);
    assert_int_equal(r.iterations, 137);
    assert_int_equal(r.requests, 274);
    assert_int_equal(r.counts.received, 274);
}

static void an_operator_steers(void **state) {
    (void)state;
    static const char *const script[] = {
        "0.3 level 40", "0.6 pause", "p resume",   "0.9 go", "1.0 spike +60 1s",
        "2.3 mark x",   "2.4 next",  "2.7 finish", NULL
    };
    Run r = run("service=1ms",
                "[stages]\na = 10s at 10\nb = 10s at 5\n"
                "[request a]\nGET = /json\n",
                script, 2);
    assert_int_equal(r.actions, 8);
    assert_true(r.active_max >= 90 && r.active_max <= 110);
    assert_true(r.paused_ticks >= 6);
    assert_true(r.requests_at_pause > 0);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    assert_true(r.recoveries >= 1);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.failed, 0);
    assert_true(r.now_ns < 10 * NS_PER_S);
}

static void the_grace_ends(void **state) {
    (void)state;
    Run r = run("seed=1",
                "[profile]\ngraceful_stop = 200ms\n"
                "[stages]\nhold = 500ms at 7\n"
                "[request a]\nGET = /fault/hang\n",
                NULL, 2);
    assert_int_equal(r.requests, 0);
    assert_int_equal(r.interrupted, 7);
    assert_int_equal(r.abandoned, 7);
    assert_int_equal(r.sent, 7);
    assert_int_equal(r.counts.received, 7);
}

static void stop_drops_everything(void **state) {
    (void)state;
    static const char *const script[] = { "0.4 stop", NULL };
    Run r = run("seed=1",
                "[stages]\nhold = 60s at 7\n"
                "[request a]\nGET = /fault/hang\n",
                script, 2);
    assert_true(r.stopped);
    assert_int_equal(r.interrupted, 7);
    assert_true(r.now_ns < 10 * NS_PER_S);
}

static void think_time_and_ramp_down(void **state) {
    (void)state;
    Run r = run("service=1ms",
                "[stages]\nup = 300ms to 40\nhold = 1s\ndown = 300ms to 0\n"
                "up2 = 300ms to 20\nend = 300ms to 0\n"
                "[scenario]\nthink = 20ms..60ms\n"
                "[request a]\nGET = /json\n",
                NULL, 3);
    assert_int_equal(r.active_max, 40);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.interrupted, 0);
    assert_true(r.iterations >= r.requests);
}

static void closed_connections_are_made_anew(void **state) {
    (void)state;
    Run r = run("seed=1",
                "[stages]\nhold = 700ms at 5\n"
                "[request a]\nGET = /close\n",
                NULL, 1);
    assert_true(r.requests > 20);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.requests, r.counts.received);
    assert_true(r.counts.connections >= r.requests);
}

/* Six users on each connection; whatever ends one, everything is counted
 * once, and an answer is never taken for another's. */
static void shared_connections_under_faults(void **state) {
    (void)state;
    Run r = run("service=1ms capacity=8 errors=3% fault.reset=3% "
                "fault.truncate=3% fault.garbage=3% fault.hang=1% "
                "fault.escape=1%",
                "pipeline = 6\ntimeout = 200ms\n"
                "[profile]\ngraceful_ramp_down = 20ms\n"
                "graceful_stop = 100ms\n"
                "[stages]\nup = 700ms to 60\ndown = 500ms to 4\n"
                "end = 500ms to 30\n"
                "[request a]\nGET = /size/10\n"
                "check = status != 200 or size == 10\n"
                "[request b]\nPOST = /echo\nbody = hello\n"
                "check = status != 200 or body == \"hello\"\n"
                "[request c]\nHEAD = /x\n[request d]\nPOST = /y\n",
                NULL, 2);
    assert_true(r.requests > 300);
    assert_true(r.status[2] > 100);
    assert_int_equal(r.unpassed, 0);
    assert_true(r.retried > 0);
    assert_int_equal(sum_of_classes(&r), r.failed);
    assert_int_equal(r.requests - r.failed, r.status[2]);
    assert_true(r.sent >= r.counts.received);
    assert_true(r.fail[FAIL_TRUNCATED] <= r.counts.truncated);
    assert_true(r.fail[FAIL_MALFORMED] <= r.counts.garbage);
}

/* Two requests an iteration: as many connections as new_connection says. */
static void connections_are_new_when_asked_for(void **state) {
    (void)state;
    static const struct {
        const char *when;
        uint64_t per_iteration; /* 0: one for each VU */
    } cases[] = { { "never", 0 }, { "iteration", 1 }, { "request", 2 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text text = { 0 };
        text_addf(&text,
                  "new_connection = %s\n[profile]\niterations = 40\n"
                  "[stages]\nhold = 60s at 5\n"
                  "[request a]\nGET = /json\n[request b]\nGET = /json\n",
                  cases[i].when);
        Run r = run("seed=1", text.bytes, NULL, 1);
        text_close(&text);
        assert_int_equal(r.failed, 0);
        assert_int_equal(r.requests, 80);
        assert_int_equal(r.counts.received, 80);
        assert_int_equal(r.counts.connections,
                         cases[i].per_iteration ? 40 * cases[i].per_iteration
                                                : 5);
        assert_int_equal(r.connects, r.counts.connections);
    }
}

/* Over TLS with one VU; how: a key of [target]; the
 * server's own certificate goes behind "tls_ca = ". *served: what the server
 * saw. */
static Run run_tls(TlsManner manner, const char *how, size_t *served) {
    TlsServer *server = tls_server_start(manner);
    assert_non_null(server);
    Text profile = { 0 };
    text_adds(&profile, how);
    if (strstr(how, "tls_ca"))
        text_adds(&profile, tls_server_pem(server));
    text_adds(&profile, "\n");
    text_adds(&profile, "[stages]\nhold = 700ms at 1\n"
                        "[request a]\nGET = /x\n"
                        "check = size == 5 and body == \"hello\"\n");
    Run r = run_at(tls_server_url(server), NULL, profile.bytes, NULL, 1);
    *served = tls_server_stop(server);
    text_close(&profile);
    return r;
}

static void tls_with_a_known_certificate(void **state) {
    (void)state;
    size_t served;
    Run r = run_tls(TLS_ANSWERS, "tls_ca = ", &served);
    assert_true(r.requests > 10);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.passed, r.requests);
    assert_int_equal(r.requests, served);
}

static void tls_without_a_look_at_the_certificate(void **state) {
    (void)state;
    size_t served;
    Run r = run_tls(TLS_ANSWERS, "tls_verify = off", &served);
    assert_true(r.requests > 10);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.requests, served);
}

static void tls_with_a_stranger_is_refused(void **state) {
    (void)state;
    size_t served;
    Run r = run_tls(TLS_ANSWERS, "", &served);
    assert_true(r.requests > 1);
    assert_int_equal(r.fail[FAIL_TLS], r.requests);
    assert_int_equal(r.sent, 0);
    assert_int_equal(served, 0);
    assert_false(r.ever_answered);
}

static void tls_cut_short_is_no_success(void **state) {
    (void)state;
    size_t served;
    Run r = run_tls(TLS_TRUNCATES, "tls_ca = ", &served);
    assert_true(r.requests > 1);
    assert_int_equal(r.fail[FAIL_TRUNCATED], r.requests);
    assert_int_equal(r.requests, served);
}

static void tls_over_a_socket_file(void **state) {
    (void)state;
    char dir[] = "/tmp/onrush-unix-XXXXXX";
    assert_non_null(mkdtemp(dir));
    Text file = { 0 }, profile = { 0 };
    text_addf(&file, "%s/s", dir);
    TlsServer *server = tls_server_start_at(TLS_ANSWERS, file.bytes);
    assert_non_null(server);
    text_addf(&profile,
              "unix_socket = %s\ntls_ca = %s\n"
              "[profile]\niterations = 7\n[stages]\nhold = 60s at 1\n"
              "[request a]\nGET = /x\n",
              file.bytes, tls_server_pem(server));
    Run r = run_at(tls_server_url(server), NULL, profile.bytes, NULL, 1);
    assert_int_equal(tls_server_stop(server), 7);
    assert_int_equal(r.requests, 7);
    assert_int_equal(r.failed, 0);
    unlink(file.bytes);
    rmdir(dir);
    text_close(&file);
    text_close(&profile);
}

static void tls_with_a_plain_server(void **state) {
    (void)state;
    Err err;
    TargetSettings set = target_settings_default();
    Target *target = target_new(NULL, 0, &set, &err);
    assert_non_null(target);
    assert_int_equal(target_start(target, &err), 0);
    Text url = { 0 };
    text_addf(&url, "https://127.0.0.1:%d", target_port(target));
    Run r =
        run_at(url.bytes, NULL,
               "[stages]\nhold = 500ms at 2\n[request a]\nGET = /\n", NULL, 1);
    assert_true(r.requests > 1);
    assert_int_equal(r.fail[FAIL_TLS], r.requests);
    assert_int_equal(target_counts(target).received, 0);
    target_free(target);
    text_close(&url);
}

static int start_curl(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as the program does: OpenSSL writes */
    return curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK;
}

static int stop_curl(void **state) {
    (void)state;
    curl_global_cleanup();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_counted_once),
        cmocka_unit_test(faults_have_their_classes),
        cmocka_unit_test(a_silent_target_times_out),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(a_target_that_dies_and_returns),
        cmocka_unit_test(iterations_end_the_run),
        cmocka_unit_test(an_operator_steers),
        cmocka_unit_test(the_grace_ends),
        cmocka_unit_test(stop_drops_everything),
        cmocka_unit_test(think_time_and_ramp_down),
        cmocka_unit_test(closed_connections_are_made_anew),
        cmocka_unit_test(shared_connections_under_faults),
        cmocka_unit_test(connections_are_new_when_asked_for),
        cmocka_unit_test(tls_with_a_known_certificate),
        cmocka_unit_test(tls_without_a_look_at_the_certificate),
        cmocka_unit_test(tls_with_a_stranger_is_refused),
        cmocka_unit_test(tls_cut_short_is_no_success),
        cmocka_unit_test(tls_over_a_socket_file),
        cmocka_unit_test(tls_with_a_plain_server),
    };
    return cmocka_run_group_tests(tests, start_curl, stop_curl);
}
