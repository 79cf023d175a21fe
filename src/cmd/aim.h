/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aim.h: whom a run is about to load, and whether that is meant. A plan that
 * goes above the ceiling (control/ceiling.h) at a host that is neither
 * loopback nor private (base/address.h) is confirmed by a person at the
 * terminal or by --yes, never by a profile. */
#ifndef ONRUSH_CMD_AIM_H
#define ONRUSH_CMD_AIM_H

#include "cmd/options.h"
#include "control/ceiling.h"
#include "http/guard.h"

typedef struct Aim {
    GuardState state;
    bool is_far; /* some host is; false while nobody had to know */
    const char *far; /* the first, of the profile; NULL: only a proxy is */
} Aim;

/* Before anything is sent. Resolves names (3 s each at most) where it must
 * know, asks where it must, and then waits for the answer. -1 with err, which
 * says what would be right: it was not confirmed. Main thread; blocks. */
int aim_take(const Options *o, const Profile *p, const Peaks *peaks, Aim *out,
             Err *err);
/* Whether it will ask, and what an answer is, in lines of their own added to
 * *to; none when it will not. Returns about how many hosts. Looks nothing up:
 * a name may be far. */
size_t aim_foretell(const Profile *p, const Peaks *peaks, Text *to);

#endif
