/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/arrivals.h"

#include <math.h>

#include "base/clock.h"

/* The areas of a course are sums of doubles: an iteration that is due at its
 * very end must not fall out of it. */
#define AREA_EPSILON 1e-6

void arrivals_init(Arrivals *a, size_t worker, size_t workers) {
    *a = (Arrivals){ .next = worker + 1,
                     .due_ns = ARRIVAL_NEVER,
                     .stride = workers };
}

/* Seconds into a straight rise from `from` by `slope` a second until the
 * area is reached: the root of area = from t + slope t^2 / 2, in the form
 * that loses no digits when the slope is small. */
static double seconds_until(double from, double slope, double area) {
    double root = sqrt(fmax(0, from * from + 2 * slope * area));
    return from + root > 0 ? 2 * area / (from + root) : 0;
}

static uint64_t due_within(const Segment *s, double area) {
    if (s->end_ns == UINT64_MAX)
        return s->start_ns + (uint64_t)(area / s->from * 1e9);
    double length = (double)(s->end_ns - s->start_ns) / 1e9;
    double slope = (s->to - s->from) / length;
    double t = seconds_until(s->from, slope, area);
    return s->start_ns + (uint64_t)(fmin(t, length) * 1e9);
}

/* Finds when next is due; false when the course ends before. */
static bool find(Arrivals *a) {
    double n = (double)a->next;
    for (; a->segment < a->course.count; a->segment++) {
        const Segment *s = &a->course.segment[a->segment];
        double area = course_area(s);
        if (n <= a->before + area + AREA_EPSILON && area > 0) {
            a->due_ns = n > a->before ? due_within(s, n - a->before)
                                      : s->start_ns;
            return true;
        }
        a->before += area;
    }
    a->due_ns = ARRIVAL_NEVER;
    return false;
}

static void begin(Arrivals *a, const Course *c) {
    a->course = *c;
    a->segment = 0;
    a->before = c->area;
    a->has_fresh = false;
    find(a);
}

/* What comes after the fresh course's beginning is due on that. */
static void look(Arrivals *a) {
    if (a->has_fresh && (double)a->next > a->fresh.area) {
        Course fresh = a->fresh;
        begin(a, &fresh);
    } else if (!find(a) && a->has_fresh) {
        Course fresh = a->fresh;
        begin(a, &fresh);
    }
}

void arrivals_follow(Arrivals *a, const Course *c) {
    a->fresh = *c;
    a->has_fresh = true;
    look(a);
}

void arrivals_resume(Arrivals *a, const Course *c) {
    begin(a, c);
}

uint64_t arrivals_due(const Arrivals *a) {
    return a->due_ns;
}

void arrivals_take(Arrivals *a) {
    a->next += a->stride;
    look(a);
}
