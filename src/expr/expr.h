/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr.h: expressions of checks: `status < 500 or status == 503`,
 * `time < 200ms`, `body contains "ok"`. Compiled once into an arena, then
 * evaluated without allocation, by any thread.
 *
 *   or := and ("or" and)*      and := not ("and" not)*
 *   not := "not" not | "(" or ")" | value op value
 *   op := == != < <= > >= contains
 */
#ifndef ONRUSH_EXPR_EXPR_H
#define ONRUSH_EXPR_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"

typedef enum ExprType { EXPR_NUMBER, EXPR_TEXT } ExprType;

/* What an expression may name; its index is the slot of its value. */
typedef struct ExprName {
    const char *name;
    ExprType type;
} ExprName;

typedef struct ExprValue {
    double number;
    const char *text; /* not terminated */
    size_t length;
} ExprValue;

typedef struct Expr Expr;

/* NULL with err (text, column) on a mistake. The Expr lives in the arena. */
const Expr *expr_compile(Arena *arena, const char *text, const ExprName *names,
                         size_t count, Err *err);
/* values[i] belongs to names[i]; only used slots are read. */
bool expr_holds(const Expr *e, const ExprValue *values);
/* Bit i set: slot i is read (slots 0..63). */
uint64_t expr_uses(const Expr *e);

#endif
