/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer_lane.h: a lane of the curl transport, and what its easy handle is
 * told. For transfer*.c only. */
#ifndef ONRUSH_HTTP_TRANSFER_LANE_H
#define ONRUSH_HTTP_TRANSFER_LANE_H

#include "base/text.h"
#include "http/deadlines.h"
#include "http/gate.h"
#include "http/head.h"
#include "http/multi.h"
#include "http/transport.h"

typedef struct TransferLane TransferLane;

typedef struct Transfer {
    Transport base;
    const Profile *profile;
    const Url *to;
    Guard *guard; /* NULL: none */
    Multi *multi;
    Gate gate;
    size_t opening;             /* lanes on their first connection */
    TransferLane *first, *last; /* who waits for a turn */
    Deadlines deadlines;
    struct curl_slist **headers; /* by request, made when first needed */
    char *host;                  /* as in a Host header */
    struct curl_slist *hosts;    /* whose addresses are given */
    size_t turn;                 /* of the local addresses */
    FailClass refusal; /* how the last try failed, if the gate is wary, */
    char refusal_why[CURL_ERROR_SIZE]; /* and why */
    void (*closed)(void *);
    void *closed_data;
} Transfer;

typedef enum LaneState {
    LANE_IDLE,
    LANE_QUEUED,
    LANE_BUSY, /* curl works on it */
} LaneState;

struct TransferLane {
    Lane base;
    Transfer *transfer;
    CURL *easy;
    CURLSH *cache; /* its connections */
    TransferLane *kin; /* of the same VU, in a ring: transfer_jar.h */
    bool has_news;     /* cookies that they were not told of */
    struct curl_slist *known;  /* what it had before these */
    struct curl_slist *missed; /* what they got while it was busy */
    Exchange *x;
    LaneState state;
    TransferLane *before, *after; /* in the queue */
    bool is_warm;                 /* had a connection */
    bool is_opening;              /* counted in transfer->opening */
    /* what the handle is set for */
    const Form *form;               /* NULL: nothing yet */
    struct curl_slist *own_headers; /* of a rendered form */
    Text url;
    /* of the exchange under way */
    Head head;       /* of the last request's answer */
    bool was_ended;  /* a close_notify came */
    bool is_asking;  /* no final answer to the last request yet */
    curl_socket_t socket; /* the last one made; none: no address is known */
    curl_socket_t control; /* of FTP, kept; or none */
    unsigned asked;  /* requests begun */
    unsigned redirected, logins;
    uint32_t sent;   /* requests that the target saw */
    uint64_t asked_ns;
    long size_before; /* bytes of all requests before the last one */
    size_t read_at;   /* of the body */
    size_t read_most; /* before it began anew */
    bool is_again;    /* curl makes a new try */
    int os_errno;
    bool is_guarded; /* no connection: `refused` says why */
    char refused[GUARD_WHY_MAX];
    FailClass fail; /* ours; FAIL_NONE: what curl says */
    const char *fail_why;
    uint64_t head_bytes, body_bytes;
    Text body;
    Text head_lines; /* with keep_head: exchange.h */
    char why[CURL_ERROR_SIZE];
};

/* Once: how the profile's target is reached and spoken to. */
void transfer_prepare(TransferLane *l);
/* The exchange's request; cheap when it is the same as before. */
void transfer_load(TransferLane *l);
/* Asks for the method that the protocol chooses, after a 303. */
void transfer_free_method(TransferLane *l);
/* Before connections are closed: libcurl says QUIT to an FTP server and waits
 * for the answer, with the whole worker. It is told that none will come. */
void transfer_expect_no_farewell(TransferLane *l);
/* A new, empty connection cache; closes the old one's. */
void transfer_renew_cache(TransferLane *l);
/* Why this libcurl cannot do what the profile asks of a target; 0 when it
 * can. */
int transfer_check(const Profile *p, const Url *to, Err *err);

/* Is was_ended known of its connections? */
bool transfer_hears_ends(const TransferLane *l);
/* What the guard says: to a connection, and of a proxy to a request. In
 * transfer_guard.c. */
bool transfer_may_connect(TransferLane *l, const struct sockaddr *a);
bool transfer_may_ask(TransferLane *l, const char *ip);

/* What became of the request under way. In transfer_verdict.c. */
/* Bytes of all its requests, without uploaded bodies. */
long transfer_request_bytes(const TransferLane *l);
/* Did the last request leave whole? */
bool transfer_is_out(const TransferLane *l);
/* curl is done with it. FAIL_NONE: there is an answer; else l->why is set. */
FailClass transfer_verdict(TransferLane *l, CURLcode code);
/* Its deadline came. *why is a literal. */
FailClass transfer_timed_out(const TransferLane *l, const char **why);

static inline bool transfer_is_ftp(const TransferLane *l) {
    return l->transfer->to->is_ftp;
}

/* Callbacks, in transfer.c. */
int transfer_on_request(void *user, char *to_ip, char *from_ip, int to_port,
                        int from_port);
size_t transfer_on_header(char *bytes, size_t one, size_t length, void *user);
size_t transfer_on_body(char *bytes, size_t one, size_t length, void *user);
curl_socket_t transfer_on_socket(void *user, curlsocktype purpose,
                                 struct curl_sockaddr *a);
int transfer_on_close(void *user, curl_socket_t fd);
int transfer_on_progress(void *user, curl_off_t down_all, curl_off_t down,
                         curl_off_t up_all, curl_off_t up);

#endif
