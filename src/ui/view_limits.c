/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds and alerts: a table, and all about one of them below it where
 * there is room, or open. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "ui/panel_limit.h"
#include "ui/table.h"
#include "ui/words.h"

#define PREVIEW_ROWS_MIN 9
#define TABLE_ROWS_MIN 6
#define COURSE_DOTS_MAX 80
#define MARGIN_TEXT_COLS 7

size_t limits_view_count(const Scene *s) {
    size_t count = words_limits_broken(s->snapshot);
    for (size_t i = 0; i < s->snapshot->alert_count; i++)
        count += s->snapshot->alerts[i].is_firing;
    return count;
}

enum {
    ID_STATE,
    ID_NAME,
    ID_TEXT,
    ID_VALUE,
    ID_MARGIN,
    ID_SINCE,
    ID_FIRED,
    ID_TOTAL,
    ID_KIND,
    ID_COURSE, /* cannot be sorted by */
};
_Static_assert(LIMITS_COLUMNS == ID_COURSE, "all but the course sort");

static const TableColumn columns[] = {
    { .id = ID_STATE,
      .title = "state",
      .cols = 6,
      .weight = 3,
      .cols_max = 10,
      .is_left = true },
    { .id = ID_NAME,
      .title = "what",
      .cols = 11,
      .weight = 2,
      .cols_max = 40,
      .is_text = true,
      .is_left = true },
    { .id = ID_TEXT,
      .title = "limit",
      .cols = 8,
      .rank = 2,
      .weight = 3,
      .cols_max = 64,
      .is_text = true,
      .is_left = true },
    { .id = ID_VALUE, .title = "value", .cols = 7, .rank = 1, .falls = true },
    { .id = ID_MARGIN,
      .title = "margin",
      .cols = 7,
      .rank = 3,
      .weight = 1,
      .cols_max = 19 },
    { .id = ID_SINCE, .title = "since", .cols = 6, .rank = 4, .falls = true },
    { .id = ID_FIRED, .title = "fired", .cols = 6, .rank = 6, .falls = true },
    { .id = ID_TOTAL, .title = "in all", .cols = 8, .rank = 8, .falls = true },
    { .id = ID_KIND,
      .title = "kind",
      .cols = 10,
      .rank = 7,
      .is_text = true,
      .is_left = true,
      .weight = 1,
      .cols_max = 18 },
    { .id = ID_COURSE,
      .title = "whole run",
      .cols = 10,
      .rank = 5,
      .weight = 1,
      .cols_max = COURSE_DOTS_MAX / 2,
      .is_left = true },
};

/* Columns at least, on a screen that is not narrow, and on a wide one. */
#define MIDDLE_COLS 60
#define WIDE_COLS 100
static const struct {
    int middle, wide;
} widths[ID_COURSE + 1] = {
    [ID_STATE] = { 9, 10 },
    [ID_NAME] = { 15, 24 },
    [ID_TEXT] = { 9, 24 },
    [ID_MARGIN] = { 0, MARGIN_TEXT_COLS + 6 },
};

/* --- rows --------------------------------------------------------------- */

static const char *kind_of(const LimitView *v) {
    static const char *const kinds[2][4] = {
        { "warning", "warning, stop", "warning, hold", "warning, back-off" },
        { "critical", "critical, stop", "critical, hold",
          "critical, back-off" },
    };
    if (v->alert)
        return kinds[v->alert->alert->severity == ALERT_CRITICAL]
                    [v->alert->alert->action];
    const Threshold *t = v->threshold->threshold;
    return t->abort ? "limit, abort" : t->optional ? "optional" : "limit";
}

static const char *text_of(const void *rows, size_t row, int id) {
    LimitView v = limit_view(rows, row);
    return id == ID_NAME ? v.name : id == ID_TEXT ? v.text : kind_of(&v);
}

static double number_of(const void *rows, size_t row, int id) {
    LimitView v = limit_view(rows, row);
    bool is_timed = !v.alert || v.alert->times;
    switch (id) {
    case ID_STATE:
        return (double)v.state;
    case ID_VALUE:
        return v.value;
    case ID_MARGIN:
        return v.margin;
    case ID_SINCE:
        return is_timed ? (double)v.since_ns : NAN;
    case ID_FIRED:
        return v.alert ? (double)v.alert->times : NAN;
    case ID_TOTAL:
        return v.alert ? (double)v.alert->total_ns : NAN;
    default:
        return NAN;
    }
}

/* --- cells -------------------------------------------------------------- */

static void state_draw(const TableCell *at, const LimitView *v) {
    Style style = limit_state_style(v->state);
    const char *sign = limit_state_sign(v->state, at->glyphs);
    char text[32];
    snprintf(text, sizeof text, "%s %s", sign, limit_state_word(v->state));
    table_text(at, style, cells_width(text) > at->cols ? sign : text);
}

static void name_draw(const TableCell *at, const LimitView *v) {
    char brief[256];
    words_brief_limit(brief, sizeof brief, v->name, "");
    brief[strcspn(brief, " ")] = '\0';
    table_text(at, STYLE_BRIGHT,
               v->alert || cells_width(v->name) <= at->cols ? v->name : brief);
}

/* An alert's without its severity, which has a column: "duration{order}
 * p95>300" where there is no room for all. */
static void limit_text_draw(const TableCell *at, const LimitView *v) {
    char whole[256], brief[256], key[160] = "";
    snprintf(whole, sizeof whole, "%.*s", (int)strcspn(v->text, ","), v->text);
    const char *condition = whole;
    if (v->alert) {
        char *window = strstr(whole, " for ");
        size_t n = strcspn(whole, " ");
        if (cells_width(whole) > at->cols && window)
            *window = '\0';
        snprintf(key, sizeof key, "%.*s", (int)n, whole);
        condition += n;
    }
    words_brief_limit(brief, sizeof brief, key, condition);
    table_text(at, STYLE_TEXT,
               cells_width(whole) <= at->cols ? whole
               : *brief == ' '                ? brief + 1
                                              : brief);
}

/* The bar is full where nothing is used up of the limit. */
static void margin_draw(const TableCell *at, const LimitView *v) {
    UnitsText text;
    Style style = v->margin < 0     ? STYLE_BAD
                  : v->margin < 0.1 ? STYLE_WARN
                                    : STYLE_OK;
    TableCell number = *at, bar = *at;
    bar.cols = at->cols - MARGIN_TEXT_COLS - 1;
    number.x = at->x + at->cols - MARGIN_TEXT_COLS;
    number.cols = MARGIN_TEXT_COLS;
    if (bar.cols > 2 && isfinite(v->margin))
        table_bar(&bar, style, v->margin);
    table_text(&number, isfinite(v->margin) ? style : STYLE_DIM,
               limit_margin_text(text, v->margin));
}

static void course_draw(const TableCell *at, const Snapshot *s,
                        const LimitView *v) {
    double values[COURSE_DOTS_MAX], most = v->condition->limit;
    int n = table_spark_dots(at);
    if (n > COURSE_DOTS_MAX || !s->now_ns)
        return;
    limit_course(v, 0, s->now_ns, values, n);
    for (int i = 0; i < n; i++)
        most = fmax(most, values[i]);
    for (int i = 0; i < n; i++)
        values[i] = most > 0 ? 0.08 + 0.92 * values[i] / most : 0 * values[i];
    table_spark(at, limit_state_style(v->state), values);
}

static void cell_draw(const TableCell *at, const void *rows, size_t row,
                      int id) {
    const Snapshot *s = rows;
    LimitView v = limit_view(s, row);
    double n = number_of(rows, row, id);
    UnitsText text = "-";
    switch (id) {
    case ID_STATE:
        state_draw(at, &v);
        return;
    case ID_NAME:
        name_draw(at, &v);
        return;
    case ID_TEXT:
        limit_text_draw(at, &v);
        return;
    case ID_MARGIN:
        margin_draw(at, &v);
        return;
    case ID_COURSE:
        course_draw(at, s, &v);
        return;
    case ID_KIND:
        table_text(at, STYLE_DIM, kind_of(&v));
        return;
    case ID_VALUE:
        words_value(text, v.condition, v.value);
        break;
    case ID_SINCE:
        if (!isnan(n))
            units_clock(text, (uint64_t)n);
        break;
    case ID_FIRED:
        if (!isnan(n))
            units_count(text, n);
        break;
    default:
        if (!isnan(n) && v.alert->times)
            units_duration(text, (uint64_t)n);
    }
    table_text(at, id == ID_VALUE ? limit_state_style(v.state) : STYLE_TEXT,
               text);
}

/* --- the view ----------------------------------------------------------- */

/* Without what only alerts have, where there are none. */
static int columns_of(const Scene *s, int cols, TableColumn *to) {
    bool has_alerts = s->snapshot->alert_count > 0;
    int n = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        int id = columns[i].id;
        if (!has_alerts && (id == ID_FIRED || id == ID_TOTAL))
            continue;
        to[n] = columns[i];
        if (cols >= MIDDLE_COLS && widths[id].middle)
            to[n].cols = widths[id].middle;
        if (cols >= WIDE_COLS && widths[id].wide)
            to[n].cols = widths[id].wide;
        n++;
    }
    return n;
}

static Table table_of(const Scene *s, int cols,
                      TableColumn to[TABLE_COLUMNS_MAX]) {
    const Snapshot *n = s->snapshot;
    return (Table){ .title = n->alert_count ? "limits and alerts" : "limits",
                    .empty = "the profile sets no limits and no alerts",
                    .columns = to,
                    .column_count = columns_of(s, cols, to),
                    .row_count = limit_count(n),
                    .rows = n,
                    .text = text_of,
                    .number = number_of,
                    .draw = cell_draw };
}

static Rect table_rect(const Table *t, const TableState *state, Rect r) {
    int want = table_wants(t, state, r.cols);
    int rest = r.rows - PREVIEW_ROWS_MIN;
    if (!t->row_count || (rest < TABLE_ROWS_MIN && rest < want))
        return r;
    int most = r.rows / 2 > TABLE_ROWS_MIN ? r.rows / 2 : TABLE_ROWS_MIN;
    most = most < rest ? most : rest;
    return (Rect){ r.y, r.x, want < most ? want : most, r.cols };
}

void limits_view_follow(ViewState *v, const Scene *s, Rect r) {
    TableState *state = &v->table[VIEW_LIMITS];
    TableColumn list[TABLE_COLUMNS_MAX];
    Table t = table_of(s, r.cols, list);
    table_follow(&t, state, table_rect(&t, state, r));
    scene_charts(v, limit_chart_cols(r.cols), SIZE_MAX);
}

void limits_view_draw(Cells *c, Rect r, const Scene *s) {
    const TableState *state = &s->view->table[VIEW_LIMITS];
    TableColumn list[TABLE_COLUMNS_MAX];
    Table t = table_of(s, r.cols, list);
    size_t row = table_selected(&t, state);
    Rect at = table_rect(&t, state, r);
    if (state->is_open && row != SIZE_MAX) {
        limit_draw(c, r, s, row);
        return;
    }
    table_draw(c, at, &t, state, s->view->glyphs);
    if (row != SIZE_MAX && at.rows < r.rows)
        limit_draw(c, (Rect){ r.y + at.rows, r.x, r.rows - at.rows, r.cols }, s,
                   row);
}
