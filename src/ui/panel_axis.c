/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies over all charts: the time axis, the cursor, intervals. */
#include "ui/panel_axis.h"

#include <math.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

#define TICK_COLS 9 /* from one time on the axis to the next, at least */

/* --- what is picked ------------------------------------------------------ */

/* Columns [from, to) of characters that an interval touches; empty: none. */
typedef struct Stretch {
    int from, to;
} Stretch;

static Stretch stretch_of(const Frame *f, Interval i) {
    int per = f->axis.dots_per_cell, cols = f->axis.dots / per;
    if (look_is_empty(i) || i.to_ns <= f->axis.from_ns ||
        i.from_ns >= f->axis.to_ns)
        return (Stretch){ 0, 0 };
    /* an end on a column's edge belongs to the column before */
    int from = (frame_dot(f, i.from_ns + 1)) / per;
    int to = (frame_dot(f, i.to_ns - 2)) / per + 1;
    from = i.from_ns <= f->axis.from_ns ? 0 : from;
    return (Stretch){ from, to < cols ? to : cols };
}

static const struct {
    Ground ground;
    const char *name;
} picked[2] = { { GROUND_INTERVAL, "A" }, { GROUND_INTERVAL_2, "B" } };

static Stretch picked_stretch(const Frame *f, size_t i) {
    const Look *l = &f->scene->view->look;
    return stretch_of(f, i ? l->second : l->first);
}

/* Not of a heat map. */
static bool is_bare(const Cells *c, int y, int x) {
    bool is_inside = y >= 0 && y < c->rows && x >= 0 && x < c->cols;
    int at = is_inside ? c->at[(size_t)y * (size_t)c->cols + (size_t)x].ground
                       : GROUND_HEAT;
    return at < GROUND_HEAT || at > GROUND_HEAT_LAST;
}

void axis_mark_area(const Frame *f, Rect area) {
    Spot spot = { area, SPOT_CHART, .from_ns = f->axis.from_ns,
                  .to_ns = f->axis.to_ns };
    cells_spot(f->cells, &spot);
    for (size_t i = 0; i < 2; i++) {
        Stretch s = picked_stretch(f, i);
        for (int y = area.y; y < area.y + area.rows; y++)
            for (int x = area.x + s.from; x < area.x + s.to; x++)
                if (is_bare(f->cells, y, x))
                    cells_ground(f->cells, y, x, 1, picked[i].ground);
    }
}

/* --- the time axis ------------------------------------------------------ */

int axis_col(const Frame *f, Rect r, uint64_t t_ns) {
    return r.x + CHART_LEFT +
           (int)floor((double)frame_dot(f, t_ns) / f->axis.dots_per_cell);
}

static Glyph axis_sign(Style rule) {
    return rule == STYLE_WARN   ? GLYPH_ALERT
           : rule == STYLE_HAND ? GLYPH_HAND
           : rule == STYLE_MARK ? GLYPH_MARK
                                : GLYPH_TICK;
}

static int rule_col(const Frame *f, Rect r, const Rule *rule) {
    return r.x + CHART_LEFT + rule->dot / f->axis.dots_per_cell;
}

static void events_on_axis(const Frame *f, Rect r, int y) {
    for (size_t i = 0; i < f->rule_count; i++) {
        const Rule *rule = &f->rules[i];
        if (rule->style != STYLE_LINE)
            cells_rune(f->cells, y, rule_col(f, r, rule), rule->style,
                       glyph_rune(f->glyphs, axis_sign(rule->style)));
    }
}

/* Where the cursor's time stands on the axis; empty: there is no cursor. */
static Stretch cursor_label(const Frame *f, Rect r, UnitsText text) {
    if (f->cursor.col < 0)
        return (Stretch){ 0, 0 };
    int first = r.x + CHART_LEFT, last = r.x + r.cols - CHART_RIGHT;
    int width = cells_width(units_clock(text, look_clock_ns(f->cursor.column)));
    int x = first + f->cursor.col - width / 2;
    x = x + width > last ? last - width : x;
    x = x < first ? first : x;
    return (Stretch){ x, x + width };
}

/* Does a sign stand on [x, end] of the axis, where a label would go? */
static bool axis_is_taken(const Frame *f, Rect r, int x, int end) {
    UnitsText text;
    int now = axis_col(f, r, f->axis.now_ns);
    Stretch cursor = cursor_label(f, r, text);
    bool is_taken =
        (now >= x && now <= end) || (cursor.from <= end + 1 && cursor.to >= x);
    for (size_t i = 0; i < 2; i++) {
        Stretch s = picked_stretch(f, i);
        int from = r.x + CHART_LEFT + s.from, to = r.x + CHART_LEFT + s.to;
        is_taken |= s.to > s.from && from <= end && to >= x;
    }
    for (size_t i = 0; i < f->rule_count; i++) {
        int col = rule_col(f, r, &f->rules[i]);
        is_taken |= f->rules[i].style != STYLE_LINE && col >= x && col <= end;
    }
    return is_taken;
}

/* "[A====]": seen without colour, too. */
static void picked_on_axis(const Frame *f, Rect r, int y) {
    for (size_t i = 0; i < 2; i++) {
        Stretch s = picked_stretch(f, i);
        int x = r.x + CHART_LEFT;
        for (int k = s.from; k < s.to; k++)
            cells_rune(f->cells, y, x + k, STYLE_BRIGHT,
                       glyph_rune(f->glyphs, GLYPH_SOLID));
        if (s.to - s.from > 2)
            cells_bold(f->cells, y, x + s.from + 1, STYLE_BRIGHT,
                       picked[i].name);
        if (s.to - s.from > 1)
            cells_bold(f->cells, y, x + s.from, STYLE_BRIGHT, "[");
        if (s.to > s.from)
            cells_bold(f->cells, y, x + s.to - 1, STYLE_BRIGHT,
                       s.to - s.from > 1 ? "]" : picked[i].name);
    }
}

/* The brackets of an interval go first: the time stands on the upper edge,
 * too. */
static void cursor_on_axis(const Frame *f, Rect r, int y) {
    UnitsText text;
    Stretch s = cursor_label(f, r, text);
    bool is_free = s.to > s.from;
    for (size_t i = 0; i < 2; i++) {
        Stretch p = picked_stretch(f, i);
        int x = r.x + CHART_LEFT;
        is_free &= p.to == p.from || x + p.from >= s.to || x + p.to <= s.from;
    }
    if (is_free) {
        cells_bold(f->cells, y, s.from, STYLE_CURSOR, text);
        cells_ground(f->cells, y, s.from, s.to - s.from, GROUND_SELECT);
    }
}

void axis_draw(const Frame *f, Rect r) {
    const TimeAxis *a = &f->axis;
    int y = r.y + r.rows - 1, last = r.x + r.cols - 1 - CHART_RIGHT;
    int now = axis_col(f, r, a->now_ns);
    double cols = (double)a->dots / a->dots_per_cell;
    uint64_t step =
        words_tick_ns((double)(a->to_ns - a->from_ns) / cols, TICK_COLS);
    uint64_t first = (a->from_ns + step - 1) / step * step;
    for (uint64_t t = first; t <= a->to_ns; t += step) {
        int x = axis_col(f, r, t);
        if (x > last)
            break;
        UnitsText label;
        int width = cells_width(units_clock(label, t));
        cells_rune(f->cells, y, x, STYLE_LINE,
                   glyph_rune(f->glyphs, GLYPH_TICK));
        if (x + width <= last && !axis_is_taken(f, r, x + 1, x + width))
            cells_text(f->cells, y, x + 1, STYLE_DIM, label);
    }
    events_on_axis(f, r, y);
    if (now <= last)
        cells_bold(f->cells, y, now, STYLE_BRIGHT,
                   glyph_text(f->glyphs, GLYPH_NOW));
    picked_on_axis(f, r, y);
    cursor_on_axis(f, r, y);
}
