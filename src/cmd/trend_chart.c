/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The runs of a trend over time: a line from run to run, a sign at each, the
 * baseline dashed, a rule where the level jumped. */
#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/past_list.h"
#include "cmd/trend_found.h"

/* past_list.h has report's Table; ui/chart.h has none. */
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/term_kind.h"

#define ROWS 12
#define LEFT 11 /* labels of values */
#define MARGIN 0.08

typedef struct Scale {
    double low, high; /* values */
    int64_t from, to; /* times */
} Scale;

static Scale scale_of(const TrendSeries *s) {
    Scale x = { INFINITY, -INFINITY, s->items[0].at,
                s->items[s->count - 1].at };
    for (size_t i = 0; i < s->count; i++) {
        x.low = fmin(x.low, s->items[i].value);
        x.high = fmax(x.high, s->items[i].value);
    }
    if (s->baseline && isfinite(s->baseline_value)) {
        x.low = fmin(x.low, s->baseline_value);
        x.high = fmax(x.high, s->baseline_value);
    }
    bool was_positive = x.low >= 0;
    double room = (x.high - x.low) * MARGIN;
    if (!(room > 0))
        room = fabs(x.high) * MARGIN > 0 ? fabs(x.high) * MARGIN : 1;
    x.low -= room;
    x.high += room;
    if (was_positive && x.low < 0)
        x.low = 0;
    return x;
}

static double share_of(const Scale *x, double value) {
    return (value - x->low) / (x->high - x->low);
}

static int dot_of(const Scale *x, int64_t at, int dots) {
    if (x->to == x->from)
        return dots / 2;
    return (int)((double)(at - x->from) / (double)(x->to - x->from) *
                 (dots - 1) + 0.5);
}

/* Straight from each run to the next; the last of those on one column. */
static double *line_of(const TrendSeries *s, const Scale *x, int dots) {
    double *line = mem_alloc((size_t)dots, sizeof *line);
    for (int i = 0; i < dots; i++)
        line[i] = NAN;
    for (size_t i = 0; i < s->count; i++) {
        int at = dot_of(x, s->items[i].at, dots);
        double y = share_of(x, s->items[i].value);
        if (i) {
            int last = dot_of(x, s->items[i - 1].at, dots);
            double y0 = share_of(x, s->items[i - 1].value);
            for (int k = last + 1; k < at; k++)
                line[k] = y0 + (y - y0) * (k - last) / (at - last);
        }
        line[at] = y;
    }
    return line;
}

static void draw_marks(const TrendSeries *s, const Scale *x, const Plot *p,
                       Rect area) {
    if (s->count > (size_t)area.cols / 2)
        return; /* the line alone is clearer */
    for (size_t i = 0; i < s->count; i++)
        cells_rune(p->cells, area.y + plot_row(p, share_of(x, s->items[i].value)),
                   area.x + dot_of(x, s->items[i].at, area.cols), STYLE_P95,
                   p->glyphs == GLYPHS_ASCII ? 'o' : 0x25cf);
}

static void draw_labels(const TrendSeries *s, const Scale *x, Cells *c,
                        Rect area) {
    char text[64];
    char from[PAST_TIME_MAX], till[PAST_TIME_MAX];
    for (int row = 0; row < area.rows; row += area.rows - 1) {
        double v = row ? x->low : x->high;
        cells_right(c, area.y + row, LEFT - 3, STYLE_DIM,
                    past_value(text, s->unit, v));
    }
    past_time(from, x->from);
    past_time(till, x->to);
    if ((int)(strlen(from) + strlen(till)) >= area.cols) /* the days alone */
        from[strcspn(from, " ")] = till[strcspn(till, " ")] = '\0';
    cells_text(c, area.y + area.rows, area.x, STYLE_DIM, from);
    if (x->to != x->from)
        cells_right(c, area.y + area.rows, area.x + area.cols - 1, STYLE_DIM,
                    till);
}

static void draw_baseline(const TrendSeries *s, const Scale *x, Plot *p,
                          Rect area) {
    char text[64];
    if (!s->baseline || !isfinite(s->baseline_value))
        return;
    double share = share_of(x, s->baseline_value);
    int row = plot_row(p, share);
    plot_limit(p, share, STYLE_PLAN);
    if (row > 0 && row < area.rows - 1)
        cells_right(p->cells, area.y + row, LEFT - 3, STYLE_PLAN,
                    past_value(text, s->unit, s->baseline_value));
}

void trend_chart(const TrendSeries *s, const TrendFound *f, int columns,
                 Text *to) {
    const char *term = getenv("TERM");
    Glyphs glyphs = term_kind_glyphs(
        term ? term : "", text_equal(nl_langinfo(CODESET), "UTF-8"), NULL);
    Rect area = { 0, LEFT, ROWS, columns - LEFT - 1 };
    Scale x = scale_of(s);
    Cells c;
    Plot p;
    cells_init(&c, ROWS + 1, columns);
    for (int row = 0; row < ROWS; row++)
        cells_text(&c, row, LEFT - 1, STYLE_LINE, glyph_text(glyphs, GLYPH_DOWN));
    plot_init(&p, &c, area, glyphs);
    double *line = line_of(s, &x, p.dots_x);
    plot_line(&p, line, p.dots_x, STYLE_P95, 1);
    draw_baseline(s, &x, &p, area);
    for (size_t i = 0; i < f->change_count; i++)
        plot_rule(&p, dot_of(&x, s->items[f->changes[i].at].at, p.dots_x),
                  STYLE_MARK);
    Plot size = p; /* showing it empties it */
    plot_show(&p);
    draw_marks(s, &x, &size, area);
    draw_labels(s, &x, &c, area);
    cells_print(&c, to);
    free(line);
    cells_close(&c);
}
