/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "maths/rank.h"

/* Hollander & Wolfe, "Nonparametric Statistical Methods", 1973: permeability
 * of the human chorioamnion at term, and at 12 to 26 weeks. */
static const double term[] = { 0.80, 0.83, 1.89, 1.04, 1.45,
                               1.38, 1.91, 1.64, 0.73, 1.46 };
static const double weeks[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
/* There too: depression scale before and after the first visit. */
static const double before[] = { 1.83, 0.50, 1.62, 2.48, 1.68,
                                 1.88, 1.55, 3.06, 1.30 };
static const double after[] = { 0.878, 0.647, 0.598, 2.05, 1.06,
                                1.29,  1.06,  3.14,  1.29 };

/* The first example of scipy.stats.mannwhitneyu: U 17, exact p 0.1111. */
static void two_samples_are_told_apart(void **state) {
    (void)state;
    const double males[] = { 19, 22, 16, 29, 24 };
    const double females[] = { 20, 11, 17, 12 };
    RankTest t = rank_mann_whitney(males, 5, females, 4);
    assert_true(t.is_exact);
    assert_near(t.statistic, 17, 0);
    assert_near(t.p, 1.0 / 9, 1e-12);
    t = rank_mann_whitney(females, 4, males, 5);
    assert_near(t.statistic, 3, 0);
    assert_near(t.p, 1.0 / 9, 1e-12);
    t = rank_mann_whitney(term, 10, weeks, 5);
    assert_near(t.statistic, 35, 0);
    assert_near(t.p, 0.2544122544122544, 1e-12);
}

/* scipy.stats.mannwhitneyu(a, b, method='asymptotic') */
static void ties_are_corrected(void **state) {
    (void)state;
    const double a[] = { 1, 2, 2, 3, 4, 4, 4, 5 }, b[] = { 2, 4, 5, 5, 6, 7 };
    RankTest t = rank_mann_whitney(a, 8, b, 6);
    assert_false(t.is_exact);
    assert_near(t.statistic, 9.5, 0);
    assert_near(t.p, 0.06514820034295393, 1e-12);
    assert_true(t.z < 0);
}

/* 25 and 30 values: scipy.stats.mannwhitneyu(range(25), [v + 6.5 for v in
 * range(30)]) and scipy.stats.wilcoxon(d,
 * correction=True, method='approx') of 30 differences. */
static void many_values_go_by_the_normal(void **state) {
    (void)state;
    double a[30], b[30];
    for (int i = 0; i < 30; i++) {
        a[i] = i;
        b[i] = i + 6.5;
    }
    RankTest t = rank_mann_whitney(a, 25, b, 30);
    assert_false(t.is_exact);
    assert_near(t.statistic, 171, 0);
    assert_near(t.p, 0.0005821919179632507, 1e-12);
    for (int i = 0; i < 30; i++)
        b[i] = a[i] + (i % 3 ? i + 1 : -i - 1.5);
    t = rank_wilcoxon(a, b, 30);
    assert_false(t.is_exact);
    assert_near(t.statistic, 320.0, 0);
    assert_near(t.p, 0.07354309334531799, 1e-12);
}

/* The book gives V 40 and one-sided p 0.019; two-sided by scipy.stats.wilcoxon
 * 0.0390625. */
static void pairs_are_told_apart(void **state) {
    (void)state;
    RankTest t = rank_wilcoxon(after, before, 9);
    assert_true(t.is_exact);
    assert_near(t.statistic, 40, 0);
    assert_near(t.p, 0.0390625, 1e-12);
    t = rank_wilcoxon(before, after, 9);
    assert_near(t.statistic, 5, 0);
    assert_near(t.p, 0.0390625, 1e-12);
}

static void few_and_equal_values_are_defined(void **state) {
    (void)state;
    const double same[] = { 4, 4, 4, 4 }, nan[] = { 1, NAN, 2 };
    const double low[] = { 1, 2, 3 }, high[] = { 7, 8, INFINITY };
    assert_true(isnan(rank_mann_whitney(same, 0, low, 3).p));
    assert_true(isnan(rank_mann_whitney(nan, 3, low, 3).p));
    assert_near(rank_mann_whitney(same, 4, same, 4).p, 1, 0);
    assert_near(rank_mann_whitney(low, 1, high, 1).p, 1, 0);
    assert_near(rank_mann_whitney(low, 3, high, 3).p, 0.1, 1e-12);
    assert_true(isnan(rank_wilcoxon(same, same, 4).p));
    assert_true(isnan(rank_wilcoxon(nan, low, 3).p));
    assert_near(rank_wilcoxon(low, low + 1, 1).p, 1, 0);
}

/* At 5 % about one in twenty of equal samples is called different. */
static void tests_err_as_often_as_they_say(void **state) {
    (void)state;
    Rng rng = { 5 };
    int called = 0;
    for (int i = 0; i < 2000; i++) {
        double a[24], b[30];
        for (int k = 0; k < 24; k++)
            a[k] = -log(1 - rng_unit(&rng));
        for (int k = 0; k < 30; k++)
            b[k] = -log(1 - rng_unit(&rng));
        called += rank_mann_whitney(a, 24, b, 30).p < 0.05;
    }
    assert_in_range(called, 65, 135);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_samples_are_told_apart),
        cmocka_unit_test(ties_are_corrected),
        cmocka_unit_test(many_values_go_by_the_normal),
        cmocka_unit_test(pairs_are_told_apart),
        cmocka_unit_test(few_and_equal_values_are_defined),
        cmocka_unit_test(tests_err_as_often_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
