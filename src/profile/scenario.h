/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario.h: who makes which requests, how often, and how many of them.
 * Fixed once read; lives in the profile's arena. Times in ns. */
#ifndef ONRUSH_PROFILE_SCENARIO_H
#define ONRUSH_PROFILE_SCENARIO_H

#include "base/rng.h"
#include "plan/plan.h"
#include "plan/stage_text.h"
#include "stats/series.h"

typedef enum ThinkKind {
    THINK_NONE,
    THINK_FIXED,   /* a */
    THINK_UNIFORM, /* a..b */
    THINK_EXP,     /* mean a */
    THINK_NORMAL,  /* mean a, deviation b */
} ThinkKind;

typedef struct Think {
    ThinkKind kind;
    double a_ns, b_ns;
} Think;

/* Requests that are made at the same time; one, mostly. */
typedef struct Step {
    uint32_t first, count; /* of Flow.requests */
} Step;

/* What one iteration does: its steps in a row. */
typedef struct Flow {
    Step *steps;
    size_t count, cap;
    uint32_t *requests; /* indices of Profile.requests */
    size_t request_count, request_cap;
    double weight; /* FLOW_MIX: share of the iterations, of the flows' sum */
    double rate;   /* FLOW_TASKS: iterations a second, of each VU */
} Flow;

typedef enum FlowChoice {
    FLOW_ONE,   /* the first flow, always */
    FLOW_MIX,   /* one of them, by weight */
    FLOW_TASKS, /* each VU starts each on a schedule of its own */
} FlowChoice;

typedef enum Pacing {
    PACING_POISSON, /* exponential gaps */
    PACING_EVEN,    /* equal gaps, from a random moment of the first */
} Pacing;

typedef struct Scenario {
    const char *name;
    Plan plan;           /* from the run's start: `start` is in it */
    LevelUnit unit;      /* of the stages */
    const char *stages;  /* of [stages NAME]; NULL: [stages] */
    int stages_line, stages_column; /* where that is said */
    uint64_t start_ns;
    uint64_t max_vus; /* that an arrival rate may have at once */
    int max_vus_line, max_vus_column; /* where that is said; 0: it is not */
    Think think;
    FlowChoice choice;
    Pacing pacing;
    Flow *flows;
    size_t flow_count, flow_cap;
    Label *tags;
    size_t tag_count, tag_cap;
    /* By request * variants + variant: of Profile.series; UINT32_MAX: the
     * scenario does not make that request. */
    uint32_t *series;
    int line;
} Scenario;

/* A think time, in ns. */
uint64_t think_draw(const Think *t, Rng *r);

#endif
