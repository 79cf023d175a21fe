/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panel_axis.h"
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "ui/chart.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* --- what charts share -------------------------------------------------- */

typedef struct Legend {
    Glyph sign;
    Style style;
    const char *word;
    CurveId curve; /* whose value under the cursor it says; CURVE_COUNT: no */
} Legend;

#define LEGEND_WORD 64

/* What a curve is at a moment, in its own unit. */
static char *curve_value(UnitsText to, CurveId curve, double value) {
    switch (curve) {
    case CURVE_P50:
    case CURVE_P95:
    case CURVE_P99:
    case CURVE_SERVICE:
        return words_latency(to, pow(10, value));
    case CURVE_ERRORS:
        return units_percent(to, value);
    case CURVE_ACTIVE:
    case CURVE_PLANNED:
    case CURVE_HAND:
    case CURVE_RPS:
    case CURVE_DROPPED:
    case CURVE_COUNT:
        break;
    }
    return units_count(to, value);
}

/* "p95", or where the cursor stands "p95 62ms". */
static const char *legend_word(const Frame *f, const Legend *l,
                               char to[LEGEND_WORD]) {
    UnitsText value;
    bool is_earlier = l->style == STYLE_EARLIER;
    if (f->cursor.col < 0 || l->curve == CURVE_COUNT)
        return l->word;
    double v =
        is_earlier ? f->cursor.earlier[l->curve] : f->cursor.value[l->curve];
    snprintf(to, LEGEND_WORD, "%.30s %.30s", l->word,
             isnan(v) ? "-" : curve_value(value, l->curve, v));
    return to;
}

/* The note at the right end: where the cursor stands, while it does. */
static const char *chart_note(const Frame *f, const char *note,
                              UnitsText text) {
    UnitsText at;
    if (f->cursor.col < 0)
        return note;
    snprintf(text, sizeof(UnitsText),
             f->is_small ? "%.20s, Esc: now" : "at %.20s",
             units_clock(at, look_clock_ns(f->cursor.column)));
    return text;
}

/* Signs and words on the upper edge, behind the title. */
static void legend_draw(const Frame *f, Rect r, const char *title,
                        const char *note, const Legend *items, size_t count) {
    int x = r.x + 2 + cells_width(title) + 2;
    int end = r.x + r.cols - 3 - (note ? cells_width(note) + 2 : 0);
    for (size_t i = 0; i < count; i++) {
        char text[LEGEND_WORD];
        const char *word = legend_word(f, &items[i], text);
        int width = 2 + cells_width(word) + 1;
        if (x + width > end)
            break;
        x = cells_text(f->cells, r.y, x, items[i].style,
                       glyph_text(f->glyphs, items[i].sign));
        x = cells_text(f->cells, r.y, x, items[i].style, " ");
        x = cells_text(f->cells, r.y, x, items[i].style, word);
        x = cells_text(f->cells, r.y, x, items[i].style, " ");
    }
}

static Plot chart_begin(const Frame *f, Rect r, const char *title,
                        const char *note, const Legend *items, size_t count) {
    Plot p;
    UnitsText at;
    note = chart_note(f, note, at);
    box_draw(f->cells, r, title, note, f->glyphs);
    legend_draw(f, r, title, note, items, count);
    plot_init(&p, f->cells,
              (Rect){ r.y + 1, r.x + CHART_LEFT, r.rows - 2,
                      r.cols - CHART_LEFT - CHART_RIGHT },
              f->glyphs);
    for (size_t i = 0; i < f->rule_count; i++)
        plot_rule(&p, f->rules[i].dot, f->rules[i].style);
    if (f->cursor.col >= 0)
        plot_rule(&p, f->cursor.col * f->axis.dots_per_cell, STYLE_CURSOR);
    return p;
}

/* A curve between two values of its unit, fitted to 0..1. */
typedef struct Scale {
    double low, high;
} Scale;

typedef void PlotFn(Plot *p, const double *values, int count, Style s,
                    int rank);

static void values_draw(const Frame *f, Plot *p, PlotFn *draw,
                        const double *curve, Scale scale, Style style,
                        int rank) {
    int n = f->axis.dots;
    double *values = mem_alloc((size_t)n, sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = (curve[i] - scale.low) / (scale.high - scale.low);
    draw(p, values, n, style, rank);
    free(values);
}

static void curve_draw(const Frame *f, Plot *p, PlotFn *draw, CurveId curve,
                       Scale scale, Style style, int rank) {
    values_draw(f, p, draw, f->curve[curve], scale, style, rank);
}

/* The same curve of the earlier run, behind all others. */
static void earlier_draw(const Frame *f, Plot *p, CurveId curve, Scale scale) {
    if (f->earlier[curve])
        values_draw(f, p, plot_dotted, f->earlier[curve], scale, STYLE_EARLIER,
                    0);
}

/* "before p95"; adds nothing when there is no earlier run. */
static size_t earlier_legend(const Frame *f, Legend *to, CurveId curve,
                             const char *word) {
    if (!f->scene->earlier)
        return 0;
    *to = (Legend){ GLYPH_DASHED, STYLE_EARLIER, word, curve };
    return 1;
}

static void label_draw(const Frame *f, const Plot *p, double at,
                       const char *text) {
    if (at < -1e-9 || at > 1 + 1e-9)
        return;
    cells_right(f->cells, p->area.y + plot_row(p, at), p->area.x - 2, STYLE_DIM,
                text);
}

/* 0, the top, and the middle where there is room for it. */
static void linear_labels(const Frame *f, const Plot *p, double top) {
    char text[32];
    words_axis(text, top);
    label_draw(f, p, 1, text);
    if (p->area.rows >= 2)
        label_draw(f, p, 0, "0");
    if (p->area.rows >= 4) {
        words_axis(text, top / 2);
        label_draw(f, p, 0.5, text);
    }
}

static void chart_end(const Frame *f, Plot *p, Rect r, bool is_lowest) {
    Rect area = p->area;
    plot_show(p);
    axis_mark_area(f, area);
    if (is_lowest)
        axis_draw(f, r);
}

/* --- load --------------------------------------------------------------- */

#define LOAD_NOTE 160

/* Stage names on the lower edge, each from where its stage begins. */
static void stage_names(const Frame *f, Rect r) {
    int y = r.y + r.rows - 1, last = r.x + r.cols - 1 - CHART_RIGHT;
    const Plan *p = f->scene->wheel->plan;
    for (size_t i = 0; i < f->row_count; i++) {
        const PlanRow *row = &f->rows[i];
        uint64_t end = row->began_ns + row->length_ns;
        if (end <= f->axis.from_ns || row->began_ns >= f->axis.to_ns)
            continue;
        uint64_t from =
            row->began_ns > f->axis.from_ns ? row->began_ns : f->axis.from_ns;
        int x = axis_col(f, r, from) + 1, next = axis_col(f, r, end) - 1;
        const char *name = p->stages[row->first].name;
        int room = (next < last ? next : last) - x + 1;
        /* a name cut to less than a few letters says nothing */
        if (room < cells_width(name) && room < 5)
            continue;
        words_cut(f->cells, y, x, room,
                  row->state == ROW_NOW ? STYLE_BRIGHT : STYLE_DIM, name,
                  f->glyphs);
    }
}

/* From so many columns on the knee takes the unit's place, and its interval
 * stands with it. */
#define KNEE_COLS 56
#define KNEE_WIDE_COLS 72

/* Where throughput levels off, once that is known; false: nothing to say, or
 * what the chart leaves out matters more. */
static bool knee_note(const Frame *f, int cols, char to[LOAD_NOTE]) {
    const Knee *k = f->scene->snapshot->knee;
    const Wheel *w = f->scene->wheel;
    UnitsText load, low, high;
    for (size_t i = 0; i < w->plan_count; i++)
        if (w->plans[i].unit != PLAN_VUS)
            return false;
    if (!k || !k->is_known || cols < KNEE_COLS)
        return false;
    int n = snprintf(to, LOAD_NOTE, "levels off near %s VUs",
                     knee_digits(load, k->load.value));
    if (cols >= KNEE_WIDE_COLS)
        snprintf(to + n, LOAD_NOTE - (size_t)n, " (%s to %s)",
                 knee_digits(low, k->load.low),
                 knee_digits(high, k->load.high));
    return true;
}

/* The unit, and what is in another one and cannot be in the sum. */
static void unit_note(const Frame *f, int cols, char to[LOAD_NOTE]) {
    const Wheel *w = f->scene->wheel;
    bool is_rate = w->plan->unit == PLAN_RATE;
    const char *unit = is_rate ? "arrivals/s" : "virtual users";
    size_t others = 0;
    Text names = { 0 };
    for (size_t i = 0; i < w->plan_count; i++)
        if (w->plans[i].unit != w->plan->unit)
            text_addf(&names, "%s%s", others++ ? ", " : "", w->names[i]);
    bool has_room = names.length && cells_width(names.bytes) < cols - 40;
    if (others && has_room)
        snprintf(to, LOAD_NOTE, "%s, without %.100s", unit, names.bytes);
    else if (others)
        snprintf(to, LOAD_NOTE, "%s of %zu of %zu",
                 is_rate ? "arrivals/s" : "VUs", w->plan_count - others,
                 w->plan_count);
    else
        snprintf(to, LOAD_NOTE, "%s%s", unit,
                 w->plan_count > 1 ? " of all" : "");
    text_close(&names);
}

/* The event that the cursor is at, within two columns: the nearest, a mark
 * before others. */
static const Event *event_near(const Frame *f, Rect r) {
    const EventLog *log = &f->scene->wheel->log;
    const Event *best = NULL;
    int least = 0, here = r.x + CHART_LEFT + f->cursor.col;
    for (size_t i = 0; i < log->count; i++) {
        const Event *e = &log->items[i];
        int far = abs(axis_col(f, r, e->at_ns) - here) * 2;
        far -= e->kind == EVENT_MARK;
        if (far <= 4 && (!best || far <= least)) {
            best = e;
            least = far;
        }
    }
    return best;
}

/* What that was, on the cursor's line. */
static void cursor_note(const Frame *f, Rect r) {
    const Event *e = f->cursor.col >= 0 ? event_near(f, r) : NULL;
    if (!e || r.rows < 3)
        return;
    char text[EVENT_TEXT_MAX + 16];
    snprintf(text, sizeof text, "%s%s%s", event_kind_name(e->kind),
             *e->text ? ": " : "", e->text);
    int first = r.x + CHART_LEFT, last = r.x + r.cols - CHART_RIGHT;
    int x = first + f->cursor.col + 2, width = cells_width(text);
    if (x + width > last && x - first > last - x)
        x = x - 3 - width > first ? x - 3 - width : first;
    int room = last - x;
    room = x < first + f->cursor.col ? first + f->cursor.col - 1 - x : room;
    words_cut(f->cells, r.y + 1, x, room,
              e->kind == EVENT_MARK ? STYLE_MARK : STYLE_BRIGHT, text,
              f->glyphs);
}

void load_draw(const Frame *f, Rect r, bool is_lowest) {
    bool is_rate = f->scene->wheel->plan->unit == PLAN_RATE;
    const char *word = is_rate ? "started" : "actual";
    Legend legend[5] = { { GLYPH_SOLID, STYLE_VUS, word, CURVE_ACTIVE },
                         { GLYPH_DASHED, STYLE_PLAN, "plan", CURVE_PLANNED } };
    size_t n = 2;
    const Wheel *w = f->scene->wheel;
    char note[LOAD_NOTE];
    if (!knee_note(f, r.cols, note))
        unit_note(f, r.cols, note);
    if (!isnan(frame_max(f, CURVE_DROPPED)))
        legend[n++] =
            (Legend){ GLYPH_SOLID, STYLE_ERRORS, "dropped", CURVE_DROPPED };
    if (!isnan(frame_max(f, CURVE_HAND)))
        legend[n++] =
            (Legend){ GLYPH_SOLID, STYLE_HAND, "by hand", CURVE_COUNT };
    n += earlier_legend(f, &legend[n], CURVE_ACTIVE, f->earlier_name);
    Plot p = chart_begin(f, r, "load", note, legend, n);
    double most = fmax(frame_max(f, CURVE_PLANNED), frame_max(f, CURVE_ACTIVE));
    Scale scale = { 0, axis_top(fmax(most, wheel_peak(w))) };
    linear_labels(f, &p, scale.high);
    earlier_draw(f, &p, CURVE_ACTIVE, scale);
    curve_draw(f, &p, plot_dotted, CURVE_PLANNED, scale, STYLE_PLAN, 0);
    curve_draw(f, &p, plot_line, CURVE_DROPPED, scale, STYLE_ERRORS, 1);
    curve_draw(f, &p, plot_line, CURVE_ACTIVE, scale, STYLE_VUS, 1);
    curve_draw(f, &p, plot_line, CURVE_HAND, scale, STYLE_HAND, 2);
    chart_end(f, &p, r, is_lowest);
    if (!is_lowest)
        stage_names(f, r);
    cursor_note(f, r);
}

/* --- latency ------------------------------------------------------------ */

const LatencyLimit latency_limits[LATENCY_LIMITS] = {
    { 0.95, STYLE_P95_LIMIT, "p95" },
    { 0.99, STYLE_P99_LIMIT, "p99" },
};

/* Of what the curves show. */
static const ThresholdReading *latency_limit(const Frame *f, double q) {
    return limit_find(f,
                      frame_is_response(f) ? METRIC_RESPONSE_TIME
                                           : METRIC_HTTP_REQ_DURATION,
                      METHOD_P, q);
}

double limit_of(const Frame *f, double q) {
    const ThresholdReading *t = latency_limit(f, q);
    double limit = t ? t->threshold->condition.limit : 0;
    return limit > 0 ? log10(limit * 1e6) : NAN;
}

/* Whole decades below, 1-2-5 steps above, so that it seldom moves. */
static Scale latency_scale(const Frame *f) {
    double low = fmin(frame_min(f, CURVE_P50), 6);
    low = fmin(low, frame_min(f, CURVE_SERVICE));
    double high = fmax(frame_max(f, CURVE_P99), low + 1);
    for (size_t i = 0; i < LATENCY_LIMITS; i++)
        high = fmax(high, limit_of(f, latency_limits[i].q) + 0.05);
    low = floor(low + 1e-9);
    high = log10(axis_ceiling(pow(10, high)));
    return (Scale){ low, fmax(high, low + 2) };
}

char *axis_decade(char to[48], int decade) {
    static const char *const units[] = { "ns", "us", "ms", "s" };
    int unit = decade / 3 > 3 ? 3 : decade / 3;
    snprintf(to, 48, "%g%s", pow(10, decade - unit * 3), units[unit]);
    return to;
}

static void decade_labels(const Frame *f, const Plot *p, Scale scale) {
    int last_row = -1;
    for (int d = (int)scale.low; d <= (int)floor(scale.high + 1e-9); d++) {
        double at = (d - scale.low) / (scale.high - scale.low);
        int row = plot_row(p, at);
        if (row == last_row)
            continue;
        char text[48];
        label_draw(f, p, at, axis_decade(text, d));
        last_row = row;
    }
}

/* " p95 500ms", as a row at the right end of its rule; its columns. */
static int limit_text(const Frame *f, size_t i, char to[64]) {
    const LatencyLimit *limit = &latency_limits[i];
    const ThresholdReading *t = latency_limit(f, limit->q);
    UnitsText value;
    snprintf(to, 64, " %s %s", limit->name,
             words_limit(value, t->threshold->condition.limit));
    return cells_width(to);
}

/* Nothing is there but rules. */
static bool is_free(const Cells *c, int y, int x, int cols, Style rule) {
    if (y < 0 || y >= c->rows || x < 0 || x + cols > c->cols)
        return false;
    const ScreenCell *at = &c->at[(size_t)y * (size_t)c->cols + (size_t)x];
    for (int i = 0; i < cols; i++)
        if (at[i].rune && at[i].rune != ' ' && at[i].style != rule &&
            at[i].style != STYLE_LINE)
            return false;
    return true;
}

int limit_labels(const Frame *f, Rect r, const int rows[]) {
    int upper = 0;
    for (size_t i = 0; i < LATENCY_LIMITS; i++) {
        char text[64];
        if (rows[i] < 0)
            continue;
        int end = r.x + r.cols - 1 - CHART_RIGHT, y = r.y + 1 + rows[i];
        int width = limit_text(f, i, text);
        Style style = latency_limits[i].style;
        if (!is_free(f->cells, y, end + 1 - width, width, style))
            continue;
        cells_right(f->cells, y, end, style, text);
        upper = rows[i] == 0 ? width + 1 : upper;
    }
    return upper;
}

/* Three curves in two rows are noise: the middle one alone. */
static bool is_low(Rect r) {
    return r.rows - 2 < 3;
}

/* Left of a label. A low chart is covered for what is urgent only. */
static void banner_draw(const Frame *f, Rect r, int label) {
    Banner b = words_banner(f->scene);
    int cols = r.cols - CHART_LEFT - CHART_RIGHT, width = cells_width(b.text);
    bool is_quiet = b.style == STYLE_DIM;
    if (!width || r.rows < 3 || f->series != SIZE_MAX ||
        (is_quiet && is_low(r)))
        return;
    cols -= width + label <= cols ? label : 0;
    width = width < cols ? width : cols;
    int x = r.x + CHART_LEFT + cols - width;
    cells_text(f->cells, r.y + 1, x - 1, b.style, " ");
    x = words_cut(f->cells, r.y + 1, x, width, b.style, b.text, f->glyphs);
    if (x < r.x + r.cols - CHART_RIGHT)
        cells_text(f->cells, r.y + 1, x, b.style, " ");
}

static Plot latency_begin(const Frame *f, Rect r) {
    static const Legend all[] = { { GLYPH_SOLID, STYLE_P50, "p50", CURVE_P50 },
                                  { GLYPH_SOLID, STYLE_P95, "p95", CURVE_P95 },
                                  { GLYPH_SOLID, STYLE_P99, "p99",
                                    CURVE_P99 } };
    Legend legend[6];
    size_t n = 0;
    bool is_open = frame_is_response(f);
    for (size_t i = 0; i < 3; i++)
        if (!is_low(r) || i == 1)
            legend[n++] = all[i];
    if (is_open && !is_low(r))
        legend[n++] =
            (Legend){ GLYPH_DASHED, STYLE_PLAN, "service p95", CURVE_SERVICE };
    n += earlier_legend(f, &legend[n], CURVE_P95, f->earlier_p95);
    if (!is_low(r) && (!isnan(limit_of(f, 0.95)) || !isnan(limit_of(f, 0.99))))
        legend[n++] = (Legend){ GLYPH_DASHED, STYLE_DIM, "limit", CURVE_COUNT };
    return chart_begin(f, r, is_open ? "response time" : "latency", "log",
                       legend, n);
}

/* In the open model the response times: they are what users wait. */
void latency_draw(const Frame *f, Rect r, bool is_lowest) {
    Plot p = latency_begin(f, r);
    Scale scale = latency_scale(f);
    decade_labels(f, &p, scale);
    int limit_rows[LATENCY_LIMITS];
    for (size_t i = 0; i < LATENCY_LIMITS; i++) {
        const LatencyLimit *limit = &latency_limits[i];
        double at =
            (limit_of(f, limit->q) - scale.low) / (scale.high - scale.low);
        bool is_seen = at >= 0 && at <= 1 && (!is_low(r) || limit->q == 0.95);
        plot_limit(&p, is_seen ? at : NAN, limit->style);
        limit_rows[i] = is_seen ? plot_row(&p, at) : -1;
    }
    earlier_draw(f, &p, CURVE_P95, scale);
    curve_draw(f, &p, plot_line, CURVE_P95, scale, STYLE_P95, 1);
    if (!is_low(r)) {
        curve_draw(f, &p, plot_dotted, CURVE_SERVICE, scale, STYLE_PLAN, 0);
        curve_draw(f, &p, plot_line, CURVE_P99, scale, STYLE_P99, 1);
        curve_draw(f, &p, plot_line, CURVE_P50, scale, STYLE_P50, 1);
    }
    chart_end(f, &p, r, is_lowest);
    banner_draw(f, r, limit_labels(f, r, limit_rows));
}

/* --- requests/s and errors ---------------------------------------------- */

void rps_draw(const Frame *f, Rect r, bool is_lowest) {
    Legend legend[2] = { { GLYPH_SOLID, STYLE_RPS, "done", CURVE_RPS } };
    size_t n = 1;
    n += earlier_legend(f, &legend[n], CURVE_RPS, f->earlier_name);
    double most = frame_max(f, CURVE_RPS);
    UnitsText count;
    char note[64] = "";
    if (!isnan(most))
        snprintf(note, sizeof note, "peak %s", units_count(count, most));
    Plot p = chart_begin(f, r, "requests/s", note, legend, n);
    Scale scale = { 0, axis_top(fmax(most, 1)) };
    linear_labels(f, &p, scale.high);
    earlier_draw(f, &p, CURVE_RPS, scale);
    curve_draw(f, &p, plot_line, CURVE_RPS, scale, STYLE_RPS, 1);
    chart_end(f, &p, r, is_lowest);
}

/* Errors that were measured as none: a thin base line, not an area. */
static void baseline_draw(const Frame *f, Plot *p) {
    int n = f->axis.dots;
    double *values = mem_alloc((size_t)n, sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = isnan(f->curve[CURVE_ERRORS][i]) ? NAN : 1e-9;
    plot_area(p, values, n, STYLE_LINE, 0);
    free(values);
}

void errors_draw(const Frame *f, Rect r, bool is_lowest) {
    const ThresholdReading *t =
        limit_find(f, METRIC_HTTP_REQ_FAILED, METHOD_RATE, 0);
    Scale scale = { 0, axis_top(fmax(frame_max(f, CURVE_ERRORS), 0.01)) };
    scale.high = fmin(scale.high, 1);
    UnitsText share;
    char word[64] = "";
    if (t)
        snprintf(word, sizeof word, "limit %g %%",
                 t->threshold->condition.limit * 100);
    Legend legend[3] = { { GLYPH_SOLID, STYLE_ERRORS, "share", CURVE_ERRORS } };
    size_t n = 1;
    n += earlier_legend(f, &legend[n], CURVE_ERRORS, f->earlier_name);
    if (t)
        legend[n++] = (Legend){ GLYPH_DASHED, STYLE_DIM, word, CURVE_COUNT };
    char note[64] = "none";
    const Snapshot *snapshot = f->scene->snapshot;
    const Reading *run = f->series < snapshot->series_count
                             ? &snapshot->series[f->series].run
                             : &snapshot->run;
    if (run->failed)
        snprintf(note, sizeof note, "%s failed",
                 units_count(share, (double)run->failed));
    Plot p = chart_begin(f, r, "errors", note, legend, n);
    char label[48];
    snprintf(label, sizeof label, "%g%%", scale.high * 100);
    label_draw(f, &p, 1, label);
    if (p.area.rows >= 2)
        label_draw(f, &p, 0, "0");
    if (t)
        plot_limit(&p, t->threshold->condition.limit / scale.high,
                   STYLE_ERRORS_LIMIT);
    baseline_draw(f, &p);
    curve_draw(f, &p, plot_area, CURVE_ERRORS, scale, STYLE_ERRORS, 1);
    if (f->earlier[CURVE_ERRORS])
        values_draw(f, &p, plot_line, f->earlier[CURVE_ERRORS], scale,
                    STYLE_EARLIER, 2);
    chart_end(f, &p, r, is_lowest);
}

/* --- any value ---------------------------------------------------------- */

/* Finer steps than the others' axes: one curve should fill its chart. */
static double value_ceiling(double value) {
    static const double steps[] = { 1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10 };
    double decade = pow(10, floor(log10(value)));
    size_t i = 0;
    while (i + 1 < sizeof steps / sizeof *steps && steps[i] * decade < value)
        i++;
    return steps[i] * decade;
}

void value_draw(const Frame *f, Rect r, const ValueChart *v) {
    Legend legend[] = { { GLYPH_SOLID, v->style, v->word, CURVE_COUNT },
                        { GLYPH_DASHED, STYLE_DIM, v->limit_word,
                          CURVE_COUNT } };
    double most = v->limit;
    int n = f->axis.dots;
    for (int i = 0; i < n; i++)
        most = fmax(most, v->values[i]);
    double high = value_ceiling(fmax(most, 1e-9) * 1.05);
    Plot p = chart_begin(f, r, v->title, v->note, legend, 2);
    char text[32];
    label_draw(f, &p, 1, v->label(text, v->of, high));
    if (p.area.rows >= 2)
        label_draw(f, &p, 0, "0");
    if (p.area.rows >= 5)
        label_draw(f, &p, 0.5, v->label(text, v->of, high / 2));
    plot_limit(&p, v->limit / high, STYLE_ERRORS_LIMIT);
    double *values = mem_alloc((size_t)n, sizeof *values);
    for (int i = 0; i < n; i++)
        values[i] = fmax(0, v->values[i] / high);
    for (int i = 0; i < n; i++)
        if (isnan(v->values[i]))
            values[i] = NAN;
    plot_line(&p, values, n, v->style, 1);
    free(values);
    chart_end(f, &p, r, true);
}
