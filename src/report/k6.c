/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/k6.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
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

void k6_name(const Metric *m, const Selection *of, Text *to) {
    text_adds(to, m->info.name);
    if (of)
        text_addf(to, "{%s}", of->text);
}

/* --- values by kind ----------------------------------------------------- */

static double value_of(const Metric *m, const Snapshot *s, const Selection *of,
                       Method method, double q) {
    MetricContext c = context_of(s);
    return metric_value(m, s->totals, of, &c, method, q);
}

static json_t *counter_values(const Metric *m, const Snapshot *s,
                              const Selection *of) {
    double n = value_of(m, s, of, METHOD_COUNT, 0);
    json_t *o = json_object();
    out_put(o, "count",
            m->id == METRIC_OWN ? out_number(n) : out_count((uint64_t)n));
    out_put(o, "rate", out_number(value_of(m, s, of, METHOD_RATE, 0)));
    return o;
}

/* k6 counts what the metric is about as passes: of http_req_failed the
 * failures, of checks those that passed. */
static void rate_parts(const Metric *m, const Slab *run, const Selection *of,
                       uint64_t *passes, uint64_t *fails) {
    uint64_t all;
    if (m->id == METRIC_OWN) {
        *passes = run->custom[m->own].trues;
        *fails = run->custom[m->own].count - *passes;
    } else if (m->id == METRIC_CHECKS) {
        metric_checks(run, of, passes, &all);
        *fails = all - *passes;
    } else {
        metric_requests(run, of, &all, passes);
        *fails = all - *passes;
    }
}

static json_t *rate_values(const Metric *m, const Snapshot *s,
                           const Selection *of) {
    uint64_t passes, fails;
    rate_parts(m, s->totals, of, &passes, &fails);
    json_t *o = json_object();
    out_put(o, "rate", out_number(value_of(m, s, of, METHOD_RATE, 0)));
    out_put(o, "passes", out_count(passes));
    out_put(o, "fails", out_count(fails));
    return o;
}

/* Of values that are no histogram of times. */
static json_t *stat_values(const Metric *m, const Snapshot *s,
                           const Selection *of) {
    json_t *o = json_object();
    for (size_t i = 0; i < TREND_STATS; i++) {
        double q = trend_stats[i].q;
        out_put(o, trend_stats[i].name,
                out_number(q < 0 ? value_of(m, s, of, METHOD_AVG, 0)
                                 : value_of(m, s, of, METHOD_P, q)));
    }
    return o;
}

static json_t *trend_values(const Metric *m, const Snapshot *s,
                            const Selection *of) {
    if (m->id == METRIC_OWN || m->id == METRIC_OVERHEAD)
        return stat_values(m, s, of);
    Hist h = { 0 };
    metric_hist(m->id, s->totals, of, &h);
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

static void gauge_range(const Metric *m, const Snapshot *s, double *min,
                        double *max) {
    if (m->id == METRIC_VUS) {
        size_t n = timeline_count(s->timeline);
        for (size_t i = 0; i < n; i++)
            widen((double)timeline_cell(s->timeline, i)->active, min, max);
        widen((double)s->active_max, min, max);
    } else if (m->id == METRIC_RECOVERY_TIME) {
        for (size_t i = 0; i < s->recoveries->count; i++) {
            const Recovery *r = &s->recoveries->items[i];
            if (r->state == RECOVERY_DONE)
                widen((double)recovery_time_ns(r, s->now_ns) / 1e6, min, max);
        }
    } else if (m->id == METRIC_OWN || m->id == METRIC_MONITORED) {
        *min = value_of(m, s, NULL, METHOD_MIN, 0);
        *max = value_of(m, s, NULL, METHOD_MAX, 0);
    }
}

static json_t *gauge_values(const Metric *m, const Snapshot *s) {
    double v = value_of(m, s, NULL, METHOD_VALUE, 0);
    double min = v, max = v;
    gauge_range(m, s, &min, &max);
    json_t *o = json_object();
    out_put(o, "value", out_number(v));
    out_put(o, "min", out_number(min));
    out_put(o, "max", out_number(max));
    return o;
}

static json_t *values_of(const Metric *m, const Snapshot *s,
                         const Selection *of) {
    switch (m->info.kind) {
    case METRIC_COUNTER:
        return counter_values(m, s, of);
    case METRIC_GAUGE:
        return gauge_values(m, s);
    case METRIC_RATE:
        return rate_values(m, s, of);
    case METRIC_TREND:
        return trend_values(m, s, of);
    }
    return json_null();
}

/* --- which metrics ------------------------------------------------------ */

static bool is_about(const Threshold *t, const Metric *m,
                     const Selection *of) {
    const Condition *c = &t->condition;
    return c->metric.id == m->id && c->metric.own == m->own &&
           text_equal(c->metric.info.name, m->info.name) &&
           selection_equal(c->of, of);
}

static bool has_threshold(const Metric *m, const Snapshot *s,
                          const Selection *of) {
    for (size_t i = 0; i < s->threshold_count; i++)
        if (is_about(s->thresholds[i].threshold, m, of))
            return true;
    return false;
}

static bool has_samples(const Metric *m, const Snapshot *s,
                        const Selection *of) {
    static const Method asked[] = { [METRIC_COUNTER] = METHOD_COUNT,
                                    [METRIC_GAUGE] = METHOD_VALUE,
                                    [METRIC_RATE] = METHOD_RATE,
                                    [METRIC_TREND] = METHOD_AVG };
    if (m->id == METRIC_OWN)
        return s->totals->custom[m->own].count > 0;
    double v = value_of(m, s, of, asked[m->info.kind], 0);
    if (m->info.kind != METRIC_COUNTER)
        return !isnan(v);
    return v > 0 || !of;
}

static json_t *thresholds_of(const Metric *m, const Snapshot *s,
                             const Selection *of) {
    json_t *all = json_object();
    for (size_t i = 0; i < s->threshold_count; i++) {
        const ThresholdReading *t = &s->thresholds[i];
        if (!is_about(t->threshold, m, of))
            continue;
        json_t *one = json_object();
        out_put(one, "ok",
                json_boolean(!threshold_fails(t->threshold, t->verdict)));
        out_put(all, t->threshold->text, one);
    }
    return all;
}

static void put_metric(json_t *all, const Metric *m, const Snapshot *s,
                       const Selection *of) {
    bool judged = has_threshold(m, s, of);
    if (!judged && !has_samples(m, s, of))
        return;
    json_t *o = json_object();
    out_put(o, "type", out_text(metric_kind_name(m->info.kind)));
    out_put(o, "contains", out_text(m->info.contains));
    out_put(o, "values", values_of(m, s, of));
    if (judged)
        out_put(o, "thresholds", thresholds_of(m, s, of));
    Text name = { 0 };
    k6_name(m, of, &name);
    out_put(all, name.bytes, o);
    text_close(&name);
}

/* By request, scenario and variant; of the others what thresholds name. */
static bool is_split(MetricId id) {
    return id == METRIC_HTTP_REQS || id == METRIC_HTTP_REQ_DURATION ||
           id == METRIC_HTTP_REQ_FAILED;
}

typedef struct Splits {
    const Selection **items;
    size_t count, cap;
    Arena arena;
} Splits;

static bool is_new_value(const MetricTable *t, const char *label, size_t i) {
    const char *value = series_label(&t->series[i], label);
    for (size_t k = 0; value && k < i; k++)
        if (text_equal(series_label(&t->series[k], label), value))
            return false;
    return value != NULL;
}

/* One for each value of the label; least: fewer values say nothing. */
static void split_by(Splits *s, const MetricTable *t, const char *label,
                     size_t least) {
    size_t before = s->count;
    for (size_t i = 0; i < t->series_count; i++) {
        if (!is_new_value(t, label, i))
            continue;
        mem_grow(s->items, s->count, s->cap);
        s->items[s->count++] =
            selection_of(&s->arena, label, series_label(&t->series[i], label),
                         t->series, t->series_count);
    }
    if (s->count - before < least)
        s->count = before;
}

static bool has_split(const Splits *s, const Selection *of) {
    for (size_t i = 0; i < s->count; i++)
        if (selection_equal(s->items[i], of))
            return true;
    return !of;
}

static void put_parts(json_t *all, const Metric *m, const Snapshot *s,
                      const Splits *splits) {
    for (size_t i = 0; i < splits->count && is_split(m->id); i++)
        put_metric(all, m, s, splits->items[i]);
    for (size_t i = 0; i < s->threshold_count; i++) {
        const Selection *of = s->thresholds[i].threshold->condition.of;
        if (!(is_split(m->id) && has_split(splits, of)) &&
            of && has_threshold(m, s, of))
            put_metric(all, m, s, of);
    }
}

json_t *k6_metrics(const Report *r) {
    const Snapshot *s = r->snapshot;
    json_t *all = json_object();
    Splits splits = { 0 };
    split_by(&splits, s->metrics, "name", 1);
    split_by(&splits, s->metrics, "scenario", 2);
    split_by(&splits, s->metrics, "variant", 2);
    for (MetricId id = 0; id < METRIC_COUNT; id++) {
        Metric m = metric_builtin(id);
        if (metric_is_hidden(s->metrics, id))
            continue;
        put_metric(all, &m, s, NULL);
        put_parts(all, &m, s, &splits);
    }
    for (size_t i = 0; i < s->metrics->own_count; i++) {
        Metric m = metric_own(s->metrics, i);
        put_metric(all, &m, s, NULL);
    }
    for (size_t i = 0; i < s->threshold_count; i++) {
        const Metric *m = &s->thresholds[i].threshold->condition.metric;
        if (m->id == METRIC_MONITORED && !json_object_get(all, m->info.name))
            put_metric(all, m, s, NULL);
    }
    free(splits.items);
    arena_close(&splits.arena);
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
