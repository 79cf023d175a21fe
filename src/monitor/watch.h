/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h: everything that a profile's [monitor] names, looked at together.
 * Made on the main thread, then used by the monitor's alone. */
#ifndef ONRUSH_MONITOR_WATCH_H
#define ONRUSH_MONITOR_WATCH_H

#include "monitor/host.h"
#include "monitor/post.h"
#include "monitor/process.h"
#include "monitor/scrape.h"
#include "profile/profile.h"

/* Of a process, in this order from its first gauge on. */
typedef enum ProcessGauge {
    PROCESS_CPU,
    PROCESS_MEMORY,
    PROCESS_DESCRIPTORS,
    PROCESS_THREADS,
    PROCESS_GAUGES
} ProcessGauge;

typedef struct ProcessWatch {
    Processes processes;
    size_t gauge;            /* the first */
    GaugeUnit units[PROCESS_GAUGES];
    bool is_gone, is_closed; /* closed: its files cannot be counted */
} ProcessWatch;

/* One name of one source. */
typedef struct NameWatch {
    size_t gauge;
    double sum; /* of a counter, at the last look */
    bool has_sum, is_missing;
} NameWatch;

typedef struct SourceWatch {
    NameWatch *names;
    uint64_t at_ns; /* clock, of the last answer */
    bool is_gone;
} SourceWatch;

typedef struct Watch {
    const MonitorSpec *spec;
    const char *root;
    ProcessWatch processes[MONITOR_PROCESSES_MAX];
    Host host;
    size_t host_gauge[HOST_PARTS]; /* the first of each part */
    GaugeUnit host_unit[HOST_PARTS];
    bool is_host_gone[HOST_PARTS];
    SourceWatch sources[MONITOR_SOURCES_MAX];
    Post *post; /* of the look under way */
} Watch;

/* Adds the gauges. profile and root ("/proc") are borrowed. */
void watch_init(Watch *w, const Profile *profile, const char *root,
                Gauges *gauges);
/* Processes and host; blocks for as long as /proc takes. */
void watch_look(Watch *w, Post *to);
/* What source said (ScrapeFn's arguments). */
void watch_hear(Watch *w, size_t source, const char *body, size_t length,
                const char *trouble, Post *to);
void watch_close(Watch *w);

#endif
