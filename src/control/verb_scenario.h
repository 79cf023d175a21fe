/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_scenario.h: which scenario a command is for. Private to control/. */
#ifndef ONRUSH_CONTROL_VERB_SCENARIO_H
#define ONRUSH_CONTROL_VERB_SCENARIO_H

#include "control/verbs.h"

VerbFn verb_scenario, verb_for;

/* Puts the focused scenario's name in front of an answer; nothing when
 * there is one scenario only. */
void verb_name_scenario(const Wheel *w, Text *answer);
/* The command behind "for NAME", if that stands in front. */
const char *verb_without_for(const Wheel *w, const char *command);

#endif
