/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is looked at: windows, zoom, the cursor, intervals. */
#include "unit.h"

#include "base/clock.h"
#include "base/rng.h"
#include "ui/look.h"

#define S NS_PER_S
#define M NS_PER_MIN
#define H (60 * NS_PER_MIN)

/* 100 columns of two dots. */
static LookRun run_of(uint64_t now_ns, uint64_t total_ns) {
    return (LookRun){
        .now_ns = now_ns, .total_ns = total_ns, .dots = 200, .per_cell = 2
    };
}

static Interval window_of(const Look *l, LookRun run) {
    return look_window(l, &run);
}

static void is_interval(Interval i, uint64_t from, uint64_t to) {
    if (i.from_ns != from || i.to_ns != to)
        fail_msg("%.3f to %.3f s, wanted %.3f to %.3f", (double)i.from_ns / 1e9,
                 (double)i.to_ns / 1e9, (double)from / 1e9, (double)to / 1e9);
}

/* --- windows ------------------------------------------------------------ */

static void the_window_follows_the_run(void **state) {
    (void)state;
    Look l = { 0 };
    is_interval(window_of(&l, run_of(M, 10 * M)), 0, 10 * M);
    /* the last 5 minutes and the next one, from a whole column on: 3.6 s */
    is_interval(window_of(&l, run_of(60 * M, 120 * M)), 32976 * S / 10,
                36576 * S / 10);
    l.is_other = true;
    is_interval(window_of(&l, run_of(60 * M, 120 * M)), 0, 120 * M);
    l = (Look){ .span_ns = 30 * S };
    /* a sixth of it is to come; by whole columns of 300 ms */
    is_interval(window_of(&l, run_of(100 * S, 10 * M)), 75 * S, 105 * S);
}

static void zoom_goes_through_the_spans(void **state) {
    (void)state;
    static const uint64_t want[] = { 12 * H, 6 * H, 2 * H, H, 30 * M, 15 * M,
                                     10 * M, 5 * M, 2 * M, M, 30 * S, 30 * S };
    LookRun run = run_of(23 * H, 24 * H);
    Look l = { .is_other = true };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        look_shorter(&l, &run);
        Interval w = look_window(&l, &run);
        assert_int_equal(w.to_ns - w.from_ns, want[i]);
    }
    for (int i = 0; i < 11; i++)
        look_longer(&l, &run);
    is_interval(look_window(&l, &run), 0, 24 * H);
    look_longer(&l, &run);
    is_interval(look_window(&l, &run), 0, 24 * H);
}

static void zoom_keeps_the_cursor_on_its_column(void **state) {
    (void)state;
    LookRun run = run_of(23 * H, 24 * H);
    Look l = { .is_other = true };
    look_at(&l, &run, 6 * H);
    uint64_t cursor = l.cursor_ns;
    for (int i = 0; i < 11; i++) {
        look_shorter(&l, &run);
        Interval w = look_window(&l, &run);
        double at = ((double)cursor - (double)w.from_ns) /
                    (double)(w.to_ns - w.from_ns);
        assert_int_equal(l.cursor_ns, cursor);
        if (fabs(at - 0.25) > 0.02)
            fail_msg("the cursor stands at %.3f of the window", at);
    }
    assert_int_equal(l.span_ns, 30 * S);
    for (int i = 0; i < 11; i++)
        look_longer(&l, &run);
    is_interval(look_window(&l, &run), 0, 24 * H);
    assert_int_equal(l.cursor_ns, cursor);
}

static void toggling_shows_the_near_or_all(void **state) {
    (void)state;
    LookRun run = run_of(60 * M, 120 * M);
    Look l = { 0 };
    look_toggle(&l, &run);
    is_interval(look_window(&l, &run), 0, 120 * M);
    look_at(&l, &run, 30 * M);
    look_toggle(&l, &run);
    Interval w = look_window(&l, &run);
    assert_int_equal(w.to_ns - w.from_ns, 6 * M);
    assert_true(w.from_ns < 30 * M && w.to_ns > 30 * M);
    look_toggle(&l, &run);
    is_interval(look_window(&l, &run), 0, 120 * M);
}

/* --- the cursor --------------------------------------------------------- */

/* A window of 10 minutes: columns of 6 s. */
static void the_cursor_moves_by_columns(void **state) {
    (void)state;
    LookRun run = run_of(5 * M, 10 * M);
    Look l = { 0 };
    look_move(&l, &run, -1);
    is_interval(look_column(&l, &run, l.cursor_ns), 294 * S, 300 * S);
    look_move(&l, &run, -10);
    is_interval(look_column(&l, &run, l.cursor_ns), 234 * S, 240 * S);
    look_move(&l, &run, 1);
    is_interval(look_column(&l, &run, l.cursor_ns), 240 * S, 246 * S);
    look_move(&l, &run, 1000);
    is_interval(look_column(&l, &run, l.cursor_ns), 300 * S, 306 * S);
    look_move(&l, &run, -1000);
    is_interval(look_column(&l, &run, l.cursor_ns), 0, 6 * S);
    assert_true(look_leave(&l));
    assert_false(l.has_cursor || l.is_back);
    assert_false(look_leave(&l));
}

static void the_window_goes_along_at_its_edge(void **state) {
    (void)state;
    LookRun run = run_of(30 * M, 60 * M);
    Look l = { .span_ns = 5 * M }; /* columns of 3 s, from 25:50 on */
    Interval before = look_window(&l, &run);
    look_at(&l, &run, before.from_ns);
    is_interval(look_window(&l, &run), before.from_ns, before.to_ns);
    look_move(&l, &run, -1);
    is_interval(look_window(&l, &run), before.from_ns - 3 * S,
                before.to_ns - 3 * S);
    look_move(&l, &run, -10);
    is_interval(look_window(&l, &run), before.from_ns - 33 * S,
                before.to_ns - 33 * S);
    is_interval(look_column(&l, &run, l.cursor_ns), before.from_ns - 33 * S,
                before.from_ns - 30 * S);
    look_move(&l, &run, -100000);
    is_interval(look_window(&l, &run), 0, 5 * M);
    look_move(&l, &run, 100000);
    Interval c = look_column(&l, &run, l.cursor_ns), w = look_window(&l, &run);
    assert_true(c.from_ns <= run.now_ns && c.to_ns > run.now_ns);
    assert_true(w.from_ns <= c.from_ns && c.to_ns <= w.to_ns);
}

static void looking_back_stands_still(void **state) {
    (void)state;
    LookRun run = run_of(30 * M, 60 * M);
    Look l = { 0 };
    look_move(&l, &run, -5);
    Interval w = look_window(&l, &run), c = look_column(&l, &run, l.cursor_ns);
    run.now_ns += 7 * S;
    is_interval(look_window(&l, &run), w.from_ns, w.to_ns);
    is_interval(look_column(&l, &run, l.cursor_ns), c.from_ns, c.to_ns);
    look_leave(&l);
    assert_true(look_window(&l, &run).from_ns > w.from_ns);
}

static void the_cursor_jumps_to_moments(void **state) {
    (void)state;
    static const uint64_t at[] = { 400 * S, 0, 60 * S, 62 * S, 121 * S };
    LookRun run = run_of(5 * M, 10 * M);
    Look l = { 0 };
    static const struct {
        int direction;
        bool found;
        uint64_t column; /* begins */
    } steps[] = {
        { -1, true, 120 * S }, { -1, true, 60 * S }, { -1, true, 0 },
        { -1, false, 0 },      { 1, true, 60 * S },  { 1, true, 120 * S },
        { 1, false, 120 * S }, /* 400 s have not been yet */
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(look_jump(&l, &run, at, 5, steps[i].direction),
                         steps[i].found);
        is_interval(look_column(&l, &run, l.cursor_ns), steps[i].column,
                    steps[i].column + 6 * S);
    }
}

/* --- intervals ---------------------------------------------------------- */

static void two_intervals_are_picked_and_dropped(void **state) {
    (void)state;
    LookRun run = run_of(5 * M, 10 * M);
    Look l = { 0 };
    look_at(&l, &run, 60 * S);
    look_pick(&l, &run);
    is_interval(l.first, 60 * S, 66 * S);
    look_move(&l, &run, 4);
    is_interval(l.first, 60 * S, 90 * S);
    look_move(&l, &run, -6);
    is_interval(l.first, 48 * S, 66 * S);
    look_pick(&l, &run);
    look_at(&l, &run, 200 * S);
    is_interval(l.first, 48 * S, 66 * S);
    look_pick(&l, &run);
    is_interval(l.second, 198 * S, 204 * S);
    look_move(&l, &run, -1);
    is_interval(l.second, 192 * S, 204 * S);
    look_pick(&l, &run);
    look_pick(&l, &run); /* the second one anew */
    is_interval(l.second, 192 * S, 198 * S);
    assert_true(look_leave(&l));
    assert_true(look_is_empty(l.second) && l.pick == PICK_NONE);
    is_interval(l.first, 48 * S, 66 * S);
    assert_true(look_leave(&l));
    assert_true(look_is_empty(l.first) && l.has_cursor);
    assert_true(look_leave(&l));
    assert_false(l.has_cursor);
    assert_false(look_leave(&l));
}

static void an_interval_begins_now_without_a_cursor(void **state) {
    (void)state;
    LookRun run = run_of(5 * M, 10 * M);
    Look l = { 0 };
    look_pick(&l, &run);
    is_interval(l.first, 300 * S, 306 * S);
    look_move(&l, &run, -1);
    is_interval(l.first, 294 * S, 306 * S);
}

/* --- random walks ------------------------------------------------------- */

static void step(Look *l, LookRun *run, Rng *rng, const uint64_t *moments) {
    switch (rng_next(rng) % 10) {
    case 0:
        look_longer(l, run);
        break;
    case 1:
        look_shorter(l, run);
        break;
    case 2:
        look_at(l, run, rng_next(rng) % (run->now_ns * 5 / 4 + 1));
        break;
    case 3:
        look_toggle(l, run);
        break;
    case 4:
        look_pick(l, run);
        break;
    case 5:
        look_leave(l);
        break;
    case 6:
        look_jump(l, run, moments, 8, rng_next(rng) % 2 ? 1 : -1);
        break;
    case 7:
        run->now_ns += rng_next(rng) % (90 * S);
        break;
    default:
        look_move(l, run, (int)(rng_next(rng) % 41) - 20);
    }
}

static void holds(const Look *l, const LookRun *run, int round) {
    Interval w = look_window(l, run);
    const Interval *both[] = { &l->first, &l->second };
    if (w.from_ns >= w.to_ns)
        fail_msg("round %d: the window is empty", round);
    for (size_t i = 0; i < 2; i++)
        if (both[i]->from_ns > both[i]->to_ns ||
            (both[i]->to_ns && both[i]->from_ns > run->now_ns))
            fail_msg("round %d: interval %zu is wrong", round, i);
    if (look_is_empty(l->first) && !look_is_empty(l->second))
        fail_msg("round %d: a second one without a first", round);
    if (!l->has_cursor)
        return;
    Interval c = look_column(l, run, l->cursor_ns);
    /* to the nanosecond that dividing a window leaves over */
    if (c.from_ns > l->cursor_ns + 1 || c.to_ns + 1 <= l->cursor_ns)
        fail_msg("round %d: the cursor at %.9f is outside its column, %.9f to "
                 "%.9f",
                 round, (double)l->cursor_ns / 1e9, (double)c.from_ns / 1e9,
                 (double)c.to_ns / 1e9);
    if (c.from_ns > run->now_ns)
        fail_msg("round %d: the cursor is in the future", round);
    if (l->cursor_ns < w.from_ns || l->cursor_ns >= w.to_ns)
        fail_msg("round %d: the cursor at %.3f is outside %.3f to %.3f", round,
                 (double)l->cursor_ns / 1e9, (double)w.from_ns / 1e9,
                 (double)w.to_ns / 1e9);
}

static void any_keys_leave_a_sound_look(void **state) {
    (void)state;
    static const uint64_t totals[] = { 40 * S, 9 * M, 3 * H, 26 * H };
    Rng rng = { 11 };
    for (size_t k = 0; k < sizeof totals / sizeof *totals; k++)
        for (int walk = 0; walk < 40; walk++) {
            uint64_t moments[8];
            LookRun run = { .now_ns = 1 + rng_next(&rng) % totals[k],
                            .total_ns = totals[k],
                            .grows = rng_next(&rng) % 2,
                            .per_cell = 1 + (int)(rng_next(&rng) % 2) };
            run.dots = run.per_cell * (1 + (int)(rng_next(&rng) % 190));
            for (size_t i = 0; i < 8; i++)
                moments[i] = rng_next(&rng) % (totals[k] * 2);
            Look l = { .is_other = rng_next(&rng) % 2 };
            for (int round = 0; round < 300; round++) {
                step(&l, &run, &rng, moments);
                holds(&l, &run, round);
            }
        }
}

/* Charts of another view have other columns, and a run ends. */
static void the_window_never_loses_the_cursor(void **state) {
    (void)state;
    static const uint64_t spans[] = { 0, 30 * S, 7 * M, 24 * H };
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        for (uint64_t now = 0; now < 20 * M; now += 61 * S + 7) {
            Look l = { .is_other = true };
            LookRun run = run_of(now, 10 * M);
            look_at(&l, &run, now);
            look_zoom(&l, &run, spans[i]);
            run.total_ns = now;
            for (run.dots = 0; run.dots < 400; run.dots += 13) {
                Interval w = look_window(&l, &run);
                assert_true(w.from_ns <= l.cursor_ns && l.cursor_ns < w.to_ns);
            }
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_follows_the_run),
        cmocka_unit_test(zoom_goes_through_the_spans),
        cmocka_unit_test(zoom_keeps_the_cursor_on_its_column),
        cmocka_unit_test(toggling_shows_the_near_or_all),
        cmocka_unit_test(the_cursor_moves_by_columns),
        cmocka_unit_test(the_window_goes_along_at_its_edge),
        cmocka_unit_test(looking_back_stands_still),
        cmocka_unit_test(the_cursor_jumps_to_moments),
        cmocka_unit_test(two_intervals_are_picked_and_dropped),
        cmocka_unit_test(an_interval_begins_now_without_a_cursor),
        cmocka_unit_test(any_keys_leave_a_sound_look),
        cmocka_unit_test(the_window_never_loses_the_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
