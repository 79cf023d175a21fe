/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shared.h: what all workers of a run share: made before they start, and
 * fixed but for the atomics. */
#ifndef ONRUSH_ENGINE_SHARED_H
#define ONRUSH_ENGINE_SHARED_H

#include <stdatomic.h>
#include <uv.h>

#include "base/text.h"
#include "control/wheel.h"
#include "http/transport.h"

/* A way to a variant. */
typedef struct Carrier {
    uint32_t variant;
    TransportKind kind;
} Carrier;

/* What an operator may change of a scenario while it runs: written by the
 * main thread, each number by itself is right. */
typedef struct Tuned {
    _Atomic double think;   /* factor on its think times */
    _Atomic double *values; /* of its flows: weight, or rate of a task */
} Tuned;

typedef struct WorkerShared {
    const Profile *profile;
    Guard *guard; /* NULL: none */
    /* Both by request * variants + variant: */
    const Encoded *encoded;
    const uint32_t *carrier; /* of carriers */
    const Carrier *carriers; /* each that is needed, once */
    size_t carrier_count;
    size_t workers;
    uint64_t seed;
    uint64_t wall_ns; /* Unix time less clock, modulo 2^64 */
    uint64_t epoch_ns; /* clock at run time 0: slabs end on its tenths */
    _Atomic int64_t iterations_left; /* INT64_MAX: no limit */
    _Atomic int64_t discard_left;    /* of the first iterations */
    Tuned *tuned;                    /* by scenario */
    _Atomic uint64_t *next_rows;     /* by data set */
    uv_async_t *ended;               /* sent when a worker's thread ends */
} WorkerShared;

/* The profile is borrowed; all else lives in the arena. */
void shared_init(WorkerShared *s, const Profile *p, size_t workers,
                 uint64_t seed, uv_async_t *ended, Arena *arena);
/* Tells the workers what the wheel has: what is drawn from now on. */
void shared_tune(WorkerShared *s, const Wheel *w);
/* Appends "wire tls", "wire + curl": every transport that is needed. */
void shared_print_transports(const WorkerShared *s, Text *to);

#endif
