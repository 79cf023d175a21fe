/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/spectrum_box.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/panel_axis.h"
#include "ui/words.h"

#define FIGURES 8
#define GAP 3 /* columns between figures, where there is room */
#define BARS_MAX 4
/* From so many times p50 on p99 is worth a word, if there are so many that
 * one of them is the slowest hundredth. */
#define TAIL_MIN 3
#define TAIL_SAMPLES 100

int moment_rows(int view_rows) {
    if (view_rows < 14)
        return 1;
    if (view_rows < 26)
        return 4;
    return 6 + (view_rows < 32 ? 1 : view_rows < 44 ? 2 : BARS_MAX);
}

/* --- figures ------------------------------------------------------------ */

typedef struct Figure {
    const char *name;
    char value[48];
    Style style;
    int rank; /* the highest goes first where room is short */
} Figure;

static const struct {
    const char *name;
    double q;
    Style style;
    int rank;
} quantiles[] = {
    { "p50", 0.5, STYLE_P50, 0 },      { "p90", 0.9, STYLE_TEXT, 6 },
    { "p95", 0.95, STYLE_P95, 1 },     { "p99", 0.99, STYLE_P99, 2 },
    { "p99.9", 0.999, STYLE_TEXT, 7 }, { "max", 1, STYLE_TEXT, 3 },
};
#define QUANTILES (sizeof quantiles / sizeof *quantiles)

static void value_add(Figure *f, const char *name, Style style, int rank,
                      const char *text) {
    *f = (Figure){ .name = name, .style = style, .rank = rank };
    snprintf(f->value, sizeof f->value, "%s", text);
}

static size_t figures_of(const Moment *m, bool is_tight, Figure to[FIGURES]) {
    size_t n = 0;
    UnitsText text, count;
    for (size_t i = 0; i < QUANTILES && m->hist.count; i++) {
        double ns = hist_quantile(&m->hist, quantiles[i].q);
        value_add(&to[n++], quantiles[i].name, quantiles[i].style,
                  quantiles[i].rank,
                  is_tight ? words_latency(text, ns) : units_latency(text, ns));
    }
    char rate[48];
    double rps = (double)m->sums.requests / m->seconds;
    if (rps < 10)
        snprintf(rate, sizeof rate, "%.3g/s", rps);
    else
        snprintf(rate, sizeof rate, "%s/s", units_count(count, rps));
    value_add(&to[n++], "requests", STYLE_RPS, 4, rate);
    if (m->sums.requests) {
        double share = (double)m->sums.failed / (double)m->sums.requests;
        value_add(&to[n++], "errors", share > 0 ? STYLE_ERRORS : STYLE_DIM, 5,
                  units_percent(text, share));
    }
    return n;
}

static int figures_width(const Figure *f, size_t count, int gap) {
    int cols = -gap;
    for (size_t i = 0; i < count; i++)
        cols += cells_width(f[i].name) + 1 + cells_width(f[i].value) + gap;
    return cols;
}

static size_t drop_one(Figure *f, size_t count) {
    size_t worst = 0;
    for (size_t i = 1; i < count; i++)
        worst = f[i].rank > f[worst].rank ? i : worst;
    for (size_t i = worst; i + 1 < count; i++)
        f[i] = f[i + 1];
    return count - 1;
}

static void figures_line(const Frame *f, int y, int x, int cols,
                         const Moment *m) {
    Figure all[FIGURES];
    int gap = cols < 100 ? 2 : GAP;
    size_t count = figures_of(m, cols < 100, all);
    while (count && figures_width(all, count, gap) > cols)
        count = drop_one(all, count);
    for (size_t i = 0; i < count; i++) {
        bool is_plain = all[i].style == STYLE_TEXT;
        x = cells_text(f->cells, y, x, is_plain ? STYLE_DIM : all[i].style,
                       all[i].name);
        x = cells_bold(f->cells, y, x + 1, STYLE_TEXT, all[i].value) + gap;
    }
}

/* --- words -------------------------------------------------------------- */

static size_t add_stall(char *to, size_t at, const Moment *m) {
    UnitsText span, from;
    if (!m->has_stall)
        return at;
    units_span(span, m->stall.to_ns - m->stall.from_ns);
    units_clock(from, m->stall.from_ns);
    return at + (size_t)snprintf(to + at, MOMENT_WORDS - at,
                                 "a stall of %s from %s on: no answer ended",
                                 span, from);
}

/* "2 %"; under one with a figure more. */
static void share_text(char to[16], double share) {
    snprintf(to, 16, share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100);
}

static size_t add_modes(char *to, size_t at, const Moment *m) {
    static const char *const numbers[] = { "no", "one", "two", "three",
                                           "four" };
    if (m->modes < 2)
        return at;
    at += (size_t)snprintf(to + at, MOMENT_WORDS - at,
                           "%s%s modes:", at ? "; " : "", numbers[m->modes]);
    for (size_t i = 0; i < m->modes; i++) {
        UnitsText ns;
        char share[16];
        const char *join = i == 0 ? "" : i + 1 < m->modes ? "," : " and";
        share_text(share, m->mode[i].share);
        at += (size_t)snprintf(to + at, MOMENT_WORDS - at, "%s %s (%s)", join,
                               units_latency(ns, m->mode[i].at_ns), share);
    }
    return at;
}

char *moment_words(char to[MOMENT_WORDS], const Moment *m, size_t requests,
                   int cols) {
    size_t stall = add_stall(to, 0, m), at = stall;
    to[at] = '\0';
    at = add_modes(to, at, m);
    if (stall && cells_width(to) > cols)
        to[at = stall] = '\0';
    if (m->modes < 2 || requests < 2 || at == stall)
        return to;
    snprintf(to + at, MOMENT_WORDS - at, ", of %zu requests together",
             requests);
    if (cells_width(to) > cols)
        to[at] = '\0';
    return to;
}

/* Of how many requests the picture is. */
static size_t requests_seen(const Scene *s) {
    const Snapshot *n = s->snapshot;
    size_t count = 0;
    for (size_t i = 0; i < n->series_count; i++)
        count += n->series[i].run.requests > 0;
    return s->view->series < n->series_count ? 1 : count;
}

/* What is to be seen; else how long the tail is, which is always true. */
static void words_line(const Frame *f, int y, int x, int cols,
                       const Moment *m) {
    char text[MOMENT_WORDS];
    Style style = m->has_stall ? STYLE_BAD : STYLE_WARN;
    moment_words(text, m, requests_seen(f->scene), cols);
    double half = hist_quantile(&m->hist, 0.5);
    double tail = hist_quantile(&m->hist, 0.99) / half;
    if (!*text && m->hist.count >= TAIL_SAMPLES && tail >= TAIL_MIN) {
        snprintf(text, sizeof text, "p99 is %.0f times p50", tail);
        style = STYLE_DIM;
    }
    words_cut(f->cells, y, x, cols, style, text, f->glyphs);
}

/* --- the distribution --------------------------------------------------- */

static void bar_draw(const Frame *f, Rect r, int x, Style style, double share) {
    double height = fmax(share * r.rows, 0.02);
    for (int row = 0; row < r.rows && height > row; row++) {
        double part = fmin(1, height - row);
        uint32_t rune = part >= 1 ? glyph_rune(f->glyphs, GLYPH_BAR_FULL)
                                  : glyph_level(f->glyphs, part - 1.0 / 16);
        cells_rune(f->cells, r.y + r.rows - 1 - row, x, style, rune);
    }
}

/* The colour says which part of all samples ends there, as the figures do. */
static void bars_draw(const Frame *f, Rect r, const Moment *m,
                      LatencyScale scale) {
    double *share = mem_alloc((size_t)r.cols, sizeof *share), most = 0;
    double half = log10(hist_quantile(&m->hist, 0.5));
    double tail = log10(hist_quantile(&m->hist, 0.95));
    bands_spread(m->count, 0, BANDS, scale.low, scale.high, share, r.cols);
    for (int i = 0; i < r.cols; i++)
        most = fmax(most, share[i]);
    for (int i = 0; i < r.cols; i++) {
        double at = scale.low + (scale.high - scale.low) * (i + 1) / r.cols;
        Style style = at <= half   ? STYLE_P50
                      : at <= tail ? STYLE_P95
                                   : STYLE_P99;
        if (share[i] > 0)
            bar_draw(f, r, r.x + i, style, share[i] / most);
    }
    free(share);
}

static void bars_axis(const Frame *f, Rect r, LatencyScale scale) {
    int free_from = r.x;
    for (int i = 0; i < r.cols; i++)
        cells_rune(f->cells, r.y, r.x + i, STYLE_LINE,
                   glyph_rune(f->glyphs, GLYPH_ACROSS));
    for (int d = (int)ceil(scale.low - 1e-9); d <= scale.high + 1e-9; d++) {
        char text[48];
        double at = (d - scale.low) / (scale.high - scale.low);
        int x = r.x + (int)lround(at * r.cols);
        int width = cells_width(axis_decade(text, d));
        int from = x < r.x + r.cols - width ? x : r.x + r.cols - width;
        if (from < free_from)
            continue;
        if (from == x) {
            cells_rune(f->cells, r.y, x, STYLE_LINE,
                       glyph_rune(f->glyphs, GLYPH_TICK));
            from++;
        }
        free_from = cells_text(f->cells, r.y, from, STYLE_DIM, text) + 1;
    }
}

/* --- the box ------------------------------------------------------------ */

static void time_words(char *to, size_t size, const Moment *m, bool is_tight) {
    UnitsText from, until;
    units_clock(from, m->begin_ns);
    units_clock(until, m->end_ns);
    if (m->kind == MOMENT_NOW)
        snprintf(to, size, "now");
    else if (m->kind == MOMENT_WINDOW)
        snprintf(to, size, "all that is seen");
    else if (is_tight || m->end_ns - m->begin_ns <= NS_PER_S)
        snprintf(to, size, is_tight ? "%s" : "at %s", from);
    else
        snprintf(to, size, "%s to %s", from, until);
}

static void note_words(char *to, size_t size, const Moment *m) {
    UnitsText from, until, count;
    units_clock(from, m->begin_ns);
    units_clock(until, m->end_ns);
    if (m->kind == MOMENT_WINDOW)
        snprintf(to, size, "%s to %s", from, until);
    else if (m->kind == MOMENT_NOW)
        snprintf(to, size, "the last %.0f s", m->seconds);
    else
        snprintf(to, size, "%s requests",
                 units_count(count, (double)m->sums.requests));
}

/* "now p50 3.1ms p95 …" */
static void one_line(const Frame *f, Rect r, const Moment *m) {
    char text[80];
    time_words(text, sizeof text, m, true);
    if (m->kind == MOMENT_WINDOW)
        snprintf(text, sizeof text, "seen");
    int x = cells_text(f->cells, r.y, r.x, STYLE_DIM, text) + 1;
    figures_line(f, r.y, x, r.x + r.cols - x, m);
}

void moment_draw(const Frame *f, Rect r, const Moment *m, LatencyScale scale) {
    char title[80], note[80];
    bool has_any = m->begin_ns < m->end_ns;
    if (r.rows < 4) {
        if (has_any)
            one_line(f, r, m);
        return;
    }
    time_words(title, sizeof title, m, false);
    note_words(note, sizeof note, m);
    Rect in = frame_box(f, r, title, has_any ? note : NULL);
    if (!has_any) {
        cells_text(f->cells, in.y, in.x, STYLE_DIM,
                   m->kind == MOMENT_NOW ? "nothing measured yet"
                                         : "nothing measured");
        return;
    }
    int last = in.y + in.rows - 1;
    figures_line(f, in.y, in.x, in.cols, m);
    words_line(f, last, in.x, in.cols, m);
    if (in.rows < 4 || m->hist.count == 0)
        return;
    bars_draw(f, (Rect){ in.y + 1, in.x, in.rows - 3, in.cols }, m, scale);
    bars_axis(f, (Rect){ last - 1, in.x, 1, in.cols }, scale);
}
