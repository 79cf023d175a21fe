/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* Rules of the operator's deeds stand at least so many cells apart. */
#define RULE_GAP 3

/* --- the window --------------------------------------------------------- */

LookRun scene_look_run(const Scene *s, int dots) {
    LookRun r = { .now_ns = s->snapshot->now_ns,
                  .total_ns = wheel_total_ns(s->wheel),
                  .dots = dots };
    for (size_t i = 0; i < s->wheel->plan_count; i++)
        r.grows |= plan_is_hand(&s->wheel->plans[i]);
    return r;
}

static TimeAxis window_of(const Scene *s, int dots, int dots_per_cell) {
    LookRun run = scene_look_run(s, dots);
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

static uint64_t dot_begins(const TimeAxis *a, int dot) {
    double span = (double)(a->to_ns - a->from_ns);
    return a->from_ns + (uint64_t)llround(span * dot / a->dots);
}

int frame_dot(const Frame *f, uint64_t t_ns) {
    return (int)floor(fmax(-1e6, fmin(1e6, dot_of(&f->axis, t_ns))));
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
static void draw_between(Frame *f, int k, double xa, double a, double xb,
                         double b) {
    int from = (int)ceil(fmax(0, xa)), to = (int)ceil(fmin(f->axis.dots, xb));
    for (int i = from; i < to; i++)
        f->curve[k][i] = xb > xa ? a + (b - a) * (i - xa) / (xb - xa) : b;
}

static void add_point(Frame *f, const Point *last, const Point *p) {
    bool follows = last && last->end >= p->begin;
    for (int k = 0; k < CURVE_COUNT; k++) {
        double v = p->value[k];
        if (isnan(v))
            continue;
        if (follows && !isnan(last->value[k]))
            draw_between(f, k, last->x, last->value[k], p->x, v);
        else
            draw_between(f, k, p->begin, v, p->x, v);
        draw_between(f, k, p->x, v, p->end, v);
    }
}

/* Where a dot column is narrower than a cell the cells are points with
 * straight lines between them; else a point for each column. */
static void read_timeline(Frame *f) {
    const Timeline *t = f->scene->snapshot->timeline;
    const TimeAxis *a = &f->axis;
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
            begin = dot_begins(a, dot);
            end = dot_begins(a, dot + 1);
        }
        at = end > at ? end : at + 1;
        CellSample s;
        if (begin >= a->to_ns || !timeline_sample(t, begin, end, f->series, &s))
            continue;
        now.begin = is_wide ? dot_of(a, begin) : dot;
        now.end = is_wide ? dot_of(a, end) : dot + 1;
        now.x = is_wide ? (now.begin + now.end) / 2 : dot;
        read_sample(&s, f->scene->wheel, frame_is_response(f), now.value);
        add_point(f, has_last ? &last : NULL, &now);
        last = now;
        has_last = true;
    }
}

static void read_future(Frame *f) {
    const Wheel *w = f->scene->wheel;
    uint64_t total = wheel_total_ns(w);
    for (int i = 0; i < f->axis.dots; i++) {
        uint64_t t = dot_begins(&f->axis, i);
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

static void make_rules(Frame *f) {
    for (size_t i = 1; i < f->row_count; i++)
        add_rule(f, f->rows[i].began_ns, STYLE_LINE);
    add_events(f, EVENT_ALERT, STYLE_WARN);
    add_events(f, EVENT_YOU, STYLE_HAND);
    add_events(f, EVENT_MARK, STYLE_MARK);
}

/* --- the frame ---------------------------------------------------------- */

bool frame_is_response(const Frame *f) {
    return f->scene->snapshot->is_open && f->series == SIZE_MAX;
}

void frame_init(Frame *f, Cells *c, const Scene *s, int chart_cols) {
    frame_init_series(f, c, s, chart_cols, SIZE_MAX);
}

void frame_init_series(Frame *f, Cells *c, const Scene *s, int chart_cols,
                       size_t series) {
    int per_cell = s->view->glyphs == GLYPHS_BRAILLE ? 2 : 1;
    int cols = chart_cols - CHART_LEFT - CHART_RIGHT;
    int dots = (cols > 1 ? cols : 1) * per_cell;
    *f = (Frame){ .cells = c,
                  .scene = s,
                  .glyphs = s->view->glyphs,
                  .series = series };
    f->axis = window_of(s, dots, per_cell);
    double *values = mem_alloc((size_t)dots * CURVE_COUNT, sizeof *values);
    for (int k = 0; k < CURVE_COUNT; k++)
        f->curve[k] = values + (size_t)k * (size_t)dots;
    for (size_t i = 0; i < (size_t)dots * CURVE_COUNT; i++)
        values[i] = NAN;
    const Plan *p = s->wheel->plan;
    f->row_count = plan_rows(p, NULL, 0);
    f->rows = mem_alloc(f->row_count, sizeof *f->rows);
    plan_rows(p, f->rows, f->row_count);
    read_timeline(f);
    read_future(f);
    read_hand(f);
    make_rules(f);
}

void frame_close(Frame *f) {
    free(f->curve[0]);
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
    return most;
}

double frame_min(const Frame *f, CurveId curve) {
    double least = NAN;
    for (int i = 0; i < f->axis.dots; i++)
        least = fmin(least, f->curve[curve][i]);
    return least;
}
