/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lex.h: the tokens that checks, thresholds and alerts are made of.
 * Pure. Numbers may carry a unit: times become milliseconds (k6's unit),
 * % becomes a share, k and M are factors. */
#ifndef ONRUSH_EXPR_LEX_H
#define ONRUSH_EXPR_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_TEXT,     /* "..." */
    TOKEN_REGEX,    /* /.../, \/ inside */
    TOKEN_VARIABLE, /* ${...} */
    TOKEN_NAME,     /* letters, digits, _ . -; brackets and braces behind it
                     * belong to it: json.a[0]["b c"], http_reqs{home} */
    TOKEN_COMPARE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
} TokenKind;

typedef enum CompareOp {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
} CompareOp;

/* at/length: where it stands in the text, with its quotes, slashes or
 * braces; borrowed. is_time, is_share: written with a unit of time, with %. */
typedef struct Token {
    TokenKind kind;
    CompareOp op;
    double number;
    bool is_time, is_share;
    const char *at;
    size_t length;
} Token;

typedef struct Lexer {
    const char *text, *at;
    Token now;
} Lexer;

/* Both leave the next token in l->now; -1 with err (and column) when the
 * text is no token. */
int lexer_start(Lexer *l, const char *text, Err *err);
int lexer_next(Lexer *l, Err *err);
int lexer_column(const Lexer *l); /* 1-based column of l->now */
/* The 1-based column of a place in l's text. */
int lexer_column_of(const Lexer *l, const char *at);
bool token_is(const Token *t, const char *name);

/* What a text between quotes says: \" \\ \n \t \r and \uXXXX (two for what is
 * beyond U+FFFF) become UTF-8. `quoted` begins and ends with ", as TOKEN_TEXT
 * does; `to` has room for length bytes. The bytes written, or -1 with err,
 * its column 1-based within `quoted`. */
long lex_unquote(char *to, const char *quoted, size_t length, Err *err);

bool compare_numbers(CompareOp op, double a, double b);
CompareOp compare_turned(CompareOp op); /* a op b is b turned(op) a */

#endif
