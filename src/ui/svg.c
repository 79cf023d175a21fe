/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/svg.h"

#include <string.h>

#include "ui/utf8.h"

/* A colour of text: a style, or what stands on a badge. */
#define INK_BADGE STYLE_COUNT
#define INKS (STYLE_COUNT + 1)
#define BASELINE 13 /* pixels from the top of a cell */

static const char *const attributes[SVG_KINDS] = {
    [SVG_DOTS] = "fill=\"none\" stroke-width=\"3.4\" stroke-linecap=\"round\"",
    [SVG_LINE] = "fill=\"none\" stroke-width=\"1\"",
    [SVG_STRONG] = "fill=\"none\" stroke-width=\"2\"",
    [SVG_BLOCK] = "stroke=\"none\" shape-rendering=\"crispEdges\"",
    [SVG_SHADE] = "stroke=\"none\" fill-opacity=\".35\"",
};

static int px(int x) {
    return SVG_EDGE + x * SVG_CELL_X;
}

static int py(int y) {
    return SVG_EDGE + y * SVG_CELL_Y;
}

static const ScreenCell *cell(const Cells *c, int y, int x) {
    return &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
}

static int ink_of(const ScreenCell *k) {
    Ground g = (Ground)k->ground;
    bool badge = g == GROUND_OK || g == GROUND_WARN || g == GROUND_BAD ||
                 g == GROUND_HAND;
    return badge ? INK_BADGE : k->style;
}

static bool is_blank(const ScreenCell *k) {
    return !k->rune || k->rune == ' ';
}

/* --- grounds ------------------------------------------------------------ */

static void ground_row(const Cells *c, int y, int g, Text *path) {
    for (int x = 0; x < c->cols;) {
        int from = x;
        while (x < c->cols && cell(c, y, x)->ground == g)
            x++;
        if (x > from)
            text_addf(path, "M%d %dH%dv%dH%dz", px(from), py(y), px(x),
                      SVG_CELL_Y, px(from));
        else
            x++;
    }
}

static void grounds_print(const Cells *c, const Theme *t, Text *to) {
    Text path = { 0 };
    for (int g = GROUND_NONE + 1; g < GROUND_COUNT; g++) {
        text_clear(&path);
        for (int y = 0; y < c->rows; y++)
            ground_row(c, y, g, &path);
        if (path.length)
            text_addf(to,
                      "<path fill=\"#%06x\" shape-rendering=\"crispEdges\" "
                      "d=\"%s\"/>\n",
                      (unsigned)t->ground[g], path.bytes);
    }
    text_close(&path);
}

/* --- shapes ------------------------------------------------------------- */

static void shapes_print(const Cells *c, int ink, SvgKind kind, unsigned color,
                         Text *to) {
    Text path = { 0 };
    for (int y = 0; y < c->rows; y++)
        for (int x = 0; x < c->cols; x++) {
            const ScreenCell *k = cell(c, y, x);
            if (ink_of(k) == ink && svg_kind(k->rune) == kind)
                svg_shape(&path, k->rune, px(x), py(y));
        }
    bool is_filled = kind == SVG_BLOCK || kind == SVG_SHADE;
    if (path.length)
        text_addf(to, "<path %s=\"#%06x\" %s d=\"%s\"/>\n",
                  is_filled ? "fill" : "stroke", color, attributes[kind],
                  path.bytes);
    text_close(&path);
}

/* --- text --------------------------------------------------------------- */

static bool is_text(const Cells *c, int y, int x, int ink, bool bold) {
    const ScreenCell *k = cell(c, y, x);
    return !is_blank(k) && ink_of(k) == ink && k->bold == bold &&
           svg_kind(k->rune) == SVG_TEXT;
}

/* The end of the words that begin at x; one blank between them is part of
 * the run, more would be lost. */
static int run_end(const Cells *c, int y, int x, int ink, bool bold) {
    while (x < c->cols) {
        if (is_text(c, y, x, ink, bold))
            x++;
        else if (is_blank(cell(c, y, x)) && x + 1 < c->cols &&
                 is_text(c, y, x + 1, ink, bold))
            x += 2;
        else
            break;
    }
    return x;
}

static void add_rune(Text *to, uint32_t rune) {
    char bytes[4];
    if (rune == '&')
        text_adds(to, "&amp;");
    else if (rune == '<')
        text_adds(to, "&lt;");
    else if (rune == '>')
        text_adds(to, "&gt;");
    else
        text_add(to, bytes, (size_t)utf8_put(bytes, rune ? rune : ' '));
}

static void row_print(const Cells *c, int y, int ink, Text *to) {
    for (int x = 0; x < c->cols;) {
        const ScreenCell *first = cell(c, y, x);
        int end = run_end(c, y, x, ink, first->bold);
        if (!is_text(c, y, x, ink, first->bold)) {
            x++;
            continue;
        }
        text_addf(to, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"%s>", px(x),
                  py(y) + BASELINE, (end - x) * SVG_CELL_X,
                  first->bold ? " font-weight=\"bold\"" : "");
        for (; x < end; x++)
            add_rune(to, cell(c, y, x)->rune);
        text_adds(to, "</text>\n");
    }
}

static void texts_print(const Cells *c, int ink, unsigned color, Text *to) {
    Text rows = { 0 };
    for (int y = 0; y < c->rows; y++)
        row_print(c, y, ink, &rows);
    if (rows.length)
        text_addf(to, "<g fill=\"#%06x\">\n%s</g>\n", color, rows.bytes);
    text_close(&rows);
}

/* --- the document ------------------------------------------------------- */

void svg_print(const Cells *c, const Theme *theme, Text *to) {
    int width = px(c->cols) + SVG_EDGE, height = py(c->rows) + SVG_EDGE;
    text_addf(to,
              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
              "height=\"%d\" viewBox=\"0 0 %d %d\" font-size=\"15\" "
              "font-family=\"'DejaVu Sans Mono','Liberation Mono',Menlo,"
              "Consolas,'Courier New',monospace\">\n"
              "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n",
              width, height, width, height, width, height,
              (unsigned)theme->ground[GROUND_NONE]);
    grounds_print(c, theme, to);
    for (int ink = 0; ink < INKS; ink++) {
        unsigned color = (unsigned)(ink == INK_BADGE ? theme->badge_text
                                                     : theme->style[ink]);
        for (int kind = SVG_TEXT + 1; kind < SVG_KINDS; kind++)
            shapes_print(c, ink, (SvgKind)kind, color, to);
        texts_print(c, ink, color, to);
    }
    text_adds(to, "</svg>\n");
}
