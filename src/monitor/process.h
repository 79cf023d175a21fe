/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process.h: what the processes of one name, or the one of a pid, use. Reads
 * /proc and blocks: not for a thread that others wait for. A Processes
 * belongs to one thread. */
#ifndef ONRUSH_MONITOR_PROCESS_H
#define ONRUSH_MONITOR_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/monitor_spec.h"

#define PROCESSES_MOST 4096 /* of one name; more are not counted */

/* One that was there at the last look. */
typedef struct ProcessSeen {
    long pid;
    uint64_t start_ticks, cpu_ticks;
} ProcessSeen;

typedef struct Processes {
    MonitorProcess what;
    ProcessSeen *seen;
    size_t count, cap;
    uint64_t at_ns, boot_ns; /* of the last look */
    bool was_read;           /* there was one that found some */
} Processes;

/* Where and when a look is made. */
typedef struct ProcessLook {
    const char *root; /* "/proc", or what a test made */
    bool is_proc;     /* root is the kernel's: its fd folders know how many
                         they hold */
    long self;        /* not counted under a name */
    uint64_t now_ns;  /* clock */
    uint64_t boot_ns; /* since boot, as start times are counted */
    long ticks_per_s, page_bytes;
} ProcessLook;

/* The kernel's root and figures; now. */
ProcessLook process_look_now(const char *root);

/* Sums over all of them; NaN where it cannot be told. */
typedef struct ProcessUse {
    size_t count;  /* 0: there is none */
    bool is_new;   /* none of those of the last look is left, others came */
    double cpu;    /* cores, since the last look */
    double memory; /* resident bytes */
    double descriptors, threads;
    bool is_denied; /* descriptors is NaN because they are not ours to see */
} ProcessUse;

/* Those whose name this is, or the one with the pid; dead ones left out. What
 * a process used that came since the last look counts from its start on. */
ProcessUse processes_look(Processes *p, const ProcessLook *at);
void processes_close(Processes *p);

#endif
