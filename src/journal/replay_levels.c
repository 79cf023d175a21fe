/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the run stood at the end of a second: scenarios, VUs, health. */
#include <math.h>

#include "journal/replay_state.h"

#define HEALTH_SHARE_MAX 1e6

static void read_scenarios(Replay *r, Members *of) {
    const LineNode *list = member_list(of, "scenarios");
    size_t i = 0;
    for (const LineNode *n = line_first(list); n && i < r->scenario_count;
         n = line_next(of->line, list, n), i++) {
        Members m = { of->line, n, false, of->err };
        ScenarioReading *s = &r->scenarios[i];
        s->active = member_whole(&m, "active");
        s->alive = member_whole(&m, "alive");
        s->started = member_whole(&m, "started");
        s->is_over = member_is_true(&m, "is_over");
        s->planned = member_number(&m, "planned");
        s->started_per_s = member_number(&m, "started_per_s");
        r->levels[i] = s->planned;
        of->is_wrong |= m.is_wrong;
    }
    r->snapshot.scenarios = r->scenarios;
    r->snapshot.scenario_count = i;
}

static BoundBy bound_of(const char *name) {
    static const char *const names[] = {
#define X(id, name, text) name,
        BOUNDS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal(name, names[i]))
            return (BoundBy)(i + 1);
    return BOUND_NOT;
}

static void read_workers(const Members *m, const LineNode *list, Health *h) {
    int i = 0;
    for (const LineNode *n = line_first(list); n && i < HEALTH_WORKERS_MAX;
         n = line_next(m->line, list, n))
        h->busy_by_worker[i++] = fmin(n->number, HEALTH_SHARE_MAX);
    h->workers = i;
}

static void read_health(Replay *r, Members *of) {
    Members m = { of->line, line_get(of->line, of->of, "health"), false,
                  of->err };
    Health *h = &r->snapshot.health;
    *h = (Health){
        .lost = member_whole(&m, "lost"),
        .busy = member_number(&m, "busy"),
        .busy_max = member_number(&m, "busy_max"),
        .cpu = member_number(&m, "cpu"),
        .lag_ns = member_whole(&m, "lag"),
        .schedule_lag_ns = member_whole(&m, "schedule_lag"),
        .read_lag_ns = member_whole(&m, "read_lag"),
        .sockets = member_whole(&m, "sockets"),
        .descriptors = member_whole(&m, "descriptors"),
        .descriptors_max = member_whole(&m, "descriptors_max"),
        .ports_used = member_whole(&m, "ports_used"),
        .ports_max = member_whole(&m, "ports_max"),
        .bytes_in_per_s = member_number(&m, "bytes_in_per_s"),
        .bytes_out_per_s = member_number(&m, "bytes_out_per_s"),
        .bound_since_ns = member_maybe(&m, "bound_since"),
    };
    read_workers(&m, member_list(&m, "workers"), h);
    if (line_get(m.line, m.of, "bound_by"))
        h->bound_by = bound_of(member_word(&m, "bound_by"));
    h->is_bound = h->bound_by != BOUND_NOT;
    of->is_wrong |= m.is_wrong;
}

Levels replay_levels(Replay *r, Members *m) {
    Snapshot *s = &r->snapshot;
    Levels l = { member_number(m, "active"), member_number(m, "users"),
                 member_number(m, "planned"),
                 member_number(m, "planned_other") };
    recorder_alive(&r->recorder,
                   (double)(member_whole(m, "active_max") & INT64_MAX));
    s->alive = member_whole(m, "alive");
    s->in_flight = member_whole(m, "in_flight");
    s->ever_answered = member_is_true(m, "answered");
    read_scenarios(r, m);
    read_health(r, m);
    return l;
}
