/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_run.h"

#include <stdlib.h>

/* --- texts -------------------------------------------------------------- */

static void is_at_most_wide(const char *text, size_t columns) {
    size_t used = 0;
    for (const char *s = text; *s; s++) {
        used = *s == '\n' ? 0 : used + (((unsigned char)*s & 0xc0) != 0x80);
        if (used > columns)
            fail_msg("a line is wider than %zu", columns);
    }
}

static void the_text_at_the_end(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    run.snapshot.health = (Health){ .is_bound = true,
                                      .bound_by = BOUND_CPU,
                                      .bound_since_ns = 3 * S };
    report_text(&run.report, &t, false, 100);
    is_at_most_wide(t.bytes, 100);
    run_is_golden("report-100.txt", &t);
    text_clear(&t);
    run.report.ascii = true;
    report_text(&run.report, &t, false, 56);
    is_at_most_wide(t.bytes, 56);
    run_is_golden("report-56-ascii.txt", &t);
    for (int columns = 1; columns < 120; columns++) {
        text_clear(&t);
        report_text(&run.report, &t, false, columns);
        is_at_most_wide(t.bytes, columns < 20 ? 20 : (size_t)columns);
    }
    run_close(&run);
    text_clear(&t);
    run_open(&run);
    run_advance(&run, 1 * S);
    run_finish(&run);
    report_text(&run.report, &t, false, 0);
    is_at_most_wide(t.bytes, 80);
    run_is_golden("report-empty.txt", &t);
    text_close(&t);
    run_close(&run);
}

/* A journal may say so. */
static void a_check_of_a_request_that_nobody_makes(void **state) {
    (void)state;
    static const uint32_t none[] = { UINT32_MAX, UINT32_MAX, UINT32_MAX,
                                     UINT32_MAX };
    Run run;
    Text t = { 0 };
    run_open_whole(&run);
    Snapshot *s = &run.snapshot;
    assert_in_range(s->totals->check_count, 1, 4);
    s->check_requests = none;
    run.recorder.totals.checks[0].failed = 7;
    report_text(&run.report, &t, false, 100);
    assert_non_null(strstr(t.bytes, "  ?: "));
    text_close(&t);
    run_close(&run);
}

static void the_text_of_an_open_model(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_arrivals(&run, 10000);
    run_finish(&run);
    report_text(&run.report, &t, false, 100);
    is_at_most_wide(t.bytes, 100);
    run_is_golden("arrivals-100.txt", &t);
    text_clear(&t);
    run.report.ascii = true;
    report_text(&run.report, &t, false, 56);
    run_is_golden("arrivals-56-ascii.txt", &t);
    for (int columns = 20; columns < 120; columns++) {
        text_clear(&t);
        report_text(&run.report, &t, false, columns);
        is_at_most_wide(t.bytes, (size_t)columns);
    }
    text_close(&t);
    run_close(&run);
}

static void colour_only_adds(void **state) {
    (void)state;
    Run run;
    Text plain = { 0 }, colour = { 0 }, bare = { 0 };
    run_open_whole(&run);
    report_text(&run.report, &plain, false, 90);
    report_text(&run.report, &colour, true, 90);
    assert_non_null(strstr(colour.bytes, "\033[31m"));
    for (const char *s = colour.bytes; *s; s++)
        if (*s == '\033')
            s = strchr(s, 'm');
        else
            text_add(&bare, s, 1);
    assert_string_equal(bare.bytes, plain.bytes);
    text_close(&plain);
    text_close(&colour);
    text_close(&bare);
    run_close(&run);
}

static void a_line_a_second(void **state) {
    (void)state;
    static const struct {
        RunState state;
        const char *line;
    } cases[] = {
        { RUN_RUNNING,
          "  00:08  peak 4/5                40/40 VUs      1.1 req/s"
          "  p50 20.0 ms  p95  720 ms  p99  944 ms  errors  22.2 %\n" },
        { RUN_PAUSED,
          "  00:08  paused                  40/40 VUs      1.1 req/s"
          "  p50 20.0 ms  p95  720 ms  p99  944 ms  errors  22.2 %\n" },
    };
    Run run;
    Text t = { 0 };
    run_open(&run);
    report_progress(&run.report, &t);
    size_t width = t.length;
    run_play(&run, 8000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_clear(&t);
        run.snapshot.state = cases[i].state;
        report_progress(&run.report, &t);
        assert_string_equal(t.bytes, cases[i].line);
        assert_int_equal(t.length, width);
    }
    text_clear(&t);
    report_progress_json(&run.report, &t);
    assert_ptr_equal(strchr(t.bytes, '\n'), t.bytes + t.length - 1);
    json_t *o = json_loads(t.bytes, 0, NULL);
    assert_string_equal(json_text_at(o, "state"), "paused");
    assert_string_equal(json_text_at(o, "stage"), "peak");
    assert_near(json_number_at(o, "stage_number"), 4, 0);
    assert_near(json_number_at(o, "t_ms"), 8000, 0);
    assert_near(json_number_at(o, "requests"), 9, 0);
    assert_near(json_number_at(o, "vus"), 40, 0);
    json_decref(o);
    text_close(&t);
    run_close(&run);
}

static void events_are_told_once(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open(&run);
    size_t told = report_progress_events(&run.report, 0, &t);
    assert_int_equal(told, run.wheel.log.count);
    text_clear(&t);
    event_add(&run.wheel.log, 61 * S, EVENT_ALERT, "slow fires");
    event_add(&run.wheel.log, 62 * S, EVENT_TARGET, "monitor: no %s", "x");
    told = report_progress_events(&run.report, told, &t);
    assert_string_equal(t.bytes, "  01:01  alert  slow fires\n"
                                 "  01:02  target monitor: no x\n");
    text_clear(&t);
    assert_int_equal(report_progress_events(&run.report, told, &t), told);
    assert_int_equal(t.length, 0);
    text_close(&t);
    run_close(&run);
}

static void a_line_of_an_open_model(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open_arrivals(&run, 100);
    report_progress(&run.report, &t);
    size_t width = t.length;
    run_close(&run);
    text_clear(&t);
    run_open_arrivals(&run, 7000);
    report_progress(&run.report, &t);
    assert_string_equal(
        t.bytes,
        "  00:07  hold 2/2                   743 of 857/s, 10 VUs      743 req/s"
        "  p50 10.0 ms  p95 10.0 ms  p99  910 ms  errors     0 %"
        "  response p95 10.2 ms  dropped    114/s\n");
    assert_int_equal(t.length, width);
    text_clear(&t);
    report_progress_json(&run.report, &t);
    json_t *o = json_loads(t.bytes, 0, NULL);
    assert_near(json_number_at(o, "response_p95_ms"), 10.2, 0.01);
    assert_near(json_number_at(o, "p95_ms"), 10, 0.01);
    assert_near(json_number_at(o, "started"), 5200, 0);
    assert_near(json_number_at(o, "dropped"), 800, 0);
    assert_near(json_number_at(o, "started_per_s"), 5200 / 7.0, 0.01);
    assert_near(json_number_at(o, "dropped_per_s"), 800 / 7.0, 0.01);
    json_decref(o);
    text_close(&t);
    run_close(&run);
}

/* --- hostile texts ------------------------------------------------------ */

#define EVIL "\033[31m\"</script><!--\xff\x9b\xe2\x80\xae\n\\"

static void is_harmless(const char *text, bool lines) {
    for (const char *s = text; *s; s++) {
        unsigned char b = (unsigned char)*s;
        if ((b < 0x20 && !(lines && b == '\n')) || b == 0x7f || b == 0xff)
            fail_msg("byte %02x at %zu", b, (size_t)(s - text));
    }
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(text, "\xc2\x9b"));
}

static void hostile_texts_stay_texts(void **state) {
    (void)state;
    static const Series series[] = {
        { .name = EVIL, .request_name = EVIL, .request = 0 },
        { .name = "ok", .request_name = "ok", .request = 1 },
    };
    static const char *const checks[] = { EVIL, "a", EVIL };
    Run run;
    run_open(&run);
    recorder_close(&run.recorder);
    recorder_init(&run.recorder,
                  &(RecorderSetup){
                      .metrics = { .series = series, .series_count = 2 },
                      .check_names = checks,
                      .check_requests = run.profile.check_requests,
                      .check_count = 3,
                      .thresholds = &run.profile.thresholds });
    run.info.name = run.info.target = EVIL;
    run_play(&run, 6000);
    snprintf(run.recorder.totals.examples[FAIL_TIMEOUT_WAIT]->why,
             FAIL_EXAMPLE_MAX, EVIL);
    memcpy(run.wheel.plan->stages[0].name, EVIL, sizeof EVIL);
    run_finish(&run);
    snprintf(run.recorder.recoveries.items[0].cause, 64, EVIL);
    char *text = report_summary(&run.report);
    is_harmless(text, true);
    assert_null(strstr(text, "</script"));
    assert_null(strstr(text, "<!--"));
    assert_null(strstr(text, "\\u001b"));
    free(text);
    json_t *all = run_summary(&run);
    const char *name = json_text_at(all, "onrush/requests/0/name");
    assert_non_null(strstr(name, "?[31m\"</script><!--\xef\xbf\xbd"));
    json_decref(all);

    Text t = { 0 };
    report_text(&run.report, &t, false, 100);
    is_harmless(t.bytes, true);
    text_clear(&t);
    run.report.ascii = true;
    report_text(&run.report, &t, false, 100);
    report_progress(&run.report, &t);
    for (size_t i = 0; i < t.length; i++)
        assert_true((unsigned char)t.bytes[i] < 0x7f);
    text_clear(&t);
    report_progress_json(&run.report, &t);
    t.bytes[t.length - 1] = '\0';
    is_harmless(t.bytes, false);
    text_close(&t);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_at_the_end),
        cmocka_unit_test(a_check_of_a_request_that_nobody_makes),
        cmocka_unit_test(the_text_of_an_open_model),
        cmocka_unit_test(colour_only_adds),
        cmocka_unit_test(a_line_a_second),
        cmocka_unit_test(events_are_told_once),
        cmocka_unit_test(a_line_of_an_open_model),
        cmocka_unit_test(hostile_texts_stay_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
