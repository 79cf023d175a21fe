/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialer.h: what link.c (a connection's socket, TLS and bytes) and dialer.c
 * (how it is made, by curl, in turn) know of each other; nobody else does. */
#ifndef ONRUSH_HTTP_DIALER_H
#define ONRUSH_HTTP_DIALER_H

#include "http/again.h"
#include "http/gate.h"
#include "http/link.h"

/* Making an easy handle and setting it up costs more than a connection. */
#define EASIES_KEPT 128
/* Connections in a row: a target that closes one of a few is not away. */
#define HUNG_UP_MANY 10

struct Dialer {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer; /* curl's */
    Again again;
    uv_check_t check; /* reads curl's messages once per turn */
    TlsContext *tls;  /* NULL: plain; one for all, with the parsed CA bundle */
    char *url;
    const Profile *profile;
    const Url *to;
    Guard *guard; /* NULL: none */
    bool is_numeric; /* the host is an address: there is nothing to resolve */
    struct curl_slist *hosts; /* whose addresses are given */
    size_t turn;              /* of the local addresses */
    CURL *easies[EASIES_KEPT]; /* set up, not in use */
    size_t easy_count;
    bool is_closing;
    size_t sockets, opening;
    int handles;           /* open uv handles of the dialer itself */
    Hist *late;            /* of stamped reads; NULL: none is stamped */
    size_t stamped, opened;
    int keeper;            /* see stamps_keep */
    int highest;           /* file number that a connection may have */
    Link *first, *last;    /* who waits for a turn */
    Gate gate;
    FailClass refusal; /* how the last try failed, if the gate is wary, */
    char why[CURL_ERROR_SIZE]; /* and why */
    unsigned hung_up; /* connections in a row, before they spoke */
    Link *stumbled;  /* to be read without being asked by poll */
    uv_idle_t idle;  /* lets the loop not sleep before that */
    void (*closed)(void *);
    void *closed_data;
};

/* --- dialer.c ------------------------------------------------------------ */

/* Takes its easy handle away; keep: it served well and may serve again. */
void dialer_drop_easy(Link *l, bool keep);
/* It waits for a turn no longer. */
void dialer_leave_queue(Link *l);

/* --- link.c -------------------------------------------------------------- */

/* curl has connected it; the socket is ours from here on. */
void link_take(Link *l, curl_socket_t fd, uint64_t now_ns);
/* No connection came about, as l->why says. */
void link_refuse(Link *l, FailClass fail, uint64_t now_ns);
void link_read_stumbled(Dialer *d);
void link_close_poll(uv_poll_t **poll);
bool link_watches(const uv_poll_t *poll, int fd);

static inline bool link_is_with_curl(const Link *l) {
    return l->state == LINK_RESOLVING || l->state == LINK_OPENING;
}

#endif
