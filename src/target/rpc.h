/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpc.h: the target's RPC service and what may stand before it: a call goes
 * through the interceptors of its chain, which cost time (through the
 * system) and do what they are named for. Pure; one thread. */
#ifndef ONRUSH_TARGET_RPC_H
#define ONRUSH_TARGET_RPC_H

#include "base/rng.h"
#include "target/call.h"

#define RPC_LOG_LINES 64
#define RPC_LOG_METHOD 64 /* bytes of a method's name that are logged */

typedef struct Rpc {
    Rng rng;                 /* of span ids */
    Text log[RPC_LOG_LINES]; /* the last ones, a JSON object each */
    uint64_t logged;
} Rpc;

void rpc_init(Rpc *r, const TargetSettings *set);
void rpc_close(Rpc *r);
/* What the chain adds to the service time. */
uint64_t rpc_chain_ns(const TargetSettings *set, TargetChain chain);
/* POST /rpc/METHOD {"message":..}: 200 with message and method. Errors are
 * {"code":..,"message":..}. A call without a message is one with an empty
 * one, unless validation is in the chain. */
void rpc_call(Rpc *r, ServiceCall *c);
/* What the logger wrote, oldest first, a line each. */
void rpc_print_log(const Rpc *r, Text *to);

#endif
