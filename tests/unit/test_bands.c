/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/rng.h"
#include "stats/bands.h"

static void adds_up(void **state) {
    (void)state;
    Bands b;
    Hist h = { 0 };
    Rng rng = { 3 };
    uint64_t got[BANDS] = { 0 }, want[BANDS] = { 0 };
    bands_init(&b);
    for (int i = 0; i < 20000; i++) {
        double log = 2.5 + 10.5 * rng_unit(&rng);
        uint64_t ns = (uint64_t)pow(10, log);
        uint64_t n = 1 + (uint64_t)i % 3;
        hist_record_n(&h, ns, n);
        /* of the counter, which may begin below the band */
        long band = (long)floor((log - BANDS_LOW) * BANDS_PER_DECADE);
        want[band < 0 ? 0 : band < BANDS ? band : BANDS - 1] += n;
    }
    bands_add(&b, &h, got);
    uint64_t sum = 0, off = 0;
    for (size_t i = 0; i < BANDS; i++) {
        sum += got[i];
        off += got[i] > want[i] ? got[i] - want[i] : want[i] - got[i];
    }
    assert_int_equal(sum, h.count);
    /* a counter is 0.1 % wide, a band 4.9 % */
    assert_true(off < h.count / 20);
    bands_add(&b, &h, got);
    for (size_t i = 0; i < BANDS; i++)
        sum -= got[i] / 2;
    assert_int_equal(sum, 0);
    hist_close(&h);
}

static void ends_are_kept(void **state) {
    (void)state;
    Bands b;
    Hist h = { 0 };
    uint64_t got[BANDS] = { 0 };
    bands_init(&b);
    bands_add(&b, &h, got);
    for (size_t i = 0; i < BANDS; i++)
        assert_int_equal(got[i], 0);
    hist_record_n(&h, 0, 5);
    hist_record_n(&h, 999, 6);
    hist_record_n(&h, UINT64_C(10000000), 7); /* exactly 10 ms */
    hist_record_n(&h, HIST_HIGHEST, 8);
    hist_record_n(&h, UINT64_MAX / 1000, 9);
    bands_add(&b, &h, got);
    assert_int_equal(got[0], 11);
    size_t at = 4 * BANDS_PER_DECADE;
    assert_int_equal(got[at] + got[at - 1], 7);
    assert_int_equal(got[BANDS - 1], 17);
    assert_near(bands_begin(at), 7, 1e-9);
    hist_close(&h);
}

/* All counts arrive, where they belong, whatever the steps are. */
static void spreads_over_steps(void **state) {
    (void)state;
    uint64_t count[BANDS] = { 0 };
    for (size_t i = 0; i < BANDS; i++)
        count[i] = 1;
    static const int sizes[] = { 1, 7, 60, 96, 100, 458, 2000 };
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        double to[2000] = { 0 }, sum = 0;
        int n = sizes[k];
        bands_spread(count, 0, BANDS, bands_begin(0), bands_begin(BANDS), to,
                     n);
        for (int i = 0; i < n; i++) {
            sum += to[i];
            assert_near(to[i], (double)BANDS / n, 1e-6);
        }
        assert_near(sum, BANDS, 1e-6);
    }
    /* 10 ms to 20 ms is the step of its count; others go to the ends */
    double to[3] = { 0 };
    size_t at = 4 * BANDS_PER_DECADE;
    count[at] = 50;
    bands_spread(count, at, at + 1, 7, 7 + 3 * log10(2), to, 3);
    assert_true(to[0] == 50 && to[1] == 0 && to[2] == 0);
    bands_spread(count, 0, BANDS, 7, 7 + 3 * log10(2), to, 3);
    assert_near(to[0] + to[1] + to[2], BANDS + 49 + 50, 1e-6);
    assert_true(to[0] > (double)at && to[2] > to[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up),
        cmocka_unit_test(ends_are_kept),
        cmocka_unit_test(spreads_over_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
