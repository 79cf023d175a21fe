/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.h: what gives Snapshots and takes commands. The local engine is
 * one; a fleet and a saved run will be others. The console, the reports and
 * the control socket know only this. Main thread. */
#ifndef ONRUSH_CONTROL_SOURCE_H
#define ONRUSH_CONTROL_SOURCE_H

#include "control/wheel.h"
#include "stats/snapshot.h"

/* What does not change during a run; texts are clean for a terminal. */
typedef struct RunInfo {
    const char *name;   /* profile's name */
    const char *kind;   /* load, stress, spike, … */
    const char *target; /* URL without password */
    const char *transport;
    int workers;
    const char *cpus; /* that they are pinned to, "0,2-3"; NULL: they are not */
    uint64_t seed;
    uint64_t iterations_limit; /* 0: none */
} RunInfo;

typedef struct Source Source;

typedef struct SourceOps {
    /* Valid until the next call. */
    const Snapshot *(*snapshot)(Source *s);
    /* Read only; valid as long as the source. */
    const Wheel *(*wheel)(Source *s);
    /* As wheel_do, at the moment of now. */
    int (*command)(Source *s, const char *text, Text *answer, Err *err);
} SourceOps;

struct Source {
    const SourceOps *ops;
    const RunInfo *info;
};

static inline const Snapshot *source_snapshot(Source *s) {
    return s->ops->snapshot(s);
}

static inline const Wheel *source_wheel(Source *s) {
    return s->ops->wheel(s);
}

static inline int source_command(Source *s, const char *text, Text *answer,
                                 Err *err) {
    return s->ops->command(s, text, answer, err);
}

#endif
