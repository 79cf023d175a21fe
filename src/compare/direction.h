/* SPDX-License-Identifier: GPL-3.0-or-later */
/* direction.h: what a figure's name says of its unit, and of which way is
 * better. Pure. */
#ifndef ONRUSH_COMPARE_DIRECTION_H
#define ONRUSH_COMPARE_DIRECTION_H

#include "compare/results.h"

/* By the table in direction.c, the first row that fits; "" and
 * BETTER_UNKNOWN when none does. The unit is a literal. */
const char *direction_unit(const char *name);
Better direction_better(const char *name, const char *unit);

#endif
