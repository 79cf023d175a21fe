/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine against the embedded target, over real sockets on loopback.
 * What is asserted are counts and states, never times. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/engine_state.h"
#include "engine_run.h"
#include "tls_server.h"

static void every_request_is_counted_once(void **state) {
    (void)state;
    Run r = engine_run("service=1ms queue=1000",
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
    Run r = engine_run("service=1ms capacity=4 queue=8 errors=4% fault.reset=3% "
                "fault.truncate=3% fault.garbage=3% fault.escape=1%",
                "[stages]\nhold = 2s at 25\n[request a]\nGET = /x\n", NULL, 2);
    assert_true(r.requests > 500);
    assert_int_equal(r.sent, r.counts.received);
    if (r.requests + r.retried + r.abandoned != r.sent)
        for (size_t c = 0; c < FAIL_COUNT; c++)
            print_message("%s %d\n", fail_name((FailClass)c), (int)r.fail[c]);
    assert_int_equal(r.requests + r.retried + r.abandoned, r.sent);
    assert_int_equal(engine_run_classes(&r), r.failed);
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
    Run r = engine_run("seed=1",
                "timeout = 200ms\n[stages]\nhold = 1s at 5\n"
                "[request a]\nGET = /fault/hang\n",
                NULL, 1);
    assert_true(r.fail[FAIL_TIMEOUT_WAIT] >= 15);
    assert_int_equal(r.fail[FAIL_TIMEOUT_WAIT], r.requests);
    assert_int_equal(r.sent, r.counts.received);
    assert_false(r.ever_answered);
}

/* A few connections tell how late they are read, the others do not. */
static void some_reads_are_stamped(void **state) {
    (void)state;
    Run r = engine_run("service=1ms queue=1000",
                       "[stages]\nhold = 1s at 128\n"
                       "[request a]\nGET = /json\n",
                       NULL, 1);
    assert_true(r.requests > 500);
    assert_true(r.read_lags > 0);
    assert_true(r.read_lags < r.requests / 8);
}

static void nobody_there(void **state) {
    (void)state;
    Run r =
        engine_run(NULL, "[stages]\nhold = 3s at 10\n[request a]\nGET = /\n", NULL, 1);
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
    Run r = engine_run("service=1ms capacity=100",
                "[stages]\nhold = 3s at 60\n[request a]\nGET = /\n", script, 2);
    assert_true(r.fail[FAIL_CONNECT] > 0);
    assert_true(r.status[2] > 500);
    /* nobody waits for a connection that is dead: not one time-out */
    assert_int_equal(r.fail[FAIL_TIMEOUT_WAIT], 0);
    assert_int_equal(engine_run_classes(&r), r.failed);
    assert_int_equal(r.status[2], r.counts.served);
    assert_true(r.sent >= r.counts.received);
}

static void iterations_end_the_run(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
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
    Run r = engine_run("service=1ms",
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
    Run r = engine_run("seed=1",
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
    Run r = engine_run("seed=1",
                "[stages]\nhold = 60s at 7\n"
                "[request a]\nGET = /fault/hang\n",
                script, 2);
    assert_true(r.stopped);
    assert_int_equal(r.interrupted, 7);
    assert_true(r.now_ns < 10 * NS_PER_S);
}

static void think_time_and_ramp_down(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
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
    Run r = engine_run("seed=1",
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
    Run r = engine_run("service=1ms capacity=8 errors=3% fault.reset=3% "
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
    assert_int_equal(engine_run_classes(&r), r.failed);
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
        Run r = engine_run("seed=1", text.bytes, NULL, 1);
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
    Run r = engine_run_at(tls_server_url(server), NULL, profile.bytes, NULL, 1);
    *served = tls_server_stop(server);
    text_close(&profile);
    return r;
}

static void tls_with_a_known_certificate(void **state) {
    (void)state;
    size_t served;
    Run r = run_tls(TLS_ANSWERS, "tls_ca = ", &served);
    assert_true(r.requests > 10);
    assert_int_equal(r.read_lags, 0);
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
    Run r = engine_run_at(tls_server_url(server), NULL, profile.bytes, NULL, 1);
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
        engine_run_at(url.bytes, NULL,
               "[stages]\nhold = 500ms at 2\n[request a]\nGET = /\n", NULL, 1);
    assert_true(r.requests > 1);
    assert_int_equal(r.fail[FAIL_TLS], r.requests);
    assert_int_equal(target_counts(target).received, 0);
    target_free(target);
    text_close(&url);
}

/* An engine by itself, for a target that is not there. */
typedef struct Bare {
    uv_loop_t loop;
    Profile profile;
    Diags diags;
    Engine *engine;
} Bare;

static void bare_open(Bare *b, EngineOptions options) {
    static const char text[] = "[target]\nurl = http://127.0.0.1:1\n"
                               "[stages]\na = 100ms at 1\n"
                               "[request a]\nGET = /\n";
    ProfileOptions o = { 0 };
    Err err;
    diags_init(&b->diags, "test");
    assert_int_equal(profile_read_text(&b->profile, text, sizeof text - 1,
                                       "t.ini", &o, &b->diags),
                     0);
    uv_loop_init(&b->loop);
    options.data = b;
    b->engine = engine_new(&b->loop, &b->profile, &options, &err);
    assert_non_null(b->engine);
}

static void bare_end(Bare *b) {
    uv_run(&b->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&b->loop), 0);
    profile_close(&b->profile);
    diags_close(&b->diags);
}

static void close_when_done(void *data) {
    Bare *b = data;
    if (engine_is_done(b->engine))
        engine_close(b->engine, NULL, NULL);
}

/* A CPU that went away since the list was read: the thread runs already. */
static void a_worker_that_cannot_be_pinned_ends(void **state) {
    (void)state;
    Bare b;
    Err err;
    bare_open(&b, (EngineOptions){ .cpus = { { CPU_SETSIZE - 1 }, 1 },
                                   .on_tick = close_when_done });
    assert_int_equal(engine_start(b.engine, &err), -1);
    assert_non_null(strstr(err.text, "cpu 1023"));
    assert_true(engine_is_running(b.engine));
    bare_end(&b);
}

static void forget(uv_timer_t *t) {
    (void)t;
}

static void look_in_log(void *data) {
    Bare *b = data;
    if (!engine_is_done(b->engine))
        return;
    const EventLog *log = &source_wheel(engine_source(b->engine))->log;
    bool is_told = false;
    for (size_t i = 0; i < log->count; i++)
        is_told |= strstr(log->items[i].text, "did not close") != NULL;
    assert_true(is_told);
    close_when_done(data);
}

/* What is open in a worker's loop is a library's: if it forgets something,
 * the run ends all the same. */
static void what_does_not_close_holds_up_no_end(void **state) {
    (void)state;
    Bare b;
    Err err;
    uv_timer_t forgotten;
    bare_open(&b, (EngineOptions){ .workers = 1, .on_tick = look_in_log });
    uv_timer_init(&b.engine->workers[0]->loop, &forgotten);
    uv_timer_start(&forgotten, forget, 3600 * 1000, 0);
    assert_int_equal(engine_start(b.engine, &err), 0);
    bare_end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_request_is_counted_once),
        cmocka_unit_test(faults_have_their_classes),
        cmocka_unit_test(a_silent_target_times_out),
        cmocka_unit_test(some_reads_are_stamped),
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
        cmocka_unit_test(a_worker_that_cannot_be_pinned_ends),
        cmocka_unit_test(what_does_not_close_holds_up_no_end),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
