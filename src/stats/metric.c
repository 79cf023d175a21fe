/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/metric.h"

#include <math.h>

#include "base/text.h"
#include "stats/gauges.h"

const MetricInfo metric_info[METRIC_COUNT] = {
#define X(id, name, kind, contains, by_series, k6) \
    { name, METRIC_##kind, contains, by_series, k6 },
    METRICS(X)
#undef X
};

MetricId metric_find(const char *name) {
    for (size_t i = 0; i < METRIC_COUNT; i++)
        if (text_equal(metric_info[i].name, name))
            return (MetricId)i;
    return METRIC_COUNT;
}

Metric metric_builtin(MetricId id) {
    return (Metric){ .id = id, .info = metric_info[id] };
}

Metric metric_own(const MetricTable *t, size_t i) {
    const CustomMetric *m = &t->own[i];
    return (Metric){ .id = METRIC_OWN,
                     .own = (uint32_t)i,
                     .info = { .name = m->name,
                               .kind = m->kind,
                               .contains = custom_contains(m) } };
}

Metric metric_monitored(const char *name) {
    return (Metric){ .id = METRIC_MONITORED,
                     .info = { .name = name,
                               .kind = METRIC_GAUGE,
                               .contains = "default" } };
}

bool metric_lookup(const MetricTable *t, const char *name, Metric *out) {
    for (size_t i = 0; i < t->own_count; i++)
        if (text_equal(t->own[i].name, name)) {
            *out = metric_own(t, i);
            return true;
        }
    MetricId id = metric_find(name);
    if (id == METRIC_COUNT)
        return false;
    *out = metric_builtin(id);
    return true;
}

bool metric_is_hidden(const MetricTable *t, MetricId id) {
    Metric m;
    return metric_lookup(t, metric_info[id].name, &m) && m.id != id;
}

const char *metric_kind_name(MetricKind k) {
    static const char *const names[] = { "counter", "gauge", "rate", "trend" };
    return names[k];
}

static Phase phase_of(MetricId id) {
    if (id >= METRIC_HTTP_REQ_BLOCKED && id <= METRIC_HTTP_REQ_RECEIVING)
        return (Phase)(id - METRIC_HTTP_REQ_BLOCKED);
    return PHASE_COUNT;
}

static void add_series(MetricId id, const SeriesSlab *s, Hist *to) {
    Phase p = phase_of(id);
    if (id == METRIC_RESPONSE_TIME) {
        hist_add(to, &s->response);
        return;
    }
    if (p == PHASE_COUNT) {
        hist_add(to, &s->duration);
        return;
    }
    hist_add(to, &s->phase[p]);
    /* Every request waits; the journal of a run that was cut off knows the
     * phases of some only. */
    uint64_t known = s->phase[p].count, all = s->phase[PHASE_WAITING].count;
    if (known < all)
        hist_record_n(to, 0, all - known);
}

void metric_hist(MetricId id, const Slab *run, const Selection *of, Hist *to) {
    if (id == METRIC_ITERATION_DURATION) {
        hist_add(to, &run->iteration);
        return;
    }
    if (id == METRIC_SCHEDULE_LAG) {
        hist_add(to, &run->lag);
        return;
    }
    for (size_t i = 0; i < selection_count(of, run->series_count); i++) {
        const SeriesSlab *s = &run->series[selection_at(of, i)];
        if (!of || of->part == PART_ALL)
            add_series(id, s, to);
        else if (s->part)
            hist_add(to, &s->part[of->part]);
    }
}

typedef struct Sums {
    uint64_t requests, failed, in, out;
} Sums;

static void count_part(const SeriesSlab *x, AnswerPart part, Sums *to) {
    if (part == PART_ALL) {
        to->requests += x->requests;
        to->failed += x->failed;
    } else if (part == PART_EXPECTED) {
        to->requests += x->requests - x->failed;
    } else if (part == PART_FAILED) {
        to->requests += x->failed;
        to->failed += x->failed;
    } else {
        to->requests += x->status[part];
        to->failed += x->status_failed[part];
    }
}

static Sums sums_of(const Slab *run, const Selection *of) {
    Sums s = { 0 };
    for (size_t i = 0; i < selection_count(of, run->series_count); i++) {
        const SeriesSlab *x = &run->series[selection_at(of, i)];
        count_part(x, of ? of->part : PART_ALL, &s);
        s.in += x->bytes_in;
        s.out += x->bytes_out;
    }
    return s;
}

static double counter_value(double count, double seconds, Method m) {
    if (m == METHOD_COUNT)
        return count;
    return m == METHOD_RATE && seconds > 0 ? count / seconds : NAN;
}

static double rate_value(uint64_t part, uint64_t all, Method m) {
    return m == METHOD_RATE && all ? (double)part / (double)all : NAN;
}

double metric_of_hist(const Hist *h, Method m, double q) {
    if (h->count == 0)
        return NAN;
    switch (m) {
    case METHOD_AVG:
        return hist_mean(h) / 1e6;
    case METHOD_MIN:
        return (double)h->min / 1e6;
    case METHOD_MAX:
        return (double)h->max / 1e6;
    case METHOD_MED:
        return hist_quantile(h, 0.5) / 1e6;
    case METHOD_P:
        return hist_quantile(h, q) / 1e6;
    case METHOD_COUNT:
        return (double)h->count;
    case METHOD_RATE:
    case METHOD_VALUE:
        break;
    }
    return NAN;
}

void metric_requests(const Slab *run, const Selection *of, uint64_t *requests,
                     uint64_t *failed) {
    Sums s = sums_of(run, of);
    *requests = s.requests;
    *failed = s.failed;
}

void metric_checks(const Slab *run, const Selection *of, uint64_t *passed,
                   uint64_t *all) {
    size_t n = of && of->checks ? of->check_count : run->check_count;
    *passed = *all = 0;
    for (size_t i = 0; i < n; i++) {
        const CheckSlab *c = &run->checks[of && of->checks ? of->checks[i] : i];
        *passed += c->passed;
        *all += c->passed + c->failed;
    }
}

static double checks_value(const Slab *run, const Selection *of,
                           Method method) {
    uint64_t passed, all;
    metric_checks(run, of, &passed, &all);
    return rate_value(passed, all, method);
}

static double trend_of(MetricId id, const Slab *run, const Selection *of,
                       Method method, double q) {
    Hist h = { 0 };
    metric_hist(id, run, of, &h);
    double v = metric_of_hist(&h, method, q);
    hist_close(&h);
    return v;
}

static double overhead_value(const Slab *run, const Selection *of,
                             Method method, double q) {
    if (!of || !of->against)
        return NAN;
    return trend_of(METRIC_HTTP_REQ_DURATION, run, of, method, q) -
           trend_of(METRIC_HTTP_REQ_DURATION, run, of->against, method, q);
}

double metric_value(const Metric *m, const Slab *run, const Selection *of,
                    const MetricContext *context, Method method, double q) {
    Sums s = sums_of(run, of);
    double seconds = context->seconds;
    switch (m->id) {
    case METRIC_HTTP_REQS:
        return counter_value((double)s.requests, seconds, method);
    case METRIC_ITERATIONS:
        return counter_value((double)run->iterations, seconds, method);
    case METRIC_DROPPED_ITERATIONS:
        return counter_value((double)run->dropped, seconds, method);
    case METRIC_DATA_SENT:
        return counter_value((double)s.out, seconds, method);
    case METRIC_DATA_RECEIVED:
        return counter_value((double)s.in, seconds, method);
    case METRIC_HTTP_REQ_FAILED:
        return rate_value(s.failed, s.requests, method);
    case METRIC_CHECKS:
        return checks_value(run, of, method);
    case METRIC_VUS:
        return method == METHOD_VALUE ? context->vus : NAN;
    case METRIC_VUS_MAX:
        return method == METHOD_VALUE ? context->vus_max : NAN;
    case METRIC_RECOVERY_TIME:
        return method == METHOD_VALUE ? context->recovery_ms : NAN;
    case METRIC_OVERHEAD:
        return overhead_value(run, of, method, q);
    case METRIC_HTTP_REQ_DURATION:
    case METRIC_HTTP_REQ_BLOCKED:
    case METRIC_HTTP_REQ_CONNECTING:
    case METRIC_HTTP_REQ_TLS:
    case METRIC_HTTP_REQ_SENDING:
    case METRIC_HTTP_REQ_WAITING:
    case METRIC_HTTP_REQ_RECEIVING:
    case METRIC_ITERATION_DURATION:
    case METRIC_RESPONSE_TIME:
    case METRIC_SCHEDULE_LAG:
        return trend_of(m->id, run, of, method, q);
    case METRIC_MONITORED:
        return context->gauges ? gauge_value(context->gauges, m->info.name,
                                             method, 0, UINT64_MAX)
                               : NAN;
    case METRIC_OWN:
        break;
    }
    return custom_value(&run->custom[m->own], m->info.kind, method, q,
                        seconds);
}
