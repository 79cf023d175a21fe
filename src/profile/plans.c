/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/plans.h"

void plans_to_wheel(const Profile *p, Wheel *to) {
    *to = (Wheel){ 0 };
    for (size_t i = 0; i < p->scenario_count; i++) {
        Plan copy;
        plan_copy(&copy, &p->scenarios[i].plan);
        wheel_add(to, p->scenarios[i].name, &copy);
    }
}
