/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scene.h"

#include "ui/glyph.h"

/* A title needs its corner, a space on each side, and a corner. */
#define TITLE_MARGIN 4

static void frame(Cells *c, Rect r, Glyphs glyphs) {
    int bottom = r.y + r.rows - 1, right = r.x + r.cols - 1;
    uint32_t across = glyph_rune(glyphs, GLYPH_ACROSS);
    uint32_t down = glyph_rune(glyphs, GLYPH_DOWN);
    for (int x = r.x + 1; x < right; x++) {
        cells_rune(c, r.y, x, STYLE_LINE, across);
        cells_rune(c, bottom, x, STYLE_LINE, across);
    }
    for (int y = r.y + 1; y < bottom; y++) {
        cells_rune(c, y, r.x, STYLE_LINE, down);
        cells_rune(c, y, right, STYLE_LINE, down);
    }
    static const struct {
        Glyph glyph;
        bool is_bottom, is_right;
    } corners[] = {
        { GLYPH_TOP_LEFT, false, false },
        { GLYPH_TOP_RIGHT, false, true },
        { GLYPH_BOTTOM_LEFT, true, false },
        { GLYPH_BOTTOM_RIGHT, true, true },
    };
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
        cells_rune(c, corners[i].is_bottom ? bottom : r.y,
                   corners[i].is_right ? right : r.x, STYLE_LINE,
                   glyph_rune(glyphs, corners[i].glyph));
}

Rect box_draw(Cells *c, Rect r, const char *title, const char *note,
              Glyphs glyphs) {
    if (r.rows < 2 || r.cols < 2)
        return (Rect){ r.y, r.x, 0, 0 };
    frame(c, r, glyphs);
    Rect old = c->clip;
    /* long titles end before the corner */
    if (r.y >= old.y && r.y < old.y + old.rows) {
        int from = r.x + 1 > old.x ? r.x + 1 : old.x;
        int to = r.x + r.cols - 1, end = old.x + old.cols;
        cells_clip(c, (Rect){ r.y, from, 1, (to < end ? to : end) - from });
        int used = 0;
        if (title && *title) {
            used = cells_width(title) + TITLE_MARGIN;
            cells_text(c, r.y, r.x + 2, STYLE_TEXT, " ");
            int x = cells_bold(c, r.y, r.x + 3, STYLE_TEXT, title);
            cells_text(c, r.y, x, STYLE_TEXT, " ");
        }
        if (note && *note && used + cells_width(note) + 4 <= r.cols)
            cells_rightf(c, r.y, r.x + r.cols - 3, STYLE_DIM, " %s ", note);
        c->clip = old;
    }
    return (Rect){ r.y + 1, r.x + 1, r.rows - 2, r.cols - 2 };
}
