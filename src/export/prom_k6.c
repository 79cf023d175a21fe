/* SPDX-License-Identifier: GPL-3.0-or-later */
/* k6's metrics as they reach Prometheus: k6_NAME_total, k6_NAME, k6_NAME_rate
 * and, of a trend, k6_NAME_STAT in seconds, as its own remote-write output
 * has them; trends of time stand there once more as k6_NAME_STAT_seconds,
 * which is what people's scripts push. Of the whole run, without labels.
 * Source: k6 documentation, "Prometheus remote write". */
#include "export/prom_text.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

/* q < 0: the average. */
static const struct {
    const char *name;
    Method method;
    double q;
} stats[] = {
    { "min", METHOD_MIN, 0 },     { "med", METHOD_MED, 0.5 },
    { "p50", METHOD_P, 0.5 },     { "p90", METHOD_P, 0.9 },
    { "p95", METHOD_P, 0.95 },    { "p99", METHOD_P, 0.99 },
    { "max", METHOD_MAX, 1 },     { "avg", METHOD_AVG, 0 },
};
#define STAT_COUNT (sizeof stats / sizeof *stats)

static const char *const helps[] = {
    [METRIC_COUNTER] = "k6's counter of this name.",
    [METRIC_GAUGE] = "k6's gauge of this name.",
    [METRIC_RATE] = "k6's rate of this name, 0 to 1.",
    [METRIC_TREND] = "k6's trend of this name, over the whole run.",
};

static void put(PromOut *o, PromType type, const Metric *m, const char *middle,
                const char *end, double value) {
    char name[CUSTOM_NAME_MAX + 40];
    snprintf(name, sizeof name, "k6_%s%s%s", m->info.name, middle, end);
    prom_family(o, name, type, helps[m->info.kind]);
    prom_number(o, NULL, value);
}

static void put_stats(PromOut *o, const Metric *m,
                      const double value[STAT_COUNT]) {
    bool is_time = text_equal(m->info.contains, "time");
    for (size_t i = 0; i < STAT_COUNT; i++) {
        char middle[16];
        double v = is_time ? value[i] / 1e3 : value[i];
        snprintf(middle, sizeof middle, "_%s", stats[i].name);
        put(o, PROM_GAUGE, m, middle, "", v);
        if (is_time)
            put(o, PROM_GAUGE, m, middle, "_seconds", v);
    }
}

static void put_trend(PromOut *o, const Metric *m, const Snapshot *s,
                      const MetricContext *c) {
    double value[STAT_COUNT];
    Hist h = { 0 };
    if (m->id != METRIC_OWN)
        metric_hist(m->id, s->totals, NULL, &h);
    for (size_t i = 0; i < STAT_COUNT; i++)
        value[i] = m->id == METRIC_OWN
                       ? metric_value(m, s->totals, NULL, c, stats[i].method,
                                      stats[i].q)
                       : metric_of_hist(&h, stats[i].method, stats[i].q);
    hist_close(&h);
    put_stats(o, m, value);
}

static void put_metric(PromOut *o, const Metric *m, const Snapshot *s,
                       const MetricContext *c) {
    static const Method asked[] = { [METRIC_COUNTER] = METHOD_COUNT,
                                    [METRIC_GAUGE] = METHOD_VALUE,
                                    [METRIC_RATE] = METHOD_RATE };
    if (m->info.kind == METRIC_TREND) {
        put_trend(o, m, s, c);
        return;
    }
    double value =
        metric_value(m, s->totals, NULL, c, asked[m->info.kind], 0);
    put(o, m->info.kind == METRIC_COUNTER ? PROM_COUNTER : PROM_GAUGE, m, "",
        m->info.kind == METRIC_RATE ? "_rate" : "", value);
}

void prom_k6_text(PromOut *o, const Snapshot *s) {
    MetricContext c = { .seconds = (double)s->now_ns / 1e9,
                        .vus = (double)s->active,
                        .vus_max = (double)s->active_max,
                        .recovery_ms = NAN };
    for (MetricId id = 0; id < METRIC_COUNT; id++) {
        Metric m = metric_builtin(id);
        if (m.info.is_k6 && !metric_is_hidden(s->metrics, id))
            put_metric(o, &m, s, &c);
    }
    for (size_t i = 0; i < s->metrics->own_count && i < PROM_ROWS_MAX; i++) {
        Metric m = metric_own(s->metrics, i);
        put_metric(o, &m, s, &c);
    }
}
