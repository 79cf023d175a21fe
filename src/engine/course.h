/* SPDX-License-Identifier: GPL-3.0-or-later */
/* course.h: the level over the next while, as a worker is told it: straight
 * segments in clock time. The worker interpolates, so that a late main loop
 * neither flattens a ramp nor bunches what it starts. Pure. */
#ifndef ONRUSH_ENGINE_COURSE_H
#define ONRUSH_ENGINE_COURSE_H

#include "plan/plan.h"

#define COURSE_SEGMENTS 24

typedef struct Course {
    Segment segment[COURSE_SEGMENTS]; /* clock_now ns */
    size_t count;
    bool is_rate; /* levels are iterations/s, not VUs */
    double area;  /* of a rate: iterations planned before the first segment */
} Course;

/* The plan from run time t on; epoch_ns is the clock at run time 0. Returns
 * the run time that it reaches (UINT64_MAX: the end, or an open end). */
uint64_t course_make(Course *c, const Plan *p, uint64_t t_ns,
                     uint64_t epoch_ns);
/* Whole VUs at a moment, rounded as k6 does. Before the first segment its
 * beginning, after the last its end. */
uint64_t course_vus(const Course *c, uint64_t now_ns);
/* Iterations that a rate's segment asks for; infinite for an open end. */
double course_area(const Segment *s);
/* One worker's part of a total: shares add up exactly and differ by at most
 * one. turn: its place among the workers. */
uint64_t course_share(uint64_t total, size_t turn, size_t workers);
/* The first worker's turn comes first in the first scenario, another's in
 * the next: small scenarios do not all sit on one worker. */
size_t course_turn(size_t worker, size_t scenario, size_t workers);

#endif
