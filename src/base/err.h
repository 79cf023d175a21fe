/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h: how a function says what went wrong.
 * Err is one reason, filled by whoever failed; Diags is the list that a
 * reader of a file collects, so that every mistake is told at once.
 * Values without a thread of their own. */
#ifndef ONRUSH_BASE_ERR_H
#define ONRUSH_BASE_ERR_H

#include <stddef.h>
#include <stdio.h>

#define ERR_TEXT_MAX 400

/* column: 1-based within the text that was read, 0 when unknown. */
typedef struct Err {
    int column;
    char text[ERR_TEXT_MAX];
} Err;

/* Fills *err (which may be NULL) and returns -1, so that a function can
 * `return err_set(err, "...")`. err_at also says where in the text. */
int err_set(Err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int err_at(Err *err, int column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One mistake in a file; line and column are 1-based, 0 = not known. */
typedef struct Diag {
    int line, column;
    char *text;
} Diag;

typedef struct Diags {
    char *file;
    Diag *items;
    size_t count, cap;
} Diags;

void diags_init(Diags *d, const char *file);
void diags_close(Diags *d);
/* The text, which quotes the file, is cleaned for a terminal (text_clean). */
void diags_add(Diags *d, int line, int column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Sorts by line, then column. */
void diags_sort(Diags *d);
/* `file:line:column: text`, a line each; line and column where known. */
void diags_print(const Diags *d, FILE *to);

#endif
