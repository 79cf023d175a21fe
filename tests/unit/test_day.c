/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A day of ten request names, second by second, through all that keeps
 * figures: nothing is lost on the way into coarser cells, and it fits. */
#include "unit.h"

#include <malloc.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/recorder.h"

#define DAY_S 86400
#define NAMES 10
#define SAMPLES 6
#define LIMIT_MIB 128

typedef struct Day {
    Recorder recorder;
    ThresholdList thresholds;
    Slab slab;
    Hist slow_hour; /* durations from 12:00 to 13:00, counted apart */
    Rng rng;
} Day;

/* Between 0.1 and 50 ms, twenty times as slow at noon. */
static uint64_t draw(Day *d, uint64_t second) {
    double u = rng_unit(&d->rng);
    bool slow = second >= DAY_S / 2 && second < DAY_S / 2 + 3600;
    return (uint64_t)((slow ? 2e6 : 1e5) * exp(u * u * 6.2));
}

static void pass_second(Day *d, uint64_t second) {
    slab_clear(&d->slab);
    for (size_t k = 0; k < NAMES; k++) {
        SeriesSlab *s = &d->slab.series[k];
        for (int i = 0; i < SAMPLES; i++) {
            uint64_t ns = draw(d, second);
            hist_record(&s->duration, ns);
            hist_record(&s->response, ns + 1000);
            hist_record(&s->phase[PHASE_WAITING], ns);
            if (second >= DAY_S / 2 && second < DAY_S / 2 + 3600)
                hist_record(&d->slow_hour, ns);
        }
        s->requests = s->sent = s->status[2] = SAMPLES;
        s->failed = second % 1000 == 0;
    }
    d->slab.started = d->slab.iterations = SAMPLES;
    d->slab.dropped = 1;
    uint64_t end_ns = (second + 1) * NS_PER_S;
    recorder_add(&d->recorder, end_ns, &d->slab);
    /* Once a minute, like a main loop that is late: it costs most. */
    if (second % 60 == 59)
        recorder_advance(&d->recorder, end_ns, 50, 50);
}

static void sums_are_whole(const Day *d) {
    const Timeline *t = &d->recorder.timeline;
    uint64_t requests = 0, failed = 0, started = 0, dropped = 0, seconds = 0;
    for (size_t i = 0; i < timeline_count(t); i++) {
        const Cell *c = timeline_cell(t, i);
        assert_int_equal(c->start_ns, seconds * NS_PER_S);
        seconds += c->length_ns / NS_PER_S;
        requests += c->all.requests;
        failed += c->all.failed;
        started += c->started;
        dropped += c->dropped;
    }
    assert_int_equal(seconds, DAY_S);
    assert_int_equal(requests, (uint64_t)DAY_S * NAMES * SAMPLES);
    assert_int_equal(failed, (DAY_S + 999) / 1000 * NAMES);
    assert_int_equal(started, (uint64_t)DAY_S * SAMPLES);
    assert_int_equal(dropped, DAY_S);
}

/* An hour long ago has the percentiles of just its own samples. */
static void an_old_hour_is_exact(const Day *d) {
    Hist h = { 0 };
    CellSeries sums;
    uint64_t noon = DAY_S / 2 * NS_PER_S;
    double seconds =
        timeline_interval(&d->recorder.timeline, noon, noon + NS_PER_H,
                          SIZE_MAX, &h, &sums);
    assert_near(seconds, 3600, 0);
    assert_int_equal(h.count, d->slow_hour.count);
    static const double q[] = { 0, 0.5, 0.95, 0.99, 0.999, 1 };
    for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
        double want = hist_quantile(&d->slow_hour, q[i]);
        assert_near(hist_quantile(&h, q[i]), want, want * 0.001);
    }
    hist_close(&h);
}

/* Most of the day, taken from the other side, is the sum of its parts. */
static void long_intervals_are_exact(const Day *d) {
    const Timeline *t = &d->recorder.timeline;
    uint64_t cut = (DAY_S / 2 + 3600) * NS_PER_S;
    for (size_t series = TIMELINE_RESPONSE;; series = SIZE_MAX) {
        Hist whole = { 0 }, parts = { 0 };
        CellSeries sums;
        timeline_interval(t, 0, cut, series, &whole, &sums);
        assert_int_equal(sums.requests, cut / NS_PER_S * NAMES * SAMPLES);
        for (uint64_t at = 0; at < cut; at += cut / 4)
            timeline_interval(t, at, at + cut / 4, series, &parts, &sums);
        assert_int_equal(whole.count, parts.count);
        for (size_t p = 0; p < HIST_PAGES; p++)
            if (parts.page[p])
                assert_memory_equal(whole.page[p]->n, parts.page[p]->n,
                                    sizeof parts.page[p]->n);
        assert_int_equal(whole.max, parts.max);
        assert_near((double)whole.min, (double)parts.min, 1);
        assert_near(hist_mean(&whole), hist_mean(&parts), 5);
        hist_close(&whole);
        hist_close(&parts);
        if (series == SIZE_MAX)
            break;
    }
}

static void a_day_fits_and_loses_nothing(void **state) {
    (void)state;
    static const Series series[NAMES];
    Day d = { .rng = { .state = 11 } };
    size_t before = mallinfo2().uordblks;
    slab_init(&d.slab, NAMES, 0, 0);
    recorder_init(&d.recorder,
                  &(RecorderSetup){ .metrics = { .series = series,
                                                 .series_count = NAMES },
                                    .thresholds = &d.thresholds });
    for (uint64_t second = 0; second < DAY_S; second++)
        pass_second(&d, second);
    size_t used = mallinfo2().uordblks - before;
    sums_are_whole(&d);
    an_old_hour_is_exact(&d);
    long_intervals_are_exact(&d);
    Snapshot s = { 0 };
    recorder_snapshot(&d.recorder, &s);
    assert_int_equal(s.run.requests, (uint64_t)DAY_S * NAMES * SAMPLES);
    assert_int_equal(s.totals->dropped, DAY_S);
    print_message("a day takes %zu KiB\n", used >> 10);
    assert_true(used < (size_t)LIMIT_MIB << 20);
    recorder_close(&d.recorder);
    slab_close(&d.slab);
    hist_close(&d.slow_hour);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_fits_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
