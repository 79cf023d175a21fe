/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test server's RPC and its interceptors, over real sockets. */
#include "target_cases.h"

static Target *serve_rpc(TargetChain chain, const char *assignments) {
    Err err;
    TargetSettings s = target_settings_default();
    if (target_settings_read(&s, assignments, &err) < 0)
        fail_msg("%s", err.text);
    Target *t = target_new_rpc(NULL, 0, chain, &s, &err);
    if (!t || target_start(t, &err) < 0)
        fail_msg("%s", err.text);
    return t;
}

static void calls_are_echoed(void **state) {
    (void)state;
    static const Case cases[] = {
        { "POST /rpc/Echo", "{\"message\":\"hello\"}", 200,
          "{\"message\":\"hello\",\"method\":\"Echo\"}" },
        { "POST /rpc/a.B/C?x", "{\"message\":\"\\u00fc\\\"\"}", 200,
          "{\"message\":\"\\u00FC\\\"\",\"method\":\"a.B/C\"}" },
        { "POST /rpc/\"\\", "{\"message\":\"x\"}", 200,
          "\"method\":\"\\\"\\\\\"" },
        { "POST /rpc/Echo", "{\"message\":1}", 400, "must be a text" },
        { "POST /rpc/Echo", "{\"message\":\"x\"", 400, "invalid_argument" },
        { "POST /rpc/Echo", "", 400, "invalid_argument" },
        { "GET /rpc/Echo", NULL, 405, "POST it" },
        { "POST /rpc/", "{}", 200, "\"path\":\"/rpc/\"" }, /* no method */
    };
    static const Case lax[] = { { "POST /rpc/Echo", "{}", 200,
                                  "{\"message\":\"\",\"method\":\"Echo\"}" } };
    static const Case strict[] = {
        { "POST /rpc/Echo", "{}", 400, "{\"code\":\"invalid_argument\"" },
        { "POST /rpc/Echo", "{\"message\":\"\"}", 400, "missing or empty" },
    };
    for (int i = 0; i < TARGET_RPC_PORTS; i++) {
        TargetChain chain = target_rpc_ports[i].chain;
        Target *t = serve_rpc(chain, FAST);
        RUN_CASES(t, cases);
        if (chain >> TARGET_VALIDATION & 1)
            RUN_CASES(t, strict);
        else
            RUN_CASES(t, lax);
        target_free(t);
    }
}

/* Never less than the settings say, and only where they apply. */
static void interceptors_take_their_time(void **state) {
    (void)state;
    static const struct {
        TargetChain chain;
        uint64_t least_ms;
    } cases[] = {
        { TARGET_CHAIN_ALL, 60 },
        { 1u << TARGET_LOGGER, 10 },
        { 1u << TARGET_TRACING, 20 },
        { 1u << TARGET_VALIDATION, 30 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Target *t = serve_rpc(cases[i].chain, "service=0s spread=0 logger=10ms "
                                              "tracing=20ms validation=30ms");
        Client c = dial(t);
        uint64_t start = clock_now();
        Reply r = ask_case(&c, "POST /rpc/Echo", "{\"message\":\"x\"}");
        assert_int_equal(r.status, 200);
        assert_true(clock_now() - start >= cases[i].least_ms * NS_PER_MS);
        forget(&r);
        hang_up(&c);
        target_free(t);
    }
}

#define TRACE "0123456789abcdef0123456789abcdef"
#define PARENT "00f067aa0ba902b7"

static void traces_are_continued(void **state) {
    (void)state;
    static const struct {
        const char *value;
        bool is_answered;
    } cases[] = {
        { "00-" TRACE "-" PARENT "-01", true },
        { "00-" TRACE "-" PARENT "-zz", false },
        { "01-" TRACE "-" PARENT "-01", false },
        { "00-" TRACE "-" PARENT "-01-more", false },
        { "00-00000000000000000000000000000000-" PARENT "-01", false },
        { "00-" TRACE "-0000000000000000-01", false },
        { "00-", false },
        { "", false },
    };
    Target *t = serve_rpc(1u << TARGET_TRACING, FAST);
    Target *without = serve_rpc(1u << TARGET_LOGGER, FAST);
    Client c = dial(t), d = dial(without);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char request[160];
        snprintf(request, sizeof request, "POST /rpc/Echo\nTraceParent: %s",
                 cases[i].value);
        Reply r = ask_case(&c, request, "{\"message\":\"x\"}");
        const char *got = header(&r, "traceparent");
        assert_int_equal(got != NULL, cases[i].is_answered);
        if (got) {
            assert_int_equal(strlen(got), 55);
            assert_memory_equal(got, "00-" TRACE "-", 36);
            assert_memory_not_equal(got + 36, PARENT, 16);
            assert_string_equal(got + 52, "-01");
        }
        forget(&r);
        r = ask_case(&d, request, "{\"message\":\"x\"}");
        assert_null(header(&r, "traceparent"));
        forget(&r);
    }
    hang_up(&c);
    hang_up(&d);
    target_free(t);
    target_free(without);
}

static void the_log_keeps_the_last_calls(void **state) {
    (void)state;
    Target *t = serve_rpc(1u << TARGET_LOGGER, FAST);
    Client c = dial(t);
    for (int i = 0; i < 70; i++) {
        char request[32];
        snprintf(request, sizeof request, "POST /rpc/M%d\"", i);
        Reply r = ask_case(&c, request, i ? "{\"message\":\"x\"}" : "{");
        forget(&r);
    }
    Reply r = ask_case(&c, "GET /_target/log", NULL);
    assert_int_equal(r.status, 200);
    int lines = 0;
    for (const char *at = r.body.bytes, *end; *at; at = end + 1, lines++) {
        char want[32];
        end = strchr(at, '\n');
        json_t *j = json_loadb(at, (size_t)(end - at), 0, NULL);
        snprintf(want, sizeof want, "M%d\"", lines + 70 - 64);
        assert_string_equal(json_string_value(json_object_get(j, "method")),
                            want);
        assert_int_equal(json_integer_value(json_object_get(j, "status")), 200);
        json_decref(j);
    }
    assert_int_equal(lines, 64);
    forget(&r);
    hang_up(&c);
    target_free(t);
}

static void a_large_message_comes_back(void **state) {
    (void)state;
    enum { LENGTH = 1000000 };
    Text body = { 0 };
    text_adds(&body, "{\"message\":\"");
    for (int i = 0; i < LENGTH; i++)
        text_add(&body, &"abcdefghij"[i % 10], 1);
    text_adds(&body, "\"}");
    Target *t = serve_rpc(TARGET_CHAIN_ALL, FAST);
    Client c = dial(t);
    send_one(&c, "POST /rpc/Echo", body.bytes, body.length);
    Reply r = hear(&c);
    json_t *j = parsed(&r);
    assert_int_equal(json_string_length(json_object_get(j, "message")), LENGTH);
    json_decref(j);
    forget(&r);
    text_close(&body);
    hang_up(&c);
    target_free(t);
}

static void pipelined_calls_keep_their_order(void **state) {
    (void)state;
    Target *t = serve_rpc(TARGET_CHAIN_ALL, "service=100us");
    Client c = dial(t);
    for (int i = 0; i < 50; i++) {
        char body[40];
        snprintf(body, sizeof body, "{\"message\":\"%d\"}", i);
        send_one(&c, "POST /rpc/Echo", body, strlen(body));
    }
    for (int i = 0; i < 50; i++) {
        char want[60];
        Reply r = hear(&c);
        snprintf(want, sizeof want,
                 "{\"message\":\"%d\",\"method\":\"Echo\"}\n", i);
        assert_string_equal(r.body.bytes, want);
        forget(&r);
    }
    hang_up(&c);
    target_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_echoed),
        cmocka_unit_test(interceptors_take_their_time),
        cmocka_unit_test(traces_are_continued),
        cmocka_unit_test(the_log_keeps_the_last_calls),
        cmocka_unit_test(a_large_message_comes_back),
        cmocka_unit_test(pipelined_calls_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
