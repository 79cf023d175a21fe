/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compared.h: a comparison as text, Markdown, JSON and HTML. Each takes one
 * for each new result, in order; all names in them are written so that they
 * cannot become markup or a terminal's command. Main thread. */
#ifndef ONRUSH_REPORT_COMPARED_H
#define ONRUSH_REPORT_COMPARED_H

#include "compare/comparison.h"
#include "report/out.h"
#include "report/page.h"

typedef struct ComparedList {
    const Comparison *const *items;
    size_t count;
} ComparedList;

/* A line that decides, then a table: regressions first. */
void compared_text(const ComparedList *l, Page *p);
/* GitHub-flavoured. */
void compared_md(const ComparedList *l, Text *to);
/* {"onrush_compare": 1, "comparisons": [...]}; doc/compare.md. */
void compared_json(const ComparedList *l, Text *to);
/* One of them, for a file of which it is a part. */
json_t *compared_json_of(const Comparison *c);
/* A page of its own: no script, nothing loaded. */
void compared_html(const ComparedList *l, Text *to);

/* --- what the forms share ----------------------------------------------- */

#define COMPARED_VALUE_MAX 48
typedef char ComparedText[COMPARED_VALUE_MAX];
char *compared_value(ComparedText to, const Figure *f); /* "21.6 ms"; "-" */
char *compared_change(ComparedText to, const Compared *c);   /* "+8.1 %" */
char *compared_interval(ComparedText to, const Compared *c); /* "+6.2 .. +9.9 %" */
char *compared_limit(ComparedText to, const Compared *c);    /* "5 %" */
/* "regressed, high" */
char *compared_verdict(ComparedText to, const Compared *c);
/* Has it a row where people read? */
bool compared_is_told(const Compared *c);

#endif
