/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/rng.h"
#include "ui/chart.h"

#define MAX 64

static void shows(const Cells *c, const char *want) {
    Text t = { 0 };
    cells_print(c, &t);
    assert_string_equal(t.bytes, want);
    text_close(&t);
}

typedef void PlotFn(Plot *p, const double *values, int count, Style s,
                    int rank);

/* Draws values over rows x cols and compares the text. */
static void draws(PlotFn *draw, Glyphs glyphs, int rows, int cols,
                  const double *values, int count, const char *want) {
    Cells c;
    Plot p;
    cells_init(&c, rows, cols);
    plot_init(&p, &c, (Rect){ 0, 0, rows, cols }, glyphs);
    draw(&p, values, count, STYLE_P50, 0);
    plot_show(&p);
    shows(&c, want);
    cells_close(&c);
}

static void lines_in_braille(void **state) {
    (void)state;
    static const double flat[] = { 0, 0, 1, 1 };
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, flat, 2, "⣀\n");
    /* the jump is shared by both columns, without a gap */
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, flat, 4, "⣠⠋\n");
    static const double slope[] = { 0, 1. / 3, 2. / 3, 1 };
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, slope, 4, "⡠⠊\n");
    static const double gap[] = { 1, NAN, NAN, 1 };
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, gap, 4, "⠁⠈\n");
    static const double high[] = { 0, 0, 0, 0, 1, 1, 1, 1 };
    draws(plot_line, GLYPHS_BRAILLE, 2, 4, high, 8, "  ⡏⠉\n⣀⣸\n");
}

static void lines_in_blocks_and_ascii(void **state) {
    (void)state;
    static const double slope[] = { 0, 0.4, 0.6, 1 };
    draws(plot_line, GLYPHS_BLOCK, 1, 4, slope, 4, "▄▄▀▀\n");
    static const double step[] = { 0, 0.5, 1 };
    draws(plot_line, GLYPHS_ASCII, 1, 3, step, 3, ".-'\n");
    static const double jump[] = { 0, 0, 1, 1 };
    draws(plot_line, GLYPHS_ASCII, 2, 4, jump, 4, "  |'\n.|\n");
}

static void areas_reach_the_bottom(void **state) {
    (void)state;
    static const double v[] = { 0, 0.001, 0.5, 1, NAN, 1 };
    draws(plot_area, GLYPHS_BLOCK, 1, 6, v, 6, " ▁▄█ █\n");
    draws(plot_area, GLYPHS_ASCII, 1, 6, v, 6, " .:# #\n");
    draws(plot_area, GLYPHS_BRAILLE, 1, 3, v, 6, "⢀⣼⢸\n");
}

static void values_outside_stay_at_the_edge(void **state) {
    (void)state;
    static const double v[] = { -5, -5, 7, INFINITY };
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, v, 4, "⣠⠋\n");
    static const double many[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
    draws(plot_line, GLYPHS_BRAILLE, 1, 2, many, 8, "⣀⣀\n");
}

/* While the past becomes known the dashes of the future stay in place. */
static void dashes_do_not_crawl(void **state) {
    (void)state;
    double all[16], rest[16];
    for (int i = 0; i < 16; i++) {
        all[i] = 0.5;
        rest[i] = i < 6 ? NAN : 0.5;
    }
    draws(plot_dotted, GLYPHS_BRAILLE, 1, 8, all, 16, "⠤ ⠤ ⠤ ⠤\n");
    draws(plot_dotted, GLYPHS_BRAILLE, 1, 8, rest, 16, "    ⠤ ⠤\n");
    draws(plot_dotted, GLYPHS_ASCII, 1, 8, all, 8, "- - - -\n");
}

static void lines_of_a_rank_take_turns(void **state) {
    (void)state;
    static const double low[] = { 0, 0, 0, 0 }, high[] = { 1, 1, 1, 1 };
    Cells c;
    Plot p;
    cells_init(&c, 1, 2);
    plot_init(&p, &c, (Rect){ 0, 0, 1, 2 }, GLYPHS_BRAILLE);
    plot_line(&p, low, 4, STYLE_P50, 1);
    plot_line(&p, high, 4, STYLE_P95, 1);
    plot_show(&p);
    shows(&c, "⣀⠉\n");
    assert_int_equal(c.at[0].style, STYLE_P50);
    assert_int_equal(c.at[1].style, STYLE_P95);
    cells_close(&c);
}

static void a_higher_rank_gives_the_colour(void **state) {
    (void)state;
    static const double low[] = { 0, 0, 0, 0 }, high[] = { 1, 1, 1, 1 };
    for (int order = 0; order < 2; order++) {
        Cells c;
        Plot p;
        cells_init(&c, 1, 2);
        plot_init(&p, &c, (Rect){ 0, 0, 1, 2 }, GLYPHS_BRAILLE);
        for (int k = 0; k < 2; k++)
            if (k == order)
                plot_line(&p, low, 4, STYLE_PLAN, 0);
            else
                plot_line(&p, high, 4, STYLE_VUS, 1);
        plot_show(&p);
        shows(&c, "⣉⣉\n");
        assert_int_equal(c.at[0].style, STYLE_VUS);
        assert_int_equal(c.at[1].style, STYLE_VUS);
        cells_close(&c);
    }
}

static void rules_go_behind_everything(void **state) {
    (void)state;
    static const double v[] = { 1, 1, 1, 1, NAN, NAN, NAN, NAN };
    Cells c;
    Plot p;
    cells_init(&c, 2, 4);
    cells_text(&c, 1, 3, STYLE_TEXT, "x");
    plot_init(&p, &c, (Rect){ 0, 0, 2, 4 }, GLYPHS_BRAILLE);
    plot_rule(&p, 1, STYLE_LINE);
    plot_rule(&p, 7, STYLE_HAND);
    plot_rule(&p, 8, STYLE_LINE);
    plot_rule(&p, -1, STYLE_LINE);
    plot_limit(&p, 1, STYLE_P95_LIMIT);
    plot_limit(&p, 1.5, STYLE_P95_LIMIT);
    plot_limit(&p, NAN, STYLE_P95_LIMIT);
    plot_line(&p, v, 8, STYLE_P50, 0);
    plot_show(&p);
    shows(&c, "⠉⠉⠉╎\n┊  x\n");
    assert_int_equal(c.at[0].style, STYLE_P50);
    assert_int_equal(c.at[2].style, STYLE_P95_LIMIT);
    assert_int_equal(c.at[3].style, STYLE_HAND);
    assert_int_equal(c.at[7].style, STYLE_TEXT);
    cells_close(&c);
}

static void rows_of_values(void **state) {
    (void)state;
    Cells c;
    Plot p;
    cells_init(&c, 4, 2);
    plot_init(&p, &c, (Rect){ 0, 0, 4, 2 }, GLYPHS_BRAILLE);
    assert_int_equal(plot_row(&p, 1), 0);
    assert_int_equal(plot_row(&p, 0.74), 1);
    assert_int_equal(plot_row(&p, 0), 3);
    assert_int_equal(plot_row(&p, 9), 0);
    plot_show(&p);
    cells_close(&c);
}

static void ceilings_are_round(void **state) {
    (void)state;
    static const struct {
        double value, want;
    } cases[] = {
        { 0, 1 },       { -4, 1 },       { NAN, 1 },      { INFINITY, 1 },
        { 1, 1 },       { 1.01, 2 },     { 2, 2 },        { 3, 5 },
        { 5.01, 10 },   { 412, 500 },    { 1000, 1000 },  { 1001, 2000 },
        { 0.03, 0.05 }, { 0.011, 0.02 }, { 6092, 10000 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_near(axis_ceiling(cases[i].value), cases[i].want,
                    1e-9 * cases[i].want);
}

/* The sanitizers watch. */
static void any_values_in_any_area(void **state) {
    (void)state;
    Rng rng = { 11 };
    for (int round = 0; round < 3000; round++) {
        double v[MAX];
        int n = (int)(rng_next(&rng) % MAX);
        for (int i = 0; i < n; i++)
            v[i] = rng_unit(&rng) < 0.2 ? NAN : rng_unit(&rng) * 3 - 1;
        Cells c;
        Plot p;
        Rect r = { (int)(rng_next(&rng) % 20) - 5,
                   (int)(rng_next(&rng) % 20) - 5,
                   (int)(rng_next(&rng) % 20) - 2,
                   (int)(rng_next(&rng) % 40) - 2 };
        cells_init(&c, 10, 20);
        plot_init(&p, &c, r, (Glyphs)(rng_next(&rng) % 3));
        plot_limit(&p, rng_unit(&rng), STYLE_P95_LIMIT);
        plot_rule(&p, (int)(rng_next(&rng) % 50) - 5, STYLE_LINE);
        for (int s = 0; s < 6; s++) {
            plot_line(&p, v, n, (Style)s, s % 2);
            plot_area(&p, v, n, (Style)s, s % 3);
            plot_dotted(&p, v, n, (Style)s, s % 2);
        }
        plot_show(&p);
        cells_close(&c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_in_braille),
        cmocka_unit_test(lines_in_blocks_and_ascii),
        cmocka_unit_test(areas_reach_the_bottom),
        cmocka_unit_test(values_outside_stay_at_the_edge),
        cmocka_unit_test(dashes_do_not_crawl),
        cmocka_unit_test(lines_of_a_rank_take_turns),
        cmocka_unit_test(a_higher_rank_gives_the_colour),
        cmocka_unit_test(rules_go_behind_everything),
        cmocka_unit_test(rows_of_values),
        cmocka_unit_test(ceilings_are_round),
        cmocka_unit_test(any_values_in_any_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
