/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/clock.h"
#include "stats/failures.h"

#define S NS_PER_S
#define MS NS_PER_MS
#define CHECK EXAMPLE_OF_CHECK(0)

/* n of a class in a series, and n checks that do not hold, up to at_ns. */
static void fail_at(Failures *f, uint64_t at_ns, size_t series, FailClass c,
                    uint32_t n) {
    Slab s;
    slab_init(&s, 3, 1, 0);
    s.series[series].fail[c] = n;
    s.checks[0].failed = n;
    Example *e = slab_example_room(&s, c);
    e->series = (uint32_t)series;
    e->end_ns = 900 * S - 30 * MS; /* the clock's time, 30 ms before */
    s.until_ns = 900 * S;
    snprintf(e->why, sizeof e->why, "at %llu", (unsigned long long)(at_ns / S));
    failures_add(f, at_ns, &s);
    slab_close(&s);
}

static void what_fails_is_counted_by_kind(void **state) {
    (void)state;
    Failures f;
    failures_init(&f, 1);
    assert_int_equal(f.kind_count, FAIL_COUNT + 1);
    fail_at(&f, 3 * S, 0, FAIL_RESET, 4);
    fail_at(&f, 5 * S + 100 * MS, 1, FAIL_RESET, 2);
    fail_at(&f, 6 * S, 2, FAIL_HTTP_5XX, 1);
    const Failure *x = &f.kinds[FAIL_RESET];
    assert_int_equal(x->count, 6);
    assert_int_equal(x->first_ns, 3 * S - 30 * MS); /* the example knows */
    assert_int_equal(x->last_ns, 5 * S + 100 * MS);
    assert_int_equal(f.kinds[FAIL_HTTP_5XX].count, 1);
    assert_int_equal(f.kinds[FAIL_CONNECT].count, 0);
    assert_int_equal(f.kinds[CHECK].count, 7);
    failures_close(&f);
}

static void the_window_moves_on(void **state) {
    (void)state;
    Failures f;
    failures_init(&f, 1);
    fail_at(&f, 1 * S, 0, FAIL_RESET, 5); /* second 0 */
    fail_at(&f, 4 * S, 0, FAIL_RESET, 7); /* second 3 */
    assert_int_equal(failures_recent(&f, FAIL_RESET), 12);
    failures_advance(&f, 9 * S + 900 * MS);
    assert_int_equal(failures_recent(&f, FAIL_RESET), 12);
    failures_advance(&f, 10 * S);
    assert_int_equal(failures_recent(&f, FAIL_RESET), 7);
    failures_advance(&f, 13 * S);
    assert_int_equal(failures_recent(&f, FAIL_RESET), 0);
    /* a slab that comes late counts in its second, or not at all */
    fail_at(&f, 12 * S, 0, FAIL_RESET, 3);
    fail_at(&f, 2 * S, 0, FAIL_RESET, 9);
    assert_int_equal(failures_recent(&f, FAIL_RESET), 3);
    assert_int_equal(f.kinds[FAIL_RESET].count, 24);
    failures_advance(&f, 4000 * S);
    assert_int_equal(failures_recent(&f, FAIL_RESET), 0);
    failures_close(&f);
}

static double sum(const double *parts, int n) {
    double all = 0;
    for (int i = 0; i < n; i++)
        all += parts[i];
    return all;
}

/* However long the run is, none is lost and the moments stay. */
static void history_is_bounded(void **state) {
    (void)state;
    Failures f;
    double parts[24];
    failures_init(&f, 1);
    for (uint64_t s = 1; s <= 24 * 3600; s++)
        if (s % 3600 > 1800) /* the second half of each hour */
            fail_at(&f, s * S, 0, FAIL_RESET, 2);
    assert_int_equal(f.each_s, 64);
    failures_over(&f, FAIL_RESET, 0, 24 * 3600 * S, parts, 24);
    assert_near(sum(parts, 24), 24 * 1799 * 2, 0.5);
    for (int i = 0; i < 24; i++)
        assert_near(parts[i], 1799 * 2, 2 * 64);
    failures_over(&f, FAIL_RESET, 0, 1700 * S, parts, 4);
    assert_near(sum(parts, 4), 0, 0);
    failures_over(&f, FAIL_CONNECT, 0, 3600 * S, parts, 4);
    assert_near(sum(parts, 4), 0, 0);
    failures_close(&f);
}

static void parts_finer_than_points_share_them(void **state) {
    (void)state;
    Failures f;
    double parts[4];
    failures_init(&f, 1);
    fail_at(&f, 2 * S, 0, FAIL_RESET, 8); /* second 1 */
    failures_over(&f, FAIL_RESET, S, 2 * S, parts, 4);
    for (int i = 0; i < 4; i++)
        assert_near(parts[i], 2, 1e-6);
    /* the open one has all of its within the time that was */
    fail_at(&f, 2 * S + 500 * MS, 0, FAIL_RESET, 6);
    failures_over(&f, FAIL_RESET, 2 * S, 3 * S, parts, 4);
    assert_near(parts[0], 3, 1e-6);
    assert_near(parts[1], 3, 1e-6);
    assert_near(parts[2], 0, 1e-6);
    failures_close(&f);
}

static void an_example_of_each_series_stays(void **state) {
    (void)state;
    Failures f;
    failures_init(&f, 1);
    fail_at(&f, 2 * S, 1, FAIL_RESET, 1);
    fail_at(&f, 3 * S, 1, FAIL_RESET, 1);
    fail_at(&f, 4 * S, 2, FAIL_RESET, 1);
    const Failure *x = &f.kinds[FAIL_RESET];
    assert_int_equal(x->example_count, 2);
    assert_string_equal(x->examples[0].why, "at 2");
    assert_int_equal(x->examples[0].end_ns, 2 * S - 30 * MS);
    assert_string_equal(x->examples[1].why, "at 4");
    assert_int_equal(x->examples[1].series, 2);
    failures_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_is_counted_by_kind),
        cmocka_unit_test(the_window_moves_on),
        cmocka_unit_test(history_is_bounded),
        cmocka_unit_test(parts_finer_than_points_share_them),
        cmocka_unit_test(an_example_of_each_series_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
