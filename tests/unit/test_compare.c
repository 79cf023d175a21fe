/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/rng.h"
#include "compare/comparison.h"
#include "compare/rules.h"
#include "report/compared.h"

/* --- made-up runs ------------------------------------------------------- */

#define SECONDS 60

/* A summary of ours of 60 s: p(95) and so on of `ms`, seconds that depend on
 * each other (an autoregression of 0.7) and vary by `noise`. */
typedef struct Shape {
    double ms, noise, slow_from, slow_to, slow_by; /* seconds, factor */
    double failed;                                 /* share */
    double failed_for;                             /* seconds; 0: in all */
    uint64_t seed;
    const char *stages, *more;
} Shape;

static const char two_stages[] =
    "{\"name\": \"up\", \"origin\": \"planned\", \"began_ms\": 0, "
    "\"length_ms\": 20000, \"from\": 0, \"to\": 20, \"p50_ms\": 10, \"p95_ms\": "
    "20, \"rps\": 900, \"error_rate\": 0, \"failed\": 0},"
    "{\"name\": \"hold\", \"origin\": \"planned\", \"began_ms\": 20000, "
    "\"length_ms\": 40000, \"from\": 20, \"to\": 20, \"p50_ms\": 10, "
    "\"p95_ms\": 20, \"rps\": 1000, \"error_rate\": 0, \"failed\": 0}";

static double normal(Rng *r) {
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += rng_unit(r);
    return sum - 6;
}

static void add_seconds(const Shape *s, Text *to, double *mean) {
    Rng rng = { s->seed };
    double drift = 0, sum = 0;
    for (int i = 0; i < SECONDS; i++) {
        drift = 0.7 * drift + 0.714 * normal(&rng);
        bool is_slow = i >= s->slow_from && i < s->slow_to;
        double v = s->ms * (is_slow ? s->slow_by : 1) * (1 + s->noise * drift);
        text_addf(to, "%s%.6g", i ? ", " : "", v);
        sum += v;
    }
    *mean = sum / SECONDS;
}

static Results *made(const Shape *s) {
    Text seconds = { 0 }, t = { 0 }, fails = { 0 };
    Err err = { 0 };
    double ms;
    add_seconds(s, &seconds, &ms);
    double long_s = s->failed_for > 0 ? s->failed_for : SECONDS;
    double failed = s->failed * long_s / SECONDS;
    for (int i = 0; i < SECONDS; i++)
        text_addf(&fails, "%s%g", i ? ", " : "", i < long_s ? s->failed : 0);
    text_addf(&t,
              "{\"metrics\": {\"http_req_duration\": {\"type\": \"trend\", "
              "\"contains\": \"time\", \"values\": {\"avg\": %.6g, \"max\": "
              "%.6g}}, \"http_req_failed\": {\"type\": \"rate\", \"contains\": "
              "\"default\", \"values\": {\"rate\": %g, \"passes\": %g, "
              "\"fails\": 60000}}}, \"onrush\": {\"format\": 1, "
              "\"load_unit\": \"vus\", \"stages\": [%s], %s \"samples\": "
              "{\"every_ms\": 1000, \"metrics\": {\"http_req_duration\": "
              "{\"avg\": [%s], \"med\": [%s]}, \"http_req_failed\": {\"rate\": "
              "[%s]}}}}}",
              ms, 3 * ms, failed, failed * 60000,
              s->stages ? s->stages : two_stages, s->more ? s->more : "",
              seconds.bytes, seconds.bytes, fails.bytes);
    Results *r = results_parse(t.bytes, t.length, "made.json", &err);
    if (!r)
        fail_msg("%s", err.text);
    text_close(&seconds);
    text_close(&fails);
    text_close(&t);
    return r;
}

static const Compared *item(const Comparison *c, const char *name) {
    for (size_t i = 0; i < c->count; i++) {
        const Figure *f = c->items[i].now ? c->items[i].now : c->items[i].base;
        if (text_equal(f->name, name))
            return &c->items[i];
    }
    fail_msg("'%s' is not compared", name);
    return NULL;
}

static ComparedVerdict verdict(const Shape *a, const Shape *b,
                               const char *name, const CompareRules *rules) {
    Results *base = made(a), *now = made(b);
    Comparison *c = comparison_new(base, now, rules);
    ComparedVerdict v = item(c, name)->verdict;
    print_message("# %s: %s\n", name, item(c, name)->why);
    comparison_free(c);
    results_free(base);
    results_free(now);
    return v;
}

/* --- verdicts ----------------------------------------------------------- */

static void worse_than_limit_and_noise_is_a_regression(void **state) {
    (void)state;
    static const struct {
        double ms, noise;
        ComparedVerdict want;
    } cases[] = {
        { 20.0, 0.01, COMPARED_SAME },      { 20.8, 0.01, COMPARED_SAME },
        { 21.6, 0.01, COMPARED_REGRESSED }, { 18.0, 0.01, COMPARED_BETTER },
        { 30.0, 0.01, COMPARED_REGRESSED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
        Shape b = { .ms = cases[i].ms, .noise = cases[i].noise, .seed = 2 };
        assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                         cases[i].want);
    }
}

/* Found in 19 of 20 and no alarm in 20: seconds vary by 3 %, and what is
 * slow in one is in the next. */
static void noise_is_told_from_change(void **state) {
    (void)state;
    int found = 0, alarms = 0;
    for (uint64_t i = 0; i < 20; i++) {
        Shape a = { .ms = 20, .noise = 0.03, .seed = 100 + i };
        Shape same = { .ms = 20, .noise = 0.03, .seed = 200 + i };
        Shape slow = { .ms = 21.6, .noise = 0.03, .seed = 300 + i };
        found += verdict(&a, &slow, "http_req_duration avg", NULL) ==
                 COMPARED_REGRESSED;
        alarms += verdict(&a, &same, "http_req_duration avg", NULL) ==
                  COMPARED_REGRESSED;
    }
    assert_int_equal(alarms, 0);
    assert_true(found >= 19);
}

/* One second of sixty that stood still moves the mean, and proves nothing; a
 * sixth of the run that is slow does. */
static void one_bad_second_proves_nothing(void **state) {
    (void)state;
    Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 20, .noise = 0.01, .seed = 2, .slow_from = 30,
                .slow_to = 31, .slow_by = 6 };
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_UNSURE);
    b.slow_to = 40;
    b.slow_by = 1.8;
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_REGRESSED);
}

/* 40 of 60 seconds are slow: by what took onrush's CPU, or by the target. */
static void what_disturbed_us_is_not_the_target(void **state) {
    (void)state;
    Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 20, .noise = 0.01, .seed = 2, .slow_from = 10,
                .slow_to = 50, .slow_by = 1.3 };
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_REGRESSED);
    b.more = "\"generator\": {\"read_lag_ms\": {\"p(99)\": 6.25}},";
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_UNSURE);
    Results *base = made(&a), *now = made(&b);
    Comparison *c = comparison_new(base, now, NULL);
    const char *why = item(c, "http_req_duration avg")->why;
    const char *quiet = strstr(why, "; the quiet seconds, which decide here: ");
    assert_non_null(quiet);
    assert_non_null(strstr(quiet, " %, 95 %: "));
    comparison_free(c);
    results_free(base);
    results_free(now);
    b.slow_from = 0;
    b.slow_to = SECONDS;
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_REGRESSED);
}

static void small_differences_do_not_matter(void **state) {
    (void)state;
    Shape a = { .ms = 0.5, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 0.58, .noise = 0.01, .seed = 2 };
    assert_int_equal(verdict(&a, &b, "http_req_duration avg", NULL),
                     COMPARED_SAME);
    a.failed = 0;
    b.failed = 4.0 / 60000; /* four failures in all */
    assert_int_equal(verdict(&a, &b, "http_req_failed rate", NULL),
                     COMPARED_SAME);
    b.failed = 0.01;
    assert_int_equal(verdict(&a, &b, "http_req_failed rate", NULL),
                     COMPARED_REGRESSED);
    a.failed = 0.008; /* 25 % more: within 50 % */
    assert_int_equal(verdict(&a, &b, "http_req_failed rate", NULL),
                     COMPARED_SAME);
}

/* Many of the rounds draw no second of the base in which anything failed. */
static void rare_failures_that_become_many_are_a_regression(void **state) {
    (void)state;
    const Shape a = { .ms = 10, .noise = 0.01, .failed = 0.01,
                      .failed_for = 1, .seed = 1 };
    const Shape b = { .ms = 10, .noise = 0.01, .failed = 0.3, .seed = 2 };
    Shape steered = b;
    steered.more = "\"was_steered\": true,"; /* no pairs */
    assert_int_equal(verdict(&a, &b, "http_req_failed rate", NULL),
                     COMPARED_REGRESSED);
    assert_int_equal(verdict(&a, &steered, "http_req_failed rate", NULL),
                     COMPARED_REGRESSED);
    assert_int_equal(verdict(&b, &a, "http_req_failed rate", NULL),
                     COMPARED_BETTER);
}

static void limits_have_an_order(void **state) {
    (void)state;
    Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 21.6, .noise = 0.01, .seed = 2 };
    static const CompareLimit by_metric[] = { { "http_req_duration", 0.2 },
                                              { "avg", 0.01 } };
    static const CompareLimit off[] = { { "http_req_dur*", INFINITY } };
    static const CompareLimit whole[] = { { "http_req_duration max", 0.05 } };
    CompareRules rules = { by_metric, 2, 0 };
    const char *avg = "http_req_duration avg", *max = "http_req_duration max";
    assert_int_equal(verdict(&a, &b, avg, &rules), COMPARED_SAME);
    rules = (CompareRules){ off, 1, 0 };
    assert_int_equal(verdict(&a, &b, avg, &rules), COMPARED_SHOWN);
    assert_int_equal(verdict(&a, &b, max, NULL), COMPARED_SHOWN);
    rules = (CompareRules){ whole, 1, 0 };
    assert_int_equal(verdict(&a, &b, max, &rules), COMPARED_UNSURE);
}

static void default_limits(void **state) {
    (void)state;
    static const struct {
        const char *name;
        Better better;
        SampledBy by;
        double want; /* NaN: not judged */
    } cases[] = {
        { "http_req_duration avg", BETTER_LOWER, SAMPLED_SECONDS, 0.05 },
        { "http_req_duration p(95)", BETTER_LOWER, SAMPLED_NOT, 0.10 },
        { "http_req_duration max", BETTER_LOWER, SAMPLED_NOT, NAN },
        { "http_req_duration{name:a b} p(95)", BETTER_LOWER, SAMPLED_SECONDS,
          0.10 },
        { "http_req_duration{name:a b} p(95)", BETTER_LOWER, SAMPLED_NOT, NAN },
        { "http_reqs rate", BETTER_HIGHER, SAMPLED_NOT, 0.10 },
        { "http_req_failed rate", BETTER_LOWER, SAMPLED_NOT, 0.50 },
        { "http_req_waiting avg", BETTER_LOWER, SAMPLED_NOT, NAN },
        { "process_cpu{shop} mean", BETTER_LOWER, SAMPLED_NOT, 0.20 },
        { "vus max", BETTER_UNKNOWN, SAMPLED_NOT, NAN },
        { "inspect_ms", BETTER_LOWER, SAMPLED_NOT, 0.05 },
        { "sleep 1 median", BETTER_LOWER, SAMPLED_REPEATS, 0.05 },
    };
    CompareRules none = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s", cases[i].name);
        Figure f = { .name = name, .unit = "", .better = cases[i].better,
                     .by = cases[i].by };
        double got = rules_limit(&none, &f);
        print_message("# %s\n", name);
        if (isnan(cases[i].want))
            assert_true(isnan(got));
        else
            assert_near(got, cases[i].want, 1e-12);
    }
}

static void limits_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *name;
        double share;
    } good[] = {
        { "p(95)=8%", "p(95)", 0.08 },
        { "http_req_duration p(95) = 12.5 %", "http_req_duration p(95)",
          0.125 },
        { "max=0.2", "max", 0.2 },
        { "http_reqs=off", "http_reqs", INFINITY },
        { "a{name:b=c}=1%", "a{name:b=c}", 0.01 },
    };
    static const char *const bad[] = { "", "=5%", "p(95)", "p(95)=", "a=-1%",
                                       "a=5%%", "a=1e9", "a=0x1", "a=nan" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *name;
        double share;
        Err err = { 0 };
        if (compare_limit_read(good[i].text, &name, &share, &err) < 0)
            fail_msg("%s", err.text);
        assert_string_equal(name, good[i].name);
        assert_true(share == good[i].share);
        free(name);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *name;
        double share;
        Err err = { 0 };
        if (compare_limit_read(bad[i], &name, &share, &err) == 0)
            fail_msg("'%s' is taken", bad[i]);
        assert_true(strstr(err.text, "such as") != NULL);
    }
}

/* --- plans -------------------------------------------------------------- */

static void other_stages_are_not_judged_as_one(void **state) {
    (void)state;
    static const char other[] =
        "{\"name\": \"up\", \"origin\": \"planned\", \"began_ms\": 0, "
        "\"length_ms\": 20000, \"from\": 0, \"to\": 20, \"p50_ms\": 10.1, "
        "\"p95_ms\": 24, \"rps\": 900, \"error_rate\": 0, \"failed\": 0},"
        "{\"name\": \"hold\", \"origin\": \"planned\", \"began_ms\": 20000, "
        "\"length_ms\": 40000, \"from\": 20, \"to\": 80, \"p50_ms\": 30, "
        "\"p95_ms\": 40, \"rps\": 1000, \"error_rate\": 0, \"failed\": 0}";
    Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 40, .noise = 0.01, .seed = 2, .stages = other };
    Results *base = made(&a), *now = made(&b);
    Comparison *c = comparison_new(base, now, NULL);
    assert_int_equal(item(c, "http_req_duration avg")->verdict,
                     COMPARED_SHOWN);
    assert_non_null(strstr(c->notes.bytes,
                           "the stages differ from stage 2 on: the base has "
                           "hold, 20 to 20 VUs in 40 s, the new run has hold, "
                           "20 to 80 VUs in 40 s"));
    /* "up" is the same: 20 of the samples, those of med, are twice as high */
    assert_int_equal(item(c, "http_req_duration{stage:up} med")->verdict,
                     COMPARED_SAME);
    const Compared *p95 = item(c, "http_req_duration{stage:up} p(95)");
    assert_int_equal(p95->verdict, COMPARED_UNSURE); /* it has no samples */
    assert_near(p95->change, 0.2, 1e-9);
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i].now)
            assert_null(strstr(c->items[i].now->name, "stage:hold"));
    comparison_free(c);
    results_free(base);
    results_free(now);
}

static void steered_runs_and_others_are_noted(void **state) {
    (void)state;
    Shape a = { .ms = 20, .noise = 0.01, .seed = 1 };
    Shape b = { .ms = 30, .noise = 0.01, .seed = 2,
                .more = "\"was_steered\": true, \"generator\": {\"bound\": "
                        "true}, \"exit\": {\"status\": 4, \"words\": \"w\"}," };
    Results *base = made(&a), *now = made(&b);
    Comparison *c = comparison_new(base, now, NULL);
    assert_int_equal(item(c, "http_req_duration avg")->verdict,
                     COMPARED_REGRESSED); /* unpaired */
    assert_true(item(c, "http_req_duration avg")->is_severe);
    assert_non_null(strstr(c->notes.bytes,
                           "the new run had the load changed by hand\n"));
    assert_non_null(strstr(c->notes.bytes, "had onrush itself for the limit"));
    assert_non_null(strstr(c->notes.bytes, "the new run ended with 4: w\n"));
    comparison_free(c);
    results_free(base);
    results_free(now);
}

/* --- benchmarks --------------------------------------------------------- */

static Comparison *compare_texts(const char *a, const char *b, Results **base,
                                 Results **now) {
    Err err = { 0 };
    *base = results_parse(a, strlen(a), "a.json", &err);
    *now = results_parse(b, strlen(b), "b|<i>`x.json", &err);
    if (!*base || !*now)
        fail_msg("%s", err.text);
    return comparison_new(*base, *now, NULL);
}

#define HYPERFINE(mean, times)                                             \
    "{\"results\": [{\"command\": \"x | y <b>\\n\", \"mean\": " mean         \
    ", \"median\": " mean ", \"times\": [" times "]}]}"

static void rounds_are_independent(void **state) {
    (void)state;
    Results *a, *b;
    Comparison *c = compare_texts(
        HYPERFINE("1.00", "1.00, 1.01, 0.99, 1.02, 0.98"),
        HYPERFINE("1.10", "1.10, 1.11, 1.09, 1.12, 1.08"), &a, &b);
    assert_int_equal(c->regressed, 2);
    /* U is 0 of 5 and 5: exact p is 2 / C(10, 5) (Mann & Whitney, 1947) */
    assert_near(c->items[0].p, 2.0 / 252, 1e-9);
    comparison_free(c);
    results_free(a);
    results_free(b);
    c = compare_texts(HYPERFINE("1.00", "1.00, 1.01, 0.99"),
                      HYPERFINE("1.10", "1.10, 1.11, 1.09"), &a, &b);
    assert_int_equal(c->regressed, 0); /* p cannot be below 0.1 */
    assert_int_equal(c->unsure, 2);
    assert_non_null(strstr(c->items[0].why, "too few repeats"));
    comparison_free(c);
    results_free(a);
    results_free(b);
}

/* Both standard errors 1 % of the value: the ratio's is 1.414 %, the interval
 * of 1.1 reaches 1.959964 * 0.0155563 beyond it. */
static void standard_errors_are_enough(void **state) {
    (void)state;
    Results *a, *b;
    Comparison *c = compare_texts(
        "{\"mean\": {\"point_estimate\": 100, \"standard_error\": 1}}",
        "{\"mean\": {\"point_estimate\": 110, \"standard_error\": 1.1}}", &a,
        &b);
    assert_int_equal(c->items[0].verdict, COMPARED_REGRESSED);
    assert_near(c->items[0].interval.low, 0.1 - 1.959964 * 0.015556349, 1e-7);
    assert_near(c->items[0].interval.high, 0.1 + 1.959964 * 0.015556349, 1e-7);
    comparison_free(c);
    results_free(a);
    results_free(b);
}

#define REPEATS(a, b, c, d)                                                  \
    "{\"onrush_repeat\": 1, \"runs\": ["                                      \
    "{\"figures\": {\"http_req_failed rate\": " #a "}},"                      \
    "{\"figures\": {\"http_req_failed rate\": " #b "}},"                      \
    "{\"figures\": {\"http_req_failed rate\": " #c "}},"                      \
    "{\"figures\": {\"http_req_failed rate\": " #d "}}]}"

/* Writes what became of the only figure; text_close() it. */
static ComparedVerdict verdict_of_one(const char *a, const char *b,
                                      Text *why) {
    Results *base, *now;
    Comparison *c = compare_texts(a, b, &base, &now);
    ComparedVerdict v = c->items[0].verdict;
    text_clear(why);
    text_adds(why, c->items[0].why);
    print_message("# %s: %s\n", c->items[0].now->name, why->bytes);
    comparison_free(c);
    results_free(base);
    results_free(now);
    return v;
}

static void repeats_that_never_failed_are_a_base(void **state) {
    (void)state;
    Text why = { 0 };
    assert_int_equal(verdict_of_one(REPEATS(0, 0, 0, 0),
                                    REPEATS(0.5, 0.4, 0.6, 0.5), &why),
                     COMPARED_REGRESSED);
    assert_int_equal(verdict_of_one(REPEATS(0, 0, 0, 0),
                                    REPEATS(0, 0, 0, 0.5), &why),
                     COMPARED_UNSURE);
    text_close(&why);
}

static void a_base_below_0_has_its_direction(void **state) {
    (void)state;
    Text why = { 0 };
    verdict_of_one("{\"drift_ms\": -10}", "{\"drift_ms\": -5}", &why);
    assert_non_null(strstr(why.bytes, "worse by 50.0 %"));
    verdict_of_one("{\"drift_ms\": -10}", "{\"drift_ms\": -15}", &why);
    assert_non_null(strstr(why.bytes, "better by 50.0 %"));
    text_close(&why);
}

static void a_standard_error_at_0_counts(void **state) {
    (void)state;
    Text why = { 0 };
    assert_int_equal(
        verdict_of_one(
            "{\"mean\": {\"point_estimate\": 100, \"standard_error\": 1}}",
            "{\"mean\": {\"point_estimate\": 0, \"standard_error\": 1}}",
            &why),
        COMPARED_BETTER);
    text_close(&why);
}

#define FAILS(name, rate, bad, good)                                         \
    "{\"metrics\": {\"" name "\": {\"type\": \"rate\", \"values\": {\"rate\": " \
    #rate ", \"passes\": " #bad ", \"fails\": " #good "}}}}"

/* As many failures in a tenth of the requests are ten times the share. */
static void failures_are_counted_by_requests(void **state) {
    (void)state;
    Text why = { 0 };
    assert_int_equal(verdict_of_one(FAILS("http_req_failed", 0.001, 6, 5994),
                                    FAILS("http_req_failed", 0.01, 6, 594),
                                    &why),
                     COMPARED_UNSURE);
    assert_int_equal(verdict_of_one(FAILS("errors", 0.001, 6, 5994),
                                    FAILS("errors", 0.01, 6, 594), &why),
                     COMPARED_UNSURE);
    assert_int_equal(verdict_of_one(FAILS("errors", 0.001, 6, 5994),
                                    FAILS("errors", 0.0016, 16, 9984), &why),
                     COMPARED_UNSURE); /* 10 would be as before */
    assert_int_equal(verdict_of_one(FAILS("errors", 0.001, 6, 5994),
                                    FAILS("errors", 0.0017, 10, 5890), &why),
                     COMPARED_SAME);
    text_close(&why);
}

static void what_only_one_has_is_told(void **state) {
    (void)state;
    Results *a, *b;
    Comparison *c = compare_texts("{\"a_ms\": 100, \"b_ms\": 1}",
                                  "{\"a_ms\": 120, \"c_ms\": 1}", &a, &b);
    assert_int_equal(item(c, "a_ms")->verdict, COMPARED_UNSURE);
    assert_int_equal(item(c, "b_ms")->verdict, COMPARED_ONLY_ONE);
    assert_int_equal(item(c, "c_ms")->verdict, COMPARED_ONLY_ONE);
    assert_int_equal(c->judged, 1);
    comparison_free(c);
    results_free(a);
    results_free(b);
}

/* A figure that went away is no figure that held. */
static void what_went_away_is_told(void **state) {
    (void)state;
    Results *a, *b;
    Comparison *c = compare_texts(
        "{\"a_ms\": 1, \"b_ms\": 1, \"seats\": 3}", "{\"b_ms\": 1}", &a, &b);
    assert_string_equal(c->notes.bytes,
                        "of the base 1 figure that would be judged is not in "
                        "the new run: a_ms\n");
    comparison_free(c);
    results_free(a);
    results_free(b);
    c = compare_texts("{\"a_ms\": 1, \"b_ms\": 1, \"c_ms\": 1, \"d_ms\": 1, "
                      "\"e_ms\": 1, \"f_ms\": 1, \"g_ms\": 1}",
                      "{\"b_ms\": 1, \"new_ms\": 2}", &a, &b);
    assert_string_equal(c->notes.bytes,
                        "of the base 6 figures that would be judged are not in "
                        "the new run: a_ms, c_ms, d_ms, e_ms, f_ms, …\n");
    comparison_free(c);
    results_free(a);
    results_free(b);
}

static void more_than_is_read_is_told(void **state) {
    (void)state;
    Text many = { 0 };
    Results *a, *b;
    for (int i = 0; i < 4100; i++)
        text_addf(&many, "%s\"f%d_ms\": 1", i ? ", " : "{", i);
    text_adds(&many, "}");
    Comparison *c = compare_texts("{\"f7_ms\": 1}", many.bytes, &a, &b);
    assert_string_equal(c->notes.bytes, "the new run has 4 figures more than "
                                        "the 4096 that are read\n");
    comparison_free(c);
    results_free(a);
    results_free(b);
    text_close(&many);
}

/* --- forms -------------------------------------------------------------- */

static void forms_escape_what_they_quote(void **state) {
    (void)state;
    Results *a, *b;
    Comparison *c = compare_texts(
        HYPERFINE("1.00", "1.00, 1.01, 0.99, 1.02, 0.98"),
        HYPERFINE("1.20", "1.20, 1.21, 1.19, 1.22, 1.18"), &a, &b);
    const Comparison *items[] = { c };
    ComparedList l = { items, 1 };
    Text md = { 0 }, html = { 0 }, text = { 0 };
    Page page = { .to = &text, .columns = 100 };
    compared_md(&l, &md);
    compared_html(&l, &html);
    compared_text(&l, &page);
    assert_non_null(strstr(md.bytes, "### regressed: 2 of 2 figures, 2 high\n"));
    assert_non_null(strstr(md.bytes, "| `x \\| y <b>? mean` | 1.00 s | "));
    assert_non_null(strstr(md.bytes, "**regressed, high** |"));
    assert_non_null(strstr(md.bytes, "``b|<i>`x.json``, against `a.json`"));
    assert_non_null(strstr(html.bytes, "x | y &lt;b&gt;? mean"));
    assert_null(strstr(html.bytes, "<b>"));
    assert_null(strstr(html.bytes, "<i>"));
    assert_non_null(strstr(text.bytes, "regressed: 2 of 2 figures, 2 high\n"));
    assert_non_null(strstr(text.bytes, "+20.0 %"));
    text_close(&md);
    text_close(&html);
    text_close(&text);
    comparison_free(c);
    results_free(a);
    results_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worse_than_limit_and_noise_is_a_regression),
        cmocka_unit_test(noise_is_told_from_change),
        cmocka_unit_test(one_bad_second_proves_nothing),
        cmocka_unit_test(what_disturbed_us_is_not_the_target),
        cmocka_unit_test(small_differences_do_not_matter),
        cmocka_unit_test(rare_failures_that_become_many_are_a_regression),
        cmocka_unit_test(limits_have_an_order),
        cmocka_unit_test(default_limits),
        cmocka_unit_test(limits_are_read),
        cmocka_unit_test(other_stages_are_not_judged_as_one),
        cmocka_unit_test(steered_runs_and_others_are_noted),
        cmocka_unit_test(rounds_are_independent),
        cmocka_unit_test(standard_errors_are_enough),
        cmocka_unit_test(repeats_that_never_failed_are_a_base),
        cmocka_unit_test(a_base_below_0_has_its_direction),
        cmocka_unit_test(a_standard_error_at_0_counts),
        cmocka_unit_test(failures_are_counted_by_requests),
        cmocka_unit_test(what_only_one_has_is_told),
        cmocka_unit_test(what_went_away_is_told),
        cmocka_unit_test(more_than_is_read_is_told),
        cmocka_unit_test(forms_escape_what_they_quote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
