/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VUs that do each task so often, on schedules of their own. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"

#define REQUESTS \
    "[request submit]\nPOST = /status/201\n[request browse]\nGET = /json\n"

/* 4 VUs, each submits 20 and browses 5 times a second, in even gaps. */
static void each_task_has_its_rate(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 2s at 4\n"
                       "[scenario]\ntasks = submit 20/s, browse 5/s\n"
                       "pacing = even\n" REQUESTS,
                       NULL, 2);
    uint64_t submits = engine_run_series(&r, "submit")->requests;
    uint64_t browses = engine_run_series(&r, "browse")->requests;
    assert_true(submits >= 140 && submits <= 165);
    assert_true(browses >= 34 && browses <= 45);
    assert_int_equal(r.iterations, submits + browses);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.active_max, 4);
    assert_int_equal(r.counts.connections, 4);
    assert_true(r.lags > 0);
}

/* The same seed, the same moments. */
static void a_seed_repeats_the_schedule(void **state) {
    (void)state;
    uint64_t first = 0;
    for (int i = 0; i < 2; i++) {
        Run r = engine_run("service=1ms",
                           "[profile]\niterations = 40\n"
                           "[stages]\nhold = 60s at 1\n"
                           "[scenario]\ntasks = submit 40/s, browse 40/s\n"
                           "pacing = poisson\n" REQUESTS,
                           NULL, 1);
        uint64_t submits = engine_run_series(&r, "submit")->requests;
        assert_int_equal(r.iterations, 40);
        if (i)
            assert_int_equal(submits, first);
        first = submits;
    }
}

/* One task at a time: what is due meanwhile begins late, and its response
 * time says so. */
static void late_tasks_begin_at_once(void **state) {
    (void)state;
    Run r = engine_run("seed=1",
                       "[profile]\niterations = 12\n"
                       "[stages]\nhold = 60s at 1\n"
                       "[scenario]\ntasks = slow 40/s\npacing = even\n"
                       "[request slow]\nGET = /delay/100ms\n",
                       NULL, 1);
    assert_int_equal(r.requests, 12);
    assert_int_equal(r.counts.connections, 1);
    /* the last was due after 0.3 s and began after 1.1 s */
    assert_true(r.response_max > 600e6);
    assert_true(r.response_max > 2 * r.service_max || r.service_max > 400e6);
}

/* In a pause no task becomes due, and none is missed for it. */
static void schedules_stand_still_in_a_pause(void **state) {
    (void)state;
    static const char *const script[] = { "0.4 pause", "p resume", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1s at 6\n"
                       "[scenario]\ntasks = submit 20/s, browse 10/s\n"
                       "pacing = even\n" REQUESTS,
                       script, 2);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    uint64_t submits = engine_run_series(&r, "submit")->requests;
    /* 120 in a second of run time; the pause of 0.6 s and more brings none */
    assert_true(submits >= 100 && submits <= 130);
    assert_int_equal(r.requests, r.counts.received);
    assert_true(r.response_max < 500e6);
}

static void who_rests_leaves_at_once(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[profile]\ngraceful_stop = 60s\n"
                       "graceful_ramp_down = 60s\n"
                       "[stages]\nup = 200ms to 30\nhold = 300ms\n"
                       "down = 300ms to 0\n"
                       "again = 300ms to 20\n"
                       "[scenario]\ntasks = submit 1/m, browse 2/s\n" REQUESTS,
                       NULL, 2);
    assert_int_equal(r.active_max, 30);
    assert_int_equal(r.interrupted, 0);
    assert_int_equal(r.requests, r.counts.received);
    assert_true(r.now_ns < 20 * NS_PER_S);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_has_its_rate),
        cmocka_unit_test(a_seed_repeats_the_schedule),
        cmocka_unit_test(late_tasks_begin_at_once),
        cmocka_unit_test(schedules_stand_still_in_a_pause),
        cmocka_unit_test(who_rests_leaves_at_once),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
