/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spectrogram against text in screens/, and what its colours say. */
#include "unit.h"

#include "base/clock.h"
#include "fake_run.h"
#include "golden.h"
#include "ui/shade.h"
#include "ui/spectrum.h"
#include "ui/view.h"

#define SPIKE                                                        \
    "warm-up = 2m to 100; spike = 1m to 1000; hold = 3m; recover = " \
    "2m to 100; cool = 1m to 0"
#define ARRIVALS "ramp = 1m to 300/s; hold = 2m; rush = 1m to 900/s"

typedef struct Case {
    const char *name;
    int rows, cols;
    Glyphs glyphs;
    const char *stages;
    void (*play)(FakeRun *r);
} Case;

/* --- runs --------------------------------------------------------------- */

static void play_spike(FakeRun *r) {
    fake_run_until(r, 295);
    fake_run_do(r, "mark deploy finished");
    fake_run_until(r, 480);
}

static void play_cursor(FakeRun *r) {
    play_spike(r);
    r->view.look.has_cursor = true;
    r->view.look.cursor_ns = 150 * NS_PER_S;
}

static void play_arrivals(FakeRun *r) {
    fake_run_until(r, 200);
}

static void play_one(FakeRun *r) {
    play_spike(r);
    r->view.series = 1;
}

static void play_done(FakeRun *r) {
    fake_run_until(r, 540);
    recorder_end(&r->recorder);
    r->snapshot.state = RUN_DONE;
}

static void play_start(FakeRun *r) {
    (void)r;
}

static double normal(Rng *rng) {
    double u = rng_unit(rng), v = rng_unit(rng);
    return sqrt(-2 * log(1 - u)) * cos(2 * M_PI * v);
}

static void answer(FakeRun *r, double ms, double sigma, int n) {
    SeriesSlab *s = &r->slab.series[0];
    s->requests += (uint64_t)n;
    for (int i = 0; i < n; i++) {
        double took = ms * exp(sigma * normal(&r->rng));
        hist_record(&s->duration, (uint64_t)(took * 1e6));
    }
}

/* Two thirds find a free slot and one third queues from 01:00 on; at 02:20
 * the target answers nobody for six seconds. */
static void play_modes(FakeRun *r) {
    for (; r->second < 180; r->second++) {
        uint64_t at = (r->second + 1) * NS_PER_S;
        bool queues = r->second >= 60;
        slab_clear(&r->slab);
        wheel_advance(&r->wheel, at);
        if (r->second < 140 || r->second > 145) {
            answer(r, queues ? 21 : 12, 0.2, queues ? 200 : 300);
            answer(r, 402, 0.25, queues ? 100 : 0);
        }
        if (r->second == 146)
            answer(r, 6300, 0.02, 40);
        recorder_add(&r->recorder, at, &r->slab);
        recorder_advance(&r->recorder, at, 50, 50);
    }
    r->snapshot.state = RUN_RUNNING;
}

static void play_stall(FakeRun *r) {
    play_modes(r);
    r->view.look.has_cursor = true;
    r->view.look.cursor_ns = 143 * NS_PER_S;
}

static const Case cases[] = {
    { "spectrum-200x60", 60, 200, GLYPHS_BRAILLE, SPIKE, play_spike },
    { "spectrum-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_spike },
    { "spectrum-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_spike },
    { "spectrum-40x12", 12, 40, GLYPHS_BRAILLE, SPIKE, play_spike },
    { "spectrum-ascii-120x38", 38, 120, GLYPHS_ASCII, SPIKE, play_spike },
    { "spectrum-ascii-40x12", 12, 40, GLYPHS_ASCII, SPIKE, play_spike },
    { "spectrum-block-120x38", 38, 120, GLYPHS_BLOCK, SPIKE, play_spike },
    { "spectrum-cursor-120x38", 38, 120, GLYPHS_BRAILLE, SPIKE, play_cursor },
    { "spectrum-cursor-80x24", 24, 80, GLYPHS_ASCII, SPIKE, play_cursor },
    { "spectrum-one-80x24", 24, 80, GLYPHS_ASCII, SPIKE, play_one },
    { "spectrum-open-80x24", 24, 80, GLYPHS_ASCII, ARRIVALS, play_arrivals },
    { "spectrum-done-120x38", 38, 120, GLYPHS_ASCII, SPIKE, play_done },
    { "spectrum-start-80x24", 24, 80, GLYPHS_BRAILLE, SPIKE, play_start },
    { "spectrum-modes-120x38", 38, 120, GLYPHS_ASCII, "all = 4m at 50",
      play_modes },
    { "spectrum-stall-120x38", 38, 120, GLYPHS_BRAILLE, "all = 4m at 50",
      play_stall },
};
#define CASES (sizeof cases / sizeof *cases)

/* As the console draws it, without its bars. */
static void draw(FakeRun *r, Cells *c) {
    int top = c->rows < 20 ? 1 : 2;
    Rect area = { top, 0, c->rows - top - 1, c->cols };
    const Scene *s = fake_run_scene(r);
    cells_clear(c);
    views[VIEW_SPECTRUM].follow(&r->view, s, area);
    views[VIEW_SPECTRUM].draw(c, area, s);
}

static void case_open(const Case *k, FakeRun *r, Cells *c) {
    fake_run_init(r, k->stages, k->glyphs);
    r->view.spectrum = spectrum_new();
    r->view.view = VIEW_SPECTRUM;
    k->play(r);
    cells_init(c, k->rows, k->cols);
    draw(r, c);
}

static void case_close(FakeRun *r, Cells *c) {
    spectrum_free(r->view.spectrum);
    fake_run_close(r);
    cells_close(c);
}

static void screens_are_as_reviewed(void **state) {
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        FakeRun r;
        Cells c;
        case_open(&cases[i], &r, &c);
        golden_compare(&c, cases[i].name);
        case_close(&r, &c);
    }
}

static const ScreenCell *cell(const Cells *c, int y, int x) {
    return &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
}

/* Level of the upper or the lower half of a cell, 0: nothing. */
static int level(const ScreenCell *at, bool upper) {
    bool is_lower = at->rune == 0x2584;
    int ground = at->ground >= GROUND_HEAT && at->ground <= GROUND_HEAT_LAST
                     ? at->ground - GROUND_HEAT + 1
                     : 0;
    if (at->style < STYLE_HEAT || at->style > STYLE_HEAT_LAST)
        return 0;
    int front = at->style - STYLE_HEAT + 1;
    return upper != is_lower ? front : is_lower ? 0 : ground;
}

/* More requests are brighter; where nobody answers it is empty. */
static void brighter_is_more(void **state) {
    (void)state;
    static const Case k = { "modes",          38,        120, GLYPHS_BRAILLE,
                            "all = 4m at 50", play_modes };
    FakeRun r;
    Cells c;
    case_open(&k, &r, &c);
    const TimeAxis *a = &r.view.spectrum->axis;
    int early = 7 + axis_dot(a, 30 * NS_PER_S);
    int late = 7 + axis_dot(a, 100 * NS_PER_S);
    int silent = 7 + axis_dot(a, 143 * NS_PER_S);
    int humps = 0, first = 0, second = 0, before = 0, sum_early = 0;
    for (int y = c.rows - 1; y >= 0; y--)
        for (int half = 0; half < 2; half++) {
            int now = level(cell(&c, y, late), half == 1);
            humps += now > 0 && before == 0;
            before = now;
            if (humps == 1 && now > first)
                first = now;
            if (humps == 2 && now > second)
                second = now;
            sum_early += level(cell(&c, y, early), half == 1);
            assert_int_equal(level(cell(&c, y, silent), half == 1), 0);
        }
    assert_int_equal(humps, 2);
    assert_true(first > second && second > 1);
    assert_true(sum_early > HEAT_LEVELS);
    case_close(&r, &c);
}

static void few_colours_have_signs(void **state) {
    (void)state;
    static const Glyphs fonts[] = { GLYPHS_ASCII, GLYPHS_BLOCK,
                                    GLYPHS_BRAILLE };
    for (size_t i = 0; i < 3; i++) {
        uint32_t before = 0;
        int kinds = 0;
        for (int n = 1; n <= HEAT_LEVELS; n++) {
            ScreenCell heat = { .rune = 0x2580,
                                .style = STYLE_HEAT,
                                .ground = (uint8_t)(GROUND_HEAT + n - 1) };
            ScreenCell got = shade_cell(&heat, fonts[i]);
            assert_int_equal(got.ground, GROUND_NONE);
            assert_int_equal(got.style, STYLE_HEAT + n - 1);
            assert_int_equal(got.rune, shade_rune(fonts[i], n));
            kinds += got.rune != before;
            before = got.rune;
        }
        assert_int_equal(kinds, fonts[i] == GLYPHS_ASCII ? 9 : 4);
    }
    ScreenCell text = { .rune = 'x',
                        .style = STYLE_CURSOR,
                        .ground = GROUND_HEAT + 3,
                        .bold = true };
    ScreenCell got = shade_cell(&text, GLYPHS_BRAILLE);
    assert_true(got.rune == 'x' && got.style == STYLE_CURSOR && got.bold);
    assert_int_equal(got.ground, GROUND_NONE);
}

/* The mouse finds the time that it points at; all sizes draw. */
static void the_mouse_finds_the_time(void **state) {
    (void)state;
    FakeRun r;
    Cells c;
    case_open(&cases[1], &r, &c);
    const Spot *spot = cells_spot_at(&c, 10, 60);
    assert_non_null(spot);
    assert_int_equal(spot->kind, SPOT_CHART);
    assert_int_equal(spot->area.x, 7);
    assert_int_equal(spot->area.cols, r.view.spectrum->axis.dots);
    assert_int_equal(spot->from_ns, r.view.spectrum->axis.from_ns);
    assert_int_equal(spot->to_ns, r.view.spectrum->axis.to_ns);
    for (int rows = 12; rows < 70; rows += 3)
        for (int cols = 40; cols < 210; cols += 13) {
            cells_resize(&c, rows, cols);
            draw(&r, &c);
            assert_true(golden_has(&c, "latency"));
            assert_true(golden_has(&c, "p95"));
        }
    case_close(&r, &c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(screens_are_as_reviewed),
        cmocka_unit_test(brighter_is_more),
        cmocka_unit_test(few_colours_have_signs),
        cmocka_unit_test(the_mouse_finds_the_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
