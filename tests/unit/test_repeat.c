/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What repeated runs and steps of load say. */
#include "unit.h"

#include "base/clock.h"
#include "experiment/repeat.h"
#include "experiment/scale.h"
#include "plan/edit.h"
#include "plan/stage_text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S

/* --- repeats ------------------------------------------------------------ */

static void add(Repeat *r, double value, int status) {
    RepeatRun run = { .number = r->count + 1,
                      .status = status,
                      .has_figures = true };
    for (size_t i = 0; i < REPEAT_FIGURE_COUNT; i++)
        run.figures[i] = value;
    repeat_add(r, &run);
}

/* By hand; the interval's t of 9 degrees at 97.5 % is 2.262 (NIST/SEMATECH
 * e-Handbook of Statistical Methods, 1.3.6.7.2). */
static void runs_are_summed_up(void **state) {
    (void)state;
    static const double x[] = { 98, 101, 99, 103, 100, 97, 102, 100, 101, 99 };
    Repeat r = { .discard = 2 };
    add(&r, 500, 0);
    add(&r, 300, 0);
    for (size_t i = 0; i < COUNT(x); i++)
        add(&r, x[i], 0);
    assert_int_equal(repeat_kept(&r), 10);
    RepeatSummary s = repeat_summary(&r, 0);
    assert_near(s.sample.mean, 100, 1e-9);
    assert_near(s.sample.stddev, sqrt(30.0 / 9), 1e-9);
    assert_near(s.sample.mean_estimate.high, 100 + 2.262 * sqrt(30.0 / 90),
                1e-3);
    assert_near(s.spread, 0.03, 1e-9);
    assert_true(repeat_agrees(&r));
    assert_false(repeat_is_outlier(&r, 0, &r.runs[5]));
    add(&r, 106, 0); /* 6 % from the median, 100 */
    assert_false(repeat_agrees(&r));
    add(&r, 150, 0);
    assert_true(repeat_is_outlier(&r, 0, &r.runs[r.count - 1]));
    repeat_close(&r);
}

/* One that got no answer at all has no latency that could agree. */
static void what_one_lacks_does_not_agree(void **state) {
    (void)state;
    Repeat r = { 0 };
    for (size_t i = 0; i < 3; i++)
        add(&r, 1, 0);
    assert_true(repeat_agrees(&r));
    for (size_t i = 0; i < REPEAT_FIGURE_COUNT; i++)
        r.runs[1].figures[i] = i == 0 ? 1 : NAN;
    assert_false(repeat_agrees(&r));
    repeat_close(&r);
}

static void a_straight_rise_has_no_limit(void **state) {
    (void)state;
    UslPoint points[5];
    Text words = { 0 };
    for (size_t i = 0; i < 5; i++)
        points[i] = (UslPoint){ (double)i + 1, 100 * ((double)i + 1), 0 };
    Scaling s = { .fit = usl_fit(points, 5) };
    assert_true(s.fit.is_fitted);
    s.fit.sigma.value = s.fit.kappa.value = 0; /* whatever rounding left */
    s.fit.peak_load.value = s.fit.peak_throughput = INFINITY;
    scale_words(&s, &words);
    assert_null(strstr(words.bytes, "inf"));
    assert_non_null(strstr(words.bytes, "no limit is in sight"));
    text_close(&words);
}

static void one_run_agrees_with_nobody(void **state) {
    (void)state;
    Repeat r = { 0 };
    assert_false(repeat_agrees(&r));
    add(&r, 1, 0);
    assert_false(repeat_agrees(&r));
    add(&r, 1, 0);
    assert_true(repeat_agrees(&r));
    repeat_close(&r);
}

static void the_worst_status_is_the_gravest(void **state) {
    (void)state;
    static const int rising[] = { 0, 4, 1, 99, 3, 105 };
    Repeat r = { 0 };
    assert_int_equal(repeat_status(&r), 0);
    for (size_t i = 0; i < COUNT(rising); i++) {
        add(&r, 1, rising[i]);
        add(&r, 1, 0);
        assert_int_equal(repeat_status(&r), rising[i]);
    }
    repeat_close(&r);
}

/* --- steps of load ------------------------------------------------------ */

/* Gunther's law with these: 1000 N / (1 + 0.02 (N - 1) + 0.0005 N (N - 1)),
 * whose peak is at sqrt(0.98 / 0.0005) = 44.27. */
static double law(double n) {
    return 1000 * n / (1 + 0.02 * (n - 1) + 0.0005 * n * (n - 1));
}

static void steps_follow_the_known_law(void **state) {
    (void)state;
    Plan p;
    Timeline t;
    Err err;
    Scaling s = { .spec = scale_spec_default() };
    plan_init(&p, PLAN_VUS, 0);
    Stage peak = { .form = STAGE_JUMP, .level = 64, .length_ns = 60 * S };
    plan_append(&p, &peak);
    plan_layout(&p);
    assert_int_equal(
        scale_read(&s.spec, "0.0625, 0.125,0.25,0.5,0.75,1,1.5", &err), 0);
    scale_plan(&s.spec, &p);
    assert_near(plan_peak(&p), 96, 0);
    timeline_init(&t, 1);
    uint64_t end = plan_total_ns(&p) / S;
    for (uint64_t i = 0; i < end; i++) {
        double n = plan_level_at(&p, i * S + S / 2);
        uint64_t requests = (uint64_t)llround(law(fmax(n, 0)));
        Slab slab;
        slab_init(&slab, 1, 0, 0);
        timeline_level(&t, n, n, n, 0);
        if (requests)
            hist_record_n(&slab.series[0].duration,
                          (uint64_t)(n / law(n) * 1e9), requests);
        slab.series[0].requests = requests;
        timeline_add(&t, (i + 1) * S, &slab);
        timeline_advance(&t, (i + 1) * S);
        slab_close(&slab);
    }
    plan_advance(&p, end * S);
    scale_measure(&s, &p, 1, &t);
    assert_int_equal(s.count, 7);
    for (size_t i = 0; i < s.count; i++) {
        double n = s.spec.at[i] * 64;
        assert_near(s.steps[i].level, n, 1e-9);
        assert_near(s.steps[i].load, n, 1e-6);
        assert_near(s.steps[i].reading.rps, law(n), 0.51);
        assert_near(s.steps[i].reading.seconds, 12, 0);
    }
    assert_true(s.fit.is_fitted);
    assert_near(s.fit.sigma.value, 0.02, 0.001);
    assert_near(s.fit.kappa.value, 0.0005, 0.00002);
    assert_near(s.fit.peak_load.value, 44.27, 0.5);
    /* X^2 / N is highest at 19.9: 7.93e6 at 16, 7.15e6 at 32 */
    assert_near(s.steps[s.best].level, 16, 0);
    Text words = { 0 };
    scale_words(&s, &words);
    assert_non_null(strstr(words.bytes, "throughput peaks near 44 VUs"));
    text_close(&words);
    timeline_close(&t);
    plan_close(&p);
}

static void wrong_multiples(void **state) {
    (void)state;
    static const char *const wrong[] = { "", "0", "-1", "1,,2", "1;2", "1,2x",
                                         "1001", "nan" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ScaleSpec s;
        Err err = { 0 };
        if (scale_read(&s, wrong[i], &err) == 0)
            fail_msg("'%s' was taken", wrong[i]);
        assert_true(err.column > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_summed_up),
        cmocka_unit_test(one_run_agrees_with_nobody),
        cmocka_unit_test(what_one_lacks_does_not_agree),
        cmocka_unit_test(a_straight_rise_has_no_limit),
        cmocka_unit_test(the_worst_status_is_the_gravest),
        cmocka_unit_test(steps_follow_the_known_law),
        cmocka_unit_test(wrong_multiples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
