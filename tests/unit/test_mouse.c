/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports of the mouse, and what a click on each kind of place does. */
#include "unit.h"

#include "desk.h"
#include "ui/console_state.h"

static void reports_are_read(void **state) {
    (void)state;
    static const struct {
        const char *report;
        char last;
        bool is_one;
        MouseEvent want;
    } cases[] = {
        { "0;10;20", 'M', true, { MOUSE_PRESS, 19, 9 } },
        { "0;1;1", 'm', true, { MOUSE_RELEASE, 0, 0 } },
        { "32;300;120", 'M', true, { MOUSE_DRAG, 119, 299 } },
        { "64;5;6", 'M', true, { MOUSE_WHEEL_UP, 5, 4 } },
        { "65;5;6", 'M', true, { MOUSE_WHEEL_DOWN, 5, 4 } },
        { "66;5;6", 'M', false, { 0 } },  /* a wheel to the side */
        { "2;5;6", 'M', false, { 0 } },   /* the right button */
        { "35;5;6", 'M', false, { 0 } },  /* moves without a button */
        { "4;5;6", 'M', false, { 0 } },   /* with Shift */
        { "16;5;6", 'M', false, { 0 } },  /* with Ctrl */
        { "128;5;6", 'M', false, { 0 } }, /* a fourth button */
        { "0;0;6", 'M', false, { 0 } },
        { "0;5", 'M', false, { 0 } },
        { "0;5;6;7", 'M', false, { 0 } },
        { "", 'M', false, { 0 } },
        { ";;", 'M', false, { 0 } },
        { "0;-5;6", 'M', false, { 0 } },
        { "0;5;6", 'R', false, { 0 } },
        { "0;5;6x", 'M', false, { 0 } },
        { "0;99999999999999999999;6", 'M', false, { 0 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MouseEvent e = { 0 };
        MouseReport r = { 0 };
        mouse_take(&r, '<');
        for (const char *s = cases[i].report; *s; s++)
            mouse_take(&r, *s);
        bool is_one = mouse_read(&r, cases[i].last, &e);
        if (is_one != cases[i].is_one ||
            (is_one && (e.kind != cases[i].want.kind ||
                        e.y != cases[i].want.y || e.x != cases[i].want.x)))
            fail_msg("%s%c", cases[i].report, cases[i].last);
    }
}

static void other_sequences_are_none(void **state) {
    (void)state;
    MouseEvent e;
    MouseReport r = { 0 };
    assert_false(mouse_read(&r, 'M', &e));
    for (const char *s = "0;10;20"; *s; s++)
        mouse_take(&r, *s);
    assert_false(mouse_read(&r, 'M', &e));
    r = (MouseReport){ 0 };
    mouse_take(&r, '<');
    for (int i = 0; i < 500; i++)
        mouse_take(&r, '1');
    assert_false(mouse_read(&r, 'M', &e));
}

/* --- on the screen ------------------------------------------------------ */

static void mouse(Desk *d, MouseKind kind, int y, int x) {
    console_mouse(d->console, &(MouseEvent){ kind, y, x });
}

static void click(Desk *d, int y, int x) {
    mouse(d, MOUSE_PRESS, y, x);
    mouse(d, MOUSE_RELEASE, y, x);
}

/* The first spot of a kind, with that index (-1: any). */
static Spot spot_of(Desk *d, SpotKind kind, long index) {
    const Cells *c = look(d);
    for (size_t i = 0; i < c->spot_count; i++)
        if (c->spots[i].kind == kind &&
            (index < 0 || c->spots[i].index == (size_t)index))
            return c->spots[i];
    fail_msg("there is no spot of kind %d", (int)kind);
    return (Spot){ 0 };
}

static void click_on(Desk *d, SpotKind kind, long index) {
    Spot s = spot_of(d, kind, index);
    click(d, s.area.y, s.area.x);
}

static void tabs_and_keys(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    click_on(&d, SPOT_TAB, VIEW_ERRORS);
    assert_int_equal(d.console->view.view, VIEW_ERRORS);
    click_on(&d, SPOT_TAB, VIEW_LIVE);
    click_on(&d, SPOT_KEY, '-');
    sent(&d, "level -1%\n");
    click_on(&d, SPOT_KEY, ' ');
    sent(&d, "pause\n");
    click_on(&d, SPOT_KEY, '?');
    sees(&d, "During the run");
    click_on(&d, SPOT_KEY, KEYCODE_ESC);
    click_on(&d, SPOT_KEY, 's');
    sees(&d, "spike now");
    click(&d, 1, 20); /* a tab: the dialog stays */
    sees(&d, "spike now");
    click_on(&d, SPOT_KEY, KEYCODE_ENTER);
    sent(&d, "spike +40 20s\n");
    click(&d, 500, 500);
    click(&d, -1, -1);
    desk_close(&d);
}

static void a_question_is_answered(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "all = 10m at 100", 60);
    type(&d, "=5000\r");
    sees(&d, "y/n");
    click(&d, 1, 20);
    sent(&d, "");
    click_on(&d, SPOT_KEY, 'y');
    sent(&d, "level 5000\n");
    desk_close(&d);
}

/* A column stands for its middle; a drag takes whole columns. */
static void charts(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 150);
    Look *l = &d.console->view.look;
    Spot s = spot_of(&d, SPOT_CHART, -1);
    double col = (double)(s.to_ns - s.from_ns) / s.area.cols;
    assert_int_equal(s.from_ns, 0);
    assert_int_equal(s.to_ns, 540 * NS_PER_S);
    click(&d, s.area.y, s.area.x + 10);
    assert_true(l->has_cursor);
    assert_near((double)l->cursor_ns, 10.5 * col, 2);
    assert_true(l->first.to_ns == 0);
    mouse(&d, MOUSE_DRAG, s.area.y, s.area.x + 30); /* no button is down */
    assert_true(l->first.to_ns == 0);
    mouse(&d, MOUSE_PRESS, s.area.y, s.area.x + 20);
    mouse(&d, MOUSE_DRAG, s.area.y + 9, s.area.x + 5);
    mouse(&d, MOUSE_RELEASE, s.area.y + 9, s.area.x + 5);
    assert_near((double)l->first.from_ns, 5 * col, 4);
    assert_near((double)l->first.to_ns, 21 * col, 4);
    mouse(&d, MOUSE_PRESS, s.area.y, s.area.x);
    mouse(&d, MOUSE_DRAG, s.area.y, 0); /* beyond the chart: its edge */
    mouse(&d, MOUSE_DRAG, s.area.y, 1000);
    assert_true(l->second.from_ns == 0); /* and at most to now */
    assert_near((double)l->second.to_ns, ceil(150e9 / col) * col, 4);
    mouse(&d, MOUSE_WHEEL_UP, s.area.y, s.area.x + 4);
    assert_true(l->span_ns == 5 * NS_PER_MIN);
    look(&d);
    mouse(&d, MOUSE_WHEEL_DOWN, s.area.y, s.area.x + 4);
    assert_true(l->span_ns == 0);
    desk_close(&d);
}

/* Views without a table of their own mark none: the places are put there as
 * a view would. */
static void mark(Desk *d, SpotKind kind, size_t index, int y) {
    look(d);
    Cells *seen = &d->console->seen;
    mem_grow(seen->spots, seen->spot_count, seen->spot_cap);
    seen->spots[seen->spot_count++] =
        (Spot){ { y, 10, 1, 20 }, kind, .index = index };
}

static void rows_and_columns(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, '3');
    TableState *t = &d.console->view.table[VIEW_REQUESTS];
    look(&d);
    assert_int_equal(t->count, 3);
    mark(&d, SPOT_ROW, 1, 12);
    click(&d, 12, 15);
    assert_int_equal(t->selected, 1);
    mark(&d, SPOT_COLUMN, 2, 5);
    click(&d, 5, 15);
    assert_true(t->sort == 2 && !t->is_reversed);
    click(&d, 5, 15);
    assert_true(t->sort == 2 && t->is_reversed);
    /* the same row, wherever it is now */
    look(&d);
    size_t at = t->selected, below = at < 2 ? at + 1 : at;
    Spot row = spot_of(&d, SPOT_ROW, 1);
    mouse(&d, MOUSE_WHEEL_DOWN, row.area.y, row.area.x);
    assert_int_equal(t->selected, below);
    mouse(&d, MOUSE_WHEEL_UP, row.area.y, row.area.x);
    assert_int_equal(t->selected, below - 1);
    press(&d, '5');
    click_on(&d, SPOT_ROW, 3);
    assert_int_equal(d.console->editor.selected, 3);
    click_on(&d, SPOT_ROW, 1);
    assert_int_equal(d.console->editor.selected, 1);
    sees_not(&d, "Enter apply");
    click_on(&d, SPOT_ROW, 1);
    sees(&d, "Enter apply");
    click_on(&d, SPOT_ROW, 3); /* a draft: only its keys count */
    assert_int_equal(d.console->editor.selected, 1);
    desk_close(&d);
}

/* All titles are places; a table is sorted by those that < and > reach. */
static void titles_sort_where_that_means_something(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 60);
    cells_resize(&d.cells, 60, 250);
    for (size_t v = 0; v < VIEW_COUNT; v++) {
        const TableState *t = &d.console->view.table[v];
        press(&d, (int)('1' + v));
        look(&d);
        size_t count = d.cells.spot_count;
        for (size_t i = 0; i < count; i++) {
            Spot s = d.cells.spots[i];
            if (s.kind != SPOT_COLUMN)
                continue;
            click(&d, s.area.y, s.area.x);
            look(&d);
            assert_true(t->sort < views[v].columns);
        }
    }
    desk_close(&d);
}

static void the_wheel_moves_help_and_choices(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, '?');
    mouse(&d, MOUSE_WHEEL_DOWN, 12, 15);
    mouse(&d, MOUSE_WHEEL_DOWN, 12, 15);
    assert_int_equal(d.console->help_top, 2);
    press(&d, KEYCODE_ESC);
    press(&d, ':');
    mouse(&d, MOUSE_WHEEL_DOWN, 12, 15);
    mouse(&d, MOUSE_WHEEL_DOWN, 12, 15);
    assert_int_equal(d.console->palette.chosen, 1);
    Spot s = spot_of(&d, SPOT_CHOICE, 3);
    click(&d, s.area.y, s.area.x); /* level, hold, go, next */
    sent(&d, "next\n");
    mouse(&d, MOUSE_WHEEL_DOWN, 0, 0); /* nothing there moves */
    sees_not(&d, "no key");
    desk_close(&d);
}

/* Anywhere, whatever is open. */
static void random_clicks_do_no_harm(void **state) {
    (void)state;
    static const char keys[] = "123456:?/es=\r\x1b stage\t";
    Rng rng = { 5 };
    Desk d;
    desk_open(&d, SPIKE, 60);
    for (int i = 0; i < 1500; i++) {
        MouseKind kind = (MouseKind)(rng_next(&rng) % 5);
        if (i % 3 == 0)
            press(&d, keys[rng_next(&rng) % (sizeof keys - 1)]);
        if (i % 100 == 0)
            cells_resize(&d.cells, 1 + (int)(rng_next(&rng) % 50),
                         1 + (int)(rng_next(&rng) % 160));
        if (i % 4 == 0)
            look(&d);
        mouse(&d, kind, (int)(rng_next(&rng) % 52) - 1,
              (int)(rng_next(&rng) % 162) - 1);
    }
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(other_sequences_are_none),
        cmocka_unit_test(tabs_and_keys),
        cmocka_unit_test(a_question_is_answered),
        cmocka_unit_test(charts),
        cmocka_unit_test(rows_and_columns),
        cmocka_unit_test(titles_sort_where_that_means_something),
        cmocka_unit_test(the_wheel_moves_help_and_choices),
        cmocka_unit_test(random_clicks_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
