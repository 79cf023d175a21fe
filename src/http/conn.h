/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn.h: a connection of the wire and the exchanges on it: one at a time,
 * or, pipelined, a queue of them. Internal to wire.c; worker's thread.
 *
 * Whatever calls an exchange's owner (done) may change everything, and free
 * the connection with its last lane: who goes on with it holds it. */
#ifndef ONRUSH_HTTP_CONN_H
#define ONRUSH_HTTP_CONN_H

#include "http/deadlines.h"
#include "http/link.h"
#include "http/queue.h"
#include "http/response.h"
#include "http/transport.h"

#define READ_BUFFER_BYTES ((size_t)64 << 10)
#define GATHER_BYTES ((size_t)64 << 10)

typedef struct WireConn WireConn;

typedef struct Wire {
    Transport base;
    Dialer *dialer;
    char *buffer;
    uint64_t timeout_ns;
    Deadlines deadlines;
    size_t shared_by; /* lanes of a connection */
    /* of shared connections: */
    WireConn *roomy; /* have fewer lanes */
    WireConn *dirty; /* have requests to write before the loop sleeps */
    uv_prepare_t prepare;
    char *gathered; /* requests, one behind the other */
    void (*closed)(void *);
    void *closed_data;
} Wire;

typedef struct WireLane {
    Lane base;
    WireConn *conn;
    Exchange *x; /* under way, or NULL */
} WireLane;

struct WireConn {
    Wire *wire;
    Link link;
    Queue queue;        /* under way, in the order of their answers */
    Exchange *to_write; /* the first that is not written; NULL: none */
    size_t written;     /* bytes of it */
    Queue lost;         /* of a connection that ended, to be told */
    bool reused;        /* it has answered before */
    bool is_dirty;
    Response response; /* to the first of the queue */
    size_t lanes;
    size_t holds; /* lanes, and who works on it: freed with the last */
    WireConn *next_dirty;
    WireConn *roomy_before, *roomy_after;
};

extern const LinkOps conn_link_ops;

/* The last one frees it. */
void conn_release(WireConn *c);
/* Of a closed one. */
void conn_open(WireConn *c);
/* Closes; says nothing to those in the queue. */
void conn_shut(WireConn *c);
/* Writes what may be written of the queue; c is open. */
void conn_write(WireConn *c, uint64_t now_ns);
/* The answer to the first of the queue is what comes next. */
void conn_next_answer(WireConn *c);
/* Fails all that are due. Calls their owners, and those of the lost. */
void conn_time_out(WireConn *c, uint64_t now_ns);
/* Forgets x. Owners of others that this costs are not told yet. */
void conn_give_up(WireConn *c, Exchange *x);
/* Calls the owners of those that were lost with a connection. */
void conn_tell_lost(WireConn *c);

#endif
