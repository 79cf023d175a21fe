/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/edit.h"

#define SMOOTH_PIECES 100
/* Levels come from divisions; 99.9999999 is meant as 100. */
#define LEVEL_EPSILON 1e-6

void plan_init(Plan *p, PlanUnit unit, double start) {
    *p = (Plan){ .unit = unit, .start = start, .next_id = 1, .next_row = 1 };
}

void plan_close(Plan *p) {
    plan_forget_history(p);
    free(p->stages);
    *p = (Plan){ 0 };
}

void plan_copy(Plan *to, const Plan *from) {
    *to = *from;
    to->history = NULL;
    to->cap = from->count;
    to->stages = mem_alloc(from->count, sizeof *to->stages);
    if (from->count)
        memcpy(to->stages, from->stages, from->count * sizeof *to->stages);
}

void plan_append(Plan *p, const Stage *s) {
    mem_grow(p->stages, p->count, p->cap);
    Stage *n = &p->stages[p->count++];
    *n = *s;
    n->full_ns = s->length_ns;
    n->offset_ns = 0;
    n->from_fixed = n->open = false;
    n->id = p->next_id++;
    n->row = p->next_row++;
    plan_layout(p);
}

static double shaped(const Stage *s, double t) {
    switch (s->shape) {
    case RAMP_LINEAR:
        return t;
    case RAMP_SMOOTH:
        return (1 - cos(t * 3.14159265358979323846)) / 2;
    case RAMP_STEP:
        return fmin(1, (floor(t * s->steps + 1e-9) + 1) / s->steps);
    }
    return t;
}

double stage_level(const Stage *s, uint64_t elapsed_ns) {
    switch (s->form) {
    case STAGE_STAY:
        return s->from;
    case STAGE_JUMP:
        return s->level;
    case STAGE_RAMP:
        break;
    }
    uint64_t at = s->offset_ns + elapsed_ns;
    if (at >= s->full_ns)
        return s->level;
    double t = (double)at / (double)s->full_ns;
    return s->from + (s->level - s->from) * shaped(s, t);
}

double stage_end_level(const Stage *s) {
    return stage_level(s, s->length_ns);
}

void plan_layout(Plan *p) {
    double level = p->start;
    for (size_t i = 0; i < p->count; i++) {
        Stage *s = &p->stages[i];
        if (!s->from_fixed)
            s->from = level;
        level = stage_end_level(s);
    }
}

void plan_advance(Plan *p, uint64_t now_ns) {
    if (now_ns > p->now_ns)
        p->now_ns = now_ns;
    while (p->current < p->count) {
        Stage *s = &p->stages[p->current];
        uint64_t elapsed = p->now_ns - p->began_ns;
        if (s->open) {
            s->length_ns = elapsed;
            return;
        }
        if (elapsed < s->length_ns)
            return;
        p->began_ns += s->length_ns;
        p->current++;
    }
}

bool plan_is_over(const Plan *p) {
    return p->current >= p->count;
}

bool plan_is_hand(const Plan *p) {
    return !plan_is_over(p) && p->stages[p->current].origin == STAGE_HAND;
}

double plan_level_at(const Plan *p, uint64_t t_ns) {
    uint64_t left = t_ns;
    for (size_t i = 0; i < p->count; i++) {
        const Stage *s = &p->stages[i];
        /* The open piece holds its own last moment, `now`, too. */
        if (left < s->length_ns || (s->open && left == s->length_ns))
            return stage_level(s, left);
        left -= s->length_ns;
    }
    return p->count ? stage_end_level(&p->stages[p->count - 1]) : p->start;
}

uint64_t plan_total_ns(const Plan *p) {
    uint64_t sum = 0;
    for (size_t i = 0; i < p->count; i++)
        sum += p->stages[i].length_ns;
    return sum;
}

double plan_top(const Plan *p) {
    double top = p->start;
    for (size_t i = 0; i < p->count; i++) {
        const Stage *s = &p->stages[i];
        top = fmax(top, fmax(stage_level(s, 0), stage_end_level(s)));
    }
    return top;
}

double plan_peak(const Plan *p) {
    return fmax(1, plan_top(p));
}

/* Adds [began + a, began + b) of a piece as one straight line. */
static void add_line(const Stage *s, uint64_t began, uint64_t a, uint64_t b,
                     Segment *to) {
    *to =
        (Segment){ began + a, began + b, stage_level(s, a), stage_level(s, b) };
}

/* Where the straight part that holds `at` (within the piece) ends. */
static uint64_t straight_until(const Stage *s, uint64_t at) {
    if (s->form != STAGE_RAMP || s->shape == RAMP_LINEAR)
        return s->length_ns;
    uint64_t parts = s->shape == RAMP_STEP ? (uint64_t)s->steps : SMOOTH_PIECES;
    double whole = (double)s->full_ns;
    double k =
        floor((double)(s->offset_ns + at) / whole * (double)parts + 1e-9) + 1;
    uint64_t end = (uint64_t)llround(k * whole / (double)parts);
    end = end > s->offset_ns + at ? end - s->offset_ns : at + 1;
    return end < s->length_ns ? end : s->length_ns;
}

size_t plan_segments(const Plan *p, uint64_t t_ns, uint64_t until_ns,
                     Segment *out, size_t max) {
    size_t n = 0;
    uint64_t began = 0;
    for (size_t i = 0; i < p->count && began < until_ns && n < max; i++) {
        const Stage *s = &p->stages[i];
        uint64_t end = began + s->length_ns;
        if (s->open) {
            double level = stage_level(s, s->length_ns);
            uint64_t from = t_ns > began ? t_ns : began;
            out[n++] = (Segment){ from, UINT64_MAX, level, level };
            return n;
        }
        uint64_t at = t_ns > began ? t_ns - began : 0;
        while (at < s->length_ns && began + at < until_ns && n < max) {
            uint64_t to = straight_until(s, at);
            add_line(s, began, at, to, &out[n]);
            if (s->form == STAGE_RAMP && s->shape == RAMP_STEP)
                out[n].to = out[n].from;
            n++;
            at = to;
        }
        began = end;
    }
    return n;
}

double plan_area(const Plan *p, uint64_t t_ns) {
    double area = 0;
    uint64_t began = 0;
    for (size_t i = 0; i < p->count && began < t_ns; i++) {
        const Stage *s = &p->stages[i];
        for (uint64_t at = 0; at < s->length_ns && began + at < t_ns;) {
            uint64_t to = straight_until(s, at);
            if (began + to > t_ns)
                to = t_ns - began;
            double a = stage_level(s, at), b = stage_level(s, to);
            bool steps = s->form == STAGE_RAMP && s->shape == RAMP_STEP;
            area += (steps ? a : (a + b) / 2) * (double)(to - at) / 1e9;
            at = to;
        }
        began += s->length_ns;
        if (s->open && began < t_ns)
            area += stage_end_level(s) * (double)(t_ns - began) / 1e9;
    }
    return area;
}

double plan_mean(const Plan *p, uint64_t t_ns, double seconds) {
    double length = seconds > 0 ? fmin(seconds * 1e9, (double)t_ns) : 0;
    if (length < 1)
        return plan_level_at(p, t_ns);
    uint64_t from = t_ns - (uint64_t)length;
    return (plan_area(p, t_ns) - plan_area(p, from)) /
           ((double)(t_ns - from) / 1e9);
}

uint64_t plan_vus(double level, bool falling) {
    if (level <= 0)
        return 0;
    return (uint64_t)(falling ? ceil(level - LEVEL_EPSILON)
                              : floor(level + LEVEL_EPSILON));
}

size_t plan_rows(const Plan *p, PlanRow *rows, size_t max) {
    size_t n = 0;
    uint64_t began = 0;
    for (size_t i = 0; i < p->count;) {
        PlanRow r = { .first = i, .row = p->stages[i].row, .began_ns = began };
        for (; i < p->count && p->stages[i].row == r.row; i++) {
            r.length_ns += p->stages[i].length_ns;
            r.count++;
        }
        began += r.length_ns;
        r.state = r.first > p->current ? ROW_FUTURE
                  : i <= p->current    ? ROW_PAST
                                       : ROW_NOW;
        if (n < max)
            rows[n] = r;
        n++;
    }
    return n;
}
