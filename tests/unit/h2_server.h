/* SPDX-License-Identifier: GPL-3.0-or-later */
/* h2_server.h: a small HTTP/2 server by nghttp2, a thread for each
 * connection, that misbehaves on request. Paths:
 *   /x           200, "hello"
 *   /big         200, H2_BIG_BYTES
 *   /count       200, the number of body bytes that came, as text
 *   /field/NAME  200, that request field's value
 *   /status/N    N, without a body
 *   /trailers    103, then 200 "hello" and a trailer
 *   /early       200, "hello", before the request's body was read
 *   /hang        nothing
 *   /refuse      REFUSED_STREAM
 *   /refuse-once REFUSED_STREAM the first time, then as /x
 *   /reset       RST_STREAM (INTERNAL_ERROR) instead of an answer
 *   /reset-body  the same within the body
 *   /short       fewer bytes than the content-length says
 *   /cut         the connection ends within the body
 *   /close       the connection ends
 *   /bye         answered as /x, then GOAWAY; higher streams are not looked at
 *   /huge        more than 256 KiB of header
 *   /silence     nothing, and nothing else on this connection any more */
#ifndef ONRUSH_TESTS_H2_SERVER_H
#define ONRUSH_TESTS_H2_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H2_BIG_BYTES ((size_t)3 << 20)

typedef struct H2ServerOptions {
    bool tls;
    bool no_alpn;         /* TLS, but it agrees to no protocol */
    bool h1_only;         /* TLS, and it refuses what is not HTTP/1.1 */
    uint32_t max_streams; /* 0: no limit is told */
} H2ServerOptions;

typedef struct H2Counts {
    size_t connections, requests;
    size_t most_streams; /* open at once on a connection */
    size_t resets;       /* RST_STREAM (CANCEL) from the client */
} H2Counts;

typedef struct H2Server H2Server;

/* On a port of 127.0.0.1; NULL when something fails. */
H2Server *h2_server_start(const H2ServerOptions *o);
int h2_server_port(const H2Server *s);
H2Counts h2_server_counts(H2Server *s);
/* Ends all connections and threads. */
H2Counts h2_server_stop(H2Server *s);

#endif
