/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/schedule.h"

#include <math.h>

/* Of a rate that is next to nothing: a hundred years. */
#define GAP_LONGEST_NS 3e18

static uint64_t gap_ns(double seconds) {
    return (uint64_t)fmin(seconds * 1e9, GAP_LONGEST_NS);
}

static uint64_t exponential(double rate, Rng *r) {
    return gap_ns(-log1p(-rng_unit(r)) / rate);
}

void schedule_begin(uint64_t *due_ns, const Scenario *s, const double *rates,
                    uint64_t now_ns, Rng *r) {
    for (size_t i = 0; i < s->flow_count; i++)
        due_ns[i] = now_ns + (s->pacing == PACING_EVEN
                                  ? gap_ns(rng_unit(r) / rates[i])
                                  : exponential(rates[i], r));
}

size_t schedule_first(const uint64_t *due_ns, const Scenario *s) {
    size_t first = 0;
    for (size_t i = 1; i < s->flow_count; i++)
        if (due_ns[i] < due_ns[first])
            first = i;
    return first;
}

void schedule_take(uint64_t *due_ns, const Scenario *s, const double *rates,
                   size_t flow, Rng *r) {
    due_ns[flow] += s->pacing == PACING_EVEN ? gap_ns(1 / rates[flow])
                                             : exponential(rates[flow], r);
}

void schedule_scale(uint64_t *due_ns, const Scenario *s, const double *factors,
                    uint64_t now_ns) {
    for (size_t i = 0; i < s->flow_count; i++)
        if (due_ns[i] > now_ns)
            due_ns[i] = now_ns + gap_ns((double)(due_ns[i] - now_ns) / 1e9 *
                                        factors[i]);
}

void schedule_shift(uint64_t *due_ns, const Scenario *s, uint64_t pause_ns) {
    for (size_t i = 0; i < s->flow_count; i++)
        due_ns[i] += pause_ns;
}
