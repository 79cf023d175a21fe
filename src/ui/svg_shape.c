/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/svg.h"

#include <stddef.h>

#define W SVG_CELL_X
#define H SVG_CELL_Y

/* Strokes of the box signs that the console uses, in a cell of 9 x 18 with
 * its middle at 4.5, 9; %d %d is the corner. */
static const struct {
    uint32_t rune;
    SvgKind kind;
    const char *path; /* relative, from the cell's upper left corner */
} lines[] = {
    { 0x2500, SVG_LINE, "m0 9h9" },                           /* ─ */
    { 0x2501, SVG_STRONG, "m0 9h9" },                         /* ━ */
    { 0x2502, SVG_LINE, "m4.5 0v18" },                        /* │ */
    { 0x2504, SVG_LINE, "m.5 9h2m1 0h2m1 0h2" },              /* ┄ */
    { 0x2506, SVG_LINE, "m4.5 1v4m0 2v4m0 2v4" },             /* ┆ */
    { 0x250a, SVG_LINE, "m4.5 1v2m0 2.5v2m0 2.5v2m0 2.5v2" }, /* ┊ */
    { 0x250c, SVG_LINE, "m9 9h-4.5v9" },                      /* ┌ */
    { 0x2510, SVG_LINE, "m0 9h4.5v9" },                       /* ┐ */
    { 0x2514, SVG_LINE, "m4.5 0v9h4.5" },                     /* └ */
    { 0x2518, SVG_LINE, "m4.5 0v9h-4.5" },                    /* ┘ */
    { 0x251c, SVG_LINE, "m4.5 0v18m0 -9h4.5" },               /* ├ */
    { 0x2524, SVG_LINE, "m4.5 0v18m0 -9h-4.5" },              /* ┤ */
    { 0x252c, SVG_LINE, "m0 9h9m-4.5 0v9" },                  /* ┬ */
    { 0x2534, SVG_LINE, "m0 9h9m-4.5 0v-9" },                 /* ┴ */
    { 0x253c, SVG_LINE, "m0 9h9m-4.5 -9v18" },                /* ┼ */
    { 0x254e, SVG_LINE, "m4.5 2v5m0 4v5" },                   /* ╎ */
    { 0x2550, SVG_LINE, "m0 7.5h9m-9 3h9" },                  /* ═ */
    { 0x256d, SVG_LINE, "m9 9q-4.5 0-4.5 4.5v4.5" },          /* ╭ */
    { 0x256e, SVG_LINE, "m0 9q4.5 0 4.5 4.5v4.5" },           /* ╮ */
    { 0x256f, SVG_LINE, "m0 9q4.5 0 4.5-4.5v-4.5" },          /* ╯ */
    { 0x2570, SVG_LINE, "m9 9q-4.5 0-4.5-4.5v-4.5" },         /* ╰ */
};
#define LINES_MAX (sizeof lines / sizeof *lines)

SvgKind svg_kind(uint32_t rune) {
    if (rune >= 0x2800 && rune <= 0x28ff)
        return SVG_DOTS;
    if (rune >= 0x2591 && rune <= 0x2593)
        return SVG_SHADE;
    if (rune >= 0x2580 && rune <= 0x259f)
        return SVG_BLOCK;
    for (size_t i = 0; i < LINES_MAX; i++)
        if (lines[i].rune == rune)
            return lines[i].kind;
    return SVG_TEXT;
}

/* Bits 0 to 2 and 6 are the left column from above, 3 to 5 and 7 the right
 * one. */
static void dots(Text *to, uint32_t bits, int x, int y) {
    static const int row[] = { 0, 1, 2, 0, 1, 2, 3, 3 };
    static const int col[] = { 0, 0, 0, 1, 1, 1, 0, 1 };
    for (int i = 0; i < 8; i++)
        if (bits >> i & 1)
            text_addf(to, "M%.4g %.4gh0", x + 2.25 + 4.5 * col[i],
                      y + 2.25 + 4.5 * row[i]);
}

static void block(Text *to, double x, double y, double w, double h) {
    text_addf(to, "M%.6g %.6gh%.4gv%.4gh%.4gz", x, y, w, h, -w);
}

/* U+2596 to U+259F: upper left 1, upper right 2, lower left 4, right 8. */
static void quadrants(Text *to, uint32_t rune, int x, int y) {
    static const int bits[] = { 4, 8, 1, 13, 9, 7, 11, 2, 6, 14 };
    for (int i = 0; i < 4; i++)
        if (bits[rune - 0x2596] >> i & 1)
            block(to, x + W / 2.0 * (i & 1), y + H / 2.0 * (i >> 1), W / 2.0,
                  H / 2.0);
}

static void blocks(Text *to, uint32_t rune, int x, int y) {
    if (rune == 0x2580) {
        block(to, x, y, W, H / 2.0);
    } else if (rune <= 0x2588) {
        double high = H * (rune - 0x2580) / 8.0;
        block(to, x, y + H - high, W, high);
    } else if (rune <= 0x258f) {
        block(to, x, y, W * (0x2590 - rune) / 8.0, H);
    } else if (rune == 0x2590) {
        block(to, x + W / 2.0, y, W / 2.0, H);
    } else if (rune <= 0x2593) {
        block(to, x, y, W, H);
    } else if (rune == 0x2594) {
        block(to, x, y, W, H / 8.0);
    } else if (rune == 0x2595) {
        block(to, x + W * 7 / 8.0, y, W / 8.0, H);
    } else {
        quadrants(to, rune, x, y);
    }
}

void svg_shape(Text *to, uint32_t rune, int x, int y) {
    if (rune >= 0x2800) {
        dots(to, rune - 0x2800, x, y);
        return;
    }
    if (rune >= 0x2580) {
        blocks(to, rune, x, y);
        return;
    }
    for (size_t i = 0; i < LINES_MAX; i++)
        if (lines[i].rune == rune)
            text_addf(to, "M%d %d%s", x, y, lines[i].path);
}
