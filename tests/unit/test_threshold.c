/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "stats/gauges.h"
#include "stats/threshold.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MS NS_PER_MS

static const Label home_labels[] = {
    { "name", "home" }, { "scenario", "buyers" }, { "area", "front" }
};
static const Label order_labels[] = { { "name", "order" },
                                      { "scenario", "buyers" } };
static const Series series[] = {
    { .name = "home",
      .request_name = "home",
      .labels = home_labels,
      .label_count = COUNT(home_labels) },
    { .name = "order",
      .request_name = "order",
      .request = 1,
      .labels = order_labels,
      .label_count = COUNT(order_labels) },
};
static const CustomMetric own[] = {
    { .name = "order_value", .kind = METRIC_TREND },
    { .name = "status_completion", .kind = METRIC_TREND, .is_time = true },
    { .name = "stock", .kind = METRIC_GAUGE },
    { .name = "paid", .kind = METRIC_RATE },
    { .name = "turnover", .kind = METRIC_COUNTER },
    { .name = "schedule_lag", .kind = METRIC_COUNTER },
};
static const char *const check_names[] = { "is logged in", "status: 200, ok" };
static const char *const monitored[] = { "host_cpu", "process_memory{nginx}" };
static const MetricTable table = { .own = own,
                                   .own_count = COUNT(own),
                                   .series = series,
                                   .series_count = COUNT(series),
                                   .checks = check_names,
                                   .check_count = COUNT(check_names),
                                   .monitored = monitored,
                                   .monitored_count = COUNT(monitored) };

static int read_into(ThresholdList *list, Arena *arena, const char *key,
                     const char *text, bool *in_key, Err *err) {
    return threshold_read(list, arena, key, text, &table, in_key,
                          err);
}

/* One threshold, without its list. */
static Threshold one(Arena *arena, const char *key, const char *text) {
    ThresholdList list = { 0 };
    bool in_key = false;
    Err err = { 0 };
    if (read_into(&list, arena, key, text, &in_key, &err) < 0)
        fail_msg("%s = %s: %d: %s", key, text, err.column, err.text);
    assert_int_equal(list.count, 1);
    Threshold t = list.items[0];
    threshold_list_close(&list);
    return t;
}

static void one_threshold_is_read(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        MetricId metric;
        Method method;
        double q;
        CompareOp op;
        double limit;
    } cases[] = {
        { "http_reqs", "count > 100", METRIC_HTTP_REQS, METHOD_COUNT, 0,
          COMPARE_GT, 100 },
        { "http_reqs", "rate>=1.5k", METRIC_HTTP_REQS, METHOD_RATE, 0,
          COMPARE_GE, 1500 },
        { "http_req_failed", "rate<0.01", METRIC_HTTP_REQ_FAILED, METHOD_RATE,
          0, COMPARE_LT, 0.01 },
        { "http_req_failed", "rate < 1%", METRIC_HTTP_REQ_FAILED, METHOD_RATE,
          0, COMPARE_LT, 0.01 },
        { "checks", "rate > 99.5%", METRIC_CHECKS, METHOD_RATE, 0, COMPARE_GT,
          0.995 },
        { "vus", "value <= 50", METRIC_VUS, METHOD_VALUE, 0, COMPARE_LE, 50 },
        { "vus_max", "value != 0", METRIC_VUS_MAX, METHOD_VALUE, 0, COMPARE_NE,
          0 },
        { "recovery_time", "value < 1m", METRIC_RECOVERY_TIME, METHOD_VALUE, 0,
          COMPARE_LT, 60000 },
        { "http_req_duration", "avg < 200", METRIC_HTTP_REQ_DURATION,
          METHOD_AVG, 0, COMPARE_LT, 200 },
        { "http_req_waiting", "min < 1.5s", METRIC_HTTP_REQ_WAITING, METHOD_MIN,
          0, COMPARE_LT, 1500 },
        { "http_req_blocked", "med < 500us", METRIC_HTTP_REQ_BLOCKED,
          METHOD_MED, 0, COMPARE_LT, 0.5 },
        { "http_req_tls_handshaking", "max == 0", METRIC_HTTP_REQ_TLS,
          METHOD_MAX, 0, COMPARE_EQ, 0 },
        { "iteration_duration", "p(95)<500", METRIC_ITERATION_DURATION,
          METHOD_P, 0.95, COMPARE_LT, 500 },
        { "http_req_sending", "p( 99.9 ) < 1s", METRIC_HTTP_REQ_SENDING,
          METHOD_P, 0.999, COMPARE_LT, 1000 },
        { "http_req_receiving", "p(0) < 1", METRIC_HTTP_REQ_RECEIVING, METHOD_P,
          0, COMPARE_LT, 1 },
        { "http_req_connecting", "p(100) < 1", METRIC_HTTP_REQ_CONNECTING,
          METHOD_P, 1, COMPARE_LT, 1 },
        { "data_received", "count < 2MiB", METRIC_DATA_RECEIVED, METHOD_COUNT,
          0, COMPARE_LT, 2097152 },
        { "data_sent", "rate < 10k", METRIC_DATA_SENT, METHOD_RATE, 0,
          COMPARE_LT, 10000 },
        { "iterations", "count > 0", METRIC_ITERATIONS, METHOD_COUNT, 0,
          COMPARE_GT, 0 },
        { "http_req_duration", "500ms > p(95)", METRIC_HTTP_REQ_DURATION,
          METHOD_P, 0.95, COMPARE_LT, 500 },
        { "status_completion", "p(95) < 2s", METRIC_OWN, METHOD_P, 0.95,
          COMPARE_LT, 2000 },
        { "order_value", "avg > 1k", METRIC_OWN, METHOD_AVG, 0, COMPARE_GT,
          1000 },
        { "stock", "value > 3", METRIC_OWN, METHOD_VALUE, 0, COMPARE_GT, 3 },
        { "paid", "rate > 95%", METRIC_OWN, METHOD_RATE, 0, COMPARE_GT, 0.95 },
        { "turnover", "count > 1M", METRIC_OWN, METHOD_COUNT, 0, COMPARE_GT,
          1000000 },
        /* the profile's hides ours, which is a trend */
        { "schedule_lag", "count > 1", METRIC_OWN, METHOD_COUNT, 0, COMPARE_GT,
          1 },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        Threshold t = one(&a, cases[i].key, cases[i].text);
        assert_int_equal(t.condition.metric.id, cases[i].metric);
        assert_int_equal(t.condition.method, cases[i].method);
        assert_near(t.condition.q, cases[i].q, 1e-12);
        assert_int_equal(t.condition.op, cases[i].op);
        assert_near(t.condition.limit, cases[i].limit, 1e-9);
        assert_null(t.condition.of);
        assert_false(t.optional || t.abort);
        assert_string_equal(t.key, cases[i].key);
        assert_string_equal(t.text, cases[i].text);
        arena_close(&a);
    }
}

static void a_line_holds_several(void **state) {
    (void)state;
    Arena a = { 0 };
    ThresholdList list = { 0 };
    bool in_key = true;
    Err err = { 0 };
    assert_int_equal(
        read_into(
            &list, &a, "http_req_duration{order}",
            "p(95) < 500 ,\tmax<2s optional\t, avg < 1 abort,"
            "p(99) < 1s abort after 1.5s, min < 9 optional abort after 1m, "
            "med < 8 abort optional",
            &in_key, &err),
        0);
    assert_false(in_key);
    static const struct {
        const char *text;
        bool optional, abort;
        uint64_t after_ns;
    } want[] = {
        { "p(95) < 500", false, false, 0 },
        { "max<2s optional", true, false, 0 },
        { "avg < 1 abort", false, true, 0 },
        { "p(99) < 1s abort after 1.5s", false, true, 1500 * MS },
        { "min < 9 optional abort after 1m", true, true, NS_PER_MIN },
        { "med < 8 abort optional", true, true, 0 },
    };
    assert_int_equal(list.count, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        const Threshold *t = &list.items[i];
        assert_string_equal(t->key, "http_req_duration{order}");
        assert_string_equal(t->text, want[i].text);
        assert_int_equal(t->condition.of->count, 1);
        assert_int_equal(t->condition.of->series[0], 1);
        assert_int_equal(t->optional, want[i].optional);
        assert_int_equal(t->abort, want[i].abort);
        assert_true(t->abort_after_ns == want[i].after_ns);
    }
    /* the next line adds to the list; a bad one leaves it as it was */
    assert_int_equal(read_into(&list, &a, "http_reqs{name:home}", "count > 1",
                               &in_key, &err),
                     0);
    assert_int_equal(list.count, COUNT(want) + 1);
    assert_int_equal(list.items[COUNT(want)].condition.of->series[0], 0);
    assert_int_equal(
        read_into(&list, &a, "http_reqs", "count > 1, rate > x", &in_key, &err),
        -1);
    assert_int_equal(list.count, COUNT(want) + 1);
    threshold_list_close(&list);
    assert_int_equal(list.count, 0);
    arena_close(&a);
}

#define DURATION "http_req_duration"

static void mistakes_say_where(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        bool in_key;
        int column;
        const char *says;
    } cases[] = {
        { "http_req_duratoin", "p(95) < 1", true, 1,
          "did you mean 'http_req_duration'" },
        { "speed", "p(95) < 1", true, 1, "there are http_reqs, " },
        { "speed", "p(95) < 1", true, 1, ", order_value, " },
        { "ordr_value", "p(95) < 1", true, 1, "did you mean 'order_value'" },
        { "", "p(95) < 1", true, 1, "there is no metric ''" },
        { "vus{home}", "value < 1", true, 5, "not counted per request" },
        { "order_value{home}", "max < 1", true, 13, "for the whole run" },
        { DURATION "{hmoe}", "p(95) < 1", true, 19, "did you mean 'home'" },
        { DURATION "{name:cart}", "p(95) < 1", true, 24,
          "nothing has name:cart; there are home, order" },
        { DURATION "{name:hoem}", "p(95) < 1", true, 24,
          "did you mean 'home'" },
        { DURATION "{home, scenrio:buyers}", "p(95) < 1", true, 25,
          "no label 'scenrio'; did you mean 'scenario'" },
        { DURATION "{order,area:front}", "p(95) < 1", true, 19,
          "no request has all of name:order,area:front" },
        { DURATION "{home,}", "p(95) < 1", true, 24, "is missing here" },
        { DURATION "{}", "p(95) < 1", true, 19, "{REQUEST}" },
        { DURATION "{home", "p(95) < 1", true, 19, "{REQUEST}" },
        { DURATION "{home}x", "p(95) < 1", true, 19, "{REQUEST}" },
        { "overhead", "p(95) < 1", true, 1, "overhead{VARIANT}" },
        { "overhead{home}", "p(95) < 1", true, 1, "there are no two" },
        { DURATION, "", false, 1, "it has avg, min, med, max, p(95)" },
        { DURATION, "p95 < 1", false, 1, "'p95': write p(95)" },
        { DURATION, "count < 1", false, 1, "is a trend and has no 'count'" },
        { DURATION, "rate < 1", false, 1, "has no 'rate'" },
        { DURATION, "value < 1", false, 1, "has no 'value'" },
        { DURATION, "speed < 1", false, 1, "there are avg, min, med, max, p" },
        { "http_reqs", "p(95) < 1", false, 1,
          "counter and has no 'p'; it has "
          "count, rate" },
        { "http_reqs", "avg < 1", false, 1, "has no 'avg'" },
        { "vus", "count < 1", false, 1,
          "gauge and has no 'count'; it has "
          "value" },
        { "checks", "value > 1", false, 1,
          "rate and has no 'value'; it has "
          "rate" },
        { "checks", "rate > 99", false, 1,
          "checks is a share: write it with %, or from 0 to 1" },
        { "http_req_failed", "rate < 1%, rate < 120%", false, 12,
          "is a share" },
        { "stock", "avg > 1", false, 1, "stock is a gauge" },
        { DURATION, "p < 1", false, 3, "p needs a number" },
        { DURATION, "p() < 1", false, 3, "between 0 and 100" },
        { DURATION, "p(101) < 1", false, 3, "between 0 and 100" },
        { DURATION, "p(-1) < 1", false, 3, "between 0 and 100" },
        { DURATION, "p(95ms) < 1", false, 3, "between 0 and 100" },
        { DURATION, "p(95%) < 1", false, 3, "between 0 and 100" },
        { DURATION, "p(95 < 1", false, 6, "a ) is missing" },
        { DURATION, "p(95)", false, 6, "a comparison is missing" },
        { DURATION, "p(95) 500", false, 7, "a comparison is missing" },
        { DURATION, "p(95) = 500", false, 7, "write == instead of =" },
        { DURATION, "p(95) <", false, 8, "a value is missing" },
        { DURATION, "p(95) < fast", false, 9, "'fast' is not known here" },
        { DURATION, "p(95) < max", false, 1, "comparison with a number" },
        { DURATION, "p(95) < \"a\"", false, 1, "cannot be compared" },
        { DURATION, "p(95) < 500 ms", false, 13, "should end here" },
        { DURATION, "p(95) < 5x", false, 10, "not a unit" },
        { DURATION, "p(95) < 5%", false, 9, "is a time" },
        { "http_reqs", "rate > 5%", false, 8, "not a share" },
        { "http_reqs", "rate > 5s", false, 8, "rate is not a time" },
        { "checks", "rate > 5ms", false, 8, "rate is not a time" },
        { "order_value", "max < 5s", false, 7, "max is not a time" },
        { "order_value", "max < 1, max < 50%", false, 16, "not a share" },
        { DURATION, "p(95) < 1, ", false, 12, "it has avg" },
        { DURATION, "p(95) < 1 max < 2", false, 11, "comma separates" },
        { DURATION, "p(95) < 1 abort 30s", false, 17, "comma separates" },
        { DURATION, "p(95) < 1 abort after", false, 22, "needs a duration" },
        { DURATION, "p(95) < 1 abort after 30", false, 23, "needs a duration" },
        { DURATION, "p(95) < 1 abort after -5s", false, 23,
          "needs a duration" },
        { DURATION, "p(95) < 1 Optional", false, 11, "should end here" },
        { DURATION, "p(95) < 1 and max < 2", false, 1, "a comma separates" },
        { DURATION, "not (p(95) < 1)", false, 1, "one comparison" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        ThresholdList list = { 0 };
        bool in_key = !cases[i].in_key;
        Err err = { 0 };
        int rc =
            read_into(&list, &a, cases[i].key, cases[i].text, &in_key, &err);
        if (rc != -1 || in_key != cases[i].in_key ||
            err.column != cases[i].column || !strstr(err.text, cases[i].says))
            fail_msg("'%s = %s' gave %d at %d: %s", cases[i].key, cases[i].text,
                     rc, err.column, err.text);
        assert_int_equal(list.count, 0);
        threshold_list_close(&list);
        arena_close(&a);
    }
}

static void endless_names_are_refused(void **state) {
    (void)state;
    char key[400];
    for (size_t n = 80; n < sizeof key - 40; n++) {
        Arena a = { 0 };
        ThresholdList list = { 0 };
        bool in_key = false;
        Err err = { 0 };
        memset(key, 'k', n);
        key[n] = '\0';
        assert_int_equal(read_into(&list, &a, key, "rate < 1", &in_key, &err),
                         -1);
        assert_true(in_key);
        memcpy(key, DURATION "{", 18);
        strcpy(key + n, "}");
        assert_int_equal(read_into(&list, &a, key, "p(5) < 1", &in_key, &err),
                         -1);
        assert_true(in_key && err.column == 19);
        arena_close(&a);
    }
}

/* home: 10, 15, 20 ms, one failed; order: one of 100 ms that failed. Over
 * 2 s; home's first request made a connection in 3 ms. */
static void make_run(Slab *s) {
    slab_init(s, 2, 2, 0);
    SeriesSlab *home = &s->series[0], *order = &s->series[1];
    hist_record(&home->duration, 10 * MS);
    hist_record(&home->duration, 15 * MS);
    hist_record(&home->duration, 20 * MS);
    hist_record(&home->phase[PHASE_CONNECTING], 3 * MS);
    for (int i = 0; i < 3; i++)
        hist_record(&home->phase[PHASE_WAITING], 5 * MS);
    home->requests = 3;
    home->failed = 1;
    home->bytes_in = 3000;
    home->bytes_out = 300;
    hist_record(&order->duration, 100 * MS);
    order->requests = order->failed = 1;
    order->bytes_in = 5000;
    order->bytes_out = 700;
    s->checks[0] = (CheckSlab){ 6, 2 };
    s->checks[1] = (CheckSlab){ 1, 1 };
    hist_record(&s->iteration, NS_PER_S);
    s->iterations = 2;
}

static const MetricContext context = {
    .seconds = 2, .vus = 7, .vus_max = 9, .recovery_ms = 1500
};

/* k6's submetrics by its own tags. home: 2xx in 10 and 15 ms, 5xx in 20 ms;
 * order: a 4xx in 100 ms. */
static void parts_of_the_answers_are_judged(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        double value;
    } cases[] = {
        { "http_reqs{status:2xx}", "count > 1", 2 },
        { "http_reqs{status:5xx}", "rate > 0", 0.5 },
        { "http_reqs{expected_response:false}", "count > 1", 2 },
        { "http_req_failed{status:4xx}", "rate > 0", 1 },
        { "http_req_failed{status:2xx}", "rate >= 0", 0 },
        { DURATION "{expected_response:true}", "max < 20", 15 },
        { DURATION "{expected_response:true}", "med < 20", 12.5 },
        { DURATION "{expected_response:false}", "min < 50", 20 },
        { DURATION "{status:4xx}", "avg < 500", 100 },
        { DURATION "{name:home,status:5xx}", "p(99.9) < 500", 20 },
        { DURATION "{ home , status:2xx }", "min > 5", 10 },
    };
    Arena a = { 0 };
    Slab run;
    make_run(&run);
    slab_keep(&run, (2U << PART_FAILED) - 1);
    SeriesSlab *home = &run.series[0], *order = &run.series[1];
    home->status[2] = 2;
    home->status[5] = home->status_failed[5] = 1;
    order->status[4] = order->status_failed[4] = 1;
    hist_record(&home->part[PART_2XX], 10 * MS);
    hist_record(&home->part[PART_2XX], 15 * MS);
    hist_add(&home->part[PART_EXPECTED], &home->part[PART_2XX]);
    hist_record(&home->part[PART_5XX], 20 * MS);
    hist_record(&home->part[PART_FAILED], 20 * MS);
    hist_record(&order->part[PART_4XX], 100 * MS);
    hist_record(&order->part[PART_FAILED], 100 * MS);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Threshold t = one(&a, cases[i].key, cases[i].text);
        double value;
        if (threshold_judge(&t, &run, &context, &value) != VERDICT_HOLDS)
            fail_msg("%s %s: %g", cases[i].key, cases[i].text, value);
        assert_near(value, cases[i].value, 0.06);
    }
    Threshold none = one(&a, DURATION "{order,status:2xx}", "p(95) < 1");
    double value;
    assert_int_equal(threshold_judge(&none, &run, &context, &value),
                     VERDICT_UNDECIDED);
    slab_close(&run);
    arena_close(&a);
}

/* Nobody pays for what no threshold asks for; counts cost nothing. */
static void only_times_that_are_asked_for_are_kept(void **state) {
    (void)state;
    Arena a = { 0 };
    ThresholdList list = { 0 };
    bool in_key;
    Err err;
    read_into(&list, &a, "http_reqs{status:5xx}", "count < 1", &in_key, &err);
    assert_int_equal(threshold_parts(&list), 0);
    read_into(&list, &a, DURATION "{status:5xx}", "p(95) < 1", &in_key, &err);
    read_into(&list, &a, DURATION "{expected_response:true}", "p(95) < 1",
              &in_key, &err);
    assert_int_equal(threshold_parts(&list),
                     1U << PART_5XX | 1U << PART_EXPECTED);
    threshold_list_close(&list);
    arena_close(&a);
}

static void checks_are_judged_one_by_one(void **state) {
    (void)state;
    static const struct {
        const char *key, *text, *full;
        double value;
    } cases[] = {
        { "checks{check:is logged in}", "rate > 0.7", "check:is logged in",
          0.75 },
        { "checks{check: status: 200, ok}", "rate >= 0.5",
          "check:status: 200, ok", 0.5 },
        { "checks{status: 200, ok}", "rate < 0.6", "check:status: 200, ok",
          0.5 },
    };
    Arena a = { 0 };
    Slab run;
    make_run(&run);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Threshold t = one(&a, cases[i].key, cases[i].text);
        double value;
        assert_int_equal(threshold_judge(&t, &run, &context, &value),
                         VERDICT_HOLDS);
        assert_near(value, cases[i].value, 0);
        assert_string_equal(t.condition.of->text, cases[i].full);
    }
    slab_close(&run);
    arena_close(&a);
}

static void what_is_watched_is_judged(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        double value;
    } cases[] = {
        { "host_cpu", "value < 0.8", 0.3 },
        { "host_cpu", "avg < 80%", 0.5 },
        { "host_cpu", "max < 0.8", 0.7 },
        { "process_memory{nginx}", "min > 1k", 4096 },
    };
    Arena a = { 0 };
    Slab run;
    Gauges gauges = { 0 };
    make_run(&run);
    size_t cpu = gauges_add(&gauges, "host_cpu", GAUGE_SHARE);
    size_t memory = gauges_add(&gauges, "process_memory{nginx}", GAUGE_BYTES);
    MetricContext with = context;
    double value;
    Threshold none = one(&a, "host_cpu", "value < 1");
    assert_int_equal(threshold_judge(&none, &run, &context, &value),
                     VERDICT_UNDECIDED);
    with.gauges = &gauges;
    assert_int_equal(threshold_judge(&none, &run, &with, &value),
                     VERDICT_UNDECIDED);
    gauges_read(&gauges, cpu, NS_PER_S, 0.7);
    gauges_read(&gauges, cpu, 2 * NS_PER_S, 0.3);
    gauges_read(&gauges, memory, 2 * NS_PER_S, 4096);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Threshold t = one(&a, cases[i].key, cases[i].text);
        assert_int_equal(threshold_judge(&t, &run, &with, &value),
                         VERDICT_HOLDS);
        assert_near(value, cases[i].value, 1e-12);
    }
    gauges_close(&gauges);
    slab_close(&run);
    arena_close(&a);
}

/* Every method of every kind, its value, and its verdict on either side. */
static void verdicts_are_given(void **state) {
    (void)state;
    static const struct {
        const char *key, *method;
        double value;
    } cases[] = {
        { "http_reqs", "count", 4 },
        { "http_reqs", "rate", 2 },
        { "http_reqs{home}", "count", 3 },
        { "http_reqs{order}", "rate", 0.5 },
        { "http_req_failed", "rate", 0.5 },
        { "http_req_failed{home}", "rate", 1 / 3.0 },
        { "http_req_failed{order}", "rate", 1 },
        { "checks", "rate", 0.7 },
        { "iterations", "count", 2 },
        { "iterations", "rate", 1 },
        { "iteration_duration", "max", 1000 },
        { "data_received", "count", 8000 },
        { "data_received{home}", "rate", 1500 },
        { "data_sent", "count", 1000 },
        { "data_sent{order}", "count", 700 },
        { "vus", "value", 7 },
        { "vus_max", "value", 9 },
        { "recovery_time", "value", 1500 },
        { DURATION "{home}", "avg", 15 },
        { DURATION "{home}", "min", 10 },
        { DURATION "{home}", "med", 15 },
        { DURATION "{home}", "max", 20 },
        { DURATION "{home}", "p(90)", 19 },
        { DURATION "{home}", "p(95)", 19.5 },
        { DURATION "{home}", "p(99)", 19.9 },
        { DURATION "{home}", "p(0)", 10 },
        { DURATION "{home}", "p(100)", 20 },
        { DURATION, "max", 100 },
        { DURATION, "avg", 36.25 },
        { DURATION "{name:order}", "p(50)", 100 },
        /* reused connections count as 0, as in k6 */
        { "http_req_connecting{home}", "avg", 1 },
        { "http_req_connecting{home}", "min", 0 },
        { "http_req_connecting{home}", "med", 0 },
        { "http_req_connecting", "max", 3 },
        { "http_req_tls_handshaking", "max", 0 },
        { "http_req_blocked", "avg", 0 },
        { "http_req_waiting{home}", "min", 5 },
    };
    Slab run;
    make_run(&run);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        char text[64];
        double value = -1, slack = cases[i].value * 5e-4;
        static const struct {
            const char *op;
            double aside; /* of the value, in slacks and a bit */
            Verdict want;
        } limits[] = {
            { "<", 2, VERDICT_HOLDS },   { "<", -2, VERDICT_BROKEN },
            { "<=", 2, VERDICT_HOLDS },  { ">", -2, VERDICT_HOLDS },
            { ">", 2, VERDICT_BROKEN },  { ">=", -2, VERDICT_HOLDS },
            { "==", 2, VERDICT_BROKEN }, { "!=", 2, VERDICT_HOLDS },
        };
        for (size_t k = 0; k < COUNT(limits); k++) {
            double limit = cases[i].value + limits[k].aside * (slack + 1e-6);
            if (limit > 1 && strstr(cases[i].key, "_failed"))
                continue; /* no share has such a limit */
            snprintf(text, sizeof text, "%s %s %.9f", cases[i].method,
                     limits[k].op, limit);
            Threshold t = one(&a, cases[i].key, text);
            Verdict v = threshold_judge(&t, &run, &context, &value);
            assert_near(value, cases[i].value, slack + 1e-9);
            if (v != limits[k].want)
                fail_msg("%s %s at %g", cases[i].key, text, value);
        }
        arena_close(&a);
    }
    slab_close(&run);
}

/* The journal of a run that was cut off has the phases up to its last whole
 * minute only. */
static void phases_that_nobody_knows_are_not_0(void **state) {
    (void)state;
    static const char *const keys[] = { "http_req_blocked",
                                        "http_req_connecting",
                                        "http_req_waiting" };
    Slab run;
    make_run(&run);
    for (size_t i = 0; i < COUNT(keys); i++) {
        Arena a = { 0 };
        double value;
        Threshold all = one(&a, keys[i], "max < 9");
        hist_clear(&run.series[0].phase[PHASE_CONNECTING]);
        hist_clear(&run.series[0].phase[PHASE_WAITING]);
        assert_int_equal(threshold_judge(&all, &run, &context, &value),
                         VERDICT_UNDECIDED);
        arena_close(&a);
    }
    slab_close(&run);
}

static void limits_are_exact(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        Verdict want;
    } cases[] = {
        { "http_reqs", "count < 4", VERDICT_BROKEN },
        { "http_reqs", "count <= 4", VERDICT_HOLDS },
        { "http_reqs", "count == 4", VERDICT_HOLDS },
        { "http_reqs", "count != 4", VERDICT_BROKEN },
        { "http_reqs", "count >= 4", VERDICT_HOLDS },
        { "http_reqs", "count > 4", VERDICT_BROKEN },
        { "http_req_failed", "rate <= 50%", VERDICT_HOLDS },
        { "http_req_failed", "rate < 50%", VERDICT_BROKEN },
        { DURATION, "max == 100ms", VERDICT_HOLDS },
        { DURATION, "min == 10", VERDICT_HOLDS },
        { "recovery_time", "value <= 1.5s", VERDICT_HOLDS },
    };
    Slab run;
    make_run(&run);
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        double value;
        Threshold t = one(&a, cases[i].key, cases[i].text);
        if (threshold_judge(&t, &run, &context, &value) != cases[i].want)
            fail_msg("%s %s at %g", cases[i].key, cases[i].text, value);
        arena_close(&a);
    }
    slab_close(&run);
}

static void margins_are_shares_of_the_limit(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        double value, want; /* NAN: there is none */
    } cases[] = {
        { DURATION, "p(95) < 500", 100, 0.8 },
        { DURATION, "p(95) <= 500", 500, 0 },
        { DURATION, "p(95) < 500", 750, -0.5 },
        { DURATION, "p(95) < 500", NAN, NAN },
        { DURATION, "min == 10", 10, NAN },
        { "http_reqs", "rate > 50", 75, 0.5 },
        { "http_reqs", "rate >= 50", 40, -0.2 },
        { "http_reqs", "count != 4", 5, NAN },
        { "http_req_failed", "rate < 10%", 0.01, 0.9 },
        { "http_req_failed", "rate <= 0", 0, NAN },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Arena a = { 0 };
        Threshold t = one(&a, cases[i].key, cases[i].text);
        double got = condition_margin(&t.condition, cases[i].value);
        if (isnan(cases[i].want) ? !isnan(got)
                                 : !(fabs(got - cases[i].want) < 1e-9))
            fail_msg("%s %s at %g: %g", cases[i].key, cases[i].text,
                     cases[i].value, got);
        arena_close(&a);
    }
}

/* No samples: said, and a failure unless marked optional. A counter without
 * requests is not without samples: it is 0. */
static void without_samples_it_is_undecided(void **state) {
    (void)state;
    static const struct {
        const char *key, *text;
        Verdict want;
    } cases[] = {
        { DURATION, "p(95) < 500", VERDICT_UNDECIDED },
        { DURATION "{home}", "max < 500", VERDICT_UNDECIDED },
        { "http_req_failed", "rate < 1%", VERDICT_UNDECIDED },
        { "checks", "rate > 90%", VERDICT_UNDECIDED },
        { "iteration_duration", "avg < 1s", VERDICT_UNDECIDED },
        { "recovery_time", "value < 1m", VERDICT_UNDECIDED },
        { "http_reqs", "rate > 1", VERDICT_UNDECIDED }, /* of no time */
        { "http_reqs", "count > 1", VERDICT_BROKEN },
        { "http_reqs", "count < 1", VERDICT_HOLDS },
        { "vus", "value < 1", VERDICT_HOLDS },
    };
    Slab run;
    slab_init(&run, 2, 1, 0);
    MetricContext nothing = { .recovery_ms = NAN };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Arena a = { 0 };
        double value = -1;
        Threshold t = one(&a, cases[i].key, cases[i].text);
        Verdict v = threshold_judge(&t, &run, &nothing, &value);
        assert_int_equal(v, cases[i].want);
        assert_int_equal(isnan(value), v == VERDICT_UNDECIDED);
        assert_int_equal(threshold_fails(&t, v), v != VERDICT_HOLDS);
        t.optional = true;
        assert_int_equal(threshold_fails(&t, v), v == VERDICT_BROKEN);
        arena_close(&a);
    }
    /* order alone was asked: home has no samples still */
    run.series[1].requests = 1;
    hist_record(&run.series[1].duration, MS);
    Arena a = { 0 };
    double value;
    Threshold home = one(&a, DURATION "{home}", "p(95) < 500");
    Threshold order = one(&a, DURATION "{order}", "p(95) < 500");
    assert_int_equal(threshold_judge(&home, &run, &nothing, &value),
                     VERDICT_UNDECIDED);
    assert_int_equal(threshold_judge(&order, &run, &nothing, &value),
                     VERDICT_HOLDS);
    arena_close(&a);
    slab_close(&run);
}

static void never_recovered_breaks_any_limit(void **state) {
    (void)state;
    Slab run;
    slab_init(&run, 1, 0, 0);
    Arena a = { 0 };
    MetricContext never = { .seconds = 9, .recovery_ms = INFINITY };
    double value = 0;
    Threshold t = one(&a, "recovery_time", "value < 8760h optional");
    assert_int_equal(threshold_judge(&t, &run, &never, &value), VERDICT_BROKEN);
    assert_true(isinf(value));
    assert_true(threshold_fails(&t, VERDICT_BROKEN));
    arena_close(&a);
    slab_close(&run);
}

static void metrics_are_found_by_name(void **state) {
    (void)state;
    for (int i = 0; i < METRIC_COUNT; i++)
        assert_int_equal(metric_find(metric_info[i].name), i);
    assert_int_equal(metric_find("http_req"), METRIC_COUNT);
    assert_int_equal(metric_find(""), METRIC_COUNT);
    assert_string_equal(metric_kind_name(METRIC_TREND), "trend");
    assert_string_equal(metric_kind_name(METRIC_COUNTER), "counter");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_threshold_is_read),
        cmocka_unit_test(a_line_holds_several),
        cmocka_unit_test(mistakes_say_where),
        cmocka_unit_test(endless_names_are_refused),
        cmocka_unit_test(parts_of_the_answers_are_judged),
        cmocka_unit_test(only_times_that_are_asked_for_are_kept),
        cmocka_unit_test(checks_are_judged_one_by_one),
        cmocka_unit_test(what_is_watched_is_judged),
        cmocka_unit_test(verdicts_are_given),
        cmocka_unit_test(limits_are_exact),
        cmocka_unit_test(phases_that_nobody_knows_are_not_0),
        cmocka_unit_test(margins_are_shares_of_the_limit),
        cmocka_unit_test(without_samples_it_is_undecided),
        cmocka_unit_test(never_recovered_breaks_any_limit),
        cmocka_unit_test(metrics_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
