/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <malloc.h>
#include <stdlib.h>

#include "http/judge.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define HERE "[target]\nurl = http://127.0.0.1:8080\n[stages]\nup = 1s to 1\n"

/* A judge of one profile's requests, and a VU. */
typedef struct Court {
    Profile profile;
    Judge *judge;
    Values *values;
    Slab slab;
    TemplateValues known;
} Court;

static void open_court(Court *c, const char *text) {
    Diags d;
    ProfileOptions o = { 0 };
    Text whole = { 0 };
    text_addf(&whole, HERE "%s", text);
    *c = (Court){ 0 };
    diags_init(&d, "x.ini");
    if (profile_read_text(&c->profile, whole.bytes, whole.length, "x.ini", &o,
                          &d) < 0)
        fail_msg("%d:%d: %s", d.items[0].line, d.items[0].column,
                 d.items[0].text);
    diags_close(&d);
    text_close(&whole);
    c->judge = judge_new(&c->profile);
    c->values = values_new(&c->profile);
    slab_init(&c->slab, 1, c->profile.check_total, c->profile.metric_count);
    c->known = (TemplateValues){ .vu = 7,
                                 .iteration = 3,
                                 .now_ms = UINT64_C(1763739000123),
                                 .values = c->values };
}

static void close_court(Court *c) {
    judge_free(c->judge);
    values_free(c->values);
    slab_close(&c->slab);
    profile_close(&c->profile);
}

static Exchange answer(int status, const char *body) {
    return (Exchange){ .status = status,
                       .fail = FAIL_NONE,
                       .wanted_ns = 1000000,
                       .start_ns = 2000000,
                       .sent_ns = 2500000,
                       .first_ns = 6500000,
                       .end_ns = 7750000,
                       .body = body,
                       .body_length = strlen(body),
                       .body_bytes = strlen(body),
                       .head = "Content-Type: text/plain\r\nX-Id: 0042\r\n",
                       .head_length = 38 };
}

static Judgement judge(Court *c, size_t request, const Exchange *x) {
    return judge_answer(c->judge, &c->profile.requests[request], x, &c->known,
                        &c->slab);
}

static void is_value(const Court *c, uint32_t slot, const char *want) {
    ValueSpan s;
    if (!values_get(c->values, slot, &s) || s.length != strlen(want) ||
        memcmp(s.bytes, want, s.length) != 0)
        fail_msg("'%.*s', wanted '%s'", (int)s.length, s.bytes, want);
}

static void nothing_asked_nothing_done(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[request a]\nGET = /\n");
    Exchange x = answer(500, "");
    x.fail = FAIL_RESET;
    Judgement is = judge(&c, 0, &x);
    assert_true(is.checks_hold && is.extracts_hold && is.until_holds);
    close_court(&c);
}

static void checks_are_counted(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[request a]\nGET = /\ncheck = status == 200\n"
                   "check = body contains \"good\"\n");
    Exchange good = answer(200, "all good"), bad = answer(200, "all bad");
    Exchange none = answer(0, "all good");
    none.fail = FAIL_TRUNCATED;
    assert_true(judge(&c, 0, &good).checks_hold);
    assert_false(judge(&c, 0, &bad).checks_hold);
    assert_false(judge(&c, 0, &none).checks_hold);
    assert_int_equal(c.slab.checks[0].passed, 2);
    assert_int_equal(c.slab.checks[0].failed, 1);
    assert_int_equal(c.slab.checks[1].passed, 1);
    assert_int_equal(c.slab.checks[1].failed, 2);
    close_court(&c);
}

/* Each name, of an answer whose parts are known. */
static void numbers_are_the_exchange(void **state) {
    (void)state;
    static const struct {
        const char *is, *is_not; /* of a connection that was there */
        bool is_new;
    } cases[] = {
        { "status == 203", "status == 200", false },
        { "size == 5", "size > 5", false },
        { "time == 5.75ms", "time > 5.75ms", false },
        { "sending == 500us", "sending == 0", false },
        { "waiting == 4", "waiting < 4", false },
        { "receiving == 1.25", "receiving == 1", false },
        { "blocked == 0", "blocked > 0", false },
        { "connecting == 0", "connecting > 0", false },
        { "tls_handshaking == 0", "tls_handshaking > 0", false },
        { "blocked == 0.3", "blocked == 1", true },
        { "connecting == 0.2", "connecting == 0", true },
        { "tls_handshaking == 0.5", "tls_handshaking == 0", true },
        { "time == 5.75ms", "time > 5.75ms", true },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Court c;
        Text t = { 0 };
        text_addf(&t, "[request a]\nGET = /\ncheck is = %s\ncheck not = %s\n",
                  cases[i].is, cases[i].is_not);
        open_court(&c, t.bytes);
        Exchange x = answer(203, "12345");
        x.connected_anew = cases[i].is_new;
        x.connect_ns = 200000;
        x.tls_ns = 500000;
        judge(&c, 0, &x);
        if (!c.slab.checks[0].passed || !c.slab.checks[1].failed)
            fail_msg("case %zu: %s", i, cases[i].is);
        text_close(&t);
        close_court(&c);
    }
}

static void values_are_taken(void **state) {
    (void)state;
    static const struct {
        const char *value, *want; /* NULL: not found */
    } cases[] = {
        { "json.id", "17" },
        { "json.price", "2.50" },
        { "json.name", "a \"b\"" },
        { "json.ok", "true" },
        { "json.tags", "[1, \"x\"]" },
        { "json.tags[1]", "x" },
        { "json.none", NULL },
        { "json.missing", NULL },
        { "header.x-id", "0042" },
        { "header.X-Nope", NULL },
        { "regex /id\": ([0-9]+)/", "17" },
        { "regex /nope/", NULL },
        { "status", "200" },
        { "time", "5.75" },
        { "status == 200", "true" },
        { "not (status == 200)", "false" },
        { "${vu}", "7" },
    };
    static const char body[] =
        "{\"id\": 17, \"price\": 2.50, \"name\": \"a \\\"b\\\"\", "
        "\"ok\": true, \"tags\": [1, \"x\"], \"none\": null}";
    for (size_t i = 0; i < COUNT(cases); i++) {
        Court c;
        Text t = { 0 };
        text_addf(&t, "[request a]\nGET = /\nextract it = %s\n",
                  cases[i].value);
        open_court(&c, t.bytes);
        values_set(c.values, 0, "old", 3);
        Exchange x = answer(200, body);
        Judgement is = judge(&c, 0, &x);
        if (is.extracts_hold != (cases[i].want != NULL))
            fail_msg("%s: %d", cases[i].value, is.extracts_hold);
        is_value(&c, 0, cases[i].want ? cases[i].want : "old");
        text_close(&t);
        close_court(&c);
    }
}

/* All are tried; a broken answer gives none, not even its whole parts. */
static void one_that_is_missing_is_said(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[request a]\nGET = /\nextract first = json.no\n"
                   "extract second = json.id\nextract third = body\n");
    ValueSpan s;
    Exchange x = answer(200, "{\"id\": 1}");
    assert_false(judge(&c, 0, &x).extracts_hold);
    assert_false(values_get(c.values, 0, &s));
    is_value(&c, 1, "1");
    is_value(&c, 2, "{\"id\": 1}");
    x = answer(200, "{\"no\": 5, \"id\": 2}");
    x.fail = FAIL_TRUNCATED;
    assert_false(judge(&c, 0, &x).extracts_hold);
    assert_false(values_get(c.values, 0, &s));
    is_value(&c, 1, "1");
    close_court(&c);
}

static void a_value_that_is_too_long_is_refused(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[request a]\nGET = /\nextract it = body\n");
    char *body = malloc(VALUE_MAX_BYTES + 2);
    assert_non_null(body);
    memset(body, 'x', VALUE_MAX_BYTES + 1);
    body[VALUE_MAX_BYTES + 1] = '\0';
    Exchange x = answer(200, body);
    assert_false(judge(&c, 0, &x).extracts_hold);
    x.body_length--;
    assert_true(judge(&c, 0, &x).extracts_hold);
    free(body);
    close_court(&c);
}

/* Checks, records and until know what the answer gave; the next one, too. */
static void expressions_know_variables(void **state) {
    (void)state;
    Court c;
    open_court(&c,
               "[vars]\nfixed = 42\nmixed = ${token}-${vu}/${iteration}\n"
               "[request a]\nGET = /\nextract token = json.token\n"
               "check own = ${token} == \"t1\"\n"
               "check number = ${token} > 5\n"
               "check fixed = ${fixed} == 42\n"
               "check mixed = ${mixed} == \"t1-7/3\"\n"
               "check vu = ${vu} == 7 and ${iteration} == 3\n"
               "check now = ${now} > 1763739000122\n"
               "[request b]\nGET = /\ncheck = body contains ${token}\n");
    Exchange first = answer(200, "{\"token\": \"t1\"}");
    Exchange second = answer(200, "x t1 y");
    judge(&c, 0, &first);
    assert_true(judge(&c, 1, &second).checks_hold);
    static const bool want[] = { true, false, true, true, true, true, true };
    for (size_t i = 0; i < COUNT(want); i++)
        if (c.slab.checks[i].passed != want[i])
            fail_msg("check %zu", i);
    close_court(&c);
}

/* What was never extracted is missing: only != holds. */
static void a_variable_may_be_missing(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[vars]\nmixed = <${it}>\n"
                   "[request a]\nGET = /\nextract it = json.it\n"
                   "check is = ${it} == \"\"\ncheck not = ${it} != \"\"\n"
                   "check mixed = ${mixed} == \"<>\"\n");
    Exchange x = answer(200, "{}");
    judge(&c, 0, &x);
    assert_int_equal(c.slab.checks[0].passed, 0);
    assert_int_equal(c.slab.checks[1].passed, 1);
    assert_int_equal(c.slab.checks[2].passed, 0);
    close_court(&c);
}

static void metrics_are_recorded(void **state) {
    (void)state;
    Court c;
    open_court(&c,
               "[metric total]\ntype = trend\n[metric fine]\ntype = rate\n"
               "[metric bad]\ntype = counter\n[metric depth]\ntype = gauge\n"
               "[metric id]\ntype = trend\n"
               "[request a]\nGET = /\nrecord total = json.total\n"
               "record fine = json.ok\nrecord bad = status != 200\n"
               "record depth = json.depth\nrecord id = header.X-Id\n");
    static const struct {
        int status;
        const char *body;
    } answers[] = {
        { 200, "{\"total\": 2.5, \"ok\": true, \"depth\": 9}" },
        { 500, "{\"total\": \"7.5\", \"ok\": false, \"depth\": 4}" },
        { 200, "{\"total\": \"many\", \"ok\": null, \"depth\": [1]}" },
        { 500, "no JSON" },
    };
    for (size_t i = 0; i < COUNT(answers); i++) {
        Exchange x = answer(answers[i].status, answers[i].body);
        judge(&c, 0, &x);
    }
    const CustomSlab *m = c.slab.custom;
    assert_int_equal(m[0].count, 2);
    assert_near(m[0].sum, 10, 1e-9);
    assert_int_equal(m[1].count, 2);
    assert_int_equal(m[1].trues, 1);
    assert_near(m[2].sum, 2, 1e-9);
    assert_int_equal(m[3].count, 2);
    assert_near(m[3].last, 4, 1e-9);
    assert_int_equal(m[4].count, 4);
    assert_near(m[4].max, 42, 1e-9);
    close_court(&c);
}

static void until_is_told(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[request a]\nGET = /\nuntil = json.state == \"done\"\n"
                   "check = status == 200\n");
    Exchange busy = answer(200, "{\"state\": \"busy\"}");
    Exchange done = answer(200, "{\"state\": \"done\"}");
    Exchange cut = answer(0, "{\"state\": \"done\"}");
    cut.fail = FAIL_RESET;
    Judgement is = judge(&c, 0, &busy);
    assert_true(is.checks_hold && !is.until_holds);
    assert_true(judge(&c, 0, &done).until_holds);
    assert_false(judge(&c, 0, &cut).until_holds);
    close_court(&c);
}

/* The heap of a sanitizer tells nothing. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HEAP_IS_KNOWN 1
#endif

#ifdef HEAP_IS_KNOWN
/* Once everything has its size, the heap stays as it is. */
static void the_steady_state_allocates_nothing(void **state) {
    (void)state;
    Court c;
    open_court(&c, "[vars]\nmixed = ${it}-${vu}\n[metric m]\ntype = trend\n"
                   "[request a]\nGET = /\nextract it = json.it\n"
                   "check = ${mixed} contains \"e\" and body matches /x+/\n"
                   "record m = json.n\nuntil = json.it != \"\"\n");
    Exchange x = answer(200, "{\"n\": 12, \"it\": \"t\\u00e4t\", \"x\": 1}");
    size_t before = 0;
    for (int i = 0; i < 2000; i++) {
        judge(&c, 0, &x);
        struct mallinfo2 heap = mallinfo2();
        if (i == 10)
            before = heap.uordblks + heap.hblkhd;
        else if (i > 10)
            assert_int_equal(heap.uordblks + heap.hblkhd, before);
    }
    close_court(&c);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked_nothing_done),
        cmocka_unit_test(checks_are_counted),
        cmocka_unit_test(numbers_are_the_exchange),
        cmocka_unit_test(values_are_taken),
        cmocka_unit_test(one_that_is_missing_is_said),
        cmocka_unit_test(a_value_that_is_too_long_is_refused),
        cmocka_unit_test(expressions_know_variables),
        cmocka_unit_test(a_variable_may_be_missing),
        cmocka_unit_test(metrics_are_recorded),
        cmocka_unit_test(until_is_told),
#ifdef HEAP_IS_KNOWN
        cmocka_unit_test(the_steady_state_allocates_nothing),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
