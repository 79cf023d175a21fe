/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept from frame to frame is what a look at everything anew would
 * find, and is not read twice. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "ui/spectrum.h"

#define S NS_PER_S
#define SERIES 2
#define WALKS 400

static uint64_t rng_below(Rng *rng, uint64_t n) {
    return (uint64_t)(rng_unit(rng) * (double)n);
}

static void pass_seconds(Timeline *t, Rng *rng, uint64_t seconds) {
    Slab slab;
    slab_init(&slab, SERIES, 0, 0);
    for (uint64_t i = 0; i < seconds; i++) {
        slab_clear(&slab);
        for (size_t k = 0; k < SERIES; k++) {
            SeriesSlab *s = &slab.series[k];
            s->requests = rng_below(rng, 8);
            for (uint64_t n = 0; n < s->requests; n++) {
                double log = 4 + 5 * rng_unit(rng);
                hist_record(&s->duration, (uint64_t)pow(10, log));
                hist_record(&s->response, (uint64_t)pow(10, log + 0.2));
            }
        }
        timeline_add(t, t->open_ns + S, &slab);
        timeline_advance(t, t->open_ns + S);
    }
    slab_close(&slab);
}

static TimeAxis axis_at(const Look *look, uint64_t now, int dots) {
    LookRun run = { .now_ns = now, .total_ns = 3600 * S, .dots = dots };
    Interval w = look_window(look, &run);
    return (TimeAxis){ w.from_ns, w.to_ns, now, dots, 1 };
}

/* As many frames as it takes to read a long past. */
static int follow_all(Spectrum *m, const Timeline *t, size_t series,
                      const TimeAxis *axis) {
    int frames = 0;
    do {
        spectrum_follow(m, t, series, axis);
        assert_true(++frames < 100);
    } while (m->is_partial);
    return frames;
}

static void assert_same(const Spectrum *a, const Spectrum *b) {
    assert_int_equal(a->sum_count, b->sum_count);
    for (int i = 0; i < a->axis.dots; i++) {
        const SpectrumSum *x = a->columns[i], *y = b->columns[i];
        assert_int_equal(x == NULL, y == NULL);
        if (!x)
            continue;
        assert_int_equal(x->begin_ns, y->begin_ns);
        assert_int_equal(x->end_ns, y->end_ns);
        assert_int_equal(x->low, y->low);
        assert_int_equal(x->high, y->high);
        assert_memory_equal(x->count, y->count, sizeof x->count);
    }
    const Moment *m = &a->moment, *n = &b->moment;
    assert_int_equal(m->begin_ns, n->begin_ns);
    assert_int_equal(m->end_ns, n->end_ns);
    assert_int_equal(m->hist.count, n->hist.count);
    assert_int_equal(m->sums.requests, n->sums.requests);
    assert_int_equal(m->modes, n->modes);
    assert_near(m->seconds, n->seconds, 1e-9);
    if (m->hist.count)
        assert_near(hist_quantile(&m->hist, 0.95),
                    hist_quantile(&n->hist, 0.95), 1e-3);
}

/* Where columns are wider than cells, each cell of the window is counted in
 * one column. */
static void assert_whole(const Spectrum *m, const Timeline *t, size_t series) {
    uint64_t counted = 0, seconds = 0;
    for (size_t i = 0; i < m->sum_count; i++) {
        seconds += (m->sums[i]->end_ns - m->sums[i]->begin_ns) / S;
        for (size_t b = 0; b < BANDS; b++)
            counted += m->sums[i]->count[b];
    }
    Hist h = { 0 };
    CellSeries counts;
    double want = timeline_interval(t, m->axis.from_ns, m->axis.to_ns, series,
                                    &h, &counts);
    assert_int_equal(counted, h.count);
    assert_near((double)seconds, want, 1e-9);
    hist_close(&h);
}

static void change_look(Look *look, Rng *rng, uint64_t now, int *dots) {
    LookRun run = { .now_ns = now, .total_ns = 3600 * S, .dots = *dots };
    switch (rng_below(rng, 8)) {
    case 0:
        look_longer(look, &run);
        break;
    case 1:
        look_shorter(look, &run);
        break;
    case 2:
        look->is_back = !look->is_back;
        look->to_ns = rng_below(rng, now + 1);
        break;
    case 3:
        *dots = 20 + (int)rng_below(rng, 180);
        break;
    default: /* time goes on alone, as it mostly does */
        break;
    }
}

static void kept_is_as_counted_anew(void **state) {
    (void)state;
    static const size_t all[] = { SIZE_MAX,          SIZE_MAX, SIZE_MAX,
                                  TIMELINE_RESPONSE, 0,        1 };
    static const uint64_t steps[] = { 0, 1, 1, 1, 2, 9, 40, 90 };
    Rng rng = { 17 };
    Timeline t;
    Look look = { 0 };
    int dots = 104;
    size_t series = SIZE_MAX, whole = 0;
    Spectrum *kept = spectrum_new();
    timeline_init(&t, SERIES);
    for (int i = 0; i < WALKS; i++) {
        pass_seconds(&t, &rng, steps[rng_below(&rng, 8)]);
        change_look(&look, &rng, t.open_ns, &dots);
        if (rng_below(&rng, 20) == 0)
            series = all[rng_below(&rng, 6)];
        TimeAxis axis = axis_at(&look, t.open_ns, dots);
        uint64_t at = axis.from_ns + rng_below(&rng, axis.to_ns - axis.from_ns);
        uint64_t to = at + (uint64_t)rng_below(&rng, 20) * S;
        MomentKind kind = (MomentKind)rng_below(&rng, 3);
        Spectrum *anew = spectrum_new();
        Spectrum *both[] = { kept, anew };
        for (size_t k = 0; k < 2; k++) {
            follow_all(both[k], &t, series, &axis);
            spectrum_moment(both[k], kind, at, to + 1);
        }
        assert_same(kept, anew);
        if (axis.to_ns - axis.from_ns > 60 * S * (uint64_t)dots && ++whole)
            assert_whole(kept, &t, series);
        spectrum_free(anew);
    }
    /* the walk went where cells were folded */
    assert_true(t.tier[1].count > 100);
    assert_true(whole > 10);
    spectrum_free(kept);
    timeline_close(&t);
}

static void nothing_is_read_twice(void **state) {
    (void)state;
    Rng rng = { 4 };
    Timeline t;
    Spectrum *m = spectrum_new();
    Look look = { .span_ns = 600 * S };
    timeline_init(&t, SERIES);
    pass_seconds(&t, &rng, 500);
    TimeAxis axis = axis_at(&look, t.open_ns, 100);
    spectrum_follow(m, &t, SIZE_MAX, &axis);
    size_t before = m->unpacked;
    assert_true(before > 80 && before <= 100);
    spectrum_follow(m, &t, SIZE_MAX, &axis);
    assert_int_equal(m->unpacked, before);
    /* each second one column grows or begins, while the window slides */
    for (int i = 0; i < 300; i++) {
        pass_seconds(&t, &rng, 1);
        axis = axis_at(&look, t.open_ns, 100);
        spectrum_follow(m, &t, SIZE_MAX, &axis);
        assert_true(m->unpacked <= ++before);
    }
    /* another request is all new */
    spectrum_follow(m, &t, 1, &axis);
    assert_true(m->unpacked > before + 80);
    spectrum_free(m);
    timeline_close(&t);
}

/* The latest comes first. */
static void a_long_past_takes_some_frames(void **state) {
    (void)state;
    Rng rng = { 9 };
    Timeline t;
    Spectrum *m = spectrum_new(), *all = spectrum_new();
    Look look = { 0 };
    timeline_init(&t, SERIES);
    pass_seconds(&t, &rng, 3500);
    look.is_other = true; /* all 3600 s: 360 in a column */
    TimeAxis axis = axis_at(&look, t.open_ns, 10);
    spectrum_follow(m, &t, SIZE_MAX, &axis);
    assert_true(m->is_partial);
    assert_null(m->columns[0]);
    assert_non_null(m->columns[9]);
    size_t before = m->unpacked;
    assert_true(before > 0 && before < 5);
    spectrum_follow(m, &t, SIZE_MAX, &axis);
    assert_true(m->unpacked > before);
    assert_true(follow_all(m, &t, SIZE_MAX, &axis) > 1);
    assert_int_equal(m->unpacked, 10);
    assert_true(follow_all(all, &t, SIZE_MAX, &axis) > 2);
    assert_same(m, all);
    assert_whole(m, &t, SIZE_MAX);
    spectrum_free(m);
    spectrum_free(all);
    timeline_close(&t);
}

/* Columns of half a second share their cell. */
static void wide_cells_fill_their_columns(void **state) {
    (void)state;
    Rng rng = { 4 };
    Timeline t;
    Spectrum *m = spectrum_new();
    Look look = { .span_ns = 30 * S, .is_back = true, .to_ns = 30 * S };
    timeline_init(&t, SERIES);
    pass_seconds(&t, &rng, 20);
    TimeAxis axis = axis_at(&look, t.open_ns, 60);
    spectrum_follow(m, &t, SIZE_MAX, &axis);
    size_t n = timeline_count(&t);
    assert_int_equal(m->sum_count, n);
    for (size_t i = 0; i < 60; i++) {
        if (i < 2 * n)
            assert_ptr_equal(m->columns[i], m->sums[i / 2]);
        else
            assert_null(m->columns[i]);
    }
    spectrum_free(m);
    timeline_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_is_as_counted_anew),
        cmocka_unit_test(nothing_is_read_twice),
        cmocka_unit_test(a_long_past_takes_some_frames),
        cmocka_unit_test(wide_cells_fill_their_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
