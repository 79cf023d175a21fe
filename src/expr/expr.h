/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr.h: the one expression language: checks, until, record, extract,
 * thresholds, alerts. Compiled once into an arena, then evaluated by any
 * thread, without allocation as soon as its scratch is large enough.
 *
 *   or    := and ("or" and)*        and := not ("and" not)*
 *   not   := "not" not | value [op value | "matches" /regex/]
 *   op    := == != < <= > >= contains
 *   value := number[unit] | "text" | true | false | null | ${name}
 *          | a name of the scope, with p(95)'s argument if it takes one
 *          | body | header.NAME | json | json.path[0]["a key"].to
 *          | regex /.../ | "(" or ")"
 *
 * Of an answer: `json` alone is whether the body is JSON; header.NAME is the
 * first of that name, in any case; a regex gives its first group in the body,
 * or the whole match.
 *
 * Types are checked when it is compiled; those of headers, JSON, what a regex
 * finds, and variables are known when it is evaluated:
 * - what is missing makes every comparison false, but != true;
 * - beside a number, a text counts as one if it is wholly one; beside true
 *   and false, if it says that. Otherwise different kinds differ;
 * - contains: a text in a text, or an element in a JSON array; a number that
 *   an answer or variable brought is sought as it was written;
 * - alone, as a condition, it holds unless it is missing, false, null, 0 or
 *   empty.
 * A bare number beside a time is milliseconds. */
#ifndef ONRUSH_EXPR_EXPR_H
#define ONRUSH_EXPR_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "expr/lex.h"

typedef enum ExprType {
    EXPR_NUMBER,
    EXPR_TEXT,
    EXPR_BOOL,
    EXPR_ANY, /* known when it is evaluated */
} ExprType;

typedef enum ExprKind {
    EXPR_IS_NOTHING,
    EXPR_IS_NULL,
    EXPR_IS_NUMBER,
    EXPR_IS_TEXT,
    EXPR_IS_BOOL, /* number: 0 or 1 */
    EXPR_IS_TREE, /* a JSON object or array, as its text */
} ExprKind;

/* text: not terminated. Of null, true, false and numbers, too, as they were
 * written; NULL for a number that was not written but measured. */
typedef struct ExprValue {
    ExprKind kind;
    double number;
    const char *text;
    size_t length;
} ExprValue;

/* --- compiling ---------------------------------------------------------- */

/* A plain name; its index is its slot in ExprInput.numbers. type: a number,
 * or EXPR_BOOL (0: false). takes_argument: p(95), from 0 to 100. is_time: in
 * milliseconds. help: for lists of names; not read here. */
typedef struct ExprName {
    const char *name;
    ExprType type;
    bool takes_argument, is_time;
    const char *help;
} ExprName;

typedef struct ExprScope {
    const ExprName *names;
    size_t count;
    bool has_answer; /* body, header.NAME, json.PATH, regex may stand there */
    /* What stands in ${...}: 0 and *id, or -1 with err, its column 1-based
     * within name or 0. NULL: no variables here. */
    int (*variable)(void *data, const char *name, size_t length, uint32_t *id,
                    Err *err);
    void *data;
} ExprScope;

typedef struct Expr Expr;

/* All return NULL with err (text, column within the whole text) on a mistake.
 * The Expr lives in the arena and borrows the scope's names, not the text. */

/* A condition from l->now on, up to the first token that does not continue it
 * (a comma, a name, the end), which is l->now then. */
const Expr *expr_parse(Lexer *l, const ExprScope *scope, Arena *arena,
                       Err *err);
/* The whole text is a condition. */
const Expr *expr_compile(Arena *arena, const char *text, const ExprScope *scope,
                         Err *err);
/* The whole text is a value of any type: `json.id`, `time`,
 * `not (status == 200)`. */
const Expr *expr_compile_value(Arena *arena, const char *text,
                               const ExprScope *scope, Err *err);

/* `NAME op NUMBER`, or turned round, and nothing else. argument: NaN without
 * one. limit: times in ms, shares 0 to 1. */
typedef struct ExprComparison {
    size_t slot;
    double argument;
    CompareOp op;
    double limit;
    bool limit_is_time, limit_is_share;
} ExprComparison;
bool expr_as_comparison(const Expr *e, ExprComparison *out);

/* What must be kept of an answer. slots: bit i for names[i], i < 64. */
typedef struct ExprNeeds {
    uint64_t slots;
    bool body, head;
} ExprNeeds;
void expr_needs(const Expr *e, ExprNeeds *add_to);
/* Calls found(data, id) for each variable, as often as it stands there. */
void expr_variables(const Expr *e, void (*found)(void *data, uint32_t id),
                    void *data);

/* --- evaluating --------------------------------------------------------- */

/* One a thread: texts that had to be decoded, matches of a regex. Grows to
 * the largest, never again. */
typedef struct ExprScratch ExprScratch;
ExprScratch *expr_scratch_new(void);
void expr_scratch_free(ExprScratch *s); /* NULL is fine */

/* What an expression does not use (expr_needs) may be left out. */
typedef struct ExprInput {
    const double *numbers; /* by slot; times in ms; NaN: there is none */
    double (*call)(void *data, size_t slot, double argument); /* p(95) */
    const char *body;
    size_t body_length;
    const char *head; /* "Name: value\r\n"..., without the status line */
    size_t head_length;
    ExprValue (*variable)(void *data, uint32_t id);
    void *data;
    ExprScratch *scratch; /* of body, head, variables */
} ExprInput;

/* Its text is borrowed from the input, or valid until the scratch is used
 * again. A condition gives EXPR_IS_BOOL. */
ExprValue expr_value(const Expr *e, const ExprInput *in);
bool expr_holds(const Expr *e, const ExprInput *in);

#endif
