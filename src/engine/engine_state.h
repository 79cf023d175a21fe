/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_state.h: an engine from within, shared by engine*.c. Main thread. */
#ifndef ONRUSH_ENGINE_ENGINE_STATE_H
#define ONRUSH_ENGINE_ENGINE_STATE_H

#include "engine/bell.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "engine/health.h"
#include "engine/notes.h"
#include "engine/worker.h"

/* Iterations that a scenario had begun at a moment of the run. */
typedef struct Pace {
    uint64_t at_ns, started;
} Pace;

struct Engine {
    Source source; /* first: a Source is its Engine */
    RunInfo info;
    uv_loop_t *loop;
    uv_timer_t timer;
    uv_async_t ended;
    int handles;
    const Profile *profile;
    Arena arena;
    WorkerShared shared;
    Guard *guard; /* NULL: none */
    Worker **workers;
    size_t count, started;
    Wheel wheel;
    Recorder recorder;
    HealthWatch health;
    Snapshot snapshot;
    RunState state;
    uint64_t epoch_ns; /* clock at run time 0; moves on with pauses */
    uint64_t paused_at_ns;
    uint32_t seen_version;
    uint64_t course_reach_ns;
    OrderKind last_order;
    bool *pending;  /* by worker: its mailbox was full */
    bool *left_out; /* by worker, while orders are sent */
    ScenarioReading *scenarios;
    Pace *paces;    /* by scenario */
    double *levels; /* by scenario: what its plan asks for now */
    Notes notes;
    Events *events;
    Bell *bell;
    void (*on_tick)(void *);
    void (*on_slab)(void *, uint64_t, const Slab *);
    void *tick_data;
    void (*closed)(void *);
    void *closed_data;
};

/* Tells every worker of every scenario; one whose mailbox is full is told all
 * again at the next tick. only_pending: nobody but those. */
void engine_order(Engine *e, OrderKind kind, uint64_t run_ns,
                  bool only_pending);
/* The run begins to end: as the wheel asks for it, at once or not. */
void engine_finish(Engine *e, uint64_t run_ns);
/* Tells the wheel's ceiling where the run's connections lead. */
void engine_heed_guard(Engine *e);
/* Orders what follows from the wheel and the plans as they are now. */
void engine_steer(Engine *e, uint64_t now_ns, uint64_t run_ns);

#endif
