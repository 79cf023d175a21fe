/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/text.h"
#include "expr/json.h"
#include "expr/number.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ORACLE_FLAGS \
    (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

/* A copy without a byte behind its end. */
static char *exact(const char *bytes, size_t length) {
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    return copy;
}

static bool valid(const char *bytes, size_t length) {
    char *copy = exact(bytes, length);
    bool is_valid = json_valid(copy, length);
    free(copy);
    return is_valid;
}

static JsonPath path_of(Arena *a, const char *text) {
    JsonPath path;
    Err err = { 0 };
    if (json_path_read(&path, a, text, strlen(text), &err) < 0)
        fail_msg("%s: %d: %s", text, err.column, err.text);
    return path;
}

static void documents_are_judged(void **state) {
    (void)state;
    static const char *const good[] = {
        "0",
        "-0",
        "1",
        "-1.5e+3",
        "1E400",
        "0.0e-0",
        "\"\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n}\n",
        "[1,2]",
        "[[],{}]",
        "{\"a\":1}",
        "{\"a\" : [ 1 , {\"b\":null} ] }",
        "{\"\":0}",
        "{\"a\":1,\"a\":2}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\"",
        "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
        "\"a long text without anything of note in it\"",
        "\"a long text with one \\n in it, and some more behind\"",
    };
    static const char *const bad[] = {
        "",
        " ",
        "+1",
        "01",
        "-",
        "-a",
        "1.",
        ".5",
        "1.e1",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "tru",
        "True",
        "nul",
        "truex",
        "\"",
        "\"a",
        "'a'",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"\x1f\"",
        "\"\\u\"",
        "\"a long text with a line end \n behind all of it\"",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\",1}",
        "{\"a\":1]",
        "{\"a\":1 \"b\":2}",
        "[]]",
        "{}{}",
        "1 2",
        "[1]x",
        "\xef\xbb\xbf[]",
        "[\"a\":1]",
        "// a comment\n1",
        "\"\x80\"",
        "\"\xc0\x80\"",
        "\"\xc1\xbf\"",
        "\"\xc2\"",
        "\"\xe0\x9f\xbf\"",
        "\"\xed\xa0\x80\"",
        "\"\xe2\x82\"",
        "\"\xf0\x8f\xbf\xbf\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xff\"",
        "\"\xe2\x28\xa1\"",
        "\xc2\xa0[]",
        "[1]\f",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        if (!valid(good[i], strlen(good[i])))
            fail_msg("%s is valid", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        if (valid(bad[i], strlen(bad[i])))
            fail_msg("%s is not valid", bad[i]);
    assert_false(valid("[1\0]", 4));
    assert_false(valid("1\0", 2));
    assert_false(valid("\"\0\"", 3));
}

static char *nested(size_t depth, const char *open, const char *middle,
                    const char *close) {
    Text t = { 0 };
    for (size_t i = 0; i < depth; i++)
        text_adds(&t, open);
    text_adds(&t, middle);
    for (size_t i = 0; i < depth; i++)
        text_adds(&t, close);
    return text_take(&t);
}

static void depth_has_a_limit(void **state) {
    (void)state;
    static const char *const open[] = { "[", "{\"a\":", "[[],{\"b\":" };
    static const char *const close[] = { "]", "}", "}]" };
    for (size_t k = 0; k < COUNT(open); k++)
        for (size_t n = 1; n < 200000; n = n < 511 ? n + 51 : n * 7) {
            size_t depth = k == 2 ? 2 * n : n;
            char *text = nested(n, open[k], "0", close[k]);
            assert_int_equal(valid(text, strlen(text)),
                             depth <= JSON_DEPTH_MAX);
            free(text);
        }
    char *text = nested(JSON_DEPTH_MAX + 1, "[", "", "]");
    assert_false(valid(text, strlen(text)));
    assert_true(valid(text + 1, strlen(text) - 2));
    /* a path goes as deep, and no deeper */
    Arena a = { 0 };
    for (size_t n = JSON_DEPTH_MAX - 1; n <= JSON_DEPTH_MAX + 2; n++) {
        char *way = nested(n, "[0]", "", "");
        char *json = nested(n, "[", "7", "]");
        JsonPath path = path_of(&a, way);
        JsonValue v = json_find(&path, json, strlen(json));
        assert_int_equal(v.kind, n <= JSON_DEPTH_MAX ? JSON_IS_NUMBER
                                                     : JSON_IS_NOTHING);
        free(way);
        free(json);
    }
    arena_close(&a);
    free(text);
}

static const char document[] =
    "{ \"a\": {\"b\": [10, [20, {\"c\": \"x\"}], \"y\"]},\n"
    "  \"dup\": 1, \"dup\": 2, \"0\": \"zero\", \"a.b\": 3, \"\": 4,\n"
    "  \"e\\u0073c\\n\": 5, \"caf\xc3\xa9\": 6, \"skip\": \"}]\\\"{[\",\n"
    "  \"deep\": [[[[]]], {\"x\": [{}]}], \"last\": true }";

static void paths_are_followed(void **state) {
    (void)state;
    static const struct {
        const char *path;
        JsonKind kind;
        const char *text;
    } cases[] = {
        { "", JSON_IS_OBJECT, document },
        { ".a.b[0]", JSON_IS_NUMBER, "10" },
        { ".a.b.0", JSON_IS_NUMBER, "10" },
        { ".a.b[1][1].c", JSON_IS_STRING, "x" },
        { "[\"a\"][\"b\"][2]", JSON_IS_STRING, "y" },
        { ".a.b[1]", JSON_IS_ARRAY, "[20, {\"c\": \"x\"}]" },
        { ".a.b[3]", JSON_IS_NOTHING, "" },
        { ".a.b[01]", JSON_IS_ARRAY, "[20, {\"c\": \"x\"}]" },
        { ".a[0]", JSON_IS_NOTHING, "" },
        { ".a.b.c", JSON_IS_NOTHING, "" },
        { ".a.b[0].c", JSON_IS_NOTHING, "" },
        { ".dup", JSON_IS_NUMBER, "1" },
        { ".0", JSON_IS_STRING, "zero" },
        { "[0]", JSON_IS_NOTHING, "" },
        { "[\"0\"]", JSON_IS_STRING, "zero" },
        { "[\"a.b\"]", JSON_IS_NUMBER, "3" },
        { "[\"\"]", JSON_IS_NUMBER, "4" },
        { "[\"esc\\n\"]", JSON_IS_NUMBER, "5" },
        { "[\"esc\"]", JSON_IS_NOTHING, "" },
        { "[\"esc\\nx\"]", JSON_IS_NOTHING, "" },
        { "[\"caf\xc3\xa9\"]", JSON_IS_NUMBER, "6" },
        { "[\"caf\\u00e9\"]", JSON_IS_NUMBER, "6" },
        { ".skip", JSON_IS_STRING, "}]\\\"{[" },
        { ".deep[0][0][0]", JSON_IS_ARRAY, "[]" },
        { ".deep[0][0][0][0]", JSON_IS_NOTHING, "" },
        { ".deep[1].x[0]", JSON_IS_OBJECT, "{}" },
        { ".last", JSON_IS_TRUE, "true" },
        { ".gone", JSON_IS_NOTHING, "" },
        { ".last.gone", JSON_IS_NOTHING, "" },
    };
    char *copy = exact(document, strlen(document));
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        JsonPath path = path_of(&a, cases[i].path);
        JsonValue v = json_find(&path, copy, strlen(document));
        if (v.kind != cases[i].kind || v.length != strlen(cases[i].text) ||
            (v.length && memcmp(v.at, cases[i].text, v.length) != 0))
            fail_msg("%s gave %d '%.*s'", cases[i].path, v.kind, (int)v.length,
                     v.at ? v.at : "");
        arena_close(&a);
    }
    free(copy);
}

/* Cut anywhere, a value is the whole one or nothing. */
static void beginnings_are_survived(void **state) {
    (void)state;
    static const char *const paths[] = { "",      ".a.b[1][1].c",
                                         ".dup",  "[\"caf\\u00e9\"]",
                                         ".skip", ".deep[1].x[0]",
                                         ".last", "[\"esc\\n\"]" };
    for (size_t k = 0; k < COUNT(paths); k++) {
        Arena a = { 0 };
        JsonPath path = path_of(&a, paths[k]);
        JsonValue all = json_find(&path, document, strlen(document));
        assert_int_not_equal(all.kind, JSON_IS_NOTHING);
        bool found = false;
        for (size_t n = 0; n <= strlen(document); n++) {
            char *copy = exact(document, n);
            JsonValue v = json_find(&path, copy, n);
            assert_true(!found || v.kind == all.kind);
            found = v.kind != JSON_IS_NOTHING;
            if (found) {
                assert_int_equal(v.kind, all.kind);
                assert_int_equal(v.length, all.length);
            }
            assert_int_equal(json_valid(copy, n), n == strlen(document));
            free(copy);
        }
        assert_true(found);
        arena_close(&a);
    }
}

/* What stands before a value has to be well-formed, what is behind need not. */
static void only_what_is_passed_counts(void **state) {
    (void)state;
    static const struct {
        const char *json;
        JsonKind kind;
    } cases[] = {
        { "{\"a\": 1, \"b\": nonsense", JSON_IS_NUMBER },
        { "{\"a\": 1]", JSON_IS_NUMBER },
        { "{\"x\": nonsense, \"a\": 1}", JSON_IS_NOTHING },
        { "{\"x\": \"\xff\", \"a\": 1}", JSON_IS_NOTHING },
        { "{\"x\": [1,], \"a\": 1}", JSON_IS_NOTHING },
        { "{\"x\": 01, \"a\": 1}", JSON_IS_NOTHING },
        { "{\"x\": 1; \"a\": 1}", JSON_IS_NOTHING },
        { "{x: 1, \"a\": 1}", JSON_IS_NOTHING },
        { "{\"a\" 1}", JSON_IS_NOTHING },
        { "{\"a\":}", JSON_IS_NOTHING },
        { "{\"a\": 01}", JSON_IS_NUMBER },
        { "{\"a\": -}", JSON_IS_NOTHING },
        { "{\"a\": \"x}", JSON_IS_NOTHING },
        { "{\"a\": [1, {\"b\": }]}", JSON_IS_NOTHING },
        { "<html>", JSON_IS_NOTHING },
    };
    Arena a = { 0 };
    JsonPath path = path_of(&a, ".a");
    for (size_t i = 0; i < COUNT(cases); i++)
        if (json_find(&path, cases[i].json, strlen(cases[i].json)).kind !=
            cases[i].kind)
            fail_msg("%s", cases[i].json);
    arena_close(&a);
}

static void elements_are_walked(void **state) {
    (void)state;
    static const struct {
        const char *json;
        size_t count;
    } cases[] = {
        { "[]", 0 },     { "[ \n]", 0 },
        { "[1]", 1 },    { "[1, \"a,]\" ,[2,3], {\"x\": [4]},null ]", 5 },
        { "[[[]]]", 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *at = cases[i].json;
        size_t rest = strlen(at), n = 0;
        while (json_next(&at, &rest).kind != JSON_IS_NOTHING)
            n++;
        assert_int_equal(n, cases[i].count);
        assert_int_equal(json_next(&at, &rest).kind, JSON_IS_NOTHING);
    }
}

static void strings_are_decoded(void **state) {
    (void)state;
    static const struct {
        const char *json, *want;
        size_t length;
    } cases[] = {
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8 },
        { "\"\\u0041\\u00e9\\u20aC\"", "A\xc3\xa9\xe2\x82\xac", 6 },
        { "\"\\ud83d\\ude00x\"", "\xf0\x9f\x98\x80x", 5 },
        { "\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf", 4 },
        { "\"a\\u0000b\"", "a\0b", 3 },
        { "\"\\ud800\"", "\xef\xbf\xbd", 3 },
        { "\"\\ud800x\"", "\xef\xbf\xbdx", 4 },
        { "\"\\ud800\\ud800\"", "\xef\xbf\xbd\xef\xbf\xbd", 6 },
        { "\"\\ud800\\n\"", "\xef\xbf\xbd\n", 4 },
        { "\"\\udc00\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7 },
    };
    static const JsonPath whole = { 0 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        JsonValue v = json_find(&whole, cases[i].json, strlen(cases[i].json));
        assert_int_equal(v.kind, JSON_IS_STRING);
        assert_true(v.has_escapes);
        char *to = malloc(v.length);
        assert_int_equal(json_decode(to, &v), cases[i].length);
        assert_memory_equal(to, cases[i].want, cases[i].length);
        free(to);
    }
}

/* --- against jansson ---------------------------------------------------- */

static void add_random_string(Text *t, Rng *r) {
    static const char *const parts[] = {
        "a",
        "b",
        "key",
        " ",
        "\\n",
        "\\\"",
        "\\\\",
        "\\u00e9",
        "\xc3\xa9",
        "\\ud83d\\ude00",
        "{",
        "]",
        ",",
        ":",
        "\xf0\x9f\x98\x80",
        "longer than eight bytes",
        "\\/",
        "1",
    };
    text_adds(t, "\"");
    for (size_t n = rng_next(r) % 4; n; n--)
        text_adds(t, parts[rng_next(r) % COUNT(parts)]);
    text_adds(t, "\"");
}

static void add_blanks(Text *t, Rng *r) {
    static const char *const blanks[] = { "", "", "", " ", "\n", "\t \r\n" };
    text_adds(t, blanks[rng_next(r) % COUNT(blanks)]);
}

static void add_random_value(Text *t, Rng *r, int depth) {
    static const char *const plain[] = { "true", "false", "null",
                                         "0",    "-1",    "2.5",
                                         "1e3",  "-0.0",  "17",
                                         "{}",   "[]",    "123456789.125" };
    uint64_t kind = rng_next(r) % (depth ? 4 : 2);
    add_blanks(t, r);
    if (kind == 0)
        add_random_string(t, r);
    else if (kind == 1)
        text_adds(t, plain[rng_next(r) % COUNT(plain)]);
    else {
        text_adds(t, kind == 2 ? "[" : "{");
        for (size_t i = 0, n = rng_next(r) % 5; i < n; i++) {
            if (i)
                text_adds(t, ",");
            if (kind == 3) {
                add_blanks(t, r);
                add_random_string(t, r);
                add_blanks(t, r);
                text_adds(t, ":");
            }
            add_random_value(t, r, depth - 1);
            add_blanks(t, r);
        }
        text_adds(t, kind == 2 ? "]" : "}");
    }
    add_blanks(t, r);
}

typedef struct Walk {
    const char *json;
    size_t length;
    JsonStep steps[16];
    size_t values;
} Walk;

static void same_text(const JsonValue *v, const char *text, size_t length) {
    char *to = malloc(v->length + 1);
    size_t n = v->length;
    if (v->has_escapes)
        n = json_decode(to, v);
    else
        memcpy(to, v->at, n);
    assert_int_equal(n, length);
    assert_memory_equal(to, text, n);
    free(to);
}

static void compare_values(Walk *w, size_t depth, json_t *want);

static void compare_within(Walk *w, size_t depth, json_t *want) {
    const char *key;
    json_t *value;
    size_t i;
    JsonStep *step = &w->steps[depth];
    json_object_foreach(want, key, value) {
        *step = (JsonStep){ key, strlen(key), SIZE_MAX };
        compare_values(w, depth + 1, value);
    }
    json_array_foreach(want, i, value) {
        *step = (JsonStep){ NULL, 0, i };
        compare_values(w, depth + 1, value);
    }
    /* one that is not there */
    *step = (JsonStep){ "gone", 4, json_array_size(want) };
    JsonPath path = { w->steps, depth + 1 };
    assert_int_equal(json_find(&path, w->json, w->length).kind,
                     JSON_IS_NOTHING);
}

/* jansson's value at this path, and all within it, are found by ours. */
static void compare_values(Walk *w, size_t depth, json_t *want) {
    static const JsonKind kinds[] = {
        [JSON_OBJECT] = JSON_IS_OBJECT, [JSON_ARRAY] = JSON_IS_ARRAY,
        [JSON_STRING] = JSON_IS_STRING, [JSON_REAL] = JSON_IS_NUMBER,
        [JSON_TRUE] = JSON_IS_TRUE,     [JSON_FALSE] = JSON_IS_FALSE,
        [JSON_NULL] = JSON_IS_NULL,
    };
    JsonPath path = { w->steps, depth };
    JsonValue v = json_find(&path, w->json, w->length);
    double number;
    assert_int_equal(v.kind, kinds[json_typeof(want)]);
    assert_true(v.at >= w->json && v.at + v.length <= w->json + w->length);
    w->values++;
    if (v.kind == JSON_IS_STRING)
        same_text(&v, json_string_value(want), json_string_length(want));
    if (v.kind == JSON_IS_NUMBER) {
        assert_true(number_read(v.at, v.length, &number));
        assert_near(number, json_number_value(want), 0);
    }
    if (v.kind == JSON_IS_ARRAY || v.kind == JSON_IS_OBJECT) {
        assert_true(json_valid(v.at, v.length));
        compare_within(w, depth, want);
    }
}

static void values_are_jansson_s(void **state) {
    (void)state;
    Rng r = { 11 };
    size_t documents = 0, values = 0;
    for (int i = 0; i < 5000; i++) {
        Text t = { 0 };
        add_random_value(&t, &r, 1 + i % 6);
        char *copy = exact(t.bytes, t.length);
        assert_true(json_valid(copy, t.length));
        /* of equal keys it takes the last */
        json_t *want = json_loadb(copy, t.length,
                                  ORACLE_FLAGS | JSON_REJECT_DUPLICATES, NULL);
        if (want) {
            Walk w = { .json = copy, .length = t.length };
            compare_values(&w, 0, want);
            documents++;
            values += w.values;
        }
        json_decref(want);
        free(copy);
        text_close(&t);
    }
    assert_true(documents > 2000 && values > 10000);
}

/* What RFC 8259 allows and jansson does not; of objects and arrays it allows
 * more within each other. */
static bool is_jansson_s_own(const json_error_t *e) {
    static const char *const says[] = { "number overflow", "invalid Unicode",
                                        "NUL byte in object key" };
    for (size_t i = 0; i < COUNT(says); i++)
        if (strstr(e->text, says[i]))
            return true;
    return false;
}

static void broken_documents_are_jansson_s(void **state) {
    (void)state;
    static const char bytes[] = "{}[],:\"\\eEu0159.+-tfn \n\x80\xc3\xff\x01";
    static const JsonStep steps[] = { { "a", 1, 0 }, { "key", 3, 1 } };
    Rng r = { 13 };
    size_t good = 0, bad = 0;
    for (int i = 0; i < 60000; i++) {
        Text t = { 0 };
        json_error_t why;
        add_random_value(&t, &r, 1 + i % 4);
        for (uint64_t n = 1 + rng_next(&r) % 2; n; n--)
            t.bytes[rng_next(&r) % t.length] =
                bytes[rng_next(&r) % (sizeof bytes - 1)];
        size_t length = i % 3 ? t.length : rng_next(&r) % t.length;
        char *copy = exact(t.bytes, length);
        json_t *want = json_loadb(copy, length, ORACLE_FLAGS, &why);
        bool is_valid = json_valid(copy, length);
        if (is_valid != (want != NULL) && !(is_valid && is_jansson_s_own(&why)))
            fail_msg("%.*s: %s", (int)length, copy, why.text);
        good += is_valid;
        bad += !is_valid;
        JsonPath path = { steps, (size_t)i % 3 };
        JsonValue v = json_find(&path, copy, length);
        if (v.kind >= JSON_IS_ARRAY)
            assert_true(json_valid(v.at, v.length));
        json_decref(want);
        free(copy);
        text_close(&t);
    }
    assert_true(good > 1000 && bad > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_judged),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(paths_are_followed),
        cmocka_unit_test(beginnings_are_survived),
        cmocka_unit_test(only_what_is_passed_counts),
        cmocka_unit_test(elements_are_walked),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(values_are_jansson_s),
        cmocka_unit_test(broken_documents_are_jansson_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
