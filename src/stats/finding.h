/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finding.h: what a run shows beyond its figures, each with its evidence in
 * numbers. Never said without it. Run time in ns. Pure. */
#ifndef ONRUSH_STATS_FINDING_H
#define ONRUSH_STATS_FINDING_H

#include <stddef.h>
#include <stdint.h>

/* id, name, heading */
#define FINDINGS(X)                                                         \
    X(ONSET, "degradation-onset", "latency began to rise")                  \
    X(BREAKING, "breaking-point", "the target broke")                       \
    X(STALL, "stall", "nothing was answered")                               \
    X(ANOMALY, "anomaly", "unlike the rest of the run")                     \
    X(GENERATOR, "generator-bound", "onrush itself was the limit")          \
    X(CONNECTIONS, "connection-bound", "connections were the limit")        \
    X(QUEUEING, "server-queueing", "requests waited in the target")         \
    X(SHEDDING, "error-shedding", "the target turned requests away")

typedef enum FindingKind {
#define X(id, name, heading) FINDING_##id,
    FINDINGS(X)
#undef X
        FINDING_COUNT
} FindingKind;

typedef struct Finding {
    FindingKind kind;
    uint64_t from_ns, to_ns; /* to_ns 0: it goes on */
    double level;            /* of the plan when it began; NaN: none */
    char text[240]; /* a sentence with the evidence; clean, ASCII */
} Finding;

#define FINDINGS_MAX 64   /* of a run */
#define FINDING_ANOMALIES 20 /* of these */

/* In order of time. */
typedef struct FindingList {
    Finding *items;
    size_t count, cap;
    size_t left_out; /* anomalies beyond FINDING_ANOMALIES */
} FindingList;

const char *finding_name(FindingKind k);    /* "breaking-point" */
const char *finding_heading(FindingKind k); /* "the target broke" */

#endif
