/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stages.h: the sections [stages] and [stages NAME], until the scenarios
 * have taken them. */
#ifndef ONRUSH_PROFILE_STAGES_H
#define ONRUSH_PROFILE_STAGES_H

#include "profile/keys.h"

typedef struct StageSets {
    StageSet *items;
    size_t count, cap;
} StageSets;

/* A new one for this section. */
StageSet *stages_add(StageSets *all, const IniSection *s);
/* Gives the scenario a plan of its own; mistakes go to *d. */
void stages_take(Profile *p, Scenario *s, StageSets *all, Diags *d);
/* Those that are empty, or that nobody took. */
void stages_check(const StageSets *all, Diags *d);
void stages_close(StageSets *all);

#endif
