/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GitHub Flavored Markdown: tables (its specification, 4.10), in which what
 * came from outside stands as text. */
#include "report/compared.h"

#include <math.h>
#include <string.h>

/* Every mark of ASCII may be escaped by a backslash (GFM, 2.4... 6.1), but a
 * '|' ends a cell even so inside of code, and '<' is safest as an entity. '@'
 * and '#' would call people and issues: a blank of no width after them. */
void compared_escape_md(const char *text, Text *to) {
    for (const char *s = text; *s; s++) {
        if (*s == '<')
            text_adds(to, "&lt;");
        else if (*s == '>')
            text_adds(to, "&gt;");
        else if (*s == '&')
            text_adds(to, "&amp;");
        else if (*s == '@' || *s == '#')
            text_addf(to, "%c&#8203;", *s);
        else if (*s == '\n' || *s == '\r')
            text_adds(to, " ");
        else if (strchr("\\`*_{}[]()~|!$:", *s))
            text_addf(to, "\\%c", *s);
        else
            text_add(to, s, 1);
    }
}

static void row(const Compared *c, Text *to) {
    ComparedText base, now, change, interval, limit, verdict;
    bool is_loud = c->verdict == COMPARED_REGRESSED;
    text_adds(to, "| ");
    compared_escape_md(c->now->name, to);
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
        compared_escape_md(x->now->name, to);
        text_adds(to, ": ");
        compared_escape_md(x->why, to);
        text_adds(to, "\n");
    }
    for (const char *s = c->notes.bytes; s && *s;) {
        Text line = { 0 };
        size_t n = strcspn(s, "\n");
        text_add(&line, s, n);
        text_adds(to, "- ");
        compared_escape_md(line.bytes, to);
        text_adds(to, "\n");
        text_close(&line);
        s += n + (s[n] == '\n');
    }
}

static void part(const Comparison *c, Text *to) {
    Text head = { 0 };
    comparison_headline(c, &head);
    text_addf(to, "### %s\n\n", head.bytes);
    compared_escape_md(c->now->path, to);
    text_adds(to, ", against ");
    compared_escape_md(c->base->path, to);
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
