/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h: a growing text, cleaning of text from outside, "did you mean".
 * Pure; a Text belongs to whoever holds it. */
#ifndef ONRUSH_BASE_TEXT_H
#define ONRUSH_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Always NUL-terminated once something was added; starts as {0}. */
typedef struct Text {
    char *bytes;
    size_t length, cap;
} Text;

void text_add(Text *t, const char *bytes, size_t length);
void text_adds(Text *t, const char *text);
void text_addf(Text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* args are used up. */
void text_addv(Text *t, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void text_clear(Text *t); /* keeps the memory */
void text_close(Text *t);
/* The text as a heap string of its own, "" when empty; t is empty then. */
char *text_take(Text *t);

/* Copies text from outside so that a terminal may show it: control bytes
 * (C0, C1, DEL), bidirectional marks and broken UTF-8 become '?' or U+FFFD;
 * cut at a character to fit size (> 0). Returns to. */
char *text_clean(char *to, size_t size, const char *from, size_t length);
/* The same, uncut, as a heap string of its own. */
char *text_clean_copy(const char *from);
/* Clean UTF-8 that fits size (at least 16): what is longer lacks its middle,
 * with "..." there, for what is wrong stands behind a path. Returns to. */
char *text_shorten(char *to, size_t size, const char *from);

/* Appends text from outside, cleaned so but for ends of lines; of any
 * length. */
void text_add_lines(Text *t, const char *text);
/* Writes it so. */
void text_put(FILE *to, const char *text);
/* fprintf for what a person reads: what is put in, arguments, names of files,
 * a profile's words, gives a terminal no orders. Returns like fprintf. */
int text_to(FILE *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Optimal string alignment distance (Damerau 1964 without repeated edits),
 * case-insensitive, of names up to 63 bytes; longer ones are far apart. */
size_t text_distance(const char *a, const char *b);
/* The nearest of names (count) to what was written, NULL when none is
 * within a third of its length (at least 1). */
const char *text_nearest(const char *wrote, const char *const *names,
                         size_t count);

/* Cuts white space off both ends in place; returns the new beginning. */
char *text_trim(char *text);
bool text_equal(const char *a, const char *b);
bool text_starts(const char *text, const char *with);

#endif
