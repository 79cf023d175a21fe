/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/metric.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const CustomMetric trend = { .name = "order_value",
                                    .kind = METRIC_TREND };
static const CustomMetric rate = { .name = "paid", .kind = METRIC_RATE };
static const CustomMetric counter = { .name = "turnover",
                                      .kind = METRIC_COUNTER };
static const CustomMetric gauge = { .name = "stock", .kind = METRIC_GAUGE };

static double value(const CustomSlab *c, const CustomMetric *m, Method how) {
    return custom_value(c, m->kind, how, 0, 2);
}

static double percentile(const CustomSlab *c, double q) {
    return custom_value(c, METRIC_TREND, METHOD_P, q, 2);
}

/* k6's own example: 10, 15, 20 give p(90) 19, p(95) 19.5. */
static void a_trend_is_interpolated(void **state) {
    (void)state;
    CustomSlab c = { 0 };
    assert_true(isnan(percentile(&c, 0.5)));
    assert_true(isnan(value(&c, &trend, METHOD_AVG)));
    for (int v = 10; v <= 20; v += 5)
        custom_record(&c, &trend, v);
    assert_near(value(&c, &trend, METHOD_AVG), 15, 0);
    assert_near(value(&c, &trend, METHOD_MIN), 10, 0);
    assert_near(value(&c, &trend, METHOD_MAX), 20, 0);
    assert_near(value(&c, &trend, METHOD_MED), 15, 15 * 5e-4);
    assert_near(percentile(&c, 0.9), 19, 19 * 5e-4);
    assert_near(percentile(&c, 0.95), 19.5, 19.5 * 5e-4);
    assert_near(percentile(&c, 0), 10, 0);
    assert_near(percentile(&c, 1), 20, 0);
    assert_true(isnan(value(&c, &trend, METHOD_RATE)));
    assert_true(isnan(value(&c, &trend, METHOD_VALUE)));
    custom_close(&c);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Negative and positive, from millionths to beyond what a uint64_t holds,
 * against the sorted values. */
static void any_number_has_its_rank(void **state) {
    (void)state;
    enum { N = 4001 };
    static double all[N];
    Rng rng = { .state = 5 };
    CustomSlab c = { 0 };
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        double size = pow(10, rng_unit(&rng) * 20 - 3);
        all[i] = rng_unit(&rng) < 0.4 ? -size : size;
        custom_record(&c, &trend, all[i]);
        sum += all[i];
    }
    qsort(all, N, sizeof *all, by_value);
    for (int k = 0; k <= N - 1; k += 5) {
        double want = all[k], got = percentile(&c, k / (double)(N - 1));
        /* the next rank has a share of what rounding leaves of q */
        assert_near(got, want, fabs(want) * 6e-4 + 1.01e-6);
    }
    assert_near(value(&c, &trend, METHOD_MIN), all[0], 0);
    assert_near(value(&c, &trend, METHOD_MAX), all[N - 1], 0);
    assert_near(value(&c, &trend, METHOD_AVG), sum / N, fabs(sum) * 1e-12);
    custom_close(&c);
}

static void a_time_is_exact_to_the_nanosecond(void **state) {
    (void)state;
    CustomSlab c = { 0 };
    const CustomMetric time = { .kind = METRIC_TREND, .is_time = true };
    custom_record(&c, &time, 0.000001);
    custom_record(&c, &time, 0.000002);
    custom_record(&c, &time, 0.000003);
    assert_near(value(&c, &time, METHOD_MED), 0.000002, 1e-15);
    assert_string_equal(custom_contains(&time), "time");
    assert_string_equal(custom_contains(&trend), "default");
    custom_close(&c);
}

static void one_value_is_every_percentile(void **state) {
    (void)state;
    static const double values[] = { 0,     -0.0, 7,    -7,  1e6,   -1e6,
                                     1e12,  -1e12, 1e300, -1e300, 3.25e-9,
                                     999999.9999999, 1e18 };
    for (size_t i = 0; i < COUNT(values); i++) {
        CustomSlab c = { 0 };
        custom_record(&c, &trend, values[i]);
        for (double q = 0; q <= 1; q += 0.25)
            assert_near(percentile(&c, q), values[i], 0);
        custom_close(&c);
    }
}

static void what_is_no_number_is_not_recorded(void **state) {
    (void)state;
    CustomSlab c = { 0 };
    const CustomMetric *all[] = { &trend, &rate, &counter, &gauge };
    for (size_t i = 0; i < COUNT(all); i++) {
        custom_record(&c, all[i], NAN);
        custom_record(&c, all[i], INFINITY);
        custom_record(&c, all[i], -INFINITY);
    }
    assert_int_equal(c.count, 0);
    assert_near(value(&c, &counter, METHOD_COUNT), 0, 0);
    assert_near(value(&c, &counter, METHOD_RATE), 0, 0);
    assert_true(isnan(value(&c, &rate, METHOD_RATE)));
    assert_true(isnan(value(&c, &gauge, METHOD_VALUE)));
    custom_close(&c);
}

static void kinds_count_what_they_are(void **state) {
    (void)state;
    CustomSlab c = { 0 };
    static const double values[] = { 0, 1, 0.5, 0, -2 };
    for (size_t i = 0; i < COUNT(values); i++)
        custom_record(&c, &gauge, values[i]);
    assert_near(value(&c, &rate, METHOD_RATE), 0.6, 1e-12);
    assert_near(value(&c, &counter, METHOD_COUNT), -0.5, 1e-12);
    assert_near(value(&c, &counter, METHOD_RATE), -0.25, 1e-12);
    assert_near(value(&c, &gauge, METHOD_VALUE), -2, 0);
    assert_near(value(&c, &gauge, METHOD_MIN), -2, 0);
    assert_near(value(&c, &gauge, METHOD_MAX), 1, 0);
    assert_true(isnan(value(&c, &counter, METHOD_MED)));
    assert_true(isnan(custom_value(&c, METRIC_COUNTER, METHOD_RATE, 0, 0)));
    custom_close(&c);
}

/* As one worker's slab follows another's: the later is the last. */
static void the_later_gauge_is_the_last(void **state) {
    (void)state;
    Slab total, a, b, empty;
    slab_init(&total, 0, 0, 1);
    slab_init(&a, 0, 0, 1);
    slab_init(&b, 0, 0, 1);
    slab_init(&empty, 0, 0, 1);
    custom_record(&a.custom[0], &gauge, 5);
    a.until_ns = 200;
    custom_record(&b.custom[0], &gauge, 7);
    b.until_ns = 100;
    empty.until_ns = 300;
    slab_add(&total, &a);
    slab_add(&total, &b);
    slab_add(&total, &empty);
    const CustomSlab *c = &total.custom[0];
    assert_near(value(c, &gauge, METHOD_VALUE), 5, 0);
    assert_near(value(c, &gauge, METHOD_MAX), 7, 0);
    /* what was never offered is what came last */
    slab_clear(&b);
    custom_record(&b.custom[0], &gauge, 3);
    slab_add(&total, &b);
    assert_near(value(c, &gauge, METHOD_VALUE), 3, 0);
    assert_near(value(c, &gauge, METHOD_MIN), 3, 0);
    assert_int_equal(c->count, 3);
    slab_close(&total);
    slab_close(&a);
    slab_close(&b);
    slab_close(&empty);
}

static void parts_add_up_to_the_whole(void **state) {
    (void)state;
    static CustomSlab part[3];
    CustomSlab whole = { 0 }, sum = { 0 };
    Rng rng = { .state = 9 };
    for (size_t i = 0; i < 3000; i++) {
        double v = (rng_unit(&rng) - 0.5) * pow(10, rng_unit(&rng) * 14);
        custom_record(&whole, &trend, v);
        custom_record(&part[i % 3], &trend, v);
    }
    for (size_t i = 0; i < 3; i++) {
        custom_add(&sum, &part[i], 1);
        custom_clear(&part[i]);
        assert_int_equal(part[i].count, 0);
        assert_true(isnan(percentile(&part[i], 0.5)));
        custom_close(&part[i]);
    }
    for (double q = 0; q <= 1; q += 0.01)
        assert_near(percentile(&sum, q), percentile(&whole, q), 0);
    assert_near(value(&sum, &trend, METHOD_AVG),
                value(&whole, &trend, METHOD_AVG),
                fabs(value(&whole, &trend, METHOD_AVG)) * 1e-9);
    assert_int_equal(sum.trues, whole.trues);
    custom_close(&sum);
    custom_close(&whole);
}

static void the_steady_state_allocates_nothing(void **state) {
    (void)state;
    CustomSlab c = { 0 };
    for (double v = -1e13; v <= 1e13; v += 1e11)
        custom_record(&c, &trend, v);
    for (double v = -1100; v <= 1100; v += 0.5)
        custom_record(&c, &trend, v);
    custom_clear(&c);
    size_t before = mallinfo2().uordblks;
    for (int round = 0; round < 3; round++) {
        for (double v = -1000; v <= 1000; v += 0.7)
            custom_record(&c, &trend, v);
        custom_clear(&c);
    }
    assert_int_equal(mallinfo2().uordblks, before);
    custom_close(&c);
}

static void names_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int column; /* 0: good */
        const char *says;
    } cases[] = {
        { "order_value", 0, NULL },
        { "_x9", 0, NULL },
        { "response_time", 0, NULL },
        { "schedule_lag", 0, NULL },
        { "recovery_time", 0, NULL },
        { "overhead", 0, NULL },
        { "http_reqs", 1, "every run has" },
        { "http_req_duration", 1, "every run has" },
        { "vus", 1, "every run has" },
        { "checks", 1, "every run has" },
        { "", 1, "begins with a letter" },
        { "9x", 1, "begins with a letter" },
        { "order value", 6, "letters, digits and _" },
        { "a{b}", 2, "letters, digits and _" },
        { "a-b", 2, "letters, digits and _" },
        { "\xc3\xa4", 1, "letters, digits and _" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Err err = { 0 };
        int rc = custom_check_name(cases[i].name, &err);
        if (rc != (cases[i].column ? -1 : 0) ||
            err.column != cases[i].column ||
            (cases[i].says && !strstr(err.text, cases[i].says)))
            fail_msg("'%s' gave %d at %d: %s", cases[i].name, rc, err.column,
                     err.text);
    }
    char name[CUSTOM_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(custom_check_name(name, NULL), -1);
    name[sizeof name - 2] = '\0';
    assert_int_equal(custom_check_name(name, NULL), 0);
}

static void a_metric_of_that_name_hides_ours(void **state) {
    (void)state;
    static const CustomMetric own[] = {
        { .name = "response_time", .kind = METRIC_GAUGE },
        { .name = "x", .kind = METRIC_TREND },
    };
    const MetricTable table = { .own = own, .own_count = COUNT(own) };
    Metric m;
    assert_true(metric_lookup(&table, "response_time", &m));
    assert_int_equal(m.id, METRIC_OWN);
    assert_int_equal(m.info.kind, METRIC_GAUGE);
    assert_true(metric_lookup(&table, "x", &m));
    assert_int_equal(m.own, 1);
    assert_true(metric_lookup(&table, "schedule_lag", &m));
    assert_int_equal(m.id, METRIC_SCHEDULE_LAG);
    assert_false(metric_lookup(&table, "y", &m));
    assert_true(metric_is_hidden(&table, METRIC_RESPONSE_TIME));
    assert_false(metric_is_hidden(&table, METRIC_SCHEDULE_LAG));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trend_is_interpolated),
        cmocka_unit_test(any_number_has_its_rank),
        cmocka_unit_test(a_time_is_exact_to_the_nanosecond),
        cmocka_unit_test(one_value_is_every_percentile),
        cmocka_unit_test(what_is_no_number_is_not_recorded),
        cmocka_unit_test(kinds_count_what_they_are),
        cmocka_unit_test(the_later_gauge_is_the_last),
        cmocka_unit_test(parts_add_up_to_the_whole),
        cmocka_unit_test(the_steady_state_allocates_nothing),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(a_metric_of_that_name_hides_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
