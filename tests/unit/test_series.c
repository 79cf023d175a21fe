/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "stats/metric.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Two requests, two scenarios, two variants; "a:b" is a request's name, and
 * "twin" a request, a scenario and a variant. */
#define LABELS(request, scenario, variant, ...)                       \
    (const Label[]) {                                                 \
        { "name", request }, { "scenario", scenario },                \
            { "variant", variant }, __VA_ARGS__                       \
    }

static const Series series[] = {
    { "home{buyers,bare}", "home", 0, 0, 0,
      LABELS("home", "buyers", "bare", { "area", "front" }), 4 },
    { "home{buyers,logger}", "home", 0, 0, 1,
      LABELS("home", "buyers", "logger", { "area", "front" }), 4 },
    { "home{twin,bare}", "home", 0, 1, 0,
      LABELS("home", "twin", "bare", { "area", "front" },
             { "area", "night" }),
      5 },
    { "home{twin,logger}", "home", 0, 1, 1,
      LABELS("home", "twin", "logger", { "area", "front" },
             { "area", "night" }),
      5 },
    { "a:b{buyers,bare}", "a:b", 1, 0, 0, LABELS("a:b", "buyers", "bare"), 3 },
    { "a:b{buyers,logger}", "a:b", 1, 0, 1, LABELS("a:b", "buyers", "logger"),
      3 },
    { "twin{buyers,bare}", "twin", 2, 0, 0, LABELS("twin", "buyers", "bare"),
      3 },
    { "twin{buyers,twin}", "twin", 2, 0, 2, LABELS("twin", "buyers", "twin"),
      3 },
};

static void is_chosen(const Selection *s, const char *want) {
    char got[64] = "";
    for (size_t i = 0; i < s->count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%u",
                 s->series[i]);
    assert_string_equal(got, want);
}

static void labels_choose(void **state) {
    (void)state;
    static const struct {
        const char *text, *in_full, *chosen;
    } cases[] = {
        { "home", "name:home", "0123" },
        { "name:home", "name:home", "0123" },
        { " name : home ", "name:home", "0123" },
        { "buyers", "scenario:buyers", "014567" },
        { "scenario:buyers", "scenario:buyers", "014567" },
        { "logger", "variant:logger", "135" },
        { "home,buyers", "name:home,scenario:buyers", "01" },
        { "home, scenario:buyers ,logger",
          "name:home,scenario:buyers,variant:logger", "1" },
        { "area:front", "area:front", "0123" },
        /* of two tags of one name both count */
        { "area:night", "area:night", "23" },
        { "area:night,area:front", "area:night,area:front", "23" },
        /* a name may hold a colon */
        { "a:b", "name:a:b", "45" },
        { "name:a:b", "name:a:b", "45" },
        { "a:b,logger", "name:a:b,variant:logger", "5" },
        /* a request before a scenario before a variant */
        { "twin", "name:twin", "67" },
        { "scenario:twin", "scenario:twin", "23" },
        { "variant:twin", "variant:twin", "7" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        const Selection *s =
            selection_read(&a, cases[i].text, strlen(cases[i].text), series,
                           COUNT(series), false, &err);
        if (!s)
            fail_msg("%s: %d: %s", cases[i].text, err.column, err.text);
        assert_string_equal(s->text, cases[i].in_full);
        is_chosen(s, cases[i].chosen);
        assert_null(s->against);
        arena_close(&a);
    }
}

static void variants_are_compared_with_the_first(void **state) {
    (void)state;
    static const struct {
        const char *text, *chosen, *against;
    } cases[] = {
        { "logger", "135", "024" },
        { "variant:logger", "135", "024" },
        { "logger,home", "13", "02" },
        { "home,scenario:twin,logger", "3", "2" },
        { "twin", "7", "6" }, /* a variant first, here */
        { "name:twin,variant:twin", "7", "6" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        const Selection *s =
            selection_read(&a, cases[i].text, strlen(cases[i].text), series,
                           COUNT(series), true, &err);
        if (!s)
            fail_msg("%s: %d: %s", cases[i].text, err.column, err.text);
        is_chosen(s, cases[i].chosen);
        is_chosen(s->against, cases[i].against);
        arena_close(&a);
    }
}

static void mistakes_say_what_there_is(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool is_compared;
        int column;
        const char *says;
    } cases[] = {
        { "hoem", false, 1,
          "no request, scenario or variant is called 'hoem'; did you mean "
          "'home'?" },
        { "buyer", false, 1, "did you mean 'buyers'" },
        { "loger", false, 1, "did you mean 'logger'" },
        { "xyzzy", false, 1, "; there are home, a:b, twin, buyers" },
        { "home,  buyer", false, 8, "did you mean 'buyers'" },
        { "status:200", false, 8, "write status:2xx" },
        { "stat:200", false, 1, "there is no label 'stat'; there are name" },
        { "aera:front", false, 1, "did you mean 'area'" },
        { "area:frotn", false, 6, "nothing has area:frotn; did you mean "
                                  "'front'" },
        { "area: noon", false, 7, "there are front, night" },
        { "area:", false, 6, "nothing has area:" },
        { ":front", false, 1, "there is no label ''" },
        { "", false, 1, "is missing here" },
        { "home,", false, 6, "is missing here" },
        { ",home", false, 1, "is missing here" },
        { "twin,night", false, 6, "'night'" },
        { "a:b,area:front", false, 1, "no request has all of" },
        { "home", true, 1, "overhead{VARIANT}" },
        { "bare", true, 1, "'bare' is the first variant" },
        { "name:home,bare", true, 1, "'bare' is the first variant" },
        { "loger", true, 1, "did you mean 'logger'" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Err err = { 0 };
        const Selection *s =
            selection_read(&a, cases[i].text, strlen(cases[i].text), series,
                           COUNT(series), cases[i].is_compared, &err);
        if (s || err.column != cases[i].column ||
            !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d: %s", cases[i].text, err.column, err.text);
        arena_close(&a);
    }
}

/* Every number that is asked by series, over all and over some. */
static void metrics_are_of_what_was_chosen(void **state) {
    (void)state;
    Slab run;
    slab_init(&run, COUNT(series), 0, 0);
    for (size_t i = 0; i < COUNT(series); i++) {
        SeriesSlab *s = &run.series[i];
        hist_record(&s->duration, (10 + i) * NS_PER_MS);
        hist_record(&s->response, (20 + i) * NS_PER_MS);
        hist_record(&s->phase[PHASE_WAITING], (5 + i) * NS_PER_MS);
        s->requests = 1;
        s->failed = i == 1;
        s->bytes_in = 1u << i;
        s->bytes_out = 1000;
    }
    static const struct {
        MetricId id;
        const char *of;
        Method method;
        double want;
    } cases[] = {
        { METRIC_HTTP_REQS, NULL, METHOD_COUNT, 8 },
        { METRIC_HTTP_REQS, "home", METHOD_COUNT, 4 },
        { METRIC_HTTP_REQS, "home,logger", METHOD_RATE, 1 },
        { METRIC_HTTP_REQ_FAILED, "logger", METHOD_RATE, 1 / 3.0 },
        { METRIC_HTTP_REQ_FAILED, "bare", METHOD_RATE, 0 },
        { METRIC_DATA_RECEIVED, "scenario:twin", METHOD_COUNT, 12 },
        { METRIC_DATA_SENT, "home,logger", METHOD_COUNT, 2000 },
        { METRIC_HTTP_REQ_DURATION, "home,logger", METHOD_MAX, 13 },
        { METRIC_HTTP_REQ_DURATION, "home,logger", METHOD_MIN, 11 },
        { METRIC_RESPONSE_TIME, "a:b", METHOD_MAX, 25 },
        { METRIC_HTTP_REQ_WAITING, "area:night", METHOD_MAX, 8 },
    };
    const MetricContext context = { .seconds = 2 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Metric m = metric_builtin(cases[i].id);
        const Selection *of =
            cases[i].of ? selection_read(&a, cases[i].of, strlen(cases[i].of),
                                         series, COUNT(series), false, NULL)
                        : NULL;
        assert_near(metric_value(&m, &run, of, &context, cases[i].method, 0),
                    cases[i].want, cases[i].want * 1e-3);
        arena_close(&a);
    }
    slab_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_choose),
        cmocka_unit_test(variants_are_compared_with_the_first),
        cmocka_unit_test(mistakes_say_what_there_is),
        cmocka_unit_test(metrics_are_of_what_was_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
