/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/dialer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/multi.h"
#include "http/reach.h"

/* Above any number of connections that a worker could open. */
#define CONNECTIONS_MAX 1000000L

/* --- turns -------------------------------------------------------------- */

/* One that failed is not used again: curl keeps its errno. */
void dialer_drop_easy(Link *l, bool keep) {
    Dialer *d = l->dialer;
    CURL *easy = l->easy;
    if (!easy)
        return;
    l->easy = NULL; /* what curl leaves from here on is not for us */
    curl_multi_remove_handle(d->multi, easy);
    if (keep && d->easy_count < EASIES_KEPT)
        d->easies[d->easy_count++] = easy;
    else
        curl_easy_cleanup(easy);
}

void dialer_leave_queue(Link *l) {
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
        link_take(l, fd, now_ns);
        return;
    }
    if (l->is_guarded) {
        snprintf(l->why, sizeof l->why, "%s", l->refused);
        link_refuse(l, FAIL_CONNECT, now_ns);
        return;
    }
    curl_easy_getinfo(l->easy, CURLINFO_OS_ERRNO, &os_errno);
    if (l->os_errno)
        os_errno = l->os_errno;
    /* Then the address is not ours, whatever the errno. */
    FailClass class = FAIL_NONE;
    if (code != CURLE_INTERFACE_FAILED)
        class = multi_local_fail((int)os_errno, l->why, sizeof l->why);
    if (class == FAIL_NONE) {
        class = class_of(code);
        if (!reach_why(l->dialer->profile, code, (int)os_errno, l->why,
                       sizeof l->why) &&
            !l->why[0])
            snprintf(l->why, sizeof l->why, "%s", curl_easy_strerror(code));
    }
    link_refuse(l, class, now_ns);
}

/* --- connecting, on curl's multi ---------------------------------------- */

/* curl keeps a CONNECT_ONLY connection in its cache and, when it makes
 * another one, closes cached ones that have bytes to read or are two minutes
 * old: just those that are in use here. So the socket is taken away from
 * curl as soon as it is connected. */
static int on_close_socket(void *user, curl_socket_t fd) {
    Link *l = user;
    if (fd == l->fd)
        return 0;
    /* epoll knows sockets by number, and the number will be used again;
     * curl may tell only afterwards that it looks no longer at it. */
    if (link_watches(l->curls_poll, fd))
        link_close_poll(&l->curls_poll);
    if (fd == l->opened_fd)
        l->opened_fd = -1;
    if (l->easy)
        again_note(&l->dialer->again, l->easy);
    return close(fd);
}

/* Ours, for its errno: curl does not tell why there was no socket. */
static curl_socket_t on_open_socket(void *user, curlsocktype purpose,
                                    struct curl_sockaddr *a) {
    Link *l = user;
    (void)purpose;
    l->state = LINK_OPENING;
    if (!guard_admits(l->dialer->guard, l->dialer->to->host, &a->addr)) {
        guard_why(&a->addr, l->refused);
        l->is_guarded = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    l->os_errno = fd < 0 ? errno : 0;
    if (fd > l->dialer->highest) {
        close(fd);
        fd = CURL_SOCKET_BAD;
        l->os_errno = EMFILE;
    }
    l->opened_fd = fd;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* What is the same for all connections. */
static CURL *new_easy(const Dialer *d) {
    CURL *e = curl_easy_init();
    if (!e)
        return NULL;
    curl_easy_setopt(e, CURLOPT_URL, d->url);
    curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Do not wait for a name server: not at a time-out, not at the end. */
    curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
    /* The deadline's tick is in charge; curl's own limit comes later. */
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(d->profile->timeout_ns / NS_PER_MS) + 1000);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    curl_easy_setopt(e, CURLOPT_RESOLVE, d->hosts);
    reach_options(e, d->profile, 0);
    return e;
}

static CURL *take_easy(Link *l) {
    Dialer *d = l->dialer;
    CURL *e = d->easy_count ? d->easies[--d->easy_count] : new_easy(d);
    if (!e)
        return NULL;
    curl_easy_setopt(e, CURLOPT_PRIVATE, l);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, l->why);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, l);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, l);
    if (d->profile->target.local_count > 1)
        reach_options(e, d->profile, d->turn++);
    return e;
}

/* false: curl has no memory for it. */
static bool dial(Link *l) {
    Dialer *d = l->dialer;
    l->easy = take_easy(l);
    if (!l->easy)
        return false;
    l->state = d->is_numeric ? LINK_OPENING : LINK_RESOLVING;
    l->why[0] = '\0';
    l->os_errno = 0;
    l->is_guarded = false;
    l->opened_fd = -1;
    l->resolve_ns = l->connect_ns = l->tls_ns = 0;
    d->sockets++;
    d->opening++;
    curl_multi_add_handle(d->multi, l->easy);
    return true;
}

static bool has_place(const Dialer *d) {
    uint64_t most = d->profile->target.connects_at_once;
    return !most || d->opening < most;
}

/* The answer to the last try is the answer to those that cannot be made now:
 * users who come to a target that is away do not queue, they are refused. */
static void deny(Dialer *d, uint64_t now_ns) {
    while (d->first && !gate_is_open(&d->gate, now_ns)) {
        Link *l = d->first;
        dialer_leave_queue(l);
        l->state = LINK_CLOSED;
        snprintf(l->why, sizeof l->why, "%s", d->why);
        l->ops->failed(l, d->refusal, l->why, now_ns);
    }
}

static void pump(Dialer *d, uint64_t now_ns) {
    while (d->first && has_place(d) && gate_is_open(&d->gate, now_ns)) {
        Link *l = d->first;
        if (!dial(l))
            return; /* the deadline's tick tells */
        dialer_leave_queue(l);
        gate_pass(&d->gate, now_ns);
    }
}

/* From the loop only, for it may tell owners. */
static void serve(Dialer *d, uint64_t now_ns) {
    pump(d, now_ns);
    if (has_place(d))
        deny(d, now_ns);
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

static void read_messages(Dialer *d) {
    CURLMsg *m;
    int left;
    while (!d->is_closing && (m = curl_multi_info_read(d->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        Link *l = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &l);
        if (l && link_is_with_curl(l))
            connected(l, code);
    }
}

static void act(Dialer *d, curl_socket_t fd, int flags) {
    Link *l;
    CURL *easy;
    again_act(&d->again, d->multi, fd, flags);
    while ((easy = again_next(&d->again)))
        if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &l) == CURLE_OK && l)
            link_close_poll(&l->curls_poll); /* not the connection's */
}

/* curl's sockets while they connect. */
static void on_curl_poll(uv_poll_t *poll, int status, int events) {
    Dialer *d = poll->data;
    uv_os_fd_t fd;
    int flags = 0;
    if (uv_fileno((uv_handle_t *)poll, &fd) < 0)
        return;
    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(d, fd, flags);
}

/* Of two that race curl closes the slower one without a word, and the number
 * may be another link's at once. */
static bool is_connected(curl_socket_t fd) {
    struct sockaddr_storage to;
    socklen_t size = sizeof to;
    return getpeername(fd, (struct sockaddr *)&to, &size) == 0;
}

/* curl looks no longer at a socket: because it is connected, and the link
 * will have it within this turn of the loop, or to close it. */
static void leave_poll(CURL *easy, curl_socket_t fd, uv_poll_t *poll) {
    Link *l = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &l);
    if (l && l->easy == easy && l->opened_fd == fd && !l->curls_poll &&
        is_connected(fd))
        l->curls_poll = poll;
    else
        link_close_poll(&poll);
}

/* libuv has one handle for a socket: should curl look again, it is this. */
static uv_poll_t *poll_again(CURL *easy, curl_socket_t fd) {
    Link *l = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &l);
    if (!l || l->easy != easy || !link_watches(l->curls_poll, fd))
        return NULL;
    uv_poll_t *poll = l->curls_poll;
    l->curls_poll = NULL;
    return poll;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                          void *socket_data) {
    Dialer *d = user;
    uv_poll_t *poll = socket_data;
    if (what == CURL_POLL_REMOVE) {
        if (poll)
            leave_poll(easy, fd, poll);
        curl_multi_assign(d->multi, fd, NULL);
        again_note(&d->again, easy);
        return 0;
    }
    if (!poll && (poll = poll_again(easy, fd)))
        curl_multi_assign(d->multi, fd, poll);
    if (!poll) {
        poll = mem_new(uv_poll_t);
        if (uv_poll_init_socket(d->loop, poll, fd) < 0) {
            free(poll);
            return -1;
        }
        poll->data = d;
        curl_multi_assign(d->multi, fd, poll);
    }
    uv_poll_start(poll,
                  (what & CURL_POLL_IN ? UV_READABLE : 0) |
                      (what & CURL_POLL_OUT ? UV_WRITABLE : 0),
                  on_curl_poll);
    return 0;
}

static void on_curl_timer(uv_timer_t *t) {
    Dialer *d = t->data;
    act(d, CURL_SOCKET_TIMEOUT, 0);
}

static int on_curl_timeout(CURLM *multi, long ms, void *user) {
    Dialer *d = user;
    (void)multi;
    if (d->is_closing)
        return 0;
    /* 0 means soon, never from within this callback. */
    if (ms < 0)
        uv_timer_stop(&d->timer);
    else
        uv_timer_start(&d->timer, on_curl_timer, (uint64_t)ms, 0);
    return 0;
}

static void on_check(uv_check_t *check) {
    Dialer *d = check->data;
    if (d->stumbled || uv_is_active((uv_handle_t *)&d->idle))
        link_read_stumbled(d);
    read_messages(d);
    if (d->first)
        serve(d, clock_now());
}

/* --- the dialer --------------------------------------------------------- */

Dialer *dialer_new(uv_loop_t *loop, const Profile *profile, size_t variant,
                   const char *alpn, Guard *guard, Err *err) {
    const Url *url = &profile->variants[variant].url;
    CURLM *multi = curl_multi_init();
    if (!multi) {
        err_set(err, "libcurl could not be started: out of memory, or of open files");
        return NULL;
    }
    TlsContext *tls = url->tls ? tls_new(profile, alpn, err) : NULL;
    if (url->tls && !tls) {
        curl_multi_cleanup(multi);
        return NULL;
    }
    Dialer *d = mem_new(Dialer);
    struct in6_addr address;
    Text t = { 0 };
    int family = url->is_ipv6 ? AF_INET6 : AF_INET;
    *d = (Dialer){ .loop = loop,
                   .multi = multi,
                   .profile = profile,
                   .to = url,
                   .guard = guard,
                   .is_numeric = inet_pton(family, url->host, &address) == 1,
                   .hosts = reach_hosts(profile),
                   .tls = tls,
                   .highest = multi_highest_descriptor(),
                   .keeper = -1,
                   .handles = 3 };
    text_addf(&t, url->is_ipv6 ? "http://[%s]:%d/" : "http://%s:%d/", url->host,
              url->port);
    d->url = text_take(&t);
    uv_timer_init(loop, &d->timer);
    uv_check_init(loop, &d->check);
    uv_idle_init(loop, &d->idle);
    d->timer.data = d->check.data = d->idle.data = d;
    uv_check_start(&d->check, on_check);
    uv_unref((uv_handle_t *)&d->check);
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, d);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timeout);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, d);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return d;
}

void dialer_sample(Dialer *d, Hist *late) {
    if (d->tls)
        return;
    d->late = late;
    d->keeper = stamps_keep();
}

static void on_handle_closed(uv_handle_t *h) {
    Dialer *d = h->data;
    if (--d->handles > 0)
        return;
    void (*closed)(void *) = d->closed;
    void *data = d->closed_data;
    free(d->url);
    again_close(&d->again);
    curl_slist_free_all(d->hosts);
    tls_free(d->tls);
    free(d);
    closed(data);
}

void dialer_close(Dialer *d, void (*closed)(void *data), void *data) {
    d->is_closing = true;
    d->closed = closed;
    d->closed_data = data;
    if (d->keeper >= 0)
        close(d->keeper);
    while (d->easy_count)
        curl_easy_cleanup(d->easies[--d->easy_count]);
    curl_multi_cleanup(d->multi);
    uv_close((uv_handle_t *)&d->timer, on_handle_closed);
    uv_close((uv_handle_t *)&d->check, on_handle_closed);
    uv_close((uv_handle_t *)&d->idle, on_handle_closed);
}

void dialer_tick(Dialer *d, uint64_t now_ns) {
    d->highest = multi_highest_descriptor(); /* prlimit(1) may have lowered it */
    link_read_stumbled(d);
    serve(d, now_ns);
}

size_t dialer_sockets(const Dialer *d) {
    return d->sockets;
}

