/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h: which figures are judged, by which limit, and how much matters at
 * all. Pure. */
#ifndef ONRUSH_COMPARE_RULES_H
#define ONRUSH_COMPARE_RULES_H

#include "compare/comparison.h"

/* The share that may be lost; NaN: the figure is not judged. */
double rules_limit(const CompareRules *rules, const Figure *f);
/* Is the difference too small to matter, whatever share it is? */
bool rules_is_slight(const Figure *base, const Figure *now);

#endif
