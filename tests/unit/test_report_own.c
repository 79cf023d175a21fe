/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What only some runs have in their reports: metrics of the profile's own,
 * variants, scenarios, alerts. */
#include "report_run.h"

#include <math.h>

static const char profile_text[] =
    "[profile]\n"
    "name = compare\n"
    "[stages]\n"
    "hold = 10s at 10\n"
    "[variant bare]\n"
    "url = http://127.0.0.1:8081\n"
    "[variant logger]\n"
    "url = http://127.0.0.1:8082\n"
    "[variant idle]\n"
    "url = http://127.0.0.1:8083\n"
    "[request home]\n"
    "GET = /\n"
    "[request order]\n"
    "GET = /order\n"
    "record order_value = json.total\n"
    "record wait = time\n"
    "record paid = json.paid\n"
    "record turnover = json.total\n"
    "record stock = json.stock\n"
    "record schedule_lag = size\n"
    "record unused = json.unused\n"
    "[scenario buyers]\n"
    "flow = home, order\n"
    "[scenario readers]\n"
    "flow = home\n"
    "tags = area: front\n"
    "[metric order_value]\n"
    "type = trend\n"
    "[metric wait]\n"
    "contains = time\n"
    "[metric paid]\n"
    "type = rate\n"
    "[metric turnover]\n"
    "type = counter\n"
    "[metric stock]\n"
    "type = gauge\n"
    "[metric unused]\n"
    "type = trend\n"
    "[metric schedule_lag]\n"
    "type = gauge\n"
    "[thresholds]\n"
    "http_req_duration{home} = p(95) < 500\n"
    "http_req_duration{home,logger} = p(95) < 500\n"
    "http_req_waiting{area:front} = max < 1s\n"
    "http_req_failed{scenario:buyers} = rate < 50%\n"
    "overhead{logger} = p(50) < 2ms, avg < 1ms\n"
    "overhead{idle} = p(50) < 2ms optional\n"
    "order_value = avg > 20, p(95) < 50\n"
    "wait = max < 1s\n"
    "paid = rate > 95%\n"
    "turnover = count > 1000, rate > 10\n"
    "stock = value > 0\n"
    "unused = max < 1 optional\n";

static const char *const alerts[] = {
    "slow",    "http_req_duration p(95) > 8 for 2s, warning",
    "failing", "http_req_failed rate > 40% for 1s, critical, stop",
    "down",    "http_reqs rate < 1 for 1s, critical, hold",
};

static uint32_t series_at(const Profile *p, const char *name) {
    for (uint32_t i = 0; i < p->series_count; i++)
        if (text_equal(p->series[i].name, name))
            return i;
    fail_msg("there is no series %s", name);
    return 0;
}

static void measure(Slab *s, uint32_t series, uint64_t us, uint64_t n,
                    uint64_t failed) {
    SeriesSlab *x = &s->series[series];
    hist_record_n(&x->duration, us * 1000, n);
    hist_record_n(&x->response, us * 1000, n);
    hist_record_n(&x->phase[PHASE_WAITING], us * 500, n);
    x->requests += n;
    x->sent += n;
    x->failed += failed;
    x->fail[FAIL_HTTP_5XX] += failed;
}

static void measure_second(Run *run, Slab *s, uint64_t second) {
    const Profile *p = &run->profile;
    uint32_t home = series_at(p, "home{buyers,bare}");
    uint32_t logged = series_at(p, "home{buyers,logger}");
    uint32_t read = series_at(p, "home{readers,bare}");
    uint32_t read_logged = series_at(p, "home{readers,logger}");
    uint32_t order = series_at(p, "order{bare}");
    uint32_t order_logged = series_at(p, "order{logger}");
    uint64_t slower = second == 5 || second == 6 ? 4000 : 0;
    for (uint64_t k = 0; k < 20; k++) {
        measure(s, home, 4000 + 100 * k + slower, 1, second == 8);
        measure(s, logged, 5500 + 100 * k + slower, 1, second == 8);
        measure(s, read, 3000 + 100 * k, 1, 0);
        measure(s, read_logged, 4500 + 100 * k, 1, 0);
    }
    uint64_t orders = second == 8 ? 100 : 1;
    measure(s, order, 2000, orders, second == 8 ? 90 : 0);
    measure(s, order_logged, 3500, orders, 0);
    const CustomMetric *m = p->metrics;
    for (int k = 0; k < 10; k++) {
        custom_record(&s->custom[0], &m[0], 10 * k - 20);
        custom_record(&s->custom[1], &m[1], 0.25 * (double)(k + 1));
        custom_record(&s->custom[2], &m[2], k > 0);
        custom_record(&s->custom[3], &m[3], 12.5);
    }
    custom_record(&s->custom[4], &m[4], 100 - 7.5 * (double)second);
    custom_record(&s->custom[6], &m[6], 1);
}

/* Ten seconds: slower in the sixth and seventh, failing in the ninth. */
static void open_run(Run *run) {
    run_open_text(run, profile_text, alerts, 3);
    const Profile *p = &run->profile;
    for (uint64_t second = 0; second < 10; second++) {
        Slab s;
        slab_init(&s, p->series_count, p->check_total, p->metric_count);
        measure_second(run, &s, second);
        recorder_add(&run->recorder, (second + 1) * S, &s);
        run_advance(run, (second + 1) * S);
        slab_close(&s);
    }
    run_finish(run);
}

static void metrics_are_k6s(void **state) {
    (void)state;
    Run run;
    open_run(&run);
    json_t *all = run_summary(&run);
    static const struct {
        const char *path;
        double want;
    } numbers[] = {
        { "metrics/http_reqs{name:home}/values/count", 800 },
        { "metrics/http_reqs{name:order}/values/count", 218 },
        { "metrics/http_reqs{scenario:readers}/values/count", 400 },
        { "metrics/http_reqs{scenario:buyers}/values/count", 618 },
        { "metrics/http_reqs{variant:logger}/values/count", 509 },
        { "metrics/http_req_duration{name:home,variant:logger}/values/min",
          4.5 },
        { "metrics/http_req_waiting{area:front}/values/max", 3.2 },
        { "metrics/http_req_failed{scenario:buyers}/values/passes", 130 },
        { "metrics/http_req_failed{scenario:buyers}/values/fails", 488 },
        { "metrics/order_value/values/avg", 25 },
        { "metrics/order_value/values/min", -20 },
        { "metrics/order_value/values/max", 70 },
        { "metrics/order_value/values/p(95)", 70 },
        { "metrics/order_value/values/med", 25 },
        { "metrics/wait/values/avg", 1.375 },
        { "metrics/paid/values/rate", 0.9 },
        { "metrics/paid/values/passes", 90 },
        { "metrics/paid/values/fails", 10 },
        { "metrics/turnover/values/count", 1250 },
        { "metrics/turnover/values/rate", 125 },
        { "metrics/stock/values/value", 32.5 },
        { "metrics/stock/values/min", 32.5 },
        { "metrics/stock/values/max", 100 },
        { "metrics/schedule_lag/values/value", 1 },
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_near(json_number_at(all, numbers[i].path), numbers[i].want,
                    fabs(numbers[i].want) * 6e-4);
    static const struct {
        const char *path, *want;
    } texts[] = {
        { "metrics/order_value/type", "trend" },
        { "metrics/order_value/contains", "default" },
        { "metrics/wait/contains", "time" },
        { "metrics/paid/type", "rate" },
        { "metrics/turnover/type", "counter" },
        { "metrics/stock/type", "gauge" },
        { "metrics/schedule_lag/type", "gauge" },
        { "metrics/overhead{variant:logger}/type", "trend" },
        { "onrush/thresholds/1/metric",
          "http_req_duration{name:home,variant:logger}" },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(json_text_at(all, texts[i].path), texts[i].want);
    assert_true(json_truth_at(
        all, "metrics/order_value/thresholds/avg > 20/ok"));
    assert_false(json_truth_at(
        all, "metrics/order_value/thresholds/p(95) < 50/ok"));
    assert_true(json_truth_at(
        all, "metrics/overhead{variant:logger}/thresholds/p(50) < 2ms/ok"));
    assert_false(json_truth_at(
        all, "metrics/overhead{variant:logger}/thresholds/avg < 1ms/ok"));
    /* named by a threshold, without samples */
    assert_true(json_is_null(json_at(all, "metrics/unused/values/max")));
    assert_null(json_at(all, "metrics/http_reqs{variant:idle}"));
    json_decref(all);
    run_close(&run);
}

/* logger's times are those of bare, each 1.5 ms later. */
static void overhead_has_its_interval(void **state) {
    (void)state;
    Run run;
    open_run(&run);
    json_t *all = run_summary(&run);
    assert_int_equal(json_array_size(json_at(all, "onrush/overhead")), 2);
    assert_string_equal(json_text_at(all, "onrush/overhead/0/variant"),
                        "logger");
    assert_string_equal(json_text_at(all, "onrush/overhead/0/against"),
                        "bare");
    assert_near(json_number_at(all, "onrush/overhead/0/samples"), 509, 0);
    double value = json_number_at(all, "onrush/overhead/0/p95_ms/value");
    assert_near(value, 1.5, 0.01);
    assert_true(json_number_at(all, "onrush/overhead/0/p95_ms/low") < value);
    assert_true(json_number_at(all, "onrush/overhead/0/p95_ms/high") > value);
    assert_string_equal(json_text_at(all, "onrush/overhead/1/variant"),
                        "idle");
    assert_true(
        json_is_null(json_at(all, "onrush/overhead/1/p50_ms/value")));
    json_decref(all);
    run_close(&run);
}

static void alerts_are_told(void **state) {
    (void)state;
    Run run;
    open_run(&run);
    AlertChange c;
    assert_true(recorder_alert_change(&run.recorder, &c));
    assert_string_equal(c.alert->name, "slow");
    assert_true(c.is_firing && c.at_ns == 6 * S);
    assert_true(recorder_alert_change(&run.recorder, &c));
    assert_false(c.is_firing);
    assert_true(recorder_alert_change(&run.recorder, &c));
    assert_string_equal(c.alert->name, "failing");
    assert_int_equal(c.alert->action, ALERT_STOP);
    json_t *all = run_summary(&run);
    assert_int_equal(json_array_size(json_at(all, "onrush/alerts")), 3);
    assert_string_equal(json_text_at(all, "onrush/alerts/0/text"), alerts[1]);
    assert_string_equal(json_text_at(all, "onrush/alerts/0/severity"),
                        "warning");
    assert_string_equal(json_text_at(all, "onrush/alerts/2/action"), "hold");
    assert_near(json_number_at(all, "onrush/alerts/0/times"), 1, 0);
    assert_near(json_number_at(all, "onrush/alerts/0/total_s"), 3, 0);
    assert_near(json_number_at(all, "onrush/alerts/0/fired/0/at_s"), 6, 0);
    assert_near(json_number_at(all, "onrush/alerts/0/fired/0/for_s"), 3, 0);
    assert_near(json_number_at(all, "onrush/alerts/0/fired/0/worst"), 11, 0.5);
    assert_false(json_truth_at(all, "onrush/alerts/1/firing"));
    assert_int_equal(json_array_size(json_at(all, "onrush/alerts/2/fired")),
                     0);
    json_decref(all);
    run_close(&run);
}

static void the_text_has_blocks_for_them(void **state) {
    (void)state;
    Run run;
    Text t = { 0 };
    open_run(&run);
    report_text(&run.report, &t, false, 100);
    run_is_golden("report-own-100.txt", &t);
    text_clear(&t);
    run.report.ascii = true;
    report_text(&run.report, &t, false, 56);
    run_is_golden("report-own-56-ascii.txt", &t);
    text_close(&t);
    run_close(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_k6s),
        cmocka_unit_test(overhead_has_its_interval),
        cmocka_unit_test(alerts_are_told),
        cmocka_unit_test(the_text_has_blocks_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
