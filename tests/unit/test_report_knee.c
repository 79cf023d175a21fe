/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where throughput levels off, in summary.json and in words. */
#include "report_run.h"

#include <math.h>

static const char profile_text[] = "[profile]\n"
                                   "name = climb\n"
                                   "[target]\n"
                                   "url = http://127.0.0.1:8080\n"
                                   "[stages]\n"
                                   "climb = 100s to 500\n"
                                   "[request home]\n"
                                   "GET = /\n";

/* A ramp over 100 s to 500 VUs, of which each makes 10 requests/s until the
 * target, with so much for all, is full. */
static void climb(Run *run, double full) {
    run_open_text(run, profile_text, NULL, 0);
    Slab slab;
    slab_init(&slab, run->recorder.series_count, 0, 0);
    for (uint64_t i = 1; i <= 100; i++) {
        uint64_t n = (uint64_t)fmin(10 * (5 * (double)i - 2.5), full);
        slab_clear(&slab);
        slab.series[0].requests = n;
        hist_record_n(&slab.series[0].duration, 20 * MS, n);
        recorder_add(&run->recorder, i * S, &slab);
        run_advance(run, i * S);
    }
    slab_close(&slab);
    run_finish(run);
}

static void what_is_known_is_said(void **state) {
    (void)state;
    Run run;
    climb(&run, 2000);
    json_t *all = run_summary(&run);
    assert_true(json_truth_at(all, "onrush/knee/known"));
    assert_near(json_number_at(all, "onrush/knee/vus/value"), 190, 4);
    assert_true(json_number_at(all, "onrush/knee/vus/low") <= 190);
    assert_true(json_number_at(all, "onrush/knee/vus/high") >= 190);
    assert_near(json_number_at(all, "onrush/knee/requests_per_s"), 1900, 30);
    assert_string_equal(json_text_at(all, "onrush/knee/by"), "corner");
    assert_near(json_number_at(all, "onrush/knee/corner/vus/value"), 200, 4);
    assert_near(json_number_at(all, "onrush/knee/usl/sigma/low"), 0, 0.1);
    assert_true(json_is_null(json_at(all, "onrush/knee/why_not")));
    assert_true(json_array_size(json_at(all, "onrush/knee/levels")) > 8);
    json_decref(all);
    Text text = { 0 };
    report_text(&run.report, &text, false, 100);
    assert_non_null(strstr(text.bytes, "\nscaling\n"));
    assert_non_null(strstr(text.bytes, run.snapshot.knee->text));
    assert_non_null(strstr(text.bytes, "a straight rise of 10 a VU ends at "));
    text_close(&text);
    run_close(&run);
}

static void what_is_not_known_is_not_said(void **state) {
    (void)state;
    Run run;
    climb(&run, 1e9);
    json_t *all = run_summary(&run);
    assert_false(json_truth_at(all, "onrush/knee/known"));
    assert_string_equal(json_text_at(all, "onrush/knee/why_not"),
                        "throughput still rises with the load");
    assert_true(json_is_null(json_at(all, "onrush/knee/vus")));
    assert_true(json_is_null(json_at(all, "onrush/knee/text")));
    json_decref(all);
    Text text = { 0 };
    report_text(&run.report, &text, false, 100);
    assert_null(strstr(text.bytes, "scaling"));
    assert_null(strstr(text.bytes, "levels off"));
    text_close(&text);
    run_close(&run);
}

/* From when on it is the generator's limit, it is not the target's knee. */
static void a_bound_generator_has_none(void **state) {
    (void)state;
    Run run;
    climb(&run, 2000);
    recorder_bound(&run.recorder, BOUND_CPU, 50 * S, 0.99);
    recorder_snapshot(&run.recorder, &run.snapshot);
    assert_false(run.snapshot.knee->is_known);
    assert_string_equal(run.snapshot.knee->why, "onrush itself was the limit");
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_is_said),
        cmocka_unit_test(what_is_not_known_is_not_said),
        cmocka_unit_test(a_bound_generator_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
