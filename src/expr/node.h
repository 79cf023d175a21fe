/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node.h: an expression as a tree; between parse.c and expr.c. */
#ifndef ONRUSH_EXPR_NODE_H
#define ONRUSH_EXPR_NODE_H

#include "expr/expr.h"
#include "expr/json.h"
#include "expr/regex.h"

typedef enum Node {
    /* conditions */
    NODE_OR, /* a chain leans to the right: a or (b or (c ...)) */
    NODE_AND,
    NODE_NOT,
    NODE_COMPARE, /* both sides are values, never conditions */
    NODE_CONTAINS,
    NODE_MATCHES,
    /* values */
    NODE_CONSTANT,
    NODE_SLOT, /* a name of the scope */
    NODE_CALL, /* a name with an argument */
    NODE_BODY,
    NODE_HEADER,
    NODE_JSON_VALID, /* json alone */
    NODE_JSON,
    NODE_REGEX, /* what it finds in the body */
    NODE_VARIABLE,
} Node;

struct Expr {
    Node node;
    ExprType type;
    CompareOp op;             /* NODE_COMPARE */
    const Expr *left, *right; /* right: NULL for NODE_NOT, NODE_MATCHES */
    ExprValue constant;
    bool is_time, is_share; /* how a number was written; what a name counts */
    size_t slot;            /* NODE_SLOT, NODE_CALL */
    double argument;        /* NODE_CALL */
    const char *name;       /* NODE_HEADER, NODE_SLOT, NODE_CALL */
    size_t name_length;
    JsonPath path;
    const Regex *regex; /* NODE_REGEX, NODE_MATCHES */
    uint32_t variable;
    int column, after; /* where it stands; where the next token does */
};

#endif
