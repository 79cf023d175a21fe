/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.h: turns a profile into running virtual users: the conductor on
 * the main thread, one worker thread a core. A Source (control/source.h).
 * All calls from the main thread, whose uv loop it uses. */
#ifndef ONRUSH_ENGINE_ENGINE_H
#define ONRUSH_ENGINE_ENGINE_H

#include <stdatomic.h>
#include <uv.h>

#include "control/source.h"
#include "engine/cpus.h"
#include "http/guard.h"
#include "profile/profile.h"

typedef struct Engine Engine;

typedef struct EngineOptions {
    int workers;   /* 0: one for each of cpus; if there are none either,
                      cores - 1, at least 1, at most 8 */
    CpuList cpus;  /* workers are pinned to them in turn; none: they are not */
    uint64_t seed; /* 0: a new one */
    bool allow_exec; /* events and alerts may start processes */
    /* Whom it may connect to; borrowed; NULL: anybody. One that is low stays
     * so below the ceiling (control/ceiling.h), whoever commands. */
    Guard *guard;
    const atomic_bool *is_urgent; /* see bell.h */
    const Gauges *gauges; /* for the Snapshot; NULL: nothing is watched */
    /* After every tick (ten a second), and once when the run is done. */
    void (*on_tick)(void *data);
    /* Each slab as it is counted, with the run time up to which it counts;
     * may be NULL. Cheap, please: it stands in the tick. */
    void (*on_slab)(void *data, uint64_t at_ns, const Slab *slab);
    void *data;
} EngineOptions;

/* Threads that an engine with these options has. */
size_t engine_workers(const EngineOptions *options);
/* The profile is borrowed until engine_close. NULL with err. */
Engine *engine_new(uv_loop_t *loop, const Profile *profile,
                   const EngineOptions *options, Err *err);
/* Starts the threads and the plan's clock. */
int engine_start(Engine *e, Err *err);
Source *engine_source(Engine *e);
bool engine_is_done(const Engine *e);
/* Of a moment of the clock: ns since the start, pauses left out. */
uint64_t engine_run_time(const Engine *e, uint64_t clock_ns);
/* Into the log of what happened, now; text is cleaned. */
void engine_note(Engine *e, EventKind kind, const char *text);
/* Do threads run that on_tick will hear the end of? */
bool engine_is_running(const Engine *e);
/* When done (or never started): frees everything; run the loop until it
 * calls closed. */
void engine_close(Engine *e, void (*closed)(void *data), void *data);

#endif
