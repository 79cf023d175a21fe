/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/vu.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/schedule.h"

/* After a connection failed a VU waits, longer each time, so that a target
 * that refuses is not hammered: 20 ms doubled up to half a second, and with
 * very many VUs so long that a worker tries 1000 times a second at most. */
#define BACK_FIRST_MS 20
#define BACK_LONGEST_MS 500
#define TRIES_PER_MS 1

static void on_done(Exchange *x);
static void begin_iteration(Vu *v, uint64_t now_ns);
static void begin_step(Vu *v, uint64_t intended_ns, uint64_t now_ns);

/* --- life --------------------------------------------------------------- */

/* Seeded by what the run, the VU and its iteration are: the same seed makes
 * the same choices there, whatever the others do. */
static void seed_iteration(Vu *v) {
    Rng mix = { v->worker->shared->seed ^ v->seat.number };
    mix.state = rng_next(&mix) + v->seat.iterations;
    v->rng.state = rng_next(&mix);
}

Vu *vu_new(Crew *c, uint64_t now_ns) {
    Worker *w = c->worker;
    size_t lanes = w->shared->carrier_count;
    bool has_tasks = c->scenario->choice == FLOW_TASKS;
    size_t tasks = has_tasks ? c->scenario->flow_count : 0;
    Vu *v = mem_alloc(1, sizeof(Vu) + tasks * sizeof(uint64_t) +
                             c->width * (sizeof(Call) +
                                         lanes * sizeof(Lane *)));
    Lane **first = (Lane **)(void *)&v->calls[c->width];
    v->crew = c;
    v->worker = w;
    v->seat = worker_seat(w);
    v->values = values_new(w->shared->profile);
    v->call_count = c->width;
    for (uint32_t i = 0; i < c->width; i++)
        call_init(&v->calls[i], v, first + i * lanes, on_done);
    uv_timer_init(&w->loop, &v->timer);
    v->timer.data = v;
    if (has_tasks) {
        v->task_ns = (uint64_t *)(void *)(first + c->width * lanes);
        seed_iteration(v);
        schedule_begin(v->task_ns, c->scenario, c->rates, now_ns, &v->rng);
    }
    return v;
}

static void on_timer_closed(uv_handle_t *h) {
    Vu *v = h->data;
    for (uint32_t i = 0; i < v->call_count; i++)
        call_close(&v->calls[i]);
    values_free(v->values);
    free(v);
}

static void retire(Vu *v) {
    v->state = VU_RETIRED;
    for (uint32_t i = 0; i < v->call_count; i++)
        call_close_lanes(&v->calls[i]);
    worker_seat_back(v->worker, v->seat);
    crew_vu_gone(v->crew, v);
    uv_close((uv_handle_t *)&v->timer, on_timer_closed);
}

static bool is_held(const Vu *v) {
    return v->crew->paused;
}

static bool is_to_end(const Vu *v) {
    return v->leaving || v->crew->finishing;
}

static void wait_for(Vu *v, uint64_t ns, uv_timer_cb then) {
    uv_timer_start(&v->timer, then, (ns + NS_PER_MS / 2) / NS_PER_MS, 0);
}

/* --- between iterations ------------------------------------------------- */

static const Flow *take_task(Vu *v, const Scenario *s) {
    size_t first = schedule_first(v->task_ns, s);
    schedule_take(v->task_ns, s, v->crew->rates, first, &v->rng);
    return &s->flows[first];
}

static double weight(const _Atomic double *values, size_t flow) {
    return atomic_load_explicit(&values[flow], memory_order_relaxed);
}

/* A weight that changes between the two loops can shift this one choice
 * only. */
static const Flow *pick_flow(const Crew *c, Rng *r) {
    const Scenario *s = c->scenario;
    const Tuned *tuned = c->tuned;
    double sum = 0;
    if (s->flow_count == 1)
        return s->flows;
    for (size_t i = 0; i < s->flow_count; i++)
        sum += weight(tuned->values, i);
    double at = rng_unit(r) * sum;
    for (size_t i = 0; i + 1 < s->flow_count; i++) {
        if (at < weight(tuned->values, i))
            return &s->flows[i];
        at -= weight(tuned->values, i);
    }
    return &s->flows[s->flow_count - 1];
}

/* Its flow, from the beginning, against the present variant. */
static void begin_pass(Vu *v, uint64_t intended_ns, uint64_t now_ns) {
    v->rng = v->of_pass; /* all variants are asked the same */
    v->broke = false;
    v->step = 0;
    begin_step(v, intended_ns, now_ns);
}

static void start_iteration(Vu *v, uint64_t due_ns, uint64_t now_ns) {
    const WorkerShared *shared = v->worker->shared;
    v->is_discarded = worker_discards(v->worker);
    vu_slab(v)->started++;
    v->worker->slabs.live->arrivals += v->crew->course.is_rate;
    v->crew->busy++;
    v->crew->begun++;
    v->in_iteration = true;
    v->was_set_back = false;
    v->due_ns = due_ns;
    v->iteration_ns = now_ns;
    v->seat.iterations++;
    seed_iteration(v);
    v->flow = v->task_ns ? take_task(v, v->crew->scenario)
                         : pick_flow(v->crew, &v->rng);
    if (v->values)
        values_begin(v->values, v->seat.number, &v->rng, shared->next_rows);
    v->of_pass = v->rng;
    v->passes = 0;
    v->variant = (uint32_t)((v->seat.number + v->seat.iterations) %
                            shared->profile->variant_count);
    begin_pass(v, due_ns, now_ns);
}

/* Of tasks: nothing is due. */
static bool sleeps(Vu *v, uint64_t now_ns) {
    const Scenario *s = v->crew->scenario;
    if (!v->task_ns)
        return false;
    v->rest.due_ns = v->task_ns[schedule_first(v->task_ns, s)];
    if (v->rest.due_ns <= now_ns)
        return false;
    v->state = VU_RESTING;
    crew_vu_sleeps(v->crew, v);
    return true;
}

static void begin_iteration(Vu *v, uint64_t now_ns) {
    v->state = VU_IDLE;
    if (is_to_end(v))
        retire(v);
    else if (v->crew->course.is_rate)
        crew_vu_rests(v->crew, v);
    else if (!is_held(v) && !sleeps(v, now_ns) &&
             worker_take_iteration(v->worker))
        start_iteration(v, v->task_ns ? v->rest.due_ns : now_ns, now_ns);
}

static void close_iteration(Vu *v, uint64_t now_ns) {
    Slab *s = vu_slab(v);
    s->iterations++;
    hist_record(&s->iteration, now_ns - v->iteration_ns);
    v->crew->busy--;
    v->in_iteration = false;
}

static void end_iteration(Vu *v, uint64_t now_ns) {
    close_iteration(v, now_ns);
    begin_iteration(v, now_ns);
}

static void on_thought(uv_timer_t *t) {
    end_iteration(t->data, clock_now());
}

static void on_backed(uv_timer_t *t) {
    begin_iteration(t->data, clock_now());
}

/* The iteration ended with a failed connection; the next begins after the
 * wait. */
static void back_off(Vu *v) {
    uint64_t ms = (uint64_t)BACK_FIRST_MS
                  << (v->setbacks < 6 ? v->setbacks : 6);
    uint64_t least = worker_vus(v->worker) / TRIES_PER_MS;
    if (ms > BACK_LONGEST_MS)
        ms = BACK_LONGEST_MS;
    if (ms < least)
        ms = least;
    v->setbacks++;
    v->state = VU_BACKING;
    double share = 0.75 + 0.5 * rng_unit(&v->rng);
    wait_for(v, (uint64_t)((double)(ms * NS_PER_MS) * share), on_backed);
}

static void renew_connections(Vu *v) {
    for (uint32_t i = 0; i < v->call_count; i++)
        call_renew(&v->calls[i]);
}

static uint64_t think_time(Vu *v) {
    uint64_t ns = think_draw(&v->crew->scenario->think, &v->rng);
    double factor = atomic_load_explicit(&v->crew->tuned->think,
                                         memory_order_relaxed);
    return factor == 1 ? ns : (uint64_t)((double)ns * factor);
}

/* Its flow was made against every variant. */
static void finish_iteration(Vu *v, uint64_t now_ns) {
    const Profile *p = v->worker->shared->profile;
    /* Before a think time that would keep them open. */
    if (p->target.new_connection == NEW_CONNECTION_ITERATION)
        renew_connections(v);
    /* Arrivals do not wait: users go on coming to a target that is away. */
    if (v->was_set_back && !is_to_end(v) && !v->crew->course.is_rate) {
        close_iteration(v, now_ns);
        back_off(v);
        return;
    }
    uint64_t think_ns = v->was_set_back ? 0 : think_time(v);
    if (think_ns == 0 || is_to_end(v)) {
        end_iteration(v, now_ns);
        return;
    }
    v->state = VU_THINKING;
    wait_for(v, think_ns, on_thought);
}

/* --- steps -------------------------------------------------------------- */

static Call *free_call(Vu *v) {
    Call *c = v->calls;
    while (c->state != CALL_FREE)
        c++;
    return c;
}

static void end_step(Vu *v, uint64_t now_ns) {
    if (!v->broke && ++v->step < v->flow->count) {
        begin_step(v, now_ns, now_ns);
    } else if (++v->passes < v->worker->shared->profile->variant_count) {
        v->variant = (v->variant + 1) %
                     (uint32_t)v->worker->shared->profile->variant_count;
        begin_pass(v, now_ns, now_ns);
    } else {
        finish_iteration(v, now_ns);
    }
}

/* Begins as many of the step's requests as it may at the same time. */
static void go_on(Vu *v, uint64_t now_ns) {
    const Step *s = &v->flow->steps[v->step];
    while (v->begun < s->count && v->open < v->call_count && !v->broke &&
           !is_held(v)) {
        v->open++;
        call_begin(free_call(v), v->flow->requests[s->first + v->begun++],
                   v->step_ns, now_ns);
    }
    if (v->open == 0 && (v->begun == s->count || v->broke))
        end_step(v, now_ns);
}

static void begin_step(Vu *v, uint64_t intended_ns, uint64_t now_ns) {
    v->state = VU_WORKING;
    v->begun = 0;
    v->step_ns = intended_ns;
    go_on(v, now_ns);
}

static void on_ask_again(uv_timer_t *t);

/* Asks again what has come due; the timer is for the next. */
static void ask_again(Vu *v, uint64_t now_ns) {
    uint64_t next_ns = UINT64_MAX;
    if (is_held(v))
        return;
    for (uint32_t i = 0; i < v->call_count; i++) {
        Call *c = &v->calls[i];
        if (c->state != CALL_PAUSING)
            continue;
        if (c->again_ns <= now_ns)
            call_ask_again(c, now_ns);
        else if (c->again_ns < next_ns)
            next_ns = c->again_ns;
    }
    if (next_ns != UINT64_MAX)
        wait_for(v, next_ns - now_ns + NS_PER_MS / 2, on_ask_again);
}

static void on_ask_again(uv_timer_t *t) {
    ask_again(t->data, clock_now());
}

static void on_done(Exchange *x) {
    Call *c = (Call *)x;
    Vu *v = c->vu;
    CallEnd end = call_end(c);
    if (v->worker->shared->profile->target.new_connection ==
        NEW_CONNECTION_REQUEST)
        call_renew(c);
    if (end == CALL_ASKS_AGAIN) {
        ask_again(v, x->end_ns);
        return;
    }
    v->open--;
    if (end == CALL_DONE)
        v->setbacks = 0;
    v->broke |= end != CALL_DONE;
    v->was_set_back |= end == CALL_SET_BACK;
    go_on(v, x->end_ns);
}

/* --- orders ------------------------------------------------------------- */

void vu_go(Vu *v, uint64_t now_ns) {
    switch (v->state) {
    case VU_IDLE:
        if (!v->crew->course.is_rate)
            begin_iteration(v, now_ns);
        break;
    case VU_WORKING:
        ask_again(v, now_ns);
        go_on(v, now_ns);
        break;
    case VU_THINKING:
    case VU_RESTING:
    case VU_BACKING:
    case VU_RETIRED:
        break;
    }
}

void vu_shift(Vu *v, uint64_t pause_ns, uint64_t now_ns) {
    v->step_ns = v->begun ? v->step_ns + pause_ns : now_ns;
    if (v->step_ns > now_ns)
        v->step_ns = now_ns;
    v->leave_end_ns += pause_ns;
    if (v->task_ns)
        schedule_shift(v->task_ns, v->crew->scenario, pause_ns);
    if (v->state == VU_RESTING)
        v->rest.due_ns += pause_ns; /* as all that sleep */
    for (uint32_t i = 0; i < v->call_count; i++) {
        v->calls[i].asked_ns += pause_ns;
        v->calls[i].again_ns += pause_ns;
    }
}

void vu_retune(Vu *v, const double *factors, uint64_t now_ns) {
    schedule_scale(v->task_ns, v->crew->scenario, factors, now_ns);
    if (v->state != VU_RESTING)
        return;
    crew_vu_awakes(v->crew, v);
    v->rest.due_ns =
        v->task_ns[schedule_first(v->task_ns, v->crew->scenario)];
    crew_vu_sleeps(v->crew, v);
}

void vu_arrive(Vu *v, uint64_t due_ns, uint64_t now_ns) {
    hist_record(&v->worker->slabs.live->lag, now_ns - due_ns);
    start_iteration(v, due_ns, now_ns);
}

void vu_wake(Vu *v, uint64_t now_ns) {
    hist_record(&v->worker->slabs.live->lag, now_ns - v->rest.due_ns);
    begin_iteration(v, now_ns);
}

void vu_leave(Vu *v, uint64_t leave_end_ns) {
    if (!v->leaving || leave_end_ns < v->leave_end_ns)
        v->leave_end_ns = leave_end_ns;
    v->leaving = true;
    switch (v->state) {
    case VU_THINKING:
        uv_timer_stop(&v->timer);
        end_iteration(v, clock_now());
        break;
    case VU_RESTING:
        crew_vu_awakes(v->crew, v);
        retire(v);
        break;
    case VU_IDLE:
    case VU_BACKING:
        retire(v);
        break;
    case VU_WORKING:
        vu_go(v, clock_now()); /* if a pause held it */
        break;
    case VU_RETIRED:
        break;
    }
}

void vu_drop(Vu *v) {
    if (v->state == VU_RETIRED)
        return;
    for (uint32_t i = 0; i < v->call_count; i++)
        call_drop(&v->calls[i]);
    if (v->state == VU_RESTING)
        crew_vu_awakes(v->crew, v);
    if (v->in_iteration) {
        vu_slab(v)->interrupted++;
        v->crew->busy--;
    }
    retire(v);
}
