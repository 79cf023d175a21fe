/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was watched, in the summaries. */
#include "report_run.h"

#include "base/text.h"

static void open_watched(Run *run, Gauges *g) {
    run_open(run);
    run_play(run, 3000);
    run->profile.monitor.every_ns = 2 * S;
    size_t cpu = gauges_add(g, "process_cpu{a\"b}", GAUGE_SHARE);
    gauges_add(g, "never", GAUGE_COUNT);
    size_t in = gauges_add(g, "host_network_in", GAUGE_BYTES_PER_S);
    gauges_read(g, cpu, S, 1.5);
    gauges_read(g, cpu, 2 * S, 0.5);
    gauges_read(g, in, 2 * S, 2e6);
    run->snapshot.gauges = g;
}

static void summary_has_every_gauge(void **state) {
    (void)state;
    Run run;
    Gauges g = { 0 };
    open_watched(&run, &g);
    json_t *all = run_summary(&run);
    json_t *m = json_at(all, "onrush/monitors");
    assert_near(json_number_at(m, "every_ms"), 2000, 0);
    assert_int_equal(json_array_size(json_at(m, "gauges")), 3);
    assert_string_equal(json_text_at(m, "gauges/0/name"), "process_cpu{a\"b}");
    assert_string_equal(json_text_at(m, "gauges/0/unit"), "share");
    assert_near(json_number_at(m, "gauges/0/readings"), 2, 0);
    assert_near(json_number_at(m, "gauges/0/last"), 0.5, 0);
    assert_near(json_number_at(m, "gauges/0/min"), 0.5, 0);
    assert_near(json_number_at(m, "gauges/0/mean"), 1, 0);
    assert_near(json_number_at(m, "gauges/0/max"), 1.5, 0);
    assert_near(json_number_at(m, "gauges/1/readings"), 0, 0);
    assert_true(json_is_null(json_at(m, "gauges/1/last")));
    assert_true(json_is_null(json_at(m, "gauges/1/mean")));
    assert_string_equal(json_text_at(m, "gauges/2/unit"), "bytes/s");
    json_decref(all);
    gauges_close(&g);
    run_close(&run);
}

static void without_monitors_there_is_null(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    json_t *all = run_summary(&run);
    assert_true(json_is_null(json_at(all, "onrush/monitors")));
    report_text(&run.report, &t, false, 100);
    assert_null(strstr(t.bytes, "watched"));
    text_close(&t);
    json_decref(all);
    run_close(&run);
}

static void the_text_has_a_table(void **state) {
    (void)state;
    Run run;
    Gauges g = { 0 };
    Text t = { 0 };
    open_watched(&run, &g);
    report_text(&run.report, &t, false, 100);
    const char *table = strstr(t.bytes, "watched");
    assert_non_null(table);
    static const char want[] =
        "watched                  mean        max       last\n"
        "process_cpu{a\"b}        100 %      150 %     50.0 %\n"
        "never             no readings          -          -\n"
        "host_network_in     2.00 MB/s  2.00 MB/s  2.00 MB/s\n";
    if (strncmp(table, want, strlen(want)) != 0)
        fail_msg("%s", table);
    text_close(&t);
    gauges_close(&g);
    run_close(&run);
}

static void a_long_table_ends(void **state) {
    (void)state;
    Run run;
    Gauges g = { 0 };
    Text t = { 0 };
    open_watched(&run, &g);
    for (int i = 0; i < 50; i++)
        gauges_add(&g, "more", GAUGE_COUNT);
    report_text(&run.report, &t, false, 100);
    assert_non_null(strstr(t.bytes, "and 23 more, in summary.json"));
    text_close(&t);
    gauges_close(&g);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_has_every_gauge),
        cmocka_unit_test(without_monitors_there_is_null),
        cmocka_unit_test(the_text_has_a_table),
        cmocka_unit_test(a_long_table_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
