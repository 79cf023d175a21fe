/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h: a connection to the target: name, address, TCP, TLS, then bytes.
 *
 * libcurl makes the connection on the dialer's multi handle; then the socket
 * is taken away from it and driven here, with TLS by OpenSSL on one context
 * for all. curl's own send and receive search its whole connection cache
 * every time, and its cache closes connections that it believes idle.
 *
 * A Dialer makes the links of one transport. It opens a limited number of
 * them at a time, so that ten thousand VUs do not knock at once; the others
 * wait for their turn. After a connection failed it tries at most 1000 times
 * a second until one succeeds; links in between fail as the last one did.
 *
 * Both belong to one worker and its loop; all calls from that thread. */
#ifndef ONRUSH_HTTP_LINK_H
#define ONRUSH_HTTP_LINK_H

#include <curl/curl.h>
#include <sys/types.h>
#include <uv.h>

#include "http/guard.h"
#include "http/stamps.h"
#include "http/tls.h"
#include "stats/slab.h"

/* The highest file numbers that the process may have are not for
 * connections: with them the console, the control socket and the files of
 * the results go on when a run has used up all others. */
#define LINK_SPARE_DESCRIPTORS 16
/* So much is read of a link before others have their turn. */
#define LINK_TURN_BYTES ((size_t)1 << 20)

typedef struct Dialer Dialer;
typedef struct Link Link;

/* What its owner is told, always from the loop. */
typedef struct LinkOps {
    /* Ready for bytes; the three durations below are set. */
    void (*opened)(Link *l, uint64_t now_ns);
    /* No connection came about: the link is not shut yet, why is its own. */
    void (*failed)(Link *l, FailClass fail, const char *why, uint64_t now_ns);
    /* at_end: nothing more will be told, so an empty socket is a broken
     * one. */
    void (*readable)(Link *l, bool at_end, uint64_t now_ns);
    /* May not shut the link: link_stumble does. */
    void (*writable)(Link *l, uint64_t now_ns);
} LinkOps;

typedef enum LinkState {
    LINK_CLOSED,
    LINK_QUEUED,    /* waits for the dialer's turn */
    LINK_RESOLVING, /* curl works on it: no socket yet */
    LINK_OPENING,   /* curl works on it: TCP */
    LINK_SHAKING,   /* TLS handshake */
    LINK_OPEN,
} LinkState;

struct Link {
    const LinkOps *ops;
    Dialer *dialer;
    CURL *easy;
    Tls *ssl;
    uv_poll_t *poll;
    uv_poll_t *curls_poll; /* curl has done with it, of opened_fd */
    int fd; /* ours; -1: none, or still curl's */
    int opened_fd; /* the last one that curl asked for */
    int os_errno;
    LinkState state;
    bool waits_to_write;
    bool is_dead; /* poll reported an error: no more events will come */
    bool has_stumbled, reads_on; /* in the dialer's list: why */
    bool is_guarded; /* an address was not admitted: `refused` says which */
    bool is_stamped; /* its reads tell how late they are */
    uint64_t shaking_ns; /* when the handshake began */
    uint64_t resolve_ns, connect_ns, tls_ns; /* durations, of the last open */
    Link *next_stumbled;
    Link *before, *after; /* in the dialer's queue */
    char why[CURL_ERROR_SIZE];
    char refused[GUARD_WHY_MAX];
};

/* Of connections to profile->variants[variant]. alpn: what TLS offers, as the
 * wire format of RFC 7301. The profile is borrowed, and so is the guard, which
 * may be NULL. NULL with err. */
Dialer *dialer_new(uv_loop_t *loop, const Profile *profile, size_t variant,
                   const char *alpn, Guard *guard, Err *err);
/* After all its links were shut. closed(data) when its memory is gone. */
void dialer_close(Dialer *d, void (*closed)(void *data), void *data);
/* Every 10 ms or so: opens what may be opened now. */
void dialer_tick(Dialer *d, uint64_t now_ns);
/* Sockets open or being opened. */
size_t dialer_sockets(const Dialer *d);

/* From now on one of 64 plain connections, and always one if there are some,
 * tells how late it was read: to *late, borrowed until dialer_close. */
void dialer_sample(Dialer *d, Hist *late);

void link_init(Link *l, Dialer *d, const LinkOps *ops);
/* Of a closed link: begins, or queues. */
void link_open(Link *l);
/* Closes, from any state; without a word to the owner. */
void link_shut(Link *l);
/* As recv(2) and send(2), non-blocking. */
ssize_t link_recv(Link *l, char *to, size_t size);
/* Is there more to read that poll does not see? (TLS reads ahead.) */
static inline bool link_has_more(const Link *l) {
    return l->ssl && tls_has_more(l->ssl);
}
ssize_t link_send(Link *l, const char *bytes, size_t length);
/* Asks for ops->writable, or no longer. */
void link_want_write(Link *l, bool on);
/* A write failed, which is not the end: an answer may have come before it.
 * The owner's readable is called once more, at_end, from the loop. */
void link_stumble(Link *l);
/* There may be more to read, but others are to have their turn: readable is
 * called once more in the loop's next turn, which comes at once. */
void link_read_on(Link *l);
/* What the owner learned of a new connection: a byte came of an answer, or it
 * was closed before one. Many such in a row are as good as refused. */
void link_spoke(Link *l);
void link_hung_up(Link *l, const char *why, uint64_t now_ns);
/* What time ran out for, and in words. */
FailClass link_timeout(const Link *l, const char **why);

#endif
