/* SPDX-License-Identifier: GPL-3.0-or-later */
/* h2_conn.h: between h2.c (the transport, lanes, time limits), h2_conn.c
 * (connections and who is on them) and h2_session.c (what nghttp2 is told and
 * tells); nobody else includes it.
 * Worker's thread.
 *
 * Nothing is completed from within nghttp2: an exchange that ended goes to
 * the `ended` queue of its H2 and is delivered when no session is at work. */
#ifndef ONRUSH_HTTP_H2_CONN_H
#define ONRUSH_HTTP_H2_CONN_H

#include "http/deadlines.h"
#include "http/fields.h"
#include "http/link.h"
#include "http/transport.h"

#define H2_IN_BYTES ((size_t)64 << 10)
#define H2_OUT_BYTES ((size_t)96 << 10)

typedef struct H2 H2;
typedef struct H2Conn H2Conn;
typedef struct H2Lane H2Lane;

typedef struct LaneQueue {
    H2Lane *first, *last;
} LaneQueue;

/* A VU's way: at most one stream at a time. */
struct H2Lane {
    Lane base;
    H2 *h2;
    H2Conn *conn;  /* never NULL */
    Exchange *x;   /* under way, or NULL */
    LaneQueue *in; /* NULL: no exchange, or no longer waited for */
    H2Lane *before, *after;
    int32_t stream;    /* 0: none */
    bool on_kept;      /* the connection had answered before */
    bool began;        /* something of the answer came */
    bool in_head;      /* of what may be the final answer */
    bool was_swallowed; /* it waited for a connection that fell silent */
    unsigned interims;
    uint64_t end_mark; /* where the request ends in the connection's bytes;
                          0: not known yet */
    size_t body_sent;
    int status;
    uint64_t head_bytes; /* decoded: names, values, of interim answers too */
    Text body;           /* first MiB, with keep_body */
    Text head;           /* with keep_head: exchange.h */
    char why[128];
};

/* A connection, made when first needed and made again after it closed; lives
 * as long as lanes are on it. */
struct H2Conn {
    H2 *h2;
    Link link;
    nghttp2_session *session; /* NULL unless the link is open */
    size_t lanes;
    /* A lane with an exchange is in one of these, or in `ended`. */
    LaneQueue waiting; /* for the connection or for a stream */
    LaneQueue sending; /* has a stream; the request is not out */
    LaneQueue asking;  /* the request is out */
    size_t flying;     /* streams: sending and asking */
    size_t in_use;     /* on the call stack: not to be freed */
    bool is_dirty;     /* in h2->dirty */
    bool is_roomy;     /* in h2->roomy */
    bool is_leaving;   /* takes no more streams; its lanes go elsewhere */
    bool has_settings; /* the target's came */
    bool has_spoken;   /* something of an answer came */
    bool has_answered;
    bool was_bidden;   /* by the target's GOAWAY, to leave */
    bool is_new;                /* no exchange was told of it yet */
    bool is_broken;             /* the target does not keep to the protocol, */
    const char *broken_why;     /* in this way */
    char verdict[128];          /* what it points to, where nghttp2 said it */
    uint32_t goodbye;           /* error code of the target's GOAWAY */
    uint64_t opening_ns;        /* when the link was asked for */
    uint64_t heard_ns;          /* last bytes from the target */
    uint64_t gathered, written; /* bytes, since it opened */
    uint64_t stray_in, stray_out; /* of no stream: go with the next answer */
    uint64_t idle_bytes; /* came since an answer last came on */
    Text rest;                    /* the socket did not take */
    size_t rest_at;
    H2Conn *next_dirty;
    H2Conn *before, *after; /* in h2->roomy */
};

struct H2 {
    Transport base;
    Dialer *dialer;
    const Profile *profile;
    bool is_tls;
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
    char *in;        /* one read buffer for all */
    char *out;       /* frames are gathered here, and written at once */
    uint64_t now_ns; /* of the event that is being handled */
    Deadlines deadlines;
    LaneQueue ended;      /* to be delivered */
    H2Conn *dirty;        /* have something to write */
    H2Conn *roomy;        /* have fewer lanes than [target] streams */
    Fields *fields;       /* by request, made when first sent */
    Fields rendered;      /* of the request that is being sent */
    uv_prepare_t prepare; /* writes what the turn of the loop left */
    int handles;
    void (*closed)(void *);
    void *closed_data;
};

/* --- h2_conn.c ---------------------------------------------------------- */

H2Conn *h2_conn_new(H2 *h);
/* One that has fewer lanes than may share it, else a new one. */
H2Conn *h2_conn_with_room(H2 *h);
/* Puts a lane on a connection, takes it away from its connection; the last
 * one away frees it. */
void h2_join(H2Lane *l, H2Conn *c);
void h2_part(H2Lane *l);
/* Closes; no lane has a stream. It may be opened again. */
void h2_conn_shut(H2Conn *c);
void h2_open_if_awaited(H2Conn *c);
/* c has something to write, or room for who waits. */
void h2_touch(H2Conn *c);
/* No more streams on it: GOAWAY, no stream numbers are left, or silence. */
void h2_leave(H2Conn *c);
/* Starts streams and writes, on each connection that was touched. */
void h2_run_dirty(H2 *h);

/* to: NULL for none. */
void h2_lane_move(H2Lane *l, LaneQueue *to);
/* Queues the lane's exchange on its connection, or on another one where that
 * is leaving; makes the connection if there is none. */
void h2_lane_wait(H2Lane *l);
/* The lane hears no more of its stream, if it has one. */
void h2_let_stream_go(H2Lane *l);
/* The exchange is over; RST_STREAM, where it takes one, was submitted. */
void h2_end(H2Lane *l, FailClass fail, const char *why);
/* The target surely did nothing with it: once more, else `reset`. */
void h2_refused(H2Lane *l);
/* Calls done for those that ended; never from within a session. */
void h2_deliver(H2 *h);

/* --- h2_session.c ------------------------------------------------------- */

nghttp2_session_callbacks *h2_callbacks(void);
nghttp2_option *h2_options(void);
/* The preface, SETTINGS and a large window; false: no memory. */
bool h2_session_start(H2Conn *c);
/* Submits the lane's request: the stream's number, or nghttp2's error. */
int32_t h2_submit(H2Lane *l);
/* Fills h2->out with frames; its length, 0 for nothing, negative for
 * nghttp2's error. */
ssize_t h2_gather(H2Conn *c);
/* Gives bytes that came; 0 or nghttp2's error. */
int h2_take(H2Conn *c, const char *bytes, size_t length);
/* RST_STREAM (CANCEL) for the lane's stream. */
void h2_reset(H2Lane *l);

#endif
