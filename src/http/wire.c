/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/wire.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/conn.h"

/* --- writing together --------------------------------------------------- */

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
        conn_tell_lost(c);
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

/* --- the transport ------------------------------------------------------ */

static Transport *wire_open(uv_loop_t *loop, const Profile *p, size_t variant,
                            Guard *guard, Err *err) {
    Dialer *dialer = dialer_new(loop, p, variant, "\x08http/1.1", guard, err);
    if (!dialer)
        return NULL;
    Wire *w = mem_new(Wire);
    *w = (Wire){ .base = { .ops = &wire_ops },
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
    dialer_sample(dialer, &w->base.read_lag);
    return &w->base;
}

static void on_dialer_closed(void *data) {
    Wire *w = data;
    void (*closed)(void *) = w->closed;
    void *closed_data = w->closed_data;
    hist_close(&w->base.read_lag);
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

static void wire_tick(Transport *t, uint64_t now_ns) {
    Wire *w = (Wire *)t;
    dialer_tick(w->dialer, now_ns);
    for (Exchange *x; (x = w->deadlines.first) && x->deadline_ns <= now_ns;)
        conn_time_out(((WireLane *)x->lane)->conn, now_ns);
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
        link_init(&c->link, w->dialer, &conn_link_ops);
        roomy_add(c);
    }
    c->holds++;
    if (++c->lanes == w->shared_by)
        roomy_remove(c);
    return c;
}

static Lane *wire_lane_new(Transport *t, Lane *beside) {
    (void)beside;
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
        conn_next_answer(c);
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
    conn_give_up(c, x);
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
