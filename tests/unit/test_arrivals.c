/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/rng.h"
#include "engine/arrivals.h"
#include "plan/edit.h"
#include "plan/stage_text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S
#define MS NS_PER_MS
#define EPOCH (1000 * S)

static Plan make(const char *stages) {
    Plan p;
    Err err;
    plan_init(&p, PLAN_RATE, 0);
    if (stages_read(&p, stages, &err) < 0)
        fail_msg("%s: %d: %s", stages, err.column, err.text);
    return p;
}

static Arrivals start(const Plan *p, size_t worker, size_t workers) {
    Arrivals a;
    Course c;
    course_make(&c, p, 0, EPOCH);
    arrivals_init(&a, worker, workers);
    arrivals_follow(&a, &c);
    return a;
}

/* As the conductor does it: a course is followed by the next. */
static void refill(Arrivals *a, const Plan *p, uint64_t *reach) {
    while (arrivals_due(a) == ARRIVAL_NEVER && *reach != UINT64_MAX) {
        Course c;
        *reach = course_make(&c, p, *reach, EPOCH);
        arrivals_follow(a, &c);
    }
}

/* From k6's documentation of ramping-arrival-rate and its own tests. */
static void the_times_are_k6_s(void **state) {
    (void)state;
    static const uint64_t want_ms[] = { 3162, 4472, 5500, 6527, 7837, 11000 };
    Plan p = make("5s to 1/s, 1s, 5s to 0/s");
    Arrivals a = start(&p, 0, 1);
    for (size_t i = 0; i < COUNT(want_ms); i++) {
        uint64_t due = arrivals_due(&a);
        assert_true(due >= EPOCH);
        assert_int_equal((due - EPOCH) / MS, want_ms[i]);
        arrivals_take(&a);
    }
    assert_true(arrivals_due(&a) == ARRIVAL_NEVER);
    plan_close(&p);
}

static void a_constant_rate_is_even(void **state) {
    (void)state;
    Plan p = make("30s at 30000/s");
    Arrivals a = start(&p, 0, 1);
    for (uint64_t n = 1; n <= 900000; n++) {
        double want = (double)n / 30000 * 1e9;
        double got = (double)(arrivals_due(&a) - EPOCH);
        if (fabs(got - want) > 2)
            fail_msg("%llu: %f, wanted %f", (unsigned long long)n, got, want);
        arrivals_take(&a);
    }
    assert_true(arrivals_due(&a) == ARRIVAL_NEVER);
    plan_close(&p);
}

/* However many workers: together each iteration once, none late. */
static void shares_are_a_partition(void **state) {
    (void)state;
    Plan p = make("3s to 500/s smooth, 2s at 123.4/s, 4s to 7/s step 3, "
                  "1s at 0/s, 2s to 90/s");
    double area = plan_area(&p, UINT64_MAX - S);
    for (size_t workers = 1; workers <= 7; workers++) {
        uint64_t begun = 0, last = 0, reach[8] = { 0 };
        Arrivals a[7], one = start(&p, 0, 1);
        for (size_t i = 0; i < workers; i++)
            a[i] = start(&p, i, workers);
        for (;;) {
            size_t first = 0;
            for (size_t i = 0; i < workers; i++)
                refill(&a[i], &p, &reach[i]);
            refill(&one, &p, &reach[7]);
            for (size_t i = 1; i < workers; i++)
                if (arrivals_due(&a[i]) < arrivals_due(&a[first]))
                    first = i;
            uint64_t due = arrivals_due(&a[first]);
            assert_true(due == arrivals_due(&one));
            if (due == ARRIVAL_NEVER)
                break;
            assert_true(due >= last);
            last = due;
            begun++;
            arrivals_take(&a[first]);
            arrivals_take(&one);
        }
        assert_int_equal(begun, (uint64_t)floor(area + 1e-6));
    }
    plan_close(&p);
}

/* A renewed course of an unchanged plan changes no time, whenever it comes,
 * also when its beginning lies far behind the schedule or ahead of it. */
static void a_new_course_keeps_the_times(void **state) {
    (void)state;
    Plan p = make("2s to 400/s, 1s at 50/s, 3s to 900/s smooth, 1s to 3/s");
    Arrivals plain = start(&p, 0, 1), renewed = start(&p, 0, 1);
    Rng rng = { .state = 7 };
    uint64_t reach = 0, renewed_reach = 0;
    for (;;) {
        refill(&plain, &p, &reach);
        refill(&renewed, &p, &renewed_reach);
        if (arrivals_due(&plain) == ARRIVAL_NEVER)
            break;
        uint64_t due = arrivals_due(&plain);
        double apart = fabs((double)due - (double)arrivals_due(&renewed));
        if (apart > 50e3) /* a smooth ramp's chord is cut elsewhere */
            fail_msg("%.0f ns apart at %.3f s", apart,
                     (double)(due - EPOCH) / 1e9);
        if (rng_unit(&rng) < 0.1) {
            double shift = (rng_unit(&rng) - 0.5) * 0.5e9;
            double at = fmax(0, (double)(due - EPOCH) + shift);
            Course c;
            renewed_reach = course_make(&c, &p, (uint64_t)at, EPOCH);
            arrivals_follow(&renewed, &c);
        }
        arrivals_take(&plain);
        arrivals_take(&renewed);
    }
    assert_true(arrivals_due(&renewed) == ARRIVAL_NEVER);
    plan_close(&p);
}

/* The operator raises the rate at 2 s: nothing is lost, nothing twice. */
static void an_edit_counts_from_its_moment(void **state) {
    (void)state;
    Plan p = make("10s at 100/s");
    Arrivals a = start(&p, 0, 1);
    for (int i = 0; i < 150; i++)
        arrivals_take(&a); /* it is late: 200 are due by then */
    plan_advance(&p, 2 * S);
    Err err;
    if (plan_take(&p, 2 * S, 1000, 0, &err) < 0)
        fail_msg("%s", err.text);
    Course c;
    course_make(&c, &p, 2 * S, EPOCH);
    arrivals_follow(&a, &c);
    for (int n = 151; n <= 200; n++) {
        assert_near((double)(arrivals_due(&a) - EPOCH), n * 1e7, 2);
        arrivals_take(&a);
    }
    for (int n = 1; n <= 5000; n++) {
        assert_near((double)(arrivals_due(&a) - EPOCH), 2e9 + n * 1e6, 4);
        arrivals_take(&a);
    }
    plan_close(&p);
}

/* Paused for a minute at 1 s; what was due before is due at the resume. */
static void a_pause_shifts_the_schedule(void **state) {
    (void)state;
    Plan p = make("3s at 10/s");
    Arrivals a = start(&p, 0, 1);
    for (int i = 0; i < 8; i++)
        arrivals_take(&a);
    Course c;
    course_make(&c, &p, S, EPOCH + 60 * S);
    arrivals_resume(&a, &c);
    for (int n = 9; n <= 10; n++) {
        assert_true(arrivals_due(&a) == EPOCH + 61 * S);
        arrivals_take(&a);
    }
    assert_true(arrivals_due(&a) == EPOCH + 61 * S + 100 * MS);
    plan_close(&p);
}

static void no_rate_no_arrival(void **state) {
    (void)state;
    Plan p = make("1s at 0/s, 1s to 0/s, 1s");
    Arrivals a = start(&p, 0, 1);
    assert_true(arrivals_due(&a) == ARRIVAL_NEVER);
    plan_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_times_are_k6_s),
        cmocka_unit_test(a_constant_rate_is_even),
        cmocka_unit_test(shares_are_a_partition),
        cmocka_unit_test(a_new_course_keeps_the_times),
        cmocka_unit_test(an_edit_counts_from_its_moment),
        cmocka_unit_test(a_pause_shifts_the_schedule),
        cmocka_unit_test(no_rate_no_arrival),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
