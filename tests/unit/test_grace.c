/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How VUs leave: graceful_ramp_down and graceful_stop, as k6 has them. The
 * target hangs, so only the grace ends an iteration; a grace that did not
 * count would show as a run of 50 s and more. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"

#define LONG_NS (20 * NS_PER_S)

static Run hang(const char *graces, const char *stages, int workers) {
    Text profile = { 0 };
    text_addf(&profile,
              "timeout = 100s\n[profile]\n%s\n[stages]\n%s\n"
              "[request a]\nGET = /fault/hang\n",
              graces, stages);
    Run r = engine_run("seed=1", profile.bytes, NULL, workers);
    text_close(&profile);
    assert_int_equal(r.requests, 0);
    assert_int_equal(r.sent, r.counts.received);
    return r;
}

static void who_leaves_has_the_ramp_downs_grace(void **state) {
    (void)state;
    Run r = hang("graceful_ramp_down = 300ms\ngraceful_stop = 60s",
                 "a = 300ms at 5\nb = 1s at 0", 2);
    assert_int_equal(r.interrupted, 5);
    assert_true(r.now_ns >= 1300 * NS_PER_MS);
    assert_true(r.now_ns < LONG_NS);
}

/* The end of the plan gives no second grace to who was leaving already. */
static void the_stop_does_not_lengthen_it(void **state) {
    (void)state;
    Run r = hang("graceful_ramp_down = 500ms\ngraceful_stop = 60s",
                 "a = 300ms at 5\nb = 100ms at 0", 2);
    assert_int_equal(r.interrupted, 5);
    assert_true(r.now_ns >= 800 * NS_PER_MS);
    assert_true(r.now_ns < LONG_NS);
}

static void the_stop_shortens_it(void **state) {
    (void)state;
    Run r = hang("graceful_ramp_down = 60s\ngraceful_stop = 300ms",
                 "a = 300ms at 5\nb = 100ms at 0", 2);
    assert_int_equal(r.interrupted, 5);
    assert_true(r.now_ns >= 700 * NS_PER_MS);
    assert_true(r.now_ns < LONG_NS);
}

static void no_grace_at_all(void **state) {
    (void)state;
    Run r = hang("graceful_ramp_down = 0s\ngraceful_stop = 0s",
                 "a = 300ms at 6\nb = 300ms at 2", 2);
    assert_int_equal(r.interrupted, 6);
    assert_int_equal(r.abandoned, r.sent);
    assert_true(r.now_ns < LONG_NS);
}

/* Who was leaving stays when the level rises again: the same VU, the same
 * connection, the same iteration. */
static void who_is_called_back_stays(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\ngraceful_ramp_down = 60s\n"
                       "graceful_stop = 60s\n"
                       "[stages]\na = 300ms at 5\nb = 200ms at 0\n"
                       "c = 300ms at 5\n[request a]\nGET = /delay/1500ms\n",
                       NULL, 2);
    assert_int_equal(r.active_max, 5);
    assert_int_equal(r.counts.connections, 5);
    assert_int_equal(r.requests, 5);
    assert_int_equal(r.iterations, 5);
    assert_int_equal(r.interrupted, 0);
}

/* Within the grace an iteration ends whole, and no other begins. */
static void what_began_may_end(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\ngraceful_ramp_down = 60s\n"
                       "graceful_stop = 60s\n"
                       "[stages]\na = 300ms at 5\nb = 100ms at 0\n"
                       "[request a]\nGET = /delay/600ms\n"
                       "[request b]\nGET = /delay/600ms\n",
                       NULL, 2);
    assert_int_equal(r.started, 5);
    assert_int_equal(r.iterations, 5);
    assert_int_equal(r.requests, 10);
    assert_int_equal(r.interrupted, 0);
}

/* Another VU takes the number of one that ended, and goes on counting: the
 * two never draw the same values. */
static void a_number_repeats_no_iteration(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[stages]\na = 200ms at 4\nb = 300ms at 0\n"
                       "c = 200ms at 4\nd = 300ms at 0\ne = 200ms at 4\n"
                       "[scenario]\nthink = 1h\n[metric turn]\n"
                       "[request a]\nGET = /json\n"
                       "record turn = ${iteration}\n",
                       NULL, 2);
    assert_int_equal(r.started, 12);
    assert_int_equal(r.custom[0].count, 12);
    assert_true(r.custom[0].sum == 4 * (0 + 1 + 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_leaves_has_the_ramp_downs_grace),
        cmocka_unit_test(the_stop_does_not_lengthen_it),
        cmocka_unit_test(the_stop_shortens_it),
        cmocka_unit_test(no_grace_at_all),
        cmocka_unit_test(who_is_called_back_stays),
        cmocka_unit_test(what_began_may_end),
        cmocka_unit_test(a_number_repeats_no_iteration),
    };
    return cmocka_run_group_tests(tests, engine_run_setup, engine_run_teardown);
}
