/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markdown.h: text from outside in Markdown as GitHub reads it (GFM): what
 * it shows is the text and nothing else; no link, mention, reference, tag or
 * table cell comes of it. Pure.
 * Source: GitHub Flavored Markdown Spec 0.29, 2.4, 4.10, 6.3 and 6.9. */
#ifndef ONRUSH_REPORT_MARKDOWN_H
#define ONRUSH_REPORT_MARKDOWN_H

#include <stdbool.h>

#include "base/text.h"

/* Appends a sentence of ours that may have words from outside in it. */
void markdown_text(Text *to, const char *text);
/* Appends a code span, "" for none; in a table a | in it needs a \. */
void markdown_code(Text *to, const char *text, bool in_table);

#endif
