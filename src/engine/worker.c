/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/cpus.h"

#define NO_LIMIT INT64_MAX
/* From the last answer to the end of the thread: closing waits for nobody. */
#define PATIENCE_MS 2000

/* --- for crews and VUs -------------------------------------------------- */

size_t worker_vus(const Worker *w) {
    size_t n = 0;
    for (size_t i = 0; i < w->crew_count; i++)
        n += w->crews[i].vu_count;
    return n;
}

Seat worker_seat(Worker *w) {
    if (w->free_count)
        return w->free_seats[--w->free_count];
    return (Seat){ w->seats++ * w->shared->workers + w->index + 1, 0 };
}

void worker_seat_back(Worker *w, Seat s) {
    mem_grow(w->free_seats, w->free_count, w->free_cap);
    w->free_seats[w->free_count++] = s;
}

bool worker_has_iterations(Worker *w) {
    w->exhausted |= atomic_load_explicit(&w->shared->iterations_left,
                                         memory_order_relaxed) <= 0;
    return !w->exhausted;
}

bool worker_take_iteration(Worker *w) {
    _Atomic int64_t *left = &w->shared->iterations_left;
    if (atomic_load_explicit(left, memory_order_relaxed) == NO_LIMIT)
        return true;
    w->exhausted = atomic_fetch_sub(left, 1) <= 0;
    return !w->exhausted;
}

bool worker_discards(Worker *w) {
    _Atomic int64_t *left = &w->shared->discard_left;
    return atomic_load_explicit(left, memory_order_relaxed) > 0 &&
           atomic_fetch_sub(left, 1) > 0;
}

/* --- what is due --------------------------------------------------------- */

static uint64_t begin_due(Worker *w) {
    uint64_t next_ns = ARRIVAL_NEVER;
    for (size_t i = 0; i < w->crew_count; i++) {
        uint64_t due_ns = crew_begin_due(&w->crews[i]);
        next_ns = due_ns < next_ns ? due_ns : next_ns;
    }
    return next_ns;
}

static void on_due(void *data) {
    begin_due(data);
}

/* Before the loop waits: a busy loop starts what has come due meanwhile. */
static void on_before_poll(uv_prepare_t *p) {
    Worker *w = p->data;
    due_timer_set(&w->due, begin_due(w));
}

/* --- the end ------------------------------------------------------------ */

/* Before a slab goes, or the transports do. */
static void take_read_lags(Worker *w) {
    for (size_t i = 0; i < w->shared->carrier_count; i++) {
        hist_add(&w->slabs.live->read_lag, &w->transports[i]->read_lag);
        hist_clear(&w->transports[i]->read_lag);
    }
}

static void on_transport_closed(void *data) {
    (void)data;
}

static void close_transports(Worker *w) {
    for (size_t i = 0; i < w->shared->carrier_count; i++) {
        Transport *t = w->transports[i];
        if (t)
            t->ops->close(t, on_transport_closed, NULL);
    }
}

static bool is_done(const Worker *w) {
    for (size_t i = 0; i < w->crew_count; i++)
        if (!w->crews[i].finishing || w->crews[i].vu_count)
            return false;
    return true;
}

static void close_by_force(uv_handle_t *h, void *data) {
    Worker *w = data;
    if (h == (uv_handle_t *)&w->patience || uv_is_closing(h))
        return;
    w->was_stuck = true;
    uv_close(h, NULL);
}

/* A library that forgot one of its sockets must not keep the run from its
 * end. Whose memory it is, nobody knows: it stays. */
static void on_impatient(uv_timer_t *t) {
    Worker *w = t->data;
    uv_walk(&w->loop, close_by_force, w);
}

static void close_if_done(Worker *w) {
    if (w->closing || !is_done(w))
        return;
    w->closing = true;
    uv_close((uv_handle_t *)&w->pace, NULL);
    uv_close((uv_handle_t *)&w->wake, NULL);
    uv_close((uv_handle_t *)&w->before_poll, NULL);
    due_timer_close(&w->due);
    take_read_lags(w);
    close_transports(w);
    uv_timer_init(&w->loop, &w->patience);
    w->patience.data = w;
    uv_update_time(&w->loop);
    uv_timer_start(&w->patience, on_impatient, PATIENCE_MS, 0);
    uv_unref((uv_handle_t *)&w->patience);
}

/* Until it is done, and all is closed. */
static void run_loop(Worker *w) {
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&w->patience, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
}

/* --- orders and the pace ------------------------------------------------ */

static size_t tick_transports(Worker *w, uint64_t now_ns) {
    size_t sockets = 0;
    for (size_t i = 0; i < w->shared->carrier_count; i++) {
        Transport *t = w->transports[i];
        t->ops->tick(t, now_ns);
        sockets += t->ops->sockets(t);
    }
    return sockets;
}

static void pace(Worker *w, uint64_t now_ns) {
    if (w->closing)
        return;
    atomic_store(&w->sockets, tick_transports(w, now_ns));
    for (size_t i = 0; i < w->crew_count; i++)
        crew_pace(&w->crews[i], now_ns);
    if (now_ns >= w->next_offer_ns) {
        uint64_t tenths = (now_ns - w->shared->epoch_ns) / WORKER_OFFER_NS;
        take_read_lags(w);
        slab_offer(&w->slabs, w->shared->epoch_ns + tenths * WORKER_OFFER_NS);
        w->next_offer_ns = w->shared->epoch_ns + (tenths + 1) * WORKER_OFFER_NS;
        atomic_store(&w->lag_ns, w->worst_lag_ns);
        w->worst_lag_ns = 0;
    }
    atomic_store(&w->in_flight, w->flying);
    close_if_done(w);
}

static void obey(Crew *c, const Order *o, uint64_t now_ns) {
    switch (o->kind) {
    case ORDER_COURSE:
        crew_follow(c, &o->course, now_ns);
        break;
    case ORDER_PAUSE:
        crew_pause(c, now_ns);
        break;
    case ORDER_FINISH:
        crew_finish(c, now_ns);
        break;
    case ORDER_STOP:
        crew_stop(c);
        break;
    }
}

static void on_wake(uv_async_t *a) {
    Worker *w = a->data;
    const Order *o;
    uint64_t now_ns = clock_now();
    while (!w->closing && (o = mailbox_peek(&w->mailbox))) {
        obey(&w->crews[o->scenario], o, now_ns);
        mailbox_done(&w->mailbox);
    }
    pace(w, now_ns);
}

static void on_pace(uv_timer_t *t) {
    Worker *w = t->data;
    uint64_t now_ns = clock_now();
    uint64_t due_ns = w->pace_due_ns;
    if (due_ns && now_ns > due_ns && now_ns - due_ns > w->worst_lag_ns)
        w->worst_lag_ns = now_ns - due_ns;
    pace(w, now_ns);
    w->pace_due_ns = now_ns + WORKER_PACE_MS * NS_PER_MS;
}

/* --- life --------------------------------------------------------------- */

static int open_transports(Worker *w, Err *err) {
    const WorkerShared *s = w->shared;
    w->transports = mem_alloc(s->carrier_count, sizeof *w->transports);
    for (size_t i = 0; i < s->carrier_count; i++) {
        const Carrier *c = &s->carriers[i];
        w->transports[i] = transport_ops(c->kind)->open(&w->loop, s->profile,
                                                        c->variant, s->guard,
                                                        err);
        if (!w->transports[i])
            return -1;
    }
    return 0;
}

int worker_init(Worker *w, WorkerShared *shared, size_t index, Err *err) {
    const Profile *p = shared->profile;
    *w = (Worker){ .shared = shared, .index = index, .cpu = -1 };
    int rc = uv_loop_init(&w->loop);
    if (rc < 0)
        return err_set(err, "a worker's loop: %s", uv_strerror(rc));
    uv_loop_configure(&w->loop, UV_METRICS_IDLE_TIME);
    if (due_timer_init(&w->due, &w->loop, on_due, w, err) < 0) {
        uv_loop_close(&w->loop);
        return -1;
    }
    if (open_transports(w, err) < 0) {
        due_timer_close(&w->due);
        close_transports(w);
        uv_run(&w->loop, UV_RUN_DEFAULT);
        uv_loop_close(&w->loop);
        free(w->transports);
        return -1;
    }
    uv_prepare_init(&w->loop, &w->before_poll);
    w->before_poll.data = w;
    uv_prepare_start(&w->before_poll, on_before_poll);
    uv_unref((uv_handle_t *)&w->before_poll);
    w->crews = mem_alloc(p->scenario_count, sizeof *w->crews);
    for (; w->crew_count < p->scenario_count; w->crew_count++)
        crew_init(&w->crews[w->crew_count], w, w->crew_count);
    slab_swap_init(&w->slabs, p->series_count, p->check_total,
                   p->metric_count);
    slab_swap_keep(&w->slabs, threshold_parts(&p->thresholds));
    slab_init(&w->scrap, p->series_count, p->check_total, p->metric_count);
    w->judge = judge_new(p);
    uv_async_init(&w->loop, &w->wake, on_wake);
    uv_timer_init(&w->loop, &w->pace);
    w->wake.data = w->pace.data = w;
    return 0;
}

static void run(void *data) {
    Worker *w = data;
    w->next_offer_ns = w->shared->epoch_ns + WORKER_OFFER_NS;
    uv_update_time(&w->loop);
    uv_timer_start(&w->pace, on_pace, 0, WORKER_PACE_MS);
    run_loop(w);
    atomic_store(&w->in_flight, 0);
    atomic_store(&w->sockets, 0);
    atomic_store(&w->has_ended, true);
    uv_async_send(w->shared->ended);
}

int worker_start(Worker *w, Err *err) {
    int rc = uv_thread_create(&w->thread, run, w);
    if (rc < 0)
        return err_set(err, "a worker's thread: %s", uv_strerror(rc));
    return 0;
}

int worker_pin(Worker *w, Err *err) {
    return w->cpu < 0 ? 0 : cpus_pin(w->thread, (unsigned)w->cpu, err);
}

bool worker_order(Worker *w, const Order *o) {
    if (atomic_load(&w->has_ended))
        return true; /* it has nothing to obey any more */
    if (!mailbox_put(&w->mailbox, o))
        return false;
    uv_async_send(&w->wake);
    return true;
}

uint64_t worker_idle_ns(Worker *w) {
    return uv_metrics_idle_time(&w->loop);
}

void worker_close(Worker *w, bool started) {
    if (started) {
        uv_thread_join(&w->thread);
    } else {
        for (size_t i = 0; i < w->crew_count; i++)
            w->crews[i].finishing = true;
        close_if_done(w);
        run_loop(w);
    }
    uv_loop_close(&w->loop);
    slab_swap_close(&w->slabs);
    slab_close(&w->scrap);
    judge_free(w->judge);
    free(w->transports);
    for (size_t i = 0; i < w->crew_count; i++)
        crew_close(&w->crews[i]);
    free(w->crews);
    free(w->free_seats);
}
