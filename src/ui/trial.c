/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "base/units.h"
#include "ui/dialog.h"

#define DANGER_TIMES 10

static double own_peak(const Plan *p) {
    double peak = fmax(1, p->start);
    for (size_t i = 0; i < p->count; i++) {
        const Stage *s = &p->stages[i];
        bool own = s->origin == STAGE_PLANNED || s->origin == STAGE_INSERTED;
        if (own && s->form != STAGE_STAY)
            peak = fmax(peak, s->level);
    }
    return peak;
}

/* The highest level that is to come: where the command leads. */
static double highest_to_come(const Plan *p) {
    double peak = 0;
    for (size_t i = p->current; i < p->count; i++)
        if (p->stages[i].form != STAGE_STAY)
            peak = fmax(peak, p->stages[i].level);
    return peak;
}

int trial_do(const Wheel *w, uint64_t now_ns, const char *command, Trial *t,
             Text *answer, Err *err) {
    Wheel trial;
    wheel_copy(&trial, w);
    wheel_advance(&trial, now_ns);
    const Plan *before = trial.plan;
    now_ns = before->now_ns;
    *t = (Trial){ .before = plan_level_at(before, now_ns),
                  .total_before_ns = plan_total_ns(before),
                  .plan_peak = own_peak(before) };
    double highest = highest_to_come(before);
    int rc = wheel_do(&trial, now_ns, command, answer, err);
    if (rc == 0) {
        const Plan *p = trial.plan;
        const Stage *s = plan_is_over(p) ? NULL : &p->stages[p->current];
        t->after =
            !s || s->form == STAGE_STAY ? plan_level_at(p, now_ns) : s->level;
        t->total_after_ns = plan_total_ns(p);
        double leads = highest_to_come(p);
        t->is_dangerous = leads > DANGER_TIMES * t->plan_peak &&
                          leads > fmax(highest, t->before);
        if (t->is_dangerous)
            t->after = leads;
    }
    wheel_close(&trial);
    return rc;
}

void trial_warn(const Trial *t, PlanUnit unit, Text *to) {
    UnitsText n;
    text_addf(
        to, "%s %s is %.0f times the plan's peak", units_count(n, t->after),
        unit == PLAN_RATE ? "arrivals/s" : "VUs", t->after / t->plan_peak);
}
