/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the test server plays, without sockets and at any time one likes:
 * tasks, orders, header fields. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "target/headers.h"
#include "target/services.h"
#include "target/system.h"

#include <llhttp.h>

#define S NS_PER_S

static TargetSettings with(const char *assignments) {
    TargetSettings s = target_settings_default();
    Err err;
    if (target_settings_read(&s, assignments, &err) < 0)
        fail_msg("%s: %s", assignments, err.text);
    return s;
}

/* A call and what it was answered. */
typedef struct Told {
    ServiceCall call;
    Text to, fields;
} Told;

static Told tell(void (*fn)(Tasks *, ServiceCall *), Tasks *t, const char *rest,
                 const char *body, uint64_t now_ns) {
    Told told = { .call = { .rest = rest,
                            .rest_length = strlen(rest),
                            .query = "",
                            .body = body,
                            .body_length = strlen(body),
                            .trace = "",
                            .now_ns = now_ns } };
    ServiceCall c = told.call;
    c.to = &told.to;
    c.fields = &told.fields;
    fn(t, &c);
    told.call.status = c.status;
    told.call.is_shed = c.is_shed;
    return told;
}

static void forget(Told *t) {
    text_close(&t->to);
    text_close(&t->fields);
}

/* The status. */
static int post(Tasks *t, const char *kind, const char *quality, uint64_t now) {
    char body[80];
    snprintf(body, sizeof body, "{\"kind\":\"%s\",\"quality\":\"%s\"}", kind,
             quality);
    Told told = tell(tasks_post, t, "", body, now);
    forget(&told);
    return told.call.status;
}

static void assert_state(Tasks *t, int id, uint64_t now, const char *state) {
    char rest[24], want[40];
    snprintf(rest, sizeof rest, "t-%d", id);
    snprintf(want, sizeof want, "\"state\":\"%s\"", state);
    Told told = tell(tasks_get, t, rest, "", now);
    if (!strstr(told.to.bytes, want))
        fail_msg("%s at %llu: %s", rest, (unsigned long long)now,
                 told.to.bytes);
    forget(&told);
}

static void assert_unknown(Tasks *t, int id, uint64_t now) {
    char rest[24];
    snprintf(rest, sizeof rest, "t-%d", id);
    Told told = tell(tasks_get, t, rest, "", now);
    assert_int_equal(told.call.status, 404);
    forget(&told);
}

/* --- tasks -------------------------------------------------------------- */

static void a_task_waits_runs_and_ends(void **state) {
    (void)state;
    TargetSettings s = with("task_workers=1 task_time=10s spread=0");
    Tasks t;
    tasks_init(&t, &s);
    assert_int_equal(post(&t, "summarize", "standard", 0), 202);
    assert_int_equal(post(&t, "embed", "high", 1 * S), 202);
    assert_state(&t, 1, 1 * S, "running");
    assert_state(&t, 2, 1 * S, "queued");
    assert_state(&t, 1, 10 * S - 1, "running");
    assert_state(&t, 2, 10 * S - 1, "queued");
    assert_state(&t, 1, 10 * S, "done");
    assert_state(&t, 2, 10 * S, "running");
    assert_state(&t, 2, 12 * S - 1, "running"); /* 10 s * 0.1 * 2 */
    assert_state(&t, 2, 12 * S, "done");
    assert_state(&t, 1, 10 * S + TASKS_KEPT_NS - 1, "done");
    assert_unknown(&t, 1, 10 * S + TASKS_KEPT_NS);
    tasks_close(&t);
}

static void kinds_and_qualities_differ(void **state) {
    (void)state;
    static const struct {
        const char *kind, *quality;
        uint64_t ms;
    } cases[] = {
        { "summarize", "standard", 1000 }, { "summarize", "draft", 500 },
        { "summarize", "high", 2000 },     { "translate", "standard", 800 },
        { "classify", "standard", 200 },   { "generate", "standard", 2000 },
        { "generate", "high", 4000 },      { "embed", "draft", 50 },
    };
    TargetSettings s = with("task_workers=64 task_time=1s spread=0");
    Tasks t;
    tasks_init(&t, &s);
    for (int i = 0; i < 8; i++) {
        uint64_t end = cases[i].ms * NS_PER_MS;
        assert_int_equal(post(&t, cases[i].kind, cases[i].quality, 0), 202);
        assert_state(&t, i + 1, end - NS_PER_US, "running");
        assert_state(&t, i + 1, end + NS_PER_US, "done");
    }
    tasks_close(&t);
}

static void the_task_queue_is_bounded(void **state) {
    (void)state;
    TargetSettings s =
        with("task_workers=2 task_queue=2 task_time=10s spread=0");
    Tasks t;
    tasks_init(&t, &s);
    for (int i = 0; i < 4; i++)
        assert_int_equal(post(&t, "summarize", "standard", 0), 202);
    Told told = tell(tasks_post, &t, "",
                     "{\"kind\":\"embed\",\"quality\":\"draft\"}", 3500000000);
    assert_int_equal(told.call.status, 429);
    assert_true(told.call.is_shed);
    assert_string_equal(told.fields.bytes, "Retry-After: 7\r\n");
    forget(&told);
    TasksCounts n = tasks_counts(&t, 4 * S);
    assert_int_equal(n.queued, 2);
    assert_int_equal(n.running, 2);
    assert_int_equal(n.done, 0);
    assert_int_equal(n.refused, 1);
    assert_int_equal(post(&t, "summarize", "standard", 10 * S), 202);
    n = tasks_counts(&t, 10 * S);
    assert_int_equal(n.queued, 1);
    assert_int_equal(n.running, 2);
    assert_int_equal(n.done, 2);
    tasks_close(&t);
    s = with("task_workers=1 task_queue=0 task_time=10s spread=0");
    tasks_init(&t, &s);
    assert_int_equal(post(&t, "summarize", "standard", 0), 202);
    assert_int_equal(post(&t, "summarize", "standard", 1), 429);
    assert_int_equal(post(&t, "summarize", "standard", 10 * S), 202);
    tasks_close(&t);
}

/* Beyond the table's size; one that runs all the time keeps its place. */
static void done_tasks_make_room(void **state) {
    (void)state;
    TargetSettings s = with("task_workers=2 task_time=1h spread=0");
    Tasks t;
    tasks_init(&t, &s);
    assert_int_equal(post(&t, "summarize", "standard", 0), 202);
    s.task_ns = 0;
    tasks_set(&t, &s, 0);
    for (int i = 0; i < 2 * TASKS_KEPT; i++)
        assert_int_equal(post(&t, "embed", "draft", 1), 202);
    assert_state(&t, 1, 1, "running");
    assert_unknown(&t, 2, 1);
    assert_unknown(&t, TASKS_KEPT + 1, 1); /* its place was taken: skipped */
    assert_unknown(&t, 2 * TASKS_KEPT + 1, 1);
    assert_state(&t, 2 * TASKS_KEPT + 3, 1, "done");
    assert_unknown(&t, 2 * TASKS_KEPT + 4, 1);
    TasksCounts n = tasks_counts(&t, 1);
    assert_int_equal(n.running, 1);
    assert_int_equal(n.done, 2 * TASKS_KEPT);
    tasks_close(&t);
}

static void workers_come_and_go(void **state) {
    (void)state;
    TargetSettings s = with("task_workers=1 task_time=10s spread=0");
    Tasks t;
    tasks_init(&t, &s);
    for (int i = 0; i < 4; i++)
        post(&t, "summarize", "standard", 0);
    s.task_workers = 3;
    tasks_set(&t, &s, 5 * S); /* two more start at once, */
    assert_state(&t, 3, 5 * S, "running");
    assert_state(&t, 4, 10 * S - 1, "queued");
    assert_state(&t, 4, 10 * S, "running"); /* and one behind the first */
    s.task_workers = 1;
    tasks_set(&t, &s, 6 * S); /* those three go on, the last one waits */
    assert_state(&t, 3, 15 * S - 1, "running");
    assert_state(&t, 4, 15 * S - 1, "queued");
    assert_state(&t, 4, 15 * S, "running");
    tasks_close(&t);
}

/* Against the plainest model: each task's times, kept in a list. */
static void tasks_are_never_too_many(void **state) {
    (void)state;
    enum { STEPS = 3000 };
    static const char *const kinds[] = { "summarize", "translate", "classify",
                                         "generate", "embed" };
    static const char *const qualities[] = { "draft", "standard", "high" };
    TargetSettings s = with("task_workers=3 task_queue=5 task_time=1s "
                            "spread=0.8");
    Tasks t;
    Rng rng = { 7 };
    uint64_t now = 0, taken = 0, refused = 0, most_queued = 0;
    tasks_init(&t, &s);
    for (int i = 0; i < STEPS; i++) {
        now += rng_next(&rng) % (600 * NS_PER_MS);
        int status = post(&t, kinds[rng_next(&rng) % 5],
                          qualities[rng_next(&rng) % 3], now);
        *(status == 202 ? &taken : &refused) += 1;
        TasksCounts n = tasks_counts(&t, now);
        uint64_t queued = 0, running = 0, done = 0, starts = 0;
        for (uint64_t id = 1; id <= t.last_id; id++) {
            const Task *task = &t.table[id % TASKS_KEPT];
            assert_true(task->start_ns >= starts); /* first come */
            starts = task->start_ns;
            queued += task->start_ns > now;
            running += task->start_ns <= now && now < task->end_ns;
            done += now >= task->end_ns;
        }
        assert_int_equal(n.queued, queued);
        assert_int_equal(n.running, running);
        assert_int_equal(n.done, done);
        assert_int_equal(queued + running + done, taken);
        assert_int_equal(n.refused, refused);
        assert_true(running <= 3 && queued <= 5);
        assert_true(running == 3 || queued == 0); /* nobody idles */
        if (queued > most_queued)
            most_queued = queued;
    }
    assert_int_equal(most_queued, 5);
    assert_true(refused > 100 && taken > 1000);
    tasks_close(&t);
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
                      .trace = "",
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

static void extra_time_is_served_by_the_system(void **state) {
    (void)state;
    TargetSettings s = with("service=10ms spread=0 logger=1ms tracing=2ms "
                            "validation=4ms slowdown=0");
    static const struct {
        ServiceId id;
        TargetChain chain;
        uint64_t ms;
    } cases[] = {
        { SERVICE_RPC, 0, 10 },
        { SERVICE_RPC, TARGET_CHAIN_ALL, 17 },
        { SERVICE_RPC, 1u << TARGET_VALIDATION, 14 },
        { SERVICE_LOGIN, TARGET_CHAIN_ALL, 10 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        System y;
        Job j = { .extra_ns =
                      services_extra_ns(&s, cases[i].id, cases[i].chain) };
        system_init(&y, &s);
        system_admit(&y, &j, 0);
        assert_int_equal(j.done_ns, cases[i].ms * NS_PER_MS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_waits_runs_and_ends),
        cmocka_unit_test(kinds_and_qualities_differ),
        cmocka_unit_test(the_task_queue_is_bounded),
        cmocka_unit_test(done_tasks_make_room),
        cmocka_unit_test(workers_come_and_go),
        cmocka_unit_test(tasks_are_never_too_many),
        cmocka_unit_test(orders_are_kept_in_a_ring),
        cmocka_unit_test(fields_come_in_pieces),
        cmocka_unit_test(extra_time_is_served_by_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
