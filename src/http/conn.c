/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static WireConn *conn_of(Link *l) {
    return (WireConn *)((char *)l - offsetof(WireConn, link));
}

/* --- the end of a connection -------------------------------------------- */

void conn_release(WireConn *c) {
    if (--c->holds)
        return;
    response_close(&c->response);
    free(c);
}

void conn_shut(WireConn *c) {
    link_shut(&c->link);
    c->written = 0;
    c->to_write = c->queue.first;
    c->reused = false;
}

void conn_open(WireConn *c) {
    response_start(&c->response, false, false, false);
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
    x->body = x->head = x->opening = NULL;
    x->body_length = x->head_length = x->opening_length = 0;
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
void conn_tell_lost(WireConn *c) {
    while (c->lost.first)
        tell(queue_take(&c->lost));
}

/* --- the end of an exchange --------------------------------------------- */

void conn_next_answer(WireConn *c) {
    const Exchange *x = c->queue.first;
    if (x)
        response_start(&c->response, x->request->is_head,
                       x->request->keep_body, x->request->keep_head);
}

/* What came of the answer to the first of the queue. */
static void give_opening(const WireConn *c, Exchange *x) {
    x->opening = c->response.opening;
    x->opening_length = c->response.opening_length;
}

/* The first of the queue is done; more_comes: the bytes behind its answer
 * are the next one's. */
static void finish(WireConn *c, FailClass fail, const char *why,
                   uint64_t now_ns) {
    Exchange *x = queue_take(&c->queue);
    Response *r = &c->response;
    if (fail == FAIL_NONE && !x->bytes_out) {
        fail = FAIL_MALFORMED;
        why = "an answer came before the request";
    }
    judge(c, x, fail, why, now_ns);
    x->status = fail == FAIL_NONE ? r->status : 0;
    x->body_bytes = r->body_bytes;
    x->body = r->body.bytes;
    x->body_length = r->body.length;
    give_opening(c, x);
    if (fail == FAIL_NONE) {
        x->head = r->head.bytes;
        x->head_length = r->head.length;
    }
    if (fail == FAIL_RESET && c->link.state == LINK_OPEN && !c->reused)
        link_hung_up(&c->link, why, now_ns);
    /* An answer that came before the request was out ends the connection:
     * the server did not read the rest. So do bytes that nobody asked for. */
    bool has_surplus = c->wire->shared_by == 1 && link_has_more(&c->link);
    if (fail != FAIL_NONE || !r->keep_alive || c->to_write == x || has_surplus)
        conn_renew(c, "the shared connection ended with an earlier answer",
                   now_ns);
    else
        c->reused = true;
    c->holds++;
    tell(x);
    conn_tell_lost(c);
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
    conn_tell_lost(c);
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

void conn_write(WireConn *c, uint64_t now_ns) {
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

/* --- reading ------------------------------------------------------------ */

/* The socket speaks while nothing was asked: closed, or not ours. */
static void idle_readable(WireConn *c, bool at_end, uint64_t now_ns) {
    char byte;
    ssize_t n = link_recv(&c->link, &byte, 1);
    if (n >= 0 || at_end || (errno != EAGAIN && errno != EINTR))
        conn_renew(c, NULL, now_ns);
}

/* Were the bytes behind the first answer asked for? */
static bool is_next_asked(const WireConn *c) {
    const Exchange *next = c->queue.first->behind;
    return next && next->bytes_out;
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

/* Bytes that arrived: the first answer's, and on a shared connection those
 * of the next. Is there more to read? */
static bool take_bytes(WireConn *c, const char *bytes, size_t n,
                       uint64_t now_ns) {
    for (;;) {
        Exchange *x = c->queue.first;
        Response *r = &c->response;
        if (!x->first_ns) {
            x->first_ns = now_ns;
            if (x->connected_anew)
                link_spoke(&c->link);
        }
        ResponseState state = response_feed(r, bytes, n);
        x->bytes_in += n - r->surplus;
        if (state == RESPONSE_MORE)
            return true;
        bytes += n - r->surplus;
        n = r->surplus;
        if (state == RESPONSE_DONE && n && !is_next_asked(c))
            finish(c, FAIL_MALFORMED, "bytes came beyond the answer", now_ns);
        else
            finish(c, r->fail, r->why, now_ns);
        if (c->wire->shared_by == 1 || c->link.state != LINK_OPEN)
            return false;
        conn_next_answer(c);
        if (is_idle(c))
            return false;
        if (!n)
            return true;
    }
}

static void read_all(WireConn *c, bool at_end, uint64_t now_ns) {
    Link *l = &c->link;
    char *buffer = c->wire->buffer;
    for (size_t read = 0;;) {
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
        /* A short read means that the socket is empty. */
        if ((size_t)n < READ_BUFFER_BYTES && !at_end && !link_has_more(l))
            return;
        if ((read += (size_t)n) >= LINK_TURN_BYTES && !at_end) {
            link_read_on(l);
            return;
        }
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
    conn_next_answer(c);
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
    conn_tell_lost(c);
    conn_release(c);
}

const LinkOps conn_link_ops = { on_opened, on_failed, on_readable,
                                  on_writable };

/* --- giving up --------------------------------------------------------- */

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
        conn_next_answer(c);
    while (x && x->sent_ns)
        x = x->behind;
    c->to_write = x;
}

/* All that are due fail for what they waited for; the others of a shared
 * connection get a new one. */
void conn_time_out(WireConn *c, uint64_t now_ns) {
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
        if (x == first)
            give_opening(c, x);
        queue_add(&c->lost, x);
    }
    if (is_over || !c->queue.first)
        conn_renew(c, "the shared connection ended: a request timed out",
                   now_ns);
    else
        close_ranks(c, first);
    c->holds++;
    conn_tell_lost(c);
    conn_release(c);
}

void conn_give_up(WireConn *c, Exchange *x) {
    const Exchange *first = c->queue.first;
    bool is_over = is_bound(c, x);
    if (queue_remove(&c->lost, x))
        return;
    deadline_drop(&c->wire->deadlines, x);
    queue_remove(&c->queue, x);
    if (is_over || !c->queue.first)
        conn_renew(c, "the shared connection ended: a request was given up",
                   clock_now());
    else
        close_ranks(c, first);
}
