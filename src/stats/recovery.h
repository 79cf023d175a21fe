/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recovery.h: how long the target takes to be itself again after a spike, or
 * after a planned event, such as one that stops a database.
 *
 * Baseline: the 30 s before the spike: the median of the seconds' p95, and
 * error rate and throughput over all of them. From the moment the load is back,
 * the time until p95 stays within 10 % of the baseline (or 5 ms, whichever is
 * larger) and the error rate within 0.1 points for 5 seconds in a row; seconds
 * without requests neither count nor break the row. Of an event that changes no
 * load, "the load is back" is the moment at which the event is over. What
 * begins while a recovery is followed is part of that, unless it is a spike.
 * Pure; one thread. */
#ifndef ONRUSH_STATS_RECOVERY_H
#define ONRUSH_STATS_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECOVERY_BASE_SECONDS 30
#define RECOVERY_STEADY_SECONDS 5

typedef enum RecoveryState {
    RECOVERY_UNDER_LOAD, /* the load is still up, or the event goes on */
    RECOVERY_WAITING,    /* the load is back, the target is not */
    RECOVERY_DONE,
    RECOVERY_NEVER,      /* the run ended before, or the next spike came */
    RECOVERY_UNMEASURED, /* no traffic before the spike to compare with, or the
                            event was never over */
} RecoveryState;

/* Times in run time ns, latencies in ns, rates 0..1. */
typedef struct Recovery {
    RecoveryState state;
    char cause[64];
    size_t scenario; /* whose level it is */
    bool is_event;   /* over_ns is then when it was over, 0: it is not */
    uint64_t began_ns, back_ns, recovered_ns;
    double level_before, level_peak;
    uint64_t over_ns;  /* recovery_expect; 0: nobody knows */
    double level_told;
    double base_p95, base_errors, base_rps;
    double worst_p95, worst_errors;
    double now_p95, now_errors;
    uint64_t steady; /* seconds in a row within the limits */
} Recovery;

typedef struct RecoverySecond {
    uint64_t at_ns; /* its end */
    double level;   /* planned, of recovery_scenario */
    double p95, error_rate, rps;
    bool has_requests;
} RecoverySecond;

typedef struct RecoveryList {
    Recovery *items;
    size_t count, cap;
    RecoverySecond before[RECOVERY_BASE_SECONDS]; /* the last ones */
    size_t before_count;
} RecoveryList;

/* A spike of a scenario begins at at_ns from its level_before; one that is
 * still open ends as RECOVERY_NEVER. Spikes beyond 1000 are not followed. */
void recovery_begin(RecoveryList *r, size_t scenario, uint64_t at_ns,
                    double level_before, const char *cause);
/* The spike that was begun last is up at over_ns at the latest, with that
 * level: one that fits between two seconds is seen in neither. */
void recovery_expect(RecoveryList *r, uint64_t over_ns, double level);
/* An event begins, which is not over yet. false: it is part of what is followed
 * already, or beyond 1000. */
bool recovery_begin_event(RecoveryList *r, uint64_t at_ns, const char *cause);
/* It is over. cause: nothing happens unless it is the one that is followed;
 * NULL: whichever is. */
void recovery_event_over(RecoveryList *r, uint64_t at_ns, const char *cause);
/* The scenario of the spike that is followed now; SIZE_MAX: none. */
size_t recovery_scenario(const RecoveryList *r);
/* Every second of run time, once. */
void recovery_second(RecoveryList *r, const RecoverySecond *s);
/* The run ends: what is open has not recovered. */
void recovery_end(RecoveryList *r);
void recovery_close(RecoveryList *r);
/* From the load being back until recovered (or now); 0 before it is back. */
uint64_t recovery_time_ns(const Recovery *r, uint64_t now_ns);
/* Longest time in ms; infinity when one never recovered; NaN when there was
 * none to measure. */
double recovery_longest_ms(const RecoveryList *r);

#endif
