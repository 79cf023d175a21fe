/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_text.h: stages as people write them, in a profile, in --stages and
 * in the stage editor. Pure. */
#ifndef ONRUSH_PLAN_STAGE_TEXT_H
#define ONRUSH_PLAN_STAGE_TEXT_H

#include "base/err.h"
#include "base/text.h"
#include "plan/plan.h"

/* What the levels of one plan count. A level of 0 is nothing of either and
 * decides nothing; the first other one does, if it is not known before. */
typedef struct LevelUnit {
    bool is_known, is_rate;
    bool takes_bare; /* a number without a unit is of the known one */
} LevelUnit;

/* "250", "800/s" → *level, in the plan's unit. 0, or -1 with err (text,
 * column): no level, or one that counts something else. */
int level_read(LevelUnit *unit, const char *text, double *level, Err *err);

/* A level that was reckoned, to be written down: whole VUs, rates to six
 * figures. */
double level_tidy(double level, PlanUnit unit);

/* "2m to 100 smooth", "30s at 250", "5m", "2m to 800/s step 4" → form,
 * shape, steps, level, length of *s. 0, or -1 with err (text, column). */
int stage_read(Stage *s, const char *text, LevelUnit *unit, Err *err);

/* A name is 1..47 bytes of printable UTF-8 (text_clean leaves it as it is)
 * without = : ; [ ] " */
int stage_read_name(Stage *s, const char *name, Err *err);

/* "2m to 100, 5m, 1m at 20": appends to *p, named stage-1, stage-2, …; sets
 * the plan's unit. 0, or -1 with err. */
int stages_read(Plan *p, const char *text, Err *err);

/* Appends "2m to 100 smooth" for a whole stage. */
void stage_print(const Stage *s, PlanUnit unit, Text *to);

/* Appends the time line up to until_ns as profile lines, `name = …` each:
 * the pieces as they were executed (and, beyond now, as they are planned).
 * Names are made unique; pieces of curved ramps become straight lines, quick
 * steps of the hand, too (merge.h). A level is within a hundredth of the peak
 * of what it was, or half a virtual user; unless that took more than
 * PLAN_PRINTED_MAX lines, which could not be read again: then what is past is
 * thinned (thin.h). */
#define PLAN_PRINTED_MAX (PLAN_STAGES_PLENTY - 1)
void plan_print(const Plan *p, uint64_t until_ns, Text *to);

#endif
