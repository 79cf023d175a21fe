/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison with the baseline in both summaries; comparisons as such are
 * test_compare's. */
#include "report_run.h"

#include <stdlib.h>

#include "report/forms.h"

#define COUNT 15

/* Regressions first, as comparisons have them. */
typedef struct Made {
    Figure base[COUNT], now[COUNT];
    Compared items[COUNT];
    Results base_results, now_results;
    Comparison comparison;
} Made;

static char evil[] = "evil\033[31m-20260101", plain[] = "this run", none[] = "",
            figure[] = "http_req_duration p(95)";

static void make(Made *m, size_t regressed) {
    *m = (Made){ 0 };
    m->base_results.path = evil;
    m->base_results.started = m->now_results.started = none;
    m->now_results.path = plain;
    m->now_results.duration_ms = m->base_results.duration_ms = 12300;
    for (size_t i = 0; i < COUNT; i++) {
        bool is_worse = i < regressed;
        m->base[i] = (Figure){ .name = figure,
                               .unit = "ms",
                               .better = BETTER_LOWER,
                               .value = 40 };
        m->now[i] = m->base[i];
        m->now[i].value = is_worse ? 50 : 40;
        m->items[i] = (Compared){ .base = &m->base[i],
                                  .now = &m->now[i],
                                  .change = is_worse ? 0.25 : 0,
                                  .interval = { 0.25, 0.2, 0.3 },
                                  .p = NAN,
                                  .limit = 0.1,
                                  .verdict = is_worse ? COMPARED_REGRESSED
                                                      : COMPARED_SAME,
                                  .is_severe = is_worse };
    }
    m->comparison = (Comparison){ .base = &m->base_results,
                                  .now = &m->now_results,
                                  .items = m->items,
                                  .count = COUNT,
                                  .regressed = regressed,
                                  .severe = regressed,
                                  .judged = COUNT,
                                  .level = 0.95 };
}

static char *text_of(Run *run, const Comparison *c, int columns) {
    Text t = { 0 };
    run->report.against = c;
    report_text(&run->report, &t, false, columns);
    return text_take(&t);
}

static size_t times(const char *text, const char *what) {
    size_t n = 0;
    for (const char *s = text; (s = strstr(s, what)); s++)
        n++;
    return n;
}

static void without_a_baseline_nothing_is_said(void **state) {
    (void)state;
    Run run;
    run_open_whole(&run);
    char *text = text_of(&run, NULL, 100);
    assert_null(strstr(text, "baseline"));
    json_t *all = run_summary(&run);
    assert_true(json_is_null(json_at(all, "onrush/against")));
    json_decref(all);
    free(text);
    run_close(&run);
}

static void a_regression_carries_its_evidence(void **state) {
    (void)state;
    Run run;
    Made m;
    make(&m, 1);
    text_addf(&m.comparison.notes, "the stages differ\nsteered\n");
    run_open_whole(&run);
    char *text = text_of(&run, &m.comparison, 100);
    assert_non_null(strstr(text, "regressed: 1 of 15 figures, 1 high"));
    assert_non_null(strstr(
        text, "  http_req_duration p(95)  40.0 ms  50.0 ms  +25.0 %  "
              "95 %: +20.0 to +30.0 %  high\n"));
    assert_non_null(strstr(text, "  note: the stages differ\n"));
    assert_non_null(strstr(text, "  note: steered\n"));
    assert_null(strchr(text, '\033')); /* the baseline's name has one */
    json_t *all = run_summary(&run);
    assert_string_equal(json_text_at(all, "onrush/against/verdict"),
                        "regressed");
    assert_near(json_number_at(all, "onrush/against/figures/0/change"), 0.25,
                0);
    assert_null(strchr(json_text_at(all, "onrush/against/base/path"), '\033'));
    json_decref(all);
    free(text);
    text_close(&m.comparison.notes);
    run_close(&run);
}

static void the_status_stays_the_runs_own(void **state) {
    (void)state;
    Run run;
    Made m;
    make(&m, 3);
    run_open_whole(&run);
    ExitStatus alone = report_status(&run.report);
    run.report.against = &m.comparison;
    assert_int_equal(report_status(&run.report), alone);
    run_close(&run);
}

/* A gate's run is judged by the comparison too, in every file alike. */
static void a_gate_makes_it_the_runs_verdict(void **state) {
    (void)state;
    Run run;
    Made m;
    Text t = { 0 };
    make(&m, 3);
    run_open_whole(&run);
    run.snapshot.threshold_count = 0; /* one of them is broken */
    run.report.is_gate = true;
    assert_int_equal(report_status(&run.report), EXIT_HELD);
    run.report.against = &m.comparison;
    assert_int_equal(report_status(&run.report), EXIT_REGRESSED);
    json_t *all = run_summary(&run);
    assert_near(json_number_at(all, "onrush/exit/status"), 2, 0);
    const char *words = json_text_at(all, "onrush/exit/words");
    report_markdown(&run.report, &t);
    assert_non_null(strstr(t.bytes, "**regressed** (exit status 2: "));
    assert_non_null(strstr(t.bytes, words));
    /* the first reason */
    assert_non_null(strstr(t.bytes, ".\n\n- against the baseline: regressed: "
                                    "3 of 15 figures, 3 high\n"));
    text_clear(&t);
    report_html(&run.report, &t);
    assert_non_null(strstr(t.bytes, "✗ regressed"));
    assert_non_null(strstr(t.bytes, "exit status 2: "));
    text_clear(&t);
    report_junit(&run.report, &t);
    assert_non_null(strstr(t.bytes, "name=\"verdict\" time=\"0\">\n"
                                    "    <failure type=\"verdict\""));
    json_decref(all);
    text_close(&t);
    run_close(&run);
}

static void what_the_run_did_wrong_goes_before_a_regression(void **state) {
    (void)state;
    Run run;
    Made m;
    make(&m, 3);
    run_open_whole(&run);
    ExitStatus alone = report_status(&run.report);
    assert_int_not_equal(alone, EXIT_HELD);
    run.report.is_gate = true;
    run.report.against = &m.comparison;
    assert_int_equal(report_status(&run.report), alone);
    run.snapshot.threshold_count = 0;
    run.snapshot.health.is_bound = true;
    assert_int_equal(report_status(&run.report), EXIT_GENERATOR);
    run_close(&run);
}

static void many_regressions_are_cut_and_fit(void **state) {
    (void)state;
    Run run;
    Made m;
    make(&m, COUNT);
    run_open_whole(&run);
    char *text = text_of(&run, &m.comparison, 100);
    assert_int_equal(times(text, "high\n"), 13); /* the headline's, too */
    assert_non_null(strstr(text, "and 3 more\n"));
    free(text);
    text = text_of(&run, &m.comparison, 60);
    char *block = strstr(text, "against the baseline");
    for (char *line = strtok(block, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) < 100); /* 60 columns, some of three bytes */
    free(text);
    text = text_of(&run, &m.comparison, 60);
    assert_non_null(strstr(text, "+25.0 %")); /* what stays when it is narrow */
    free(text);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_baseline_nothing_is_said),
        cmocka_unit_test(a_regression_carries_its_evidence),
        cmocka_unit_test(the_status_stays_the_runs_own),
        cmocka_unit_test(a_gate_makes_it_the_runs_verdict),
        cmocka_unit_test(what_the_run_did_wrong_goes_before_a_regression),
        cmocka_unit_test(many_regressions_are_cut_and_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
