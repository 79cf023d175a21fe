/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/alert.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define S NS_PER_S

static const Series series[] = {
    { .name = "home", .request_name = "home" },
    { .name = "order", .request_name = "order", .request = 1 },
};
static const CustomMetric own[] = { { .name = "stock",
                                      .kind = METRIC_GAUGE } };
static const MetricTable table = { .own = own,
                                   .own_count = COUNT(own),
                                   .series = series,
                                   .series_count = COUNT(series) };

/* --- reading ------------------------------------------------------------ */

static void an_alert_is_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        MetricId metric;
        Method method;
        double limit;
        uint64_t window_ns;
        AlertSeverity severity;
        AlertAction action;
        const char *of;
    } cases[] = {
        { "http_req_duration p(95) > 500 for 5m, warning",
          METRIC_HTTP_REQ_DURATION, METHOD_P, 500, 300 * S, ALERT_WARNING,
          ALERT_WARN, NULL },
        { "http_req_failed rate > 0.01 for 10s, critical, hold",
          METRIC_HTTP_REQ_FAILED, METHOD_RATE, 0.01, 10 * S, ALERT_CRITICAL,
          ALERT_HOLD, NULL },
        { "http_req_failed{order} rate > 1% for 1s,critical,stop",
          METRIC_HTTP_REQ_FAILED, METHOD_RATE, 0.01, S, ALERT_CRITICAL,
          ALERT_STOP, "name:order" },
        { "http_req_duration{ home } 1.5s < max for 24h , warning , back-off",
          METRIC_HTTP_REQ_DURATION, METHOD_MAX, 1500, 86400 * S, ALERT_WARNING,
          ALERT_BACK_OFF, "name:home" },
        { "response_time med > 1 for 1m, warning, warn", METRIC_RESPONSE_TIME,
          METHOD_MED, 1, 60 * S, ALERT_WARNING, ALERT_WARN, NULL },
        { "http_reqs rate < 5 for 2s, critical", METRIC_HTTP_REQS, METHOD_RATE,
          5, 2 * S, ALERT_CRITICAL, ALERT_WARN, NULL },
        { "dropped_iterations count > 5 for 168h, critical",
          METRIC_DROPPED_ITERATIONS, METHOD_COUNT, 5, 604800 * S,
          ALERT_CRITICAL, ALERT_WARN, NULL },
    };
    AlertList list = { 0 };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Err err = { 0 };
        if (alert_read(&list, &arena, "slow", cases[i].text, &table, &err) < 0)
            fail_msg("%s: %d: %s", cases[i].text, err.column, err.text);
        assert_int_equal(list.count, i + 1);
        const Alert *a = &list.items[i];
        assert_string_equal(a->name, "slow");
        assert_string_equal(a->text, cases[i].text);
        assert_int_equal(a->condition.metric.id, cases[i].metric);
        assert_int_equal(a->condition.method, cases[i].method);
        assert_near(a->condition.limit, cases[i].limit, 1e-9);
        assert_true(a->window_ns == cases[i].window_ns);
        assert_int_equal(a->severity, cases[i].severity);
        assert_int_equal(a->action, cases[i].action);
        if (cases[i].of)
            assert_string_equal(a->condition.of->text, cases[i].of);
        else
            assert_null(a->condition.of);
    }
    alert_list_close(&list);
    arena_close(&arena);
}

/* What a URL may keep secret is not in the text that is shown. */
static void others_are_told(void **state) {
    (void)state;
    static const char begin[] = "http_reqs rate < 5 for 2s, critical";
    static const struct {
        const char *rest, *webhook, *exec, *shown;
        AlertAction action;
    } cases[] = {
        { ", webhook http://127.0.0.1:9/hook", "http://127.0.0.1:9/hook", NULL,
          ", webhook http://127.0.0.1:9/...", ALERT_WARN },
        { ", hold , webhook https://me:pw@h/?token=1,exec ./tell.sh 'a, b'",
          "https://me:pw@h/?token=1", "./tell.sh 'a, b'",
          ", hold , webhook https://h/...,exec ./tell.sh 'a, b'", ALERT_HOLD },
        { ", webhook http://h, stop", "http://h", NULL,
          ", webhook http://h, stop", ALERT_STOP },
        { ", exec  tell , stop ", NULL, "tell , stop", ", exec  tell , stop ",
          ALERT_WARN },
    };
    AlertList list = { 0 };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[200], shown[200];
        Err err = { 0 };
        snprintf(text, sizeof text, "%s%s", begin, cases[i].rest);
        snprintf(shown, sizeof shown, "%s%s", begin, cases[i].shown);
        if (alert_read(&list, &arena, "a", text, &table, &err) < 0)
            fail_msg("%s: %d: %s", text, err.column, err.text);
        const Alert *a = &list.items[i];
        assert_string_equal(a->text, shown);
        assert_int_equal(a->action, cases[i].action);
        assert_int_equal(!a->webhook, !cases[i].webhook);
        assert_int_equal(!a->exec, !cases[i].exec);
        if (a->webhook)
            assert_string_equal(a->webhook, cases[i].webhook);
        if (a->exec)
            assert_string_equal(a->exec, cases[i].exec);
        /* and a journal's can be read again */
        assert_int_equal(alert_read(&list, &arena, "b", shown, &table, &err),
                         0);
        list.count--;
    }
    alert_list_close(&list);
    arena_close(&arena);
}

static void mistakes_say_where(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *says;
    } cases[] = {
        { "", 1, "a metric is missing here" },
        { "> 5 for 1s, warning", 1, "a metric is missing here" },
        { "http_req_duratoin p(95) > 1 for 1s, warning", 1,
          "did you mean 'http_req_duration'" },
        { " vus value > 1 for 1s, warning", 2,
          "vus is not kept over time; alerts watch http_req_duration, " },
        { "stock value > 1 for 1s, warning", 1, "stock is not kept" },
        { "checks rate < 1 for 1s, warning", 1, "checks is not kept" },
        { "http_reqs{hoem} rate < 1 for 1s, warning", 11,
          "did you mean 'home'" },
        { "response_time{home} med < 1 for 1s, warning", 15,
          "for all requests together" },
        { "http_req_duration", 18, "it has avg, min, med, max, p(95)" },
        { "http_req_duration{home", 18, "no closing }" },
        { "http_req_duration rate > 1 for 1s, warning", 19,
          "is a trend and has no 'rate'" },
        { "http_req_duration p(95) > for 1s, warning", 27, "'for'" },
        { "http_req_duration p(95) > 5, warning", 28, "for how long" },
        { "http_req_duration p(95) > 5 during 1s, warning", 29,
          "for how long" },
        { "http_req_duration p(95) > 5 for, warning", 32, "a duration" },
        { "http_req_duration p(95) > 5 for 10, warning", 33, "a duration" },
        { "http_req_duration p(95) > 5 for 0s, warning", 33, "1s at least" },
        { "http_req_duration p(95) > 5 for -1s, warning", 33, "1s at least" },
        { "http_req_duration p(95) > 5 for 169h, warning", 33, "7 days" },
        { "http_req_duration p(95) > 5 for 1500ms, warning", 33,
          "whole seconds" },
        { "http_req_duration p(95) > 5 for 1s", 35, "how severe" },
        { "http_req_duration p(95) > 5 for 1s,", 36,
          "a severity is missing here: warning or critical" },
        { "http_req_duration p(95) > 5 for 1s, warnign", 37,
          "did you mean 'warning'" },
        { "http_req_duration p(95) > 5 for 1s, warning,", 45,
          "what to do is missing here: warn, stop, hold or back-off" },
        { "http_req_duration p(95) > 5 for 1s, warning, backoff", 46,
          "did you mean 'back-off'" },
        { "http_req_duration p(95) > 5 for 1s, warning, stop, hold", 52,
          "an alert has one" },
        { "http_req_duration p(95) > 5 for 1s, warning, webhook", 53,
          "a URL of http or https" },
        { "http_req_duration p(95) > 5 for 1s, warning, webhook ftp://a/b",
          54, "a URL of http or https" },
        { "http_req_duration p(95) > 5 for 1s, warning, webhook http:///b",
          54, "a URL of http or https" },
        { "http_req_duration p(95) > 5 for 1s, warning, webhook http://a x",
          63, "should end here" },
        { "http_req_duration p(95) > 5 for 1s, warning, exec", 50,
          "which command?" },
        { "http_req_duration p(95) > 5 for 1s, warning, exec = ./a", 50,
          "which command? exec ./tell.sh" },
        { "http_req_duration p(95) > 5 for 1s, warning stop", 45,
          "should end here" },
        { "http_req_duration p(95) > 5 and max > 9 for 1s, warning", 19,
          "one comparison" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        AlertList list = { 0 };
        Arena arena = { 0 };
        Err err = { 0 };
        int rc =
            alert_read(&list, &arena, "x", cases[i].text, &table, &err);
        if (rc != -1 || err.column != cases[i].column ||
            !strstr(err.text, cases[i].says))
            fail_msg("'%s' gave %d at %d: %s", cases[i].text, rc, err.column,
                     err.text);
        assert_int_equal(list.count, 0);
        assert_int_equal(
            alert_read(&list, &arena, "x", cases[i].text, &table, NULL), -1);
        arena_close(&arena);
    }
}

/* --- a run -------------------------------------------------------------- */

typedef struct Watched {
    Arena arena;
    AlertList list;
    AlertWatch *watch;
    Timeline timeline;
    Slab slab;
    uint64_t seconds;
} Watched;

static void watch(Watched *w, const char *const *texts, size_t count) {
    *w = (Watched){ .seconds = 0 };
    for (size_t i = 0; i < count; i++) {
        Err err = { 0 };
        if (alert_read(&w->list, &w->arena, texts[i], texts[i], &table, &err) <
            0)
            fail_msg("%s: %d: %s", texts[i], err.column, err.text);
    }
    w->watch = alert_watch_new(&w->list);
    timeline_init(&w->timeline, COUNT(series));
    slab_init(&w->slab, COUNT(series), 0, 0);
}

static void unwatch(Watched *w) {
    alert_watch_free(w->watch);
    timeline_close(&w->timeline);
    slab_close(&w->slab);
    alert_list_close(&w->list);
    arena_close(&w->arena);
}

/* What lies in the slab was measured in the next second. */
static void pass(Watched *w) {
    uint64_t end = ++w->seconds * S;
    timeline_add(&w->timeline, end, &w->slab);
    timeline_advance(&w->timeline, end);
    slab_clear(&w->slab);
}

static const AlertReading *look(Watched *w) {
    alert_watch_look(w->watch, &w->timeline);
    return alert_watch_readings(w->watch);
}

static void add(Watched *w, size_t i, uint64_t n, uint64_t failed,
                uint64_t ns) {
    SeriesSlab *s = &w->slab.series[i];
    s->requests += n;
    s->failed += failed;
    hist_record_n(&s->duration, ns, n);
    hist_record_n(&s->response, ns * 2, n);
}

static void it_fires_again_only_after_quiet(void **state) {
    (void)state;
    static const char *const texts[] = {
        "http_req_failed rate > 10% for 3s, critical, hold"
    };
    /* failed of 10 a second, -1: no requests; fires at the end of which? */
    static const struct {
        int failed;
        bool fires;
        double value; /* -1: none */
    } seconds[] = {
        { 10, false, -1 },     { 10, false, -1 }, /* the window is not full */
        { 0, true, 20 / 30.0 }, { 0, true, 1 / 3.0 }, { 0, false, 0 },
        { 3, false, 0.1 },     { 1, true, 4 / 30.0 }, { 9, true, 13 / 30.0 },
        { 0, true, 1 / 3.0 },  { -1, true, 9 / 20.0 }, { -1, false, 0 },
        { -1, false, -1 }, /* nothing was asked: nothing is known */
        { 10, true, 1 },       { 10, true, 1 },
    };
    Watched w;
    watch(&w, texts, 1);
    for (size_t i = 0; i < COUNT(seconds); i++) {
        if (seconds[i].failed >= 0)
            add(&w, 0, 10, (uint64_t)seconds[i].failed, 1000000);
        pass(&w);
        const AlertReading *r = look(&w);
        if (seconds[i].value < 0)
            assert_true(isnan(r->value));
        else
            assert_near(r->value, seconds[i].value, 1e-9);
        if (r->is_firing != seconds[i].fires)
            fail_msg("second %zu: %g", i + 1, r->value);
        look(&w); /* the same second again changes nothing */
    }
    const AlertReading *r = look(&w);
    static const AlertFiring firings[] = {
        { 3 * S, 2 * S, 20 / 30.0 },
        { 7 * S, 4 * S, 9 / 20.0 },
        { 13 * S, 1 * S, 1 },
    };
    assert_int_equal(r->times, COUNT(firings));
    assert_int_equal(r->firing_count, COUNT(firings));
    for (size_t i = 0; i < COUNT(firings); i++) {
        assert_true(r->firings[i].at_ns == firings[i].at_ns);
        assert_true(r->firings[i].for_ns == firings[i].for_ns);
        assert_near(r->firings[i].worst, firings[i].worst, 1e-9);
    }
    assert_true(r->total_ns == 7 * S);
    /* its history has each second once, but those without a value */
    const Gauge *h = r->history;
    for (size_t i = 0, k = 0; i < COUNT(seconds); i++) {
        if (seconds[i].value < 0)
            continue;
        assert_true(k < h->point_count);
        assert_true(h->points[k].from_ns == (i + 1) * S);
        assert_near(h->points[k++].last, seconds[i].value, 1e-9);
    }
    assert_int_equal(h->whole.count, 11);
    static const uint64_t changes[] = { 3, 5, 7, 11, 13 };
    AlertChange c;
    for (size_t i = 0; i < COUNT(changes); i++) {
        assert_true(alert_watch_change(w.watch, &c));
        assert_ptr_equal(c.alert, &w.list.items[0]);
        assert_int_equal(c.alert->action, ALERT_HOLD);
        assert_true(c.at_ns == changes[i] * S);
        assert_int_equal(c.is_firing, i % 2 == 0);
    }
    assert_false(alert_watch_change(w.watch, &c));
    unwatch(&w);
}

/* Below a limit the lowest is the worst. */
static void the_worst_is_farthest_from_the_limit(void **state) {
    (void)state;
    static const char *const texts[] = {
        "http_reqs rate < 50 for 1s, warning",
        "http_reqs rate != 50 for 1s, warning",
    };
    static const uint64_t counts[] = { 60, 40, 20, 30, 50, 45 };
    Watched w;
    watch(&w, texts, COUNT(texts));
    for (size_t i = 0; i < COUNT(counts); i++) {
        add(&w, 1, counts[i], 0, 1000);
        pass(&w);
        look(&w);
    }
    const AlertReading *r = look(&w);
    assert_int_equal(r[0].times, 2);
    assert_near(r[0].firings[0].worst, 20, 1e-9);
    assert_near(r[0].firings[1].worst, 45, 1e-9);
    assert_int_equal(r[1].times, 2);
    assert_near(r[1].firings[0].worst, 20, 1e-9);
    assert_near(r[1].firings[1].worst, 45, 1e-9);
    unwatch(&w);
}

/* --- windows against what the time line says ---------------------------- */

static const char *const texts[] = {
    "http_req_duration p(95) > 5 for 1s, warning",
    "http_req_duration p(95) > 5 for 7s, warning",
    "http_req_duration{order} med > 5 for 7s, warning",
    "response_time p(99.9) > 5 for 60s, warning",
    "http_req_failed{home} rate > 1% for 7s, warning",
    "dropped_iterations rate > 5 for 30s, warning",
    "http_req_duration p(99) > 5 for 3590s, warning",
    "http_reqs rate > 5 for 3590s, warning",
    "http_req_duration{home} avg > 5 for 3591s, warning",
    "http_req_duration p(50) > 5 for 1h, warning",
    "response_time p(95) > 5 for 100m, warning",
    "http_req_failed rate > 1% for 100m, warning",
};

static void random_second(Watched *w, Rng *rng) {
    for (size_t i = 0; i < COUNT(series); i++)
        for (int k = 0; k < 3; k++)
            add(w, i, 1 + (uint64_t)(rng_unit(rng) * 9),
                (uint64_t)(rng_unit(rng) * 2),
                (uint64_t)(exp(rng_unit(rng) * 9) * 1000));
    w->slab.dropped = (uint64_t)(rng_unit(rng) * 5);
}

/* The slow way: every cell of the window, from the time line. */
static double expected(const Watched *w, const Alert *a) {
    const Condition *c = &a->condition;
    uint64_t to = w->seconds * S, dropped = 0;
    uint64_t step = a->window_ns <= 3590 * S ? S : 10 * S;
    if (to < a->window_ns)
        return NAN;
    uint64_t from = (to - a->window_ns + step - 1) / step * step;
    size_t of = c->metric.id == METRIC_RESPONSE_TIME ? TIMELINE_RESPONSE
                : c->of                              ? c->of->series[0]
                                                     : SIZE_MAX;
    Hist h = { 0 };
    CellSeries sums;
    double value, seconds = timeline_interval(&w->timeline, from, to, of, &h,
                                              &sums);
    assert_near(seconds, (double)(to - from) / 1e9, 1e-9);
    for (size_t i = 0; i < timeline_count(&w->timeline); i++)
        if (timeline_cell(&w->timeline, i)->start_ns >= from)
            dropped += timeline_cell(&w->timeline, i)->dropped;
    if (c->method != METHOD_RATE)
        value = metric_of_hist(&h, c->method, c->q);
    else if (c->metric.id == METRIC_HTTP_REQS)
        value = (double)sums.requests / seconds;
    else if (c->metric.id == METRIC_DROPPED_ITERATIONS)
        value = (double)dropped / seconds;
    else
        value = (double)sums.failed / (double)sums.requests;
    hist_close(&h);
    return value;
}

static void all_are_as_expected(Watched *w) {
    const AlertReading *r = look(w);
    for (size_t i = 0; i < COUNT(texts); i++) {
        double want = expected(w, &w->list.items[i]);
        if (isnan(want) != isnan(r[i].value) ||
            fabs(want - r[i].value) > fabs(want) * 6e-4)
            fail_msg("%s at %llu s: %.9g, not %.9g", texts[i],
                     (unsigned long long)w->seconds, r[i].value, want);
    }
}

/* Looked at every second; compared with the slow way densely at first and
 * around the ends of the windows, where the seconds become tens. */
static void windows_hold_what_they_should(void **state) {
    (void)state;
    Rng rng = { .state = 3 };
    Watched w;
    watch(&w, texts, COUNT(texts));
    while (w.seconds < 3 * 3600) {
        random_second(&w, &rng);
        pass(&w);
        look(&w);
        uint64_t in_hour = w.seconds % 3600;
        if (w.seconds < 100 || w.seconds % 397 == 0 ||
            (w.seconds > 3500 && in_hour < 25) || in_hour == 3599)
            all_are_as_expected(&w);
    }
    unwatch(&w);
}

/* The main loop stood still: several seconds are judged at once, and some
 * that left have become tens. */
static void late_looks_lose_nothing(void **state) {
    (void)state;
    Rng rng = { .state = 4 };
    Watched w;
    watch(&w, texts, COUNT(texts));
    static const uint64_t gaps[] = { 1, 1, 17, 1, 3590, 1, 5, 23, 1, 3, 61,
                                     4001, 1, 1, 9, 700, 2 };
    for (size_t i = 0; i < COUNT(gaps); i++) {
        for (uint64_t k = 0; k < gaps[i]; k++) {
            random_second(&w, &rng);
            pass(&w);
        }
        all_are_as_expected(&w);
    }
    unwatch(&w);
}

static void no_alerts_are_fine(void **state) {
    (void)state;
    Watched w;
    watch(&w, NULL, 0);
    pass(&w);
    look(&w);
    assert_int_equal(alert_watch_count(w.watch), 0);
    AlertChange c;
    assert_false(alert_watch_change(w.watch, &c));
    unwatch(&w);
    alert_watch_free(NULL);
}

/* A flickering alert is counted to the end, remembered to a bound. */
static void many_firings_are_counted(void **state) {
    (void)state;
    static const char *const flickers[] = {
        "http_reqs count > 5 for 1s, warning"
    };
    Watched w;
    watch(&w, flickers, 1);
    for (int i = 0; i < 2 * ALERT_FIRINGS_MAX + 40; i++) {
        add(&w, 0, i % 2 ? 9 : 1, 0, 1000);
        pass(&w);
        look(&w);
    }
    const AlertReading *r = look(&w);
    assert_int_equal(r->times, ALERT_FIRINGS_MAX + 20);
    assert_int_equal(r->firing_count, ALERT_FIRINGS_MAX);
    assert_true(r->total_ns == (ALERT_FIRINGS_MAX + 19) * S);
    assert_true(r->firings[ALERT_FIRINGS_MAX - 1].for_ns == S);
    unwatch(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_is_read),
        cmocka_unit_test(others_are_told),
        cmocka_unit_test(mistakes_say_where),
        cmocka_unit_test(it_fires_again_only_after_quiet),
        cmocka_unit_test(the_worst_is_farthest_from_the_limit),
        cmocka_unit_test(windows_hold_what_they_should),
        cmocka_unit_test(late_looks_lose_nothing),
        cmocka_unit_test(no_alerts_are_fine),
        cmocka_unit_test(many_firings_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
