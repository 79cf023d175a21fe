/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fixtures are in tests/unit/results: of hyperfine 1.15 and pytest-benchmark
 * 3.2.2 as they wrote them, of k6 and Criterion after their documentation. */
#include "unit.h"

#include <stdlib.h>

#include "compare/direction.h"
#include "compare/results.h"

static Results *read_fixture(const char *name) {
    Text path = { 0 };
    Err err = { 0 };
    text_addf(&path, "%s/unit/results/%s", getenv("TESTS_SRC"), name);
    Results *r = results_read(path.bytes, &err);
    if (!r)
        fail_msg("%s", err.text);
    text_close(&path);
    return r;
}

static Results *parse(const char *text, Err *err) {
    return results_parse(text, strlen(text), "x.json", err);
}

static const Figure *figure(const Results *r, const char *name) {
    const Figure *f = results_find(r, name);
    if (!f)
        fail_msg("there is no figure '%s'", name);
    return f;
}

typedef struct Want {
    const char *file, *name, *unit;
    Better better;
    double value;
    size_t samples;
} Want;

static void each_form_is_read(void **state) {
    (void)state;
    static const Want wants[] = {
        { "k6_summary.json", "http_req_duration p(95)", "ms", BETTER_LOWER,
          180.4, 0 },
        { "k6_summary.json", "http_reqs rate", "/s", BETTER_HIGHER, 9.98, 0 },
        { "k6_summary.json", "http_req_failed rate", "share", BETTER_LOWER, 0.1,
          0 },
        { "k6_summary.json", "checks rate", "share", BETTER_HIGHER, 0.9, 0 },
        { "k6_export.json", "http_req_duration p(95)", "ms", BETTER_LOWER,
          180.4, 0 },
        { "k6_export.json", "http_req_failed rate", "share", BETTER_LOWER, 0.1,
          0 },
        { "k6_export.json", "vus max", "", BETTER_UNKNOWN, 1, 0 },
        { "hyperfine.json", "true mean", "s", BETTER_LOWER,
          0.0009775823333333334, 6 },
        { "hyperfine.json", "sleep 0.01 median", "s", BETTER_LOWER,
          0.011911019000000002, 6 },
        { "pytest.json", "test_x.py::test_sort mean", "s", BETTER_LOWER,
          5.508249159902334e-06, 8 },
        { "criterion", "median", "ns", BETTER_LOWER, 25, 4 },
        { "criterion/new", "mean", "ns", BETTER_LOWER, 25.5, 4 },
        { "criterion/new/estimates.json", "slope", "ns", BETTER_LOWER, 25.2,
          0 },
        { "criterion/new/sample.json", "mean", "ns", BETTER_LOWER, 25.5, 4 },
        { "flat.json", "inspect_ms", "ms", BETTER_LOWER, 512.3, 0 },
        { "flat.json", "requests_per_second", "/s", BETTER_HIGHER, 40, 0 },
        { "flat.json", "resize p95_ms", "ms", BETTER_LOWER, 88, 0 },
        { "flat.json", "resize rss_bytes", "bytes", BETTER_LOWER, 1048576, 0 },
        { "repeat.json", "http_req_duration avg", "ms", BETTER_LOWER, 21, 3 },
        { "repeat.json", "http_reqs rate", "/s", BETTER_HIGHER, 99, 3 },
        { "ours.json", "http_req_duration p(95)", "ms", BETTER_LOWER, 22, 4 },
        { "ours.json", "http_req_duration avg", "ms", BETTER_LOWER, 20.5, 0 },
        { "ours.json", "process_cpu mean", "cores", BETTER_LOWER, 0.75, 0 },
    };
    for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
        Results *r = read_fixture(wants[i].file);
        const Figure *f = figure(r, wants[i].name);
        print_message("# %s: %s\n", wants[i].file, wants[i].name);
        assert_near(f->value, wants[i].value, 1e-12);
        assert_string_equal(f->unit, wants[i].unit);
        assert_int_equal(f->better, wants[i].better);
        assert_int_equal(f->count, wants[i].samples);
        results_free(r);
    }
}

static void ours_tells_of_the_run(void **state) {
    (void)state;
    Results *r = read_fixture("ours.json");
    assert_string_equal(r->tool, "onrush");
    assert_string_equal(r->profile, "shop");
    assert_string_equal(r->started, "2026-01-02T03:04:05Z");
    assert_string_equal(r->words, "the generator was the limit");
    assert_int_equal(r->status, 4);
    assert_true(r->was_steered);
    assert_true(r->is_generator_bound);
    assert_near(r->duration_ms, 4100, 0);
    assert_near(r->sample_ms, 1000, 0);
    assert_int_equal(r->stage_count, 2); /* finish is none of the plan */
    assert_string_equal(r->stages[1].name, "hold");
    assert_near(r->stages[1].p95_ms, 23, 0);
    assert_near(figure(r, "http_req_failed rate")->events, 4, 0);
    const Figure *f = figure(r, "http_req_duration p(95)");
    assert_int_equal(f->by, SAMPLED_SECONDS);
    assert_near(f->samples[1], 22, 0);
    assert_true(isnan(f->samples[2]));
    results_free(r);
}

static void others_say_what_they_know(void **state) {
    (void)state;
    Results *r = read_fixture("k6_summary.json");
    assert_string_equal(r->tool, "k6");
    assert_int_equal(r->status, 99); /* {"ok": false} */
    assert_near(r->duration_ms, 10012.5, 0);
    results_free(r);
    r = read_fixture("k6_export.json");
    assert_int_equal(r->status, 99); /* true: it broke */
    assert_near(figure(r, "http_req_failed rate")->events, 10, 0);
    results_free(r);
    r = read_fixture("criterion");
    assert_near(figure(r, "slope")->error, 0.4, 1e-12);
    assert_near(figure(r, "mean")->samples[3], 27, 1e-12);
    results_free(r);
    r = read_fixture("repeat.json");
    assert_int_equal(r->status, 99); /* the worst of them */
    assert_int_equal(figure(r, "http_reqs rate")->by, SAMPLED_REPEATS);
    assert_true(isnan(figure(r, "http_reqs rate")->samples[2]));
    results_free(r);
}

static void mistakes_name_the_file(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { "{\"metrics\": {\n  \"http_reqs\": {\"count\": 1",
          "x.json:2:26: not JSON, or cut short" },
        { "", "x.json:1:0: not JSON, or cut short" },
        { "{\"onrush\": {\"format\": 2}, \"metrics\": {}}",
          "format 2 of a newer onrush" },
        { "{\"onrush\": {\"format\": 1}}", "without metrics" },
        { "{\"onrush_repeat\": 2, \"runs\": []}", "format 2" },
        { "{\"onrush_repeat\": 1, \"runs\": []}", "1 to 1000 runs" },
        { "{\"onrush\": {\"format\": \"1\"}, \"metrics\": {}}",
          "\"format\" is missing or no number" },
        { "{\"onrush\": {}, \"metrics\": {}}",
          "\"format\" is missing or no number" },
        { "{\"onrush\": {\"format\": -1}, \"metrics\": {}}",
          "\"format\" is missing or no number" },
        { "{\"onrush_repeat\": 0, \"runs\": [{}]}",
          "\"format\" is missing or no number" },
        { "{\"benchmarks\": [{\"stats\": {\"mean\": 1}}]}",
          "benchmark 1 has no \"name\"" },
        { "{\"benchmarks\": [{\"stats\": {}, \"name\": \"a\"}, "
          "{\"fullname\": \"\"}]}", "benchmark 2 has no \"fullname\"" },
        { "{\"results\": [{\"command\": \"a\", \"mean\": 1}, {\"mean\": 2}]}",
          "benchmark 2 has no \"command\"" },
        { "[1, 2]", "no results that are known" },
        { "{\"a\": [1]}", "no results that are known" },
        { "{\"a\": {\"b\": {\"c\": 1}}}", "no results that are known" },
        { "{\"a\": \"b\"}", "no results that are known" },
        { "{\"a\": {\"b\": \"c\"}}", "holds no figure" },
        { "{\"iters\": [1, 2], \"times\": [1]}", "of one length" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Err err = { 0 };
        assert_null(parse(cases[i][0], &err));
        if (!strstr(err.text, cases[i][1]) || !strstr(err.text, "x.json"))
            fail_msg("'%s' says %s, wanted %s", cases[i][0], err.text,
                     cases[i][1]);
    }
}

static void names_are_cleaned_and_differ(void **state) {
    (void)state;
    Err err = { 0 };
    Results *r = parse("{\"a\\u001b[2Jb_ms\": 1, \"c|d\\n`e\": 2}", &err);
    assert_non_null(r);
    assert_string_equal(r->figures[0].name, "a?[2Jb_ms");
    assert_string_equal(r->figures[1].name, "c|d?`e");
    results_free(r);
    r = parse("{\"results\": [{\"command\": \"a\", \"mean\": 1}, {\"command\": "
              "\"a\", \"mean\": 2}, {\"command\": \"a\", \"mean\": 3}]}", &err);
    assert_non_null(r);
    assert_near(figure(r, "a mean")->value, 1, 0);
    assert_near(figure(r, "a mean #2")->value, 2, 0);
    assert_near(figure(r, "a mean #3")->value, 3, 0);
    results_free(r);
}

static void which_way_is_better(void **state) {
    (void)state;
    static const struct {
        const char *name;
        Better better;
    } cases[] = {
        { "http_req_failed{name:home} rate", BETTER_LOWER },
        { "http_req_duration{name:throughput} p(95)", BETTER_LOWER },
        { "dropped_iterations rate", BETTER_LOWER },
        { "checks rate", BETTER_HIGHER },
        { "iteration_duration avg", BETTER_LOWER },
        { "vus value", BETTER_UNKNOWN },
        { "data_sent rate", BETTER_UNKNOWN },
        { "images per_second", BETTER_HIGHER },
        { "open_ops", BETTER_HIGHER },
        { "boot_s", BETTER_LOWER },
        { "packet_drops", BETTER_LOWER }, /* no ops */
        { "errors per_second", BETTER_LOWER },
        { "timeouts_per_s", BETTER_LOWER },
        { "uptime", BETTER_UNKNOWN },
        { "seats", BETTER_UNKNOWN },
        { "process_memory max", BETTER_LOWER },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *unit = direction_unit(cases[i].name);
        print_message("# %s\n", cases[i].name);
        assert_int_equal(direction_better(cases[i].name, unit),
                         cases[i].better);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_read),
        cmocka_unit_test(ours_tells_of_the_run),
        cmocka_unit_test(others_say_what_they_know),
        cmocka_unit_test(mistakes_name_the_file),
        cmocka_unit_test(names_are_cleaned_and_differ),
        cmocka_unit_test(which_way_is_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
