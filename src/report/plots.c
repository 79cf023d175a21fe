/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "report/arrivals.h"
#include "report/figures.h"
#include "report/out.h"
#include "report/sheet.h"

/* --- lines -------------------------------------------------------------- */

static void add_line(Plot *p, const Curves *c, PlotLine line) {
    if (p->line_count < PLOT_LINES_MAX && curve_says_something(c, line.id))
        p->lines[p->line_count++] = line;
}

/* A percentile's limit has the colour of its line. */
static const char *limit_tone(const Condition *c, const char *tone) {
    if (c->metric.id != METRIC_HTTP_REQ_DURATION)
        return tone;
    return c->method == METHOD_MED || c->q < 0.75 ? "p50"
           : c->q < 0.985                         ? "p95"
                                                  : "p99";
}

static void add_limits(Plot *p, const Snapshot *s, MetricId id,
                       const char *tone) {
    for (size_t i = 0; i < s->threshold_count && p->line_count; i++) {
        const Threshold *t = s->thresholds[i].threshold;
        const Condition *c = &t->condition;
        bool fits = c->metric.id == id && !c->of &&
                    (c->method == METHOD_P || c->method == METHOD_RATE ||
                     c->method == METHOD_MED);
        if (fits && p->limit_count < PLOT_LIMITS_MAX)
            p->limits[p->limit_count++] =
                (PlotLimit){ c->limit, sheet_clean(t->text),
                             limit_tone(c, tone) };
    }
}

static void make_load(Plot *p, const Report *r, const Curves *c) {
    bool is_rate = r->wheel->plans[0].unit == PLAN_RATE;
    *p = (Plot){ .id = "load",
                 .title = "Throughput and load",
                 .left = is_rate ? "per second" : "requests/s",
                 .right = "VUs",
                 .unit = PLOT_COUNT };
    add_line(p, c, (PlotLine){ CURVE_BASE_RPS, "requests/s, baseline",
                               "base", false, true });
    add_line(p, c, (PlotLine){ CURVE_PLANNED,
                               "", "plan", !is_rate, true });
    if (p->line_count && p->lines[p->line_count - 1].id == CURVE_PLANNED)
        snprintf(p->lines[p->line_count - 1].label, 48, "%s",
                 is_rate ? "arrivals/s, planned" : "VUs, planned");
    add_line(p, c, (PlotLine){ CURVE_VUS, "VUs", "vus", true, false });
    if (is_rate) {
        add_line(p, c, (PlotLine){ CURVE_STARTED, "arrivals/s, begun",
                                   "vus", false, false });
        add_line(p, c, (PlotLine){ CURVE_DROPPED, "dropped/s", "errors",
                                   false, false });
    }
    add_line(p, c, (PlotLine){ CURVE_RPS, "requests/s", "rps", false,
                               false });
    add_limits(p, r->snapshot, METRIC_HTTP_REQS, "rps");
}

static void make_latency(Plot *p, const Report *r, const Curves *c) {
    *p = (Plot){ .id = "times",
                 .title = "Latency",
                 .left = "time",
                 .unit = PLOT_MS,
                 .is_log = true };
    add_line(p, c, (PlotLine){ CURVE_BASE_P95, "p95, baseline", "base",
                               false, true });
    if (snapshot_shows_response(r->snapshot))
        add_line(p, c, (PlotLine){ CURVE_RESPONSE, "response p95", "hand",
                                   false, false });
    add_line(p, c, (PlotLine){ CURVE_P50, "p50", "p50", false, false });
    add_line(p, c, (PlotLine){ CURVE_P95, "p95", "p95", false, false });
    add_line(p, c, (PlotLine){ CURVE_P99, "p99", "p99", false, false });
    add_limits(p, r->snapshot, METRIC_HTTP_REQ_DURATION, "p95");
    add_limits(p, r->snapshot, METRIC_RESPONSE_TIME, "hand");
}

Plot plot_of_series(const Curves *c, const char *id, const char *title) {
    Plot p = { .id = id,
               .title = title,
               .left = "time",
               .unit = PLOT_MS,
               .is_log = true };
    add_line(&p, c, (PlotLine){ CURVE_P50, "p50", "p50", false, false });
    add_line(&p, c, (PlotLine){ CURVE_P95, "p95", "p95", false, false });
    add_line(&p, c, (PlotLine){ CURVE_P99, "p99", "p99", false, false });
    return p;
}

static void make_errors(Plot *p, const Report *r, const Curves *c) {
    *p = (Plot){ .id = "failed",
                 .title = "Failed requests",
                 .left = "of all",
                 .unit = PLOT_SHARE };
    add_line(p, c, (PlotLine){ CURVE_BASE_ERRORS, "failed, baseline", "base",
                               false, true });
    if (slab_requests(r->snapshot->totals))
        p->lines[p->line_count++] =
            (PlotLine){ CURVE_ERRORS, "failed", "errors", false, false };
    add_limits(p, r->snapshot, METRIC_HTTP_REQ_FAILED, "errors");
}

/* --- marks -------------------------------------------------------------- */

static void add_mark(Plots *p, uint64_t from_ns, uint64_t to_ns,
                     const char *kind, const char *text) {
    if (p->mark_count < PLOT_MARKS_MAX)
        p->marks[p->mark_count++] =
            (PlotMark){ from_ns, to_ns, kind, sheet_clean(text) };
}

/* Stages are bands, and need no lines. */
static void add_marks(Plots *p, const Report *r) {
    const FindingList *f = r->snapshot->findings;
    const EventLog *log = &r->wheel->log;
    for (size_t i = 0; f && i < f->count; i++)
        add_mark(p, f->items[i].from_ns, f->items[i].to_ns, "finding",
                 f->items[i].text);
    for (size_t i = 0; i < log->count; i++)
        if (log->items[i].kind != EVENT_PLAN)
            add_mark(p, log->items[i].at_ns, 0,
                     event_kind_name(log->items[i].kind), log->items[i].text);
}

static void add_stages(Plots *p, const Report *r) {
    StageList list = stages_measure(r, 0);
    for (size_t i = 0; i < list.count && p->stage_count < PLOT_STAGES_MAX;
         i++) {
        const StageFigures *f = &list.items[i];
        if (stage_is_worth_a_line(f))
            p->stages[p->stage_count++] =
                (PlotMark){ f->began_ns, f->began_ns + f->length_ns, f->origin,
                            sheet_clean(f->name) };
    }
    free(list.items);
}

Plots *plots_new(const Report *r) {
    static void (*const makers[])(Plot *, const Report *, const Curves *) = {
        make_load, make_latency, make_errors
    };
    Plots *p = mem_new(Plots);
    Curves c = curves_measure(r, 480);
    p->marks = mem_alloc(PLOT_MARKS_MAX, sizeof *p->marks);
    p->stages = mem_alloc(PLOT_STAGES_MAX, sizeof *p->stages);
    p->end_ns = r->snapshot->now_ns;
    for (size_t i = 0; i < PLOTS_MAX; i++) {
        makers[i](&p->items[p->count], r, &c);
        p->count += p->items[p->count].line_count > 0;
    }
    add_marks(p, r);
    add_stages(p, r);
    heat_measure(r, &p->heat);
    curves_close(&c);
    return p;
}

void plots_free(Plots *p) {
    for (size_t i = 0; i < PLOTS_MAX; i++)
        for (size_t k = 0; k < p->items[i].limit_count; k++)
            free(p->items[i].limits[k].text);
    for (size_t i = 0; i < p->mark_count; i++)
        free(p->marks[i].text);
    for (size_t i = 0; i < p->stage_count; i++)
        free(p->stages[i].text);
    free(p->marks);
    free(p->stages);
    free(p);
}

/* --- in words ----------------------------------------------------------- */

char *plot_value(UnitsText to, PlotUnit unit, double v) {
    switch (unit) {
    case PLOT_MS:
        return units_latency(to, v * 1e6);
    case PLOT_SHARE:
        return units_percent(to, v);
    case PLOT_COUNT:
        break;
    }
    return units_count(to, v);
}

void plot_words(const Plot *plot, const Curves *c, Text *to) {
    text_addf(to, "%s over the run.", plot->title);
    for (size_t i = 0; i < plot->line_count; i++) {
        const PlotLine *l = &plot->lines[i];
        double low = NAN, high = NAN;
        size_t at = 0;
        UnitsText a, b, t;
        for (size_t k = 0; k < c->count; k++) {
            double y = c->y[l->id][k];
            if (y > high || (isnan(high) && !isnan(y))) {
                high = y;
                at = k;
            }
            low = fmin(low, y);
        }
        if (isnan(high))
            continue;
        PlotUnit unit = l->is_right ? PLOT_COUNT : plot->unit;
        text_addf(to, " %s: from %s to %s, the most at %s.", l->label,
                  plot_value(a, unit, low), plot_value(b, unit, high),
                  units_clock(t, at * c->step_ns));
    }
}

/* --- as data ------------------------------------------------------------ */

/* Four digits are more than a chart shows. */
static json_t *short_number(double v) {
    if (!isfinite(v))
        return json_null();
    double scale = v == 0 ? 1 : pow(10, 3 - floor(log10(fabs(v))));
    v = round(v * scale) / scale;
    return v == floor(v) && fabs(v) < 1e15 ? json_integer((json_int_t)v)
                                           : json_real(v);
}

static json_t *curves_of(const Plots *p, const Curves *c) {
    json_t *all = json_object();
    for (size_t i = 0; i < p->count; i++)
        for (size_t k = 0; k < p->items[i].line_count; k++) {
            CurveId id = p->items[i].lines[k].id;
            json_t *y = json_array();
            for (size_t n = 0; n < c->count; n++)
                out_add(y, short_number(c->y[id][n]));
            out_put(all, curve_name(id), y);
        }
    return all;
}

static json_t *plot_of(const Plot *p) {
    static const char *const units[] = { "count", "ms", "share" };
    json_t *o = json_object(), *lines = json_array(), *limits = json_array();
    for (size_t i = 0; i < p->line_count; i++) {
        json_t *l = json_object();
        out_put(l, "curve", out_text(curve_name(p->lines[i].id)));
        out_put(l, "label", out_text(p->lines[i].label));
        out_put(l, "tone", out_text(p->lines[i].tone));
        out_put(l, "right", json_boolean(p->lines[i].is_right));
        out_put(l, "dashed", json_boolean(p->lines[i].is_dashed));
        out_add(lines, l);
    }
    for (size_t i = 0; i < p->limit_count; i++) {
        json_t *l = json_object();
        out_put(l, "value", out_number(p->limits[i].value));
        out_put(l, "text", out_text(p->limits[i].text));
        out_put(l, "tone", out_text(p->limits[i].tone));
        out_add(limits, l);
    }
    out_put(o, "id", out_text(p->id));
    out_put(o, "unit", out_text(units[p->unit]));
    out_put(o, "log", json_boolean(p->is_log));
    out_put(o, "lines", lines);
    out_put(o, "limits", limits);
    return o;
}

static json_t *marks_of(const PlotMark *marks, size_t count) {
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *o = json_object();
        out_put(o, "from", out_number((double)marks[i].from_ns / 1e9));
        out_put(o, "to", marks[i].to_ns
                             ? out_number((double)marks[i].to_ns / 1e9)
                             : json_null());
        out_put(o, "kind", out_text(marks[i].kind));
        out_put(o, "text", out_text(marks[i].text));
        out_add(all, o);
    }
    return all;
}

/* A column is a text, a letter for each row: 0 is none, a the least. */
static json_t *heat_of(const HeatMap *h) {
    if (h->columns == 0)
        return json_null();
    json_t *o = json_object(), *columns = json_array(), *from = json_array();
    for (size_t i = 0; i < h->columns; i++) {
        char row[HEAT_ROWS + 1] = "";
        for (size_t k = 0; k < HEAT_ROWS; k++)
            row[k] = h->level[i][k] ? (char)('a' + h->level[i][k] - 1) : '0';
        out_add(columns, out_text(row));
    }
    for (size_t i = 0; i < HEAT_LEVELS; i++)
        out_add(from, short_number(h->from[i]));
    out_put(o, "step", out_number((double)h->step_ns / 1e9));
    out_put(o, "low_ms", out_number(pow(10, h->low - 6)));
    out_put(o, "high_ms", out_number(pow(10, h->high - 6)));
    out_put(o, "columns", columns);
    out_put(o, "from", from);
    out_put(o, "most", short_number(h->most));
    return o;
}

void plots_data(const Plots *p, const Curves *c, Text *to) {
    json_t *o = json_object(), *plots = json_array();
    for (size_t i = 0; i < p->count; i++)
        out_add(plots, plot_of(&p->items[i]));
    out_put(o, "step", out_number((double)c->step_ns / 1e9));
    out_put(o, "end", out_number((double)p->end_ns / 1e9));
    out_put(o, "count", out_count(c->count));
    out_put(o, "plots", plots);
    out_put(o, "curves", curves_of(p, c));
    out_put(o, "marks", marks_of(p->marks, p->mark_count));
    out_put(o, "stages", marks_of(p->stages, p->stage_count));
    out_put(o, "heat", heat_of(&p->heat));
    out_print(o, JSON_COMPACT, to);
}
