/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host.h: what this whole machine uses. Reads /proc and blocks; a Host
 * belongs to one thread. */
#ifndef ONRUSH_MONITOR_HOST_H
#define ONRUSH_MONITOR_HOST_H

#include "monitor/proc_text.h"

/* The words of the profile, in the order of MonitorHost's bits. */
typedef enum HostPart {
    HOST_CPU,
    HOST_MEMORY,
    HOST_DISK,
    HOST_NETWORK,
    HOST_PARTS
} HostPart;

typedef struct Host {
    const char *root;   /* "/proc", or what a test made */
    bool with_loopback; /* lo is counted, too */
    ProcCpu cpu;        /* of the last look */
    ProcFlow flow[HOST_PARTS];
    uint64_t at_ns[HOST_PARTS]; /* clock; 0: there was none */
} Host;

/* What was found of one part. */
typedef struct HostUse {
    bool is_there; /* the kernel's text had it */
    double a, b;   /* share; bytes; read and written, in and out per second.
                      NaN: there is nothing to compare with yet */
} HostUse;

HostUse host_look(Host *h, HostPart part, uint64_t now_ns);
const char *host_file(HostPart part); /* "diskstats" */
const char *host_what(HostPart part); /* "disks" */

#endif
