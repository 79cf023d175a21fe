/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/deadlines.h"
#include "http/link.h"
#include "http/queue.h"
#include "http/response.h"

#define READ_BUFFER_BYTES ((size_t)64 << 10)
#define GATHER_BYTES ((size_t)64 << 10)

typedef struct WireConn WireConn;

typedef struct Wire {
    Transport base;
    Dialer *dialer;
    char *buffer;
    uint64_t timeout_ns;
    Deadlines deadlines;
    size_t shared_by; /* lanes of a connection */
    /* of shared connections: */
    WireConn *roomy; /* have fewer lanes */
    WireConn *dirty; /* have requests to write before the loop sleeps */
    uv_prepare_t prepare;
    char *gathered; /* requests, one behind the other */
    void (*closed)(void *);
    void *closed_data;
} Wire;

typedef struct WireLane {
    Lane base;
    WireConn *conn;
    Exchange *x; /* under way, or NULL */
} WireLane;

struct WireConn {
    Wire *wire;
    Link link;
    Queue queue;        /* under way, in the order of their answers */
    Exchange *to_write; /* the first that is not written; NULL: none */
    size_t written;     /* bytes of it */
    Queue lost;         /* of a connection that ended, to be told */
    bool reused;        /* it has answered before */
    bool is_dirty;
    Response response; /* to the first of the queue */
    size_t lanes;
    size_t holds; /* lanes, and who works on it: freed with the last */
    WireConn *next_dirty;
    WireConn *roomy_before, *roomy_after;
};

static WireConn *conn_of(Link *l) {
    return (WireConn *)((char *)l - offsetof(WireConn, link));
}

/* --- the end of a connection -------------------------------------------- */

static void conn_release(WireConn *c) {
    if (--c->holds)
        return;
    response_close(&c->response);
    free(c);
}

static void conn_shut(WireConn *c) {
    link_shut(&c->link);
    c->written = 0;
    c->to_write = c->queue.first;
    c->reused = false;
}

static void conn_open(WireConn *c) {
    response_start(&c->response, false, false);
    link_open(&c->link);
}

static bool may_go_again(const Exchange *x) {
    return x->request->is_safe && !x->retried;
}

static void go_again(Exchange *x) {
    x->retried = true;
    x->retried_sent = x->sent_ns != 0;
    x->start_ns = x->sent_ns = x->first_ns = x->bytes_out = 0;
}

static void judge(WireConn *c, Exchange *x, FailClass fail, const char *why,
                 uint64_t now_ns) {
    deadline_drop(&c->wire->deadlines, x);
    x->end_ns = now_ns;
    x->fail = fail;
    x->why = why;
    x->status = 0;
    x->body = NULL;
    x->body_length = 0;
}

static void tell(Exchange *x) {
    ((WireLane *)x->lane)->x = NULL;
    x->done(x);
}

/* Closes; what stands in the queue goes over a new connection, but what may
 * not be sent twice is lost. */
static void conn_renew(WireConn *c, const char *why, uint64_t now_ns) {
    Queue old = c->queue;
    c->queue = (Queue){ 0 };
    while (old.first) {
        Exchange *x = queue_take(&old);
        bool was_begun = x->bytes_out != 0;
        if (was_begun && !may_go_again(x)) {
            judge(c, x, FAIL_RESET, why, now_ns);
            queue_add(&c->lost, x);
            continue;
        }
        if (was_begun)
            go_again(x);
        x->start_ns = 0;
        queue_add(&c->queue, x);
    }
    conn_shut(c);
    if (c->queue.first)
        conn_open(c);
}

/* Their owners hear of it; what they do then may change everything: hold c
 * where it is still needed. */
static void tell_lost(WireConn *c) {
    while (c->lost.first)
        tell(queue_take(&c->lost));
}

/* --- the end of an exchange --------------------------------------------- */

static void next_answer(WireConn *c) {
    const Exchange *x = c->queue.first;
    if (x)
        response_start(&c->response, x->request->is_head,
                       x->request->keep_body);
}

/* The first of the queue is done; more_comes: the bytes behind its answer
 * are the next one's. */
static void finish(WireConn *c, FailClass fail, const char *why,
                   uint64_t now_ns) {
    Exchange *x = queue_take(&c->queue);
    Response *r = &c->response;
    judge(c, x, fail, why, now_ns);
    x->status = fail == FAIL_NONE ? r->status : 0;
    x->body_bytes = r->body_bytes;
    x->body = r->body.bytes;
    x->body_length = r->body.length;
    bool is_next_asked = c->queue.first && c->queue.first->bytes_out;
    /* An answer that came before the request was out ends the connection:
     * the server did not read the rest. */
    if (fail != FAIL_NONE || !r->keep_alive || c->to_write == x ||
        (r->surplus && !is_next_asked))
        conn_renew(c, "the shared connection ended with an earlier answer",
                   now_ns);
    else
        c->reused = true;
    c->holds++;
    tell(x);
    tell_lost(c);
    conn_release(c);
}

/* The stream broke. A server may close a kept connection just when a
 * request leaves: a safe one is sent once more, on a new connection. */
static void broken(WireConn *c, FailClass class, const char *why,
                   uint64_t now_ns) {
    if (!c->reused || c->response.began || !may_go_again(c->queue.first)) {
        finish(c, class, why, now_ns);
        return;
    }
    go_again(c->queue.first);
    conn_renew(c, "the shared connection was closed before this answer",
               now_ns);
    c->holds++;
    tell_lost(c);
    conn_release(c);
}

/* --- writing ------------------------------------------------------------ */

/* The bytes to write next: what is left of one request, or several. */
static size_t gather(WireConn *c, const char **bytes) {
    const Exchange *x = c->to_write;
    size_t length = x->form->length - c->written;
    *bytes = x->form->bytes + c->written;
    if (!x->behind || length + x->behind->form->length > GATHER_BYTES)
        return length;
    char *to = c->wire->gathered;
    memcpy(to, *bytes, length);
    for (x = x->behind; x && length + x->form->length <= GATHER_BYTES;
         x = x->behind) {
        memcpy(to + length, x->form->bytes, x->form->length);
        length += x->form->length;
    }
    *bytes = to;
    return length;
}

static void have_written(WireConn *c, size_t n, uint64_t begin_ns,
                         uint64_t now_ns) {
    while (n) {
        Exchange *x = c->to_write;
        size_t left = x->form->length - c->written;
        size_t part = n < left ? n : left;
        if (!x->start_ns)
            x->start_ns = begin_ns;
        x->bytes_out += part;
        c->written += part;
        n -= part;
        if (part == left) {
            x->sent_ns = now_ns;
            c->to_write = x->behind;
            c->written = 0;
        }
    }
}

static void conn_write(WireConn *c, uint64_t now_ns) {
    Link *l = &c->link;
    while (c->to_write) {
        const char *bytes;
        if (!c->to_write->start_ns)
            c->to_write->start_ns = now_ns;
        size_t length = gather(c, &bytes);
        ssize_t n = link_send(l, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EAGAIN)
                link_stumble(l);
            else if (!l->waits_to_write)
                link_want_write(l, true);
            return;
        }
        have_written(c, (size_t)n, now_ns, clock_now());
    }
    if (l->waits_to_write)
        link_want_write(l, false);
}

/* Before the loop sleeps: everything that was asked for since leaves in one
 * write. */
static void on_prepare(uv_prepare_t *prepare) {
    Wire *w = prepare->data;
    while (w->dirty) {
        WireConn *c = w->dirty;
        w->dirty = c->next_dirty;
        c->is_dirty = false;
        if (c->to_write && c->link.state == LINK_OPEN &&
            !c->link.waits_to_write)
            conn_write(c, clock_now());
        tell_lost(c);
        conn_release(c);
    }
}

static void work_soon(WireConn *c) {
    if (c->is_dirty)
        return;
    c->is_dirty = true;
    c->holds++;
    c->next_dirty = c->wire->dirty;
    c->wire->dirty = c;
}

/* --- reading ------------------------------------------------------------ */

/* The socket speaks while nothing was asked: closed, or not ours. */
static void idle_readable(WireConn *c, bool at_end, uint64_t now_ns) {
    char byte;
    ssize_t n = link_recv(&c->link, &byte, 1);
    if (n >= 0 || at_end || (errno != EAGAIN && errno != EINTR))
        conn_renew(c, NULL, now_ns);
}

static bool is_idle(const WireConn *c) {
    const Exchange *x = c->queue.first;
    return !x || (c->wire->shared_by > 1 && c->reused && !x->bytes_out);
}

static void ended(WireConn *c, ssize_t n, uint64_t now_ns) {
    if (n < 0 && errno == EPROTO) {
        finish(c, FAIL_TLS, "the TLS record layer failed", now_ns);
        return;
    }
    if (n < 0 && c->response.began) {
        finish(c, FAIL_TRUNCATED, "the connection broke within the answer",
               now_ns);
        return;
    }
    if (n < 0) {
        /* EPIPE: it had been closed in peace before the request left. */
        if (errno == EPIPE)
            broken(c, FAIL_RESET, strerror(errno), now_ns);
        else
            finish(c, FAIL_RESET, strerror(errno), now_ns);
        return;
    }
    if (response_end(&c->response) == RESPONSE_DONE)
        finish(c, FAIL_NONE, NULL, now_ns);
    else if (c->response.began)
        finish(c, c->response.fail, c->response.why, now_ns);
    else
        broken(c, c->response.fail, c->response.why, now_ns);
}

/* Bytes that arrived: the first answer's, and on a shared connection those
 * of the next. Is there more to read? */
static bool take_bytes(WireConn *c, const char *bytes, size_t n,
                       uint64_t now_ns) {
    for (;;) {
        Exchange *x = c->queue.first;
        Response *r = &c->response;
        if (!x->first_ns)
            x->first_ns = now_ns;
        ResponseState state = response_feed(r, bytes, n);
        x->bytes_in += n - r->surplus;
        if (state == RESPONSE_MORE)
            return true;
        bytes += n - r->surplus;
        n = r->surplus;
        finish(c, r->fail, r->why, now_ns);
        if (c->wire->shared_by == 1 || c->link.state != LINK_OPEN)
            return false;
        next_answer(c);
        if (is_idle(c))
            return false;
        if (!n)
            return true;
    }
}

static void read_all(WireConn *c, bool at_end, uint64_t now_ns) {
    Link *l = &c->link;
    char *buffer = c->wire->buffer;
    for (;;) {
        ssize_t n = link_recv(l, buffer, READ_BUFFER_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN && !at_end)
            return;
        if (n <= 0) {
            if (n < 0 && errno == EAGAIN)
                errno = ECONNRESET;
            ended(c, n, now_ns);
            return;
        }
        if (!take_bytes(c, buffer, (size_t)n, now_ns))
            return;
        /* A short read means that the socket is empty; TLS may hold more
         * than poll knows. */
        if ((size_t)n < READ_BUFFER_BYTES && !l->ssl && !at_end)
            return;
    }
}

static void on_readable(Link *l, bool at_end, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (is_idle(c)) {
        idle_readable(c, at_end, now_ns);
        return;
    }
    c->holds++;
    read_all(c, at_end, now_ns);
    conn_release(c);
}

static void on_writable(Link *l, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (c->to_write)
        conn_write(c, now_ns);
}

/* --- the connection ----------------------------------------------------- */

static void note_phases(const WireConn *c) {
    Exchange *x = c->queue.first;
    x->connected_anew = true;
    x->resolve_ns = c->link.resolve_ns;
    x->connect_ns = c->link.connect_ns;
    x->tls_ns = c->link.tls_ns;
}

static void on_opened(Link *l, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    note_phases(c);
    next_answer(c);
    c->to_write = c->queue.first;
    conn_write(c, now_ns);
}

static void on_failed(Link *l, FailClass fail, const char *why,
                      uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (l->connect_ns)
        note_phases(c);
    while (c->queue.first) {
        Exchange *x = queue_take(&c->queue);
        judge(c, x, fail, why, now_ns);
        queue_add(&c->lost, x);
    }
    conn_shut(c);
    c->holds++;
    tell_lost(c);
    conn_release(c);
}

static const LinkOps link_ops = { on_opened, on_failed, on_readable,
                                  on_writable };

/* --- the transport ------------------------------------------------------ */

static Transport *wire_open(uv_loop_t *loop, const Profile *p, Err *err) {
    Dialer *dialer = dialer_new(loop, p, "\x08http/1.1", err);
    if (!dialer)
        return NULL;
    Wire *w = mem_new(Wire);
    *w = (Wire){ .base = { &wire_ops },
                 .dialer = dialer,
                 .buffer = mem_alloc(READ_BUFFER_BYTES, 1),
                 .timeout_ns = p->timeout_ns,
                 .shared_by = p->target.pipeline };
    if (w->shared_by > 1) {
        w->gathered = mem_alloc(GATHER_BYTES, 1);
        uv_prepare_init(loop, &w->prepare);
        w->prepare.data = w;
        uv_prepare_start(&w->prepare, on_prepare);
    }
    return &w->base;
}

static void on_dialer_closed(void *data) {
    Wire *w = data;
    void (*closed)(void *) = w->closed;
    void *closed_data = w->closed_data;
    free(w->buffer);
    free(w->gathered);
    free(w);
    closed(closed_data);
}

static void on_prepare_closed(uv_handle_t *h) {
    Wire *w = h->data;
    dialer_close(w->dialer, on_dialer_closed, w);
}

static void wire_close(Transport *t, void (*closed)(void *data), void *data) {
    Wire *w = (Wire *)t;
    w->closed = closed;
    w->closed_data = data;
    if (w->shared_by == 1) {
        dialer_close(w->dialer, on_dialer_closed, w);
        return;
    }
    on_prepare(&w->prepare); /* forgets them: no lane is left */
    uv_close((uv_handle_t *)&w->prepare, on_prepare_closed);
}

static FailClass timed_out(const WireConn *c, const Exchange *x,
                           const char **why) {
    if (c->link.state != LINK_OPEN)
        return link_timeout(&c->link, why);
    if (!x->sent_ns) {
        *why = "the target did not read the request";
        return FAIL_TIMEOUT_SEND;
    }
    if (!x->first_ns) {
        *why = "no answer within the time limit";
        return FAIL_TIMEOUT_WAIT;
    }
    *why = "the answer was not complete within the limit";
    return FAIL_TIMEOUT_RECEIVE;
}

/* Is it gone only with its connection? An answer cannot be skipped, nor can
 * half a request be taken back. */
static bool is_bound(const WireConn *c, const Exchange *x) {
    return x->bytes_out || (c->to_write == x && c->link.waits_to_write);
}

/* After some that were not bound left the queue. */
static void close_ranks(WireConn *c, const Exchange *was_first) {
    Exchange *x = c->queue.first;
    if (x != was_first)
        next_answer(c);
    while (x && x->sent_ns)
        x = x->behind;
    c->to_write = x;
}

/* All that are due fail for what they waited for; the others of a shared
 * connection get a new one. */
static void time_out(WireConn *c, uint64_t now_ns) {
    Queue old = c->queue;
    const Exchange *first = old.first;
    bool is_over = false;
    c->queue = (Queue){ 0 };
    while (old.first) {
        Exchange *x = queue_take(&old);
        const char *why;
        if (x->deadline_ns > now_ns) {
            queue_add(&c->queue, x);
            continue;
        }
        FailClass class = timed_out(c, x, &why);
        is_over |= is_bound(c, x);
        judge(c, x, class, why, now_ns);
        x->body_bytes = x == first ? c->response.body_bytes : 0;
        queue_add(&c->lost, x);
    }
    if (is_over || !c->queue.first)
        conn_renew(c, "the shared connection ended: a request timed out",
                   now_ns);
    else
        close_ranks(c, first);
    c->holds++;
    tell_lost(c);
    conn_release(c);
}

static void wire_tick(Transport *t, uint64_t now_ns) {
    Wire *w = (Wire *)t;
    dialer_tick(w->dialer, now_ns);
    for (Exchange *x; (x = w->deadlines.first) && x->deadline_ns <= now_ns;)
        time_out(((WireLane *)x->lane)->conn, now_ns);
}

static size_t wire_sockets(const Transport *t) {
    return dialer_sockets(((const Wire *)t)->dialer);
}

/* --- lanes -------------------------------------------------------------- */

static void roomy_add(WireConn *c) {
    Wire *w = c->wire;
    c->roomy_before = NULL;
    c->roomy_after = w->roomy;
    if (w->roomy)
        w->roomy->roomy_before = c;
    w->roomy = c;
}

static void roomy_remove(WireConn *c) {
    if (c->roomy_before)
        c->roomy_before->roomy_after = c->roomy_after;
    else
        c->wire->roomy = c->roomy_after;
    if (c->roomy_after)
        c->roomy_after->roomy_before = c->roomy_before;
}

static WireConn *conn_with_room(Wire *w) {
    WireConn *c = w->roomy;
    if (!c) {
        c = mem_new(WireConn);
        c->wire = w;
        link_init(&c->link, w->dialer, &link_ops);
        roomy_add(c);
    }
    c->holds++;
    if (++c->lanes == w->shared_by)
        roomy_remove(c);
    return c;
}

static Lane *wire_lane_new(Transport *t) {
    WireLane *l = mem_new(WireLane);
    l->base.ops = &wire_ops;
    l->conn = conn_with_room((Wire *)t);
    return &l->base;
}

static void wire_send(Lane *lane, Exchange *x) {
    WireLane *l = (WireLane *)lane;
    WireConn *c = l->conn;
    exchange_begin(x);
    l->x = x;
    x->lane = l;
    deadline_set(&c->wire->deadlines, x, x->wanted_ns + c->wire->timeout_ns);
    queue_add(&c->queue, x);
    if (!c->to_write)
        c->to_write = x;
    if (c->queue.first == x && c->link.state == LINK_OPEN)
        next_answer(c);
    if (c->link.state == LINK_CLOSED)
        conn_open(c);
    else if (c->wire->shared_by > 1)
        work_soon(c);
    else
        conn_write(c, x->wanted_ns);
}

static void wire_cancel(Lane *lane) {
    WireLane *l = (WireLane *)lane;
    WireConn *c = l->conn;
    Exchange *x = l->x;
    if (!x)
        return;
    l->x = NULL;
    if (queue_remove(&c->lost, x))
        return;
    deadline_drop(&c->wire->deadlines, x);
    const Exchange *first = c->queue.first;
    bool is_over = is_bound(c, x);
    queue_remove(&c->queue, x);
    if (is_over || !c->queue.first)
        conn_renew(c, "the shared connection ended: a request was given up",
                   clock_now());
    else
        close_ranks(c, first);
    if (c->lost.first)
        work_soon(c); /* not from within their owner's call */
}

static void wire_renew(Lane *lane) {
    WireConn *c = ((WireLane *)lane)->conn;
    if (!c->queue.first)
        conn_shut(c);
}

static void wire_lane_free(Lane *lane) {
    WireLane *l = (WireLane *)lane;
    WireConn *c = l->conn;
    wire_cancel(lane);
    free(l);
    if (c->lanes-- == c->wire->shared_by)
        roomy_add(c);
    if (!c->lanes) {
        roomy_remove(c);
        conn_shut(c);
    }
    conn_release(c);
}

const TransportOps wire_ops = {
    .name = "wire",
    .open = wire_open,
    .close = wire_close,
    .tick = wire_tick,
    .sockets = wire_sockets,
    .lane_new = wire_lane_new,
    .lane_free = wire_lane_free,
    .send = wire_send,
    .cancel = wire_cancel,
    .renew = wire_renew,
};
