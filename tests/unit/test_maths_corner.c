/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "maths/corner.h"

static const double loads[] = { 1, 4, 8, 16, 32, 64, 128, 256, 400, 600 };
#define LOADS (sizeof loads / sizeof *loads)

/* Denning & Buzen's bounds with 10 ms of service by a server of 8 and 90 ms
 * of thinking: N / 0.1 s until 800/s, at 80 users. */
static double bounds(double n, double fall) {
    return fmin(n / 0.1, 800) - fall * fmax(0, n - 80);
}

static void the_corner_is_where_the_bounds_meet(void **state) {
    (void)state;
    for (int k = 0; k < 2; k++) {
        UslPoint p[LOADS];
        double fall = k ? 0.5 : 0;
        for (size_t i = 0; i < LOADS; i++)
            p[i] = (UslPoint){ loads[i], bounds(loads[i], fall), 0 };
        CornerFit f = corner_fit(p, LOADS);
        assert_true(f.is_fitted);
        assert_near(f.corner.value, 80, 1); /* a step is 1.2 % */
        assert_near(f.lambda, 10, 0.05);
        assert_near(f.fall, fall, 0.05);
        assert_true(f.r2 > 0.999);
    }
}

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) *
           cos(2 * 3.14159265358979 * rng_unit(rng));
}

/* 95 % of 400 are 380. */
static void intervals_hold_as_often_as_they_say(void **state) {
    (void)state;
    Rng rng = { 17 };
    int held = 0;
    for (int i = 0; i < 400; i++) {
        UslPoint p[20];
        for (size_t k = 0; k < 20; k++) {
            double n = 10 * pow(1.2, (double)k), x = bounds(n, 0.3);
            p[k] = (UslPoint){ n, x * (1 + 0.03 * normal(&rng)), 1 / x / x };
        }
        Estimate e = corner_fit(p, 20).corner;
        held += e.low <= 80 && 80 <= e.high;
    }
    assert_in_range(held, 360, 396);
}

static void what_only_rises_has_no_end(void **state) {
    (void)state;
    UslPoint p[LOADS];
    Rng rng = { 1 };
    for (size_t i = 0; i < LOADS; i++)
        p[i] = (UslPoint){ loads[i], 7 * loads[i] * (1 + normal(&rng) * 0.01),
                           1 / loads[i] / loads[i] };
    CornerFit f = corner_fit(p, LOADS);
    assert_true(isinf(f.corner.high));
    for (size_t i = 0; i < LOADS; i++)
        p[i].throughput = 300;
    f = corner_fit(p, LOADS); /* it stood from the beginning */
    assert_near(f.corner.low, 0, 0);
    assert_false(corner_fit(p, 4).is_fitted);
    assert_false(corner_fit(p, 0).is_fitted);
    for (size_t i = 0; i < LOADS; i++)
        p[i].load = 5;
    assert_false(corner_fit(p, LOADS).is_fitted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_corner_is_where_the_bounds_meet),
        cmocka_unit_test(intervals_hold_as_often_as_they_say),
        cmocka_unit_test(what_only_rises_has_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
