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
#include "http/response.h"

#define READ_BUFFER_BYTES ((size_t)64 << 10)

typedef struct Wire {
    Transport base;
    Dialer *dialer;
    char *buffer;
    uint64_t timeout_ns;
    Deadlines deadlines;
    void (*closed)(void *);
    void *closed_data;
} Wire;

typedef struct WireConn {
    Lane base;
    Wire *wire;
    Link link;
    Exchange *x; /* under way, or NULL */
    bool reused;
    const char *out;
    size_t out_left;
    Response response;
} WireConn;

static WireConn *conn_of(Link *l) {
    return (WireConn *)((char *)l - offsetof(WireConn, link));
}

static void conn_shut(WireConn *c) {
    link_shut(&c->link);
    c->out_left = 0;
}

/* --- the end of an exchange --------------------------------------------- */

static void finish(WireConn *c, FailClass fail, const char *why,
                   uint64_t now_ns) {
    Exchange *x = c->x;
    c->x = NULL;
    deadline_drop(&c->wire->deadlines, x);
    x->end_ns = now_ns;
    x->fail = fail;
    x->why = why;
    x->status = fail == FAIL_NONE ? c->response.status : 0;
    x->body_bytes = c->response.body_bytes;
    x->body = c->response.body.bytes;
    x->body_length = c->response.body.length;
    /* An answer that came before the request was out ends the connection:
     * the server did not read the rest. */
    if (fail != FAIL_NONE || !c->response.keep_alive || c->out_left)
        conn_shut(c);
    x->done(x);
}

/* The stream broke. A server may close a kept connection just when a
 * request leaves: a safe one is sent once more, on a new connection. */
static void broken(WireConn *c, FailClass class, const char *why,
                   uint64_t now_ns) {
    Exchange *x = c->x;
    if (c->reused && !c->response.began && x->request->is_safe && !x->retried) {
        conn_shut(c);
        x->retried = true;
        x->retried_sent = x->sent_ns != 0;
        x->sent_ns = x->bytes_out = 0;
        c->reused = false;
        link_open(&c->link);
        return;
    }
    finish(c, class, why, now_ns);
}

/* --- reading and writing ------------------------------------------------ */

static void conn_write(WireConn *c, uint64_t now_ns) {
    Exchange *x = c->x;
    Link *l = &c->link;
    while (c->out_left) {
        ssize_t n = link_send(l, c->out, c->out_left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EAGAIN)
                link_stumble(l);
            else if (!l->waits_to_write)
                link_want_write(l, true);
            return;
        }
        c->out += n;
        c->out_left -= (size_t)n;
        x->bytes_out += (uint64_t)n;
    }
    if (l->waits_to_write)
        link_want_write(l, false);
    x->sent_ns = now_ns ? now_ns : clock_now();
}

static void start_exchange(WireConn *c, uint64_t now_ns) {
    Exchange *x = c->x;
    response_start(&c->response, x->request->is_head, x->request->keep_body);
    c->out = x->form->bytes;
    c->out_left = x->form->length;
    x->start_ns = now_ns;
    conn_write(c, 0);
}

/* The socket speaks while nothing was asked: closed, or not ours. */
static void idle_readable(WireConn *c) {
    char byte;
    ssize_t n = link_recv(&c->link, &byte, 1);
    if (n >= 0 || c->link.is_dead || (errno != EAGAIN && errno != EINTR))
        conn_shut(c);
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
    const Tls *ssl = c->link.ssl;
    if (response_end(&c->response) == RESPONSE_DONE && ssl &&
        !tls_has_ended(ssl))
        finish(c, FAIL_TLS, "closed without close_notify: is the body whole?",
               now_ns);
    else if (c->response.complete)
        finish(c, FAIL_NONE, NULL, now_ns);
    else if (c->response.began)
        finish(c, c->response.fail, c->response.why, now_ns);
    else
        broken(c, c->response.fail, c->response.why, now_ns);
}

static void on_readable(Link *l, bool at_end, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (!c->x) {
        idle_readable(c);
        return;
    }
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
        Exchange *x = c->x;
        if (!x->first_ns)
            x->first_ns = now_ns;
        x->bytes_in += (uint64_t)n;
        switch (response_feed(&c->response, buffer, (size_t)n)) {
        case RESPONSE_MORE:
            break;
        case RESPONSE_DONE:
            if (c->response.surplus)
                finish(c, FAIL_MALFORMED, "bytes came beyond the answer",
                       now_ns);
            else
                finish(c, FAIL_NONE, NULL, now_ns);
            return;
        case RESPONSE_BAD:
            finish(c, c->response.fail, c->response.why, now_ns);
            return;
        }
        /* A short read means that the socket is empty; TLS may hold more
         * than poll knows. */
        if ((size_t)n < READ_BUFFER_BYTES && !l->ssl && !at_end)
            return;
    }
}

static void on_writable(Link *l, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (c->out_left)
        conn_write(c, now_ns);
}

/* --- the connection ----------------------------------------------------- */

static void note_phases(const WireConn *c) {
    Exchange *x = c->x;
    x->connected_anew = true;
    x->resolve_ns = c->link.resolve_ns;
    x->connect_ns = c->link.connect_ns;
    x->tls_ns = c->link.tls_ns;
}

static void on_opened(Link *l, uint64_t now_ns) {
    WireConn *c = conn_of(l);
    note_phases(c);
    start_exchange(c, now_ns);
}

static void on_failed(Link *l, FailClass fail, const char *why,
                      uint64_t now_ns) {
    WireConn *c = conn_of(l);
    if (l->connect_ns)
        note_phases(c);
    finish(c, fail, why, now_ns);
}

static const LinkOps link_ops = { on_opened, on_failed, on_readable,
                                  on_writable };

/* --- the transport ------------------------------------------------------ */

static Transport *wire_open(uv_loop_t *loop, const Profile *p, Err *err) {
    Dialer *dialer = dialer_new(loop, p, "\x08http/1.1", err);
    if (!dialer)
        return NULL;
    Wire *w = mem_new(Wire);
    *w = (Wire){ .base = { .ops = &wire_ops },
                 .dialer = dialer,
                 .buffer = mem_alloc(READ_BUFFER_BYTES, 1),
                 .timeout_ns = p->timeout_ns };
    dialer_sample(dialer, &w->base.read_lag);
    return &w->base;
}

static void on_dialer_closed(void *data) {
    Wire *w = data;
    void (*closed)(void *) = w->closed;
    void *closed_data = w->closed_data;
    hist_close(&w->base.read_lag);
    free(w->buffer);
    free(w);
    closed(closed_data);
}

static void wire_close(Transport *t, void (*closed)(void *data), void *data) {
    Wire *w = (Wire *)t;
    w->closed = closed;
    w->closed_data = data;
    dialer_close(w->dialer, on_dialer_closed, w);
}

static FailClass timed_out(const WireConn *c, const char **why) {
    const Exchange *x = c->x;
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

static void wire_tick(Transport *t, uint64_t now_ns) {
    Wire *w = (Wire *)t;
    dialer_tick(w->dialer, now_ns);
    for (Exchange *x; (x = w->deadlines.first) && x->deadline_ns <= now_ns;) {
        const char *why;
        FailClass class = timed_out(x->lane, &why);
        finish(x->lane, class, why, now_ns);
    }
}

static size_t wire_sockets(const Transport *t) {
    return dialer_sockets(((const Wire *)t)->dialer);
}

static Lane *wire_lane_new(Transport *t) {
    WireConn *c = mem_new(WireConn);
    c->base.ops = &wire_ops;
    c->wire = (Wire *)t;
    link_init(&c->link, c->wire->dialer, &link_ops);
    return &c->base;
}

static void wire_send(Lane *lane, Exchange *x) {
    WireConn *c = (WireConn *)lane;
    exchange_begin(x);
    c->x = x;
    x->lane = c;
    deadline_set(&c->wire->deadlines, x, x->wanted_ns + c->wire->timeout_ns);
    c->reused = c->link.state == LINK_OPEN;
    if (c->reused) {
        start_exchange(c, x->wanted_ns);
    } else {
        response_start(&c->response, false, false);
        link_open(&c->link);
    }
}

static void wire_cancel(Lane *lane) {
    WireConn *c = (WireConn *)lane;
    if (c->x) {
        deadline_drop(&c->wire->deadlines, c->x);
        c->x = NULL;
    }
    conn_shut(c);
}

static void wire_renew(Lane *lane) {
    conn_shut((WireConn *)lane);
}

static void wire_lane_free(Lane *lane) {
    WireConn *c = (WireConn *)lane;
    wire_cancel(lane);
    response_close(&c->response);
    free(c);
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
