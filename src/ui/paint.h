/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paint.h: how a cell looks in a theme on a terminal that can do so much:
 * two colours and attributes. Pure. */
#ifndef ONRUSH_UI_PAINT_H
#define ONRUSH_UI_PAINT_H

#include "ui/theme.h"

enum {
    PAINT_BOLD = 1,
    PAINT_DIM = 2,
    PAINT_UNDERLINE = 4,
    PAINT_REVERSE = 8,
};

/* A colour is 0xrrggbb of COLOR_TRUE, else an entry of the palette;
 * PAINT_OWN: the terminal's own. */
#define PAINT_OWN (-1)
typedef struct Paint {
    int front, back;
    unsigned marks; /* PAINT_BOLD and so on */
} Paint;

typedef struct PaintKind {
    const Theme *theme;
    ColorDepth depth;
    bool own_ground; /* the terminal's ground stays where none is drawn */
} PaintKind;

/* Only style, ground, boldness and whether the cell is blank count.
 *
 * Up to 16 colours the palette is the user's, of which only this is sure:
 * its own two colours go together. So text takes those, greys are attributes
 * or bright black, no ground is painted, and a light theme leaves out the
 * hues that a palette has too bright to be read on white. */
Paint paint_cell(const PaintKind *kind, const ScreenCell *cell);

#endif
