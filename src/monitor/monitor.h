/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor.h: watches the target and this machine while the load runs, on a
 * thread of its own, so that a process of ten thousand files or a server that
 * does not answer delays no frame. All calls from the main thread, on whose
 * uv loop the readings arrive.
 *
 * Gauges: of each process process_cpu (cores), process_memory (resident
 * bytes), process_descriptors, process_threads, with {NAME} behind when
 * several are watched; of the host host_cpu (share of all CPUs), host_memory
 * (bytes not available), host_disk_read, host_disk_write, host_network_in,
 * host_network_out (bytes/s; lo is in it when the target is on loopback); of
 * Prometheus the names as written, with {instance="HOST:PORT"} where two
 * sources have the same (the URL if the host is the same, too). Counters
 * become what they grow by in a second. */
#ifndef ONRUSH_MONITOR_MONITOR_H
#define ONRUSH_MONITOR_MONITOR_H

#include <uv.h>

#include "base/err.h"
#include "profile/profile.h"
#include "stats/gauges.h"

typedef struct Monitor Monitor;

typedef struct MonitorOptions {
    /* Run time of a moment of the clock. */
    uint64_t (*run_time)(void *data, uint64_t clock_ns);
    /* What went away, or came back; not clean for a terminal. */
    void (*on_event)(void *data, const char *text);
    void *data;
    const char *proc; /* NULL: "/proc" */
} MonitorOptions;

/* Adds the gauges of the profile's [monitor]. Profile and gauges are borrowed
 * until closed. curl_global_init must have been called. NULL with err. */
Monitor *monitor_new(uv_loop_t *loop, const Profile *profile, Gauges *gauges,
                     const MonitorOptions *options, Err *err);
/* From now on it reads: at once, after a second, and then every
 * monitor_every_ns. */
int monitor_start(Monitor *m, Err *err);
/* Started or not: nothing more is read or said. Run the loop until it calls
 * closed (which may be NULL). */
void monitor_close(Monitor *m, void (*closed)(void *data), void *data);

#endif
