/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every transport does alike, over real sockets on loopback: heads of
 * answers, and variants. */
#include "unit.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>

#include "h2_server.h"
#include "lane_client.h"
#include "raw_server.h"

#define ANSWER                                              \
    "HTTP/1.1 100 Continue\r\nX-Interim: yes\r\n\r\n"       \
    "HTTP/1.1 200 OK\r\nX-Long: one\r\n two \r\nEmpty:\r\n" \
    "Transfer-Encoding: chunked\r\n\r\n"                    \
    "2\r\nok\r\n0\r\nX-Trailer: yes\r\n\r\n"
#define ANSWER_HEAD \
    "X-Long: one two\r\nEmpty: \r\nTransfer-Encoding: chunked\r\n"

static RawServer *start(RawOptions o) {
    RawServer *s = raw_server_start(&o);
    assert_non_null(s);
    return s;
}

/* target: more of [target] */
static void open_at(LaneClient *c, int port, const char *target,
                    const char *requests) {
    Text t = { 0 };
    text_addf(&t, "[target]\nurl = http://127.0.0.1:%d\n%s\n%s", port, target,
              requests);
    lanes_open(c, t.bytes);
    text_close(&t);
}

/* --- heads -------------------------------------------------------------- */

static void ask_for_head(const char *target, bool by_bytes) {
    RawServer *server =
        start((RawOptions){ .answer = ANSWER, .by_bytes = by_bytes });
    LaneClient c;
    open_at(&c, raw_server_port(server), target,
            "[request a]\nGET = /\n[request b]\nGET = /b\n");
    c.encoded[0][0].keep_head = c.encoded[0][0].keep_body = true;
    for (size_t i = 0; i < 2; i++) {
        lanes_shoot(&c, 0, 0, 0, NULL);
        lanes_shoot(&c, 1, 0, 0, NULL);
        lanes_wait(&c);
        for (size_t k = 0; k < 2; k++) {
            lanes_expect(&c, k, FAIL_NONE, 200);
            assert_string_equal(c.shot[k].head, ANSWER_HEAD);
            assert_string_equal(c.shot[k].body, "ok");
        }
    }
    /* who does not ask does not get the last one's */
    lanes_shoot(&c, 0, 0, 1, NULL);
    lanes_wait(&c);
    lanes_expect(&c, 0, FAIL_NONE, 200);
    assert_int_equal(c.shot[0].x.head_length, 0);
    lanes_close(&c);
    raw_server_stop(server);
}

static void heads_are_kept(void **state) {
    (void)state;
    static const char *const targets[] = { "", "transport = curl",
                                           "pipeline = 2" };
    for (size_t i = 0; i < 3; i++)
        for (int by_bytes = 0; by_bytes < 2; by_bytes++)
            ask_for_head(targets[i], by_bytes);
}

/* Those behind a shared connection's answer get a new one before the owner
 * of this answer is told. */
static void an_answer_outlives_its_connection(void **state) {
    (void)state;
    RawServer *server = start((RawOptions){
        .answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                  "Content-Length: 2\r\n\r\nok",
        .closes = true });
    LaneClient c;
    open_at(&c, raw_server_port(server), "pipeline = 2",
            "[request a]\nGET = /\n");
    c.encoded[0][0].keep_head = c.encoded[0][0].keep_body = true;
    for (size_t i = 0; i < 2; i++)
        lanes_shoot(&c, i, 0, 0, NULL);
    lanes_wait(&c);
    for (size_t i = 0; i < 2; i++) {
        lanes_expect(&c, i, FAIL_NONE, 200);
        assert_string_equal(c.shot[i].body, "ok");
        assert_string_equal(c.shot[i].head,
                            "Connection: close\r\nContent-Length: 2\r\n");
    }
    lanes_close(&c);
    raw_server_stop(server);
}

static void a_failure_has_no_head(void **state) {
    (void)state;
    static const char *const targets[] = { "", "transport = curl" };
    for (size_t i = 0; i < 2; i++) {
        RawServer *server = start((RawOptions){
            .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut",
            .closes = true });
        LaneClient c;
        open_at(&c, raw_server_port(server), targets[i],
                "[request a]\nGET = /\n");
        c.encoded[0][0].keep_head = true;
        lanes_shoot(&c, 0, 0, 0, NULL);
        lanes_wait(&c);
        lanes_expect(&c, 0, FAIL_TRUNCATED, 0);
        assert_int_equal(c.shot[0].x.head_length, 0);
        lanes_close(&c);
        raw_server_stop(server);
    }
}

static void heads_of_http_2(void **state) {
    (void)state;
    static const char *const targets[] = { "http = 2",
                                           "http = 2\ntransport = curl" };
    for (size_t i = 0; i < 2; i++) {
        H2Server *server = h2_server_start(&(H2ServerOptions){ 0 });
        LaneClient c;
        assert_non_null(server);
        open_at(&c, h2_server_port(server), targets[i],
                "[request a]\nGET = /trailers\n[request b]\nGET = /x\n");
        c.encoded[0][0].keep_head = true;
        lanes_shoot(&c, 0, 0, 0, NULL);
        lanes_wait(&c);
        lanes_expect(&c, 0, FAIL_NONE, 200);
        assert_string_equal(c.shot[0].head,
                            "server: test\r\ncontent-length: 5\r\n");
        lanes_shoot(&c, 1, 0, 1, NULL);
        lanes_wait(&c);
        lanes_expect(&c, 1, FAIL_NONE, 200);
        assert_int_equal(c.shot[1].x.head_length, 0);
        lanes_close(&c);
        h2_server_stop(server);
    }
}

/* --- variants ----------------------------------------------------------- */

static void variants_lead_to_their_own_targets(void **state) {
    (void)state;
    static const char *const targets[] = { "", "transport = curl" };
    for (size_t i = 0; i < 2; i++) {
        char wants[2][40];
        RawServer *server[2];
        for (size_t v = 0; v < 2; v++)
            server[v] = start((RawOptions){
                .answer = v ? "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nB"
                            : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nA",
                .wants = v ? "GET /b/x HTTP/1.1" : "GET /x HTTP/1.1" });
        LaneClient c;
        Text t = { 0 };
        text_addf(&t,
                  "[target]\n%s\n[variant a]\nurl = http://127.0.0.1:%d\n"
                  "[variant b]\nurl = http://127.0.0.1:%d/b\n"
                  "[request x]\nGET = /x\n",
                  targets[i], raw_server_port(server[0]),
                  raw_server_port(server[1]));
        lanes_open(&c, t.bytes);
        text_close(&t);
        for (size_t v = 0; v < 2; v++) {
            c.encoded[v][0].keep_body = true;
            snprintf(wants[v], sizeof wants[v], "Host: 127.0.0.1:%d\r\n",
                     raw_server_port(server[v]));
            const Form *f = &c.encoded[v][0].form;
            assert_non_null(memmem(f->bytes, f->length, wants[v],
                                   strlen(wants[v])));
            lanes_shoot(&c, v, v, 0, NULL);
        }
        lanes_wait(&c);
        for (size_t v = 0; v < 2; v++) {
            lanes_expect(&c, v, FAIL_NONE, 200);
            assert_string_equal(c.shot[v].body, v ? "B" : "A");
        }
        lanes_close(&c);
        for (size_t v = 0; v < 2; v++) {
            RawCounts n = raw_server_stop(server[v]);
            assert_int_equal(n.requests, 1);
            assert_int_equal(n.wanted, 1);
        }
    }
}

/* One over TLS, one plain, one whose name nobody knows. */
static void variants_may_differ_in_scheme(void **state) {
    (void)state;
    RawServer *plain = start((RawOptions){
        .answer = "HTTP/1.1 204 None\r\n\r\n" });
    H2Server *tls = h2_server_start(&(H2ServerOptions){ .tls = true });
    assert_non_null(tls);
    LaneClient c;
    Text t = { 0 };
    text_addf(&t,
              "[target]\ntls_verify = off\n"
              "[variant plain]\nurl = http://127.0.0.1:%d\n"
              "[variant tls]\nurl = https://127.0.0.1:%d\n"
              "[variant files]\nurl = ftp://127.0.0.1:%d\n"
              "[request x]\nGET = /x\n",
              raw_server_port(plain), h2_server_port(tls),
              raw_server_port(plain));
    lanes_open(&c, t.bytes);
    text_close(&t);
    const char *why;
    assert_int_equal(transport_for(&c.profile, 0, 0, &why), TRANSPORT_WIRE);
    assert_int_equal(transport_for(&c.profile, 1, 0, &why), TRANSPORT_WIRE);
    assert_int_equal(transport_for(&c.profile, 2, 0, &why), TRANSPORT_CURL);
    assert_string_equal(why, "ftp");
    lanes_shoot(&c, 0, 0, 0, NULL);
    lanes_shoot(&c, 1, 1, 0, NULL); /* which speaks HTTP/2 only */
    lanes_wait(&c);
    lanes_expect(&c, 0, FAIL_NONE, 204);
    assert_int_equal(c.shot[0].x.tls_ns, 0);
    lanes_expect(&c, 1, FAIL_TLS, 0);
    lanes_close(&c);
    h2_server_stop(tls);
    raw_server_stop(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_kept),
        cmocka_unit_test(an_answer_outlives_its_connection),
        cmocka_unit_test(a_failure_has_no_head),
        cmocka_unit_test(heads_of_http_2),
        cmocka_unit_test(variants_lead_to_their_own_targets),
        cmocka_unit_test(variants_may_differ_in_scheme),
    };
    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
