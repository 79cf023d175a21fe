/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* --- limits ------------------------------------------------------------- */

/* Of all requests, or of the frame's series alone. */
static bool is_of_frame(const Frame *f, const Selection *of) {
    if (f->series == SIZE_MAX)
        return !of;
    return of && of->part == PART_ALL && of->count == 1 && of->series[0] == f->series;
}

const ThresholdReading *limit_find(const Frame *f, MetricId metric,
                                   Method method, double q) {
    const Snapshot *s = f->scene->snapshot;
    for (size_t i = 0; i < s->threshold_count; i++) {
        const Threshold *t = s->thresholds[i].threshold;
        const Condition *c = &t->condition;
        if (c->metric.id == metric && is_of_frame(f, c->of) &&
            c->method == method &&
            (method != METHOD_P || c->q == q))
            return &s->thresholds[i];
    }
    return NULL;
}

typedef struct Sign {
    Style style;
    const char *text;
} Sign;

static Sign verdict_sign(const Frame *f, Verdict v) {
    switch (v) {
    case VERDICT_HOLDS:
        return (Sign){ STYLE_OK, glyph_text(f->glyphs, GLYPH_OK) };
    case VERDICT_BROKEN:
        return (Sign){ STYLE_BAD, glyph_text(f->glyphs, GLYPH_BAD) };
    case VERDICT_UNDECIDED:
        break;
    }
    return (Sign){ STYLE_DIM, "?" };
}

/* --- the numbers -------------------------------------------------------- */

typedef char *FormatFn(UnitsText to, double value);

static char *per_second(UnitsText to, double value) {
    UnitsText n;
    snprintf(to, UNITS_TEXT_MAX, isnan(value) ? "%.28s" : "%.28s/s",
             units_count(n, value));
    return to;
}

typedef enum FigureId {
    FIGURE_STARTED,
    FIGURE_DROPPED,
    FIGURE_LEVEL,
    FIGURE_RPS,
    FIGURE_RESPONSE_P50,
    FIGURE_RESPONSE_P95,
    FIGURE_RESPONSE_P99,
    FIGURE_RESPONSE_MAX,
    FIGURE_P50,
    FIGURE_P90,
    FIGURE_P95,
    FIGURE_P99,
    FIGURE_MAX,
    FIGURE_ERRORS,
    FIGURE_CHECKS,
    FIGURE_COUNT
} FigureId;

#define NOT_THERE FIGURE_COUNT

/* In the order of the screen; the lowest rank is the last to go. In the open
 * model response times come first, they are what users wait. */
static const struct {
    const char *label, *open_label;
    Style style, open_style;
    int rank, open_rank;
    FormatFn *format;
} figures[FIGURE_COUNT] = {
    [FIGURE_STARTED] = { "", "started", STYLE_VUS, STYLE_VUS, NOT_THERE, 2,
                         per_second },
    [FIGURE_DROPPED] = { "", "dropped", STYLE_TEXT, STYLE_TEXT, NOT_THERE, 1,
                         per_second },
    [FIGURE_LEVEL] = { "VUs", "VUs busy", STYLE_VUS, STYLE_TEXT, 5, 5,
                       units_count },
    [FIGURE_RPS] = { "req/s", "req/s", STYLE_RPS, STYLE_RPS, 2, 8,
                     units_count },
    [FIGURE_RESPONSE_P50] = { "", "resp p50", STYLE_P50, STYLE_P50, NOT_THERE,
                              6, units_latency },
    [FIGURE_RESPONSE_P95] = { "resp95", "resp p95", STYLE_TEXT, STYLE_P95, 9, 0,
                              units_latency },
    [FIGURE_RESPONSE_P99] = { "", "resp p99", STYLE_P99, STYLE_P99, NOT_THERE,
                              7, units_latency },
    [FIGURE_RESPONSE_MAX] = { "", "resp max", STYLE_TEXT, STYLE_TEXT, NOT_THERE,
                              9, units_latency },
    [FIGURE_P50] = { "p50", "svc p50", STYLE_P50, STYLE_TEXT, 3, 11,
                     units_latency },
    [FIGURE_P90] = { "p90", "", STYLE_TEXT, STYLE_TEXT, 7, NOT_THERE,
                     units_latency },
    [FIGURE_P95] = { "p95", "svc p95", STYLE_P95, STYLE_TEXT, 0, 4,
                     units_latency },
    [FIGURE_P99] = { "p99", "svc p99", STYLE_P99, STYLE_TEXT, 4, 10,
                     units_latency },
    [FIGURE_MAX] = { "max", "", STYLE_TEXT, STYLE_TEXT, 6, NOT_THERE,
                     units_latency },
    [FIGURE_ERRORS] = { "errors", "errors", STYLE_ERRORS, STYLE_ERRORS, 1, 3,
                        units_percent },
    [FIGURE_CHECKS] = { "checks", "checks", STYLE_OK, STYLE_OK, 8, 12,
                        units_percent },
};

static bool is_open(const Frame *f) {
    return f->scene->snapshot->is_open;
}

/* Are there VUs beside those of arrival rates? */
static bool is_mixed(const Frame *f) {
    return is_open(f) && wheel_is_mixed(f->scene->wheel);
}

static const char *figure_label(const Frame *f, FigureId id) {
    if (id == FIGURE_LEVEL && is_mixed(f))
        return "VUs";
    return is_open(f) ? figures[id].open_label : figures[id].label;
}

/* What the arrival rates together were to start, per second of the window. */
static double planned_arrivals(const Frame *f) {
    const Snapshot *s = f->scene->snapshot;
    const Wheel *w = f->scene->wheel;
    double rate = 0;
    for (size_t i = 0; i < w->plan_count; i++)
        if (w->plans[i].unit == PLAN_RATE &&
            (w->plan_count == 1 || !plan_is_over(&w->plans[i])))
            rate += plan_mean(&w->plans[i], s->now_ns, s->now.seconds);
    return rate;
}

static int figure_rank(const Frame *f, FigureId id) {
    return is_open(f) ? figures[id].open_rank : figures[id].rank;
}

static Style figure_style(const Frame *f, FigureId id) {
    return is_open(f) ? figures[id].open_style : figures[id].style;
}

typedef struct Figure {
    double now, run;
    const ThresholdReading *limit;
} Figure;

static double check_share(const Snapshot *s) {
    uint64_t passed = 0, failed = 0;
    for (size_t i = 0; i < s->totals->check_count; i++) {
        passed += s->totals->checks[i].passed;
        failed += s->totals->checks[i].failed;
    }
    uint64_t all = passed + failed;
    return all ? (double)passed / (double)all : NAN;
}

/* The latencies of both kinds: where they stand, and how a limit asks. */
static const struct {
    FigureId id;
    size_t at; /* in Reading */
    bool is_response;
    Method method;
    double q;
} latencies[] = {
    { FIGURE_RESPONSE_P50, offsetof(Reading, p50), true, METHOD_P, 0.50 },
    { FIGURE_RESPONSE_P95, offsetof(Reading, p95), true, METHOD_P, 0.95 },
    { FIGURE_RESPONSE_P99, offsetof(Reading, p99), true, METHOD_P, 0.99 },
    { FIGURE_RESPONSE_MAX, offsetof(Reading, max), true, METHOD_MAX, 0 },
    { FIGURE_P50, offsetof(Reading, p50), false, METHOD_P, 0.50 },
    { FIGURE_P90, offsetof(Reading, p90), false, METHOD_P, 0.90 },
    { FIGURE_P95, offsetof(Reading, p95), false, METHOD_P, 0.95 },
    { FIGURE_P99, offsetof(Reading, p99), false, METHOD_P, 0.99 },
    { FIGURE_MAX, offsetof(Reading, max), false, METHOD_MAX, 0 },
};
#define LATENCIES (sizeof latencies / sizeof *latencies)

double reading_at(const Reading *r, size_t at) {
    double v;
    memcpy(&v, (const char *)r + at, sizeof v);
    return v;
}

static Figure latency_figure(const Frame *f, FigureId id) {
    const Snapshot *s = f->scene->snapshot;
    for (size_t i = 0; i < LATENCIES; i++) {
        if (latencies[i].id != id)
            continue;
        bool response = latencies[i].is_response;
        return (Figure){
            reading_at(response ? &s->response_now : &s->now, latencies[i].at),
            reading_at(response ? &s->response_run : &s->run, latencies[i].at),
            limit_find(
                f, response ? METRIC_RESPONSE_TIME : METRIC_HTTP_REQ_DURATION,
                latencies[i].method, latencies[i].q),
        };
    }
    return (Figure){ NAN, NAN, NULL };
}

/* Iterations per second of the whole run. */
static double per_run(const Snapshot *s, uint64_t n) {
    return s->now_ns ? (double)n / ((double)s->now_ns / 1e9) : NAN;
}

static Figure figure_of(const Frame *f, FigureId id) {
    const Snapshot *s = f->scene->snapshot;
    const Reading *a = &s->now, *b = &s->run;
    const ThresholdReading *limit;
    switch (id) {
    case FIGURE_STARTED:
        return (Figure){ s->arrivals_per_s, per_run(s, s->totals->arrivals),
                         NULL };
    case FIGURE_DROPPED:
        limit = limit_find(f, METRIC_DROPPED_ITERATIONS, METHOD_RATE, 0);
        return (Figure){ s->dropped_per_s, per_run(s, s->totals->dropped),
                         limit };
    case FIGURE_LEVEL:
        return (Figure){ (double)s->active, (double)s->active_max, NULL };
    case FIGURE_RPS:
        return (Figure){ a->rps, b->rps,
                         limit_find(f, METRIC_HTTP_REQS, METHOD_RATE, 0) };
    case FIGURE_ERRORS:
        return (
            Figure){ a->error_rate, b->error_rate,
                     limit_find(f, METRIC_HTTP_REQ_FAILED, METHOD_RATE, 0) };
    case FIGURE_CHECKS:
        return (Figure){ NAN, check_share(s),
                         limit_find(f, METRIC_CHECKS, METHOD_RATE, 0) };
    case FIGURE_RESPONSE_P50:
    case FIGURE_RESPONSE_P95:
    case FIGURE_RESPONSE_P99:
    case FIGURE_RESPONSE_MAX:
    case FIGURE_P50:
    case FIGURE_P90:
    case FIGURE_P95:
    case FIGURE_P99:
    case FIGURE_MAX:
        return latency_figure(f, id);
    case FIGURE_COUNT:
        break;
    }
    return (Figure){ NAN, NAN, NULL };
}

/* --- at the cursor ------------------------------------------------------ */

/* A figure of the moment that is looked at, NAN: it is not known. */
static double figure_at(const Measured *m, FigureId id) {
    if (look_is_empty(m->cells))
        return NAN;
    for (size_t i = 0; i < LATENCIES; i++)
        if (latencies[i].id == id)
            return reading_at(latencies[i].is_response ? &m->response
                                                       : &m->service,
                              latencies[i].at);
    return id == FIGURE_STARTED   ? m->sample.arrivals_per_s
           : id == FIGURE_DROPPED ? m->sample.dropped_per_s
           : id == FIGURE_LEVEL   ? m->sample.active
           : id == FIGURE_RPS     ? m->service.rps
           : id == FIGURE_ERRORS  ? m->service.error_rate
                                  : NAN;
}

/* In place of now the cursor's moment; in place of the run the same moment of
 * the earlier one. */
static Figure figure_shown(const Frame *f, FigureId id) {
    const ViewState *v = f->scene->view;
    Figure x = figure_of(f, id);
    if (f->cursor.col < 0)
        return x;
    x.now = figure_at(&v->at_cursor, id);
    if (f->scene->earlier)
        x.run = figure_at(&v->earlier_at_cursor, id);
    return x;
}

static bool figure_is_there(const Frame *f, FigureId id) {
    const Snapshot *s = f->scene->snapshot;
    if (figure_rank(f, id) == NOT_THERE)
        return false;
    if (id == FIGURE_RESPONSE_P95)
        return snapshot_shows_response(s);
    return id != FIGURE_CHECKS || s->totals->check_count > 0;
}

/* In the figure's own unit: "500ms", "1%", "100". */
static char *limit_text(FigureId id, const Threshold *t, UnitsText to) {
    double limit = t->condition.limit;
    bool is_percent = figures[id].format == units_percent;
    if (figures[id].format == units_latency)
        return words_limit(to, limit);
    snprintf(to, UNITS_TEXT_MAX, is_percent ? "%g%%" : "%g",
             is_percent ? limit * 100 : limit);
    return to;
}

/* Where the figures end, and the rest begins: labels of the open model are
 * longer. */
typedef struct NumberCols {
    int now, run, limit, spark;
} NumberCols;

static NumberCols number_cols(const Frame *f) {
    static const NumberCols closed = { 15, 24, 26, 36 };
    static const NumberCols open = { 17, 26, 27, 37 };
    return is_open(f) ? open : closed;
}

/* What a figure without a limit is held against. */
static void beside_draw(const Frame *f, int y, int x, FigureId id) {
    const Scene *s = f->scene;
    UnitsText t;
    if (id == FIGURE_LEVEL && is_open(f) && !is_mixed(f))
        cells_textf(f->cells, y, x, STYLE_DIM, "of %s",
                    words_brief(t, (double)s->info->max_vus));
    else if (id == FIGURE_LEVEL)
        cells_text(f->cells, y, x, STYLE_DIM, "max");
    else if (id == FIGURE_STARTED && s->snapshot->state != RUN_DONE)
        cells_textf(f->cells, y, x, STYLE_PLAN, "of %s",
                    words_brief(t, planned_arrivals(f)));
}

static Style value_style(FigureId id, double value, Style otherwise) {
    return id == FIGURE_DROPPED && value > 0 ? STYLE_BAD : otherwise;
}

static void figure_draw(const Frame *f, Rect r, int y, FigureId id) {
    Cells *c = f->cells;
    Figure x = figure_shown(f, id);
    NumberCols cols = number_cols(f);
    bool is_other = f->cursor.col >= 0 && f->scene->earlier;
    UnitsText now, run;
    cells_bold(c, y, r.x, value_style(id, x.now, figure_style(f, id)),
               figure_label(f, id));
    if (id != FIGURE_CHECKS)
        cells_right(c, y, r.x + cols.now - 1,
                    value_style(id, x.now, STYLE_BRIGHT),
                    figures[id].format(now, x.now));
    cells_right(c, y, r.x + cols.run - 1,
                is_other ? STYLE_EARLIER : value_style(id, x.run, STYLE_TEXT),
                figures[id].format(run, x.run));
    if (f->cursor.col < 0)
        beside_draw(f, y, r.x + cols.limit, id);
    if (!x.limit)
        return;
    UnitsText limit;
    Sign sign = verdict_sign(f, x.limit->verdict);
    int at = cells_text(c, y, r.x + cols.limit, sign.style, sign.text);
    cells_text(c, y, at + 1, sign.style,
               limit_text(id, x.limit->threshold, limit));
}

/* --- the last minute as a line of bars ---------------------------------- */

#define SPARK_SECONDS 60
#define SPARK_MIN 15 /* columns */

/* What a figure was in a second; false: it has no such history. */
static bool second_value(const CellSample *s, FigureId id, double *to) {
    static const struct {
        FigureId id;
        size_t at;
    } known[] = {
        { FIGURE_STARTED, offsetof(CellSample, arrivals_per_s) },
        { FIGURE_DROPPED, offsetof(CellSample, dropped_per_s) },
        { FIGURE_LEVEL, offsetof(CellSample, active) },
        { FIGURE_RPS, offsetof(CellSample, rps) },
        { FIGURE_RESPONSE_P50, offsetof(CellSample, response_p50) },
        { FIGURE_RESPONSE_P95, offsetof(CellSample, response_p95) },
        { FIGURE_RESPONSE_P99, offsetof(CellSample, response_p99) },
        { FIGURE_P50, offsetof(CellSample, p50) },
        { FIGURE_P95, offsetof(CellSample, p95) },
        { FIGURE_P99, offsetof(CellSample, p99) },
        { FIGURE_ERRORS, offsetof(CellSample, error_rate) },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].id == id) {
            memcpy(to, (const char *)s + known[i].at, sizeof *to);
            return true;
        }
    return false;
}

/* Columns of the sparklines; each is a whole number of seconds. */
static int spark_cols(const Frame *f, Rect r) {
    int room = r.cols - number_cols(f).spark;
    int cols = SPARK_SECONDS;
    while (cols > room && cols > 1)
        cols /= 2;
    return cols < SPARK_MIN ? 0 : cols;
}

/* Whole columns of the clock, so that bars move and do not change. */
static int spark_read(const Frame *f, FigureId id, int cols, double *values) {
    const Snapshot *s = f->scene->snapshot;
    uint64_t each = SPARK_SECONDS / (uint64_t)cols * NS_PER_S;
    uint64_t end = s->now_ns / each;
    int found = 0;
    for (int i = 0; i < cols; i++) {
        uint64_t back = (uint64_t)(cols - i);
        CellSample c;
        values[i] = NAN;
        if (end < back ||
            !timeline_sample(s->timeline, (end - back) * each,
                             (end - back + 1) * each, SIZE_MAX, &c))
            continue;
        if (second_value(&c, id, &values[i]) && !isnan(values[i]))
            found++;
    }
    return found;
}

static void spark_draw(const Frame *f, Rect r, int y, FigureId id) {
    double values[SPARK_SECONDS], most = 0;
    int cols = spark_cols(f, r);
    if (!cols || !spark_read(f, id, cols, values))
        return;
    for (int i = 0; i < cols; i++)
        most = fmax(most, values[i]);
    for (int i = 0; i < cols; i++) {
        if (isnan(values[i]))
            continue;
        double share = most > 0 ? values[i] / most : 0;
        Style style = value_style(id, values[i], figure_style(f, id));
        cells_rune(f->cells, y, r.x + number_cols(f).spark + i,
                   values[i] > 0 ? style : STYLE_LINE,
                   glyph_level(f->glyphs, share));
    }
}

/* Which figures have room: all whose rank is below the result. */
static int rank_that_fits(const Frame *f, int rows) {
    int there = 0;
    for (int rank = 0; rank < FIGURE_COUNT; rank++)
        for (int id = 0; id < FIGURE_COUNT; id++)
            if (figure_is_there(f, (FigureId)id) &&
                figure_rank(f, (FigureId)id) == rank && ++there > rows)
                return rank;
    return FIGURE_COUNT;
}

static void numbers_inside(const Frame *f, Rect r) {
    Cells *c = f->cells;
    NumberCols cols = number_cols(f);
    int below = rank_that_fits(f, r.rows - 1), y = r.y;
    bool is_back = f->cursor.col >= 0;
    if (figure_rank(f, FIGURE_LEVEL) >= below) {
        UnitsText level;
        cells_bold(c, y, r.x, STYLE_VUS, "VUs");
        cells_text(c, y, r.x + 4, STYLE_BRIGHT,
                   units_count(level, figure_shown(f, FIGURE_LEVEL).now));
    }
    UnitsText at;
    units_clock(at, look_clock_ns(f->cursor.column));
    cells_right(c, y, r.x + cols.now - 1, is_back ? STYLE_HAND : STYLE_DIM,
                is_back ? at : "now");
    cells_right(c, y, r.x + cols.run - 1, STYLE_DIM,
                is_back && f->scene->earlier ? "earlier" : "run");
    cells_text(c, y, r.x + cols.limit, STYLE_DIM, "limit");
    if (spark_cols(f, r))
        cells_text(c, y, r.x + cols.spark, STYLE_DIM, "last minute");
    for (int id = 0; id < FIGURE_COUNT; id++)
        if (figure_is_there(f, (FigureId)id) &&
            figure_rank(f, (FigureId)id) < below) {
            figure_draw(f, r, ++y, (FigureId)id);
            spark_draw(f, r, y, (FigureId)id);
        }
}

bool numbers_show(const Frame *f, const ThresholdReading *t) {
    for (int id = 0; id < FIGURE_COUNT; id++)
        if (figure_is_there(f, (FigureId)id) &&
            figure_of(f, (FigureId)id).limit == t)
            return true;
    return false;
}

int numbers_rows(const Frame *f) {
    int there = 0;
    for (int id = 0; id < FIGURE_COUNT; id++)
        there += figure_is_there(f, (FigureId)id);
    return there + 3; /* the heading and the frame */
}

/* All limits in a few words. */
static Sign limits_summary(const Frame *f, char to[64]) {
    const Snapshot *s = f->scene->snapshot;
    size_t count = s->threshold_count, broken = 0;
    for (size_t i = 0; i < count; i++)
        broken += s->thresholds[i].verdict == VERDICT_BROKEN;
    if (broken)
        snprintf(to, 64, "%zu of %zu limits broken", broken, count);
    else if (count > 1)
        snprintf(to, 64, "none of %zu limits broken", count);
    else
        snprintf(to, 64, "%s", count ? "no limit broken" : "");
    return broken ? verdict_sign(f, VERDICT_BROKEN)
                  : verdict_sign(f, VERDICT_HOLDS);
}

void numbers_draw(const Frame *f, Rect r) {
    char note[64];
    Sign sign = limits_summary(f, note);
    Rect in = frame_box(f, r, "numbers", note);
    if (sign.style == STYLE_BAD)
        cells_rightf(f->cells, r.y, r.x + r.cols - 3, STYLE_BAD, " %s ", note);
    numbers_inside(f, in);
}

/* --- the narrow screen -------------------------------------------------- */

#define FIGURES_COLS 40

void figures_draw(const Frame *f, Rect r) {
    Rect old = f->cells->clip;
    if (interval_is_line(f) && r.rows > 2) {
        r.rows--;
        interval_line(f, (Rect){ r.y + r.rows, r.x + 1, 1, r.cols - 2 });
    }
    /* no wider, so that no sparkline runs into the requests */
    numbers_inside(f, (Rect){ r.y, r.x + 1, r.rows, FIGURES_COLS });
    Rect right = { r.y, r.x + FIGURES_COLS + 2, r.rows,
                   r.cols - FIGURES_COLS - 3 };
    if (r.cols < FIGURES_BESIDE)
        return;
    cells_clip(f->cells, right);
    int last = r.y + r.rows - 1;
    char summary[64];
    Sign sign = limits_summary(f, summary);
    if (*summary)
        cells_textf(f->cells, last - 1, right.x, sign.style, "%s %s", sign.text,
                    summary);
    health_line(f, last, right.x, right.cols);
    right.rows -= 2;
    requests_list(f, right, "request");
    f->cells->clip = old;
}
