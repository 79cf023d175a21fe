/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the test server that need no socket: settings, routes,
 * alarms, the system. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "target/alarm.h"
#include "target/answer.h"
#include "target/route.h"
#include "target/system.h"

#define MS NS_PER_MS

static TargetSettings with(const char *assignments) {
    TargetSettings s = target_settings_default();
    Err err;
    if (target_settings_read(&s, assignments, &err) < 0)
        fail_msg("%s: %s", assignments, err.text);
    return s;
}

/* --- settings ----------------------------------------------------------- */

static void settings_are_read(void **state) {
    (void)state;
    TargetSettings s =
        with("capacity=8 service=1.5ms,\n spread=0.1 queue=0 slowdown=2 "
             "errors=5% fault.hang=0.25 fault.escape=1% seed=9");
    assert_int_equal(s.capacity, 8);
    assert_int_equal(s.service_ns, 1500000);
    assert_near(s.spread, 0.1, 0);
    assert_int_equal(s.queue, 0);
    assert_near(s.slowdown, 2, 0);
    assert_near(s.errors, 0.05, 1e-12);
    assert_near(s.fault[TARGET_FAULT_HANG], 0.25, 0);
    assert_near(s.fault[TARGET_FAULT_ESCAPE], 0.01, 1e-12);
    assert_near(s.fault[TARGET_FAULT_RESET], 0, 0);
    assert_int_equal(s.seed, 9);
}

static void settings_read_back_what_they_print(void **state) {
    (void)state;
    TargetSettings s = with("capacity=8 service=1500us spread=0.1 queue=7 "
                            "slowdown=2.5 errors=5% fault.reset=0.5% seed=9");
    TargetSettings again = target_settings_default();
    for (size_t i = 0; i < target_settings_count(); i++) {
        char text[80];
        UnitsText value;
        Err err;
        snprintf(text, sizeof text, "%s=%s", target_settings_name(i),
                 target_settings_value(&s, i, value));
        assert_int_equal(target_settings_read(&again, text, &err), 0);
    }
    assert_int_equal(again.capacity, s.capacity);
    assert_int_equal(again.service_ns, s.service_ns);
    assert_int_equal(again.queue, s.queue);
    assert_int_equal(again.seed, s.seed);
    assert_near(again.spread, s.spread, 1e-9);
    assert_near(again.slowdown, s.slowdown, 1e-9);
    assert_near(again.errors, s.errors, 1e-9);
    assert_near(again.fault[TARGET_FAULT_RESET], 0.005, 1e-9);
}

static void wrong_settings_change_nothing(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "", "KEY=VALUE" },
        { "capacity", "KEY=VALUE" },
        { "capacity=64 servce=5ms", "did you mean 'service'" },
        { "capacity=64 zebra=1", "'zebra' is not a setting" },
        { "capacity=64 queue=many", "queue: " },
        { "capacity=64 capacity=0", "capacity: " },
        { "capacity=1.5", "whole number" },
        { "capacity=64 service=5", "service: " },
        { "service=2h", "more than 1h" },
        { "spread=6", "spread: " },
        { "errors=101%", "errors: " },
        { "errors=-1", "errors: " },
        { "errors=60% fault.reset=50%", "110%" },
        { "fault.rest=1%", "did you mean 'fault.reset'" },
        { "capacity=\x1b[31m", "capacity: '?[31m'" },
        { "seed=", "seed: " },
    };
    TargetSettings before = target_settings_default();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TargetSettings s = before;
        Err err = { 0 };
        assert_int_equal(target_settings_read(&s, cases[i].text, &err), -1);
        if (!strstr(err.text, cases[i].says))
            fail_msg("'%s': '%s' lacks '%s'", cases[i].text, err.text,
                     cases[i].says);
        assert_memory_equal(&s, &before, sizeof s);
    }
}

static void sizes_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = { { "0", 0 },         { "12", 12 },          { "10KiB", 10240 },
                 { "10kib", 10240 }, { "10kB", 10000 },     { "2k", 2000 },
                 { "1.5KiB", 1536 }, { "1GiB", 1073741824 } };
    static const char *const bad[] = { "",     "KiB",     "12x", "-1",
                                       "2GiB", "1.2.3kB", "1 k", "1e3" };
    uint64_t n;
    Err err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (target_read_size(good[i].text, &n, &err) < 0)
            fail_msg("%s: %s", good[i].text, err.text);
        assert_int_equal(n, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (target_read_size(bad[i], &n, &err) == 0)
            fail_msg("'%s' was read as a size", bad[i]);
}

/* --- routes and answers ------------------------------------------------- */

static void paths_lead_to_routes(void **state) {
    (void)state;
    static const struct {
        const char *url;
        RouteKind kind;
    } cases[] = {
        { "/", ROUTE_SYSTEM },
        { "*", ROUTE_SYSTEM },
        { "/delay", ROUTE_SYSTEM },
        { "/delay/", ROUTE_SYSTEM },
        { "/delays/5ms", ROUTE_SYSTEM },
        { "/delay/5ms", ROUTE_DELAY },
        { "/delay/5ms?x=1", ROUTE_DELAY },
        { "http://localhost:1/delay/5ms#a", ROUTE_DELAY },
        { "http://localhost", ROUTE_SYSTEM },
        { "http://localhost?/json", ROUTE_SYSTEM },
        { "/x?u=http://h/json", ROUTE_SYSTEM },
        { "/delay/5", ROUTE_BAD },
        { "/status/204", ROUTE_STATUS },
        { "/status/99", ROUTE_BAD },
        { "/status/600", ROUTE_BAD },
        { "/status/+20", ROUTE_BAD },
        { "/size/10%4BiB", ROUTE_SIZE },
        { "/size/10%", ROUTE_BAD },
        { "/errors/10%", ROUTE_ERRORS },
        { "/errors/10%25", ROUTE_ERRORS },
        { "/errors/0.5", ROUTE_ERRORS },
        { "/errors/1%00", ROUTE_BAD },
        { "/chunked/10000", ROUTE_CHUNKED },
        { "/chunked/10001", ROUTE_BAD },
        { "/json", ROUTE_JSON },
        { "/json/", ROUTE_SYSTEM },
        { "/echo?a", ROUTE_ECHO },
        { "/close", ROUTE_CLOSE },
        { "/fault/hang", ROUTE_FAULT },
        { "/fault/bang", ROUTE_BAD },
        { "/_target", ROUTE_CONTROL },
        { "/_target/down", ROUTE_CONTROL_DOWN },
        { "/_target/log", ROUTE_CONTROL_LOG },
        { "/metrics", ROUTE_METRICS },
        { "/metrics/x", ROUTE_SYSTEM },
        { "/tasks", ROUTE_SERVICE },
        { "/tasks/", ROUTE_SYSTEM },
        { "/tasks/t-1?x", ROUTE_SERVICE },
        { "/taskss", ROUTE_SYSTEM },
        { "http://localhost/products/S-1#a", ROUTE_SERVICE },
        { "/rpc", ROUTE_SYSTEM },
        { "/rpc/a/b", ROUTE_SERVICE },
        { "/_target/up", ROUTE_CONTROL_UNKNOWN },
        { "/_targets", ROUTE_SYSTEM },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = { 0 };
        Route r = route_read(cases[i].url, &err);
        if (r.kind != cases[i].kind)
            fail_msg("%s led to %d", cases[i].url, (int)r.kind);
        assert_int_equal(r.kind == ROUTE_BAD, err.text[0] != '\0');
    }
    char longest[300] = "/size/";
    memset(longest + 6, '1', 200);
    assert_int_equal(route_read(longest, NULL).kind, ROUTE_BAD);
    assert_int_equal(route_read("/delay/50ms", NULL).delay_ns, 50 * MS);
    assert_near(route_read("/errors/10%25", NULL).share, 0.1, 1e-12);
}

static void json_text_is_escaped(void **state) {
    (void)state;
    Text to = { 0 };
    answer_json_text(&to, "a\"\\\x1b\xff\n/", 7);
    assert_string_equal(to.bytes, "\"a\\\"\\\\\\u001b\\u00ff\\u000a/\"");
    text_close(&to);
}

/* --- alarms ------------------------------------------------------------- */

static void alarms_ring_in_order(void **state) {
    (void)state;
    enum { COUNT = 500 };
    static Alarm alarm[COUNT];
    Alarms s = { 0 };
    Rng rng = { 7 };
    size_t set = 0, rung = 0;
    assert_true(alarms_next(&s) == ALARM_NEVER);
    for (int i = 0; i < COUNT * 4; i++) {
        Alarm *a = &alarm[rng_next(&rng) % COUNT];
        if (rng_next(&rng) % 4 == 0)
            alarm_clear(&s, a);
        else
            alarm_set(&s, a, 1 + rng_next(&rng) % 1000);
    }
    for (int i = 0; i < COUNT; i++)
        set += alarm[i].place != 0;
    assert_true(set > COUNT / 2);
    uint64_t last = 0;
    for (uint64_t now = 0; now <= 1000; now += 10) {
        for (Alarm *a; (a = alarms_take(&s, now)); rung++) {
            assert_true(a->due_ns <= now);
            assert_true(a->due_ns >= last);
            assert_int_equal(a->place, 0);
            last = a->due_ns;
        }
        assert_true(alarms_next(&s) > now);
    }
    assert_int_equal(rung, set);
    alarms_close(&s);
}

/* --- the system --------------------------------------------------------- */

static void places_then_queue_then_shed(void **state) {
    (void)state;
    TargetSettings s = with("capacity=2 queue=2 service=10ms spread=0 "
                            "slowdown=0");
    System y;
    Job j[6] = { 0 };
    TargetFault fault;
    system_init(&y, &s);
    assert_int_equal(system_admit(&y, &j[0], 5 * MS), JOB_IN_SERVICE);
    assert_int_equal(j[0].done_ns, 15 * MS);
    assert_int_equal(system_admit(&y, &j[1], 0), JOB_IN_SERVICE);
    assert_int_equal(system_admit(&y, &j[2], 0), JOB_QUEUED);
    assert_int_equal(system_admit(&y, &j[3], 0), JOB_QUEUED);
    assert_int_equal(system_admit(&y, &j[4], 0), JOB_OUTSIDE);
    assert_null(system_next(&y, 0));
    assert_int_equal(system_finish(&y, &j[0], &fault), OUTCOME_OK);
    assert_ptr_equal(system_next(&y, 20 * MS), &j[2]);
    assert_int_equal(j[2].done_ns, 30 * MS);
    assert_null(system_next(&y, 0));
    assert_int_equal(y.queued, 1);
    assert_int_equal(y.in_service, 2);
}

static void a_job_may_cost_more(void **state) {
    (void)state;
    TargetSettings s = with("capacity=2 service=10ms spread=0");
    System y;
    Job dear = { .extra_ns = 5 * MS }, plain = { 0 };
    system_init(&y, &s);
    system_admit(&y, &dear, 0);
    system_admit(&y, &plain, 0);
    assert_int_equal(dear.done_ns, 15 * MS);
    assert_int_equal(plain.done_ns, 10 * MS);
}

static void who_leaves_makes_room(void **state) {
    (void)state;
    TargetSettings s = with("capacity=1 queue=5 service=10ms");
    System y;
    Job j[5] = { 0 };
    system_init(&y, &s);
    for (int i = 0; i < 5; i++)
        system_admit(&y, &j[i], 0);
    system_abandon(&y, &j[2]); /* from the middle, */
    system_abandon(&y, &j[4]); /* the end, */
    system_abandon(&y, &j[4]); /* and not twice */
    assert_int_equal(y.queued, 2);
    system_abandon(&y, &j[0]); /* and from its place */
    assert_ptr_equal(system_next(&y, 0), &j[1]);
    system_abandon(&y, &j[1]);
    assert_ptr_equal(system_next(&y, 0), &j[3]);
    assert_null(y.first);
    assert_null(y.last);
    assert_int_equal(y.queued, 0);
    assert_int_equal(y.in_service, 1);
}

static void settings_change_under_way(void **state) {
    (void)state;
    TargetSettings s = with("capacity=1 queue=5 service=10ms spread=0");
    System y;
    Job j[4] = { 0 };
    system_init(&y, &s);
    for (int i = 0; i < 3; i++)
        system_admit(&y, &j[i], 0);
    s.capacity = 3;
    system_set(&y, &s);
    assert_ptr_equal(system_next(&y, 0), &j[1]);
    assert_ptr_equal(system_next(&y, 0), &j[2]);
    assert_null(system_next(&y, 0));
    s.capacity = 1;
    s.queue = 0;
    system_set(&y, &s);
    assert_int_equal(y.in_service, 3);
    assert_int_equal(system_admit(&y, &j[3], 0), JOB_OUTSIDE);
}

static void a_full_queue_slows_service(void **state) {
    (void)state;
    TargetSettings s = with("capacity=1 queue=4 service=10ms spread=0 "
                            "slowdown=2");
    System y;
    Job j[5] = { 0 };
    TargetFault fault;
    system_init(&y, &s);
    for (int i = 0; i < 5; i++)
        system_admit(&y, &j[i], 0);
    assert_int_equal(j[0].done_ns, 10 * MS); /* began with an empty queue */
    system_finish(&y, &j[0], &fault);
    system_next(&y, 0); /* three of four places are taken behind it */
    assert_int_equal(j[1].done_ns, 25 * MS);
}

static void fatigue_builds_up_and_goes(void **state) {
    (void)state;
    TargetSettings s = with("capacity=1 queue=2 service=10ms spread=0 "
                            "slowdown=0 fatigue=3 rest=1s");
    System y;
    Job j[3] = { 0 };
    TargetFault fault;
    system_init(&y, &s);
    for (int i = 0; i < 3; i++)
        system_admit(&y, &j[i], 0);
    assert_int_equal(j[0].done_ns, 10 * MS);
    uint64_t now = 0, took = 0;
    Job *busy = &j[0];
    for (int i = 0; i < 1000; i++) { /* half full all the time */
        now = busy->done_ns;
        system_finish(&y, busy, &fault);
        Job *next = system_next(&y, now);
        took = next->done_ns - now;
        assert_int_equal(system_admit(&y, busy, now), JOB_QUEUED);
        busy = next;
    }
    assert_near((double)took / 1e6, 25, 0.1); /* 1 + 3 / 2 */
    for (int i = 0; i < 3; i++)
        system_abandon(&y, &j[i]);
    now += 20 * NS_PER_S;
    system_admit(&y, &j[0], now);
    assert_near((double)(j[0].done_ns - now) / 1e6, 10, 0.01);
}

static int order(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void service_times_are_lognormal(void **state) {
    (void)state;
    enum { COUNT = 20001 };
    static uint64_t ns[COUNT];
    TargetSettings s = with("service=20ms spread=0.35 seed=3");
    System y, twin;
    system_init(&y, &s);
    system_init(&twin, &s);
    for (int i = 0; i < COUNT; i++) {
        Job j = { 0 }, k = { 0 };
        TargetFault fault;
        system_admit(&y, &j, 0);
        system_admit(&twin, &k, 0);
        assert_int_equal(j.done_ns, k.done_ns); /* same seed, same times */
        ns[i] = j.done_ns;
        system_finish(&y, &j, &fault);
        system_finish(&twin, &k, &fault);
    }
    qsort(ns, COUNT, sizeof *ns, order);
    double median = (double)ns[COUNT / 2];
    assert_near(median / 20e6, 1, 0.02);
    /* One and two sigma of the logarithm. */
    assert_near(log((double)ns[(int)(COUNT * 0.84134)] / median), 0.35, 0.02);
    assert_near(log((double)ns[(int)(COUNT * 0.15866)] / median), -0.35, 0.02);
    assert_near(log((double)ns[(int)(COUNT * 0.97725)] / median), 0.70, 0.04);
}

static void outcomes_have_their_shares(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    TargetSettings s = with("errors=10% fault.reset=5% fault.escape=20%");
    System y;
    int errors = 0, faults[TARGET_FAULT_COUNT] = { 0 };
    system_init(&y, &s);
    for (int i = 0; i < COUNT; i++) {
        Job j = { 0 };
        TargetFault fault;
        system_admit(&y, &j, 0);
        Outcome o = system_finish(&y, &j, &fault);
        errors += o == OUTCOME_ERROR;
        if (o == OUTCOME_FAULT)
            faults[fault]++;
    }
    assert_near(errors, COUNT * 0.10, COUNT * 0.005);
    assert_near(faults[TARGET_FAULT_RESET], COUNT * 0.05, COUNT * 0.005);
    assert_near(faults[TARGET_FAULT_ESCAPE], COUNT * 0.20, COUNT * 0.005);
    assert_int_equal(faults[TARGET_FAULT_HANG], 0);
    assert_int_equal(faults[TARGET_FAULT_TRUNCATE], 0);
    assert_int_equal(faults[TARGET_FAULT_GARBAGE], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read),
        cmocka_unit_test(settings_read_back_what_they_print),
        cmocka_unit_test(wrong_settings_change_nothing),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(paths_lead_to_routes),
        cmocka_unit_test(json_text_is_escaped),
        cmocka_unit_test(alarms_ring_in_order),
        cmocka_unit_test(places_then_queue_then_shed),
        cmocka_unit_test(a_job_may_cost_more),
        cmocka_unit_test(who_leaves_makes_room),
        cmocka_unit_test(settings_change_under_way),
        cmocka_unit_test(a_full_queue_slows_service),
        cmocka_unit_test(fatigue_builds_up_and_goes),
        cmocka_unit_test(service_times_are_lognormal),
        cmocka_unit_test(outcomes_have_their_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
