/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/k6.h"

#include <math.h>

#include "report/figures.h"

/* md5 of the root group's empty path. */
#define ROOT_ID "d41d8cd98f00b204e9800998ecf8427e"

/* q < 0: the average. */
static const struct {
    const char *name;
    double q;
} trend_stats[] = {
    { "avg", -1 },     { "min", 0 },         { "med", 0.5 },
    { "max", 1 },      { "p(90)", 0.90 },    { "p(95)", 0.95 },
    { "p(99)", 0.99 }, { "p(99.9)", 0.999 },
};

#define TREND_STATS (sizeof trend_stats / sizeof *trend_stats)

json_t *k6_trend(const Hist *h) {
    json_t *o = json_object();
    for (size_t i = 0; i < TREND_STATS; i++)
        out_put(o, trend_stats[i].name,
                out_ms(trend_stats[i].q < 0
                           ? hist_mean(h)
                           : hist_quantile(h, trend_stats[i].q)));
    return o;
}

void k6_name(MetricId id, size_t series, const Snapshot *s, Text *to) {
    text_adds(to, metric_info[id].name);
    if (series != SERIES_ALL)
        text_addf(to, "{name:%s}", s->series[series].series->name);
}

/* --- values by kind ----------------------------------------------------- */

static json_t *counter_values(MetricId id, const Snapshot *s, size_t series) {
    MetricContext c = context_of(s);
    double n = metric_value(id, s->totals, series, &c, METHOD_COUNT, 0);
    double rate = metric_value(id, s->totals, series, &c, METHOD_RATE, 0);
    json_t *o = json_object();
    out_put(o, "count", out_count((uint64_t)n));
    out_put(o, "rate", out_number(rate));
    return o;
}

/* k6 counts what the metric is about as passes: of http_req_failed the
 * failures, of checks those that passed. */
static void rate_parts(MetricId id, const Slab *run, size_t series,
                       uint64_t *passes, uint64_t *fails) {
    *passes = *fails = 0;
    if (id == METRIC_CHECKS) {
        for (size_t i = 0; i < run->check_count; i++) {
            *passes += run->checks[i].passed;
            *fails += run->checks[i].failed;
        }
        return;
    }
    for (size_t i = 0; i < run->series_count; i++) {
        if (series != SERIES_ALL && series != i)
            continue;
        *passes += run->series[i].failed;
        *fails += run->series[i].requests - run->series[i].failed;
    }
}

static json_t *rate_values(MetricId id, const Snapshot *s, size_t series) {
    uint64_t passes, fails;
    rate_parts(id, s->totals, series, &passes, &fails);
    MetricContext c = context_of(s);
    json_t *o = json_object();
    out_put(
        o, "rate",
        out_number(metric_value(id, s->totals, series, &c, METHOD_RATE, 0)));
    out_put(o, "passes", out_count(passes));
    out_put(o, "fails", out_count(fails));
    return o;
}

static json_t *trend_values(MetricId id, const Snapshot *s, size_t series) {
    Hist h = { 0 };
    metric_hist(id, s->totals, series, &h);
    json_t *o = k6_trend(&h);
    hist_close(&h);
    return o;
}

static void widen(double v, double *min, double *max) {
    if (isnan(*min) || v < *min)
        *min = v;
    if (isnan(*max) || v > *max)
        *max = v;
}

static void gauge_range(MetricId id, const Snapshot *s, double *min,
                        double *max) {
    if (id == METRIC_VUS) {
        size_t n = timeline_count(s->timeline);
        for (size_t i = 0; i < n; i++)
            widen((double)timeline_cell(s->timeline, i)->active, min, max);
        widen((double)s->active_max, min, max);
    } else if (id == METRIC_RECOVERY_TIME) {
        for (size_t i = 0; i < s->recoveries->count; i++) {
            const Recovery *r = &s->recoveries->items[i];
            if (r->state == RECOVERY_DONE)
                widen((double)recovery_time_ns(r, s->now_ns) / 1e6, min, max);
        }
    }
}

static json_t *gauge_values(MetricId id, const Snapshot *s) {
    MetricContext c = context_of(s);
    double v = metric_value(id, s->totals, SERIES_ALL, &c, METHOD_VALUE, 0);
    double min = v, max = v;
    gauge_range(id, s, &min, &max);
    json_t *o = json_object();
    out_put(o, "value", out_number(v));
    out_put(o, "min", out_number(min));
    out_put(o, "max", out_number(max));
    return o;
}

static json_t *values_of(MetricId id, const Snapshot *s, size_t series) {
    switch (metric_info[id].kind) {
    case METRIC_COUNTER:
        return counter_values(id, s, series);
    case METRIC_GAUGE:
        return gauge_values(id, s);
    case METRIC_RATE:
        return rate_values(id, s, series);
    case METRIC_TREND:
        return trend_values(id, s, series);
    }
    return json_null();
}

/* --- which metrics ------------------------------------------------------ */

static bool has_threshold(MetricId id, const Snapshot *s, size_t series) {
    for (size_t i = 0; i < s->threshold_count; i++)
        if (s->thresholds[i].threshold->metric == id &&
            s->thresholds[i].threshold->series == series)
            return true;
    return false;
}

static bool has_samples(MetricId id, const Snapshot *s, size_t series) {
    static const Method asked[] = { [METRIC_COUNTER] = METHOD_COUNT,
                                    [METRIC_GAUGE] = METHOD_VALUE,
                                    [METRIC_RATE] = METHOD_RATE,
                                    [METRIC_TREND] = METHOD_COUNT };
    MetricKind kind = metric_info[id].kind;
    MetricContext c = context_of(s);
    double v = metric_value(id, s->totals, series, &c, asked[kind], 0);
    if (kind != METRIC_COUNTER)
        return !isnan(v);
    return v > 0 || series == SERIES_ALL;
}

static json_t *thresholds_of(MetricId id, const Snapshot *s, size_t series) {
    json_t *all = json_object();
    for (size_t i = 0; i < s->threshold_count; i++) {
        const ThresholdReading *t = &s->thresholds[i];
        if (t->threshold->metric != id || t->threshold->series != series)
            continue;
        json_t *one = json_object();
        out_put(one, "ok",
                json_boolean(!threshold_fails(t->threshold, t->verdict)));
        out_put(all, t->threshold->text, one);
    }
    return all;
}

static void put_metric(json_t *all, MetricId id, const Snapshot *s,
                       size_t series) {
    bool judged = has_threshold(id, s, series);
    if (!judged && !has_samples(id, s, series))
        return;
    json_t *m = json_object();
    out_put(m, "type", out_text(metric_kind_name(metric_info[id].kind)));
    out_put(m, "contains", out_text(metric_info[id].contains));
    out_put(m, "values", values_of(id, s, series));
    if (judged)
        out_put(m, "thresholds", thresholds_of(id, s, series));
    Text name = { 0 };
    k6_name(id, series, s, &name);
    out_put(all, name.bytes, m);
    text_close(&name);
}

/* Of every request; of the others what thresholds name. */
static bool is_split(MetricId id) {
    return id == METRIC_HTTP_REQS || id == METRIC_HTTP_REQ_DURATION ||
           id == METRIC_HTTP_REQ_FAILED;
}

json_t *k6_metrics(const Report *r) {
    const Snapshot *s = r->snapshot;
    json_t *all = json_object();
    for (MetricId id = 0; id < METRIC_COUNT; id++) {
        put_metric(all, id, s, SERIES_ALL);
        for (size_t i = 0; i < s->series_count; i++)
            if (is_split(id) || has_threshold(id, s, i))
                put_metric(all, id, s, i);
    }
    return all;
}

/* --- the rest ----------------------------------------------------------- */

static bool is_first_of_name(const Snapshot *s, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (text_equal(s->check_names[k], s->check_names[i]))
            return false;
    return true;
}

/* Checks of one name in several requests are one, as in k6. */
static json_t *check_of(const Snapshot *s, size_t first) {
    uint64_t passes = 0, fails = 0;
    for (size_t i = first; i < s->totals->check_count; i++) {
        if (!text_equal(s->check_names[i], s->check_names[first]))
            continue;
        passes += s->totals->checks[i].passed;
        fails += s->totals->checks[i].failed;
    }
    Text path = { 0 };
    text_addf(&path, "::%s", s->check_names[first]);
    json_t *o = json_object();
    out_put(o, "name", out_text(s->check_names[first]));
    out_put(o, "path", out_text(path.bytes));
    out_put(o, "passes", out_count(passes));
    out_put(o, "fails", out_count(fails));
    text_close(&path);
    return o;
}

json_t *k6_root_group(const Report *r) {
    const Snapshot *s = r->snapshot;
    json_t *checks = json_array(), *o = json_object();
    for (size_t i = 0; i < s->totals->check_count; i++)
        if (is_first_of_name(s, i))
            out_add(checks, check_of(s, i));
    out_put(o, "name", out_text(""));
    out_put(o, "path", out_text(""));
    out_put(o, "id", out_text(ROOT_ID));
    out_put(o, "groups", json_array());
    out_put(o, "checks", checks);
    return o;
}

json_t *k6_options(void) {
    json_t *o = json_object(), *stats = json_array();
    for (size_t i = 0; i < TREND_STATS; i++)
        out_add(stats, out_text(trend_stats[i].name));
    out_put(o, "summaryTrendStats", stats);
    out_put(o, "summaryTimeUnit", out_text(""));
    out_put(o, "noColor", json_false());
    return o;
}

json_t *k6_state(const Report *r) {
    json_t *o = json_object();
    out_put(o, "isStdOutTTY", json_boolean(r->stdout_is_tty));
    out_put(o, "isStdErrTTY", json_boolean(r->stderr_is_tty));
    out_put(o, "testRunDurationMs", out_time(r->snapshot->now_ns));
    return o;
}
