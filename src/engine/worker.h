/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h: one thread, one uv loop, its own VUs and connections.
 *
 * Created, started and freed by the conductor (engine.c) on the main thread.
 * Between start and the end of the thread only the marked functions may be
 * called from there. */
#ifndef ONRUSH_ENGINE_WORKER_H
#define ONRUSH_ENGINE_WORKER_H

#include <uv.h>

#include "engine/crew.h"
#include "engine/due_timer.h"
#include "engine/mailbox.h"
#include "engine/shared.h"
#include "http/judge.h"
#include "stats/slab.h"

#define WORKER_PACE_MS 10
#define WORKER_OFFER_NS (UINT64_C(100000000))

/* What a VU is known by. */
typedef struct Seat {
    uint64_t number;     /* ${vu} */
    uint64_t iterations; /* begun so far */
} Seat;

struct Worker {
    /* main thread writes, before start */
    WorkerShared *shared;
    size_t index;
    int cpu; /* to run on; -1: any */
    Mailbox mailbox;
    uv_async_t wake;
    uv_thread_t thread;
    /* both threads */
    SlabSwap slabs;
    _Atomic uint64_t in_flight, sockets, lag_ns;
    _Atomic bool has_ended;
    Crew *crews; /* by scenario; main thread: their atomics */
    size_t crew_count;
    /* the worker's own */
    uv_loop_t loop;
    uv_timer_t pace, patience;
    Transport **transports; /* by carrier */
    DueTimer due;
    uv_prepare_t before_poll;
    Judge *judge;
    Slab scrap; /* of iterations that are discarded */
    Seat *free_seats; /* of VUs that ended */
    size_t free_count, free_cap, seats; /* seats: ever in use */
    size_t flying; /* exchanges under way */
    uint64_t finished; /* exchanges; main thread reads it after has_ended, */
    bool was_stuck;    /* and this: something had to be closed by force */
    bool closing;
    bool exhausted; /* the profile's iterations are used up */
    uint64_t next_offer_ns, pace_due_ns, worst_lag_ns;
};

/* Sets everything up on the calling (main) thread; nothing runs yet. */
int worker_init(Worker *w, WorkerShared *shared, size_t index, Err *err);
int worker_start(Worker *w, Err *err);
/* To its CPU, if it is to have one. */
int worker_pin(Worker *w, Err *err);
/* Main thread; false when the mailbox is full. */
bool worker_order(Worker *w, const Order *o);
/* Main thread, any time: share of time that the loop waited, in ns. */
uint64_t worker_idle_ns(Worker *w);
/* After has_ended, or when it was never started: joins and frees. */
void worker_close(Worker *w, bool started);

/* --- for crews and VUs --------------------------------------------------- */

/* VUs of all crews. */
size_t worker_vus(const Worker *w);
/* Are there any left of the profile's limit? */
bool worker_has_iterations(Worker *w);
/* May a VU begin another iteration? Takes one from the limit. */
bool worker_take_iteration(Worker *w);
/* Is the iteration that begins one of those that do not count? */
bool worker_discards(Worker *w);
/* For a new VU: no other one of any worker has it. With n VUs of one
 * scenario that never left, the numbers are 1 to n. */
Seat worker_seat(Worker *w);
/* Another VU may have it, and goes on counting its iterations: what is drawn
 * for them does not repeat. */
void worker_seat_back(Worker *w, Seat s);

#endif
