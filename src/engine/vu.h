/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vu.h: a virtual user: makes iterations, step by step, the requests of a
 * step at the same time. A closed state machine on its worker's thread.
 * In the closed model it begins the next iteration by itself; of an arrival
 * rate it rests until the schedule calls it; of tasks, until one is due: it
 * does one at a time, late ones at once.
 *
 * An iteration is its flow against each variant once, one after the other;
 * which comes first goes round. A request that fails without a connection,
 * or whose answer lacks what the next ones need, ends the flow there: others
 * of its step end, the next variant has its turn. */
#ifndef ONRUSH_ENGINE_VU_H
#define ONRUSH_ENGINE_VU_H

#include <stddef.h>

#include "engine/call.h"

typedef enum VuState {
    VU_IDLE,     /* between iterations */
    VU_WORKING,  /* in a step; held by a pause, perhaps nothing is under way */
    VU_THINKING, /* pause of the profile */
    VU_RESTING,  /* of tasks: until the next is due */
    VU_BACKING,  /* waits after a failed connection */
    VU_RETIRED,  /* its handle is closing */
} VuState;

struct Vu {
    Crew *crew;
    Worker *worker;   /* its crew's */
    uv_timer_t timer; /* of what it waits for; of polls, the first due */
    VuState state;
    bool leaving;          /* ends with its iteration */
    bool in_iteration;     /* between its first request and its end */
    bool broke;            /* its flow ends with the present step */
    bool was_set_back;     /* in this iteration */
    bool is_discarded;     /* this iteration is made but not counted */
    uint64_t leave_end_ns; /* when it is dropped all the same */
    const Flow *flow;
    uint32_t variant, passes; /* the present one, and how many are over */
    uint32_t step;
    uint32_t begun, open; /* of the step: requests begun, under way */
    uint32_t call_count, setbacks;
    uint64_t due_ns;       /* when its iteration was to begin, */
    uint64_t iteration_ns; /* and when it did */
    uint64_t step_ns;      /* when its present step was to begin */
    uint64_t *task_ns;     /* of tasks: when each flow is due; or NULL */
    DueItem rest;          /* VU_RESTING: in crew->asleep */
    size_t place;          /* in crew->vus */
    Vu *next_resting;      /* in crew->resting */
    Seat seat;             /* among all workers' VUs */
    Rng rng;     /* of all that this iteration chooses by chance */
    Rng of_pass; /* as it was when the first variant's turn came */
    Values *values;
    Call calls[]; /* then their lanes, then task_ns */
};

static inline Vu *vu_of_rest(DueItem *i) {
    return (Vu *)(void *)((char *)i - offsetof(Vu, rest));
}

/* Where its present iteration is counted. */
static inline Slab *vu_slab(const Vu *v) {
    return v->is_discarded ? &v->worker->scrap : v->worker->slabs.live;
}

Vu *vu_new(Crew *c, uint64_t now_ns);
/* Begins, or goes on where a pause held it. */
void vu_go(Vu *v, uint64_t now_ns);
/* After a pause of so long: its clocks stood. For all of a crew, before any
 * goes on. */
void vu_shift(Vu *v, uint64_t pause_ns, uint64_t now_ns);
/* Of tasks, by flow: what is still to wait gets so many times as long. */
void vu_retune(Vu *v, const double *factors, uint64_t now_ns);
/* Of an arrival rate, one that rests: begins the iteration that was due. */
void vu_arrive(Vu *v, uint64_t due_ns, uint64_t now_ns);
/* Of tasks, one that rests: the first is due. */
void vu_wake(Vu *v, uint64_t now_ns);
/* Lets the iteration end (until leave_end_ns, or earlier when it was told so
 * before), then retires. */
void vu_leave(Vu *v, uint64_t leave_end_ns);
/* Ends at once; requests under way are given up and counted as such. */
void vu_drop(Vu *v);

#endif
