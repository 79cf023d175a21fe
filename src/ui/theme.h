/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.h: how styles look, by what the terminal can do. Pure. */
#ifndef ONRUSH_UI_THEME_H
#define ONRUSH_UI_THEME_H

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

typedef struct Theme {
    const char *name;
    uint32_t style[STYLE_COUNT];   /* 0xrrggbb */
    uint32_t ground[GROUND_COUNT]; /* GROUND_NONE: the screen's own */
    uint32_t badge_text;           /* on GROUND_OK, WARN, BAD, HAND */
} Theme;

extern const Theme theme_dark;
/* The heat of every theme in xterm's 256 colours, rising in lightness. */
extern const int theme_heat_256[HEAT_LEVELS];

/* Nearest entry of xterm's 256 colours (16..255), of the 16, or of the 8. */
int theme_nearest(uint32_t rgb, ColorDepth depth);

#endif
