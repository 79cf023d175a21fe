/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What k6's own functions do: requests, checks, pauses, metrics.
 * Source: k6's JavaScript API. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "import/js.h"
#include "import/marked.h"

static const JsValue unknown = { .kind = JS_UNKNOWN };

typedef struct Call {
    Js *js;
    const char *name; /* "http.get" */
    const JsValue *args;
    size_t count, line;
} Call;

static JsValue arg(const Call *c, size_t i) {
    return i < c->count ? c->args[i] : (JsValue){ .kind = JS_NULL };
}

/* --- requests ----------------------------------------------------------- */

/* {a: 1, b: 'x'} as a=1&b=x: what k6 does to an object. */
static bool form_text(Js *js, const JsValue *v, Text *to) {
    text_add(to, "", 0);
    for (size_t i = 0; i < v->count; i++) {
        Text value = { 0 };
        bool known = js_text(js, &v->items[i].value, &value);
        text_adds(to, i ? "&" : "");
        mark_add_encoded(to, v->items[i].key);
        text_adds(to, "=");
        if (known)
            mark_add_encoded(to, value.bytes);
        text_close(&value);
        if (!known)
            return false;
    }
    return true;
}

static void add_body(const Call *c, uint32_t r, const JsValue *body) {
    Js *js = c->js;
    Text t = { 0 };
    bool known = false;
    if (body->kind == JS_NULL)
        return;
    if (body->kind == JS_FILE) {
        js->d->requests[r].body_file = body->text;
        sketch_note(js->d, AT_LINE(c->line),
                    "open('%s'): a profile names files from the folder in "
                    "which it stands",
                    sketch_shown(js->d, body->text, strlen(body->text)));
        return;
    }
    if (body->kind == JS_OBJECT) {
        known = form_text(js, body, &t);
        if (known && !sketch_find_header(js->d, r, "Content-Type"))
            sketch_header(js->d, r, "Content-Type",
                          "application/x-www-form-urlencoded");
    } else {
        known = js_text(js, body, &t);
    }
    if (known)
        sketch_body(js->d, r, t.bytes, t.length, !mark_has_vars(t.bytes));
    else
        sketch_note(js->d, AT_LINE(c->line),
                    "%s: its body is computed and not carried", c->name);
    text_close(&t);
}

static void add_headers(const Call *c, uint32_t r, const JsValue *headers) {
    for (size_t i = 0; i < headers->count; i++) {
        Text t = { 0 };
        if (js_text(c->js, &headers->items[i].value, &t))
            sketch_header(c->js->d, r, headers->items[i].key, t.bytes);
        else
            sketch_note(c->js->d, AT_LINE(headers->items[i].line),
                        "header %s: its value is computed",
                        sketch_shown(c->js->d, headers->items[i].key,
                                     strlen(headers->items[i].key)));
        text_close(&t);
    }
}

/* '60s', or a number of milliseconds. */
static void add_timeout(const Call *c, const JsValue *v) {
    Text t = { 0 };
    if (v->kind == JS_NUM)
        text_addf(&t, "%.0fms", v->number);
    else if (v->kind == JS_TEXT)
        text_adds(&t, v->text);
    if (t.length && !mark_has_vars(t.bytes))
        sketch_target(c->js->d, AT_LINE(c->line), "timeout", t.bytes);
    text_close(&t);
}

static void add_tags(const Call *c, uint32_t r, const JsValue *tags) {
    for (size_t i = 0; i < tags->count; i++) {
        const JsItem *tag = &tags->items[i];
        if (text_equal(tag->key, "name") && tag->value.kind == JS_TEXT)
            sketch_rename(c->js->d, r, tag->value.text);
        else
            sketch_note(c->js->d, AT_LINE(tag->line),
                        "tag %s: a request has a name only",
                        sketch_shown(c->js->d, tag->key, strlen(tag->key)));
    }
}

static void add_params(const Call *c, uint32_t r, const JsValue *params) {
    Js *js = c->js;
    if (params->kind != JS_OBJECT && params->kind != JS_NULL)
        sketch_note(js->d, AT_LINE(c->line),
                    "%s: its parameters (headers …) are computed and not "
                    "carried",
                    c->name);
    for (size_t i = 0; i < params->count; i++) {
        const JsItem *p = &params->items[i];
        if (text_equal(p->key, "headers"))
            add_headers(c, r, &p->value);
        else if (text_equal(p->key, "timeout"))
            add_timeout(c, &p->value);
        else if (text_equal(p->key, "tags"))
            add_tags(c, r, &p->value);
        else if (!text_equal(p->key, "redirects"))
            sketch_note(js->d, AT_LINE(p->line), "parameter %s",
                        sketch_shown(js->d, p->key, strlen(p->key)));
        else if (p->value.kind == JS_NUM && p->value.number >= 0)
            sketch_note(js->d, AT_LINE(p->line),
                        "redirects: %.0f for this request alone; [target] "
                        "redirects is for all",
                        p->value.number);
    }
}

/* One request; its step joins the flow. */
static JsValue make_request(const Call *c, const char *method,
                            const JsValue *url, const JsValue *body,
                            const JsValue *params, uint32_t group) {
    Js *js = c->js;
    Text t = { 0 };
    if (js->is_init || !js->flow) {
        sketch_note(js->d, AT_LINE(c->line),
                    "%s outside of what VUs run (setup, teardown, init)",
                    c->name);
        return unknown;
    }
    if (!js_text(js, url, &t)) {
        sketch_note(js->d, AT_LINE(c->line), "%s with a computed URL", c->name);
        text_close(&t);
        return unknown;
    }
    uint32_t r = sketch_request(js->d, AT_LINE(c->line), method, t.bytes);
    text_close(&t);
    if (r == SKETCH_NONE)
        return unknown;
    add_params(c, r, params);
    add_body(c, r, body);
    sketch_step(js->d, js->flow, r, 1, group);
    js->last_request = r;
    return (JsValue){ .kind = JS_ANSWER, .request = r };
}

static JsValue do_get(const Call *c) {
    JsValue url = arg(c, 0), params = arg(c, 1), none = arg(c, c->count);
    const char *method = strrchr(c->name, '.') + 1;
    return make_request(c, method, &url, &none, &params, 0);
}

static JsValue do_post(const Call *c) {
    JsValue url = arg(c, 0), body = arg(c, 1), params = arg(c, 2);
    const char *method = strrchr(c->name, '.') + 1;
    return make_request(c, text_equal(method, "del") ? "delete" : method, &url,
                        &body, &params, 0);
}

static JsValue do_request(const Call *c) {
    JsValue method = arg(c, 0), url = arg(c, 1), body = arg(c, 2),
            params = arg(c, 3);
    return make_request(c, method.kind == JS_TEXT ? method.text : "?", &url,
                        &body, &params, 0);
}

/* An item of a batch: a URL, a list, or an object. */
static JsValue batch_item(const Call *c, const JsValue *v, uint32_t group) {
    JsValue none = { .kind = JS_NULL };
    if (v->kind == JS_OBJECT) {
        JsValue m = *js_member(v, "method"), b = *js_member(v, "body"),
                p = *js_member(v, "params");
        return make_request(c, m.kind == JS_TEXT ? m.text : "GET",
                            js_member(v, "url"),
                            b.kind == JS_UNKNOWN ? &none : &b,
                            p.kind == JS_UNKNOWN ? &none : &p, group);
    }
    if (v->kind != JS_LIST)
        return make_request(c, "GET", v, &none, &none, group);
    JsValue part[4];
    for (size_t i = 0; i < 4; i++)
        part[i] = i < v->count ? v->items[i].value : none;
    return make_request(c, part[0].kind == JS_TEXT ? part[0].text : "?",
                        &part[1], &part[2], &part[3], group);
}

static JsValue do_batch(const Call *c) {
    JsValue list = arg(c, 0);
    if (list.kind != JS_LIST && list.kind != JS_OBJECT) {
        sketch_note(c->js->d, AT_LINE(c->line),
                    "http.batch with a computed list");
        return unknown;
    }
    uint32_t group = list.count > 1 ? ++c->js->d->groups : 0;
    JsValue answers = list;
    answers.items = arena_array(c->js->arena, JsItem, list.count + 1);
    for (size_t i = 0; i < list.count; i++) {
        answers.items[i] = list.items[i];
        answers.items[i].value = batch_item(c, &list.items[i].value, group);
    }
    return answers;
}

/* --- checks ------------------------------------------------------------- */

/* One entry of check(): its condition goes to the request and to *all. */
static bool one_check(const Call *c, const JsItem *item, const JsValue *subject,
                      JsValue *all) {
    Js *js = c->js;
    JsValue holds = unknown;
    const char *name = sketch_shown(js->d, item->key, strlen(item->key));
    if (item->value.kind == JS_FUNCTION)
        holds = js_call_function(js, &item->value, subject, 1);
    else
        holds = item->value;
    if (holds.kind == JS_EXPR && !holds.is_condition &&
        !text_starts(holds.text, "json") && !text_starts(holds.text, "header"))
        holds = unknown; /* a bare number or text is no condition */
    if (holds.kind != JS_EXPR || holds.request == SKETCH_NONE) {
        sketch_note(js->d, AT_LINE(item->line),
                    "check '%s': more than comparisons of the answer", name);
        return false;
    }
    sketch_line(js->d, holds.request, "check", name, holds.text);
    *all = all->kind == JS_EXPR ? js_binary(js, "&&", all, &holds) : holds;
    return all->kind == JS_EXPR;
}

static JsValue do_check(const Call *c) {
    JsValue subject = arg(c, 0), checks = arg(c, 1), all = unknown;
    bool known = checks.kind == JS_OBJECT;
    if (!known)
        sketch_note(c->js->d, AT_LINE(c->line), "check: its list is computed");
    for (size_t i = 0; known && i < checks.count; i++)
        known &= one_check(c, &checks.items[i], &subject, &all) ||
                 i + 1 < checks.count;
    if (!known || all.kind != JS_EXPR)
        return unknown;
    all.is_condition = true;
    return all;
}

/* --- pauses ------------------------------------------------------------- */

static JsValue do_sleep(const Call *c) {
    Js *js = c->js;
    JsValue v = arg(c, 0);
    double high = v.kind == JS_RANGE ? v.high : v.number;
    bool known = (v.kind == JS_NUM || v.kind == JS_RANGE) && v.number >= 0 &&
                 high < 86400;
    if (!known) {
        sketch_note(js->d, AT_LINE(c->line), "sleep with a computed time");
        return unknown;
    }
    js->sleep_least += v.number;
    js->sleep_most += high;
    js->sleeps++;
    return unknown;
}

/* --- the rest ----------------------------------------------------------- */

static JsValue do_group(const Call *c) {
    JsValue f = arg(c, 1);
    return f.kind == JS_FUNCTION ? js_call_function(c->js, &f, NULL, 0)
                                 : unknown;
}

static JsValue do_stringify(const Call *c) {
    Text t = { 0 };
    JsValue v = arg(c, 0);
    v = js_json(c->js, &v, &t) ? js_string(c->js, t.bytes, t.length) : unknown;
    text_close(&t);
    return v;
}

static JsValue do_random(const Call *c) {
    (void)c;
    return (JsValue){ .kind = JS_RANGE, .number = 0, .high = 1 };
}

/* Of a random number: still one. */
static JsValue do_round(const Call *c) {
    JsValue v = arg(c, 0);
    v.text = NULL;
    return v.kind == JS_RANGE || v.kind == JS_NUM ? v : unknown;
}

static JsValue do_between(const Call *c) {
    JsValue a = arg(c, 0), b = arg(c, 1);
    char name[64];
    Text t = { 0 };
    if (a.kind != JS_NUM || b.kind != JS_NUM || fabs(a.number) > 1e15 ||
        fabs(b.number) > 1e15 || a.number > b.number)
        return unknown;
    snprintf(name, sizeof name, "random %.0f %.0f", a.number, b.number);
    mark_var(&t, name, strlen(name));
    JsValue v = { .kind = JS_RANGE, .number = a.number, .high = b.number };
    v.text = arena_dup_text(c->js->arena, t.bytes);
    text_close(&t);
    return v;
}

static bool is_word(const char *s) {
    for (const char *b = s; *b; b++)
        if ((unsigned char)*b <= 0x20 || strchr("{}$", *b))
            return false;
    return *s;
}

static JsValue do_item(const Call *c) {
    JsValue list = arg(c, 0), v = unknown;
    Text all = { 0 }, one = { 0 }, marked = { 0 };
    bool words = list.kind == JS_LIST && list.count;
    text_adds(&all, "pick");
    for (size_t i = 0; words && i < list.count; i++) {
        text_clear(&one);
        words = js_text(c->js, &list.items[i].value, &one) &&
                is_word(one.bytes) && all.length < 8000;
        text_addf(&all, " %s", words ? one.bytes : "");
    }
    if (words) {
        mark_var(&marked, all.bytes, all.length);
        v = js_string(c->js, marked.bytes, marked.length);
    }
    text_close(&all);
    text_close(&one);
    text_close(&marked);
    return v;
}

static JsValue variable(const Call *c, const char *name, bool raw) {
    Text t = { 0 };
    mark_var(&t, name, strlen(name));
    JsValue v = js_string(c->js, t.bytes, t.length);
    v.is_raw = raw;
    text_close(&t);
    return v;
}

static JsValue do_uuid(const Call *c) {
    return variable(c, "uuid", false);
}

static JsValue do_now(const Call *c) {
    return variable(c, "now", true);
}

static JsValue do_encode(const Call *c) {
    Text plain = { 0 }, encoded = { 0 };
    JsValue v = arg(c, 0);
    bool known = js_text(c->js, &v, &plain);
    if (known)
        mark_add_encoded(&encoded, plain.bytes);
    v = known ? js_string(c->js, encoded.bytes, encoded.length) : unknown;
    text_close(&plain);
    text_close(&encoded);
    return v;
}

static JsValue do_open(const Call *c) {
    JsValue v = arg(c, 0);
    if (v.kind != JS_TEXT || mark_has_vars(v.text))
        return unknown;
    v.kind = JS_FILE;
    return v;
}

static JsValue do_same(const Call *c) {
    return arg(c, 0);
}

static const struct {
    const char *name;
    JsValue (*call)(const Call *c);
} functions[] = {
    { "http.get", do_get },
    { "http.head", do_get },
    { "http.post", do_post },
    { "http.put", do_post },
    { "http.patch", do_post },
    { "http.del", do_post },
    { "http.options", do_post },
    { "http.request", do_request },
    { "http.asyncRequest", do_request },
    { "http.batch", do_batch },
    { "http.url", do_same },
    { "check", do_check },
    { "sleep", do_sleep },
    { "group", do_group },
    { "open", do_open },
    { "JSON.stringify", do_stringify },
    { "String", do_same },
    { "Number", do_same },
    { "Math.random", do_random },
    { "Math.floor", do_round },
    { "Math.round", do_round },
    { "Math.ceil", do_round },
    { "randomIntBetween", do_between },
    { "randomItem", do_item },
    { "uuidv4", do_uuid },
    { "crypto.randomUUID", do_uuid },
    { "Date.now", do_now },
    { "encodeURIComponent", do_encode },
    { "encodeURI", do_same },
};

JsValue k6_call(Js *js, const JsValue *callee, const JsValue *args,
                size_t count, size_t line) {
    Call c = { js, callee->text, args, count, line };
    if (callee->kind != JS_REF)
        return unknown;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (text_equal(callee->text, functions[i].name))
            return functions[i].call(&c);
    if (text_starts(callee->text, "http."))
        sketch_note(js->d, AT_LINE(line), "%s", callee->text);
    return unknown;
}

JsValue k6_new(Js *js, const JsValue *what, const JsValue *args, size_t count) {
    static const char *const types[] = { "Rate", "Trend", "Counter", "Gauge" };
    if (what->kind != JS_REF)
        return unknown;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!text_equal(what->text, types[i]))
            continue;
        Text t = { 0 };
        const char *name =
            count && args[0].kind == JS_TEXT ? args[0].text : "metric";
        name = sketch_name(js->d, name, '_', "metric");
        text_addf(&t, "%c%s", tolower((unsigned char)*types[i]), types[i] + 1);
        SketchSection *s = sketch_section(js->d, SKETCH_METRIC, name);
        if (s->lines.count == 0)
            sketch_set(js->d, &s->lines, "type", t.bytes);
        if (count > 1 && args[1].kind == JS_BOOL && args[1].number != 0 &&
            !sketch_find(&s->lines, "contains"))
            sketch_set(js->d, &s->lines, "contains", "time");
        text_close(&t);
        return (JsValue){ .kind = JS_METRIC, .text = name, .hint = types[i] };
    }
    if (text_equal(what->text, "SharedArray"))
        sketch_note(js->d, AT_WHOLE,
                    "SharedArray: write [data NAME] with a CSV file, and "
                    "${NAME.COLUMN} where it is used");
    return unknown;
}
