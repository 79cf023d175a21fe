/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/transfer.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/reach.h"
#include "http/response.h"
#include "http/transfer_jar.h"
#include "http/transfer_lane.h"

/* Of one lane: redirects may lead to several hosts. */
#define CONNECTIONS_KEPT 8
/* Of one request; a scheme takes three at the most. */
#define LOGINS_MOST 5
/* Who unpacks more than both is kept busy by next to nothing. */
#define UNPACKED_MAX ((uint64_t)64 << 20)
#define UNPACKED_TIMES 100

/* --- the queue ---------------------------------------------------------- */

static bool may_start(const TransferLane *l, uint64_t now_ns) {
    const Transfer *t = l->transfer;
    uint64_t most = t->profile->target.connects_at_once;
    return l->easy && gate_is_open(&t->gate, now_ns) &&
           (l->is_warm || !most || t->opening < most);
}

static void start(TransferLane *l, uint64_t now_ns) {
    Transfer *t = l->transfer;
    l->state = LANE_BUSY;
    l->is_opening = !l->is_warm;
    t->opening += l->is_opening;
    if (t->gate.is_wary)
        gate_pass(&t->gate, now_ns);
    transfer_load(l);
    curl_multi_add_handle(multi_handle(t->multi), l->easy);
}

static void enqueue(TransferLane *l) {
    Transfer *t = l->transfer;
    l->state = LANE_QUEUED;
    l->after = NULL;
    l->before = t->last;
    if (t->last)
        t->last->after = l;
    else
        t->first = l;
    t->last = l;
}

static void leave_queue(TransferLane *l) {
    Transfer *t = l->transfer;
    if (l->before)
        l->before->after = l->after;
    else
        t->first = l->after;
    if (l->after)
        l->after->before = l->before;
    else
        t->last = l->before;
    l->before = l->after = NULL;
}

static void pump(Transfer *t, uint64_t now_ns) {
    while (t->first && may_start(t->first, now_ns)) {
        TransferLane *l = t->first;
        leave_queue(l);
        start(l, now_ns);
    }
}

static void has_opened(TransferLane *l, bool is_warm) {
    l->transfer->opening -= l->is_opening;
    l->is_opening = false;
    l->is_warm = is_warm;
}

/* --- what the target saw ------------------------------------------------ */

static void count_sent(TransferLane *l) {
    l->is_asking = false;
    l->sent++;
    l->x->sent_ns = l->asked_ns;
}

/* A plain HTTP proxy asks for a password of its own. */
static bool is_of_proxy(const TransferLane *l) {
    return l->head.status == 407 && l->transfer->profile->target.proxy;
}

/* --- curl's callbacks --------------------------------------------------- */

static void refuse(TransferLane *l, FailClass fail, const char *why) {
    l->fail = fail;
    l->fail_why = why;
}

/* A server may close a kept connection just when a request leaves. curl
 * sends it again, five times and whatever it is; here once, if it is safe. */
static bool may_ask_again(TransferLane *l) {
    Exchange *x = l->x;
    l->is_again = true;
    if (!x->request->is_safe || x->retried) {
        refuse(l, FAIL_RESET, "the connection was closed before an answer");
        return false;
    }
    x->retried = true;
    x->retried_sent = transfer_is_out(l);
    if (l->asked == 1)
        l->asked = 0; /* the exchange begins with the second try */
    return true;
}

static bool may_go_on(TransferLane *l, const char *ip) {
    if (l->is_asking)
        return may_ask_again(l);
    /* curl logs in as often as it is told that what it said was stale. */
    if (l->head.status == 401 && ++l->logins > LOGINS_MOST) {
        refuse(l, FAIL_REDIRECTS, "the target asks for the login for ever");
        return false;
    }
    if (l->head.status / 100 == 3 &&
        ++l->redirected > l->transfer->profile->target.redirects) {
        refuse(l, FAIL_REDIRECTS, "more redirects than the profile allows");
        return false;
    }
    if (!transfer_may_ask(l, ip)) {
        refuse(l, FAIL_REDIRECTS,
               "a redirect to a host that is neither of the plan nor private, "
               "and nobody confirmed it");
        return false;
    }
    return true;
}

/* The last socket made: is it the one that has connected? Of two addresses
 * that are tried beside each other, the first may win. */
static bool is_won(const TransferLane *l, int from_port) {
    struct sockaddr_storage from = { 0 };
    socklen_t size = sizeof from;
    if (l->socket == CURL_SOCKET_BAD ||
        getsockname(l->socket, (struct sockaddr *)&from, &size) < 0)
        return false;
    int port = 0; /* a socket file has none */
    if (from.ss_family == AF_INET)
        port = ntohs(((struct sockaddr_in *)&from)->sin_port);
    if (from.ss_family == AF_INET6)
        port = ntohs(((struct sockaddr_in6 *)&from)->sin6_port);
    return port == from_port;
}

/* Connected, and about to send: first, or again after a redirect, a login,
 * a broken connection. */
int transfer_on_request(void *user, char *to_ip, char *from_ip, int to_port,
                        int from_port) {
    TransferLane *l = user;
    Exchange *x = l->x;
    (void)from_ip, (void)to_port;
    if (is_won(l, from_port)) {
        multi_connected(l->transfer->multi, l->socket);
        if (transfer_is_ftp(l))
            l->control = l->socket;
    }
    if (!may_go_on(l, to_ip))
        return CURL_PREREQFUNC_ABORT;
    l->asked_ns = clock_now();
    if (!l->asked) {
        x->start_ns = l->asked_ns;
        gate_admitted(&l->transfer->gate);
        has_opened(l, true);
    } else if (l->head.status == 303) {
        transfer_free_method(l);
    }
    l->asked++;
    l->is_asking = true;
    l->size_before = transfer_request_bytes(l);
    l->read_at = l->read_most = 0;
    /* Of other connections, that were tried before this one. */
    l->is_again = l->was_ended = l->is_guarded = false;
    l->head_bytes += l->head.bytes;
    head_start(&l->head);
    x->first_ns = 0;
    return CURL_PREREQFUNC_OK;
}

static bool is_version_asked(TransferLane *l) {
    bool http2 = l->transfer->profile->target.http2;
    if (http2 && l->head.version != 2 && l->asked == 1)
        refuse(l, FAIL_MALFORMED, "the target does not speak HTTP/2");
    if (!http2 && l->head.version != 1)
        refuse(l, FAIL_MALFORMED, "the answer's version is not HTTP/1.x");
    return l->fail == FAIL_NONE;
}

size_t transfer_on_header(char *bytes, size_t one, size_t length, void *user) {
    TransferLane *l = user;
    length *= one;
    if (transfer_is_ftp(l)) {
        l->head_bytes += length;
        return length;
    }
    if (!l->x->first_ns)
        l->x->first_ns = clock_now();
    switch (head_line(&l->head, bytes, length)) {
    case HEAD_LINE:
        jar_look(l, bytes, length);
        if (l->x->request->keep_head || response_has_failed(l->head.status))
            head_keep(&l->head, bytes, length, &l->head_lines);
        return length;
    case HEAD_FINAL:
        text_clear(&l->head_lines);
        if (!is_version_asked(l))
            return 0;
        if (l->is_asking && !is_of_proxy(l))
            count_sent(l);
        l->is_asking = false;
        return length;
    case HEAD_BAD:
        break;
    }
    refuse(l, l->head.fail, l->head.why);
    return 0;
}

static bool is_bomb(const TransferLane *l) {
    curl_off_t came = 0;
    if (l->body_bytes <= UNPACKED_MAX)
        return false;
    curl_easy_getinfo(l->easy, CURLINFO_SIZE_DOWNLOAD_T, &came);
    return l->body_bytes / UNPACKED_TIMES > (uint64_t)came;
}

/* The head's lines, too: see head_piece. */
size_t transfer_on_body(char *bytes, size_t one, size_t length, void *user) {
    TransferLane *l = user;
    length *= one;
    if (!transfer_is_ftp(l) && !l->head.is_done) {
        if (head_piece(&l->head, bytes, length) == HEAD_LINE)
            return length;
        refuse(l, l->head.fail, l->head.why);
        return 0;
    }
    if (!l->x->first_ns)
        l->x->first_ns = clock_now();
    l->body_bytes += length;
    if (l->transfer->profile->target.decompress && is_bomb(l)) {
        refuse(l, FAIL_TOO_LARGE,
               "the body unpacks to more than 64 MiB, and 100 times its size");
        return 0;
    }
    size_t most =
        response_body_room(l->x->request->keep_body, l->head.status);
    if (l->body.length < most) {
        size_t room = most - l->body.length;
        text_add(&l->body, bytes, length < room ? length : room);
    }
    return length;
}

/* For its errno: curl does not tell why there was no socket. */
curl_socket_t transfer_on_socket(void *user, curlsocktype purpose,
                                 struct curl_sockaddr *a) {
    TransferLane *l = user;
    (void)purpose;
    if (!transfer_may_connect(l, &a->addr))
        return CURL_SOCKET_BAD;
    curl_socket_t fd = multi_socket(l->transfer->multi, a);
    l->os_errno = fd == CURL_SOCKET_BAD ? errno : 0;
    l->socket = fd;
    return fd;
}

int transfer_on_close(void *user, curl_socket_t fd) {
    TransferLane *l = user;
    if (fd == l->control)
        l->control = CURL_SOCKET_BAD;
    return multi_close_socket(l->transfer->multi, l->easy, fd);
}

/* curl waits for the last reply of an FTP transfer within one call: ticks and
 * deadlines do not run meanwhile, but this does, once a second. */
int transfer_on_progress(void *user, curl_off_t down_all, curl_off_t down,
                         curl_off_t up_all, curl_off_t up) {
    TransferLane *l = user;
    const char *why;
    (void)down_all, (void)down, (void)up_all, (void)up;
    if (!l->x || clock_now() < l->x->deadline_ns)
        return 0;
    FailClass fail = transfer_timed_out(l, &why);
    refuse(l, fail, why);
    return 1;
}

/* --- the end of an exchange --------------------------------------------- */

static void note_phases(const TransferLane *l) {
    Exchange *x = l->x;
    CURL *e = l->easy;
    long connects = 0;
    uint64_t name = multi_info_ns(e, CURLINFO_NAMELOOKUP_TIME_T);
    uint64_t tcp = multi_info_ns(e, CURLINFO_CONNECT_TIME_T);
    uint64_t tls = multi_info_ns(e, CURLINFO_APPCONNECT_TIME_T);
    curl_easy_getinfo(e, CURLINFO_NUM_CONNECTS, &connects);
    if (connects < 1 || !tcp)
        return;
    x->connected_anew = true;
    x->more_connects = (uint32_t)connects - 1;
    x->resolve_ns = name;
    x->connect_ns = tcp > name ? tcp - name : 0;
    x->tls_ns = tls > tcp ? tls - tcp : 0;
}

static void count_bytes(const TransferLane *l) {
    curl_off_t down = 0, up = 0;
    Exchange *x = l->x;
    curl_easy_getinfo(l->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    x->body_bytes =
        l->transfer->profile->target.decompress ? (uint64_t)down
                                                : l->body_bytes;
    x->bytes_in = l->head_bytes + l->head.bytes + x->body_bytes;
    x->bytes_out = (uint64_t)transfer_request_bytes(l);
    /* A small body is among the request's bytes. */
    if (l->read_at) {
        curl_easy_getinfo(l->easy, CURLINFO_SIZE_UPLOAD_T, &up);
        x->bytes_out += (uint64_t)up;
    }
}

/* Takes the lane's exchange off curl; its figures are right then. */
static Exchange *take_off(TransferLane *l) {
    Transfer *t = l->transfer;
    Exchange *x = l->x;
    deadline_drop(&t->deadlines, x);
    if (l->state == LANE_QUEUED)
        leave_queue(l);
    if (l->state == LANE_BUSY) {
        if (l->is_asking && transfer_is_out(l))
            count_sent(l);
        x->more_sent = l->sent ? l->sent - 1 : 0;
        note_phases(l);
        count_bytes(l);
        curl_multi_remove_handle(multi_handle(t->multi), l->easy);
    }
    has_opened(l, l->is_warm && l->asked);
    l->state = LANE_IDLE;
    l->x = NULL;
    return x;
}

static void forget_connections(TransferLane *l) {
    transfer_renew_cache(l);
    l->is_warm = false;
}

/* curl closes a connection in the middle of an exchange, but not HTTP/2's:
 * the next request would find an error of this one; nor FTP's, where the last
 * reply may still come. */
static bool is_left_open(const TransferLane *l) {
    return l->state == LANE_BUSY && l->asked &&
           (transfer_is_ftp(l) || l->transfer->profile->target.http2);
}

static void finish(TransferLane *l, FailClass fail, const char *why,
                   uint64_t now_ns) {
    int status = l->head.status;
    bool is_spoilt = fail != FAIL_NONE && is_left_open(l);
    Exchange *x = take_off(l);
    if (is_spoilt)
        forget_connections(l);
    jar_settle(l);
    x->end_ns = now_ns;
    x->fail = fail;
    x->why = why;
    x->status = fail == FAIL_NONE ? status : 0;
    x->body = l->body.bytes;
    x->body_length = l->body.length;
    if (fail == FAIL_NONE) {
        x->head = l->head_lines.bytes;
        x->head_length = l->head_lines.length;
    }
    x->done(x);
}

static void note_refusal(TransferLane *l, FailClass fail, uint64_t now_ns) {
    Transfer *t = l->transfer;
    gate_refused(&t->gate, now_ns);
    t->refusal = fail;
    snprintf(t->refusal_why, sizeof t->refusal_why, "%s", l->why);
}

/* curl counts its new tries over all transfers of a handle, and gives up one
 * that has not had any when they are five; its count starts anew then. */
static bool has_tried_elsewhere(const TransferLane *l, CURLcode code) {
    return code == CURLE_SEND_ERROR && l->is_asking && l->asked == 1 &&
           l->fail == FAIL_NONE && strstr(l->why, "Connection died");
}

static void on_transfer(CURL *easy, void *owner, CURLcode code) {
    TransferLane *l = owner;
    CURLM *multi = multi_handle(l->transfer->multi);
    uint64_t now_ns = clock_now();
    if (has_tried_elsewhere(l, code) && may_ask_again(l)) {
        l->is_asking = false;
        l->why[0] = '\0';
        curl_multi_remove_handle(multi, easy);
        curl_multi_add_handle(multi, easy);
        return;
    }
    FailClass fail = transfer_verdict(l, code);
    if (fail != FAIL_NONE && !l->asked)
        note_refusal(l, fail, now_ns);
    finish(l, fail, l->why, now_ns);
}

/* --- the transport ------------------------------------------------------ */

/* Who comes while the target may not be tried is refused as the last try
 * was: users do not queue for a target that is away. */
static void serve(Transfer *t, uint64_t now_ns) {
    pump(t, now_ns);
    while (t->first && !gate_is_open(&t->gate, now_ns)) {
        TransferLane *l = t->first;
        snprintf(l->why, sizeof l->why, "%s", t->refusal_why);
        finish(l, t->refusal, l->why, now_ns);
    }
}

static void on_turn(void *data) {
    Transfer *t = data;
    if (t->first)
        serve(t, clock_now());
}

static char *host_text(const Url *u) {
    Text t = { 0 };
    text_addf(&t, u->is_ipv6 ? "[%s]" : "%s", u->host);
    if (u->port != (u->tls ? 443 : 80))
        text_addf(&t, ":%d", u->port);
    return text_take(&t);
}

static Transport *transfer_open(uv_loop_t *loop, const Profile *p,
                                size_t variant, Guard *guard, Err *err) {
    const Url *to = &p->variants[variant].url;
    if (transfer_check(p, to, err) < 0)
        return NULL;
    Transfer *t = mem_new(Transfer);
    Multi *multi =
        multi_new(loop, CONNECTIONS_KEPT, on_transfer, on_turn, t, err);
    if (!multi) {
        free(t);
        return NULL;
    }
    if (!p->target.http2 && !to->is_ftp)
        multi_expect_quiet(multi);
    *t = (Transfer){ .base = { .ops = &transfer_ops },
                     .profile = p,
                     .to = to,
                     .guard = guard,
                     .multi = multi,
                     .headers = mem_alloc(p->request_count,
                                          sizeof *t->headers),
                     .host = host_text(to),
                     .hosts = reach_hosts(p) };
    return &t->base;
}

static void on_multi_closed(void *data) {
    Transfer *t = data;
    void (*closed)(void *) = t->closed;
    void *closed_data = t->closed_data;
    for (size_t i = 0; i < t->profile->request_count; i++)
        curl_slist_free_all(t->headers[i]);
    free(t->headers);
    curl_slist_free_all(t->hosts);
    free(t->host);
    free(t);
    closed(closed_data);
}

static void transfer_close(Transport *transport, void (*closed)(void *data),
                           void *data) {
    Transfer *t = (Transfer *)transport;
    t->closed = closed;
    t->closed_data = data;
    multi_close(t->multi, on_multi_closed, t);
}

static void transfer_tick(Transport *transport, uint64_t now_ns) {
    Transfer *t = (Transfer *)transport;
    if (t->to->is_ftp)
        multi_nudge(t->multi);
    serve(t, now_ns);
    for (Exchange *x; (x = t->deadlines.first) && x->deadline_ns <= now_ns;) {
        const char *why;
        FailClass class = transfer_timed_out(x->lane, &why);
        finish(x->lane, class, why, now_ns);
    }
}

static size_t transfer_sockets(const Transport *t) {
    return multi_sockets(((const Transfer *)t)->multi);
}

static Lane *transfer_lane_new(Transport *transport, Lane *beside) {
    TransferLane *l = mem_new(TransferLane);
    l->base.ops = &transfer_ops;
    l->transfer = (Transfer *)transport;
    l->control = CURL_SOCKET_BAD;
    l->easy = curl_easy_init();
    if (l->easy)
        transfer_prepare(l);
    jar_join(l, l->transfer->profile->target.cookies ? (TransferLane *)beside
                                                     : NULL);
    return &l->base;
}

static void transfer_send(Lane *lane, Exchange *x) {
    TransferLane *l = (TransferLane *)lane;
    Transfer *t = l->transfer;
    exchange_begin(x);
    l->x = x;
    x->lane = l;
    deadline_set(&t->deadlines, x, x->wanted_ns + t->profile->timeout_ns);
    head_start(&l->head);
    l->is_asking = l->was_ended = false;
    l->socket = CURL_SOCKET_BAD;
    l->asked = l->redirected = l->logins = l->sent = 0;
    l->read_at = l->read_most = 0;
    l->is_again = false;
    l->os_errno = 0;
    l->is_guarded = false;
    l->fail = FAIL_NONE;
    l->head_bytes = l->body_bytes = 0;
    l->why[0] = '\0';
    text_clear(&l->body);
    text_clear(&l->head_lines);
    if (may_start(l, x->wanted_ns))
        start(l, x->wanted_ns);
    else
        enqueue(l);
}

static void transfer_cancel(Lane *lane) {
    TransferLane *l = (TransferLane *)lane;
    if (l->x)
        take_off(l);
}

static void transfer_renew(Lane *lane) {
    TransferLane *l = (TransferLane *)lane;
    transfer_cancel(lane);
    forget_connections(l);
}

static void transfer_lane_free(Lane *lane) {
    TransferLane *l = (TransferLane *)lane;
    transfer_cancel(lane);
    transfer_expect_no_farewell(l);
    jar_leave(l);
    curl_easy_setopt(l->easy, CURLOPT_SHARE, NULL);
    curl_easy_cleanup(l->easy);
    curl_share_cleanup(l->cache);
    curl_slist_free_all(l->own_headers);
    text_close(&l->url);
    text_close(&l->body);
    text_close(&l->head_lines);
    free(l);
}

const TransportOps transfer_ops = {
    .name = "curl",
    .open = transfer_open,
    .close = transfer_close,
    .tick = transfer_tick,
    .sockets = transfer_sockets,
    .lane_new = transfer_lane_new,
    .lane_free = transfer_lane_free,
    .send = transfer_send,
    .cancel = transfer_cancel,
    .renew = transfer_renew,
};
