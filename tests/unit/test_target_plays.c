/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the test server plays, without sockets and at any time one likes:
 * orders, header fields. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "target/headers.h"
#include "target/services.h"

#include <llhttp.h>

#define S NS_PER_S

static TargetSettings with(const char *assignments) {
    TargetSettings s = target_settings_default();
    Err err;
    if (target_settings_read(&s, assignments, &err) < 0)
        fail_msg("%s: %s", assignments, err.text);
    return s;
}

/* --- orders ------------------------------------------------------------- */

static int order(Services *v, ServiceId id, uint8_t method, const char *rest,
                 const char *body, uint64_t now, const char *says) {
    Text to = { 0 }, fields = { 0 };
    ServiceCall c = { .rest = rest,
                      .rest_length = strlen(rest),
                      .query = "",
                      .body = body,
                      .body_length = strlen(body),
                      .now_ns = now,
                      .to = &to,
                      .fields = &fields };
    services_answer(v, id, method, &c);
    if (!strstr(to.bytes, says))
        fail_msg("%s %s: %s", rest, body, to.bytes);
    text_close(&to);
    text_close(&fields);
    return c.status;
}

#define BUY "{\"sku\":\"S-1\",\"qty\":1}"
#define BUYS(v, now) order(v, SERVICE_ORDERS, HTTP_POST, "", BUY, now, "\"o-")
#define LOOKS(v, rest, now, says) \
    order(v, SERVICE_ORDER, HTTP_GET, rest, "", now, says)

static void orders_are_kept_in_a_ring(void **state) {
    (void)state;
    TargetSettings s = with("order_time=5s");
    Services v;
    services_init(&v, &s);
    for (int i = 0; i < SHOP_ORDERS_KEPT; i++)
        assert_int_equal(BUYS(&v, 0), 201);
    assert_int_equal(LOOKS(&v, "o-1", 5 * S - 1, "accepted"), 200);
    assert_int_equal(LOOKS(&v, "o-1", 5 * S, "done"), 200);
    assert_int_equal(LOOKS(&v, "o-65536", SHOP_KEPT_NS - 1, "done"), 200);
    assert_int_equal(LOOKS(&v, "o-65536", SHOP_KEPT_NS, "no such"), 404);
    assert_int_equal(BUYS(&v, 6 * S), 201);
    assert_int_equal(LOOKS(&v, "o-1", 6 * S, "no such"), 404);
    assert_int_equal(LOOKS(&v, "o-2", 6 * S, "done"), 200);
    assert_int_equal(LOOKS(&v, "o-65537", 6 * S, "accepted"), 200);
    assert_int_equal(LOOKS(&v, "o-65538", 6 * S, "no such"), 404);
    services_close(&v);
}

/* --- header fields ------------------------------------------------------ */

static void feed(Headers *h, const char *name, const char *value,
                 size_t piece) {
    for (size_t i = 0, n = strlen(name); i < n; i += piece)
        headers_name(h, name + i, n - i < piece ? n - i : piece);
    headers_name_end(h);
    for (size_t i = 0, n = strlen(value); i < n; i += piece)
        headers_value(h, value + i, n - i < piece ? n - i : piece);
    headers_value_end(h);
}

static void fields_come_in_pieces(void **state) {
    (void)state;
    static const char trace[] =
        "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01";
    Headers h = { 0 };
    for (size_t piece = 1; piece < 60; piece++) {
        headers_begin(&h);
        assert_false(h.has_host || h.expects || h.user || *h.trace);
        feed(&h, "Accept", "session=1; Bearer 17-x", piece);
        feed(&h, "X-A-Name-That-Is-Very-Long-Indeed", trace, piece);
        feed(&h, "AuthorizationS", "Bearer 17-x", piece);
        assert_false(h.has_host || h.expects || h.user || *h.trace);
        feed(&h, "HOST", "", piece);
        feed(&h, "expect", "100-Continue", piece);
        feed(&h, "Cookie", "a=b;session=18-x", piece);
        feed(&h, "Cookie", "session=19-x", piece); /* the first one counts */
        feed(&h, "traceparent", trace, piece);
        assert_true(h.has_host && h.expects);
        assert_int_equal(h.user, 18);
        assert_string_equal(h.trace, trace);
    }
    headers_begin(&h);
    feed(&h, "Expect", "100-continues", 3);
    assert_false(h.expects);
    headers_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_kept_in_a_ring),
        cmocka_unit_test(fields_come_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
