/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_input.h: an answer, a scope and variables for tests of expressions. */
#ifndef ONRUSH_TESTS_EXPR_INPUT_H
#define ONRUSH_TESTS_EXPR_INPUT_H

#include "expr/expr.h"

enum { STATUS, TIME, SIZE, FAILED, SLOTS };

extern const ExprScope answer_scope; /* with a body, a head and variables */
extern const ExprScope metric_scope; /* value, rate, p(N) */

typedef struct Variable {
    const char *name;
    ExprValue value;
} Variable;
extern const Variable variables[];
extern const size_t variable_count;
ExprValue variable_of(void *data, uint32_t id);

/* The input of a body that is text, with status 404, time 250, size 12 KiB,
 * a head, and a scratch that lives as long as the program. */
ExprInput input_of(const char *body);
const Expr *compiled(Arena *a, const char *text);
bool holds_of(const char *text, const char *body);

#define TEXT_VALUE(s) \
    { EXPR_IS_TEXT, 0, (s), sizeof(s) - 1 }

#endif
