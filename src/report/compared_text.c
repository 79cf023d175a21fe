/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/compared.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

/* --- what the forms share ----------------------------------------------- */

static void in_time(ComparedText to, double ns) {
    UnitsText text;
    if (ns < 1000)
        snprintf(to, COMPARED_VALUE_MAX, "%.4g ns", ns);
    else
        snprintf(to, COMPARED_VALUE_MAX, "%s", units_latency(text, ns));
}

char *compared_value(ComparedText to, const Figure *f) {
    static const struct {
        const char *unit;
        double ns;
    } times[] = { { "ns", 1 }, { "ms", 1e6 }, { "s", 1e9 } };
    UnitsText text;
    snprintf(to, COMPARED_VALUE_MAX, "-");
    if (!f)
        return to;
    for (size_t i = 0; i < 3; i++)
        if (text_equal(f->unit, times[i].unit) && f->value >= 0) {
            in_time(to, f->value * times[i].ns);
            return to;
        }
    if (text_equal(f->unit, "share"))
        snprintf(to, COMPARED_VALUE_MAX, "%.4g %%", 100 * f->value);
    else if (text_equal(f->unit, "bytes") && f->value >= 0)
        snprintf(to, COMPARED_VALUE_MAX, "%s", units_bytes(text, f->value));
    else if (text_equal(f->unit, "cores"))
        snprintf(to, COMPARED_VALUE_MAX, "%.3g CPUs", f->value);
    else
        snprintf(to, COMPARED_VALUE_MAX, "%.5g%s", f->value,
                 text_equal(f->unit, "/s") ? "/s" : "");
    return to;
}

char *compared_change(ComparedText to, const Compared *c) {
    if (isnan(c->change))
        snprintf(to, COMPARED_VALUE_MAX, "%s",
                 c->base && c->now && c->now->value != 0 ? "from 0" : "-");
    else
        snprintf(to, COMPARED_VALUE_MAX, "%+.1f %%", 100 * c->change);
    return to;
}

char *compared_interval(ComparedText to, const Compared *c) {
    if (isnan(c->interval.low))
        snprintf(to, COMPARED_VALUE_MAX, "-");
    else if (isinf(c->interval.high))
        snprintf(to, COMPARED_VALUE_MAX, "%+.1f %% and more",
                 100 * c->interval.low);
    else
        snprintf(to, COMPARED_VALUE_MAX, "%+.1f to %+.1f %%",
                 100 * c->interval.low, 100 * c->interval.high);
    return to;
}

char *compared_limit(ComparedText to, const Compared *c) {
    if (isnan(c->limit))
        snprintf(to, COMPARED_VALUE_MAX, "-");
    else
        snprintf(to, COMPARED_VALUE_MAX, "%.4g %%", 100 * c->limit);
    return to;
}

char *compared_verdict(ComparedText to, const Compared *c) {
    snprintf(to, COMPARED_VALUE_MAX, "%s%s",
             c->verdict == COMPARED_SHOWN ? "not judged"
                                          : compared_verdict_name(c->verdict),
             c->is_severe ? ", high" : "");
    return to;
}

bool compared_is_told(const Compared *c) {
    return c->verdict != COMPARED_ONLY_ONE &&
           (c->verdict != COMPARED_SHOWN || !isnan(c->limit));
}

/* --- text --------------------------------------------------------------- */

static Tone tone_of(ComparedVerdict v) {
    static const Tone tones[] = {
        [COMPARED_SAME] = TONE_PLAIN,    [COMPARED_BETTER] = TONE_GOOD,
        [COMPARED_REGRESSED] = TONE_BAD, [COMPARED_UNSURE] = TONE_WARN,
        [COMPARED_ONLY_ONE] = TONE_DIM,  [COMPARED_SHOWN] = TONE_DIM,
    };
    return tones[v];
}

static void add_row(Table *t, const Compared *c) {
    ComparedText text;
    Tone tone = tone_of(c->verdict);
    table_add(t, TONE_PLAIN, c->now->name);
    table_add(t, TONE_DIM, compared_value(text, c->base));
    table_add(t, TONE_PLAIN, compared_value(text, c->now));
    table_add(t, tone, compared_change(text, c));
    table_add(t, TONE_DIM, compared_interval(text, c));
    table_add(t, TONE_DIM, compared_limit(text, c));
    table_add(t, tone, compared_verdict(text, c));
}

static void add_table(const Comparison *c, Page *p) {
    char interval[32];
    snprintf(interval, sizeof interval, "%g %% interval", 100 * c->level);
    const TableColumn columns[] = {
        { "figure", false, 0 }, { "base", true, 0 },   { "now", true, 0 },
        { "change", true, 0 },  { interval, true, 1 }, { "limit", true, 2 },
        { "verdict", false, 0 },
    };
    Table t = { .columns = columns, .width = sizeof columns / sizeof *columns };
    for (size_t i = 0; i < c->count; i++)
        if (compared_is_told(&c->items[i]))
            add_row(&t, &c->items[i]);
    if (t.count)
        table_print(&t, p, 2);
    free(t.cells);
}

/* What is not plain from the row: why a verdict is unsure. */
static void add_doubts(const Comparison *c, Page *p) {
    for (size_t i = 0; i < c->count; i++) {
        const Compared *x = &c->items[i];
        if (x->verdict != COMPARED_UNSURE)
            continue;
        Text line = { 0 };
        text_addf(&line, "unsure: %s: %s", x->now->name, x->why);
        page_paragraph(p, TONE_WARN, 2, line.bytes);
        text_close(&line);
    }
}

static void add_notes(const Comparison *c, Page *p) {
    char *notes = c->notes.bytes;
    while (notes && *notes) {
        Text line = { 0 };
        size_t n = strcspn(notes, "\n");
        text_adds(&line, "note: ");
        text_add(&line, notes, n);
        page_paragraph(p, TONE_DIM, 2, line.bytes);
        text_close(&line);
        notes += n + (notes[n] == '\n');
    }
}

static void add_one(const Comparison *c, Page *p) {
    Text head = { 0 };
    comparison_headline(c, &head);
    page_add(p, c->regressed ? TONE_BAD : c->judged ? TONE_GOOD : TONE_WARN,
             head.bytes);
    page_end(p);
    page_addf(p, TONE_DIM, "%s, against %s", c->now->path, c->base->path);
    page_end(p);
    page_end(p);
    add_table(c, p);
    if (c->unsure || c->notes.length)
        page_end(p);
    add_doubts(c, p);
    add_notes(c, p);
    text_close(&head);
}

void compared_text(const ComparedList *l, Page *p) {
    for (size_t i = 0; i < l->count; i++) {
        if (i)
            page_end(p);
        add_one(l->items[i], p);
    }
}
