/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators and members of values. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/js.h"
#include "import/marked.h"

static const JsValue unknown = { .kind = JS_UNKNOWN };

static JsValue boolean(bool b) {
    return (JsValue){ .kind = JS_BOOL, .number = b };
}

/* --- conditions --------------------------------------------------------- */

JsValue js_not(Js *js, const JsValue *a) {
    if (a->kind == JS_BOOL || a->kind == JS_NUM)
        return boolean(a->number == 0);
    if (a->kind != JS_EXPR)
        return unknown;
    Text t = { 0 };
    text_addf(&t, "not (%s)", a->text);
    JsValue v = js_expr(js, a->request, t.bytes, true);
    text_close(&t);
    return v;
}

static JsValue join(Js *js, const char *op, const JsValue *a,
                    const JsValue *b) {
    if (a->request != b->request)
        return unknown;
    Text t = { 0 };
    /* `and` binds closer than `or`. */
    bool closer = text_equal(op, "and");
    text_addf(&t, closer && strstr(a->text, " or ") ? "(%s)" : "%s", a->text);
    text_addf(&t, " %s ", op);
    text_addf(&t, closer && strstr(b->text, " or ") ? "(%s)" : "%s", b->text);
    JsValue v = js_expr(js, a->request, t.bytes, true);
    text_close(&t);
    return v;
}

static bool is_condition(const JsValue *v) {
    return v->kind == JS_EXPR;
}

/* A variable of the environment: nothing else is known when it is read. */
static bool is_only_env(const JsValue *v) {
    return v->kind == JS_TEXT && text_starts(v->text, "\1env.") &&
           strchr(v->text, MARK_CLOSE) == v->text + strlen(v->text) - 1;
}

static bool is_truthy(const JsValue *v) {
    return (v->kind == JS_TEXT && *v->text) ||
           ((v->kind == JS_NUM || v->kind == JS_BOOL) && v->number != 0) ||
           v->kind == JS_OBJECT || v->kind == JS_LIST;
}

static bool is_falsy(const JsValue *v) {
    return v->kind == JS_NULL || (v->kind == JS_TEXT && !*v->text) ||
           ((v->kind == JS_NUM || v->kind == JS_BOOL) && v->number == 0);
}

/* `__ENV.X || 'text'` is the text: what a run without X would take. */
static JsValue either(Js *js, const JsValue *a, const JsValue *b) {
    if (is_condition(a) && is_condition(b))
        return join(js, "or", a, b);
    if (is_only_env(a) && b->kind != JS_UNKNOWN)
        return *b;
    if (is_truthy(a))
        return *a;
    return is_falsy(a) ? *b : unknown;
}

static JsValue both(Js *js, const JsValue *a, const JsValue *b) {
    if (is_condition(a) && is_condition(b))
        return join(js, "and", a, b);
    if (is_truthy(a))
        return *b;
    return is_falsy(a) ? *a : unknown;
}

static JsValue compare(Js *js, const char *op, const JsValue *a,
                       const JsValue *b) {
    const JsValue *over = a->kind == JS_EXPR ? a : b;
    Text t = { 0 };
    JsValue v = unknown;
    if (over->kind != JS_EXPR || a->is_condition || b->is_condition ||
        (a->kind == JS_EXPR && b->kind == JS_EXPR && a->request != b->request))
        return unknown;
    bool known = js_operand(a, &t);
    text_addf(&t, " %s ", op);
    if (known && js_operand(b, &t))
        v = js_expr(js, over->request, t.bytes, true);
    text_close(&t);
    return v;
}

/* --- arithmetic --------------------------------------------------------- */

static JsValue add_texts(Js *js, const JsValue *a, const JsValue *b) {
    Text t = { 0 };
    JsValue v = unknown;
    if (js_text(js, a, &t) && js_text(js, b, &t))
        v = js_string(js, t.bytes, t.length);
    text_close(&t);
    return v;
}

/* A range that is moved or stretched is one, without a variable. */
static JsValue range(double a, double b) {
    return (
        JsValue){ .kind = JS_RANGE, .number = fmin(a, b), .high = fmax(a, b) };
}

static double apply(char op, double a, double b) {
    return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
}

static JsValue arithmetic(char op, const JsValue *a, const JsValue *b) {
    if (a->kind == JS_NUM && b->kind == JS_NUM)
        return (JsValue){ .kind = JS_NUM,
                          .number = op == '%'
                                        ? fmod(a->number, b->number)
                                        : apply(op, a->number, b->number) };
    if (op == '%' || (op == '/' && b->kind == JS_RANGE))
        return unknown;
    if (a->kind == JS_RANGE && b->kind == JS_NUM)
        return range(apply(op, a->number, b->number),
                     apply(op, a->high, b->number));
    if (a->kind == JS_NUM && b->kind == JS_RANGE)
        return range(apply(op, a->number, b->number),
                     apply(op, a->number, b->high));
    return unknown;
}

JsValue js_binary(Js *js, const char *op, const JsValue *a, const JsValue *b) {
    static const struct {
        const char *js, *ours;
    } compares[] = { { "===", "==" }, { "!==", "!=" }, { "==", "==" },
                     { "!=", "!=" },  { "<=", "<=" },  { ">=", ">=" },
                     { "<", "<" },    { ">", ">" } };
    for (size_t i = 0; i < sizeof compares / sizeof *compares; i++)
        if (text_equal(op, compares[i].js))
            return compare(js, compares[i].ours, a, b);
    if (text_equal(op, "||") || text_equal(op, "??"))
        return either(js, a, b);
    if (text_equal(op, "&&"))
        return both(js, a, b);
    if (text_equal(op, "+") && (a->kind == JS_TEXT || b->kind == JS_TEXT))
        return add_texts(js, a, b);
    if (strlen(op) == 1 && strchr("+-*/%", *op))
        return arithmetic(*op, a, b);
    return unknown;
}

/* --- members ------------------------------------------------------------ */

static JsValue answer_member(Js *js, const JsValue *of, const char *key) {
    static const char *const parts[] = { "timings", "headers", "json" };
    if (text_equal(key, "status") || text_equal(key, "body"))
        return js_expr(js, of->request, key, false);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (text_equal(key, parts[i]))
            return (JsValue){ .kind = JS_PART,
                              .request = of->request,
                              .text = parts[i] };
    return unknown;
}

static JsValue part_member(Js *js, const JsValue *of, const char *key) {
    static const struct {
        const char *k6, *ours;
    } phases[] = { { "duration", "time" },
                   { "waiting", "waiting" },
                   { "connecting", "connecting" },
                   { "sending", "sending" },
                   { "receiving", "receiving" } };
    if (text_equal(of->text, "timings")) {
        for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
            if (text_equal(key, phases[i].k6))
                return js_expr(js, of->request, phases[i].ours, false);
        return unknown;
    }
    if (!text_equal(of->text, "headers"))
        return unknown;
    for (const char *s = key; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("-_", *s))
            return unknown;
    Text t = { 0 };
    text_addf(&t, "header.%s", key);
    JsValue v = *key ? js_expr(js, of->request, t.bytes, false) : unknown;
    text_close(&t);
    return v;
}

static bool is_plain(const char *key) {
    if (!isalpha((unsigned char)*key) && *key != '_')
        return false;
    for (const char *s = key; *s; s++)
        if (!isalnum((unsigned char)*s) && *s != '_')
            return false;
    return true;
}

static bool is_index(const char *key) {
    size_t n = strspn(key, "0123456789");
    return n && n < 9 && !key[n];
}

static JsValue json_member(Js *js, const JsValue *of, const char *key) {
    Text t = { 0 };
    if (mark_has_vars(key) || strpbrk(key, "\"\\\n") || strstr(key, "${"))
        return unknown;
    text_adds(&t, of->text);
    text_addf(&t,
              is_index(key)   ? "[%s]"
              : is_plain(key) ? ".%s"
                              : "[\"%s\"]",
              key);
    JsValue v = js_expr(js, of->request, t.bytes, false);
    text_close(&t);
    return v;
}

static JsValue expr_member(Js *js, const JsValue *of, const char *key) {
    if (text_equal(of->text, "body") && text_equal(key, "length"))
        return js_expr(js, of->request, "size", false);
    if (!of->is_condition && text_starts(of->text, "json") &&
        !text_equal(key, "length"))
        return json_member(js, of, key);
    return unknown;
}

static JsValue ref_member(Js *js, const JsValue *of, const char *key) {
    Text t = { 0 };
    JsValue v = { .kind = JS_REF };
    if (text_equal(of->text, "__ENV")) {
        text_addf(&t, "env.%s", key);
        Text marked = { 0 };
        mark_var(&marked, t.bytes, t.length);
        v = js_string(js, marked.bytes, marked.length);
        text_close(&marked);
    } else {
        text_addf(&t, "%s.%s", of->text, key);
        v.text = t.length < 200 ? arena_dup_text(js->arena, t.bytes) : "";
    }
    text_close(&t);
    return v;
}

JsValue js_get(Js *js, const JsValue *of, const char *key) {
    switch (of->kind) {
    case JS_OBJECT:
        return *js_member(of, key);
    case JS_LIST:
        if (is_index(key) && (size_t)atol(key) < of->count)
            return of->items[atol(key)].value;
        break;
    case JS_ANSWER:
        return answer_member(js, of, key);
    case JS_PART:
        return part_member(js, of, key);
    case JS_EXPR:
        return expr_member(js, of, key);
    case JS_REF:
        return ref_member(js, of, key);
    case JS_UNKNOWN:
    case JS_NULL:
    case JS_BOOL:
    case JS_NUM:
    case JS_TEXT:
    case JS_FUNCTION:
    case JS_RANGE:
    case JS_FILE:
    case JS_METRIC:
        break;
    }
    return unknown;
}
