/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h: plain HTTP/1.1 at the speed of the socket.
 *
 * libcurl makes each connection (names, addresses) on the worker's curl
 * multi; then the socket is taken away from it and driven here: TLS by
 * OpenSSL, the request's bytes out, one read buffer per worker in. curl's
 * own send and receive search its whole connection cache every time, and
 * its cache closes connections that it believes idle.
 *
 * A Wire belongs to one worker and its loop; all calls from that thread. */
#ifndef ONRUSH_HTTP_WIRE_H
#define ONRUSH_HTTP_WIRE_H

#include <uv.h>

#include "http/exchange.h"

typedef struct Wire Wire;
typedef struct WireConn WireConn;

/* The profile's [target] says where to and how; it is borrowed for the
 * wire's life. NULL with err when curl cannot be started.
 * curl_global_init must have been called before any thread. */
Wire *wire_new(uv_loop_t *loop, const Profile *profile, Err *err);
/* After all its connections were freed: closes the rest; closed(data) is
 * called when the wire's memory is gone. */
void wire_close(Wire *w, void (*closed)(void *data), void *data);
/* Fails what is beyond its deadline; call it every 10 ms or so. */
void wire_tick(Wire *w, uint64_t now_ns);
/* Sockets open or being opened. */
size_t wire_sockets(const Wire *w);

/* A place for one connection, none is made yet. */
WireConn *wire_conn_new(Wire *w);
/* Sends x, over a new connection where none is open. One exchange at a
 * time. Never completes x before returning; x->done comes from the loop. */
void wire_send(WireConn *c, Exchange *x);
/* Drops the exchange under way, without calling done, and closes. Its
 * times and counts stay readable in *x. */
void wire_cancel(WireConn *c);
/* Closes; the memory goes when the loop has closed its handles. */
void wire_conn_free(WireConn *c);

#endif
