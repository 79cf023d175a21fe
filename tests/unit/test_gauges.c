/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/clock.h"
#include "base/text.h"
#include "stats/gauges.h"

#define S NS_PER_S

static void figures_of_the_run_and_of_intervals(void **state) {
    (void)state;
    Gauges g = { 0 };
    size_t other = gauges_add(&g, "process_cpu", GAUGE_SHARE);
    size_t i = gauges_add(&g, "host_memory", GAUGE_BYTES);
    static const double values[] = { 5, 9, 1, 4, 6 };
    for (uint64_t k = 0; k < 5; k++)
        gauges_read(&g, i, k * 10 * S, values[k]);
    const Gauge *x = gauges_find(&g, "host_memory");
    assert_true(x == &g.items[i] && i != other);
    GaugeFigures f = gauge_over(x, 0, UINT64_MAX);
    assert_int_equal(f.count, 5);
    assert_near(f.last, 6, 0);
    assert_near(f.min, 1, 0);
    assert_near(f.max, 9, 0);
    assert_near(f.mean, 5, 0);
    f = gauge_over(x, 10 * S, 30 * S); /* its end is not in it */
    assert_int_equal(f.count, 2);
    assert_near(f.last, 1, 0);
    assert_near(f.max, 9, 0);
    assert_near(f.mean, 5, 0);
    f = gauge_over(x, 50 * S, 90 * S);
    assert_true(f.count == 0 && isnan(f.mean) && isnan(f.max));
    assert_true(isnan(gauge_over(&g.items[other], 0, UINT64_MAX).last));
    gauges_close(&g);
}

static void by_name_and_method(void **state) {
    (void)state;
    Gauges g = { 0 };
    size_t i = gauges_add(&g, "process_cpu{nginx}", GAUGE_SHARE);
    gauges_read(&g, i, 0, 0.5);
    gauges_read(&g, i, S, 1.5);
    gauges_read(&g, i, 2 * S, 1);
    static const struct {
        Method method;
        double want;
    } cases[] = { { METHOD_VALUE, 1 },
                  { METHOD_MIN, 0.5 },
                  { METHOD_MAX, 1.5 },
                  { METHOD_AVG, 1 },
                  { METHOD_COUNT, 3 } };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_near(gauge_value(&g, "process_cpu{nginx}", cases[k].method, 0,
                                UINT64_MAX),
                    cases[k].want, 0);
    assert_near(gauge_value(&g, "process_cpu{nginx}", METHOD_MAX, 0, S), 0.5,
                0);
    assert_true(
        isnan(gauge_value(&g, "process_cpu{nginx}", METHOD_P, 0, UINT64_MAX)));
    assert_true(
        isnan(gauge_value(&g, "process_cpu", METHOD_MAX, 0, UINT64_MAX)));
    gauges_close(&g);
}

/* A run that stands still takes no time: what is read then is seen only. */
static void a_pause_counts_nowhere(void **state) {
    (void)state;
    Gauges g = { 0 };
    size_t i = gauges_add(&g, "x", GAUGE_COUNT);
    gauges_read(&g, i, 0, 1); /* at 0, too, the first counts */
    gauges_read(&g, i, 5 * S, 3);
    gauges_read(&g, i, 5 * S, 100);
    GaugeFigures f = gauge_over(&g.items[i], 0, UINT64_MAX);
    assert_int_equal(f.count, 2);
    assert_near(f.last, 100, 0);
    assert_near(f.max, 3, 0);
    gauges_read(&g, i, 6 * S, NAN);
    gauges_read(&g, i, 7 * S, INFINITY);
    assert_int_equal(g.items[i].whole.count, 2);
    assert_near(g.items[i].last, 100, 0);
    gauges_close(&g);
}

/* A day, ten times a second: bounded, and nothing is lost of the sums. */
static void a_day_fits(void **state) {
    (void)state;
    Gauges g = { 0 };
    const uint64_t n = 864000;
    size_t i = gauges_add(&g, "x", GAUGE_COUNT);
    for (uint64_t k = 0; k < n; k++)
        gauges_read(&g, i, k * S / 10, (double)k);
    const Gauge *x = &g.items[i];
    assert_true(x->point_count <= GAUGE_POINTS_MAX &&
                x->point_count > GAUGE_POINTS_MAX / 2);
    uint64_t sum = 0;
    for (size_t k = 0; k < x->point_count; k++) {
        const GaugePoint *p = &x->points[k];
        assert_near(p->min, (double)sum, 0);
        assert_true(p->from_ns == sum * S / 10);
        sum += p->count;
        assert_near(p->max, (double)sum - 1, 0);
        assert_near(p->last, (double)sum - 1, 0);
    }
    assert_true(sum == n);
    /* an hour of it, as good as a point is long */
    GaugeFigures f = gauge_over(x, 3600 * S, 7200 * S);
    assert_near(f.mean, 54000, x->each);
    assert_near(f.min, 36000, x->each);
    assert_near(f.max, 72000, x->each);
    gauges_close(&g);
}

static void names_are_clean(void **state) {
    (void)state;
    Gauges g = { 0 };
    gauges_add(&g, "a\033[2Jb", GAUGE_COUNT);
    assert_null(strchr(g.items[0].name, '\033'));
    gauges_close(&g);
}

static void values_are_printed(void **state) {
    (void)state;
    static const struct {
        GaugeUnit unit;
        double value;
        const char *want;
    } cases[] = {
        { GAUGE_SHARE, 1.52, "152 %" },
        { GAUGE_BYTES, 91e6, "91.0 MB" },
        { GAUGE_BYTES_PER_S, 2.1e6, "2.10 MB/s" },
        { GAUGE_PER_SECOND, 0.254, "0.254/s" },
        { GAUGE_COUNT, 0.004, "0.004" },
        { GAUGE_COUNT, 1024, "1 024" },
        { GAUGE_COUNT, -3, "-3" },
        { GAUGE_COUNT, 12, "12" },
        { GAUGE_COUNT, NAN, "-" },
        { GAUGE_BYTES_PER_S, NAN, "-" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        UnitsText t;
        Gauge g = { .unit = cases[i].unit };
        assert_string_equal(gauge_print(t, &g, cases[i].value), cases[i].want);
    }
    UnitsText t;
    Gauge g = { .unit = GAUGE_BYTES_PER_S };
    assert_true(strlen(gauge_print(t, &g, 1e300)) < UNITS_TEXT_MAX);
    for (GaugeUnit u = GAUGE_COUNT; u <= GAUGE_BYTES_PER_S; u++)
        assert_true(strlen(gauge_unit_name(u)) > 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_the_run_and_of_intervals),
        cmocka_unit_test(by_name_and_method),
        cmocka_unit_test(a_pause_counts_nowhere),
        cmocka_unit_test(a_day_fits),
        cmocka_unit_test(names_are_clean),
        cmocka_unit_test(values_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
