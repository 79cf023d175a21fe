/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raw_server.h: a server that gives each request (without a body) the same
 * bytes, a thread for each connection. */
#ifndef ONRUSH_TESTS_RAW_SERVER_H
#define ONRUSH_TESTS_RAW_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct RawServer RawServer;

typedef struct RawOptions {
    const char *answer; /* borrowed */
    bool by_bytes;      /* a write for each */
    bool closes;        /* after an answer */
    const char *wants;  /* is this in each request's head? NULL: not asked */
} RawOptions;

typedef struct RawCounts {
    size_t connections, requests;
    size_t wanted; /* requests that had it */
} RawCounts;

/* On a port of 127.0.0.1; NULL when something fails. */
RawServer *raw_server_start(const RawOptions *o);
int raw_server_port(const RawServer *s);
/* Ends all connections and threads. */
RawCounts raw_server_stop(RawServer *s);

#endif
