/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/glyph.h"

/* A line's share of a character: bit y * width + x, from the top left. */
typedef struct Layer {
    uint8_t dots, style;
} Layer;

/* Layers are of the highest rank that touched the cell; lower ranks add
 * their dots to the first. */
#define LAYERS 4

typedef struct PlotCell {
    Layer layer[LAYERS];
    uint8_t count;
    uint8_t rule, limit; /* style + 1; 0: none */
    uint8_t limit_row;
    bool is_area;
    int rank;
} PlotCell;

/* Dots of a character. Blocks have eight rows, which areas use; a line
 * shows the nearest half. */
static const struct {
    int x, y;
} grain[] = {
    [GLYPHS_ASCII] = { 1, 3 },
    [GLYPHS_BLOCK] = { 1, 8 },
    [GLYPHS_BRAILLE] = { 2, 4 },
};

void plot_init(Plot *p, Cells *c, Rect area, Glyphs glyphs) {
    area.rows = area.rows > 0 ? area.rows : 0;
    area.cols = area.cols > 0 ? area.cols : 0;
    *p = (Plot){
        .cells = c,
        .area = area,
        .glyphs = glyphs,
        .dots_x = area.cols * grain[glyphs].x,
        .dots_y = area.rows * grain[glyphs].y,
        .at =
            mem_alloc((size_t)area.rows * (size_t)area.cols, sizeof(PlotCell)),
    };
}

static PlotCell *cell_of(Plot *p, int row, int col) {
    return &p->at[(size_t)row * (size_t)p->area.cols + (size_t)col];
}

/* The layer that a line of this rank and style draws in. */
static Layer *layer_of(PlotCell *cell, Style s, int rank) {
    if (cell->count == 0 || rank > cell->rank) {
        uint8_t below = 0;
        for (int i = 0; i < cell->count; i++)
            below |= cell->layer[i].dots;
        cell->layer[0] = (Layer){ below, (uint8_t)s };
        cell->count = 1;
        cell->rank = rank;
    }
    if (rank < cell->rank)
        return &cell->layer[0];
    for (int i = 0; i < cell->count; i++)
        if (cell->layer[i].style == s)
            return &cell->layer[i];
    if (cell->count == LAYERS)
        return &cell->layer[LAYERS - 1];
    cell->layer[cell->count] = (Layer){ 0, (uint8_t)s };
    return &cell->layer[cell->count++];
}

static PlotCell *set_dot(Plot *p, int x, int y, Style s, int rank) {
    int gx = grain[p->glyphs].x, gy = grain[p->glyphs].y;
    PlotCell *cell = cell_of(p, y / gy, x / gx);
    layer_of(cell, s, rank)->dots |= (uint8_t)(1u << (y % gy * gx + x % gx));
    return cell;
}

/* Dot row of a value; what is outside stays at the edge. */
static int row_of(const Plot *p, double value) {
    double v = value < 0 ? 0 : value > 1 ? 1 : value;
    return (int)lround((1 - v) * (p->dots_y - 1));
}

int plot_row(const Plot *p, double value) {
    return p->dots_y > 0 ? row_of(p, value) / grain[p->glyphs].y : 0;
}

/* --- lines -------------------------------------------------------------- */

typedef struct Span {
    int from, to;
} Span;

/* Dot rows that column i of a line covers: from half-way to the column
 * before, to half-way to the one behind. */
static Span span_of(const Plot *p, const double *values, int count, int i) {
    int y = row_of(p, values[i]);
    Span s = { y, y };
    if (i > 0 && !isnan(values[i - 1])) {
        int before = row_of(p, values[i - 1]);
        int half = (before + y) / 2;
        int edge = half < y ? half + 1 : half > y ? half : y;
        s.from = edge < s.from ? edge : s.from;
        s.to = edge > s.to ? edge : s.to;
    }
    if (i + 1 < count && !isnan(values[i + 1])) {
        int half = (y + row_of(p, values[i + 1])) / 2;
        int edge = half > y ? half : half < y ? half + 1 : y;
        s.from = edge < s.from ? edge : s.from;
        s.to = edge > s.to ? edge : s.to;
    }
    return s;
}

static int columns_of(const Plot *p, int count) {
    if (p->dots_y <= 0)
        return 0;
    return count < p->dots_x ? count : p->dots_x;
}

void plot_line(Plot *p, const double *values, int count, Style s, int rank) {
    count = columns_of(p, count);
    for (int x = 0; x < count; x++) {
        if (isnan(values[x]))
            continue;
        Span span = span_of(p, values, count, x);
        for (int y = span.from; y <= span.to; y++)
            set_dot(p, x, y, s, rank);
    }
}

void plot_dotted(Plot *p, const double *values, int count, Style s, int rank) {
    int dash = p->glyphs == GLYPHS_BRAILLE ? 2 : 1;
    count = columns_of(p, count);
    for (int x = 0; x < count; x++) {
        if (isnan(values[x]))
            continue;
        Span span = span_of(p, values, count, x);
        /* counted from the edges, not along the line: dots of a plan must
         * not crawl while time passes */
        for (int y = span.from; y <= span.to; y++)
            if ((span.from == span.to ? x : y) / dash % 2 == 0)
                set_dot(p, x, y, s, rank);
    }
}

void plot_area(Plot *p, const double *values, int count, Style s, int rank) {
    count = columns_of(p, count);
    for (int x = 0; x < count; x++) {
        if (isnan(values[x]) || values[x] <= 0)
            continue;
        for (int y = row_of(p, values[x]); y < p->dots_y; y++)
            set_dot(p, x, y, s, rank)->is_area = true;
    }
}

/* --- rules -------------------------------------------------------------- */

void plot_rule(Plot *p, int dot, Style s) {
    if (dot < 0 || dot >= p->dots_x)
        return;
    for (int row = 0; row < p->area.rows; row++)
        cell_of(p, row, dot / grain[p->glyphs].x)->rule = (uint8_t)(s + 1);
}

void plot_limit(Plot *p, double value, Style s) {
    if (isnan(value) || value < 0 || value > 1 || p->dots_y <= 0)
        return;
    int gy = grain[p->glyphs].y, y = row_of(p, value);
    for (int col = 0; col < p->area.cols; col += 2) {
        PlotCell *cell = cell_of(p, y / gy, col);
        cell->limit = (uint8_t)(s + 1);
        cell->limit_row = (uint8_t)(y % gy);
    }
}

/* --- showing ------------------------------------------------------------ */

/* Unicode numbers braille dots by columns, the lowest row last. */
static uint32_t braille(uint8_t dots) {
    static const uint8_t bit[8] = { 0x01, 0x08, 0x02, 0x10,
                                    0x04, 0x20, 0x40, 0x80 };
    uint32_t rune = 0x2800;
    for (int i = 0; i < 8; i++)
        if (dots >> i & 1)
            rune |= bit[i];
    return rune;
}

static uint32_t block(uint8_t dots, bool is_area) {
    if (is_area)
        return 0x2580 + (uint32_t)__builtin_popcount(dots);
    bool upper = dots & 0x0f, lower = dots & 0xf0;
    return upper && lower ? 0x2588 : upper ? 0x2580 : 0x2584;
}

static uint32_t ascii(uint8_t dots, bool is_area) {
    static const char area[] = " .:#";
    static const char line[8] = { ' ', '\'', '-', '|', '.', ':', '|', '|' };
    if (is_area)
        return (unsigned char)area[__builtin_popcount(dots) & 3];
    return (unsigned char)line[dots & 7];
}

static uint32_t dots_rune(Glyphs glyphs, uint8_t dots, bool is_area) {
    if (glyphs == GLYPHS_BRAILLE)
        return braille(dots);
    return glyphs == GLYPHS_BLOCK ? block(dots, is_area) : ascii(dots, is_area);
}

static uint32_t limit_rune(Glyphs glyphs, const PlotCell *cell) {
    if (glyphs == GLYPHS_BRAILLE)
        return braille((uint8_t)(3u << cell->limit_row * 2));
    return glyph_rune(glyphs, GLYPH_ACROSS);
}

static bool is_blank(const Cells *c, int y, int x) {
    if (y < 0 || y >= c->rows || x < 0 || x >= c->cols)
        return false;
    uint32_t rune = c->at[(size_t)y * (size_t)c->cols + (size_t)x].rune;
    return rune == ' ' || rune == 0;
}

static void show_cell(Plot *p, int row, int col) {
    const PlotCell *cell = cell_of(p, row, col);
    int y = p->area.y + row, x = p->area.x + col;
    if (cell->count) {
        const Layer *l = &cell->layer[col % cell->count];
        cells_rune(p->cells, y, x, (Style)l->style,
                   dots_rune(p->glyphs, l->dots, cell->is_area));
    } else if (cell->rule && is_blank(p->cells, y, x)) {
        Style s = (Style)(cell->rule - 1);
        Glyph g = s == STYLE_LINE     ? GLYPH_RULE
                  : s == STYLE_CURSOR ? GLYPH_DOWN
                                      : GLYPH_RULE_STRONG;
        cells_rune(p->cells, y, x, s, glyph_rune(p->glyphs, g));
    } else if (cell->limit && is_blank(p->cells, y, x)) {
        cells_rune(p->cells, y, x, (Style)(cell->limit - 1),
                   limit_rune(p->glyphs, cell));
    }
}

void plot_show(Plot *p) {
    for (int row = 0; row < p->area.rows; row++)
        for (int col = 0; col < p->area.cols; col++)
            show_cell(p, row, col);
    free(p->at);
    *p = (Plot){ 0 };
}

/* The first of steps times a power of ten that is not below value. */
static double ceiling_of(double value, const double *steps, size_t count) {
    if (!(value > 0) || isinf(value))
        return 1;
    double ten = pow(10, floor(log10(value)));
    for (size_t i = 0; i < count; i++)
        if (value <= steps[i] * ten * (1 + 1e-9))
            return steps[i] * ten;
    return 10 * ten;
}

double axis_ceiling(double value) {
    static const double steps[] = { 1, 2, 5 };
    return ceiling_of(value, steps, sizeof steps / sizeof *steps);
}

double axis_top(double value) {
    static const double steps[] = { 1, 1.5, 2, 3, 4, 5, 6, 8 };
    return ceiling_of(value, steps, sizeof steps / sizeof *steps);
}
