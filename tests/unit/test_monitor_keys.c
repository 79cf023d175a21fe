/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "profile/profile.h"

/* seven lines */
#define GOOD                                                           \
    "[target]\nurl = http://127.0.0.1:8080\n[stages]\nup = 10s to 5\n" \
    "[request home]\nGET = /\n[monitor]\n"

static int read_with(Profile *p, const char *text, Diags *d) {
    ProfileOptions o = { 0 };
    diags_init(d, "x.ini");
    return profile_read_text(p, text, strlen(text), "x.ini", &o, d);
}

static void everything_is_read(void **state) {
    (void)state;
    Profile p;
    Diags d;
    setenv("ONRUSH_TEST_WORD", "hunter2", 1);
    if (read_with(
            &p,
            GOOD "process = 4242\nprocess = nginx\n"
                 "host = cpu,memory , network\n"
                 "prometheus = http://127.0.0.1:9090/metrics   "
                 "go_goroutines, process_cpu_seconds_total\n"
                 "prometheus = https://u:${env.ONRUSH_TEST_WORD}@[::1]:9/m?k=1 "
                 "a:b{code=\"5\\\"\\\\n\\n0\", x = \"}, \" } , _c\n"
                 "every = 2s\n",
            &d) < 0)
        fail_msg("line %d: %s", d.items[0].line, d.items[0].text);
    const MonitorSpec *m = &p.monitor;
    assert_false(monitor_is_idle(m));
    assert_int_equal(m->process_count, 2);
    assert_int_equal(m->processes[0].pid, 4242);
    assert_int_equal(m->processes[1].pid, 0);
    assert_string_equal(m->processes[1].text, "nginx");
    assert_int_equal(m->host, MONITOR_CPU | MONITOR_MEMORY | MONITOR_NETWORK);
    assert_int_equal(m->source_count, 2);
    const PromSource *a = &m->sources[0], *b = &m->sources[1];
    assert_string_equal(a->url, "http://127.0.0.1:9090/metrics");
    assert_string_equal(a->shown, a->url);
    assert_string_equal(a->host, "127.0.0.1:9090");
    assert_int_equal(a->name_count, 2);
    assert_string_equal(a->names[1].text, "process_cpu_seconds_total");
    assert_string_equal(b->url, "https://u:hunter2@[::1]:9/m?k=1");
    assert_string_equal(b->shown, "https://[::1]:9/m");
    assert_int_equal(b->name_count, 2);
    assert_string_equal(b->names[0].name, "a:b");
    assert_int_equal(b->names[0].label_count, 2);
    assert_string_equal(b->names[0].labels[0].name, "code");
    assert_string_equal(b->names[0].labels[0].value, "5\"\\n\n0");
    assert_string_equal(b->names[0].labels[1].value, "}, ");
    assert_string_equal(b->names[1].text, "_c");
    assert_true(monitor_every_ns(m) == 2 * NS_PER_S);
    profile_close(&p);
    diags_close(&d);
}

static void without_it_nothing_is_watched(void **state) {
    (void)state;
    Profile p;
    Diags d;
    assert_int_equal(read_with(&p, GOOD, &d), 0);
    assert_true(monitor_is_idle(&p.monitor));
    assert_true(monitor_every_ns(&p.monitor) == 5 * NS_PER_S);
    profile_close(&p);
    diags_close(&d);
}

static void each_mistake_is_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *says;
    } cases[] = {
        { "proces = 3\n", 1, "did you mean 'process'" },
        { "process = 0\n", 11, "a pid is 1 to 4194304" },
        { "process = 99999999999999999999\n", 11, "a pid is 1 to 4194304" },
        { "process =\n", 10, "a pid, or a name" },
        { "process = /usr/sbin/nginx\n", 11, "without its folder: nginx" },
        { "process = a{b}\n", 12, "cannot stand in a process's name" },
        { "host = cpu, mem\n", 13, "'mem' cannot be watched" },
        { "host = cpu, memori\n", 13, "did you mean 'memory'" },
        { "host =\n", 7, "write what of this machine" },
        { "host = cpu,,disk\n", 12, "write what of this machine" },
        { "every = 50ms\n", 9, "every is 100ms to 1h" },
        { "every = 2h\n", 9, "every is 100ms to 1h" },
        { "every = soon\n", 9, "not a duration" },
        { "prometheus = ftp://x/m a\n", 14, "http:// or https://" },
        { "prometheus = http://:80/m a\n", 21, "host is missing" },
        { "prometheus = http://x:y/m a\n", 22, "only :PORT may follow" },
        { "prometheus = http://x:0/m a\n", 22, "only :PORT may follow" },
        { "prometheus = http://x/\"m a\n", 23, "cannot stand in a URL" },
        { "prometheus = http://x/m\n", 24, "stand names of metrics" },
        { "prometheus = http://x/m a,\n", 27, "stand names of metrics" },
        { "prometheus = http://x/m a b\n", 27, "separated by commas" },
        { "prometheus = http://x/m a,a\n", 27, "'a' stands twice" },
        { "prometheus = http://x/m 9a\n", 25, "stand names of metrics" },
        { "prometheus = http://x/m a{b=c}\n", 29, "write labels as" },
        { "prometheus = http://x/m a{b=\"c}\n", 29, "quote does not end" },
        { "prometheus = http://x/m a{b=\"c\"\n", 32, "write labels as" },
        { "prometheus = http://x/m a{\n", 27, "write labels as" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p;
        Diags d;
        char text[1024];
        snprintf(text, sizeof text, "%s%s", GOOD, cases[i].text);
        if (read_with(&p, text, &d) == 0)
            fail_msg("%s is taken", cases[i].text);
        if (!strstr(d.items[0].text, cases[i].says))
            fail_msg("%s: %s", cases[i].text, d.items[0].text);
        if (d.items[0].line != 8 || d.items[0].column != cases[i].column)
            fail_msg("%s: at %d:%d", cases[i].text, d.items[0].line,
                     d.items[0].column);
        diags_close(&d);
    }
}

static void once_is_enough(void **state) {
    (void)state;
    Profile p;
    Diags d;
    assert_int_equal(
        read_with(&p, GOOD "process = 7\nprocess = 7\nhost = cpu\nhost = cpu\n",
                  &d),
        -1);
    assert_int_equal(d.count, 2);
    assert_non_null(strstr(d.items[0].text, "process 7 is watched already"));
    assert_non_null(strstr(d.items[1].text, "stands twice"));
    diags_close(&d);
}

static void there_are_limits(void **state) {
    (void)state;
    Profile p;
    Diags d;
    Text t = { 0 };
    text_adds(&t, GOOD);
    for (int i = 1; i <= MONITOR_PROCESSES_MAX + 1; i++)
        text_addf(&t, "process = %d\n", i);
    for (int i = 1; i <= MONITOR_SOURCES_MAX + 1; i++)
        text_addf(&t, "prometheus = http://127.0.0.1:%d/ a\n", i);
    text_adds(&t, "prometheus = http://127.0.0.1/ n0");
    for (int i = 1; i <= MONITOR_NAMES_MAX; i++)
        text_addf(&t, ", n%d", i);
    text_adds(&t, "\nprometheus = http://127.0.0.1/ a{");
    for (int i = 0; i <= MONITOR_LABELS_MAX; i++)
        text_addf(&t, "%sl%d=\"\"", i ? ", " : "", i);
    text_adds(&t, "}\n");
    assert_int_equal(read_with(&p, t.bytes, &d), -1);
    assert_int_equal(d.count, 4);
    assert_non_null(strstr(d.items[0].text, "at most 16 processes"));
    assert_non_null(strstr(d.items[1].text, "at most 16 URLs"));
    assert_non_null(strstr(d.items[2].text, "at most 64 names"));
    assert_non_null(strstr(d.items[3].text, "at most 8 labels"));
    text_close(&t);
    diags_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(without_it_nothing_is_watched),
        cmocka_unit_test(each_mistake_is_told),
        cmocka_unit_test(once_is_enough),
        cmocka_unit_test(there_are_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
