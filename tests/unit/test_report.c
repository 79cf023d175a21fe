/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_run.h"

#include <signal.h>
#include <stdlib.h>

#include "report/arrivals.h"

/* --- summary.json ------------------------------------------------------- */

/* Samples at 0.5, 4.5, 5.5 ... 12.2 s; the 13th second is no whole one. */
static void pieces_of_the_run(void **state) {
    (void)state;
    Run run;
    run_open_whole(&run);
    json_t *all = run_summary(&run);
    json_t *s = json_at(all, "onrush/samples");
    assert_near(json_number_at(s, "every_ms"), 1000, 0);
    json_t *med = json_at(s, "metrics/http_req_duration/med");
    assert_int_equal(json_array_size(med), 12);
    assert_near(json_number_value(json_array_get(med, 0)), 15, 0.015);
    assert_true(json_is_null(json_array_get(med, 1)));
    assert_near(json_number_value(json_array_get(med, 5)), 650, 0.7);
    assert_near(json_number_at(s, "metrics/http_req_duration/p(95)/0"), 19.5,
                0.02);
    assert_near(json_number_at(s, "metrics/http_req_duration/avg/4"), 100,
                0.1);
    assert_near(json_number_at(s, "metrics/http_reqs/rate/0"), 3, 0);
    assert_near(json_number_at(s, "metrics/http_reqs/rate/1"), 0, 0);
    assert_near(json_number_at(s, "metrics/http_req_failed/rate/4"), 0.5, 0);
    assert_near(json_number_at(
                    s, "metrics/http_req_duration{name:order}/med/5"),
                300, 0.3);
    assert_int_equal(json_array_size(json_at(s, "metrics/vus/value")), 12);
    json_decref(all);
    run_close(&run);
}

/* Of home: 10 x6, 11, 15, 20, 1000 ms; of order: 100, 100, 300 ms. */
static void k6s_metrics(void **state) {
    (void)state;
    static const struct {
        const char *path;
        double want;
    } cases[] = {
        { "http_reqs/values/count", 13 },
        { "http_reqs/values/rate", 13 / 12.3 },
        { "http_reqs{name:home}/values/count", 10 },
        { "http_reqs{name:order}/values/count", 3 },
        { "http_req_duration/values/min", 10 },
        { "http_req_duration/values/max", 1000 },
        { "http_req_duration/values/avg", 1606.0 / 13 },
        { "http_req_duration/values/p(90)", 260 },
        { "http_req_duration/values/p(95)", 580 },
        { "http_req_duration{name:home}/values/avg", 110.6 },
        { "http_req_duration{name:home}/values/med", 10 },
        { "http_req_duration{name:home}/values/p(90)", 118 },
        { "http_req_duration{name:home}/values/p(95)", 559 },
        { "http_req_duration{name:home}/values/p(99)", 911.8 },
        { "http_req_duration{name:home}/values/p(99.9)", 991.18 },
        { "http_req_duration{name:order}/values/p(95)", 280 },
        { "http_req_connecting/values/max", 0 },
        { "http_req_waiting/values/max", 999 },
        { "http_req_receiving/values/avg", 1 },
        { "http_req_failed/values/rate", 2.0 / 13 },
        { "http_req_failed/values/passes", 2 },
        { "http_req_failed/values/fails", 11 },
        { "http_req_failed{name:order}/values/passes", 1 },
        { "http_req_failed{name:order}/values/fails", 2 },
        { "checks/values/rate", 20.0 / 23 },
        { "checks/values/passes", 20 },
        { "checks/values/fails", 3 },
        { "iterations/values/count", 13 },
        { "iteration_duration/values/min", 11 },
        { "data_received/values/count", 12000 },
        { "data_sent/values/count", 2600 },
        { "data_sent/values/rate", 2600 / 12.3 },
        { "vus/values/value", 0 },
        { "vus/values/max", 60 },
        { "vus_max/values/value", 60 },
        { "recovery_time/values/value", 2000 },
        { "recovery_time/values/max", 2000 },
    };
    Run run;
    run_open_whole(&run);
    json_t *all = run_summary(&run), *metrics = json_at(all, "metrics");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = json_number_at(metrics, cases[i].path);
        if (fabs(got - cases[i].want) > 1e-9 + 0.0006 * cases[i].want)
            fail_msg("%s is %.9g, wanted %.9g", cases[i].path, got,
                     cases[i].want);
    }
    assert_string_equal(json_text_at(metrics, "http_req_duration/type"),
                        "trend");
    assert_string_equal(json_text_at(metrics, "http_req_duration/contains"),
                        "time");
    assert_string_equal(json_text_at(metrics, "data_sent/contains"), "data");
    assert_string_equal(json_text_at(metrics, "vus/type"), "gauge");
    assert_true(json_is_integer(json_at(metrics, "http_reqs/values/count")));
    json_decref(all);
    run_close(&run);
}

static void k6s_thresholds_say_what_held(void **state) {
    (void)state;
    static const struct {
        const char *path;
        bool ok;
    } cases[] = {
        { "http_req_duration/thresholds/p(90) < 500/ok", true },
        { "http_req_duration/thresholds/p(95) < 500/ok", false },
        { "http_req_duration{name:home}/thresholds/med < 15/ok", true },
        { "http_req_failed/thresholds/rate < 0.15/ok", false },
        { "http_req_failed{name:order}/thresholds/rate < 0.5/ok", true },
        { "http_reqs{name:order}/thresholds/count > 2/ok", true },
        { "http_req_waiting{name:order}/thresholds/max < 1s optional/ok",
          true },
        { "checks/thresholds/rate > 0.5/ok", true },
        { "recovery_time/thresholds/value < 30s/ok", true },
    };
    Run run;
    run_open_whole(&run);
    json_t *all = run_summary(&run), *metrics = json_at(all, "metrics");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (json_truth_at(metrics, cases[i].path) != cases[i].ok)
            fail_msg("%s is %d", cases[i].path, !cases[i].ok);
    assert_null(json_at(metrics, "http_req_blocked/thresholds"));
    assert_null(json_at(metrics, "http_req_waiting{name:home}"));
    assert_int_equal(json_array_size(json_at(all, "onrush/thresholds")), 10);
    assert_string_equal(json_text_at(all, "onrush/thresholds/1/verdict"),
                        "broken");
    assert_near(json_number_at(all, "onrush/thresholds/1/value"), 580, 0.3);
    assert_near(json_number_at(all, "onrush/thresholds/1/limit"), 500, 0);
    json_decref(all);
    run_close(&run);
}

/* Nothing was asked: what has no samples is left out, unless it is judged. */
static void nothing_measured_is_said_as_nothing(void **state) {
    (void)state;
    static const char *const absent[] = { "http_req_connecting",
                                          "iteration_duration",
                                          "http_reqs{name:home}" };
    static const char *const null[] = {
        "metrics/http_req_duration/values/p(95)",
        "metrics/http_req_duration/values/avg",
        "metrics/checks/values/rate",
        "metrics/recovery_time/values/value",
        "onrush/stages/0/p95_ms",
        "onrush/stages/0/error_rate",
        "onrush/generator/bound_since_ms",
        "onrush/generator/bound_by",
        "onrush/generator/read_lag_ms",
        "onrush/generator/schedule_lag_ms",
        "onrush/exit/signal",
    };
    Run run;
    run_open(&run);
    run_advance(&run, 1500 * MS);
    run_finish(&run);
    json_t *all = run_summary(&run);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(json_object_get(json_at(all, "metrics"), absent[i]));
    for (size_t i = 0; i < sizeof null / sizeof *null; i++)
        if (!json_is_null(json_at(all, null[i])))
            fail_msg("%s is not null", null[i]);
    assert_near(json_number_at(all, "metrics/http_reqs/values/count"), 0, 0);
    assert_near(json_number_at(all, "metrics/data_sent/values/rate"), 0, 0);
    assert_false(json_truth_at(
        all, "metrics/http_req_duration/thresholds/p(95) < 500/ok"));
    assert_string_equal(json_text_at(all, "onrush/thresholds/0/verdict"),
                        "undecided");
    assert_int_equal(report_status(&run.report), EXIT_BROKEN);
    json_decref(all);
    run_close(&run);
}

static void root_group_and_state(void **state) {
    (void)state;
    Run run;
    run_open_whole(&run);
    run.report.stdout_is_tty = true;
    json_t *all = run_summary(&run);
    assert_string_equal(json_text_at(all, "root_group/name"), "");
    assert_string_equal(json_text_at(all, "root_group/id"),
                        "d41d8cd98f00b204e9800998ecf8427e");
    assert_int_equal(json_array_size(json_at(all, "root_group/checks")), 2);
    assert_string_equal(json_text_at(all, "root_group/checks/0/path"), "::ok");
    assert_near(json_number_at(all, "root_group/checks/0/passes"), 11, 0);
    assert_near(json_number_at(all, "root_group/checks/0/fails"), 2, 0);
    assert_string_equal(json_text_at(all, "root_group/checks/1/name"), "fast");
    assert_near(json_number_at(all, "root_group/checks/1/fails"), 1, 0);
    assert_near(json_number_at(all, "onrush/requests/1/checks/0/fails"), 1, 0);
    assert_true(json_truth_at(all, "state/isStdOutTTY"));
    assert_false(json_truth_at(all, "state/isStdErrTTY"));
    assert_near(json_number_at(all, "state/testRunDurationMs"), 12300, 0);
    assert_string_equal(json_text_at(all, "options/summaryTrendStats/7"),
                        "p(99.9)");
    json_decref(all);
    run_close(&run);
}

static void stages_as_executed(void **state) {
    (void)state;
    static const struct {
        const char *name, *origin;
        double began, length, from, to, requests, failed, rps, p95, max;
    } want[] = {
        { "warm-up", "planned", 0, 2000, 0, 5, 3, 0, 1.5, 19.5, 20 },
        { "hand-spike", "spike", 2000, 2000, 60, 60, 0, 0, 0, NAN, NAN },
        { "warm-up", "planned", 4000, 2000, 5, 10, 4, 2, 2, 895, 1000 },
        { "peak", "planned", 6000, 3000, 40, 40, 3, 0, 1, 10, 10 },
        { "cool", "planned", 9000, 3000, 40, 0, 2, 0, 2.0 / 3, 10, 10 },
        { "finish", "grace", 12000, 300, 0, 0, 1, 0, 1 / 0.3, 11, 11 },
    };
    size_t count = sizeof want / sizeof *want;
    double sum = 0;
    Run run;
    run_open_whole(&run);
    json_t *all = run_summary(&run), *stages = json_at(all, "onrush/stages");
    assert_int_equal(json_array_size(stages), count);
    for (size_t i = 0; i < count; i++) {
        json_t *s = json_array_get(stages, i);
        assert_string_equal(json_text_at(s, "name"), want[i].name);
        assert_string_equal(json_text_at(s, "origin"), want[i].origin);
        assert_near(json_number_at(s, "began_ms"), want[i].began, 0);
        assert_near(json_number_at(s, "length_ms"), want[i].length, 0);
        assert_near(json_number_at(s, "from"), want[i].from, 1e-6);
        assert_near(json_number_at(s, "to"), want[i].to, 1e-6);
        assert_near(json_number_at(s, "requests"), want[i].requests, 0);
        assert_near(json_number_at(s, "failed"), want[i].failed, 0);
        assert_near(json_number_at(s, "rps"), want[i].rps, 1e-6);
        if (isnan(want[i].p95)) {
            assert_true(json_is_null(json_at(s, "p95_ms")));
            assert_true(json_is_null(json_at(s, "max_ms")));
        } else {
            assert_near(json_number_at(s, "p95_ms"), want[i].p95,
                        want[i].p95 / 1000);
            assert_near(json_number_at(s, "max_ms"), want[i].max,
                        want[i].max * 1e-6);
        }
        sum += json_number_at(s, "requests");
    }
    assert_near(sum, json_number_at(all, "onrush/counting/requests"), 0);
    json_decref(all);
    run_close(&run);
}

/* A run that ends within a stage shows of the plan only what was done. */
static void a_plan_cut_short(void **state) {
    (void)state;
    Run run;
    run_open(&run);
    run_advance(&run, 1000 * MS);
    run_act(&run, 1500 * MS, "finish");
    run_advance(&run, 1700 * MS);
    run_finish(&run);
    json_t *all = run_summary(&run);
    assert_int_equal(json_array_size(json_at(all, "onrush/stages")), 1);
    assert_near(json_number_at(all, "onrush/stages/0/length_ms"), 1500, 0);
    assert_near(json_number_at(all, "onrush/stages/0/to"), 3.75, 1e-6);
    assert_false(json_truth_at(all, "onrush/was_steered"));
    assert_true(json_truth_at(all, "onrush/ended_early"));
    json_decref(all);
    run_close(&run);

    /* Limits other than the plan's end leave the rest in the plan. */
    run_open(&run);
    run_advance(&run, 5 * S);
    recorder_advance(&run.recorder, 6 * S, 0, 0);
    run_finish(&run);
    all = run_summary(&run);
    assert_int_equal(json_array_size(json_at(all, "onrush/stages")), 2);
    assert_near(json_number_at(all, "onrush/stages/1/length_ms"), 1000, 0);
    assert_near(json_number_at(all, "onrush/stages/1/to"), 40, 0);
    json_decref(all);
    run_close(&run);
}

static void our_part(void **state) {
    (void)state;
    Run run;
    run_open_whole(&run);
    run.snapshot.health =
        (Health){ .busy = 0.25,
                  .busy_by_worker = { 0.125, 0.25, 1 },
                  .workers = 2,
                  .ports_used = 7,
                  .is_bound = true,
                  .bound_by = BOUND_PORTS,
                  .bound_since_ns = 3 * S };
    hist_record(&run.recorder.totals.read_lag, 2 * MS);
    json_t *all = run_summary(&run), *o = json_at(all, "onrush");
    assert_near(json_number_at(o, "format"), 1, 0);
    assert_string_equal(json_text_at(o, "started"), "2026-01-02T03:04:05Z");
    assert_near(json_number_at(o, "duration_ms"), 12300, 0);
    assert_string_equal(json_text_at(o, "seed"), "18446744073709551615");
    assert_string_equal(json_text_at(o, "profile/name"), "shop");
    assert_string_equal(json_text_at(o, "profile/kind"), "spike");
    assert_string_equal(json_text_at(o, "profile/path"), "shop.ini");
    assert_string_equal(json_text_at(o, "profile/description"),
                        "ten users and a spike");
    assert_true(json_truth_at(o, "was_steered"));
    assert_false(json_truth_at(o, "ended_early"));
    assert_int_equal(json_array_size(json_at(o, "actions")), 2);
    assert_near(json_number_at(o, "actions/0/at_ms"), 2000, 0);
    assert_string_equal(json_text_at(o, "actions/0/command"), "spike 60 2s");
    assert_string_equal(json_text_at(o, "actions/0/outcome"),
                        "spike to 60 VUs for 2s");
    assert_string_equal(json_text_at(o, "events/1/kind"), "mark");
    assert_string_equal(json_text_at(o, "events/1/text"), "cache <cleared>");
    assert_string_equal(json_text_at(o, "recovery/0/state"), "recovered");
    assert_near(json_number_at(o, "recovery/0/back_ms"), 4000, 0);
    assert_near(json_number_at(o, "recovery/0/recovered_ms"), 6000, 0);
    assert_near(json_number_at(o, "recovery/0/recovery_ms"), 2000, 0);
    assert_near(json_number_at(o, "recovery/0/baseline/p95_ms"), 19.5, 0.02);
    assert_near(json_number_at(o, "recovery/0/worst/error_rate"), 0.5, 1e-9);
    assert_near(json_number_at(o, "counting/sent"), 13, 0);
    assert_near(json_number_at(o, "counting/failed"), 2, 0);
    assert_int_equal(json_array_size(json_at(o, "errors")), 2);
    assert_string_equal(json_text_at(o, "errors/0/class"), "timeout-wait");
    assert_near(json_number_at(o, "errors/0/share"), 1.0 / 13, 1e-9);
    assert_string_equal(json_text_at(o, "errors/1/example"),
                        "http-5xx example");
    assert_near(json_number_at(o, "requests/1/status/5xx"), 1, 0);
    assert_near(json_number_at(o, "requests/0/errors/timeout-wait"), 1, 0);
    assert_near(json_number_at(o, "requests/0/phases_ms/connecting/max"), 0, 0);
    assert_true(json_truth_at(o, "generator/bound"));
    assert_near(json_number_at(o, "generator/bound_since_ms"), 3000, 0);
    assert_string_equal(json_text_at(o, "generator/bound_by"), "ports");
    json_t *busy = json_at(o, "generator/busy_by_worker");
    assert_int_equal(json_array_size(busy), 2);
    assert_near(json_number_at(o, "generator/busy_by_worker/1"), 0.25, 0);
    assert_near(json_number_at(o, "generator/ports_used"), 7, 0);
    assert_near(json_number_at(o, "generator/read_lag_ms/max"), 2, 0);
    assert_near(json_number_at(o, "exit/status"), EXIT_BROKEN, 0);
    assert_true(json_number_at(o, "environment/cpus") >= 1);
    json_decref(all);
    run_close(&run);
}

static void a_target_that_never_recovers(void **state) {
    (void)state;
    Run run;
    run_open(&run);
    run_play(&run, 8500);
    run_finish(&run);
    json_t *all = run_summary(&run);
    assert_true(
        json_is_null(json_at(all, "metrics/recovery_time/values/value")));
    assert_false(
        json_truth_at(all, "metrics/recovery_time/thresholds/value < 30s/ok"));
    assert_string_equal(json_text_at(all, "onrush/recovery/0/state"), "never");
    assert_true(json_is_null(json_at(all, "onrush/recovery/0/recovery_ms")));
    json_decref(all);
    run_close(&run);
}

/* --- exit status -------------------------------------------------------- */

static void statuses_and_their_order(void **state) {
    (void)state;
    static const struct {
        bool breaks, undecided, optional, answered, stopped, bound;
        int signal;
        FailClass fail; /* of the only request; FAIL_NONE: it succeeded */
        ExitStatus want;
    } cases[] = {
        { .answered = true, .fail = FAIL_NONE, .want = EXIT_HELD },
        { .answered = true, .breaks = true, .fail = FAIL_NONE, .want = 99 },
        { .answered = true, .undecided = true, .fail = FAIL_NONE, .want = 99 },
        { .answered = true,
          .undecided = true,
          .optional = true,
          .fail = FAIL_NONE,
          .want = EXIT_HELD },
        { .answered = true,
          .breaks = true,
          .optional = true,
          .fail = FAIL_NONE,
          .want = EXIT_BROKEN },
        { .answered = true, .bound = true, .fail = FAIL_NONE, .want = 4 },
        { .answered = true,
          .bound = true,
          .breaks = true,
          .fail = FAIL_NONE,
          .want = EXIT_BROKEN },
        { .fail = FAIL_CONNECT, .want = EXIT_UNREACHABLE },
        { .fail = FAIL_CONNECT, .breaks = true, .want = EXIT_UNREACHABLE },
        { .fail = FAIL_LOCAL_DESCRIPTORS, .breaks = true, .want = EXIT_GENERATOR },
        { .fail = FAIL_CONNECT, .signal = SIGINT, .want = EXIT_INTERRUPTED },
        { .answered = true,
          .breaks = true,
          .signal = SIGTERM,
          .fail = FAIL_NONE,
          .want = EXIT_INTERRUPTED },
        { .answered = true, .stopped = true, .fail = FAIL_NONE, .want = 105 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_open(&run);
        run_record(&run, &(Sample){ 500, HOME, 10, cases[i].fail });
        run_finish(&run);
        Threshold t = { .optional = cases[i].optional };
        ThresholdReading v = { .threshold = &t,
                               .verdict = cases[i].breaks ? VERDICT_BROKEN
                                          : cases[i].undecided
                                              ? VERDICT_UNDECIDED
                                              : VERDICT_HOLDS };
        run.snapshot.thresholds = &v;
        run.snapshot.threshold_count = 1;
        run.snapshot.ever_answered = cases[i].answered;
        run.snapshot.stopped = cases[i].stopped;
        run.snapshot.health.is_bound = cases[i].bound;
        run.report.signal = cases[i].signal;
        if (report_status(&run.report) != cases[i].want)
            fail_msg("case %zu: %d, wanted %d", i, report_status(&run.report),
                     cases[i].want);
        run_close(&run);
    }
}

/* A target that only hangs leaves no finished request. */
static void a_silent_target_is_unreachable(void **state) {
    (void)state;
    Run run;
    run_open(&run);
    run.recorder.totals.interrupted = 5;
    run_finish(&run);
    run.snapshot.ever_answered = false;
    assert_int_equal(report_status(&run.report), EXIT_UNREACHABLE);
    run.recorder.totals.interrupted = 0;
    assert_int_equal(report_status(&run.report), EXIT_BROKEN);
    run_close(&run);
}

/* Two classes, both this machine's: not the target's fault. With one of
 * its own it is. */
static void failures_of_ours_alone_are_the_generators(void **state) {
    (void)state;
    Run run;
    run_open(&run);
    run_record(&run, &(Sample){ 500, HOME, 10, FAIL_LOCAL_DESCRIPTORS });
    run_record(&run, &(Sample){ 500, ORDER, 10, FAIL_LOCAL_PORTS });
    run_finish(&run);
    run.snapshot.ever_answered = false;
    assert_int_equal(report_status(&run.report), EXIT_GENERATOR);
    run.recorder.totals.series[HOME].fail[FAIL_CONNECT] = 1;
    assert_int_equal(report_status(&run.report), EXIT_UNREACHABLE);
    run_close(&run);
}

static void who_steered(void **state) {
    (void)state;
    static const struct {
        const char *command;
        bool steers;
    } cases[] = {
        { "mark next release", false },
        { "finish", false },
        { "stop", false },
        { "pause", true },
        { "level 5", true },
        { "stage delete cool", true },
        { "edit stage delete 3", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Run run;
        run_open(&run);
        run_act(&run, 1 * S, cases[i].command);
        if (report_was_steered(&run.report) != cases[i].steers)
            fail_msg("%s", cases[i].command);
        run_close(&run);
    }
}

/* --- the open model ------------------------------------------------------ */

/* Judged by its new value over the whole run; what it was is told. */
static void a_threshold_that_was_changed(void **state) {
    (void)state;
    Run run;
    run_open(&run);
    run_play(&run, 5000);
    run_act(&run, 5 * S, "threshold 2 = p(95) < 1ms");
    run_finish(&run);
    json_t *root = run_summary(&run);
    json_t *all = json_at(root, "onrush/thresholds");
    assert_int_equal(json_array_size(all), run.profile.thresholds.count);
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *was = json_object_get(json_array_get(all, i), "was");
        assert_true((was != NULL) == (i == 1));
    }
    json_t *one = json_array_get(all, 1);
    assert_string_equal(json_string_value(json_object_get(one, "was")),
                        "p(95) < 500");
    assert_string_equal(json_string_value(json_object_get(one, "threshold")),
                        "p(95) < 1ms");
    assert_string_equal(json_string_value(json_object_get(one, "verdict")),
                        "broken");
    assert_false(report_was_steered(&run.report) &&
                 run.wheel.action_count == 1);
    Text t = { 0 };
    report_text(&run.report, &t, false, 120);
    assert_non_null(strstr(t.bytes, "p(95) < 1ms (was p(95) < 500)"));
    text_close(&t);
    json_decref(root);
    run_close(&run);
}

static void arrivals_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *path;
        double want;
    } cases[] = {
        { "metrics/response_time/values/max", 950 },
        { "metrics/response_time/values/med", 10.2 },
        { "metrics/http_req_duration/values/max", 910 },
        { "metrics/schedule_lag/values/med", 0.2 },
        { "metrics/dropped_iterations/values/count", 800 },
        { "onrush/arrivals/planned", 9000 },
        { "onrush/arrivals/started", 8200 },
        { "onrush/arrivals/dropped", 800 },
        { "onrush/arrivals/achieved", 8200.0 / 9000 },
        { "onrush/arrivals/lag_p99_ms", 0.2 },
        { "onrush/arrivals/max_vus", 200 },
        { "onrush/requests/0/response_ms/max", 950 },
        { "onrush/requests/0/duration_ms/max", 910 },
        { "onrush/stages/0/response_p99_ms", 10.2 },
        { "onrush/stages/0/started", 1000 },
        { "onrush/stages/0/dropped", 0 },
        { "onrush/stages/1/response_p50_ms", 10.2 },
        { "onrush/stages/1/response_p99_ms", 950 },
        { "onrush/stages/1/p99_ms", 910 },
        { "onrush/stages/1/started", 7200 },
        { "onrush/stages/1/dropped", 800 },
    };
    Run run;
    run_open_arrivals(&run, 10000);
    run_finish(&run);
    json_t *all = run_summary(&run);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = json_number_at(all, cases[i].path);
        if (fabs(got - cases[i].want) > 1e-9 + 0.0006 * cases[i].want)
            fail_msg("%s is %.9g, wanted %.9g", cases[i].path, got,
                     cases[i].want);
    }
    assert_string_equal(json_text_at(all, "onrush/load_unit"), "arrivals/s");
    assert_false(json_truth_at(all, "onrush/arrivals/held"));
    assert_string_equal(json_text_at(all, "onrush/arrivals/text"),
                        "the plan asked for 900/s on average, 820/s were "
                        "started: 8.89 % dropped because all 200 VUs were "
                        "busy (max_vus)");
    assert_true(json_is_null(json_at(all, "onrush/omission")));
    json_decref(all);
    run_close(&run);

    /* within a stage: of the seconds until now, the open one included */
    run_open_arrivals(&run, 5300);
    all = run_summary(&run);
    assert_near(json_number_at(all, "onrush/arrivals/planned"), 4300, 1e-6);
    assert_near(json_number_at(all, "onrush/stages/1/started"), 3200, 0);
    assert_near(json_number_at(all, "onrush/stages/1/dropped"), 100, 0);
    json_decref(all);
    run_close(&run);

    /* the closed model has none of it */
    run_open_whole(&run);
    all = run_summary(&run);
    assert_true(json_is_null(json_at(all, "onrush/arrivals")));
    assert_true(
        json_is_null(json_at(all, "onrush/requests/0/response_ms/max")));
    assert_true(json_is_null(json_at(all, "onrush/stages/0/response_p95_ms")));
    json_decref(all);
    run_close(&run);
}

static void why_a_rate_was_not_held(void **state) {
    (void)state;
    static const struct {
        uint64_t started, dropped, late_ms;
        const char *says; /* NULL: it was held */
    } cases[] = {
        { 9000, 0, 1, NULL },
        { 8999, 0, 1, NULL },
        { 8970, 0, 1, NULL }, /* a third of a percent */
        { 8100, 0, 1, "810/s were started: 10.0 % never began" },
        { 8100, 900, 1, "10.0 % dropped because all 200 VUs were busy" },
        { 9000, 0, 20, "900/s were started: one in a hundred began 20.0 ms" },
        { 4500, 900, 20,
          "10.0 % dropped because all 200 VUs were busy (max_vus), 40.0 % "
          "never began, one in a hundred began 20.0 ms late" },
        { 0, 0, 0, "0/s were started: 100 % never began" },
    };
    Run run;
    run_open_arrivals(&run, 10000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Slab *run_totals = &run.recorder.totals;
        Text t = { 0 };
        hist_clear(&run_totals->lag);
        run_totals->started = cases[i].started;
        run_totals->arrivals = cases[i].started;
        run_totals->dropped = cases[i].dropped;
        if (cases[i].started)
            hist_record_n(&run_totals->lag, cases[i].late_ms * MS, 1000);
        bool is_said = arrivals_words(&run.report, &t);
        if (is_said != (cases[i].says != NULL) ||
            (is_said && !strstr(t.bytes, cases[i].says)))
            fail_msg("case %zu: %s", i, is_said ? t.bytes : "held");
        text_close(&t);
    }
    run_close(&run);
    Text t = { 0 };
    run_open_whole(&run);
    assert_false(arrivals_words(&run.report, &t));
    run_close(&run);
}

static void hidden_stalls_are_said(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    run_open(&run);
    run_play(&run, 4400);
    Slab slab;
    slab_init(&slab, 2, run.profile.check_total, 0);
    hist_record_n(&slab.series[HOME].duration, 10 * MS, 10000);
    hist_record_n(&slab.series[HOME].duration, 5000 * MS, 10);
    slab.series[HOME].requests = slab.iterations = 10010;
    recorder_add(&run.recorder, 4500 * MS, &slab);
    slab_close(&slab);
    run_advance(&run, 4600 * MS);
    run_finish(&run);
    json_t *all = run_summary(&run);
    /* 10 x 5 s and 90 x 10 ms of 150 s */
    assert_near(json_number_at(all, "onrush/omission/share"), 0.339, 0.002);
    assert_non_null(strstr(json_text_at(all, "onrush/omission/text"),
                           "34 % of the VUs' time"));
    json_decref(all);
    report_text(&run.report, &t, false, 80);
    assert_non_null(strstr(t.bytes, "34 % of the VUs' time went into the"));
    text_clear(&t);
    run.snapshot.is_open = true;
    report_text(&run.report, &t, false, 80);
    assert_null(strstr(t.bytes, "of the VUs' time"));
    text_close(&t);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_the_run),
        cmocka_unit_test(k6s_metrics),
        cmocka_unit_test(k6s_thresholds_say_what_held),
        cmocka_unit_test(nothing_measured_is_said_as_nothing),
        cmocka_unit_test(root_group_and_state),
        cmocka_unit_test(stages_as_executed),
        cmocka_unit_test(a_plan_cut_short),
        cmocka_unit_test(our_part),
        cmocka_unit_test(a_target_that_never_recovers),
        cmocka_unit_test(statuses_and_their_order),
        cmocka_unit_test(a_silent_target_is_unreachable),
        cmocka_unit_test(failures_of_ours_alone_are_the_generators),
        cmocka_unit_test(who_steered),
        cmocka_unit_test(a_threshold_that_was_changed),
        cmocka_unit_test(arrivals_are_counted),
        cmocka_unit_test(why_a_rate_was_not_held),
        cmocka_unit_test(hidden_stalls_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
