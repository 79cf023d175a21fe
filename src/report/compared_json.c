/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/compared.h"

#include <math.h>
#include <string.h>

#define FORMAT_VERSION 1

static json_t *result_of(const Results *r) {
    json_t *o = json_object();
    out_put(o, "path", out_text(r->path));
    out_put(o, "tool", out_text(r->tool));
    out_put(o, "profile", out_text(r->profile));
    out_put(o, "started", out_text(r->started));
    out_put(o, "status",
            r->status < 0 ? json_null() : json_integer(r->status));
    out_put(o, "duration_ms", out_number(r->duration_ms));
    return o;
}

static json_t *value_of(const Figure *f) {
    return f ? out_number(f->value) : json_null();
}

static json_t *figure_of(const Compared *c) {
    const Figure *f = c->now ? c->now : c->base;
    json_t *o = json_object();
    out_put(o, "figure", out_text(f->name));
    out_put(o, "unit", out_text(f->unit));
    out_put(o, "better",
            f->better == BETTER_UNKNOWN
                ? json_null()
                : out_text(f->better == BETTER_LOWER ? "lower" : "higher"));
    out_put(o, "base", value_of(c->base));
    out_put(o, "now", value_of(c->now));
    out_put(o, "change", out_number(c->change));
    out_put(o, "low", out_number(c->interval.low));
    out_put(o, "high", out_number(c->interval.high));
    out_put(o, "p", out_number(c->p));
    out_put(o, "limit", out_number(c->limit));
    out_put(o, "verdict", out_text(compared_verdict_name(c->verdict)));
    out_put(o, "severe", json_boolean(c->is_severe));
    out_put(o, "why", out_text(c->why));
    return o;
}

static json_t *notes_of(const Comparison *c) {
    json_t *all = json_array();
    const char *notes = c->notes.bytes;
    while (notes && *notes) {
        Text line = { 0 };
        size_t n = strcspn(notes, "\n");
        text_add(&line, notes, n);
        out_add(all, out_text(line.bytes));
        text_close(&line);
        notes += n + (notes[n] == '\n');
    }
    return all;
}

json_t *compared_json_of(const Comparison *c) {
    json_t *o = json_object(), *all = json_array();
    for (size_t i = 0; i < c->count; i++)
        out_add(all, figure_of(&c->items[i]));
    Text head = { 0 };
    comparison_headline(c, &head);
    out_put(o, "verdict", out_text(c->regressed ? "regressed" : "held"));
    out_put(o, "text", out_text(head.bytes));
    out_put(o, "base", result_of(c->base));
    out_put(o, "now", result_of(c->now));
    out_put(o, "confidence", out_number(c->level));
    out_put(o, "judged", out_count(c->judged));
    out_put(o, "regressed", out_count(c->regressed));
    out_put(o, "severe", out_count(c->severe));
    out_put(o, "better", out_count(c->better));
    out_put(o, "unsure", out_count(c->unsure));
    out_put(o, "notes", notes_of(c));
    out_put(o, "figures", all);
    text_close(&head);
    return o;
}

void compared_json(const ComparedList *l, Text *to) {
    out_begin();
    json_t *o = json_object(), *all = json_array();
    for (size_t i = 0; i < l->count; i++)
        out_add(all, compared_json_of(l->items[i]));
    out_put(o, "onrush_compare", json_integer(FORMAT_VERSION));
    out_put(o, "comparisons", all);
    out_print(o, JSON_INDENT(2), to);
}
