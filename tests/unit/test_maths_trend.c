/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "maths/trend.h"

#define COUNT(x) (sizeof(x) / sizeof *(x))

/* NIST Statistical Reference Datasets, linear regression, Norris: y, x; the
 * certified values follow it. */
static const double norris[][2] = {
    { 0.1, 0.2 }, { 338.8, 337.4 }, { 118.1, 118.2 }, { 888.0, 884.6 },
    { 9.2, 10.1 }, { 228.1, 226.5 }, { 668.5, 666.3 }, { 998.5, 996.3 },
    { 449.1, 448.6 }, { 778.9, 777.0 }, { 559.2, 558.2 }, { 0.3, 0.4 },
    { 0.1, 0.6 }, { 778.1, 775.5 }, { 668.8, 666.9 }, { 339.3, 338.0 },
    { 448.9, 447.5 }, { 10.8, 11.6 }, { 557.7, 556.0 }, { 228.3, 228.1 },
    { 998.0, 995.8 }, { 888.8, 887.6 }, { 119.6, 120.2 }, { 0.3, 0.3 },
    { 0.6, 0.3 }, { 557.6, 556.8 }, { 339.3, 339.1 }, { 888.0, 887.2 },
    { 998.5, 999.0 }, { 778.9, 779.0 }, { 10.2, 11.1 }, { 117.6, 118.3 },
    { 228.9, 229.2 }, { 668.4, 669.1 }, { 449.2, 448.9 }, { 0.2, 0.5 },
};

static void the_line_is_nists(void **state) {
    (void)state;
    double x[36], y[36];
    for (int i = 0; i < 36; i++) {
        y[i] = norris[i][0];
        x[i] = norris[i][1];
    }
    LineFit f = trend_line(x, y, 36);
    assert_near(f.slope, 1.00211681802045, 1e-13);
    assert_near(f.intercept, -0.262323073774029, 1e-12);
    assert_near(f.r2, 0.999993745883712, 1e-14);
}

/* Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA
 * 63, 1968: slope 4, at 93 % from 26/7 to 35/8; p by
 * scipy.stats.kendalltau. */
static void the_slope_is_sens(void **state) {
    (void)state;
    const double x[] = { 1, 2, 3, 4, 10, 12, 18 };
    const double y[] = { 9, 15, 19, 20, 45, 55, 78 };
    const double mixed[] = { 10, 1, 18, 3, 12, 2, 4 };
    const double mixed_y[] = { 45, 9, 78, 19, 55, 15, 20 };
    SenFit f = trend_sen(x, y, 7, 0.93);
    assert_near(f.slope.value, 4, 1e-12);
    assert_near(f.slope.low, 26.0 / 7, 1e-12);
    assert_near(f.slope.high, 35.0 / 8, 1e-12);
    assert_near(f.tau, 1, 1e-12);
    assert_near(f.p, 0.0003968253968253968, 1e-12);
    assert_near(f.intercept, 6, 1e-12);
    SenFit same = trend_sen(mixed, mixed_y, 7, 0.93);
    assert_memory_equal(&f, &same, sizeof f);
}

/* Cobb, "The problem of the Nile", 1978: its flow at Aswan, 1871 to 1970, in
 * 10^8 m^3. */
static const double nile[] = {
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110,
    994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220,
    1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862,
    698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010,
    771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749,
    838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746,
    919, 718, 714, 740,
};

/* scipy.stats.theilslopes(nile, range(100), 0.95); tau by
 * scipy.stats.kendalltau; p is that of Mann with continuity, see below. */
static void ties_have_a_trend_too(void **state) {
    (void)state;
    double year[100];
    for (int i = 0; i < 100; i++)
        year[i] = i;
    SenFit f = trend_sen(year, nile, 100, 0.95);
    assert_near(f.slope.value, -2.6, 1e-12);
    assert_near(f.slope.low, -3.627906976744186, 1e-12);
    assert_near(f.slope.high, -1.4285714285714286, 1e-12);
    assert_near(f.tau, -0.2807413347246131, 1e-12);
    /* scipy's is without: 3.611e-05; with: norm.sf((|S| - 1) / sd) * 2 */
    assert_near(f.p, 3.658262921664327e-05, 1e-12);
}

/* After 1898 the river carried less: Cobb's year, and that of all since. */
static void the_nile_fell_in_1899(void **state) {
    (void)state;
    ChangePoint c[10];
    assert_int_equal(trend_change_points(nile, 100, 0.05, c, 10), 1);
    assert_int_equal(1871 + c[0].at, 1899);
    assert_near(c[0].before, 1130, 0);
    assert_near(c[0].after, 842.5, 0);
    assert_true(c[0].p <= 0.001);
}

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) *
           cos(2 * 3.14159265358979 * rng_unit(rng));
}

/* Up, and down again; the surest comes first when there is room for one. */
static void every_jump_is_found(void **state) {
    (void)state;
    double y[90];
    Rng rng = { 4 };
    ChangePoint c[10];
    for (int i = 0; i < 90; i++)
        y[i] = (i < 30 ? 100 : i < 60 ? 130 : 90) + normal(&rng) * 5;
    assert_int_equal(trend_change_points(y, 90, 0.01, c, 10), 2);
    assert_int_equal(c[0].at, 30);
    assert_int_equal(c[1].at, 60);
    assert_near(c[0].before, 100, 3);
    assert_near(c[0].after, 130, 3);
    assert_near(c[1].before, c[0].after, 0);
    assert_near(c[1].after, 90, 3);
    assert_int_equal(trend_change_points(y, 90, 0.01, c, 1), 1);
    assert_int_equal(c[0].at, 60);
}

/* Chance alone is called a jump as often as p_max says, a jump of two
 * deviations in twenty values most often found. */
static void chance_is_no_jump(void **state) {
    (void)state;
    Rng rng = { 6 };
    int called = 0, found = 0;
    for (int i = 0; i < 400; i++) {
        double y[20];
        ChangePoint c[4];
        for (int k = 0; k < 20; k++)
            y[k] = normal(&rng);
        called += trend_change_points(y, 20, 0.05, c, 4) > 0;
        for (int k = 10; k < 20; k++)
            y[k] += 2;
        found += trend_change_points(y, 20, 0.05, c, 4) > 0;
    }
    assert_in_range(called, 8, 32);
    assert_in_range(found, 360, 400);
}

/* 100 000 points are bounded, and say the same. */
static void long_series_are_bounded(void **state) {
    (void)state;
    enum { N = 100000 };
    static double x[N], y[N];
    Rng rng = { 8 };
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = 3 + 0.002 * i + normal(&rng) * 20;
    }
    SenFit f = trend_sen(x, y, N, 0.95);
    assert_true(f.slope.low < 0.002 && 0.002 < f.slope.high);
    assert_true(f.slope.high - f.slope.low < 4e-5);
    assert_near(f.intercept, 3, 1);
    for (int i = 0; i < N; i++)
        y[i] = normal(&rng) + (i >= 40000);
    ChangePoint c[4];
    assert_int_equal(trend_change_points(y, N, 0.005, c, 4), 1);
    assert_in_range(c[0].at, 39900, 40100);
}

static void sens_intervals_hold_as_often_as_they_say(void **state) {
    (void)state;
    Rng rng = { 12 };
    int held = 0, called = 0;
    for (int i = 0; i < 1000; i++) {
        double x[15], y[15];
        for (int k = 0; k < 15; k++) {
            x[k] = k;
            y[k] = normal(&rng);
        }
        SenFit f = trend_sen(x, y, 15, 0.95);
        held += f.slope.low <= 0 && 0 <= f.slope.high;
        called += f.p < 0.05;
    }
    assert_in_range(held, 930, 975);
    assert_in_range(called, 25, 70);
}

static void few_and_equal_values_are_defined(void **state) {
    (void)state;
    const double x[] = { 1, 2, 3 }, same[] = { 5, 5, 5, 5, 5, 5, 5 };
    const double nan[] = { 1, NAN, 2 }, far[] = { 1, 2, INFINITY };
    ChangePoint c[2];
    assert_true(isnan(trend_line(x, x, 0).slope));
    assert_true(isnan(trend_line(x, x, 1).slope));
    assert_near(trend_line(x, x, 2).slope, 1, 1e-12);
    assert_true(isnan(trend_line(same, x, 3).slope));
    assert_near(trend_line(x, same, 3).slope, 0, 0);
    assert_true(isnan(trend_line(x, same, 3).r2));
    assert_true(isnan(trend_line(x, nan, 3).slope));
    assert_true(isnan(trend_sen(x, x, 2, 0.95).slope.value));
    assert_true(isnan(trend_sen(same, x, 3, 0.95).slope.value));
    assert_true(isnan(trend_sen(x, far, 3, 0.95).slope.value));
    SenFit f = trend_sen(x, x, 3, 0.95);
    assert_near(f.slope.value, 1, 0);
    assert_true(isnan(f.slope.low));
    f = trend_sen(x, same, 3, 0.95);
    assert_near(f.slope.value, 0, 0);
    assert_near(f.p, 1, 0);
    assert_true(isnan(f.tau));
    assert_int_equal(trend_change_points(same, 7, 0.05, c, 2), 0);
    assert_int_equal(trend_change_points(same, 0, 0.05, c, 2), 0);
    assert_int_equal(trend_change_points(nan, 3, 0.05, c, 2), 0);
    assert_int_equal(trend_change_points(nile, 100, 0.05, c, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_nists),
        cmocka_unit_test(the_slope_is_sens),
        cmocka_unit_test(ties_have_a_trend_too),
        cmocka_unit_test(the_nile_fell_in_1899),
        cmocka_unit_test(every_jump_is_found),
        cmocka_unit_test(chance_is_no_jump),
        cmocka_unit_test(long_series_are_bounded),
        cmocka_unit_test(sens_intervals_hold_as_often_as_they_say),
        cmocka_unit_test(few_and_equal_values_are_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
