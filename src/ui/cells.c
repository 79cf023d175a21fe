/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/cells.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/utf8.h"

/* Longest formatted text; a screen row of any sane terminal is shorter. */
#define FORMAT_MAX 1024

/* What every terminal shows one column wide, from left to right. Not
 * wcwidth: that depends on the locale and its version, and a golden screen
 * must not. Scripts that combine, join or run right to left stay out, since
 * terminals disagree about their columns. */
static const struct {
    uint32_t first, last;
} narrow[] = {
    { 0x0020, 0x007e }, { 0x00a0, 0x00ac }, { 0x00ae, 0x02ff },
    { 0x0370, 0x0377 }, { 0x037a, 0x037f }, { 0x0384, 0x038a },
    { 0x038c, 0x038c }, { 0x038e, 0x03a1 }, { 0x03a3, 0x0482 },
    { 0x048a, 0x052f }, { 0x0531, 0x0556 }, { 0x0559, 0x058a },
    { 0x10d0, 0x10ff }, { 0x1e00, 0x1f15 }, { 0x1f18, 0x1f1d },
    { 0x1f20, 0x1f45 }, { 0x1f48, 0x1f4d }, { 0x1f50, 0x1f57 },
    { 0x1f5f, 0x1f7d }, { 0x1f80, 0x1fb4 }, { 0x2010, 0x2027 },
    { 0x2030, 0x205e }, { 0x2070, 0x2071 }, { 0x2074, 0x208e },
    { 0x20a0, 0x20bf }, { 0x2100, 0x218b }, { 0x2190, 0x2319 },
    { 0x231c, 0x2328 }, { 0x232b, 0x23e8 }, { 0x2400, 0x2426 },
    { 0x2460, 0x25fc }, { 0x25ff, 0x2613 }, { 0x2616, 0x2647 },
    { 0x2654, 0x267e }, { 0x2701, 0x2704 }, { 0x2706, 0x2709 },
    { 0x270c, 0x2727 }, { 0x2729, 0x274b }, { 0x2756, 0x2756 },
    { 0x2758, 0x2794 }, { 0x2798, 0x27af }, { 0x27c0, 0x2b1a },
    { 0xfffd, 0xfffd },
};

static bool is_narrow(uint32_t rune) {
    size_t low = 0, high = sizeof narrow / sizeof *narrow;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (rune > narrow[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    return low < sizeof narrow / sizeof *narrow && rune >= narrow[low].first;
}

/* --- the screen --------------------------------------------------------- */

void cells_init(Cells *c, int rows, int cols) {
    *c = (Cells){ 0 };
    cells_resize(c, rows, cols);
}

void cells_close(Cells *c) {
    free(c->at);
    free(c->spots);
    *c = (Cells){ .cursor_y = -1, .cursor_x = -1 };
}

void cells_resize(Cells *c, int rows, int cols) {
    c->rows = rows > 1 ? rows : 1;
    c->cols = cols > 1 ? cols : 1;
    free(c->at);
    c->at = mem_alloc((size_t)c->rows * (size_t)c->cols, sizeof *c->at);
    cells_clear(c);
}

void cells_clear(Cells *c) {
    size_t count = (size_t)c->rows * (size_t)c->cols;
    for (size_t i = 0; i < count; i++)
        c->at[i] = (ScreenCell){ .rune = ' ' };
    c->clip = (Rect){ 0, 0, c->rows, c->cols };
    c->cursor_y = c->cursor_x = -1;
    c->spot_count = 0;
}

/* [*at, *at + *length) cut to [0, limit); widened, so nothing overflows. */
static void cut(int *at, int *length, int limit) {
    int64_t from = *at, to = from + (*length > 0 ? *length : 0);
    from = from < 0 ? 0 : from > limit ? limit : from;
    to = to < from ? from : to > limit ? limit : to;
    *at = (int)from;
    *length = (int)(to - from);
}

void cells_clip(Cells *c, Rect r) {
    cut(&r.y, &r.rows, c->rows);
    cut(&r.x, &r.cols, c->cols);
    c->clip = r;
}

/* --- spots -------------------------------------------------------------- */

void cells_spot(Cells *c, const Spot *spot) {
    Rect r = spot->area;
    const Rect *clip = &c->clip;
    int y = r.y > clip->y ? r.y : clip->y, x = r.x > clip->x ? r.x : clip->x;
    int bottom = r.y + r.rows, right = r.x + r.cols;
    bottom = bottom < clip->y + clip->rows ? bottom : clip->y + clip->rows;
    right = right < clip->x + clip->cols ? right : clip->x + clip->cols;
    if (y >= bottom || x >= right)
        return;
    mem_grow(c->spots, c->spot_count, c->spot_cap);
    c->spots[c->spot_count] = *spot;
    c->spots[c->spot_count++].area = (Rect){ y, x, bottom - y, right - x };
}

const Spot *cells_spot_at(const Cells *c, int y, int x) {
    for (size_t i = c->spot_count; i > 0; i--) {
        const Rect *r = &c->spots[i - 1].area;
        if (y >= r->y && y < r->y + r->rows && x >= r->x && x < r->x + r->cols)
            return &c->spots[i - 1];
    }
    return NULL;
}

/* --- cells -------------------------------------------------------------- */

static ScreenCell *cell_at(Cells *c, int y, int x) {
    const Rect *r = &c->clip;
    if (y < r->y || y >= r->y + r->rows || x < r->x || x >= r->x + r->cols)
        return NULL;
    return &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
}

/* --- text --------------------------------------------------------------- */

static void put(Cells *c, int y, int x, Style s, uint32_t rune, bool bold) {
    ScreenCell *cell = cell_at(c, y, x);
    if (!cell)
        return;
    cell->rune = rune;
    cell->style = (uint8_t)s;
    cell->bold = bold;
}

static int put_text(Cells *c, int y, int x, Style s, const char *text,
                    bool bold) {
    for (uint32_t rune; x < INT_MAX && (rune = utf8_next(&text)); x++)
        put(c, y, x, s, is_narrow(rune) ? rune : '?', bold);
    return x;
}

void cells_rune(Cells *c, int y, int x, Style s, uint32_t rune) {
    put(c, y, x, s, rune, false);
}

int cells_text(Cells *c, int y, int x, Style s, const char *text) {
    return put_text(c, y, x, s, text, false);
}

int cells_bold(Cells *c, int y, int x, Style s, const char *text) {
    return put_text(c, y, x, s, text, true);
}

int cells_textf(Cells *c, int y, int x, Style s, const char *format, ...) {
    char text[FORMAT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return cells_text(c, y, x, s, text);
}

void cells_right(Cells *c, int y, int x, Style s, const char *text) {
    cells_text(c, y, x + 1 - cells_width(text), s, text);
}

void cells_rightf(Cells *c, int y, int x, Style s, const char *format, ...) {
    char text[FORMAT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cells_right(c, y, x, s, text);
}

int cells_width(const char *text) {
    int n = 0;
    while (utf8_next(&text))
        n++;
    return n;
}

/* --- ground ------------------------------------------------------------- */

void cells_ground(Cells *c, int y, int x, int cols, Ground g) {
    cut(&x, &cols, c->cols);
    for (int i = 0; i < cols; i++) {
        ScreenCell *cell = cell_at(c, y, x + i);
        if (cell)
            cell->ground = (uint8_t)g;
    }
}

void cells_fill(Cells *c, Rect r, Ground g) {
    cut(&r.y, &r.rows, c->rows);
    cut(&r.x, &r.cols, c->cols);
    for (int y = r.y; y < r.y + r.rows; y++)
        for (int x = r.x; x < r.x + r.cols; x++) {
            ScreenCell *cell = cell_at(c, y, x);
            if (cell)
                *cell = (ScreenCell){ .rune = ' ', .ground = (uint8_t)g };
        }
}

/* --- printing ----------------------------------------------------------- */

void cells_print(const Cells *c, Text *to) {
    for (int y = 0; y < c->rows; y++) {
        const ScreenCell *row = &c->at[(size_t)y * (size_t)c->cols];
        int end = c->cols;
        while (end > 0 && (row[end - 1].rune == ' ' || !row[end - 1].rune))
            end--;
        for (int x = 0; x < end; x++) {
            char bytes[4];
            uint32_t rune = row[x].rune ? row[x].rune : ' ';
            text_add(to, bytes, (size_t)utf8_put(bytes, rune));
        }
        text_add(to, "\n", 1);
    }
}
