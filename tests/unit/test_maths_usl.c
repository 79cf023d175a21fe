/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "maths/usl.h"

/* SPEC SDM91 on a Sun SPARCcenter 2000, in Gunther, "Guerrilla Capacity
 * Planning", 2007: generators, scripts per hour. */
static const UslPoint sdm91[] = {
    { 1, 64.9, 0 },     { 18, 995.9, 0 },   { 36, 1652.4, 0 },
    { 72, 1853.2, 0 },  { 108, 1828.9, 0 }, { 144, 1775.0, 0 },
    { 216, 1702.2, 0 },
};

/* scipy.optimize.curve_fit(X, N, X, xtol=1e-14, ftol=1e-14); errors times
 * scipy.stats.t.ppf(0.975, 4). R's package usl gives sigma 0.0277, kappa
 * 0.000104 and a peak at 96.5 for it. The load
 * with 95 % of the peak's throughput by scipy.optimize.brentq. */
static void the_fit_is_the_published_one(void **state) {
    (void)state;
    UslFit f = usl_fit(sdm91, 7);
    assert_true(f.is_fitted);
    assert_null(f.why);
    assert_near(f.lambda.value, 89.9952327, 1e-3);
    assert_near(f.sigma.value, 0.0277284755, 2e-6);
    assert_near(f.kappa.value, 1.04365483e-4, 5e-9);
    assert_near(f.r2, 0.9895614780531269, 1e-9);
    assert_near(f.peak_load.value, 96.51956, 1e-3);
    assert_near(f.peak_throughput, 1883.8990, 1e-3);
    assert_near(f.sigma.high - f.sigma.value, 2.7764451 * 9.12173182e-3, 1e-5);
    assert_near(f.kappa.value - f.kappa.low, 2.7764451 * 1.98752709e-5, 1e-8);
    assert_near(f.lambda.value - f.lambda.low, 2.7764451 * 14.2134896, 1e-2);
    assert_true(f.peak_load.low < 96.5 && f.peak_load.high > 96.5);
    assert_true(f.peak_load.low > 60 && f.peak_load.high < 200);
    assert_true(f.knee_load.low > 40 && f.knee_load.high < 100);
    assert_near(f.knee_load.value, 58.8626, 1e-3);
}

static double law(double n, double lambda, double sigma, double kappa) {
    return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

static const double loads[] = { 1, 4, 8, 16, 32, 64, 128, 256 };

static UslFit fit_exact(double lambda, double sigma, double kappa) {
    UslPoint p[8];
    for (int i = 0; i < 8; i++)
        p[i] = (UslPoint){ loads[i], law(loads[i], lambda, sigma, kappa), 0 };
    return usl_fit(p, 8);
}

static void laws_are_found_again(void **state) {
    (void)state;
    static const double of[][3] = { { 1000, 0.05, 0.0002 },
                                    { 20, 0, 0.001 },
                                    { 5, 0.1, 0 },
                                    { 3e6, 0.002, 1e-6 },
                                    { 0.01, 0.3, 0.01 } };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        UslFit f = fit_exact(of[i][0], of[i][1], of[i][2]);
        assert_true(f.is_fitted);
        assert_near(f.lambda.value / of[i][0], 1, 1e-6);
        assert_near(f.sigma.value, of[i][1], 1e-6);
        assert_near(f.kappa.value, of[i][2], 1e-8);
        double n = f.knee_load.value;
        assert_near(usl_throughput(&f, n) / f.peak_throughput, USL_KNEE, 1e-6);
        assert_near(usl_throughput(&f, n) / f.knee_throughput, 1, 1e-6);
        assert_true(n < f.peak_load.value);
    }
}

/* A target that never slows, and one that gains: no limit is made up. */
static void a_straight_line_has_no_peak(void **state) {
    (void)state;
    UslPoint p[8];
    for (int i = 0; i < 8; i++)
        p[i] = (UslPoint){ loads[i], 12 * loads[i], 0 };
    UslFit f = usl_fit(p, 8);
    assert_true(f.is_fitted);
    assert_near(f.lambda.value, 12, 1e-6);
    assert_true(f.peak_load.value > 1e5 && f.knee_load.value > 1e4);
    for (int i = 0; i < 8; i++)
        p[i].throughput = pow(loads[i], 1.1);
    f = usl_fit(p, 8);
    assert_true(f.is_fitted);
    assert_near(f.sigma.value, 0, 0);
    assert_near(f.kappa.value, 0, 0);
    assert_true(isinf(f.peak_load.value) && isinf(f.knee_load.value));
    assert_true(isinf(f.peak_load.high) && isinf(f.knee_load.high));
}

static void weights_count(void **state) {
    (void)state;
    UslPoint p[9];
    for (int i = 0; i < 8; i++)
        p[i] = (UslPoint){ loads[i], law(loads[i], 10, 0.02, 0.0001), 1 };
    p[8] = (UslPoint){ 100, 5, 1e-12 };
    UslFit f = usl_fit(p, 9);
    assert_near(f.sigma.value, 0.02, 1e-6);
    p[8].weight = 1;
    assert_true(fabs(usl_fit(p, 9).sigma.value - 0.02) > 1e-3);
}

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) *
           cos(2 * 3.14159265358979 * rng_unit(rng));
}

typedef struct Held {
    int sigma, kappa, peak, knee;
} Held;

static bool holds(Estimate e, double truth) {
    return e.low <= truth && truth <= e.high;
}

static Held often(double noise, size_t points, uint64_t seed) {
    const double sigma = 0.02, kappa = 1e-4;
    double peak = sqrt((1 - sigma) / kappa);
    UslFit exact = fit_exact(40, sigma, kappa);
    Rng rng = { seed };
    Held h = { 0, 0, 0, 0 };
    for (int i = 0; i < 300; i++) {
        UslPoint p[40];
        for (size_t k = 0; k < points; k++) {
            double n = 1 + 200 * (double)k / (double)(points - 1);
            double x = law(n, 40, sigma, kappa);
            p[k] = (UslPoint){ n, x * (1 + noise * normal(&rng)), 1 / x / x };
        }
        UslFit f = usl_fit(p, points);
        h.sigma += holds(f.sigma, sigma);
        h.kappa += holds(f.kappa, kappa);
        h.peak += holds(f.peak_load, peak);
        h.knee += holds(f.knee_load, exact.knee_load.value);
    }
    return h;
}

/* 95 % of 300 are 285. */
static void intervals_hold_as_often_as_they_say(void **state) {
    (void)state;
    static const struct {
        double noise;
        size_t points;
    } of[] = { { 0.02, 6 }, { 0.05, 8 }, { 0.03, 12 }, { 0.05, 40 } };
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        Held h = often(of[i].noise, of[i].points, i);
        if (getenv("SHOW_HELD"))
            printf("%zu: %d %d %d %d\n", of[i].points, h.sigma, h.kappa,
                   h.peak, h.knee);
        assert_in_range(h.sigma, 270, 300);
        assert_in_range(h.kappa, 270, 300);
        assert_in_range(h.peak, 270, 300);
        assert_in_range(h.knee, 270, 300);
    }
}

static void what_cannot_be_fitted_is_said(void **state) {
    (void)state;
    const UslPoint few[] = { { 1, 1, 0 }, { 2, 2, 0 }, { 3, 3, 0 } };
    const UslPoint two[] = {
        { 1, 1, 0 }, { 2, 2, 0 }, { 2, 2.1, 0 }, { 1, 1.1, 0 }
    };
    UslPoint bad[] = { { 1, 1, 0 }, { 2, 2, 0 }, { 3, 3, 0 }, { 0, 1, 0 } };
    assert_non_null(usl_fit(few, 0).why);
    assert_non_null(usl_fit(few, 3).why);
    assert_non_null(usl_fit(two, 4).why);
    assert_non_null(usl_fit(bad, 4).why);
    bad[3] = (UslPoint){ 4, NAN, 0 };
    assert_non_null(usl_fit(bad, 4).why);
    bad[3] = (UslPoint){ INFINITY, 4, 0 };
    assert_non_null(usl_fit(bad, 4).why);
    UslFit f = usl_fit(few, 3);
    assert_false(f.is_fitted);
    assert_true(isnan(f.lambda.value) && isnan(usl_throughput(&f, 2)));
    bad[3] = (UslPoint){ 1e9, 1e-9, 0 };
    f = usl_fit(bad, 4); /* must end, and not abort */
    assert_true(f.is_fitted || f.why != NULL);
    for (int i = 0; i < 4; i++)
        bad[i] = (UslPoint){ i + 1, 7, 0 };
    f = usl_fit(bad, 4); /* all the same: saturated from the start */
    assert_true(f.is_fitted && isnan(f.r2));
    assert_near(usl_throughput(&f, 3), 7, 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fit_is_the_published_one),
        cmocka_unit_test(laws_are_found_again),
        cmocka_unit_test(a_straight_line_has_no_peak),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(intervals_hold_as_often_as_they_say),
        cmocka_unit_test(what_cannot_be_fitted_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
