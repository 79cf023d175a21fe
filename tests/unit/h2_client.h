/* SPDX-License-Identifier: GPL-3.0-or-later */
/* h2_client.h: drives the HTTP/2 transport by hand, on a loop of its own. */
#ifndef ONRUSH_TESTS_H2_CLIENT_H
#define ONRUSH_TESTS_H2_CLIENT_H

#include "unit.h"

#include <uv.h>

#include "http/transport.h"

#define LANES 12
#define REQUESTS 12

typedef struct Client Client;

typedef struct Shot {
    Exchange x;
    Client *client;
    bool is_done;
    size_t again; /* sends itself as often */
    char why[160], body[64];
} Shot;

struct Client {
    uv_loop_t loop;
    uv_timer_t timer;
    Profile profile;
    Arena arena;
    Encoded encoded[REQUESTS];
    Transport *transport;
    Lane *lane[LANES];
    Shot shot[LANES];
    size_t under_way, done, connects, retried;
};

/* target: goes on after the URL, in [target]; requests: [request] sections,
 * and perhaps [stages]. */
void open_client(Client *c, const char *scheme, int port, const char *target,
                 const char *requests);
/* Frees the lanes that are there, and all else. */
void close_client(Client *c);
/* Sends a request on a lane, which is made if it is not there. */
void shoot(Client *c, size_t lane, size_t request);
/* Until all are done: each has its time limit. */
void wait_all(Client *c);
/* FAIL_NONE with a status, or a failure with 0. */
void expect(const Client *c, size_t lane, FailClass fail, int status);
void expect_why(const Client *c, size_t lane, const char *part);

#endif
