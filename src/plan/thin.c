/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/thin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A pass merges every second piece at most; so many halve anything. */
#define PASSES_MAX 32

static double area_of(const Stage *s) {
    Plan one = { .stages = (Stage[]){ *s }, .count = 1 };
    return plan_area(&one, s->length_ns);
}

static double mean_of(const Stage *s) {
    return s->length_ns ? area_of(s) / ((double)s->length_ns / 1e9)
                        : stage_end_level(s);
}

/* How far the levels of both lie from one mean, times the seconds. */
static double cost_of(const Stage *a, const Stage *b) {
    double la = (double)a->length_ns / 1e9, lb = (double)b->length_ns / 1e9;
    double slopes = fabs(stage_end_level(a) - stage_level(a, 0)) * la +
                    fabs(stage_end_level(b) - stage_level(b, 0)) * lb;
    double step = la + lb > 0 ? 2 * la * lb / (la + lb) : 0;
    return fabs(mean_of(a) - mean_of(b)) * step + slopes / 4;
}

static bool goes_on(const Plan *p, uint32_t row) {
    for (size_t i = p->current; i < p->count; i++)
        if (p->stages[i].row == row)
            return true;
    return false;
}

/* Where the part of the row begins that runs, or is the last that ran: how
 * long it has run is asked for. */
static size_t running_block(const Plan *p) {
    size_t i = p->current < p->count ? p->current : p->count - 1;
    while (i > 0 && p->stages[i - 1].row == p->stages[i].row)
        i--;
    return i;
}

/* Which of the first `end` pieces stay as they are. */
static bool *find_kept(const Plan *p, size_t end) {
    bool *kept = mem_alloc(end, sizeof *kept);
    for (size_t i = 0; i < end; i++) {
        const Stage *s = &p->stages[i];
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = p->stages[k].row != s->row;
        kept[i] = is_first && s->origin != STAGE_HAND && goes_on(p, s->row);
    }
    return kept;
}

static void merge(Stage *to, const Stage *a, const Stage *b, uint32_t id) {
    Stage s = a->length_ns >= b->length_ns ? *a : *b;
    s.length_ns = s.full_ns = a->length_ns + b->length_ns;
    s.level = s.length_ns
                  ? (area_of(a) + area_of(b)) / ((double)s.length_ns / 1e9)
                  : stage_end_level(b);
    s.form = STAGE_JUMP;
    s.shape = RAMP_LINEAR;
    s.steps = 0;
    s.offset_ns = 0;
    s.from_fixed = false; /* a jump begins where it wants */
    s.id = id;
    *to = s;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The `wanted` cheapest of the costs, of which INFINITY is none. */
static double limit_of(const double *cost, size_t count, size_t wanted) {
    double *sorted = mem_alloc(count, sizeof *sorted);
    memcpy(sorted, cost, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_size);
    double limit = sorted[wanted < count ? wanted : count - 1];
    free(sorted);
    return limit;
}

/* One pass over the first `end` pieces; returns by how many they are fewer. */
static size_t merge_pairs(Plan *p, size_t end, size_t wanted) {
    size_t block = running_block(p), made = 0, fewer = 0;
    bool *kept = find_kept(p, end);
    double *cost = mem_alloc(end, sizeof *cost);
    for (size_t i = 0; i < end; i++)
        cost[i] = i + 1 == end || kept[i] || kept[i + 1] || i + 1 == block
                      ? INFINITY
                      : cost_of(&p->stages[i], &p->stages[i + 1]);
    double limit = limit_of(cost, end, wanted);
    for (size_t i = 0; i < end; made++) {
        Stage *s = &p->stages[i];
        bool takes = fewer < wanted && isfinite(cost[i]) && cost[i] <= limit;
        if (takes) {
            p->stages[i + 2].from_fixed = true; /* it began where it did */
            merge(&p->stages[made], s, s + 1, p->next_id++);
        } else {
            p->stages[made] = *s;
        }
        fewer += takes;
        i += takes ? 2 : 1;
    }
    memmove(p->stages + made, p->stages + end,
            (p->count - end) * sizeof *p->stages);
    p->count -= fewer;
    p->current -= fewer;
    free(kept);
    free(cost);
    return fewer;
}

void plan_thin(Plan *p, size_t most) {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
        if (p->count <= most || p->current <= PLAN_THIN_SPARED + 1)
            return;
        size_t end = p->current - PLAN_THIN_SPARED;
        if (!merge_pairs(p, end, p->count - most))
            return;
    }
}
