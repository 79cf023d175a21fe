/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/repeated.h"

#include <math.h>
#include <stdio.h>

#include "report/blocks.h"
#include "report/out.h"

char *repeated_dir(char to[REPEAT_DIR_MAX], size_t number) {
    snprintf(to, REPEAT_DIR_MAX, "%02zu", number % 10000);
    return to;
}

void repeated_json(const Repeat *r, const char *profile, Text *to) {
    out_begin();
    json_t *o = json_object(), *all = json_array();
    for (size_t i = r->discard; i < r->count; i++) {
        const RepeatRun *x = &r->runs[i];
        char dir[REPEAT_DIR_MAX];
        json_t *one = json_object(), *figures = json_object();
        if (!x->has_figures)
            continue;
        for (size_t k = 0; k < REPEAT_FIGURE_COUNT; k++)
            out_put(figures, repeat_figures[k].name,
                    out_number(x->figures[k]));
        out_put(one, "dir", out_text(repeated_dir(dir, x->number)));
        out_put(one, "status", json_integer(x->status));
        out_put(one, "figures", figures);
        out_add(all, one);
    }
    out_put(o, "onrush_repeat", json_integer(1));
    out_put(o, "profile", out_text(profile));
    out_put(o, "discarded", out_count(r->discard));
    out_put(o, "agree", json_boolean(repeat_agrees(r)));
    out_put(o, "runs", all);
    out_print(o, JSON_INDENT(2), to);
}

/* --- text --------------------------------------------------------------- */

/* A figure in its unit; the page's tables align it. */
static void add_value(Table *t, Tone tone, const char *unit, double v) {
    UnitsText text;
    if (isnan(v))
        table_add(t, tone, "-");
    else if (text_equal(unit, "ms"))
        table_add(t, tone, units_latency(text, v * 1e6));
    else if (text_equal(unit, "share"))
        table_add(t, tone, units_percent(text, v));
    else
        table_addf(t, tone, "%s%s", units_count(text, v), unit);
}

static void add_figure(const Repeat *r, size_t i, Table *t) {
    const RepeatFigure *f = &repeat_figures[i];
    RepeatSummary s = repeat_summary(r, i);
    const SampleSummary *x = &s.sample;
    UnitsText v;
    if (x->count == 0 || (x->min == 0 && x->max == 0))
        return;
    table_add(t, TONE_PLAIN, f->name);
    add_value(t, TONE_PLAIN, f->unit, x->mean);
    add_value(t, TONE_DIM, f->unit, x->stddev);
    table_add(t, TONE_PLAIN, isnan(x->cv) ? "-" : units_percent(v, x->cv));
    add_value(t, TONE_PLAIN, f->unit, x->mean_estimate.low);
    add_value(t, TONE_PLAIN, f->unit, x->mean_estimate.high);
    add_value(t, TONE_DIM, f->unit, x->min);
    add_value(t, TONE_DIM, f->unit, x->max);
    table_add(t, !f->decides ? TONE_DIM : s.agrees ? TONE_GOOD : TONE_BAD,
              units_percent(v, s.spread));
}

static void show_outliers(const Repeat *r, Page *p) {
    for (size_t i = r->discard; i < r->count; i++)
        for (size_t k = 0; k < REPEAT_FIGURE_COUNT; k++) {
            const RepeatFigure *f = &repeat_figures[k];
            const RepeatRun *x = &r->runs[i];
            char dir[REPEAT_DIR_MAX];
            UnitsText mine, median;
            if (!f->decides || !repeat_is_outlier(r, k, x))
                continue;
            bool is_time = text_equal(f->unit, "ms");
            double middle = repeat_summary(r, k).sample.median;
            double scale = is_time ? 1e6 : 1;
            char *(*print)(UnitsText, double) =
                is_time ? units_latency : units_count;
            page_addf(p, TONE_WARN,
                      "  run %s is unlike the others: %s %s, the median is %s",
                      repeated_dir(dir, x->number), f->name,
                      print(mine, x->figures[k] * scale),
                      print(median, middle * scale));
            page_end(p);
        }
}

void block_repeat(const Repeat *r, Page *p) {
    static const TableColumn columns[] = {
        { "figure", false, 0 }, { "mean", true, 0 },    { "stddev", true, 4 },
        { "CV", true, 1 },      { "95 % from", true, 2 }, { "to", true, 2 },
        { "min", true, 5 },     { "max", true, 5 },
        { "furthest", true, 0 },
    };
    Table t = { columns, 9, NULL, 0, 0 };
    size_t kept = repeat_kept(r);
    page_addf(p, TONE_BOLD, "%zu run%s", kept, kept == 1 ? "" : "s");
    page_addf(p, TONE_DIM, ", %zu before them discarded",
              r->discard < r->count ? r->discard : r->count);
    page_end(p);
    for (size_t i = 0; i < REPEAT_FIGURE_COUNT; i++)
        add_figure(r, i, &t);
    table_print(&t, p, 2);
    show_outliers(r, p);
    if (kept < 2)
        page_paragraph(p, TONE_WARN, 2, "fewer than two runs: nothing to agree "
                                        "with");
    else
        page_paragraph(p, repeat_agrees(r) ? TONE_GOOD : TONE_BAD, 2,
                       repeat_agrees(r)
                           ? "the runs agree: throughput, median and p(95) of "
                             "each are within 5 % of the median"
                           : "the runs do not agree: throughput, median or "
                             "p(95) of one is more than 5 % from the median");
}
