/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/panel_limit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/glyph.h"
#include "ui/panels.h"
#include "ui/words.h"
#include "ui/wrap.h"

/* --- limits and alerts alike -------------------------------------------- */

size_t limit_count(const Snapshot *s) {
    return s->threshold_count + s->alert_count;
}

static LimitView threshold_view(const ThresholdReading *t) {
    static const LimitState states[] = { [VERDICT_HOLDS] = LIMIT_HOLDS,
                                         [VERDICT_BROKEN] = LIMIT_BROKEN,
                                         [VERDICT_UNDECIDED] =
                                             LIMIT_UNDECIDED };
    const Condition *c = &t->threshold->condition;
    return (LimitView){ .threshold = t,
                        .condition = c,
                        .history = t->history,
                        .name = t->threshold->key,
                        .text = t->threshold->text,
                        .value = t->value,
                        .margin = condition_margin(c, t->value),
                        .state = states[t->verdict],
                        .since_ns = t->since_ns };
}

/* An alert's condition says when it fires: its room is the other way. */
static LimitView alert_view(const AlertReading *a) {
    const AlertFiring *last =
        a->firing_count ? &a->firings[a->firing_count - 1] : NULL;
    const Condition *c = &a->alert->condition;
    bool is_critical = a->alert->severity == ALERT_CRITICAL;
    LimitView v = { .alert = a,
                    .condition = c,
                    .history = a->history,
                    .name = a->alert->name,
                    .text = a->alert->text,
                    .value = a->value,
                    .margin = -condition_margin(c, a->value),
                    .state = !a->is_firing ? LIMIT_QUIET
                             : is_critical ? LIMIT_CRITICAL
                                           : LIMIT_WARNING };
    if (last)
        v.since_ns = a->is_firing ? last->at_ns : last->at_ns + last->for_ns;
    return v;
}

LimitView limit_view(const Snapshot *s, size_t index) {
    return index < s->threshold_count
               ? threshold_view(&s->thresholds[index])
               : alert_view(&s->alerts[index - s->threshold_count]);
}

static const struct {
    const char *word;
    Glyph sign;
    Style style;
} states[LIMIT_STATES] = {
    [LIMIT_CRITICAL] = { "fires", GLYPH_ALERT, STYLE_BAD },
    [LIMIT_WARNING] = { "fires", GLYPH_ALERT, STYLE_WARN },
    [LIMIT_BROKEN] = { "broken", GLYPH_BAD, STYLE_BAD },
    [LIMIT_UNDECIDED] = { "no data", GLYPH_MORE, STYLE_DIM },
    [LIMIT_HOLDS] = { "holds", GLYPH_OK, STYLE_OK },
    [LIMIT_QUIET] = { "quiet", GLYPH_OK, STYLE_OK },
};

const char *limit_state_word(LimitState s) {
    return states[s].word;
}

const char *limit_state_sign(LimitState s, Glyphs glyphs) {
    return s == LIMIT_UNDECIDED ? "?" : glyph_text(glyphs, states[s].sign);
}

Style limit_state_style(LimitState s) {
    return states[s].style;
}

char *limit_margin_text(UnitsText to, double margin) {
    if (!isfinite(margin))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (fabs(margin) < 9.995)
        snprintf(to, UNITS_TEXT_MAX, "%.0f %%", margin * 100);
    else
        snprintf(to, UNITS_TEXT_MAX, "%s%.0f x", margin < 0 ? "-" : "",
                 fmin(fabs(margin), 99999));
    return to;
}

void limit_course(const LimitView *v, uint64_t from_ns, uint64_t to_ns,
                  double *values, int n) {
    const Gauge *g = v->history;
    double each = (double)(to_ns - from_ns) / n;
    bool is_low_worse =
        v->condition->op == COMPARE_GT || v->condition->op == COMPARE_GE;
    is_low_worse = is_low_worse != (v->alert != NULL);
    for (int i = 0; i < n; i++)
        values[i] = NAN;
    for (size_t i = 0; g && i < g->point_count; i++) {
        const GaugePoint *p = &g->points[i];
        double at = (double)p->from_ns - (double)from_ns;
        /* a point stands for the second that ends with its reading */
        double end = i + 1 < g->point_count
                         ? (double)g->points[i + 1].from_ns - (double)from_ns
                         : at + p->count * 1e9;
        end = fmin(end, at + g->each * 2e9);
        int last = (int)fmin(n, ceil(end / each));
        for (int k = (int)fmax(0, floor(at / each)); k < last; k++)
            values[k] = is_low_worse ? fmin(values[k], p->min)
                                     : fmax(values[k], p->max);
    }
}

/* --- the chart ---------------------------------------------------------- */

static char *axis_label(char to[32], const void *of, double value) {
    const Condition *c = of;
    const MetricInfo *m = &c->metric.info;
    UnitsText text;
    if (m->kind == METRIC_RATE)
        snprintf(to, 32, value * 100 < 0.1 ? "%.3g" : "%.3g%%", value * 100);
    else if (text_equal(m->contains, "time") && condition_is_amount(c))
        snprintf(to, 32, "%.20s",
                 value < 1 ? words_latency(text, value * 1e6)
                           : words_limit(text, value));
    else
        words_axis(to, value);
    return to;
}

/* Stretches in which it fired, on the chart's uppermost row. */
static void firings_draw(const Frame *f, Rect r, const AlertReading *a) {
    int left = r.x + CHART_LEFT, last = r.x + r.cols - 1 - CHART_RIGHT;
    for (size_t i = 0; i < a->firing_count; i++) {
        const AlertFiring *x = &a->firings[i];
        int from = frame_dot(f, x->at_ns),
            to = frame_dot(f, x->at_ns + x->for_ns);
        if (to < 0 || from >= f->axis.dots)
            continue;
        from = left + (from > 0 ? from : 0) / f->axis.dots_per_cell;
        to = left + to / f->axis.dots_per_cell;
        for (int k = from; k <= to && k <= last; k++)
            cells_rune(f->cells, r.y + 1, k, STYLE_BAD,
                       glyph_rune(f->glyphs, GLYPH_ALERT));
    }
}

static void chart_draw(const Frame *f, Rect r, const LimitView *v) {
    char title[80], limit[64];
    UnitsText value;
    double *values = mem_alloc((size_t)f->axis.dots, sizeof *values);
    limit_course(v, f->axis.from_ns, f->axis.to_ns, values, f->axis.dots);
    snprintf(title, sizeof title, "%.70s", v->name);
    snprintf(limit, sizeof limit, "limit %s",
             words_value(value, v->condition, v->condition->limit));
    ValueChart chart = { .title = title,
                         .note = v->alert && v->alert->times
                                     ? "! it fires, of its window"
                                 : v->alert ? "of its window"
                                            : "of the run",
                         .word = "value",
                         .limit_word = limit,
                         .style = STYLE_P50,
                         .values = values,
                         .limit = v->condition->limit,
                         .of = v->condition,
                         .label = axis_label };
    value_draw(f, r, &chart);
    if (v->alert && r.rows > 3)
        firings_draw(f, r, v->alert);
    free(values);
}

/* --- in words ----------------------------------------------------------- */

#define LABEL_COLS 9

typedef struct Lines {
    const Frame *f;
    Rect in;
    int y;
} Lines;

static void line(Lines *l, const char *label, Style style, const char *text) {
    Rect in = l->in;
    if (l->y >= in.y + in.rows)
        return;
    words_cut(l->f->cells, l->y, in.x, LABEL_COLS, STYLE_DIM, label,
              l->f->glyphs);
    words_cut(l->f->cells, l->y++, in.x + LABEL_COLS, in.cols - LABEL_COLS,
              style, text, l->f->glyphs);
}

static void state_line(Lines *l, const LimitView *v) {
    char text[128];
    UnitsText clock, span;
    uint64_t now = l->f->axis.now_ns;
    int n = snprintf(text, sizeof text, "%s %s",
                     limit_state_sign(v->state, l->f->glyphs),
                     limit_state_word(v->state));
    if (v->alert && !v->alert->times)
        snprintf(text + n, sizeof text - (size_t)n, ", it never fired");
    else if (l->in.cols < LABEL_COLS + 33)
        snprintf(text + n, sizeof text - (size_t)n, " since %s",
                 units_clock(clock, v->since_ns));
    else
        snprintf(text + n, sizeof text - (size_t)n, " since %s, for %s",
                 units_clock(clock, v->since_ns),
                 units_clock(span, now > v->since_ns ? now - v->since_ns : 0));
    line(l, "state", limit_state_style(v->state), text);
}

static void value_lines(Lines *l, const LimitView *v) {
    char text[160];
    UnitsText a, b;
    snprintf(text, sizeof text, "%s   limit %s",
             words_value_wide(a, v->condition, v->value),
             words_value_wide(b, v->condition, v->condition->limit));
    line(l, "value", STYLE_BRIGHT, text);
    if (isfinite(v->margin)) {
        snprintf(text, sizeof text, "%s %s",
                 limit_margin_text(a, fabs(v->margin)),
                 v->margin < 0 ? "beyond the limit" : "of the limit is left");
        line(l, "margin", STYLE_TEXT, text);
    }
    if (!v->history || !v->history->whole.count)
        return;
    GaugeFigures g = gauge_over(v->history, 0, UINT64_MAX);
    snprintf(text, sizeof text, "%s to %s", words_value_wide(a, v->condition, g.min),
             words_value_wide(b, v->condition, g.max));
    line(l, "was", STYLE_TEXT, text);
}

static void alert_lines(Lines *l, const AlertReading *a) {
    char text[200];
    UnitsText span, value, at;
    snprintf(text, sizeof text, "%s, %s, over %s",
             alert_severity_name(a->alert->severity),
             a->alert->action == ALERT_WARN
                 ? "says so"
                 : alert_action_name(a->alert->action),
             units_duration(span, a->alert->window_ns));
    line(l, "kind", STYLE_TEXT, text);
    if (!a->times)
        return;
    snprintf(text, sizeof text, "%llu time%s, %s in all",
             (unsigned long long)a->times, a->times == 1 ? "" : "s",
             units_duration(span, a->total_ns));
    line(l, "fired", STYLE_BRIGHT, text);
    for (size_t i = a->firing_count; i-- > 0;) {
        const AlertFiring *x = &a->firings[i];
        snprintf(text, sizeof text, "for %s, worst %s",
                 units_duration(span, x->for_ns),
                 words_value(value, &a->alert->condition, x->worst));
        line(l, units_clock(at, x->at_ns), STYLE_TEXT, text);
    }
}

static void words_draw(const Frame *f, Rect r, const LimitView *v) {
    Lines l = { f,
                frame_box(f, r, v->alert ? "alert" : "limit",
                          v->threshold && v->threshold->threshold->optional
                              ? "optional"
                              : NULL),
                0 };
    char text[256];
    l.y = l.in.y;
    if (v->alert)
        snprintf(text, sizeof text, "%s: %s", v->name, v->text);
    else
        snprintf(text, sizeof text, "%s %s", v->name, v->text);
    const char *rest = text;
    char part[WRAP_LINE_MAX];
    while (l.y < l.in.y + l.in.rows && wrap_next(&rest, l.in.cols, part))
        cells_text(f->cells, l.y++, l.in.x, STYLE_BRIGHT, part);
    state_line(&l, v);
    value_lines(&l, v);
    if (v->alert)
        alert_lines(&l, v->alert);
}

#define WIDE_COLS 100
#define SIDE_COLS 46
#define WORDS_ROWS 7
#define CHART_ROWS_MIN 5

/* Words stand beside the chart only where there are firings to list. */
int limit_chart_cols(const Scene *s, int cols) {
    bool is_wide = cols >= WIDE_COLS && s->snapshot->alert_count;
    return is_wide ? cols - SIDE_COLS : cols;
}

void limit_draw(Cells *c, Rect r, const Scene *s, size_t index) {
    LimitView v = limit_view(s->snapshot, index);
    bool is_wide = limit_chart_cols(s, r.cols) < r.cols;
    int words = r.rows - CHART_ROWS_MIN;
    int most = v.alert ? WORDS_ROWS + 4 : WORDS_ROWS;
    words = words > most ? most : words;
    Rect chart = r, side = r;
    if (is_wide) {
        chart.cols = limit_chart_cols(s, r.cols);
        side = (Rect){ r.y, r.x + chart.cols, r.rows, SIDE_COLS };
    } else {
        chart.rows = r.rows - words;
        side = (Rect){ r.y + chart.rows, r.x, words, r.cols };
    }
    Frame f;
    frame_init(&f, c, s, chart.cols);
    chart_draw(&f, chart, &v);
    if (side.rows > 2)
        words_draw(&f, side, &v);
    frame_close(&f);
}
