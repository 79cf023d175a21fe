/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/link.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/gate.h"
#include "http/multi.h"

/* Above any number of connections that a worker could open. */
#define CONNECTIONS_MAX 1000000L
struct Dialer {
    uv_loop_t *loop;
    Multi *multi;
    TlsContext *tls;  /* NULL: plain; one for all, with the parsed CA bundle */
    char *url;
    const Profile *profile;
    size_t sockets, opening;
    Link *first, *last; /* who waits for a turn */
    Gate gate;
    Link *stumbled;
    void (*closed)(void *);
    void *closed_data;
};

static void pump(Dialer *d, uint64_t now_ns);

/* --- closing ------------------------------------------------------------ */

static void free_handle(uv_handle_t *h) {
    free(h);
}

static void drop_easy(Link *l) {
    if (!l->easy)
        return;
    curl_multi_remove_handle(multi_handle(l->dialer->multi), l->easy);
    curl_easy_cleanup(l->easy);
    l->easy = NULL;
}

static void forget_stumble(Link *l) {
    for (Link **at = &l->dialer->stumbled; l->has_stumbled && *at;
         at = &(*at)->next_stumbled)
        if (*at == l) {
            *at = l->next_stumbled;
            l->has_stumbled = false;
            return;
        }
}

static void leave_queue(Link *l) {
    Dialer *d = l->dialer;
    if (l->before)
        l->before->after = l->after;
    else
        d->first = l->after;
    if (l->after)
        l->after->before = l->before;
    else
        d->last = l->before;
    l->before = l->after = NULL;
}

static bool is_with_curl(const Link *l) {
    return l->state == LINK_RESOLVING || l->state == LINK_OPENING;
}

void link_shut(Link *l) {
    Dialer *d = l->dialer;
    if (l->state == LINK_QUEUED)
        leave_queue(l);
    forget_stumble(l);
    if (l->poll) {
        uv_close((uv_handle_t *)l->poll, free_handle);
        l->poll = NULL;
    }
    drop_easy(l);
    if (l->ssl)
        tls_close(l->ssl, l->state == LINK_OPEN && !l->is_dead);
    if (l->fd >= 0)
        close(l->fd);
    if (l->state != LINK_CLOSED && l->state != LINK_QUEUED)
        d->sockets--;
    if (is_with_curl(l) || l->state == LINK_SHAKING)
        d->opening--;
    l->state = LINK_CLOSED;
    l->ssl = NULL;
    l->fd = -1;
    l->is_dead = l->waits_to_write = false;
}

static void refuse(Link *l, FailClass fail, uint64_t now_ns) {
    gate_refused(&l->dialer->gate, now_ns);
    l->ops->failed(l, fail, l->why, now_ns);
}

/* --- bytes -------------------------------------------------------------- */

ssize_t link_recv(Link *l, char *to, size_t size) {
    return l->ssl ? tls_recv(l->ssl, to, size) : recv(l->fd, to, size, 0);
}

ssize_t link_send(Link *l, const char *bytes, size_t length) {
    return l->ssl ? tls_send(l->ssl, bytes, length)
                  : send(l->fd, bytes, length, MSG_NOSIGNAL);
}

static void on_poll(uv_poll_t *poll, int status, int events);

void link_want_write(Link *l, bool on) {
    l->waits_to_write = on;
    uv_poll_start(l->poll, UV_READABLE | (on ? UV_WRITABLE : 0), on_poll);
}

void link_stumble(Link *l) {
    if (l->has_stumbled)
        return;
    l->has_stumbled = true;
    l->next_stumbled = l->dialer->stumbled;
    l->dialer->stumbled = l;
}

static void read_stumbled(Dialer *d) {
    while (d->stumbled) {
        Link *l = d->stumbled;
        d->stumbled = l->next_stumbled;
        l->has_stumbled = false;
        l->ops->readable(l, true, clock_now());
    }
}

static void shake(Link *l);

static void on_poll(uv_poll_t *poll, int status, int events) {
    Link *l = poll->data;
    l->is_dead |= status < 0; /* libuv has stopped the handle */
    if (l->state == LINK_SHAKING) {
        shake(l);
        return;
    }
    uint64_t now_ns = clock_now();
    if (events & UV_WRITABLE && l->waits_to_write && !l->is_dead)
        l->ops->writable(l, now_ns);
    if (l->poll == poll &&
        (l->is_dead || events & (UV_READABLE | UV_DISCONNECT)))
        l->ops->readable(l, l->is_dead, now_ns);
}

/* --- TLS ---------------------------------------------------------------- */

static void has_opened(Link *l, uint64_t now_ns) {
    Dialer *d = l->dialer;
    l->state = LINK_OPEN;
    d->opening--;
    gate_admitted(&d->gate);
    l->ops->opened(l, now_ns);
}

static void shake(Link *l) {
    TlsState state = tls_shake(l->ssl);
    bool waits = state == TLS_WANTS_READ || state == TLS_WANTS_WRITE;
    uint64_t now_ns = clock_now();
    if (state == TLS_READY) {
        l->tls_ns = now_ns - l->shaking_ns;
        if (l->waits_to_write)
            link_want_write(l, false);
        has_opened(l, now_ns);
    } else if (waits && !l->is_dead) {
        if (l->waits_to_write != (state == TLS_WANTS_WRITE))
            link_want_write(l, state == TLS_WANTS_WRITE);
    } else {
        tls_why(l->ssl, l->why, sizeof l->why);
        refuse(l, FAIL_TLS, now_ns);
    }
}

static void begin_shaking(Link *l, uint64_t now_ns) {
    l->ssl = tls_open(l->dialer->tls, &l->dialer->profile->url, l->fd);
    if (!l->ssl) {
        snprintf(l->why, sizeof l->why,
                 "OpenSSL has no memory for a connection");
        refuse(l, FAIL_LOCAL_MEMORY, now_ns);
        return;
    }
    l->shaking_ns = now_ns;
    l->state = LINK_SHAKING;
    shake(l);
}

/* --- connected ---------------------------------------------------------- */

static void take_socket(Link *l, curl_socket_t fd, uint64_t now_ns) {
    uint64_t name = multi_info_ns(l->easy, CURLINFO_NAMELOOKUP_TIME_T);
    uint64_t tcp = multi_info_ns(l->easy, CURLINFO_CONNECT_TIME_T);
    l->resolve_ns = name;
    l->connect_ns = tcp > name ? tcp - name : 0;
    l->fd = fd;
    drop_easy(l); /* on_close_socket leaves it open */
    l->poll = mem_new(uv_poll_t);
    int rc = uv_poll_init_socket(l->dialer->loop, l->poll, fd);
    if (rc < 0) {
        free(l->poll);
        l->poll = NULL;
        snprintf(l->why, sizeof l->why, "%s", uv_strerror(rc));
        refuse(l, FAIL_LOCAL_DESCRIPTORS, now_ns);
        return;
    }
    l->poll->data = l;
    link_want_write(l, false);
    if (l->dialer->tls)
        begin_shaking(l, now_ns);
    else
        has_opened(l, now_ns);
}

static FailClass class_of(CURLcode code) {
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return FAIL_RESOLVE;
    case CURLE_OPERATION_TIMEDOUT:
        return FAIL_TIMEOUT_CONNECT;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return FAIL_LOCAL_MEMORY;
    default:
        return FAIL_CONNECT;
    }
}

static void connected(Link *l, CURLcode code) {
    uint64_t now_ns = clock_now();
    long os_errno = 0;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (code == CURLE_OK)
        curl_easy_getinfo(l->easy, CURLINFO_ACTIVESOCKET, &fd);
    if (code == CURLE_OK && fd != CURL_SOCKET_BAD) {
        take_socket(l, fd, now_ns);
        return;
    }
    curl_easy_getinfo(l->easy, CURLINFO_OS_ERRNO, &os_errno);
    if (l->os_errno)
        os_errno = l->os_errno;
    FailClass class = multi_local_fail((int)os_errno, l->why, sizeof l->why);
    if (class == FAIL_NONE) {
        class = class_of(code);
        if (!l->why[0])
            snprintf(l->why, sizeof l->why, "%s", curl_easy_strerror(code));
    }
    refuse(l, class, now_ns);
}

/* --- connecting, on curl's multi ---------------------------------------- */

/* curl keeps a CONNECT_ONLY connection in its cache and, when it makes
 * another one, closes cached ones that have bytes to read or are two minutes
 * old: just those that are in use here. So the socket is taken away from
 * curl as soon as it is connected. */
static int on_close_socket(void *user, curl_socket_t fd) {
    const Link *l = user;
    return fd == l->fd ? 0 : close(fd);
}

/* Ours, for its errno: curl does not tell why there was no socket. */
static curl_socket_t on_open_socket(void *user, curlsocktype purpose,
                                    struct curl_sockaddr *a) {
    Link *l = user;
    (void)purpose;
    l->state = LINK_OPENING;
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    l->os_errno = fd < 0 ? errno : 0;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static void set_options(Link *l) {
    CURL *e = l->easy;
    const Dialer *d = l->dialer;
    curl_easy_setopt(e, CURLOPT_URL, d->url);
    curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(e, CURLOPT_PRIVATE, l);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, l->why);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    /* The deadline's tick is in charge; curl's own limit comes later. */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(d->profile->timeout_ns / NS_PER_MS) + 1000);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, l);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, l);
}

/* false: curl has no memory for it. */
static bool dial(Link *l) {
    Dialer *d = l->dialer;
    l->easy = curl_easy_init();
    if (!l->easy)
        return false;
    l->state = LINK_RESOLVING;
    l->why[0] = '\0';
    l->os_errno = 0;
    l->resolve_ns = l->connect_ns = l->tls_ns = 0;
    d->sockets++;
    d->opening++;
    set_options(l);
    curl_multi_add_handle(multi_handle(d->multi), l->easy);
    return true;
}

static bool may_dial(const Dialer *d, uint64_t now_ns) {
    uint64_t most = d->profile->target.connects_at_once;
    if (most && d->opening >= most)
        return false;
    return gate_is_open(&d->gate, now_ns);
}

static void pump(Dialer *d, uint64_t now_ns) {
    while (d->first && may_dial(d, now_ns)) {
        Link *l = d->first;
        if (!dial(l))
            return; /* the deadline's tick tells */
        leave_queue(l);
        gate_pass(&d->gate, now_ns);
    }
}

void link_init(Link *l, Dialer *d, const LinkOps *ops) {
    *l = (Link){ .ops = ops, .dialer = d, .fd = -1 };
}

void link_open(Link *l) {
    Dialer *d = l->dialer;
    l->state = LINK_QUEUED;
    l->why[0] = '\0';
    l->after = NULL;
    l->before = d->last;
    if (d->last)
        d->last->after = l;
    else
        d->first = l;
    d->last = l;
    pump(d, clock_now());
}

static void on_transfer(CURL *easy, void *owner, CURLcode code) {
    Link *l = owner;
    (void)easy;
    if (l && is_with_curl(l))
        connected(l, code);
}

static void on_turn(void *data) {
    Dialer *d = data;
    if (d->stumbled)
        read_stumbled(d);
    if (d->first)
        pump(d, clock_now());
}

/* --- the dialer --------------------------------------------------------- */

Dialer *dialer_new(uv_loop_t *loop, const Profile *profile, const char *alpn,
                   Err *err) {
    const Url *url = &profile->url;
    TlsContext *tls = url->tls ? tls_new(profile, alpn, err) : NULL;
    if (url->tls && !tls)
        return NULL;
    Dialer *d = mem_new(Dialer);
    Multi *multi =
        multi_new(loop, CONNECTIONS_MAX, on_transfer, on_turn, d, err);
    if (!multi) {
        tls_free(tls);
        free(d);
        return NULL;
    }
    Text t = { 0 };
    *d = (Dialer){
        .loop = loop, .multi = multi, .profile = profile, .tls = tls
    };
    text_addf(&t, url->is_ipv6 ? "http://[%s]:%d/" : "http://%s:%d/", url->host,
              url->port);
    d->url = text_take(&t);
    return d;
}

static void on_multi_closed(void *data) {
    Dialer *d = data;
    void (*closed)(void *) = d->closed;
    void *closed_data = d->closed_data;
    free(d->url);
    tls_free(d->tls);
    free(d);
    closed(closed_data);
}

void dialer_close(Dialer *d, void (*closed)(void *data), void *data) {
    d->closed = closed;
    d->closed_data = data;
    multi_close(d->multi, on_multi_closed, d);
}

void dialer_tick(Dialer *d, uint64_t now_ns) {
    read_stumbled(d);
    pump(d, now_ns);
}

size_t dialer_sockets(const Dialer *d) {
    return d->sockets;
}

FailClass link_timeout(const Link *l, const char **why) {
    switch (l->state) {
    case LINK_QUEUED:
        *why = l->dialer->gate.is_wary
                   ? "no connection within the time limit: the target refuses "
                     "them"
                   : "no connection within the time limit: too many others "
                     "were being made";
        return FAIL_TIMEOUT_CONNECT;
    case LINK_RESOLVING:
        *why = "the name was not resolved within the time limit";
        return FAIL_TIMEOUT_RESOLVE;
    case LINK_OPENING:
        *why = "no connection within the time limit";
        return FAIL_TIMEOUT_CONNECT;
    case LINK_SHAKING:
        *why = "no TLS handshake within the time limit";
        return FAIL_TIMEOUT_TLS;
    case LINK_CLOSED:
    case LINK_OPEN:
        break;
    }
    *why = "no answer within the time limit";
    return FAIL_TIMEOUT_WAIT;
}
