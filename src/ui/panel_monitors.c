/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is watched beside the requests: the target's processes, this machine,
 * and what the target says of itself. */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/glyph.h"
#include "ui/words.h"

#define VALUE_COLS 7
#define SPARK_MIN 4
#define SPARK_MAX 16
#define SPARK_TOP 0.85 /* of its row, or two would grow into each other */
#define SPARK_WIDE 26 /* columns of name and sparkline from which both grow */

int monitors_rows(const Frame *f) {
    const Gauges *g = f->scene->snapshot->gauges;
    return g && g->count ? (int)g->count + 2 : 0;
}

/* Without what the name says already: "45.9MB", not "45.9 MB/s". */
static char *value_text(UnitsText to, const Gauge *g, double value) {
    UnitsText whole;
    char *out = to;
    gauge_print(whole, g, value);
    bool has_unit = g->unit != GAUGE_COUNT && g->unit != GAUGE_PER_SECOND;
    for (const char *s = whole; *s && *s != '/'; s++)
        if (*s != ' ' || !has_unit)
            *out++ = *s;
    *out = '\0';
    return to;
}

/* Names differ at their ends: cut at the front. */
static void name_draw(const Frame *f, int y, int x, int cols,
                      const char *name) {
    const char *more = glyph_text(f->glyphs, GLYPH_MORE);
    int room = cols - cells_width(more);
    if (cells_width(name) > cols) {
        while (*name && (cells_width(name) > room || (*name & 0xc0) == 0x80))
            name++;
        x = cells_text(f->cells, y, x, STYLE_LINE, more);
    }
    cells_text(f->cells, y, x, STYLE_TEXT, name);
}

/* The newest readings, a column each, or as many as were made one. */
static void spark_draw(const Frame *f, int y, int x, int cols, const Gauge *g) {
    size_t n = g->point_count < (size_t)cols ? g->point_count : (size_t)cols;
    const GaugePoint *points = n ? g->points + (g->point_count - n) : NULL;
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, points[i].max);
    for (size_t i = 0; i < n; i++) {
        double share = most > 0 ? points[i].max / most : 0;
        cells_rune(f->cells, y, x + (int)i, share > 0 ? STYLE_VUS : STYLE_LINE,
                   glyph_level(f->glyphs, share * SPARK_TOP));
    }
}

void monitors_draw(const Frame *f, Rect r) {
    const Gauges *g = f->scene->snapshot->gauges;
    int hidden = (int)g->count - (r.rows - 2);
    char title[48] = "watched";
    if (hidden > 0)
        snprintf(title, sizeof title, "watched %d of %d", r.rows - 2,
                 (int)g->count);
    Rect in = frame_box(f, r, title, NULL);
    int rest = in.cols - 2 * VALUE_COLS - 2;
    int spark = rest < SPARK_WIDE ? SPARK_MIN : rest / 3;
    spark = spark < SPARK_MAX ? spark : SPARK_MAX;
    int now = in.x + rest - spark + VALUE_COLS, max = now + VALUE_COLS;
    cells_right(f->cells, r.y, now + 1, STYLE_DIM, " now ");
    cells_right(f->cells, r.y, max + 1, STYLE_DIM, " max ");
    for (size_t i = 0; i < g->count && (int)i < in.rows; i++) {
        const Gauge *x = &g->items[i];
        int y = in.y + (int)i;
        double most = gauge_over(x, 0, UINT64_MAX).max;
        UnitsText v;
        name_draw(f, y, in.x, rest - spark, x->name);
        cells_right(f->cells, y, now, STYLE_BRIGHT, value_text(v, x, x->last));
        cells_right(f->cells, y, max, STYLE_TEXT, value_text(v, x, most));
        spark_draw(f, y, max + 2, spark, x);
    }
}
