/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h: does the plan fit this machine? Asked before anything is sent.
 * Pure. */
#ifndef ONRUSH_ENGINE_LIMITS_H
#define ONRUSH_ENGINE_LIMITS_H

#include "profile/profile.h"

/* Connections that the profile's VUs hold, as if all scenarios had their
 * peak at once: one for each VU, variant and transport that its requests
 * need, and for each request that it makes at the same time; fewer where VUs
 * share them. Those of arrival rates do not count. */
uint64_t limits_connections(const Profile *p, size_t workers);
/* Open files that the run needs at its peak: these connections, what is open
 * while a target's name is resolved, the pipes of processes, and what the program and each worker
 * need besides. */
uint64_t limits_descriptors(const Profile *p, size_t workers);
/* -1 with the numbers in err when that is more than allowed. The connections
 * of an arrival rate always fit: how many VUs it will need shows when the
 * target answers; until then they may fail as local-descriptors. */
int limits_check(const Profile *p, size_t workers, uint64_t allowed, Err *err);

#endif
