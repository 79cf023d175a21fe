/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor_spec.h: what a profile's [monitor] asks to watch. Texts live in the
 * profile's arena; what is shown of them (text, shown, host) is clean for a
 * terminal. */
#ifndef ONRUSH_PROFILE_MONITOR_SPEC_H
#define ONRUSH_PROFILE_MONITOR_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MONITOR_PROCESSES_MAX 16
#define MONITOR_SOURCES_MAX 16
#define MONITOR_NAMES_MAX 64 /* of one source */
#define MONITOR_LABELS_MAX 8 /* of one name */
#define MONITOR_NAME_BYTES_MAX 200
#define MONITOR_PID_MOST 4194304 /* the kernel's PID_MAX_LIMIT */
#define MONITOR_EVERY_NS (UINT64_C(5) * 1000000000)
#define MONITOR_EVERY_LEAST_NS (UINT64_C(100) * 1000000)
#define MONITOR_EVERY_MOST_NS (UINT64_C(3600) * 1000000000)

/* A process: a pid, or a name that several may have. */
typedef struct MonitorProcess {
    const char *text; /* as written */
    long pid;         /* 0: text is a name */
} MonitorProcess;

/* Bits of MonitorSpec.host. */
typedef enum MonitorHost {
    MONITOR_CPU = 1,
    MONITOR_MEMORY = 2,
    MONITOR_DISK = 4,
    MONITOR_NETWORK = 8,
} MonitorHost;

typedef struct PromLabel {
    const char *name, *value; /* the value without escapes */
} PromLabel;

/* Selects series: of that name, with these labels. */
typedef struct PromName {
    const char *text; /* as written */
    const char *name;
    PromLabel labels[MONITOR_LABELS_MAX];
    size_t label_count;
} PromName;

typedef struct PromSource {
    const char *url;
    const char *shown; /* without user, password and query */
    const char *host;  /* HOST:PORT, to tell sources apart */
    PromName *names;
    size_t name_count;
} PromSource;

typedef struct MonitorSpec {
    MonitorProcess processes[MONITOR_PROCESSES_MAX];
    size_t process_count;
    unsigned host; /* MonitorHost */
    PromSource sources[MONITOR_SOURCES_MAX];
    size_t source_count;
    uint64_t every_ns; /* 0: MONITOR_EVERY_NS */
} MonitorSpec;

/* Is there nothing to watch? */
static inline bool monitor_is_idle(const MonitorSpec *m) {
    return !m->process_count && !m->host && !m->source_count;
}

static inline uint64_t monitor_every_ns(const MonitorSpec *m) {
    return m->every_ns ? m->every_ns : MONITOR_EVERY_NS;
}

#endif
