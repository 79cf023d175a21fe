/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_run.h: a run that never happened, second by second, for tests of
 * what is drawn. The target has a queue: above 420 VUs, or arrivals per
 * second, it fills and latencies grow, and it takes a while to empty. An
 * arrival rate has at most 50 VUs. */
#ifndef ONRUSH_TESTS_FAKE_RUN_H
#define ONRUSH_TESTS_FAKE_RUN_H

#include "base/mem.h"
#include "base/rng.h"
#include "stats/recorder.h"
#include "ui/scene.h"

typedef struct FakeRun {
    Wheel wheel;
    Recorder recorder;
    ThresholdList thresholds;
    AlertList alerts;
    double levels[2];
    ScenarioReading scenarios[2];
    Arena arena;
    Slab slab;
    Snapshot snapshot;
    Gauges gauges; /* fake_run_watch */
    RunInfo info;
    ViewState view;
    Scene scene;
    Rng rng;
    uint64_t second; /* done so far */
    double queue;
    bool is_down; /* nobody answers */
    bool talks;   /* some of what fails is refused, and has examples */
} FakeRun;

/* stages: "warm-up = 2m to 100; spike = 1m to 1000". Behind a "|" those of a
 * second scenario, of arrivals: then they are called buyers and feed, and there
 * are alerts. */
void fake_run_init(FakeRun *r, const char *stages, Glyphs glyphs);
void fake_run_close(FakeRun *r);
/* The operator types a command, now. */
void fake_run_do(FakeRun *r, const char *command);
/* Time goes on to so many seconds after the start. */
void fake_run_until(FakeRun *r, uint64_t second);
/* A process, the host and a metric, read every five seconds until now. */
void fake_run_watch(FakeRun *r);
/* What the console would draw from now. */
const Scene *fake_run_scene(FakeRun *r);

#endif
