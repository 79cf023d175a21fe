/* SPDX-License-Identifier: GPL-3.0-or-later */
/* js_lex.h: JavaScript's tokens, as far as load scripts need them. Whatever
 * the bytes are, it ends, and every byte belongs to a token, a comment or
 * white space. Source: ECMA-262, "Lexical Grammar". Pure. */
#ifndef ONRUSH_IMPORT_JS_LEX_H
#define ONRUSH_IMPORT_JS_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/text.h"

#define JS_TOKENS_MAX 400000

typedef enum JsTokenKind {
    JS_END,
    JS_NAME,     /* also keywords, and #private */
    JS_NUMBER,   /* number */
    JS_STRING,   /* text: decoded, marked */
    JS_TEMPLATE, /* at, length: between the backticks, as written */
    JS_REGEX,
    JS_PUNCT, /* text: the characters */
} JsTokenKind;

typedef struct JsToken {
    JsTokenKind kind;
    const char *text; /* in the arena: name, decoded string, punctuation */
    const char *at;   /* in the source */
    size_t length, line;
    size_t pair; /* of ( [ {: its closing one; 0: none */
    double number;
} JsToken;

typedef struct JsTokens {
    JsToken *items; /* the last one is JS_END */
    size_t count, cap;
} JsTokens;

/* Appends to *out (starts as {0}; free items). line: of the first byte.
 * The bytes must outlive the tokens. False: more than JS_TOKENS_MAX. */
bool js_lex(Arena *arena, const char *bytes, size_t length, size_t line,
            JsTokens *out);
/* Appends a string's or template part's characters, escapes decoded, marked. */
void js_decode(const char *bytes, size_t length, Text *to);
/* Length of a ${...} inside a template, from its $ on; 0: none begins here,
 * or it does not end. */
size_t js_template_part(const char *bytes, size_t length);
bool js_is(const JsToken *t, const char *text); /* name or punctuation */

#endif
