/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of requests, and all about one of them: below it where there is
 * room, or open. */
#include "ui/view.h"

#include <math.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/panels.h"
#include "ui/table.h"
#include "ui/view_request.h"
#include "ui/words.h"

#define SPARK_DOTS_MAX 80
#define SPARK_COLS 10
/* Below this the preview says nothing that the table does not. */
#define PREVIEW_ROWS_MIN 11
#define TABLE_ROWS_MIN 9

/* --- columns ------------------------------------------------------------ */

/* Twice, of the last 10 s and of the whole run; the lowest rank is the last
 * to go, that of those that stand first or second. */
static const struct {
    const char *title;
    int cols, first, second;
    size_t at; /* in Reading */
    char *(*print)(UnitsText to, double value);
} figures[] = {
    { "req/s", 6, 2, 14, offsetof(Reading, rps), units_count },
    { "p50", 6, 6, 13, offsetof(Reading, p50), words_latency },
    { "p90", 6, 11, 17, offsetof(Reading, p90), words_latency },
    { "p95", 6, 1, 8, offsetof(Reading, p95), words_latency },
    { "p99", 6, 5, 12, offsetof(Reading, p99), words_latency },
    { "max", 6, 9, 16, offsetof(Reading, max), words_latency },
    { "failed", 7, 3, 10, offsetof(Reading, error_rate), units_percent },
    { "bytes/s", 7, 15, 18, offsetof(Reading, bytes_in_per_s), units_bytes },
};
#define FIGURES ((int)(sizeof figures / sizeof *figures))

enum {
    ID_NAME,
    ID_NOW,                       /* the first figure of the last 10 s */
    ID_COUNT = ID_NOW + FIGURES,  /* requests of the run */
    ID_RUN,                       /* the first figure of the run */
    ID_COURSE = ID_RUN + FIGURES, /* cannot be sorted by */
};
_Static_assert(REQUESTS_COLUMNS == ID_COURSE, "all but the course sort");
_Static_assert(REQUESTS_SORT == ID_NOW + 3, "p95 of the last 10 s");

static int add_figures(TableColumn *to, bool is_run, bool is_first) {
    const char *group = is_run ? "run" : "now: last 10 s";
    int n = 0;
    if (is_run)
        to[n++] = (TableColumn){ .id = ID_COUNT,
                                 .title = "count",
                                 .group = group,
                                 .cols = 7,
                                 .rank = is_first ? 4 : 7,
                                 .falls = true };
    for (int i = 0; i < FIGURES; i++)
        to[n++] = (TableColumn){ .id = (is_run ? ID_RUN : ID_NOW) + i,
                                 .title = figures[i].title,
                                 .group = group,
                                 .cols = figures[i].cols,
                                 .rank = is_first ? figures[i].first
                                                  : figures[i].second,
                                 .falls = true };
    return n;
}

/* --- rows --------------------------------------------------------------- */

static const char *name_of(const void *rows, size_t row, int id) {
    const Snapshot *s = rows;
    (void)id;
    return s->series[row].series->name;
}

static const Reading *reading_of(const Snapshot *s, size_t row, int *id) {
    bool is_run = *id >= ID_RUN;
    *id -= is_run ? ID_RUN : ID_NOW;
    return is_run ? &s->series[row].run : &s->series[row].now;
}

static double number_of(const void *rows, size_t row, int id) {
    const Snapshot *s = rows;
    if (id == ID_COUNT)
        return (double)s->series[row].run.requests;
    const Reading *r = reading_of(s, row, &id);
    return reading_at(r, figures[id].at);
}

/* How far back the course goes: as far as there is something to see. */
static const struct {
    const char *title;
    uint64_t length_ns;
} spans[] = {
    { "p95, 1 min", 60 * NS_PER_S },
    { "p95, 2 min", 120 * NS_PER_S },
    { "p95, 5 min", 300 * NS_PER_S },
};

static size_t span_of(const Snapshot *s) {
    size_t i = 0;
    while (i + 1 < sizeof spans / sizeof *spans &&
           spans[i].length_ns < s->now_ns)
        i++;
    return i;
}

/* The p95 of the last minutes, by its logarithm between the row's least and
 * its most, so that a column keeps its seconds. */
static void course_draw(const TableCell *at, const Snapshot *s, size_t row) {
    double values[SPARK_DOTS_MAX], low = INFINITY, high = -INFINITY;
    int n = table_spark_dots(at);
    if (n > SPARK_DOTS_MAX)
        return;
    uint64_t length = spans[span_of(s)].length_ns;
    uint64_t each = (length / (uint64_t)n + NS_PER_S - 1) / NS_PER_S;
    each *= NS_PER_S;
    uint64_t end = s->timeline->open_ns / each + 1;
    for (int i = 0; i < n; i++) {
        uint64_t back = (uint64_t)(n - i);
        CellSample sample;
        values[i] = NAN;
        if (end < back ||
            !timeline_sample(s->timeline, (end - back) * each,
                             (end - back + 1) * each, row, &sample))
            continue;
        values[i] = log(sample.p95);
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    /* what hardly moves is a low line */
    double span = fmax(high - low, log(4));
    for (int i = 0; i < n; i++)
        values[i] = 0.12 + 0.88 * (values[i] - low) / span;
    table_spark(at, STYLE_P95, values);
}

static void cell_draw(const TableCell *at, const void *rows, size_t row,
                      int id) {
    const Snapshot *s = rows;
    UnitsText text;
    if (id == ID_NAME) {
        words_cut_series(at->cells, at->y, at->x, at->cols, STYLE_BRIGHT,
                         name_of(rows, row, id), at->glyphs);
    } else if (id == ID_COURSE) {
        course_draw(at, s, row);
    } else if (id == ID_COUNT) {
        table_text(at, STYLE_TEXT, units_count(text, number_of(rows, row, id)));
    } else {
        double v = number_of(rows, row, id);
        reading_of(s, row, &id);
        bool is_bad = figures[id].print == units_percent && v > 0;
        table_text(at, is_bad ? STYLE_ERRORS : STYLE_TEXT,
                   figures[id].print(text, v));
    }
}

/* --- the view ----------------------------------------------------------- */

static int columns_of(const Scene *s, const TableState *t, TableColumn *to) {
    int n = 0;
    to[n++] = (TableColumn){ .id = ID_NAME,
                             .title = "name",
                             .cols = 10,
                             .weight = 2,
                             .cols_max = 36,
                             .is_text = true,
                             .is_left = true };
    n += add_figures(to + n, t->is_other, true);
    n += add_figures(to + n, !t->is_other, false);
    to[n++] = (TableColumn){ .id = ID_COURSE,
                             .title = spans[span_of(s->snapshot)].title,
                             .cols = SPARK_COLS,
                             .rank = 4,
                             .weight = 1,
                             .cols_max = SPARK_DOTS_MAX / 2,
                             .is_left = true };
    return n;
}

static Table table_of(const Scene *s, const TableState *t,
                      TableColumn columns[TABLE_COLUMNS_MAX]) {
    return (Table){ .title = "requests",
                    .note = s->snapshot->is_open ? "service time" : NULL,
                    .empty = "the profile makes no requests",
                    .columns = columns,
                    .column_count = columns_of(s, t, columns),
                    .row_count = s->snapshot->series_count,
                    .rows = s->snapshot,
                    .text = name_of,
                    .number = number_of,
                    .draw = cell_draw };
}

/* Above the preview, where there is room for one. */
static Rect table_rect(const Table *t, const TableState *state, Rect r) {
    int want = table_wants(t, state, r.cols);
    int rest = r.rows - PREVIEW_ROWS_MIN;
    if (rest < TABLE_ROWS_MIN && rest < want)
        return r;
    int most = r.rows / 2 > TABLE_ROWS_MIN ? r.rows / 2 : TABLE_ROWS_MIN;
    most = most < rest ? most : rest;
    return (Rect){ r.y, r.x, want < most ? want : most, r.cols };
}

void requests_view_follow(ViewState *v, const Scene *s, Rect r) {
    TableColumn columns[TABLE_COLUMNS_MAX];
    TableState *state = &v->table[VIEW_REQUESTS];
    Table t = table_of(s, state, columns);
    table_follow(&t, state, table_rect(&t, state, r));
    size_t row = table_selected(&t, state);
    v->series = state->is_open ? row : SIZE_MAX;
    scene_charts(v, request_chart_cols(r.cols), row);
}

void requests_view_draw(Cells *c, Rect r, const Scene *s) {
    TableColumn columns[TABLE_COLUMNS_MAX];
    const TableState *state = &s->view->table[VIEW_REQUESTS];
    Table t = table_of(s, state, columns);
    size_t row = table_selected(&t, state);
    Rect at = table_rect(&t, state, r);
    if (state->is_open && row != SIZE_MAX) {
        request_draw(c, r, s, row);
        return;
    }
    table_draw(c, at, &t, state, s->view->glyphs);
    if (row != SIZE_MAX && at.rows < r.rows)
        request_draw(c, (Rect){ r.y + at.rows, r.x, r.rows - at.rows, r.cols },
                     s, row);
}
