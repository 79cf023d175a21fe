/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.h: what the target's loop thread owns: the listener, the
 * connections, the system, one timer for all deadlines. Internal to
 * src/target; everything here happens on the loop's thread (or before it
 * starts, or after it ended). */
#ifndef ONRUSH_TARGET_SERVER_H
#define ONRUSH_TARGET_SERVER_H

#include <stdbool.h>
#include <sys/socket.h>

#include <llhttp.h>
#include <uv.h>

#include "base/text.h"
#include "target/alarm.h"
#include "target/services.h"
#include "target/system.h"
#include "target/target.h"

#define SERVER_READ_BYTES 65536
#define SERVER_FILL_BYTES 65536

#define SERVER_OUTAGES 64

/* When it was gone, by clock_now. */
typedef struct Outage {
    uint64_t down_ns, up_ns; /* up 0: it still is */
} Outage;

typedef struct Server {
    uv_loop_t loop;
    Alarms alarms;
    System system; /* its .set are the settings in force */
    Services services;
    TargetChain chain; /* what an RPC passes */
    TargetCounts counts;
    struct Conn *conns;
    llhttp_settings_t parsing;
    char *read_buffer; /* one for all: emptied before a callback returns */
    char *fill;        /* what long bodies are made of */
    Text out;          /* answers of the connection at hand, until flushed */
    Text scratch;      /* a body while it is written */
    Text fields;       /* header lines likewise */

    struct sockaddr_storage address; /* with the port in the end */
    uv_tcp_t *listener;              /* NULL while down */
    int held_fd; /* bound, not listening: keeps the port while down */
    Alarm back;  /* end of being down */
    Outage outages[SERVER_OUTAGES]; /* the last ones */
    uint64_t outage_count;

    int timer_fd;
    uv_poll_t timer;
    uv_prepare_t before_poll;
    uint64_t armed_ns; /* what timer_fd is set to */
} Server;

/* Binds, listens. On -1 nothing is left behind. */
int server_open(Server *s, const char *address, int port, TargetChain chain,
                const TargetSettings *set, Err *err);
int server_port(const Server *s);
void server_set(Server *s, const TargetSettings *set);
/* spared (may be NULL) is the one connection that is not reset. */
void server_down(Server *s, uint64_t ns, const struct Conn *spared);
/* The counts with those of this moment filled in. */
TargetCounts server_counts(const Server *s);
/* Settings, counts and outages as one JSON object. */
void server_print_json(const Server *s, Text *to);
/* Asks every handle of the server to close: the loop then runs out. */
void server_close(Server *s);
/* After the loop has run out. */
void server_free(Server *s);

#endif
