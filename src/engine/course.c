/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/course.h"

#include <math.h>

uint64_t course_make(Course *c, const Plan *p, uint64_t t_ns,
                     uint64_t epoch_ns) {
    c->count = plan_segments(p, t_ns, UINT64_MAX, c->segment, COURSE_SEGMENTS);
    c->is_rate = p->unit == PLAN_RATE;
    c->area = c->is_rate ? plan_area(p, t_ns) : 0;
    uint64_t reach = UINT64_MAX;
    if (c->count == COURSE_SEGMENTS)
        reach = c->segment[c->count - 1].end_ns;
    for (size_t i = 0; i < c->count; i++) {
        c->segment[i].start_ns += epoch_ns;
        if (c->segment[i].end_ns != UINT64_MAX)
            c->segment[i].end_ns += epoch_ns;
    }
    return reach;
}

uint64_t course_vus(const Course *c, uint64_t now_ns) {
    for (size_t i = 0; i < c->count; i++) {
        const Segment *s = &c->segment[i];
        if (now_ns >= s->end_ns)
            continue;
        bool falling = s->to < s->from;
        if (now_ns <= s->start_ns || s->from == s->to)
            return plan_vus(s->from, falling);
        double share =
            (double)(now_ns - s->start_ns) / (double)(s->end_ns - s->start_ns);
        return plan_vus(s->from + (s->to - s->from) * share, falling);
    }
    return c->count ? plan_vus(c->segment[c->count - 1].to, false) : 0;
}

double course_area(const Segment *s) {
    if (s->end_ns == UINT64_MAX)
        return s->from > 0 ? INFINITY : 0;
    return (s->from + s->to) / 2 * (double)(s->end_ns - s->start_ns) / 1e9;
}

uint64_t course_share(uint64_t total, size_t turn, size_t workers) {
    return total / workers + (turn < total % workers);
}

size_t course_turn(size_t worker, size_t scenario, size_t workers) {
    return (worker + workers - scenario % workers) % workers;
}
