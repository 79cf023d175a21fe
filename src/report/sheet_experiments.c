/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a search or a run in steps of load found, as parts of a sheet. */
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "report/sheet.h"

static void add_latency(Sheet *s, double ns) {
    UnitsText v;
    sheet_cell(s, TONE_PLAIN, ns, units_latency(v, ns));
}

static void add_reading(Sheet *s, const GoalReading *r) {
    UnitsText v;
    sheet_cell(s, TONE_PLAIN, r->rps, units_count(v, r->rps));
    add_latency(s, r->p50);
    add_latency(s, r->p95);
    add_latency(s, r->p99);
    sheet_cell(s, r->failed ? TONE_BAD : TONE_PLAIN, r->error_rate,
               units_percent(v, r->error_rate));
}

/* --- the search --------------------------------------------------------- */

static void add_find_step(Sheet *s, const FindStep *x, bool is_rate) {
    UnitsText v;
    Tone tone = x->held ? TONE_GOOD : TONE_BAD;
    sheet_cell(s, TONE_PLAIN, x->level, units_level(v, x->level, is_rate));
    sheet_cellf(s, tone, x->held, "%s%s%s", x->held ? "✓ held" : "✗ did not",
                x->is_early ? ", ended early" : "",
                x->is_confirmation ? ", tried again" : "");
    sheet_cell(s, tone, NAN, x->why);
    add_reading(s, &x->reading);
    sheet_cellf(s, TONE_DIM, x->reading.seconds, "%.0f", x->reading.seconds);
}

void sheet_find(Sheet *s, const Finder *f) {
    static const SheetColumn vus[] = {
        { "VUs", true }, { "verdict", false }, { "by", false },
        { "req/s", true }, { "p50", true },    { "p95", true },
        { "p99", true }, { "failed", true },   { "seconds", true },
    };
    static const SheetColumn arrivals[] = {
        { "arrivals", true }, { "verdict", false }, { "by", false },
        { "req/s", true },    { "p50", true },      { "p95", true },
        { "p99", true },      { "failed", true },   { "seconds", true },
    };
    if (!f)
        return;
    sheet_heading(s, "find", "The search for the highest level");
    sheet_text(s, TONE_PLAIN, "What was to hold: %s", f->goal->text);
    if (f->rests_cut)
        sheet_text(s, TONE_WARN,
                   "%zu of %zu rests ended before the target was itself "
                   "again: the steps after them may be too bad",
                   f->rests_cut, f->rests);
    sheet_table(s, "Each level that was tried, in order",
                f->spec.is_rate ? arrivals : vus,
                sizeof vus / sizeof *vus);
    for (size_t i = 0; i < f->count && i < s->rows_max; i++)
        add_find_step(s, &f->steps[i], f->spec.is_rate);
    sheet_rest(s, f->count);
}

/* --- steps of load ------------------------------------------------------ */

static void add_scale_step(Sheet *s, const Scaling *of, size_t i) {
    const ScaleStep *x = &of->steps[i];
    const double margin = x->throughput.high - x->throughput.value;
    UnitsText v;
    sheet_cellf(s, TONE_PLAIN, x->at, "x%.10g%s", x->at,
                i == of->best ? " (best)" : "");
    sheet_cell(s, TONE_PLAIN, x->level,
               units_level(v, x->level, of->is_rate));
    sheet_cell(s, TONE_PLAIN, x->load, units_count(v, x->load));
    sheet_cell(s, TONE_DIM, margin, units_count(v, margin));
    add_reading(s, &x->reading);
}

static void add_lines(Sheet *s, const char *lines) {
    for (const char *at = lines ? lines : ""; *at;) {
        int n = (int)strcspn(at, "\n");
        sheet_text(s, TONE_PLAIN, "%.*s", n, at);
        at += n + (at[n] == '\n');
    }
}

void sheet_scale(Sheet *s, const Scaling *of) {
    static const SheetColumn columns[] = {
        { "step", false },   { "level", true }, { "VUs at work", true },
        { "± 95 %", true },  { "req/s", true }, { "p50", true },
        { "p95", true },     { "p99", true },   { "failed", true },
    };
    Text words = { 0 };
    if (!of)
        return;
    sheet_heading(s, "scale", "How the target scales");
    scale_words(of, &words);
    add_lines(s, words.bytes);
    sheet_scale_chart(s, of);
    sheet_table(s,
                "Each step of load; ± is the 95 % confidence interval of "
                "its requests per second",
                columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < of->count && i < s->rows_max; i++)
        add_scale_step(s, of, i);
    sheet_rest(s, of->count);
    text_close(&words);
}
