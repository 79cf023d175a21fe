/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements, in order of text. Loops and branches are entered once, and
 * noted if requests stand in them. */
#include <string.h>

#include "import/js.h"

#define NEST_MAX 100 /* blocks in blocks */

static const JsToken *now(const Js *js) {
    static const JsToken end = { .kind = JS_END, .text = "" };
    return js->at < js->end ? &js->tokens[js->at] : &end;
}

static bool accept(Js *js, const char *text) {
    if (!js_is(now(js), text))
        return false;
    js->at++;
    return true;
}

/* --- imports ------------------------------------------------------------ */

/* import http from 'k6/http'; import { check } from 'k6'. */
static void import(Js *js) {
    static const char *const without[] = {
        "k6/ws",      "k6/net/grpc",           "k6/experimental/websockets",
        "k6/browser", "k6/experimental/redis", "k6/experimental/browser"
    };
    const char *first = NULL, *from = NULL;
    size_t line = now(js)->line;
    for (size_t i = 0; i < 200 && now(js)->kind != JS_END && !from; i++) {
        const JsToken *t = now(js);
        if (js_is(t, ";"))
            return;
        if (t->kind == JS_STRING)
            from = t->text;
        else if (t->kind == JS_NAME && !first && !js_is(t, "from") &&
                 !js_is(t, "as"))
            first = t->text;
        js->at++;
    }
    if (!from)
        return;
    if (text_equal(from, "k6/http") && first)
        js->http = first;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (text_equal(from, without[i]))
            sketch_note(js->d, AT_LINE(line), "%s: only k6/http is carried",
                        from);
    if (*from == '.')
        sketch_note(js->d, AT_LINE(line),
                    "import of %s: other files are not read",
                    sketch_shown(js->d, from, strlen(from)));
}

/* --- declarations ------------------------------------------------------- */

/* const { a, b } = …: what is in it stays unknown. */
static void pattern(Js *js) {
    size_t open = js->at, close = js_match(js, open);
    js->at = close + 1;
    JsValue v = { 0 };
    if (accept(js, "="))
        v = js_value(js);
    for (size_t i = open + 1; i < close && i < js->end; i++) {
        const JsToken *t = &js->tokens[i];
        if (t->kind == JS_NAME)
            js_bind(js, t->text, js_get(js, &v, t->text));
    }
}

static void declare(Js *js) {
    do {
        const JsToken *name = now(js);
        if (js_is(name, "{") || js_is(name, "[")) {
            pattern(js);
            return;
        }
        if (name->kind != JS_NAME)
            return;
        js->at++;
        JsValue v = { .kind = JS_NULL };
        if (accept(js, "=")) {
            size_t before = js->at;
            v = js_value(js);
            if (js->at == before)
                return;
        }
        js_bind(js, name->text, v);
    } while (accept(js, ","));
}

/* --- control flow ------------------------------------------------------- */

/* Do names that ask for something, check it or wait stand in these tokens? */
static bool does_something(Js *js, size_t from, size_t to) {
    for (size_t i = from; i < to && i < js->end; i++) {
        if (++js->values > JS_VALUES_MAX)
            return false;
        const JsToken *t = &js->tokens[i];
        if (t->kind != JS_NAME)
            continue;
        if (js_is(t, "check") || js_is(t, "sleep") ||
            (js->http && text_equal(t->text, js->http)))
            return true;
        const JsValue *f = js_lookup(js, t->text);
        if (f && f->kind == JS_FUNCTION && js_is(t + 1, "("))
            return true;
    }
    return false;
}

static void statement(Js *js);

/* A block, or a statement alone, of which is known when it is done. */
static void walk_guarded(Js *js, const char *guard, uint32_t request) {
    const char *before = js->guard;
    uint32_t before_request = js->guard_request;
    size_t end = js->end;
    js->guard = before ? "" : guard;
    js->guard_request = request;
    js->depth++;
    if (js_is(now(js), "{")) {
        size_t close = js_match(js, js->at);
        js_walk(js, js->at + 1, close < end ? close : end);
        js->at = close + 1;
    } else if (js->at < end) {
        statement(js);
    }
    js->depth--;
    js->end = end;
    js->guard = before;
    js->guard_request = before_request;
}

/* Where the statement from js->at on ends. */
static size_t statement_end(Js *js) {
    size_t end = js->at;
    if (js_is(now(js), "{"))
        return js_match(js, end);
    while (end < js->end && !js_is(&js->tokens[end], ";") &&
           ++js->values <= JS_VALUES_MAX)
        end++;
    return end;
}

/* if (…), while (…), for (…), switch (…): the brackets are read, except of
 * a loop's head. */
static void guarded(Js *js, const char *word) {
    size_t line = now(js)->line, close;
    bool is_if = text_equal(word, "if"), is_while = text_equal(word, "while");
    JsValue when = { 0 };
    accept(js, "await"); /* for await (…) */
    if (!js_is(now(js), "("))
        return;
    close = js_match(js, js->at);
    if (is_if || is_while) {
        js->at++;
        when = js_eval(js);
    }
    js->at = close + 1;
    if (does_something(js, js->at, statement_end(js)))
        sketch_note(js->d, AT_LINE(line),
                    is_while || text_equal(word, "for")
                        ? "%s: a loop; what stands in it is done once"
                        : "%s: a condition; what stands in it is always done",
                    word);
    if (js->depth > NEST_MAX)
        return;
    bool known = is_if && when.kind == JS_EXPR;
    walk_guarded(js, known ? when.text : "", when.request);
}

static bool control(Js *js, const JsToken *t) {
    if (js_is(t, "else") && js->depth <= NEST_MAX) {
        js->at++;
        walk_guarded(js, "", SKETCH_NONE);
        return true;
    }
    static const char *const heads[] = { "if", "while", "for", "switch" };
    static const char *const words[] = { "else",    "do",      "try",
                                         "finally", "break",   "continue",
                                         "export",  "default", "throw" };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (js_is(t, heads[i])) {
            js->at++;
            guarded(js, heads[i]);
            return true;
        }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (js_is(t, words[i])) {
            js->at++;
            return true;
        }
    if (js_is(t, "catch")) {
        js->at++;
        if (js_is(now(js), "("))
            js->at = js_match(js, js->at) + 1;
        return true;
    }
    if (js_is(t, "case")) {
        while (now(js)->kind != JS_END && !js_is(now(js), ":"))
            js->at++;
        return true;
    }
    return false;
}

/* function f(…) {…} and class C {…} are not run where they stand. */
static bool definition(Js *js) {
    size_t i = js->at;
    if (js_is(now(js), "async"))
        i++;
    if (!js_is(&js->tokens[i], "function") && !js_is(now(js), "class"))
        return false;
    while (i < js->end && !js_is(&js->tokens[i], "{")) {
        if (js_is(&js->tokens[i], "("))
            i = js_match(js, i);
        i++;
    }
    js->at = i < js->end ? js_match(js, i) + 1 : js->end;
    return true;
}

static void statement(Js *js) {
    const JsToken *t = now(js);
    if (js_is(t, ";") || js_is(t, "{") || js_is(t, "}")) {
        js->at++;
    } else if (js_is(t, "import")) {
        js->at++;
        import(js);
    } else if (js_is(t, "const") || js_is(t, "let") || js_is(t, "var")) {
        js->at++;
        declare(js);
    } else if (js_is(t, "return")) {
        js->at++;
        if (!js_is(now(js), ";") && !js_is(now(js), "}"))
            js->returned = js_eval(js);
        js->has_returned = true;
    } else if (!control(js, t) && !definition(js)) {
        js_eval(js);
    }
}

void js_walk(Js *js, size_t from, size_t to) {
    js->at = from;
    js->end = to < js->token_count - 1 ? to : js->token_count - 1;
    while (js->at < js->end) {
        size_t before = js->at;
        statement(js);
        if (js->at == before)
            js->at++;
    }
}

/* --- functions ---------------------------------------------------------- */

/* Tokens at i: [async] function [*] [name] ( … ) { … } */
static void collect(Js *js, size_t i, bool is_default) {
    const char *name = is_default ? "default" : NULL;
    i += js_is(&js->tokens[i], "*") ? 1 : 0;
    const JsToken *t = &js->tokens[i];
    const char *own = t->kind == JS_NAME ? t->text : NULL;
    i += own ? 1 : 0;
    if (!js_is(&js->tokens[i], "("))
        return;
    JsValue v = { .kind = JS_FUNCTION,
                  .params = i,
                  .is_block = true,
                  .source = js->tokens,
                  .source_count = js->token_count };
    i = js_match(js, i) + 1;
    if (i >= js->token_count || !js_is(&js->tokens[i], "{"))
        return;
    v.from = i + 1;
    v.to = js_match(js, i);
    if (name)
        js_bind(js, name, v);
    if (own)
        js_bind(js, own, v);
}

/* export default (…) => {…}, or a name. */
static void collect_default(Js *js, size_t i) {
    js->at = i;
    js->end = js->token_count - 1;
    JsValue v = js_eval(js);
    if (v.kind == JS_FUNCTION)
        js_bind(js, "default", v);
}

void js_collect_functions(Js *js) {
    for (size_t i = 0; i + 1 < js->token_count; i++) {
        const JsToken *t = &js->tokens[i];
        bool exported = i && js_is(t - 1, "default");
        if (js_is(t, "async") && exported && js_is(t + 1, "function"))
            collect(js, i + 2, true);
        else if (js_is(t, "function"))
            collect(js, i + 1, exported);
        else if (exported && !js_is(t, "async"))
            collect_default(js, i);
        if (js_is(&js->tokens[i], "{"))
            i = js_match(js, i);
    }
}
