/* SPDX-License-Identifier: GPL-3.0-or-later */
/* index.h: what is reckoned from a profile that was read. */
#ifndef ONRUSH_PROFILE_INDEX_H
#define ONRUSH_PROFILE_INDEX_H

#include "profile/profile.h"

void index_names(Profile *p);
void index_checks(Profile *p);
/* Needs the flows. */
void index_series(Profile *p);
/* Does the scenario make the request? */
bool scenario_makes(const Scenario *s, uint32_t request);

#endif
