/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/clock.h"
#include "stats/recovery.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S
#define SILENT (-1.0)

/* Seconds (from, to]: their level, their p95 in ms (or SILENT), errors. */
static void feed(RecoveryList *l, uint64_t from, uint64_t to, double level,
                 double p95_ms, double errors) {
    for (uint64_t i = from + 1; i <= to; i++) {
        bool some = p95_ms >= 0;
        RecoverySecond s = { .at_ns = i * S,
                             .level = level,
                             .p95 = some ? p95_ms * 1e6 : NAN,
                             .error_rate = some ? errors : 0,
                             .rps = some ? 100 : 0,
                             .has_requests = some };
        recovery_second(l, &s);
    }
}

static const Recovery *last(const RecoveryList *l) {
    return &l->items[l->count - 1];
}

/* 30 s at 10 ms; from 30 to 40 s the level is tenfold and all is slow. */
static RecoveryList spiked(void) {
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 10, 10, 0);
    recovery_begin(&l, 0, 30 * S, 10, "spike");
    feed(&l, 30, 39, 100, 400, 0.2);
    feed(&l, 39, 40, 10, 300, 0);
    return l;
}

static void a_spike_is_followed(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 10, 10, 0.01);
    assert_true(isnan(recovery_longest_ms(&l)));
    recovery_begin(&l, 0, 30 * S, 10, "spike");
    const Recovery *r = last(&l);
    assert_int_equal(r->state, RECOVERY_UNDER_LOAD);
    assert_string_equal(r->cause, "spike");
    assert_near(r->base_p95, 10e6, 0);
    assert_near(r->base_errors, 0.01, 1e-12);
    assert_near(r->base_rps, 100, 1e-9);

    feed(&l, 30, 39, 100, 400, 0.2);
    assert_int_equal(r->state, RECOVERY_UNDER_LOAD);
    assert_true(recovery_time_ns(r, 39 * S) == 0);
    feed(&l, 39, 40, 10, 600, 0.3); /* back, though not to be judged yet */
    assert_int_equal(r->state, RECOVERY_WAITING);
    assert_true(r->back_ns == 40 * S);
    feed(&l, 40, 47, 10, 200, 0.05);
    assert_true(recovery_time_ns(r, 47 * S) == 7 * S);
    assert_near(r->now_p95, 200e6, 0);
    assert_near(r->now_errors, 0.05, 0);
    feed(&l, 47, 51, 10, 11, 0.01);
    assert_int_equal(r->state, RECOVERY_WAITING);
    assert_int_equal(r->steady, 4);
    feed(&l, 51, 52, 10, 11, 0.01);
    assert_int_equal(r->state, RECOVERY_DONE);
    /* it was itself again when the five seconds began, not when they ended */
    assert_true(r->recovered_ns == 47 * S);
    assert_true(recovery_time_ns(r, 99 * S) == 7 * S);
    assert_near(recovery_longest_ms(&l), 7000, 0);
    assert_near(r->level_peak, 100, 0);
    assert_near(r->worst_p95, 600e6, 0);
    assert_near(r->worst_errors, 0.3, 0);
    /* what comes later changes nothing */
    feed(&l, 52, 60, 10, 900, 1);
    assert_int_equal(r->state, RECOVERY_DONE);
    assert_near(r->worst_p95, 600e6, 0);
    recovery_end(&l);
    assert_near(recovery_longest_ms(&l), 7000, 0);
    recovery_close(&l);
    assert_int_equal(l.count, 0);
}

static void at_once_is_no_time(void **state) {
    (void)state;
    RecoveryList l = spiked();
    feed(&l, 40, 45, 10, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_DONE);
    assert_true(recovery_time_ns(last(&l), 45 * S) == 0);
    assert_near(recovery_longest_ms(&l), 0, 0);
    recovery_close(&l);
}

/* Five in a row: four and a bad one are none. */
static void a_row_begins_anew(void **state) {
    (void)state;
    RecoveryList l = spiked();
    feed(&l, 40, 44, 10, 10, 0);
    assert_int_equal(last(&l)->steady, 4);
    feed(&l, 44, 45, 10, 100, 0);
    assert_int_equal(last(&l)->steady, 0);
    feed(&l, 45, 50, 10, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_DONE);
    assert_near(recovery_longest_ms(&l), 5000, 0);
    recovery_close(&l);
}

/* Seconds without requests neither count nor break the row. */
static void silence_decides_nothing(void **state) {
    (void)state;
    RecoveryList l = spiked();
    feed(&l, 40, 43, 0, SILENT, 0);
    feed(&l, 43, 46, 10, 10, 0);
    feed(&l, 46, 56, 0, SILENT, 0);
    assert_int_equal(last(&l)->state, RECOVERY_WAITING);
    assert_int_equal(last(&l)->steady, 3);
    assert_near(last(&l)->now_p95, 10e6, 0);
    feed(&l, 56, 58, 10, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_DONE);
    assert_true(last(&l)->recovered_ns == 43 * S);
    assert_near(recovery_longest_ms(&l), 3000, 0);
    recovery_close(&l);
}

/* p95 within 10 % or 5 ms, whichever is more; errors within 0.1 points. */
static void limits_are_the_larger_ones(void **state) {
    (void)state;
    static const struct {
        double base_p95, base_errors, p95, errors;
        bool within;
    } cases[] = {
        { 2, 0, 6.99, 0, true },         { 2, 0, 7.01, 0, false },
        { 0.1, 0, 5.09, 0, true },       { 0.1, 0, 5.11, 0, false },
        { 50, 0, 54.99, 0, true },       { 50, 0, 55.01, 0, false },
        { 100, 0, 109.99, 0, true },     { 100, 0, 110.01, 0, false },
        { 10, 0, 1, 0, true },           { 10, 0, 10, 0.0009, true },
        { 10, 0, 10, 0.0011, false },    { 10, 0.02, 10, 0.0209, true },
        { 10, 0.02, 10, 0.0211, false }, { 10, 0.5, 10, 0, true },
        { 10, 0, 500, 0, false },        { 10, 0, 1, 1, false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        RecoveryList l = { 0 };
        feed(&l, 0, 30, 10, cases[i].base_p95, cases[i].base_errors);
        recovery_begin(&l, 0, 30 * S, 10, "");
        feed(&l, 30, 31, 100, 10, 0);
        feed(&l, 31, 32, 10, 10, 0);
        feed(&l, 32, 37, 10, cases[i].p95, cases[i].errors);
        if ((last(&l)->state == RECOVERY_DONE) != cases[i].within)
            fail_msg("case %zu", i);
        recovery_close(&l);
    }
}

/* The level is back within 10 % of what it was, not before it rose. */
static void the_load_rises_and_is_back(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 100, 10, 0);
    recovery_begin(&l, 0, 30 * S, 100, "ramp");
    feed(&l, 30, 35, 105, 10, 0); /* the ramp's first seconds */
    assert_int_equal(last(&l)->state, RECOVERY_UNDER_LOAD);
    feed(&l, 35, 40, 500, 10, 0);
    feed(&l, 40, 45, 111, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_UNDER_LOAD);
    feed(&l, 45, 46, 109, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_WAITING);
    assert_true(last(&l)->back_ns == 46 * S);
    assert_near(last(&l)->level_peak, 500, 0);
    recovery_close(&l);
}

/* A spike between two looks at the level is over when its stage is. */
static void a_spike_within_a_second_is_over(void **state) {
    (void)state;
    for (int is_told = 0; is_told < 2; is_told++) {
        RecoveryList l = { 0 };
        feed(&l, 0, 30, 10, 10, 0);
        recovery_begin(&l, 0, 30 * S + S / 5, 10, "blink");
        if (is_told)
            recovery_expect(&l, 31 * S + S / 2, 100);
        feed(&l, 30, 31, 10, 10, 0);
        assert_int_equal(last(&l)->state, RECOVERY_UNDER_LOAD);
        feed(&l, 31, 32, 10, 300, 0);
        if (!is_told) {
            assert_int_equal(last(&l)->state, RECOVERY_UNDER_LOAD);
        } else {
            assert_int_equal(last(&l)->state, RECOVERY_WAITING);
            assert_true(last(&l)->back_ns == 32 * S);
            assert_near(last(&l)->level_peak, 100, 0);
            assert_near(last(&l)->worst_p95, 300e6, 0);
            feed(&l, 32, 34, 10, 200, 0);
            feed(&l, 34, 39, 10, 10, 0);
            assert_int_equal(last(&l)->state, RECOVERY_DONE);
            assert_near(recovery_longest_ms(&l), 2000, 0);
        }
        recovery_close(&l);
    }
}

static void never_is_said(void **state) {
    (void)state;
    RecoveryList l = spiked();
    feed(&l, 40, 100, 10, 200, 0);
    feed(&l, 100, 104, 10, 10, 0); /* four good seconds are not five */
    assert_int_equal(last(&l)->state, RECOVERY_WAITING);
    assert_true(isnan(recovery_longest_ms(&l))); /* not known yet */
    recovery_end(&l);
    assert_int_equal(last(&l)->state, RECOVERY_NEVER);
    assert_true(isinf(recovery_longest_ms(&l)));
    assert_true(recovery_time_ns(last(&l), 104 * S) == 64 * S);
    recovery_close(&l);

    /* the run ends while the load is still up */
    l = (RecoveryList){ 0 };
    feed(&l, 0, 30, 10, 10, 0);
    recovery_begin(&l, 0, 30 * S, 10, "");
    feed(&l, 30, 40, 100, 10, 0);
    recovery_end(&l);
    assert_int_equal(last(&l)->state, RECOVERY_NEVER);
    assert_true(recovery_time_ns(last(&l), 40 * S) == 0);
    recovery_close(&l);
}

static void the_next_spike_ends_the_last(void **state) {
    (void)state;
    RecoveryList l = spiked();
    feed(&l, 40, 42, 10, 200, 0);
    recovery_begin(&l, 0, 42 * S, 10, "second");
    assert_int_equal(l.count, 2);
    assert_int_equal(l.items[0].state, RECOVERY_NEVER);
    assert_int_equal(l.items[1].state, RECOVERY_UNDER_LOAD);
    feed(&l, 42, 50, 100, 400, 0);
    feed(&l, 50, 51, 10, 10, 0);
    feed(&l, 51, 56, 10, 10, 0);
    assert_int_equal(l.items[0].state, RECOVERY_NEVER);
    assert_int_equal(l.items[1].state, RECOVERY_DONE);
    assert_true(isinf(recovery_longest_ms(&l)));
    recovery_close(&l);

    /* two that both recovered: the longer counts */
    l = spiked();
    feed(&l, 40, 43, 10, 200, 0);
    feed(&l, 43, 80, 10, 10, 0);
    recovery_begin(&l, 0, 80 * S, 10, "second");
    feed(&l, 80, 82, 100, 400, 0);
    feed(&l, 82, 83, 10, 10, 0);
    feed(&l, 83, 84, 10, 99, 0);
    feed(&l, 84, 90, 10, 10, 0);
    assert_int_equal(l.items[1].state, RECOVERY_DONE);
    assert_near(recovery_longest_ms(&l), 3000, 0);
    recovery_close(&l);
}

static void without_a_baseline_it_is_not_measured(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    recovery_begin(&l, 0, 0, 10, "at the very start");
    assert_int_equal(last(&l)->state, RECOVERY_UNMEASURED);
    feed(&l, 0, 40, 0, SILENT, 0); /* 30 s of silence are no baseline */
    recovery_begin(&l, 0, 40 * S, 10, "after silence");
    assert_int_equal(last(&l)->state, RECOVERY_UNMEASURED);
    feed(&l, 40, 50, 100, 10, 0);
    feed(&l, 50, 60, 10, 10, 0);
    recovery_end(&l);
    assert_int_equal(l.count, 2);
    assert_int_equal(l.items[0].state, RECOVERY_UNMEASURED);
    assert_int_equal(l.items[1].state, RECOVERY_UNMEASURED);
    assert_true(isnan(recovery_longest_ms(&l)));
    assert_true(recovery_time_ns(last(&l), 60 * S) == 0);
    recovery_close(&l);
}

/* The median of p95 over the last 30 s; silent seconds are left out; rates
 * are over all their requests. */
static void the_baseline_is_a_median(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 100, 10, 5000, 1); /* long ago */
    feed(&l, 100, 110, 10, 10, 0);
    feed(&l, 110, 120, 10, SILENT, 0);
    feed(&l, 120, 129, 10, 20, 0);
    feed(&l, 129, 130, 10, 900, 0.1); /* one bad second */
    recovery_begin(&l, 0, 130 * S, 10, "even");
    assert_near(last(&l)->base_p95, 15e6, 0); /* of 10 10s, 9 20s and 900 */
    assert_near(last(&l)->base_errors, 0.1 / 20, 1e-12);
    assert_near(last(&l)->base_rps, 100, 1e-9);
    recovery_close(&l);

    feed(&l, 0, 2, 10, 10, 0);
    feed(&l, 2, 3, 10, 500, 0);
    recovery_begin(&l, 0, 3 * S, 10, "odd, and shorter than 30 s");
    assert_near(last(&l)->base_p95, 10e6, 0);
    recovery_close(&l);
}

static void spikes_have_a_limit(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    char cause[200];
    memset(cause, 'c', sizeof cause);
    cause[sizeof cause - 1] = '\0';
    feed(&l, 0, 5, 10, 10, 0);
    for (uint64_t i = 0; i < 1100; i++)
        recovery_begin(&l, 0, (5 + i) * S, 10, cause);
    assert_int_equal(l.count, 1000);
    assert_int_equal(strlen(last(&l)->cause), sizeof l.items->cause - 1);
    assert_int_equal(last(&l)->state, RECOVERY_NEVER);
    feed(&l, 5, 20, 10, 10, 0);
    recovery_close(&l);
}

/* --- events that change no load ----------------------------------------- */

static void an_events_end_is_the_load_being_back(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 10, 10, 0);
    assert_true(recovery_begin_event(&l, 30 * S + S / 2, "db gone"));
    const Recovery *r = last(&l);
    assert_true(r->is_event && r->state == RECOVERY_UNDER_LOAD);
    assert_near(r->base_p95, 10e6, 0);
    feed(&l, 30, 33, 10, 10, 1);
    assert_int_equal(r->state, RECOVERY_UNDER_LOAD);
    recovery_event_over(&l, 33 * S + S / 4, "another one");
    feed(&l, 33, 34, 10, 10, 1);
    assert_int_equal(r->state, RECOVERY_UNDER_LOAD);
    recovery_event_over(&l, 34 * S + S / 4, "db gone");
    recovery_event_over(&l, 36 * S, NULL); /* it is over but once */
    feed(&l, 34, 35, 10, 10, 1);
    assert_int_equal(r->state, RECOVERY_WAITING);
    assert_true(r->back_ns == 34 * S + S / 4);
    feed(&l, 35, 38, 10, 10, 1);
    feed(&l, 38, 43, 10, 10, 0);
    assert_int_equal(r->state, RECOVERY_DONE);
    assert_true(recovery_time_ns(r, 0) == 38 * S - (34 * S + S / 4));
    assert_near(r->level_peak, 10, 0);
    recovery_close(&l);
}

/* A process that runs along with the run is no failure to recover. */
static void an_event_without_an_end_is_not_measured(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 10, 10, 0);
    recovery_begin_event(&l, 30 * S, "watcher");
    feed(&l, 30, 60, 10, 10, 0);
    recovery_begin(&l, 0, 60 * S, 10, "spike");
    assert_int_equal(l.items[0].state, RECOVERY_UNMEASURED);
    assert_true(isnan(recovery_longest_ms(&l)));
    feed(&l, 60, 62, 100, 10, 0);
    /* what happens while a recovery is followed is part of that */
    assert_false(recovery_begin_event(&l, 62 * S, "within"));
    assert_int_equal(l.count, 2);
    feed(&l, 62, 70, 10, 10, 0);
    assert_int_equal(last(&l)->state, RECOVERY_DONE);
    assert_true(recovery_begin_event(&l, 70 * S, "watcher"));
    feed(&l, 70, 80, 10, 10, 0);
    recovery_end(&l);
    assert_int_equal(last(&l)->state, RECOVERY_UNMEASURED);
    assert_true(isfinite(recovery_longest_ms(&l)));
    recovery_close(&l);
}

static void an_event_that_is_not_got_over(void **state) {
    (void)state;
    RecoveryList l = { 0 };
    feed(&l, 0, 30, 10, 10, 0);
    recovery_begin_event(&l, 30 * S, "db gone");
    recovery_event_over(&l, 30 * S, "db gone");
    feed(&l, 30, 60, 10, 10, 1);
    recovery_end(&l);
    assert_int_equal(last(&l)->state, RECOVERY_NEVER);
    assert_true(isinf(recovery_longest_ms(&l)));
    recovery_close(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spike_is_followed),
        cmocka_unit_test(at_once_is_no_time),
        cmocka_unit_test(a_row_begins_anew),
        cmocka_unit_test(silence_decides_nothing),
        cmocka_unit_test(limits_are_the_larger_ones),
        cmocka_unit_test(the_load_rises_and_is_back),
        cmocka_unit_test(a_spike_within_a_second_is_over),
        cmocka_unit_test(never_is_said),
        cmocka_unit_test(the_next_spike_ends_the_last),
        cmocka_unit_test(without_a_baseline_it_is_not_measured),
        cmocka_unit_test(the_baseline_is_a_median),
        cmocka_unit_test(spikes_have_a_limit),
        cmocka_unit_test(an_events_end_is_the_load_being_back),
        cmocka_unit_test(an_event_without_an_end_is_not_measured),
        cmocka_unit_test(an_event_that_is_not_got_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
