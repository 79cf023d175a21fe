/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/cpus.h"
#include "engine/vu.h"

#define NO_LIMIT INT64_MAX
/* A worker that is behind its schedule still reads answers in between. */
#define ARRIVALS_AT_ONCE 64

/* --- VUs ---------------------------------------------------------------- */

static Vu *add_vu(Worker *w) {
    Vu *v = vu_new(w);
    mem_grow(w->vus, w->vu_count, w->vu_cap);
    v->place = w->vu_count;
    w->vus[w->vu_count++] = v;
    return v;
}

/* Places stay packed: those that leave come behind those that work. */
static void swap_places(Worker *w, size_t a, size_t b) {
    Vu *x = w->vus[a], *y = w->vus[b];
    w->vus[a] = y;
    w->vus[b] = x;
    y->place = a;
    x->place = b;
}

uint64_t worker_number(Worker *w) {
    if (w->free_count)
        return w->free_numbers[--w->free_count];
    return w->numbers++ * w->shared->workers + w->index + 1;
}

void worker_vu_gone(Worker *w, Vu *v) {
    mem_grow(w->free_numbers, w->free_count, w->free_cap);
    w->free_numbers[w->free_count++] = v->number;
    if (v->place < w->wanted) {
        swap_places(w, v->place, w->wanted - 1);
        w->wanted--;
    }
    swap_places(w, v->place, w->vu_count - 1);
    w->vu_count--;
}

bool worker_take_iteration(Worker *w) {
    _Atomic int64_t *left = &w->shared->iterations_left;
    if (atomic_load_explicit(left, memory_order_relaxed) == NO_LIMIT)
        return true;
    return atomic_fetch_sub(left, 1) > 0;
}

/* Rising: those that were leaving stay, then new ones come. Falling: the
 * last ones leave, within the graceful ramp-down. */
static void set_level(Worker *w, uint64_t want, uint64_t now_ns) {
    uint64_t grace = w->shared->profile->graceful_ramp_down_ns;
    while (w->wanted < want && w->wanted < w->vu_count) {
        Vu *v = w->vus[w->wanted++];
        v->leaving = false;
        vu_go(v, now_ns);
    }
    while (w->wanted < want) {
        w->wanted++;
        vu_go(add_vu(w), now_ns);
    }
    while (w->wanted > want) {
        Vu *v = w->vus[--w->wanted];
        vu_leave(v, now_ns + grace);
    }
}

/* --- arrivals ----------------------------------------------------------- */

void worker_vu_rests(Worker *w, Vu *v) {
    v->next_resting = w->resting;
    w->resting = v;
}

/* One that rests, the last to have worked first: its connection is the
 * likeliest to be open still. NULL: all that may be there are busy. */
static Vu *vu_for_arrival(Worker *w) {
    Vu *v = w->resting;
    if (v) {
        w->resting = v->next_resting;
        return v;
    }
    uint64_t max = course_share(w->shared->profile->scenarios[0].max_vus, w->index,
                                w->shared->workers);
    if (w->vu_count >= max)
        return NULL;
    w->wanted++;
    return add_vu(w);
}

static void arrive(Worker *w) {
    uint64_t now_ns = clock_now(), due_ns;
    for (int i = 0; i < ARRIVALS_AT_ONCE; i++) {
        due_ns = arrivals_due(&w->arrivals);
        if (due_ns > now_ns)
            return;
        if (!worker_take_iteration(w)) {
            w->exhausted = true;
            return;
        }
        Vu *v = vu_for_arrival(w);
        if (v)
            vu_arrive(v, due_ns, now_ns);
        else
            w->slabs.live->dropped++;
        arrivals_take(&w->arrivals);
        now_ns = clock_now();
    }
}

static bool takes_arrivals(const Worker *w) {
    return w->course.is_rate && !w->paused && !w->finishing && !w->exhausted;
}

static void on_due(void *data) {
    Worker *w = data;
    if (takes_arrivals(w))
        arrive(w);
}

/* Before the loop waits: a busy loop starts what has come due meanwhile. */
static void on_before_poll(uv_prepare_t *p) {
    Worker *w = p->data;
    if (!takes_arrivals(w)) {
        due_timer_set(&w->due, DUE_NEVER);
        return;
    }
    arrive(w);
    due_timer_set(&w->due, arrivals_due(&w->arrivals));
}

/* --- the grace ---------------------------------------------------------- */

static void drop_overdue(Worker *w, uint64_t now_ns) {
    for (size_t i = w->vu_count; i-- > w->wanted;)
        if (w->vus[i]->leave_end_ns <= now_ns)
            vu_drop(w->vus[i]);
}

static void drop_all(Worker *w) {
    while (w->vu_count)
        vu_drop(w->vus[w->vu_count - 1]);
}

/* --- the end ------------------------------------------------------------ */

/* Before a slab goes, or the transports do. */
static void take_read_lags(Worker *w) {
    for (size_t i = 0; i < TRANSPORT_KINDS; i++)
        if (w->transport[i]) {
            hist_add(&w->slabs.live->read_lag, &w->transport[i]->read_lag);
            hist_clear(&w->transport[i]->read_lag);
        }
}

static void on_transport_closed(void *data) {
    (void)data;
}

static void close_transports(Worker *w) {
    for (size_t i = 0; i < TRANSPORT_KINDS; i++) {
        Transport *t = w->transport[i];
        w->transport[i] = NULL;
        if (t)
            t->ops->close(t, on_transport_closed, NULL);
    }
}

static void close_if_done(Worker *w) {
    if (!w->finishing || w->vu_count || w->closing)
        return;
    w->closing = true;
    uv_close((uv_handle_t *)&w->pace, NULL);
    uv_close((uv_handle_t *)&w->wake, NULL);
    uv_close((uv_handle_t *)&w->before_poll, NULL);
    due_timer_close(&w->due);
    take_read_lags(w);
    close_transports(w);
}

static void finish(Worker *w, uint64_t now_ns) {
    uint64_t grace = w->shared->profile->graceful_stop_ns;
    w->finishing = true;
    w->resting = NULL;
    w->paused = false; /* iterations held by a pause may end, too */
    for (size_t i = w->vu_count; i-- > 0;) {
        Vu *v = w->vus[i];
        if (i < w->wanted)
            w->wanted = i;
        vu_leave(v, now_ns + grace);
    }
}

/* --- orders and the pace ------------------------------------------------ */

static void pace(Worker *w, uint64_t now_ns) {
    if (w->closing)
        return;
    uint64_t sockets = 0;
    for (size_t i = 0; i < TRANSPORT_KINDS; i++)
        if (w->transport[i]) {
            w->transport[i]->ops->tick(w->transport[i], now_ns);
            sockets += w->transport[i]->ops->sockets(w->transport[i]);
        }
    if (!w->finishing && !w->paused && !w->course.is_rate) {
        uint64_t total = course_vus(&w->course, now_ns);
        set_level(w, course_share(total, w->index, w->shared->workers), now_ns);
    }
    drop_overdue(w, now_ns);
    if (now_ns >= w->next_offer_ns) {
        uint64_t tenths = (now_ns - w->shared->epoch_ns) / WORKER_OFFER_NS;
        take_read_lags(w);
        slab_offer(&w->slabs, w->shared->epoch_ns + tenths * WORKER_OFFER_NS);
        w->next_offer_ns = w->shared->epoch_ns + (tenths + 1) * WORKER_OFFER_NS;
        atomic_store(&w->lag_ns, w->worst_lag_ns);
        w->worst_lag_ns = 0;
    }
    atomic_store(&w->active, w->course.is_rate ? w->busy
                             : w->finishing    ? w->vu_count
                                               : w->wanted);
    atomic_store(&w->alive, w->vu_count);
    atomic_store(&w->in_flight, w->flying);
    atomic_store(&w->sockets, sockets);
    close_if_done(w);
}

static void resume(Worker *w, uint64_t now_ns) {
    w->paused = false;
    for (size_t i = w->vu_count; i-- > 0;)
        vu_go(w->vus[i], now_ns);
}

static void obey(Worker *w, const Order *o, uint64_t now_ns) {
    switch (o->kind) {
    case ORDER_COURSE:
        w->course = o->course;
        arrivals_follow(&w->arrivals, &w->course);
        break;
    case ORDER_PAUSE:
        w->paused = true;
        break;
    case ORDER_RESUME:
        w->course = o->course;
        arrivals_resume(&w->arrivals, &w->course);
        resume(w, now_ns);
        break;
    case ORDER_FINISH:
        if (!w->finishing)
            finish(w, now_ns);
        break;
    case ORDER_STOP:
        w->finishing = true;
        w->wanted = 0;
        drop_all(w);
        break;
    }
}

static void on_wake(uv_async_t *a) {
    Worker *w = a->data;
    const Order *o;
    uint64_t now_ns = clock_now();
    while (!w->closing && (o = mailbox_peek(&w->mailbox))) {
        obey(w, o, now_ns);
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
    const Profile *p = w->shared->profile;
    for (size_t i = 0; i < p->request_count; i++) {
        TransportKind kind = w->shared->carrier[i];
        if (!w->transport[kind])
            w->transport[kind] = transport_ops(kind)->open(&w->loop, p, err);
        if (!w->transport[kind])
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
        return -1;
    }
    uv_prepare_init(&w->loop, &w->before_poll);
    w->before_poll.data = w;
    uv_prepare_start(&w->before_poll, on_before_poll);
    uv_unref((uv_handle_t *)&w->before_poll);
    arrivals_init(&w->arrivals, index, shared->workers);
    slab_swap_init(&w->slabs, p->series_count, p->check_total,
                   p->metric_count);
    w->scratch = expr_scratch_new();
    w->rng.state = shared->seed + index * UINT64_C(0x632be59bd9b4e019);
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
    uv_run(&w->loop, UV_RUN_DEFAULT);
    atomic_store(&w->active, 0);
    atomic_store(&w->alive, 0);
    atomic_store(&w->in_flight, 0);
    atomic_store(&w->sockets, 0);
    atomic_store(&w->has_ended, true);
    uv_async_send(w->shared->ended);
}

int worker_start(Worker *w, Err *err) {
    int rc = uv_thread_create(&w->thread, run, w);
    if (rc < 0)
        return err_set(err, "a worker's thread: %s", uv_strerror(rc));
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
        w->finishing = true;
        close_if_done(w);
        uv_run(&w->loop, UV_RUN_DEFAULT);
    }
    uv_loop_close(&w->loop);
    slab_swap_close(&w->slabs);
    expr_scratch_free(w->scratch);
    free(w->vus);
    free(w->free_numbers);
}
