/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/text.h"
#include "expr/expr.h"
#include "expr/lex.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { STATUS, TIME, BODY, NAME, SLOTS };

static const ExprName names[SLOTS] = { { "status", EXPR_NUMBER },
                                       { "time", EXPR_NUMBER },
                                       { "body", EXPR_TEXT },
                                       { "name", EXPR_TEXT } };

#define BODY_TEXT "say \"ok\"\n\tand\0zero\\"

static const ExprValue values[SLOTS] = {
    [STATUS] = { .number = 404 },
    [TIME] = { .number = 250 },
    [BODY] = { .text = BODY_TEXT, .length = sizeof BODY_TEXT - 1 },
    [NAME] = { .text = "home", .length = 4 },
};

static const Expr *compile(Arena *a, const char *text) {
    Err err = { 0 };
    const Expr *e = expr_compile(a, text, names, SLOTS, &err);
    if (!e)
        fail_msg("%s: %d: %s", text, err.column, err.text);
    return e;
}

static void holds(const char *text, bool want) {
    Arena a = { 0 };
    if (expr_holds(compile(&a, text), values) != want)
        fail_msg("%s should %shold", text, want ? "" : "not ");
    arena_close(&a);
}

static void comparisons(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        { "status == 404", true },
        { "status==404", true },
        { "status != 404", false },
        { "status < 404", false },
        { "status <= 404", true },
        { "status > 403.5", true },
        { "status >= 404.5", false },
        { "404 == status", true },
        { "400 < status", true },
        { "1 < 2", true },
        { "-1 < 0", true },
        { "status > -1", true },
        { "time >= status", false },
        { "name == \"home\"", true },
        { "name == \"hom\"", false },
        { "name == \"homes\"", false },
        { "name == \"Home\"", false },
        { "name != \"order\"", true },
        { "name != \"home\"", false },
        { "\"home\" == name", true },
        { "\"a\" == \"a\"", true },
        { "body contains name", false },
        { "body contains \"ok\"", true },
        { "\"x home y\" contains name", true },
        { "  \tstatus\n==\r404  ", true },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        holds(cases[i].text, cases[i].want);
}

static void units_of_numbers(void **state) {
    (void)state;
    static const char *const equal[] = {
        "250ms == time", "0.25s == time",   "time == 250000us", "1m == 60s",
        "1h == 60m",     "1s == 1000",      "1k == 1000",       "1M == 1000k",
        "1KiB == 1024",  "1MiB == 1024KiB", "50% == 0.5",       "0.5% == 0.005",
        ".5 == 0.5",     "5. == 5",         "-2k == -2000",     "1.5k == 1500",
        "007 == 7",
    };
    for (size_t i = 0; i < COUNT(equal); i++)
        holds(equal[i], true);
    Lexer l;
    assert_int_equal(lexer_start(&l, "30s 5 5% 2k", NULL), 0);
    static const bool times[] = { true, false, false, false };
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_int_equal(l.now.kind, TOKEN_NUMBER);
        assert_int_equal(l.now.is_time, times[i]);
        assert_int_equal(lexer_next(&l, NULL), 0);
    }
    assert_int_equal(l.now.kind, TOKEN_END);
    for (int op = COMPARE_EQ; op <= COMPARE_GE; op++) {
        Arena a = { 0 };
        char text[32];
        snprintf(text, sizeof text, "1 %s 2", compare_name((CompareOp)op));
        assert_int_equal(expr_holds(compile(&a, text), values),
                         compare_numbers((CompareOp)op, 1, 2));
        arena_close(&a);
    }
}

static void escapes_in_texts(void **state) {
    (void)state;
    holds("body contains \"\\\"ok\\\"\"", true);
    holds("body contains \"\\n\\tand\"", true);
    holds("body contains \"\\\\\"", true);
    holds("\"\\\\n\" == \"\\n\"", false);
    holds("\"\\q\" == \"q\"", true);
    holds("\"a or b (c) , == 'd'\" contains \"or b (c) , == 'd\"", true);
    holds("\"gr\xc3\xbc\xc3\x9f\" contains \"\xc3\xbc\"", true);
}

/* Bodies are bytes: NUL is one of them, and their end is not marked. */
static void contains_is_about_bytes(void **state) {
    (void)state;
    holds("body contains \"zero\"", true);
    holds("body contains \"zero\\\\x\"", false);
    holds("body contains \"\"", true);
    holds("\"\" contains \"\"", true);
    holds("\"\" contains \"a\"", false);
    holds("\"\" == \"\"", true);

    Arena a = { 0 };
    const Expr *e = compile(&a, "body contains name");
    static const struct {
        const char *body;
        size_t body_length;
        const char *part;
        size_t part_length;
        bool want;
    } cases[] = {
        { "a\0b\0c", 5, "\0b\0", 3, true }, { "a\0b\0c", 5, "b\0d", 3, false },
        { "aab", 3, "ab", 2, true },        { "ab", 2, "abc", 3, false },
        { "abc", 2, "bc", 2, false },       { NULL, 0, "a", 1, false },
        { NULL, 0, NULL, 0, true },         { "a", 1, NULL, 0, true },
        { "\0\0\0", 3, "\0\0", 2, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        ExprValue v[SLOTS] = { 0 };
        v[BODY] = (ExprValue){ 0, cases[i].body, cases[i].body_length };
        v[NAME] = (ExprValue){ 0, cases[i].part, cases[i].part_length };
        if (expr_holds(e, v) != cases[i].want)
            fail_msg("case %zu", i);
    }
    e = compile(&a, "body == name");
    ExprValue v[SLOTS] = { [BODY] = { 0, "a\0b", 3 }, [NAME] = { 0, "a", 1 } };
    assert_false(expr_holds(e, v));
    v[NAME] = (ExprValue){ 0, "a\0b", 3 };
    assert_true(expr_holds(e, v));
    v[NAME] = v[BODY] = (ExprValue){ 0 };
    assert_true(expr_holds(e, v));
    arena_close(&a);
}

/* Every combination of three truths, against C's own operators. */
static void precedence_is_c_s(void **state) {
    (void)state;
    static const ExprName abc[] = { { "a", EXPR_NUMBER },
                                    { "b", EXPR_NUMBER },
                                    { "c", EXPR_NUMBER } };
    static const char *const texts[] = {
        "a == 1 or b == 1 and c == 1",      "(a == 1 or b == 1) and c == 1",
        "a == 1 and b == 1 or c == 1",      "a == 1 and (b == 1 or c == 1)",
        "not a == 1 and b == 1 or c == 1",  "not (a == 1 and b == 1) or c == 1",
        "not (a == 1 or b == 1 or c == 1)", "not not a == 1 and not not b == 1",
        "((((a == 1)))) or not ((b == 1))",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        Arena arena = { 0 };
        Err err = { 0 };
        const Expr *e = expr_compile(&arena, texts[i], abc, 3, &err);
        assert_non_null(e);
        for (int k = 0; k < 8; k++) {
            bool a = k & 1, b = k & 2, c = k & 4;
            bool want[] = { a || (b && c),  (a || b) && c,  (a && b) || c,
                            a && (b || c),  (!a && b) || c, !(a && b) || c,
                            !(a || b || c), a && b,         a || !b };
            ExprValue v[] = { { .number = a },
                              { .number = b },
                              { .number = c } };
            if (expr_holds(e, v) != want[i])
                fail_msg("%s with %d%d%d", texts[i], a, b, c);
        }
        arena_close(&arena);
    }
}

/* A body behind what decides already is not looked at: it may not be there
 * at all. */
static void what_decides_ends_it(void **state) {
    (void)state;
    ExprValue v[SLOTS] = { [STATUS] = { .number = 200 } };
    v[BODY].length = 10; /* of a text at NULL: to look is to crash */
    Arena a = { 0 };
    assert_true(
        expr_holds(compile(&a, "status == 200 or body contains \"x\""), v));
    assert_false(
        expr_holds(compile(&a, "status != 200 and body contains \"x\""), v));
    assert_true(expr_holds(
        compile(&a, "not (status > 200 and body contains \"x\")"), v));
    arena_close(&a);
}

static void uses_are_known(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t want;
    } cases[] = {
        { "1 < 2", 0 },
        { "status < 500", 1u << STATUS },
        { "500 > time", 1u << TIME },
        { "status < 500 or not (body contains name)",
          1u << STATUS | 1u << BODY | 1u << NAME },
        { "not time < 1s and status == 200", 1u << TIME | 1u << STATUS },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        assert_int_equal(expr_uses(compile(&a, cases[i].text)), cases[i].want);
        arena_close(&a);
    }
    assert_int_equal(expr_uses(NULL), 0);
}

static void mistakes_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *says;
    } cases[] = {
        { "", 1, "a value is missing" },
        { "   ", 4, "a value is missing" },
        { "status", 7, "a comparison is missing" },
        { "status ==", 10, "a value is missing" },
        { "== 5", 1, "a value is missing" },
        { "status = 5", 8, "write == instead of =" },
        { "status == 5 and", 16, "a value is missing" },
        { "status == 5 or or", 16, "is not known" },
        { "status == 5 status == 6", 13, "should end here" },
        { "status == 5)", 12, "should end here" },
        { "status == 5, time < 3", 12, "should end here" },
        { "(status == 5", 13, "a ) is missing" },
        { "()", 2, "a value is missing" },
        { "not", 4, "a value is missing" },
        { "status == 200 && time < 5", 15, "'&' is not expected" },
        { "status == \"ok\"", 1, "cannot be compared" },
        { "time < 5 and body == 5", 14, "cannot be compared" },
        { "body < \"a\"", 1, "texts compare with" },
        { "status contains \"x\"", 1, "between two texts" },
        { "body contains 5", 1, "between two texts" },
        { "statsu == 5", 1, "did you mean 'status'" },
        { "time < 5 or tiem < 6", 13, "did you mean 'time'" },
        { "color == 5", 1, "there are status, time, body, name" },
        { "Not status == 5", 1, "is not known" },
        { "body == \"abc", 9, "no closing" },
        { "body == \"abc\\", 9, "no closing" },
        { "body == \"abc\\\"", 9, "no closing" },
        { "time < 5x", 9, "'x' is not a unit" },
        { "time < 5 ms", 10, "should end here" },
        { "time < 1.2.3", 8, "not a number" },
        { "time < - 5", 8, "'-' is not expected" },
        { "time < 5secs", 9, "'secs' is not a unit" },
        { "status ! 5", 8, "'!' is not expected" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        assert_null(expr_compile(&a, cases[i].text, names, SLOTS, &err));
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d: %s", cases[i].text, err.column, err.text);
        assert_null(expr_compile(&a, cases[i].text, names, SLOTS, NULL));
        arena_close(&a);
    }
}

/* What is quoted from the text may stand in a terminal. */
static void mistakes_are_clean(void **state) {
    (void)state;
    static const char *const texts[] = {
        "status \x1b[31m",   "\x9b", "status == \xc3\xbc", "\x7f",
        "na\xc3\xafme == 5", "\xff",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        char clean[ERR_TEXT_MAX * 3];
        assert_null(expr_compile(&a, texts[i], names, SLOTS, &err));
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
        Arena a = { 0 };
        char *text = repeated(before[k], deepest, "status == 404", after[k]);
        assert_int_equal(expr_holds(compile(&a, text), values),
                         k == 0 || deepest % 2 == 0);
        free(text);
        for (size_t n = deepest + 1; n < 100000; n *= 9) {
            Err err = { 0 };
            text = repeated(before[k], n, "status == 404", after[k]);
            assert_null(expr_compile(&a, text, names, SLOTS, &err));
            assert_non_null(strstr(err.text, "nested too deeply"));
            free(text);
        }
        arena_close(&a);
    }
    /* side by side is not deep */
    Arena a = { 0 };
    char *text = repeated("(status == 404) and ", 2000, "time == 250", "");
    assert_true(expr_holds(compile(&a, text), values));
    free(text);
    arena_close(&a);
}

/* Whatever it says: an expression, or a mistake with a place in the text. */
static void any_text_is_survived(void **state) {
    (void)state;
    static const char *const words[] = {
        "status", "time", "body", "name",     "and", "or",    "not",
        "(",      ")",    "==",   "!=",       "<",   "<=",    ">",
        ">=",     "5",    "-1",   "contains", "5ms", "\"a\"", "\"\\",
        "\"",     "50%",  ",",    "9k",       "=",   "\xc3",  "1.2.3",
    };
    Rng r = { 31 };
    size_t good = 0;
    for (int i = 0; i < 10000; i++) {
        Text t = { 0 };
        size_t n = 1 + rng_next(&r) % (i % 2 ? 4 : 40);
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
        Arena a = { 0 };
        Err err = { 0 };
        const Expr *e = expr_compile(&a, text, names, SLOTS, &err);
        if (e) {
            good++;
            (void)expr_holds(e, values);
            assert_true(expr_uses(e) < 1u << SLOTS);
        } else {
            assert_true(err.text[0] != '\0');
            assert_true(err.column >= 1 && err.column <= (int)t.length + 1);
        }
        free(text);
        arena_close(&a);
        text_close(&t);
    }
    assert_true(good > 10); /* both ways were taken */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(units_of_numbers),
        cmocka_unit_test(escapes_in_texts),
        cmocka_unit_test(contains_is_about_bytes),
        cmocka_unit_test(precedence_is_c_s),
        cmocka_unit_test(what_decides_ends_it),
        cmocka_unit_test(uses_are_known),
        cmocka_unit_test(mistakes_say_where),
        cmocka_unit_test(mistakes_are_clean),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(any_text_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
