/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h: what a report says, once for every format that reads like a
 * document: the head with verdict and key figures, then headings, sentences
 * and tables. markdown.c and html.c only write it down, so they cannot differ
 * in what they say. Pure; main thread.
 *
 * Texts are cleaned here (text_clean) and escaped by who writes them. What
 * comes from outside as a whole (names, targets, examples) is marked is_code,
 * so that no format makes a link or a mention of it. */
#ifndef ONRUSH_REPORT_SHEET_H
#define ONRUSH_REPORT_SHEET_H

#include "report/page.h"
#include "report/report.h"

typedef enum SheetKind {
    SHEET_HEADING,
    SHEET_TEXT,
    SHEET_TABLE,
    SHEET_CODE,   /* an example, as it is */
    SHEET_CHARTS, /* where charts belong, if the format has any */
    SHEET_SERIES, /* those of each request, the same */
    SHEET_SCALE,  /* the chart of a run in steps of load, the same */
} SheetKind;

typedef struct SheetCell {
    char *text;
    Tone tone;
    bool is_code;
    double order; /* to sort by; NaN: by the text */
} SheetCell;

typedef struct SheetColumn {
    const char *head;
    bool right;
} SheetColumn;

typedef struct SheetBlock {
    SheetKind kind;
    Tone tone;
    const char *id; /* SHEET_HEADING: a literal, [a-z]+ */
    char *text;     /* heading, sentence, caption of a table or an example */
    char *code;     /* SHEET_CODE */
    const SheetColumn *columns;
    size_t width;
    SheetCell *cells; /* row by row, whole rows */
    size_t count, cap;
    const Scaling *scale; /* SHEET_SCALE; the report's */
} SheetBlock;

#define SHEET_FIGURES 4

typedef struct SheetFigure {
    const char *label;
    char value[64], note[160];
    Tone tone;
} SheetFigure;

typedef struct SheetHead {
    ExitStatus status;
    const char *badge; /* "held", "broken", "undecided" ... */
    Tone tone;
    char *name, *target;
    char *words;   /* "2 of 9 thresholds did not hold" */
    char *ended;   /* "exit status 99: a threshold broke" */
    char *facts;   /* when, how long, with what */
    SheetFigure figures[SHEET_FIGURES];
} SheetHead;

typedef struct Sheet {
    SheetHead head;
    SheetBlock *reasons; /* SHEET_TEXT: why, and what to know first */
    size_t reason_count, reason_cap;
    SheetBlock *items;
    size_t count, cap;
    size_t rows_max; /* of a table */
    bool is_long;    /* examples and what is only looked up, too */
} Sheet;

/* {0} is empty. Everything there is to say; rows_max > 0. */
void sheet_fill(Sheet *s, const Report *r, size_t rows_max, bool is_long);
void sheet_close(Sheet *s);

/* --- for who fills it --------------------------------------------------- */

void sheet_heading(Sheet *s, const char *id, const char *text);
void sheet_text(Sheet *s, Tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sheet_reason(Sheet *s, Tone tone, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void sheet_code(Sheet *s, const char *caption, const char *code);
void sheet_charts(Sheet *s);
void sheet_series_charts(Sheet *s);
void sheet_scale_chart(Sheet *s, const Scaling *of);
/* Cells that follow are this table's; columns outlive the sheet. */
void sheet_table(Sheet *s, const char *caption, const SheetColumn *columns,
                 size_t width);
void sheet_cell(Sheet *s, Tone tone, double order, const char *text);
void sheet_cellf(Sheet *s, Tone tone, double order, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void sheet_name(Sheet *s, Tone tone, const char *name); /* is_code */
/* "… and 12 more, in summary.json", of count rows. */
void sheet_rest(Sheet *s, size_t count);
/* A clean copy; NULL: "". */
char *sheet_clean(const char *text);

/* Parts, a file each: nothing when there is nothing of it. */
void sheet_verdicts(Sheet *s, const Report *r);
void sheet_sections(Sheet *s, const Report *r);
void sheet_comparison(Sheet *s, const Comparison *c);
void sheet_find(Sheet *s, const Finder *f);
void sheet_scale(Sheet *s, const Scaling *of);

#endif
