/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "stats/hist.h"

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double exact(const uint64_t *sorted, size_t n, double q) {
    double at = q * (double)(n - 1);
    size_t i = (size_t)at;
    double a = (double)sorted[i];
    double b = (double)sorted[i + 1 < n ? i + 1 : i];
    return a + (b - a) * (at - (double)i);
}

static uint64_t draw(Rng *r, int kind) {
    double u = rng_unit(r);
    switch (kind) {
    case 0: /* 1 us .. 1 h, log-uniform */
        return (uint64_t)(1e3 * pow(3.6e9, u));
    case 1: /* two humps, 1 ms and 1 s */
        return (uint64_t)((rng_unit(r) < 0.9 ? 1e6 : 1e9) * (1 + u));
    case 2: /* always the same */
        return 12345678;
    case 3: /* uniform, up to 50 ms */
        return (uint64_t)(u * 50e6);
    case 4: /* Pareto, alpha 1.1: a tail without a mean worth its name */
        return (uint64_t)fmin(1e5 * pow(1 - u, -1 / 1.1), 3.6e12);
    case 5: /* a few values, far apart */
        return (uint64_t)pow(10, 3 + floor(u * 9));
    default: /* exponential around 20 ms */
        return (uint64_t)(-log(1 - u) * 20e6) + 1000;
    }
}

static void percentiles_match_exact_sorting(void **state) {
    (void)state;
    static const double qs[] = { 0, .01, .1, .5, .9, .95, .99, .999, 1 };
    static const size_t sizes[] = { 1, 2, 3, 10, 99, 1000, 50000 };
    uint64_t *all = malloc(50000 * sizeof *all);
    for (int k = 0; k < 7 * 7; k++) {
        size_t n = sizes[k / 7];
        Rng r = { 7 };
        Hist h = { 0 };
        for (size_t i = 0; i < n; i++)
            hist_record(&h, all[i] = draw(&r, k % 7));
        qsort(all, n, sizeof *all, by_value);
        for (size_t i = 0; i < sizeof qs / sizeof *qs; i++) {
            double want = exact(all, n, qs[i]);
            assert_near(hist_quantile(&h, qs[i]), want, want * 0.001);
        }
        assert_true(h.min == all[0] && h.max == all[n - 1]);
        hist_close(&h);
    }
    free(all);
}

static void steps_are_all_that_was_counted(void **state) {
    (void)state;
    static const uint64_t values[] = { 0, 0, 7, 2047, 2048, 2049, 123456789,
                                       HIST_HIGHEST };
    static const HistStep want[] = { { 0, 0, 2 },
                                     { 7, 7, 1 },
                                     { 2047, 2047, 1 },
                                     { 2048, 2049, 2 },
                                     { 123404288, 123469823, 1 } };
    Hist h = { 0 };
    HistStep step;
    size_t at = 0;
    assert_false(hist_next(&h, &at, &step));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        hist_record(&h, values[i]);
    at = 0;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_true(hist_next(&h, &at, &step));
        assert_int_equal(step.low, want[i].low);
        assert_int_equal(step.high, want[i].high);
        assert_int_equal(step.n, want[i].n);
    }
    assert_true(hist_next(&h, &at, &step));
    assert_true(step.low <= HIST_HIGHEST && HIST_HIGHEST <= step.high);
    assert_false(hist_next(&h, &at, &step));
    hist_close(&h);
}

static void ranks_are_interpolated_as_k6_does(void **state) {
    (void)state;
    Hist h = { 0 };
    hist_record(&h, 10000000);
    hist_record(&h, 15000000);
    hist_record(&h, 20000000);
    assert_near(hist_quantile(&h, 0.90) / 1e6, 19.0, 0.02);
    assert_near(hist_quantile(&h, 0.95) / 1e6, 19.5, 0.02);
    assert_near(hist_quantile(&h, 0.99) / 1e6, 19.9, 0.02);
    assert_near(hist_quantile(&h, 1) / 1e6, 20.0, 0);
    assert_near(hist_mean(&h) / 1e6, 15.0, 0);
    hist_close(&h);
}

static void small_values_are_exact(void **state) {
    (void)state;
    for (uint64_t v = 0; v < 2048; v++)
        assert_int_equal(hist_index(v), v);
    assert_int_equal(hist_index(2048), 2048);
    assert_int_equal(hist_index(2049), 2048);
    assert_true(hist_index(HIST_HIGHEST) < HIST_PAGES * HIST_PAGE);
}

static void empty_has_no_percentiles(void **state) {
    (void)state;
    Hist h = { 0 };
    assert_true(isnan(hist_quantile(&h, 0.5)));
    assert_true(isnan(hist_mean(&h)));
    assert_true(isnan(hist_share_below(&h, 1)));
}

static void parts_added_are_the_whole(void **state) {
    (void)state;
    Hist whole = { 0 }, parts[3] = { { 0 } }, sum = { 0 };
    Rng r = { 3 };
    for (int i = 0; i < 30000; i++) {
        uint64_t v = draw(&r, i % 3);
        hist_record(&whole, v);
        hist_record(&parts[i % 3], v);
    }
    for (int i = 0; i < 3; i++) {
        hist_add(&sum, &parts[i]);
        hist_close(&parts[i]);
    }
    assert_true(sum.count == whole.count && sum.sum == whole.sum);
    assert_true(sum.min == whole.min && sum.max == whole.max);
    for (double q = 0; q <= 1; q += 0.05)
        assert_near(hist_quantile(&sum, q), hist_quantile(&whole, q), 0);
    hist_clear(&sum);
    assert_int_equal(sum.count, 0);
    hist_record(&sum, 5);
    assert_near(hist_quantile(&sum, 1), 5, 0);
    hist_close(&sum);
    hist_close(&whole);
}

static void counts_beyond_32_bits(void **state) {
    (void)state;
    Hist h = { 0 };
    hist_record_n(&h, 1000, UINT64_C(5000000000));
    hist_record_n(&h, 9000, UINT64_C(5000000000));
    assert_true(h.count == UINT64_C(10000000000));
    assert_near(hist_quantile(&h, 0.4), 1000, 0);
    assert_near(hist_quantile(&h, 0.6), 9000, 9);
    /* added to themselves, and written and read again */
    Hist twice = { 0 }, back = { 0 };
    Text t = { 0 };
    Err err;
    hist_add(&twice, &h);
    hist_add(&twice, &h);
    assert_true(twice.count == UINT64_C(20000000000));
    assert_true(twice.sum == 2 * h.sum && twice.max == 9000);
    assert_near(hist_quantile(&twice, 0.4), 1000, 0);
    hist_encode(&twice, &t);
    assert_int_equal(hist_decode_add(&back, t.bytes, t.length, &err), 0);
    assert_true(back.count == twice.count);
    assert_near(hist_quantile(&back, 0.4), 1000, 1);
    text_close(&t);
    hist_close(&h);
    hist_close(&twice);
    hist_close(&back);
}

static void beyond_an_hour_keeps_the_true_maximum(void **state) {
    (void)state;
    Hist h = { 0 };
    hist_record(&h, HIST_HIGHEST * 3);
    assert_true(h.max == HIST_HIGHEST * 3);
    assert_near(hist_quantile(&h, 0.5), (double)HIST_HIGHEST * 3, 0);
    hist_close(&h);
}

static void encoding_returns_the_same_counts(void **state) {
    (void)state;
    Hist h = { 0 }, back = { 0 };
    Rng r = { 11 };
    for (int i = 0; i < 20000; i++)
        hist_record(&h, draw(&r, i % 3));
    Text t = { 0 };
    hist_encode(&h, &t);
    Err err;
    assert_int_equal(hist_decode_add(&back, t.bytes, t.length, &err), 0);
    assert_int_equal(back.count, h.count);
    for (size_t p = 0; p < HIST_PAGES; p++)
        if (h.page[p])
            assert_memory_equal(h.page[p]->n, back.page[p]->n,
                                HIST_PAGE * sizeof(uint64_t));
    for (size_t cut = 0; cut < t.length; cut += 7) {
        Hist part = { 0 };
        assert_int_equal(hist_decode_add(&part, t.bytes, cut, &err), -1);
        hist_close(&part);
    }
    text_close(&t);
    hist_close(&h);
    hist_close(&back);
}

static void encoding_is_hdrhistograms(void **state) {
    (void)state;
    /* By hand from the V2 format: value 3 twice, value 5 once. */
    static const unsigned char want[] = {
        0x1c, 0x84, 0x93, 0x13, 0, 0, 0, 4, 0, 0, 0, 0,    0,    0,    0,
        3,    0,    0,    0,    0, 0, 0, 0, 1, 0, 0, 0x03, 0x46, 0x30, 0xb8,
        0xa0, 0x00, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 5, 4,    0,    2
    };
    Hist h = { 0 };
    hist_record_n(&h, 3, 2);
    hist_record(&h, 5);
    Text t = { 0 };
    hist_encode(&h, &t);
    assert_int_equal(t.length, sizeof want);
    assert_memory_equal(t.bytes, want, sizeof want);
    text_close(&t);
    hist_close(&h);
}

static void shares_below_a_value(void **state) {
    (void)state;
    Hist h = { 0 };
    for (uint64_t v = 1; v <= 100; v++)
        hist_record(&h, v);
    assert_near(hist_share_below(&h, 25), 0.25, 0);
    assert_near(hist_share_below(&h, 1000), 1, 0);
    hist_close(&h);
}

static void counts_below_values_in_one_pass(void **state) {
    static const uint64_t at[] = { 5, 10, 11, 1000000, 2000000, 60000000000 };
    uint64_t below[6], none[2];
    Hist h = { 0 };
    (void)state;
    hist_counts_below(&h, at, 2, none);
    assert_int_equal(none[0] + none[1], 0);
    hist_record(&h, 10);
    hist_record(&h, 11);
    hist_record_n(&h, 1000000, 3);
    hist_record(&h, 1999000); /* a bucket below that of 2 ms */
    hist_record(&h, 70000000000);
    hist_counts_below(&h, at, 6, below);
    assert_int_equal(below[0], 0);
    assert_int_equal(below[1], 1);
    assert_int_equal(below[2], 2);
    assert_int_equal(below[3], 5);
    assert_int_equal(below[4], 6);
    assert_int_equal(below[5], 6);
    hist_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_match_exact_sorting),
        cmocka_unit_test(steps_are_all_that_was_counted),
        cmocka_unit_test(ranks_are_interpolated_as_k6_does),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(empty_has_no_percentiles),
        cmocka_unit_test(parts_added_are_the_whole),
        cmocka_unit_test(counts_beyond_32_bits),
        cmocka_unit_test(beyond_an_hour_keeps_the_true_maximum),
        cmocka_unit_test(encoding_returns_the_same_counts),
        cmocka_unit_test(encoding_is_hdrhistograms),
        cmocka_unit_test(shares_below_a_value),
        cmocka_unit_test(counts_below_values_in_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
