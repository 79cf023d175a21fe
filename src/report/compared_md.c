/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GitHub Flavored Markdown: tables (its specification, 4.10), in which what
 * came from outside stands as text. */
#include "report/compared.h"

#include <string.h>

#include "report/markdown.h"

static void row(const Compared *c, Text *to) {
    ComparedText base, now, change, interval, limit, verdict;
    bool is_loud = c->verdict == COMPARED_REGRESSED;
    text_adds(to, "| ");
    markdown_code(to, c->now->name, true);
    text_addf(to, " | %s | %s | %s | %s | %s | %s%s%s |\n",
              compared_value(base, c->base), compared_value(now, c->now),
              compared_change(change, c), compared_interval(interval, c),
              compared_limit(limit, c), is_loud ? "**" : "",
              compared_verdict(verdict, c), is_loud ? "**" : "");
}

static void doubts_and_notes(const Comparison *c, Text *to) {
    for (size_t i = 0; i < c->count; i++) {
        const Compared *x = &c->items[i];
        if (x->verdict != COMPARED_UNSURE)
            continue;
        text_adds(to, "- unsure: ");
        markdown_code(to, x->now->name, false);
        text_adds(to, ": ");
        markdown_text(to, x->why);
        text_adds(to, "\n");
    }
    for (const char *s = c->notes.bytes; s && *s;) {
        Text line = { 0 };
        size_t n = strcspn(s, "\n");
        text_add(&line, s, n);
        text_adds(to, "- ");
        markdown_text(to, line.bytes);
        text_adds(to, "\n");
        text_close(&line);
        s += n + (s[n] == '\n');
    }
}

static void part(const Comparison *c, Text *to) {
    Text head = { 0 };
    comparison_headline(c, &head);
    text_addf(to, "### %s\n\n", head.bytes);
    markdown_code(to, c->now->path, false);
    text_adds(to, ", against ");
    markdown_code(to, c->base->path, false);
    text_addf(to,
              "\n\n| figure | base | now | change | %g %% interval | limit | "
              "verdict |\n|---|---:|---:|---:|---:|---:|---|\n",
              100 * c->level);
    for (size_t i = 0; i < c->count; i++)
        if (compared_is_told(&c->items[i]))
            row(&c->items[i], to);
    if (c->unsure || c->notes.length)
        text_adds(to, "\n");
    doubts_and_notes(c, to);
    text_close(&head);
}

void compared_md(const ComparedList *l, Text *to) {
    for (size_t i = 0; i < l->count; i++) {
        text_adds(to, i ? "\n" : "");
        part(l->items[i], to);
    }
}
