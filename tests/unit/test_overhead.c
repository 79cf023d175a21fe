/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <math.h>

#include "base/rng.h"
#include "stats/overhead.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Below 2048 a histogram holds every value exactly. */
static void fill(Hist *h, const uint64_t *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        hist_record(h, values[i]);
}

static void is_interval(Overhead got, double value, double low, double high,
                        double slack) {
    assert_near(got.value, value, slack);
    assert_near(got.low, low, slack);
    assert_near(got.high, high, slack);
}

/* Price & Bonett's interval as their own R package prints it: statpsych,
 * examples of ci.median2 (versions 1.6 and 2.0). */
static void medians_are_as_published(void **state) {
    (void)state;
    static const uint64_t a[] = { 32, 39, 26, 35, 43, 27, 40, 37, 34, 29 };
    static const uint64_t b[] = { 36, 44, 47, 42, 49, 39, 46, 31, 33, 48 };
    static const uint64_t c[] = { 70, 394, 43, 95,  62, 128, 2,  203, 81,  436,
                                  85, 35,  156, 1,  3,  27,  63, 181, 184, 18 };
    static const uint64_t d[] = { 102, 120, 78,  78,  417, 124, 86,
                                  171, 176, 129, 230, 194, 100, 157,
                                  306, 411, 164, 103, 193, 312 };
    Hist h[4] = { { .count = 0 } };
    fill(&h[0], a, COUNT(a));
    fill(&h[1], b, COUNT(b));
    fill(&h[2], c, COUNT(c));
    fill(&h[3], d, COUNT(d));
    is_interval(overhead_quantile(&h[0], &h[1], 0.5), -8.5, -16.95977,
                -0.04022524, 1e-5);
    is_interval(overhead_quantile(&h[1], &h[0], 0.5), 8.5, 0.04022524,
                16.95977, 1e-5);
    is_interval(overhead_quantile(&h[2], &h[3], 0.5), -85, -157.7441,
                -12.25589, 1e-4);
    for (size_t i = 0; i < 4; i++)
        hist_close(&h[i]);
}

/* R's t.test(extra ~ group, data = sleep): -3.3654832 to 0.2054832; Student's
 * sleep data, plus 2 and in hundredths. */
static void means_are_as_published(void **state) {
    (void)state;
    static const uint64_t a[] = { 270, 40, 180, 80, 190, 540, 570, 280, 200,
                                  400 };
    static const uint64_t b[] = { 390, 280, 310, 210, 190, 640, 750, 360, 660,
                                  540 };
    Hist x = { 0 }, y = { 0 };
    fill(&x, a, COUNT(a));
    fill(&y, b, COUNT(b));
    is_interval(overhead_mean(&x, &y), -158, -336.54832, 20.54832, 1e-3);
    hist_close(&x);
    hist_close(&y);
}

static void too_few_have_no_interval(void **state) {
    (void)state;
    Hist none = { 0 }, one = { 0 }, some = { 0 }, many = { 0 };
    hist_record(&one, 5);
    for (uint64_t i = 0; i < 90; i++)
        hist_record(&some, i);
    for (uint64_t i = 0; i < 1000; i++)
        hist_record(&many, i);
    assert_true(isnan(overhead_quantile(&none, &some, 0.5).value));
    assert_true(isnan(overhead_mean(&some, &none).value));
    Overhead o = overhead_quantile(&one, &some, 0.5);
    assert_near(o.value, 5 - 44.5, 1e-9);
    assert_true(isnan(o.low) && isnan(o.high));
    o = overhead_mean(&one, &some);
    assert_near(o.value, 5 - 44.5, 1e-9);
    assert_true(isnan(o.low) && isnan(o.high));
    /* a p95 needs more samples than a median */
    assert_true(!isnan(overhead_quantile(&some, &many, 0.5).low));
    assert_true(isnan(overhead_quantile(&some, &many, 0.95).low));
    assert_true(!isnan(overhead_quantile(&many, &many, 0.95).low));
    hist_close(&one);
    hist_close(&some);
    hist_close(&many);
}

static void without_spread_it_is_certain(void **state) {
    (void)state;
    Hist a = { 0 }, b = { 0 };
    hist_record_n(&a, 700, 50);
    hist_record_n(&b, 500, 50);
    is_interval(overhead_quantile(&a, &b, 0.5), 200, 200, 200, 1e-9);
    is_interval(overhead_mean(&a, &b), 200, 200, 200, 1e-9);
    hist_close(&a);
    hist_close(&b);
}

/* --- coverage ----------------------------------------------------------- */

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) * cos(2 * M_PI * rng_unit(rng));
}

/* Log-normal like a server's times: median 1 ms, sigma 0.5. */
static void sample(Hist *h, Rng *rng, size_t n, double shift_ns) {
    hist_clear(h);
    for (size_t i = 0; i < n; i++)
        hist_record(h, (uint64_t)(1e6 * exp(0.5 * normal(rng)) + shift_ns));
}

/* How often, of many experiments with a known shift, the interval holds it.
 * 0.95 is promised; 800 experiments have a standard error of 0.008. */
static double coverage(double q, size_t n, size_t m) {
    enum { EXPERIMENTS = 800 };
    const double shift = 200000;
    Hist a = { 0 }, b = { 0 };
    Rng rng = { .state = 42 };
    int held = 0;
    for (int i = 0; i < EXPERIMENTS; i++) {
        sample(&a, &rng, n, shift);
        sample(&b, &rng, m, 0);
        Overhead o =
            q < 0 ? overhead_mean(&a, &b) : overhead_quantile(&a, &b, q);
        assert_true(!isnan(o.low));
        held += o.low <= shift && shift <= o.high;
    }
    hist_close(&a);
    hist_close(&b);
    return held / (double)EXPERIMENTS;
}

static void intervals_hold_what_they_promise(void **state) {
    (void)state;
    static const struct {
        double q; /* < 0: the mean */
        size_t n, m;
    } cases[] = {
        { 0.5, 10, 20 },   { 0.5, 200, 200 }, { 0.5, 1000, 50 },
        { 0.95, 200, 200 }, { 0.95, 2000, 500 }, { 0.99, 1000, 1000 },
        { -1, 30, 200 },   { -1, 1000, 1000 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double got = coverage(cases[i].q, cases[i].n, cases[i].m);
        if (got < 0.93 || got > 0.985)
            fail_msg("q %g of %zu and %zu: %g", cases[i].q, cases[i].n,
                     cases[i].m, got);
    }
}

static void millions_of_samples_are_fine(void **state) {
    (void)state;
    Hist a = { 0 }, b = { 0 };
    for (uint64_t i = 0; i < 1000; i++) {
        hist_record_n(&a, 1000 + i, 1000000);
        hist_record_n(&b, 900 + i, 1000000);
    }
    Overhead o = overhead_quantile(&a, &b, 0.95);
    assert_near(o.value, 100, 1e-6);
    assert_true(o.low <= 100 && o.high >= 100 && o.high - o.low < 3);
    o = overhead_mean(&a, &b);
    assert_near(o.high - o.low, 2 * 1.96 * sqrt(2 * 83333.25 / 1e9), 1e-4);
    hist_close(&a);
    hist_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_are_as_published),
        cmocka_unit_test(means_are_as_published),
        cmocka_unit_test(too_few_have_no_interval),
        cmocka_unit_test(without_spread_it_is_certain),
        cmocka_unit_test(intervals_hold_what_they_promise),
        cmocka_unit_test(millions_of_samples_are_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
