/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/crew.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/vu.h"
#include "engine/worker.h"

/* A worker that is behind its schedule still reads answers in between. */
#define ARRIVALS_AT_ONCE 64

static void init_rates(Crew *c) {
    const Scenario *s = c->scenario;
    if (s->choice != FLOW_TASKS)
        return;
    c->rates = mem_alloc(s->flow_count, sizeof *c->rates);
    c->factors = mem_alloc(s->flow_count, sizeof *c->factors);
    for (size_t i = 0; i < s->flow_count; i++)
        c->rates[i] = atomic_load(&c->tuned->values[i]);
}

void crew_init(Crew *c, Worker *w, size_t scenario) {
    size_t workers = w->shared->workers;
    *c = (Crew){ .worker = w,
                 .scenario = &w->shared->profile->scenarios[scenario],
                 .index = scenario,
                 .width = call_width(w->shared->profile,
                                     &w->shared->profile->scenarios[scenario]),
                 .turn = course_turn(w->index, scenario, workers) };
    c->tuned = &w->shared->tuned[scenario];
    init_rates(c);
    /* Those that have a VU take all arrivals. */
    arrivals_init(&c->arrivals, c->turn,
                  c->scenario->max_vus < workers ? c->scenario->max_vus
                                                 : workers);
}

void crew_close(Crew *c) {
    due_heap_close(&c->asleep);
    free(c->rates);
    free(c->factors);
    free(c->vus);
}

/* --- VUs ---------------------------------------------------------------- */

static Vu *add_vu(Crew *c, uint64_t now_ns) {
    Vu *v = vu_new(c, now_ns);
    mem_grow(c->vus, c->vu_count, c->vu_cap);
    v->place = c->vu_count;
    c->vus[c->vu_count++] = v;
    return v;
}

/* Places stay packed: those that leave come behind those that work. */
static void swap_places(Crew *c, size_t a, size_t b) {
    Vu *x = c->vus[a], *y = c->vus[b];
    c->vus[a] = y;
    c->vus[b] = x;
    y->place = a;
    x->place = b;
}

void crew_vu_gone(Crew *c, Vu *v) {
    if (v->place < c->wanted) {
        swap_places(c, v->place, c->wanted - 1);
        c->wanted--;
    }
    swap_places(c, v->place, c->vu_count - 1);
    c->vu_count--;
}

static uint64_t share(const Crew *c, uint64_t total) {
    return course_share(total, c->turn, c->worker->shared->workers);
}

/* Rising: those that were leaving stay, then new ones come. Falling: the
 * last ones leave, within the graceful ramp-down. */
static void set_level(Crew *c, uint64_t want, uint64_t now_ns) {
    uint64_t grace = c->worker->shared->profile->graceful_ramp_down_ns;
    while (c->wanted < want && c->wanted < c->vu_count) {
        Vu *v = c->vus[c->wanted++];
        v->leaving = false;
        vu_go(v, now_ns);
    }
    while (c->wanted < want) {
        c->wanted++;
        vu_go(add_vu(c, now_ns), now_ns);
    }
    while (c->wanted > want) {
        Vu *v = c->vus[--c->wanted];
        vu_leave(v, now_ns + grace);
    }
}

static void drop_overdue(Crew *c, uint64_t now_ns) {
    for (size_t i = c->vu_count; i-- > c->wanted;)
        if (c->vus[i]->leave_end_ns <= now_ns)
            vu_drop(c->vus[i]);
}

static void tell_figures(Crew *c) {
    uint64_t active = c->course.is_rate ? c->busy
                      : c->finishing    ? c->vu_count
                                        : c->wanted;
    atomic_store_explicit(&c->active, active, memory_order_relaxed);
    atomic_store_explicit(&c->alive, c->vu_count, memory_order_relaxed);
    atomic_store_explicit(&c->started, c->begun, memory_order_relaxed);
}

void crew_pace(Crew *c, uint64_t now_ns) {
    if (!c->finishing && !c->paused && !c->course.is_rate)
        set_level(c, share(c, course_vus(&c->course, now_ns)), now_ns);
    if (!c->paused)
        drop_overdue(c, now_ns);
    tell_figures(c);
}

/* --- arrivals ----------------------------------------------------------- */

void crew_vu_rests(Crew *c, Vu *v) {
    v->next_resting = c->resting;
    c->resting = v;
}

/* One that rests, the last to have worked first: its connection is the
 * likeliest to be open still. NULL: all that may be there are busy. */
static Vu *vu_for_arrival(Crew *c, uint64_t now_ns) {
    Vu *v = c->resting;
    if (v) {
        c->resting = v->next_resting;
        return v;
    }
    if (c->vu_count >= share(c, c->scenario->max_vus))
        return NULL;
    v = add_vu(c, now_ns);
    swap_places(c, v->place, c->wanted++); /* before those that leave */
    return v;
}

/* False: there are no more iterations. One that is dropped is none. */
static bool begin_due_at(Crew *c, uint64_t due_ns, uint64_t now_ns) {
    Vu *v = vu_for_arrival(c, now_ns);
    if (!v && worker_has_iterations(c->worker)) {
        c->worker->slabs.live->dropped++;
        return true;
    }
    if (v && worker_take_iteration(c->worker)) {
        vu_arrive(v, due_ns, now_ns);
        return true;
    }
    if (v)
        crew_vu_rests(c, v);
    return false;
}

static void arrive(Crew *c) {
    uint64_t now_ns = clock_now(), due_ns;
    for (int i = 0; i < ARRIVALS_AT_ONCE; i++) {
        due_ns = arrivals_due(&c->arrivals);
        if (due_ns > now_ns || !begin_due_at(c, due_ns, now_ns))
            return;
        arrivals_take(&c->arrivals);
        now_ns = clock_now();
    }
}

static bool takes_arrivals(const Crew *c) {
    return c->course.is_rate && !c->paused && !c->finishing &&
           !c->worker->exhausted && c->turn < c->arrivals.stride;
}

/* --- tasks -------------------------------------------------------------- */

void crew_vu_sleeps(Crew *c, Vu *v) {
    due_heap_add(&c->asleep, &v->rest);
}

void crew_vu_awakes(Crew *c, Vu *v) {
    due_heap_remove(&c->asleep, &v->rest);
}

static void wake_due(Crew *c) {
    uint64_t now_ns = clock_now();
    DueItem *first;
    for (int i = 0; i < ARRIVALS_AT_ONCE; i++) {
        first = due_heap_first(&c->asleep);
        if (!first || first->due_ns > now_ns)
            return;
        due_heap_remove(&c->asleep, first);
        vu_wake(vu_of_rest(first), now_ns);
    }
}

uint64_t crew_begin_due(Crew *c) {
    if (takes_arrivals(c))
        arrive(c);
    if (c->asleep.count && !c->paused)
        wake_due(c);
    if (takes_arrivals(c))
        return arrivals_due(&c->arrivals);
    const DueItem *first = c->paused ? NULL : due_heap_first(&c->asleep);
    return first ? first->due_ns : ARRIVAL_NEVER;
}

/* --- orders ------------------------------------------------------------- */

/* New rates of tasks hold for what VUs wait for already. */
static void retune(Crew *c, uint64_t now_ns) {
    bool is_other = false;
    for (size_t i = 0; c->rates && i < c->scenario->flow_count; i++) {
        double rate = atomic_load(&c->tuned->values[i]);
        is_other |= rate != c->rates[i];
        c->factors[i] = c->rates[i] / rate;
        c->rates[i] = rate;
    }
    for (size_t i = 0; is_other && i < c->vu_count; i++)
        vu_retune(c->vus[i], c->factors, now_ns);
}

void crew_pause(Crew *c, uint64_t now_ns) {
    if (c->paused || c->finishing)
        return;
    c->paused = true;
    c->paused_ns = now_ns;
}

static void end_pause(Crew *c, uint64_t now_ns) {
    c->paused = false;
    for (size_t i = c->vu_count; i-- > 0;)
        vu_shift(c->vus[i], now_ns - c->paused_ns, now_ns);
}

static void resume(Crew *c, uint64_t now_ns) {
    arrivals_resume(&c->arrivals, &c->course);
    end_pause(c, now_ns);
    retune(c, now_ns);
    for (size_t i = c->vu_count; i-- > 0;)
        vu_go(c->vus[i], now_ns);
}

void crew_follow(Crew *c, const Course *course, uint64_t now_ns) {
    c->finishing = false; /* an undo may bring a plan back that was over */
    c->course = *course;
    if (c->paused) {
        resume(c, now_ns);
        return;
    }
    arrivals_follow(&c->arrivals, course);
    retune(c, now_ns);
}

void crew_finish(Crew *c, uint64_t now_ns) {
    uint64_t grace = c->worker->shared->profile->graceful_stop_ns;
    if (c->finishing)
        return;
    c->finishing = true;
    c->resting = NULL;
    if (c->paused)
        end_pause(c, now_ns);
    for (size_t i = c->vu_count; i-- > 0;) {
        Vu *v = c->vus[i];
        if (i < c->wanted)
            c->wanted = i;
        vu_leave(v, now_ns + grace);
    }
}

void crew_stop(Crew *c) {
    c->finishing = true;
    c->resting = NULL;
    c->wanted = 0;
    while (c->vu_count)
        vu_drop(c->vus[c->vu_count - 1]);
}
