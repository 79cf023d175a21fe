/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/clock.h"
#include "stats/recorder.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S
#define MS NS_PER_MS

static const Series series[] = {
    { .name = "home", .request_name = "home", .request = 0 },
    { .name = "order", .request_name = "order", .request = 1 },
};
static const MetricTable table = { .series = series, .series_count = 2 };
static const char *const checks[] = { "ok" };
static const uint32_t check_series[] = { 0 };
static const ThresholdList no_thresholds;

static void start(Recorder *r, const ThresholdList *thresholds) {
    recorder_init(r, &(RecorderSetup){ .metrics = table,
                                       .check_names = checks,
                                       .check_requests = check_series,
                                       .check_count = 1,
                                       .thresholds = thresholds });
}

/* n requests of ns each, measured up to at_ns. */
static void add(Recorder *r, uint64_t at_ns, size_t index, uint64_t n,
                uint64_t ns, uint64_t failed) {
    Slab s;
    slab_init(&s, 2, 1, 0);
    SeriesSlab *x = &s.series[index];
    hist_record_n(&x->duration, ns, n);
    x->requests = n;
    x->failed = failed;
    x->bytes_in = n * 10;
    s.checks[0] = (CheckSlab){ n - failed, failed };
    recorder_add(r, at_ns, &s);
    slab_close(&s);
}

static Snapshot look(Recorder *r) {
    Snapshot s = { 0 };
    recorder_snapshot(r, &s);
    return s;
}

/* One second at 100 requests/s, in tenths as the workers give them. */
static void second(Recorder *r, uint64_t *now_ns, uint64_t ns) {
    for (int i = 0; i < 10; i++) {
        *now_ns += S / 10;
        add(r, *now_ns, 0, 10, ns, 0);
        recorder_advance(r, *now_ns, 10, 10);
    }
}

/* doc: 10 s at 500 ms inside a run at 100 requests/s and 10 ms keep the
 * cumulative p95 at 500 ms for 130 s, the p99 for 930 s (the run was a
 * minute old), while the window is clean 10 s after. */
static void run_and_window_differ_for_minutes(void **state) {
    (void)state;
    Recorder r;
    uint64_t now = 0;
    start(&r, &no_thresholds);
    for (int i = 0; i < 60; i++)
        second(&r, &now, 10 * MS);
    assert_near(look(&r).run.p99, 10e6, 5e3);
    for (int i = 0; i < 10; i++)
        second(&r, &now, 500 * MS);
    assert_near(look(&r).now.p50, 500e6, 250e3);
    for (int after = 1; after <= 940; after++) {
        second(&r, &now, 10 * MS);
        Snapshot s = look(&r);
        /* at the very second they pass from one to the other */
        if (after != 130)
            assert_near(s.run.p95, after < 130 ? 500e6 : 10e6, 250e3);
        if (after != 930)
            assert_near(s.run.p99, after < 930 ? 500e6 : 10e6, 250e3);
        assert_near(s.run.max, 500e6, 0);
        if (after < 9)
            assert_near(s.now.max, 500e6, 250e3);
        if (after >= 10) {
            assert_near(s.now.max, 10e6, 5e3);
            assert_near(s.now.p99, 10e6, 5e3);
        }
        assert_near(s.now.rps, 100, 1e-6);
        assert_near(s.run.rps, 100, 1e-6);
    }
    assert_int_equal(look(&r).run.requests, 101000);
    recorder_close(&r);
}

/* The window is the last nine finished seconds and the open one. */
static void the_window_follows(void **state) {
    (void)state;
    Recorder r;
    start(&r, &no_thresholds);
    for (uint64_t i = 1; i <= 30; i++) {
        add(&r, i * S - 1, 0, i, MS, i == 25);
        recorder_advance(&r, i * S, 1, 1);
    }
    Snapshot s = look(&r);
    assert_near(s.now.seconds, 9, 0);
    assert_int_equal(s.now.requests,
                     22 + 23 + 24 + 25 + 26 + 27 + 28 + 29 + 30);
    assert_near(s.now.rps, 26, 1e-9);
    assert_int_equal(s.now.failed, 1);
    assert_near(s.now.error_rate, 1.0 / 234, 1e-12);
    assert_near(s.now.bytes_in_per_s, 260, 1e-9);
    assert_int_equal(s.run.requests, 465);
    assert_near(s.run.rps, 15.5, 1e-9);
    assert_near(s.run.error_rate, 1.0 / 465, 1e-12);
    assert_near(s.run.seconds, 30, 0);
    /* what the open second holds is in it at once */
    add(&r, 30 * S + 400 * MS, 0, 100, 40 * MS, 0);
    recorder_advance(&r, 30 * S + 500 * MS, 1, 1);
    s = look(&r);
    assert_near(s.now.seconds, 9.5, 1e-9);
    assert_int_equal(s.now.requests, 334);
    assert_near(s.now.max, 40e6, 0);
    /* ten seconds of silence later nothing is left of all that */
    recorder_advance(&r, 41 * S, 1, 1);
    s = look(&r);
    assert_int_equal(s.now.requests, 0);
    assert_near(s.now.rps, 0, 0);
    assert_true(isnan(s.now.p95) && isnan(s.now.error_rate));
    assert_int_equal(s.run.requests, 565);
    recorder_close(&r);
}

static void each_request_has_its_reading(void **state) {
    (void)state;
    Recorder r;
    start(&r, &no_thresholds);
    add(&r, 500 * MS, 0, 90, 10 * MS, 0);
    add(&r, 900 * MS, 1, 10, 200 * MS, 4);
    recorder_advance(&r, 1 * S, 5, 6);
    add(&r, 1500 * MS, 1, 10, 300 * MS, 1);
    recorder_advance(&r, 2 * S, 4, 7);
    Snapshot s = look(&r);
    assert_int_equal(s.series_count, 2);
    assert_string_equal(s.series[0].series->name, "home");
    assert_string_equal(s.series[1].series->name, "order");
    for (int k = 0; k < 2; k++) { /* the run is young: both say the same */
        const Reading *home = k ? &s.series[0].run : &s.series[0].now;
        const Reading *order = k ? &s.series[1].run : &s.series[1].now;
        const Reading *all = k ? &s.run : &s.now;
        assert_int_equal(home->requests, 90);
        assert_near(home->p99, 10e6, 5e3);
        assert_near(home->error_rate, 0, 0);
        assert_int_equal(order->requests, 20);
        assert_int_equal(order->failed, 5);
        assert_near(order->error_rate, 0.25, 1e-12);
        assert_near(order->rps, 10, 1e-9);
        assert_near(order->mean, 250e6, 125e3);
        assert_near(order->max, 300e6, 150e3);
        assert_int_equal(all->requests, 110);
        assert_near(all->p50, 10e6, 5e3);
        assert_near(all->p95, 300e6, 150e3);
    }
    assert_int_equal(s.active, 4);
    assert_int_equal(s.active_max, 5);
    assert_near(s.planned, 7, 0);
    assert_true(s.now_ns == 2 * S);
    assert_int_equal(s.totals->checks[0].failed, 5);
    assert_ptr_equal(s.check_names, checks);
    recorder_close(&r);
}

/* A pause is no run time: answers that end in it are counted, and stand for
 * no second of their own. */
static void pauses_count_in_no_rate(void **state) {
    (void)state;
    Recorder r;
    uint64_t now = 0;
    start(&r, &no_thresholds);
    for (int i = 0; i < 20; i++)
        second(&r, &now, 10 * MS);
    for (int i = 0; i < 50; i++) {
        if (i < 5)
            add(&r, now, 0, 1, 80 * MS, 0);
        recorder_advance(&r, now, 10, 0);
    }
    Snapshot s = look(&r);
    assert_true(s.now_ns == 20 * S);
    assert_int_equal(s.run.requests, 2005);
    assert_near(s.run.seconds, 20, 0);
    assert_near(s.run.rps, 2005 / 20.0, 1e-9);
    assert_int_equal(s.now.requests, 905);
    assert_int_equal(timeline_count(s.timeline), 20);
    for (int i = 0; i < 20; i++)
        second(&r, &now, 10 * MS);
    s = look(&r);
    assert_near(s.now.rps, 100, 1e-9);
    assert_near(s.now.max, 10e6, 5e3);
    assert_int_equal(s.run.requests, 4005);
    assert_near(recorder_context(&r).seconds, 40, 0);
    recorder_close(&r);
}

static void nothing_is_not_a_number(void **state) {
    (void)state;
    Recorder r;
    start(&r, &no_thresholds);
    Snapshot s = look(&r);
    assert_true(isnan(s.now.rps) && isnan(s.run.rps));
    assert_true(isnan(s.now.p50) && isnan(s.run.p99) && isnan(s.run.mean));
    assert_true(isnan(s.run.error_rate) && isnan(s.series[1].now.max));
    assert_int_equal(timeline_count(s.timeline), 0);
    /* a main loop that slept for 3 s makes up for it */
    add(&r, 3 * S, 0, 30, MS, 0);
    recorder_advance(&r, 3 * S, 1, 1);
    s = look(&r);
    assert_int_equal(timeline_count(s.timeline), 3);
    assert_near(s.now.rps, 10, 1e-9);
    recorder_close(&r);
}

static void thresholds_are_judged_over_the_run(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        Verdict first, then;
    } cases[] = {
        { "http_req_duration", "max < 100", VERDICT_HOLDS, VERDICT_BROKEN },
        { "http_req_duration{order}", "p(95) < 100", VERDICT_UNDECIDED,
          VERDICT_BROKEN },
        { "http_req_failed", "rate < 1%", VERDICT_HOLDS, VERDICT_HOLDS },
        { "http_reqs", "rate >= 90", VERDICT_HOLDS, VERDICT_BROKEN },
        { "http_reqs", "count > 100", VERDICT_BROKEN, VERDICT_HOLDS },
        { "vus", "value > 5", VERDICT_HOLDS, VERDICT_BROKEN },
        { "vus_max", "value >= 9", VERDICT_HOLDS, VERDICT_HOLDS },
        { "checks", "rate > 99%", VERDICT_HOLDS, VERDICT_HOLDS },
        { "recovery_time", "value < 1m optional", VERDICT_UNDECIDED,
          VERDICT_UNDECIDED },
    };
    ThresholdList list = { 0 };
    Arena a = { 0 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool in_key;
        Err err;
        if (threshold_read(&list, &a, cases[i].key, cases[i].text, &table,
                           &in_key, &err) < 0)
            fail_msg("%s", err.text);
    }
    Recorder r;
    start(&r, &list);
    add(&r, S, 0, 100, 10 * MS, 0);
    recorder_advance(&r, S, 9, 9);
    Snapshot s = look(&r);
    assert_int_equal(s.threshold_count, COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_ptr_equal(s.thresholds[i].threshold, &list.items[i]);
        if (s.thresholds[i].verdict != cases[i].first)
            fail_msg("first: %s %s", cases[i].key, cases[i].text);
    }
    add(&r, 2 * S, 1, 1, 200 * MS, 1);
    recorder_advance(&r, 2 * S, 2, 2);
    s = look(&r);
    for (size_t i = 0; i < COUNT(cases); i++)
        if (s.thresholds[i].verdict != cases[i].then)
            fail_msg("then: %s %s", cases[i].key, cases[i].text);
    recorder_close(&r);
    threshold_list_close(&list);
    arena_close(&a);
}

/* Two scenarios; the second one's load rises while the first one's stays: the
 * recovery follows the second one's level, each curve its unit's. */
static void load_is_told_by_unit_and_scenario(void **state) {
    (void)state;
    Recorder r;
    double levels[2] = { 40, 20 };
    start(&r, &no_thresholds);
    for (uint64_t now = 0; now < 60 * S;) {
        bool high = now >= 30 * S && now < 40 * S;
        levels[1] = high ? 100 : 20;
        if (now == 30 * S)
            recorder_spike(&r, 1, now, 20, "feed: rush");
        now += S;
        Slab slab;
        slab_init(&slab, r.series_count, r.totals.check_count, 0);
        slab.started = 70;
        slab.arrivals = high ? 60 : 15;
        slab.series[0].requests = 1;
        hist_record(&slab.series[0].duration, 10 * MS);
        recorder_add(&r, now, &slab);
        slab_close(&slab);
        recorder_scenarios(&r, levels, 2, 40, levels[1]);
        recorder_advance(&r, now, 43, 40);
    }
    Snapshot s = look(&r);
    CellSample x;
    assert_true(timeline_sample(s.timeline, 35 * S, 36 * S, SIZE_MAX, &x));
    assert_near(x.active, 43, 0);
    assert_near(x.users, 40, 0);
    assert_near(x.planned, 40, 0);
    assert_near(x.planned_other, 100, 0);
    assert_near(x.started_per_s, 70, 1e-9);
    assert_near(x.arrivals_per_s, 60, 1e-9);
    assert_near(s.arrivals_per_s, 15, 1e-9);
    assert_int_equal(s.recoveries->count, 1);
    assert_int_equal(s.recoveries->items[0].state, RECOVERY_DONE);
    assert_int_equal(s.recoveries->items[0].scenario, 1);
    assert_near(s.recoveries->items[0].level_peak, 100, 0);
    assert_true(s.recoveries->items[0].back_ns == 41 * S);
    recorder_close(&r);
}

/* Through the whole path: a spike from 30 to 40 s, slow for 6 s more. */
static void a_recovery_is_measured(void **state) {
    (void)state;
    Recorder r;
    uint64_t now = 0;
    start(&r, &no_thresholds);
    while (now < 60 * S) {
        bool high = now >= 30 * S && now < 40 * S;
        bool slow = now >= 30 * S && now < 46 * S;
        if (now == 30 * S)
            recorder_spike(&r, 0, now, 10, "spike");
        now += S / 10;
        add(&r, now, 0, high ? 100 : 10, slow ? 400 * MS : 10 * MS, 0);
        /* the level of this moment, which is the next tenth's */
        recorder_advance(&r, now, 10, now >= 30 * S && now < 40 * S ? 100 : 10);
    }
    Snapshot s = look(&r);
    assert_int_equal(s.recoveries->count, 1);
    const Recovery *x = &s.recoveries->items[0];
    assert_int_equal(x->state, RECOVERY_DONE);
    assert_string_equal(x->cause, "spike");
    assert_true(x->began_ns == 30 * S);
    assert_true(x->back_ns == 40 * S);
    assert_true(x->recovered_ns == 46 * S);
    assert_near(x->base_p95, 10e6, 5e3);
    assert_near(x->base_rps, 100, 1e-6);
    assert_near(x->worst_p95, 400e6, 200e3);
    assert_near(x->level_peak, 100, 0);
    assert_near(recorder_context(&r).recovery_ms, 6000, 0);
    recorder_end(&r);
    assert_int_equal(x->state, RECOVERY_DONE);
    recorder_close(&r);
}

/* A second with so many requests, some of them failed. */
static void some_second(Recorder *r, uint64_t *now_ns, uint64_t n,
                        uint64_t failed) {
    *now_ns += S;
    if (n)
        add(r, *now_ns, 0, n, 10 * MS, failed);
    recorder_advance(r, *now_ns, 10, 10);
}

static void verdicts_know_since_when(void **state) {
    (void)state;
    ThresholdList list = { 0 };
    Arena a = { 0 };
    bool in_key;
    Err err;
    assert_int_equal(threshold_read(&list, &a, "http_req_failed", "rate < 10%",
                                    &table, &in_key, &err),
                     0);
    static const struct {
        uint64_t n, failed;
        Verdict want;
        uint64_t since; /* s */
        double value;   /* of the run */
    } seconds[] = {
        { 0, 0, VERDICT_UNDECIDED, 0, NAN }, { 10, 0, VERDICT_HOLDS, 2, 0 },
        { 10, 1, VERDICT_HOLDS, 2, 0.05 },   { 20, 9, VERDICT_BROKEN, 4, 0.25 },
        { 0, 0, VERDICT_BROKEN, 4, 0.25 },   { 60, 0, VERDICT_HOLDS, 6, 0.1 },
    };
    Recorder r;
    uint64_t now = 0;
    start(&r, &list);
    for (size_t i = 0; i < COUNT(seconds); i++) {
        some_second(&r, &now, seconds[i].n + (i == 5), seconds[i].failed);
        look(&r);
        Snapshot s = look(&r); /* looking adds nothing to the history */
        assert_int_equal(s.thresholds[0].verdict, seconds[i].want);
        assert_int_equal(s.thresholds[0].since_ns, seconds[i].since * S);
        if (i)
            assert_near(s.thresholds[0].value, seconds[i].value, 1e-3);
    }
    const Gauge *h = look(&r).thresholds[0].history;
    assert_int_equal(h->point_count, 5);
    for (size_t i = 0; i < h->point_count; i++) {
        assert_int_equal(h->points[i].from_ns, (i + 2) * S);
        assert_near(h->points[i].last, seconds[i + 1].value, 1e-3);
    }
    recorder_close(&r);
    threshold_list_close(&list);
    arena_close(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_and_window_differ_for_minutes),
        cmocka_unit_test(the_window_follows),
        cmocka_unit_test(each_request_has_its_reading),
        cmocka_unit_test(pauses_count_in_no_rate),
        cmocka_unit_test(nothing_is_not_a_number),
        cmocka_unit_test(thresholds_are_judged_over_the_run),
        cmocka_unit_test(verdicts_know_since_when),
        cmocka_unit_test(a_recovery_is_measured),
        cmocka_unit_test(load_is_told_by_unit_and_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
