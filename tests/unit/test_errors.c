/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The view of errors: whole screens of the console, and what keys do there. */
#include "unit.h"

#include "desk.h"
#include "ui/keys.h"
#include "ui/passage.h"

/* As desk_open_full, with a target that says why it refuses. */
static void open_talking(Desk *d, uint64_t second) {
    desk_open_as(d, SPIKE, 0, false);
    d->source.run.talks = true;
    fake_source_until(&d->source, second);
}

static void errors_are_as_reviewed(void **state) {
    (void)state;
    static const struct {
        const char *name, *keys;
        int rows, cols;
        Glyphs glyphs;
        uint64_t second;
    } screens[] = {
        { "errors-40x12", "4", 12, 40, GLYPHS_BRAILLE, 290 },
        { "errors-80x24", "4", 24, 80, GLYPHS_BRAILLE, 290 },
        { "errors-120x38", "4", 38, 120, GLYPHS_BRAILLE, 290 },
        { "errors-200x60", "4", 60, 200, GLYPHS_BRAILLE, 290 },
        { "errors-ascii-120x38", "4 down", 38, 120, GLYPHS_ASCII, 290 },
        { "errors-none-40x12", "4", 12, 40, GLYPHS_BRAILLE, 60 },
        { "errors-none-80x24", "4", 24, 80, GLYPHS_BRAILLE, 60 },
        { "errors-none-120x38", "4", 38, 120, GLYPHS_BRAILLE, 60 },
        { "errors-none-ascii-80x24", "4", 24, 80, GLYPHS_ASCII, 0 },
        { "error-40x12", "4 end enter", 12, 40, GLYPHS_BRAILLE, 290 },
        { "error-80x24", "4 end enter", 24, 80, GLYPHS_BRAILLE, 290 },
        { "error-120x38", "4 end enter", 38, 120, GLYPHS_BRAILLE, 290 },
        { "error-200x60", "4 end enter", 60, 200, GLYPHS_BRAILLE, 290 },
        { "error-ascii-80x24", "4 end enter >", 24, 80, GLYPHS_ASCII, 290 },
    };
    for (size_t i = 0; i < sizeof screens / sizeof *screens; i++) {
        Desk d;
        open_talking(&d, screens[i].second);
        console_set_glyphs(d.console, screens[i].glyphs);
        cells_resize(&d.cells, screens[i].rows, screens[i].cols);
        press_keys(&d, screens[i].keys);
        golden_compare(look(&d), screens[i].name);
        desk_close(&d);
    }
}

static void an_error_opens_and_scrolls(void **state) {
    (void)state;
    Desk d;
    open_talking(&d, 290);
    cells_resize(&d.cells, 14, 80);
    press_keys(&d, "4 end enter");
    sees(&d, "http-5xx");
    sees(&d, "order: status 503");
    sees(&d, "HTTP/1.1 503");
    sees(&d, "Authorization: ***");
    sees_not(&d, "\"status\": 503}");
    press_keys(&d, "pgdn pgdn pgdn");
    sees(&d, "\"status\": 503}");
    sees_not(&d, "HTTP/1.1 503");
    press_keys(&d, "pgup pgup"); /* it did not scroll beyond the end */
    sees(&d, "HTTP/1.1 503");
    press_keys(&d, "pgdn >");
    sees(&d, "example 2 of 3");
    sees(&d, "HTTP/1.1 503"); /* from its beginning */
    press_keys(&d, "< <");
    sees(&d, "example 3 of 3");
    press_keys(&d, "up");
    sees(&d, "timeout-wait");
    sees(&d, "nothing came back");
    sees(&d, "example 1 of 3");
    press_keys(&d, "esc");
    sees(&d, "2 of 3");
    sent(&d, "");
    desk_close(&d);
}

static void errors_sort_by_keys(void **state) {
    (void)state;
    Desk d;
    open_talking(&d, 290);
    press_keys(&d, "4");
    sees(&d, "▼count");
    sees(&d, "▶ check: status is 200");
    press_keys(&d, "r");
    sees(&d, "▲count");
    press_keys(&d, "home");
    sees(&d, "▶ http-5xx");
    press_keys(&d, "r > > > >"); /* round, past what cannot be sorted by */
    sees(&d, "what failed▲");
    desk_close(&d);
}

static void what_nobody_answers_is_one_row(void **state) {
    (void)state;
    Desk d;
    desk_open_as(&d, SPIKE, 0, false);
    d.source.run.talks = d.source.run.is_down = true;
    fake_source_until(&d.source, 40);
    press_keys(&d, "4 end");
    sees(&d, "no connection: refused or unreachable");
    sees(&d, "Connection refused");
    desk_close(&d);
}

static void long_lines_go_on(void **state) {
    (void)state;
    Cells c;
    Text t = { 0 };
    cells_init(&c, 8, 10);
    const char *text = "GET /a/long/path\nA: b\n\nsome words here\n\nx";
    assert_int_equal(passage_rows(text, 10), 8);
    assert_int_equal(passage_rows("", 10), 0);
    passage_draw(&c, (Rect){ 0, 0, 8, 10 }, text, 0);
    cells_print(&c, &t);
    assert_string_equal(t.bytes, "GET /a/lo\\\nng/path\nA: b\n\n"
                                 "some words\nhere\n\nx\n");
    text_clear(&t);
    cells_clear(&c);
    passage_draw(&c, (Rect){ 0, 0, 2, 10 }, text, 4);
    cells_print(&c, &t);
    assert_string_equal(t.bytes, "some words\nhere\n\n\n\n\n\n\n");
    text_close(&t);
    cells_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_as_reviewed),
        cmocka_unit_test(an_error_opens_and_scrolls),
        cmocka_unit_test(errors_sort_by_keys),
        cmocka_unit_test(what_nobody_answers_is_one_row),
        cmocka_unit_test(long_lines_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
