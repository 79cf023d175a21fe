/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#include "base/address.h"

void guard_init(Guard *g, const Profile *p, GuardState state) {
    g->profile = p;
    atomic_init(&g->state, (int)state);
    atomic_init(&g->saw_far, false);
    atomic_init(&g->far, 0);
}

/* And 1; 0: none. */
static int variant_of(const Profile *p, const char *host) {
    for (size_t i = 0; i < p->variant_count; i++)
        if (strcasecmp(p->variants[i].url.host, host) == 0)
            return (int)i + 1;
    return 0;
}

bool guard_is_planned(const Profile *p, const char *host) {
    return variant_of(p, host) > 0;
}

void guard_note_far(Guard *g, const char *host) {
    if (!atomic_load_explicit(&g->far, memory_order_relaxed))
        atomic_store_explicit(&g->far, variant_of(g->profile, host),
                              memory_order_relaxed);
    atomic_store_explicit(&g->saw_far, true, memory_order_relaxed);
}

const char *guard_far_host(Guard *g) {
    int far = atomic_load(&g->far);
    return far ? g->profile->variants[far - 1].url.host : NULL;
}

static bool admits(Guard *g, const char *host, bool is_near) {
    if (!is_near)
        guard_note_far(g, host);
    switch ((GuardState)atomic_load_explicit(&g->state,
                                             memory_order_relaxed)) {
    case GUARD_SHUT:
        return is_near;
    case GUARD_CONFIRMED:
        return is_near || guard_is_planned(g->profile, host);
    case GUARD_LOW:
    case GUARD_OFF:
        break;
    }
    return true;
}

bool guard_admits(Guard *g, const char *host, const struct sockaddr *a) {
    return !g || admits(g, host, address_is_near(a));
}

bool guard_admits_name(Guard *g, const char *host, const char *ip) {
    bool is_near = ip ? address_text_is_near(ip) != 0 /* a unix socket is */
                      : address_text_is_near(host) == 1 ||
                            strcasecmp(host, "localhost") == 0;
    return !g || admits(g, host, is_near);
}

void guard_why(const struct sockaddr *a, char to[GUARD_WHY_MAX]) {
    char text[INET6_ADDRSTRLEN] = "an address";
    const void *bytes =
        a->sa_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)a)
                  ->sin_addr
            : (const void *)&((const struct sockaddr_in6 *)(const void *)a)
                  ->sin6_addr;
    if (a->sa_family == AF_INET || a->sa_family == AF_INET6)
        inet_ntop(a->sa_family, bytes, text, sizeof text);
    snprintf(to, GUARD_WHY_MAX,
             "%s is neither loopback nor private, and nobody confirmed it: "
             "no connection was made",
             text);
}
