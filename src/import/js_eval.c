/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions, by precedence climbing. What is not understood is read over
 * as well as can be, and gives JS_UNKNOWN; each token is read at most once
 * for each call of the function it stands in. */
#include <stdlib.h>
#include <string.h>

#include "import/js.h"
#include "import/marked.h"

#define NEST_MAX 150
#define ITEMS_MAX 10000
#define ARGS_MAX 8

static const JsValue unknown = { .kind = JS_UNKNOWN };

static const JsToken *now(const Js *js) {
    static const JsToken end = { .kind = JS_END, .text = "" };
    return js->at < js->end ? &js->tokens[js->at] : &end;
}

static const JsToken *ahead(const Js *js, size_t n) {
    size_t last = js->token_count - 1;
    return &js->tokens[js->at + n < last ? js->at + n : last];
}

static bool accept(Js *js, const char *text) {
    if (!js_is(now(js), text))
        return false;
    js->at++;
    return true;
}

size_t js_match(const Js *js, size_t open) {
    size_t pair = js->tokens[open].pair;
    return pair ? pair : js->token_count - 1;
}

static JsValue assignment(Js *js);

/* --- functions ---------------------------------------------------------- */

/* js->at is at the body. */
static JsValue function_value(Js *js, size_t params) {
    JsValue v = { .kind = JS_FUNCTION,
                  .params = params,
                  .source = js->tokens,
                  .source_count = js->token_count };
    v.is_block = js_is(now(js), "{");
    if (v.is_block) {
        size_t close = js_match(js, js->at);
        v.from = js->at + 1;
        v.to = close;
        js->at = close + 1;
    } else { /* an expression ends at a comma or a bracket of an outer one */
        size_t i = js->at;
        v.from = i;
        for (; i < js->end; i++) {
            const JsToken *t = &js->tokens[i];
            if (js_is(t, "(") || js_is(t, "[") || js_is(t, "{"))
                i = js_match(js, i);
            else if (js_is(t, ",") || js_is(t, ";") || js_is(t, ")") ||
                     js_is(t, "]") || js_is(t, "}"))
                break;
        }
        v.to = i < js->end ? i : js->end;
        js->at = v.to;
    }
    return v;
}

/* (a, b) => … or a => …, at js->at? */
static bool is_arrow(const Js *js) {
    if (now(js)->kind == JS_NAME)
        return js_is(ahead(js, 1), "=>");
    if (!js_is(now(js), "("))
        return false;
    size_t close = js_match(js, js->at);
    return close + 1 < js->end && js_is(&js->tokens[close + 1], "=>");
}

static JsValue arrow(Js *js) {
    size_t params = js->at;
    js->at = js_is(now(js), "(") ? js_match(js, js->at) + 1 : js->at + 1;
    accept(js, "=>");
    return function_value(js, params);
}

/* Behind the word function: [*] [name] (params) {body}. */
static JsValue function(Js *js) {
    accept(js, "*");
    if (now(js)->kind == JS_NAME)
        js->at++;
    if (!js_is(now(js), "("))
        return unknown;
    size_t params = js->at;
    js->at = js_match(js, js->at) + 1;
    if (!js_is(now(js), "{"))
        return unknown;
    return function_value(js, params);
}

/* --- literals ----------------------------------------------------------- */

static void add_item(JsValue *v, size_t *cap, const char *key, JsValue value,
                     size_t line) {
    if (v->count == ITEMS_MAX)
        return;
    mem_grow(v->items, v->count, *cap);
    v->items[v->count++] = (JsItem){ key, value, line };
}

/* The items go to the arena. */
static void keep_items(Js *js, JsValue *v) {
    JsItem *items = arena_array(js->arena, JsItem, v->count + 1);
    if (v->count)
        memcpy(items, v->items, v->count * sizeof *items);
    free(v->items);
    v->items = items;
}

static void spread(Js *js, JsValue *to, size_t *cap, const JsValue *from) {
    js->values += from->count;
    for (size_t i = 0; i < from->count && js->values < JS_VALUES_MAX; i++)
        add_item(to, cap, from->items[i].key, from->items[i].value,
                 from->items[i].line);
}

static JsValue list(Js *js) {
    JsValue v = { .kind = JS_LIST };
    size_t cap = 0, close = js_match(js, js->at - 1);
    bool known = true;
    while (js->at < close) {
        if (accept(js, ","))
            continue;
        size_t before = js->at, line = now(js)->line;
        bool more = accept(js, "...");
        JsValue item = assignment(js);
        if (more && item.kind == JS_LIST)
            spread(js, &v, &cap, &item);
        else if (more)
            known = false;
        else
            add_item(&v, &cap, "", item, line);
        if (js->at == before || !(js_is(now(js), ",") || js->at >= close))
            break;
    }
    js->at = close + 1;
    keep_items(js, &v);
    if (!known)
        v.kind = JS_UNKNOWN;
    return v;
}

/* A property's name; NULL: computed from something unknown. */
static const char *property_name(Js *js) {
    const JsToken *t = now(js);
    if (js_is(t, "[")) {
        size_t close = js_match(js, js->at);
        js->at++;
        JsValue v = assignment(js);
        js->at = close + 1;
        return v.kind == JS_TEXT ? v.text : NULL;
    }
    js->at++;
    if (t->kind == JS_NUMBER) {
        Text n = { 0 };
        text_addf(&n, "%.15g", t->number);
        const char *name = arena_dup_text(js->arena, n.bytes);
        text_close(&n);
        return name;
    }
    return t->kind == JS_NAME || t->kind == JS_STRING ? t->text : NULL;
}

static JsValue property_value(Js *js, const char *name) {
    if (accept(js, ":"))
        return assignment(js);
    if (js_is(now(js), "(")) { /* name(r) { … } */
        size_t params = js->at;
        js->at = js_match(js, js->at) + 1;
        return js_is(now(js), "{") ? function_value(js, params) : unknown;
    }
    const JsValue *bound = name ? js_lookup(js, name) : NULL;
    return bound ? *bound : unknown;
}

static JsValue object(Js *js) {
    JsValue v = { .kind = JS_OBJECT };
    size_t cap = 0, close = js_match(js, js->at - 1);
    while (js->at < close) {
        if (accept(js, ","))
            continue;
        size_t line = now(js)->line;
        if (accept(js, "...")) {
            JsValue from = assignment(js);
            spread(js, &v, &cap, &from);
        } else {
            if (js_is(now(js), "async") && ahead(js, 1)->kind == JS_NAME)
                js->at++;
            const char *name = property_name(js);
            JsValue value = property_value(js, name);
            if (name)
                add_item(&v, &cap, name, value, line);
        }
        if (!js_is(now(js), ",") && js->at < close)
            break;
    }
    js->at = close + 1;
    keep_items(js, &v);
    return v;
}

/* An expression inside a template: tokens of its own, same names. */
static JsValue eval_part(Js *js, const char *bytes, size_t length,
                         size_t line) {
    JsTokens tokens = { 0 };
    JsValue v = unknown;
    if (length > 65536 || js->depth > NEST_MAX || js->values > JS_VALUES_MAX)
        return v;
    js_lex(js->arena, bytes, length, line, &tokens);
    js->values += tokens.count;
    Js part = *js;
    part.tokens = arena_array(js->arena, JsToken, tokens.count);
    memcpy(part.tokens, tokens.items, tokens.count * sizeof *tokens.items);
    free(tokens.items);
    part.token_count = tokens.count;
    part.at = 0;
    part.end = tokens.count - 1;
    part.depth += 10; /* templates in templates are seldom deep */
    v = js_eval(&part);
    JsToken *whole = js->tokens;
    size_t count = js->token_count, at = js->at, end = js->end,
           depth = js->depth;
    *js = part;
    js->tokens = whole;
    js->token_count = count;
    js->at = at;
    js->end = end;
    js->depth = depth;
    return v;
}

static JsValue template_value(Js *js, const JsToken *t) {
    size_t length = t->length;
    const char *s = t->at + 1;
    const char *end =
        t->at + (length > 1 && t->at[length - 1] == '`' ? length - 1 : length);
    Text text = { 0 };
    bool known = true;
    text_add(&text, "", 0);
    while (s < end) {
        size_t part = js_template_part(s, (size_t)(end - s));
        if (part) {
            JsValue v = eval_part(js, s + 2, part - 3, t->line);
            known &= js_text(js, &v, &text);
            s += part;
            continue;
        }
        if (*s == '$' && s + 1 < end && s[1] == '{')
            known = false; /* it does not end */
        if (!known)
            break;
        const char *from = s;
        while (s < end && !(s > from && *s == '$'))
            s += *s == '\\' && s + 1 < end ? 2 : 1;
        js_decode(from, (size_t)(s - from), &text);
    }
    JsValue v = known ? js_string(js, text.bytes, text.length) : unknown;
    text_close(&text);
    return v;
}

/* --- primaries ---------------------------------------------------------- */

static JsValue name_value(Js *js, const JsToken *t) {
    static const struct {
        const char *name;
        JsKind kind;
        double number;
    } words[] = { { "true", JS_BOOL, 1 },
                  { "false", JS_BOOL, 0 },
                  { "null", JS_NULL, 0 },
                  { "undefined", JS_NULL, 0 } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(t->text, words[i].name))
            return (JsValue){ .kind = words[i].kind,
                              .number = words[i].number };
    const JsValue *bound = js_lookup(js, t->text);
    if (bound)
        return *bound;
    if (text_equal(t->text, "__VU") || text_equal(t->text, "__ITER")) {
        Text m = { 0 };
        const char *name = text_equal(t->text, "__VU") ? "vu" : "iteration";
        mark_var(&m, name, strlen(name));
        JsValue v = js_string(js, m.bytes, m.length);
        text_close(&m);
        v.is_raw = true;
        return v;
    }
    return (JsValue){ .kind = JS_REF,
                      .text = js->http && text_equal(t->text, js->http)
                                  ? "http"
                                  : t->text };
}

static JsValue call_args(Js *js, JsValue *args, size_t *count) {
    size_t close = js_match(js, js->at - 1);
    *count = 0;
    while (js->at < close) {
        if (accept(js, ","))
            continue;
        size_t before = js->at;
        accept(js, "...");
        JsValue v = assignment(js);
        if (*count < ARGS_MAX)
            args[(*count)++] = v;
        if (js->at == before || !(js_is(now(js), ",") || js->at >= close))
            break;
    }
    js->at = close + 1;
    return unknown;
}

/* new Rate('errors'). */
static JsValue new_value(Js *js) {
    JsValue args[ARGS_MAX] = { 0 };
    JsValue what = unknown;
    size_t count = 0;
    while (now(js)->kind == JS_NAME) {
        const JsToken *t = now(js);
        js->at++;
        what = what.kind == JS_REF ? js_get(js, &what, t->text)
                                   : name_value(js, t);
        if (!accept(js, "."))
            break;
    }
    if (accept(js, "("))
        call_args(js, args, &count);
    return k6_new(js, &what, args, count);
}

static JsValue primary(Js *js) {
    const JsToken *t = now(js);
    if (is_arrow(js))
        return arrow(js);
    if (js_is(t, "async") &&
        (js_is(ahead(js, 1), "function") || js_is(ahead(js, 1), "(") ||
         js_is(ahead(js, 2), "=>"))) {
        js->at++;
        return primary(js);
    }
    if (t->kind == JS_END)
        return unknown;
    js->at++;
    if (t->kind == JS_NUMBER)
        return (JsValue){ .kind = JS_NUM, .number = t->number };
    if (t->kind == JS_STRING)
        return (JsValue){ .kind = JS_TEXT, .text = t->text };
    if (t->kind == JS_TEMPLATE)
        return template_value(js, t);
    if (t->kind == JS_REGEX)
        return unknown;
    if (js_is(t, "function"))
        return function(js);
    if (js_is(t, "new"))
        return new_value(js);
    if (js_is(t, "["))
        return list(js);
    if (js_is(t, "{"))
        return object(js);
    if (js_is(t, "(")) {
        size_t close = js_match(js, js->at - 1);
        JsValue v = js_eval(js);
        js->at = close + 1;
        return v;
    }
    if (t->kind == JS_NAME)
        return name_value(js, t);
    return unknown;
}

/* --- a.b, a[b], a(b), a`b` ---------------------------------------------- */

static JsValue index_of(Js *js, const JsValue *of) {
    size_t close = js_match(js, js->at - 1);
    JsValue v = unknown, key = js_eval(js);
    Text t = { 0 };
    if (key.kind == JS_NUM || key.kind == JS_TEXT)
        if (js_text(js, &key, &t))
            v = js_get(js, of, arena_dup_text(js->arena, t.bytes));
    text_close(&t);
    js->at = close + 1;
    return v;
}

static JsValue call(Js *js, const JsValue *callee, const JsValue *of,
                    const char *method, size_t line) {
    JsValue args[ARGS_MAX] = { 0 };
    size_t count = 0;
    call_args(js, args, &count);
    if (of && of->kind != JS_REF && of->kind != JS_OBJECT)
        return js_method(js, of, method, args, count, line);
    if (callee->kind == JS_FUNCTION)
        return js_call_function(js, callee, args, count);
    return k6_call(js, callee, args, count, line);
}

static JsValue postfix(Js *js) {
    size_t line = now(js)->line;
    JsValue v = primary(js), of = unknown;
    const char *method = NULL; /* v is this member of `of` */
    for (;;) {
        const JsToken *t = now(js);
        bool optional = js_is(t, "?.");
        if (js_is(t, ".") || (optional && ahead(js, 1)->kind == JS_NAME)) {
            js->at++;
            of = v;
            method = now(js)->kind == JS_NAME ? now(js)->text : "";
            js->at += now(js)->kind == JS_NAME;
            v = js_get(js, &of, method);
        } else if (js_is(t, "(") || js_is(t, "[")) {
            js->at++;
            line = t->line;
            v = js_is(t, "(") ? call(js, &v, method ? &of : NULL, method, line)
                              : index_of(js, &v);
            method = NULL;
        } else if (t->kind == JS_TEMPLATE) { /* http.url`…` */
            js->at++;
            v = template_value(js, t);
            method = NULL;
        } else if (optional || js_is(t, "++") || js_is(t, "--")) {
            js->at++;
        } else {
            return v;
        }
    }
}

/* --- operators ---------------------------------------------------------- */

static JsValue unary(Js *js) {
    static const char *const words[] = { "await", "void", "typeof", "delete",
                                         "yield" };
    const JsToken *t = now(js);
    if (js->depth > NEST_MAX)
        return postfix(js);
    if (js_is(t, "!") || js_is(t, "-") || js_is(t, "+") || js_is(t, "~") ||
        js_is(t, "++") || js_is(t, "--")) {
        js->at++;
        js->depth++;
        JsValue v = unary(js);
        js->depth--;
        if (js_is(t, "!"))
            return js_not(js, &v);
        if (js_is(t, "-") && v.kind == JS_NUM)
            v.number = -v.number;
        return js_is(t, "-") || js_is(t, "+") ? v : unknown;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (t->kind == JS_NAME && text_equal(t->text, words[i])) {
            js->at++;
            js->depth++;
            JsValue v = unary(js);
            js->depth--;
            return i == 0 ? v : unknown;
        }
    return postfix(js);
}

static int precedence(const JsToken *t) {
    static const struct {
        const char *op;
        int level;
    } ops[] = { { "??", 1 },  { "||", 2 },  { "&&", 3 },         { "|", 4 },
                { "^", 5 },   { "&", 6 },   { "==", 7 },         { "!=", 7 },
                { "===", 7 }, { "!==", 7 }, { "<", 8 },          { ">", 8 },
                { "<=", 8 },  { ">=", 8 },  { "instanceof", 8 }, { "in", 8 },
                { "<<", 9 },  { ">>", 9 },  { ">>>", 9 },        { "+", 10 },
                { "-", 10 },  { "*", 11 },  { "/", 11 },         { "%", 11 },
                { "**", 12 } };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (js_is(t, ops[i].op))
            return ops[i].level;
    return 0;
}

/* The right side of `a || b`, `a && b` runs only sometimes. */
static JsValue guarded(Js *js, const char *op, const JsValue *left, int level);

static JsValue binary(Js *js, int least) {
    JsValue left = unary(js);
    for (;;) {
        const JsToken *t = now(js);
        int level = precedence(t);
        if (level == 0 || level < least)
            return left;
        js->at++;
        JsValue right = guarded(js, t->text, &left, level + 1);
        left = js_binary(js, t->text, &left, &right);
    }
}

static JsValue guarded(Js *js, const char *op, const JsValue *left, int level) {
    const char *guard = js->guard;
    uint32_t request = js->guard_request;
    bool either = text_equal(op, "||");
    if (left->kind == JS_EXPR && (either || text_equal(op, "&&"))) {
        JsValue when = either ? js_not(js, left) : *left;
        js->guard = when.text;
        js->guard_request = left->request;
    }
    JsValue right = binary(js, level);
    js->guard = guard;
    js->guard_request = request;
    return right;
}

/* `__ENV.X ? __ENV.X : 'text'` is the text, as with ||. */
static JsValue conditional(Js *js) {
    JsValue test = binary(js, 1);
    if (!accept(js, "?"))
        return test;
    JsValue yes = assignment(js);
    accept(js, ":");
    JsValue no = assignment(js);
    if (test.kind == JS_TEXT && text_starts(test.text, "\1env."))
        return no;
    if (test.kind == JS_BOOL || test.kind == JS_NUM)
        return test.number != 0 ? yes : no;
    return unknown;
}

static void assign(Js *js, const char *name, const JsValue *v) {
    for (size_t i = js->binding_count; i-- > 0;)
        if (text_equal(js->bindings[i].name, name)) {
            js->bindings[i].value = *v;
            if (v->kind == JS_EXPR && !v->hint)
                js->bindings[i].value.hint = name;
            return;
        }
}

static JsValue assignment(Js *js) {
    const JsToken *t = now(js);
    const char *op = ahead(js, 1)->text;
    if (++js->values > JS_VALUES_MAX || js->depth > NEST_MAX) {
        js->at = js->end; /* hostile: nothing more of it */
        return unknown;
    }
    js->depth++;
    JsValue v;
    if (t->kind == JS_NAME && ahead(js, 1)->kind == JS_PUNCT &&
        text_equal(op, "=")) {
        js->at += 2;
        v = assignment(js);
        assign(js, t->text, &v);
    } else {
        v = conditional(js);
        if (now(js)->kind == JS_PUNCT && strlen(now(js)->text) > 1 &&
            strchr("+-*/%&|^?<>*", now(js)->text[0]) &&
            now(js)->text[strlen(now(js)->text) - 1] == '=' &&
            precedence(now(js)) == 0) {
            js->at++;
            assignment(js);
            v = unknown;
            if (t->kind == JS_NAME)
                assign(js, t->text, &v);
        } else if (accept(js, "=")) { /* a.b = c */
            assignment(js);
            v = unknown;
        }
    }
    js->depth--;
    return v;
}

JsValue js_value(Js *js) {
    return assignment(js);
}

JsValue js_eval(Js *js) {
    size_t before = js->at;
    JsValue v = assignment(js);
    while (accept(js, ","))
        v = assignment(js);
    if (js->at == before && js->at < js->end)
        js->at++;
    return v;
}
