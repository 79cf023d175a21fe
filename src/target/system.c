/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/system.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#define LONGEST_NS 3600e9

/* Standard normal: Box and Muller, "A note on the generation of random
 * normal deviates", 1958. */
static double draw_normal(Rng *r) {
    double u = 1 - rng_unit(r); /* (0, 1]: its logarithm is finite */
    double v = rng_unit(r);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1.0) * v);
}

double system_spread(Rng *r, double sigma) {
    return sigma > 0 ? exp(sigma * draw_normal(r)) : 1;
}

/* Follows the queue's fill with the time constant `rest`. */
static void tire(System *y, double filled, uint64_t now_ns) {
    if (now_ns <= y->fatigue_ns)
        return;
    double passed = (double)(now_ns - y->fatigue_ns);
    double share = 1 - exp(-passed / (double)y->set.rest_ns);
    y->fatigue += (filled - y->fatigue) * share;
    y->fatigue_ns = now_ns;
}

static uint64_t draw_service(System *y, uint64_t extra_ns, uint64_t now_ns) {
    const TargetSettings *s = &y->set;
    double filled = 0;
    if (s->queue)
        filled = fmin(1, (double)y->queued / (double)s->queue);
    tire(y, filled, now_ns);
    double ns = (double)(s->service_ns + extra_ns) *
                (1 + s->slowdown * filled) * (1 + s->fatigue * y->fatigue) *
                system_spread(&y->rng, s->spread);
    return (uint64_t)fmin(ns, LONGEST_NS);
}

static void start(System *y, Job *j, uint64_t now_ns) {
    j->state = JOB_IN_SERVICE;
    j->done_ns = now_ns + draw_service(y, j->extra_ns, now_ns);
    y->in_service++;
}

static void enqueue(System *y, Job *j) {
    j->state = JOB_QUEUED;
    j->before = y->last;
    j->after = NULL;
    *(y->last ? &y->last->after : &y->first) = j;
    y->last = j;
    y->queued++;
}

static void dequeue(System *y, Job *j) {
    *(j->before ? &j->before->after : &y->first) = j->after;
    *(j->after ? &j->after->before : &y->last) = j->before;
    j->before = j->after = NULL;
    j->state = JOB_OUTSIDE;
    y->queued--;
}

void system_init(System *y, const TargetSettings *s) {
    *y = (System){ .set = *s, .rng = { s->seed } };
}

void system_set(System *y, const TargetSettings *s) {
    if (s->seed != y->set.seed)
        y->rng.state = s->seed;
    y->set = *s;
}

JobState system_admit(System *y, Job *j, uint64_t now_ns) {
    assert(j->state == JOB_OUTSIDE);
    if (y->in_service < y->set.capacity && y->queued == 0)
        start(y, j, now_ns);
    else if (y->queued < y->set.queue)
        enqueue(y, j);
    return j->state;
}

Outcome system_finish(System *y, Job *j, TargetFault *fault) {
    assert(j->state == JOB_IN_SERVICE);
    j->state = JOB_OUTSIDE;
    y->in_service--;
    double u = rng_unit(&y->rng);
    if (u < y->set.errors)
        return OUTCOME_ERROR;
    u -= y->set.errors;
    for (int f = 0; f < TARGET_FAULT_COUNT; f++) {
        if (u < y->set.fault[f]) {
            *fault = (TargetFault)f;
            return OUTCOME_FAULT;
        }
        u -= y->set.fault[f];
    }
    return OUTCOME_OK;
}

void system_abandon(System *y, Job *j) {
    if (j->state == JOB_QUEUED) {
        dequeue(y, j);
    } else if (j->state == JOB_IN_SERVICE) {
        j->state = JOB_OUTSIDE;
        y->in_service--;
    }
}

Job *system_next(System *y, uint64_t now_ns) {
    Job *j = y->first;
    if (!j || y->in_service >= y->set.capacity)
        return NULL;
    dequeue(y, j);
    start(y, j, now_ns);
    return j;
}
