/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP/2 transport against a server that misbehaves on request, over
 * real sockets on loopback. What is asserted are counts and outcomes. */
#include "unit.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdlib.h>

#include "base/rng.h"
#include "engine/engine.h"
#include "h2_client.h"
#include "h2_server.h"
#include "http/fields.h"
#include "http/h2_conn.h"
#include "target/target.h"

static H2Server *start(H2ServerOptions o) {
    H2Server *s = h2_server_start(&o);
    assert_non_null(s);
    return s;
}

#define GET(path) "[request r" path "]\nGET = " path "\n"
#define GET_X GET("/x") "check = body == \"hello\"\n"

/* Every lane sends the first request, and so often again; all succeed. */
static void shoot_all(Client *c, size_t again) {
    for (size_t i = 0; i < LANES; i++) {
        c->shot[i].again = again;
        shoot(c, i, 0);
    }
    wait_all(c);
    for (size_t i = 0; i < LANES; i++)
        expect(c, i, FAIL_NONE, 200);
}

/* On the first lane. */
static void shoot_one(Client *c, size_t request, FailClass fail, int status) {
    shoot(c, 0, request);
    wait_all(c);
    expect(c, 0, fail, status);
}

/* --- what goes well ----------------------------------------------------- */

static void lanes_share_connections(bool tls) {
    H2Server *server = start((H2ServerOptions){ .tls = tls });
    Client c;
    open_client(&c, tls ? "https" : "http", h2_server_port(server),
                "streams = 4", GET_X);
    shoot_all(&c, 50);
    size_t sockets = c.transport->ops->sockets(c.transport);
    for (size_t i = 0; i < LANES; i++)
        assert_string_equal(c.shot[i].body, "hello");
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(c.done, LANES * 51);
    assert_int_equal(seen.requests, c.done);
    assert_int_equal(seen.connections, LANES / 4);
    assert_int_equal(sockets, LANES / 4);
    assert_int_equal(c.connects, LANES / 4);
    assert_int_equal(seen.most_streams, 4);
    assert_int_equal(c.retried, 0);
}

static void streams_share_a_connection(void **state) {
    (void)state;
    lanes_share_connections(false);
}

static void over_tls_too(void **state) {
    (void)state;
    lanes_share_connections(true);
}

static void one_stream_at_a_time_when_the_target_says_so(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .max_streams = 1 });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 12", GET_X);
    shoot_all(&c, 10);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.requests, LANES * 11);
    assert_int_equal(seen.connections, 1);
    assert_int_equal(seen.most_streams, 1);
    assert_int_equal(c.retried, 0);
}

static void answers_of_all_shapes(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(
        &c, "http", h2_server_port(server), "streams = 12",
        GET("/trailers") "check = body == \"hello\"\n"
                         "[request head]\nHEAD = /x\n" GET("/status/204")
                             GET("/status/304") GET("/status/503") GET("/big")
                                 GET("/status/600") GET_X);
    for (size_t i = 0; i < 8; i++)
        shoot(&c, i, i);
    wait_all(&c);
    expect(&c, 0, FAIL_NONE, 200);
    assert_string_equal(c.shot[0].body, "hello");
    expect(&c, 1, FAIL_NONE, 200);
    assert_int_equal(c.shot[1].x.body_bytes, 0);
    expect(&c, 2, FAIL_NONE, 204);
    expect(&c, 3, FAIL_NONE, 304);
    expect(&c, 4, FAIL_NONE, 503);
    expect(&c, 5, FAIL_NONE, 200);
    assert_int_equal(c.shot[5].x.body_bytes, H2_BIG_BYTES);
    assert_true(c.shot[5].x.bytes_in > H2_BIG_BYTES);
    expect(&c, 6, FAIL_MALFORMED, 0);
    expect(&c, 7, FAIL_NONE, 200);
    const Exchange *x = &c.shot[7].x;
    assert_true(x->wanted_ns <= x->start_ns && x->start_ns <= x->sent_ns);
    assert_true(x->start_ns <= x->first_ns && x->first_ns <= x->end_ns);
    assert_true(x->bytes_out > 9 && x->bytes_in >= 9 + 9 + 5);
    close_client(&c);
    assert_int_equal(h2_server_stop(server).connections, 1);
}

static void a_large_body_goes_out(void **state) {
    (void)state;
    enum { SIZE = 300000 };
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 12",
                "[request up]\nPOST = /count\nbody = x\n"
                "check = body contains \"\"\n"
                "[request early]\nPOST = /early\nbody = x\n"
                "check = body contains \"\"\n");
    char *bytes = calloc(1, SIZE);
    Span length = { 0, 1 };
    Form form = c.encoded[0].form, early = c.encoded[1].form;
    assert_true(form.header_count > 2 && length.length == 1);
    /* a rendered form: same head, another body */
    memcpy(bytes, form.bytes, form.length);
    form.bytes = bytes;
    form.body = (Span){ form.body.at, SIZE - form.body.at };
    Span *headers = calloc(form.header_count * 2, sizeof *headers);
    size_t kept = 0;
    for (size_t i = 0; i < form.header_count; i++)
        if (strncmp(bytes + form.headers[2 * i].at, "Content-Length", 14) != 0)
            memcpy(&headers[2 * kept++], &form.headers[2 * i],
                   2 * sizeof *headers);
    form.headers = headers;
    form.header_count = kept;
    c.encoded[0].form = form;
    shoot_one(&c, 0, FAIL_NONE, 200);
    assert_int_equal(atoi(c.shot[0].body), form.body.length);
    assert_true(c.shot[0].x.bytes_out > form.body.length);
    assert_true(c.shot[0].x.sent_ns != 0);
    /* an answer before the request was out is one */
    early.bytes = bytes;
    early.body = form.body;
    early.headers = headers;
    early.header_count = kept;
    memcpy(bytes + early.path.at, "/early", 6);
    c.encoded[1].form = early;
    for (size_t i = 0; i < 4; i++)
        shoot(&c, i, 1);
    wait_all(&c);
    for (size_t i = 0; i < 4; i++)
        expect(&c, i, FAIL_NONE, 200);
    close_client(&c);
    assert_int_equal(h2_server_stop(server).connections, 1);
    free(headers);
    free(bytes);
}

/* --- the request's head -------------------------------------------------- */

static void fields_of_the_connection_stay_out(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server),
                "header = Host: there.example\n"
                "header = TE: gzip\nheader = X-One: Two\n",
                GET("/field/:authority") "check = body contains \"\"\n" GET(
                    "/field/x-one") "check = body contains \"\"\n");
    Fields f = { 0 };
    for (int i = 0; i < 2; i++)
        fields_make(&f, &c.encoded[0].form, true, i == 0);
    assert_int_equal(f.count, 4 + 3); /* user-agent, accept, x-one */
    for (size_t i = 0; i < f.count; i++)
        for (size_t k = 0; k < f.nv[i].namelen; k++)
            assert_false(f.nv[i].name[k] >= 'A' && f.nv[i].name[k] <= 'Z');
    assert_memory_equal(f.nv[1].value, "https", 5);
    fields_close(&f);
    shoot(&c, 0, 0);
    shoot(&c, 1, 1);
    wait_all(&c);
    expect(&c, 0, FAIL_NONE, 200);
    assert_string_equal(c.shot[0].body, "there.example");
    expect(&c, 1, FAIL_NONE, 200);
    assert_string_equal(c.shot[1].body, "Two");
    close_client(&c);
    h2_server_stop(server);
}

/* --- bad servers -------------------------------------------------------- */

static void a_refused_stream_is_sent_again(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 12",
                "[request a]\nPOST = /refuse-once\nbody = x\n" GET("/refuse"));
    shoot(&c, 0, 0);
    wait_all(&c);
    shoot(&c, 1, 1);
    wait_all(&c);
    expect(&c, 0, FAIL_NONE, 200);
    assert_true(c.shot[0].x.retried && c.shot[0].x.retried_sent);
    expect(&c, 1, FAIL_RESET, 0);
    expect_why(&c, 1, "REFUSED_STREAM");
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.requests, 4);
    assert_int_equal(seen.connections, 1);
}

static void faults_stay_in_their_stream(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 12",
                GET("/reset") GET("/reset-body") GET("/short") GET("/huge")
                    GET_X GET("/hang"));
    for (size_t i = 0; i < 5; i++)
        shoot(&c, i, i);
    c.shot[4].again = 20;
    shoot(&c, 5, 5);
    while (c.under_way > 1)
        uv_run(&c.loop, UV_RUN_ONCE);
    expect(&c, 0, FAIL_RESET, 0);
    expect_why(&c, 0, "INTERNAL_ERROR");
    expect(&c, 1, FAIL_RESET, 0);
    expect(&c, 2, FAIL_MALFORMED, 0);
    expect(&c, 3, FAIL_TOO_LARGE, 0);
    expect(&c, 4, FAIL_NONE, 200);
    c.lane[5]->ops->cancel(c.lane[5]);
    assert_true(c.shot[5].x.sent_ns != 0);
    c.under_way--;
    shoot(&c, 5, 4);
    wait_all(&c);
    expect(&c, 5, FAIL_NONE, 200);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.connections, 1);
    assert_int_equal(seen.resets, 1);
}

static void a_time_out_resets_one_stream(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server),
                "streams = 12\ntimeout = 1s", GET("/hang") GET_X);
    shoot(&c, 0, 0);
    while (!c.shot[0].is_done) {
        if (c.under_way < 2)
            shoot(&c, 1, 1);
        uv_run(&c.loop, UV_RUN_ONCE);
        if (c.shot[1].is_done)
            expect(&c, 1, FAIL_NONE, 200);
    }
    wait_all(&c);
    expect(&c, 0, FAIL_TIMEOUT_WAIT, 0);
    expect(&c, 1, FAIL_NONE, 200);
    shoot_one(&c, 1, FAIL_NONE, 200);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.connections, 1);
    assert_int_equal(seen.resets, 1);
    assert_int_equal(seen.requests, c.done);
}

static void a_silent_connection_is_left(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server),
                "streams = 12\ntimeout = 1s", GET("/silence") GET_X);
    shoot_one(&c, 1, FAIL_NONE, 200);
    shoot_one(&c, 0, FAIL_TIMEOUT_WAIT, 0);
    shoot(&c, 0, 1);
    shoot(&c, 1, 1);
    wait_all(&c);
    expect(&c, 0, FAIL_NONE, 200);
    expect(&c, 1, FAIL_NONE, 200);
    close_client(&c);
    assert_int_equal(h2_server_stop(server).connections, 2);
}

static void goaway_moves_everyone_on(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 6",
                GET("/bye") GET("/hang") "[request p]\nPOST = /x\nbody = y\n");
    shoot(&c, 0, 1); /* opens, and keeps the first connection */
    while (!h2_server_counts(server).requests)
        uv_run(&c.loop, UV_RUN_ONCE);
    for (size_t i = 1; i < 6; i++) {
        c.shot[i].again = i == 1 ? 0 : 20;
        shoot(&c, i, i == 1 ? 0 : 2);
    }
    while (c.under_way > 1)
        uv_run(&c.loop, UV_RUN_ONCE);
    expect(&c, 1, FAIL_NONE, 200);
    for (size_t i = 2; i < 6; i++)
        expect(&c, i, FAIL_NONE, 200);
    assert_false(c.shot[0].is_done); /* not harmed */
    assert_int_equal(c.transport->ops->sockets(c.transport), 2);
    c.lane[0]->ops->cancel(c.lane[0]);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.connections, 2);
    assert_int_equal(c.connects, 1); /* and lane 0's, which was cancelled */
    assert_int_equal(c.done, 1 + 4 * 21);
}

static void a_connection_that_ends(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 12",
                GET("/close") GET("/cut") GET_X
                "[request p]\nPOST = /close\nbody = y\n");
    shoot_one(&c, 0, FAIL_RESET, 0); /* on a new connection: no race */
    assert_false(c.shot[0].x.retried);
    shoot(&c, 0, 2);
    wait_all(&c);
    shoot_one(&c, 3, FAIL_RESET, 0); /* kept, but not safe */
    assert_false(c.shot[0].x.retried);
    shoot(&c, 0, 2);
    wait_all(&c);
    shoot_one(&c, 0, FAIL_RESET, 0); /* kept and safe: once more */
    assert_true(c.shot[0].x.retried);
    shoot_one(&c, 1, FAIL_TRUNCATED, 0);
    assert_int_equal(c.transport->ops->sockets(c.transport), 0);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(seen.connections, 5);
    assert_int_equal(seen.requests, 7);
}

/* Half a billion requests later. */
static void a_connection_without_stream_numbers_is_left(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server),
                "streams = 12\ntimeout = 5s", GET_X);
    shoot(&c, 0, 0);
    wait_all(&c);
    const H2Lane *lane = (const H2Lane *)c.lane[0];
    assert_int_equal(
        nghttp2_session_set_next_stream_id(lane->conn->session, INT32_MAX), 0);
    shoot_all(&c, 2);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_int_equal(c.done, 1 + LANES * 3);
    assert_int_equal(seen.requests, c.done);
    assert_int_equal(c.retried, 0);
    assert_int_equal(seen.connections, 2);
}

static void renewed_lanes_connect_anew(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c;
    open_client(&c, "http", h2_server_port(server), "streams = 3", GET_X);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 3; i++) {
            shoot(&c, i, 0);
            wait_all(&c);
            expect(&c, i, FAIL_NONE, 200);
        }
        c.lane[0]->ops->renew(c.lane[0]);
        assert_int_equal(c.transport->ops->sockets(c.transport), 1);
    }
    close_client(&c);
    assert_int_equal(h2_server_stop(server).connections, 3);
}

/* Whatever happens around it, each exchange ends once. */
static void a_storm_of_all_faults(void **state) {
    (void)state;
    static const char requests[] = GET("/x") GET("/refuse") GET("/reset")
        GET("/reset-body") GET("/short") GET("/cut") GET("/close") GET("/bye")
            GET("/hang") GET("/big") GET("/silence");
    H2Server *server = start((H2ServerOptions){ .max_streams = 3 });
    Client c;
    Rng rng = { .state = 7 };
    size_t shots = 0, cancelled = 0, fine = 0;
    open_client(&c, "http", h2_server_port(server),
                "streams = 5\ntimeout = 100ms", requests);
    while (shots < 500 || c.under_way) {
        size_t i = (size_t)(rng_unit(&rng) * LANES);
        double dice = rng_unit(&rng);
        const Shot *s = &c.shot[i];
        bool is_flying = c.lane[i] && s->client && !s->is_done;
        if (!is_flying && s->is_done && s->x.fail == FAIL_NONE)
            fine++;
        if (!is_flying && dice < 0.7 && shots < 500) {
            shots++;
            shoot(&c, i, dice < 0.35 ? 0 : (size_t)(rng_unit(&rng) * 11));
        } else if (!is_flying && dice < 0.8 && c.lane[i]) {
            c.lane[i]->ops->renew(c.lane[i]);
        } else if (dice > 0.95 && c.lane[i]) {
            cancelled += is_flying;
            c.under_way -= is_flying;
            c.shot[i].is_done = true;
            c.shot[i].x.fail = FAIL_RESET;
            c.lane[i]->ops->lane_free(c.lane[i]);
            c.lane[i] = NULL;
        }
        uv_run(&c.loop, dice < 0.5 ? UV_RUN_NOWAIT : UV_RUN_ONCE);
    }
    assert_int_equal(c.done + cancelled, 500);
    assert_true(fine > 0);
    close_client(&c);
    h2_server_stop(server);
}

/* --- through the engine --------------------------------------------------- */

typedef struct Run {
    Engine *engine;
    uint64_t requests, failed, sent, abandoned, connects;
} Run;

static void on_engine(void *data) {
    Run *r = data;
    const Snapshot *s = source_snapshot(engine_source(r->engine));
    if (s->state != RUN_DONE)
        return;
    r->requests = slab_requests(s->totals);
    r->failed = slab_failed(s->totals);
    r->sent = s->totals->series[0].sent;
    r->abandoned = s->totals->abandoned;
    r->connects = s->totals->connects;
    engine_close(r->engine, NULL, NULL);
}

static void the_engine_counts_what_the_target_counts(void **state) {
    (void)state;
    H2Server *server = start((H2ServerOptions){ .tls = false });
    Client c; /* for its profile */
    Run r = { 0 };
    Err err;
    open_client(&c, "http", h2_server_port(server), "streams = 5",
                GET("/x") "[stages]\nup = 300ms to 20\nhold = 500ms\n"
                          "down = 300ms to 0\n");
    uv_loop_t loop;
    uv_loop_init(&loop);
    EngineOptions options = {
        .workers = 2, .seed = 42, .on_tick = on_engine, .data = &r
    };
    r.engine = engine_new(&loop, &c.profile, &options, &err);
    assert_non_null(r.engine);
    assert_int_equal(engine_start(r.engine, &err), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    close_client(&c);
    H2Counts seen = h2_server_stop(server);
    assert_true(r.requests > 100);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.sent, seen.requests);
    assert_int_equal(r.requests + r.abandoned, seen.requests);
    /* two workers, ten VUs on each */
    assert_int_equal(seen.connections, 4);
    assert_int_equal(r.connects, 4);
}

/* --- no HTTP/2 at all ---------------------------------------------------- */

static void shoot_at_stranger(const char *scheme, int port, FailClass fail,
                              const char *why) {
    Client c;
    open_client(&c, scheme, port, "streams = 4\ntimeout = 3s", GET_X);
    for (size_t i = 0; i < 4; i++)
        shoot(&c, i, 0);
    wait_all(&c);
    for (size_t i = 0; i < 4; i++) {
        expect(&c, i, fail, 0);
        expect_why(&c, i, why);
        assert_int_equal(c.shot[i].x.start_ns, 0); /* so its VU backs off */
    }
    assert_int_equal(c.transport->ops->sockets(c.transport), 0);
    close_client(&c);
}

static void an_http_1_server(void **state) {
    (void)state;
    Err err;
    TargetSettings set = target_settings_default();
    Target *target = target_new(NULL, 0, &set, &err);
    assert_non_null(target);
    assert_int_equal(target_start(target, &err), 0);
    shoot_at_stranger("http", target_port(target), FAIL_MALFORMED,
                      "does not speak HTTP/2");
    target_free(target);
}

static void tls_without_h2(void **state) {
    (void)state;
    H2Server *silent = start((H2ServerOptions){ .tls = true, .no_alpn = true });
    shoot_at_stranger("https", h2_server_port(silent), FAIL_MALFORMED,
                      "does not speak HTTP/2");
    h2_server_stop(silent);
    H2Server *strict = start((H2ServerOptions){ .tls = true, .h1_only = true });
    shoot_at_stranger("https", h2_server_port(strict), FAIL_TLS,
                      "does not speak HTTP/2");
    h2_server_stop(strict);
}

static void nobody_there(void **state) {
    (void)state;
    H2Server *gone = start((H2ServerOptions){ .tls = false });
    int port = h2_server_port(gone);
    h2_server_stop(gone);
    shoot_at_stranger("http", port, FAIL_CONNECT, "");
}

static int start_curl(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* OpenSSL's, on both sides */
    return curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK;
}

static int stop_curl(void **state) {
    (void)state;
    curl_global_cleanup();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_share_a_connection),
        cmocka_unit_test(over_tls_too),
        cmocka_unit_test(one_stream_at_a_time_when_the_target_says_so),
        cmocka_unit_test(answers_of_all_shapes),
        cmocka_unit_test(a_large_body_goes_out),
        cmocka_unit_test(fields_of_the_connection_stay_out),
        cmocka_unit_test(a_refused_stream_is_sent_again),
        cmocka_unit_test(faults_stay_in_their_stream),
        cmocka_unit_test(a_time_out_resets_one_stream),
        cmocka_unit_test(a_silent_connection_is_left),
        cmocka_unit_test(goaway_moves_everyone_on),
        cmocka_unit_test(a_connection_that_ends),
        cmocka_unit_test(a_connection_without_stream_numbers_is_left),
        cmocka_unit_test(renewed_lanes_connect_anew),
        cmocka_unit_test(a_storm_of_all_faults),
        cmocka_unit_test(the_engine_counts_what_the_target_counts),
        cmocka_unit_test(an_http_1_server),
        cmocka_unit_test(tls_without_h2),
        cmocka_unit_test(nobody_there),
    };
    return cmocka_run_group_tests(tests, start_curl, stop_curl);
}
