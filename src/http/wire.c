/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/wire.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/response.h"
#include "http/tls.h"

#define READ_BUFFER_BYTES ((size_t)64 << 10)
/* Above any number of connections that a worker could open. */
#define CONNECTIONS_MAX 1000000L

struct Wire {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer; /* curl's */
    uv_check_t check; /* reads curl's messages once per turn */
    TlsContext *tls;     /* NULL: plain; one for all, with the parsed CA bundle */
    char *url, *buffer;
    const Profile *profile;
    bool is_closing;
    uint64_t timeout_ns;
    size_t sockets;
    int handles;            /* open uv handles of the wire itself */
    Exchange *first, *last; /* deadlines */
    WireConn *stumbled;     /* a write failed: to be read once more */
    void (*closed)(void *);
    void *closed_data;
};

typedef enum ConnState {
    CONN_CLOSED,
    CONN_OPENING, /* curl works on it */
    CONN_SHAKING, /* TLS handshake */
    CONN_OPEN,
} ConnState;

struct WireConn {
    Wire *wire;
    CURL *easy;
    Tls *ssl;
    Exchange *x; /* under way, or NULL */
    uv_poll_t *poll;
    int fd;              /* ours; -1: none, or still curl's */
    uint64_t shaking_ns; /* when the handshake began */
    ConnState state;
    bool waits_to_write, reused;
    bool is_dead; /* poll reported an error: no more events will come */
    bool has_stumbled;
    WireConn *next_stumbled;
    const char *out;
    size_t out_left;
    Response response;
    char why[CURL_ERROR_SIZE];
};

/* --- deadlines ---------------------------------------------------------- */

/* All deadlines of a wire have the same length: a list stays sorted. */
static void deadline_set(Wire *w, Exchange *x, uint64_t deadline_ns) {
    x->deadline_ns = deadline_ns;
    x->later = NULL;
    x->earlier = w->last;
    if (w->last)
        w->last->later = x;
    else
        w->first = x;
    w->last = x;
}

static void deadline_drop(Wire *w, Exchange *x) {
    if (x->earlier)
        x->earlier->later = x->later;
    else
        w->first = x->later;
    if (x->later)
        x->later->earlier = x->earlier;
    else
        w->last = x->earlier;
    x->earlier = x->later = NULL;
}

/* --- closing ------------------------------------------------------------ */

static void free_handle(uv_handle_t *h) {
    free(h);
}

static void drop_easy(WireConn *c) {
    if (!c->easy)
        return;
    curl_multi_remove_handle(c->wire->multi, c->easy);
    curl_easy_cleanup(c->easy);
    c->easy = NULL;
}

static void forget_stumble(WireConn *c) {
    for (WireConn **at = &c->wire->stumbled; c->has_stumbled && *at;
         at = &(*at)->next_stumbled)
        if (*at == c) {
            *at = c->next_stumbled;
            c->has_stumbled = false;
            return;
        }
}

static void conn_shut(WireConn *c) {
    forget_stumble(c);
    if (c->poll) {
        uv_close((uv_handle_t *)c->poll, free_handle);
        c->poll = NULL;
    }
    drop_easy(c);
    if (c->ssl)
        tls_close(c->ssl, c->state == CONN_OPEN && !c->is_dead);
    if (c->fd >= 0)
        close(c->fd);
    if (c->state != CONN_CLOSED)
        c->wire->sockets--;
    c->state = CONN_CLOSED;
    c->ssl = NULL;
    c->fd = -1;
    c->is_dead = c->waits_to_write = false;
    c->out_left = 0;
}

/* --- the end of an exchange --------------------------------------------- */

static void finish(WireConn *c, FailClass fail, const char *why,
                   uint64_t now_ns) {
    Exchange *x = c->x;
    c->x = NULL;
    deadline_drop(c->wire, x);
    x->end_ns = now_ns;
    x->fail = fail;
    x->why = why;
    x->status = fail == FAIL_NONE ? c->response.status : 0;
    x->body_bytes = c->response.body_bytes;
    x->body = c->response.body.bytes;
    x->body_length = c->response.body.length;
    /* An answer that came before the request was out ends the connection:
     * the server did not read the rest. */
    if (fail != FAIL_NONE || !c->response.keep_alive || c->response.surplus ||
        c->out_left)
        conn_shut(c);
    x->done(x);
}

static void fail(WireConn *c, FailClass class, const char *why,
                 uint64_t now_ns) {
    if (why != c->why)
        snprintf(c->why, sizeof c->why, "%s", why);
    finish(c, class, c->why, now_ns);
}

static void conn_open(WireConn *c);

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
        conn_open(c);
        return;
    }
    fail(c, class, why, now_ns);
}

/* --- reading and writing ------------------------------------------------ */

/* As recv(2) and send(2). */
static ssize_t conn_recv(WireConn *c, char *to, size_t size) {
    return c->ssl ? tls_recv(c->ssl, to, size) : recv(c->fd, to, size, 0);
}

static ssize_t conn_send(WireConn *c, const char *bytes, size_t length) {
    return c->ssl ? tls_send(c->ssl, bytes, length)
                  : send(c->fd, bytes, length, MSG_NOSIGNAL);
}

static void on_poll(uv_poll_t *poll, int status, int events);
static void shake(WireConn *c);

static void watch(WireConn *c, bool write) {
    c->waits_to_write = write;
    uv_poll_start(c->poll, UV_READABLE | (write ? UV_WRITABLE : 0), on_poll);
}

/* A failed write is not the end: an answer may have come before it. The
 * socket is read once more, from the loop and never from within send. */
static void stumble(WireConn *c) {
    if (c->has_stumbled)
        return;
    c->has_stumbled = true;
    c->next_stumbled = c->wire->stumbled;
    c->wire->stumbled = c;
}

static void conn_write(WireConn *c, uint64_t now_ns) {
    Exchange *x = c->x;
    while (c->out_left) {
        ssize_t n = conn_send(c, c->out, c->out_left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            if (errno != EAGAIN)
                stumble(c);
            else if (!c->waits_to_write)
                watch(c, true);
            return;
        }
        c->out += n;
        c->out_left -= (size_t)n;
        x->bytes_out += (uint64_t)n;
    }
    if (c->waits_to_write)
        watch(c, false);
    x->sent_ns = now_ns ? now_ns : clock_now();
}

static void start_exchange(WireConn *c, uint64_t now_ns) {
    Exchange *x = c->x;
    response_start(&c->response, x->request->is_head, x->request->keep_body);
    c->out = x->request->bytes;
    c->out_left = x->request->length;
    x->start_ns = now_ns;
    conn_write(c, 0);
}

/* The socket speaks while nothing was asked: closed, or not ours. */
static void idle_readable(WireConn *c) {
    char byte;
    ssize_t n = conn_recv(c, &byte, 1);
    if (n >= 0 || c->is_dead || (errno != EAGAIN && errno != EINTR))
        conn_shut(c);
}

static void ended(WireConn *c, ssize_t n, uint64_t now_ns) {
    if (n < 0 && errno == EPROTO) {
        fail(c, FAIL_TLS, "the TLS record layer failed", now_ns);
        return;
    }
    if (n < 0 && c->response.began) {
        fail(c, FAIL_TRUNCATED, "the connection broke within the answer",
             now_ns);
        return;
    }
    if (n < 0) {
        /* EPIPE: it had been closed in peace before the request left. */
        if (errno == EPIPE)
            broken(c, FAIL_RESET, strerror(errno), now_ns);
        else
            fail(c, FAIL_RESET, strerror(errno), now_ns);
        return;
    }
    if (response_end(&c->response) == RESPONSE_DONE)
        finish(c, FAIL_NONE, NULL, now_ns);
    else if (c->response.began)
        fail(c, c->response.fail, c->response.why, now_ns);
    else
        broken(c, c->response.fail, c->response.why, now_ns);
}

/* Reads what is there; at_end: nothing more will be told, so that an empty
 * socket is a broken one. */
static void conn_read(WireConn *c, bool at_end, uint64_t now_ns) {
    for (;;) {
        ssize_t n = conn_recv(c, c->wire->buffer, READ_BUFFER_BYTES);
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
        switch (response_feed(&c->response, c->wire->buffer, (size_t)n)) {
        case RESPONSE_MORE:
            break;
        case RESPONSE_DONE:
            finish(c, FAIL_NONE, NULL, now_ns);
            return;
        case RESPONSE_BAD:
            fail(c, c->response.fail, c->response.why, now_ns);
            return;
        }
        /* A short read means that the socket is empty; TLS may hold more
         * than poll knows. */
        if ((size_t)n < READ_BUFFER_BYTES && !c->ssl && !at_end)
            return;
    }
}

static void read_stumbled(Wire *w) {
    while (w->stumbled) {
        WireConn *c = w->stumbled;
        w->stumbled = c->next_stumbled;
        c->has_stumbled = false;
        if (c->x)
            conn_read(c, true, clock_now());
    }
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    WireConn *c = poll->data;
    c->is_dead |= status < 0; /* libuv has stopped the handle */
    if (!c->x) {
        idle_readable(c);
        return;
    }
    uint64_t now_ns = clock_now();
    if (c->state == CONN_SHAKING) {
        shake(c);
        return;
    }
    if (events & UV_WRITABLE && c->out_left && !c->is_dead)
        conn_write(c, now_ns);
    if (c->is_dead || events & (UV_READABLE | UV_DISCONNECT))
        conn_read(c, c->is_dead, now_ns);
}

/* --- connecting, on curl's multi ---------------------------------------- */

/* curl keeps a CONNECT_ONLY connection in its cache and, when it makes
 * another one, closes cached ones that have bytes to read or are two minutes
 * old: just those that are in use here. So the socket is taken away from
 * curl as soon as it is connected. */
static int on_close_socket(void *user, curl_socket_t fd) {
    const WireConn *c = user;
    return fd == c->fd ? 0 : close(fd);
}

static void conn_open(WireConn *c) {
    Wire *w = c->wire;
    CURL *e = curl_easy_init();
    if (!e)
        return; /* the deadline's tick tells, never send itself */
    c->easy = e;
    c->state = CONN_OPENING;
    c->reused = false;
    c->why[0] = '\0';
    w->sockets++;
    curl_easy_setopt(e, CURLOPT_URL, w->url);
    curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(e, CURLOPT_PRIVATE, c);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->why);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    /* The deadline's tick is in charge; curl's own limit comes later. */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(w->timeout_ns / NS_PER_MS) + 1000);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, c);
    curl_multi_add_handle(w->multi, e);
}

static FailClass class_of(CURLcode code, long os_errno) {
    if (os_errno == EMFILE || os_errno == ENFILE || os_errno == EADDRNOTAVAIL ||
        os_errno == ENOBUFS)
        return FAIL_LOCAL;
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return FAIL_RESOLVE;
    case CURLE_OPERATION_TIMEDOUT:
        return FAIL_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return FAIL_LOCAL;
    default:
        return FAIL_CONNECT;
    }
}

static uint64_t info_ns(CURL *easy, CURLINFO info) {
    curl_off_t us = 0;
    curl_easy_getinfo(easy, info, &us);
    return us > 0 ? (uint64_t)us * NS_PER_US : 0;
}

static void note_phases(const WireConn *c) {
    Exchange *x = c->x;
    uint64_t name = info_ns(c->easy, CURLINFO_NAMELOOKUP_TIME_T);
    uint64_t tcp = info_ns(c->easy, CURLINFO_CONNECT_TIME_T);
    x->connected_anew = true;
    x->resolve_ns = name;
    x->connect_ns = tcp > name ? tcp - name : 0;
}

/* --- TLS ---------------------------------------------------------------- */

static void shake(WireConn *c) {
    TlsState state = tls_shake(c->ssl);
    bool waits = state == TLS_WANTS_READ || state == TLS_WANTS_WRITE;
    if (state == TLS_READY) {
        uint64_t now_ns = clock_now();
        c->x->tls_ns = now_ns - c->shaking_ns;
        c->state = CONN_OPEN;
        if (c->waits_to_write)
            watch(c, false);
        start_exchange(c, now_ns);
    } else if (waits && !c->is_dead) {
        if (c->waits_to_write != (state == TLS_WANTS_WRITE))
            watch(c, state == TLS_WANTS_WRITE);
    } else {
        tls_why(c->ssl, c->why, sizeof c->why);
        fail(c, FAIL_TLS, c->why, clock_now());
    }
}

static void begin_shaking(WireConn *c, uint64_t now_ns) {
    c->ssl = tls_open(c->wire->tls, &c->wire->profile->url, c->fd);
    if (!c->ssl) {
        fail(c, FAIL_LOCAL, "OpenSSL has no memory for a connection", now_ns);
        return;
    }
    c->shaking_ns = now_ns;
    c->state = CONN_SHAKING;
    shake(c);
}

/* --- connected ---------------------------------------------------------- */

static void take_socket(WireConn *c, curl_socket_t fd, uint64_t now_ns) {
    note_phases(c);
    c->fd = fd;
    drop_easy(c); /* on_close_socket leaves it open */
    c->poll = mem_new(uv_poll_t);
    int rc = uv_poll_init_socket(c->wire->loop, c->poll, fd);
    if (rc < 0) {
        free(c->poll);
        c->poll = NULL;
        fail(c, FAIL_LOCAL, uv_strerror(rc), now_ns);
        return;
    }
    c->poll->data = c;
    watch(c, false);
    if (c->wire->tls) {
        begin_shaking(c, now_ns);
    } else {
        c->state = CONN_OPEN;
        start_exchange(c, now_ns);
    }
}

static void connected(WireConn *c, CURLcode code) {
    uint64_t now_ns = clock_now();
    long os_errno = 0;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (code == CURLE_OK)
        curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (code == CURLE_OK && fd != CURL_SOCKET_BAD) {
        take_socket(c, fd, now_ns);
        return;
    }
    curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os_errno);
    FailClass class = class_of(code, os_errno);
    if (class == FAIL_LOCAL && os_errno)
        snprintf(c->why, sizeof c->why, "%s", strerror((int)os_errno));
    else if (!c->why[0])
        snprintf(c->why, sizeof c->why, "%s", curl_easy_strerror(code));
    fail(c, class, c->why, now_ns);
}

static void read_messages(Wire *w) {
    CURLMsg *m;
    int left;
    while (!w->is_closing && (m = curl_multi_info_read(w->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        WireConn *c = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
        if (c && c->state == CONN_OPENING)
            connected(c, code);
    }
}

/* curl's sockets while they connect. */
static void on_curl_poll(uv_poll_t *poll, int status, int events) {
    Wire *w = poll->data;
    uv_os_fd_t fd;
    int flags = 0, running;
    if (uv_fileno((uv_handle_t *)poll, &fd) < 0)
        return;
    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(w->multi, fd, flags, &running);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                          void *socket_data) {
    Wire *w = user;
    uv_poll_t *poll = socket_data;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (poll) {
            curl_multi_assign(w->multi, fd, NULL);
            uv_close((uv_handle_t *)poll, free_handle);
        }
        return 0;
    }
    if (!poll) {
        poll = mem_new(uv_poll_t);
        if (uv_poll_init_socket(w->loop, poll, fd) < 0) {
            free(poll);
            return -1;
        }
        poll->data = w;
        curl_multi_assign(w->multi, fd, poll);
    }
    uv_poll_start(poll,
                  (what & CURL_POLL_IN ? UV_READABLE : 0) |
                      (what & CURL_POLL_OUT ? UV_WRITABLE : 0),
                  on_curl_poll);
    return 0;
}

static void on_curl_timer(uv_timer_t *t) {
    Wire *w = t->data;
    int running;
    curl_multi_socket_action(w->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

static int on_curl_timeout(CURLM *multi, long ms, void *user) {
    Wire *w = user;
    (void)multi;
    if (w->is_closing)
        return 0;
    /* 0 means soon, never from within this callback. */
    if (ms < 0)
        uv_timer_stop(&w->timer);
    else
        uv_timer_start(&w->timer, on_curl_timer, (uint64_t)ms, 0);
    return 0;
}

static void on_check(uv_check_t *check) {
    Wire *w = check->data;
    if (w->stumbled)
        read_stumbled(w);
    read_messages(w);
}

/* --- the wire ----------------------------------------------------------- */

Wire *wire_new(uv_loop_t *loop, const Profile *profile, Err *err) {
    const Url *url = &profile->url;
    CURLM *multi = curl_multi_init();
    if (!multi) {
        err_set(err, "libcurl could not be started");
        return NULL;
    }
    TlsContext *tls = url->tls ? tls_new(profile, err) : NULL;
    if (url->tls && !tls) {
        curl_multi_cleanup(multi);
        return NULL;
    }
    Wire *w = mem_new(Wire);
    Text t = { 0 };
    *w = (Wire){ .loop = loop,
                 .multi = multi,
                 .profile = profile,
                 .tls = tls,
                 .timeout_ns = profile->timeout_ns,
                 .buffer = mem_alloc(READ_BUFFER_BYTES, 1),
                 .handles = 2 };
    text_addf(&t, url->is_ipv6 ? "http://[%s]:%d/" : "http://%s:%d/", url->host,
              url->port);
    w->url = text_take(&t);
    uv_timer_init(loop, &w->timer);
    uv_check_init(loop, &w->check);
    w->timer.data = w->check.data = w;
    uv_check_start(&w->check, on_check);
    uv_unref((uv_handle_t *)&w->check);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, w);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timeout);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, w);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return w;
}

static void on_wire_handle_closed(uv_handle_t *h) {
    Wire *w = h->data;
    if (--w->handles > 0)
        return;
    void (*closed)(void *) = w->closed;
    void *data = w->closed_data;
    free(w->url);
    free(w->buffer);
    tls_free(w->tls);
    free(w);
    closed(data);
}

void wire_close(Wire *w, void (*closed)(void *data), void *data) {
    w->is_closing = true;
    w->closed = closed;
    w->closed_data = data;
    curl_multi_cleanup(w->multi);
    uv_close((uv_handle_t *)&w->timer, on_wire_handle_closed);
    uv_close((uv_handle_t *)&w->check, on_wire_handle_closed);
}

void wire_tick(Wire *w, uint64_t now_ns) {
    read_stumbled(w);
    while (w->first && w->first->deadline_ns <= now_ns) {
        Exchange *x = w->first;
        WireConn *c = x->conn;
        if (c->state == CONN_CLOSED) {
            fail(c, FAIL_LOCAL, "libcurl could not make a connection", now_ns);
            continue;
        }
        fail(c, FAIL_TIMEOUT,
             c->state == CONN_OPENING ? "no connection within the time limit"
             : c->state == CONN_SHAKING
                 ? "no TLS handshake within the time limit"
             : !x->sent_ns  ? "the target did not read the request"
             : !x->first_ns ? "no answer within the time limit"
                            : "the answer was not complete within the limit",
             now_ns);
    }
}

size_t wire_sockets(const Wire *w) {
    return w->sockets;
}

WireConn *wire_conn_new(Wire *w) {
    WireConn *c = mem_new(WireConn);
    c->wire = w;
    c->fd = -1;
    return c;
}

void wire_send(WireConn *c, Exchange *x) {
    uint64_t now_ns = x->wanted_ns;
    c->x = x;
    x->conn = c;
    x->start_ns = x->sent_ns = x->first_ns = x->end_ns = 0;
    x->resolve_ns = x->connect_ns = x->tls_ns = 0;
    x->bytes_in = x->bytes_out = x->body_bytes = 0;
    x->connected_anew = x->retried = x->retried_sent = false;
    deadline_set(c->wire, x, now_ns + c->wire->timeout_ns);
    if (c->state == CONN_OPEN) {
        c->reused = true;
        start_exchange(c, now_ns);
    } else {
        response_start(&c->response, false, false);
        conn_open(c);
    }
}

void wire_cancel(WireConn *c) {
    if (c->x) {
        deadline_drop(c->wire, c->x);
        c->x = NULL;
    }
    conn_shut(c);
}

void wire_conn_free(WireConn *c) {
    wire_cancel(c);
    response_close(&c->response);
    free(c);
}
