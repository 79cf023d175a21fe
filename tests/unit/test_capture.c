/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a request that failed, over real sockets on loopback. */
#include "unit.h"

#include <stdlib.h>

#include "engine/capture.h"
#include "engine_run.h"
#include "h2_server.h"
#include "raw_server.h"

#define STAGES "[scenario]\nthink = 20ms\n[stages]\na = 300ms at 1\n"

/* --- the message alone -------------------------------------------------- */

static void expect_message(const char *bytes, uint64_t whole,
                           const char *wanted) {
    char to[EXAMPLE_TEXT_MAX];
    capture_message(to, sizeof to,
                    &(Message){ bytes, strlen(bytes), whole, false }, NULL,
                    NULL);
    assert_string_equal(to, wanted);
}

static void secrets_are_not_shown(void **state) {
    (void)state;
    expect_message("GET /a:b HTTP/1.1\r\nAuthorization: Basic abc\r\n"
                   "cookie: a=b\r\nX-Api-Key:123\r\nProxy-Authorization: x\r\n"
                   "Accept: */*\r\n\r\n",
                   0,
                   "GET /a:b HTTP/1.1\nAuthorization: ***\ncookie: ***\n"
                   "X-Api-Key:***\nProxy-Authorization: ***\nAccept: */*");
    expect_message("HTTP/1.1 401 No\r\nSet-Cookie: a=b\r\n  folded\r\n"
                   "WWW-Authenticate: Basic realm=x\r\n\r\nno",
                   2,
                   "HTTP/1.1 401 No\nSet-Cookie: ***\n"
                   "WWW-Authenticate: Basic realm=x\n\nno");
    expect_message("GET /a?api_key=12&q=b=c&access_token=x%20y HTTP/1.1\r\n"
                   "Referer: http://h/?page=2&token=abc\r\n\r\ntoken=hidden",
                   12,
                   "GET /a?api_key=***&q=b=c&access_token=*** HTTP/1.1\n"
                   "Referer: http://h/?page=2&token=***\n\ntoken=***");
    expect_message("psql --password=a;b --user=me key= x\n\n", 0,
                   "psql --password=*** --user=me key= x");
}

static void nothing_harms_a_terminal(void **state) {
    (void)state;
    expect_message("HTTP/1.1 500 \x1b[31mred\r\nX: a\x07z\r\n\r\n"
                   "one\ttwo\x1b]0;title\r\nthr\xff"
                   "ee and a long enough line of text behind it\n\n",
                   0,
                   "HTTP/1.1 500 ?[31mred\nX: a?z\n\n"
                   "one two?]0;title\nthr\xef\xbf\xbd"
                   "ee and a long enough line of text behind it");
    expect_message("HTTP/1.1 500 a\r\n\r\n\x1f\x8b\x08\x01\x02\x03", 312,
                   "HTTP/1.1 500 a\n\n(312 bytes that are no text)");
}

static void what_does_not_fit_is_said(void **state) {
    (void)state;
    char to[200];
    Text t = { 0 };
    text_adds(&t, "HTTP/1.1 500 a\r\n\r\n");
    for (int i = 0; i < 40; i++)
        text_adds(&t, "123456789\n");
    capture_message(to, sizeof to, &(Message){ t.bytes, t.length, 1000, false },
                    NULL, NULL);
    assert_true(strlen(to) < sizeof to);
    assert_string_equal(strrchr(to, '\n'), "\n(the first 100 of 1000 bytes)");
    text_clear(&t);
    text_adds(&t, "HTTP/1.1 500 a\r\n");
    for (int i = 0; i < 40; i++)
        text_adds(&t, "X-A: 12345\r\n");
    capture_message(to, sizeof to, &(Message){ t.bytes, t.length, 0, false },
                    NULL, NULL);
    assert_string_equal(strrchr(to, '\n'), "\n(more of the head is not shown)");
    text_close(&t);
}

/* --- over the wire ------------------------------------------------------ */

static Run run_raw(RawOptions o, const char *profile) {
    RawServer *server = raw_server_start(&o);
    char url[64];
    assert_non_null(server);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", raw_server_port(server));
    Run r = engine_run_at(url, NULL, profile, NULL, 1);
    raw_server_stop(server);
    return r;
}

#define SORRY                                                           \
    "HTTP/1.1 503 Sorry\r\nRetry-After: 3\r\nSet-Cookie: id=secret\r\n" \
    "Content-Length: 13\r\n\r\nno\x1b[2J stock."

static void expect_head(const char *text, const char *wanted) {
    if (strncmp(text, wanted, strlen(wanted)) != 0)
        fail_msg("is\n%s\ninstead of\n%s", text, wanted);
}

/* transport: more of [target] */
static void expect_sorry(const char *transport, bool by_bytes,
                         const char *answer) {
    char profile[512];
    snprintf(profile, sizeof profile,
             "%s\n[request order]\nPUT = /order?n=${iteration}\n"
             "header = Authorization: Bearer abc\nbody = {\"n\":1}\n"
             "" STAGES,
             transport);
    Run r =
        run_raw((RawOptions){ .answer = SORRY, .by_bytes = by_bytes }, profile);
    const Example *e = &r.examples[FAIL_HTTP_5XX];
    assert_true(r.fail[FAIL_HTTP_5XX] > 0);
    assert_true(e->is_there);
    assert_string_equal(e->why, "order: status 503");
    assert_int_equal(e->status, 503);
    assert_int_equal(e->vu, 1);
    assert_true(e->took_ns > 0);
    assert_true(e->end_ns <= r.now_ns);
    expect_head(e->request, "PUT /order?n=0 HTTP/1.1\nHost: 127.0.0.1:");
    assert_non_null(strstr(e->request, "\nAuthorization: ***\n"));
    assert_null(strstr(e->request, "abc"));
    assert_string_equal(strstr(e->request, "\n\n"), "\n\n{\"n\":1}");
    assert_string_equal(e->answer, answer);
}

static void an_answer_is_kept_however_it_comes(void **state) {
    (void)state;
    static const char whole[] =
        "HTTP/1.1 503 Sorry\nRetry-After: 3\nSet-Cookie: ***\n"
        "Content-Length: 13\n\nno?[2J stock.";
    expect_sorry("", false, whole);
    expect_sorry("", true, whole);
    expect_sorry("pipeline = 2", true, whole);
    expect_sorry("transport = curl", false,
                 "HTTP 503\nRetry-After: 3\nSet-Cookie: ***\n"
                 "Content-Length: 13\n\nno?[2J stock.");
}

static void a_cut_answer_is_shown_as_far_as_it_came(void **state) {
    (void)state;
    Run r = run_raw((RawOptions){ .answer = "HTTP/1.1 200 OK\r\n"
                                            "Content-Length: 100\r\n\r\npart",
                                  .closes = true },
                    "[request a]\nGET = /\n" STAGES);
    const Example *e = &r.examples[FAIL_TRUNCATED];
    assert_true(e->is_there);
    assert_string_equal(e->answer,
                        "HTTP/1.1 200 OK\nContent-Length: 100\n\npart");
    assert_string_equal(e->why, "a: the connection was closed within the "
                                "answer");
}

static void no_answer_has_no_text(void **state) {
    (void)state;
    Run r = run_raw((RawOptions){ .answer = "", .closes = true },
                    "[request a]\nGET = /\n" STAGES);
    const Example *e = &r.examples[FAIL_RESET];
    assert_true(e->is_there);
    expect_head(e->request, "GET / HTTP/1.1\n");
    assert_string_equal(e->answer, "");
    assert_int_equal(e->status, 0);
}

static void a_long_answer_is_cut(void **state) {
    (void)state;
    Text t = { 0 };
    text_adds(&t, "HTTP/1.1 500 a\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 10000; i++)
        text_adds(&t, "123456789\n");
    static const char *const transports[] = { "", "transport = curl" };
    for (size_t i = 0; i < 2; i++) {
        char profile[256];
        snprintf(profile, sizeof profile, "%s\n[request a]\nGET = /\n" STAGES,
                 transports[i]);
        Run r = run_raw((RawOptions){ .answer = t.bytes }, profile);
        const Example *e = &r.examples[FAIL_HTTP_5XX];
        assert_true(e->is_there);
        assert_true(strlen(e->answer) > 2000);
        assert_non_null(strstr(e->answer, " of 100000 bytes)"));
    }
    text_close(&t);
}

/* Of an answer that is fine, too: its status says nothing of it. */
static void a_check_has_its_example(void **state) {
    (void)state;
    Run r = run_raw((RawOptions){ .answer = "HTTP/1.1 200 OK\r\n"
                                            "Content-Length: 2\r\n\r\nhi" },
                    "[request a]\nGET = /\n"
                    "check = body contains \"hello\"\n" STAGES);
    const Example *e = &r.examples[FAIL_COUNT];
    assert_true(r.unpassed > 0);
    assert_int_equal(engine_run_classes(&r), 0);
    assert_true(e->is_there);
    assert_string_equal(e->why,
                        "a: status 200, but not: body contains \"hello\"");
    assert_string_equal(e->answer, "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
}

static void over_http2(void **state) {
    (void)state;
    H2Server *server = h2_server_start(&(H2ServerOptions){ 0 });
    char url[64];
    assert_non_null(server);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", h2_server_port(server));
    Run r = engine_run_at(url, NULL,
                          "http = 2\n[request a]\nGET = /status/503\n"
                          "" STAGES,
                          NULL, 1);
    h2_server_stop(server);
    const Example *e = &r.examples[FAIL_HTTP_5XX];
    assert_true(e->is_there);
    expect_head(e->request, "GET /status/503 HTTP/1.1\n");
    expect_head(e->answer, "HTTP/2 503");
}

static void of_a_command(void **state) {
    (void)state;
    Run r = engine_run_at(NULL, NULL,
                          "[request a]\n"
                          "exec = sh -c 'echo here; echo bad >&2; exit 3' x\n"
                          "body = in\n" STAGES,
                          NULL, 1);
    const Example *e = &r.examples[FAIL_EXIT];
    assert_true(e->is_there);
    assert_string_equal(e->why, "a: status 3: bad");
    assert_string_equal(e->request,
                        "sh -c echo here; echo bad >&2; exit 3 x\n\nin");
    assert_string_equal(e->answer, "status 3\n\nhere");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(nothing_harms_a_terminal),
        cmocka_unit_test(what_does_not_fit_is_said),
        cmocka_unit_test(an_answer_is_kept_however_it_comes),
        cmocka_unit_test(a_cut_answer_is_shown_as_far_as_it_came),
        cmocka_unit_test(no_answer_has_no_text),
        cmocka_unit_test(a_long_answer_is_cut),
        cmocka_unit_test(a_check_has_its_example),
        cmocka_unit_test(over_http2),
        cmocka_unit_test(of_a_command),
    };
    return cmocka_run_group_tests(tests, engine_run_setup, engine_run_teardown);
}
