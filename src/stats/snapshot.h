/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.h: everything there is to see of a run at one moment.
 * Screens, reports and verdicts read this and nothing else. Read only;
 * pointers stay valid until the next snapshot is made. Times in ns. */
#ifndef ONRUSH_STATS_SNAPSHOT_H
#define ONRUSH_STATS_SNAPSHOT_H

#include "stats/alert.h"
#include "stats/bound.h"
#include "stats/failures.h"
#include "stats/finding.h"
#include "stats/gauges.h"
#include "stats/knee.h"
#include "stats/recovery.h"
#include "stats/series.h"
#include "stats/timeline.h"
#include "stats/verdicts.h"

typedef enum RunState {
    RUN_STARTING,
    RUN_RUNNING,
    RUN_PAUSED,
    RUN_FINISHING, /* no new iterations; those under way end */
    RUN_DONE,
} RunState;

/* Figures of an interval; NaN where there was nothing to measure. */
typedef struct Reading {
    uint64_t requests, failed;
    double seconds;
    double rps, error_rate, bytes_in_per_s;
    double p50, p90, p95, p99, max, mean;
} Reading;

typedef struct SeriesReading {
    const Series *series;
    Reading now; /* the last 10 s */
    Reading run; /* since the start */
} SeriesReading;

#define HEALTH_WORKERS_MAX 64

/* The generator watches itself. Of the last second unless said. */
typedef struct Health {
    double busy; /* share of time the busiest worker's loop worked */
    double busy_max; /* the most of all looks at the run */
    double busy_by_worker[HEALTH_WORKERS_MAX];
    double cpu;      /* of the whole process: 1 is one core */
    uint64_t lag_ns; /* worst lateness of a worker's timer */
    /* Open model: p99 of actual minus intended start; 0: none. */
    uint64_t schedule_lag_ns;
    /* p99 of how long answers lay in the kernel before a worker read them,
     * by its own time stamps, sampled; 0: not known. */
    uint64_t read_lag_ns;
    uint64_t sockets, descriptors, descriptors_max;
    uint64_t ports_used, ports_max; /* local ports towards the target */
    uint64_t lost; /* samples, of the whole run */
    double bytes_in_per_s, bytes_out_per_s;
    int workers;
    uint64_t bound_since_ns; /* run time it became the bottleneck */
    bool is_bound;
    BoundBy bound_by; /* the first reason */
} Health;

/* One scenario of several, or the only one. */
typedef struct ScenarioReading {
    const char *name; /* clean for a terminal */
    bool is_rate;     /* planned is in iterations/s, not VUs */
    double planned;   /* level that its plan asks for now; 0: it is over */
    uint64_t active;  /* VUs: that work, or of an arrival rate, are busy */
    uint64_t alive;   /* VUs that live */
    uint64_t started; /* iterations begun so far */
    double started_per_s; /* over the last second or so; NaN: not known */
    bool is_over;     /* its plan is */
} ScenarioReading;

typedef struct Snapshot {
    RunState state;
    bool stopped;    /* ended at once, by the operator or a signal */
    bool aborted;    /* ended by a threshold with `abort` */
    uint64_t now_ns; /* run time, pauses left out */
    uint64_t active; /* VUs: that live, or of an arrival rate, that are busy */
    uint64_t alive;  /* VUs that live */
    uint64_t active_max; /* the most that lived at once */
    double planned; /* level the plans ask for now, of the first one's unit */
    Reading now, run; /* latencies are service times */
    /* From the intended start: what a user waited. Of counts only requests. */
    Reading response_now, response_run;
    /* iterations, over the window; arrivals: those of arrival rates */
    double started_per_s, arrivals_per_s, dropped_per_s;
    double omission; /* omission_hidden of the run; 0: no sign of it */
    bool is_open; /* a scenario is an arrival rate, planned in iterations/s */
    const ScenarioReading *scenarios;
    size_t scenario_count;
    const SeriesReading *series;
    size_t series_count;
    const ThresholdReading *thresholds;
    size_t threshold_count;
    const AlertReading *alerts;
    size_t alert_count;
    const char *const *check_names;
    const uint32_t *check_requests; /* request that a check belongs to */
    const MetricTable *metrics;
    const Slab *totals; /* its custom values are of metrics->own */
    const Timeline *timeline;
    const RecoveryList *recoveries;
    const Failures *failures; /* by kind */
    const FindingList *findings; /* NULL: nothing was looked for */
    const Knee *knee;            /* NULL: the same */
    Health health;
    const Gauges *gauges;  /* what monitors read; NULL: nothing is watched */
    const char *transport; /* "wire tls", "wire + curl" */
    uint64_t in_flight;    /* requests under way now */
    bool ever_answered;    /* the target gave at least one HTTP answer */
} Snapshot;

/* The first series of a request; series_count: nobody makes it. */
static inline size_t snapshot_series_of(const Snapshot *s, uint32_t request) {
    size_t i = 0;
    while (i < s->series_count && s->series[i].series->request != request)
        i++;
    return i;
}

/* Is the response time worth a place beside the service time? In the closed
 * model only connections can make a difference. */
static inline bool snapshot_shows_response(const Snapshot *s) {
    return s->is_open || s->response_run.p95 > s->run.p95 * 1.1;
}

#endif
