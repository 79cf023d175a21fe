/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/exchange.h"

#define PENDING_MAX 65536
#define LINGER_NS (2 * NS_PER_S)
#define PUMP_TURNS 16 /* then the other connections have their turn */

typedef struct Write {
    uv_write_t req;
    Conn *conn;
    char bytes[];
} Write;

static void gone(Conn *c);

static size_t unsent(const Conn *c) {
    return uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
}

static void on_written(uv_write_t *req, int status) {
    Write *w = req->data;
    Conn *c = w->conn;
    free(w);
    if (c->state == CONN_CLOSING)
        return;
    if (status < 0)
        gone(c);
    else
        conn_step(c);
}

/* copy: bytes do not outlive this call. */
static void queue_write(Conn *c, char *bytes, size_t n, bool copy) {
    Write *w = mem_alloc(1, sizeof *w + (copy ? n : 0));
    w->req.data = w;
    w->conn = c;
    if (copy) {
        memcpy(w->bytes, bytes, n);
        bytes = w->bytes;
    }
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)n);
    if (uv_write(&w->req, (uv_stream_t *)&c->tcp, &buf, 1, on_written) < 0) {
        free(w);
        gone(c);
    }
}

/* What the socket takes at once; -1: the client is gone. */
static ssize_t try_write(Conn *c, char *bytes, size_t n) {
    uv_buf_t buf = uv_buf_init(bytes, (unsigned)n);
    int rc = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
    if (rc == UV_EAGAIN)
        return 0;
    if (rc < 0) {
        gone(c);
        return -1;
    }
    return rc;
}

void conn_flush(Conn *c) {
    Server *s = c->server;
    if (s->out.length && c->state != CONN_CLOSING && !c->ghost) {
        ssize_t sent = try_write(c, s->out.bytes, s->out.length);
        if (sent >= 0 && (size_t)sent < s->out.length)
            queue_write(c, s->out.bytes + sent, s->out.length - (size_t)sent,
                        true);
        if (c->state == CONN_READING && unsent(c))
            c->state = CONN_SENDING;
    }
    text_clear(&s->out);
}

/* Sends of a long body what the socket takes. */
static void pump(Conn *c) {
    for (int turn = 0; c->fill_left && unsent(c) == 0; turn++) {
        size_t n = SERVER_FILL_BYTES;
        if (c->fill_left < n)
            n = (size_t)c->fill_left;
        ssize_t sent = 0;
        if (turn < PUMP_TURNS)
            sent = try_write(c, c->server->fill, n);
        if (sent < 0)
            return;
        c->fill_left -= (uint64_t)sent;
        if ((size_t)sent == n)
            continue;
        n -= (size_t)sent;
        c->fill_left -= n;
        queue_write(c, c->server->fill, n, false);
        return; /* on_written brings us back */
    }
}

/* The last answer has left: our side shuts, and the client's bytes are read
 * until it shuts its own; closing at once could reset the connection under
 * the answer. */
static void linger(Conn *c) {
    text_close(&c->pending);
    if (c->ended || uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, NULL)) {
        conn_end(c, false);
        return;
    }
    c->state = CONN_LINGERING;
    alarm_set(&c->server->alarms, &c->alarm, clock_now() + LINGER_NS);
}

static void settle(Conn *c) {
    if (c->state != CONN_SENDING)
        return;
    pump(c);
    if (c->state != CONN_SENDING || c->fill_left || unsent(c))
        return;
    if (c->request.frame.last)
        linger(c);
    else
        c->state = CONN_READING;
}

static void parse(Conn *c, const char *bytes, size_t n) {
    if (c->paused)
        llhttp_resume(&c->parser);
    llhttp_errno_t e = llhttp_execute(&c->parser, bytes, n);
    c->paused = e == HPE_PAUSED;
    if (c->paused && c->state != CONN_CLOSING) {
        const char *at = llhttp_get_error_pos(&c->parser);
        text_add(&c->pending, at, (size_t)(bytes + n - at));
    } else if (e != HPE_OK && c->state == CONN_READING) {
        exchange_reject(c, e == HPE_INVALID_VERSION ? 505 : 400,
                        llhttp_get_error_reason(&c->parser));
    }
    conn_flush(c);
}

/* Requests that arrived whole behind the one at hand count too. */
static void count_pending(Conn *c) {
    c->ghost = true;
    c->state = CONN_READING;
    Text in = c->pending;
    c->pending = (Text){ 0 };
    if (in.length)
        parse(c, in.bytes, in.length);
    text_close(&in);
}

/* The client has left, in whichever state. */
static void gone(Conn *c) {
    if (c->state == CONN_CLOSING || c->ghost)
        return;
    Server *s = c->server;
    if (exchange_abandon(c)) {
        s->counts.aborted++;
        exchange_fill_places(s);
    }
    if (c->pending.length)
        count_pending(c);
    conn_end(c, false);
}

static bool is_waiting(const Conn *c) {
    return c->state == CONN_DELAYED || c->state == CONN_SYSTEM ||
           c->state == CONN_HUNG;
}

static void give_buffer(uv_handle_t *h, size_t wanted, uv_buf_t *buf) {
    (void)wanted;
    const Conn *c = h->data;
    *buf = uv_buf_init(c->server->read_buffer, SERVER_READ_BYTES);
}

static void on_bytes(Conn *c, const char *bytes, size_t n) {
    switch (c->state) {
    case CONN_READING:
        parse(c, bytes, n);
        break;
    case CONN_DELAYED:
    case CONN_SYSTEM:
    case CONN_SENDING:
        text_add(&c->pending, bytes, n);
        if (c->pending.length > PENDING_MAX) {
            uv_read_stop((uv_stream_t *)&c->tcp);
            c->stopped = true;
        }
        break;
    case CONN_HUNG: /* only to be counted, and reading must go on */
        if (c->pending.length < PENDING_MAX)
            text_add(&c->pending, bytes, n);
        break;
    case CONN_LINGERING:
    case CONN_CLOSING:
        break;
    }
}

static void on_read(uv_stream_t *tcp, ssize_t n, const uv_buf_t *buf) {
    Conn *c = tcp->data;
    if (n > 0)
        on_bytes(c, buf->base, (size_t)n);
    else if (n == UV_EOF)
        c->ended = true;
    else if (n < 0)
        gone(c);
    conn_step(c);
}

void conn_step(Conn *c) {
    for (;;) {
        settle(c);
        if (c->state != CONN_READING || !c->pending.length)
            break;
        Text in = c->pending;
        c->pending = (Text){ 0 };
        parse(c, in.bytes, in.length);
        text_close(&in);
    }
    if (c->state == CONN_CLOSING)
        return;
    if (c->stopped && !c->pending.length) {
        c->stopped = false;
        uv_read_start((uv_stream_t *)&c->tcp, give_buffer, on_read);
    }
    if (c->ended && c->state != CONN_SENDING) {
        if (is_waiting(c))
            gone(c);
        else
            conn_end(c, false);
    }
}

static void on_closed(uv_handle_t *h) {
    Conn *c = h->data;
    text_close(&c->pending);
    text_close(&c->request.url);
    text_close(&c->request.body);
    headers_close(&c->request.headers);
    free(c);
}

void conn_end(Conn *c, bool reset) {
    Server *s = c->server;
    if (c->state == CONN_CLOSING)
        return;
    assert(c->job.state == JOB_OUTSIDE);
    c->state = CONN_CLOSING;
    alarm_clear(&s->alarms, &c->alarm);
    *(c->before ? &c->before->after : &s->conns) = c->after;
    if (c->after)
        c->after->before = c->before;
    s->counts.open--;
    /* A connection that is shutting down can no longer be reset. */
    if (!reset || uv_tcp_close_reset(&c->tcp, on_closed) < 0)
        uv_close((uv_handle_t *)&c->tcp, on_closed);
}

void conn_accept(Server *s, uv_stream_t *listener) {
    Conn *c = mem_new(Conn);
    c->server = s;
    c->tcp.data = c;
    c->alarm.ring = exchange_ring;
    llhttp_init(&c->parser, HTTP_REQUEST, &s->parsing);
    c->parser.data = c;
    uv_tcp_init(&s->loop, &c->tcp);
    c->after = s->conns;
    if (c->after)
        c->after->before = c;
    s->conns = c;
    s->counts.open++;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) < 0 ||
        uv_read_start((uv_stream_t *)&c->tcp, give_buffer, on_read) < 0) {
        conn_end(c, false);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    s->counts.connections++;
}
