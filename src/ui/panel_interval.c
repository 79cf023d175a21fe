/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An interval's exact figures beside those of a second one, or of the whole
 * run. */
#include "ui/panels.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

typedef char *FormatFn(UnitsText to, double value);

/* What a figure is called and where it stands; the lowest rank is the last to
 * go where there is no room for all. */
static const struct {
    const char *label;
    Style style;
    FormatFn *format;
    size_t at; /* in Reading; p99.9 stands elsewhere */
    int rank;
    bool is_service; /* a count: the service's reading has it */
} figures[] = {
    { "p50", STYLE_P50, units_latency, offsetof(Reading, p50), 3, false },
    { "p90", STYLE_TEXT, units_latency, offsetof(Reading, p90), 7, false },
    { "p95", STYLE_P95, units_latency, offsetof(Reading, p95), 0, false },
    { "p99", STYLE_P99, units_latency, offsetof(Reading, p99), 4, false },
    { "p99.9", STYLE_TEXT, units_latency, 0, 5, false },
    { "max", STYLE_TEXT, units_latency, offsetof(Reading, max), 6, false },
    { "mean", STYLE_TEXT, units_latency, offsetof(Reading, mean), 8, false },
    { "req/s", STYLE_RPS, units_count, offsetof(Reading, rps), 2, true },
    { "errors", STYLE_ERRORS, units_percent, offsetof(Reading, error_rate), 1,
      true },
};
#define FIGURES ((int)(sizeof figures / sizeof *figures))
#define P95 2
#define P999 4
#define ERRORS 8

static const ViewState *view_of(const Frame *f) {
    return f->scene->view;
}

static bool is_there(const Frame *f) {
    return !look_is_empty(view_of(f)->interval.asked);
}

static double value_of(const Frame *f, const Measured *m, int figure) {
    bool is_response = f->scene->snapshot->is_open;
    if (look_is_empty(m->cells))
        return NAN;
    if (figure == P999)
        return is_response ? m->response_p999 : m->service_p999;
    bool is_service = figures[figure].is_service || !is_response;
    return reading_at(is_service ? &m->service : &m->response,
                      figures[figure].at);
}

/* How much the first is above the second: "+12 %", "x3.4", of shares in
 * points. */
static char *difference(UnitsText to, int figure, double a, double b) {
    bool is_share = figures[figure].format == units_percent;
    double by = is_share ? (a - b) * 100 : (a / b - 1) * 100;
    if (isnan(a) || isnan(b) || (!is_share && b <= 0))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (fabs(by) < (is_share ? 0.005 : 0.5))
        snprintf(to, UNITS_TEXT_MAX, "same");
    else if (is_share)
        snprintf(to, UNITS_TEXT_MAX, "%+.2g pt", by);
    else if (by >= 900)
        snprintf(to, UNITS_TEXT_MAX, "x%.0f", a / b);
    else
        snprintf(to, UNITS_TEXT_MAX, "%+.0f %%", by);
    return to;
}

/* More of it is worse, but of requests. */
static Style difference_style(int figure, double a, double b) {
    bool is_rate = figures[figure].format == units_count;
    bool is_share = figures[figure].format == units_percent;
    double least = is_share ? 0.001 : fabs(b) * 0.1;
    if (is_rate || isnan(a) || isnan(b) || fabs(a - b) < least)
        return STYLE_TEXT;
    return a > b ? STYLE_WARN : STYLE_OK;
}

/* "06:35-07:10". */
static void stretch_text(const Frame *f, const Measured *m, char to[80]) {
    UnitsText a, b;
    bool is_known = !look_is_empty(m->cells);
    Interval i = is_known ? m->cells : m->asked;
    snprintf(to, 80, "%s%s%s", units_clock(a, i.from_ns),
             glyph_text(f->glyphs, GLYPH_UNTIL), units_clock(b, i.to_ns));
}

static bool is_of_run(const Frame *f) {
    return look_is_empty(view_of(f)->look.second);
}

/* "06:35-07:10 to B 08:00-08:30", and where a second is not the grain. */
static void note_text(const Frame *f, char to[240]) {
    const Measured *a = &view_of(f)->interval, *b = &view_of(f)->beside;
    char first[80], second[80] = "";
    UnitsText grain;
    uint64_t coarsest = a->grain_ns;
    stretch_text(f, a, first);
    if (!is_of_run(f)) {
        stretch_text(f, b, second);
        coarsest = b->grain_ns > coarsest ? b->grain_ns : coarsest;
    }
    bool is_coarse = coarsest > NS_PER_S;
    units_span(grain, coarsest);
    snprintf(to, 240, "%s%s%s%s%s", first, *second ? ", " : "", second,
             is_coarse ? ", in whole " : "", is_coarse ? grain : "");
}

int interval_rows(const Frame *f) {
    return is_there(f) && !f->is_small ? FIGURES + 3 : 0;
}

int interval_table_rows(const Frame *f) {
    return is_there(f) && !f->is_small ? 6 : 0;
}

bool interval_is_line(const Frame *f) {
    return is_there(f) && f->is_small;
}

/* --- upright: a figure a row --------------------------------------------- */

static bool has_room(int figure, int rows) {
    return figures[figure].rank < rows;
}

void interval_draw(const Frame *f, Rect r) {
    const Measured *a = &view_of(f)->interval, *b = &view_of(f)->beside;
    char note[240];
    note_text(f, note);
    bool fits = cells_width(note) + 14 < r.cols;
    Rect in = frame_box(f, r, "interval", fits ? note : NULL);
    Cells *c = f->cells;
    int y = in.y, first = in.x + 13, second = first + 9;
    int third = in.x + in.cols - 1;
    third = third < second + 11 ? third : second + 11;
    if (!fits && in.rows > 2)
        words_cut(c, y++, in.x, in.cols, STYLE_DIM, note, f->glyphs);
    cells_right(c, y, first, STYLE_BRIGHT, "A");
    cells_right(c, y, second, STYLE_BRIGHT, is_of_run(f) ? "run" : "B");
    cells_right(c, y, third, STYLE_DIM, is_of_run(f) ? "A vs run" : "A vs B");
    int rows = in.y + in.rows - y - 1;
    for (int i = 0; i < FIGURES; i++) {
        UnitsText t;
        double va = value_of(f, a, i), vb = value_of(f, b, i);
        if (!has_room(i, rows))
            continue;
        y++;
        cells_bold(c, y, in.x, figures[i].style, figures[i].label);
        cells_right(c, y, first, STYLE_BRIGHT, figures[i].format(t, va));
        cells_right(c, y, second, STYLE_TEXT, figures[i].format(t, vb));
        cells_right(c, y, third, difference_style(i, va, vb),
                    difference(t, i, va, vb));
    }
}

/* --- across: a figure a column ------------------------------------------- */

#define LABEL_COLS 5
#define FIGURE_COLS 9

void interval_table_draw(const Frame *f, Rect r) {
    const Measured *m[] = { &view_of(f)->interval, &view_of(f)->beside };
    char note[240];
    note_text(f, note);
    Rect in = frame_box(f, r, "interval", note);
    Cells *c = f->cells;
    int columns = (in.cols - LABEL_COLS) / FIGURE_COLS, x = in.x + LABEL_COLS;
    cells_text(c, in.y + 1, in.x, STYLE_BRIGHT, "A");
    cells_text(c, in.y + 2, in.x, STYLE_BRIGHT, is_of_run(f) ? "run" : "B");
    for (int i = 0; i < FIGURES; i++) {
        UnitsText t;
        double v[2] = { value_of(f, m[0], i), value_of(f, m[1], i) };
        if (!has_room(i, columns))
            continue;
        x += FIGURE_COLS;
        cells_right(c, in.y, x - 2, figures[i].style, figures[i].label);
        for (int k = 0; k < 2; k++)
            cells_right(c, in.y + 1 + k, x - 2, k ? STYLE_TEXT : STYLE_BRIGHT,
                        figures[i].format == units_latency
                            ? words_latency(t, v[k])
                            : figures[i].format(t, v[k]));
        cells_right(c, in.y + 3, x - 2, difference_style(i, v[0], v[1]),
                    difference(t, i, v[0], v[1]));
    }
}

/* --- a line --------------------------------------------------------------- */

void interval_line(const Frame *f, Rect r) {
    const Measured *a = &view_of(f)->interval, *b = &view_of(f)->beside;
    UnitsText p95, errors, by;
    char text[200], when[80];
    stretch_text(f, a, when);
    words_latency(p95, value_of(f, a, P95));
    units_percent(errors, value_of(f, a, ERRORS));
    difference(by, P95, value_of(f, a, P95), value_of(f, b, P95));
    snprintf(text, sizeof text, "%s  p95 %s (%s)  errors %s", when, p95, by,
             errors);
    if (cells_width(text) > r.cols)
        snprintf(text, sizeof text, "%s p95 %s err %s", when, p95, errors);
    cells_ground(f->cells, r.y, r.x, r.cols, GROUND_INTERVAL);
    words_cut(f->cells, r.y, r.x, r.cols, STYLE_BRIGHT, text, f->glyphs);
}
