/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spectrogram: time across, latency up, how many requests as colour. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/panel_axis.h"
#include "ui/panels.h"
#include "ui/shade.h"
#include "ui/spectrum_box.h"
#include "ui/words.h"

/* Without a cursor the box is about so much. */
#define NOW_NS (10 * NS_PER_S)
/* A request shared between rows lights those that have as much of it. */
#define SHARE_SEEN 0.25
#define DECADES_MIN 2

/* --- what is kept ------------------------------------------------------- */

static size_t series_of(const Scene *s) {
    if (s->view->series < s->snapshot->timeline->series_count)
        return s->view->series;
    return s->snapshot->is_open ? TIMELINE_RESPONSE : SIZE_MAX;
}

static void follow_moment(Spectrum *m, const Scene *s) {
    const TimeAxis *a = &m->axis;
    const Look *look = &s->view->look;
    int dot = axis_dot(a, look->cursor_ns);
    size_t n = timeline_count(m->timeline);
    const Cell *last = n ? timeline_cell(m->timeline, n - 1) : NULL;
    uint64_t end = last ? last->start_ns + last->length_ns : 0;
    if (look->has_cursor && dot >= 0 && dot < a->dots)
        spectrum_moment(m, MOMENT_CURSOR, axis_begins(a, dot),
                        axis_begins(a, dot + 1));
    else if (look->is_back || s->snapshot->state == RUN_DONE)
        spectrum_moment(m, MOMENT_WINDOW, a->from_ns, a->to_ns);
    else
        spectrum_moment(m, MOMENT_NOW, end > NOW_NS ? end - NOW_NS : 0, end);
}

void spectrum_view_follow(ViewState *v, const Scene *s, Rect r) {
    if (!v->spectrum)
        return;
    scene_charts(v, r.cols, v->series);
    TimeAxis axis = frame_axis_cells(s, r.cols);
    spectrum_follow(v->spectrum, s->snapshot->timeline, series_of(s), &axis);
    follow_moment(v->spectrum, s);
}

/* --- heat --------------------------------------------------------------- */

/* Requests per second in each half of a row, from the lowest up. */
typedef struct Heat {
    LatencyScale scale;
    int cols, steps;
    double *rate; /* cols * steps; less than a sign is worth: 0 */
    double top;   /* the rate of the brightest */
} Heat;

/* 1, 2, 5 times a power of ten below; axis_ceiling above. */
static double axis_floor(double value) {
    double above = axis_ceiling(value);
    double first = above / pow(10, floor(log10(above) + 1e-9));
    if (above <= value * (1 + 1e-9))
        return above;
    return first > 4.9 ? above / 2.5 : above / 2;
}

static LatencyScale scale_of(const Frame *f, const Spectrum *m) {
    size_t first = BANDS, end = 0;
    for (size_t i = 0; i < m->sum_count; i++) {
        const SpectrumSum *s = m->sums[i];
        first = s->low < s->high && s->low < first ? s->low : first;
        end = s->high > end && s->low < s->high ? s->high : end;
    }
    double low = first < end ? bands_begin(first) : 6;
    double high = first < end ? bands_begin(end) : 8;
    for (size_t i = 0; i < LATENCY_LIMITS; i++)
        high = fmax(high, limit_of(f, latency_limits[i].q) + 0.05);
    low = log10(axis_floor(pow(10, low)));
    high = log10(axis_ceiling(pow(10, high)));
    return (LatencyScale){ low, fmax(high, low + DECADES_MIN) };
}

static void heat_init(Heat *h, const Frame *f, const Spectrum *m, int rows) {
    *h = (Heat){ .scale = scale_of(f, m),
                 .cols = f->axis.dots,
                 .steps = 2 * (rows > 1 ? rows : 1) };
    size_t steps = (size_t)h->steps;
    h->rate = mem_alloc((size_t)h->cols * steps, sizeof *h->rate);
    for (int x = 0; x < h->cols; x++) {
        const SpectrumSum *s = m->columns[x];
        double *rate = h->rate + (size_t)x * steps;
        if (!s)
            continue;
        if (x > 0 && m->columns[x - 1] == s) {
            memcpy(rate, rate - steps, steps * sizeof *rate);
            continue;
        }
        bands_spread(s->count, s->low, s->high, h->scale.low, h->scale.high,
                     rate, h->steps);
        double seconds = (double)(s->end_ns - s->begin_ns) / 1e9;
        for (size_t i = 0; i < steps; i++) {
            rate[i] = rate[i] < SHARE_SEEN ? 0 : rate[i] / seconds;
            h->top = fmax(h->top, rate[i]);
        }
    }
    /* in steps of a quarter, or all colours would change all the time */
    if (h->top > 0)
        h->top = pow(10, ceil(log10(h->top) * 10 - 1e-6) / 10);
}

/* 0: none, 1..HEAT_LEVELS. */
static int heat_level(const Heat *h, int x, int step) {
    double rate = h->rate[(size_t)x * (size_t)h->steps + (size_t)step];
    if (rate <= 0)
        return 0;
    /* Lightness is seen as the cube root of what is there (CIE 1976 L*); so
     * a peak stands out and a hundredth of it is still seen. */
    int level = (int)ceil(cbrt(rate / h->top) * HEAT_LEVELS);
    return level < 1 ? 1 : level > HEAT_LEVELS ? HEAT_LEVELS : level;
}

/* --- the picture -------------------------------------------------------- */

static void heat_cell(const Frame *f, int y, int x, int upper, int lower) {
    int most = upper > lower ? upper : lower;
    if (f->glyphs == GLYPHS_ASCII) {
        cells_rune(f->cells, y, x, (Style)(STYLE_HEAT + most - 1),
                   shade_rune(f->glyphs, most));
        return;
    }
    int front = upper ? upper : lower;
    cells_rune(f->cells, y, x, (Style)(STYLE_HEAT + front - 1),
               upper ? 0x2580 : 0x2584);
    if (upper && lower)
        cells_ground(f->cells, y, x, 1, (Ground)(GROUND_HEAT + lower - 1));
}

static void heat_draw(const Frame *f, Rect area, const Heat *h) {
    for (int x = 0; x < h->cols && x < area.cols; x++)
        for (int row = 0; row < area.rows; row++) {
            int step = h->steps - 2 - 2 * row;
            int lower = heat_level(h, x, step);
            int upper = heat_level(h, x, step + 1);
            if (upper || lower)
                heat_cell(f, area.y + row, area.x + x, upper, lower);
        }
}

/* Through the heat, which stays to be seen behind it. */
static void cursor_draw(const Frame *f, Rect area, const Heat *h) {
    const Look *look = &f->scene->view->look;
    int x = frame_dot(f, look->cursor_ns);
    if (!look->has_cursor || x < 0 || x >= h->cols)
        return;
    for (int row = 0; row < area.rows; row++) {
        int step = h->steps - 2 - 2 * row;
        int lower = heat_level(h, x, step), upper = heat_level(h, x, step + 1);
        int most = upper > lower ? upper : lower;
        cells_rune(f->cells, area.y + row, area.x + x, STYLE_CURSOR,
                   glyph_rune(f->glyphs, GLYPH_DOWN));
        cells_ground(f->cells, area.y + row, area.x + x, 1,
                     most ? (Ground)(GROUND_HEAT + most - 1) : GROUND_NONE);
    }
}

static int row_of(const Heat *h, int rows, double log_ns) {
    double share = (log_ns - h->scale.low) / (h->scale.high - h->scale.low);
    if (isnan(share) || share < -1e-9 || share > 1 + 1e-9)
        return -1;
    int step = (int)floor(share * h->steps + 1e-9);
    int row = rows - 1 - step / 2;
    return row > 0 ? row : 0;
}

static void decades_draw(const Frame *f, Rect area, const Heat *h) {
    int last = -1;
    for (int d = (int)ceil(h->scale.low - 1e-9); d <= h->scale.high + 1e-9;
         d++) {
        char text[48];
        int row = row_of(h, area.rows, d);
        if (row < 0 || row == last)
            continue;
        last = row;
        cells_right(f->cells, area.y + row, area.x - 2, STYLE_DIM,
                    axis_decade(text, d));
    }
}

/* Stage boundaries, events and limits, where nothing else is. */
static void lines_draw(const Frame *f, Rect r, Rect area, const Heat *h) {
    Plot p;
    int rows[LATENCY_LIMITS];
    plot_init(&p, f->cells, area, f->glyphs);
    for (size_t i = 0; i < f->rule_count; i++)
        plot_rule(&p, f->rules[i].dot * p.dots_x / area.cols,
                  f->rules[i].style);
    for (size_t i = 0; i < LATENCY_LIMITS; i++) {
        rows[i] = row_of(h, area.rows, limit_of(f, latency_limits[i].q));
        if (rows[i] >= 0)
            plot_limit(&p, 1 - (rows[i] + 0.5) / area.rows,
                       latency_limits[i].style);
    }
    plot_show(&p);
    limit_labels(f, r, rows);
}

/* "few ▄▄▄ many" behind the title, as far as there is room for all of it:
 * which end is the brighter one is up to the theme. */
static void legend_draw(const Frame *f, Rect r, const char *title,
                        const char *note) {
    int x = r.x + 2 + cells_width(title) + 2;
    bool is_wide = r.cols >= 60;
    const char *few = is_wide ? "few " : "";
    const char *most = is_wide ? " many requests " : " many ";
    int cols = cells_width(few) + HEAT_LEVELS + cells_width(most);
    if (x + cols > r.x + r.cols - cells_width(note) - 5)
        return;
    x = cells_text(f->cells, r.y, x, STYLE_DIM, few);
    for (int i = 1; i <= HEAT_LEVELS; i++)
        cells_rune(f->cells, r.y, x++, (Style)(STYLE_HEAT + i - 1),
                   f->glyphs == GLYPHS_ASCII
                       ? shade_rune(f->glyphs, i)
                       : glyph_rune(f->glyphs, GLYPH_BAR_THIN));
    cells_text(f->cells, r.y, x, STYLE_DIM, most);
}

static void title_of(const Scene *s, char *to, size_t size) {
    const Snapshot *n = s->snapshot;
    size_t series = s->view->series;
    if (series < n->series_count)
        snprintf(to, size, "latency of %s", n->series[series].series->name);
    else
        snprintf(to, size, "%s", n->is_open ? "response time" : "latency");
}

static void picture_draw(const Frame *f, Rect r, const Heat *h) {
    Rect area = { r.y + 1, r.x + CHART_LEFT, r.rows - 2,
                  r.cols - CHART_LEFT - CHART_RIGHT };
    char title[160];
    title_of(f->scene, title, sizeof title);
    bool is_partial = f->scene->view->spectrum->is_partial;
    const char *note = is_partial ? "reading the past" : "log";
    box_draw(f->cells, r, title, note, f->glyphs);
    legend_draw(f, r, title, note);
    decades_draw(f, area, h);
    heat_draw(f, area, h);
    axis_mark_area(f, area);
    lines_draw(f, r, area, h);
    cursor_draw(f, area, h);
    axis_draw(f, r);
}

/* The interval's rows at the bottom; where there is no room for both it
 * stands in the moment's place. */
#define BOTH_ROWS 34

static void interval_below(Frame *f, Rect *r, int *box) {
    f->is_small = *box < 4 || r->cols < 80;
    int rows = interval_is_line(f) ? 1 : interval_table_rows(f);
    if (!rows)
        return;
    Rect below = { r->y + r->rows - rows, r->x, rows, r->cols };
    if (f->is_small)
        interval_line(f, below);
    else
        interval_table_draw(f, below);
    *box = r->rows < BOTH_ROWS ? 0 : *box;
    r->rows -= rows;
}

void spectrum_draw(Cells *c, Rect r, const Scene *s) {
    const Spectrum *m = s->view->spectrum;
    Frame f;
    Heat h;
    frame_init_cells(&f, c, s, r.cols);
    int box = moment_rows(r.rows);
    interval_below(&f, &r, &box);
    /* who draws without following has an empty picture */
    if (m && m->columns && m->axis.dots == f.axis.dots) {
        Rect picture = { r.y + (box == 1), r.x, r.rows - box, r.cols };
        Rect moment = { box == 1 ? r.y : r.y + r.rows - box, r.x, box, r.cols };
        heat_init(&h, &f, m, picture.rows - 2);
        picture_draw(&f, picture, &h);
        if (box)
            moment_draw(&f, moment, &m->moment, h.scale);
        free(h.rate);
    }
    frame_close(&f);
}
