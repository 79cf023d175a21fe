/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "maths/sample.h"

#define COUNT(x) (sizeof(x) / sizeof *(x))

/* Student, "The probable error of a mean", 1908: hours of sleep gained by ten
 * patients, with either drug. */
static const double sleep_1[] = { 0.7, -1.6, -0.2, -1.2, -0.1,
                                  3.4, 3.7,  0.8,  0.0,  2.0 };
static const double sleep_2[] = { 1.9, 0.8, 1.1, 0.1, -0.1,
                                  4.4, 5.5, 1.6, 4.6, 3.4 };

/* His means 0.75, 2.33 and 1.58; intervals by scipy.stats.t.interval. */
static void a_mean_has_its_interval(void **state) {
    (void)state;
    double gain[10];
    for (int i = 0; i < 10; i++)
        gain[i] = sleep_2[i] - sleep_1[i];
    SampleSummary a = sample_summary(sleep_1, 10, 0.95);
    SampleSummary b = sample_summary(sleep_2, 10, 0.95);
    SampleSummary d = sample_summary(gain, 10, 0.95);
    assert_near(a.mean, 0.75, 1e-12);
    assert_near(a.stddev, 1.7890096577591623, 1e-12);
    assert_near(a.cv, 1.7890096577591623 / 0.75, 1e-12);
    assert_near(a.mean_estimate.low, -0.5297804134938644, 1e-9);
    assert_near(a.mean_estimate.high, 2.0297804134938646, 1e-9);
    assert_near(b.mean, 2.33, 1e-12);
    assert_near(b.mean_estimate.low, 0.8976775394129308, 1e-9);
    assert_near(d.mean, 1.58, 1e-12);
    assert_near(d.mean_estimate.low, 0.7001142367452713, 1e-9);
    assert_near(d.mean_estimate.high, 2.4598857632547286, 1e-9);
    assert_near(a.min, -1.6, 0);
    assert_near(a.max, 3.7, 0);
    assert_near(a.median, 0.35, 1e-12);
}

/* doc/summary.md: 10, 15 and 20 ms. */
static void quantiles_are_interpolated(void **state) {
    (void)state;
    const double x[] = { 20, 10, 15 };
    assert_near(sample_quantile(x, 3, 0.9), 19, 1e-12);
    assert_near(sample_quantile(x, 3, 0.95), 19.5, 1e-12);
    assert_near(sample_quantile(x, 3, 0.99), 19.9, 1e-12);
    assert_near(sample_quantile(x, 3, 0), 10, 0);
    assert_near(sample_quantile(x, 3, 1), 20, 0);
    assert_true(isnan(sample_quantile(x, 3, 1.1)));
    assert_near(x[0], 20, 0); /* not sorted in place */
}

/* The first by scipy.stats.median_abs_deviation: 7. */
static void spread_is_robust(void **state) {
    (void)state;
    const double x[] = { 1, 4, 9, 12, 15, 16, 25, 28 };
    const double y[] = { 10, 11, 9, 10, 12, 8, 10 };
    assert_near(sample_mad(x, 8), 7, 1e-12);
    assert_near(sample_mad(y, 7), 1, 0);
    assert_near(sample_robust_z(y, 7, 25), 15 / 1.4826, 1e-12);
    assert_near(sample_robust_z(y, 7, 10), 0, 0);
}

static void what_cannot_be_said_is_nan(void **state) {
    (void)state;
    const double same[] = { 4, 4, 4, 4 }, nan[] = { 1, NAN, 3 };
    const double far[] = { 1, INFINITY, 2 };
    SampleSummary none = sample_summary(same, 0, 0.95);
    SampleSummary one = sample_summary(same, 1, 0.95);
    SampleSummary two = sample_summary(same, 2, 0.95);
    SampleSummary bad = sample_summary(nan, 3, 0.95);
    assert_true(isnan(none.mean) && isnan(none.min) && isnan(none.median));
    assert_near(one.mean, 4, 0);
    assert_true(isnan(one.stddev) && isnan(one.mean_estimate.low));
    assert_near(two.stddev, 0, 0);
    assert_near(two.mean_estimate.low, 4, 0);
    assert_true(isnan(bad.mean) && isnan(bad.max) && bad.count == 3);
    assert_true(isnan(sample_median(nan, 3)) && isnan(sample_mad(nan, 3)));
    assert_near(sample_median(far, 3), 2, 0);
    assert_true(isinf(sample_summary(far, 3, 0.95).mean));
    assert_true(isnan(sample_summary(far, 3, 0.95).stddev));
    assert_near(sample_mad(same, 4), 0, 0);
    assert_true(isnan(sample_robust_z(same, 4, 5)));
}

/* The median of many values, with ties, is that of the sorted ones. */
static void medians_of_many(void **state) {
    (void)state;
    static double x[20001];
    Rng rng = { 7 };
    for (size_t n = 1; n <= COUNT(x); n = n * 3 + 1) {
        for (size_t i = 0; i < n; i++)
            x[i] = floor(rng_unit(&rng) * 500);
        assert_near(sample_median(x, n), sample_quantile(x, n, 0.5), 0);
    }
}

/* 95 % of the intervals hold the mean of what was drawn. */
static void intervals_hold_as_often_as_they_say(void **state) {
    (void)state;
    Rng rng = { 1 };
    int held = 0;
    for (int i = 0; i < 2000; i++) {
        double x[8];
        for (size_t k = 0; k < 8; k++)
            x[k] = sqrt(-2 * log(1 - rng_unit(&rng))) *
                       cos(2 * 3.14159265358979 * rng_unit(&rng)) +
                   3;
        Estimate e = sample_summary(x, 8, 0.95).mean_estimate;
        held += e.low <= 3 && 3 <= e.high;
    }
    assert_in_range(held, 1870, 1930);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mean_has_its_interval),
        cmocka_unit_test(quantiles_are_interpolated),
        cmocka_unit_test(spread_is_robust),
        cmocka_unit_test(what_cannot_be_said_is_nan),
        cmocka_unit_test(medians_of_many),
        cmocka_unit_test(intervals_hold_as_often_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
