/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison with the baseline, as a part of a sheet. */
#include <math.h>
#include <string.h>

#include "report/compared.h"
#include "report/sheet.h"

static void add_compared(Sheet *s, const Compared *c) {
    static const struct {
        const char *mark;
        Tone tone;
    } marks[] = {
        [COMPARED_SAME] = { "=", TONE_DIM },
        [COMPARED_BETTER] = { "✓", TONE_GOOD },
        [COMPARED_REGRESSED] = { "✗", TONE_BAD },
        [COMPARED_UNSURE] = { "?", TONE_WARN },
        [COMPARED_ONLY_ONE] = { "", TONE_DIM },
        [COMPARED_SHOWN] = { "", TONE_DIM },
    };
    const Tone tone = marks[c->verdict].tone;
    ComparedText text;
    sheet_cellf(s, tone, (double)c->verdict, "%s %s", marks[c->verdict].mark,
                compared_verdict(text, c));
    sheet_name(s, TONE_PLAIN, (c->now ? c->now : c->base)->name);
    sheet_cell(s, TONE_PLAIN, c->base ? c->base->value : NAN,
               compared_value(text, c->base));
    sheet_cell(s, TONE_PLAIN, c->now ? c->now->value : NAN,
               compared_value(text, c->now));
    sheet_cell(s, tone, c->change, compared_change(text, c));
    sheet_cell(s, TONE_DIM, NAN, compared_interval(text, c));
    sheet_cell(s, TONE_DIM, c->limit, compared_limit(text, c));
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
        { "verdict", false },  { "figure", false }, { "baseline", true },
        { "this run", true },  { "change", true },  { "interval", true },
        { "limit", true },
    };
    Text head = { 0 };
    if (!c)
        return;
    comparison_headline(c, &head);
    sheet_heading(s, "baseline", "Against the baseline");
    sheet_text(s, c->regressed ? TONE_BAD : TONE_PLAIN,
               "%s; the baseline is %s%s%s", head.bytes, c->base->path,
               *c->base->started ? " of " : "", c->base->started);
    add_notes(s, &c->notes);
    sheet_table(s, "This run's figures beside the baseline's", columns,
                sizeof columns / sizeof *columns);
    size_t told = 0;
    for (size_t i = 0; i < c->count; i++)
        if (compared_is_told(&c->items[i]) && told++ < s->rows_max)
            add_compared(s, &c->items[i]);
    sheet_rest(s, told);
    text_close(&head);
}
