/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/health.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"

/* A loop that never waits for three seconds decides what it measures. */
#define BUSY_LIMIT 0.97
#define BUSY_LOOKS 3

void health_init(HealthWatch *h, size_t workers) {
    struct rlimit r;
    *h = (HealthWatch){ .idle_ns = mem_alloc(workers, sizeof(uint64_t)) };
    h->now.workers = (int)workers;
    if (getrlimit(RLIMIT_NOFILE, &r) == 0)
        h->now.descriptors_max = r.rlim_cur;
}

void health_close(HealthWatch *h) {
    free(h->idle_ns);
    *h = (HealthWatch){ 0 };
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

void health_look(HealthWatch *h, Worker *const *workers, size_t count,
                 const Slab *totals, uint64_t now_ns, uint64_t run_ns) {
    if (h->looked_ns && now_ns - h->looked_ns < NS_PER_S)
        return;
    double span = (double)(now_ns - h->looked_ns), busiest = 0;
    uint64_t lag = 0, sockets = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t idle = worker_idle_ns(workers[i]);
        double busy = 1 - (double)(idle - h->idle_ns[i]) / span;
        h->idle_ns[i] = idle;
        busiest = busy > busiest ? busy : busiest;
        uint64_t l = atomic_load(&workers[i]->lag_ns);
        lag = l > lag ? l : lag;
        sockets += atomic_load(&workers[i]->sockets);
    }
    h->now.sockets = sockets;
    h->now.lag_ns = lag;
    if (h->looked_ns) {
        h->now.busy = busiest;
        look_at_traffic(h, totals, span / 1e9);
        h->busy_looks = busiest > BUSY_LIMIT ? h->busy_looks + 1 : 0;
        if (h->busy_looks >= BUSY_LOOKS && !h->now.is_bound) {
            h->now.is_bound = true;
            h->now.bound_since_ns = run_ns;
        }
    }
    h->looked_ns = now_ns;
}
