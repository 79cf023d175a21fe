/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recorder.h: gathers the workers' slabs into totals, timeline, recoveries
 * and verdicts, and gives Snapshots. Pure; main thread. */
#ifndef ONRUSH_STATS_RECORDER_H
#define ONRUSH_STATS_RECORDER_H

#include "stats/findings.h"
#include "stats/snapshot.h"

/* The window `now`: nine finished seconds and the open one. */
#define RECORDER_WINDOW_S 10

/* Everything is borrowed for the recorder's life. */
typedef struct RecorderSetup {
    MetricTable metrics;
    const char *const *check_names;
    const uint32_t *check_requests;
    size_t check_count;
    const ThresholdList *thresholds;
    const AlertList *alerts; /* NULL: none */
    const Gauges *gauges; /* what thresholds may be about; NULL: nothing */
    bool is_rate; /* levels are of the first scenario's unit: iterations/s */
} RecorderSetup;

typedef struct Recorder {
    RecorderSetup setup;
    size_t series_count;
    Slab totals;
    Timeline timeline;
    RecoveryList recoveries;
    Failures failures;
    uint64_t now_ns, seconds_done;
    double active, active_max, planned, planned_other, users;
    const double *levels; /* by scenario */
    size_t level_count;
    /* the finished seconds of the window, merged */
    Hist recent_all, recent_response, *recent;
    CellSeries recent_sums, recent_response_sums, *recent_series;
    uint64_t recent_started, recent_arrivals, recent_dropped;
    double recent_seconds;
    bool is_recent_stale; /* a second was finished since it was merged */
    SeriesReading *readings;
    Verdicts verdicts;
    AlertWatch *watch; /* NULL: no alerts */
    FindingWatch *findings;
    KneeWatch *knee;
    bool *has_held; /* by threshold: it did at some time */
} Recorder;

void recorder_init(Recorder *r, const RecorderSetup *setup);
void recorder_close(Recorder *r);
/* What was measured up to run time at_ns. */
void recorder_add(Recorder *r, uint64_t at_ns, const Slab *slab);
/* Moves to run time now with the level as it is. Call it after the slabs
 * of that time were added. */
void recorder_advance(Recorder *r, uint64_t now_ns, double active,
                      double planned);
/* The same for one that reads a long run minute by minute, and adds a
 * minute's slab at its end: what recoveries and findings go by is told,
 * second by second: latencies, counts and times; the rest is filled in.
 * The window `now` and alerts are not brought up to date; so not with alerts. */
void recorder_advance_coarse(Recorder *r, uint64_t now_ns, double active,
                             double planned, const FindingSecond *told);
/* VUs that are there, busy or not: the most of them is vus_max. */
void recorder_alive(Recorder *r, double vus);
/* What each scenario's plan asks for, in its unit; how many VUs work that
 * are not of an arrival rate; what those of another unit than the first one's
 * are asked for. It counts until it is told anew; levels are borrowed.
 * Without it there is one scenario. */
void recorder_scenarios(Recorder *r, const double *levels, size_t count,
                        double users, double planned_other);
/* failures_example, of a failure that slabs count without showing it. */
void recorder_example(Recorder *r, size_t kind, const Example *e);
void recorder_spike(Recorder *r, size_t scenario, uint64_t at_ns,
                    double level_before, const char *cause);
/* recovery_expect */
void recorder_spike_over(Recorder *r, uint64_t over_ns, double level);
/* recovery_begin_event, recovery_event_over */
void recorder_event(Recorder *r, uint64_t at_ns, const char *cause);
void recorder_event_over(Recorder *r, uint64_t at_ns, const char *cause);
void recorder_end(Recorder *r);
/* The generator is the bottleneck (snapshot.h, Health); told as often as you
 * like. */
void recorder_bound(Recorder *r, BoundBy by, uint64_t since_ns, double busy);
/* A finding since this was last asked; false: nothing more. */
bool recorder_finding(Recorder *r, Finding *out);
/* An alert that began to fire, or is quiet again, since this was last asked,
 * oldest first; false: nothing more. What it asks for is the caller's to do,
 * when it begins to fire. */
bool recorder_alert_change(Recorder *r, AlertChange *out);
/* Fills all that the recorder knows; state, health, transport and so on are
 * the caller's. */
void recorder_snapshot(Recorder *r, Snapshot *s);
MetricContext recorder_context(const Recorder *r);

#endif
