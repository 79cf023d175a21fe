/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport.h: what carries a request to the target and its answer back.
 * One table of functions per transport; the engine calls nothing else.
 *
 * A Transport belongs to one worker and its loop; all calls from that
 * thread, but open and close, which may come from the main thread while the
 * loop does not run. curl_global_init must have been called before. */
#ifndef ONRUSH_HTTP_TRANSPORT_H
#define ONRUSH_HTTP_TRANSPORT_H

#include <uv.h>

#include "http/exchange.h"
#include "http/guard.h"

typedef enum TransportKind {
    TRANSPORT_WIRE, /* HTTP/1.1 at the speed of the socket */
    TRANSPORT_H2,   /* HTTP/2, several VUs on a connection */
    TRANSPORT_CURL, /* all else that libcurl can */
    TRANSPORT_EXEC, /* a process for each exchange */
    TRANSPORT_KINDS
} TransportKind;

typedef struct Transport Transport;
/* A VU's way through a transport: one exchange at a time. Several lanes may
 * share a connection. */
typedef struct Lane Lane;

typedef struct TransportOps {
    const char *name; /* "wire", "h2" */
    /* To p->variants[variant], as the profile's [target] says; the profile is
     * borrowed for the transport's life, and so is the guard, which may be
     * NULL. NULL with err. */
    Transport *(*open)(uv_loop_t *loop, const Profile *p, size_t variant,
                       Guard *guard, Err *err);
    /* After all its lanes were freed: closes the rest; closed(data) is
     * called when the transport's memory is gone. */
    void (*close)(Transport *t, void (*closed)(void *data), void *data);
    /* Fails what is beyond its deadline; call it every 10 ms or so. */
    void (*tick)(Transport *t, uint64_t now_ns);
    /* Sockets open or being opened. */
    size_t (*sockets)(const Transport *t);
    /* A place for one exchange at a time; no connection is made yet.
     * beside: another lane of the same VU, with whom it shares cookies, or
     * NULL. */
    Lane *(*lane_new)(Transport *t, Lane *beside);
    /* Gives up what is under way; the memory goes when the loop has closed
     * its handles. */
    void (*lane_free)(Lane *l);
    /* Sends x, over a new connection where none is open. Never completes x
     * before returning; x->done comes from the loop. */
    void (*send)(Lane *l, Exchange *x);
    /* Drops the exchange under way, without calling done. Its times and
     * counts stay readable in *x. */
    void (*cancel)(Lane *l);
    /* No exchange is under way: the next one gets a new connection. */
    void (*renew)(Lane *l);
} TransportOps;

/* First member of every transport, and of every lane. */
struct Transport {
    const TransportOps *ops;
    /* How late sampled reads were (stamps.h), where a transport can tell;
     * the worker takes them out. */
    Hist read_lag;
};

struct Lane {
    const TransportOps *ops;
};

const TransportOps *transport_ops(TransportKind kind);
/* What carries a request to a variant, from what the profile asks of it; *why
 * (may be NULL) says what decided, such as "follows redirects". Pure. */
TransportKind transport_for(const Profile *p, size_t variant, size_t request,
                            const char **why);

#endif
