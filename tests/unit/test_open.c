/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open model: arrival rates, against the embedded target. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"

#define REQUEST "[request a]\nGET = /x\n"

static uint64_t planned(const Run *r) {
    return (uint64_t)(r->planned + 1e-6);
}

static void every_arrival_is_counted(void **state) {
    (void)state;
    for (int workers = 1; workers <= 3; workers++) {
        Run r = engine_run("service=1ms capacity=1000",
                           "[stages]\nup = 700ms to 900/s\nhold = 500ms\n"
                           "down = 300ms to 0/s\n" REQUEST,
                           NULL, workers);
        assert_int_equal(planned(&r), 900);
        assert_int_equal(r.started, 900);
        assert_int_equal(r.iterations, 900);
        assert_int_equal(r.lags, 900);
        assert_int_equal(r.requests, 900);
        assert_int_equal(r.dropped, 0);
        assert_int_equal(r.counts.received, 900);
        assert_int_equal(r.failed, 0);
    }
}

/* Two users for 20 iterations a second of 400 ms each: 5 a second can be. */
static void no_vu_no_iteration(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 2s at 20/s\n"
                       "[scenario]\nmax_vus = 2\n"
                       "[request a]\nGET = /delay/400ms\n",
                       NULL, 2);
    assert_int_equal(planned(&r), 40);
    assert_int_equal(r.started + r.dropped, 40);
    assert_true(r.dropped >= 25 && r.started >= 4);
    assert_int_equal(r.active_max, 2);
    assert_int_equal(r.iterations, r.started);
}

/* A worker without a VU takes no arrivals. */
static void fewer_vus_than_workers(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1s at 20/s\n"
                       "[scenario]\nmax_vus = 2\n" REQUEST,
                       NULL, 4);
    assert_int_equal(r.started + r.dropped, 20);
    assert_true(r.started > 10); /* the share of two workers of four */
}

/* What a stall makes users wait is in the response time; the service time of
 * those that waited for a connection is not longer for it. */
static void a_stall_is_in_the_response_time(void **state) {
    (void)state;
    Run r = engine_run("service=1ms capacity=1 spread=0 queue=1000",
                       "[stages]\nburst = 100ms at 2000/s\n"
                       "rest = 400ms at 0/s\n"
                       "[scenario]\nmax_vus = 300\n" REQUEST,
                       NULL, 1);
    assert_int_equal(r.started, 200);
    assert_int_equal(r.dropped, 0);
    assert_true(r.response_max >= r.service_max);
    /* 200 at one a millisecond: the last waited for those before. */
    assert_true(r.response_max > 80e6);
}

static void iterations_end_the_arrivals(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1h at 1000/s\n" REQUEST
                       "[profile]\niterations = 333\n",
                       NULL, 2);
    assert_int_equal(r.started, 333);
    assert_int_equal(r.dropped, 0);
    assert_int_equal(r.counts.received, 333);
}

/* Those that were dropped are none. */
static void dropped_ones_do_not_end_them(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\niterations = 6\n"
                       "[stages]\nhold = 1h at 50/s\n"
                       "[scenario]\nmax_vus = 2\n"
                       "[request a]\nGET = /delay/200ms\n",
                       NULL, 2);
    assert_int_equal(r.started, 6);
    assert_int_equal(r.iterations, 6);
    assert_true(r.dropped > 6);
}

/* A pause of unknown length: the plan's arrivals come all the same, once. */
static void a_pause_loses_nothing(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 pause", "p resume", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1s at 500/s\n" REQUEST, script, 2);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.started, 500);
    assert_int_equal(r.requests, 500);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    assert_int_equal(r.counts.received, 500);
}

static void an_operator_changes_the_rate(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 level 2000/s", "0.6 level 0/s",
                                          "0.9 go", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1s at 100/s\n" REQUEST, script, 2);
    /* As the executed plan asks for, wherever the edits fell. */
    assert_int_equal(r.started + r.dropped, planned(&r));
    assert_true(r.started > 400);
    assert_int_equal(r.requests, r.started);
}

/* Users go on coming to a target that is away, and find it when it is back. */
static void arrivals_go_on_while_nobody_is_there(void **state) {
    (void)state;
    static const char *const script[] = { "0.5 down 700", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 2s at 400/s\n" REQUEST, script, 2);
    assert_int_equal(r.started + r.dropped, 800);
    assert_int_equal(r.iterations, r.started);
    assert_true(r.fail[FAIL_CONNECT] > 100);
    assert_true(r.status[2] > 300);
    assert_int_equal(engine_run_classes(&r), r.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_arrival_is_counted),
        cmocka_unit_test(no_vu_no_iteration),
        cmocka_unit_test(fewer_vus_than_workers),
        cmocka_unit_test(a_stall_is_in_the_response_time),
        cmocka_unit_test(iterations_end_the_arrivals),
        cmocka_unit_test(dropped_ones_do_not_end_them),
        cmocka_unit_test(a_pause_loses_nothing),
        cmocka_unit_test(an_operator_changes_the_rate),
        cmocka_unit_test(arrivals_go_on_while_nobody_is_there),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
