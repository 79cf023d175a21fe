/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/plans.h"

#include <stdlib.h>

#include "base/mem.h"

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

static int by_time(const void *a, const void *b) {
    const PlannedEvent *x = *(const PlannedEvent *const *)a;
    const PlannedEvent *y = *(const PlannedEvent *const *)b;
    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

void plans_play_events(const Profile *p, Wheel *w, Diags *d) {
    uint64_t total = wheel_total_ns(w);
    const PlannedEvent **order = mem_alloc(p->event_count + 1, sizeof *order);
    for (size_t i = 0; i < p->event_count; i++)
        order[i] = &p->events[i];
    qsort(order, p->event_count, sizeof *order, by_time);
    Text answer = { 0 };
    for (size_t i = 0; i < p->event_count; i++) {
        Err err;
        bool comes = order[i]->has_at && order[i]->at_ns <= total;
        if (order[i]->command && comes &&
            wheel_do(w, order[i]->at_ns, order[i]->command, &answer, &err) <
                0 &&
            d)
            diags_add(d, order[i]->do_line, order[i]->do_column, "%s",
                      err.text);
    }
    text_close(&answer);
    free(order);
}

Peaks plans_peaks(const Profile *p) {
    Wheel w;
    plans_to_wheel(p, &w);
    plans_play_events(p, &w, NULL);
    Peaks all = wheel_peaks(&w);
    wheel_close(&w);
    return all;
}
