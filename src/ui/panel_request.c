/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panel_request.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/panels.h"
#include "ui/table.h"
#include "ui/words.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

static const SeriesReading *reading(const Frame *f) {
    return &f->scene->snapshot->series[f->series];
}

static const SeriesSlab *totals(const Frame *f) {
    return &f->scene->snapshot->totals->series[f->series];
}

static TableCell cell_at(const Frame *f, int y, int x, int cols) {
    return (TableCell){ f->cells, y, x, cols, f->glyphs, false };
}

/* --- figures ------------------------------------------------------------ */

static const struct {
    const char *name;
    Style style;
    size_t at; /* in Reading */
    char *(*print)(UnitsText to, double value);
} figures[] = {
    { "req/s", STYLE_RPS, offsetof(Reading, rps), units_count },
    { "p50", STYLE_P50, offsetof(Reading, p50), units_latency },
    { "p90", STYLE_TEXT, offsetof(Reading, p90), units_latency },
    { "p95", STYLE_P95, offsetof(Reading, p95), units_latency },
    { "p99", STYLE_P99, offsetof(Reading, p99), units_latency },
    { "max", STYLE_TEXT, offsetof(Reading, max), units_latency },
    { "failed", STYLE_ERRORS, offsetof(Reading, error_rate), units_percent },
};
#define FIGURES COUNT(figures)
#define FIGURE_COLS 10
#define LABEL_COLS 7

/* "1 206 requests, 700 B each; 90 B sent" */
static void sizes_draw(const Frame *f, int y, Rect in) {
    const SeriesSlab *t = totals(f);
    UnitsText count, down, up;
    char text[160];
    if (!t->requests)
        return;
    double n = (double)t->requests;
    int length = snprintf(text, sizeof text, "%s requests, %s back each",
                          units_count(count, n),
                          units_bytes(down, (double)t->bytes_in / n));
    if (t->bytes_out)
        snprintf(text + length, sizeof text - (size_t)length, ", %s sent",
                 units_bytes(up, (double)t->bytes_out / n));
    words_cut(f->cells, y, in.x, in.cols, STYLE_DIM, text, f->glyphs);
}

int request_figures_down_rows(const Frame *f) {
    (void)f;
    return FIGURES + 4;
}

void request_figures_down(const Frame *f, Rect r) {
    Rect in = frame_box(f, r, "figures", NULL);
    int now = in.x + LABEL_COLS + FIGURE_COLS - 1, run = now + FIGURE_COLS;
    run = run < in.x + in.cols ? run : in.x + in.cols - 1;
    if (in.rows < 2)
        return;
    cells_right(f->cells, in.y, now, STYLE_DIM, "now");
    cells_right(f->cells, in.y, run, STYLE_DIM, "run");
    for (int i = 0; i < FIGURES && i + 1 < in.rows; i++) {
        int y = in.y + 1 + i;
        UnitsText text;
        cells_bold(f->cells, y, in.x, figures[i].style, figures[i].name);
        cells_right(f->cells, y, now, STYLE_BRIGHT,
                    figures[i].print(
                        text, reading_at(&reading(f)->now, figures[i].at)));
        cells_right(f->cells, y, run, STYLE_TEXT,
                    figures[i].print(
                        text, reading_at(&reading(f)->run, figures[i].at)));
    }
    if (in.rows > FIGURES + 1)
        sizes_draw(f, in.y + FIGURES + 1, in);
}

void request_figures_across(const Frame *f, Rect r) {
    Rect in = frame_box(f, r, "figures", NULL);
    static const char *const names[] = { "now", "run" };
    int each = (in.cols - FIGURE_COLS) / FIGURES;
    for (int i = 0; i < FIGURES; i++) {
        int x = in.x + FIGURE_COLS + (i + 1) * each - 1;
        cells_right(f->cells, in.y, x, figures[i].style, figures[i].name);
        for (int k = 0; k < 2 && k + 1 < in.rows; k++) {
            const SeriesReading *s = reading(f);
            UnitsText text;
            figures[i].print(text,
                             reading_at(k ? &s->run : &s->now, figures[i].at));
            cells_text(f->cells, in.y + 1 + k, in.x, STYLE_DIM, names[k]);
            cells_right(f->cells, in.y + 1 + k, x,
                        k ? STYLE_TEXT : STYLE_BRIGHT, text);
        }
    }
    if (in.rows > 3)
        sizes_draw(f, in.y + 3, in);
}

/* --- phases ------------------------------------------------------------- */

static const struct {
    const char *name;
    Style style;
} phases[PHASE_COUNT] = {
    [PHASE_BLOCKED] = { "blocked", STYLE_ERRORS },
    [PHASE_CONNECTING] = { "connecting", STYLE_MARK },
    [PHASE_TLS] = { "tls", STYLE_HAND },
    [PHASE_SENDING] = { "sending", STYLE_P50 },
    [PHASE_WAITING] = { "waiting", STYLE_VUS },
    [PHASE_RECEIVING] = { "receiving", STYLE_RPS },
};
#define PHASE_NAME_COLS 11
#define PHASE_VALUE_COLS 8
#define PHASE_BAR_MIN 6

int request_phases_rows(const Frame *f) {
    for (int p = 0; p < PHASE_COUNT; p++)
        if (totals(f)->phase[p].count)
            return PHASE_COUNT + 3;
    return 0;
}

/* from, to: shares of the whole. What took time at all is seen. */
static void waterfall_draw(const Frame *f, int y, int x, int cols, Style style,
                           double from, double to) {
    int begin = (int)floor(from * cols), end = (int)lround(to * cols);
    if (begin >= cols)
        begin = cols - 1;
    if (to > from && end <= begin)
        end = begin + 1;
    else if (to <= from)
        end = begin;
    for (int i = 0; i < cols; i++) {
        bool is_full = i >= begin && i < end;
        cells_rune(
            f->cells, y, x + i, is_full ? style : STYLE_LINE,
            glyph_rune(f->glyphs, is_full ? GLYPH_BAR_THIN : GLYPH_BAR_EMPTY));
    }
}

static void phase_draw(const Frame *f, Rect in, int y, Phase p, double from,
                       double to) {
    const Hist *h = &totals(f)->phase[p];
    int end = in.x + in.cols - 1, bar = in.x + PHASE_NAME_COLS;
    int cols = in.cols - PHASE_NAME_COLS - 3 * PHASE_VALUE_COLS;
    bool is_none = to <= from;
    Style style = is_none ? STYLE_DIM : STYLE_TEXT;
    UnitsText text;
    cells_text(f->cells, y, in.x, is_none ? STYLE_DIM : phases[p].style,
               phases[p].name);
    if (cols >= PHASE_BAR_MIN)
        waterfall_draw(f, y, bar, cols, phases[p].style, from, to);
    cells_right(f->cells, y, end - 2 * PHASE_VALUE_COLS, style,
                is_none ? "-" : units_percent(text, to - from));
    cells_right(f->cells, y, end - PHASE_VALUE_COLS, style,
                words_latency(text, hist_quantile(h, 0.5)));
    cells_right(f->cells, y, end, style,
                words_latency(text, hist_quantile(h, 0.95)));
}

/* Where not all have room the longest come first. */
static int order_phases(const Frame *f, int room, int order[PHASE_COUNT]) {
    for (int p = 0; p < PHASE_COUNT; p++)
        order[p] = p;
    if (room >= PHASE_COUNT)
        return PHASE_COUNT;
    const Hist *h = totals(f)->phase;
    for (int i = 1; i < PHASE_COUNT; i++)
        for (int k = i; k && h[order[k]].sum > h[order[k - 1]].sum; k--) {
            int p = order[k];
            order[k] = order[k - 1];
            order[k - 1] = p;
        }
    return room > 0 ? room : 0;
}

void request_phases_draw(const Frame *f, Rect r) {
    bool is_low = r.rows < PHASE_COUNT + 2;
    Rect in = frame_box(f, r, "time by phase",
                        is_low ? "share, p50, p95" : "of the run");
    int end = in.x + in.cols - 1, order[PHASE_COUNT], y = in.y;
    double sum = 0, from[PHASE_COUNT + 1] = { 0 };
    for (int p = 0; p < PHASE_COUNT; p++)
        sum += (double)totals(f)->phase[p].sum;
    for (int p = 0; p < PHASE_COUNT && sum > 0; p++)
        from[p + 1] = from[p] + (double)totals(f)->phase[p].sum / sum;
    if (in.rows > PHASE_COUNT) {
        cells_text(f->cells, y, in.x, STYLE_DIM, "phase");
        cells_right(f->cells, y, end - 2 * PHASE_VALUE_COLS, STYLE_DIM,
                    "share");
        cells_right(f->cells, y, end - PHASE_VALUE_COLS, STYLE_DIM, "p50");
        cells_right(f->cells, y++, end, STYLE_DIM, "p95");
    }
    int n = order_phases(f, in.rows, order);
    for (int i = 0; i < n; i++)
        phase_draw(f, in, y++, (Phase)order[i], from[order[i]],
                   from[order[i] + 1]);
}

/* --- answers ------------------------------------------------------------ */

#define ANSWER_NAME_COLS 18
#define ANSWER_COUNT_COLS 9
#define ANSWER_SHARE_COLS 9

int request_answers_rows(const Frame *f) {
    const SeriesSlab *t = totals(f);
    int rows = 0;
    for (int i = 0; i < COUNT(t->status); i++)
        rows += t->status[i] > 0;
    for (int k = 0; k < FAIL_COUNT; k++)
        rows += t->fail[k] > 0;
    return rows ? rows + 2 : 0;
}

static void answer_draw(const Frame *f, Rect in, int y, Style style,
                        const char *name, const char *help, uint64_t n) {
    UnitsText text;
    double share = (double)n / fmax(1, (double)totals(f)->requests);
    int x = in.x + ANSWER_NAME_COLS + ANSWER_COUNT_COLS;
    words_cut(f->cells, y, in.x, ANSWER_NAME_COLS, style, name, f->glyphs);
    cells_right(f->cells, y, x - 1, STYLE_TEXT, units_count(text, (double)n));
    x += ANSWER_SHARE_COLS;
    cells_right(f->cells, y, x - 1, STYLE_TEXT, units_percent(text, share));
    int rest = in.x + in.cols - x - 2;
    if (help && rest > 12) {
        words_cut(f->cells, y, x + 2, rest, STYLE_DIM, help, f->glyphs);
    } else if (rest > 3) {
        TableCell at = cell_at(f, y, x + 2, rest);
        table_bar(&at, style, share);
    }
}

void request_answers_draw(const Frame *f, Rect r) {
    static const struct {
        const char *name;
        Style style;
    } hundreds[] = { { "ended", STYLE_TEXT }, { "1xx", STYLE_TEXT },
                     { "2xx", STYLE_OK },     { "3xx", STYLE_RPS },
                     { "4xx", STYLE_WARN },   { "5xx", STYLE_BAD } };
    const SeriesSlab *t = totals(f);
    Rect in = frame_box(f, r, "answers and failures", "of the run");
    int y = in.y, end = in.y + in.rows;
    for (int i = 0; i < COUNT(hundreds) && y < end; i++)
        if (t->status[i])
            answer_draw(f, in, y++, hundreds[i].style, hundreds[i].name, NULL,
                        t->status[i]);
    for (int k = 0; k < FAIL_COUNT && y < end; k++)
        if (t->fail[k])
            answer_draw(f, in, y++, STYLE_ERRORS, fail_name((FailClass)k),
                        fail_help((FailClass)k), t->fail[k]);
}

/* --- checks and limits -------------------------------------------------- */

static bool is_checked(const Frame *f, size_t i) {
    return f->scene->snapshot->check_requests[i] == reading(f)->series->request;
}

static bool concerns(const Frame *f, const ThresholdReading *t) {
    const Selection *of = t->threshold->condition.of;
    for (size_t i = 0; of && i < of->count; i++)
        if (of->series[i] == f->series)
            return true;
    return false;
}

int request_judged_rows(const Frame *f) {
    const Snapshot *s = f->scene->snapshot;
    int rows = 0;
    for (size_t i = 0; i < s->totals->check_count; i++)
        rows += is_checked(f, i);
    for (size_t i = 0; i < s->threshold_count; i++)
        rows += concerns(f, &s->thresholds[i]);
    return rows ? rows + 2 : 0;
}

static void judged_row(const Frame *f, Rect in, int y, Verdict v,
                       const char *text, const char *value) {
    static const struct {
        Style style;
        Glyph sign;
    } looks[] = { [VERDICT_HOLDS] = { STYLE_OK, GLYPH_OK },
                  [VERDICT_BROKEN] = { STYLE_BAD, GLYPH_BAD },
                  [VERDICT_UNDECIDED] = { STYLE_DIM, GLYPH_MORE } };
    const char *sign =
        v == VERDICT_UNDECIDED ? "?" : glyph_text(f->glyphs, looks[v].sign);
    int x = cells_text(f->cells, y, in.x, looks[v].style, sign) + 1;
    int room = in.x + in.cols - x - cells_width(value) - 1;
    words_cut(f->cells, y, x, room, STYLE_TEXT, text, f->glyphs);
    cells_right(f->cells, y, in.x + in.cols - 1, looks[v].style, value);
}

/* Checks by name, with the share that failed. */
static int checks_draw(const Frame *f, Rect in, int y) {
    const Snapshot *s = f->scene->snapshot;
    for (size_t i = 0; i < s->totals->check_count; i++) {
        const CheckSlab *c = &s->totals->checks[i];
        uint64_t all = c->passed + c->failed;
        UnitsText share;
        char value[64] = "not yet";
        if (!is_checked(f, i) || y >= in.y + in.rows)
            continue;
        if (all)
            snprintf(value, sizeof value, "%s failed",
                     units_percent(share, (double)c->failed / (double)all));
        judged_row(f, in, y++,
                   !all        ? VERDICT_UNDECIDED
                   : c->failed ? VERDICT_BROKEN
                               : VERDICT_HOLDS,
                   s->check_names[i], value);
    }
    return y;
}

void request_judged_draw(const Frame *f, Rect r) {
    const Snapshot *s = f->scene->snapshot;
    Rect in = frame_box(f, r, "checks and limits", "of the run");
    int y = checks_draw(f, in, in.y);
    for (size_t i = 0; i < s->threshold_count && y < in.y + in.rows; i++) {
        const ThresholdReading *t = &s->thresholds[i];
        const Threshold *x = t->threshold;
        char text[256];
        UnitsText value;
        if (!concerns(f, t))
            continue;
        words_value(value, &x->condition, t->value);
        words_fit_limit(text, sizeof text, in.cols - cells_width(value) - 3,
                        x->key, x->text);
        judged_row(f, in, y++, t->verdict, text, value);
    }
}
