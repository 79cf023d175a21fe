/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods of values: of answers, of texts, of metrics. */
#include <string.h>

#include "import/js.h"
#include "import/marked.h"

static const JsValue unknown = { .kind = JS_UNKNOWN };

static JsValue contains(Js *js, const JsValue *of, const JsValue *what) {
    Text t = { 0 };
    JsValue v = unknown;
    text_addf(&t, "%s contains ", of->text);
    if (what->kind == JS_TEXT && js_operand(what, &t))
        v = js_expr(js, of->request, t.bytes, true);
    text_close(&t);
    return v;
}

/* json('data.0.id'): the path of gjson, as far as it is names and numbers. */
static JsValue json_path(Js *js, uint32_t request, const char *path) {
    JsValue v = js_expr(js, request, "json", false);
    for (const char *s = path; *s && v.kind == JS_EXPR;) {
        size_t n = strcspn(s, ".");
        const char *key = arena_dup_bytes(js->arena, s, n);
        if (n == 0 || strpbrk(key, "#*?|@\\{}[]()!"))
            return unknown;
        v = js_get(js, &v, key);
        s += n + (s[n] == '.');
    }
    return v;
}

/* --- metrics ------------------------------------------------------------ */

/* What is recorded, for which request; false: it is not known. */
static bool recorded(Js *js, const JsValue *metric, const JsValue *value,
                     Text *to, uint32_t *request) {
    bool constant = value->kind == JS_NUM || value->kind == JS_BOOL;
    *request = value->kind == JS_EXPR ? value->request : js->last_request;
    if (value->kind != JS_EXPR && !constant)
        return false;
    if (js->guard) { /* whether it is done is what is recorded */
        *request = js->guard_request;
        text_adds(to, js->guard);
        return *js->guard && constant && value->number == 1;
    }
    if (constant && text_equal(metric->hint, "Rate"))
        text_adds(to, value->number != 0 ? "true" : "false");
    else if (value->kind == JS_BOOL)
        text_adds(to, value->number != 0 ? "1" : "0");
    else
        return js_operand(value, to);
    return true;
}

static JsValue metric_add(Js *js, const JsValue *metric, const JsValue *value,
                          size_t line) {
    Text t = { 0 };
    uint32_t request;
    if (!recorded(js, metric, value, &t, &request) || request == SKETCH_NONE)
        sketch_note(js->d, AT_LINE(line),
                    "%s.add(…): what is recorded is no value of an answer",
                    metric->text);
    else
        sketch_line(js->d, request, "record",
                    sketch_name(js->d, metric->text, '_', "metric"), t.bytes);
    text_close(&t);
    return unknown;
}

/* --- all of them --------------------------------------------------------- */

JsValue js_method(Js *js, const JsValue *of, const char *name,
                  const JsValue *args, size_t count, size_t line) {
    if (of->kind == JS_METRIC && text_equal(name, "add"))
        return metric_add(js, of, &args[0], line);
    if (of->kind == JS_ANSWER && text_equal(name, "json")) {
        if (count && args[0].kind == JS_TEXT && !mark_has_vars(args[0].text))
            return json_path(js, of->request, args[0].text);
        return count ? unknown : js_expr(js, of->request, "json", false);
    }
    if (of->kind == JS_EXPR && !of->is_condition &&
        text_equal(name, "includes"))
        return contains(js, of, &args[0]);
    if ((of->kind == JS_TEXT || of->kind == JS_EXPR || of->kind == JS_NUM) &&
        (text_equal(name, "toString") || text_equal(name, "trim")))
        return *of;
    if (of->kind == JS_LIST && text_equal(name, "forEach") &&
        args[0].kind == JS_FUNCTION)
        for (size_t i = 0; i < of->count && i < SKETCH_REQUESTS_MAX; i++)
            js_call_function(js, &args[0], &of->items[i].value, 1);
    return unknown;
}
