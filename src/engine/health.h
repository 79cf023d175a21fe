/* SPDX-License-Identifier: GPL-3.0-or-later */
/* health.h: the generator watches itself, so that its own limits are not
 * taken for the target's. Main thread. */
#ifndef ONRUSH_ENGINE_HEALTH_H
#define ONRUSH_ENGINE_HEALTH_H

#include "engine/worker.h"
#include "stats/snapshot.h"

typedef struct HealthWatch {
    Health now;
    uint64_t looked_ns; /* clock of the last look, 0: none yet */
    uint64_t *idle_ns;  /* by worker */
    uint64_t bytes_in, bytes_out;
    int busy_looks; /* in a row over the limit */
} HealthWatch;

void health_init(HealthWatch *h, size_t workers);
void health_close(HealthWatch *h);
/* Looks, at most once a second. totals: of the whole run. */
void health_look(HealthWatch *h, Worker *const *workers, size_t count,
                 const Slab *totals, uint64_t now_ns, uint64_t run_ns);

#endif
