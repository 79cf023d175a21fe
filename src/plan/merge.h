/* SPDX-License-Identifier: GPL-3.0-or-later */
/* merge.h: many short steps, as a hand makes them, as few straight lines.
 * Pure. */
#ifndef ONRUSH_PLAN_MERGE_H
#define ONRUSH_PLAN_MERGE_H

#include "plan/plan.h"

/* How far the lines may lie from the steps: a share of the plan's peak. What
 * is printed in whole users and milliseconds stays within a hundredth. */
#define MERGE_TOLERANCE 0.009

/* Makes lines of steps that follow each other within a second, three at
 * least, where none of them is farther off than tolerance; all else stays as
 * it is. The segments follow each other without a gap. out has room for
 * 3 * count; returns how many there are. */
size_t merge_steps(const Segment *in, size_t count, double tolerance,
                   Segment *out);

#endif
