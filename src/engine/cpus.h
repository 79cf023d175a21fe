/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpus.h: the CPUs that workers are pinned to. */
#ifndef ONRUSH_ENGINE_CPUS_H
#define ONRUSH_ENGINE_CPUS_H

#include <pthread.h>
#include <sched.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

typedef struct CpuList {
    unsigned cpu[CPU_SETSIZE]; /* as asked for, each once */
    size_t count;         /* 0: workers are not pinned */
} CpuList;

/* Reads "0,2-3" in its order; each must be one that this process may use.
 * -1 with err, which tells those that there are. */
int cpus_read(const char *text, CpuList *to, Err *err);
/* As cpus_read, with the CPUs that may be used and how many the machine has.
 * Pure. */
int cpus_read_among(const char *text, const cpu_set_t *usable,
                    unsigned machine, CpuList *to, Err *err);
/* Appends the list as it is read: "0,2-3". */
void cpus_print(const CpuList *c, Text *to);
/* The CPU of a worker: the list, round and round. count must not be 0. */
unsigned cpus_of_worker(const CpuList *c, size_t worker);

/* A thread runs on this CPU alone from now on. -1 with err. */
int cpus_pin(pthread_t thread, unsigned cpu, Err *err);

#endif
