/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the test server plays, over real sockets: shop, tasks, metrics. The
 * RPC is in test_target_rpc.c, what needs no socket in test_target_plays.c. */
#include "target_cases.h"

#include <pthread.h>

/* --- the shop ----------------------------------------------------------- */

static void the_shop_answers(void **state) {
    (void)state;
    static const Case cases[] = {
        { "POST /login", "{\"user\":\"Ada\",\"password\":\"x\"}", 200,
          "\"name\":\"Ada\"" },
        { "POST /login", "{\"user\":\"Ada\",\"password\":\"wrong\"}", 401,
          "wrong" },
        { "POST /login", "{\"user\":\"\",\"password\":\"x\"}", 400, "user" },
        { "POST /login", "{\"user\":7,\"password\":\"x\"}", 400, "user" },
        { "POST /login", "{\"user\":\"Ada\"}", 400, "password" },
        { "POST /login", "user=Ada&password=x", 400, "JSON object" },
        { "GET /login", NULL, 405, "POST it" },
        { "GET /account", NULL, 401, "log in" },
        { "GET /account\nAuthorization: Bearer x", NULL, 200, "\"id\":" },
        { "GET /account\nauthorization: bearer 17-x", NULL, 200, "\"id\":17}" },
        { "GET /account\nAuthorization: Bearer", NULL, 401, "log in" },
        { "GET /account\nAuthorization: Bearer  ", NULL, 401, "log in" },
        { "GET /account\nAuthorization: Basic QTpC", NULL, 401, "log in" },
        { "GET /account\nAuthorization: Bearerx y", NULL, 401, "log in" },
        { "GET /account\nCookie: a=b; session=19-x; c=d", NULL, 200,
          "\"id\":19}" },
        { "GET /account\nCookie: session=", NULL, 401, "log in" },
        { "GET /account\nCookie: xsession=19", NULL, 401, "log in" },
        { "GET /account?x", NULL, 401, "log in" }, /* nothing is left over */
        { "POST /account", "", 405, "GET it" },
        { "GET /products", NULL, 200,
          "{\"page\":1,\"items\":[{\"sku\":\"S-1\"" },
        { "GET /products?x=1&page=3#y", NULL, 200,
          "{\"page\":3,\"items\":[{\"sku\":\"S-21\"" },
        { "GET /products?page=1001", NULL, 200, "\"items\":[]" },
        { "GET /products?page=999999999", NULL, 200, "\"items\":[]" },
        { "GET /products?page=0", NULL, 400, "whole number" },
        { "GET /products?page=", NULL, 400, "whole number" },
        { "GET /products?page=-1", NULL, 400, "whole number" },
        { "GET /products?page=1e3", NULL, 400, "whole number" },
        { "GET /products?page=99999999999999999999", NULL, 400, "whole" },
        { "HEAD /products", NULL, 200, "" },
        { "GET /products/S-17", NULL, 200, "\"sku\":\"S-17\"" },
        { "GET /products/S-10000", NULL, 200, "\"sku\":\"S-10000\"" },
        { "GET /products/S-10001", NULL, 404, "no such product" },
        { "GET /products/S-017", NULL, 404, "no such product" },
        { "GET /products/S-0", NULL, 404, "no such product" },
        { "GET /products/S-", NULL, 404, "no such product" },
        { "GET /products/17", NULL, 404, "no such product" },
        { "GET /products/S-18446744073709551617", NULL, 404, "no such" },
    };
    Target *t = serve_with(FAST);
    RUN_CASES(t, cases);
    target_free(t);
}

static void orders_come_and_are_done(void **state) {
    (void)state;
    static const Case cases[] = {
        { "GET /orders/o-1", NULL, 404, "no such order" },
        { "POST /orders", "{\"sku\":\"S-1\",\"qty\":2}", 201,
          "{\"id\":\"o-1\",\"total\":161.38,\"state\":\"accepted\"}" },
        { "POST /orders", "{\"sku\":\"S-10\",\"qty\":1000}", 201,
          "{\"id\":\"o-2\",\"total\":5400.00,\"state\":\"accepted\"}" },
        { "GET /orders/o-1", NULL, 200,
          "{\"id\":\"o-1\",\"total\":161.38,\"state\":\"accepted\"}" },
        { "GET /orders/o-3", NULL, 404, "no such order" },
        { "GET /orders/o-0", NULL, 404, "no such order" },
        { "GET /orders/1", NULL, 404, "no such order" },
        { "GET /orders/o-65537", NULL, 404, "no such order" },
        { "POST /orders", "{\"sku\":\"S-1\"}", 400, "qty" },
        { "POST /orders", "{\"sku\":\"S-1\",\"qty\":0}", 400, "qty" },
        { "POST /orders", "{\"sku\":\"S-1\",\"qty\":1.5}", 400, "qty" },
        { "POST /orders", "{\"sku\":\"S-1\",\"qty\":1001}", 400, "qty" },
        { "POST /orders", "{\"sku\":\"S-0\",\"qty\":1}", 400, "sku" },
        { "POST /orders", "{\"sku\":1,\"qty\":1}", 400, "sku" },
        { "POST /orders", "{\"qty\":1}", 400, "sku" },
        { "POST /orders", "[1]", 400, "JSON object" },
        /* What the demo orders, and anything that is not of this shop. */
        { "POST /orders?x", "{\"item\": \"umbrella\", \"count\": 1}", 200,
          "{\"ok\":true,\"path\":\"/orders\"}" },
        { "POST /orders", "{}", 200, "{\"ok\":true,\"path\":\"/orders\"}" },
    };
    Err err;
    Target *t = serve_with(FAST "order_time=1h");
    RUN_CASES(t, cases);
    assert_int_equal(target_set(t, "order_time=0s", &err), 0);
    Client c = dial(t);
    Reply r = ask_case(&c, "GET /orders/o-2", NULL);
    assert_non_null(strstr(r.body.bytes, "\"state\":\"done\""));
    forget(&r);
    r = ask_case(&c, "POST /orders", "{\"sku\":\"S-1\",\"qty\":2}");
    assert_string_equal(header(&r, "Location"), "/orders/o-3");
    forget(&r);
    hang_up(&c);
    target_free(t);
}

static void a_login_opens_the_account(void **state) {
    (void)state;
    Target *t = serve_with(FAST);
    Client c = dial(t);
    Reply r =
        ask_case(&c, "POST /login",
                 "{\"user\":\"\\u00e9\\\"\\u001b[1m\",\"password\":\"x\"}");
    json_t *j = parsed(&r);
    const char *token = json_string_value(json_object_get(j, "token"));
    json_t *user = json_object_get(j, "user");
    json_int_t id = json_integer_value(json_object_get(user, "id"));
    char want[128], request[256];
    assert_true(id > 0);
    assert_string_equal(json_string_value(json_object_get(user, "name")),
                        "\xc3\xa9\"\x1b[1m");
    assert_null(memchr(r.body.bytes, 0x1b, r.body.length));
    snprintf(want, sizeof want, "session=%s; Path=/; HttpOnly", token);
    assert_string_equal(header(&r, "Set-Cookie"), want);
    for (int i = 0; i < 2; i++) {
        snprintf(request, sizeof request, "GET /account\n%s%s",
                 i ? "Cookie: session=" : "Authorization: Bearer ", token);
        snprintf(want, sizeof want, "{\"ok\":true,\"user\":{\"id\":%lld}}\n",
                 (long long)id);
        Reply account = ask_case(&c, request, NULL);
        assert_string_equal(account.body.bytes, want);
        forget(&account);
    }
    Reply refused = ask_case(&c, "GET /account", NULL);
    assert_string_equal(header(&refused, "WWW-Authenticate"),
                        "Bearer realm=\"shop\"");
    forget(&refused);
    json_decref(j);
    forget(&r);
    hang_up(&c);
    target_free(t);
}

/* --- tasks -------------------------------------------------------------- */

#define SUMMARY "{\"kind\":\"summarize\",\"quality\":\"standard\"}"

static void tasks_are_taken_and_told(void **state) {
    (void)state;
    static const Case cases[] = {
        { "POST /tasks", SUMMARY, 202,
          "{\"id\":\"t-1\",\"state\":\"queued\"}" },
        { "POST /tasks", "{\"quality\":\"draft\",\"kind\":\"emb\\u0065d\"}",
          202, "t-2" },
        { "GET /tasks/t-1", NULL, 200,
          "{\"id\":\"t-1\",\"state\":\"running\",\"kind\":\"summarize\","
          "\"quality\":\"standard\"}" },
        { "GET /tasks/t-2", NULL, 200, "\"state\":\"queued\"" },
        { "HEAD /tasks/t-2", NULL, 200, "" },
        { "GET /tasks/t-3", NULL, 404, "no such task" },
        { "GET /tasks/t-0", NULL, 404, "no such task" },
        { "GET /tasks/t-65537", NULL, 404, "no such task" },
        { "GET /tasks/t-1x", NULL, 404, "no such task" },
        { "GET /tasks/t-99999999999999999999", NULL, 404, "no such task" },
        { "DELETE /tasks/t-1", NULL, 405, "GET it" },
        { "GET /tasks", NULL, 405, "POST it" },
        { "POST /tasks", "", 400, "JSON object" },
        { "POST /tasks", "\"summarize\"", 400, "JSON object" },
        { "POST /tasks", SUMMARY "x", 400, "JSON object" },
        { "POST /tasks", "{\"kind\":\"nap\",\"quality\":\"high\"}", 400,
          "kind: summarize" },
        { "POST /tasks", "{\"kind\":[],\"quality\":\"high\"}", 400, "kind" },
        { "POST /tasks", "{\"kind\":\"embed\",\"quality\":\"best\"}", 400,
          "quality: draft" },
        { "POST /tasks", "{\"kind\":\"embed\"}", 400, "quality" },
    };
    Target *t = serve_with(FAST "task_workers=1 task_time=1h spread=0");
    RUN_CASES(t, cases);
    target_free(t);
}

static void a_done_task_has_its_result(void **state) {
    (void)state;
    static const char *const kinds[] = { "summarize", "translate", "classify",
                                         "generate", "embed" };
    Target *t = serve_with(FAST "task_time=0s");
    Client c = dial(t);
    for (int i = 0; i < 5; i++) {
        char body[80], path[160];
        snprintf(body, sizeof body, "{\"kind\":\"%s\",\"quality\":\"high\"}",
                 kinds[i]);
        Reply r = ask_case(&c, "POST /tasks", body);
        assert_int_equal(r.status, 202);
        snprintf(path, sizeof path, "GET %s", header(&r, "Location"));
        forget(&r);
        r = ask_case(&c, path, NULL);
        json_t *j = parsed(&r);
        assert_string_equal(json_string_value(json_object_get(j, "state")),
                            "done");
        assert_string_equal(json_string_value(json_object_get(j, "kind")),
                            kinds[i]);
        assert_true(json_is_object(json_object_get(j, "result")));
        json_decref(j);
        forget(&r);
    }
    hang_up(&c);
    target_free(t);
}

static void a_full_task_queue_says_when(void **state) {
    (void)state;
    Target *t =
        serve_with(FAST "task_workers=1 task_queue=1 task_time=90s spread=0");
    Client c = dial(t);
    for (int i = 0; i < 3; i++) {
        Reply r = ask_case(&c, "POST /tasks", SUMMARY);
        assert_int_equal(r.status, i < 2 ? 202 : 429);
        if (i == 2)
            assert_string_equal(header(&r, "Retry-After"), "60");
        forget(&r);
    }
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.served, 2);
    assert_int_equal(counts.shed, 1);
    assert_balanced(&counts);
    hang_up(&c);
    target_free(t);
}

/* --- metrics ------------------------------------------------------------ */

static double metric(const Reply *r, const char *name) {
    size_t n = strlen(name);
    for (const char *at = r->body.bytes; at; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, name, n) == 0 && at[n] == ' ')
            return strtod(at + n, NULL);
    }
    fail_msg("no metric %s in:\n%s", name, r->body.bytes);
    return 0;
}

static void metrics_tell_the_counts(void **state) {
    (void)state;
    Target *t =
        serve_with(FAST "task_workers=1 task_queue=1 task_time=1h errors=0");
    Client c = dial(t);
    for (int i = 0; i < 3; i++) {
        Reply r = ask_case(&c, "POST /tasks", SUMMARY);
        forget(&r);
    }
    expect(&c, "GET", "/", 200);
    expect(&c, "GET", "/errors/100%", 500);
    Reply r = ask_case(&c, "GET /metrics", NULL);
    assert_int_equal(r.status, 200);
    assert_string_equal(header(&r, "Content-Type"),
                        "text/plain; version=0.0.4; charset=utf-8");
    static const struct {
        const char *name;
        double value;
    } want[] = {
        { "onrush_target_requests_total{outcome=\"served\"}", 3 },
        { "onrush_target_requests_total{outcome=\"shed\"}", 1 },
        { "onrush_target_requests_total{outcome=\"errors\"}", 1 },
        { "onrush_target_in_service", 0 },
        { "onrush_target_queued", 0 },
        { "onrush_target_delayed", 0 },
        { "onrush_target_open_connections", 1 },
        { "onrush_target_tasks{state=\"queued\"}", 1 },
        { "onrush_target_tasks{state=\"running\"}", 1 },
        { "onrush_target_tasks_done_total", 0 },
        { "onrush_target_tasks_refused_total", 1 },
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_near(metric(&r, want[i].name), want[i].value, 0);
    assert_true(metric(&r, "process_cpu_seconds_total") > 0);
    assert_true(metric(&r, "process_resident_memory_bytes") > 1e5);
    assert_true(metric(&r, "process_open_fds") >= 5);
    forget(&r);
    expect(&c, "POST", "/metrics", 405);
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, 5); /* a scrape is no load */
    hang_up(&c);
    target_free(t);
}

/* --- all of them under stress ------------------------------------------- */

/* [[[[..., {"a":{"a":..., many members, NUL bytes, no UTF-8, a megabyte. */
static void hostile_bodies_are_refused(void **state) {
    (void)state;
    enum { MIB = 1 << 20 };
    static const char *const paths[] = { "POST /tasks", "POST /login",
                                         "POST /orders", "POST /rpc/Echo" };
    static const char *const fills[] = {
        "[", "{\"a\":", "1,", "\"", "\xff", " "
    };
    char *body = malloc(MIB);
    Target *t = serve_with(FAST);
    Client c = dial(t);
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < sizeof fills / sizeof *fills; k++) {
            size_t n = strlen(fills[k]);
            for (size_t at = 0; at < MIB; at++)
                body[at] = fills[k][at % n];
            send_one(&c, paths[i], body, MIB);
            Reply r = hear(&c);
            assert_int_equal(r.status, 400);
            json_decref(parsed(&r));
            forget(&r);
        }
        send_one(&c, paths[i], "{\"kind\":\"em\0bed\"}", 17);
        Reply r = hear(&c);
        assert_int_equal(r.status, 400);
        forget(&r);
    }
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, 28);
    assert_int_equal(counts.served, 28);
    hang_up(&c);
    target_free(t);
    free(body);
}

/* What they cost is the system's: places, queue, shedding, aborting. */
static void services_meet_the_system(void **state) {
    (void)state;
    Target *t = serve_with("capacity=1 queue=1 service=1h");
    Client served = dial(t), queued = dial(t), shed = dial(t);
    send_one(&served, "POST /rpc/Echo", "{\"message\":\"x\"}", 15);
    await_count(t, in_service, 1);
    send_one(&queued, "POST /tasks", SUMMARY, strlen(SUMMARY));
    await_count(t, queued, 1);
    Reply r = ask_case(&shed, "GET /products", NULL);
    assert_int_equal(r.status, 503);
    forget(&r);
    slam(&served);
    await_count(t, aborted, 1);
    await_count(t, queued, 0);
    slam(&queued);
    await_count(t, aborted, 2);
    await_count(t, in_service, 0);
    r = ask_case(&shed, "GET /metrics", NULL); /* even now */
    assert_near(metric(&r, "onrush_target_requests_total{outcome=\"shed\"}"), 1,
                0);
    forget(&r);
    hang_up(&shed);
    target_free(t);
}

enum { THREADS = 4, PER_THREAD = 400 };

static void *send_mixed(void *arg) {
    static const char *const requests[][2] = {
        { "POST /tasks", SUMMARY },
        { "GET /tasks/t-5", NULL },
        { "POST /rpc/Echo", "{\"message\":\"x\"}" },
        { "POST /login", "{\"user\":\"Ada\",\"password\":\"wrong\"}" },
        { "GET /products?page=7", NULL },
        { "POST /orders", "{\"sku\":\"S-1\",\"qty\":2}" },
        { "GET /orders/o-3", NULL },
    };
    Client c = dial(arg);
    for (int i = 0; i < PER_THREAD; i++) {
        Reply r = ask_case(&c, requests[i % 7][0], requests[i % 7][1]);
        assert_true(r.status >= 200);
        forget(&r);
    }
    hang_up(&c);
    return NULL;
}

static void every_call_is_counted_once(void **state) {
    (void)state;
    Target *t = serve_with("capacity=2 queue=1 service=20us errors=10% "
                           "task_workers=2 task_queue=3 task_time=1ms");
    pthread_t thread[THREADS];
    Err err;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, send_mixed, t);
    for (int i = 0; i < 100; i++) {
        TargetCounts now = target_counts(t);
        assert_balanced(&now);
        assert_int_equal(target_set(t,
                                    i % 2 ? "task_workers=1 task_queue=9"
                                          : "task_workers=5 task_queue=2",
                                    &err),
                         0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    TargetCounts counts = target_counts(t);
    assert_int_equal(counts.received, THREADS * PER_THREAD);
    assert_int_equal(counts.served + counts.errors + counts.shed,
                     THREADS * PER_THREAD);
    target_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shop_answers),
        cmocka_unit_test(orders_come_and_are_done),
        cmocka_unit_test(a_login_opens_the_account),
        cmocka_unit_test(tasks_are_taken_and_told),
        cmocka_unit_test(a_done_task_has_its_result),
        cmocka_unit_test(a_full_task_queue_says_when),
        cmocka_unit_test(metrics_tell_the_counts),
        cmocka_unit_test(hostile_bodies_are_refused),
        cmocka_unit_test(services_meet_the_system),
        cmocka_unit_test(every_call_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
