/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn.h: one client connection: bytes in, bytes out, and its end.
 * What the bytes mean is exchange.h's. Internal to src/target; loop thread.
 *
 * A connection handles one request at a time; what arrives behind it waits,
 * bounded, and reading goes on meanwhile, because that is how one learns
 * that a client has left. */
#ifndef ONRUSH_TARGET_CONN_H
#define ONRUSH_TARGET_CONN_H

#include "target/answer.h"
#include "target/headers.h"
#include "target/route.h"
#include "target/server.h"

typedef enum ConnState {
    CONN_READING,   /* the parser may have the next bytes */
    CONN_DELAYED,   /* /delay: until the alarm */
    CONN_SYSTEM,    /* in service or queued */
    CONN_HUNG,      /* will never answer */
    CONN_SENDING,   /* answered, but not all of it has left */
    CONN_LINGERING, /* our side is shut: until the client's is, or the alarm */
    CONN_CLOSING,   /* freed by the close callback */
} ConnState;

/* The request at hand. */
typedef struct Request {
    Text url, body;
    uint64_t body_length;
    size_t head_length;
    Route route;
    AnswerFrame frame;
    Headers headers;
} Request;

typedef struct Conn {
    uv_tcp_t tcp;
    Server *server;
    struct Conn *before, *after;
    ConnState state;
    bool paused;  /* the parser is, behind a request */
    bool stopped; /* reading is, too much waits */
    bool ended;   /* the client has sent its FIN */
    bool ghost;   /* the client is gone: only count what it sent */
    Text pending;
    uint64_t fill_left; /* of a long body, yet to be sent */
    llhttp_t parser;
    Request request;
    Alarm alarm;
    Job job;
    uv_shutdown_t shutdown;
} Conn;

/* Accepts one connection. */
void conn_accept(Server *s, uv_stream_t *listener);
/* Sends what server->out holds. The connection may be CLOSING then. */
void conn_flush(Conn *c);
/* Goes on after an answer: sends, lingers, or handles what waits. */
void conn_step(Conn *c);
/* Ends it, with a reset or in order. A request that waits must have been
 * abandoned. Its memory lives until the loop's next turn. */
void conn_end(Conn *c, bool reset);

#endif
