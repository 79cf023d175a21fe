/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.h: the metrics of a run, under k6's names and in k6's units
 * (milliseconds, shares 0..1, bytes, counts). Built in are k6's and ours:
 * recovery_time, response_time (from the intended start; http_req_duration is
 * the service time), schedule_lag (how late iterations of an arrival rate
 * began) and overhead (http_req_duration of a variant, minus the first
 * variant's). Besides there are the profile's own, and what [monitor]
 * watches, under its gauges' names and in their units.
 * Source: k6 documentation, "Built-in metrics". Pure. */
#ifndef ONRUSH_STATS_METRIC_H
#define ONRUSH_STATS_METRIC_H

#include "stats/selection.h"
#include "stats/slab.h"

/* id, name, kind, what it contains, can it be asked by series, is it k6's */
#define METRICS(X)                                                           \
    X(HTTP_REQS, "http_reqs", COUNTER, "default", true, true)                \
    X(HTTP_REQ_DURATION, "http_req_duration", TREND, "time", true, true)     \
    X(RESPONSE_TIME, "response_time", TREND, "time", true, false)            \
    X(HTTP_REQ_BLOCKED, "http_req_blocked", TREND, "time", true, true)       \
    X(HTTP_REQ_CONNECTING, "http_req_connecting", TREND, "time", true, true) \
    X(HTTP_REQ_TLS, "http_req_tls_handshaking", TREND, "time", true, true)   \
    X(HTTP_REQ_SENDING, "http_req_sending", TREND, "time", true, true)       \
    X(HTTP_REQ_WAITING, "http_req_waiting", TREND, "time", true, true)       \
    X(HTTP_REQ_RECEIVING, "http_req_receiving", TREND, "time", true, true)   \
    X(HTTP_REQ_FAILED, "http_req_failed", RATE, "default", true, true)       \
    X(ITERATIONS, "iterations", COUNTER, "default", false, true)             \
    X(ITERATION_DURATION, "iteration_duration", TREND, "time", false, true)  \
    X(DROPPED_ITERATIONS, "dropped_iterations", COUNTER, "default", false,   \
      true)                                                                  \
    X(SCHEDULE_LAG, "schedule_lag", TREND, "time", false, false)             \
    X(VUS, "vus", GAUGE, "default", false, true)                             \
    X(VUS_MAX, "vus_max", GAUGE, "default", false, true)                     \
    X(DATA_SENT, "data_sent", COUNTER, "data", true, true)                   \
    X(DATA_RECEIVED, "data_received", COUNTER, "data", true, true)           \
    X(CHECKS, "checks", RATE, "default", false, true)                        \
    X(RECOVERY_TIME, "recovery_time", GAUGE, "time", false, false)           \
    X(OVERHEAD, "overhead", TREND, "time", true, false)

typedef enum MetricId {
#define X(id, name, kind, contains, by_series, k6) METRIC_##id,
    METRICS(X)
#undef X
        METRIC_COUNT,
    METRIC_OWN = METRIC_COUNT, /* the profile's */
    METRIC_MONITORED           /* what [monitor] watches, by its name */
} MetricId;

typedef struct MetricInfo {
    const char *name;
    MetricKind kind;
    const char *contains; /* k6's: default, time or data */
    bool by_series;
    bool is_k6;
} MetricInfo;

extern const MetricInfo metric_info[METRIC_COUNT];

typedef struct Metric {
    MetricId id;
    uint32_t own; /* METRIC_OWN: index of MetricTable.own, Slab.custom */
    MetricInfo info;
} Metric;

/* What thresholds and alerts may be about; borrowed. */
typedef struct MetricTable {
    const CustomMetric *own; /* the profile's */
    size_t own_count;
    const Series *series;
    size_t series_count;
    const char *const *checks; /* their names */
    size_t check_count;
    const char *const *monitored; /* names of gauges that there will be */
    size_t monitored_count;
    bool is_any_monitored; /* they are not known yet: any name may be one */
} MetricTable;

/* METRIC_COUNT when none of that name is built in. */
MetricId metric_find(const char *name);
Metric metric_builtin(MetricId id);
Metric metric_own(const MetricTable *t, size_t i);
/* The profile's own come first; false: there is none of that name. */
bool metric_lookup(const MetricTable *t, const char *name, Metric *out);
/* Of [monitor]; name lives as long as what it is kept in. */
Metric metric_monitored(const char *name);
/* Requests that finished, and that failed of them. */
void metric_requests(const Slab *run, const Selection *of, uint64_t *requests,
                     uint64_t *failed);
/* Checks that held, and all. */
void metric_checks(const Slab *run, const Selection *of, uint64_t *passed,
                   uint64_t *all);
/* Does one of the profile's own take this one's name? */
bool metric_is_hidden(const MetricTable *t, MetricId id);
const char *metric_kind_name(MetricKind k); /* "trend" */

/* What is not in the slab. */
typedef struct MetricContext {
    double seconds; /* run time, pauses left out */
    double vus, vus_max;
    double recovery_ms; /* longest; NaN: nothing to recover from */
    const struct Gauges *gauges; /* what monitors read; NULL: nothing */
} MetricContext;

/* A metric's value in k6's units; q (0..1) for METHOD_P. of: for those that
 * are asked by series. NaN: no samples, or no such method. */
double metric_value(const Metric *m, const Slab *run, const Selection *of,
                    const MetricContext *context, Method method, double q);
/* A trend's histogram (ns) added to *to; zeros of reused connections
 * are counted, as in k6. Not of overhead and of the profile's own. */
void metric_hist(MetricId id, const Slab *run, const Selection *of, Hist *to);
/* What a trend's method says of a histogram (ns), in ms; NaN when empty. */
double metric_of_hist(const Hist *h, Method method, double q);

#endif
