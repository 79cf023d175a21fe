/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several scenarios side by side, each with its own stages. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine_run.h"

#define REQUESTS                              \
    "[request browse]\nGET = /json\n"         \
    "[request order]\nPOST = /status/201\n"   \
    "[request probe]\nGET = /status/404\n"

static void every_scenario_has_its_own_plan(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1500ms at 6\n"
                       "[stages orders]\nrate = 800ms at 100/s\n"
                       "[stages probes]\nfew = 300ms at 3\n"
                       "[scenario browsing]\nflow = browse\n"
                       "[scenario ordering]\nflow = order\nstages = orders\n"
                       "start = 400ms\n"
                       "[scenario probing]\nflow = probe\nstages = probes\n"
                       "think = 10ms\n" REQUESTS,
                       NULL, 2);
    const ScenarioCount *s = r.scenarios;
    assert_int_equal(s[0].alive_max, 6);
    assert_int_equal(s[2].alive_max, 3);
    assert_int_equal(s[1].started, 80);
    assert_int_equal(r.started, s[0].started + s[1].started + s[2].started);
    assert_int_equal(r.iterations, r.started);
    /* each series counts its own scenario's requests, and only these */
    assert_int_equal(r.series[0].requests, s[0].started);
    assert_int_equal(r.series[1].requests, 80);
    assert_int_equal(r.series[2].requests, s[2].started);
    assert_int_equal(r.series[2].status[4], r.series[2].requests);
    assert_int_equal(r.status[2], s[0].started + 80);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.sent, r.counts.received);
    assert_int_equal(r.lags, 80); /* only arrivals have a schedule */
    /* the short one ended by itself, the others went on */
    assert_true(s[2].ended_early);
    assert_false(s[0].ended_early);
    assert_true(r.now_ns >= 1500 * NS_PER_MS);
}

static void the_log_names_the_scenario(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 300ms at 2\n"
                       "[scenario buyers]\nflow = browse\n"
                       "[scenario sellers]\nflow = order, probe\n"
                       "start = 100ms\n" REQUESTS,
                       NULL, 1);
    assert_non_null(strstr(r.log, "buyers: stage hold began"));
    assert_non_null(strstr(r.log, "sellers: stage wait began"));
    assert_non_null(strstr(r.log, "sellers: stage hold began"));
}

/* A spike of any of them is one that the target has to recover from. */
static void a_spike_of_the_second_is_one(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 900ms at 2\n"
                       "[stages rush]\na = 300ms at 2\nb = 200ms at 20\n"
                       "c = 300ms at 2\n"
                       "[scenario one]\nflow = browse\n"
                       "[scenario two]\nflow = order, probe\nstages = rush\n"
                       REQUESTS,
                       NULL, 2);
    assert_int_equal(r.recoveries, 1);
    assert_int_equal(r.active_max, 22);
}

static void a_jump_that_takes_no_time_is_a_spike(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\na = 300ms at 2\nrush = 0s at 20\n"
                       "b = 300ms\nback = 300ms at 2\n"
                       "[request a]\nGET = /json\n",
                       NULL, 2);
    assert_int_equal(r.recoveries, 1);
}

static void the_limit_of_iterations_is_all_theirs(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[profile]\niterations = 150\n"
                       "[stages]\nhold = 60s at 3\n"
                       "[stages rate]\nhold = 60s at 200/s\n"
                       "[scenario closed]\nflow = browse\n"
                       "think = 40ms\n"
                       "[scenario open]\nflow = order\nstages = rate\n"
                       "[request browse]\nGET = /json\n"
                       "[request order]\nPOST = /status/201\n",
                       NULL, 2);
    assert_int_equal(r.started, 150);
    assert_int_equal(r.iterations, 150);
    assert_int_equal(r.counts.received, 150);
    assert_true(r.scenarios[0].started > 0 && r.scenarios[1].started > 0);
}

static void all_pause_and_resume(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 pause", "p resume", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 800ms at 4\n"
                       "[stages rate]\nhold = 800ms at 100/s\n"
                       "[scenario closed]\nflow = browse\n"
                       "[scenario open]\nflow = order, probe\nstages = rate\n"
                       REQUESTS,
                       script, 2);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    assert_int_equal(r.scenarios[1].started, 80);
    assert_int_equal(r.requests, r.counts.received);
}

/* Each of the three VUs of `a` begins once, for it thinks for longer than the
 * test lasts; those that come back are three more. */
static void who_ended_comes_back(void **state) {
    (void)state;
    static const char *const scripts[][7] = {
        { "0.3 scenario a", "0.3 next", "0.6 undo", "0.9 next" },
        { "0.3 scenario a", "0.3 next", "0.6 pause", "p undo", "p resume",
          "0.9 next" },
    };
    for (int i = 0; i < 2; i++) {
        Run r = engine_run("service=1ms",
                           "[stages]\nhold = 60s at 3\n"
                           "[stages b]\nhold = 1200ms at 2\n"
                           "[scenario a]\nflow = browse\nthink = 1h\n"
                           "[scenario b]\nflow = order, probe\nstages = b\n"
                           REQUESTS,
                           scripts[i], 2);
        assert_int_equal(r.scenarios[0].started, 6);
        assert_int_equal(r.interrupted, 0);
    }
}

/* So does a rate, while its last iterations are in their grace. */
static void a_rate_that_ended_comes_back(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 scenario a", "0.3 next",
                                          "0.6 undo", "0.9 next", NULL };
    Run r = engine_run("seed=1",
                       "[profile]\ngraceful_stop = 60s\n"
                       "[stages]\nhold = 60s at 20/s\n"
                       "[stages b]\nhold = 1200ms at 2\n"
                       "[scenario a]\nflow = slow\nmax_vus = 200\n"
                       "[scenario b]\nflow = order, probe\nstages = b\n"
                       "[request slow]\nGET = /delay/800ms\n"
                       "[request order]\nPOST = /status/201\n"
                       "[request probe]\nGET = /status/404\n",
                       script, 2);
    assert_true(r.scenarios[0].started > 6);
    assert_int_equal(r.interrupted, 0);
    assert_int_equal(r.iterations, r.started);
    assert_int_equal(r.requests, r.counts.received);
}

static void who_hangs_in_one_does_not_hold_the_others(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\ngraceful_stop = 200ms\n"
                       "[stages]\nhold = 1s at 2\n"
                       "[stages short]\nhold = 300ms at 3\n"
                       "[scenario fine]\nflow = browse\n"
                       "[scenario stuck]\nflow = hang\nstages = short\n"
                       "[request browse]\nGET = /json\n"
                       "[request hang]\nGET = /fault/hang\n",
                       NULL, 2);
    assert_int_equal(r.interrupted, 3);
    assert_int_equal(r.abandoned, 3);
    assert_true(r.scenarios[1].ended_early);
    assert_int_equal(r.sent, r.counts.received);
    assert_true(r.now_ns >= NS_PER_S);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_has_its_own_plan),
        cmocka_unit_test(the_log_names_the_scenario),
        cmocka_unit_test(a_spike_of_the_second_is_one),
        cmocka_unit_test(a_jump_that_takes_no_time_is_a_spike),
        cmocka_unit_test(the_limit_of_iterations_is_all_theirs),
        cmocka_unit_test(all_pause_and_resume),
        cmocka_unit_test(who_ended_comes_back),
        cmocka_unit_test(a_rate_that_ended_comes_back),
        cmocka_unit_test(who_hangs_in_one_does_not_hold_the_others),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
