/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison with the baseline, as a part of a report. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/blocks.h"
#include "report/sheet.h"

/* A figure's value, by the unit it says. */
static char *figure_value(UnitsText to, const Figure *f) {
    UnitsText plain;
    if (!f)
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (text_equal(f->unit, "ms"))
        units_latency(to, f->value * 1e6);
    else if (text_equal(f->unit, "s"))
        units_latency(to, f->value * 1e9);
    else if (text_equal(f->unit, "share"))
        units_percent(to, f->value);
    else if (text_equal(f->unit, "bytes"))
        units_bytes(to, f->value);
    else
        snprintf(to, UNITS_TEXT_MAX, "%.24s%.7s", units_count(plain, f->value),
                 f->unit);
    return to;
}

static void add_compared(Sheet *s, const Compared *c) {
    static const struct {
        const char *words;
        Tone tone;
    } verdicts[] = {
        [COMPARED_SAME] = { "= same", TONE_DIM },
        [COMPARED_BETTER] = { "✓ better", TONE_GOOD },
        [COMPARED_REGRESSED] = { "✗ regressed", TONE_BAD },
        [COMPARED_UNSURE] = { "? unsure", TONE_WARN },
        [COMPARED_ONLY_ONE] = { "only in one", TONE_DIM },
    };
    const Figure *any = c->now ? c->now : c->base;
    UnitsText base, now;
    sheet_cellf(s, verdicts[c->verdict].tone, (double)c->verdict, "%s%s",
                verdicts[c->verdict].words, c->is_severe ? ", severely" : "");
    sheet_name(s, TONE_PLAIN, any->name);
    sheet_cell(s, TONE_PLAIN, c->base ? c->base->value : NAN,
               figure_value(base, c->base));
    sheet_cell(s, TONE_PLAIN, c->now ? c->now->value : NAN,
               figure_value(now, c->now));
    if (isfinite(c->change))
        sheet_cellf(s, verdicts[c->verdict].tone, c->change, "%+.1f %%",
                    c->change * 100);
    else
        sheet_cell(s, TONE_DIM, NAN, "-");
    sheet_cell(s, TONE_DIM, NAN, c->why);
}

static void add_notes(Sheet *s, const Text *notes) {
    for (const char *at = notes->length ? notes->bytes : ""; *at;) {
        int n = (int)strcspn(at, "\n");
        if (n)
            sheet_text(s, TONE_WARN, "%.*s", n, at);
        at += n + (at[n] == '\n');
    }
}

void sheet_comparison(Sheet *s, const Comparison *c) {
    static const SheetColumn columns[] = {
        { "verdict", false }, { "figure", false }, { "baseline", true },
        { "this run", true }, { "change", true },  { "why", false },
    };
    if (!c)
        return;
    sheet_heading(s, "baseline", "Against the baseline");
    sheet_text(s, c->regressed ? TONE_BAD : TONE_PLAIN,
               "%zu regressed (%zu of them by more than 15 %%), %zu better, "
               "%zu unsure, of %zu figures; the baseline is %s%s%s",
               c->regressed, c->severe, c->better, c->unsure, c->count,
               c->base->path, *c->base->started ? " of " : "",
               c->base->started);
    add_notes(s, &c->notes);
    sheet_table(s, "This run's figures beside the baseline's", columns, 6);
    for (size_t i = 0; i < c->count && i < s->rows_max; i++)
        add_compared(s, &c->items[i]);
    sheet_rest(s, c->count);
}
