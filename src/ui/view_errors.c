/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed, by class and by check, and all about one of them: below or
 * beside it where there is room, or open. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/panels.h"
#include "ui/stack.h"
#include "ui/table.h"
#include "ui/view_failure.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define BESIDE_COLS 160
#define TABLE_COLS_MIN 84 /* where it has something beside it */
#define PREVIEW_ROWS_MIN 10
#define TABLE_ROWS_MIN 5
#define CHARTS_ROWS_MIN 8
#define SPARK_DOTS_MAX 64

enum {
    ID_NAME,
    ID_NOW,
    ID_COUNT,
    ID_SHARE,
    ID_FIRST,
    ID_LAST,
    ID_COURSE, /* from here on nothing is sorted by */
    ID_WHY,
};
_Static_assert(ERRORS_COLUMNS == ID_COURSE, "all but the course sort");
_Static_assert(ERRORS_SORT == ID_COUNT, "the most frequent first");

/* clang-format off */
static const TableColumn columns[] = {
    { .id = ID_NAME, .title = "what failed", .cols = 19, .weight = 2,
      .cols_max = 30, .is_text = true, .is_left = true },
    { .id = ID_NOW, .title = "now/s", .cols = 6, .rank = 1, .falls = true },
    { .id = ID_COUNT, .title = "count", .cols = 7, .falls = true },
    { .id = ID_SHARE, .title = "share", .cols = 7, .rank = 2, .falls = true },
    { .id = ID_FIRST, .title = "first", .cols = 7, .rank = 5 },
    { .id = ID_LAST, .title = "last", .cols = 7, .rank = 3, .falls = true },
    { .id = ID_COURSE, .title = "over the run", .cols = 12, .rank = 4,
      .weight = 1, .cols_max = SPARK_DOTS_MAX / 2, .is_left = true },
    { .id = ID_WHY, .title = "first example", .cols = 20, .rank = 6,
      .weight = 3, .cols_max = 80, .is_text = true, .is_left = true },
};
/* clang-format on */

/* --- rows --------------------------------------------------------------- */

/* The kinds that failed at all. */
typedef struct Rows {
    const Snapshot *snapshot;
    size_t *kinds, count;
    char (*names)[FAILURE_NAME_MAX];
} Rows;

static Rows rows_of(const Snapshot *s) {
    const Failures *f = s->failures;
    Rows r = { .snapshot = s };
    for (size_t k = 0; k < f->kind_count; k++)
        r.count += f->kinds[k].count > 0;
    r.kinds = mem_alloc(r.count + 1, sizeof *r.kinds);
    r.names = mem_alloc(r.count + 1, sizeof *r.names);
    for (size_t k = 0, at = 0; k < f->kind_count; k++) {
        if (!f->kinds[k].count)
            continue;
        const char *name = failure_name(s, k, r.names[at]);
        if (name != r.names[at])
            snprintf(r.names[at], FAILURE_NAME_MAX, "%s", name);
        r.kinds[at++] = k;
    }
    return r;
}

static void rows_close(Rows *r) {
    free(r->kinds);
    free(r->names);
}

static uint64_t key_of(const void *rows, size_t row) {
    const Rows *r = rows;
    return r->kinds[row];
}

static const Failure *failure_of(const Rows *r, size_t row) {
    return &r->snapshot->failures->kinds[r->kinds[row]];
}

static const char *text_of(const void *rows, size_t row, int id) {
    const Rows *r = rows;
    const Failure *x = failure_of(r, row);
    if (id == ID_WHY)
        return x->example_count ? x->examples[0].why : "";
    return r->names[row];
}

static double number_of(const void *rows, size_t row, int id) {
    const Rows *r = rows;
    const Failure *x = failure_of(r, row);
    switch (id) {
    case ID_NOW:
        return failure_per_s(r->snapshot, r->kinds[row]);
    case ID_COUNT:
        return (double)x->count;
    case ID_SHARE:
        return failure_share(r->snapshot, r->kinds[row]);
    case ID_FIRST:
        return (double)x->first_ns;
    case ID_LAST:
        return (double)x->last_ns;
    default:
        return NAN;
    }
}

/* --- cells -------------------------------------------------------------- */

static void course_draw(const TableCell *at, const Rows *r, size_t row) {
    double parts[SPARK_DOTS_MAX], most = 0;
    int n = table_spark_dots(at);
    if (n > SPARK_DOTS_MAX)
        return;
    failures_over(r->snapshot->failures, r->kinds[row], 0, r->snapshot->now_ns,
                  parts, n);
    for (int i = 0; i < n; i++)
        most = fmax(most, parts[i]);
    for (int i = 0; i < n; i++)
        parts[i] = parts[i] > 0 ? 0.1 + 0.9 * parts[i] / most : NAN;
    table_spark(at, STYLE_ERRORS, parts);
}

static void figure_draw(const TableCell *at, const Rows *r, size_t row,
                        int id) {
    double v = number_of(r, row, id);
    UnitsText text;
    switch (id) {
    case ID_NOW:
        table_text(at, v > 0 ? STYLE_BAD : STYLE_DIM,
                   isnan(v) ? "-" : words_rate(text, v));
        break;
    case ID_COUNT:
        table_text(at, STYLE_TEXT, units_count(text, v));
        break;
    case ID_SHARE:
        table_text(at, STYLE_TEXT, isnan(v) ? "-" : units_percent(text, v));
        break;
    default:
        table_text(at, STYLE_DIM, units_clock(text, (uint64_t)v));
        break;
    }
}

static void cell_draw(const TableCell *at, const void *rows, size_t row,
                      int id) {
    const Rows *r = rows;
    if (id == ID_NAME)
        table_text(at, STYLE_ERRORS, text_of(rows, row, id));
    else if (id == ID_WHY)
        table_text(at, STYLE_DIM, text_of(rows, row, id));
    else if (id == ID_COURSE)
        course_draw(at, r, row);
    else
        figure_draw(at, r, row, id);
}

static Table table_of(const Rows *r) {
    return (Table){ .title = "errors",
                    .empty = "nothing failed",
                    .columns = columns,
                    .column_count = sizeof columns / sizeof *columns,
                    .row_count = r->count,
                    .rows = r,
                    .key = key_of,
                    .text = text_of,
                    .number = number_of,
                    .draw = cell_draw };
}

/* --- nothing failed ----------------------------------------------------- */

/* What would be seen here if it happened. */
static const char watched[] =
    "Watched are names that do not resolve, refused connections, TLS, time "
    "limits, resets, answers that are cut or no HTTP, statuses 4xx and 5xx, "
    "commands that fail, and values that an answer lacks.";

static void check_row(Cells *c, Rect r, const Scene *s, size_t i) {
    const Snapshot *x = s->snapshot;
    Glyphs glyphs = s->view->glyphs;
    char room[FAILURE_NAME_MAX];
    UnitsText count;
    uint64_t passed = x->totals->checks[i].passed;
    int at = cells_text(c, r.y, r.x, passed ? STYLE_OK : STYLE_DIM,
                        passed ? glyph_text(glyphs, GLYPH_OK) : "-");
    cells_right(c, r.y, r.x + r.cols - 1, STYLE_DIM,
                units_count(count, (double)passed));
    words_cut(c, r.y, at + 1, r.x + r.cols - at - 10, STYLE_TEXT,
              failure_name(x, EXAMPLE_OF_CHECK(i), room), glyphs);
}

static void checks_draw(Cells *c, Rect r, const Scene *s) {
    size_t count = s->snapshot->totals->check_count, rows = (size_t)r.rows;
    size_t shown = count <= rows ? count : rows - 1;
    for (size_t i = 0; i < shown; i++)
        check_row(c, (Rect){ r.y + (int)i, r.x, 1, r.cols }, s, i);
    if (shown < count)
        cells_textf(c, r.y + (int)shown, r.x, STYLE_DIM, "and %zu more checks",
                    count - shown);
}

static void nothing_draw(Cells *c, Rect r, const Scene *s) {
    const Snapshot *x = s->snapshot;
    Glyphs glyphs = s->view->glyphs;
    UnitsText count;
    box_draw(c, r, "errors", NULL, glyphs);
    int cols = r.cols - 4 < 76 ? r.cols - 4 : 76;
    int rows = r.rows - 2, y = r.y + 1 + (rows > 16 ? rows / 4 : 0);
    int left = r.x + (r.cols - cols) / 2, end = r.y + r.rows - 1;
    if (x->run.requests) {
        int at = cells_text(c, y, left, STYLE_OK, glyph_text(glyphs, GLYPH_OK));
        at = cells_bold(c, y, at + 1, STYLE_BRIGHT, "nothing failed");
        cells_textf(c, y, at, STYLE_TEXT, " in %s requests",
                    units_count(count, (double)x->run.requests));
    } else {
        cells_text(c, y, left, STYLE_TEXT, "no request has ended yet");
    }
    y += rows > 8 ? 2 : 1;
    y += wrap_draw(c, (Rect){ y, left, end - y, cols }, STYLE_DIM, watched);
    y += rows > 8;
    if (y < end)
        checks_draw(c, (Rect){ y, left, end - y, cols }, s);
}

/* --- the view ----------------------------------------------------------- */

size_t errors_view_count(const Scene *s) {
    return (size_t)s->snapshot->run.failed;
}

typedef struct Places {
    Rect table, about, charts; /* rows 0: there is no room for it */
} Places;

/* What the target did meanwhile. */
static const StackItem charts[] = {
    { .chart = errors_draw, .rank = 0, .least = 5, .most = 20, .weight = 1 },
    { .chart = latency_draw, .rank = 1, .least = 5, .most = 30, .weight = 2 },
    { .chart = rps_draw, .rank = 2, .least = 5, .most = 20, .weight = 1 },
};

static void charts_draw(Cells *c, Rect r, const Scene *s) {
    Frame f;
    frame_init(&f, c, s, r.cols);
    stack_draw(&f, r, charts, sizeof charts / sizeof *charts);
    frame_close(&f);
}

static Places places_beside(const Table *t, const TableState *state, Rect r) {
    int left = r.cols * 11 / 20;
    left = left > TABLE_COLS_MIN ? left : TABLE_COLS_MIN;
    int rows = table_wants(t, state, left);
    rows = rows < r.rows / 2 ? rows : r.rows / 2;
    rows = r.rows - rows < CHARTS_ROWS_MIN ? r.rows : rows;
    return (Places){ { r.y, r.x, rows, left },
                     { r.y, r.x + left, r.rows, r.cols - left },
                     { r.y + rows, r.x, r.rows - rows, left } };
}

static Places places_of(const Table *t, const TableState *state, Rect r) {
    if (state->is_open)
        return (Places){ .table = r, .about = r };
    if (r.cols >= BESIDE_COLS)
        return places_beside(t, state, r);
    int want = table_wants(t, state, r.cols);
    int rest = r.rows - PREVIEW_ROWS_MIN;
    if (rest < TABLE_ROWS_MIN)
        return (Places){ .table = r };
    int most = r.rows / 3 > TABLE_ROWS_MIN ? r.rows / 3 : TABLE_ROWS_MIN;
    int rows = want < most ? want : most;
    rows = rows < rest ? rows : rest;
    return (Places){ { r.y, r.x, rows, r.cols },
                     { r.y + rows, r.x, r.rows - rows, r.cols },
                     { 0 } };
}

void errors_view_follow(ViewState *v, const Scene *s, Rect r) {
    TableState *state = &v->table[VIEW_ERRORS];
    Rows rows = rows_of(s->snapshot);
    Table t = table_of(&rows);
    Places p = places_of(&t, state, r);
    uint64_t before = state->key;
    table_follow(&t, state, p.table);
    size_t row = table_selected(&t, state);
    state->is_open &= row != SIZE_MAX;
    if (state->key != before)
        state->part = state->scroll = 0;
    if (state->is_open) {
        int most = failure_scroll_max(p.about, s, rows.kinds[row], state);
        state->scroll = state->scroll > most ? most
                        : state->scroll < 0  ? 0
                                             : state->scroll;
    }
    scene_charts(v, p.charts.rows ? p.charts.cols : r.cols, SIZE_MAX);
    rows_close(&rows);
}

void errors_view_draw(Cells *c, Rect r, const Scene *s) {
    const TableState *state = &s->view->table[VIEW_ERRORS];
    /* in the table an example is seen from its beginning */
    const TableState begin = { .part = 0 };
    Rows rows = rows_of(s->snapshot);
    Table t = table_of(&rows);
    Places p = places_of(&t, state, r);
    size_t row = table_selected(&t, state);
    if (!rows.count)
        nothing_draw(c, r, s);
    else if (!state->is_open)
        table_draw(c, p.table, &t, state, s->view->glyphs);
    if (p.charts.rows && rows.count)
        charts_draw(c, p.charts, s);
    if (p.about.rows && row != SIZE_MAX)
        failure_draw(c, p.about, s, rows.kinds[row],
                     state->is_open ? state : &begin);
    rows_close(&rows);
}
