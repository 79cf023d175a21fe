/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* Rules of the operator's deeds stand at least so many cells apart. */
#define RULE_GAP 3
#define STAGE_COLS 3 /* for each stage in view, on the average */

/* --- the window --------------------------------------------------------- */

static int frame_per_cell(Glyphs glyphs) {
    return glyphs == GLYPHS_BRAILLE ? 2 : 1;
}

LookRun scene_look_run(const Scene *s, int dots) {
    LookRun r = { .now_ns = s->snapshot->now_ns,
                  .total_ns = wheel_total_ns(s->wheel),
                  .dots = dots,
                  .per_cell = frame_per_cell(s->view->glyphs) };
    for (size_t i = 0; i < s->wheel->plan_count; i++)
        r.grows |= plan_is_hand(&s->wheel->plans[i]);
    return r;
}

int frame_dots(Glyphs glyphs, int chart_cols) {
    int cols = chart_cols - CHART_LEFT - CHART_RIGHT;
    return (cols > 1 ? cols : 1) * frame_per_cell(glyphs);
}

static TimeAxis window_of(const Scene *s, int dots, int dots_per_cell) {
    LookRun run = scene_look_run(s, dots);
    run.per_cell = dots_per_cell;
    Interval w = look_window(&s->view->look, &run);
    return (TimeAxis){ .from_ns = w.from_ns,
                       .to_ns = w.to_ns,
                       .now_ns = run.now_ns,
                       .dots = dots,
                       .dots_per_cell = dots_per_cell };
}

static double dot_of(const TimeAxis *a, uint64_t t_ns) {
    double from = (double)a->from_ns, span = (double)(a->to_ns - a->from_ns);
    return ((double)t_ns - from) / span * a->dots;
}

uint64_t axis_begins(const TimeAxis *a, int dot) {
    double span = (double)(a->to_ns - a->from_ns);
    return a->from_ns + (uint64_t)llround(span * dot / a->dots);
}

int axis_dot(const TimeAxis *a, uint64_t t_ns) {
    return (int)floor(fmax(-1e6, fmin(1e6, dot_of(a, t_ns))));
}

int frame_dot(const Frame *f, uint64_t t_ns) {
    return axis_dot(&f->axis, t_ns);
}

/* --- curves ------------------------------------------------------------- */

/* A cell, or all cells of a dot column: values at x, held to [begin, end). */
typedef struct Point {
    double begin, x, end;
    double value[CURVE_COUNT];
} Point;

static double log_of(double ns) {
    return ns > 0 ? log10(ns) : NAN;
}

static void read_sample(const CellSample *s, const Wheel *w, bool is_response,
                        double value[CURVE_COUNT]) {
    bool is_rate = w->plan->unit == PLAN_RATE;
    bool is_first = w->plan->unit == w->plans[0].unit;
    value[CURVE_ACTIVE] = is_rate ? s->arrivals_per_s : s->users;
    value[CURVE_PLANNED] = is_first ? s->planned : s->planned_other;
    value[CURVE_HAND] = NAN;
    value[CURVE_RPS] = s->rps;
    value[CURVE_ERRORS] = s->error_rate;
    value[CURVE_P50] = log_of(is_response ? s->response_p50 : s->p50);
    value[CURVE_P95] = log_of(is_response ? s->response_p95 : s->p95);
    value[CURVE_P99] = log_of(is_response ? s->response_p99 : s->p99);
    value[CURVE_DROPPED] =
        is_rate && s->dropped_per_s > 0 ? s->dropped_per_s : NAN;
    value[CURVE_SERVICE] = is_response ? log_of(s->p95) : NAN;
}

/* Straight from a to b over the dot columns between them. */
static void draw_between(double *curve, int dots, double xa, double a,
                         double xb, double b) {
    int from = (int)ceil(fmax(0, xa)), to = (int)ceil(fmin(dots, xb));
    for (int i = from; i < to; i++)
        curve[i] = xb > xa ? a + (b - a) * (i - xa) / (xb - xa) : b;
}

static void add_point(double *const curves[CURVE_COUNT], int dots,
                      const Point *last, const Point *p) {
    bool follows = last && last->end >= p->begin;
    for (int k = 0; k < CURVE_COUNT; k++) {
        double v = p->value[k];
        if (isnan(v))
            continue;
        if (follows && !isnan(last->value[k]))
            draw_between(curves[k], dots, last->x, last->value[k], p->x, v);
        else
            draw_between(curves[k], dots, p->begin, v, p->x, v);
        draw_between(curves[k], dots, p->x, v, p->end, v);
    }
}

/* Where a dot column is narrower than a cell the cells are points with
 * straight lines between them; else a point for each column. */
static void read_timeline(const TimeAxis *a, const Snapshot *snapshot,
                          const Wheel *w, size_t series,
                          double *const curves[CURVE_COUNT]) {
    const Timeline *t = snapshot->timeline;
    size_t count = timeline_count(t);
    Point last, now;
    bool has_last = false;
    for (uint64_t at = a->from_ns; at < a->to_ns;) {
        size_t i = timeline_find(t, at);
        if (i >= count)
            break;
        const Cell *c = timeline_cell(t, i);
        uint64_t begin = c->start_ns, end = c->start_ns + c->length_ns;
        int dot = (int)dot_of(a, at > begin ? at : begin);
        bool is_wide =
            (double)c->length_ns * a->dots > (double)(a->to_ns - a->from_ns);
        if (!is_wide) {
            begin = axis_begins(a, dot);
            end = axis_begins(a, dot + 1);
        }
        at = end > at ? end : at + 1;
        CellSample s;
        if (begin >= a->to_ns || !timeline_sample(t, begin, end, series, &s))
            continue;
        now.begin = is_wide ? dot_of(a, begin) : dot;
        now.end = is_wide ? dot_of(a, end) : dot + 1;
        now.x = is_wide ? (now.begin + now.end) / 2 : dot;
        read_sample(&s, w, snapshot->is_open && series == SIZE_MAX, now.value);
        add_point(curves, a->dots, has_last ? &last : NULL, &now);
        last = now;
        has_last = true;
    }
}

static void read_future(Frame *f) {
    const Wheel *w = f->scene->wheel;
    uint64_t total = wheel_total_ns(w);
    for (int i = 0; i < f->axis.dots; i++) {
        uint64_t t = axis_begins(&f->axis, i);
        if (t >= f->axis.now_ns && t <= total)
            f->curve[CURVE_PLANNED][i] = wheel_level_at(w, t);
    }
}

/* Copies the actual level of the stretches that the operator drove. */
static void read_hand(Frame *f) {
    const Plan *p = f->scene->wheel->plan;
    uint64_t began = 0;
    for (size_t i = 0; i < p->count; i++) {
        const Stage *s = &p->stages[i];
        bool is_hand = s->origin == STAGE_HAND || s->origin == STAGE_SPIKE;
        int from = frame_dot(f, began);
        int to = frame_dot(f, began + s->length_ns);
        began += s->length_ns;
        if (!is_hand)
            continue;
        for (int d = from > 0 ? from : 0; d <= to && d < f->axis.dots; d++)
            f->curve[CURVE_HAND][d] = f->curve[CURVE_ACTIVE][d];
    }
}

/* --- rules -------------------------------------------------------------- */

static void add_rule(Frame *f, uint64_t t_ns, Style style) {
    int dot = frame_dot(f, t_ns);
    if (dot < 0 || dot >= f->axis.dots)
        return;
    mem_grow(f->rules, f->rule_count, f->rule_cap);
    f->rules[f->rule_count++] = (Rule){ dot, style };
}

/* Rules of one kind of event; what follows close on another is one burst. */
static void add_events(Frame *f, EventKind kind, Style style) {
    const EventLog *log = &f->scene->wheel->log;
    int gap = RULE_GAP * f->axis.dots_per_cell, last = -gap;
    for (size_t i = 0; i < log->count; i++) {
        const Event *e = &log->items[i];
        int dot = frame_dot(f, e->at_ns);
        if (e->kind != kind || dot - last < gap)
            continue;
        last = dot;
        add_rule(f, e->at_ns, style);
    }
}

/* So many stages that their lines would hide the curves have none. */
static void add_stages(Frame *f) {
    size_t seen = 0, columns = (size_t)(f->axis.dots / f->axis.dots_per_cell);
    for (size_t i = 1; i < f->row_count; i++) {
        int dot = frame_dot(f, f->rows[i].began_ns);
        seen += dot >= 0 && dot < f->axis.dots;
    }
    for (size_t i = 1; i < f->row_count && seen * STAGE_COLS <= columns; i++)
        add_rule(f, f->rows[i].began_ns, STYLE_LINE);
}

static void make_rules(Frame *f) {
    add_stages(f);
    add_events(f, EVENT_ALERT, STYLE_WARN);
    add_events(f, EVENT_YOU, STYLE_HAND);
    add_events(f, EVENT_MARK, STYLE_MARK);
}

/* --- where it is looked at ---------------------------------------------- */

static Interval whole_run(const Snapshot *s) {
    size_t n = s->timeline ? timeline_count(s->timeline) : 0;
    const Cell *last = n ? timeline_cell(s->timeline, n - 1) : NULL;
    return (Interval){ 0, last ? last->start_ns + last->length_ns : 0 };
}

void scene_charts(ViewState *v, int chart_cols, size_t series) {
    v->look.dots = frame_dots(v->glyphs, chart_cols);
    v->charted = series;
}

void scene_follow_look(ViewState *v, const Scene *s) {
    const Look *l = &v->look;
    LookRun run = scene_look_run(s, l->dots);
    const Interval none = { 0 };
    Interval column = l->has_cursor ? look_column(l, &run, l->cursor_ns) : none;
    bool is_alone = look_is_empty(l->second);
    Interval beside = look_is_empty(l->first) ? none
                      : is_alone              ? whole_run(s->snapshot)
                                              : l->second;
    measured_follow(&v->at_cursor, s->snapshot, column, v->charted);
    measured_follow(&v->interval, s->snapshot, l->first, SIZE_MAX);
    measured_follow(&v->beside, s->snapshot, beside, SIZE_MAX);
    measured_follow(&v->earlier_at_cursor,
                    s->earlier ? s->earlier->snapshot : s->snapshot,
                    s->earlier ? column : none, SIZE_MAX);
}

/* Percentiles of the column itself, where the curve has its worst second's. */
static void read_measured(const Measured *m, const Wheel *w, bool is_open,
                          double value[CURVE_COUNT]) {
    for (int k = 0; k < CURVE_COUNT; k++)
        value[k] = NAN;
    if (look_is_empty(m->cells))
        return;
    CellSample s = m->sample;
    s.p50 = m->service.p50;
    s.p95 = m->service.p95;
    s.p99 = m->service.p99;
    s.response_p50 = m->response.p50;
    s.response_p95 = m->response.p95;
    s.response_p99 = m->response.p99;
    read_sample(&s, w, is_open, value);
}

bool frame_is_response(const Frame *f) {
    return f->scene->snapshot->is_open && f->series == SIZE_MAX;
}

static void find_cursor(Frame *f) {
    const Scene *s = f->scene;
    const ViewState *v = s->view;
    FrameCursor *c = &f->cursor;
    c->col = -1;
    if (!v->look.has_cursor)
        return;
    LookRun run = scene_look_run(s, f->axis.dots);
    run.per_cell = f->axis.dots_per_cell;
    int dot = frame_dot(f, v->look.cursor_ns);
    if (dot < 0 || dot >= f->axis.dots)
        return;
    c->col = dot / f->axis.dots_per_cell;
    c->column = look_column(&v->look, &run, v->look.cursor_ns);
    read_measured(&v->at_cursor, s->wheel, frame_is_response(f), c->value);
    if (s->earlier)
        read_measured(&v->earlier_at_cursor, s->earlier->wheel,
                      s->earlier->snapshot->is_open, c->earlier);
}

/* --- the frame ---------------------------------------------------------- */

static void make_curves(double *curves[CURVE_COUNT], int dots) {
    double *values = mem_alloc((size_t)dots * CURVE_COUNT, sizeof *values);
    for (int k = 0; k < CURVE_COUNT; k++)
        curves[k] = values + (size_t)k * (size_t)dots;
    for (size_t i = 0; i < (size_t)dots * CURVE_COUNT; i++)
        values[i] = NAN;
}

/* Of a path its end, which tells; cut between characters. */
static void shorten(char *to, size_t size, const char *name) {
    const char *slash = strrchr(name, '/');
    const char *base = slash && slash[1] ? slash + 1 : name;
    size_t n = strlen(base);
    if (n < size) {
        memcpy(to, base, n + 1);
        return;
    }
    n = size - 3;
    while (n > 0 && ((unsigned char)base[n] & 0xc0) == 0x80)
        n--;
    memcpy(to, base, n);
    memcpy(to + n, "..", 3);
}

static void read_earlier(Frame *f) {
    const Earlier *e = f->scene->earlier;
    if (!e)
        return;
    make_curves(f->earlier, f->axis.dots);
    read_timeline(&f->axis, e->snapshot, e->wheel, SIZE_MAX, f->earlier);
    shorten(f->earlier_name, sizeof f->earlier_name, e->name);
    snprintf(f->earlier_p95, sizeof f->earlier_p95, "%s p95", f->earlier_name);
}

static TimeAxis axis_of(const Scene *s, int chart_cols, int per_cell) {
    int dots = frame_dots(GLYPHS_BLOCK, chart_cols) * per_cell;
    return window_of(s, dots, per_cell);
}

TimeAxis frame_axis_cells(const Scene *s, int chart_cols) {
    return axis_of(s, chart_cols, 1);
}

static void init_plan(Frame *f, Cells *c, const Scene *s, TimeAxis axis) {
    *f = (Frame){
        .cells = c,
        .scene = s,
        .glyphs = s->view->glyphs,
        .series = SIZE_MAX,
        .axis = axis,
    };
    const Plan *p = s->wheel->plan;
    f->row_count = plan_rows(p, NULL, 0);
    f->rows = mem_alloc(f->row_count, sizeof *f->rows);
    plan_rows(p, f->rows, f->row_count);
}

void frame_init_cells(Frame *f, Cells *c, const Scene *s, int chart_cols) {
    init_plan(f, c, s, axis_of(s, chart_cols, 1));
    make_rules(f);
    find_cursor(f);
}

void frame_init(Frame *f, Cells *c, const Scene *s, int chart_cols) {
    frame_init_series(f, c, s, chart_cols, SIZE_MAX);
}

void frame_init_series(Frame *f, Cells *c, const Scene *s, int chart_cols,
                       size_t series) {
    int per_cell = frame_per_cell(s->view->glyphs);
    init_plan(f, c, s, axis_of(s, chart_cols, per_cell));
    f->series = series;
    int dots = f->axis.dots;
    make_curves(f->curve, dots);
    read_timeline(&f->axis, s->snapshot, s->wheel, series, f->curve);
    if (series == SIZE_MAX)
        read_earlier(f);
    read_future(f);
    read_hand(f);
    make_rules(f);
    find_cursor(f);
}

void frame_close(Frame *f) {
    free(f->curve[0]);
    free(f->earlier[0]);
    free(f->rules);
    free(f->rows);
    *f = (Frame){ 0 };
}

Rect frame_box(const Frame *f, Rect r, const char *title, const char *note) {
    Rect in = box_draw(f->cells, r, title, note, f->glyphs);
    return (Rect){ in.y, in.x + 1, in.rows, in.cols > 2 ? in.cols - 2 : 0 };
}

double frame_max(const Frame *f, CurveId curve) {
    double most = NAN;
    for (int i = 0; i < f->axis.dots; i++)
        most = fmax(most, f->curve[curve][i]);
    for (int i = 0; f->earlier[curve] && i < f->axis.dots; i++)
        most = fmax(most, f->earlier[curve][i]);
    return most;
}

double frame_min(const Frame *f, CurveId curve) {
    double least = NAN;
    for (int i = 0; i < f->axis.dots; i++)
        least = fmin(least, f->curve[curve][i]);
    for (int i = 0; f->earlier[curve] && i < f->axis.dots; i++)
        least = fmin(least, f->earlier[curve][i]);
    return least;
}
