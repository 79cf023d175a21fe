/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/link.h"

#include <arpa/inet.h>
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
#include "http/reach.h"

/* One connection of so many has its reads stamped. */
#define STAMPED_OF 64
/* Above any number of connections that a worker could open. */
#define CONNECTIONS_MAX 1000000L
/* Connections in a row: a target that closes one of a few is not away. */
#define HUNG_UP_MANY 10
/* Making an easy handle and setting it up costs more than a connection. */
#define EASIES_KEPT 128

struct Dialer {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer; /* curl's */
    uv_check_t check; /* reads curl's messages once per turn */
    TlsContext *tls;  /* NULL: plain; one for all, with the parsed CA bundle */
    char *url;
    const Profile *profile;
    bool is_numeric; /* the host is an address: there is nothing to resolve */
    struct curl_slist *hosts; /* whose addresses are given */
    size_t turn;              /* of the local addresses */
    CURL *easies[EASIES_KEPT]; /* set up, not in use */
    size_t easy_count;
    bool is_closing;
    size_t sockets, opening;
    int handles;           /* open uv handles of the dialer itself */
    Hist *late;            /* of stamped reads; NULL: none is stamped */
    size_t stamped, opened;
    int keeper;            /* see stamps_keep */
    int highest;           /* file number that a connection may have */
    Link *first, *last;    /* who waits for a turn */
    Gate gate;
    FailClass refusal; /* how the last try failed, if the gate is wary, */
    char why[CURL_ERROR_SIZE]; /* and why */
    unsigned hung_up; /* connections in a row, before they spoke */
    Link *stumbled;
    void (*closed)(void *);
    void *closed_data;
};

static void pump(Dialer *d, uint64_t now_ns);

/* --- closing ------------------------------------------------------------ */

static void free_handle(uv_handle_t *h) {
    free(h);
}

static void close_poll(uv_poll_t **poll) {
    if (*poll)
        uv_close((uv_handle_t *)*poll, free_handle);
    *poll = NULL;
}

static bool watches(const uv_poll_t *poll, int fd) {
    uv_os_fd_t its;
    return poll && uv_fileno((const uv_handle_t *)poll, &its) == 0 && its == fd;
}

/* One that failed is not used again: curl keeps its errno. */
static void drop_easy(Link *l, bool keep) {
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
    drop_easy(l, false); /* may leave curl's poll to us */
    close_poll(&l->poll);
    close_poll(&l->curls_poll);
    if (l->ssl)
        tls_close(l->ssl, l->state == LINK_OPEN && !l->is_dead);
    if (l->fd >= 0)
        close(l->fd);
    if (l->state != LINK_CLOSED && l->state != LINK_QUEUED)
        d->sockets--;
    if (is_with_curl(l) || l->state == LINK_SHAKING)
        d->opening--;
    d->stamped -= l->is_stamped;
    l->state = LINK_CLOSED;
    l->is_stamped = false;
    l->ssl = NULL;
    l->fd = -1;
    l->is_dead = l->waits_to_write = false;
}

void link_spoke(Link *l) {
    Dialer *d = l->dialer;
    d->hung_up = 0;
    gate_admitted(&d->gate);
}

void link_hung_up(Link *l, const char *why, uint64_t now_ns) {
    Dialer *d = l->dialer;
    if (++d->hung_up < HUNG_UP_MANY)
        return;
    gate_refused(&d->gate, now_ns);
    d->refusal = FAIL_RESET;
    snprintf(d->why, sizeof d->why, "%s", why);
}

static void refuse(Link *l, FailClass fail, uint64_t now_ns) {
    Dialer *d = l->dialer;
    gate_refused(&d->gate, now_ns);
    d->refusal = fail;
    snprintf(d->why, sizeof d->why, "%s", l->why);
    l->ops->failed(l, fail, l->why, now_ns);
}

/* --- bytes -------------------------------------------------------------- */

ssize_t link_recv(Link *l, char *to, size_t size) {
    if (l->ssl)
        return tls_recv(l->ssl, to, size);
    if (l->is_stamped)
        return stamps_recv(l->fd, to, size, l->dialer->late);
    return recv(l->fd, to, size, 0);
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
    if (d->late && (d->opened++ % STAMPED_OF == 0 || !d->stamped))
        d->stamped += l->is_stamped = stamps_ask(l->fd);
    d->opening--;
    if (d->hung_up < HUNG_UP_MANY)
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

/* The handle that watched the socket for curl, if it is still there:
 * another one costs five system calls. */
static int take_poll(Link *l) {
    l->poll = l->curls_poll;
    l->curls_poll = NULL;
    if (watches(l->poll, l->fd))
        return 0;
    close_poll(&l->poll);
    l->poll = mem_new(uv_poll_t);
    int rc = uv_poll_init_socket(l->dialer->loop, l->poll, l->fd);
    if (rc < 0) {
        free(l->poll);
        l->poll = NULL;
    }
    return rc;
}

static void take_socket(Link *l, curl_socket_t fd, uint64_t now_ns) {
    uint64_t name = multi_info_ns(l->easy, CURLINFO_NAMELOOKUP_TIME_T);
    uint64_t tcp = multi_info_ns(l->easy, CURLINFO_CONNECT_TIME_T);
    l->resolve_ns = name;
    l->connect_ns = tcp > name ? tcp - name : 0;
    l->fd = fd;
    drop_easy(l, true); /* on_close_socket leaves it open */
    int rc = take_poll(l);
    if (rc < 0) {
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
    refuse(l, class, now_ns);
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
    if (watches(l->curls_poll, fd))
        close_poll(&l->curls_poll);
    if (fd == l->opened_fd)
        l->opened_fd = -1;
    return close(fd);
}

/* Ours, for its errno: curl does not tell why there was no socket. */
static curl_socket_t on_open_socket(void *user, curlsocktype purpose,
                                    struct curl_sockaddr *a) {
    Link *l = user;
    (void)purpose;
    l->state = LINK_OPENING;
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
        leave_queue(l);
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
        leave_queue(l);
        gate_pass(&d->gate, now_ns);
    }
}

/* From the loop only, for it may tell owners. */
static void serve(Dialer *d, uint64_t now_ns) {
    pump(d, now_ns);
    if (has_place(d))
        deny(d, now_ns);
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

static void read_messages(Dialer *d) {
    CURLMsg *m;
    int left;
    while (!d->is_closing && (m = curl_multi_info_read(d->multi, &left))) {
        if (m->msg != CURLMSG_DONE)
            continue;
        Link *l = NULL;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &l);
        if (l && is_with_curl(l))
            connected(l, code);
    }
}

/* curl's sockets while they connect. */
static void on_curl_poll(uv_poll_t *poll, int status, int events) {
    Dialer *d = poll->data;
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
    curl_multi_socket_action(d->multi, fd, flags, &running);
}

/* curl looks no longer at a socket: because it is connected, and the link
 * will have it within this turn of the loop, or to close it. */
static void leave_poll(CURL *easy, curl_socket_t fd, uv_poll_t *poll) {
    Link *l = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &l);
    if (l && l->easy == easy && l->opened_fd == fd && !l->curls_poll)
        l->curls_poll = poll;
    else
        close_poll(&poll);
}

/* libuv has one handle for a socket: should curl look again, it is this. */
static uv_poll_t *poll_again(CURL *easy, curl_socket_t fd) {
    Link *l = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &l);
    if (!l || l->easy != easy || !watches(l->curls_poll, fd))
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
    int running;
    curl_multi_socket_action(d->multi, CURL_SOCKET_TIMEOUT, 0, &running);
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
    if (d->stumbled)
        read_stumbled(d);
    read_messages(d);
    if (d->first)
        serve(d, clock_now());
}

/* --- the dialer --------------------------------------------------------- */

Dialer *dialer_new(uv_loop_t *loop, const Profile *profile, const char *alpn,
                   Err *err) {
    const Url *url = &profile->url;
    CURLM *multi = curl_multi_init();
    if (!multi) {
        err_set(err, "libcurl could not be started");
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
                   .is_numeric = inet_pton(family, url->host, &address) == 1,
                   .hosts = reach_hosts(profile),
                   .tls = tls,
                   .highest = multi_highest_descriptor(),
                   .keeper = -1,
                   .handles = 2 };
    text_addf(&t, url->is_ipv6 ? "http://[%s]:%d/" : "http://%s:%d/", url->host,
              url->port);
    d->url = text_take(&t);
    uv_timer_init(loop, &d->timer);
    uv_check_init(loop, &d->check);
    d->timer.data = d->check.data = d;
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
}

void dialer_tick(Dialer *d, uint64_t now_ns) {
    d->highest = multi_highest_descriptor(); /* prlimit(1) may have lowered it */
    read_stumbled(d);
    serve(d, now_ns);
}

size_t dialer_sockets(const Dialer *d) {
    return d->sockets;
}

FailClass link_timeout(const Link *l, const char **why) {
    switch (l->state) {
    case LINK_QUEUED:
        *why = "no connection within the time limit: too many others were "
               "being made";
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
