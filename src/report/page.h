/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h: text for a terminal that scrolls: lines cut to a width, tones
 * instead of colours, aligned tables. What is added may come from outside:
 * it is cleaned here, and written in ASCII when that is asked for. Pure. */
#ifndef ONRUSH_REPORT_PAGE_H
#define ONRUSH_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

typedef enum Tone {
    TONE_PLAIN,
    TONE_DIM,
    TONE_BOLD,
    TONE_GOOD,
    TONE_WARN,
    TONE_BAD,
} Tone;

typedef struct Page {
    Text *to;
    bool colour, ascii;
    int columns; /* a line's width */
    int at;      /* columns used of this line */
} Page;

int page_width(const char *text); /* columns of valid UTF-8 */
/* Adds to the line; what does not fit is cut with an ellipsis. */
void page_add(Page *p, Tone tone, const char *text);
void page_addf(Page *p, Tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Lines of their own, broken at blanks. */
void page_paragraph(Page *p, Tone tone, int indent, const char *text);
void page_indent(Page *p, int column); /* blanks up to that column */
void page_end(Page *p);                /* ends the line, blank or not */

/* Columns with a higher `drop` go first where the page is too narrow; 0
 * stays. The first column is cut when even that is too wide. */
typedef struct TableColumn {
    const char *head; /* NULL in all: no heading */
    bool right;
    int drop;
} TableColumn;

typedef struct TableCell {
    char *text;
    Tone tone;
} TableCell;

typedef struct Table {
    const TableColumn *columns;
    size_t width;
    TableCell *cells;
    size_t count, cap;
} Table;

#define TABLE_COLUMNS_MAX 12

/* The next cell, row by row. */
void table_add(Table *t, Tone tone, const char *text);
void table_addf(Table *t, Tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Prints the whole rows, indented, and empties the table. */
void table_print(Table *t, Page *p, int indent);

#endif
