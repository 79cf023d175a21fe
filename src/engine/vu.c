/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/vu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* After a connection failed a VU waits, longer each time, so that a target
 * that refuses is not hammered: 20 ms doubled up to half a second, and with
 * very many VUs so long that a worker tries 1000 times a second at most. */
#define BACK_FIRST_MS 20
#define BACK_LONGEST_MS 500
#define TRIES_PER_MS 1

static void on_done(Exchange *x);
static void begin_iteration(Vu *v, uint64_t now_ns);

Vu *vu_new(Crew *c) {
    Vu *v = mem_new(Vu);
    Worker *w = c->worker;
    v->crew = c;
    v->worker = w;
    v->number = worker_number(w);
    v->x.done = on_done;
    uv_timer_init(&w->loop, &v->timer);
    v->timer.data = v;
    return v;
}

static void on_timer_closed(uv_handle_t *h) {
    Vu *v = h->data;
    rendering_close(&v->rendering);
    free(v);
}

static void retire(Vu *v) {
    v->state = VU_RETIRED;
    for (size_t i = 0; i < TRANSPORT_KINDS; i++)
        if (v->lane[i])
            v->lane[i]->ops->lane_free(v->lane[i]);
    worker_number_back(v->worker, v->number);
    crew_vu_gone(v->crew, v);
    uv_close((uv_handle_t *)&v->timer, on_timer_closed);
}

static bool is_held(const Vu *v) {
    return v->crew->paused;
}

static Lane *lane_for(Vu *v, uint32_t request) {
    Worker *w = v->worker;
    TransportKind kind = w->shared->carrier[request];
    if (!v->lane[kind])
        v->lane[kind] = w->transport[kind]->ops->lane_new(w->transport[kind]);
    return v->lane[kind];
}

/* The same seed makes the same values in the same iteration of the same VU,
 * whatever the others do. */
static void seed_iteration(Vu *v) {
    if (v->seeded == v->iterations)
        return;
    v->seeded = v->iterations;
    Rng mix = { v->worker->shared->seed ^ v->number };
    mix.state = rng_next(&mix) + v->iterations;
    v->rng.state = rng_next(&mix);
}

static const Form *render(Vu *v, const Template *t, uint64_t now_ns) {
    TemplateValues values = {
        .vu = v->number,
        .iteration = v->iterations - 1,
        .now_ms = (now_ns + v->worker->shared->wall_ns) / NS_PER_MS,
        .rng = &v->rng,
    };
    seed_iteration(v);
    return template_render(t, &values, &v->rendering);
}

static uint32_t step_request(const Vu *v) {
    return v->flow->requests[v->flow->steps[v->step].first];
}

static uint32_t series_of(const Vu *v, uint32_t request) {
    const Profile *p = v->worker->shared->profile;
    return v->crew->scenario->series[request * p->variant_count];
}

static void send_step(Vu *v, uint64_t now_ns) {
    uint32_t request = step_request(v);
    v->x.request = &v->worker->shared->encoded[request];
    const Template *t = v->x.request->template;
    v->x.form = t ? render(v, t, now_ns) : &v->x.request->form;
    v->x.wanted_ns = now_ns;
    v->intended_ns = v->step ? now_ns : v->due_ns;
    v->state = VU_WAITING;
    v->worker->flying++;
    v->flying = lane_for(v, request);
    v->flying->ops->send(v->flying, &v->x);
}

static const Flow *pick_flow(const Scenario *s, Rng *r) {
    if (s->flow_count == 1)
        return s->flows;
    double at = rng_unit(r) * s->flow_weight;
    for (size_t i = 0; i + 1 < s->flow_count; i++) {
        if (at < s->flows[i].weight)
            return &s->flows[i];
        at -= s->flows[i].weight;
    }
    return &s->flows[s->flow_count - 1];
}

static void start_iteration(Vu *v, uint64_t due_ns, uint64_t now_ns) {
    Worker *w = v->worker;
    w->slabs.live->started++;
    v->crew->busy++;
    v->crew->begun++;
    v->in_iteration = true;
    v->due_ns = due_ns;
    v->iteration_ns = now_ns;
    v->iterations++;
    v->flow = pick_flow(v->crew->scenario, &w->rng);
    v->step = 0;
    send_step(v, now_ns);
}

/* Between two iterations. */
static void begin_iteration(Vu *v, uint64_t now_ns) {
    Worker *w = v->worker;
    if (v->leaving || v->crew->finishing) {
        retire(v);
    } else if (v->crew->course.is_rate) {
        v->state = VU_IDLE;
        crew_vu_rests(v->crew, v);
    } else if (is_held(v) || !worker_take_iteration(w)) {
        v->state = VU_IDLE;
    } else {
        start_iteration(v, now_ns, now_ns);
    }
}

static void close_iteration(Vu *v, uint64_t now_ns) {
    Slab *s = v->worker->slabs.live;
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
    Vu *v = t->data;
    end_iteration(v, clock_now());
}

static void on_backed(uv_timer_t *t) {
    Vu *v = t->data;
    uint64_t now_ns = clock_now();
    v->state = VU_IDLE;
    vu_go(v, now_ns);
}

static void finish_iteration(Vu *v, uint64_t now_ns) {
    const Scenario *s = v->crew->scenario;
    uint64_t think_ns = think_draw(&s->think, &v->worker->rng);
    if (think_ns == 0 || v->leaving || v->crew->finishing) {
        end_iteration(v, now_ns);
        return;
    }
    v->state = VU_THINKING;
    uv_timer_start(&v->timer, on_thought,
                   (think_ns + NS_PER_MS / 2) / NS_PER_MS, 0);
}

/* --- recording ---------------------------------------------------------- */

static void note_example(Slab *s, FailClass f, const Exchange *x,
                         const char *name) {
    if (s->example[f][0])
        return;
    char text[FAIL_EXAMPLE_MAX];
    if (x->fail != FAIL_NONE)
        snprintf(text, sizeof text, "%s: %s", name, x->why ? x->why : "");
    else
        snprintf(text, sizeof text, "%s: status %d", name, x->status);
    text_clean(s->example[f], FAIL_EXAMPLE_MAX, text, strlen(text));
}

static FailClass class_of_status(int status) {
    if (status >= 200 && status < 400)
        return FAIL_NONE;
    if (status >= 400 && status < 500)
        return FAIL_HTTP_4XX;
    return status >= 500 && status < 600 ? FAIL_HTTP_5XX : FAIL_HTTP_OTHER;
}

/* What carries processes judges them itself. */
static FailClass class_of(const Exchange *x) {
    return x->fail == FAIL_NONE && !x->request->is_exec
               ? class_of_status(x->status)
               : x->fail;
}

static uint64_t time_taken(const Exchange *x) {
    return x->end_ns - (x->start_ns ? x->start_ns : x->wanted_ns);
}

static void run_checks(Worker *w, const Request *r, const Exchange *x) {
    uint64_t waited =
        x->first_ns > x->sent_ns ? x->first_ns - x->sent_ns : 0;
    const double numbers[CHECK_SLOTS] = {
        [CHECK_STATUS] = x->status,
        [CHECK_TIME] = (double)time_taken(x) / 1e6,
        [CHECK_WAITING] = (double)waited / 1e6,
        [CHECK_SIZE] = (double)x->body_bytes,
    };
    const ExprInput in = { .numbers = numbers,
                           .body = x->body,
                           .body_length = x->body_length,
                           .scratch = w->scratch };
    for (size_t i = 0; i < r->check_count; i++) {
        bool holds = expr_holds(r->checks[i].expr, &in);
        CheckSlab *c = &w->slabs.live->checks[r->checks[i].index];
        c->passed += holds;
        c->failed += !holds;
    }
}

static void record_phases(SeriesSlab *s, const Exchange *x) {
    uint64_t first = x->first_ns ? x->first_ns : x->end_ns;
    uint64_t sent = x->sent_ns && x->sent_ns < first ? x->sent_ns : first;
    if (x->connected_anew) {
        uint64_t busy = x->connect_ns + x->tls_ns;
        uint64_t all = x->start_ns - x->wanted_ns;
        hist_record(&s->phase[PHASE_BLOCKED], all > busy ? all - busy : 0);
        hist_record(&s->phase[PHASE_CONNECTING], x->connect_ns);
        if (x->tls_ns)
            hist_record(&s->phase[PHASE_TLS], x->tls_ns);
    }
    hist_record(&s->phase[PHASE_SENDING], sent - x->start_ns);
    hist_record(&s->phase[PHASE_WAITING], first - sent);
    hist_record(&s->phase[PHASE_RECEIVING], x->end_ns - first);
}

static void record(Vu *v, const Exchange *x) {
    Worker *w = v->worker;
    Slab *slab = w->slabs.live;
    uint32_t request = step_request(v);
    const Request *r = &w->shared->profile->requests[request];
    SeriesSlab *s = &slab->series[series_of(v, request)];
    FailClass f = class_of(x);
    s->requests++;
    s->sent += (uint64_t)(x->sent_ns != 0) + x->retried_sent + x->more_sent;
    slab->retried += x->retried;
    slab->connects += x->connected_anew + x->more_connects;
    s->bytes_in += x->bytes_in;
    s->bytes_out += x->bytes_out;
    if (x->request->is_exec)
        s->status[0] += f == FAIL_NONE || f == FAIL_EXIT;
    else if (x->status)
        s->status[x->status / 100]++;
    if (f != FAIL_NONE) {
        s->failed++;
        s->fail[f]++;
        note_example(slab, f, x, r->name);
    }
    /* A refusal is no answer; whom the time limit sent away has waited. */
    if (x->start_ns || fail_is_timeout(x->fail))
        hist_record(&s->response, x->end_ns - v->intended_ns);
    /* What never got a connection took no sending, waiting, receiving. */
    if (x->start_ns) {
        hist_record(&s->duration, x->end_ns - x->start_ns);
        record_phases(s, x);
    }
    if (r->check_count)
        run_checks(w, r, x);
}

/* --- the end of a request ----------------------------------------------- */

/* No connection, or one that was closed before a byte of an answer came. */
static bool is_setback(const Exchange *x) {
    bool hung_up = x->fail == FAIL_RESET && x->connected_anew && !x->first_ns;
    return hung_up || (x->fail != FAIL_NONE && !x->start_ns);
}

static void back_off(Vu *v) {
    Worker *w = v->worker;
    uint64_t ms = BACK_FIRST_MS;
    ms <<= v->setbacks < 6 ? v->setbacks : 6;
    if (ms > BACK_LONGEST_MS)
        ms = BACK_LONGEST_MS;
    if (ms < worker_vus(w) / TRIES_PER_MS)
        ms = worker_vus(w) / TRIES_PER_MS;
    ms = (uint64_t)((double)ms * (0.75 + 0.5 * rng_unit(&w->rng)));
    v->setbacks++;
    v->state = VU_BACKING;
    uv_timer_start(&v->timer, on_backed, ms ? ms : 1, 0);
}

/* As new_connection says, before a think time that would keep them open. */
static void leave_connections(Vu *v, bool ends_iteration) {
    NewConnection anew = v->worker->shared->profile->target.new_connection;
    if (anew == NEW_CONNECTION_NEVER ||
        (anew == NEW_CONNECTION_ITERATION && !ends_iteration))
        return;
    for (size_t i = 0; i < TRANSPORT_KINDS; i++)
        if (v->lane[i])
            v->lane[i]->ops->renew(v->lane[i]);
}

static void on_done(Exchange *x) {
    Vu *v = (Vu *)x;
    Worker *w = v->worker;
    w->flying--;
    w->finished++;
    record(v, x);
    leave_connections(v, v->step + 1 == v->flow->count);
    if (is_setback(x) && !v->leaving && !v->crew->finishing) {
        /* The iteration ends here; the next begins after the wait. Arrivals
         * do not wait: users go on coming to a target that is away. */
        close_iteration(v, x->end_ns);
        if (v->crew->course.is_rate)
            begin_iteration(v, x->end_ns);
        else
            back_off(v);
        return;
    }
    v->setbacks = 0;
    v->step++;
    if (v->step == v->flow->count)
        finish_iteration(v, x->end_ns);
    else if (is_held(v))
        v->state = VU_IDLE;
    else
        send_step(v, x->end_ns);
}

/* --- orders ------------------------------------------------------------- */

void vu_go(Vu *v, uint64_t now_ns) {
    switch (v->state) {
    case VU_IDLE:
        if (is_held(v))
            break;
        if (v->in_iteration)
            send_step(v, now_ns);
        else if (!v->crew->course.is_rate)
            begin_iteration(v, now_ns);
        break;
    case VU_WAITING:
    case VU_THINKING:
    case VU_BACKING:
    case VU_RETIRED:
        break;
    }
}

void vu_arrive(Vu *v, uint64_t due_ns, uint64_t now_ns) {
    hist_record(&v->worker->slabs.live->lag, now_ns - due_ns);
    start_iteration(v, due_ns, now_ns);
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
    case VU_IDLE:
        if (v->in_iteration && !v->crew->paused)
            send_step(v, clock_now());
        else
            vu_drop(v);
        break;
    case VU_BACKING:
        retire(v);
        break;
    case VU_WAITING:
    case VU_RETIRED:
        break;
    }
}

void vu_drop(Vu *v) {
    Slab *s = v->worker->slabs.live;
    if (v->state == VU_RETIRED)
        return;
    if (v->state == VU_WAITING) {
        v->worker->flying--;
        v->flying->ops->cancel(v->flying);
        uint32_t request = step_request(v);
        bool sent = v->x.sent_ns != 0;
        s->series[series_of(v, request)].sent +=
            (uint64_t)sent + v->x.retried_sent + v->x.more_sent;
        s->abandoned += sent;
        s->retried += v->x.retried;
    }
    if (v->in_iteration) {
        s->interrupted++;
        v->crew->busy--;
    }
    retire(v);
}
