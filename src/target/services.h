/* SPDX-License-Identifier: GPL-3.0-or-later */
/* services.h: what the target plays besides the plain system: the shop, the
 * tasks, the RPC; one table of what answers which path (route.h has the
 * paths). A call is answered when the system has served it. Pure: the time
 * comes with the call; one thread. */
#ifndef ONRUSH_TARGET_SERVICES_H
#define ONRUSH_TARGET_SERVICES_H

#include "target/route.h"
#include "target/rpc.h"
#include "target/shop.h"
#include "target/tasks.h"

typedef struct Services {
    Shop shop;
    Tasks tasks;
    Rpc rpc;
} Services;

void services_init(Services *v, const TargetSettings *set);
void services_set(Services *v, const TargetSettings *set, uint64_t now_ns);
void services_close(Services *v);
/* What a call costs beyond the system's own service time. */
uint64_t services_extra_ns(const TargetSettings *set, ServiceId id,
                           TargetChain chain);
/* method: llhttp's. Fills what is answered; c->to and c->fields were empty. */
void services_answer(Services *v, ServiceId id, uint8_t method, ServiceCall *c);

#endif
