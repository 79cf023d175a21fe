/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "stats/knee.h"

/* A target that follows the law, with Poisson-like and other noise. */
typedef struct Model {
    double lambda, sigma, kappa, noise;
} Model;

static const Model bends = { 40, 0.004, 0.000004, 0.03 };

static double law(const Model *m, double n) {
    return m->lambda * n / (1 + m->sigma * (n - 1) + m->kappa * n * (n - 1));
}

/* The least load with 95 % of the highest, by halving. */
static double truth(const Model *m) {
    double peak = sqrt((1 - m->sigma) / m->kappa), low = 1, high = peak;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (law(m, middle) < 0.95 * law(m, peak))
            low = middle;
        else
            high = middle;
    }
    return high;
}

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) *
           cos(2 * 3.14159265358979 * rng_unit(rng));
}

static void second(KneeWatch *w, const Model *m, double before, double vus,
                   Rng *rng) {
    double x = law(m, (before + vus) / 2);
    x += normal(rng) * sqrt(x) + normal(rng) * m->noise * x;
    knee_second(w, &(KneeSecond){ .seconds = 1,
                                  .active = vus,
                                  .users = vus,
                                  .requests = (uint64_t)fmax(0, round(x)) });
}

static void ramp(KneeWatch *w, const Model *m, double from, double to,
                 int seconds, Rng *rng) {
    double before = from;
    for (int i = 1; i <= seconds; i++) {
        double vus = round(from + (to - from) * i / seconds);
        second(w, m, before, vus, rng);
        before = vus;
    }
}

static void steps(KneeWatch *w, const Model *m, const double *at, int count,
                  int seconds, Rng *rng) {
    for (int i = 0; i < count; i++)
        for (int k = 0; k < seconds; k++)
            second(w, m, k || !i ? at[i] : at[i - 1], at[i], rng);
}

static void a_ramp_shows_it(void **state) {
    (void)state;
    KneeWatch *w = knee_new();
    Rng rng = { 3 };
    ramp(w, &bends, 1, 600, 120, &rng);
    const Knee *k = knee_now(w);
    if (!k->is_known)
        fail_msg("%s", k->why);
    assert_null(k->why);
    assert_true(k->load.low < truth(&bends) && truth(&bends) < k->load.high);
    assert_true(k->load.high / k->load.low < 2);
    assert_near(k->throughput / law(&bends, truth(&bends)), 1, 0.05);
    assert_true(k->levels >= 8 && k->seen > 500);
    assert_non_null(strstr(k->text, "throughput levels off near "));
    knee_free(w);
}

/* In 100 tries, of a ramp and of steps; what is said is true as often as the
 * interval says. */
static void it_is_true_as_often_as_it_says(void **state) {
    (void)state;
    const double at[] = { 20, 40, 80, 160, 240, 320, 480 };
    for (int kind = 0; kind < 2; kind++) {
        int said = 0, held = 0;
        for (uint64_t i = 0; i < 100; i++) {
            KneeWatch *w = knee_new();
            Rng rng = { 1000 + i };
            if (kind == 0)
                ramp(w, &bends, 1, 600, 120, &rng);
            else
                steps(w, &bends, at, 7, 15, &rng);
            const Knee *k = knee_now(w);
            said += k->is_known;
            held += k->is_known && k->load.low <= truth(&bends) &&
                    truth(&bends) <= k->load.high;
            knee_free(w);
        }
        assert_in_range(said, 90, 100);
        assert_in_range(held * 100 / said, 90, 100);
    }
}

/* Far from its knee a target is a straight line: nothing is made up. */
static void nothing_is_said_of_a_straight_line(void **state) {
    (void)state;
    const Model straight = { 40, 0, 1e-9, 0.03 };
    const Model far = { 40, 0.00002, 1e-9, 0.01 };
    for (uint64_t i = 0; i < 100; i++) {
        KneeWatch *w = knee_new();
        Rng rng = { 5000 + i };
        ramp(w, i % 2 ? &straight : &far, 1, 600, 120, &rng);
        const Knee *k = knee_now(w);
        if (k->is_known)
            fail_msg("try %d: %s", (int)i, k->text);
        assert_non_null(k->why);
        assert_string_equal(k->text, "");
        knee_free(w);
    }
}

static const char *why_of(KneeWatch *w) {
    knee_end(w);
    const Knee *k = knee_now(w);
    assert_false(k->is_known);
    return k->why;
}

static void little_evidence_is_not_enough(void **state) {
    (void)state;
    const double two[] = { 100, 400 }, near[] = { 200, 260, 330, 420, 530 };
    Rng rng = { 3 };
    KneeWatch *w = knee_new();
    assert_string_equal(why_of(w),
                        "only a load of VUs has one, not an arrival rate");
    steps(w, &bends, two, 2, 60, &rng);
    assert_string_equal(why_of(w), "fewer than 5 levels were seen");
    knee_free(w);
    w = knee_new();
    steps(w, &bends, near, 5, 20, &rng);
    assert_string_equal(why_of(w),
                        "the levels seen are too near to each other");
    knee_free(w);
    w = knee_new();
    for (int i = 0; i < 300; i++) /* saturated from the first VU on */
        knee_second(w, &(KneeSecond){ .seconds = 1,
                                      .active = 1 + i,
                                      .users = 1 + i,
                                      .requests = 1000 });
    assert_non_null(why_of(w));
    knee_free(w);
}

/* In the open model VUs follow the target, and load nothing. */
static void arrivals_have_none(void **state) {
    (void)state;
    KneeWatch *w = knee_new();
    for (int i = 1; i < 300; i++)
        knee_second(w, &(KneeSecond){ .seconds = 1,
                                      .active = i,
                                      .users = i / 2,
                                      .requests = 100 });
    assert_string_equal(why_of(w),
                        "only a load of VUs has one, not an arrival rate");
    knee_free(w);
}

static void a_bound_generator_says_nothing(void **state) {
    (void)state;
    KneeWatch *w = knee_new();
    Rng rng = { 1 };
    ramp(w, &bends, 1, 600, 120, &rng);
    assert_true(knee_now(w)->is_known);
    knee_bound(w);
    assert_string_equal(why_of(w), "onrush itself was the limit");
    knee_free(w);
}

/* Half of the way there: it is told from the bend, and said to be ahead. */
static void what_was_not_seen_is_said_so(void **state) {
    (void)state;
    int said = 0;
    for (uint64_t i = 0; i < 50; i++) {
        KneeWatch *w = knee_new();
        Rng rng = { 70 + i };
        Model quiet = { 4000, 0.004, 0.000004, 0 };
        ramp(w, &quiet, 1, truth(&quiet) * 0.8, 300, &rng);
        const Knee *k = knee_now(w);
        if (k->is_known) {
            said++;
            assert_non_null(strstr(k->text, "would level off near "));
            assert_non_null(strstr(k->text, "; seen up to "));
            assert_true(k->load.value > k->seen);
            assert_true(k->load.high < 3 * truth(&quiet));
        }
        knee_free(w);
    }
    assert_true(said > 0);
}

/* A target with 8 workers: throughput rises straight, and then it stands. */
static void a_corner_is_found_when_it_is_behind(void **state) {
    (void)state;
    int held = 0;
    for (uint64_t i = 0; i < 100; i++) {
        KneeWatch *w = knee_new();
        Rng rng = { 300 + i };
        double before = 1;
        for (int k = 1; k <= 120; k++) {
            double vus = 1 + 5 * k, load = (before + vus) / 2;
            double x = fmin(load * 10, 3000);
            x += normal(&rng) * (sqrt(x) + 0.02 * x);
            knee_second(w, &(KneeSecond){ 1, vus, vus, (uint64_t)x, 0 });
            before = vus;
            if (k == 40) /* 201 of 300 VUs */
                assert_false(knee_now(w)->is_known);
        }
        knee_end(w);
        const Knee *k = knee_now(w);
        if (!k->is_known)
            fail_msg("try %d: %s", (int)i, k->why);
        assert_true(k->is_corner);
        assert_near(k->throughput, 0.95 * 3000, 250);
        held += k->load.low <= 0.95 * 300 && 0.95 * 300 <= k->load.high;
        knee_free(w);
    }
    assert_in_range(held, 88, 100);
}

/* It is fitted seldom in a long run; at its end all of it counts. */
static void the_end_counts_all(void **state) {
    (void)state;
    KneeWatch *often = knee_new(), *once = knee_new();
    Rng a = { 9 }, b = { 9 };
    for (int i = 0; i < 300; i++) {
        double vus = 1 + 2 * i;
        second(often, &bends, fmax(1, vus - 2), vus, &a);
        second(once, &bends, fmax(1, vus - 2), vus, &b);
        knee_now(often);
    }
    knee_end(often);
    assert_true(knee_now(often)->is_known);
    assert_string_equal(knee_now(often)->text, knee_now(once)->text);
    knee_free(often);
    knee_free(once);
}

/* A second of trouble in each level does not move the median; failed requests
 * are no throughput. */
static void outliers_and_failures_do_not_count(void **state) {
    (void)state;
    const double at[] = { 20, 40, 80, 160, 240, 320, 480 };
    KneeWatch *w = knee_new(), *failing = knee_new();
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 15; k++) {
            uint64_t x = (uint64_t)law(&bends, at[i]);
            KneeSecond s = { 1, at[i], at[i], k == 7 ? x / 9 : x, 0 };
            knee_second(w, &s);
            s.requests += 5000;
            s.failed = 5000;
            knee_second(failing, &s);
        }
    const Knee *k = knee_now(w);
    assert_true(k->is_known);
    assert_near(k->load.value / truth(&bends), 1, 0.03);
    assert_near(knee_now(failing)->load.value, k->load.value, 1e-9);
    knee_free(w);
    knee_free(failing);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ramp_shows_it),
        cmocka_unit_test(it_is_true_as_often_as_it_says),
        cmocka_unit_test(nothing_is_said_of_a_straight_line),
        cmocka_unit_test(little_evidence_is_not_enough),
        cmocka_unit_test(arrivals_have_none),
        cmocka_unit_test(a_bound_generator_says_nothing),
        cmocka_unit_test(what_was_not_seen_is_said_so),
        cmocka_unit_test(a_corner_is_found_when_it_is_behind),
        cmocka_unit_test(the_end_counts_all),
        cmocka_unit_test(outliers_and_failures_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
