/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h: a value out of a JSON document, without a tree: one scan forward,
 * up to the end of what was asked for. Pure, no allocation but for the path;
 * documents are not NUL-terminated, and not a byte beyond is read.
 *
 * RFC 8259, strictly: everything that is read, passed over or returned, is
 * well-formed (UTF-8, too); what lies behind the value is not looked at. At
 * most JSON_DEPTH_MAX arrays and objects within each other. Of equal keys the
 * first counts. */
#ifndef ONRUSH_EXPR_JSON_H
#define ONRUSH_EXPR_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define JSON_DEPTH_MAX 512

typedef enum JsonKind {
    JSON_IS_NOTHING, /* not there, or broken before it ended */
    JSON_IS_NULL,
    JSON_IS_TRUE,
    JSON_IS_FALSE,
    JSON_IS_NUMBER,
    JSON_IS_STRING,
    JSON_IS_ARRAY,
    JSON_IS_OBJECT,
} JsonKind;

/* at/length: as it stands in the document, a string without its quotes.
 * has_escapes: a string that json_decode has to read. */
typedef struct JsonValue {
    JsonKind kind;
    bool has_escapes;
    const char *at;
    size_t length;
} JsonValue;

/* One step: a key of an object, an index of an array, or either (.0). */
typedef struct JsonStep {
    const char *key; /* NULL: an index only */
    size_t key_length;
    size_t index; /* SIZE_MAX: a key only */
} JsonStep;

typedef struct JsonPath {
    const JsonStep *steps;
    size_t count;
} JsonPath;

/* `.items[0].name["odd key"]`; the steps live in the arena. -1 with err, its
 * column 1-based within text. */
int json_path_read(JsonPath *path, Arena *arena, const char *text,
                   size_t length, Err *err);
/* An empty path is the whole document (without what is behind it). */
JsonValue json_find(const JsonPath *path, const char *json, size_t length);
/* A whole document and nothing but blanks around it. */
bool json_valid(const char *json, size_t length);

/* The elements of a JSON_IS_ARRAY that json_find gave: *at begins at its `at`,
 * *rest at its length. JSON_IS_NOTHING behind the last. */
JsonValue json_next(const char **at, size_t *rest);

/* A string's text into `to`, which has room for v->length bytes; the bytes
 * written. Half of a surrogate pair becomes U+FFFD. */
size_t json_decode(char *to, const JsonValue *v);

#endif
