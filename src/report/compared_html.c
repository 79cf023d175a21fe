/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/compared.h"

#include <string.h>

#include "report/html.h"

static void cell(const char *text, Text *to) {
    text_adds(to, "<td>");
    html_text(to, text);
    text_adds(to, "</td>");
}

static void row(const Compared *c, Text *to) {
    ComparedText text;
    text_addf(to, "<tr class=\"%s\"><th>", compared_verdict_name(c->verdict));
    html_text(to, c->now->name);
    text_adds(to, "</th>");
    cell(compared_value(text, c->base), to);
    cell(compared_value(text, c->now), to);
    cell(compared_change(text, c), to);
    cell(compared_interval(text, c), to);
    cell(compared_limit(text, c), to);
    text_adds(to, "<td title=\"");
    html_text(to, c->why);
    text_adds(to, "\">");
    html_text(to, compared_verdict(text, c));
    text_adds(to, "</td></tr>\n");
}

static void notes(const Comparison *c, Text *to) {
    text_adds(to, "<ul>\n");
    for (size_t i = 0; i < c->count; i++) {
        const Compared *x = &c->items[i];
        if (x->verdict != COMPARED_UNSURE)
            continue;
        text_adds(to, "<li>unsure: ");
        html_text(to, x->now->name);
        text_adds(to, ": ");
        html_text(to, x->why);
        text_adds(to, "</li>\n");
    }
    for (const char *s = c->notes.bytes; s && *s;) {
        Text line = { 0 };
        size_t n = strcspn(s, "\n");
        text_add(&line, s, n);
        text_adds(to, "<li>");
        html_text(to, line.bytes);
        text_adds(to, "</li>\n");
        text_close(&line);
        s += n + (s[n] == '\n');
    }
    text_adds(to, "</ul>\n");
}

static void add_part(const Comparison *c, Text *to) {
    Text head = { 0 };
    comparison_headline(c, &head);
    text_addf(to, "<section class=\"compared %s\">\n<h2>",
              c->regressed ? "regressed" : "held");
    html_text(to, head.bytes);
    text_adds(to, "</h2>\n<p>");
    html_text(to, c->now->path);
    text_adds(to, ", against ");
    html_text(to, c->base->path);
    text_addf(to,
              "</p>\n<table>\n<thead><tr><th>figure</th><th>base</th>"
              "<th>now</th><th>change</th><th>%g %% interval</th>"
              "<th>limit</th><th>verdict</th></tr></thead>\n<tbody>\n",
              100 * c->level);
    for (size_t i = 0; i < c->count; i++)
        if (compared_is_told(&c->items[i]))
            row(&c->items[i], to);
    text_adds(to, "</tbody>\n</table>\n");
    if (c->unsure || c->notes.length)
        notes(c, to);
    text_adds(to, "</section>\n");
    text_close(&head);
}

void compared_html(const ComparedList *l, Text *to) {
    text_adds(
        to,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>onrush compare</title>\n<style>\n"
        ":root { color-scheme: light dark; }\n"
        "body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto;\n"
        "  max-width: 72em; padding: 0 1em; }\n"
        "table { border-collapse: collapse; }\n"
        "th, td { padding: .25em .8em; text-align: right; border-bottom: 1px\n"
        "  solid #8884; font-variant-numeric: tabular-nums; }\n"
        "th:first-child, td:last-child { text-align: left; }\n"
        "tbody th { font-weight: normal; }\n"
        "section.regressed h2, tr.regressed td { color: #c5221f; }\n"
        "tr.better td:last-child { color: #188038; }\n"
        "tr.unsure td:last-child { color: #b06000; }\n"
        "tr.not-judged { opacity: .7; }\n"
        "</style>\n</head>\n<body>\n<h1>onrush compare</h1>\n");
    for (size_t i = 0; i < l->count; i++)
        add_part(l->items[i], to);
    text_adds(to, "</body>\n</html>\n");
}
