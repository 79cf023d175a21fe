/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/plans.h"

static void add_flows(const Profile *p, const Scenario *s, Tuning *t) {
    t->are_rates = s->choice == FLOW_TASKS;
    t->thinks = s->think.kind != THINK_NONE;
    for (size_t i = 0; s->choice != FLOW_ONE && i < s->flow_count; i++) {
        const Flow *f = &s->flows[i];
        Text name = { 0 };
        for (size_t k = 0; k < f->request_count; k++)
            text_addf(&name, "%s%s", k ? " " : "",
                      p->requests[f->requests[k]].name);
        tuning_add(t, name.bytes ? name.bytes : "",
                   t->are_rates ? f->rate : f->weight);
        text_close(&name);
    }
}

void plans_to_wheel(const Profile *p, Wheel *to) {
    *to = (Wheel){ 0 };
    for (size_t i = 0; i < p->scenario_count; i++) {
        Plan copy;
        plan_copy(&copy, &p->scenarios[i].plan);
        wheel_add(to, p->scenarios[i].name, &copy);
        add_flows(p, &p->scenarios[i], &to->tunings[i]);
    }
    limits_init(&to->limits, &p->thresholds, profile_metrics(p));
}
