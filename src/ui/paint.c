/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/paint.h"

#define BLACK 0
#define GREEN 2
#define YELLOW 3
#define BLUE 4
#define CYAN 6
#define WHITE 7
#define BRIGHT 8 /* so much above its plain kin; of black: dark grey */

static bool is_badge(Ground g) {
    return g >= GROUND_OK && g <= GROUND_HAND;
}

static bool is_faint(Style s) {
    return s == STYLE_DIM || s == STYLE_LINE || s == STYLE_PLAN ||
           s == STYLE_EARLIER;
}

/* --- 256 colours and more ----------------------------------------------- */

/* The heat ends where the cursor's colour is: there the cursor is as the
 * screen's ground. */
static uint32_t cursor_on(const Theme *t, uint32_t heat) {
    uint32_t front = t->style[STYLE_CURSOR], other = t->ground[GROUND_NONE];
    return theme_contrast(front, heat) >= theme_contrast(other, heat) ? front
                                                                      : other;
}

static uint32_t front_of(const Theme *t, Style s, Ground g) {
    if (is_badge(g))
        return t->badge_text;
    /* g is less than GROUND_COUNT. */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    return s == STYLE_CURSOR && g >= GROUND_HEAT ? cursor_on(t, t->ground[g])
                                                 : t->style[s];
}

static void paint_many(const PaintKind *k, Style s, Ground g, Paint *p) {
    uint32_t front = front_of(k->theme, s, g), back = k->theme->ground[g];
    if (k->depth == COLOR_TRUE) {
        p->front = (int)front;
        p->back = (int)back;
    } else {
        const int *heat = k->theme->heat_256;
        p->back = g >= GROUND_HEAT ? heat[g - GROUND_HEAT]
                                   : theme_nearest(back, COLOR_256);
        p->front = s >= STYLE_HEAT ? heat[s - STYLE_HEAT]
                                   : theme_nearest_on(front, back, p->back);
    }
    if (g == GROUND_NONE && k->own_ground)
        p->back = PAINT_OWN;
}

/* --- 16 and 8 ----------------------------------------------------------- */

/* By lightness: blue, magenta, cyan, yellow, white. */
static int few_heat(const PaintKind *k, int level) {
    static const int dark[HEAT_LEVELS] = { 4, 4, 4, 5, 5, 5, 6, 6, 3, 3, 7, 7 };
    static const int light[HEAT_LEVELS] = {
        7, 7, 3, 3, 6, 6, 5, 5, 4, 4, 0, 0
    };
    return k->theme->is_light ? light[level] : dark[level];
}

/* The only dark ground of few colours is a full blue, on which no curve can
 * be read; an interval has its brackets on the axis. */
static bool is_open_ground(const PaintKind *k, Ground g) {
    return g == GROUND_NONE ||
           (!k->theme->is_light &&
            (g == GROUND_INTERVAL || g == GROUND_INTERVAL_2));
}

static int few_ground(const PaintKind *k, Ground g) {
    if (is_open_ground(k, g))
        return PAINT_OWN;
    if (g >= GROUND_HEAT)
        return few_heat(k, (int)g - GROUND_HEAT);
    int n = theme_nearest(k->theme->ground[g], k->depth) % BRIGHT;
    if (is_badge(g))
        return n;
    /* greys only where the palette has them for sure */
    return k->theme->is_light ? WHITE : n == WHITE ? BLACK : n;
}

/* On the user's own ground. */
static int few_hue(const PaintKind *k, Style s) {
    int n = theme_nearest(k->theme->style[s], COLOR_8);
    if (k->theme->is_light)
        return n == GREEN || n == YELLOW || n == WHITE ? PAINT_OWN
               : n == CYAN                             ? BLUE
                                                       : n;
    /* plain green, yellow and cyan are bright enough on black, and not all
     * lost on white; the others need it */
    bool is_dark = n != GREEN && n != YELLOW && n != CYAN && n != WHITE;
    return n == WHITE                        ? PAINT_OWN
           : is_dark && k->depth == COLOR_16 ? n + BRIGHT
                                             : n;
}

static int few_front(const PaintKind *k, Style s, Ground g) {
    if (is_badge(g)) {
        int n = few_ground(k, g);
        return n == GREEN || n == YELLOW || n == CYAN || n == WHITE ? BLACK
                                                                    : WHITE;
    }
    if (s >= STYLE_HEAT)
        return few_heat(k, (int)s - STYLE_HEAT);
    bool is_blue = g == GROUND_SELECT || g == GROUND_FIELD;
    if (is_blue && !k->theme->is_light)
        return WHITE; /* no hue can be read on it */
    int front = few_hue(k, s);
    if (is_faint(s))
        front = k->depth == COLOR_16 ? BLACK + BRIGHT : PAINT_OWN;
    if (s == STYLE_TEXT || s == STYLE_BRIGHT || s == STYLE_CURSOR)
        front = PAINT_OWN;
    if (is_open_ground(k, g))
        return front;
    /* on a ground of ours the user's own colour may vanish */
    if (front == PAINT_OWN)
        return k->theme->is_light ? BLACK : WHITE;
    if (front == BLACK + BRIGHT && !k->theme->is_light)
        return WHITE;
    return front;
}

/* --- what colours cannot say -------------------------------------------- */

static unsigned few_marks(const PaintKind *k, const ScreenCell *c, int front) {
    unsigned marks = 0;
    Style s = (Style)c->style;
    if (s == STYLE_BRIGHT)
        marks |= PAINT_BOLD;
    if (k->depth != COLOR_16 && is_faint(s))
        marks |= PAINT_DIM;
    if (k->depth == COLOR_8 && front == BLUE) /* often bright then */
        marks |= PAINT_BOLD;
    if (c->ground == GROUND_FIELD)
        marks |= PAINT_UNDERLINE;
    return marks;
}

/* Bold badges stand out of a bar that is reverse by not being so. */
static unsigned plain_marks(const ScreenCell *c) {
    bool is_bad = c->style == STYLE_BAD || c->style == STYLE_ERRORS;
    return is_bad || is_badge((Ground)c->ground) ? PAINT_BOLD : 0;
}

static unsigned grey_marks(const ScreenCell *c) {
    bool is_blank = c->rune == ' ' || c->rune == 0;
    if (is_badge((Ground)c->ground) || is_blank)
        return 0;
    return c->style == STYLE_BAD    ? PAINT_BOLD | PAINT_UNDERLINE
           : c->style == STYLE_WARN ? PAINT_UNDERLINE
           : c->style == STYLE_OK || c->style == STYLE_ERRORS ||
                   c->style == STYLE_HAND
               ? PAINT_BOLD
               : 0;
}

/* Where bold is bright, black turns grey, and hues fade on a light ground. */
static bool goes_when_bold(const PaintKind *k, int front) {
    bool is_hue = front > BLACK && front < WHITE;
    return front == BLACK ||
           (k->depth == COLOR_8 && k->theme->is_light && is_hue);
}

Paint paint_cell(const PaintKind *k, const ScreenCell *c) {
    Style s = (Style)c->style;
    Ground g = (Ground)c->ground;
    Paint p = { PAINT_OWN, PAINT_OWN, c->bold ? PAINT_BOLD : 0 };
    bool has_colours = k->depth != COLOR_NONE;
    if (k->depth >= COLOR_256) {
        paint_many(k, s, g, &p);
    } else if (has_colours && !k->theme->is_grey) {
        p.front = few_front(k, s, g);
        p.back = few_ground(k, g);
    } else {
        has_colours = false;
    }
    if (k->depth <= COLOR_16)
        p.marks |= few_marks(k, c, p.front);
    if (k->theme->is_grey)
        p.marks |= grey_marks(c);
    if (!has_colours) {
        p.marks |= plain_marks(c);
        if (g == GROUND_BAR || g == GROUND_SELECT)
            p.marks = (p.marks | PAINT_REVERSE) & ~(unsigned)PAINT_DIM;
    } else if (k->depth <= COLOR_16 && goes_when_bold(k, p.front)) {
        p.marks &= ~(unsigned)PAINT_BOLD;
    }
    return p;
}
