/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_tune.h: weights, think times and thresholds by command. Private to
 * control/. */
#ifndef ONRUSH_CONTROL_VERB_TUNE_H
#define ONRUSH_CONTROL_VERB_TUNE_H

#include "control/verbs.h"

VerbFn verb_weight, verb_think, verb_threshold;

#endif
