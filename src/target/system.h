/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system.h: the believable system behind the test server: a number of
 * places, a service time drawn from a lognormal distribution, a bounded FIFO
 * in front of them, contention that slows service as the FIFO fills, and
 * fatigue: what a full FIFO leaves behind for a while (cold caches, garbage
 * to collect), so that recovery takes time.
 *
 * Pure: the caller brings the time and keeps the alarms. A Job is embedded
 * in whatever waits (zeroed at first); a job that was admitted must leave by
 * system_finish or system_abandon before its memory goes. One thread. */
#ifndef ONRUSH_TARGET_SYSTEM_H
#define ONRUSH_TARGET_SYSTEM_H

#include <stdint.h>

#include "base/rng.h"
#include "target/settings.h"

typedef enum JobState {
    JOB_OUTSIDE,
    JOB_QUEUED,
    JOB_IN_SERVICE,
} JobState;

typedef struct Job {
    struct Job *before, *after; /* in the queue */
    JobState state;
    uint64_t extra_ns; /* beyond the median service time; set before admit */
    uint64_t done_ns;  /* in service: when it is to be finished */
} Job;

typedef struct System {
    TargetSettings set;
    Rng rng;
    uint64_t in_service, queued;
    double fatigue; /* 0..1: how full the queue was of late */
    uint64_t fatigue_ns;
    Job *first, *last;
} System;

/* What the finished job's client gets. */
typedef enum Outcome {
    OUTCOME_OK,
    OUTCOME_ERROR,
    OUTCOME_FAULT,
} Outcome;

void system_init(System *y, const TargetSettings *s);
/* New settings count from the next decision on: who is in service keeps his
 * time, who waits stays even if the queue got shorter. Call system_next
 * afterwards, there may be more places. */
void system_set(System *y, const TargetSettings *s);

/* A factor drawn from the lognormal distribution with median 1 and this
 * sigma of its logarithm. */
double system_spread(Rng *r, double sigma);

/* JOB_IN_SERVICE (done_ns says until when), JOB_QUEUED, or JOB_OUTSIDE: no
 * place and no waiting place, to be shed. */
JobState system_admit(System *y, Job *j, uint64_t now_ns);
/* The job's time is over; its place is free. For OUTCOME_FAULT *fault is
 * set. */
Outcome system_finish(System *y, Job *j, TargetFault *fault);
/* Its client has left, in whichever state. */
void system_abandon(System *y, Job *j);
/* Starts the first who waits, if a place is free: call it after finish,
 * abandon and set, until it returns NULL. */
Job *system_next(System *y, uint64_t now_ns);

#endif
