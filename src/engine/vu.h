/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vu.h: a virtual user: makes iterations, one request after the other, on a
 * lane of its own. A closed state machine on its worker's thread.
 * In the closed model it begins the next iteration by itself; of an arrival
 * rate it rests until the schedule calls it. */
#ifndef ONRUSH_ENGINE_VU_H
#define ONRUSH_ENGINE_VU_H

#include "engine/worker.h"
#include "http/template.h"

typedef enum VuState {
    VU_IDLE,     /* between iterations, or held by a pause */
    VU_WAITING,  /* a request is under way */
    VU_THINKING, /* pause of the profile */
    VU_BACKING,  /* waits after a failed connection */
    VU_RETIRED,  /* its handle is closing */
} VuState;

struct Vu {
    Exchange x; /* first: an Exchange is its Vu */
    Crew *crew;
    Worker *worker; /* its crew's */
    Lane *lane[TRANSPORT_KINDS]; /* made when first needed */
    Lane *flying;                /* carries x now, or NULL */
    uv_timer_t timer;
    VuState state;
    bool leaving;          /* ends with its iteration */
    bool in_iteration;     /* between its first request and its end */
    uint64_t leave_end_ns; /* when it is dropped all the same */
    const Flow *flow;
    uint32_t step, setbacks;
    uint64_t due_ns;       /* when its iteration was to begin, */
    uint64_t iteration_ns; /* and when it did */
    uint64_t intended_ns;  /* when its present request was to begin */
    size_t place;          /* in crew->vus */
    Vu *next_resting;      /* in crew->resting */
    uint64_t number;       /* ${vu}: from 1, among all workers' VUs */
    uint64_t iterations;   /* begun so far */
    uint64_t seeded;       /* the iteration that rng is for */
    Rng rng;               /* of what its requests vary in */
    Rendering rendering;   /* empty when they do not */
};

Vu *vu_new(Crew *c);
/* Begins, or goes on after a pause. */
void vu_go(Vu *v, uint64_t now_ns);
/* Of an arrival rate, one that rests: begins the iteration that was due. */
void vu_arrive(Vu *v, uint64_t due_ns, uint64_t now_ns);
/* Lets the iteration end (until leave_end_ns, or earlier when it was told so
 * before), then retires. */
void vu_leave(Vu *v, uint64_t leave_end_ns);
/* Ends at once; a request under way is given up and counted as such. */
void vu_drop(Vu *v);

#endif
