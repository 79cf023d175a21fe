/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The monitor's thread over a made-up /proc, on a uv loop. */
#include "unit.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "monitor/monitor.h"
#include "monitor/watch.h"
#include "proc_tree.h"

#define PROFILE                                                        \
    "[target]\nurl = http://127.0.0.1:8080\n[stages]\nup = 10s to 5\n" \
    "[request home]\nGET = /\n[monitor]\n"

static void read_profile(Profile *p, const char *monitor) {
    Diags d;
    Text t = { 0 };
    ProfileOptions o = { 0 };
    text_addf(&t, PROFILE "%s", monitor);
    diags_init(&d, "x.ini");
    if (profile_read_text(p, t.bytes, t.length, "x.ini", &o, &d) < 0)
        fail_msg("line %d: %s", d.items[0].line, d.items[0].text);
    diags_close(&d);
    text_close(&t);
}

typedef struct Desk {
    uv_loop_t loop;
    Profile profile;
    ProcTree tree;
    Gauges gauges;
    Monitor *monitor;
    uint64_t start_ns;
    Text events;
    bool is_closed;
} Desk;

static uint64_t run_time(void *data, uint64_t clock_ns) {
    Desk *d = data;
    return clock_ns > d->start_ns ? clock_ns - d->start_ns : 0;
}

static void on_event(void *data, const char *text) {
    text_addf(&((Desk *)data)->events, "%s\n", text);
}

static void on_closed(void *data) {
    ((Desk *)data)->is_closed = true;
}

static void desk_open(Desk *d, const char *monitor) {
    *d = (Desk){ .start_ns = clock_now() };
    Err err;
    MonitorOptions o = { run_time, on_event, d, d->tree.root };
    uv_loop_init(&d->loop);
    tree_init(&d->tree);
    read_profile(&d->profile, monitor);
    text_adds(&d->events, "");
    d->monitor = monitor_new(&d->loop, &d->profile, &d->gauges, &o, &err);
    if (!d->monitor)
        fail_msg("%s", err.text);
}

static void desk_close(Desk *d) {
    monitor_close(d->monitor, on_closed, d);
    uv_run(&d->loop, UV_RUN_DEFAULT);
    assert_true(d->is_closed);
    assert_int_equal(uv_loop_close(&d->loop), 0);
    gauges_close(&d->gauges);
    profile_close(&d->profile);
    text_close(&d->events);
    tree_close(&d->tree);
}

/* Posts wake the loop at every look, so that this ends by itself. */
static void until_said(Desk *d, const char *event) {
    uint64_t patience = clock_now() + 60 * NS_PER_S;
    while (!strstr(d->events.bytes, event)) {
        if (clock_now() > patience)
            fail_msg("nobody said \"%s\", but: %s", event, d->events.bytes);
        uv_run(&d->loop, UV_RUN_ONCE);
    }
}

static void until_read(Desk *d, const char *gauge, uint64_t count) {
    uint64_t patience = clock_now() + 60 * NS_PER_S;
    const Gauge *g = gauges_find(&d->gauges, gauge);
    assert_non_null(g);
    for (uint64_t want = g->whole.count + count; g->whole.count < want;) {
        if (clock_now() > patience)
            fail_msg("%s was not read", gauge);
        uv_run(&d->loop, UV_RUN_ONCE);
    }
}

static void it_reads_and_tells(void **state) {
    (void)state;
    Desk d;
    Err err;
    TreeProcess x = {
        .pid = 7, .comm = "db", .threads = 3, .pages = 2, .files = 4
    };
    desk_open(&d, "process = db\nhost = cpu, memory\nevery = 100ms\n");
    static const char memory[] = "MemTotal: 8000 kB\nMemAvailable: 5000 kB\n";
    tree_write(&d.tree, "meminfo", memory, strlen(memory));
    assert_int_equal(monitor_start(d.monitor, &err), 0);
    until_said(&d, "monitor: process db is not there\n");
    until_said(&d, "stat says nothing of the host's CPU time\n");
    tree_put(&d.tree, &x);
    until_said(&d, "monitor: process db is there\n");
    until_read(&d, "process_threads", 2);
    const Gauge *threads = gauges_find(&d.gauges, "process_threads");
    assert_near(threads->last, 3, 0);
    assert_true(threads->at_ns > 0);
    assert_near(gauges_find(&d.gauges, "process_descriptors")->last, 4, 0);
    assert_near(gauges_find(&d.gauges, "host_memory")->last, 3000 * 1024, 0);
    until_read(&d, "process_cpu", 1);
    x.pid = 8;
    tree_put(&d.tree, &x);
    until_read(&d, "process_threads", 2);
    assert_near(threads->last, 6, 0);
    x.pid = 7;
    x.state = 'Z';
    tree_put(&d.tree, &x);
    x.pid = 8;
    tree_put(&d.tree, &x);
    text_clear(&d.events);
    text_adds(&d.events, "");
    until_said(&d, "monitor: process db is not there\n");
    tree_write(&d.tree, "stat", "cpu  1 2 3 4\n", 13);
    until_said(&d, "stat tells of the host's CPU time\n");
    /* each is said once */
    uint64_t before = gauges_find(&d.gauges, "host_memory")->whole.count;
    until_read(&d, "host_memory", 3);
    assert_true(gauges_find(&d.gauges, "host_memory")->whole.count > before);
    char *said = strstr(d.events.bytes, "process db");
    assert_null(strstr(said + 1, "process db"));
    desk_close(&d);
}

static void closed_before_it_started(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "process = db\nprometheus = http://127.0.0.1:9/ a\n");
    desk_close(&d);
}

/* Whatever it is doing: nothing is read or said behind the close. */
static void closed_at_once(void **state) {
    (void)state;
    for (int i = 0; i < 50; i++) {
        Desk d;
        Err err;
        desk_open(&d, "process = db\nhost = cpu, disk, network\n"
                      "prometheus = http://127.0.0.1:9/ a\nevery = 100ms\n");
        assert_int_equal(monitor_start(d.monitor, &err), 0);
        for (int k = 0; k < i % 3; k++)
            uv_run(&d.loop, UV_RUN_ONCE);
        text_clear(&d.events);
        monitor_close(d.monitor, on_closed, &d);
        uv_run(&d.loop, UV_RUN_DEFAULT);
        assert_true(d.is_closed && d.events.length == 0);
        assert_int_equal(uv_loop_close(&d.loop), 0);
        gauges_close(&d.gauges);
        profile_close(&d.profile);
        text_close(&d.events);
        tree_close(&d.tree);
    }
}

static void gauges_have_names(void **state) {
    (void)state;
    Profile p;
    Watch w;
    Gauges g = { 0 };
    read_profile(&p, "process = 5\nprocess = nginx\nhost = network\n"
                     "prometheus = http://127.0.0.1:1/ a, b_bytes_total, "
                     "c{d=\"e\"}, f_ratio\n"
                     "prometheus = http://127.0.0.1:2/ a, c{d=\"e\"}, "
                     "g_bytes, h_total\n"
                     "prometheus = http://127.0.0.1:3/x z\n"
                     "prometheus = http://127.0.0.1:3/y?k=1 z, y\n"
                     "prometheus = http://127.0.0.1:3/y?k=2 y\n");
    static const struct {
        const char *name;
        GaugeUnit unit;
    } want[] = {
        { "process_cpu{5}", GAUGE_SHARE },
        { "process_memory{5}", GAUGE_BYTES },
        { "process_descriptors{5}", GAUGE_COUNT },
        { "process_threads{5}", GAUGE_COUNT },
        { "process_cpu{nginx}", GAUGE_SHARE },
        { "process_memory{nginx}", GAUGE_BYTES },
        { "process_descriptors{nginx}", GAUGE_COUNT },
        { "process_threads{nginx}", GAUGE_COUNT },
        { "host_network_in", GAUGE_BYTES_PER_S },
        { "host_network_out", GAUGE_BYTES_PER_S },
        { "a{instance=\"127.0.0.1:1\"}", GAUGE_COUNT },
        { "b_bytes_total", GAUGE_BYTES },
        { "c{d=\"e\",instance=\"127.0.0.1:1\"}", GAUGE_COUNT },
        { "f_ratio", GAUGE_SHARE },
        { "a{instance=\"127.0.0.1:2\"}", GAUGE_COUNT },
        { "c{d=\"e\",instance=\"127.0.0.1:2\"}", GAUGE_COUNT },
        { "g_bytes", GAUGE_BYTES },
        { "h_total", GAUGE_COUNT },
        { "z{instance=\"http://127.0.0.1:3/x\"}", GAUGE_COUNT },
        { "z{instance=\"http://127.0.0.1:3/y\"}", GAUGE_COUNT },
        { "y{instance=\"http://127.0.0.1:3/y#4\"}", GAUGE_COUNT },
        { "y{instance=\"http://127.0.0.1:3/y#5\"}", GAUGE_COUNT },
    };
    watch_init(&w, &p, "/proc", &g);
    assert_int_equal(g.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < g.count; i++) {
        assert_string_equal(g.items[i].name, want[i].name);
        assert_int_equal(g.items[i].unit, want[i].unit);
    }
    assert_true(w.host.with_loopback);
    watch_close(&w);
    gauges_close(&g);
    profile_close(&p);
}

/* What a source says, told by hand. */
static void counters_grow_by_the_second(void **state) {
    (void)state;
    Profile p;
    Watch w;
    Gauges g = { 0 };
    Post post = { 0 };
    read_profile(&p, "prometheus = http://127.0.0.1:1/m a_total, b\n");
    watch_init(&w, &p, "/proc", &g);
    static const struct {
        uint64_t second;
        const char *body; /* NULL: refused */
        size_t readings;
        double a, b; /* a only when there are two */
        const char *event;
    } looks[] = {
        { 10, "a_total 100\nb 1\n", 1, 0, 1, NULL },
        { 15, "a_total 150\nb 2\n", 2, 10, 2, NULL },
        { 16, "a_total 5\nb 2\n", 1, 0, 2, NULL }, /* begun anew */
        { 18, "a_total 9\nb 2\n", 2, 2, 2, NULL },
        { 19, NULL, 0, 0, 0,
          "monitor: http://127.0.0.1:1/m cannot be read: refused" },
        { 20, NULL, 0, 0, 0, NULL },
        { 21, "a_total 90\nb 3\n", 1, 0, 3,
          "monitor: http://127.0.0.1:1/m is there" },
        { 22, "b 3\n", 1, 0, 3,
          "monitor: http://127.0.0.1:1/m has no a_total" },
        { 23, "b 3\n", 1, 0, 3, NULL },
        { 24, "a_total 91\nb 4\n", 1, 0, 4,
          "monitor: http://127.0.0.1:1/m has a_total" },
        { 26, "a_total 94\nb 4\n", 2, 1.5, 4, NULL },
    };
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        const char *body = looks[i].body;
        clock_set(looks[i].second * NS_PER_S);
        watch_hear(&w, 0, body, body ? strlen(body) : 0,
                   body ? NULL : "refused", &post);
        assert_int_equal(post.count, looks[i].readings);
        if (post.count == 2)
            assert_near(post.readings[0].value, looks[i].a, 1e-9);
        if (post.count)
            assert_near(post.readings[post.count - 1].value, looks[i].b, 0);
        assert_int_equal(post.event_count, looks[i].event != NULL);
        if (looks[i].event)
            assert_string_equal(post.events[0].text, looks[i].event);
        if (post.count == 2)
            assert_int_equal(post.readings[0].unit, GAUGE_PER_SECOND);
        post_clear(&post);
    }
    clock_set(0);
    watch_close(&w);
    post_close(&post);
    gauges_close(&g);
    profile_close(&p);
}

static void a_post_is_bounded(void **state) {
    (void)state;
    Post a = { 0 }, b = { 0 };
    PostReading r = { 0, 1, 2, GAUGE_COUNT };
    for (int i = 0; i < POST_READINGS_MAX / 2 + 10; i++)
        post_reading(&a, &r);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < POST_READINGS_MAX / 2; k++)
            post_reading(&b, &r);
        post_move(&a, &b);
        assert_int_equal(b.count, 0);
    }
    assert_int_equal(a.count, POST_READINGS_MAX);
    r.value = NAN;
    post_clear(&a);
    post_reading(&a, &r);
    assert_int_equal(a.count, 0);
    post_close(&a);
    post_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_and_tells),
        cmocka_unit_test(closed_before_it_started),
        cmocka_unit_test(closed_at_once),
        cmocka_unit_test(gauges_have_names),
        cmocka_unit_test(counters_grow_by_the_second),
        cmocka_unit_test(a_post_is_bounded),
    };
    curl_global_init(CURL_GLOBAL_ALL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
