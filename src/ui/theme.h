/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.h: how styles look, by what the terminal can do. Pure. */
#ifndef ONRUSH_UI_THEME_H
#define ONRUSH_UI_THEME_H

#include <stddef.h>

#include "ui/cells.h"

typedef enum ColorDepth {
    COLOR_NONE, /* bold, dim and reverse only */
    COLOR_8,
    COLOR_16,
    COLOR_256,
    COLOR_TRUE,
} ColorDepth;

typedef enum Glyphs {
    GLYPHS_ASCII,   /* - | + . : # */
    GLYPHS_BLOCK,   /* box lines and block elements, no braille */
    GLYPHS_BRAILLE, /* everything */
} Glyphs;

/* Contrast after WCAG 2.1 is at least 4.5 for what is read and 3 for lines
 * and what lies behind, on every ground that it appears on; and the heat goes
 * from what is nearest to the ground to what is farthest from it in lightness
 * (tests/unit/test_theme.c). */
typedef struct Theme {
    const char *name;
    const char *help;
    uint32_t style[STYLE_COUNT];   /* 0xrrggbb */
    uint32_t ground[GROUND_COUNT]; /* GROUND_NONE: the screen's own */
    /* The heat in xterm's 256 colours, of which too few lie near a ramp's to
     * take the nearest. */
    int heat_256[HEAT_LEVELS];
    uint32_t badge_text; /* on GROUND_OK, WARN, BAD, HAND */
    bool is_light;                 /* dark text on a light ground */
    bool is_grey;                  /* meaning is weight and underlining */
} Theme;

extern const Theme theme_dark, theme_light, theme_colorblind, theme_mono;
/* All of them, the first is what nobody chose. */
extern const Theme *const themes[];
extern const size_t theme_count;

/* The theme of that name; "auto": as theme_for. NULL: there is none. */
const Theme *theme_find(const char *name);
/* The nearest name to what was written, or NULL. */
const char *theme_near(const char *wrote);
/* The one behind it, the first behind the last. */
const Theme *theme_next(const Theme *theme);
/* Light or dark as the terminal says in COLORFGBG ("0;15", "0;default;15":
 * foreground first, ground last, of the 16 colours); dark when it says
 * nothing (NULL) that can be read. */
const Theme *theme_for(const char *colorfgbg);

/* Nearest entry of xterm's 256 colours (16..255), of the 16, or of the 8. */
int theme_nearest(uint32_t rgb, ColorDepth depth);
/* The same of the 256, but of those that stand off the entry `back` at least
 * as well as rgb does off its own ground, nearly: what fewer colours have in
 * common shall not swallow a text. */
int theme_nearest_on(uint32_t rgb, uint32_t ground, int back);
/* Colour of an entry of 16..255. */
uint32_t theme_entry(int entry);
/* WCAG 2.1: relative luminance, 0 black to 1 white, and contrast, 1 to 21. */
double theme_luminance(uint32_t rgb);
double theme_contrast(uint32_t a, uint32_t b);

#endif
