/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input up to its first NUL is a path, the rest a document, on which ours
 * and jansson have to agree. They differ by intention in this:
 * - ours alone takes numbers beyond a double, halves of surrogate pairs (both
 *   legal by RFC 8259) and a NUL within a key;
 * - jansson alone takes what is nested more than JSON_DEPTH_MAX deep, and a
 *   NUL outside a string for the end;
 * - of equal keys ours takes the first, jansson the last. */
#include <jansson.h>

#include "expr/json.h"
#include "expr/number.h"
#include "fuzz.h"

#define FLAGS (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

static size_t most_brackets(const char *json, size_t length) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += json[i] == '[' || json[i] == '{';
    return n;
}

static bool may_differ(bool is_valid, const json_error_t *e, const char *json,
                       size_t length) {
    if (!is_valid)
        return most_brackets(json, length) > JSON_DEPTH_MAX ||
               memchr(json, '\0', length);
    return strstr(e->text, "number overflow") ||
           strstr(e->text, "invalid Unicode") ||
           strstr(e->text, "NUL byte in object key");
}

static json_t *step_into(json_t *at, const JsonStep *s) {
    if (s->key && json_is_object(at))
        return memchr(s->key, '\0', s->key_length)
                   ? NULL
                   : json_object_get(at, s->key);
    return s->index != SIZE_MAX && json_is_array(at)
               ? json_array_get(at, s->index)
               : NULL;
}

static void compare_text(const JsonValue *v, const json_t *want) {
    char *to = malloc(v->length + 1);
    size_t n = v->length;
    if (!to)
        abort();
    if (v->has_escapes)
        n = json_decode(to, v);
    else
        memcpy(to, v->at, n);
    if (n > v->length || n != json_string_length(want) ||
        memcmp(to, json_string_value(want), n) != 0)
        abort();
    free(to);
}

static void compare(const JsonValue *v, json_t *want, const JsonPath *path) {
    static const JsonKind kinds[] = {
        [JSON_OBJECT] = JSON_IS_OBJECT, [JSON_ARRAY] = JSON_IS_ARRAY,
        [JSON_STRING] = JSON_IS_STRING, [JSON_REAL] = JSON_IS_NUMBER,
        [JSON_TRUE] = JSON_IS_TRUE,     [JSON_FALSE] = JSON_IS_FALSE,
        [JSON_NULL] = JSON_IS_NULL,
    };
    double number;
    for (size_t i = 0; want && i < path->count; i++)
        want = step_into(want, &path->steps[i]);
    if (v->kind != (want ? kinds[json_typeof(want)] : JSON_IS_NOTHING))
        abort();
    if (v->kind == JSON_IS_STRING)
        compare_text(v, want);
    if (v->kind == JSON_IS_NUMBER && (!number_read(v->at, v->length, &number) ||
                                      !(number == json_number_value(want))))
        abort();
}

static void walk_elements(JsonValue v) {
    size_t steps = v.length + 1;
    while (v.at && json_next(&v.at, &v.length).kind != JSON_IS_NOTHING)
        if (!steps--)
            abort();
}

static void judge(const JsonPath *path, const char *json, size_t length) {
    json_error_t why;
    bool is_valid = json_valid(json, length);
    json_t *want = json_loadb(json, length, FLAGS, &why);
    JsonValue v = json_find(path, json, length);
    if (is_valid != (want != NULL) && !may_differ(is_valid, &why, json, length))
        abort();
    if (v.kind == JSON_IS_ARRAY)
        walk_elements(v);
    /* what was found is well-formed, whatever is behind it */
    if (v.kind >= JSON_IS_ARRAY && !json_valid(v.at, v.length))
        abort();
    json_decref(want);
    want = json_loadb(json, length, FLAGS | JSON_REJECT_DUPLICATES, &why);
    if (want && is_valid)
        compare(&v, want, path);
    json_decref(want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = (const char *)data;
    const char *nul = memchr(bytes, '\0', size);
    if (!nul)
        return 0;
    size_t path_length = (size_t)(nul - bytes);
    size_t length = size - path_length - 1;
    Arena arena = { 0 };
    Err err = { 0 };
    JsonPath path;
    char *text = fuzz_exact(bytes, path_length),
         *json = fuzz_exact(nul + 1, length);
    if (json_path_read(&path, &arena, text, path_length, &err) == 0)
        judge(&path, json, length);
    else if (err.column < 1 || err.column > (int)path_length + 1)
        abort();
    arena_close(&arena);
    free(text);
    free(json);
    return 0;
}
