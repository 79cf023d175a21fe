/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <math.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/omission.h"

#define MS NS_PER_MS
#define S NS_PER_S

/* What `vus` VUs measure of a target that answers after `service` and stands
 * still for `stall` of every `every`: each goes round and round, on its own,
 * and what it asks in a stall ends with it. */
static void stalls(Hist *h, int vus, uint64_t service, uint64_t every,
                   uint64_t stall, uint64_t length) {
    for (int v = 0; v < vus; v++) {
        uint64_t t = (uint64_t)v * service / (uint64_t)vus;
        while (t < length) {
            uint64_t end = t + service, into = end % every;
            if (stall && into >= every - stall)
                end += every - into;
            hist_record(h, end - t);
            t = end;
        }
    }
}

static void lognormal(Hist *h, double median_ms, double sigma, int n) {
    Rng r = { 11 };
    for (int i = 0; i < n; i++) {
        double z = sqrt(-2 * log(1 - rng_unit(&r))) *
                   cos(6.28318530717958647692 * rng_unit(&r));
        hist_record(h, (uint64_t)(median_ms * 1e6 * exp(sigma * z)));
    }
}

static void shares_are_exact(void **state) {
    (void)state;
    Hist h = { 0 };
    assert_true(isnan(omission_share(&h)));
    hist_record_n(&h, 0, 1000);
    assert_near(omission_share(&h), 0.01, 1e-12);
    hist_clear(&h);
    hist_record_n(&h, 5 * MS, 1000);
    assert_near(omission_share(&h), 0.01, 1e-5);
    /* ten of a thousand: 10 s of 10 + 0.99 s */
    hist_clear(&h);
    hist_record_n(&h, MS, 990);
    hist_record_n(&h, S, 10);
    assert_near(omission_share(&h), 10 / 10.99, 1e-3);
    /* half of the hundredth are ordinary */
    hist_record_n(&h, MS, 1000);
    assert_near(omission_share(&h), 10.01 / 11.99, 1e-3);
    hist_close(&h);
}

/* A second in every five, ten VUs, 1 ms: a fifth of users would wait up to a
 * second, and even p99.9 says 1 ms. */
static void a_stall_shows(void **state) {
    (void)state;
    Hist h = { 0 };
    stalls(&h, 10, MS, 5 * S, S, 60 * S);
    assert_near(hist_quantile(&h, 0.999), 1e6, 1e3);
    assert_near((double)h.max, 1e9, 2e6);
    /* (10 s and 39 ten-milliseconds) of 50 s */
    assert_near(omission_hidden(&h), 0.208, 0.002);
    hist_clear(&h);
    stalls(&h, 10, MS, 5 * S, 0, 60 * S);
    assert_near(omission_hidden(&h), 0, 0);
    /* a tenth of a second in ten is no great matter */
    stalls(&h, 10, MS, 10 * S, S / 10, 60 * S);
    assert_near(omission_hidden(&h), 0, 0);
    hist_close(&h);
}

static void a_healthy_spread_does_not(void **state) {
    (void)state;
    static const double sigmas[] = { 0.1, 0.3, 0.5, 0.8, 1 };
    for (size_t i = 0; i < sizeof sigmas / sizeof *sigmas; i++) {
        Hist h = { 0 };
        lognormal(&h, 4, sigmas[i], 100000);
        if (omission_hidden(&h) > 0)
            fail_msg("sigma %g: %g", sigmas[i], omission_share(&h));
        hist_close(&h);
    }
}

/* Single slow requests cannot be told from a stall here: it is said, as the
 * header explains. */
static void a_tail_of_its_own_shows_too(void **state) {
    (void)state;
    Hist h = { 0 };
    hist_record_n(&h, 2 * MS, 99500);
    hist_record_n(&h, 200 * MS, 500);
    assert_near(omission_hidden(&h), 0.34, 0.01);
    hist_clear(&h);
    lognormal(&h, 4, 1.6, 100000);
    assert_true(omission_hidden(&h) > OMISSION_SHARE);
    hist_close(&h);
}

static void few_or_near_values_say_nothing(void **state) {
    (void)state;
    Hist h = { 0 };
    hist_record_n(&h, MS, OMISSION_REQUESTS - 2);
    hist_record(&h, S);
    assert_near(omission_hidden(&h), 0, 0);
    hist_record(&h, MS);
    assert_true(omission_hidden(&h) > 0.9);
    /* two services, neither of them far off */
    hist_clear(&h);
    hist_record_n(&h, MS, 100);
    hist_record_n(&h, 9 * MS, 99);
    assert_near(omission_hidden(&h), 0, 0);
    hist_close(&h);
}

static void the_words_fit_the_run(void **state) {
    (void)state;
    Slab totals;
    slab_init(&totals, 1, 0, 0);
    totals.iterations = 81234;
    Snapshot s = { .totals = &totals, .now_ns = 10 * S, .omission = 0.171 };
    Text t = { 0 };
    assert_true(omission_words(&s, &t));
    assert_non_null(strstr(t.bytes, "17 % of the VUs' time went into"));
    assert_non_null(strstr(t.bytes, "an arrival rate (8 100/s) measures"));
    text_clear(&t);
    s.is_open = true;
    assert_false(omission_words(&s, &t));
    s.is_open = false;
    s.omission = 0;
    assert_false(omission_words(&s, &t));
    assert_int_equal(t.length, 0);
    text_close(&t);
    slab_close(&totals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_exact),
        cmocka_unit_test(a_stall_shows),
        cmocka_unit_test(a_healthy_spread_does_not),
        cmocka_unit_test(a_tail_of_its_own_shows_too),
        cmocka_unit_test(few_or_near_values_say_nothing),
        cmocka_unit_test(the_words_fit_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
