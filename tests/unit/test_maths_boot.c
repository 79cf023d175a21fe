/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "maths/boot.h"

/* Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, table 2.1:
 * days that mice survived, treated and not. */
static const double treated[] = { 94, 197, 16, 38, 99, 141, 23 };
static const double control[] = { 52, 104, 146, 10, 51, 30, 40, 27, 46 };

static double mean(const double *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return sum / (double)count;
}

/* scipy.stats.bootstrap((x,), numpy.mean, n_resamples=200000, method='BCa',
 * random_state=1); within what 20 000 rounds leave open. */
static void intervals_are_bias_corrected(void **state) {
    (void)state;
    BootOptions o = { .rounds = 20000, .seed = 11, .block = 1 };
    Estimate t = boot_interval(treated, 7, mean, &o);
    assert_near(t.value, 86.857142857, 1e-6);
    assert_near(t.low, 46.43, 1.5);
    assert_near(t.high, 138.86, 2);
    Estimate c = boot_interval(control, 9, mean, &o);
    assert_near(c.value, 56.222222222, 1e-6);
    assert_near(c.low, 36.11, 1);
    assert_near(c.high, 92.0, 2);
    o.level = 0.9;
    t = boot_interval(treated, 7, mean, &o);
    assert_near(t.low, 52.29, 1.5);
    assert_near(t.high, 130.29, 2);
}

/* scipy.stats.bootstrap((control, treated), lambda a, b: mean(b) / mean(a) - 1,
 * n_resamples=200000, method='percentile', random_state=1) */
static void a_change_has_its_interval(void **state) {
    (void)state;
    BootOptions o = { .rounds = 20000, .seed = 11, .block = 1 };
    Estimate e = boot_change(control, 9, treated, 7, mean, &o);
    assert_near(e.value, 86.857142857 / 56.222222222 - 1, 1e-9);
    assert_near(e.low, -0.29895, 0.02);
    assert_near(e.high, 2.0969, 0.06);
}

static void the_seed_decides(void **state) {
    (void)state;
    BootOptions o = { .seed = 3, .rounds = 500 };
    Estimate a = boot_interval(control, 9, mean, &o);
    Estimate b = boot_interval(control, 9, mean, &o);
    assert_memory_equal(&a, &b, sizeof a);
    o.seed = 4;
    b = boot_interval(control, 9, mean, &o);
    assert_near(b.value, a.value, 0);
    assert_true(a.low != b.low || a.high != b.high);
}

/* A series whose values depend on each other: AR(1), 0.8. */
static void depend(Rng *rng, double *x, size_t count, double at) {
    double v = 0;
    for (size_t i = 0; i < count; i++) {
        v = 0.8 * v + (rng_unit(rng) - 0.5) * 3.4641016;
        x[i] = v + at;
    }
}

/* What blocks are for: the mean of dependent values is less certain than that
 * of as many independent ones. */
static void blocks_know_of_dependence(void **state) {
    (void)state;
    Rng rng = { 21 };
    int blind = 0, held = 0;
    for (int i = 0; i < 200; i++) {
        double x[300];
        depend(&rng, x, 300, 10);
        BootOptions o = { .rounds = 300, .seed = (uint64_t)i, .block = 1 };
        Estimate e = boot_interval(x, 300, mean, &o);
        blind += e.low <= 10 && 10 <= e.high;
        o.block = 20;
        e = boot_interval(x, 300, mean, &o);
        held += e.low <= 10 && 10 <= e.high;
    }
    assert_in_range(blind, 0, 140);
    assert_in_range(held, 170, 199);
}

static void intervals_hold_as_often_as_they_say(void **state) {
    (void)state;
    Rng rng = { 2 };
    int held = 0, changed = 0;
    for (int i = 0; i < 400; i++) {
        double a[40], b[40];
        for (int k = 0; k < 40; k++) {
            a[k] = 10 - log(1 - rng_unit(&rng));
            b[k] = 1.2 * (10 - log(1 - rng_unit(&rng)));
        }
        BootOptions o = { .rounds = 400, .seed = (uint64_t)i, .block = 1 };
        Estimate e = boot_interval(a, 40, mean, &o);
        held += e.low <= 11 && 11 <= e.high;
        e = boot_change(a, 40, b, 40, mean, &o);
        changed += e.low <= 0.2 && 0.2 <= e.high;
    }
    assert_in_range(held, 364, 392);
    assert_in_range(changed, 364, 392);
}

/* What both have in common falls out. */
static void pairs_stay_together(void **state) {
    (void)state;
    Rng rng = { 9 };
    double a[120], b[120];
    for (int i = 0; i < 120; i++) {
        a[i] = 100 + 80 * sin(i / 9.0) + rng_unit(&rng);
        b[i] = a[i] * 1.05 + rng_unit(&rng);
    }
    BootOptions o = { .seed = 1 };
    Estimate pair = boot_change_paired(a, b, 120, mean, &o);
    Estimate apart = boot_change(a, 120, b, 120, mean, &o);
    assert_near(pair.value, apart.value, 0);
    assert_true(pair.low > 0.04 && pair.high < 0.07);
    assert_true(apart.low < 0 && apart.high > 0.1);
}

static void few_and_equal_values_are_defined(void **state) {
    (void)state;
    const double same[] = { 4, 4, 4 }, nan[] = { 1, NAN, 2 }, zero[] = { 0, 0 };
    BootOptions o = { .block = 1 };
    assert_true(isnan(boot_interval(same, 0, mean, &o).value));
    assert_true(isnan(boot_interval(nan, 3, mean, &o).value));
    Estimate one = boot_interval(same, 1, mean, &o);
    assert_true(one.value == 4 && isnan(one.low));
    Estimate all = boot_interval(same, 3, mean, &o);
    assert_true(all.low == 4 && all.high == 4);
    assert_true(isnan(boot_change(zero, 2, same, 3, mean, &o).value));
    assert_true(isnan(boot_change_paired(nan, same, 3, mean, &o).value));
    o.block = 0;
    all = boot_change_paired(same, same, 3, mean, &o);
    assert_true(all.value == 0 && all.low == 0 && all.high == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_bias_corrected),
        cmocka_unit_test(a_change_has_its_interval),
        cmocka_unit_test(the_seed_decides),
        cmocka_unit_test(blocks_know_of_dependence),
        cmocka_unit_test(intervals_hold_as_often_as_they_say),
        cmocka_unit_test(pairs_stay_together),
        cmocka_unit_test(few_and_equal_values_are_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
