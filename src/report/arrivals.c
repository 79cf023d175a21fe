/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/arrivals.h"

#include <math.h>

#include "base/units.h"

ArrivalFigures arrivals_measure(const Report *r) {
    const Snapshot *s = r->snapshot;
    const Wheel *w = r->wheel;
    double planned = 0;
    uint64_t last = 0;
    for (size_t i = 0; i < w->plan_count; i++) {
        const Plan *p = &w->plans[i];
        uint64_t total = plan_total_ns(p);
        uint64_t end = s->now_ns < total ? s->now_ns : total;
        if (p->unit != PLAN_RATE)
            continue;
        planned += plan_area(p, end);
        last = end > last ? end : last;
    }
    uint64_t started = s->totals->arrivals;
    return (ArrivalFigures){
        .planned = planned,
        .seconds = (double)last / 1e9,
        .started = started,
        .dropped = s->totals->dropped,
        .achieved = planned > 0 ? (double)started / planned : NAN,
        .lag_p99 = hist_quantile(&s->totals->lag, 0.99),
    };
}

bool arrivals_are_there(const Report *r) {
    for (size_t i = 0; i < r->wheel->plan_count; i++)
        if (r->wheel->plans[i].unit == PLAN_RATE)
            return true;
    return false;
}

/* An average, but not of a plan that is level. */
static bool is_average(const Wheel *w, double rate) {
    const Plan *p = w->plan;
    return w->plan_count > 1 || fabs(plan_peak(p) - rate) > rate * 0.01;
}

static void say_dropped(const Report *r, const ArrivalFigures *a, Text *to) {
    UnitsText share, vus;
    text_addf(to, "%s dropped because ",
              units_percent(share, (double)a->dropped / a->planned));
    if (r->info->max_vus == 1)
        text_adds(to, "the only VU was busy (max_vus)");
    else
        text_addf(to, "all %s VUs were busy (max_vus)",
                  units_count(vus, (double)r->info->max_vus));
}

bool arrivals_words(const Report *r, Text *to) {
    if (!arrivals_are_there(r))
        return false;
    ArrivalFigures a = arrivals_measure(r);
    double missing = a.planned - (double)a.started - (double)a.dropped;
    bool was_late = a.lag_p99 > ARRIVALS_LATE_NS;
    bool never_came = missing > fmax(a.planned * ARRIVALS_MISSED, 1);
    if (!(a.planned > 0) || (!a.dropped && !was_late && !never_came))
        return false;
    UnitsText asked, got, t;
    double rate = a.planned / a.seconds;
    text_addf(to, "the plan asked for %s/s%s, %s/s were started: ",
              units_count(asked, rate),
              is_average(r->wheel, rate) ? " on average" : "",
              units_count(got, (double)a.started / a.seconds));
    if (a.dropped)
        say_dropped(r, &a, to);
    if (never_came)
        text_addf(to, "%s%s never began", a.dropped ? ", " : "",
                  units_percent(t, missing / a.planned));
    if (was_late)
        text_addf(to, "%sone in a hundred began %s late or more",
                  a.dropped || never_came ? ", " : "",
                  units_latency(t, a.lag_p99));
    return true;
}
