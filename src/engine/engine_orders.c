/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the workers are told: courses, pauses, the end. */
#include "base/clock.h"
#include "engine/engine_state.h"

/* A course is renewed when less than this lies ahead. */
#define COURSE_AHEAD_NS (UINT64_C(5) * NS_PER_S)

uint64_t engine_run_time(const Engine *e, uint64_t now_ns) {
    if (e->paused_at_ns)
        now_ns = e->paused_at_ns;
    return now_ns > e->epoch_ns ? now_ns - e->epoch_ns : 0;
}

/* A scenario whose plan is over needs no course any more. */
static Order order_for(Engine *e, size_t scenario, OrderKind kind,
                       uint64_t run_ns) {
    const Plan *p = &e->wheel.plans[scenario];
    Order o = { .kind = kind, .scenario = (uint32_t)scenario };
    if (kind == ORDER_STOP)
        return o;
    if (plan_is_over(p)) {
        o.kind = ORDER_FINISH;
        return o;
    }
    uint64_t reach_ns = course_make(&o.course, p, run_ns, e->epoch_ns);
    if (reach_ns < e->course_reach_ns)
        e->course_reach_ns = reach_ns;
    return o;
}

void engine_order(Engine *e, OrderKind kind, uint64_t run_ns,
                  bool only_pending) {
    bool *left_out = e->left_out;
    for (size_t i = 0; i < e->count; i++) {
        left_out[i] = only_pending && !e->pending[i];
        e->pending[i] = false;
    }
    e->course_reach_ns = UINT64_MAX;
    e->last_order = kind;
    for (size_t s = 0; s < e->wheel.plan_count; s++) {
        Order o = order_for(e, s, kind, run_ns);
        for (size_t i = 0; i < e->count; i++)
            if (!left_out[i] && !worker_order(e->workers[i], &o))
                e->pending[i] = true;
    }
}

static bool has_pending(const Engine *e) {
    for (size_t i = 0; i < e->count; i++)
        if (e->pending[i])
            return true;
    return false;
}

void engine_finish(Engine *e, uint64_t run_ns) {
    bool at_once = e->wheel.end == WHEEL_STOP;
    if (e->paused_at_ns) {
        e->epoch_ns += clock_now() - e->paused_at_ns;
        e->paused_at_ns = 0;
    }
    e->state = RUN_FINISHING;
    e->snapshot.stopped |= at_once;
    engine_order(e, at_once ? ORDER_STOP : ORDER_FINISH, run_ns, false);
}

static bool is_out_of_iterations(const Engine *e) {
    return e->profile->iterations &&
           atomic_load(&e->shared.iterations_left) <= 0;
}

/* Has a scenario's plan come to its end since the last order, or back? */
static bool has_turned(Engine *e) {
    bool has = false;
    for (size_t i = 0; i < e->wheel.plan_count; i++) {
        ScenarioReading *r = &e->scenarios[i];
        has |= r->is_over != plan_is_over(&e->wheel.plans[i]);
        r->is_over = plan_is_over(&e->wheel.plans[i]);
    }
    return has;
}

void engine_heed_guard(Engine *e) {
    Ceiling *c = &e->wheel.ceiling;
    if (!e->guard)
        return;
    c->is_far |= atomic_load(&e->guard->saw_far);
    c->far = guard_far_host(e->guard);
}

/* Before more load is ordered. */
static void guard_follows(Engine *e) {
    const Ceiling *c = &e->wheel.ceiling;
    if (!e->guard)
        return;
    int was = atomic_load(&e->guard->state);
    if (c->is_confirmed && (was == GUARD_LOW || was == GUARD_SHUT))
        atomic_store(&e->guard->state, (int)GUARD_CONFIRMED);
    else if (was == GUARD_LOW && !c->is_set)
        atomic_store(&e->guard->state, (int)GUARD_SHUT);
    engine_heed_guard(e);
}

static bool wants_course(Engine *e, uint64_t run_ns) {
    bool has = has_turned(e) || e->wheel.version != e->seen_version;
    return has || (e->course_reach_ns != UINT64_MAX &&
                   e->course_reach_ns < run_ns + COURSE_AHEAD_NS);
}

/* What a worker's mailbox had no room for, whatever the run does by now. */
static void order_again(Engine *e, uint64_t run_ns) {
    if (has_pending(e))
        engine_order(e, e->last_order, run_ns, true);
}

void engine_steer(Engine *e, uint64_t now_ns, uint64_t run_ns) {
    Wheel *w = &e->wheel;
    guard_follows(e);
    if (w->version != e->seen_version)
        shared_tune(&e->shared, w);
    if (e->state == RUN_FINISHING) {
        if (w->end == WHEEL_STOP && e->last_order != ORDER_STOP)
            engine_finish(e, run_ns);
        else
            order_again(e, run_ns);
        return;
    }
    if (w->end != WHEEL_GOES_ON || wheel_is_over(w) ||
        is_out_of_iterations(e)) {
        engine_finish(e, run_ns);
    } else if (w->paused && e->state == RUN_RUNNING) {
        e->state = RUN_PAUSED;
        e->paused_at_ns = now_ns;
        engine_order(e, ORDER_PAUSE, run_ns, false);
    } else if (!w->paused && e->state == RUN_PAUSED) {
        e->state = RUN_RUNNING;
        e->epoch_ns += now_ns - e->paused_at_ns;
        e->paused_at_ns = 0;
        engine_order(e, ORDER_COURSE, run_ns, false);
    } else if (e->state == RUN_RUNNING && wants_course(e, run_ns)) {
        engine_order(e, ORDER_COURSE, run_ns, false);
    } else {
        order_again(e, run_ns);
    }
    e->seen_version = w->version;
}
