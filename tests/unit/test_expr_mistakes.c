/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/text.h"
#include "expr_input.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef struct Mistake {
    const char *text;
    int column;
    const char *says;
} Mistake;

static void all_fail(const Mistake *cases, size_t n, const ExprScope *scope) {
    for (size_t i = 0; i < n; i++) {
        Arena a = { 0 };
        Err err = { 0 };
        assert_null(expr_compile(&a, cases[i].text, scope, &err));
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d: %s", cases[i].text, err.column, err.text);
        assert_null(expr_compile(&a, cases[i].text, scope, NULL));
        arena_close(&a);
    }
}

/* It would be compared as the characters that stand there. */
static void a_variable_in_quotes_is_none(void **state) {
    (void)state;
    static const Mistake cases[] = {
        { "body contains \"${who}\"", 16, "an entry of [vars]" },
        { "body == \"hi ${env.WHO}!\"", 13, "write it without them" },
    };
    all_fail(cases, COUNT(cases), &answer_scope);
    Arena a = { 0 };
    Err err = { 0 };
    static const char *const fine[] = { "body contains \"\\u0024{who}\"",
                                        "body contains \"$ {}\"",
                                        "body contains ${home}" };
    for (size_t i = 0; i < COUNT(fine); i++)
        if (!expr_compile(&a, fine[i], &answer_scope, &err))
            fail_msg("'%s' gave %s", fine[i], err.text);
    arena_close(&a);
}

static void mistakes_say_where(void **state) {
    (void)state;
    static const Mistake cases[] = {
        { "", 1, "a value is missing" },
        { "   ", 4, "a value is missing" },
        { "status ==", 10, "a value is missing" },
        { "== 5", 1, "a value is missing" },
        { "status = 5", 8, "write == instead of =" },
        { "status == 5 and", 16, "a value is missing" },
        { "status == 5 or or", 16, "a value is missing" },
        { "status == not 5", 11, "a value is missing" },
        { "status == 5 status == 6", 13, "should end here" },
        { "status == 5)", 12, "should end here" },
        { "status == 5, time < 3", 12, "should end here" },
        { "status == 5 /x/", 13, "should end here" },
        { "(status == 5", 13, "a ) is missing" },
        { "()", 2, "a value is missing" },
        { "not", 4, "a value is missing" },
        { "status == 200 && time < 5", 15, "write and" },
        { "status == 200 || time < 5", 15, "write or" },
        { "!failed", 1, "write not" },
        { "status ! 5", 8, "write not, or !=" },
        { "body == 'a'", 9, "double quotes" },
        { "$home == 1", 1, "${name}" },
        { "status == #", 11, "'#' is not expected" },
        { "statsu == 5", 1, "did you mean 'status'" },
        { "time < 5 or tiem < 6", 13, "did you mean 'time'" },
        { "jsn.state == 5", 1, "did you mean 'json'" },
        { "heder.Server == 5", 1, "did you mean 'header'" },
        { "color == 5", 1, "there are status, time, size, failed, body, head" },
        { "Not failed", 1, "did you mean 'not'" },
        { "failed == True", 11, "did you mean 'true'" },
        { "time < 1.2.3", 8, "not a number" },
        { "time < - 5", 8, "'-' is not expected" },
        { "time < 5x", 9, "'x' is not a unit" },
        { "time < 5secs", 9, "'secs' is not a unit" },
        { "time < 5 ms", 10, "should end here" },
        { "status < 00000000000000000000000000000000000000000000000000000000"
          "000000001",
          10, "too long" },
        { "${} == 1", 1, "name is missing" },
        { "${homer} == 1", 5, "no variable of that name" },
        { "${x} == 1", 3, "no variable of that name" },
        { "${home == 1", 1, "no closing }" },
    };
    all_fail(cases, COUNT(cases), &answer_scope);
}

static void types_are_checked(void **state) {
    (void)state;
    static const Mistake cases[] = {
        { "status", 7, "compare it: status == 200" },
        { "time", 5, "compare it: time < 500ms" },
        { "body", 5, "compare it: body contains" },
        { "5", 2, "a comparison is missing" },
        { "\"ok\"", 5, "a comparison is missing" },
        { "(status)", 9, "compare it" },
        { "not status", 11, "compare it" },
        { "status and failed", 8, "compare it" },
        { "failed and status or failed", 19, "compare it" },
        { "failed or body", 15, "compare it" },
        { "status is 200", 8, "a comparison is missing" },
        { "body contain \"x\"", 6, "did you mean 'contains'" },
        { "json.a matchs /x/", 8, "did you mean 'matches'" },
        { "status == \"ok\"", 1, "a number and a text" },
        { "time < 5 and body == 5", 14, "a text and a number" },
        { "status == true", 1, "neither true nor false" },
        { "true == status", 1, "is not a number" },
        { "body == false", 1, "neither true nor false" },
        { "false != body", 1, "is not a text" },
        { "body < \"a\"", 1, "texts compare with" },
        { "json.a < \"a\"", 1, "texts compare with" },
        { "failed < true", 1, "true and false compare" },
        { "json.a >= true", 1, "true and false compare" },
        { "json.a > null", 1, "null compares with" },
        { "status == null", 1, "never null" },
        { "null != body", 1, "never null" },
        { "status contains \"x\"", 1, "between two texts" },
        { "body contains 5", 1, "between two texts" },
        { "failed contains \"x\"", 1, "between two texts" },
        { "json.a contains true", 1, "a text or a number" },
        { "json.a contains null", 1, "a text or a number" },
        { "null contains \"a\"", 1, "contains" },
        { "status matches /5/", 1, "looks at a text" },
        { "failed matches /5/", 1, "looks at a text" },
        { "status < 5s", 10, "status is not a time" },
        { "5s > size", 1, "size is not a time" },
        { "time < 5%", 8, "time is a time" },
        { "1 < 2 < 3", 7, "do not chain" },
        { "body matches /a/ matches /b/", 18, "do not chain" },
        { "(1 < 2) == true", 9, "only values" },
        { "true == (1 < 2)", 9, "only values" },
        { "true == (not failed)", 9, "only values" },
    };
    all_fail(cases, COUNT(cases), &answer_scope);
}

static void parts_of_answers_are_checked(void **state) {
    (void)state;
    static const Mistake cases[] = {
        { "body == \"abc", 9, "no closing \"" },
        { "body == \"abc\\", 9, "no closing \"" },
        { "body == \"abc\\\"", 9, "no closing \"" },
        { "body == \"a\\q\"", 11, "begins nothing known" },
        { "body == \"\\u12\"", 10, "four hexadecimal" },
        { "body == \"\\u12g4\"", 10, "four hexadecimal" },
        { "body == \"\\ud800\"", 10, "four hexadecimal" },
        { "body == \"\\ud800\\u0041\"", 10, "four hexadecimal" },
        { "body == \"\\udc00\"", 10, "four hexadecimal" },
        { "body matches /abc", 14, "no closing /" },
        { "body matches /abc\\/", 14, "no closing /" },
        { "body matches", 13, "a regex is missing" },
        { "body matches \"a\"", 14, "a regex is missing" },
        { "body matches //", 14, "a regex is missing" },
        { "regex", 6, "a regex is missing" },
        { "body == /a/", 9, "behind matches or regex" },
        { "/a/", 1, "behind matches or regex" },
        { "body matches /a(b/", 18, "parenthesis" },
        { "regex /a[b/ == 1", 11, "]" },
        { "body matches /*a/", 15, "quantifier" },
        { "header == \"a\"", 7, "name is missing" },
        { "header. == \"a\"", 7, "name is missing" },
        { "header.A[0] == \"a\"", 9, "no brackets" },
        { "header[0] == \"a\"", 7, "name is missing" },
        { "json. == 1", 5, "a key is missing" },
        { "json.a..b == 1", 7, "a key is missing" },
        { "json.a[ == 1", 7, "no closing ]" },
        { "json.a[\"b == 1", 7, "no closing ]" },
        { "json.a[] == 1", 7, "write [0]" },
        { "json.a[x] == 1", 7, "write [0]" },
        { "json.a[-1] == 1", 7, "write [0]" },
        { "json.a[1234567890] == 1", 7, "write [0]" },
        { "json.a[\"b\"x] == 1", 7, "write [0]" },
        { "json.a[\"b\\q\"] == 1", 10, "begins nothing known" },
        { "json.a[0]b == 1", 10, "goes on with" },
        { "json{a} == 1", 5, "goes on with" },
        { "json.a{b} == 1", 7, "goes on with" },
        { "jsonx == 1", 1, "did you mean 'json'" },
        { "status[0] == 1", 1, "did you mean 'status'" },
    };
    all_fail(cases, COUNT(cases), &answer_scope);
}

static void mistakes_in_metrics(void **state) {
    (void)state;
    static const Mistake cases[] = {
        { "p < 500", 3, "p needs a number: p(95)" },
        { "p() < 500", 3, "between 0 and 100" },
        { "p(x) < 500", 3, "between 0 and 100" },
        { "p(101) < 500", 3, "between 0 and 100" },
        { "p(-1) < 500", 3, "between 0 and 100" },
        { "p(95%) < 500", 3, "between 0 and 100" },
        { "p(95ms) < 500", 3, "between 0 and 100" },
        { "p(95 < 500", 6, "a ) is missing" },
        { "p(95)", 6, "compare it: p(95) < 500" },
        { "p95 < 500", 1, "write p(95)" },
        { "p99.9 < 500", 1, "write p(99.9)" },
        { "px < 500", 1, "is not known" },
        { "rate < 5s", 8, "rate is not a time" },
        { "p(95) < 5%", 9, "a share" },
        { "body == \"a\"", 1, "there are p, rate, value" },
        { "json.a == 1", 1, "there are p, rate, value" },
        { "regex /a/ == 1", 1, "there are p, rate" },
        { "rate < ${limit}", 8, "no variables here" },
    };
    all_fail(cases, COUNT(cases), &metric_scope);
    static const ExprScope none = { 0 };
    static const Mistake bare[] = { { "a == 1", 1, "there are no names" },
                                    { "", 1, "a value is missing" } };
    all_fail(bare, COUNT(bare), &none);
}

/* What is quoted from the text may stand in a terminal. */
static void mistakes_are_clean(void **state) {
    (void)state;
    static const char *const texts[] = {
        "status \x1b[31m",    "\x9b",
        "status == \xc3\xbc", "\x7f",
        "na\xc3\xafme == 5",  "\xff",
        "body == \"\\\x1b\"", "body matches /(?<\x1b>/",
        "json[\x1b] == 1",    "status{\x1b[1m} == 1",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        char clean[ERR_TEXT_MAX * 3];
        assert_null(expr_compile(&a, texts[i], &answer_scope, &err));
        text_clean(clean, sizeof clean, err.text, strlen(err.text));
        assert_string_equal(err.text, clean);
        arena_close(&a);
    }
}

static char *repeated(const char *before, size_t n, const char *middle,
                      const char *after) {
    Text t = { 0 };
    for (size_t i = 0; i < n; i++)
        text_adds(&t, before);
    text_adds(&t, middle);
    for (size_t i = 0; i < n; i++)
        text_adds(&t, after);
    return text_take(&t);
}

static void depth_has_a_limit(void **state) {
    (void)state;
    static const char *const before[] = { "(", "not ", "not (" };
    static const char *const after[] = { ")", "", ")" };
    for (size_t k = 0; k < COUNT(before); k++) {
        size_t deepest = k == 2 ? 31 : 63;
        char *text = repeated(before[k], deepest, "status == 404", after[k]);
        assert_int_equal(holds_of(text, NULL), k == 0 || deepest % 2 == 0);
        free(text);
        for (size_t n = deepest + 1; n < 100000; n *= 9) {
            Arena a = { 0 };
            Err err = { 0 };
            text = repeated(before[k], n, "status == 404", after[k]);
            assert_null(expr_compile(&a, text, &answer_scope, &err));
            assert_non_null(strstr(err.text, "nested too deeply"));
            free(text);
            arena_close(&a);
        }
    }
    /* side by side is not deep */
    static const char *const words[] = { "(status == 404) and ",
                                         "status == 1 or " };
    for (size_t k = 0; k < COUNT(words); k++) {
        char *text = repeated(words[k], 50000, "time == 250", "");
        assert_true(holds_of(text, NULL));
        free(text);
    }
}

static void survive(const char *text, size_t *good) {
    static const char body[] = "{\"a\": [\"ab\", 5], \"name\": \"\\u00e9\"}";
    Arena a = { 0 };
    Err err = { 0 };
    ExprInput in = input_of(body);
    const Expr *e = expr_compile_value(&a, text, &answer_scope, &err);
    if (e) {
        ExprNeeds needs = { 0 };
        ++*good;
        expr_needs(e, &needs);
        assert_true(needs.slots < 1u << SLOTS);
        assert_int_equal(expr_value(e, &in).kind == EXPR_IS_BOOL &&
                             expr_value(e, &in).number != 0,
                         expr_value(e, &in).kind == EXPR_IS_BOOL &&
                             expr_holds(e, &in));
    } else {
        assert_true(err.text[0] != '\0');
        if (err.column < 1 || err.column > (int)strlen(text) + 1)
            fail_msg("'%s': column %d: %s", text, err.column, err.text);
    }
    arena_close(&a);
}

/* Whatever it says: an expression, or a mistake with a place in the text. */
static void any_text_is_survived(void **state) {
    (void)state;
    static const char *const words[] = {
        "status",  "time",  "body",     "json.name", "and",    "or",
        "not",     "(",     ")",        "==",        "!=",     "<",
        "<=",      ">",     ">=",       "5",         "-1",     "contains",
        "5ms",     "\"a\"", "\"\\",     "\"",        "50%",    ",",
        "9k",      "=",     "\xc3",     "1.2.3",     "json",   "json.a[0]",
        "json[\"", "]",     "header.X", "regex",     "/(a)b/", "/",
        "${home}", "${",    "}",        "true",      "null",   "matches",
        "header.", "/[/",   "\"\\u00",  "failed",    "json.a", "\"\\ud8",
    };
    Rng r = { 31 };
    size_t good = 0;
    for (int i = 0; i < 20000; i++) {
        Text t = { 0 };
        size_t n = 1 + rng_next(&r) % (i % 2 ? 5 : 40);
        for (size_t k = 0; k < n; k++) {
            uint64_t x = rng_next(&r);
            char c = (char)(1 + x % 255);
            if (i % 2)
                text_addf(&t, "%s ", words[x % COUNT(words)]);
            else
                text_add(&t, &c, 1);
        }
        char *text = malloc(t.length + 1); /* no byte behind its end */
        memcpy(text, t.bytes, t.length + 1);
        survive(text, &good);
        free(text);
        text_close(&t);
    }
    assert_true(good > 100); /* both ways were taken */
}

/* Good ones, cut at every byte. */
static void beginnings_are_survived(void **state) {
    (void)state;
    static const char *const texts[] = {
        "status == 200 and json.a[0][\"b \\u00e9\"].c contains \"\\ud83d\\ude00"
        "\" or not (header.Content-Type matches /^a\\/(b|[c])+$/)",
        "regex /id=([0-9]+)/ == ${home} and time <= 1.5s or failed != false",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t good = 0;
        for (size_t n = 0; n <= strlen(texts[i]); n++) {
            char *text = malloc(n + 1);
            memcpy(text, texts[i], n);
            text[n] = '\0';
            survive(text, &good);
            free(text);
        }
        assert_true(good >= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_in_quotes_is_none),
        cmocka_unit_test(mistakes_say_where),
        cmocka_unit_test(types_are_checked),
        cmocka_unit_test(parts_of_answers_are_checked),
        cmocka_unit_test(mistakes_in_metrics),
        cmocka_unit_test(mistakes_are_clean),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(any_text_is_survived),
        cmocka_unit_test(beginnings_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
