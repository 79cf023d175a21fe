/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/limits.h"

#include <arpa/inet.h>
#include <math.h>

#include "http/link.h"
#include "http/transport.h"
#include "profile/command.h"

/* The program: standard streams, loop, signals, terminal, control socket. A
 * worker: its loop, its wake-up, the multi handle of each transport. */
#define PROGRAM_DESCRIPTORS (24 + LINK_SPARE_DESCRIPTORS)
#define WORKER_DESCRIPTORS 14
/* A worker's, for each further variant: its multi handles. */
#define VARIANT_DESCRIPTORS 6
/* A VU's: the pipes of a process. A worker's: their other ends, and what is
 * open while one is started. */
#define PROCESS_DESCRIPTORS 3
#define SPAWN_DESCRIPTORS 6
/* libcurl's resolver, for each name that it asks for. */
#define RESOLVER_DESCRIPTORS 2

static uint64_t peak_vus(const Profile *p) {
    return (uint64_t)ceil(plan_peak(&p->scenarios[0].plan));
}

/* VUs of one worker that share a connection. */
static uint64_t sharing(const Profile *p, TransportKind kind) {
    if (kind == TRANSPORT_WIRE)
        return p->target.pipeline;
    return kind == TRANSPORT_H2 ? p->target.streams : 1;
}

/* Workers differ by a VU at most, and each fills its own connections. */
static uint64_t connections_of(uint64_t vus, size_t workers, uint64_t share) {
    if (share <= 1)
        return vus;
    uint64_t each = vus / workers, more = vus % workers;
    return more * ((each + share) / share) +
           (workers - more) * ((each + share - 1) / share);
}

uint64_t limits_connections(const Profile *p, size_t workers) {
    uint64_t n = 0;
    for (size_t v = 0; v < p->variant_count; v++) {
        bool is_used[TRANSPORT_KINDS] = { false };
        for (size_t i = 0; i < p->request_count; i++)
            is_used[transport_for(p, v, i, NULL)] = true;
        is_used[TRANSPORT_EXEC] = false; /* no connection */
        for (size_t k = 0; k < TRANSPORT_KINDS; k++)
            if (is_used[k])
                n += connections_of(peak_vus(p), workers,
                                    sharing(p, (TransportKind)k));
    }
    return n;
}

static bool is_address(const char *host) {
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 ||
           inet_pton(AF_INET6, host, bytes) == 1;
}

/* Variants whose name is asked for. */
static uint64_t names(const Profile *p) {
    uint64_t n = 0;
    for (size_t v = 0; v < p->variant_count; v++)
        n += !is_address(p->variants[v].url.host) && !command_is_all(p);
    return p->target.unix_socket ? 0 : n;
}

static uint64_t of_processes(const Profile *p, size_t workers) {
    return command_is_in(p) ? peak_vus(p) * PROCESS_DESCRIPTORS +
                                  workers * SPAWN_DESCRIPTORS
                            : 0;
}

uint64_t limits_descriptors(const Profile *p, size_t workers) {
    uint64_t connections = limits_connections(p, workers), resolving = 0;
    if (names(p)) {
        uint64_t at_once = p->target.connects_at_once * workers * names(p);
        resolving = at_once && at_once < connections ? at_once : connections;
    }
    uint64_t more = p->variant_count - 1;
    return connections + resolving * RESOLVER_DESCRIPTORS +
           workers * (WORKER_DESCRIPTORS + more * VARIANT_DESCRIPTORS) +
           of_processes(p, workers) + PROGRAM_DESCRIPTORS;
}

int limits_check(const Profile *p, size_t workers, uint64_t allowed, Err *err) {
    if (p->scenarios[0].plan.unit == PLAN_RATE)
        return 0; /* nobody knows yet how many VUs the rate will need */
    uint64_t need = limits_descriptors(p, workers), vus = peak_vus(p);
    if (need <= allowed)
        return 0;
    return err_set(err,
                   "%llu VU%s need%s %llu open files, this machine allows "
                   "%llu: raise ulimit -n",
                   (unsigned long long)vus, vus == 1 ? "" : "s",
                   vus == 1 ? "s" : "", (unsigned long long)need,
                   (unsigned long long)allowed);
}
