/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.h: when the iterations of an arrival rate are due.
 *
 * The schedule is absolute: the n-th iteration (from 1) is due when the area
 * under the rate has reached n, as in k6's ramping-arrival-rate; what
 * happened to the ones before makes no difference. Of w workers the i-th
 * takes every w-th, so their shares add up exactly and are spread evenly.
 *
 * Pure; one thread. Times are of clock_now, in ns. */
#ifndef ONRUSH_ENGINE_ARRIVALS_H
#define ONRUSH_ENGINE_ARRIVALS_H

#include "engine/course.h"

#define ARRIVAL_NEVER UINT64_MAX

typedef struct Arrivals {
    Course course, fresh;
    bool has_fresh;  /* follows when the present one's iterations are begun */
    size_t segment;  /* of course: the one that next is due in */
    double before;   /* area where it begins */
    uint64_t next;   /* number of the iteration to come */
    uint64_t due_ns; /* when; ARRIVAL_NEVER: not on this course */
    uint64_t stride;
} Arrivals;

void arrivals_init(Arrivals *a, size_t worker, size_t workers);
/* The plan has changed, or goes on: what was due before the course begins
 * keeps its time. */
void arrivals_follow(Arrivals *a, const Course *c);
/* After a pause: what was due before it is due now. */
void arrivals_resume(Arrivals *a, const Course *c);
/* When the next one is due. */
uint64_t arrivals_due(const Arrivals *a);
/* It has begun, or was dropped. */
void arrivals_take(Arrivals *a);

#endif
