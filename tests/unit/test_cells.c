/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "ui/cells.h"
#include "ui/glyph.h"
#include "ui/scene.h"
#include "ui/theme.h"

static void shows(const Cells *c, const char *want) {
    Text t = { 0 };
    cells_print(c, &t);
    assert_string_equal(t.bytes, want);
    text_close(&t);
}

static void text_is_placed_and_clipped(void **state) {
    (void)state;
    Cells c;
    cells_init(&c, 3, 6);
    assert_int_equal(cells_text(&c, 0, 1, STYLE_TEXT, "abc"), 4);
    assert_int_equal(cells_text(&c, 1, 4, STYLE_TEXT, "defg"), 8);
    assert_int_equal(cells_text(&c, 1, -2, STYLE_TEXT, "xyz"), 1);
    cells_text(&c, -1, 0, STYLE_TEXT, "no");
    cells_text(&c, 3, 0, STYLE_TEXT, "no");
    cells_right(&c, 2, 5, STYLE_TEXT, "12");
    shows(&c, " abc\nz   de\n    12\n");
    cells_clear(&c);
    cells_clip(&c, (Rect){ 1, 2, 1, 2 });
    for (int y = 0; y < 3; y++)
        cells_textf(&c, y, 0, STYLE_TEXT, "%d23456", 1);
    shows(&c, "\n  34\n\n");
    cells_clear(&c);
    cells_text(&c, 0, 0, STYLE_TEXT, "all");
    shows(&c, "all\n\n\n");
    cells_close(&c);
}

static void widths_are_columns(void **state) {
    (void)state;
    assert_int_equal(cells_width(""), 0);
    assert_int_equal(cells_width("h\xc3\xb6lle"), 5);
    assert_int_equal(cells_width("\xe2\xa0\x81\xe2\x9c\x93"), 2);
}

static void what_is_not_one_column_is_a_question_mark(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "a\033[1m", "a?[1m\n" },
        { "\tx\x7f", "?x?\n" },
        { "\xc2\x9b", "?\n" },         /* C1 CSI */
        { "e\xcc\x81", "e?\n" },       /* combining acute */
        { "\xe6\xbc\xa2", "?\n" },     /* wide */
        { "\xf0\x9f\x98\x80", "?\n" }, /* emoji */
        { "\xe2\x80\x8b|", "?|\n" },   /* zero width space */
        { "\xe2\x80\xae|", "?|\n" },   /* right-to-left override */
        { "\xd7\x90", "?\n" },         /* Hebrew */
        { "\xc2\xad", "?\n" },         /* soft hyphen */
        { "\xc3\xa9\xe2\x94\x80", "\xc3\xa9\xe2\x94\x80\n" },
        { "\xff|", "\xef\xbf\xbd|\n" }, /* broken: U+FFFD */
        { "\xe2\x94", "\xef\xbf\xbd\xef\xbf\xbd\n" },
        { "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd\n" }, /* overlong */
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Cells c;
        cells_init(&c, 1, 12);
        cells_text(&c, 0, 0, STYLE_TEXT, cases[i].text);
        shows(&c, cases[i].want);
        cells_close(&c);
    }
}

static void ground_stays_under_text(void **state) {
    (void)state;
    Cells c;
    cells_init(&c, 2, 4);
    cells_text(&c, 0, 0, STYLE_OK, "abcd");
    cells_ground(&c, 0, 1, 9, GROUND_SELECT);
    cells_bold(&c, 0, 2, STYLE_BAD, "X");
    assert_int_equal(c.at[0].ground, GROUND_NONE);
    assert_int_equal(c.at[1].ground, GROUND_SELECT);
    assert_int_equal(c.at[1].rune, 'b');
    assert_int_equal(c.at[2].ground, GROUND_SELECT);
    assert_true(c.at[2].bold && c.at[2].style == STYLE_BAD);
    cells_fill(&c, (Rect){ 0, 1, 1, 2 }, GROUND_BAR);
    shows(&c, "a  d\n\n");
    assert_int_equal(c.at[2].ground, GROUND_BAR);
    assert_int_equal(c.at[3].ground, GROUND_SELECT);
    assert_int_equal(c.at[4].ground, GROUND_NONE);
    cells_close(&c);
}

static void sizes_are_at_least_one(void **state) {
    (void)state;
    Cells c;
    cells_init(&c, 0, -3);
    assert_int_equal(c.rows, 1);
    assert_int_equal(c.cols, 1);
    assert_int_equal(c.cursor_y, -1);
    cells_text(&c, 0, 0, STYLE_TEXT, "xy");
    shows(&c, "x\n");
    cells_resize(&c, 2, 3);
    shows(&c, "\n\n");
    cells_close(&c);
}

/* The sanitizers watch; and nothing may change outside of the clip. */
static void anything_stays_inside(void **state) {
    (void)state;
    Rng rng = { 5 };
    for (int round = 0; round < 2000; round++) {
        Cells c;
        int v[8];
        for (int i = 0; i < 8; i++)
            v[i] = (int)(rng_next(&rng) % 60) - 20;
        if (round % 50 == 0)
            v[4] = INT32_MAX, v[7] = INT32_MAX;
        cells_init(&c, v[0], v[1]);
        cells_clip(&c, (Rect){ v[2], v[3], v[4], v[5] });
        Rect clip = c.clip;
        cells_text(&c, v[6], v[7], STYLE_TEXT, "some longer text");
        cells_fill(&c, (Rect){ v[4], v[5], v[6], v[7] }, GROUND_BAR);
        cells_ground(&c, v[5], v[6], v[7], GROUND_BAR);
        box_draw(&c, (Rect){ v[2], v[3], v[6], v[7] % 500 }, "title", "note",
                 GLYPHS_BRAILLE);
        for (int y = 0; y < c.rows; y++)
            for (int x = 0; x < c.cols; x++) {
                bool inside = y >= clip.y && y < clip.y + clip.rows &&
                              x >= clip.x && x < clip.x + clip.cols;
                const ScreenCell *k = &c.at[y * c.cols + x];
                if (!inside && (k->rune != ' ' || k->ground))
                    fail_msg("round %d drew at %d, %d", round, y, x);
            }
        cells_close(&c);
    }
}

static void boxes_have_titles_and_notes(void **state) {
    (void)state;
    Cells c;
    cells_init(&c, 3, 20);
    Rect in = box_draw(&c, (Rect){ 0, 0, 3, 20 }, "load", "note", GLYPHS_ASCII);
    shows(&c, "+- load ---- note -+\n"
              "|                  |\n"
              "+------------------+\n");
    assert_int_equal(in.y, 1);
    assert_int_equal(in.x, 1);
    assert_int_equal(in.rows, 1);
    assert_int_equal(in.cols, 18);
    cells_clear(&c);
    /* no room for both: the title stays; too long a title ends inside */
    box_draw(&c, (Rect){ 0, 0, 2, 12 }, "load", "a note", GLYPHS_ASCII);
    shows(&c, "+- load ---+\n+----------+\n\n");
    cells_clear(&c);
    box_draw(&c, (Rect){ 0, 0, 2, 9 }, "a long title", NULL, GLYPHS_BRAILLE);
    shows(&c, "╭─ a lon╮\n╰───────╯\n\n");
    cells_close(&c);
}

static void key_bars_drop_what_does_not_fit(void **state) {
    (void)state;
    static const KeyStroke strokes[] = { { .code = '+' }, { .code = '-' },
                                         { .code = 0 } };
    static const BarKey keys[] = { { "+ -", "level", strokes, false },
                                   { "s", "spike", NULL, false },
                                   { "q", "finish", NULL, false },
                                   { ":", "command", strokes + 1, true } };
    Cells c;
    cells_init(&c, 1, 24);
    keybar_draw(&c, 0, keys, 4);
    shows(&c, " + - level  s spike   :\n");
    assert_int_equal(c.at[23].ground, GROUND_BAR);
    assert_true(c.at[1].bold && !c.at[7].bold);
    assert_int_equal(cells_spot_at(&c, 0, 1)->index, '+');
    assert_int_equal(cells_spot_at(&c, 0, 3)->index, '-');
    assert_int_equal(cells_spot_at(&c, 0, 6)->index, '+');
    assert_int_equal(cells_spot_at(&c, 0, 22)->index, '-');
    assert_null(cells_spot_at(&c, 0, 14));
    cells_resize(&c, 1, 80);
    keybar_draw(&c, 0, keys, 4);
    assert_int_equal(cells_spot_at(&c, 0, 78)->index, '-');
    assert_int_equal(c.at[70].rune, ':');
    cells_close(&c);
}

static void colours_find_their_nearest(void **state) {
    (void)state;
    static const struct {
        uint32_t rgb;
        int c256, c16, c8;
    } cases[] = {
        { 0x000000, 16, 0, 0 },   { 0xffffff, 231, 15, 7 },
        { 0xff0000, 196, 9, 1 },  { 0x5fafff, 75, 12, 4 },
        { 0x808080, 244, 8, 7 },  { 0x7d6527, 94, 3, 3 },
        { 0xe3b341, 179, 11, 3 }, { 0x2d3b55, 237, 4, 4 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(theme_nearest(cases[i].rgb, COLOR_256), cases[i].c256);
        assert_int_equal(theme_nearest(cases[i].rgb, COLOR_16), cases[i].c16);
        assert_int_equal(theme_nearest(cases[i].rgb, COLOR_8), cases[i].c8);
    }
}

/* On a black screen every style must be seen, however few the colours. */
static void no_style_vanishes(void **state) {
    (void)state;
    for (int s = 0; s < STYLE_COUNT; s++) {
        assert_int_not_equal(theme_nearest(theme_dark.style[s], COLOR_16), 0);
        assert_int_not_equal(theme_nearest(theme_dark.style[s], COLOR_8), 0);
    }
    for (int g = GROUND_OK; g <= GROUND_HAND; g++)
        assert_int_not_equal(theme_nearest(theme_dark.ground[g], COLOR_8), 0);
    assert_int_equal(theme_nearest(theme_dark.badge_text, COLOR_8), 0);
}

static void ascii_is_ascii(void **state) {
    (void)state;
    for (int g = 0; g < GLYPH_COUNT; g++) {
        const char *s = glyph_text(GLYPHS_ASCII, (Glyph)g);
        assert_true(*s);
        for (; *s; s++)
            assert_in_range(*s, 0x21, 0x7e);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_placed_and_clipped),
        cmocka_unit_test(widths_are_columns),
        cmocka_unit_test(what_is_not_one_column_is_a_question_mark),
        cmocka_unit_test(ground_stays_under_text),
        cmocka_unit_test(sizes_are_at_least_one),
        cmocka_unit_test(anything_stays_inside),
        cmocka_unit_test(boxes_have_titles_and_notes),
        cmocka_unit_test(key_bars_drop_what_does_not_fit),
        cmocka_unit_test(colours_find_their_nearest),
        cmocka_unit_test(no_style_vanishes),
        cmocka_unit_test(ascii_is_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
