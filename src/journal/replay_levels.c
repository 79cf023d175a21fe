/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the run stood at the end of a second: scenarios, VUs, health. */
#include <math.h>

#include "journal/replay_state.h"

#define HEALTH_SHARE_MAX 1e6

/* Whole levels only: a cell holds them as float, a snapshot as uint64_t. */
static bool is_level(double v) {
    return fabs(v) < 1e15;
}

static int read_scenario(const Members *of, const LineNode *n,
                         ScenarioReading *s) {
    Members m = { of->line, n, false, of->err };
    s->active = member_whole(&m, "active");
    s->alive = member_whole(&m, "alive");
    s->started = member_whole(&m, "started");
    s->is_over = member_is_true(&m, "is_over");
    s->planned = member_number(&m, "planned");
    s->started_per_s = member_number(&m, "started_per_s");
    if (!m.is_wrong && !is_level(s->planned))
        return err_set(of->err, "a scenario's \"planned\" is no level");
    return m.is_wrong ? -1 : 0;
}

/* All of them, or none: of those that are not told nothing is known. */
static int read_scenarios(Replay *r, Members *of, size_t *count) {
    const LineNode *list = member_list(of, "scenarios");
    size_t i = 0;
    if (of->is_wrong)
        return -1;
    *count = list->count;
    if (list->count && list->count != r->scenario_count)
        return err_set(of->err, "\"scenarios\" are %u, of %zu", list->count,
                       r->scenario_count);
    for (const LineNode *n = line_first(list); n;
         n = line_next(of->line, list, n), i++) {
        r->told[i] = r->scenarios[i]; /* name and unit */
        if (read_scenario(of, n, &r->told[i]) < 0)
            return -1;
    }
    return 0;
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

static int read_health(const Members *of, Health *h) {
    Members m = { of->line, line_get(of->line, of->of, "health"), false,
                  of->err };
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
    return m.is_wrong ? -1 : 0;
}

int replay_levels(Replay *r, Members *m, Levels *l) {
    *l = (Levels){ .active = member_number(m, "active"),
                   .users = member_number(m, "users"),
                   .planned = member_number(m, "planned"),
                   .other = member_number(m, "planned_other"),
                   .active_max = member_whole(m, "active_max"),
                   .alive = member_whole(m, "alive"),
                   .in_flight = member_whole(m, "in_flight"),
                   .answered = member_is_true(m, "answered") };
    if (m->is_wrong || read_scenarios(r, m, &l->scenario_count) < 0 ||
        read_health(m, &l->health) < 0)
        return -1;
    if (!is_level(l->active) || l->active < 0 || !is_level(l->users) ||
        !is_level(l->planned) || !is_level(l->other))
        return err_set(m->err, "the levels are no numbers of VUs");
    return 0;
}

void replay_stand(Replay *r, const Levels *l) {
    Snapshot *s = &r->snapshot;
    recorder_alive(&r->recorder, (double)(l->active_max & INT64_MAX));
    s->alive = l->alive;
    s->in_flight = l->in_flight;
    s->ever_answered = l->answered;
    s->health = l->health;
    for (size_t i = 0; i < l->scenario_count; i++) {
        r->scenarios[i] = r->told[i];
        r->levels[i] = r->told[i].planned;
    }
    s->scenarios = r->scenarios;
    s->scenario_count = l->scenario_count;
}
