/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/h2_conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* What a target may say without an answer coming on. What was on its way when
 * a stream was given up is less: sockets hold some MiB. */
#define IDLE_BYTES_MAX ((uint64_t)32 << 20)

static const LinkOps link_ops;

static H2Conn *conn_of(Link *l) {
    return (H2Conn *)((char *)l - offsetof(H2Conn, link));
}

/* --- queues ------------------------------------------------------------- */

void h2_lane_move(H2Lane *l, LaneQueue *to) {
    LaneQueue *from = l->in;
    if (from) {
        *(l->before ? &l->before->after : &from->first) = l->after;
        *(l->after ? &l->after->before : &from->last) = l->before;
    }
    l->in = to;
    l->before = l->after = NULL;
    if (to) {
        l->before = to->last;
        *(to->last ? &to->last->after : &to->first) = l;
        to->last = l;
    }
}

static void set_roomy(H2Conn *c, bool on) {
    H2 *h = c->h2;
    if (c->is_roomy == on)
        return;
    c->is_roomy = on;
    if (on) {
        c->before = NULL;
        c->after = h->roomy;
        if (h->roomy)
            h->roomy->before = c;
        h->roomy = c;
        return;
    }
    *(c->before ? &c->before->after : &h->roomy) = c->after;
    if (c->after)
        c->after->before = c->before;
}

void h2_touch(H2Conn *c) {
    if (c->is_dirty)
        return;
    c->is_dirty = true;
    c->next_dirty = c->h2->dirty;
    c->h2->dirty = c;
}

static void forget_dirty(H2Conn *c) {
    H2Conn **at = &c->h2->dirty;
    if (!c->is_dirty)
        return;
    while (*at != c)
        at = &(*at)->next_dirty;
    *at = c->next_dirty;
    c->is_dirty = false;
}

/* --- connections and who is on them ------------------------------------- */

void h2_conn_shut(H2Conn *c) {
    link_shut(&c->link);
    nghttp2_session_del(c->session);
    c->session = NULL;
    text_clear(&c->rest);
    c->rest_at = 0;
    c->has_settings = c->has_spoken = c->has_answered = c->is_broken = false;
    c->broken_why = NULL;
    c->was_bidden = false;
    c->goodbye = NGHTTP2_NO_ERROR;
    c->gathered = c->written = c->stray_in = c->stray_out = 0;
    c->idle_bytes = 0;
}

/* What there is in one piece: more would have to be kept. */
static bool say_last(H2Conn *c) {
    ssize_t n = h2_gather(c);
    return n == 0 || (n > 0 && link_send(&c->link, c->h2->out, (size_t)n) == n);
}

/* First what is to be cancelled: nghttp2 says nothing behind GOAWAY. */
static void say_goodbye(H2Conn *c) {
    if (c->link.state != LINK_OPEN || c->rest.length || !say_last(c))
        return;
    nghttp2_session_terminate_session(c->session, NGHTTP2_NO_ERROR);
    say_last(c);
}

static void free_if_empty(H2Conn *c) {
    if (c->lanes || c->in_use)
        return;
    say_goodbye(c);
    h2_conn_shut(c);
    set_roomy(c, false);
    forget_dirty(c);
    text_close(&c->rest);
    free(c);
}

void h2_join(H2Lane *l, H2Conn *c) {
    l->conn = c;
    c->lanes++;
    set_roomy(c, !c->is_leaving && c->lanes < c->h2->profile->target.streams);
}

void h2_part(H2Lane *l) {
    H2Conn *c = l->conn;
    c->lanes--;
    set_roomy(c, !c->is_leaving);
    free_if_empty(c);
}

H2Conn *h2_conn_new(H2 *h) {
    H2Conn *c = mem_new(H2Conn);
    c->h2 = h;
    link_init(&c->link, h->dialer, &link_ops);
    return c;
}

H2Conn *h2_conn_with_room(H2 *h) {
    return h->roomy ? h->roomy : h2_conn_new(h);
}

void h2_open_if_awaited(H2Conn *c) {
    if (!c->waiting.first || c->link.state != LINK_CLOSED)
        return;
    c->opening_ns = c->h2->now_ns;
    link_open(&c->link);
}

void h2_lane_wait(H2Lane *l) {
    h2_lane_move(l, NULL);
    if (l->conn->is_leaving) {
        h2_part(l);
        h2_join(l, h2_conn_with_room(l->h2));
    }
    h2_lane_move(l, &l->conn->waiting);
    h2_open_if_awaited(l->conn);
    h2_touch(l->conn);
}

void h2_leave(H2Conn *c) {
    c->is_leaving = true;
    set_roomy(c, false);
    c->in_use++;
    while (c->waiting.first)
        h2_lane_wait(c->waiting.first);
    c->in_use--;
    h2_touch(c);
}

/* --- the end of an exchange --------------------------------------------- */

void h2_let_stream_go(H2Lane *l) {
    H2Conn *c = l->conn;
    if (!l->stream)
        return;
    nghttp2_session_set_stream_user_data(c->session, l->stream, NULL);
    l->stream = 0;
    c->flying--;
    h2_touch(c);
}

void h2_end(H2Lane *l, FailClass fail, const char *why) {
    Exchange *x = l->x;
    H2Conn *c = l->conn;
    h2_let_stream_go(l);
    deadline_drop(&l->h2->deadlines, x);
    x->end_ns = l->h2->now_ns;
    x->fail = fail;
    x->why = why;
    x->status = fail == FAIL_NONE ? l->status : 0;
    x->body = l->body.bytes;
    x->body_length = l->body.length;
    x->head = fail == FAIL_NONE ? l->head.bytes : NULL;
    x->head_length = fail == FAIL_NONE ? l->head.length : 0;
    x->bytes_in += c->stray_in;
    x->bytes_out += c->stray_out;
    c->stray_in = c->stray_out = 0;
    h2_lane_move(l, &l->h2->ended);
}

static void send_again(H2Lane *l) {
    Exchange *x = l->x;
    h2_let_stream_go(l);
    x->retried = true;
    x->retried_sent = x->sent_ns != 0;
    x->start_ns = x->sent_ns = x->first_ns = x->bytes_out = 0;
    h2_lane_wait(l);
}

void h2_refused(H2Lane *l) {
    if (l->x->retried || l->began)
        h2_end(l, FAIL_RESET, "the target refused the stream (REFUSED_STREAM)");
    else
        send_again(l);
}

void h2_deliver(H2 *h) {
    for (H2Lane *l; (l = h->ended.first);) {
        Exchange *x = l->x;
        h2_lane_move(l, NULL);
        l->x = NULL;
        x->done(x);
    }
}

/* --- the end of a connection -------------------------------------------- */

typedef struct Loss {
    FailClass fail;
    const char *why;
    bool is_race;     /* closed in peace: perhaps before the request came */
    bool is_hopeless; /* before it was a connection of HTTP/2 */
} Loss;

static void lose_lane(H2Lane *l, const Loss *loss) {
    Exchange *x = l->x;
    const H2Conn *c = l->conn;
    if (loss->is_race && l->on_kept && !l->began && x->request->is_safe &&
        !x->retried) {
        send_again(l);
        return;
    }
    bool is_cut = l->began && loss->fail == FAIL_RESET;
    snprintf(l->why, sizeof l->why, "%s%s%s",
             is_cut ? "the connection broke within the answer" : loss->why,
             c->goodbye ? ", after GOAWAY " : "",
             c->goodbye ? nghttp2_http2_strerror(c->goodbye) : "");
    if (loss->is_hopeless)
        x->start_ns = 0; /* as with no connection: its VU backs off */
    h2_end(l, is_cut ? FAIL_TRUNCATED : loss->fail, l->why);
}

/* Nothing of an answer came since it opened: see link_hung_up. */
static void note_hung_up(H2Conn *c, const char *why) {
    if (!c->has_spoken)
        link_hung_up(&c->link, why, c->h2->now_ns);
}

/* Those who have not sent anything get a new connection, unless that would
 * be no better, as where the target does not speak HTTP/2. */
static void conn_lost(H2Conn *c, Loss loss) {
    loss.is_hopeless = loss.fail != FAIL_RESET && !c->has_settings;
    if (loss.fail == FAIL_RESET && c->flying)
        note_hung_up(c, loss.why);
    while (c->sending.first)
        lose_lane(c->sending.first, &loss);
    while (c->asking.first)
        lose_lane(c->asking.first, &loss);
    while (loss.is_hopeless && c->waiting.first)
        lose_lane(c->waiting.first, &loss);
    h2_conn_shut(c);
    h2_open_if_awaited(c);
}

static void conn_broken(H2Conn *c, const char *why) {
    conn_lost(c, (Loss){ .fail = FAIL_MALFORMED, .why = why });
}

static void conn_ended(H2Conn *c, ssize_t n) {
    int error = n < 0 ? errno : 0;
    h2_gather(c); /* nghttp2's verdict on what came; it cannot be sent */
    if (c->is_broken)
        conn_broken(c, c->broken_why);
    else if (error == EPROTO)
        conn_lost(c, (Loss){ .fail = FAIL_TLS,
                             .why = "the TLS record layer failed" });
    else if (error)
        /* EPIPE: it had been closed in peace before the request left. */
        conn_lost(c, (Loss){ .fail = FAIL_RESET,
                             .why = strerror(error),
                             .is_race = error == EPIPE });
    else
        conn_lost(c, (Loss){ .fail = FAIL_RESET,
                             .why = "the connection was closed before an "
                                    "answer",
                             .is_race = true });
}

/* The last stream of one that takes no more has ended. */
static void conn_left(H2Conn *c) {
    if (c->was_bidden)
        note_hung_up(c, "the target says goodbye (GOAWAY) to each connection");
    h2_conn_shut(c);
}

/* --- writing ------------------------------------------------------------ */

static void note_phases(const H2Conn *c, Exchange *x) {
    x->connected_anew = true;
    x->resolve_ns = c->link.resolve_ns;
    x->connect_ns = c->link.connect_ns;
    x->tls_ns = c->link.tls_ns;
}

/* Until the target's SETTINGS say how many streams it bears, one. */
static bool may_start(const H2Conn *c) {
    if (c->is_leaving || !nghttp2_session_check_request_allowed(c->session))
        return false; /* or nghttp2 has found fault, and says so next */
    if (!c->has_settings)
        return c->flying == 0;
    return c->flying < nghttp2_session_get_remote_settings(
                           c->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

/* Half a billion streams were enough for it: there are no numbers left. */
static bool is_used_up(const H2Conn *c) {
    return nghttp2_session_get_next_stream_id(c->session) > INT32_MAX;
}

static void start_stream(H2Lane *l) {
    H2Conn *c = l->conn;
    l->on_kept = c->has_answered;
    l->end_mark = l->head_bytes = l->body_sent = 0;
    l->status = 0;
    l->interims = 0;
    int32_t id = h2_submit(l);
    if (id < 0) {
        h2_end(l, FAIL_LOCAL_MEMORY, nghttp2_strerror(id));
    } else {
        l->stream = id;
        c->flying++;
        h2_lane_move(l, &c->sending);
        if (c->is_new)
            note_phases(c, l->x);
        c->is_new = false;
    }
}

static void note_sent(H2Conn *c) {
    uint64_t now_ns = 0;
    for (H2Lane *l = c->sending.first, *next; l; l = next) {
        next = l->after;
        if (!l->end_mark || l->end_mark > c->written)
            continue;
        if (!now_ns)
            now_ns = clock_now();
        l->x->sent_ns = now_ns;
        h2_lane_move(l, &c->asking);
    }
}

/* false: not all of it went. What is left is kept. */
static bool write_out(H2Conn *c, const char *bytes, size_t length) {
    while (length) {
        ssize_t n = link_send(&c->link, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        bytes += n;
        length -= (size_t)n;
        c->written += (uint64_t)n;
    }
    if (length && errno != EAGAIN)
        link_stumble(&c->link);
    else if (c->link.waits_to_write != (length > 0))
        link_want_write(&c->link, length > 0);
    if (length && !c->rest.length)
        text_add(&c->rest, bytes, length);
    return length == 0;
}

static bool write_rest(H2Conn *c) {
    uint64_t before = c->written;
    bool all =
        write_out(c, c->rest.bytes + c->rest_at, c->rest.length - c->rest_at);
    c->rest_at += c->written - before;
    if (all) {
        text_clear(&c->rest);
        c->rest_at = 0;
    }
    return all;
}

/* Starts who may start and writes what there is, in one piece. */
static void conn_write(H2Conn *c) {
    if (c->rest.length && !write_rest(c)) {
        note_sent(c);
        return;
    }
    while (c->waiting.first && may_start(c))
        start_stream(c->waiting.first);
    if (c->waiting.first && is_used_up(c))
        h2_leave(c);
    ssize_t n;
    while ((n = h2_gather(c)) > 0 && write_out(c, c->h2->out, (size_t)n))
        ;
    if (n < 0) {
        c->is_broken = true;
        c->broken_why = nghttp2_strerror((int)n);
    }
    note_sent(c);
}

/* May free c. */
static void conn_run(H2Conn *c) {
    forget_dirty(c);
    if (c->link.state == LINK_OPEN) {
        c->in_use++;
        conn_write(c);
        if (c->is_broken)
            conn_broken(c, c->broken_why);
        else if (c->is_leaving && c->flying == 0)
            conn_left(c);
        c->in_use--;
    }
    free_if_empty(c);
}

void h2_run_dirty(H2 *h) {
    H2Conn *c = h->dirty;
    h->dirty = NULL;
    for (H2Conn *next; c; c = next) {
        next = c->next_dirty;
        c->is_dirty = false;
        conn_run(c);
    }
}

/* --- what the link tells ------------------------------------------------ */

static void on_readable(Link *link, bool at_end, uint64_t now_ns) {
    H2Conn *c = conn_of(link);
    H2 *h = c->h2;
    h->now_ns = now_ns;
    c->in_use++;
    for (size_t read = 0; link->state == LINK_OPEN;) {
        ssize_t n = link_recv(link, h->in, H2_IN_BYTES);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN && !at_end)
            break;
        if (n <= 0) {
            if (n < 0 && errno == EAGAIN)
                errno = ECONNRESET;
            conn_ended(c, n);
            break;
        }
        c->heard_ns = now_ns;
        int error = h2_take(c, h->in, (size_t)n);
        if (error)
            conn_broken(c, nghttp2_strerror(error));
        else if (c->idle_bytes > IDLE_BYTES_MAX)
            conn_broken(c, "the target floods the connection with frames "
                           "that carry nothing");
        h2_deliver(h);
        /* A short read means that the socket is empty. */
        if ((size_t)n < H2_IN_BYTES && !at_end && !link_has_more(link))
            break;
        if ((read += (size_t)n) >= LINK_TURN_BYTES && !at_end &&
            link->state == LINK_OPEN) {
            link_read_on(link);
            break;
        }
    }
    h2_deliver(h);
    c->in_use--;
    conn_run(c);
}

static void on_writable(Link *link, uint64_t now_ns) {
    (void)now_ns;
    h2_touch(conn_of(link));
}

static void on_opened(Link *link, uint64_t now_ns) {
    H2Conn *c = conn_of(link);
    H2 *h = c->h2;
    h->now_ns = c->heard_ns = now_ns;
    c->is_new = true;
    c->in_use++;
    bool speaks = !link->ssl || tls_speaks(link->ssl, "h2");
    if (!speaks && c->waiting.first)
        note_phases(c, c->waiting.first->x);
    if (!speaks)
        conn_broken(c, "the target does not speak HTTP/2: ALPN agreed on "
                       "nothing");
    else if (!h2_session_start(c))
        conn_lost(c, (Loss){ .fail = FAIL_LOCAL_MEMORY,
                             .why = "nghttp2 has no memory" });
    h2_deliver(h);
    c->in_use--;
    conn_run(c);
}

static void on_failed(Link *link, FailClass fail, const char *why,
                      uint64_t now_ns) {
    H2Conn *c = conn_of(link);
    H2 *h = c->h2;
    h->now_ns = now_ns;
    if (fail == FAIL_TLS && strstr(why, "no application protocol"))
        why = "the target does not speak HTTP/2 (TLS alert: no application "
              "protocol)";
    if (link->connect_ns && c->waiting.first)
        note_phases(c, c->waiting.first->x);
    while (c->waiting.first) {
        H2Lane *l = c->waiting.first;
        snprintf(l->why, sizeof l->why, "%s", why);
        h2_end(l, fail, l->why);
    }
    h2_conn_shut(c);
    h2_deliver(h);
}

static const LinkOps link_ops = { on_opened, on_failed, on_readable,
                                  on_writable };
