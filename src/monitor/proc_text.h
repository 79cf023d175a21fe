/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proc_text.h: the kernel's texts in /proc as numbers. Pure; any thread.
 * Source of the formats: proc(5); Linux, Documentation/filesystems/proc.rst
 * and Documentation/admin-guide/iostats.rst. Readers return false when the
 * text does not hold what they look for, and leave *to alone. */
#ifndef ONRUSH_MONITOR_PROC_TEXT_H
#define ONRUSH_MONITOR_PROC_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#define PROC_NAME_MAX 64

/* /proc/PID/stat */
typedef struct ProcStat {
    char name[PROC_NAME_MAX]; /* as the kernel has it: at most 15 bytes */
    char state;               /* 'R', 'S', 'Z', … */
    uint64_t cpu_ticks;       /* user and system, without children */
    uint64_t start_ticks;     /* after boot */
    uint64_t threads, rss_pages;
} ProcStat;

bool proc_stat_read(const char *text, ProcStat *to);
/* Has it ended, but for its parent's taking notice? */
bool proc_stat_is_dead(const ProcStat *s);

/* /proc/stat, all CPUs, in ticks. Busy is what is neither idle nor waiting
 * for a disk; what a hypervisor took is busy, for it was not to be had. */
typedef struct ProcCpu {
    uint64_t busy, all;
} ProcCpu;

bool proc_cpu_read(const char *text, ProcCpu *to);

/* /proc/meminfo: bytes that are not available without swapping. */
bool proc_memory_read(const char *text, uint64_t *to);

/* Bytes since boot. */
typedef struct ProcFlow {
    uint64_t in, out; /* of disks: read, written */
} ProcFlow;

/* /proc/diskstats, whole disks: no partitions, and nothing that lies on other
 * devices or in memory (loop, ram, zram, dm-, md), for it is counted there. */
bool proc_disks_read(const char *text, ProcFlow *to);
/* /proc/net/dev: what reaches this machine's interfaces from outside: no
 * bridges and virtual pairs, whose bytes pass another one, too. with_loopback:
 * lo as well. */
bool proc_network_read(const char *text, bool with_loopback, ProcFlow *to);

#endif
