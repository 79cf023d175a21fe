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

#endif
