/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test server over real sockets: paths, HTTP, the system, control. What
 * breaks connections is in test_target_faults.c. */
#include "target_client.h"

#include <jansson.h>
#include <pthread.h>

/* --- paths -------------------------------------------------------------- */

static void paths_answer_as_asked(void **state) {
    (void)state;
    static const struct {
        const char *method, *path;
        int status;
        const char *body;
    } cases[] = {
        { "GET", "/", 200, "{\"ok\":true,\"path\":\"/\"}\n" },
        { "DELETE", "/a/b?c=d", 200, "{\"ok\":true,\"path\":\"/a/b\"}\n" },
        { "GET", "/delay/1ms", 200, "delayed\n" },
        { "GET", "/delay/soon", 400, NULL },
        { "GET", "/status/404", 404, "404 Not Found\n" },
        { "GET", "/status/599", 599, "599 Unassigned\n" },
        { "GET", "/status/204", 204, "" },
        { "GET", "/status/304", 304, "" },
        { "GET", "/status/1000", 400, NULL },
        { "GET", "/size/0", 200, "" },
        { "GET", "/size/12", 200, "xxxxxxxxxxxx" },
        { "GET", "/chunked/0", 200, "" },
        { "GET", "/chunked/2", 200, "chunk 1\nchunk 2\n" },
        { "GET", "/errors/0%", 200, "{\"ok\":true}\n" },
        { "GET", "/errors/100%", 500, NULL },
        { "POST", "/status/201", 201, NULL },
        { "GET", "/fault/nothing", 400, NULL },
    };
    Target *t = serve_with("service=0s");
    Client c = dial(t); /* one connection for all */
    size_t count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++) {
        ask(&c, cases[i].method, cases[i].path);
        Reply r = hear(&c);
        if (r.status != cases[i].status)
            fail_msg("%s: status %d", cases[i].path, r.status);
        if (cases[i].body)
            assert_string_equal(r.body.bytes, cases[i].body);
        forget(&r);
    }
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, count);
    assert_int_equal(counts.served, count - 1);
    assert_int_equal(counts.errors, 1);
    assert_int_equal(counts.connections, 1);
    assert_balanced(&counts);
    hang_up(&c);
    target_free(t);
}

static void json_is_json(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    ask(&c, "GET", "/json");
    Reply r = hear(&c);
    json_t *j = json_loads(r.body.bytes, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(j, "name")),
                        "onrush");
    json_decref(j);
    forget(&r);
    ask(&c, "GET", "/a'\"\\%22?q");
    r = hear(&c);
    j = json_loads(r.body.bytes, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(j, "path")),
                        "/a'\"\\%22");
    json_decref(j);
    forget(&r);
    hang_up(&c);
    target_free(t);
}

static void head_sends_no_body(void **state) {
    (void)state;
    static const struct {
        const char *path, *length;
    } cases[] = { { "/size/1MiB", "1048576" },
                  { "/json", "112" },
                  { "/chunked/3", NULL },
                  { "/delay/1ms", "8" },
                  { "/", "23" } };
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(&c, "HEAD", cases[i].path);
        Reply r = hear_one(&c, true);
        const char *length = header(&r, "Content-Length");
        if (cases[i].length)
            assert_string_equal(length, cases[i].length);
        else
            assert_null(length);
        forget(&r);
    }
    expect(&c, "GET", "/size/12", 200); /* nothing was left behind */
    assert_int_equal(c.in.length, 0);
    hang_up(&c);
    target_free(t);
}

static void interim_answers_come_first(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    ask(&c, "GET", "/status/103");
    Reply r = hear(&c);
    assert_int_equal(r.status, 103);
    forget(&r);
    r = hear(&c);
    assert_int_equal(r.status, 200);
    forget(&r);
    say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-Continue\r\n"
            "Content-Length: 5\r\n\r\n");
    r = hear(&c);
    assert_int_equal(r.status, 100);
    forget(&r);
    say(&c, "hello");
    r = hear(&c);
    assert_string_equal(r.body.bytes, "hello");
    forget(&r);
    hang_up(&c);
    target_free(t);
}

/* Many at once: one that is over must not take others along. */
static void delays_are_never_early(void **state) {
    (void)state;
    enum { COUNT = 40 };
    Target *t = serve_with("service=0s");
    Client c[COUNT];
    uint64_t start[COUNT];
    for (int i = 0; i < COUNT; i++)
        c[i] = dial(t);
    for (int i = 0; i < COUNT; i++) {
        char path[32];
        snprintf(path, sizeof path, "/delay/%dus", 2000 + 137 * i);
        start[i] = clock_now();
        ask(&c[i], "GET", path);
    }
    for (int i = 0; i < COUNT; i++) {
        Reply r = hear(&c[i]);
        uint64_t took = clock_now() - start[i];
        assert_string_equal(r.body.bytes, "delayed\n");
        assert_true(took >= (2000 + 137 * (uint64_t)i) * NS_PER_US);
        forget(&r);
        hang_up(&c[i]);
    }
    target_free(t);
}

static void bodies_come_back(void **state) {
    (void)state;
    enum { LENGTH = 1 << 20 };
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    Text request = { 0 };
    text_addf(&request,
              "PUT /echo HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n",
              LENGTH);
    size_t head = request.length;
    for (int i = 0; i < LENGTH; i++) {
        char byte = (char)(i * 7 + i / 251);
        text_add(&request, &byte, 1);
    }
    say_bytes(&c, request.bytes, request.length);
    Reply r = hear(&c);
    assert_int_equal(r.body.length, LENGTH);
    assert_memory_equal(r.body.bytes, request.bytes + head, LENGTH);
    forget(&r);
    text_close(&request);
    say(&c, "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked"
            "\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n");
    r = hear(&c);
    assert_string_equal(r.body.bytes, "abcdefg");
    forget(&r);
    hang_up(&c);
    target_free(t);
}

static void long_bodies_are_whole(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    ask(&c, "GET", "/size/20MiB");
    ask(&c, "GET", "/status/404"); /* waits behind it */
    Reply r = hear(&c);
    assert_int_equal(r.body.length, 20 << 20);
    assert_int_equal(strspn(r.body.bytes, "x"), 20 << 20);
    forget(&r);
    r = hear(&c);
    assert_int_equal(r.status, 404);
    forget(&r);
    hang_up(&c);
    target_free(t);
}

/* --- HTTP --------------------------------------------------------------- */

static void connections_end_when_asked(void **state) {
    (void)state;
    static const char *const last[] = {
        "GET /size/3 HTTP/1.0\r\n\r\n",
        "GET /size/3 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n",
        "GET /close HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /chunked/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    };
    Target *t = serve_with("service=0s");
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        Client c = dial(t);
        say(&c, "GET /size/5 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Reply r = hear(&c);
        assert_string_equal(header(&r, "Connection"), "keep-alive");
        forget(&r);
        say(&c, last[i]);
        r = hear(&c);
        assert_int_equal(r.status, 200);
        assert_string_equal(header(&r, "Connection"), "close");
        assert_null(header(&r, "Transfer-Encoding"));
        forget(&r);
        expect_end(&c);
        hang_up(&c);
    }
    await_count(t, open, 0);
    target_free(t);
}

static void hear_pipeline(Client *c) {
    static const char *const bodies[] = {
        "xxx",   "delayed\n", "{\"ok\":true,\"path\":\"/s\"}\n",
        "hello", "chunk 1\n", "xx",
    };
    for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
        Reply r = hear(c);
        assert_int_equal(r.status, 200);
        assert_string_equal(r.body.bytes, bodies[k]);
        forget(&r);
    }
}

/* Requests that are answered at once, late, and from the system, cut in two
 * at every byte: the parser stops and goes on in all its states. */
static void pipelined_answers_keep_their_order(void **state) {
    (void)state;
    static const char requests[] =
        "GET /size/3 HTTP/1.1\r\nHost: t\r\n\r\n"
        "GET /delay/1us HTTP/1.1\r\nHost: t\r\n\r\n"
        "GET /s HTTP/1.1\r\nHost: t\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello"
        "GET /chunked/1 HTTP/1.1\r\nHost: t\r\n\r\n"
        "GET /size/2 HTTP/1.1\r\nHost: t\r\n\r\n";
    size_t length = sizeof requests - 1;
    Target *t = serve_with("service=1us");
    Client c = dial(t);
    for (size_t cut = 0; cut < length; cut++) {
        say_bytes(&c, requests, cut);
        say_bytes(&c, requests + cut, length - cut);
        hear_pipeline(&c);
    }
    assert_int_equal(c.in.length, 0);
    assert_int_equal(target_counts(t).received, 6 * length);
    hang_up(&c);
    target_free(t);
}

static void many_requests_wait_behind_one(void **state) {
    (void)state;
    enum { COUNT = 5000 }; /* more bytes than are kept: reading stops */
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    ask(&c, "GET", "/delay/20ms");
    for (int i = 0; i < COUNT; i++)
        ask(&c, "GET", "/size/1");
    for (int i = 0; i <= COUNT; i++) {
        Reply r = hear(&c);
        assert_string_equal(r.body.bytes, i ? "x" : "delayed\n");
        forget(&r);
    }
    assert_int_equal(target_counts(t).received, COUNT + 1);
    hang_up(&c);
    target_free(t);
}

static void add_many(Text *to, const char *text, size_t length) {
    while (to->length < length)
        text_adds(to, text);
}

static void bad_requests_are_refused(void **state) {
    (void)state;
    Text head = { 0 }, fields = { 0 }, url = { 0 }, chunks = { 0 };
    text_adds(&head, "GET / HTTP/1.1\r\nHost: t\r\nX: ");
    add_many(&head, "yyyyyyyyyyyyyyyy", 70000);
    text_adds(&fields, "GET / HTTP/1.1\r\nHost: t\r\n");
    add_many(&fields, "A: b\r\n", 120000);
    text_adds(&url, "GET /");
    add_many(&url, "zzzzzzzzzzzzzzzz", 70000);
    text_adds(&chunks, "POST / HTTP/1.1\r\nHost: t\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
        text_adds(&chunks, "10000\r\n");
        add_many(&chunks, "0123456789abcdef", chunks.length + 65536);
        text_adds(&chunks, "\r\n");
    }
    const struct {
        const char *bytes;
        int status;
    } cases[] = {
        { "hello\r\n\r\n", 400 },
        { "\x16\x03\x01\x02\x01", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: t\r\nContent-Length: x\r\n\r\n", 400 },
        { "GET / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
          "Content-Length: 3\r\n\r\n",
          400 },
        { "GET / HTTP/2.0\r\nHost: t\r\n\r\n", 505 },
        { "GET / HTTP/3.0\r\nHost: t\r\n\r\n", 505 },
        { "CONNECT h:1 HTTP/1.1\r\nHost: t\r\n\r\n", 405 },
        { "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\n\r\n",
          413 },
        { chunks.bytes, 413 },
        { head.bytes, 431 },
        { fields.bytes, 431 },
        { url.bytes, 431 },
    };
    Target *t = serve_with("service=0s");
    size_t count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++) {
        Client c = dial(t);
        say(&c, cases[i].bytes);
        Reply r = hear(&c);
        if (r.status != cases[i].status)
            fail_msg("%.40s: status %d", cases[i].bytes, r.status);
        assert_string_equal(header(&r, "Connection"), "close");
        forget(&r);
        expect_end(&c);
        hang_up(&c);
    }
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, 0);
    assert_int_equal(counts.rejected, count);
    target_free(t);
    text_close(&head);
    text_close(&fields);
    text_close(&url);
    text_close(&chunks);
}

static void unusual_requests_are_served(void **state) {
    (void)state;
    static const char *const cases[] = {
        "\r\nGET / HTTP/1.1\r\nhOsT: t\r\n\r\n",
        "GET http://t/x HTTP/1.1\r\nHost: t\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n",
        ("GET / HTTP/1.1\r\nHost:\r\nConnection: Upgrade, HTTP2-Settings\r\n"
         "Upgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n"),
        "POST / HTTP/1.1\r\nX:\r\nHost: t\r\nContent-Length: 0\r\n\r\n",
    };
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        say(&c, cases[i]);
        Reply r = hear(&c);
        if (r.status != 200)
            fail_msg("%s: status %d", cases[i], r.status);
        forget(&r);
    }
    hang_up(&c);
    target_free(t);
}

/* --- the system --------------------------------------------------------- */

static void a_full_system_sheds(void **state) {
    (void)state;
    Target *t = serve_with("capacity=1 queue=1 service=1h spread=0");
    Client served = dial(t), queued = dial(t), shed = dial(t);
    ask(&served, "GET", "/");
    await_count(t, in_service, 1);
    ask(&queued, "GET", "/");
    await_count(t, queued, 1);
    ask(&shed, "GET", "/");
    Reply r = hear(&shed);
    assert_int_equal(r.status, 503);
    assert_string_equal(header(&r, "Retry-After"), "1");
    forget(&r);
    expect(&shed, "GET", "/size/1", 200); /* and goes on */
    await_count(t, shed, 1);
    hang_up(&served); /* its place goes to who waits, */
    await_count(t, queued, 0);
    await_count(t, in_service, 1);
    await_count(t, aborted, 1);
    ask(&shed, "GET", "/");
    await_count(t, queued, 1);
    slam(&shed); /* a waiting place is free again, */
    await_count(t, queued, 0);
    hang_up(&queued);
    await_count(t, in_service, 0); /* and so is everything */
    await_count(t, open, 0);
    await_count(t, aborted, 3);
    target_free(t);
}

static void settings_change_while_it_runs(void **state) {
    (void)state;
    Target *t = serve_with("capacity=1 queue=9 service=1h spread=0");
    Client first = dial(t), second = dial(t);
    Err err;
    ask(&first, "GET", "/");
    await_count(t, in_service, 1);
    ask(&second, "GET", "/");
    await_count(t, queued, 1);
    assert_int_equal(target_set(t, "capacity=2 servce=0s", &err), -1);
    assert_non_null(strstr(err.text, "did you mean 'service'"));
    assert_int_equal(target_settings(t).capacity, 1);
    assert_int_equal(target_set(t, "capacity=2 service=1us", &err), 0);
    Reply r = hear(&second); /* began under the new settings */
    assert_int_equal(r.status, 200);
    forget(&r);
    assert_int_equal(target_counts(t).in_service, 1);
    hang_up(&first);
    hang_up(&second);
    target_free(t);
}

static void control_over_http(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    expect(&c, "GET", "/x", 200);
    post(&c, "/_target", "capacity=8 service=100ms\n");
    Reply r = hear(&c);
    assert_int_equal(r.status, 200);
    forget(&r);
    assert_int_equal(target_settings(t).capacity, 8);
    post(&c, "/_target", "capacity=9 sevice=1s");
    r = hear(&c);
    assert_int_equal(r.status, 400);
    assert_non_null(strstr(r.body.bytes, "did you mean 'service'"));
    forget(&r);
    ask(&c, "GET", "/_target");
    r = hear(&c);
    json_t *j = json_loads(r.body.bytes, 0, NULL);
    json_t *set = json_object_get(j, "settings");
    json_t *counts = json_object_get(j, "counts");
    assert_int_equal(json_integer_value(json_object_get(set, "capacity")), 8);
    assert_string_equal(json_string_value(json_object_get(set, "service")),
                        "100ms");
    assert_int_equal(json_integer_value(json_object_get(counts, "received")),
                     1);
    json_decref(j);
    forget(&r);
    expect(&c, "DELETE", "/_target", 405);
    expect(&c, "GET", "/_target/down", 405);
    expect(&c, "GET", "/_target/nothing", 404);
    post(&c, "/_target/down", "later");
    r = hear(&c);
    assert_int_equal(r.status, 400);
    forget(&r);
    assert_int_equal(target_counts(t).received, 1);
    hang_up(&c);
    target_free(t);
}

/* --- counting ----------------------------------------------------------- */

enum { THREADS = 6, PER_THREAD = 300 };

static void *send_many(void *arg) {
    static const char *const paths[] = { "/size/12",    "/",
                                         "/json",       "/x/y",
                                         "/status/404", "/delay/10us" };
    Client c = dial(arg);
    for (int i = 0; i < PER_THREAD; i++) {
        ask(&c, "GET", paths[i % 6]);
        Reply r = hear(&c);
        forget(&r);
    }
    hang_up(&c);
    return NULL;
}

static void every_request_is_counted_once(void **state) {
    (void)state;
    Target *t = serve_with("capacity=2 queue=2 service=20us errors=20%");
    pthread_t thread[THREADS];
    Err err;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, send_many, t);
    for (int i = 0; i < 100; i++) { /* and the operator plays with it */
        TargetCounts now = target_counts(t);
        assert_balanced(&now);
        assert_int_equal(
            target_set(t, i % 2 ? "capacity=2" : "capacity=4", &err), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, THREADS * PER_THREAD);
    assert_int_equal(counts.served + counts.errors + counts.shed,
                     THREADS * PER_THREAD);
    assert_true(counts.errors > 0);
    Text line = { 0 };
    target_counts_print(&counts, &line);
    assert_non_null(strstr(line.bytes, "received 1800, served "));
    text_close(&line);
    target_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_answer_as_asked),
        cmocka_unit_test(json_is_json),
        cmocka_unit_test(head_sends_no_body),
        cmocka_unit_test(interim_answers_come_first),
        cmocka_unit_test(delays_are_never_early),
        cmocka_unit_test(bodies_come_back),
        cmocka_unit_test(long_bodies_are_whole),
        cmocka_unit_test(connections_end_when_asked),
        cmocka_unit_test(pipelined_answers_keep_their_order),
        cmocka_unit_test(many_requests_wait_behind_one),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(unusual_requests_are_served),
        cmocka_unit_test(a_full_system_sheds),
        cmocka_unit_test(settings_change_while_it_runs),
        cmocka_unit_test(control_over_http),
        cmocka_unit_test(every_request_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
