/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h: one line of JSON (RFC 8259) as a flat tree, and what a reader asks
 * of its objects. Made for a million lines: nothing is copied, memory is used
 * again. Pure; one thread. */
#ifndef ONRUSH_JOURNAL_LINE_H
#define ONRUSH_JOURNAL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

#define LINE_DEEPEST 8
#define LINE_VALUES_MAX (UINT32_C(1) << 22) /* they are kept in memory */

typedef enum LineKind {
    LINE_NULL,
    LINE_BOOL,
    LINE_NUMBER,
    LINE_TEXT,
    LINE_LIST,
    LINE_OBJECT,
} LineKind;

/* A list's or object's first child is the node behind it. */
typedef struct LineNode {
    LineKind kind;
    bool is_true, is_whole;
    uint32_t count, next; /* children; the node behind all of its own */
    const char *key;      /* in an object, else NULL */
    const char *text;     /* UTF-8 unchecked, ends with NUL */
    size_t length;
    uint64_t whole; /* when is_whole */
    double number;
} LineNode;

typedef struct Line {
    LineNode *nodes; /* [0]: the whole */
    size_t count, cap;
} Line;

/* bytes[length] must be writable: texts are unescaped in place and the nodes
 * point into them. -1 with err, its column within the line. */
int line_parse(Line *l, char *bytes, size_t length, Err *err);
void line_close(Line *l);

/* for (const LineNode *n = line_first(v); n; n = line_next(l, v, n)) */
const LineNode *line_first(const LineNode *v);
const LineNode *line_next(const Line *l, const LineNode *of, const LineNode *n);

/* A member: NULL when there is none. */
const LineNode *line_get(const Line *l, const LineNode *object,
                         const char *key);

/* An object that is read member by member; what is missing or of another
 * kind is told once, in err, and reads as 0, "" or an empty list. */
typedef struct Members {
    const Line *line;
    const LineNode *of;
    bool is_wrong;
    Err *err;
} Members;

uint64_t member_whole(Members *m, const char *key);
/* The same, 0 without it. */
uint64_t member_maybe(Members *m, const char *key);
double member_number(Members *m, const char *key); /* null: NaN */
bool member_is_true(Members *m, const char *key);
/* Clean for a terminal, in the arena. */
const char *member_text(Members *m, const char *key, Arena *arena);
/* As it stands: for words that are looked up. */
const char *member_word(Members *m, const char *key);
const LineNode *member_list(Members *m, const char *key);
/* The word's place in names. */
size_t member_choice(Members *m, const char *key, const char *const *names,
                     size_t count);

#endif
