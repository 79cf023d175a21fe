/* SPDX-License-Identifier: GPL-3.0-or-later */
/* svg.h: a screen as a picture (SVG 1.1) that any browser shows. Lines,
 * blocks and braille are drawn as shapes, so that they join whatever font
 * is there; the rest is text that can be searched and copied. Pure. */
#ifndef ONRUSH_UI_SVG_H
#define ONRUSH_UI_SVG_H

#include "ui/cells.h"
#include "ui/theme.h"

/* Appends the whole document. */
void svg_print(const Cells *c, const Theme *theme, Text *to);

/* --- svg_shape.c -------------------------------------------------------- */

/* Pixels of a cell, and around the screen. */
enum { SVG_CELL_X = 9, SVG_CELL_Y = 18, SVG_EDGE = 14 };

/* How a rune is drawn. */
typedef enum SvgKind {
    SVG_TEXT,
    SVG_DOTS,   /* braille */
    SVG_LINE,   /* strokes of one pixel */
    SVG_STRONG, /* of two */
    SVG_BLOCK,  /* filled */
    SVG_SHADE,  /* filled, seen through */
    SVG_KINDS
} SvgKind;

SvgKind svg_kind(uint32_t rune);
/* Appends the path of a rune that is no text, in the cell whose upper left
 * corner is x, y. */
void svg_shape(Text *to, uint32_t rune, int x, int y);

#endif
