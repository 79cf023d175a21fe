/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_state.h: a replay from within, shared by replay*.c. */
#ifndef ONRUSH_JOURNAL_REPLAY_STATE_H
#define ONRUSH_JOURNAL_REPLAY_STATE_H

#include "journal/coding.h"
#include "journal/line.h"
#include "journal/replay.h"
#include "stats/recorder.h"

/* No run is longer, and no line is as far from the one before. */
#define REPLAY_LONGEST_NS (366 * 24 * UINT64_C(3600) * NS_PER_S)
#define REPLAY_GAP_NS (24 * UINT64_C(3600) * NS_PER_S)
#define REPLAY_ACTIONS_MAX 100000

/* An event's recovery, told with the tick that began it: a second that this
 * tick ended stands behind its line, and is before it for all that. */
typedef struct EventLine {
    bool is_there;
    uint64_t at_ns, over_ns; /* over 0: not said */
    char cause[64];
} EventLine;

struct Replay {
    Arena arena;
    Line line;
    Coder coder;
    bool has_head, has_verdict;
    /* --- the head's */
    time_t started;
    RunInfo info;
    MetricTable metrics;
    const char **check_names;
    uint32_t *check_requests;
    size_t check_count;
    ThresholdList thresholds;
    AlertList alerts;
    ScenarioReading *scenarios, *told; /* told: of the line being read */
    double *levels;
    size_t scenario_count;
    /* --- the run */
    Wheel wheel;
    Recorder recorder;
    Gauges gauges;
    Snapshot snapshot;
    Slab slab; /* what the next second's line makes count */
    EventLine event;
    uint64_t at_ns, expected_ns;
    bool is_coarse;  /* reads the minutes */
    bool has_minute; /* in slab */
    int status;
    const char *words;
};

/* How the run stood; NaN where no number is. */
typedef struct Levels {
    double active, users, planned, other;
    uint64_t active_max, alive, in_flight;
    bool answered;
    size_t scenario_count; /* in Replay's told */
    Health health;
} Levels;

/* By its name; FAIL_COUNT: there is none. */
FailClass replay_fail(const char *name);
/* replay_examples.c: of a second's line that ends at at_ns; those that are not
 * whole are left out. */
void replay_examples(Replay *r, const Members *m, uint64_t at_ns);
/* replay_levels.c: how the run stood by this line, and in r->told; -1 with
 * m->err when something is missing or cannot be. */
int replay_levels(Replay *r, Members *m, Levels *l);
/* It stands so. Until then a line that is wrong has changed nothing. */
void replay_stand(Replay *r, const Levels *l);

/* replay_head.c; each reads the line's members, -1 with m->err. */
int replay_head(Replay *r, Members *m);
int replay_plan(Replay *r, Members *m);
int replay_limit(Replay *r, Members *m);

#endif
