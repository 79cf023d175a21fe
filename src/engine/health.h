/* SPDX-License-Identifier: GPL-3.0-or-later */
/* health.h: the generator watches itself, so that its own limits are not
 * taken for the target's. Main thread.
 *
 * Ports: every connection to one address and port of the target needs a
 * local port of its own, for each local address there are as many as
 * net.ipv4.ip_local_port_range says (`[target] local` gives more addresses),
 * and one that this side closed stays in TIME_WAIT for a minute. `ports_used`
 * is our sockets and all of the machine that are in TIME_WAIT: too many when
 * others connect, too, or when a target on this machine closes first. That is
 * why the verdict counts our sockets alone, and otherwise waits for the first
 * connection that found no port. */
#ifndef ONRUSH_ENGINE_HEALTH_H
#define ONRUSH_ENGINE_HEALTH_H

#include "engine/worker.h"
#include "stats/snapshot.h"

/* Over a limit so many looks, of a second each, in a row. */
typedef struct Streak {
    int looks;
    uint64_t since_ns; /* run time at which it began */
} Streak;

typedef struct HealthWatch {
    Health now;
    uint64_t looked_ns;     /* clock of the last look, 0: none yet */
    uint64_t looked_run_ns; /* run time of that */
    uint64_t *idle_ns;      /* by worker */
    uint64_t cpu_ns, bytes_in, bytes_out;
    Hist schedule_lag, read_lag; /* since the last look */
    uint64_t others; /* open files but the sockets to the target */
    int sockstat;    /* see machine_open_sockstat */
    Streak busy, late;
} HealthWatch;

/* The profile's [target] says from how many addresses is connected. */
void health_init(HealthWatch *h, size_t workers, const Profile *p);
void health_close(HealthWatch *h);
/* What a worker has handed over since the last look. */
void health_hear(HealthWatch *h, const Slab *slab);
/* Looks, at most once a second. totals: of the whole run. */
void health_look(HealthWatch *h, Worker *const *workers, size_t count,
                 const Slab *totals, uint64_t now_ns, uint64_t run_ns);
/* All threads have ended and all that they held is in totals: as many
 * requests as the workers have finished, or samples were lost. */
void health_end(HealthWatch *h, Worker *const *workers, size_t count,
                const Slab *totals, uint64_t run_ns);

/* Is the generator the bottleneck? From h->now as it is and the failures in
 * totals; once a look. The first reason stays, with the run time from which
 * on it held. Pure. */
void health_judge(HealthWatch *h, const Slab *totals, uint64_t run_ns);
/* finished: by the workers' own count. Pure. */
void health_audit(HealthWatch *h, uint64_t finished, const Slab *totals,
                  uint64_t run_ns);

#endif
