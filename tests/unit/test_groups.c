/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that a VU makes at the same time. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"

#define THREE                                   \
    "[request a]\nGET = /delay/350ms\n"         \
    "[request b]\nGET = /delay/350ms\n"         \
    "[request c]\nGET = /delay/350ms\n"

/* Each has a connection of its own, and all three are there together. */
static void a_group_is_under_way_at_once(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\niterations = 2\n"
                       "[stages]\nhold = 60s at 1\n"
                       "[scenario]\nflow = (a b c)\n" THREE,
                       NULL, 1);
    assert_int_equal(r.iterations, 2);
    assert_int_equal(r.requests, 6);
    assert_int_equal(r.counts.received, 6);
    assert_int_equal(r.counts.connections, 3);
    assert_int_equal(r.connects, 3);
    assert_int_equal(r.delayed_max, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(r.series[i].requests, 2);
}

/* A group that is wider than a VU's connections is worked off by these. */
static void as_many_as_there_are_connections(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "max_conn_per_vu = 2\n"
                       "[profile]\niterations = 1\n"
                       "[stages]\nhold = 60s at 1\n"
                       "[scenario]\nflow = (a b c a b)\n" THREE,
                       NULL, 1);
    assert_int_equal(r.requests, 5);
    assert_int_equal(r.counts.received, 5);
    assert_int_equal(r.counts.connections, 2);
    assert_int_equal(r.delayed_max, 2);
}

/* The next step waits for the last of the group. */
static void steps_follow_each_other(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\niterations = 1\n"
                       "[stages]\nhold = 60s at 1\n"
                       "[scenario]\nflow = (fast a fast), b\n"
                       "[request fast]\nGET = /json\n"
                       "[request a]\nGET = /delay/350ms\n"
                       "[request b]\nGET = /delay/350ms\n",
                       NULL, 1);
    assert_int_equal(r.requests, 4);
    assert_int_equal(r.delayed_max, 1);
    assert_int_equal(r.counts.connections, 3);
}

static void everything_is_counted_under_faults(void **state) {
    (void)state;
    Run r = engine_run("service=1ms capacity=8 errors=3% fault.reset=3% "
                       "fault.truncate=3% fault.garbage=3% fault.hang=1%",
                       "timeout = 200ms\n"
                       "[profile]\ngraceful_ramp_down = 20ms\n"
                       "graceful_stop = 100ms\n"
                       "[stages]\nup = 700ms to 30\ndown = 500ms to 2\n"
                       "[scenario]\nflow = a, (b a c), (a b)*2\n"
                       "[request a]\nGET = /x\n[request b]\nGET = /y\n"
                       "[request c]\nPOST = /z\nbody = hello\n",
                       NULL, 2);
    assert_true(r.requests > 300);
    assert_int_equal(r.sent, r.counts.received);
    assert_int_equal(r.requests + r.retried + r.abandoned, r.sent);
    assert_int_equal(engine_run_classes(&r), r.failed);
    /* an answer may come to a VU that was dropped */
    assert_true(r.status[2] <= r.counts.served &&
                r.counts.served <= r.status[2] + r.abandoned);
    assert_int_equal(r.started, r.iterations + r.interrupted);
    assert_int_equal(r.health.lost, 0);
}

/* The group that a stop interrupts is dropped whole. */
static void a_stop_drops_the_whole_group(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\ngraceful_stop = 100ms\n"
                       "[stages]\nhold = 400ms at 4\n"
                       "[scenario]\nflow = (a b c)\n"
                       "[request a]\nGET = /fault/hang\n"
                       "[request b]\nGET = /fault/hang\n"
                       "[request c]\nGET = /json\n",
                       NULL, 2);
    assert_int_equal(r.interrupted, 4);
    assert_int_equal(r.abandoned, 8);
    assert_int_equal(r.requests, 4);
    assert_int_equal(r.counts.received, 12);
}

static void a_pause_holds_the_rest_of_a_group(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 pause", "p resume", NULL };
    Run r = engine_run("seed=1",
                       "max_conn_per_vu = 2\n"
                       "[profile]\niterations = 6\n"
                       "[stages]\nhold = 60s at 3\n"
                       "[scenario]\nflow = (a b c a b c), a\n" THREE,
                       script, 2);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    assert_int_equal(r.iterations, 6);
    assert_int_equal(r.requests, 42);
    assert_int_equal(r.counts.received, 42);
    /* What waited for the pause's end does not wait by its length. */
    assert_true(r.response_max < 4e9);
}

/* What the pause held begins with the finish, and not when it began. */
static void a_finish_ends_the_pause(void **state) {
    (void)state;
    static const char *const script[] = { "0.1 pause", "p finish", NULL };
    Run r = engine_run("seed=1",
                       "[stages]\nhold = 60s at 1\n"
                       "[scenario]\nflow = a, b\n"
                       "[request a]\nGET = /delay/200ms\n"
                       "[request b]\nGET = /json\n",
                       script, 1);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.iterations, 1);
    assert_int_equal(r.requests, 2);
    assert_true(r.response_max < r.service_max + 250e6);
}

/* Nobody there: the group is not tried to its end, the VU backs off. */
static void a_group_backs_off_as_one(void **state) {
    (void)state;
    Run r = engine_run(NULL,
                       "max_conn_per_vu = 3\n"
                       "[stages]\nhold = 1s at 5\n"
                       "[scenario]\nflow = (a b c a b c)\n" THREE,
                       NULL, 1);
    assert_true(r.requests >= 15);
    assert_true(r.requests <= 3 * r.iterations);
    assert_int_equal(r.fail[FAIL_CONNECT], r.requests);
    /* 20 ms and more between two tries: a few dozen each, not thousands */
    assert_true(r.iterations < 5 * 50);
}

/* The other transports: a lane for each request of the group. */
static void by_curl_and_pipelined(void **state) {
    (void)state;
    static const char *const how[] = { "transport = curl\n",
                                       "cookies = on\n",
                                       "pipeline = 4\n" };
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        Text profile = { 0 };
        text_addf(&profile,
                  "%s[profile]\niterations = 40\n"
                  "[stages]\nhold = 60s at 5\n"
                  "[scenario]\nflow = (a b a), b\n"
                  "[request a]\nGET = /json\n"
                  "[request b]\nPOST = /echo\nbody = hello\n"
                  "check = body == \"hello\"\n",
                  how[i]);
        Run r = engine_run("service=1ms", profile.bytes, NULL, 2);
        assert_int_equal(r.iterations, 40);
        assert_int_equal(r.requests, 160);
        assert_int_equal(r.failed, 0);
        assert_int_equal(r.passed, 80);
        assert_int_equal(r.unpassed, 0);
        assert_int_equal(r.counts.received, 160);
        text_close(&profile);
    }
}

static void new_connections_for_each_request(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "new_connection = request\n"
                       "[profile]\niterations = 20\n"
                       "[stages]\nhold = 60s at 3\n"
                       "[scenario]\nflow = a, (a b a)\n"
                       "[request a]\nGET = /json\n[request b]\nGET = /json\n",
                       NULL, 2);
    assert_int_equal(r.requests, 80);
    assert_int_equal(r.connects, 80);
    assert_int_equal(r.counts.connections, 80);
}

static void new_connections_for_each_iteration(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "new_connection = iteration\n"
                       "[profile]\niterations = 20\n"
                       "[stages]\nhold = 60s at 3\n"
                       "[scenario]\nflow = a, (a b a), (a b)\n"
                       "[request a]\nGET = /json\n[request b]\nGET = /json\n",
                       NULL, 2);
    assert_int_equal(r.requests, 120);
    assert_int_equal(r.connects, 60);
    assert_int_equal(r.counts.connections, 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_under_way_at_once),
        cmocka_unit_test(as_many_as_there_are_connections),
        cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(everything_is_counted_under_faults),
        cmocka_unit_test(a_stop_drops_the_whole_group),
        cmocka_unit_test(a_pause_holds_the_rest_of_a_group),
        cmocka_unit_test(a_finish_ends_the_pause),
        cmocka_unit_test(a_group_backs_off_as_one),
        cmocka_unit_test(by_curl_and_pipelined),
        cmocka_unit_test(new_connections_for_each_request),
        cmocka_unit_test(new_connections_for_each_iteration),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
