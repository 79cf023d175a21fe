/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crew.h: the VUs of one scenario on one worker: how many there are to be,
 * and who begins what an arrival rate asks for. Worker's thread, but for
 * the atomics, of which only the latest value counts. */
#ifndef ONRUSH_ENGINE_CREW_H
#define ONRUSH_ENGINE_CREW_H

#include <stdatomic.h>

#include "engine/arrivals.h"
#include "engine/due_heap.h"
#include "profile/scenario.h"

typedef struct Worker Worker;
typedef struct Vu Vu;

typedef struct Crew {
    Worker *worker;
    const Scenario *scenario;
    size_t index; /* of the scenario */
    const struct Tuned *tuned;
    double *rates, *factors; /* of tasks, by flow: as they were last looked
                                at, and a place to reckon */
    size_t turn;  /* course_turn */
    uint32_t width; /* requests that a VU makes at the same time */
    Course course;
    Arrivals arrivals; /* of a rate */
    Vu **vus; /* all that exist; the first `wanted` are to work */
    size_t vu_count, vu_cap, wanted;
    Vu *resting; /* of a rate: who may begin an iteration */
    DueHeap asleep; /* of tasks: who waits for the next to be due */
    size_t busy; /* VUs in an iteration */
    uint64_t begun; /* iterations, ever */
    bool paused, finishing;
    uint64_t paused_ns; /* when */
    /* both threads: VUs that work, or of a rate are busy; that live; begun */
    _Atomic uint64_t active, alive, started;
} Crew;

void crew_init(Crew *c, Worker *w, size_t scenario);
/* When no VU is left. */
void crew_close(Crew *c);

/* --- orders ------------------------------------------------------------- */

/* From now on, also after a pause. */
void crew_follow(Crew *c, const Course *course, uint64_t now_ns);
void crew_pause(Crew *c, uint64_t now_ns);
/* Nothing new begins; iterations under way, held ones, too, may end within
 * the graceful stop. */
void crew_finish(Crew *c, uint64_t now_ns);
/* Drops everything. */
void crew_stop(Crew *c);

/* --- from the worker's loop --------------------------------------------- */

/* Every 10 ms: brings the VUs to the level, drops whose grace is over, tells
 * the figures. */
void crew_pace(Crew *c, uint64_t now_ns);
/* Begins what has come due; when the next will be, ARRIVAL_NEVER. */
uint64_t crew_begin_due(Crew *c);

/* --- for vu.c ----------------------------------------------------------- */

/* Of a rate: the VU has time for an iteration. */
void crew_vu_rests(Crew *c, Vu *v);
/* Of tasks: until v->rest.due_ns, which vu_wake is called at. */
void crew_vu_sleeps(Crew *c, Vu *v);
/* Before that. */
void crew_vu_awakes(Crew *c, Vu *v);
/* A VU's place is free: it has ended. */
void crew_vu_gone(Crew *c, Vu *v);

#endif
