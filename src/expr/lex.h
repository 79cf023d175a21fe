/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lex.h: the tokens that checks, thresholds and (later) alerts are made of.
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
    TOKEN_TEXT, /* "..." with \" \\ \n \t */
    TOKEN_NAME, /* letters, digits, _ . -  */
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

/* at/length: where it stands in the text, quotes included; borrowed. */
typedef struct Token {
    TokenKind kind;
    CompareOp op;
    double number;
    bool is_time;
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
bool token_is(const Token *t, const char *name);
bool compare_numbers(CompareOp op, double a, double b);
const char *compare_name(CompareOp op); /* "<=" */

#endif
