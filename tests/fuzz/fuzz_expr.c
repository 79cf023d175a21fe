/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input up to its first NUL is an expression, the rest an answer: its
 * head up to an empty line, then its body. */
#include <math.h>

#include "expr/expr.h"
#include "fuzz.h"

static const ExprName answer_names[] = { { .name = "status" },
                                         { .name = "time", .is_time = true },
                                         { .name = "ok", .type = EXPR_BOOL } };
static const ExprName metric_names[] = {
    { .name = "p", .takes_argument = true, .is_time = true },
    { .name = "rate" },
};

/* Any name is one; its id is its length. */
static int any_variable(void *data, const char *name, size_t length,
                        uint32_t *id, Err *err) {
    (void)data;
    *id = (uint32_t)length;
    return memchr(name, '!', length) ? err_at(err, 1, "not !") : 0;
}

static const ExprScope scopes[] = {
    { .names = answer_names,
      .count = 3,
      .has_answer = true,
      .variable = any_variable },
    { .names = metric_names, .count = 2 },
    { .count = 0 },
};

static ExprValue value_of(void *data, uint32_t id) {
    static const ExprValue values[] = {
        { EXPR_IS_TEXT, 0, "text", 4 },      { EXPR_IS_TEXT, 0, NULL, 0 },
        { EXPR_IS_NUMBER, 5, "5", 1 },       { EXPR_IS_NUMBER, 5, NULL, 0 },
        { EXPR_IS_BOOL, 1, "true", 4 },      { EXPR_IS_NULL, 0, "null", 4 },
        { EXPR_IS_TREE, 0, "[1,\"a\"]", 7 }, { .kind = EXPR_IS_NOTHING },
    };
    (void)data;
    return values[id % (sizeof values / sizeof *values)];
}

static double ask(void *data, size_t slot, double argument) {
    (void)data;
    (void)slot;
    return argument > 99 ? NAN : argument;
}

static void look(const ExprValue *v) {
    volatile char sink = 0;
    if (v->kind > EXPR_IS_TREE)
        abort();
    for (size_t i = 0; v->text && i < v->length; i++)
        sink = (char)(sink ^ v->text[i]);
}

static void found(void *data, uint32_t id) {
    (void)data;
    (void)value_of(NULL, id);
}

static void ask_all(const Expr *e, const ExprInput *in) {
    ExprNeeds needs = { 0 };
    ExprComparison plain;
    ExprValue v = expr_value(e, in);
    look(&v);
    if (v.kind == EXPR_IS_BOOL && (v.number != 0) != expr_holds(e, in))
        abort();
    (void)expr_as_comparison(e, &plain);
    expr_needs(e, &needs);
    expr_variables(e, found, NULL);
    /* what is not needed is not looked at */
    ExprInput less = *in;
    if (!needs.body) {
        less.body = NULL;
        less.body_length = 1;
    }
    if (!needs.head) {
        less.head = NULL;
        less.head_length = 1;
    }
    (void)expr_holds(e, &less);
}

static void compile_and_ask(const char *text, const ExprInput *in) {
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
        Arena arena = { 0 };
        Err err = { 0 };
        const Expr *e = expr_compile_value(&arena, text, &scopes[i], &err);
        if (e)
            ask_all(e, in);
        else if (err.column < 1 || err.column > (int)strlen(text) + 1 ||
                 !err.text[0])
            abort();
        Lexer l;
        if (lexer_start(&l, text, &err) == 0 &&
            (e = expr_parse(&l, &scopes[i], &arena, &err)))
            ask_all(e, in);
        arena_close(&arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const double numbers[] = { 200, 12.5, 1 };
    const char *bytes = (const char *)data;
    const char *nul = memchr(bytes, '\0', size);
    if (!nul)
        return 0;
    char *text = fuzz_exact(bytes, (size_t)(nul - bytes) + 1);
    const char *head = nul + 1, *end = bytes + size;
    const char *gap = memmem(head, (size_t)(end - head), "\r\n\r\n", 4);
    const char *body = gap ? gap + 4 : head;
    size_t head_length = gap ? (size_t)(gap + 2 - head) : 0;
    ExprInput in = { .numbers = numbers,
                     .call = ask,
                     .head = fuzz_exact(head, head_length),
                     .head_length = head_length,
                     .body = fuzz_exact(body, (size_t)(end - body)),
                     .body_length = (size_t)(end - body),
                     .variable = value_of,
                     .scratch = expr_scratch_new() };
    compile_and_ask(text, &in);
    expr_scratch_free(in.scratch);
    free((void *)(uintptr_t)in.head);
    free((void *)(uintptr_t)in.body);
    free(text);
    return 0;
}
