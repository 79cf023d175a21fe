/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h: when a VU is to begin each of its scenario's tasks: a moment
 * for each flow, so often as its rate says over a long time, whatever became
 * of the ones before. Equal gaps from a random moment of the first, so that
 * many VUs do not knock together, or exponential ones.
 *
 * Pure: the time and the chance come in. due_ns: by flow; times of clock_now,
 * in ns. rates: by flow, a second; they may change from call to call. */
#ifndef ONRUSH_ENGINE_SCHEDULE_H
#define ONRUSH_ENGINE_SCHEDULE_H

#include "profile/scenario.h"

/* The first of each flow, after now_ns. */
void schedule_begin(uint64_t *due_ns, const Scenario *s, const double *rates,
                    uint64_t now_ns, Rng *r);
/* The flow that is due first. */
size_t schedule_first(const uint64_t *due_ns, const Scenario *s);
/* That one has begun: when it is due again. */
void schedule_take(uint64_t *due_ns, const Scenario *s, const double *rates,
                   size_t flow, Rng *r);
/* The rates are others: by flow, what is still to wait gets so many times as
 * long, which is as if the new rate had been there before. What is overdue
 * stays. */
void schedule_scale(uint64_t *due_ns, const Scenario *s, const double *factors,
                    uint64_t now_ns);
/* After a pause of so long. */
void schedule_shift(uint64_t *due_ns, const Scenario *s, uint64_t pause_ns);

#endif
