/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/health.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine/machine.h"
#include "http/link.h"

/* A loop that never waits for three seconds decides what it measures. */
#define BUSY_LIMIT 0.97
/* Arrivals that come later than this are no longer the schedule's: ten times
 * what timers and the loop's turn explain, a tenth of what a user notices. */
#define LATE_LIMIT_NS (10 * NS_PER_MS)
#define LOOKS 3
/* Nearly used up: more than this share, and fewer left than what connections
 * must leave. A plan that fits its limit exactly (limits.h) leaves more. */
#define USED_LIMIT 0.98
#define LEFT_LIMIT LINK_SPARE_DESCRIPTORS
/* With so many sockets open files are not counted one by one (machine.h). */
#define COUNT_SOCKETS_MAX 1000

void health_init(HealthWatch *h, size_t workers, const Profile *p) {
    size_t addresses = p->target.local_count ? p->target.local_count : 1;
    *h = (HealthWatch){ .idle_ns = mem_alloc(workers, sizeof(uint64_t)),
                        .sockstat = machine_open_sockstat(),
                        .cpu_ns = machine_cpu_ns() };
    h->now.workers = (int)workers;
    h->now.descriptors_max = machine_descriptors_max();
    if (!p->target.unix_socket)
        h->now.ports_max = machine_ports() * addresses;
}

void health_close(HealthWatch *h) {
    if (h->sockstat >= 0)
        close(h->sockstat);
    free(h->idle_ns);
    hist_close(&h->schedule_lag);
    hist_close(&h->read_lag);
    *h = (HealthWatch){ .sockstat = -1 };
}

/* --- the verdict -------------------------------------------------------- */

static void bind_to(HealthWatch *h, BoundBy by, uint64_t since_ns) {
    if (h->now.is_bound)
        return;
    h->now.is_bound = true;
    h->now.bound_by = by;
    h->now.bound_since_ns = since_ns;
}

static bool lasts(Streak *s, bool is_over, uint64_t from_ns) {
    if (!is_over)
        s->looks = 0;
    else if (s->looks++ == 0)
        s->since_ns = from_ns;
    return s->looks >= LOOKS;
}

static bool is_used_up(uint64_t used, uint64_t max) {
    return max && (double)used > USED_LIMIT * (double)max &&
           used + LEFT_LIMIT > max;
}

static bool has_failed(const Slab *totals, FailClass c) {
    for (size_t i = 0; i < totals->series_count; i++)
        if (totals->series[i].fail[c])
            return true;
    return false;
}

/* What ran out is the cause, a full CPU or late arrivals may follow. */
static void judge_resources(HealthWatch *h, const Slab *totals,
                            uint64_t run_ns) {
    const Health *n = &h->now;
    if (is_used_up(n->descriptors, n->descriptors_max) ||
        has_failed(totals, FAIL_LOCAL_DESCRIPTORS))
        bind_to(h, BOUND_DESCRIPTORS, run_ns);
    if (is_used_up(n->sockets, n->ports_max) ||
        has_failed(totals, FAIL_LOCAL_PORTS))
        bind_to(h, BOUND_PORTS, run_ns);
    if (has_failed(totals, FAIL_LOCAL_MEMORY))
        bind_to(h, BOUND_MEMORY, run_ns);
}

void health_judge(HealthWatch *h, const Slab *totals, uint64_t run_ns) {
    const Health *n = &h->now;
    judge_resources(h, totals, run_ns);
    if (lasts(&h->busy, n->busy > BUSY_LIMIT, h->looked_run_ns))
        bind_to(h, BOUND_CPU, h->busy.since_ns);
    if (lasts(&h->late, n->schedule_lag_ns > LATE_LIMIT_NS, h->looked_run_ns))
        bind_to(h, BOUND_LAG, h->late.since_ns);
    h->looked_run_ns = run_ns;
}

void health_audit(HealthWatch *h, uint64_t finished, const Slab *totals,
                  uint64_t run_ns) {
    uint64_t counted = slab_requests(totals) + totals->discarded;
    h->now.lost = finished > counted ? finished - counted : counted - finished;
    if (h->now.lost)
        bind_to(h, BOUND_LOST, run_ns);
}

/* --- looking ------------------------------------------------------------ */

void health_hear(HealthWatch *h, const Slab *slab) {
    hist_add(&h->schedule_lag, &slab->lag);
    hist_add(&h->read_lag, &slab->read_lag);
}

static void look_at_traffic(HealthWatch *h, const Slab *totals,
                            double seconds) {
    uint64_t in = 0, out = 0;
    for (size_t i = 0; i < totals->series_count; i++) {
        in += totals->series[i].bytes_in;
        out += totals->series[i].bytes_out;
    }
    h->now.bytes_in_per_s = (double)(in - h->bytes_in) / seconds;
    h->now.bytes_out_per_s = (double)(out - h->bytes_out) / seconds;
    h->bytes_in = in;
    h->bytes_out = out;
}

static uint64_t take_p99(Hist *h) {
    uint64_t ns = h->count ? (uint64_t)hist_quantile(h, 0.99) : 0;
    hist_clear(h);
    return ns;
}

static void look_at_workers(HealthWatch *h, Worker *const *workers,
                            size_t count, double span) {
    Health *n = &h->now;
    n->busy = 0;
    n->lag_ns = n->sockets = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t idle = worker_idle_ns(workers[i]);
        double busy = 1 - (double)(idle - h->idle_ns[i]) / span;
        /* An idle span that began before the last look may be longer. */
        busy = busy < 0 || !h->looked_ns ? 0 : busy;
        h->idle_ns[i] = idle;
        if (i < HEALTH_WORKERS_MAX)
            n->busy_by_worker[i] = busy;
        n->busy = busy > n->busy ? busy : n->busy;
        uint64_t lag = atomic_load(&workers[i]->lag_ns);
        n->lag_ns = lag > n->lag_ns ? lag : n->lag_ns;
        n->sockets += atomic_load(&workers[i]->sockets);
    }
    n->busy_max = n->busy > n->busy_max ? n->busy : n->busy_max;
}

static void look_at_resources(HealthWatch *h) {
    Health *n = &h->now;
    uint64_t open = 0;
    if (n->sockets < COUNT_SOCKETS_MAX)
        open = machine_descriptors();
    if (open)
        h->others = open > n->sockets ? open - n->sockets : 0;
    n->descriptors = h->others + n->sockets;
    n->ports_used =
        n->ports_max ? n->sockets + machine_time_wait(h->sockstat) : 0;
}

void health_look(HealthWatch *h, Worker *const *workers, size_t count,
                 const Slab *totals, uint64_t now_ns, uint64_t run_ns) {
    if (h->looked_ns && now_ns - h->looked_ns < NS_PER_S)
        return;
    double span = (double)(now_ns - h->looked_ns);
    look_at_workers(h, workers, count, span);
    look_at_resources(h);
    uint64_t cpu_ns = machine_cpu_ns();
    if (h->looked_ns) {
        h->now.cpu = (double)(cpu_ns - h->cpu_ns) / span;
        h->now.schedule_lag_ns = take_p99(&h->schedule_lag);
        h->now.read_lag_ns = take_p99(&h->read_lag);
        look_at_traffic(h, totals, span / 1e9);
        health_judge(h, totals, run_ns);
    }
    h->cpu_ns = cpu_ns;
    h->looked_ns = now_ns;
}

void health_end(HealthWatch *h, Worker *const *workers, size_t count,
                const Slab *totals, uint64_t run_ns) {
    uint64_t finished = 0;
    for (size_t i = 0; i < count; i++)
        finished += workers[i]->finished;
    h->now.sockets = 0;
    h->now.descriptors = h->others;
    judge_resources(h, totals, run_ns);
    health_audit(h, finished, totals, run_ns);
}
