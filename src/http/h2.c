/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/h2.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/h2_conn.h"

/* --- time limits -------------------------------------------------------- */

/* Its opener's time is up: the attempt is given up, and a new one is made
 * for those who came later. */
static void stop_opening(H2Conn *c, uint64_t now_ns) {
    bool is_overdue = now_ns - c->opening_ns >= c->h2->profile->timeout_ns;
    if (c->waiting.first && (!is_overdue || c->link.state == LINK_QUEUED))
        return;
    h2_conn_shut(c);
    h2_open_if_awaited(c);
}

static FailClass timed_out(const H2Lane *l, const char **why) {
    const H2Conn *c = l->conn;
    if (c->link.state != LINK_OPEN && l->was_swallowed) {
        *why = "no answer within the time limit: the connection was silent";
        return FAIL_TIMEOUT_WAIT;
    }
    if (c->link.state != LINK_OPEN)
        return link_timeout(&c->link, why);
    if (!l->stream && !c->has_settings) {
        *why = "no HTTP/2 settings within the time limit";
        return FAIL_TIMEOUT_WAIT;
    }
    if (!l->stream && !c->rest.length) {
        *why = "the target allowed no further stream within the time limit";
        return FAIL_TIMEOUT_SEND;
    }
    if (!l->x->sent_ns) {
        *why = "the target did not read the request";
        return FAIL_TIMEOUT_SEND;
    }
    if (!l->began) {
        *why = "no answer within the time limit";
        return FAIL_TIMEOUT_WAIT;
    }
    *why = "the answer was not complete within the limit";
    return FAIL_TIMEOUT_RECEIVE;
}

/* No others are sent into it. */
static void leave_silence(H2Conn *c) {
    for (H2Lane *l = c->waiting.first; l; l = l->after)
        l->was_swallowed = true;
    h2_leave(c);
}

static void time_out(H2Lane *l, uint64_t now_ns) {
    H2Conn *c = l->conn;
    const char *why;
    FailClass fail = timed_out(l, &why);
    uint64_t asked_ns = l->x->sent_ns ? l->x->sent_ns : l->x->wanted_ns;
    if (l->stream)
        h2_reset(l);
    h2_end(l, fail, why);
    if (c->link.state != LINK_OPEN)
        stop_opening(c, now_ns);
    else if (c->heard_ns <= asked_ns)
        leave_silence(c);
}

static void h2_tick(Transport *t, uint64_t now_ns) {
    H2 *h = (H2 *)t;
    dialer_tick(h->dialer, now_ns);
    h->now_ns = now_ns;
    for (Exchange *x; (x = h->deadlines.first) && x->deadline_ns <= now_ns;) {
        time_out(x->lane, now_ns);
        h2_deliver(h);
    }
}

/* --- lanes -------------------------------------------------------------- */

static Lane *h2_lane_new(Transport *t, Lane *beside) {
    (void)beside;
    H2Lane *l = mem_new(H2Lane);
    l->base.ops = &h2_ops;
    l->h2 = (H2 *)t;
    h2_join(l, h2_conn_with_room(l->h2));
    return &l->base;
}

static void h2_send(Lane *lane, Exchange *x) {
    H2Lane *l = (H2Lane *)lane;
    H2 *h = l->h2;
    exchange_begin(x);
    l->x = x;
    l->was_swallowed = false;
    x->lane = l;
    /* Not only with its stream: it may fail before it has one. */
    l->began = false;
    text_clear(&l->body);
    text_clear(&l->head);
    deadline_set(&h->deadlines, x, x->wanted_ns + h->profile->timeout_ns);
    if (h->now_ns < x->wanted_ns)
        h->now_ns = x->wanted_ns;
    h2_lane_wait(l);
}

static void h2_cancel(Lane *lane) {
    H2Lane *l = (H2Lane *)lane;
    H2Conn *c = l->conn;
    if (!l->x)
        return;
    if (l->in != &l->h2->ended)
        deadline_drop(&l->h2->deadlines, l->x);
    if (l->stream)
        h2_reset(l);
    h2_let_stream_go(l);
    h2_lane_move(l, NULL);
    l->x = NULL;
    if (!c->waiting.first && c->link.state != LINK_OPEN)
        h2_conn_shut(c);
}

static void h2_renew(Lane *lane) {
    H2Lane *l = (H2Lane *)lane;
    if (l->conn->lanes == 1 && !l->conn->in_use) {
        h2_conn_shut(l->conn);
        return;
    }
    H2Conn *fresh = h2_conn_new(l->h2);
    h2_part(l);
    h2_join(l, fresh);
}

static void h2_lane_free(Lane *lane) {
    H2Lane *l = (H2Lane *)lane;
    h2_cancel(lane);
    h2_part(l);
    text_close(&l->body);
    text_close(&l->head);
    free(l);
}

/* --- the transport ------------------------------------------------------ */

static void free_memory(H2 *h) {
    for (size_t i = 0; i < h->profile->request_count; i++)
        fields_close(&h->fields[i]);
    fields_close(&h->rendered);
    nghttp2_session_callbacks_del(h->callbacks);
    nghttp2_option_del(h->options);
    free(h->fields);
    free(h->in);
    free(h->out);
    free(h);
}

static void on_prepare(uv_prepare_t *prepare) {
    H2 *h = prepare->data;
    if (!h->dirty && !h->ended.first)
        return;
    h->now_ns = clock_now();
    h2_deliver(h);
    h2_run_dirty(h);
}

static Transport *h2_open(uv_loop_t *loop, const Profile *p, size_t variant,
                          Guard *guard, Err *err) {
    Dialer *dialer = dialer_new(loop, p, variant, "\x02h2", guard, err);
    if (!dialer)
        return NULL;
    H2 *h = mem_new(H2);
    *h = (H2){ .base = { .ops = &h2_ops },
               .dialer = dialer,
               .profile = p,
               .is_tls = p->variants[variant].url.tls,
               .callbacks = h2_callbacks(),
               .options = h2_options(),
               .fields = mem_alloc(p->request_count, sizeof(Fields)),
               .in = mem_alloc(H2_IN_BYTES, 1),
               .out = mem_alloc(H2_OUT_BYTES, 1),
               .handles = 2 };
    uv_prepare_init(loop, &h->prepare);
    h->prepare.data = h;
    uv_prepare_start(&h->prepare, on_prepare);
    uv_unref((uv_handle_t *)&h->prepare);
    return &h->base;
}

static void on_part_closed(H2 *h) {
    if (--h->handles > 0)
        return;
    void (*closed)(void *) = h->closed;
    void *data = h->closed_data;
    free_memory(h);
    closed(data);
}

static void on_dialer_closed(void *data) {
    on_part_closed(data);
}

static void on_prepare_closed(uv_handle_t *handle) {
    on_part_closed(handle->data);
}

static void h2_close(Transport *t, void (*closed)(void *data), void *data) {
    H2 *h = (H2 *)t;
    h->closed = closed;
    h->closed_data = data;
    uv_close((uv_handle_t *)&h->prepare, on_prepare_closed);
    dialer_close(h->dialer, on_dialer_closed, h);
}

static size_t h2_sockets(const Transport *t) {
    return dialer_sockets(((const H2 *)t)->dialer);
}

const TransportOps h2_ops = {
    .name = "h2",
    .open = h2_open,
    .close = h2_close,
    .tick = h2_tick,
    .sockets = h2_sockets,
    .lane_new = h2_lane_new,
    .lane_free = h2_lane_free,
    .send = h2_send,
    .cancel = h2_cancel,
    .renew = h2_renew,
};
