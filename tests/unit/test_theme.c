/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be measured of a theme: contrast after WCAG 2.1, distances under
 * simulated colour blindness, the order of the heat; on 24 bits and on the
 * 256 colours that a terminal makes of them. */
#include "unit.h"

#include <math.h>

#include "ui/paint.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEXT_LEAST 4.5
#define FAINT_LEAST 3.0

/* Every style but the heat. */
typedef enum Use {
    USE_READ,  /* text and curves */
    USE_FAINT, /* text that steps back */
    USE_LINE,  /* lines and what lies behind: in charts and boxes */
} Use;

static Use use_of(Style s) {
    static const Use uses[STYLE_HEAT] = {
        [STYLE_DIM] = USE_FAINT,         [STYLE_LINE] = USE_LINE,
        [STYLE_PLAN] = USE_LINE,         [STYLE_P95_LIMIT] = USE_LINE,
        [STYLE_P99_LIMIT] = USE_LINE,    [STYLE_EARLIER] = USE_LINE,
        [STYLE_ERRORS_LIMIT] = USE_LINE,
    };
    return uses[s];
}

/* Grounds that are drawn under a use. */
static bool appears(Use use, Style s, Ground g) {
    if (g == GROUND_FIELD)
        return s == STYLE_TEXT || s == STYLE_BRIGHT || s == STYLE_DIM;
    if (use == USE_LINE)
        return g == GROUND_NONE || g == GROUND_DIALOG || g == GROUND_INTERVAL ||
               g == GROUND_INTERVAL_2;
    return g < GROUND_HEAT;
}

static double least_contrast(Use use, Ground g) {
    bool is_plain = g == GROUND_NONE || g == GROUND_BAR || g == GROUND_DIALOG;
    return use == USE_READ || (use == USE_FAINT && is_plain) ? TEXT_LEAST
                                                             : FAINT_LEAST;
}

static uint32_t colour_of(ColorDepth depth, int painted) {
    return depth == COLOR_TRUE ? (uint32_t)painted : theme_entry(painted);
}

static bool is_badge(Ground g) {
    return g >= GROUND_OK && g <= GROUND_HAND;
}

static void check_contrast(const Theme *t, ColorDepth depth) {
    PaintKind kind = { .theme = t, .depth = depth };
    for (int s = 0; s < STYLE_HEAT; s++)
        for (int g = 0; g < GROUND_HEAT; g++) {
            Use use = is_badge((Ground)g) ? USE_READ : use_of((Style)s);
            if (!appears(use, (Style)s, (Ground)g))
                continue;
            ScreenCell cell = { 'x', (uint8_t)s, (uint8_t)g, false };
            Paint p = paint_cell(&kind, &cell);
            double got = theme_contrast(colour_of(depth, p.front),
                                        colour_of(depth, p.back));
            /* 256 colours are 2 % coarse, as theme_nearest_on says */
            double slack = depth == COLOR_TRUE ? 1 : 0.98;
            if (got < least_contrast(use, (Ground)g) * slack)
                fail_msg("%s: style %d on ground %d: %.2f", t->name, s, g, got);
        }
}

static void what_is_read_stands_off_its_ground(void **state) {
    (void)state;
    assert_true(theme_contrast(0, 0xffffff) > 20.99);
    assert_true(theme_contrast(0x777777, 0xffffff) < 4.5); /* known: 4.48 */
    assert_true(theme_contrast(0x767676, 0xffffff) > 4.5); /* known: 4.54 */
    for (size_t i = 0; i < theme_count; i++) {
        check_contrast(themes[i], COLOR_TRUE);
        check_contrast(themes[i], COLOR_256);
    }
}

/* --- colour blindness --------------------------------------------------- */

/* Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation
 * of Color Vision Deficiency, IEEE TVCG 15 (6), 2009: severity 1.0, for
 * linear RGB. */
static const double eyes[][3][3] = {
    { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { { 0.152286, 1.052583, -0.204868 }, /* protanopia */
      { 0.114503, 0.786281, 0.099216 },
      { -0.003882, -0.048116, 1.051998 } },
    { { 0.367322, 0.860646, -0.227968 }, /* deuteranopia */
      { 0.280085, 0.672501, 0.047413 },
      { -0.011820, 0.042940, 0.968881 } },
    { { 1.255528, -0.076749, -0.178779 }, /* tritanopia */
      { -0.078411, 0.930809, 0.147602 },
      { 0.004733, 0.691367, 0.303900 } },
};

static double linear(uint32_t channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lab_curve(double t) {
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE L*a*b* under D65, as the eye sees it. */
static void lab_of(uint32_t rgb, const double eye[3][3], double lab[3]) {
    double in[3] = { linear(rgb >> 16), linear(rgb >> 8 & 0xff),
                     linear(rgb & 0xff) };
    double c[3];
    for (int i = 0; i < 3; i++)
        c[i] = fmin(
            fmax(eye[i][0] * in[0] + eye[i][1] * in[1] + eye[i][2] * in[2], 0),
            1);
    double x =
        lab_curve((0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.95047);
    double y = lab_curve(0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]);
    double z =
        lab_curve((0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

/* CIE 1976; about 2.3 is just seen, 20 is not to be mistaken. */
static double difference(uint32_t a, uint32_t b, const double eye[3][3]) {
    double x[3], y[3], sum = 0;
    lab_of(a, eye, x);
    lab_of(b, eye, y);
    for (int i = 0; i < 3; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum);
}

static const Style trios[][3] = {
    { STYLE_P50, STYLE_P95, STYLE_P99 },
    { STYLE_OK, STYLE_WARN, STYLE_BAD },
};

static double nearest_pair(const Theme *t, ColorDepth depth,
                           const Style trio[3], const double eye[3][3]) {
    PaintKind kind = { .theme = t, .depth = depth };
    uint32_t c[3];
    for (int i = 0; i < 3; i++) {
        ScreenCell cell = { 'x', (uint8_t)trio[i], GROUND_NONE, false };
        c[i] = colour_of(depth, paint_cell(&kind, &cell).front);
    }
    return fmin(fmin(difference(c[0], c[1], eye), difference(c[1], c[2], eye)),
                difference(c[0], c[2], eye));
}

static void its_hues_stay_apart_for_everybody(void **state) {
    (void)state;
    for (size_t e = 0; e < COUNT(eyes); e++)
        for (size_t i = 0; i < COUNT(trios); i++) {
            const Theme *t = &theme_colorblind;
            assert_true(nearest_pair(t, COLOR_TRUE, trios[i], eyes[e]) > 30);
            assert_true(nearest_pair(t, COLOR_256, trios[i], eyes[e]) > 25);
        }
    /* and the test can tell: red and green of the usual theme do not */
    assert_true(nearest_pair(&theme_dark, COLOR_TRUE, trios[1], eyes[2]) < 10);
}

static void percentiles_are_told_apart_in_every_theme(void **state) {
    (void)state;
    for (size_t i = 0; i < theme_count; i++) {
        double d = nearest_pair(themes[i], COLOR_TRUE, trios[0], eyes[0]);
        if (d < 15)
            fail_msg("%s: %.1f", themes[i]->name, d);
    }
}

/* Frames and what steps back must not take on a hue of 256 colours. */
static void what_is_quiet_stays_so(void **state) {
    (void)state;
    static const Style styles[] = { STYLE_TEXT, STYLE_DIM, STYLE_LINE,
                                    STYLE_PLAN };
    for (size_t i = 0; i < theme_count * COUNT(styles); i++) {
        PaintKind k = { .theme = themes[i / COUNT(styles)],
                        .depth = COLOR_256 };
        Style s = styles[i % COUNT(styles)];
        ScreenCell cell = { 'x', (uint8_t)s, GROUND_NONE, false };
        uint32_t got = theme_entry(paint_cell(&k, &cell).front);
        double d = difference(k.theme->style[s], got, eyes[0]);
        if (d > 15)
            fail_msg("%s: style %d turns to %06x: %.1f", k.theme->name, s, got,
                     d);
    }
}

/* --- heat --------------------------------------------------------------- */

static void heat_has_an_order(void **state) {
    (void)state;
    for (size_t i = 0; i < theme_count; i++) {
        const Theme *t = themes[i];
        double sign = t->is_light ? -1 : 1;
        double before = sign * theme_luminance(t->ground[GROUND_NONE]);
        PaintKind k = { .theme = t, .depth = COLOR_256 };
        ScreenCell blank = { ' ', STYLE_TEXT, GROUND_NONE, false };
        uint32_t none = theme_entry(paint_cell(&k, &blank).back);
        double few = sign * theme_luminance(none);
        for (int h = 0; h < HEAT_LEVELS; h++) {
            uint32_t rgb = t->ground[GROUND_HEAT + h];
            double now = sign * theme_luminance(rgb);
            assert_int_equal(rgb, t->style[STYLE_HEAT + h]);
            assert_true(now > before);
            before = now;
            ScreenCell cell = { 'x', (uint8_t)(STYLE_HEAT + h),
                                (uint8_t)(GROUND_HEAT + h), false };
            Paint p = paint_cell(&k, &cell);
            assert_int_equal(p.front, p.back);
            now = sign * theme_luminance(theme_entry(p.back));
            if (now <= few)
                fail_msg("%s: of 256, heat %d turns back", t->name, h);
            few = now;
        }
        assert_true(theme_contrast(t->style[STYLE_HEAT],
                                   t->ground[GROUND_NONE]) > 1.15);
    }
}

/* Of the 256 too few are dark blues to be near everywhere, but on the whole a
 * ramp keeps its hues: who asked for blue to yellow gets no green. */
static double ramp_difference(const Theme *a, const Theme *b) {
    double sum = 0;
    for (int h = 0; h < HEAT_LEVELS; h++)
        sum += difference(a->ground[GROUND_HEAT + h],
                          theme_entry(b->heat_256[h]), eyes[0]);
    return sum / HEAT_LEVELS;
}

static void heat_keeps_its_hue(void **state) {
    (void)state;
    for (size_t i = 0; i < theme_count; i++)
        for (size_t k = 0; k < theme_count; k++) {
            double own = ramp_difference(themes[i], themes[i]);
            double other = ramp_difference(themes[i], themes[k]);
            if (i != k && own >= other)
                fail_msg("%s: its heat of 256 is that of %s: %.1f, %.1f",
                         themes[i]->name, themes[k]->name, own, other);
        }
}

static void the_cursor_is_seen_on_all_heat(void **state) {
    (void)state;
    static const ColorDepth depths[] = { COLOR_256, COLOR_TRUE };
    for (size_t i = 0; i < theme_count * 2; i++)
        for (int h = 0; h < HEAT_LEVELS; h++) {
            PaintKind k = { .theme = themes[i / 2], .depth = depths[i % 2] };
            ScreenCell cell = { '|', STYLE_CURSOR, (uint8_t)(GROUND_HEAT + h),
                                false };
            Paint p = paint_cell(&k, &cell);
            double got = theme_contrast(colour_of(k.depth, p.front),
                                        colour_of(k.depth, p.back));
            if (got < FAINT_LEAST)
                fail_msg("%s: cursor on heat %d: %.2f", k.theme->name, h, got);
        }
}

/* --- few colours -------------------------------------------------------- */

/* Palettes that people have: xterm's, VGA's (the Linux console), Tango's. */
static const uint32_t palettes[][16] = {
    { 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd,
      0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff,
      0x00ffff, 0xffffff },
    { 0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa,
      0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff,
      0x55ffff, 0xffffff },
    { 0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a,
      0xd3d7cf, 0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8,
      0x34e2e2, 0xeeeeec },
};

/* The worst contrast of anything that is drawn on the user's own ground. */
static double worst_of(const PaintKind *k, const uint32_t palette[16],
                       bool is_light, Style *which) {
    double worst = 21;
    uint32_t ground = is_light ? 0xffffff : 0;
    for (int s = 0; s < STYLE_HEAT; s++) {
        ScreenCell cell = { 'x', (uint8_t)s, GROUND_NONE, false };
        Paint p = paint_cell(k, &cell);
        assert_int_equal(p.back, PAINT_OWN);
        int front = p.front;
        /* bold is bright on the terminals of 8 that have these palettes */
        if (k->depth == COLOR_8 && p.marks & PAINT_BOLD && front >= 0)
            front += 8;
        double c =
            front == PAINT_OWN ? 21 : theme_contrast(palette[front], ground);
        if (c < worst) {
            worst = c;
            *which = (Style)s;
        }
    }
    return worst;
}

static void few_colours_can_be_read(void **state) {
    (void)state;
    static const ColorDepth depths[] = { COLOR_8, COLOR_16 };
    for (size_t t = 0; t < theme_count; t++)
        for (size_t p = 0; p < COUNT(palettes); p++)
            for (size_t d = 0; d < COUNT(depths); d++) {
                PaintKind k = { .theme = themes[t], .depth = depths[d] };
                Style which = STYLE_TEXT;
                bool is_light = themes[t]->is_light;
                double own = worst_of(&k, palettes[p], is_light, &which);
                if (own < 2.4)
                    fail_msg("%s, palette %zu, depth %d: style %d: %.2f",
                             themes[t]->name, p, depths[d], which, own);
                /* who chose the wrong one still sees everything */
                double other = worst_of(&k, palettes[p], !is_light, &which);
                if (other < 1.5)
                    fail_msg("%s, palette %zu, depth %d: style %d: %.2f",
                             themes[t]->name, p, depths[d], which, other);
            }
}

/* A row that is chosen, a field, a badge: both colours are of the palette. */
static void few_colours_can_be_read_on_grounds(void **state) {
    (void)state;
    static const Ground grounds[] = { GROUND_BAR,   GROUND_SELECT,
                                      GROUND_FIELD, GROUND_DIALOG,
                                      GROUND_OK,    GROUND_WARN,
                                      GROUND_BAD,   GROUND_HAND };
    static const Style styles[] = { STYLE_TEXT, STYLE_BRIGHT, STYLE_DIM,
                                    STYLE_OK,   STYLE_BAD,    STYLE_HAND };
    for (size_t i = 0; i < theme_count * COUNT(palettes) * 2; i++) {
        const uint32_t *palette = palettes[i / 2 % COUNT(palettes)];
        PaintKind k = { .theme = themes[i / 2 / COUNT(palettes)],
                        .depth = i % 2 ? COLOR_16 : COLOR_8 };
        for (size_t g = 0; !k.theme->is_grey && g < COUNT(grounds); g++)
            for (size_t s = 0; s < COUNT(styles); s++) {
                ScreenCell c = { 'x', (uint8_t)styles[s], (uint8_t)grounds[g],
                                 true };
                Paint p = paint_cell(&k, &c);
                int front = p.front;
                if (k.depth == COLOR_8 && p.marks & PAINT_BOLD)
                    front += 8;
                double got = theme_contrast(palette[front], palette[p.back]);
                if (got < 2.4)
                    fail_msg("%s, depth %d: style %d on ground %d: %.2f",
                             k.theme->name, k.depth, styles[s], grounds[g],
                             got);
            }
    }
}

/* Curves in an interval are as good to read as beside it. */
static void few_colours_leave_curves_in_intervals(void **state) {
    (void)state;
    static const Style styles[] = { STYLE_VUS, STYLE_RPS, STYLE_P50,
                                    STYLE_P95, STYLE_P99, STYLE_ERRORS };
    static const Ground grounds[] = { GROUND_INTERVAL, GROUND_INTERVAL_2 };
    for (size_t i = 0; i < theme_count * COUNT(palettes) * 4; i++) {
        const uint32_t *palette = palettes[i / 4 % COUNT(palettes)];
        const Theme *t = themes[i / 4 / COUNT(palettes)];
        PaintKind k = { .theme = t, .depth = i % 2 ? COLOR_16 : COLOR_8 };
        for (size_t s = 0; s < COUNT(styles); s++) {
            ScreenCell c = { 'x', (uint8_t)styles[s],
                             (uint8_t)grounds[i / 2 % 2], false };
            Paint p = paint_cell(&k, &c);
            uint32_t own = t->is_light ? 0xffffff : 0;
            uint32_t back = p.back == PAINT_OWN ? own : palette[p.back];
            int bright = k.depth == COLOR_8 && p.marks & PAINT_BOLD ? 8 : 0;
            uint32_t front = p.front == PAINT_OWN
                                 ? ~own & 0xffffff
                                 : palette[p.front + bright];
            double got = theme_contrast(front, back);
            if (got < 2)
                fail_msg("%s, depth %d: style %d: %.2f", t->name, k.depth,
                         styles[s], got);
        }
    }
}

static void text_is_the_users_own_colour(void **state) {
    (void)state;
    for (size_t t = 0; t < theme_count; t++)
        for (int depth = COLOR_8; depth <= COLOR_16; depth++)
            for (int s = STYLE_TEXT; s <= STYLE_BRIGHT; s++) {
                PaintKind k = { .theme = themes[t],
                                .depth = (ColorDepth)depth };
                ScreenCell cell = { 'x', (uint8_t)s, GROUND_NONE, false };
                int front = paint_cell(&k, &cell).front;
                assert_true(front == PAINT_OWN ||
                            (s == STYLE_DIM && front == 8));
                /* on a ground of ours it is one of ours */
                cell.ground = GROUND_BAR;
                Paint p = paint_cell(&k, &cell);
                bool is_own = p.back == PAINT_OWN;
                assert_true(is_own == (p.front == PAINT_OWN));
                assert_true(is_own || p.front != p.back);
            }
}

static void without_colours_attributes_say_it(void **state) {
    (void)state;
    PaintKind none = { .theme = &theme_dark, .depth = COLOR_NONE };
    static const struct {
        ScreenCell cell;
        unsigned marks;
    } cases[] = {
        { { 'x', STYLE_TEXT, GROUND_NONE, false }, 0 },
        { { 'x', STYLE_DIM, GROUND_NONE, false }, PAINT_DIM },
        { { 'x', STYLE_BRIGHT, GROUND_NONE, false }, PAINT_BOLD },
        { { 'x', STYLE_BAD, GROUND_NONE, false }, PAINT_BOLD },
        { { 'x', STYLE_DIM, GROUND_BAR, false }, PAINT_REVERSE },
        { { 'x', STYLE_TEXT, GROUND_SELECT, false }, PAINT_REVERSE },
        { { 'x', STYLE_TEXT, GROUND_BAD, false }, PAINT_BOLD },
        { { ' ', STYLE_TEXT, GROUND_FIELD, false }, PAINT_UNDERLINE },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Paint p = paint_cell(&none, &cases[i].cell);
        assert_int_equal(p.marks, cases[i].marks);
        assert_int_equal(p.front, PAINT_OWN);
        assert_int_equal(p.back, PAINT_OWN);
    }
    PaintKind grey = { .theme = &theme_mono, .depth = COLOR_TRUE };
    ScreenCell bad = { 'x', STYLE_BAD, GROUND_NONE, false };
    assert_int_equal(paint_cell(&grey, &bad).marks,
                     PAINT_BOLD | PAINT_UNDERLINE);
    bad.rune = ' '; /* no line under nothing */
    assert_int_equal(paint_cell(&grey, &bad).marks, 0);
}

/* --- which -------------------------------------------------------------- */

static void the_ground_is_the_themes_or_the_terminals(void **state) {
    (void)state;
    ScreenCell blank = { .rune = ' ' };
    PaintKind k = { .theme = &theme_light, .depth = COLOR_TRUE };
    assert_int_equal(paint_cell(&k, &blank).back, 0xf8f9fb);
    k.own_ground = true;
    assert_int_equal(paint_cell(&k, &blank).back, PAINT_OWN);
    blank.ground = GROUND_BAR;
    assert_int_not_equal(paint_cell(&k, &blank).back, PAINT_OWN);
}

/* With direct colours curses takes 0 to 7 for the user's palette. */
static void no_colour_is_taken_for_another(void **state) {
    (void)state;
    for (size_t i = 0; i < theme_count; i++) {
        for (int s = 0; s < STYLE_COUNT; s++)
            assert_true(themes[i]->style[s] > 7);
        for (int g = 0; g < GROUND_COUNT; g++)
            assert_true(themes[i]->ground[g] > 7);
        assert_true(themes[i]->badge_text > 7);
    }
}

static void themes_are_found(void **state) {
    (void)state;
    static const struct {
        const char *says;
        const Theme *is;
    } cases[] = {
        { NULL, &theme_dark },
        { "", &theme_dark },
        { "15;0", &theme_dark },
        { "0;15", &theme_light },
        { "0;7", &theme_light },
        { "12;8", &theme_dark },
        { "0;default;15", &theme_light },
        { "15;default", &theme_dark },
        { "0;1x", &theme_dark },
        { "0;", &theme_dark },
        { "0;99", &theme_dark },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_ptr_equal(theme_for(cases[i].says), cases[i].is);
    const Theme *t = themes[0];
    for (size_t i = 0; i < theme_count; i++) {
        assert_ptr_equal(theme_find(themes[i]->name), themes[i]);
        t = theme_next(t);
    }
    assert_ptr_equal(t, themes[0]);
    assert_null(theme_find("drak"));
    assert_string_equal(theme_near("drak"), "dark");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_stands_off_its_ground),
        cmocka_unit_test(its_hues_stay_apart_for_everybody),
        cmocka_unit_test(percentiles_are_told_apart_in_every_theme),
        cmocka_unit_test(what_is_quiet_stays_so),
        cmocka_unit_test(heat_has_an_order),
        cmocka_unit_test(heat_keeps_its_hue),
        cmocka_unit_test(the_cursor_is_seen_on_all_heat),
        cmocka_unit_test(few_colours_can_be_read),
        cmocka_unit_test(few_colours_can_be_read_on_grounds),
        cmocka_unit_test(few_colours_leave_curves_in_intervals),
        cmocka_unit_test(text_is_the_users_own_colour),
        cmocka_unit_test(without_colours_attributes_say_it),
        cmocka_unit_test(the_ground_is_the_themes_or_the_terminals),
        cmocka_unit_test(no_colour_is_taken_for_another),
        cmocka_unit_test(themes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
