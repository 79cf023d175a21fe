/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "expr/regex.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MIB ((size_t)1 << 20)

/* What the pattern finds in a copy that ends where the text does. */
static const char *find(const char *pattern, const char *text, size_t length,
                        char *to, size_t size) {
    Arena a = { 0 };
    Err err = { 0 };
    const char *at;
    size_t n;
    const Regex *r = regex_compile(&a, pattern, strlen(pattern), &err);
    if (!r)
        fail_msg("%s: %d: %s", pattern, err.column, err.text);
    RegexScratch *s = regex_scratch_new();
    char *copy = malloc(length ? length : 1);
    memcpy(copy, text, length);
    bool found = regex_find(r, s, copy, length, &at, &n);
    if (found) {
        assert_true(at >= copy && n <= length &&
                    (size_t)(at - copy) <= length - n);
        snprintf(to, size, "%.*s", (int)n, at);
    }
    free(copy);
    regex_scratch_free(s);
    arena_close(&a);
    return found ? to : NULL;
}

static void what_is_found(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *text, *want; /* NULL: no match */
    } cases[] = {
        { "b+", "abbbc", "bbb" },
        { "a(b+)c", "abbbc", "bbb" },
        { "(a)(b)(c)", "abc", "a" },
        { "(x)?b", "ab", "b" },
        { "a(x)?b", "ab", "ab" },
        { "a(x)?(b)", "ab", "ab" },
        { "()b", "ab", "" },
        { "(?:a)(b)", "ab", "b" },
        { "(?<id>[0-9]+)", "id 42.", "42" },
        { "x", "abc", NULL },
        { "^b", "a\nb", NULL },
        { "(?m)^b", "a\nb", "b" },
        { "a.b", "a\nb", NULL },
        { "(?s)a.b", "a\nb", "a\nb" },
        { "(?i)HOME", "at home", "home" },
        { "a\\/b", "a/b", "a/b" },
        { "(.)\\1", "abccd", "c" },
        { "b\\Kc", "abc", "c" },
        { "^$", "", "" },
        { "^(?=.*x)(?!.*y).*$", "axb", "axb" },
        /* characters, where the pattern speaks of them; else bytes */
        { "^gr\xc3\xbc.e$",
          "gr\xc3\xbc\xc3\x9f"
          "e",
          "gr\xc3\xbc\xc3\x9f"
          "e" },
        { "^\\p{L}+",
          "\xc3\xbc"
          "b 1",
          "\xc3\xbc"
          "b" },
        { "^\\x{20ac}", "\xe2\x82\xac", "\xe2\x82\xac" },
        { "^.$", "\xc3\xbc", NULL },
        { "^..$", "\xc3\xbc", "\xc3\xbc" },
        /* what is no UTF-8 is no match, but does no harm */
        { "\xc3\xbc", "\xff\xfe \xc3 \xc3\xbc \xff", "\xc3\xbc" },
        { "\\p{L}", "\xff\xc3", NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[64];
        const char *got = find(cases[i].pattern, cases[i].text,
                               strlen(cases[i].text), buffer, sizeof buffer);
        const char *want = cases[i].want;
        if (!got != !want || (got && strcmp(got, want) != 0))
            fail_msg("%s in '%s' gave %s", cases[i].pattern, cases[i].text,
                     got ? got : "nothing");
    }
}

static void mistakes_say_where(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        int column;
        const char *says;
    } cases[] = {
        { "a(b", 4, "missing closing parenthesis" },
        { "ab)", 3, "unmatched closing parenthesis" },
        { "a[bc", 5, "missing terminating ]" },
        { "*a", 1, "quantifier" },
        { "a{2,1}", 6, "out of order" },
        { "\\", 2, "\\ at end" },
        { "(?<a>x)(?<a>y)", 13, "same name" },
        { "\\2(a)", 2, "non-existent" },
        { "\\Ca", 3, "\\C" },
        { "(?<n", 5, "" },
        { "\\p{Nope}", 9, "unknown property" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        const char *p = cases[i].pattern;
        assert_null(regex_compile(&a, p, strlen(p), &err));
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("%s gave %d: %s", p, err.column, err.text);
        assert_null(regex_compile(&a, p, strlen(p), NULL));
        arena_close(&a);
    }
}

static char *filled(const char *with, size_t length) {
    char *text = malloc(length);
    size_t n = strlen(with);
    for (size_t i = 0; i < length; i++)
        text[i] = with[i % n];
    return text;
}

/* Each would take from minutes to for ever; each gives up, and that is no
 * match. With PCRE2's JIT, and without it. */
static void no_answer_hangs(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *with;
    } cases[] = {
        { "(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" },
        { "(a|a)*c", "a" },
        { "(a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" },
        { "<a [^>]*>", "<a " },
        { "\\w+@\\w+\\.com", "a" },
        { "a.*b.*c.*d", "ab" },
        { "(?s)a.*b.*c.*d.*z", "abcd" },
        { "(a*)*\\1b", "a" },
        { "(.+)\\1\\1x", "ab" },
        { "^(?:[^\"\\\\]|\\\\.)*\"", "a" },
        { "(?:(?:a?){40}){40}b", "a" },
        { "\\p{L}+@", "\xc3\xbc" },
        { "\\p{L}", "\xff" },
        { "(?<=\xc3\xbc.)x", "\xff\xc3\xbc" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[8];
        char interpreted[64];
        char *text = filled(cases[i].with, MIB);
        snprintf(interpreted, sizeof interpreted, "(*NO_JIT)%s",
                 cases[i].pattern);
        assert_null(find(cases[i].pattern, text, MIB, buffer, sizeof buffer));
        assert_null(find(interpreted, text, MIB, buffer, sizeof buffer));
        free(text);
    }
}

/* And large answers are searched to their end. */
static void large_answers_are_searched(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *with, *tail, *want;
    } cases[] = {
        { "\"id\": *\"([^\"]*)\"", "{\"name\": \"some text\"}, ",
          "\"id\": \"x17\"", "x17" },
        { "([a-z]+)@example", "lorem ipsum dolor sit. ", " me@example.org",
          "me" },
        { "total=(\\d+)$", "item=1 total=2 ", "total=3", "3" },
        { "^(?:.*\\n)*last (\\w+)", "a line of a log\n", "\nlast word",
          "word" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char buffer[16];
        size_t n = strlen(cases[i].tail);
        size_t length = i == 3 ? 16384 : MIB;
        char *text = filled(cases[i].with, length);
        memcpy(text + length - n, cases[i].tail, n);
        const char *got =
            find(cases[i].pattern, text, length, buffer, sizeof buffer);
        if (!got || strcmp(got, cases[i].want) != 0)
            fail_msg("%s gave %s", cases[i].pattern, got ? got : "nothing");
        free(text);
    }
}

/* One scratch serves all patterns, in any order. */
static void a_scratch_is_used_again(void **state) {
    (void)state;
    Arena a = { 0 };
    RegexScratch *s = regex_scratch_new();
    const Regex *one = regex_compile(&a, "(b)", 3, NULL);
    const Regex *many = regex_compile(&a, "(.)(.)(.)(.)(.)", 15, NULL);
    const Regex *plain = regex_compile(&a, "c", 1, NULL);
    const Regex *slow = regex_compile(&a, "(a+)+$", 6, NULL);
    char *text = filled("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 65536);
    const char *at;
    size_t n;
    for (int i = 0; i < 3; i++) {
        assert_true(regex_find(many, s, "abcde", 5, &at, &n));
        assert_int_equal(*at, 'a');
        assert_false(regex_find(slow, s, text, 65536, &at, &n));
        assert_true(regex_find(one, s, "abcde", 5, &at, &n));
        assert_int_equal(*at, 'b');
        assert_true(regex_find(plain, s, "abcde", 5, &at, &n));
        assert_int_equal(*at, 'c');
        assert_false(regex_find(many, s, "abcd", 4, &at, &n));
    }
    free(text);
    regex_scratch_free(s);
    regex_scratch_free(NULL);
    arena_close(&a);
    arena_close(&a); /* its ends are called once */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found),
        cmocka_unit_test(mistakes_say_where),
        cmocka_unit_test(no_answer_hangs),
        cmocka_unit_test(large_answers_are_searched),
        cmocka_unit_test(a_scratch_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
