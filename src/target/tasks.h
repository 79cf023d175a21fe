/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tasks.h: the target's asynchronous work: a bounded number of workers with
 * a bounded FIFO before them. When a task starts and ends is decided when it
 * is taken, so that its state is a function of the time and no timer runs.
 * Pure: the time comes with the call and never goes back; one thread.
 *
 * Done tasks are known for TASKS_KEPT_NS, fewer than TASKS_KEPT of them. */
#ifndef ONRUSH_TARGET_TASKS_H
#define ONRUSH_TARGET_TASKS_H

#include "base/rng.h"
#include "target/call.h"

#define TASKS_KEPT 65536
#define TASKS_KEPT_NS (UINT64_C(600) * 1000000000)

/* Work time as multiples of the setting task_time. */
#define TASK_KINDS(X)                                         \
    X("summarize", 1.0, "{\"text\":\"A short account.\"}")    \
    X("translate", 0.8, "{\"text\":\"Ein kurzer Text.\"}")    \
    X("classify", 0.2, "{\"label\":\"news\",\"score\":0.93}") \
    X("generate", 2.0, "{\"text\":\"Once upon a time.\"}")    \
    X("embed", 0.1, "{\"vector\":[0.12,-0.5,0.33,0.07]}")
#define TASK_QUALITIES(X) X("draft", 0.5) X("standard", 1.0) X("high", 2.0)

typedef struct Task {
    uint64_t id; /* 0: none */
    uint64_t start_ns, end_ns;
    uint32_t next; /* place of the one that waits behind it */
    uint8_t kind, quality;
} Task;

typedef struct Tasks {
    Rng rng;
    TargetSettings set;
    Task *table; /* by id modulo TASKS_KEPT */
    uint64_t last_id, taken, refused;
    uint64_t queued; /* those that had not started at the last look */
    uint32_t first, last;
    /* When each worker is free again: a heap, the earliest at its root. */
    uint64_t free_ns[TARGET_TASK_WORKERS_MAX];
    size_t workers;
} Tasks;

typedef struct TasksCounts {
    uint64_t queued, running; /* now */
    uint64_t done, refused;   /* ever */
} TasksCounts;

void tasks_init(Tasks *t, const TargetSettings *set);
/* What waits is planned anew for the workers that there are then; what runs
 * keeps its time. */
void tasks_set(Tasks *t, const TargetSettings *set, uint64_t now_ns);
void tasks_close(Tasks *t);
/* Looks at the whole table. */
TasksCounts tasks_counts(Tasks *t, uint64_t now_ns);

/* POST /tasks {"kind":..,"quality":..}: 202, or 429 when the queue is full. */
void tasks_post(Tasks *t, ServiceCall *c);
/* GET /tasks/t-N */
void tasks_get(Tasks *t, ServiceCall *c);

#endif
