/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "expr_input.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

typedef struct Case {
    const char *text;
    bool want;
} Case;

static void all_hold(const Case *cases, size_t n, const char *body) {
    for (size_t i = 0; i < n; i++)
        if (holds_of(cases[i].text, body) != cases[i].want)
            fail_msg("%s should %shold", cases[i].text,
                     cases[i].want ? "" : "not ");
}

static void comparisons(void **state) {
    (void)state;
    static const Case cases[] = {
        { "status == 404", true },
        { "status==404", true },
        { "status != 404", false },
        { "status < 404", false },
        { "status <= 404", true },
        { "status > 403.5", true },
        { "status >= 404.5", false },
        { "404 == status", true },
        { "400 < status", true },
        { "(status) == (404)", true },
        { "1 < 2", true },
        { "-1 < 0", true },
        { "status > -1", true },
        { "time >= status", false },
        { "time < 251", true },
        { "time < 0.249s", false },
        { "size == 12KiB", true },
        { "failed", false },
        { "not failed", true },
        { "failed == false", true },
        { "failed != false", false },
        { "true", true },
        { "false", false },
        { "true == true", true },
        { "true != false", true },
        { "body == \"home\"", true },
        { "body == \"hom\"", false },
        { "body == \"homes\"", false },
        { "body == \"Home\"", false },
        { "body != \"order\"", true },
        { "body != \"home\"", false },
        { "\"home\" == body", true },
        { "body contains \"om\"", true },
        { "\"x home y\" contains body", true },
        { "body matches /^h.m/", true },
        { "body matches /^o/", false },
        { "not body matches /^o/", true },
        { "  \tstatus\n==\r404  ", true },
    };
    all_hold(cases, COUNT(cases), "home");
}

static void units_of_numbers(void **state) {
    (void)state;
    static const char *const equal[] = {
        "250ms == time", "0.25s == time",   "time == 250000us", "1m == 60s",
        "1h == 60m",     "1s == 1000",      "1k == 1000",       "1M == 1000k",
        "1KiB == 1024",  "1MiB == 1024KiB", "50% == 0.5",       "0.5% == 0.005",
        ".5 == 0.5",     "5. == 5",         "-2k == -2000",     "1.5k == 1500",
        "007 == 7",      "-.5 == -0.5",
    };
    for (size_t i = 0; i < COUNT(equal); i++)
        if (!holds_of(equal[i], NULL))
            fail_msg("%s", equal[i]);
    Lexer l;
    assert_int_equal(lexer_start(&l, "30s 5 5% 2k", NULL), 0);
    static const bool times[] = { true, false, false, false };
    static const bool shares[] = { false, false, true, false };
    for (size_t i = 0; i < COUNT(times); i++) {
        assert_int_equal(l.now.kind, TOKEN_NUMBER);
        assert_int_equal(l.now.is_time, times[i]);
        assert_int_equal(l.now.is_share, shares[i]);
        assert_int_equal(lexer_next(&l, NULL), 0);
    }
    assert_int_equal(l.now.kind, TOKEN_END);
    static const char *const names[] = {
        [COMPARE_EQ] = "==", [COMPARE_NE] = "!=", [COMPARE_LT] = "<",
        [COMPARE_LE] = "<=", [COMPARE_GT] = ">",  [COMPARE_GE] = ">=",
    };
    for (int op = COMPARE_EQ; op <= COMPARE_GE; op++) {
        char text[32];
        snprintf(text, sizeof text, "1 %s 2", names[op]);
        assert_int_equal(holds_of(text, NULL),
                         compare_numbers((CompareOp)op, 1, 2));
        assert_int_equal(compare_numbers(compare_turned((CompareOp)op), 2, 1),
                         compare_numbers((CompareOp)op, 1, 2));
        assert_int_equal(compare_turned((CompareOp)op) == (CompareOp)op,
                         op <= COMPARE_NE);
    }
}

static void escapes_in_texts(void **state) {
    (void)state;
    static const Case cases[] = {
        { "body contains \"\\\"ok\\\"\"", true },
        { "body contains \"\\n\\tand\"", true },
        { "body contains \"\\r\"", true },
        { "body contains \"\\\\\"", true },
        { "\"\\\\n\" == \"\\n\"", false },
        { "\"a or b (c) , == 'd' /\" contains \"or b (c) , == 'd\"", true },
        { "\"gr\xc3\xbc\xc3\x9f\" contains \"\xc3\xbc\"", true },
        { "\"\\u00fc\" == \"\xc3\xbc\"", true },
        { "\"\\u20AC\" == \"\xe2\x82\xac\"", true },
        { "\"\\ud83d\\ude00\" == \"\xf0\x9f\x98\x80\"", true },
        { "\"\\u0041\\u0000\" == \"A\"", false },
        { "\"\\u0041\\u0000\" contains \"\\u0000\"", true },
    };
    all_hold(cases, COUNT(cases), "say \"ok\"\n\tand\r\\");
}

/* Bodies are bytes: NUL is one of them, and their end is not marked. */
static void contains_is_about_bytes(void **state) {
    (void)state;
    static const struct {
        const char *text, *body;
        size_t length;
        bool want;
    } cases[] = {
        { "body contains \"b\\u0000\"", "a\0b\0c", 5, true },
        { "body contains \"b\\u0000d\"", "a\0b\0d", 4, false },
        { "body contains \"ab\"", "aab", 3, true },
        { "body contains \"abc\"", "abc", 2, false },
        { "body contains \"bc\"", "abc", 2, false },
        { "body contains \"a\"", NULL, 0, false },
        { "body contains \"\"", NULL, 0, true },
        { "body contains \"\"", "a", 1, true },
        { "body == \"\"", NULL, 0, true },
        { "body == \"a\"", "a\0b", 3, false },
        { "body == \"a\\u0000b\"", "a\0b", 3, true },
        { "body matches /a.b$/", "a\0bc", 3, true },
        { "body matches /c/", "a\0bc", 3, false },
        { "body matches /^$/", NULL, 0, true },
        { "json.a == 1", "{\"a\":12}", 6, false },
        { "json.a != 1", NULL, 0, true },
        { "json", "[1]]", 3, true },
        { "json", NULL, 0, false },
        { "regex /a(.)/ == \"\\u0000\"", "a\0b", 3, true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ExprInput in = input_of(NULL);
        char *copy = NULL;
        if (cases[i].body) { /* no byte behind its end */
            copy = malloc(cases[i].length);
            memcpy(copy, cases[i].body, cases[i].length);
        }
        in.body = copy;
        in.body_length = cases[i].length;
        if (expr_holds(compiled(&a, cases[i].text), &in) != cases[i].want)
            fail_msg("%s, case %zu", cases[i].text, i);
        free(copy);
        arena_close(&a);
    }
}

static const char document[] =
    "{\"state\": \"done\", \"count\": 5, \"text5\": \"5\", \"zero\": 0,"
    " \"none\": null, \"yes\": true, \"no\": false, \"empty\": \"\","
    " \"odd key\": {\"x\": [10, {\"to\": \"\\u00e9\\n\"}]},"
    " \"odd\\u0020too\": 1, \"list\": [1, \"two\", 3.0, null, \"fo\\u0075r\"],"
    " \"nothing\": [ ], \"hollow\": {}, \"big\": 12345678901234567890,"
    " \"same\": \"\\u00e9\\n\", \"say\": \"\\\"hi\\\"\","
    " \"sigh\": \"\\\"oh\\\"\"}";

static void values_in_json(void **state) {
    (void)state;
    static const Case cases[] = {
        { "json", true },
        { "not json", false },
        { "json == true", true },
        { "json.state == \"done\"", true },
        { "json.state == \"don\"", false },
        { "\"done\" == json.state", true },
        { "json.state != \"done\"", false },
        { "json.count == 5", true },
        { "json.count == 5.0", true },
        { "json.count != 5", false },
        { "json.count < 5.5", true },
        { "6 > json.count", true },
        { "json.count == \"5\"", true },
        { "json.text5 == 5", true },
        { "json.text5 >= 5", true },
        { "json.state == 5", false },
        { "json.state != 5", true },
        { "json.state < 5", false },
        { "json.state >= 5", false },
        { "json.yes == true", true },
        { "json.yes == false", false },
        { "json.yes == 1", false },
        { "json.no == false", true },
        { "json.none == null", true },
        { "json.none != null", false },
        { "json.none == 0", false },
        { "json.none == \"null\"", false },
        { "json.gone == null", false },
        { "json.gone != null", true },
        { "json.gone == json.gone", false },
        { "json.gone != json.gone", true },
        { "json.gone < 5 or json.gone >= 5", false },
        { "json.gone contains \"\"", false },
        { "json.state contains json.gone", false },
        { "json.gone matches /^/", false },
        { "json[\"odd key\"].x[0] == 10", true },
        { "json[\"odd key\"].x.0 == 10", true },
        { "json[\"odd key\"][\"x\"][1].to == \"\xc3\xa9\\n\"", true },
        { "json[\"odd\\u0020too\"] == 1", true },
        { "json[\"odd key\"].x[2] == 10", false },
        { "json[\"odd key\"].x.y == 10", false },
        { "json.state.x == 10", false },
        { "json[\"odd key\"].x[1].to == json.same", true },
        { "json.same == json[\"odd key\"].x[1].to", true },
        { "json.say != json.same", true },
        { "json.say == json.sigh", false },
        { "json.list contains 1", true },
        { "json.list contains \"1\"", true },
        { "json.list contains 3", true },
        { "json.list contains 2", false },
        { "json.list contains \"two\"", true },
        { "json.list contains \"wo\"", false },
        { "json.list contains \"four\"", true },
        { "json.list contains json.state", false },
        { "json.nothing contains 1", false },
        { "json.hollow contains \"a\"", false },
        { "json.state contains \"on\"", true },
        { "json.say matches /^\"hi\"$/", true },
        { "json.big matches /890$/", true },
        { "json.list matches /^\\[1, /", true },
        { "json.nothing == \"[ ]\"", true },
    };
    all_hold(cases, COUNT(cases), document);
    assert_false(holds_of("json", "{\"a\": 1} x"));
    assert_true(holds_of("json.a", "{\"a\": 1} x"));
}

static void headers_and_variables(void **state) {
    (void)state;
    static const Case cases[] = {
        { "header.Server == \"one\"", true },
        { "header.server == \"one\"", true },
        { "header.Content-Type == \"application/json\"", true },
        { "header.CONTENT-TYPE contains \"json\"", true },
        { "header.Content-Type matches /^application\\/(.*\\+)?json$/", true },
        { "header.X-Count == 42", true },
        { "header.X-Count == \"42\"", true },
        { "header.X-Count == \"42.0\"", false },
        { "header.X-Count == 42.0", true },
        { "header.X-Count < 43 and header.X-Count > 41", true },
        { "header.X-Count == 43", false },
        { "header.X-Flag == true", true },
        { "header.X-Flag != false", true },
        { "header.X-Empty == \"\"", true },
        { "header.X-Empty == 0", false },
        { "header.X-Gone == \"\"", false },
        { "header.X-Gone != \"\"", true },
        { "header.Serve == \"\"", false },
        { "header.Server-Timing contains \"dur=3\"", true },
        { "${home} == \"home\"", true },
        { "${five} == 5", true },
        { "${five} == header.X-Count", false },
        { "${big} == 12345", true },
        { "body contains ${big}", true },
        { "body contains ${home}", true },
        { "body contains ${measured}", false },
        { "body contains ${missing}", false },
        { "body contains ${empty}", true },
        { "${tree} contains 1", true },
        { "${tree} contains \"b\"", true },
        { "${tree} contains ${five}", false },
        { "${data.column 1} == \"x\"", true },
        { "${null} == null", true },
        { "regex /at ([0-9]+)/ == 12345", true },
        { "regex /at [0-9]+/ == \"at 12345\"", true },
        { "regex /at (x)?/ == \"at \"", true },
        { "regex /(\\d)(\\d)(\\d)(\\d)/ == 1", true },
        { "regex /gone/ == \"\"", false },
        { "regex /gone/ != \"\"", true },
    };
    all_hold(cases, COUNT(cases), "home at 12345");
}

static void what_stands_alone(void **state) {
    (void)state;
    static const Case cases[] = {
        { "json.state", true },
        { "json.count", true },
        { "json.zero", false },
        { "json.none", false },
        { "json.yes", true },
        { "json.no", false },
        { "json.empty", false },
        { "json.list", true },
        { "json.nothing", false },
        { "json.hollow", false },
        { "json[\"odd key\"]", true },
        { "json.gone", false },
        { "${home}", true },
        { "${empty}", false },
        { "${missing}", false },
        { "${zero}", false },
        { "${on}", true },
        { "${off}", false },
        { "${says_off}", false },
        { "${null}", false },
        { "${measured}", true },
        { "header.Server", true },
        { "header.X-Empty", false },
        { "header.X-Gone", false },
        { "regex /done/", true },
        { "regex /gone/", false },
        { "null", false },
        { "(json.yes) and not json.no", true },
        { "not json.yes or json.gone", false },
    };
    all_hold(cases, COUNT(cases), document);
}

/* Every combination of three truths, against C's own operators. */
static void precedence_is_c_s(void **state) {
    (void)state;
    static const ExprName abc[] = { { .name = "a" },
                                    { .name = "b" },
                                    { .name = "c" } };
    static const ExprScope scope = { .names = abc, .count = 3 };
    static const char *const texts[] = {
        "a == 1 or b == 1 and c == 1",      "(a == 1 or b == 1) and c == 1",
        "a == 1 and b == 1 or c == 1",      "a == 1 and (b == 1 or c == 1)",
        "not a == 1 and b == 1 or c == 1",  "not (a == 1 and b == 1) or c == 1",
        "not (a == 1 or b == 1 or c == 1)", "not not a == 1 and not not b == 1",
        "((((a == 1)))) or not ((b == 1))", "a == 1 and b == 1 and not c == 1",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        Arena arena = { 0 };
        Err err = { 0 };
        const Expr *e = expr_compile(&arena, texts[i], &scope, &err);
        assert_non_null(e);
        for (int k = 0; k < 8; k++) {
            bool a = k & 1, b = k & 2, c = k & 4;
            bool want[] = { a || (b && c),  (a || b) && c,  (a && b) || c,
                            a && (b || c),  (!a && b) || c, !(a && b) || c,
                            !(a || b || c), a && b,         a || !b,
                            a && b && !c };
            double numbers[] = { a, b, c };
            ExprInput in = { .numbers = numbers };
            if (expr_holds(e, &in) != want[i])
                fail_msg("%s with %d%d%d", texts[i], a, b, c);
        }
        arena_close(&arena);
    }
}

/* A body behind what decides already is not looked at. */
static void what_decides_ends_it(void **state) {
    (void)state;
    static const Case cases[] = {
        { "status == 404 or ${home}", true },
        { "status != 404 and ${home}", false },
        { "not (status > 404 and ${home})", true },
        { "status > 404 and ${home} and ${home}", false },
    };
    char other[] = "not to be asked";
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ExprInput in = input_of(NULL);
        in.data = other; /* variable_of asserts */
        assert_int_equal(expr_holds(compiled(&a, cases[i].text), &in),
                         cases[i].want);
        arena_close(&a);
    }
}

/* A measure that there is none of. */
static void numbers_may_be_missing(void **state) {
    (void)state;
    static const double numbers[SLOTS] = { NAN, NAN, NAN, NAN };
    static const Case cases[] = {
        { "status == 404", false },   { "status != 404", true },
        { "status < 404", false },    { "status >= 404", false },
        { "failed", false },          { "not failed", true },
        { "failed == false", false },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ExprInput in = { .numbers = numbers };
        if (expr_holds(compiled(&a, cases[i].text), &in) != cases[i].want)
            fail_msg("%s", cases[i].text);
        arena_close(&a);
    }
}

static void values_are_given(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ExprKind kind;
        double number;
        const char *says; /* NULL: no text */
    } cases[] = {
        { "time", EXPR_IS_NUMBER, 250, NULL },
        { "(time)", EXPR_IS_NUMBER, 250, NULL },
        { "json.count", EXPR_IS_NUMBER, 5, "5" },
        { "json.big", EXPR_IS_NUMBER, 12345678901234567890.0,
          "12345678901234567890" },
        { "json.state", EXPR_IS_TEXT, 0, "done" },
        { "json.same", EXPR_IS_TEXT, 0, "\xc3\xa9\n" },
        { "json.yes", EXPR_IS_BOOL, 1, "true" },
        { "json.no", EXPR_IS_BOOL, 0, "false" },
        { "json.none", EXPR_IS_NULL, 0, "null" },
        { "json.nothing", EXPR_IS_TREE, 0, "[ ]" },
        { "json.hollow", EXPR_IS_TREE, 0, "{}" },
        { "json.gone", EXPR_IS_NOTHING, 0, NULL },
        { "header.Server", EXPR_IS_TEXT, 0, "one" },
        { "header.Gone", EXPR_IS_NOTHING, 0, NULL },
        { "regex /\"count\": ([0-9]+)/", EXPR_IS_TEXT, 0, "5" },
        { "regex /gone/", EXPR_IS_NOTHING, 0, NULL },
        { "not (status == 200)", EXPR_IS_BOOL, 1, "true" },
        { "status == 200", EXPR_IS_BOOL, 0, "false" },
        { "json", EXPR_IS_BOOL, 1, "true" },
        { "${home}", EXPR_IS_TEXT, 0, "home" },
        { "\"a\\tb\"", EXPR_IS_TEXT, 0, "a\tb" },
        { "5ms", EXPR_IS_NUMBER, 5, NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ExprInput in = input_of(document);
        const Expr *e = compiled(&a, cases[i].text);
        ExprValue v = expr_value(e, &in);
        const char *says = cases[i].says;
        if (v.kind != cases[i].kind || v.number != cases[i].number ||
            !says != !v.text ||
            (says &&
             (v.length != strlen(says) || memcmp(v.text, says, v.length) != 0)))
            fail_msg("%s gave kind %d, %g, '%.*s'", cases[i].text, v.kind,
                     v.number, (int)v.length, v.text ? v.text : "");
        arena_close(&a);
    }
}

static void collect(void *data, uint32_t id) {
    char *to = data;
    strcat(to, variables[id].name);
    strcat(to, " ");
}

static void needs_are_known(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ExprNeeds want;
        const char *variables;
    } cases[] = {
        { "1 < 2", { 0 }, "" },
        { "status < 500", { .slots = 1u << STATUS }, "" },
        { "500 > time", { .slots = 1u << TIME }, "" },
        { "status < 500 or not (body contains ${home})",
          { .slots = 1u << STATUS, .body = true },
          "home " },
        { "not time < 1s and status == 200 or ${home} == ${five} or ${home}",
          { .slots = 1u << TIME | 1u << STATUS },
          "home five home " },
        { "json", { .body = true }, "" },
        { "json.a == 1", { .body = true }, "" },
        { "regex /a/", { .body = true }, "" },
        { "header.A matches /a/", { .head = true }, "" },
        { "header.A == json.b and (failed or time < ${five})",
          { .slots = 1u << TIME | 1u << FAILED, .body = true, .head = true },
          "five " },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ExprNeeds got = { 0 };
        char found[64] = "";
        const Expr *e = compiled(&a, cases[i].text);
        expr_needs(e, &got);
        expr_variables(e, collect, found);
        if (got.slots != cases[i].want.slots ||
            got.body != cases[i].want.body || got.head != cases[i].want.head)
            fail_msg("%s", cases[i].text);
        assert_string_equal(found, cases[i].variables);
        arena_close(&a);
    }
}

/* A reader of thresholds goes on where the condition ends. */
static void parsing_stops_behind_a_condition(void **state) {
    (void)state;
    static const struct {
        const char *text, *rest;
    } cases[] = {
        { "p(95) < 500", "" },
        { "p(95) < 500, p(99) < 3s", ", p(99) < 3s" },
        { "rate < 15% abort after 30s", "abort after 30s" },
        { "p(95) > 500 for 5m, warning", "for 5m, warning" },
        { "p(95) > 1 and rate < 2 for 5m", "for 5m" },
        { "(value < 2) or not value == 1) x", ") x" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        Lexer l;
        assert_int_equal(lexer_start(&l, cases[i].text, &err), 0);
        assert_non_null(expr_parse(&l, &metric_scope, &a, &err));
        assert_string_equal(l.now.at, cases[i].rest);
        arena_close(&a);
    }
}

static double ask(void *data, size_t slot, double argument) {
    (void)data;
    assert_int_equal(slot, 0);
    return argument == 50 ? NAN : argument * 10;
}

static void names_with_an_argument(void **state) {
    (void)state;
    static const Case cases[] = {
        { "p(95) == 950", true },  { "p(99.9) > 998", true },
        { "p( 0 ) == 0", true },   { "p(100) < 1s", false },
        { "p(50) < 1000", false }, { "p(50) != 1000", true },
        { "p(95) < p(99)", true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        ExprInput in = { .call = ask };
        const Expr *e = expr_compile(&a, cases[i].text, &metric_scope, &err);
        if (!e || expr_holds(e, &in) != cases[i].want)
            fail_msg("%s: %s", cases[i].text, err.text);
        in.call = NULL;
        assert_int_equal(expr_holds(e, &in),
                         strstr(cases[i].text, "!=") != NULL);
        arena_close(&a);
    }
}

static void plain_comparisons_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is;
        ExprComparison want;
    } cases[] = {
        { "p(95) < 500", true, { 0, 95, COMPARE_LT, 500, false, false } },
        { "500ms >= p(99.9)", true, { 0, 99.9, COMPARE_LE, 500, true, false } },
        { "rate < 15%", true, { 1, NAN, COMPARE_LT, 0.15, false, true } },
        { "(value) != (3)", true, { 2, NAN, COMPARE_NE, 3, false, false } },
        { "value < rate", false, { 0 } },
        { "1 < 2", false, { 0 } },
        { "not value < 3", false, { 0 } },
        { "value < 3 and rate < 1", false, { 0 } },
        { "true", false, { 0 } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        ExprComparison got, want = cases[i].want;
        const Expr *e = expr_compile(&a, cases[i].text, &metric_scope, &err);
        assert_non_null(e);
        assert_int_equal(expr_as_comparison(e, &got), cases[i].is);
        if (cases[i].is) {
            assert_int_equal(got.slot, want.slot);
            assert_int_equal(isnan(got.argument), isnan(want.argument));
            if (!isnan(want.argument))
                assert_near(got.argument, want.argument, 0);
            assert_int_equal(got.op, want.op);
            assert_near(got.limit, want.limit, 1e-12);
            assert_int_equal(got.limit_is_time, want.limit_is_time);
            assert_int_equal(got.limit_is_share, want.limit_is_share);
        }
        arena_close(&a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparisons),
        cmocka_unit_test(units_of_numbers),
        cmocka_unit_test(escapes_in_texts),
        cmocka_unit_test(contains_is_about_bytes),
        cmocka_unit_test(values_in_json),
        cmocka_unit_test(headers_and_variables),
        cmocka_unit_test(what_stands_alone),
        cmocka_unit_test(precedence_is_c_s),
        cmocka_unit_test(what_decides_ends_it),
        cmocka_unit_test(numbers_may_be_missing),
        cmocka_unit_test(values_are_given),
        cmocka_unit_test(needs_are_known),
        cmocka_unit_test(parsing_stops_behind_a_condition),
        cmocka_unit_test(names_with_an_argument),
        cmocka_unit_test(plain_comparisons_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
