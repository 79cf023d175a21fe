/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outline.h: what a profile does beside its stages, for onrush check. Prints
 * to stdout; values stand as they are written. One thread (main). */
#ifndef ONRUSH_CMD_OUTLINE_H
#define ONRUSH_CMD_OUTLINE_H

#include "profile/profile.h"

/* What one of its iterations makes. */
void outline_scenario(const Profile *p, const Scenario *s);
/* Is it to follow the same stages as a scenario before it? That one, or
 * NULL. */
const Scenario *outline_twin(const Profile *p, const Scenario *s);
/* Variants, data files, thresholds, alerts; nothing where there are none. */
void outline_rest(const Profile *p);

#endif
