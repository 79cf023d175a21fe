/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "expr/node.h"
#include "expr/number.h"

/* Texts of both sides of a comparison live at the same time. */
typedef enum Side { LEFT, RIGHT, SIDES } Side;

struct ExprScratch {
    char *bytes[SIDES];
    size_t cap[SIDES];
    RegexScratch *regex;
};

ExprScratch *expr_scratch_new(void) {
    return mem_new(ExprScratch);
}

void expr_scratch_free(ExprScratch *s) {
    if (!s)
        return;
    for (size_t i = 0; i < SIDES; i++)
        free(s->bytes[i]);
    regex_scratch_free(s->regex);
    free(s);
}

static char *scratch_bytes(ExprScratch *s, Side side, size_t length) {
    if (s->cap[side] < length) {
        size_t cap = s->cap[side] ? s->cap[side] : 256;
        while (cap < length)
            cap *= 2;
        s->bytes[side] = mem_resize(s->bytes[side], cap, 1);
        s->cap[side] = cap;
    }
    return s->bytes[side];
}

static RegexScratch *scratch_regex(ExprScratch *s) {
    if (!s->regex)
        s->regex = regex_scratch_new();
    return s->regex;
}

/* --- values ------------------------------------------------------------- */

static const ExprValue nothing = { .kind = EXPR_IS_NOTHING };

static ExprValue make_bool(bool holds) {
    return holds ? (ExprValue){ EXPR_IS_BOOL, 1, "true", 4 }
                 : (ExprValue){ EXPR_IS_BOOL, 0, "false", 5 };
}

static ExprValue make_number(double n) {
    return isnan(n) ? nothing
                    : (ExprValue){ .kind = EXPR_IS_NUMBER, .number = n };
}

static ExprValue make_text(const char *text, size_t length) {
    return (ExprValue){ EXPR_IS_TEXT, 0, text ? text : "", length };
}

static ExprValue from_json(const JsonValue *v, ExprScratch *scratch,
                           Side side) {
    static const ExprKind kinds[] = {
        [JSON_IS_NOTHING] = EXPR_IS_NOTHING, [JSON_IS_NULL] = EXPR_IS_NULL,
        [JSON_IS_TRUE] = EXPR_IS_BOOL,       [JSON_IS_FALSE] = EXPR_IS_BOOL,
        [JSON_IS_NUMBER] = EXPR_IS_NUMBER,   [JSON_IS_STRING] = EXPR_IS_TEXT,
        [JSON_IS_ARRAY] = EXPR_IS_TREE,      [JSON_IS_OBJECT] = EXPR_IS_TREE,
    };
    ExprValue value = { kinds[v->kind], v->kind == JSON_IS_TRUE, v->at,
                        v->length };
    if (v->kind == JSON_IS_NUMBER)
        number_read(v->at, v->length, &value.number);
    if (v->has_escapes) {
        char *to = scratch_bytes(scratch, side, v->length);
        value.length = json_decode(to, v);
        value.text = to;
    }
    return value;
}

/* The first of that name: "Name: value\r\n". */
static ExprValue find_header(const Expr *e, const ExprInput *in) {
    const char *s = in->head, *end = s + in->head_length;
    while (s < end) {
        const char *line_end = memchr(s, '\n', (size_t)(end - s));
        const char *stop = line_end ? line_end : end;
        const char *v = s + e->name_length;
        if ((size_t)(stop - s) > e->name_length && *v == ':' &&
            strncasecmp(s, e->name, e->name_length) == 0) {
            for (v++; v < stop && (*v == ' ' || *v == '\t');)
                v++;
            while (stop > v &&
                   (stop[-1] == ' ' || stop[-1] == '\t' || stop[-1] == '\r'))
                stop--;
            return make_text(v, (size_t)(stop - v));
        }
        s = line_end ? line_end + 1 : end;
    }
    return nothing;
}

static const char *body_of(const ExprInput *in) {
    return in->body ? in->body : "";
}

static ExprValue find_regex(const Expr *e, const ExprInput *in) {
    const char *found;
    size_t length;
    return regex_find(e->regex, scratch_regex(in->scratch), body_of(in),
                      in->body_length, &found, &length)
               ? make_text(found, length)
               : nothing;
}

static ExprValue slot_value(const Expr *e, const ExprInput *in) {
    double n = in->numbers[e->slot];
    return e->type == EXPR_BOOL && !isnan(n) ? make_bool(n != 0)
                                             : make_number(n);
}

static ExprValue variable_value(const Expr *e, const ExprInput *in) {
    if (!in->variable)
        return nothing;
    ExprValue v = in->variable(in->data, e->variable);
    if (!v.text && (v.kind == EXPR_IS_TEXT || v.kind == EXPR_IS_TREE))
        v.text = "";
    return v;
}

static ExprValue value_of(const Expr *e, const ExprInput *in, Side side) {
    switch (e->node) {
    case NODE_CONSTANT:
        return e->constant;
    case NODE_SLOT:
        return slot_value(e, in);
    case NODE_CALL:
        return in->call ? make_number(in->call(in->data, e->slot, e->argument))
                        : nothing;
    case NODE_BODY:
        return make_text(in->body, in->body_length);
    case NODE_HEADER:
        return in->head ? find_header(e, in) : nothing;
    case NODE_JSON: {
        JsonValue v = json_find(&e->path, body_of(in), in->body_length);
        return from_json(&v, in->scratch, side);
    }
    case NODE_REGEX:
        return find_regex(e, in);
    case NODE_VARIABLE:
        return variable_value(e, in);
    case NODE_JSON_VALID:
    case NODE_OR:
    case NODE_AND:
    case NODE_NOT:
    case NODE_COMPARE:
    case NODE_CONTAINS:
    case NODE_MATCHES:
        break;
    }
    return make_bool(expr_holds(e, in));
}

ExprValue expr_value(const Expr *e, const ExprInput *in) {
    return value_of(e, in, LEFT);
}

/* --- conditions --------------------------------------------------------- */

static bool text_says(const ExprValue *v, const char *word) {
    return v->length == strlen(word) && memcmp(v->text, word, v->length) == 0;
}

static bool as_number(const ExprValue *v, double *to) {
    *to = v->number;
    return v->kind == EXPR_IS_NUMBER ||
           (v->kind == EXPR_IS_TEXT && number_read(v->text, v->length, to));
}

static bool is_text(const ExprValue *v) {
    return v->kind == EXPR_IS_TEXT || v->kind == EXPR_IS_TREE;
}

static bool same(const ExprValue *a, const ExprValue *b) {
    double x, y;
    if (a->kind == EXPR_IS_NOTHING || b->kind == EXPR_IS_NOTHING)
        return false;
    if (is_text(a) && is_text(b))
        return a->length == b->length &&
               memcmp(a->text, b->text, a->length) == 0;
    if (a->kind == EXPR_IS_BOOL && b->kind == EXPR_IS_TEXT)
        return text_says(b, a->number != 0 ? "true" : "false");
    if (b->kind == EXPR_IS_BOOL && a->kind == EXPR_IS_TEXT)
        return same(b, a);
    if (a->kind == b->kind && a->kind != EXPR_IS_NUMBER)
        return a->number == b->number;
    return as_number(a, &x) && as_number(b, &y) && x == y;
}

static bool compare(CompareOp op, const ExprValue *a, const ExprValue *b) {
    double x, y;
    if (op == COMPARE_EQ || op == COMPARE_NE)
        return same(a, b) == (op == COMPARE_EQ);
    return as_number(a, &x) && as_number(b, &y) && compare_numbers(op, x, y);
}

static bool has_element(const ExprValue *array, const ExprValue *sought,
                        ExprScratch *scratch) {
    const char *at = array->text;
    size_t rest = array->length;
    for (;;) {
        JsonValue v = json_next(&at, &rest);
        if (v.kind == JSON_IS_NOTHING)
            return false;
        ExprValue element = from_json(&v, scratch, LEFT);
        if (same(&element, sought))
            return true;
    }
}

static bool contains(const ExprValue *a, const ExprValue *b,
                     ExprScratch *scratch) {
    if (b->kind == EXPR_IS_NOTHING)
        return false;
    if (a->kind == EXPR_IS_TREE)
        return a->length && a->text[0] == '[' && has_element(a, b, scratch);
    if (a->kind != EXPR_IS_TEXT || !b->text)
        return false;
    return memmem(a->text, a->length, b->text, b->length) != NULL;
}

static bool matches(const Expr *e, const ExprInput *in) {
    ExprValue v = value_of(e->left, in, LEFT);
    const char *found;
    size_t length;
    return v.text && regex_find(e->regex, scratch_regex(in->scratch), v.text,
                                v.length, &found, &length);
}

static bool is_empty_tree(const ExprValue *v) {
    size_t i = 1;
    while (i < v->length && strchr(" \t\r\n", v->text[i]))
        i++;
    return i + 1 >= v->length;
}

static bool stands(const ExprValue *v) {
    double n;
    switch (v->kind) {
    case EXPR_IS_NOTHING:
    case EXPR_IS_NULL:
        return false;
    case EXPR_IS_NUMBER:
    case EXPR_IS_BOOL:
        return v->number != 0;
    case EXPR_IS_TEXT:
        return v->length && !text_says(v, "false") &&
               !(as_number(v, &n) && n == 0);
    case EXPR_IS_TREE:
        return !is_empty_tree(v);
    }
    return false;
}

bool expr_holds(const Expr *e, const ExprInput *in) {
    for (; e->node == NODE_OR || e->node == NODE_AND; e = e->right)
        if (expr_holds(e->left, in) == (e->node == NODE_OR))
            return e->node == NODE_OR;
    if (e->node == NODE_NOT)
        return !expr_holds(e->left, in);
    if (e->node == NODE_MATCHES)
        return matches(e, in);
    if (e->node == NODE_JSON_VALID)
        return json_valid(body_of(in), in->body_length);
    ExprValue a = value_of(e->left ? e->left : e, in, LEFT);
    if (!e->left)
        return stands(&a);
    ExprValue b = value_of(e->right, in, RIGHT);
    return e->node == NODE_CONTAINS ? contains(&a, &b, in->scratch)
                                    : compare(e->op, &a, &b);
}

/* --- questions ---------------------------------------------------------- */

/* Calls visit for the expression and all that it is made of. */
static void walk(const Expr *e, void (*visit)(void *data, const Expr *e),
                 void *data) {
    for (; e; e = e->right) {
        visit(data, e);
        walk(e->left, visit, data);
    }
}

static void add_need(void *data, const Expr *e) {
    ExprNeeds *n = data;
    if (e->node == NODE_SLOT || e->node == NODE_CALL)
        n->slots |= UINT64_C(1) << (e->slot & 63);
    n->head |= e->node == NODE_HEADER;
    n->body |= e->node == NODE_BODY || e->node == NODE_JSON ||
               e->node == NODE_JSON_VALID || e->node == NODE_REGEX;
}

void expr_needs(const Expr *e, ExprNeeds *add_to) {
    walk(e, add_need, add_to);
}

typedef struct Finder {
    void (*found)(void *data, uint32_t id);
    void *data;
} Finder;

static void find_variable(void *data, const Expr *e) {
    const Finder *f = data;
    if (e->node == NODE_VARIABLE)
        f->found(f->data, e->variable);
}

void expr_variables(const Expr *e, void (*found)(void *data, uint32_t id),
                    void *data) {
    Finder f = { found, data };
    walk(e, find_variable, &f);
}

bool expr_as_comparison(const Expr *e, ExprComparison *out) {
    if (e->node != NODE_COMPARE)
        return false;
    bool turned = e->left->node == NODE_CONSTANT;
    const Expr *name = turned ? e->right : e->left;
    const Expr *limit = turned ? e->left : e->right;
    if ((name->node != NODE_SLOT && name->node != NODE_CALL) ||
        limit->node != NODE_CONSTANT || limit->constant.kind != EXPR_IS_NUMBER)
        return false;
    *out = (ExprComparison){
        .slot = name->slot,
        .argument = name->node == NODE_CALL ? name->argument : NAN,
        .op = turned ? compare_turned(e->op) : e->op,
        .limit = limit->constant.number,
        .limit_is_time = limit->is_time,
        .limit_is_share = limit->is_share,
    };
    return true;
}
