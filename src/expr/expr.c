/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/expr.h"

#include <string.h>

#include "base/text.h"
#include "expr/lex.h"

#define DEPTH_MAX 64

typedef enum Node {
    NODE_OR,
    NODE_AND,
    NODE_NOT,
    NODE_COMPARE,
    NODE_CONTAINS
} Node;

typedef struct Operand {
    ExprType type;
    int slot; /* -1: a constant */
    ExprValue constant;
} Operand;

struct Expr {
    Node node;
    CompareOp op;
    const Expr *left, *right;
    Operand a, b;
};

typedef struct Parser {
    Lexer lex;
    Arena *arena;
    const ExprName *names;
    size_t count;
    int depth;
    Err *err;
} Parser;

static const Expr *parse_or(Parser *p);

static Expr *node_new(Parser *p, Node node) {
    Expr *e = arena_make(p->arena, Expr);
    e->node = node;
    return e;
}

static int unknown_name(Parser *p) {
    const Token *t = &p->lex.now;
    char wrote[64];
    text_clean(wrote, sizeof wrote, t->at, t->length);
    const char *names[32];
    size_t n = p->count < 32 ? p->count : 32;
    for (size_t i = 0; i < n; i++)
        names[i] = p->names[i].name;
    const char *near = text_nearest(wrote, names, n);
    if (near)
        return err_at(p->err, lexer_column(&p->lex),
                      "'%s' is not known here; did you mean '%s'?", wrote,
                      near);
    Text all = { 0 };
    for (size_t i = 0; i < n; i++)
        text_addf(&all, "%s%s", i ? ", " : "", names[i]);
    err_at(p->err, lexer_column(&p->lex),
           "'%s' is not known here; there are %s", wrote,
           all.bytes ? all.bytes : "no names");
    text_close(&all);
    return -1;
}

static void read_text(Parser *p, Operand *o) {
    const Token *t = &p->lex.now;
    char *to = arena_alloc(p->arena, t->length, 1);
    size_t n = 0;
    for (size_t i = 1; i + 1 < t->length; i++) {
        char c = t->at[i];
        if (c == '\\') {
            c = t->at[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        to[n++] = c;
    }
    *o = (Operand){ .type = EXPR_TEXT,
                    .slot = -1,
                    .constant = { .text = to, .length = n } };
}

static int parse_operand(Parser *p, Operand *o) {
    const Token *t = &p->lex.now;
    if (t->kind == TOKEN_NUMBER) {
        *o = (Operand){ .type = EXPR_NUMBER,
                        .slot = -1,
                        .constant = { .number = t->number } };
        return lexer_next(&p->lex, p->err);
    }
    if (t->kind == TOKEN_TEXT) {
        read_text(p, o);
        return lexer_next(&p->lex, p->err);
    }
    if (t->kind != TOKEN_NAME)
        return err_at(p->err, lexer_column(&p->lex),
                      "a value is missing here: a number, a \"text\" or a "
                      "name such as status");
    for (size_t i = 0; i < p->count; i++)
        if (token_is(t, p->names[i].name)) {
            *o = (Operand){ .type = p->names[i].type, .slot = (int)i };
            return lexer_next(&p->lex, p->err);
        }
    return unknown_name(p);
}

static const Expr *parse_comparison(Parser *p) {
    Expr *e = node_new(p, NODE_COMPARE);
    int column = lexer_column(&p->lex);
    if (parse_operand(p, &e->a) < 0)
        return NULL;
    const Token *t = &p->lex.now;
    if (token_is(t, "contains")) {
        e->node = NODE_CONTAINS;
    } else if (t->kind == TOKEN_COMPARE) {
        e->op = t->op;
    } else {
        err_at(p->err, lexer_column(&p->lex),
               "a comparison is missing here: == != < <= > >= or contains");
        return NULL;
    }
    if (lexer_next(&p->lex, p->err) < 0 || parse_operand(p, &e->b) < 0)
        return NULL;
    bool texts = e->a.type == EXPR_TEXT && e->b.type == EXPR_TEXT;
    if (e->node == NODE_CONTAINS && !texts) {
        err_at(p->err, column, "contains stands between two texts");
        return NULL;
    }
    if (e->a.type != e->b.type) {
        err_at(p->err, column, "a number and a text cannot be compared");
        return NULL;
    }
    if (texts && e->node == NODE_COMPARE && e->op != COMPARE_EQ &&
        e->op != COMPARE_NE) {
        err_at(p->err, column, "texts compare with ==, != or contains");
        return NULL;
    }
    return e;
}

static const Expr *parse_not(Parser *p) {
    const Expr *e = NULL;
    if (++p->depth > DEPTH_MAX) {
        err_at(p->err, lexer_column(&p->lex), "nested too deeply");
        return NULL;
    }
    if (token_is(&p->lex.now, "not")) {
        Expr *n = node_new(p, NODE_NOT);
        if (lexer_next(&p->lex, p->err) == 0 && (n->left = parse_not(p)))
            e = n;
    } else if (p->lex.now.kind == TOKEN_OPEN) {
        if (lexer_next(&p->lex, p->err) < 0 || !(e = parse_or(p)))
            return NULL;
        if (p->lex.now.kind != TOKEN_CLOSE) {
            err_at(p->err, lexer_column(&p->lex), "a ) is missing here");
            return NULL;
        }
        if (lexer_next(&p->lex, p->err) < 0)
            return NULL;
    } else {
        e = parse_comparison(p);
    }
    p->depth--;
    return e;
}

static const Expr *parse_chain(Parser *p, const char *word, Node node,
                               const Expr *(*part)(Parser *)) {
    const Expr *left = part(p);
    while (left && token_is(&p->lex.now, word)) {
        Expr *e = node_new(p, node);
        e->left = left;
        if (lexer_next(&p->lex, p->err) < 0 || !(e->right = part(p)))
            return NULL;
        left = e;
    }
    return left;
}

static const Expr *parse_and(Parser *p) {
    return parse_chain(p, "and", NODE_AND, parse_not);
}

static const Expr *parse_or(Parser *p) {
    return parse_chain(p, "or", NODE_OR, parse_and);
}

const Expr *expr_compile(Arena *arena, const char *text, const ExprName *names,
                         size_t count, Err *err) {
    Parser p = { .arena = arena, .names = names, .count = count, .err = err };
    if (lexer_start(&p.lex, text, err) < 0)
        return NULL;
    const Expr *e = parse_or(&p);
    if (e && p.lex.now.kind != TOKEN_END) {
        err_at(err, lexer_column(&p.lex),
               "the expression should end here, or go on with and, or");
        return NULL;
    }
    return e;
}

static const ExprValue *operand_value(const Operand *o,
                                      const ExprValue *values) {
    return o->slot < 0 ? &o->constant : &values[o->slot];
}

static bool same_text(const ExprValue *a, const ExprValue *b) {
    return a->length == b->length &&
           (!a->length || memcmp(a->text, b->text, a->length) == 0);
}

static bool contains(const ExprValue *a, const ExprValue *b) {
    return b->length == 0 ||
           (a->length && memmem(a->text, a->length, b->text, b->length));
}

bool expr_holds(const Expr *e, const ExprValue *values) {
    switch (e->node) {
    case NODE_OR:
        return expr_holds(e->left, values) || expr_holds(e->right, values);
    case NODE_AND:
        return expr_holds(e->left, values) && expr_holds(e->right, values);
    case NODE_NOT:
        return !expr_holds(e->left, values);
    case NODE_CONTAINS:
        return contains(operand_value(&e->a, values),
                        operand_value(&e->b, values));
    case NODE_COMPARE: {
        const ExprValue *a = operand_value(&e->a, values);
        const ExprValue *b = operand_value(&e->b, values);
        if (e->a.type == EXPR_TEXT)
            return same_text(a, b) == (e->op == COMPARE_EQ);
        return compare_numbers(e->op, a->number, b->number);
    }
    }
    return false;
}

static uint64_t operand_uses(const Operand *o) {
    return o->slot < 0 ? 0 : UINT64_C(1) << (o->slot & 63);
}

uint64_t expr_uses(const Expr *e) {
    if (!e)
        return 0;
    if (e->node == NODE_COMPARE || e->node == NODE_CONTAINS)
        return operand_uses(&e->a) | operand_uses(&e->b);
    return expr_uses(e->left) | expr_uses(e->right);
}
