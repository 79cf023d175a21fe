/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Panels for screens with room to spare. */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* --- failures ----------------------------------------------------------- */

static uint64_t failures_of(const Frame *f, FailClass k) {
    const Slab *t = f->scene->snapshot->totals;
    uint64_t sum = 0;
    for (size_t i = 0; i < t->series_count; i++)
        sum += t->series[i].fail[k];
    return sum;
}

int failures_rows(const Frame *f) {
    int rows = 0;
    for (int k = 0; k < FAIL_COUNT; k++)
        rows += failures_of(f, (FailClass)k) > 0;
    return rows ? rows + 2 : 0;
}

/* What a class means, or better: what the first one said. */
static const char *failure_text(const Frame *f, FailClass k) {
    const char *example = f->scene->snapshot->totals->example[k];
    return *example ? example : fail_help(k);
}

#define FAILURE_NAME_MIN 12
#define FAILURE_COUNT_COLS 7

/* Columns of the longest name there is. */
static int failure_name_cols(const Frame *f) {
    int cols = FAILURE_NAME_MIN;
    for (int k = 0; k < FAIL_COUNT; k++) {
        int width = cells_width(fail_name((FailClass)k));
        if (failures_of(f, (FailClass)k) && width > cols)
            cols = width;
    }
    return cols;
}

/* The most frequent first. */
void failures_draw(const Frame *f, Rect r) {
    Rect in = frame_box(f, r, "failures", "first example");
    int count_end = in.x + failure_name_cols(f) + FAILURE_COUNT_COLS - 1;
    int text = count_end + 3;
    bool done[FAIL_COUNT] = { false };
    for (int y = in.y; y < in.y + in.rows; y++) {
        int most = -1;
        for (int k = 0; k < FAIL_COUNT; k++)
            if (!done[k] && failures_of(f, (FailClass)k) > 0 &&
                (most < 0 || failures_of(f, (FailClass)k) >
                                 failures_of(f, (FailClass)most)))
                most = k;
        if (most < 0)
            break;
        done[most] = true;
        FailClass k = (FailClass)most;
        UnitsText count;
        cells_text(f->cells, y, in.x, STYLE_ERRORS, fail_name(k));
        cells_right(f->cells, y, count_end, STYLE_TEXT,
                    units_count(count, (double)failures_of(f, k)));
        words_cut(f->cells, y, text, in.x + in.cols - text, STYLE_DIM,
                  failure_text(f, k), f->glyphs);
    }
}

/* --- spread ------------------------------------------------------------- */

#define SPREAD_ROWS_MAX 14
#define SPREAD_ROWS_MIN 4
#define SPREAD_LABELS 8 /* "0.12 ms" */

/* Borders of the rows: equal steps of the logarithm between the run's
 * fastest and its p99.9, beyond which single outliers would rule. */
typedef struct Spread {
    int rows;
    double edge[SPREAD_ROWS_MAX + 1]; /* ns */
    double share[SPREAD_ROWS_MAX];
    double most;
} Spread;

static bool spread_make(const Frame *f, int rows, Spread *to) {
    Hist h = { 0 };
    rows = rows < SPREAD_ROWS_MAX ? rows : SPREAD_ROWS_MAX;
    *to = (Spread){ .rows = rows };
    const Snapshot *snapshot = f->scene->snapshot;
    if (f->series < snapshot->totals->series_count)
        hist_add(&h, &snapshot->totals->series[f->series].duration);
    else
        metric_hist(frame_is_response(f) ? METRIC_RESPONSE_TIME
                                         : METRIC_HTTP_REQ_DURATION,
                    snapshot->totals, NULL, &h);
    if (h.count == 0 || rows < 1) {
        hist_close(&h);
        return false;
    }
    double low = log(fmax(1, (double)h.min));
    double high = fmax(low + 1e-3, log(hist_quantile(&h, 0.999)));
    double below = 0;
    for (int i = 0; i <= rows; i++)
        to->edge[i] = exp(low + (high - low) * i / rows);
    for (int i = 0; i < rows; i++) {
        /* the last row takes the outliers */
        double upto =
            i + 1 == rows ? 1 : hist_share_below(&h, (uint64_t)to->edge[i + 1]);
        to->share[i] = upto - below;
        below = upto;
        to->most = fmax(to->most, to->share[i]);
    }
    hist_close(&h);
    return true;
}

int spread_rows(const Frame *f) {
    return f->scene->snapshot->run.requests ? SPREAD_ROWS_MAX + 2 : 0;
}

static Style spread_style(const Reading *run, double ns) {
    return ns <= run->p50 ? STYLE_P50 : ns <= run->p95 ? STYLE_P95 : STYLE_P99;
}

/* How the whole run's latencies are spread: two humps are two kinds of
 * answers, which no percentile tells. */
void spread_draw(const Frame *f, Rect r) {
    const Snapshot *snapshot = f->scene->snapshot;
    const Reading *run = f->series < snapshot->series_count
                             ? &snapshot->series[f->series].run
                         : frame_is_response(f) ? &snapshot->response_run
                                                : &snapshot->run;
    Rect in = frame_box(f, r, "spread",
                        frame_is_response(f) ? "response times of the run"
                                          : "whole run, share of requests");
    Spread s;
    if (in.rows < SPREAD_ROWS_MIN || !spread_make(f, in.rows, &s))
        return;
    int room = in.cols - SPREAD_LABELS - 1 - 8;
    for (int i = 0; i < s.rows; i++) {
        UnitsText label, share;
        int y = in.y + i, bar = (int)lround(s.share[i] / s.most * room);
        bar = s.share[i] > 0 && bar == 0 ? 1 : bar;
        cells_right(f->cells, y, in.x + SPREAD_LABELS - 1, STYLE_DIM,
                    units_latency(label, s.edge[i]));
        for (int k = 0; k < bar; k++)
            cells_rune(f->cells, y, in.x + SPREAD_LABELS + 1 + k,
                       spread_style(run, s.edge[i]),
                       glyph_rune(f->glyphs, GLYPH_BAR_THIN));
        if (s.share[i] > 0)
            cells_right(f->cells, y, in.x + in.cols - 1, STYLE_DIM,
                        units_percent(share, s.share[i]));
    }
}
