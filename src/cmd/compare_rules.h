/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare_rules.h: the limits of a comparison: those of the command line
 * before those of the profile before the defaults. Main thread. */
#ifndef ONRUSH_CMD_COMPARE_RULES_H
#define ONRUSH_CMD_COMPARE_RULES_H

#include "cmd/options.h"
#include "compare/comparison.h"

typedef struct CompareLimits {
    CompareRules rules; /* valid until the limits are closed */
    CompareLimit *items;
    char **names; /* of those from the command line */
    size_t name_count;
} CompareLimits;

/* p: NULL, or a profile whose names it borrows. The options were checked when
 * they were read. */
void compare_limits_open(CompareLimits *l, const Options *o, const Profile *p);
void compare_limits_close(CompareLimits *l);

#endif
