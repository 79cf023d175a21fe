/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "expr/node.h"

#define DEPTH_MAX 64

typedef struct Parser {
    Lexer *lex;
    const ExprScope *scope;
    Arena *arena;
    int depth;
    Err *err;
} Parser;

static Expr *parse_or(Parser *p);

static const Token *now(const Parser *p) {
    return &p->lex->now;
}

static int column(const Parser *p) {
    return lexer_column(p->lex);
}

static int next(Parser *p) {
    return lexer_next(p->lex, p->err);
}

static Expr *node_new(Parser *p, Node node, ExprType type) {
    Expr *e = arena_make(p->arena, Expr);
    e->node = node;
    e->type = type;
    e->column = column(p);
    return e;
}

/* A value that ends with the token that is read now. */
static Expr *finish(Parser *p, Expr *e) {
    if (next(p) < 0)
        return NULL;
    e->after = column(p);
    return e;
}

static bool is_condition(const Expr *e) {
    return e->node <= NODE_MATCHES;
}

/* --- mistakes ----------------------------------------------------------- */

static Expr *fail(Parser *p, int at, const char *says) {
    err_at(p->err, at, "%s", says);
    return NULL;
}

/* inner: a mistake of a part that begins at column `at`. */
static Expr *fail_within(Parser *p, int at, const Err *inner) {
    int more = inner->column > 0 ? inner->column - 1 : 0;
    return fail(p, at + more, inner->text);
}

static const char *const words[] = { "true", "false", "null", "not" };
static const char *const answer_words[] = { "body", "json", "header", "regex" };
static const char *const operators[] = { "and", "or", "contains", "matches" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_operator_word(const Token *t) {
    for (size_t i = 0; i < COUNT(operators); i++)
        if (token_is(t, operators[i]))
            return true;
    return false;
}

/* p95 for p(95) */
static bool lacks_brackets(const ExprName *name, const char *wrote) {
    size_t n = strlen(name->name);
    return name->takes_argument && strncmp(wrote, name->name, n) == 0 &&
           wrote[n] && !wrote[n + strspn(wrote + n, "0123456789.")];
}

static const char *nearest(Parser *p, const char *wrote) {
    const ExprScope *s = p->scope;
    const char **names = arena_array(
        p->arena, const char *, s->count + COUNT(words) + COUNT(answer_words));
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        names[n++] = s->names[i].name;
    for (size_t i = 0; i < COUNT(answer_words) && s->has_answer; i++)
        names[n++] = answer_words[i];
    for (size_t i = 0; i < COUNT(words); i++)
        names[n++] = words[i];
    char first[64]; /* what stands before a path */
    snprintf(first, sizeof first, "%.*s", (int)strcspn(wrote, ".[{"), wrote);
    return text_nearest(first, names, n);
}

static Expr *unknown_name(Parser *p) {
    const Token *t = now(p);
    const ExprScope *s = p->scope;
    char wrote[64];
    text_clean(wrote, sizeof wrote, t->at, t->length);
    for (size_t i = 0; i < s->count; i++)
        if (lacks_brackets(&s->names[i], wrote)) {
            const char *name = s->names[i].name;
            err_at(p->err, column(p), "'%s': write %s(%s)", wrote, name,
                   wrote + strlen(name));
            return NULL;
        }
    const char *near = nearest(p, wrote);
    if (near) {
        err_at(p->err, column(p), "'%s' is not known here; did you mean '%s'?",
               wrote, near);
        return NULL;
    }
    Text all = { 0 };
    for (size_t i = 0; i < s->count; i++)
        text_addf(&all, "%s%s", i ? ", " : "", s->names[i].name);
    if (s->has_answer)
        text_addf(&all, "%sbody, header.NAME, json.PATH, regex /.../",
                  s->count ? ", " : "");
    err_at(p->err, column(p), "'%s' is not known here; there are %s", wrote,
           all.bytes ? all.bytes : "no names");
    text_close(&all);
    return NULL;
}

static Expr *missing_value(Parser *p) {
    const ExprScope *s = p->scope;
    err_at(p->err, column(p),
           "a value is missing here: a number, a \"text\" or a name such as "
           "%s",
           s->count ? s->names[0].name : "body");
    return NULL;
}

/* A number or text alone decides nothing. */
static Expr *missing_comparison(Parser *p, const Expr *e) {
    char wrote[64], tail[64] = ": == != < <= > >= contains or matches";
    const char *near = NULL;
    if (now(p)->kind == TOKEN_NAME && !is_operator_word(now(p))) {
        text_clean(wrote, sizeof wrote, now(p)->at, now(p)->length);
        near = text_nearest(wrote, operators, COUNT(operators));
    }
    if (near)
        snprintf(tail, sizeof tail, "; did you mean '%s'?", near);
    else if (e->node == NODE_CALL)
        snprintf(tail, sizeof tail, "; compare it: %.20s(95) < 500", e->name);
    else if (e->node == NODE_SLOT)
        snprintf(tail, sizeof tail, "; compare it: %.20s %s", e->name,
                 e->is_time ? "< 500ms" : "== 200");
    else if (e->node == NODE_BODY)
        snprintf(tail, sizeof tail, "; compare it: body contains \"ok\"");
    err_at(p->err, e->after, "a comparison is missing here%s", tail);
    return NULL;
}

static Expr *require_condition(Parser *p, Expr *e) {
    if (e && (e->type == EXPR_NUMBER || e->type == EXPR_TEXT))
        return missing_comparison(p, e);
    return e;
}

/* --- values ------------------------------------------------------------- */

static Expr *parse_number(Parser *p) {
    const Token *t = now(p);
    Expr *e = node_new(p, NODE_CONSTANT, EXPR_NUMBER);
    e->constant = (ExprValue){ .kind = EXPR_IS_NUMBER, .number = t->number };
    e->is_time = t->is_time;
    e->is_share = t->is_share;
    char last = t->at[t->length - 1];
    if (isdigit((unsigned char)last)) {
        e->constant.text = arena_dup_bytes(p->arena, t->at, t->length);
        e->constant.length = t->length;
    }
    return finish(p, e);
}

/* Nobody means those two characters. */
static const char *variable_in(const Token *t) {
    return memmem(t->at, t->length, "${", 2);
}

static Expr *parse_text(Parser *p) {
    const Token *t = now(p);
    const char *variable = variable_in(t);
    if (variable && p->scope->variable)
        return fail(p, column(p) + (int)(variable - t->at),
                    "within quotes a variable stays text: write it without "
                    "them; an entry of [vars] joins it with other text");
    Expr *e = node_new(p, NODE_CONSTANT, EXPR_TEXT);
    char *to = arena_alloc(p->arena, t->length, 1);
    Err inner = { 0 };
    long n = lex_unquote(to, t->at, t->length, &inner);
    if (n < 0)
        return fail_within(p, column(p), &inner);
    e->constant =
        (ExprValue){ .kind = EXPR_IS_TEXT, .text = to, .length = (size_t)n };
    return finish(p, e);
}

static Expr *parse_variable(Parser *p) {
    const Token *t = now(p);
    const ExprScope *s = p->scope;
    Expr *e = node_new(p, NODE_VARIABLE, EXPR_ANY);
    Err inner = { 0 };
    if (!s->variable)
        return fail(p, column(p), "there are no variables here");
    if (t->length == 3)
        return fail(p, column(p), "a variable's name is missing: ${name}");
    if (s->variable(s->data, t->at + 2, t->length - 3, &e->variable, &inner) <
        0)
        return fail_within(p, column(p) + 2, &inner);
    return finish(p, e);
}

/* The regex that is read now. */
static const Regex *parse_regex(Parser *p) {
    const Token *t = now(p);
    Err inner = { 0 };
    if (t->kind != TOKEN_REGEX || t->length == 2) {
        fail(p, column(p), "a regex is missing here, between slashes: /^ok/");
        return NULL;
    }
    const Regex *r = regex_compile(p->arena, t->at + 1, t->length - 2, &inner);
    if (!r)
        fail_within(p, column(p) + 1, &inner);
    return r;
}

static Expr *parse_json(Parser *p) {
    const Token *t = now(p);
    const size_t n = strlen("json");
    Err inner = { 0 };
    if (t->length == n)
        return finish(p, node_new(p, NODE_JSON_VALID, EXPR_BOOL));
    Expr *e = node_new(p, NODE_JSON, EXPR_ANY);
    if (json_path_read(&e->path, p->arena, t->at + n, t->length - n, &inner) <
        0)
        return fail_within(p, column(p) + (int)n, &inner);
    return finish(p, e);
}

static Expr *parse_header(Parser *p) {
    const Token *t = now(p);
    const size_t n = strlen("header.");
    Expr *e = node_new(p, NODE_HEADER, EXPR_ANY);
    if (t->length <= n || t->at[n - 1] != '.')
        return fail(p, column(p) + (int)strlen("header"),
                    "a header's name is missing: header.Content-Type");
    for (size_t i = n; i < t->length; i++)
        if (t->at[i] == '[' || t->at[i] == '{')
            return fail(p, column(p) + (int)i,
                        "a header's name has no brackets");
    e->name = arena_dup_bytes(p->arena, t->at + n, t->length - n);
    e->name_length = t->length - n;
    return finish(p, e);
}

static Expr *parse_found(Parser *p) {
    Expr *e = node_new(p, NODE_REGEX, EXPR_ANY);
    if (next(p) < 0 || !(e->regex = parse_regex(p)))
        return NULL;
    return finish(p, e);
}

static Expr *parse_argument(Parser *p, Expr *e) {
    const Token *t = now(p);
    if (next(p) < 0)
        return NULL;
    if (t->kind != TOKEN_OPEN) {
        err_at(p->err, column(p), "%s needs a number: %s(95)", e->name,
               e->name);
        return NULL;
    }
    if (next(p) < 0)
        return NULL;
    if (t->kind != TOKEN_NUMBER || t->is_time || t->is_share || t->number < 0 ||
        t->number > 100) {
        err_at(p->err, column(p),
               "a number between 0 and 100 stands here: %s(99.9)", e->name);
        return NULL;
    }
    e->argument = t->number;
    if (next(p) < 0)
        return NULL;
    if (t->kind != TOKEN_CLOSE)
        return fail(p, column(p), "a ) is missing here");
    return finish(p, e);
}

static Expr *parse_slot(Parser *p, size_t slot) {
    const ExprName *name = &p->scope->names[slot];
    Expr *e =
        node_new(p, name->takes_argument ? NODE_CALL : NODE_SLOT, name->type);
    e->slot = slot;
    e->name = name->name;
    e->is_time = name->is_time;
    return name->takes_argument ? parse_argument(p, e) : finish(p, e);
}

static Expr *parse_word(Parser *p) {
    static const ExprValue values[] = {
        { EXPR_IS_BOOL, 1, "true", 4 },
        { EXPR_IS_BOOL, 0, "false", 5 },
        { EXPR_IS_NULL, 0, "null", 4 },
    };
    for (size_t i = 0; i < COUNT(values); i++)
        if (token_is(now(p), words[i])) {
            bool is_null = values[i].kind == EXPR_IS_NULL;
            Expr *e =
                node_new(p, NODE_CONSTANT, is_null ? EXPR_ANY : EXPR_BOOL);
            e->constant = values[i];
            return finish(p, e);
        }
    return is_operator_word(now(p)) || token_is(now(p), "not")
               ? missing_value(p)
               : unknown_name(p);
}

/* The word, and nothing, a dot or a bracket behind it. */
static bool leads(const Token *t, const char *word) {
    size_t n = strlen(word);
    return t->length >= n && strncmp(t->at, word, n) == 0 &&
           (t->length == n || strchr(".[{", t->at[n]));
}

static Expr *parse_name(Parser *p) {
    const Token *t = now(p);
    for (size_t i = 0; i < p->scope->count; i++)
        if (token_is(t, p->scope->names[i].name))
            return parse_slot(p, i);
    if (!p->scope->has_answer)
        return parse_word(p);
    if (token_is(t, "body"))
        return finish(p, node_new(p, NODE_BODY, EXPR_TEXT));
    if (token_is(t, "regex"))
        return parse_found(p);
    if (leads(t, "json"))
        return parse_json(p);
    if (leads(t, "header"))
        return parse_header(p);
    return parse_word(p);
}

static Expr *parse_brackets(Parser *p) {
    int begins = column(p);
    Expr *e = next(p) < 0 ? NULL : parse_or(p);
    if (!e)
        return NULL;
    e->column = begins;
    if (now(p)->kind != TOKEN_CLOSE)
        return fail(p, column(p), "a ) is missing here");
    return finish(p, e);
}

static Expr *parse_value(Parser *p) {
    TokenKind kind = now(p)->kind;
    if (kind == TOKEN_NUMBER)
        return parse_number(p);
    if (kind == TOKEN_TEXT)
        return parse_text(p);
    if (kind == TOKEN_VARIABLE)
        return parse_variable(p);
    if (kind == TOKEN_NAME)
        return parse_name(p);
    if (kind == TOKEN_OPEN)
        return parse_brackets(p);
    if (kind == TOKEN_REGEX)
        return fail(p, column(p),
                    "a regex stands behind matches or regex: body matches "
                    "/ok/");
    return missing_value(p);
}

/* --- types of a comparison ---------------------------------------------- */

static bool is_null(const Expr *e) {
    return e->node == NODE_CONSTANT && e->constant.kind == EXPR_IS_NULL;
}

/* Does how the number is written fit what the name counts? */
static bool check_unit(Parser *p, const Expr *number, const Expr *name) {
    if (number->node != NODE_CONSTANT ||
        (name->node != NODE_SLOT && name->node != NODE_CALL))
        return true;
    if (number->is_time && !name->is_time)
        err_at(p->err, number->column, "%s is not a time", name->name);
    else if (number->is_share && name->is_time)
        err_at(p->err, number->column, "%s is a time, this number is a share",
               name->name);
    else
        return true;
    return false;
}

static const char *find_mismatch(const Expr *e) {
    static const char *const differ[EXPR_ANY][EXPR_ANY] = {
        [EXPR_NUMBER][EXPR_TEXT] = "a number and a text cannot be compared",
        [EXPR_TEXT][EXPR_NUMBER] = "a text and a number cannot be compared",
        [EXPR_NUMBER][EXPR_BOOL] = "a number is neither true nor false",
        [EXPR_BOOL][EXPR_NUMBER] = "true or false is not a number",
        [EXPR_TEXT][EXPR_BOOL] = "a text is neither true nor false",
        [EXPR_BOOL][EXPR_TEXT] = "true or false is not a text",
    };
    ExprType a = e->left->type, b = e->right->type;
    bool orders = e->op != COMPARE_EQ && e->op != COMPARE_NE;
    if (is_null(e->left) || is_null(e->right)) {
        if (orders)
            return "null compares with == and !=";
        return a == EXPR_ANY && b == EXPR_ANY ? NULL : "this is never null";
    }
    if (orders && (a == EXPR_TEXT || b == EXPR_TEXT) && a != EXPR_NUMBER &&
        b != EXPR_NUMBER)
        return "texts compare with ==, !=, contains or matches";
    if (orders && (a == EXPR_BOOL || b == EXPR_BOOL))
        return "true and false compare with == and !=";
    return a == EXPR_ANY || b == EXPR_ANY ? NULL : differ[a][b];
}

static bool check_contains(Parser *p, const Expr *e) {
    ExprType a = e->left->type, b = e->right->type;
    bool sought = b == EXPR_TEXT || (b == EXPR_ANY && !is_null(e->right)) ||
                  (b == EXPR_NUMBER && a == EXPR_ANY);
    if (sought && (a == EXPR_TEXT || a == EXPR_ANY) && !is_null(e->left))
        return true;
    fail(p, e->column,
         a == EXPR_ANY ? "contains looks for a text or a number"
                       : "contains stands between two texts");
    return false;
}

static bool check_types(Parser *p, const Expr *e) {
    if (e->node == NODE_CONTAINS)
        return check_contains(p, e);
    const char *wrong = find_mismatch(e);
    if (wrong) {
        fail(p, e->column, wrong);
        return false;
    }
    return check_unit(p, e->left, e->right) && check_unit(p, e->right, e->left);
}

/* --- conditions --------------------------------------------------------- */

static Expr *parse_side(Parser *p) {
    Expr *e = parse_value(p);
    if (e && is_condition(e))
        return fail(p, e->column,
                    "only values can be compared, and this is a condition");
    return e;
}

static Expr *parse_matches(Parser *p, Expr *e) {
    e->node = NODE_MATCHES;
    if (e->left->type == EXPR_NUMBER || e->left->type == EXPR_BOOL)
        return fail(p, e->column, "matches looks at a text");
    if (next(p) < 0 || !(e->regex = parse_regex(p)))
        return NULL;
    return finish(p, e);
}

static bool is_comparing(const Token *t) {
    return t->kind == TOKEN_COMPARE || token_is(t, "contains") ||
           token_is(t, "matches");
}

static Expr *parse_comparison(Parser *p) {
    Expr *left = parse_value(p);
    if (!left || !is_comparing(now(p)))
        return left;
    if (is_condition(left))
        return fail(p, column(p),
                    "only values can be compared, and a condition stands "
                    "before this");
    Expr *e = node_new(p, NODE_COMPARE, EXPR_BOOL);
    e->column = left->column;
    e->left = left;
    if (token_is(now(p), "matches")) {
        if (!parse_matches(p, e))
            return NULL;
    } else {
        e->node = now(p)->kind == TOKEN_COMPARE ? NODE_COMPARE : NODE_CONTAINS;
        e->op = now(p)->op;
        if (next(p) < 0 || !(e->right = parse_side(p)) || !check_types(p, e))
            return NULL;
        e->after = e->right->after;
    }
    if (is_comparing(now(p)))
        return fail(p, column(p),
                    "comparisons do not chain; and stands between two of "
                    "them");
    return e;
}

static Expr *parse_not(Parser *p) {
    Expr *e;
    if (++p->depth > DEPTH_MAX)
        return fail(p, column(p), "nested too deeply");
    if (token_is(now(p), "not")) {
        e = node_new(p, NODE_NOT, EXPR_BOOL);
        if (next(p) < 0)
            return NULL;
        Expr *of = require_condition(p, parse_not(p));
        if (!of)
            return NULL;
        e->left = of;
        e->after = of->after;
    } else {
        e = parse_comparison(p);
    }
    p->depth--;
    return e;
}

static Expr *parse_chain(Parser *p, const char *word, Node node,
                         Expr *(*part)(Parser *)) {
    Expr *first = part(p), *last = NULL;
    if (!first || !token_is(now(p), word))
        return first;
    if (!require_condition(p, first))
        return NULL;
    int begins = first->column;
    Expr *chain = NULL, *left = first;
    while (token_is(now(p), word)) {
        Expr *e = node_new(p, node, EXPR_BOOL);
        e->column = begins;
        e->left = left;
        if (next(p) < 0 || !(left = require_condition(p, part(p))))
            return NULL;
        e->right = left;
        e->after = left->after;
        if (last)
            last->right = e;
        else
            chain = e;
        last = e;
    }
    return chain;
}

static Expr *parse_and(Parser *p) {
    return parse_chain(p, "and", NODE_AND, parse_not);
}

static Expr *parse_or(Parser *p) {
    return parse_chain(p, "or", NODE_OR, parse_and);
}

const Expr *expr_parse(Lexer *l, const ExprScope *scope, Arena *arena,
                       Err *err) {
    Parser p = { l, scope, arena, 0, err };
    return require_condition(&p, parse_or(&p));
}

static const Expr *compile(Arena *arena, const char *text,
                           const ExprScope *scope, bool is_condition_wanted,
                           Err *err) {
    Lexer l;
    if (lexer_start(&l, text, err) < 0)
        return NULL;
    Parser p = { &l, scope, arena, 0, err };
    Expr *e = parse_or(&p);
    if (is_condition_wanted)
        e = require_condition(&p, e);
    if (!e || l.now.kind == TOKEN_END)
        return e;
    bool is_value = e->type == EXPR_NUMBER || e->type == EXPR_TEXT;
    return is_value || (!is_condition(e) && l.now.kind == TOKEN_NAME)
               ? missing_comparison(&p, e)
               : fail(&p, column(&p),
                      "the expression should end here, or go on with and, or");
}

const Expr *expr_compile(Arena *arena, const char *text, const ExprScope *scope,
                         Err *err) {
    return compile(arena, text, scope, true, err);
}

const Expr *expr_compile_value(Arena *arena, const char *text,
                               const ExprScope *scope, Err *err) {
    return compile(arena, text, scope, false, err);
}
