/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/text.h"
#include "profile/vars.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DEEP 400

typedef struct Own {
    const char *name, *value;
} Own;

/* A scope with these entries of [vars] and two extracted names. */
static VarScope scope_of(VarEntry *entries, const Own *own, size_t count) {
    static const char *const extracted[] = { "order_id", "token" };
    for (size_t i = 0; i < count; i++)
        entries[i] = (VarEntry){ .name = own[i].name,
                                 .value = own[i].value };
    return (VarScope){ .entries = entries,
                       .entry_count = count,
                       .extracted = extracted,
                       .extracted_count = COUNT(extracted) };
}

static const Own own[] = {
    { "host", "db" },         { "url", "${host}:80" },
    { "empty", "" },          { "greeting", "hi ${vu}, ${token}!" },
    { "twice", "${greeting}|${greeting}" },
    { "secret", "${env.ONRUSH_TEST_VAR}" },
};

static void texts_are_replaced(void **state) {
    (void)state;
    static const struct {
        const char *value, *text;
        size_t count;
        VarKind kinds[4];
    } cases[] = {
        { "${host}", "db", 0, { 0 } },
        { "a${url}b${empty}c", "adb:80bc", 0, { 0 } },
        { "${ host }", "db", 0, { 0 } },
        { "<${secret}>", "<${vu}$>", 0, { 0 } }, /* and not read again */
        { "${greeting}", "hi ${vu}, ${token}!", 2, { VAR_VU, VAR_EXTRACTED } },
        { "${url}${twice}",
          "db:80hi ${vu}, ${token}!|hi ${vu}, ${token}!", 4,
          { VAR_VU, VAR_EXTRACTED, VAR_VU, VAR_EXTRACTED } },
        { "${order_id}${token}", "${order_id}${token}", 2,
          { VAR_EXTRACTED, VAR_EXTRACTED } },
        { "no ${vu} $ {host} $${host}", "no ${vu} $ {host} $db", 1,
          { VAR_VU } },
    };
    VarEntry entries[COUNT(own)];
    VarScope s = scope_of(entries, own, COUNT(own));
    setenv("ONRUSH_TEST_VAR", "${vu}$", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena arena = { 0 };
        Vars vars;
        Err err = { 0 };
        const char *text =
            vars_read(cases[i].value, &s, &arena, &vars, &err);
        if (!text)
            fail_msg("case %zu: %s", i, err.text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(vars.count, cases[i].count);
        for (size_t k = 0; k < vars.count; k++) {
            const Var *v = &vars.items[k];
            assert_int_equal(v->kind, cases[i].kinds[k]);
            assert_memory_equal(text + v->at, "${", 2);
            assert_int_equal(text[v->at + v->length - 1], '}');
        }
        for (size_t k = 0; k < COUNT(own); k++)
            entries[k].state = VAR_UNREAD; /* their texts are in the arena */
        arena_close(&arena);
    }
}

static void slots_are_those_of_the_names(void **state) {
    (void)state;
    VarScope s = scope_of(NULL, NULL, 0);
    Arena arena = { 0 };
    Vars vars;
    assert_non_null(vars_read("${token}${order_id}", &s, &arena, &vars, NULL));
    assert_int_equal(vars.items[0].slot, 1);
    assert_int_equal(vars.items[1].slot, 0);
    arena_close(&arena);
}

/* Wherever a byte of the text came from. */
static void bytes_know_their_column(void **state) {
    (void)state;
    static const char value[] = "ab${host}cd${url}${vu}e";
    VarEntry entries[COUNT(own)];
    VarScope s = scope_of(entries, own, COUNT(own));
    Arena arena = { 0 };
    Vars vars;
    const char *text = vars_read(value, &s, &arena, &vars, NULL);
    assert_string_equal(text, "abdbcddb:80${vu}e");
    static const int want[] = { 1,  2,  3,  3,  10, 11, 12, 12, 12,
                                12, 12, 18, 19, 20, 21, 22, 23, 24 };
    for (size_t i = 0; i <= strlen(text); i++)
        assert_int_equal(vars_column(&vars, i), want[i]);
    assert_int_equal(vars_column(&(Vars){ 0 }, 7), 8);
    assert_true(vars_cover(&vars, 11));
    assert_false(vars_cover(&vars, 16));
    arena_close(&arena);
}

static void mistakes_are_told(void **state) {
    (void)state;
    static const struct {
        const char *value;
        int column;
        const char *says;
    } cases[] = {
        { "ab${hosd}", 3, "there is no variable 'hosd'; did you mean 'host'?" },
        { "${tokem}", 1, "did you mean 'token'?" },
        { "${uuidd}", 1, "did you mean 'uuid'?" },
        { "${zzzzzzz}", 1, "${random A B}" },
        { "${zzzzzzz}", 1, ", ${greeting}" },
        { "${zzzzzzz}", 1, ", ${token}" },
        { "${host.x}", 1, "no variable 'host.x'" },
        { "${token.x}", 1, "no variable 'token.x'" },
        { "${vu.x}", 1, "no variable 'vu.x'" },
        { "${host 5}", 8, "nothing stands behind" },
        { "${token 5}", 9, "nothing stands behind" },
        { "${env}", 1, "${env.NAME}" },
        { "${env.ONRUSH_NO_SUCH}", 1, "the environment has no" },
        { "${}", 1, "there is no variable ''" },
        { "x${", 2, "no closing }" },
        { "${host}${vu", 8, "no closing }" },
    };
    VarEntry entries[COUNT(own)];
    VarScope s = scope_of(entries, own, COUNT(own));
    Arena arena = { 0 };
    setenv("ONRUSH_TEST_VAR", "", 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Vars vars;
        Err err = { 0 };
        if (vars_read(cases[i].value, &s, &arena, &vars, &err))
            fail_msg("case %zu was taken", i);
        if (err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("case %zu: %d: %s", i, err.column, err.text);
    }
    arena_close(&arena);
}

/* One of them tells it, once. */
static void circles_are_told(void **state) {
    (void)state;
    static const struct {
        Own own[4];
        const char *says;
        size_t who;
        int column;
    } cases[] = {
        { { { "a", "x${a}" } }, "a → a", 0, 2 },
        { { { "a", "${b}" }, { "b", "-${a}" } }, "a → b → a", 1, 2 },
        { { { "a", "${b}" }, { "b", "${c}" }, { "c", "${d}" },
            { "d", "${b}" } },
          "b → c → d → b", 3, 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        VarEntry entries[4];
        Arena arena = { 0 };
        size_t count = 0, told = 0;
        while (count < 4 && cases[i].own[count].name)
            count++;
        VarScope s = scope_of(entries, cases[i].own, count);
        for (size_t k = 0; k < count; k++) {
            Err err = { 0 };
            if (vars_read_entry(&s, &entries[k], &arena, &err) == 0)
                continue;
            told++;
            assert_int_equal(k, cases[i].who);
            assert_int_equal(err.column, cases[i].column);
            if (!strstr(err.text, cases[i].says))
                fail_msg("case %zu: %s", i, err.text);
        }
        assert_int_equal(told, 1);
        assert_null(s.reading);
        arena_close(&arena);
    }
}

/* Each twice the one before: 2^400 bytes. */
static void texts_do_not_grow_for_ever(void **state) {
    (void)state;
    static char names[DEEP][16], values[DEEP][48];
    static Own list[DEEP];
    static VarEntry entries[DEEP];
    for (int i = 0; i < DEEP; i++) {
        snprintf(names[i], sizeof names[i], "v%d", i);
        snprintf(values[i], sizeof values[i], "${v%d}${v%d}", i + 1, i + 1);
        list[i] = (Own){ names[i], i + 1 < DEEP ? values[i] : "xy" };
    }
    VarScope s = scope_of(entries, list, DEEP);
    Arena arena = { 0 };
    size_t refused = 0;
    for (int i = 0; i < DEEP; i++) {
        Err err = { 0 };
        if (vars_read_entry(&s, &entries[i], &arena, &err) == 0)
            continue;
        refused++;
        assert_non_null(strstr(err.text, "longer than 256 KiB"));
    }
    assert_true(refused > 0);
    arena_close(&arena);
}

static void expressions_ask_by_number(void **state) {
    (void)state;
    VarEntry entries[COUNT(own)];
    VarScope s = scope_of(entries, own, COUNT(own));
    Arena arena = { 0 };
    Err err = { 0 };
    uint32_t url, token, again, greeting;
    assert_int_equal(vars_ask(&s, "url and more", 3, &arena, &url, &err), 0);
    assert_int_equal(vars_ask(&s, "token", 5, &arena, &token, &err), 0);
    assert_int_equal(vars_ask(&s, "url", 3, &arena, &again, &err), 0);
    assert_int_equal(vars_ask(&s, "greeting", 8, &arena, &greeting, &err), 0);
    assert_int_equal(again, url);
    assert_int_not_equal(token, url);
    assert_string_equal(s.asked[url].is.text, "db:80");
    assert_int_equal(s.asked[token].is.vars.items[0].slot, 1);
    assert_int_equal(s.asked[greeting].is.vars.count, 2);
    assert_int_equal(vars_ask(&s, "tokn", 4, &arena, &again, &err), -1);
    assert_non_null(strstr(err.text, "did you mean 'token'"));
    assert_int_equal(vars_ask(&s, "uuid", 4, &arena, &again, &err), -1);
    assert_non_null(strstr(err.text, "drawn anew"));
    assert_int_equal(vars_ask(&s, "random 1 6", 10, &arena, &again, &err), -1);
    assert_non_null(strstr(err.text, "drawn anew"));
    vars_close(&s);
    arena_close(&arena);
}

static void names_are_checked(void **state) {
    (void)state;
    static const struct {
        const char *name, *says; /* NULL: it is good */
        int column;
    } cases[] = {
        { "a", NULL, 0 },          { "_x9", NULL, 0 },
        { "order_id", NULL, 0 },   { "", "begins with a letter", 1 },
        { "9a", "begins with", 1 }, { "a-b", "letters, digits and _", 2 },
        { "a.b", "letters", 2 },   { "a b", "letters", 2 },
        { "vu", "onrush itself", 1 }, { "env", "onrush itself", 1 },
        { "NAME", NULL, 0 },       { "\xc3\xa4", "letters", 1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Err err = { 0 };
        int rc = vars_check_name(cases[i].name, &err);
        if (rc != (cases[i].says ? -1 : 0) ||
            (rc && (!strstr(err.text, cases[i].says) ||
                    err.column != cases[i].column)))
            fail_msg("'%s': %d: %s", cases[i].name, err.column, err.text);
    }
    char name[VARS_NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    name[VARS_NAME_MAX] = '\0';
    assert_int_equal(vars_check_name(name, NULL), 0);
    name[VARS_NAME_MAX] = 'x';
    name[VARS_NAME_MAX + 1] = '\0';
    assert_int_equal(vars_check_name(name, NULL), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_replaced),
        cmocka_unit_test(slots_are_those_of_the_names),
        cmocka_unit_test(bytes_know_their_column),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(circles_are_told),
        cmocka_unit_test(texts_do_not_grow_for_ever),
        cmocka_unit_test(expressions_ask_by_number),
        cmocka_unit_test(names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
