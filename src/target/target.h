/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h: the embedded test server: HTTP/1.1 on loopback with a believable
 * system behind it, which bends under load, recovers, and misbehaves on
 * request, so that people and tests can watch it.
 *
 * A Target runs in a thread of its own with a loop of its own; whoever made
 * it frees it. Its functions may be called from any thread except where one
 * says otherwise; those that talk to a started target wait for its loop to
 * answer, which takes one turn of that loop. Functions return 0, or -1 with
 * err.
 *
 * Paths: /delay/50ms /status/404 /size/10KiB /json /chunked/5 /errors/10%
 * /echo /close /fault/reset|truncate|garbage|hang|escape; /_target controls;
 * /metrics tells Prometheus; everything else meets the system that
 * TargetSettings describe. Behind it are a shop (/login /account /products
 * /orders), tasks (/tasks) and an RPC (/rpc/METHOD): shop.h, tasks.h, rpc.h.
 * /status/1xx sends that interim answer and then 200. A client that closes
 * its side while its answer is awaited counts as gone. */
#ifndef ONRUSH_TARGET_TARGET_H
#define ONRUSH_TARGET_TARGET_H

#include "base/err.h"
#include "target/settings.h"

#define TARGET_DEFAULT_ADDRESS "127.0.0.1"
#define TARGET_DEFAULT_PORT 8080

/* received = served + shed + errors + reset + truncated + garbage + hung +
 * escaped + aborted + in_service + queued + delayed, at any moment. */
#define TARGET_COUNTS(X)                                                      \
    X(received, "requests that arrived whole, without control and /metrics")  \
    X(served, "answered as asked")                                            \
    X(shed, "answered 503 or, for a task, 429: no waiting place")             \
    X(errors, "answered 500 on purpose")                                      \
    X(reset, "connection reset on purpose or by going down")                  \
    X(truncated, "answered with a body cut short")                            \
    X(garbage, "answered with bytes that are not HTTP")                       \
    X(hung, "never answered on purpose")                                      \
    X(escaped, "answered with terminal escapes")                              \
    X(aborted, "client went away before its answer")                          \
    X(in_service, "being served now")                                         \
    X(queued, "waiting for a place now")                                      \
    X(delayed, "waiting for the end of their /delay now")                     \
    X(rejected, "refused as 400, 405, 413, 431, 505; not among the received") \
    X(connections, "connections accepted")                                    \
    X(open, "connections open now")

typedef struct TargetCounts {
#define X(name, help) uint64_t name;
    TARGET_COUNTS(X)
#undef X
} TargetCounts;

/* "received 12, served 10, ..."; zeros other than received are left out. */
void target_counts_print(const TargetCounts *c, Text *to);

typedef struct Target Target;

/* Binds and listens: connections wait from here on. address: a loopback
 * address or "localhost", NULL for the default; any other is refused, this
 * server is not for strangers. port 0: any free one. NULL with err. */
Target *target_new(const char *address, int port, const TargetSettings *s,
                   Err *err);
/* The same with interceptors before its RPC. */
Target *target_new_rpc(const char *address, int port, TargetChain chain,
                       const TargetSettings *s, Err *err);
/* The ports of an RPC service as people lay it out to compare what each
 * interceptor costs: a Target each, with a system of its own. */
#define TARGET_RPC_PORTS 5
typedef struct TargetRpcPort {
    const char *name;
    TargetChain chain;
} TargetRpcPort;
extern const TargetRpcPort target_rpc_ports[TARGET_RPC_PORTS];

int target_port(const Target *t);
/* "http://127.0.0.1:8080", as long as t lives. */
const char *target_url(const Target *t);
/* Starts serving, once. The thread takes no signals. */
int target_start(Target *t, Err *err);
/* Resets what is open, ends the thread. NULL is fine. Nobody else may use t
 * any more when this is called. */
void target_free(Target *t);

TargetCounts target_counts(Target *t);
TargetSettings target_settings(Target *t);
/* As target_settings_read; when it returns, the next request meets them. */
int target_set(Target *t, const char *assignments, Err *err);
/* Dies: refuses connections and resets the open ones; comes back on the same
 * port after this time. Again while down: the time counts anew. */
void target_down(Target *t, uint64_t ns);

#endif
