/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "unit.h"

#include "http/encode.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define AGENT "User-Agent: onrush/" PACKAGE_VERSION "\r\n"
#define ACCEPT "Accept: */*\r\n"
#define STAGES "[stages]\nup = 1s to 1\n"
#define HERE "[target]\nurl = http://127.0.0.1:8080\n"

static Profile profile(const char *text) {
    Profile p;
    Diags d;
    ProfileOptions o = { 0 };
    diags_init(&d, "x.ini");
    if (profile_read_text(&p, text, strlen(text), "x.ini", &o, &d) < 0)
        fail_msg("line %d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    return p;
}

static void encodes(const Profile *p, size_t i, const char *want,
                    size_t length) {
    Arena a = { 0 };
    Encoded e = encode_request(p, 0, i, &a);
    if (e.form.length != length || memcmp(e.form.bytes, want, length) != 0)
        fail_msg("%.*s", (int)e.form.length, e.form.bytes);
    arena_close(&a);
}

static void a_profile_becomes_bytes(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        { HERE STAGES "[request home]\nGET = /\n",
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT "\r\n" },
        { "[target]\nurl = http://shop.example/api/v1/\n" STAGES
          "[request list]\nGET = /items?a=b&c=d\n",
          "GET /api/v1/items?a=b&c=d HTTP/1.1\r\nHost: shop.example\r\n" AGENT
              ACCEPT "\r\n" },
        { "[target]\nurl = https://shop.example:443\n" STAGES
          "[request home]\nHEAD = /\n",
          "HEAD / HTTP/1.1\r\nHost: shop.example\r\n" AGENT ACCEPT "\r\n" },
        { "[target]\nurl = https://[::1]:8443/x\n" STAGES
          "[request home]\nDELETE = /y\n",
          "DELETE /x/y HTTP/1.1\r\nHost: [::1]:8443\r\n" AGENT ACCEPT "\r\n" },
        /* headers of the target, in its order; what a request says replaces
         * them, whatever the case of its letters */
        { HERE
          "header = X-One: 1\nheader = x-two: 2\nheader = X-One: 1b\n" STAGES
          "[request home]\nGET = /\nheader = X-Two: mine\n",
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "X-One: 1\r\nX-One: 1b\r\nX-Two: mine\r\n\r\n" },
        { HERE "header = user-agent: me\nheader = HOST: virtual\n" STAGES
               "[request home]\nGET = /\nheader = accept: text/html\n",
          "GET / HTTP/1.1\r\nuser-agent: me\r\nHOST: virtual\r\n"
          "accept: text/html\r\n\r\n" },
        /* bodies */
        { HERE STAGES "[request order]\nPOST = /o\nbody = {\"a\": 1}\n",
          "POST /o HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "Content-Length: 8\r\n\r\n{\"a\": 1}" },
        { HERE STAGES "[request order]\nPUT = /o\nbody = gr\xc3\xbc\xc3\x9f\n",
          "PUT /o HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "Content-Length: 6\r\n\r\ngr\xc3\xbc\xc3\x9f" },
        { HERE STAGES "[request order]\nPOST = /o\n",
          "POST /o HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "Content-Length: 0\r\n\r\n" },
        { HERE STAGES "[request order]\nDELETE = /o\nbody = x\n",
          "DELETE /o HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "Content-Length: 1\r\n\r\nx" },
        /* the target is to close when each request has a connection */
        { HERE "new_connection = iteration\n" STAGES
               "[request home]\nGET = /\n",
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT "\r\n" },
        { HERE "new_connection = request\n" STAGES
               "[request home]\nGET = /\n",
          "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
          "Connection: close\r\n\r\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Profile p = profile(cases[i].text);
        encodes(&p, 0, cases[i].want, strlen(cases[i].want));
        profile_close(&p);
    }
}

static void hosts_and_ports(void **state) {
    (void)state;
    static const struct {
        Url url;
        const char *want;
    } cases[] = {
        { { false, "a", false, 80, "", "", NULL, false }, "Host: a\r\n" },
        { { false, "a", false, 443, "", "", NULL, false }, "Host: a:443\r\n" },
        { { true, "a", false, 443, "", "", NULL, false }, "Host: a\r\n" },
        { { true, "a", false, 80, "", "", NULL, false }, "Host: a:80\r\n" },
        { { false, "::1", true, 80, "", "", NULL, false }, "Host: [::1]\r\n" },
        { { false, "fe80::1", true, 65535, "", "", NULL, false },
          "Host: [fe80::1]:65535\r\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Request r = { .method = "GET", .path = "/" };
        Variant v = { .url = cases[i].url };
        Profile p = { .variants = &v, .requests = &r, .request_count = 1 };
        char want[200];
        snprintf(want, sizeof want, "GET / HTTP/1.1\r\n%s%s\r\n", cases[i].want,
                 AGENT ACCEPT);
        encodes(&p, 0, want, strlen(want));
    }
}

/* A body is bytes with a length, NUL among them. */
static void bodies_are_bytes(void **state) {
    (void)state;
    static const char want[] = "POST /p/x HTTP/1.1\r\nHost: a\r\n" AGENT ACCEPT
                               "Content-Length: 5\r\n\r\na\0b\0c";
    Request r = {
        .method = "POST", .path = "/x", .body = "a\0b\0c", .body_length = 5
    };
    Variant v = { .url = { .host = "a", .port = 80, .prefix = "/p" } };
    Profile p = { .variants = &v,
                  .requests = &r,
                  .request_count = 1 };
    encodes(&p, 0, want, sizeof want - 1);
}

/* Who says the length, or how the body is framed, has said it: twice would
 * be no HTTP. */
static void a_length_is_said_once(void **state) {
    (void)state;
    static const char begin[] = "POST / HTTP/1.1\r\nHost: a\r\n" AGENT ACCEPT;
    Header length = { .name = "content-length", .value = "99" };
    Header chunked = { .name = "Transfer-Encoding", .value = "chunked" };
    Header *headers[] = { &length, &chunked };
    for (size_t i = 0; i < 4; i++) {
        Header *h = headers[i % 2];
        char want[300];
        Request r = {
            .method = "POST", .path = "/", .body = "0\r\n\r\n", .body_length = 5
        };
        Variant v = { .url = { .host = "a", .port = 80, .prefix = "" } };
        Profile p = { .variants = &v,
                      .requests = &r,
                      .request_count = 1 };
        if (i < 2)
            r.headers = h, r.header_count = 1;
        else
            p.headers = h, p.header_count = 1;
        snprintf(want, sizeof want, "%s%s: %s\r\n\r\n0\r\n\r\n", begin, h->name,
                 h->value);
        encodes(&p, 0, want, strlen(want));
    }
}

static void methods_are_known(void **state) {
    (void)state;
    static const struct {
        const char *method;
        bool is_head, is_safe;
    } cases[] = {
        { "GET", false, true },     { "HEAD", true, true },
        { "OPTIONS", false, true }, { "POST", false, false },
        { "PUT", false, false },    { "PATCH", false, false },
        { "DELETE", false, false },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int body = 0; body < 2; body++) {
            Arena a = { 0 };
            Request r = { .method = cases[i].method,
                          .path = "/",
                          .keeps_body = body != 0 };
            Variant v = { .url = { .host = "a", .port = 80, .prefix = "" } };
            Profile p = { .variants = &v,
                          .requests = &r,
                          .request_count = 1 };
            Encoded e = encode_request(&p, 0, 0, &a);
            assert_int_equal(e.is_head, cases[i].is_head);
            assert_int_equal(e.is_safe, cases[i].is_safe);
            assert_int_equal(e.keep_body, body);
            arena_close(&a);
        }
}

static void each_request_is_its_own(void **state) {
    (void)state;
    Profile p = profile(HERE STAGES "[request a]\nGET = /a\n"
                                    "[request b]\nPOST = /b\nbody = x\n");
    static const char a[] =
        "GET /a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT "\r\n";
    static const char b[] =
        "POST /b HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n" AGENT ACCEPT
        "Content-Length: 1\r\n\r\nx";
    assert_int_equal(p.request_count, 2);
    encodes(&p, 0, a, sizeof a - 1);
    encodes(&p, 1, b, sizeof b - 1);
    profile_close(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_becomes_bytes),
        cmocka_unit_test(hosts_and_ports),
        cmocka_unit_test(bodies_are_bytes),
        cmocka_unit_test(a_length_is_said_once),
        cmocka_unit_test(methods_are_known),
        cmocka_unit_test(each_request_is_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
