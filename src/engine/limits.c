/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/limits.h"

#include <arpa/inet.h>
#include <math.h>

#include "engine/call.h"
#include "http/link.h"
#include "http/transport.h"
#include "profile/command.h"

/* The program: standard streams, loop, signals, terminal, control socket. A
 * worker: its loop, its wake-up, the multi handle of each transport. */
#define PROGRAM_DESCRIPTORS (24 + LINK_SPARE_DESCRIPTORS)
#define WORKER_DESCRIPTORS 14
/* A worker's, for each further variant: its multi handles. */
#define VARIANT_DESCRIPTORS 6
/* A thread that reads /proc, and curl's multi handle. */
#define MONITOR_DESCRIPTORS 8
/* A VU's: the pipes of a process. A worker's: their other ends, and what is
 * open while one is started. */
#define PROCESS_DESCRIPTORS 3
#define SPAWN_DESCRIPTORS 6
/* libcurl's resolver, for each name that it asks for. */
#define RESOLVER_DESCRIPTORS 2

/* Nobody knows how many VUs a rate will need. */
static uint64_t peak_vus(const Scenario *s) {
    return s->plan.unit == PLAN_RATE ? 0 : (uint64_t)ceil(plan_peak(&s->plan));
}

static uint64_t all_vus(const Profile *p) {
    uint64_t n = 0;
    for (size_t i = 0; i < p->scenario_count; i++)
        n += peak_vus(&p->scenarios[i]);
    return n;
}

/* VUs of one worker that share a connection. */
static uint64_t sharing(const Profile *p, TransportKind kind) {
    if (kind == TRANSPORT_WIRE)
        return p->target.pipeline;
    return kind == TRANSPORT_H2 ? p->target.streams : 1;
}

static bool needs(const Profile *p, const Scenario *s, size_t variant,
                  TransportKind kind) {
    for (size_t i = 0; i < p->request_count; i++)
        if (s->series[i * p->variant_count + variant] != UINT32_MAX &&
            transport_for(p, variant, i, NULL) == kind)
            return true;
    return false;
}

/* Workers fill their own connections, whosever VUs share them. */
static uint64_t connections_to(const Profile *p, size_t workers,
                               size_t variant, TransportKind kind) {
    bool needed[PROFILE_SCENARIOS_MAX];
    uint64_t n = 0, share = sharing(p, kind);
    for (size_t i = 0; i < p->scenario_count; i++)
        needed[i] = needs(p, &p->scenarios[i], variant, kind);
    for (size_t w = 0; w < workers; w++) {
        uint64_t lanes = 0;
        for (size_t i = 0; i < p->scenario_count; i++)
            if (needed[i])
                lanes += call_width(p, &p->scenarios[i]) *
                         course_share(peak_vus(&p->scenarios[i]),
                                      course_turn(w, i, workers), workers);
        n += (lanes + share - 1) / share;
    }
    return n;
}

uint64_t limits_connections(const Profile *p, size_t workers) {
    uint64_t n = 0;
    for (size_t v = 0; v < p->variant_count; v++)
        for (TransportKind k = 0; k < TRANSPORT_EXEC; k++)
            n += connections_to(p, workers, v, k);
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

/* Variants have their turns one after the other. */
static uint64_t of_processes(const Profile *p, size_t workers) {
    uint64_t n = 0;
    if (!command_is_in(p))
        return 0;
    for (size_t i = 0; i < p->scenario_count; i++)
        if (needs(p, &p->scenarios[i], 0, TRANSPORT_EXEC))
            n += call_width(p, &p->scenarios[i]) * peak_vus(&p->scenarios[i]);
    return n * PROCESS_DESCRIPTORS + workers * SPAWN_DESCRIPTORS;
}

uint64_t limits_descriptors(const Profile *p, size_t workers) {
    uint64_t connections = limits_connections(p, workers), resolving = 0;
    if (names(p)) {
        uint64_t at_once = p->target.connects_at_once * workers * names(p);
        resolving = at_once && at_once < connections ? at_once : connections;
    }
    uint64_t more = p->variant_count - 1;
    uint64_t watching =
        monitor_is_idle(&p->monitor)
            ? 0
            : MONITOR_DESCRIPTORS +
                  p->monitor.source_count * (1 + RESOLVER_DESCRIPTORS);
    return connections + resolving * RESOLVER_DESCRIPTORS + watching +
           workers * (WORKER_DESCRIPTORS + more * VARIANT_DESCRIPTORS) +
           of_processes(p, workers) + PROGRAM_DESCRIPTORS;
}

int limits_check(const Profile *p, size_t workers, uint64_t allowed, Err *err) {
    uint64_t need = limits_descriptors(p, workers), vus = all_vus(p);
    if (need <= allowed)
        return 0;
    if (vus == 0) /* a rate: what is needed before the first connection */
        return err_set(err,
                       "the program needs %llu open files at least, this "
                       "machine allows %llu: raise ulimit -n",
                       (unsigned long long)need, (unsigned long long)allowed);
    return err_set(err,
                   "%llu VU%s need%s %llu open files, this machine allows "
                   "%llu: raise ulimit -n",
                   (unsigned long long)vus, vus == 1 ? "" : "s",
                   vus == 1 ? "s" : "", (unsigned long long)need,
                   (unsigned long long)allowed);
}
