/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h: whom a run may connect to. A load that is aimed by mistake is the
 * worst that this program can do, and names are only names: so each socket's
 * address is looked at when it is made, whatever led there (a name server
 * that says something else by now, a redirect, `resolve`).
 *
 * Shared by all workers; guard_init before they start. */
#ifndef ONRUSH_HTTP_GUARD_H
#define ONRUSH_HTTP_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "profile/profile.h"

typedef enum GuardState {
    GUARD_LOW,       /* the load is below the ceiling: to anywhere */
    GUARD_SHUT,      /* to near addresses only (base/address.h) */
    GUARD_CONFIRMED, /* and to the plan's own hosts, wherever they are */
    GUARD_OFF,       /* to anywhere, redirects too: that was asked for */
} GuardState;

typedef struct Guard {
    const Profile *profile;
    _Atomic int state;
    _Atomic bool saw_far; /* somebody wants to a far address, and may or not */
    _Atomic int far; /* on behalf of that variant, and 1; 0: of none of them */
} Guard;

void guard_init(Guard *g, const Profile *p, GuardState state);
/* May a connection be made to that address, on behalf of a host by name?
 * g of NULL: nobody guards. Any thread. */
bool guard_admits(Guard *g, const char *host, const struct sockaddr *a);
/* The same of a connection that is there, to that address in digits; ip of
 * NULL: only a proxy knows; near if the host is one, or localhost. */
bool guard_admits_name(Guard *g, const char *host, const char *ip);
/* Takes note that such an address is asked for on behalf of a host. */
void guard_note_far(Guard *g, const char *host);
/* Of those, the first that is a target of the plan; NULL: none is. */
const char *guard_far_host(Guard *g);
/* Is it one of the targets of the plan? Without regard to case. */
bool guard_is_planned(const Profile *p, const char *host);
/* What a failed request says of it. */
#define GUARD_WHY_MAX 160
void guard_why(const struct sockaddr *a, char to[GUARD_WHY_MAX]);

#endif
