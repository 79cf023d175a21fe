/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_text.h: stages as people write them, in a profile, in --stages and
 * in the stage editor. Pure. */
#ifndef ONRUSH_PLAN_STAGE_TEXT_H
#define ONRUSH_PLAN_STAGE_TEXT_H

#include "base/err.h"
#include "base/text.h"
#include "plan/plan.h"

/* "2m to 100 smooth", "30s at 250", "5m", "2m to 800/s step 4" → form,
 * shape, steps, level, length of *s; *is_rate: the level was a rate (left
 * alone when there is no level). 0, or -1 with err (text, column). */
int stage_read(Stage *s, const char *text, bool *is_rate, Err *err);

/* A name is 1..47 printable bytes without = : ; [ ] " and control bytes. */
int stage_read_name(Stage *s, const char *name, Err *err);

/* "2m to 100, 5m, 1m at 20": appends to *p, named stage-1, stage-2, …; sets
 * the plan's unit from the first level. 0, or -1 with err. */
int stages_read(Plan *p, const char *text, Err *err);

/* Appends "2m to 100 smooth" for a whole stage. */
void stage_print(const Stage *s, PlanUnit unit, Text *to);

/* Appends the time line up to until_ns as profile lines, `name = …` each:
 * the pieces as they were executed (and, beyond now, as they are planned).
 * Names are made unique; pieces of curved ramps become straight lines. */
void plan_print(const Plan *p, uint64_t until_ns, Text *to);

#endif
