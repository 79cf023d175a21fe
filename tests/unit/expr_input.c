/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr_input.h"

#include "unit.h"

static char scope_data[] = "scope", input_data[] = "input";

static const ExprName names[SLOTS] = {
    [STATUS] = { .name = "status" },
    [TIME] = { .name = "time", .is_time = true },
    [SIZE] = { .name = "size" },
    [FAILED] = { .name = "failed", .type = EXPR_BOOL },
};

const Variable variables[] = {
    { "home", TEXT_VALUE("home") },
    { "empty", { EXPR_IS_TEXT, 0, NULL, 0 } },
    { "missing", { .kind = EXPR_IS_NOTHING } },
    { "five", TEXT_VALUE("5") },
    { "zero", TEXT_VALUE("0.0") },
    { "big", { EXPR_IS_NUMBER, 12345, "12345", 5 } },
    { "measured", { .kind = EXPR_IS_NUMBER, .number = 2.5 } },
    { "on", { EXPR_IS_BOOL, 1, "true", 4 } },
    { "off", { EXPR_IS_BOOL, 0, "false", 5 } },
    { "says_off", TEXT_VALUE("false") },
    { "null", { EXPR_IS_NULL, 0, "null", 4 } },
    { "tree", { EXPR_IS_TREE, 0, "[1, \"b\"]", 8 } },
    { "data.column 1", TEXT_VALUE("x") },
};
const size_t variable_count = sizeof variables / sizeof *variables;

static int find_variable(void *data, const char *name, size_t length,
                         uint32_t *id, Err *err) {
    assert_string_equal(data, "scope");
    for (*id = 0; *id < variable_count; ++*id)
        if (strlen(variables[*id].name) == length &&
            strncmp(variables[*id].name, name, length) == 0)
            return 0;
    return err_at(err, length > 3 ? 3 : 0, "no variable of that name");
}

ExprValue variable_of(void *data, uint32_t id) {
    assert_string_equal(data, "input");
    return variables[id].value;
}

const ExprScope answer_scope = { .names = names,
                                 .count = SLOTS,
                                 .has_answer = true,
                                 .variable = find_variable,
                                 .data = scope_data };

static const ExprName methods[] = {
    { .name = "p", .takes_argument = true, .is_time = true },
    { .name = "rate" },
    { .name = "value" },
};
const ExprScope metric_scope = { .names = methods, .count = 3 };

ExprInput input_of(const char *body) {
    static const double numbers[SLOTS] = {
        [STATUS] = 404, [TIME] = 250, [SIZE] = 12 * 1024
    };
    static const char head[] = "Server: one\r\n"
                               "content-type:\tapplication/json \r\n"
                               "X-Empty:\r\n"
                               "X-Count: 42\r\n"
                               "X-Count: 43\r\n"
                               "X-Flag: true\r\n"
                               "Server-Timing: db;dur=3\r\n";
    static ExprScratch *scratch;
    if (!scratch)
        scratch = expr_scratch_new();
    return (ExprInput){ .numbers = numbers,
                        .body = body,
                        .body_length = body ? strlen(body) : 0,
                        .head = head,
                        .head_length = sizeof head - 1,
                        .variable = variable_of,
                        .data = input_data,
                        .scratch = scratch };
}

const Expr *compiled(Arena *a, const char *text) {
    Err err = { 0 };
    const Expr *e = expr_compile_value(a, text, &answer_scope, &err);
    if (!e)
        fail_msg("%s: %d: %s", text, err.column, err.text);
    return e;
}

bool holds_of(const char *text, const char *body) {
    Arena a = { 0 };
    Err err = { 0 };
    ExprInput in = input_of(body);
    const Expr *e = expr_compile(&a, text, &answer_scope, &err);
    if (!e)
        fail_msg("%s: %d: %s", text, err.column, err.text);
    bool holds = expr_holds(e, &in);
    arena_close(&a);
    return holds;
}
