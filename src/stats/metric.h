/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metric.h: the built-in metrics, under k6's names and in k6's units
 * (milliseconds, shares 0..1, bytes, counts). Ours are recovery_time,
 * response_time (from the intended start; http_req_duration is the service
 * time) and schedule_lag (how late iterations of an arrival rate began).
 * Source: k6 documentation, "Built-in metrics". Pure. */
#ifndef ONRUSH_STATS_METRIC_H
#define ONRUSH_STATS_METRIC_H

#include "stats/slab.h"

typedef enum MetricKind {
    METRIC_COUNTER,
    METRIC_GAUGE,
    METRIC_RATE,
    METRIC_TREND,
} MetricKind;

/* id, name, kind, what it contains, can it be asked per request name */
#define METRICS(X)                                                     \
    X(HTTP_REQS, "http_reqs", COUNTER, "default", true)                \
    X(HTTP_REQ_DURATION, "http_req_duration", TREND, "time", true)     \
    X(RESPONSE_TIME, "response_time", TREND, "time", true)             \
    X(HTTP_REQ_BLOCKED, "http_req_blocked", TREND, "time", true)       \
    X(HTTP_REQ_CONNECTING, "http_req_connecting", TREND, "time", true) \
    X(HTTP_REQ_TLS, "http_req_tls_handshaking", TREND, "time", true)   \
    X(HTTP_REQ_SENDING, "http_req_sending", TREND, "time", true)       \
    X(HTTP_REQ_WAITING, "http_req_waiting", TREND, "time", true)       \
    X(HTTP_REQ_RECEIVING, "http_req_receiving", TREND, "time", true)   \
    X(HTTP_REQ_FAILED, "http_req_failed", RATE, "default", true)       \
    X(ITERATIONS, "iterations", COUNTER, "default", false)             \
    X(ITERATION_DURATION, "iteration_duration", TREND, "time", false)  \
    X(DROPPED_ITERATIONS, "dropped_iterations", COUNTER, "default", false) \
    X(SCHEDULE_LAG, "schedule_lag", TREND, "time", false)              \
    X(VUS, "vus", GAUGE, "default", false)                             \
    X(VUS_MAX, "vus_max", GAUGE, "default", false)                     \
    X(DATA_SENT, "data_sent", COUNTER, "data", true)                   \
    X(DATA_RECEIVED, "data_received", COUNTER, "data", true)           \
    X(CHECKS, "checks", RATE, "default", false)                        \
    X(RECOVERY_TIME, "recovery_time", GAUGE, "time", false)

typedef enum MetricId {
#define X(id, name, kind, contains, per) METRIC_##id,
    METRICS(X)
#undef X
        METRIC_COUNT
} MetricId;

typedef struct MetricInfo {
    const char *name;
    MetricKind kind;
    const char *contains; /* k6's: default, time or data */
    bool per_request;
} MetricInfo;

extern const MetricInfo metric_info[METRIC_COUNT];

/* METRIC_COUNT when there is none of that name. */
MetricId metric_find(const char *name);
const char *metric_kind_name(MetricKind k); /* "trend" */

typedef enum Method {
    METHOD_COUNT,
    METHOD_RATE,
    METHOD_VALUE,
    METHOD_AVG,
    METHOD_MIN,
    METHOD_MED,
    METHOD_MAX,
    METHOD_P,
} Method;

/* What is not in the slab. */
typedef struct MetricContext {
    double seconds; /* run time, pauses left out */
    double vus, vus_max;
    double recovery_ms; /* longest; NaN: nothing to recover from */
} MetricContext;

#define SERIES_ALL SIZE_MAX

/* A metric's value in k6's units; q (0..1) for METHOD_P. series:
 * a request's index or SERIES_ALL. NaN: no samples, or no such method. */
double metric_value(MetricId id, const Slab *run, size_t series,
                    const MetricContext *context, Method method, double q);
/* A trend's histogram (ns) added to *to; zeros of reused connections
 * are counted, as in k6. */
void metric_hist(MetricId id, const Slab *run, size_t series, Hist *to);

#endif
