/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/passage.h"

#include <stdio.h>
#include <string.h>

#include "ui/glyph.h"
#include "ui/utf8.h"

#define ROW_BYTES 1024

/* One row of it. */
typedef struct Piece {
    const char *at, *end;
    bool begins;    /* a line */
    bool goes_on;   /* in the next row, */
    bool is_broken; /* where no space is */
} Piece;

/* The piece at *at, which moves to the next one; false: that was all. */
static bool next_piece(const char **at, int cols, Piece *p) {
    const char *s = *at;
    bool begins = !p->at || !p->goes_on;
    if (!s || !*s)
        return false;
    *p = (Piece){ .at = s, .begins = begins };
    const char *last = s; /* where it ends if it must leave room for a sign */
    const char *space = NULL;
    for (int x = 0; *s && *s != '\n' && x < cols; x++) {
        if (*s == ' ' && x > cols / 2)
            space = s;
        utf8_next(&s);
        last = x < cols - 1 ? s : last;
    }
    p->goes_on = *s && *s != '\n';
    p->is_broken = p->goes_on && !space && *s != ' ';
    p->end = p->is_broken ? last : p->goes_on && *s != ' ' ? space : s;
    *at = p->is_broken || !*p->end ? p->end : p->end + 1;
    return true;
}

int passage_rows(const char *text, int cols) {
    Piece p = { 0 };
    int rows = 0;
    while (next_piece(&text, cols, &p))
        rows++;
    return rows;
}

/* "Name:" of a line of the head, 0: there is none. */
static size_t name_of(const Piece *p) {
    const char *colon = memchr(p->at, ':', (size_t)(p->end - p->at));
    return p->begins && colon ? (size_t)(colon + 1 - p->at) : 0;
}

static int put(Cells *c, int y, int x, Style style, const char *at,
               size_t length) {
    char row[ROW_BYTES];
    snprintf(row, sizeof row, "%.*s", (int)length, at);
    return cells_text(c, y, x, style, row);
}

static void draw_piece(Cells *c, int y, int x, const Piece *p, bool is_first,
                       bool in_head) {
    size_t length = (size_t)(p->end - p->at);
    size_t name = in_head && !is_first ? name_of(p) : 0;
    if (name)
        x = put(c, y, x, STYLE_DIM, p->at, name);
    x = put(c, y, x, is_first ? STYLE_BRIGHT : STYLE_TEXT, p->at + name,
            length - name);
    if (p->is_broken)
        cells_text(c, y, x, STYLE_LINE, "\\");
}

void passage_draw(Cells *c, Rect r, const char *text, int top) {
    Piece p = { 0 };
    bool in_head = true, is_first = true;
    for (int row = 0; row < top + r.rows && next_piece(&text, r.cols, &p);
         row++) {
        in_head &= !(p.begins && p.at == p.end);
        if (row >= top)
            draw_piece(c, r.y + row - top, r.x, &p, is_first, in_head);
        is_first &= p.goes_on;
    }
}

void passage_title(Cells *c, Rect r, const char *title, const char *note,
                   Glyphs glyphs) {
    for (int x = r.x; x < r.x + r.cols; x++)
        cells_rune(c, r.y, x, STYLE_LINE, glyph_rune(glyphs, GLYPH_ACROSS));
    int x = cells_bold(c, r.y, r.x, STYLE_TEXT, title);
    cells_text(c, r.y, x, STYLE_TEXT, " ");
    if (note && x + 4 + cells_width(note) < r.x + r.cols) {
        int from = r.x + r.cols - cells_width(note) - 1;
        cells_text(c, r.y, from, STYLE_DIM, " ");
        cells_text(c, r.y, from + 1, STYLE_DIM, note);
    }
}
