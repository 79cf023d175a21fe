/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thin.h: what happened, in fewer pieces. Pure. */
#ifndef ONRUSH_PLAN_THIN_H
#define ONRUSH_PLAN_THIN_H

#include "plan/plan.h"

/* Of more than `most` pieces, makes fewer of those that are past, where that
 * changes least: neighbours become one at their mean level, so that lengths
 * and the area (arrivals that were planned) stay. What runs, what is to come,
 * the last PLAN_THIN_SPARED pieces and where a row began that goes on stay as
 * they are; so there may be more than `most` left. */
#define PLAN_THIN_SPARED 64
void plan_thin(Plan *p, size_t most);

#endif
