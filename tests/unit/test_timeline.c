/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "stats/timeline.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S
#define MS NS_PER_MS

/* A slab of n requests that all took ns. */
static void add(Timeline *t, uint64_t at_ns, size_t series, uint64_t ns,
                uint64_t n, uint64_t failed) {
    Slab s;
    slab_init(&s, t->series_count, 0, 0);
    SeriesSlab *x = &s.series[series];
    hist_record_n(&x->duration, ns, n);
    x->requests = n;
    x->failed = failed;
    x->bytes_in = n * 100;
    timeline_add(t, at_ns, &s);
    slab_close(&s);
}

static void seconds_become_cells(void **state) {
    (void)state;
    Timeline t;
    timeline_init(&t, 2);
    assert_int_equal(timeline_count(&t), 0);
    assert_null(timeline_cell(&t, 0));
    timeline_level(&t, 5, 4, 6, 0);
    add(&t, 100 * MS, 0, 10 * MS, 10, 1);
    add(&t, 900 * MS, 1, 30 * MS, 30, 2);
    timeline_advance(&t, S - 1);
    assert_int_equal(timeline_count(&t), 0);
    timeline_advance(&t, S);
    assert_int_equal(timeline_count(&t), 1);
    timeline_advance(&t, S / 2); /* never back */
    assert_int_equal(timeline_count(&t), 1);

    const Cell *c = timeline_cell(&t, 0);
    assert_true(c->start_ns == 0 && c->length_ns == S);
    assert_near((double)c->active, 5, 0);
    assert_near((double)c->planned, 6, 0);
    assert_int_equal(c->all.requests, 40);
    assert_int_equal(c->all.failed, 3);
    assert_int_equal(c->all.bytes_in, 4000);
    assert_int_equal(c->series[0].requests, 10);
    assert_int_equal(c->series[0].failed, 1);
    assert_int_equal(c->series[1].requests, 30);
    assert_near((double)c->series[0].p99, 10e6, 5e3);
    assert_near((double)c->all.p50, 30e6, 15e3);
    assert_near((double)c->all.max, 30e6, 2);
    assert_null(timeline_cell(&t, 1));

    /* what was measured up to a boundary belongs before it */
    add(&t, 2 * S, 0, MS, 7, 0);
    add(&t, 2 * S + 1, 0, MS, 8, 0);
    timeline_advance(&t, 3 * S);
    assert_int_equal(timeline_count(&t), 3);
    assert_int_equal(timeline_cell(&t, 1)->all.requests, 7);
    assert_int_equal(timeline_cell(&t, 2)->all.requests, 8);
    timeline_close(&t);
}

/* A slab that comes late is counted in the second that is open. */
static void late_slabs_are_not_lost(void **state) {
    (void)state;
    Timeline t;
    timeline_init(&t, 1);
    add(&t, 500 * MS, 0, MS, 1, 0);
    timeline_advance(&t, 5 * S);
    add(&t, 900 * MS, 0, MS, 20, 0);
    add(&t, 4 * S, 0, MS, 300, 0);
    add(&t, 0, 0, MS, 4000, 0);
    assert_int_equal(timeline_count(&t), 5);
    timeline_advance(&t, 6 * S);
    static const uint64_t want[] = { 1, 0, 0, 0, 0, 4320 };
    for (size_t i = 0; i < COUNT(want); i++)
        assert_int_equal(timeline_cell(&t, i)->all.requests, want[i]);
    /* seconds without a request are cells too, without percentiles */
    const Cell *c = timeline_cell(&t, 2);
    assert_true(c->start_ns == 2 * S);
    assert_true(isnan((double)c->all.p50) && isnan((double)c->all.max));
    timeline_close(&t);
}

static void same_counters(const Hist *a, const Hist *b) {
    static const uint64_t none[HIST_PAGE];
    for (size_t p = 0; p < HIST_PAGES; p++)
        assert_memory_equal(a->page[p] ? a->page[p]->n : none,
                            b->page[p] ? b->page[p]->n : none,
                            HIST_PAGE * sizeof(uint64_t));
    assert_int_equal(a->count, b->count);
}

/* The same counters, hence the same percentiles. Ends are those of their
 * buckets, the maximum that of a float. */
static void same_hist(const Hist *got, const Hist *want) {
    same_counters(got, want);
    static const double qs[] = { 0.01, 0.5, 0.9, 0.95, 0.99 };
    for (size_t i = 0; i < COUNT(qs); i++) {
        double v = hist_quantile(want, qs[i]);
        assert_near(hist_quantile(got, qs[i]), v, v * 1e-3);
    }
    assert_near((double)got->min, (double)want->min, (double)want->min * 5e-4);
    assert_near((double)got->max, (double)want->max, (double)want->max * 5e-4);
    assert_near((double)got->sum, (double)want->sum, (double)want->sum * 5e-4);
}

static void cells_follow_each_other(const Timeline *t) {
    size_t n = timeline_count(t);
    for (size_t i = 0; i + 1 < n; i++) {
        const Cell *a = timeline_cell(t, i), *b = timeline_cell(t, i + 1);
        assert_true(a->start_ns + a->length_ns == b->start_ns);
        assert_true(a->length_ns >= b->length_ns);
        assert_true(a->start_ns % a->length_ns == 0);
    }
    const Cell *last = timeline_cell(t, n - 1);
    assert_true(last->start_ns + last->length_ns == t->open_ns);
}

static void find_is_a_scan(const Timeline *t, uint64_t t_ns) {
    size_t n = timeline_count(t), want = 0;
    while (want < n) {
        const Cell *c = timeline_cell(t, want);
        if (c->start_ns + c->length_ns > t_ns)
            break;
        want++;
    }
    assert_int_equal(timeline_find(t, t_ns), want);
}

#define HOURS_3 10800

/* Three hours, second by second, two requests: the older two hours end up
 * in cells of 10 s, and not one request or bucket is lost on the way. */
static void folding_keeps_every_count(void **state) {
    (void)state;
    Timeline t;
    Hist want[2] = { { 0 } };
    uint64_t sums[2] = { 0 }, failed = 0;
    Rng r = { 8 };
    timeline_init(&t, 2);
    for (uint64_t second = 1; second <= HOURS_3; second++) {
        Slab s;
        slab_init(&s, 2, 0, 0);
        for (size_t i = 0; i < 2; i++) {
            SeriesSlab *x = &s.series[i];
            uint64_t n = rng_next(&r) % 4;
            for (uint64_t k = 0; k < n; k++) {
                uint64_t ns = (uint64_t)(1e6 * pow(10, rng_unit(&r)));
                hist_record(&x->duration, ns);
                hist_record(&want[i], ns);
            }
            x->requests = n;
            x->failed = n == 3;
            sums[i] += n;
            failed += x->failed;
        }
        timeline_add(&t, second * S, &s);
        timeline_level(&t, (double)second, 0, 0, 0);
        timeline_advance(&t, second * S);
        slab_close(&s);
    }
    assert_true(t.tier[0].count <= 3600 && t.tier[0].count > 3590);
    assert_int_equal(t.tier[1].count, (HOURS_3 - t.tier[0].count) / 10);
    assert_int_equal(t.tier[2].count, 0);
    cells_follow_each_other(&t);
    /* a folded cell shows its last level */
    assert_near((double)timeline_cell(&t, 0)->active, 10, 0);

    Hist all = { 0 };
    hist_add(&all, &want[0]);
    hist_add(&all, &want[1]);
    for (size_t i = 0; i < 3; i++) {
        Hist got = { 0 };
        CellSeries total;
        size_t series = i < 2 ? i : SIZE_MAX;
        assert_near(timeline_interval(&t, 0, UINT64_MAX, series, &got, &total),
                    HOURS_3, 0);
        same_hist(&got, i < 2 ? &want[i] : &all);
        assert_int_equal(total.requests, i < 2 ? sums[i] : sums[0] + sums[1]);
        if (i == 2)
            assert_int_equal(total.failed, failed);
        hist_close(&got);
    }
    for (int i = 0; i < 200; i++)
        find_is_a_scan(&t, rng_next(&r) % ((HOURS_3 + 10) * S));
    find_is_a_scan(&t, 0);
    find_is_a_scan(&t, t.open_ns - 1);
    find_is_a_scan(&t, t.open_ns);
    find_is_a_scan(&t, UINT64_MAX);
    hist_close(&all);
    hist_close(&want[0]);
    hist_close(&want[1]);
    timeline_close(&t);
}

/* Nine days: seconds, 10 s, minutes; what is older than all is dropped, and
 * memory stays within the three rings. */
static void a_long_run_forgets_its_beginning(void **state) {
    (void)state;
    Timeline t;
    const uint64_t days = 9 * 24 * NS_PER_H, every = 600 * S;
    timeline_init(&t, 1);
    for (uint64_t at = every; at <= days; at += every)
        add(&t, at, 0, at / 1000000, 3, 1);
    timeline_advance(&t, days);
    assert_true(timeline_count(&t) <= 3600 + 8640 + 10080);
    assert_int_equal(t.tier[2].count, 10080);
    assert_true(t.tier[2].cap <= 2 * 10081);
    cells_follow_each_other(&t);
    uint64_t from = timeline_cell(&t, 0)->start_ns;
    assert_true(days - from >= 8 * 24 * NS_PER_H);
    CellSeries sums;
    Hist h = { 0 };
    timeline_interval(&t, 0, UINT64_MAX, SIZE_MAX, &h, &sums);
    assert_int_equal(sums.requests, 3 * (days / every - from / every));
    assert_int_equal(sums.failed * 3, sums.requests);
    assert_int_equal(h.count, sums.requests);
    assert_near((double)h.max, (double)days / 1e6, 1e-3 * (double)h.max);
    hist_close(&h);
    timeline_close(&t);
}

/* An interval is as exact as a histogram of its samples. */
static void an_interval_is_exact(void **state) {
    (void)state;
    enum { SECONDS = 60, EACH = 200 };
    Timeline t;
    Rng r = { 12 };
    timeline_init(&t, 1);
    uint64_t(*ns)[EACH] = mem_alloc(SECONDS, sizeof *ns);
    for (uint64_t i = 0; i < SECONDS; i++) {
        Slab s;
        slab_init(&s, 1, 0, 0);
        for (size_t k = 0; k < EACH; k++) {
            ns[i][k] = (uint64_t)(-log(1 - rng_unit(&r)) * 20e6) + 100;
            hist_record(&s.series[0].duration, ns[i][k]);
        }
        s.series[0].requests = EACH;
        timeline_add(&t, (i + 1) * S, &s);
        slab_close(&s);
    }
    timeline_advance(&t, SECONDS * S);
    static const struct {
        uint64_t from_ns, to_ns;
        size_t first, end; /* seconds that begin in it */
    } cases[] = {
        { 0, 60 * S, 0, 60 },           { 10 * S, 20 * S, 10, 20 },
        { 10 * S + 1, 20 * S, 11, 20 }, { 10 * S, 20 * S + 1, 10, 21 },
        { 59 * S, 99 * S, 59, 60 },     { 60 * S, 99 * S, 60, 60 },
        { 5 * S, 5 * S, 5, 5 },         { 5 * S, 5 * S + 1, 5, 6 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Hist want = { 0 }, got = { 0 };
        CellSeries sums;
        for (size_t s = cases[i].first; s < cases[i].end; s++)
            for (size_t k = 0; k < EACH; k++)
                hist_record(&want, ns[s][k]);
        double seconds = timeline_interval(&t, cases[i].from_ns, cases[i].to_ns,
                                           0, &got, &sums);
        assert_near(seconds, (double)(cases[i].end - cases[i].first), 0);
        assert_int_equal(sums.requests, want.count);
        same_counters(&got, &want);
        if (want.count)
            same_hist(&got, &want);
        hist_close(&want);
        hist_close(&got);
    }
    free(ns);
    timeline_close(&t);
}

static void samples_show_the_worst(void **state) {
    (void)state;
    Timeline t;
    timeline_init(&t, 2);
    timeline_level(&t, 1, 1, 2, 0);
    add(&t, 1 * S, 0, 10 * MS, 100, 0);
    add(&t, 2 * S, 0, 500 * MS, 10, 5); /* the spike must not hide */
    timeline_advance(&t, 4 * S);        /* two seconds of silence */
    timeline_level(&t, 8, 7, 9, 0);
    add(&t, 5 * S, 1, 20 * MS, 50, 0);
    timeline_advance(&t, 5 * S);
    CellSample s;
    assert_true(timeline_sample(&t, 0, 5 * S, SIZE_MAX, &s));
    assert_int_equal(s.requests, 160);
    assert_near(s.rps, 32, 1e-9);
    assert_near(s.error_rate, 5.0 / 160, 1e-12);
    assert_near(s.p50, 500e6, 250e3);
    assert_near(s.p95, 500e6, 250e3);
    assert_near(s.p99, 500e6, 250e3);
    assert_near(s.active, 8, 0);
    assert_near(s.planned, 9, 0);

    assert_true(timeline_sample(&t, 0, 1 * S, SIZE_MAX, &s));
    assert_int_equal(s.requests, 100);
    assert_near(s.p99, 10e6, 5e3);
    assert_near(s.active, 1, 0);
    /* one request's own */
    assert_true(timeline_sample(&t, 0, 5 * S, 1, &s));
    assert_int_equal(s.requests, 50);
    assert_near(s.error_rate, 0, 0);
    assert_near(s.p99, 20e6, 10e3);
    /* silence has a rate, of nothing */
    assert_true(timeline_sample(&t, 2 * S, 4 * S, SIZE_MAX, &s));
    assert_int_equal(s.requests, 0);
    assert_near(s.rps, 0, 0);
    assert_true(isnan(s.error_rate) && isnan(s.p50) && isnan(s.p99));
    /* a cell that is touched counts whole */
    assert_true(timeline_sample(&t, 500 * MS, 500 * MS + 1, SIZE_MAX, &s));
    assert_near(s.rps, 100, 1e-9);
    /* there is nothing yet, and *out is left alone */
    s.requests = 4711;
    assert_false(timeline_sample(&t, 5 * S, 6 * S, SIZE_MAX, &s));
    assert_false(timeline_sample(&t, 3 * S, 3 * S, SIZE_MAX, &s));
    assert_int_equal(s.requests, 4711);
    timeline_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_become_cells),
        cmocka_unit_test(late_slabs_are_not_lost),
        cmocka_unit_test(folding_keeps_every_count),
        cmocka_unit_test(a_long_run_forgets_its_beginning),
        cmocka_unit_test(an_interval_is_exact),
        cmocka_unit_test(samples_show_the_worst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
