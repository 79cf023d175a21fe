/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* --- limits ------------------------------------------------------------- */

const ThresholdReading *limit_find(const Frame *f, MetricId metric,
                                   Method method, double q) {
    const Snapshot *s = f->scene->snapshot;
    for (size_t i = 0; i < s->threshold_count; i++) {
        const Threshold *t = s->thresholds[i].threshold;
        if (t->metric == metric && t->series == SERIES_ALL &&
            t->method == method && (method != METHOD_P || t->q == q))
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

typedef enum FigureId {
    FIGURE_LEVEL,
    FIGURE_RPS,
    FIGURE_P50,
    FIGURE_P90,
    FIGURE_P95,
    FIGURE_P99,
    FIGURE_MAX,
    FIGURE_ERRORS,
    FIGURE_CHECKS,
    FIGURE_COUNT
} FigureId;

/* In the order of the screen; the lowest rank is the last to go. */
static const struct {
    const char *label;
    Style style;
    int rank;
    FormatFn *format;
} figures[FIGURE_COUNT] = {
    [FIGURE_LEVEL] = { "VUs", STYLE_VUS, 5, units_count },
    [FIGURE_RPS] = { "req/s", STYLE_RPS, 2, units_count },
    [FIGURE_P50] = { "p50", STYLE_P50, 3, units_latency },
    [FIGURE_P90] = { "p90", STYLE_TEXT, 7, units_latency },
    [FIGURE_P95] = { "p95", STYLE_P95, 0, units_latency },
    [FIGURE_P99] = { "p99", STYLE_P99, 4, units_latency },
    [FIGURE_MAX] = { "max", STYLE_TEXT, 6, units_latency },
    [FIGURE_ERRORS] = { "errors", STYLE_ERRORS, 1, units_percent },
    [FIGURE_CHECKS] = { "checks", STYLE_OK, 8, units_percent },
};

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

static Figure figure_of(const Frame *f, FigureId id) {
    const Snapshot *s = f->scene->snapshot;
    const Reading *a = &s->now, *b = &s->run;
    MetricId time = METRIC_HTTP_REQ_DURATION;
    switch (id) {
    case FIGURE_LEVEL:
        return (Figure){ (double)s->active, (double)s->active_max, NULL };
    case FIGURE_RPS:
        return (Figure){ a->rps, b->rps,
                         limit_find(f, METRIC_HTTP_REQS, METHOD_RATE, 0) };
    case FIGURE_P50:
        return (Figure){ a->p50, b->p50, limit_find(f, time, METHOD_P, 0.5) };
    case FIGURE_P90:
        return (Figure){ a->p90, b->p90, limit_find(f, time, METHOD_P, 0.9) };
    case FIGURE_P95:
        return (Figure){ a->p95, b->p95, limit_find(f, time, METHOD_P, 0.95) };
    case FIGURE_P99:
        return (Figure){ a->p99, b->p99, limit_find(f, time, METHOD_P, 0.99) };
    case FIGURE_MAX:
        return (Figure){ a->max, b->max, limit_find(f, time, METHOD_MAX, 0) };
    case FIGURE_ERRORS:
        return (
            Figure){ a->error_rate, b->error_rate,
                     limit_find(f, METRIC_HTTP_REQ_FAILED, METHOD_RATE, 0) };
    case FIGURE_CHECKS:
        return (Figure){ NAN, check_share(s),
                         limit_find(f, METRIC_CHECKS, METHOD_RATE, 0) };
    case FIGURE_COUNT:
        break;
    }
    return (Figure){ NAN, NAN, NULL };
}

static bool figure_is_there(const Frame *f, FigureId id) {
    return id != FIGURE_CHECKS || f->scene->snapshot->totals->check_count > 0;
}

/* In the figure's own unit: "500ms", "1%", "100". */
static char *limit_text(FigureId id, const Threshold *t, UnitsText to) {
    if (figures[id].format == units_latency)
        return words_limit(to, t->limit);
    snprintf(to, UNITS_TEXT_MAX,
             figures[id].format == units_percent ? "%g%%" : "%g",
             figures[id].format == units_percent ? t->limit * 100 : t->limit);
    return to;
}

#define NOW_COL 15 /* behind the two figures */
#define RUN_COL 24
#define LIMIT_COL 26

static void figure_draw(const Frame *f, Rect r, int y, FigureId id) {
    Cells *c = f->cells;
    Figure x = figure_of(f, id);
    UnitsText now, run;
    cells_bold(c, y, r.x, figures[id].style, figures[id].label);
    if (id != FIGURE_CHECKS)
        cells_right(c, y, r.x + NOW_COL - 1, STYLE_BRIGHT,
                    figures[id].format(now, x.now));
    cells_right(c, y, r.x + RUN_COL - 1, STYLE_TEXT,
                figures[id].format(run, x.run));
    if (id == FIGURE_LEVEL)
        cells_text(c, y, r.x + LIMIT_COL, STYLE_DIM, "max");
    if (!x.limit)
        return;
    UnitsText limit;
    Sign sign = verdict_sign(f, x.limit->verdict);
    int at = cells_text(c, y, r.x + LIMIT_COL, sign.style, sign.text);
    cells_text(c, y, at + 1, sign.style,
               limit_text(id, x.limit->threshold, limit));
}

/* --- the last minute as a line of bars ---------------------------------- */

#define SPARK_COL 36
#define SPARK_SECONDS 60
#define SPARK_MIN 15 /* columns */

/* What a figure was in a second; false: it has no such history. */
static bool second_value(const CellSample *s, FigureId id, double *to) {
    switch (id) {
    case FIGURE_LEVEL:
        *to = s->active;
        return true;
    case FIGURE_RPS:
        *to = s->rps;
        return true;
    case FIGURE_P50:
        *to = s->p50;
        return true;
    case FIGURE_P95:
        *to = s->p95;
        return true;
    case FIGURE_P99:
        *to = s->p99;
        return true;
    case FIGURE_ERRORS:
        *to = s->error_rate;
        return true;
    case FIGURE_P90:
    case FIGURE_MAX:
    case FIGURE_CHECKS:
    case FIGURE_COUNT:
        break;
    }
    return false;
}

/* Columns of the sparklines; each is a whole number of seconds. */
static int spark_cols(Rect r) {
    int room = r.cols - SPARK_COL;
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
    static const char ascii[] = "_.-:=+*#";
    double values[SPARK_SECONDS], most = 0;
    int cols = spark_cols(r);
    if (!cols || !spark_read(f, id, cols, values))
        return;
    for (int i = 0; i < cols; i++)
        most = fmax(most, values[i]);
    for (int i = 0; i < cols; i++) {
        if (isnan(values[i]))
            continue;
        double share = most > 0 ? values[i] / most : 0;
        unsigned step = (unsigned)lround(share * 7);
        uint32_t rune = f->glyphs == GLYPHS_ASCII ? (unsigned char)ascii[step]
                                                  : 0x2581 + step;
        cells_rune(f->cells, y, r.x + SPARK_COL + i,
                   values[i] > 0 ? figures[id].style : STYLE_LINE, rune);
    }
}

/* Which figures have room: all whose rank is below the result. */
static int rank_that_fits(const Frame *f, int rows) {
    int there = 0;
    for (int rank = 0; rank < FIGURE_COUNT; rank++)
        for (int id = 0; id < FIGURE_COUNT; id++)
            if (figures[id].rank == rank && figure_is_there(f, (FigureId)id) &&
                ++there > rows)
                return rank;
    return FIGURE_COUNT;
}

static void numbers_inside(const Frame *f, Rect r) {
    Cells *c = f->cells;
    int below = rank_that_fits(f, r.rows - 1), y = r.y;
    if (figures[FIGURE_LEVEL].rank >= below) {
        UnitsText level;
        cells_bold(c, y, r.x, STYLE_VUS, "VUs");
        cells_text(c, y, r.x + 4, STYLE_BRIGHT,
                   units_count(level, (double)f->scene->snapshot->active));
    }
    cells_right(c, y, r.x + NOW_COL - 1, STYLE_DIM, "now");
    cells_right(c, y, r.x + RUN_COL - 1, STYLE_DIM, "run");
    cells_text(c, y, r.x + LIMIT_COL, STYLE_DIM, "limit");
    if (spark_cols(r))
        cells_text(c, y, r.x + SPARK_COL, STYLE_DIM, "last minute");
    for (int id = 0; id < FIGURE_COUNT; id++)
        if (figures[id].rank < below && figure_is_there(f, (FigureId)id)) {
            figure_draw(f, r, ++y, (FigureId)id);
            spark_draw(f, r, y, (FigureId)id);
        }
}

int numbers_rows(const Frame *f) {
    return 2 + FIGURE_COUNT + (figure_is_there(f, FIGURE_CHECKS) ? 1 : 0);
}

/* All limits in a few words. */
static Sign limits_summary(const Frame *f, char to[64]) {
    const Snapshot *s = f->scene->snapshot;
    size_t count = s->threshold_count, broken = 0;
    for (size_t i = 0; i < count; i++)
        broken += s->thresholds[i].verdict == VERDICT_BROKEN;
    if (broken)
        snprintf(to, 64, "%zu of %zu limits broken", broken, count);
    else if (count == 1)
        snprintf(to, 64, "no limit broken");
    else
        snprintf(to, 64, count ? "none of %zu limits broken" : "", count);
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

/* --- limits that the numbers do not show -------------------------------- */

static bool is_in_numbers(const Frame *f, const ThresholdReading *t) {
    for (int id = 0; id < FIGURE_COUNT; id++)
        if (figure_of(f, (FigureId)id).limit == t)
            return true;
    return false;
}

static int limits_not_shown(const Frame *f, bool is_broken) {
    const Snapshot *s = f->scene->snapshot;
    int rows = 0;
    for (size_t i = 0; i < s->threshold_count; i++)
        rows += !is_in_numbers(f, &s->thresholds[i]) &&
                (s->thresholds[i].verdict == VERDICT_BROKEN) == is_broken;
    return rows;
}

int limits_broken_rows(const Frame *f) {
    int rows = limits_not_shown(f, true);
    return rows ? rows + limits_not_shown(f, false) + 2 : 0;
}

int limits_held_rows(const Frame *f) {
    int rows = limits_not_shown(f, false);
    return rows && !limits_not_shown(f, true) ? rows + 2 : 0;
}

static void limit_value(const ThresholdReading *t, char to[32]) {
    const MetricInfo *m = &metric_info[t->threshold->metric];
    if (isnan(t->value))
        snprintf(to, 32, "-");
    else if (strcmp(m->contains, "time") == 0)
        words_latency(to, t->value * 1e6);
    else if (m->kind == METRIC_RATE)
        snprintf(to, 32, "%.4g%%", t->value * 100);
    else
        units_count(to, t->value);
}

/* The broken first: what does not fit is what holds. */
void limits_draw(const Frame *f, Rect r) {
    const Snapshot *s = f->scene->snapshot;
    Rect in = frame_box(f, r, "limits", NULL);
    int y = in.y;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < s->threshold_count; i++) {
            const ThresholdReading *t = &s->thresholds[i];
            bool is_broken = t->verdict == VERDICT_BROKEN;
            if (is_broken != (pass == 0) || is_in_numbers(f, t) ||
                y >= in.y + in.rows)
                continue;
            char value[32], text[256];
            limit_value(t, value);
            snprintf(text, sizeof text, "%s %s", t->threshold->key,
                     t->threshold->text);
            Sign sign = verdict_sign(f, t->verdict);
            int x = cells_text(f->cells, y, in.x, sign.style, sign.text) + 1;
            int room = in.x + in.cols - x - cells_width(value) - 1;
            words_cut(f->cells, y, x, room, STYLE_TEXT, text, f->glyphs);
            cells_right(f->cells, y, in.x + in.cols - 1, sign.style, value);
            y++;
        }
}

/* --- requests ----------------------------------------------------------- */

/* Columns in the order of the screen; the lowest rank is the last to go. */
static const struct {
    const char *head;
    int cols, rank;
    FormatFn *format;
    size_t at; /* in Reading */
} columns[] = {
    { "rps", 7, 2, units_count, offsetof(Reading, rps) },
    { "p50", 9, 4, units_latency, offsetof(Reading, p50) },
    { "p95", 9, 0, units_latency, offsetof(Reading, p95) },
    { "p99", 9, 3, units_latency, offsetof(Reading, p99) },
    { "max", 9, 5, units_latency, offsetof(Reading, max) },
    { "err", 7, 1, units_percent, offsetof(Reading, error_rate) },
};
#define COLUMNS ((int)(sizeof columns / sizeof *columns))
#define NAME_MIN 10

static double column_value(const Reading *r, int column) {
    double v;
    memcpy(&v, (const char *)r + columns[column].at, sizeof v);
    return v;
}

static int compare_p95(const void *a, const void *b) {
    const SeriesReading *const *x = a, *const *y = b;
    double p = isnan((*x)->now.p95) ? -1 : (*x)->now.p95;
    double q = isnan((*y)->now.p95) ? -1 : (*y)->now.p95;
    if (p != q)
        return p < q ? 1 : -1;
    return *x < *y ? -1 : *x > *y;
}

/* Which columns have room beside a name; returns the name's width. */
static int columns_that_fit(int cols, bool shown[COLUMNS]) {
    int name = cols;
    memset(shown, 0, COLUMNS * sizeof *shown);
    for (int rank = 0; rank < COLUMNS; rank++)
        for (int i = 0; i < COLUMNS; i++)
            if (columns[i].rank == rank) {
                if (name - columns[i].cols < NAME_MIN)
                    return name;
                shown[i] = true;
                name -= columns[i].cols;
            }
    return name;
}

static void request_draw(const Frame *f, int y, int x, int name_cols,
                         const bool *shown, const SeriesReading *q) {
    Cells *c = f->cells;
    words_cut(c, y, x, name_cols - 1, STYLE_TEXT, q->name, f->glyphs);
    x += name_cols;
    for (int i = 0; i < COLUMNS; i++) {
        if (!shown[i])
            continue;
        x += columns[i].cols;
        UnitsText text;
        double v = column_value(&q->now, i);
        bool is_error = columns[i].format == units_percent && v > 0;
        cells_right(c, y, x - 1, is_error ? STYLE_ERRORS : STYLE_TEXT,
                    columns[i].format(text, v));
    }
}

/* In the profile's order while all fit; else the slowest. */
static void requests_inside(const Frame *f, Rect r, const char *head) {
    const Snapshot *s = f->scene->snapshot;
    size_t count = s->series_count;
    if (r.rows < 1 || r.cols < NAME_MIN)
        return;
    bool shown[COLUMNS];
    int name = columns_that_fit(r.cols, shown), x = r.x + name;
    words_cut(f->cells, r.y, r.x, name - 1, STYLE_DIM, head, f->glyphs);
    for (int i = 0; i < COLUMNS; i++)
        if (shown[i]) {
            x += columns[i].cols;
            cells_right(f->cells, r.y, x - 1, STYLE_DIM, columns[i].head);
        }
    const SeriesReading **list = mem_alloc(count, sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = &s->series[i];
    if (count > (size_t)(r.rows - 1))
        qsort(list, count, sizeof *list, compare_p95);
    for (size_t i = 0; i < count && (int)i < r.rows - 1; i++)
        request_draw(f, r.y + 1 + (int)i, r.x, name, shown, list[i]);
    free(list);
}

int requests_rows(const Frame *f) {
    size_t n = f->scene->snapshot->series_count;
    return n ? (n < 1000 ? (int)n : 1000) + 3 : 0;
}

void requests_draw(const Frame *f, Rect r) {
    size_t count = f->scene->snapshot->series_count;
    char note[64] = "last 10 s";
    if (r.rows - 3 < (int)count)
        snprintf(note, sizeof note, "slowest %d of %zu",
                 r.rows > 3 ? r.rows - 3 : 0, count);
    Rect in = frame_box(f, r, "requests", note);
    requests_inside(f, in, "name");
}

/* --- the narrow screen -------------------------------------------------- */

#define FIGURES_COLS 40

static void health_line(const Frame *f, Rect r, int y) {
    const Health *h = &f->scene->snapshot->health;
    UnitsText busy, lag;
    cells_textf(f->cells, y, r.x, h->is_bound ? STYLE_BAD : STYLE_DIM,
                "generator %s busy, lag %s", units_percent(busy, h->busy),
                units_latency(lag, (double)h->lag_ns));
}

void figures_draw(const Frame *f, Rect r) {
    Rect old = f->cells->clip;
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
    health_line(f, right, last);
    right.rows -= 2;
    requests_inside(f, right, "request");
    f->cells->clip = old;
}
