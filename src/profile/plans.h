/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plans.h: the scenarios' plans, and what else an operator may change, on a
 * wheel. */
#ifndef ONRUSH_PROFILE_PLANS_H
#define ONRUSH_PROFILE_PLANS_H

#include "control/wheel.h"
#include "profile/profile.h"

/* Makes *to a wheel as the run begins with it: copies, but for the texts of
 * thresholds; wheel_close it before the profile. */
void plans_to_wheel(const Profile *p, Wheel *to);

/* Does what the profile's events do, one after the other as they will come;
 * what cannot be done goes to d, which may be NULL. */
void plans_play_events(const Profile *p, Wheel *w, Diags *d);
/* How high the profile goes, its events included. */
Peaks plans_peaks(const Profile *p);

#endif
