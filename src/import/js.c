/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/js.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "import/marked.h"

#define CALLS_MAX 16 /* of one another */
#define CALLS_IN_ALL 500
#define NEST_MAX 100
#define TEXT_MAX ((size_t)1 << 20)   /* of one string */
#define TEXTS_MAX ((size_t)64 << 20) /* of all that are made */
#define EXPR_MAX 4096
#define BINDINGS_MAX 2000

const JsValue *js_member(const JsValue *object, const char *key) {
    static const JsValue none = { .kind = JS_UNKNOWN };
    for (size_t i = object->count; i-- > 0;) /* the last one counts */
        if (object->items[i].key && text_equal(object->items[i].key, key))
            return &object->items[i].value;
    return &none;
}

JsValue js_string(Js *js, const char *marked, size_t length) {
    js->text_bytes += length;
    if (length > TEXT_MAX || js->text_bytes > TEXTS_MAX)
        return (JsValue){ .kind = JS_UNKNOWN };
    return (JsValue){ .kind = JS_TEXT,
                      .text = arena_dup_bytes(js->arena, marked ? marked : "",
                                              length) };
}

JsValue js_expr(Js *js, uint32_t request, const char *text, bool condition) {
    if (strlen(text) > EXPR_MAX)
        return (JsValue){ .kind = JS_UNKNOWN };
    return (JsValue){ .kind = JS_EXPR,
                      .request = request,
                      .is_condition = condition,
                      .text = arena_dup_text(js->arena, text) };
}

/* --- names -------------------------------------------------------------- */

void js_bind(Js *js, const char *name, JsValue v) {
    if (js->binding_count == BINDINGS_MAX)
        return;
    if (v.kind == JS_EXPR && !v.hint)
        v.hint = name;
    if (v.kind == JS_METRIC && !v.text)
        v.text = name;
    mem_grow(js->bindings, js->binding_count, js->binding_cap);
    js->bindings[js->binding_count++] = (JsBinding){ name, v };
}

const JsValue *js_lookup(const Js *js, const char *name) {
    for (size_t i = js->binding_count; i-- > 0;)
        if (text_equal(js->bindings[i].name, name))
            return &js->bindings[i].value;
    return NULL;
}

/* --- answers become variables ------------------------------------------- */

/* "id" of "json.data[0].id". */
static const char *last_part(Js *js, const char *expr) {
    const char *s = expr + strlen(expr);
    while (s > expr && (isalnum((unsigned char)s[-1]) || s[-1] == '_'))
        s--;
    return *s ? s : arena_dup_text(js->arena, "value");
}

static bool is_extracted(const Js *js, const char *name) {
    for (size_t i = 0; i < js->extract_count; i++)
        if (text_equal(js->extracts[i].name, name))
            return true;
    return false;
}

/* The variable that holds it, made when there is none. */
static const char *extract(Js *js, const JsValue *v) {
    for (size_t i = 0; i < js->extract_count; i++)
        if (js->extracts[i].request == v->request &&
            text_equal(js->extracts[i].expr, v->text))
            return js->extracts[i].name;
    const char *name = sketch_name(
        js->d, v->hint ? v->hint : last_part(js, v->text), '_', "value");
    for (unsigned k = 2; is_extracted(js, name); k++) {
        char other[SKETCH_NAME_MAX + 16];
        snprintf(other, sizeof other, "%.30s_%u", name, k);
        name = arena_dup_text(js->arena, other);
    }
    mem_grow(js->extracts, js->extract_count, js->extract_cap);
    js->extracts[js->extract_count++] =
        (JsExtract){ v->request, v->text, name };
    sketch_line(js->d, v->request, "extract", name, v->text);
    return name;
}

/* --- as text ------------------------------------------------------------ */

static void add_number(double n, Text *to) {
    text_addf(to, "%.15g", n);
}

bool js_text(Js *js, const JsValue *v, Text *to) {
    const char *name;
    text_add(to, "", 0);
    switch (v->kind) {
    case JS_TEXT:
        text_adds(to, v->text);
        return to->length <= TEXT_MAX;
    case JS_NUM:
        add_number(v->number, to);
        return isfinite(v->number);
    case JS_BOOL:
        text_adds(to, v->number != 0 ? "true" : "false");
        return true;
    case JS_EXPR:
        if (v->is_condition || v->request == SKETCH_NONE)
            return false;
        name = extract(js, v);
        mark_var(to, name, strlen(name));
        return true;
    case JS_RANGE: /* randomIntBetween */
        if (v->text)
            text_adds(to, v->text);
        return v->text;
    case JS_UNKNOWN:
    case JS_NULL:
    case JS_LIST:
    case JS_OBJECT:
    case JS_FUNCTION:
    case JS_REF:
    case JS_ANSWER:
    case JS_PART:
    case JS_FILE:
    case JS_METRIC:
        break;
    }
    return false;
}

static bool json_items(Js *js, const JsValue *v, Text *to) {
    bool object = v->kind == JS_OBJECT;
    text_adds(to, object ? "{" : "[");
    for (size_t i = 0; i < v->count; i++) {
        text_adds(to, i ? "," : "");
        if (object) {
            mark_add_json(to, v->items[i].key);
            text_adds(to, ":");
        }
        if (!js_json(js, &v->items[i].value, to))
            return false;
    }
    text_adds(to, object ? "}" : "]");
    return true;
}

bool js_json(Js *js, const JsValue *v, Text *to) {
    Text t = { 0 };
    if (to->length > TEXT_MAX || js->depth > NEST_MAX) /* of shared values */
        return false;
    if (v->kind == JS_LIST || v->kind == JS_OBJECT) {
        js->depth++;
        bool all = json_items(js, v, to);
        js->depth--;
        return all;
    }
    if (v->kind == JS_NULL) {
        text_adds(to, "null");
        return true;
    }
    bool known = js_text(js, v, &t);
    if (known && (v->kind == JS_EXPR || (v->kind == JS_TEXT && !v->is_raw)))
        mark_add_json(to, t.bytes);
    else if (known)
        text_adds(to, t.bytes);
    text_close(&t);
    return known;
}

/* --- in expressions ----------------------------------------------------- */

static bool operand_text(const char *marked, Text *to) {
    size_t n = strlen(marked);
    if (mark_has_vars(marked)) { /* a variable alone may stand there */
        if (marked[0] != MARK_OPEN ||
            strchr(marked, MARK_CLOSE) != marked + n - 1)
            return false;
        mark_text(to, "", 0);
        text_adds(to, marked);
        return true;
    }
    if (strstr(marked, "${"))
        return false;
    text_adds(to, "\"");
    for (const char *s = marked; *s; s++) {
        if (*s == '"' || *s == '\\')
            text_addf(to, "\\%c", *s);
        else if (*s == '\n')
            text_adds(to, "\\n");
        else if (*s == '\t')
            text_adds(to, "\\t");
        else if ((unsigned char)*s < 0x20)
            return false;
        else
            text_add(to, s, 1);
    }
    text_adds(to, "\"");
    return true;
}

bool js_operand(const JsValue *v, Text *to) {
    if (v->kind == JS_EXPR) {
        text_adds(to, v->text);
        return true;
    }
    if (v->kind == JS_NUM && isfinite(v->number)) {
        text_addf(to, "%.10g", v->number);
        return fabs(v->number) < 1e9; /* no exponents */
    }
    if (v->kind == JS_BOOL || v->kind == JS_NULL) {
        text_adds(to, v->kind == JS_NULL ? "null"
                      : v->number != 0   ? "true"
                                         : "false");
        return true;
    }
    return v->kind == JS_TEXT && operand_text(v->text, to);
}

/* --- calls -------------------------------------------------------------- */

/* Binds (a, b) or a, and what of them is a pattern not at all. */
static void bind_params(Js *js, const JsValue *f, const JsValue *args,
                        size_t count) {
    const JsToken *t = &js->tokens[f->params];
    size_t n = 0, depth = 0;
    if (t->kind == JS_NAME) {
        js_bind(js, t->text, count ? args[0] : (JsValue){ 0 });
        return;
    }
    size_t end = js_match(js, f->params);
    for (size_t i = f->params + 1; i < end; i++) {
        const JsToken *p = &js->tokens[i];
        bool first = i == f->params + 1 || js_is(p - 1, ",");
        if (js_is(p, "(") || js_is(p, "[") || js_is(p, "{"))
            depth++;
        else if (depth && (js_is(p, ")") || js_is(p, "]") || js_is(p, "}")))
            depth--;
        else if (depth == 0 && p->kind == JS_NAME && first)
            js_bind(js, p->text, n < count ? args[n] : (JsValue){ 0 });
        if (depth == 0 && js_is(p, ","))
            n++;
    }
}

JsValue js_call_function(Js *js, const JsValue *f, const JsValue *args,
                         size_t count) {
    JsValue v = { 0 };
    if (js->calls == CALLS_MAX || js->call_count == CALLS_IN_ALL) {
        /* behind the last token after an argument list that nobody closed */
        size_t here = js->at < js->token_count ? js->at : js->token_count - 1;
        sketch_note(js->d, AT_LINE(js->tokens[here].line),
                    "calls in calls beyond %d, or more than %d of them",
                    CALLS_MAX, CALLS_IN_ALL);
        return v;
    }
    js->call_count++;
    size_t at = js->at, end = js->end, bindings = js->binding_count;
    size_t token_count = js->token_count;
    JsToken *tokens = js->tokens;
    js->tokens = f->source;
    js->token_count = f->source_count;
    js->calls++;
    bind_params(js, f, args, count);
    js->has_returned = false;
    if (f->is_block) {
        js_walk(js, f->from, f->to);
        if (js->has_returned)
            v = js->returned;
    } else {
        js->at = f->from;
        js->end = f->to;
        v = js_eval(js);
    }
    js->has_returned = false;
    js->calls--;
    js->tokens = tokens;
    js->token_count = token_count;
    js->at = at;
    js->end = end;
    if (js->binding_count > bindings)
        js->binding_count = bindings;
    return v;
}
