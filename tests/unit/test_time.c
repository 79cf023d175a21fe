/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking back while the run goes on: keys, what the screen says, screens of
 * a moment, of intervals and of an earlier run; what is measured and kept. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk.h"
#include "ui/console_state.h"
#include "ui/measured.h"
#include "ui/scene.h"

/* What keys said goes. */
static void wait_notice(Desk *d) {
    d->clock_ns += 7 * NS_PER_S;
    clock_set(d->clock_ns);
}

static void size(Desk *d, int rows, int cols) {
    cells_resize(&d->cells, rows, cols);
    look(d);
}

/* Of nine minutes in 73 columns: each is 7.4 s. */
static void open_at(Desk *d, uint64_t second) {
    desk_open_full(d, second);
    look(d);
}

/* --- keys --------------------------------------------------------------- */

static void arrows_look_back_and_esc_comes_back(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 300);
    sees_not(&d, "looking at");
    press(&d, KEYCODE_LEFT); /* true in the first frame already */
    sees(&d, "looking at 04:49");
    press_keys(&d, "esc");
    sent(&d, "");
    press_keys(&d, "left left left");
    sees(&d, "looking at 04:34, 00:26 ago   Esc: now");
    fake_source_until(&d.source, 310);
    sees(&d, "looking at 04:34, 00:36 ago   Esc: now");
    press_keys(&d, "right");
    sees(&d, "looking at 04:42");
    press_keys(&d, "{");
    sees(&d, "looking at 03:28");
    press_keys(&d, "}");
    sees(&d, "looking at 04:42");
    press_keys(&d, "home");
    sees(&d, "looking at 00:00");
    press_keys(&d, "left");
    sees(&d, "looking at 00:00");
    press_keys(&d, "end right");
    sees(&d, "looking at 05:04");
    press_keys(&d, "esc");
    sees_not(&d, "looking at");
    sent(&d, "");
    desk_close(&d);
}

static void commas_jump_to_events(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 100);
    console_key(d.console, 'm');
    console_key(d.console, 'x');
    press_keys(&d, "enter");
    fake_source_until(&d.source, 240);
    press_keys(&d, ",");
    sees(&d, "looking at 02:58"); /* the stage at 03:00 */
    sees(&d, "plan: stage hold began");
    press_keys(&d, ", ,");
    sees(&d, "looking at 01:37");
    sees(&d, "mark: x");
    press_keys(&d, ".");
    sees(&d, "looking at 01:59");
    press_keys(&d, ", , ,");
    sees(&d, "there is no event before");
    desk_close(&d);
}

static void an_interval_is_picked(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 300);
    press_keys(&d, "left v");
    sees(&d, "interval A: the arrows stretch it, Enter fixes it");
    sees(&d, "A vs run");
    press_keys(&d, "{ enter");
    sees(&d, "interval A is fixed");
    press_keys(&d, "{ v {");
    sees(&d, "interval B, beside A");
    sees(&d, "A vs B");
    press_keys(&d, "v");
    sees(&d, "interval B is fixed");
    sees(&d, "[B");
    sees(&d, "[A");
    press_keys(&d, "esc");
    sees(&d, "A vs run");
    press_keys(&d, "esc");
    sees_not(&d, "A vs run");
    sees(&d, "looking at");
    press_keys(&d, "esc");
    sees_not(&d, "looking at");
    desk_close(&d);
}

static void zoom_keeps_the_moment(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 300);
    press_keys(&d, "left ] ] ]");
    sees(&d, "looking at 04:5"); /* a column is of a second now */
    press_keys(&d, "[ [ [");
    sees(&d, "looking at 04:49");
    desk_close(&d);
}

/* On the final screen Enter leaves, but not while it ends an interval. */
static void enter_ends_an_interval_first(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 545);
    sees(&d, "DONE");
    press_keys(&d, "{ v { enter");
    assert_false(console_is_closed(d.console));
    sees(&d, "interval A is fixed");
    press_keys(&d, "esc esc");
    sees_not(&d, "looking at");
    press_keys(&d, "enter");
    assert_true(console_is_closed(d.console));
    desk_close(&d);
}

/* --- an earlier run ------------------------------------------------------- */

typedef struct Shelf {
    FakeSource earlier;
    char opened[64];
} Shelf;

static const char *const shelf_names[] = { "spike-0003", "spike-0002",
                                           "spike-0001" };

static size_t names(void *data, const char *const **to) {
    (void)data;
    *to = shelf_names;
    return 3;
}

static Source *open_earlier(void *data, const char *name, Err *err) {
    Shelf *s = data;
    snprintf(s->opened, sizeof s->opened, "%s", name);
    if (!text_starts(name, "spike")) {
        err_set(err, "there is no run '%s'", name);
        return NULL;
    }
    return &s->earlier.base;
}

#define EARLIER                                                     \
    "warm-up = 2m to 100; spike = 1m to 700; hold = 2m; recover = " \
    "2m to 100; cool = 1m to 0"

static void open_with_shelf(Desk *d, Shelf *s, uint64_t second) {
    *s = (Shelf){ 0 };
    desk_open_full(d, second);
    fake_source_init(&s->earlier, EARLIER, false);
    fake_source_until(&s->earlier, 480);
    console_free(d->console);
    ConsoleOptions o = { .glyphs = GLYPHS_BRAILLE,
                         .host = { .data = s,
                                   .earlier_names = names,
                                   .earlier_open = open_earlier } };
    d->console = console_new(&d->source.base, o);
    look(d);
}

static void close_with_shelf(Desk *d, Shelf *s) {
    desk_close(d);
    fake_source_close(&s->earlier);
}

static void an_earlier_run_is_chosen(void **state) {
    (void)state;
    Desk d;
    Shelf s;
    open_with_shelf(&d, &s, 300);
    press_keys(&d, "o");
    sees(&d, "an earlier run under the charts");
    sees(&d, "spike-0001");
    press_keys(&d, "esc");
    sees_not(&d, "spike-0001");
    press_keys(&d, "o down enter");
    assert_string_equal(s.opened, "spike-0002");
    sees(&d, "spike-0002 lies under the charts");
    sees(&d, "spike-0002 p95");
    press_keys(&d, "o");
    wait_notice(&d);
    sees_not(&d, "spike-0002");
    press_keys(&d, "o 1 enter"); /* what contains it */
    assert_string_equal(s.opened, "spike-0001");
    press_keys(&d, "o o n o n e enter");
    assert_string_equal(s.opened, "none");
    sees(&d, "there is no run 'none'");
    press_keys(&d, "esc");
    sent(&d, "");
    close_with_shelf(&d, &s);
}

static void no_host_no_earlier_run(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 60);
    press_keys(&d, "o");
    sees(&d, "earlier runs cannot be opened here");
    desk_close(&d);
}

/* --- screens -------------------------------------------------------------- */

static const struct {
    const char *size;
    int rows, cols;
    Glyphs glyphs;
} sizes[] = {
    { "40x12", 12, 40, GLYPHS_BRAILLE },
    { "80x24", 24, 80, GLYPHS_BRAILLE },
    { "120x38", 38, 120, GLYPHS_BRAILLE },
    { "200x60", 60, 200, GLYPHS_BRAILLE },
    { "ascii-80x24", 24, 80, GLYPHS_ASCII },
    { "ascii-120x38", 38, 120, GLYPHS_ASCII },
};
#define SIZES (sizeof sizes / sizeof *sizes)

static const struct {
    const char *name, *keys;
    bool is_over_earlier;
} shown[] = {
    { "back", ", ,", false },
    { "interval", ", , v } } enter", false },
    { "intervals", ", , v } } enter home } v } enter", false },
    { "interval-spectrum", "2 , , v } } enter", false },
    { "earlier", "o enter", true },
    { "earlier-back", "o enter , ,", true },
};

static void screens_are_as_reviewed(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++)
        for (size_t i = 0; i < SIZES; i++) {
            Desk d;
            Shelf s;
            char name[80];
            open_with_shelf(&d, &s, 295);
            source_command(&d.source.base, "mark deploy finished",
                           &d.source.sent, &(Err){ 0 });
            fake_source_until(&d.source, 400);
            console_set_glyphs(d.console, sizes[i].glyphs);
            size(&d, sizes[i].rows, sizes[i].cols);
            press_keys(&d, shown[k].keys);
            wait_notice(&d);
            snprintf(name, sizeof name, "time-%s-%s", shown[k].name,
                     sizes[i].size);
            golden_compare(look(&d), name);
            close_with_shelf(&d, &s);
        }
}

static void the_chooser_is_as_reviewed(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        Desk d;
        Shelf s;
        char name[80];
        open_with_shelf(&d, &s, 60);
        console_set_glyphs(d.console, sizes[i].glyphs);
        size(&d, sizes[i].rows, sizes[i].cols);
        press_keys(&d, "o down");
        snprintf(name, sizeof name, "chooser-%s", sizes[i].size);
        if (sizes[i].cols <= 80)
            golden_compare(look(&d), name);
        close_with_shelf(&d, &s);
    }
}

/* A line for each of very many stages would leave nothing of the curves. */
static void many_stages_have_no_lines(void **state) {
    (void)state;
    for (int count = 9; count <= 180; count *= 20) {
        Desk d;
        Text stages = { 0 };
        for (int i = 1; i <= count; i++)
            text_addf(&stages, "%ss%d = %ds to %d", i > 1 ? "; " : "", i,
                      800 / count, i);
        desk_open_as(&d, stages.bytes, 100, false);
        for (int view = 1; view <= 2; view++) {
            press(&d, '0' + view);
            (count < 100 ? sees : sees_not)(&d, "┊");
        }
        text_close(&stages);
        desk_close(&d);
    }
}

/* Every chart says where clicks on it go. */
static void charts_are_spots(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 300);
    size_t charts = 0;
    for (size_t i = 0; i < d.cells.spot_count; i++) {
        const Spot *s = &d.cells.spots[i];
        if (s->kind != SPOT_CHART)
            continue;
        charts++;
        assert_int_equal(s->area.x, 7);
        assert_int_equal(s->area.cols, 73);
        assert_true(s->from_ns == 0 && s->to_ns == 540 * NS_PER_S);
    }
    assert_int_equal(charts, 4);
    desk_close(&d);
}

/* Does the column of the charts that the cursor stands on have these figures?
 * Charts of all views are of other widths. */
static void is_of_the_column_seen(Desk *d, const char *where, size_t series) {
    const ViewState *v = &d->console->view;
    size_t charts = 0;
    look(d);
    for (size_t i = 0; i < d->cells.spot_count; i++) {
        const Spot *s = &d->cells.spots[i];
        if (s->kind != SPOT_CHART)
            continue;
        double column = (double)(s->to_ns - s->from_ns) / s->area.cols;
        double at = ((double)v->look.cursor_ns - (double)s->from_ns) / column;
        double from = (double)s->from_ns + floor(at) * column;
        if (at < 0 || at >= s->area.cols)
            fail_msg("%s: the cursor is not to be seen", where);
        if (fabs((double)v->at_cursor.asked.from_ns - from) > 2 ||
            fabs((double)v->at_cursor.asked.to_ns - from - column) > 2)
            fail_msg("%s: figures of %.3f to %.3f s, seen is %.3f s", where,
                     (double)v->at_cursor.asked.from_ns / 1e9,
                     (double)v->at_cursor.asked.to_ns / 1e9, from / 1e9);
        charts++;
    }
    if (!charts)
        fail_msg("%s: there is no chart", where);
    if (v->at_cursor.series != series)
        fail_msg("%s: figures of series %zu, not %zu", where,
                 v->at_cursor.series, series);
}

static void the_cursor_tells_of_what_is_seen(void **state) {
    (void)state;
    static const char zooms[] = "]]]z[[";
    for (const char *z = zooms; *z; z++) {
        Desk d;
        open_at(&d, 300);
        d.source.run.talks = true;
        fake_source_until(&d.source, 340);
        size(&d, 60, 200);
        press_keys(&d, "left left left");
        press(&d, *z);
        is_of_the_column_seen(&d, "live", SIZE_MAX);
        press_keys(&d, "2");
        is_of_the_column_seen(&d, "spectrogram", SIZE_MAX);
        press_keys(&d, "3 down");
        size_t row = d.console->view.charted;
        assert_true(row < 3);
        is_of_the_column_seen(&d, "preview", row);
        press_keys(&d, "enter");
        is_of_the_column_seen(&d, "request", row);
        press_keys(&d, "4");
        is_of_the_column_seen(&d, "errors", SIZE_MAX);
        press_keys(&d, "6");
        is_of_the_column_seen(&d, "limits", SIZE_MAX);
        press_keys(&d, "2");
        is_of_the_column_seen(&d, "its spectrogram", row);
        size(&d, 24, 80);
        press_keys(&d, "1");
        is_of_the_column_seen(&d, "narrow", SIZE_MAX);
        desk_close(&d);
    }
}

/* The row of tabs and the spectrogram's box name the same second, in the very
 * first frame of the view. */
static void a_moment_has_one_name(void **state) {
    (void)state;
    for (int back = 1; back < 9; back++) {
        Desk d;
        char clock[8] = "", box[32], wide[32];
        open_at(&d, 40);
        press_keys(&d, "]");
        for (int i = 0; i < back; i++)
            press_keys(&d, "left");
        press(&d, '2');
        Text t = { 0 };
        cells_print(look(&d), &t);
        const char *at = strstr(t.bytes, "looking at ");
        assert_non_null(at);
        snprintf(clock, sizeof clock, "%.5s", at + strlen("looking at "));
        snprintf(box, sizeof box, " at %s ", clock);
        snprintf(wide, sizeof wide, " %s to ", clock);
        if (!strstr(t.bytes, box) && !strstr(t.bytes, wide))
            fail_msg("%d back: no '%s' in\n%s", back, box, t.bytes);
        text_close(&t);
        desk_close(&d);
    }
}

/* In any view Esc does what stands at the right of the tabs. */
static void esc_leaves_what_is_said(void **state) {
    (void)state;
    for (int view = '1'; view < '1' + VIEW_COUNT; view++) {
        Desk d;
        open_at(&d, 300);
        size(&d, 40, 160);
        press_keys(&d, "left v { enter");
        press(&d, view);
        sees(&d, "Esc: drop the interval");
        press_keys(&d, "esc");
        sees(&d, "Esc: now");
        bool opens = views[view - '1'].opens && view != '4';
        if (opens) {
            press_keys(&d, "enter");
            sees(&d, "Esc: back");
            press_keys(&d, "esc / s enter");
            sees(&d, "Esc: all rows");
            press_keys(&d, "esc");
        }
        press_keys(&d, "esc");
        sees_not(&d, "looking at");
        desk_close(&d);
    }
}

/* A typed span keeps the cursor, as [ and ] do. */
static void a_typed_zoom_keeps_the_moment(void **state) {
    (void)state;
    Desk d;
    open_at(&d, 400);
    press_keys(&d, "{ { { {");
    uint64_t at = d.console->view.look.cursor_ns;
    type(&d, ":zoom 30s\r");
    is_of_the_column_seen(&d, "zoom 30s", SIZE_MAX);
    type(&d, ":zoom whole\r");
    is_of_the_column_seen(&d, "zoom whole", SIZE_MAX);
    assert_true(d.console->view.look.cursor_ns == at);
    desk_close(&d);
}

/* --- what is measured ------------------------------------------------------
 */

static void figures_are_exact_and_kept(void **state) {
    (void)state;
    FakeRun r;
    Measured m = { 0 };
    fake_run_init(&r, SPIKE, GLYPHS_BRAILLE);
    fake_run_until(&r, 200);
    const Snapshot *s = fake_run_scene(&r)->snapshot;
    Interval past = { 100 * NS_PER_S + 1, 120 * NS_PER_S - 1 };
    measured_follow(&m, s, past, SIZE_MAX);
    Hist h = { 0 };
    CellSeries sums;
    timeline_interval(s->timeline, 100 * NS_PER_S, 120 * NS_PER_S, SIZE_MAX, &h,
                      &sums);
    assert_true(m.cells.from_ns == 100 * NS_PER_S &&
                m.cells.to_ns == 120 * NS_PER_S);
    assert_true(m.grain_ns == NS_PER_S);
    assert_near(m.service.p95, hist_quantile(&h, 0.95), 0);
    assert_near(m.service_p999, hist_quantile(&h, 0.999), 0);
    assert_near(m.service.rps, (double)sums.requests / 20, 1e-9);
    hist_close(&h);

    m.service.p95 = -1; /* of the past it is not measured again */
    fake_run_until(&r, 210);
    measured_follow(&m, fake_run_scene(&r)->snapshot, past, SIZE_MAX);
    assert_near(m.service.p95, -1, 0);

    Interval now = { 205 * NS_PER_S, 215 * NS_PER_S };
    measured_follow(&m, s, now, SIZE_MAX);
    assert_near(m.service.seconds, 5, 1e-9);
    m.service.p95 = -1; /* nor within a second */
    measured_follow(&m, s, now, SIZE_MAX);
    assert_near(m.service.p95, -1, 0);
    fake_run_until(&r, 211);
    measured_follow(&m, fake_run_scene(&r)->snapshot, now, SIZE_MAX);
    assert_true(m.service.p95 > 0);
    assert_near(m.service.seconds, 6, 1e-9);

    measured_follow(&m, s, (Interval){ 0 }, SIZE_MAX);
    assert_true(look_is_empty(m.cells));
    Interval future = { 400 * NS_PER_S, 410 * NS_PER_S };
    measured_follow(&m, s, future, SIZE_MAX);
    assert_true(look_is_empty(m.cells) && isnan(m.service.p95));
    measured_close(&m);
    fake_run_close(&r);
}

static void same_as_anew(const Measured *m, const Snapshot *s, Interval asked,
                         int round) {
    Measured fresh = { 0 };
    measured_follow(&fresh, s, asked, SIZE_MAX);
    bool is_same = fresh.service.requests == m->service.requests &&
                   fresh.service.failed == m->service.failed &&
                   fabs(fresh.service.seconds - m->service.seconds) < 1e-6 &&
                   fresh.cells.from_ns == m->cells.from_ns &&
                   fresh.cells.to_ns == m->cells.to_ns &&
                   fabs(fresh.service.p99 - m->service.p99) < 1 &&
                   fabs(fresh.service_p999 - m->service_p999) < 1;
    if (!is_same)
        fail_msg("round %d: grown %.0f to %.0f s it is p99 %.0f of %.0f s, "
                 "anew %.0f of %.0f s", round, (double)asked.from_ns / 1e9,
                 (double)asked.to_ns / 1e9, m->service.p99, m->service.seconds,
                 fresh.service.p99, fresh.service.seconds);
    measured_close(&fresh);
}

/* Whatever way a stretch came to be, also while cells become longer ones. */
static void growing_is_the_same_as_anew(void **state) {
    (void)state;
    FakeRun r;
    Rng rng = { 5 };
    Measured m = { 0 };
    fake_run_init(&r, "all = 3h at 20", GLYPHS_BRAILLE);
    fake_run_until(&r, 3700);
    Interval asked = { 300 * NS_PER_S, 320 * NS_PER_S };
    for (int round = 0; round < 200; round++) {
        uint64_t by = rng_next(&rng) % (15 * NS_PER_S);
        switch (rng_next(&rng) % 4) {
        case 0:
            asked.from_ns = asked.from_ns > by ? asked.from_ns - by : 0;
            break;
        case 1:
            asked.to_ns += by * 8;
            break;
        case 2:
            if (asked.to_ns - asked.from_ns > by)
                asked.from_ns += by;
            break;
        default:
            fake_run_until(&r, r.second + 1 + by / NS_PER_S);
        }
        const Snapshot *s = fake_run_scene(&r)->snapshot;
        bool was_past = asked.to_ns < s->timeline->open_ns;
        measured_follow(&m, s, asked, SIZE_MAX);
        /* what is all past is kept as it was, in finer cells */
        if (!was_past || m.known_ns == s->timeline->open_ns)
            same_as_anew(&m, s, asked, round);
    }
    measured_close(&m);
    fake_run_close(&r);
}

/* Beyond an hour cells are of 10 s: an interval is of whole ones, and the
 * screen says so. */
static void long_ago_is_in_whole_cells(void **state) {
    (void)state;
    Desk d;
    desk_open_as(&d, "all = 2h at 20", 4000, false);
    look(&d);
    press_keys(&d, "z ] ] ] ] ] ] home } v } } enter");
    sees(&d, "in whole 10s");
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrows_look_back_and_esc_comes_back),
        cmocka_unit_test(commas_jump_to_events),
        cmocka_unit_test(an_interval_is_picked),
        cmocka_unit_test(zoom_keeps_the_moment),
        cmocka_unit_test(enter_ends_an_interval_first),
        cmocka_unit_test(an_earlier_run_is_chosen),
        cmocka_unit_test(no_host_no_earlier_run),
        cmocka_unit_test(screens_are_as_reviewed),
        cmocka_unit_test(the_chooser_is_as_reviewed),
        cmocka_unit_test(many_stages_have_no_lines),
        cmocka_unit_test(charts_are_spots),
        cmocka_unit_test(the_cursor_tells_of_what_is_seen),
        cmocka_unit_test(a_moment_has_one_name),
        cmocka_unit_test(esc_leaves_what_is_said),
        cmocka_unit_test(a_typed_zoom_keeps_the_moment),
        cmocka_unit_test(figures_are_exact_and_kept),
        cmocka_unit_test(growing_is_the_same_as_anew),
        cmocka_unit_test(long_ago_is_in_whole_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
