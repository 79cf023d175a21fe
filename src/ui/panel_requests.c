/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "ui/words.h"

/* Columns in the order of the screen; the lowest rank is the last to go. */
static const struct {
    const char *head;
    int cols, rank;
    char *(*format)(UnitsText to, double value);
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
    words_cut_series(c, y, x, name_cols - 1, STYLE_TEXT, q->series->name,
                     f->glyphs);
    x += name_cols;
    for (int i = 0; i < COLUMNS; i++) {
        if (!shown[i])
            continue;
        x += columns[i].cols;
        UnitsText text;
        double v = reading_at(&q->now, columns[i].at);
        bool is_error = columns[i].format == units_percent && v > 0;
        cells_right(c, y, x - 1, is_error ? STYLE_ERRORS : STYLE_TEXT,
                    columns[i].format(text, v));
    }
}

/* In the profile's order while all fit; else the slowest. */
void requests_list(const Frame *f, Rect r, const char *head) {
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
    if (f->scene->snapshot->is_open)
        snprintf(note, sizeof note, "service time, last 10 s");
    if (r.rows - 3 < (int)count)
        snprintf(note, sizeof note, "slowest %d of %zu",
                 r.rows > 3 ? r.rows - 3 : 0, count);
    Rect in = frame_box(f, r, "requests", note);
    requests_list(f, in, "name");
}
