/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "monitor/monitor.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "monitor/watch.h"

#define ANSWER_LIMIT_NS (2 * NS_PER_S)
/* So that a short run, too, has what needs two looks. */
#define SECOND_LOOK_NS NS_PER_S

struct Monitor {
    uv_async_t async; /* its data is the Monitor */
    uv_thread_t thread;
    bool is_started, is_closing;
    MonitorOptions options;
    Gauges *gauges;
    Post inbox; /* of the main thread */
    void (*closed)(void *);
    void *closed_data;

    uv_mutex_t mutex; /* holds outbox, and stop against a wait that begins */
    uv_cond_t wake;
    Post outbox;
    atomic_bool stop, has_ended;

    /* The thread's own. */
    uint64_t every_ns, limit_ns;
    Watch watch;
    Scraper *scraper; /* NULL: nobody is asked */
    Post draft;
};

/* --- the thread --------------------------------------------------------- */

static void hand_over(Monitor *m) {
    uv_mutex_lock(&m->mutex);
    post_move(&m->outbox, &m->draft);
    uv_mutex_unlock(&m->mutex);
    uv_async_send(&m->async);
}

static void on_answer(void *data, size_t source, const char *body,
                      size_t length, const char *trouble) {
    Monitor *m = data;
    watch_hear(&m->watch, source, body, length, trouble, &m->draft);
}

static void look(Monitor *m) {
    watch_look(&m->watch, &m->draft);
    hand_over(m);
    if (!m->scraper)
        return;
    scraper_look(m->scraper, on_answer, m);
    hand_over(m);
}

/* false: it is to stop. */
static bool wait_until(Monitor *m, uint64_t at_ns) {
    uv_mutex_lock(&m->mutex);
    for (uint64_t now = clock_now(); !atomic_load(&m->stop) && now < at_ns;
         now = clock_now())
        uv_cond_timedwait(&m->wake, &m->mutex, at_ns - now);
    uv_mutex_unlock(&m->mutex);
    return !atomic_load(&m->stop);
}

/* Even distances from the start on; what was missed is not made up for. */
static uint64_t next_look(const Monitor *m, uint64_t start_ns) {
    uint64_t since = clock_now() - start_ns;
    if (since < SECOND_LOOK_NS && m->every_ns > SECOND_LOOK_NS)
        return start_ns + SECOND_LOOK_NS;
    return start_ns + (since / m->every_ns + 1) * m->every_ns;
}

static void run(void *data) {
    Monitor *m = data;
    uint64_t start_ns = clock_now();
    do
        look(m);
    while (wait_until(m, next_look(m, start_ns)));
    atomic_store(&m->has_ended, true);
    uv_async_send(&m->async);
}

/* --- the main thread ---------------------------------------------------- */

static void take_in(Monitor *m) {
    uv_mutex_lock(&m->mutex);
    Post full = m->outbox;
    m->outbox = m->inbox;
    m->inbox = full;
    uv_mutex_unlock(&m->mutex);
    for (size_t i = 0; i < m->inbox.count; i++) {
        const PostReading *r = &m->inbox.readings[i];
        uint64_t run_ns = m->options.run_time(m->options.data, r->at_ns);
        m->gauges->items[r->gauge].unit = r->unit;
        gauges_read(m->gauges, r->gauge, run_ns, r->value);
    }
    for (size_t i = 0; i < m->inbox.event_count; i++)
        m->options.on_event(m->options.data, m->inbox.events[i].text);
    post_clear(&m->inbox);
}

static void on_handle_closed(uv_handle_t *h) {
    Monitor *m = h->data;
    void (*closed)(void *) = m->closed;
    void *data = m->closed_data;
    uv_mutex_destroy(&m->mutex);
    uv_cond_destroy(&m->wake);
    scraper_close(m->scraper);
    watch_close(&m->watch);
    post_close(&m->inbox);
    post_close(&m->outbox);
    post_close(&m->draft);
    free(m);
    if (closed)
        closed(data);
}

static void on_async(uv_async_t *a) {
    Monitor *m = a->data;
    if (!m->is_closing) {
        take_in(m);
    } else if (atomic_load(&m->has_ended) && !uv_is_closing((uv_handle_t *)a)) {
        uv_thread_join(&m->thread);
        uv_close((uv_handle_t *)a, on_handle_closed);
    }
}

/* --- life --------------------------------------------------------------- */

Monitor *monitor_new(uv_loop_t *loop, const Profile *profile, Gauges *gauges,
                     const MonitorOptions *options, Err *err) {
    const MonitorSpec *spec = &profile->monitor;
    Monitor *m = mem_new(Monitor);
    m->options = *options;
    m->gauges = gauges;
    m->every_ns = monitor_every_ns(spec);
    m->limit_ns = m->every_ns < ANSWER_LIMIT_NS ? m->every_ns : ANSWER_LIMIT_NS;
    atomic_init(&m->stop, false);
    atomic_init(&m->has_ended, false);
    if (spec->source_count &&
        !(m->scraper = scraper_new(spec, m->limit_ns, &m->stop, err))) {
        free(m);
        return NULL;
    }
    uv_mutex_init(&m->mutex);
    uv_cond_init(&m->wake);
    uv_async_init(loop, &m->async, on_async);
    m->async.data = m;
    watch_init(&m->watch, profile, options->proc ? options->proc : "/proc",
               gauges);
    return m;
}

int monitor_start(Monitor *m, Err *err) {
    int rc = uv_thread_create(&m->thread, run, m);
    if (rc < 0)
        return err_set(err, "no thread for the monitor: %s", uv_strerror(rc));
    m->is_started = true;
    return 0;
}

void monitor_close(Monitor *m, void (*closed)(void *data), void *data) {
    m->is_closing = true;
    m->closed = closed;
    m->closed_data = data;
    if (!m->is_started) {
        uv_close((uv_handle_t *)&m->async, on_handle_closed);
        return;
    }
    uv_mutex_lock(&m->mutex);
    atomic_store(&m->stop, true);
    uv_cond_signal(&m->wake);
    uv_mutex_unlock(&m->mutex);
    if (m->scraper)
        scraper_wake(m->scraper);
}
