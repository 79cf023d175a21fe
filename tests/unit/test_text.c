/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/text.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void outside_text_is_cleaned(void **state) {
    (void)state;
    static const struct {
        const char *from;
        size_t length; /* 0: strlen */
        const char *want;
    } cases[] = {
        { "", 0, "" },
        { "plain text ~", 0, "plain text ~" },
        { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\x80", 0,
          "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\x80" },
        /* C0, DEL, and what a terminal acts on */
        { "a\0b", 3, "a?b" },
        { "a\x1b[31mred", 0, "a?[31mred" },
        { "\x1b]0;title\x07", 0, "?]0;title?" },
        { "\x1b]52;c;AAAA\x1b\\", 0, "?]52;c;AAAA?\\" },
        { "a\r\nb\tc\x7f", 0, "a??b c?" },
        /* C1, as UTF-8 and as bare bytes */
        { "\xc2\x80\xc2\x9b\xc2\x9f|", 0, "???|" },
        { "\x9b\x33\x31m", 0, BAD "31m" },
        { "\xc2\xa0", 0, "\xc2\xa0" },
        /* marks, embeddings, overrides, isolates; zero width; line ends */
        { "\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f|", 0, "???|" },
        { "\xe2\x80\xaa\xe2\x80\xae|\xe2\x81\xa6\xe2\x81\xa9", 0, "??|??" },
        { "\xe2\x80\x8b\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf|", 0, "????|" },
        { "\xe2\x80\x90\xe2\x80\xa7", 0, "\xe2\x80\x90\xe2\x80\xa7" },
        /* overlong forms, of '/', NUL, ESC and the euro sign */
        { "\xc0\xaf", 0, BAD BAD },
        { "\xc0\x80", 0, BAD BAD },
        { "\xe0\x80\x9b", 0, BAD BAD BAD },
        { "\xf0\x82\x82\xac", 0, BAD BAD BAD BAD },
        /* surrogates, beyond the last plane, bytes that never occur */
        { "\xed\xa0\x80", 0, BAD BAD BAD },
        { "\xed\xbf\xbf", 0, BAD BAD BAD },
        { "\xed\x9f\xbf", 0, "\xed\x9f\xbf" },
        { "\xf4\x90\x80\x80", 0, BAD BAD BAD BAD },
        { "\xf4\x8f\xbf\xbd", 0, "\xf4\x8f\xbf\xbd" },
        /* what is no character; tags, notes, and others that show nothing */
        { "\xf4\x8f\xbf\xbf\xef\xbf\xbe|", 0, "??|" },
        { "\xf3\xa0\x81\x81\xf3\xa0\x80\x81|", 0, "??|" },
        { "\xef\xbf\xb9\xef\xbf\xbb\xc2\xad\xcd\x8f\xe1\xa0\x8e|", 0,
          "?????|" },
        { "\xfe\xff", 0, BAD BAD },
        { "\xf8\x88\x80\x80\x80", 0, BAD BAD BAD BAD BAD },
        /* cut, interrupted, lonely */
        { "\xe2\x82", 0, BAD BAD },
        { "\xe2\x82|", 0, BAD BAD "|" },
        { "\xe2\x1b[m", 0, BAD "?[m" },
        { "\x80", 0, BAD },
        { "\xc3", 0, BAD },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *from = cases[i].from;
        size_t n = cases[i].length ? cases[i].length : strlen(from);
        /* on the heap, so that a read too far is seen */
        char *copy = malloc(n ? n : 1), to[64];
        memcpy(copy, from, n);
        assert_ptr_equal(text_clean(to, sizeof to, copy, n), to);
        if (strcmp(to, cases[i].want) != 0)
            fail_msg("case %zu gave '%s'", i, to);
        free(copy);
    }
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* At any size: the longest beginning of whole characters that fits. */
static void cleaning_cuts_at_a_character(void **state) {
    (void)state;
    const char from[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x9a\x80\xff"
                        "\x1b\xe2\x80\xaez";
    char whole[64];
    text_clean(whole, sizeof whole, from, sizeof from - 1);
    size_t length = strlen(whole);
    for (size_t size = 1; size <= length + 2; size++) {
        char *to = malloc(size);
        text_clean(to, size, from, sizeof from - 1);
        size_t n = strlen(to);
        assert_memory_equal(to, whole, n);
        assert_false(is_continuation(whole[n]));
        size_t next = n + 1;
        while (next < length && is_continuation(whole[next]))
            next++;
        assert_true(n == length || next >= size);
        free(to);
    }
}

static bool is_clean(const char *s) {
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20 || c == 0x7f)
            return false;
        if (c == 0xc2 && (unsigned char)s[1] < 0xa0)
            return false;
    }
    return true;
}

/* Cleaning again changes nothing: all that is left is harmless. */
static void cleaned_text_is_clean(void **state) {
    (void)state;
    static const unsigned char likely[] = { 0x1b, 0x9b, 0xc2, 0xe2, 0x80, 0x8e,
                                            0xed, 0xa0, 0xf0, 0x9f, 0xef, 0xbb,
                                            0xbf, 0x81, 0xa6, 'a' };
    Rng r = { 9 };
    for (int i = 0; i < 20000; i++) {
        char from[24], once[100], twice[100];
        size_t n = rng_next(&r) % sizeof from;
        for (size_t k = 0; k < n; k++) {
            uint64_t x = rng_next(&r);
            from[k] = (char)(x & 1 ? x >> 8 : likely[(x >> 8) % sizeof likely]);
        }
        text_clean(once, sizeof once, from, n);
        assert_true(is_clean(once));
        text_clean(twice, sizeof twice, once, strlen(once));
        assert_string_equal(once, twice);
    }
}

static void distances_are_known(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        size_t want;
    } cases[] = {
        { "", "", 0 },
        { "", "abc", 3 },
        { "timeout", "timeout", 0 },
        { "TimeOut", "timeout", 0 },
        { "timeot", "timeout", 1 },
        { "timeoutt", "timeout", 1 },
        { "timeput", "timeout", 1 },
        { "itmeout", "timeout", 1 }, /* neighbours swapped */
        { "tiemotu", "timeout", 2 },
        { "ca", "abc", 3 }, /* no edit inside a swapped pair */
        { "kitten", "sitting", 3 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(text_distance(cases[i].a, cases[i].b), cases[i].want);
        assert_int_equal(text_distance(cases[i].b, cases[i].a), cases[i].want);
    }
}

/* The definition, recursively. */
static size_t slow_distance(const char *a, size_t n, const char *b, size_t m) {
    if (n == 0 || m == 0)
        return n + m;
    size_t d = slow_distance(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
    size_t x = slow_distance(a, n - 1, b, m) + 1;
    size_t y = slow_distance(a, n, b, m - 1) + 1;
    d = x < d ? x : d;
    d = y < d ? y : d;
    if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1]) {
        x = slow_distance(a, n - 2, b, m - 2) + 1;
        d = x < d ? x : d;
    }
    return d;
}

static void distances_follow_the_definition(void **state) {
    (void)state;
    Rng r = { 21 };
    for (int i = 0; i < 500; i++) {
        char a[7] = "", b[7] = "";
        size_t n = rng_next(&r) % 7, m = rng_next(&r) % 7;
        for (size_t k = 0; k < n; k++)
            a[k] = (char)('a' + rng_next(&r) % 3);
        for (size_t k = 0; k < m; k++)
            b[k] = (char)('a' + rng_next(&r) % 3);
        assert_int_equal(text_distance(a, b), slow_distance(a, n, b, m));
    }
}

static void the_nearest_name_is_found(void **state) {
    (void)state;
    static const char *const names[] = { "timeout", "header", "url", "think" };
    static const struct {
        const char *wrote, *want;
    } cases[] = {
        { "timeot", "timeout" }, { "itmeout", "timeout" },
        { "haeder", "header" },  { "ulr", "url" },
        { "URL", "url" },        { "thnk", "think" },
        { "zzz", NULL },         { "", NULL },
        { "te", NULL },          { "tmt", NULL }, /* further than a third */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *got = text_nearest(cases[i].wrote, names, COUNT(names));
        if (!cases[i].want)
            assert_null(got);
        else
            assert_string_equal(got, cases[i].want);
    }
    assert_null(text_nearest("timeout", names, 0));
}

/* 63 bytes are compared, 64 are far from everything: also from a third of
 * a very long word. */
static void long_words_are_near_nothing(void **state) {
    (void)state;
    char a[400], b[400];
    memset(a, 'x', sizeof a);
    memset(b, 'x', sizeof b);
    a[63] = b[63] = '\0';
    b[0] = 'y';
    assert_int_equal(text_distance(a, b), 1);
    const char *const names[] = { b, "timeout" };
    assert_ptr_equal(text_nearest(a, names, 2), b);
    for (size_t n = 64; n < sizeof a; n += 67) {
        memset(a, 'x', sizeof a);
        a[n] = '\0';
        assert_null(text_nearest(a, names, 2));
        assert_true(text_distance(a, b) >= 63);
    }
}

static void a_text_grows(void **state) {
    (void)state;
    Text t = { 0 };
    text_clear(&t);
    text_add(&t, NULL, 0);
    assert_string_equal(t.bytes, "");
    text_adds(&t, "abc");
    text_add(&t, "\0d", 2);
    assert_int_equal(t.length, 5);
    assert_memory_equal(t.bytes, "abc\0d", 6);
    text_clear(&t);
    assert_string_equal(t.bytes, "");

    /* byte by byte over every boundary, always terminated */
    for (size_t i = 0; i < 5000; i++) {
        char c = (char)('a' + i % 26);
        text_add(&t, &c, 1);
        assert_int_equal(t.length, i + 1);
        assert_true(t.cap > t.length);
        assert_int_equal(t.bytes[t.length], '\0');
    }
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(t.bytes[i], 'a' + i % 26);
    text_close(&t);
    assert_null(t.bytes);
    assert_int_equal(t.cap, 0);
}

static void a_text_is_formatted(void **state) {
    (void)state;
    Text t = { 0 };
    /* lengths around the first capacity */
    for (int width = 55; width < 75; width++) {
        text_close(&t);
        text_addf(&t, "%*d", width, 7);
        assert_int_equal(t.length, width);
        assert_int_equal(t.bytes[width - 1], '7');
        text_addf(&t, "%s", "");
        assert_int_equal(t.length, width);
    }
    text_clear(&t);
    char *big = mem_alloc(100001, 1);
    memset(big, 'b', 100000);
    text_addf(&t, "<%s>", big);
    assert_int_equal(t.length, 100002);
    assert_int_equal(t.bytes[100001], '>');
    free(big);

    char *taken = text_take(&t);
    assert_int_equal(strlen(taken), 100002);
    assert_null(t.bytes);
    assert_int_equal(t.length, 0);
    free(taken);
    taken = text_take(&t);
    assert_string_equal(taken, "");
    free(taken);
}

static void ends_are_trimmed(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "", "" },
        { " \t\r\n", "" },
        { "a", "a" },
        { " a ", "a" },
        { "a b", "a b" },
        { "\ta b\n", "a b" },
        { "  \xc3\xa4  ", "\xc3\xa4" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *copy = mem_dup_text(cases[i].text);
        assert_string_equal(text_trim(copy), cases[i].want);
        free(copy);
    }
    assert_true(text_starts("request home", "request"));
    assert_true(text_starts("x", ""));
    assert_false(text_starts("req", "request"));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "A"));
}

/* Mistakes come by line and column, and quote a file without its control
 * bytes. */
static void mistakes_are_listed(void **state) {
    (void)state;
    Diags d;
    diags_init(&d, "a.ini");
    diags_sort(&d);
    diags_add(&d, 7, 0, "seventh '%s'", "\x1b[31m\xc3\xbc\xff");
    diags_add(&d, 3, 9, "third, later");
    diags_add(&d, 0, 0, "the whole file");
    diags_add(&d, 3, 2, "third");
    char big[3000];
    memset(big, 'b', sizeof big);
    big[sizeof big - 1] = '\0';
    diags_add(&d, 9, 1, "%s", big);
    diags_sort(&d);
    char *got = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&got, &n);
    assert_non_null(f);
    diags_print(&d, f);
    fclose(f);
    const char want[] = "a.ini: the whole file\n"
                        "a.ini:3:2: third\n"
                        "a.ini:3:9: third, later\n"
                        "a.ini:7: seventh '?[31m\xc3\xbc" BAD "'\n"
                        "a.ini:9:1: bbb";
    assert_true(n > sizeof want && n < sizeof want + 2 * ERR_TEXT_MAX);
    assert_memory_equal(got, want, sizeof want - 1);
    assert_int_equal(got[n - 1], '\n');
    free(got);
    diags_close(&d);

    Err err = { .column = 5 };
    assert_int_equal(err_set(&err, "%s", big), -1);
    assert_int_equal(err.column, 0);
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
    assert_int_equal(err_at(&err, 4, "x"), -1);
    assert_int_equal(err.column, 4);
    assert_int_equal(err_at(NULL, 4, "x"), -1);
    assert_int_equal(err_set(NULL, "x"), -1);
}

static void the_middle_is_left_out(void **state) {
    (void)state;
    char to[16], longer[64];
    static const struct {
        const char *from, *to;
    } cases[] = {
        { "", "" },
        { "fifteen bytes!!", "fifteen bytes!!" },
        { "abcdefghijklmnop", "abcdef...klmnop" },
        /* characters stay whole */
        { "abcdeéfghijklmnop", "abcde...klmnop" },
        { "abcdefghijékjlmn", "abcdef...kjlmn" },
        { "ééééééééééé", "ééé...ééé" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(text_shorten(to, sizeof to, cases[i].from),
                            cases[i].to);
    memset(longer, '\x80', sizeof longer - 1); /* no UTF-8: no harm */
    longer[sizeof longer - 1] = '\0';
    assert_string_equal(text_shorten(to, sizeof to, longer), "...");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_middle_is_left_out),
        cmocka_unit_test(outside_text_is_cleaned),
        cmocka_unit_test(cleaning_cuts_at_a_character),
        cmocka_unit_test(cleaned_text_is_clean),
        cmocka_unit_test(distances_are_known),
        cmocka_unit_test(distances_follow_the_definition),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(long_words_are_near_nothing),
        cmocka_unit_test(a_text_grows),
        cmocka_unit_test(a_text_is_formatted),
        cmocka_unit_test(ends_are_trimmed),
        cmocka_unit_test(mistakes_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
