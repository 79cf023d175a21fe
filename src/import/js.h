/* SPDX-License-Identifier: GPL-3.0-or-later */
/* js.h: what a load script says, without running it: its statements are read
 * once, in order of text. Values are constants, variables of a profile, or
 * expressions over an answer; whatever else a script computes is JS_UNKNOWN.
 * Bounded: nested calls, and the number of values read. Pure. */
#ifndef ONRUSH_IMPORT_JS_H
#define ONRUSH_IMPORT_JS_H

#include "import/sketch.h"
#include "import/js_lex.h"

#define JS_VALUES_MAX 500000 /* that are read of one script */

typedef enum JsKind {
    JS_UNKNOWN,
    JS_NULL, /* null and undefined */
    JS_BOOL,
    JS_NUM,
    JS_TEXT,     /* marked */
    JS_LIST,     /* items, keys "" */
    JS_OBJECT,   /* items */
    JS_FUNCTION, /* params, from, to */
    JS_REF,      /* something built in or imported: text "http.get" */
    JS_ANSWER,   /* what a request gave */
    JS_PART,     /* of an answer: text "timings" */
    JS_EXPR,     /* of our expression language, over an answer */
    JS_RANGE,    /* a random number, number to high */
    JS_FILE,     /* open('name') */
    JS_METRIC,   /* text: its name, hint: its type, "Rate" */
} JsKind;

typedef struct JsValue {
    JsKind kind;
    bool is_condition; /* JS_EXPR: true or false */
    bool is_raw;       /* JS_TEXT: a number, without quotes in JSON */
    double number, high;
    const char *text, *hint; /* hint: the script's name for it */
    uint32_t request;
    struct JsItem *items;
    size_t count;
    size_t from, to; /* JS_FUNCTION: tokens of the body, without braces */
    size_t params;   /* its token, "(" or a name */
    JsToken *source; /* whose tokens these are */
    size_t source_count;
    bool is_block;
} JsValue;

typedef struct JsItem {
    const char *key;
    JsValue value;
    size_t line;
} JsItem;

typedef struct JsBinding {
    const char *name;
    JsValue value;
} JsBinding;

/* A value that a later request uses. */
typedef struct JsExtract {
    uint32_t request;
    const char *expr, *name;
} JsExtract;

typedef struct Js {
    Sketch *d;
    Arena *arena; /* the sketch's */
    JsToken *tokens;
    size_t token_count, at, end; /* at < end <= token_count - 1 */
    JsBinding *bindings;
    size_t binding_count, binding_cap;
    JsExtract *extracts;
    size_t extract_count, extract_cap;
    size_t values;       /* read so far */
    size_t text_bytes;   /* of strings made so far */
    size_t depth, calls; /* values in values, calls in calls */
    size_t call_count;   /* in all */
    JsValue returned;
    bool has_returned;
    /* `check(…) || x.add(1)`: when the right side runs; "": who knows. */
    const char *guard;
    uint32_t guard_request;
    /* Where requests go. */
    const char *http; /* the script's name for k6/http */
    SketchFlow *flow;
    bool is_init;                   /* outside of what VUs run: no requests */
    double sleep_least, sleep_most; /* s, summed */
    size_t sleeps;
    uint32_t last_request;
} Js;

/* --- js.c: values ------------------------------------------------------- */
const JsValue *js_member(const JsValue *object, const char *key);
/* Appends marked text; false: it is not known. What an answer gives becomes
 * a variable that its request extracts. */
bool js_text(Js *js, const JsValue *v, Text *to);
bool js_json(Js *js, const JsValue *v, Text *to); /* as JSON.stringify */
/* As an operand of our expressions; false: it cannot be one. */
bool js_operand(const JsValue *v, Text *to);
JsValue js_expr(Js *js, uint32_t request, const char *text, bool condition);
JsValue js_string(Js *js, const char *marked, size_t length);
void js_bind(Js *js, const char *name, JsValue v);
const JsValue *js_lookup(const Js *js, const char *name);
JsValue js_call_function(Js *js, const JsValue *f, const JsValue *args,
                         size_t count);

/* --- js_eval.c: expressions --------------------------------------------- */
JsValue js_eval(Js *js);  /* from js->at on, commas too; always moves on */
JsValue js_value(Js *js); /* up to a comma */
size_t js_match(const Js *js, size_t open); /* the closing bracket, or end */

/* --- js_walk.c: statements ---------------------------------------------- */
void js_walk(Js *js, size_t from, size_t to);
void js_collect_functions(Js *js);

/* --- js_method.c: of.name(args) ----------------------------------------- */
JsValue js_method(Js *js, const JsValue *of, const char *name,
                  const JsValue *args, size_t count, size_t line);

/* --- js_ops.c ----------------------------------------------------------- */
JsValue js_binary(Js *js, const char *op, const JsValue *a, const JsValue *b);
JsValue js_not(Js *js, const JsValue *a);
JsValue js_get(Js *js, const JsValue *of, const char *key);

/* --- k6_calls.c: http, check, sleep, metrics ---------------------------- */
JsValue k6_call(Js *js, const JsValue *callee, const JsValue *args,
                size_t count, size_t line);
JsValue k6_new(Js *js, const JsValue *what, const JsValue *args, size_t count);

/* --- k6_options.c: the load --------------------------------------------- */
/* One scenario after the other: runs its function. */
void k6_load(Js *js, const JsValue *options);

#endif
