/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_run.h: the engine against the embedded target, over real sockets on
 * loopback, and what was counted. */
#ifndef ONRUSH_TESTS_ENGINE_RUN_H
#define ONRUSH_TESTS_ENGINE_RUN_H

#include "engine/engine.h"
#include "target/target.h"

#define RUN_SERIES_MAX 16
#define RUN_SCENARIOS_MAX 8

typedef struct SeriesCount {
    char name[48];
    uint64_t requests, sent, failed, status[6], fail[FAIL_COUNT];
} SeriesCount;

typedef struct ScenarioCount {
    uint64_t started, alive_max;
    double planned_max, planned_last; /* while it ran */
    bool ended_early; /* over while the run was not */
} ScenarioCount;

typedef struct Run {
    Engine *engine;
    Target *target;
    const char *const *script; /* "SECONDS COMMAND", in order */
    size_t at;
    /* copied when done, before the engine is closed */
    uint64_t requests, failed, sent, retried, iterations, interrupted, connects;
    uint64_t abandoned, fail[FAIL_COUNT], passed, unpassed, status[6];
    uint64_t started, dropped;
    uint64_t now_ns, active_max, paused_ticks;
    double planned; /* iterations, of an arrival rate */
    /* ns: of all requests, and of iterations of an arrival rate */
    double response_p50, response_max, service_max, lag_min;
    uint64_t lags;
    uint64_t requests_at_pause, requests_at_resume;
    bool ever_answered, stopped, aborted;
    Health health;
    size_t read_lags;
    size_t events, actions, recoveries;
    SeriesCount series[RUN_SERIES_MAX]; /* in the profile's order */
    ScenarioCount scenarios[RUN_SCENARIOS_MAX];
    char log[8192]; /* the events' texts, a line each */
    struct {
        uint64_t count;
        double sum;
    } custom[RUN_SERIES_MAX]; /* the profile's metrics, in its order */
    uint64_t delayed_max; /* /delay that the target was at at once, as seen */
    TargetCounts counts;
    /* The first of each class, and of the first check. */
    Example examples[FAIL_COUNT + 1];
} Run;

/* Runs a profile, its [target] goes on after the URL, and returns what was
 * counted. settings: of an embedded target, NULL: the URL is `elsewhere`, or
 * without that there is no [target]. */
Run engine_run_at(const char *elsewhere, const char *settings,
                  const char *profile, const char *const *script, int workers);
Run engine_run(const char *settings, const char *profile,
               const char *const *script, int workers);
uint64_t engine_run_classes(const Run *r);
/* By its name in the Snapshot; fails when there is none. */
const SeriesCount *engine_run_series(const Run *r, const char *name);
int engine_run_setup(void **state);
int engine_run_teardown(void **state);

#endif
