/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/link.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/dialer.h"
#include "http/multi.h"

/* One connection of so many has its reads stamped. */
#define STAMPED_OF 64

/* --- closing ------------------------------------------------------------ */

static void free_handle(uv_handle_t *h) {
    free(h);
}

void link_close_poll(uv_poll_t **poll) {
    if (*poll)
        uv_close((uv_handle_t *)*poll, free_handle);
    *poll = NULL;
}

bool link_watches(const uv_poll_t *poll, int fd) {
    uv_os_fd_t its;
    return poll && uv_fileno((const uv_handle_t *)poll, &its) == 0 && its == fd;
}

static bool is_listed(const Link *l) {
    return l->has_stumbled || l->reads_on;
}

static void forget_stumble(Link *l) {
    Link **at = &l->dialer->stumbled;
    if (!is_listed(l))
        return;
    while (*at != l)
        at = &(*at)->next_stumbled;
    *at = l->next_stumbled;
    l->has_stumbled = l->reads_on = false;
}

void link_shut(Link *l) {
    Dialer *d = l->dialer;
    if (l->state == LINK_QUEUED)
        dialer_leave_queue(l);
    forget_stumble(l);
    dialer_drop_easy(l, false); /* may leave curl's poll to us */
    link_close_poll(&l->poll);
    link_close_poll(&l->curls_poll);
    if (l->ssl)
        tls_close(l->ssl, l->state == LINK_OPEN && !l->is_dead);
    if (l->fd >= 0)
        close(l->fd);
    if (l->state != LINK_CLOSED && l->state != LINK_QUEUED)
        d->sockets--;
    if (link_is_with_curl(l) || l->state == LINK_SHAKING)
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

void link_refuse(Link *l, FailClass fail, uint64_t now_ns) {
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

static void list_stumbled(Link *l) {
    Link **at = &l->dialer->stumbled;
    if (is_listed(l))
        return;
    while (*at)
        at = &(*at)->next_stumbled;
    *at = l;
    l->next_stumbled = NULL;
}

void link_stumble(Link *l) {
    list_stumbled(l);
    l->has_stumbled = true;
}

static void on_idle(uv_idle_t *idle) {
    (void)idle;
}

void link_read_on(Link *l) {
    list_stumbled(l);
    l->reads_on = true;
    uv_idle_start(&l->dialer->idle, on_idle);
}

/* Those that are listed now: they may be listed again meanwhile. */
void link_read_stumbled(Dialer *d) {
    size_t count = 0;
    for (const Link *l = d->stumbled; l; l = l->next_stumbled)
        count++;
    for (; count && d->stumbled; count--) {
        Link *l = d->stumbled;
        bool at_end = l->has_stumbled || l->is_dead;
        forget_stumble(l);
        l->ops->readable(l, at_end, clock_now());
    }
    if (!d->stumbled)
        uv_idle_stop(&d->idle);
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
        link_refuse(l, FAIL_TLS, now_ns);
    }
}

static void begin_shaking(Link *l, uint64_t now_ns) {
    l->ssl = tls_open(l->dialer->tls, l->dialer->to, l->fd);
    if (!l->ssl) {
        snprintf(l->why, sizeof l->why,
                 "OpenSSL has no memory for a connection");
        link_refuse(l, FAIL_LOCAL_MEMORY, now_ns);
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
    if (link_watches(l->poll, l->fd))
        return 0;
    link_close_poll(&l->poll);
    l->poll = mem_new(uv_poll_t);
    int rc = uv_poll_init_socket(l->dialer->loop, l->poll, l->fd);
    if (rc < 0) {
        free(l->poll);
        l->poll = NULL;
    }
    return rc;
}

void link_take(Link *l, curl_socket_t fd, uint64_t now_ns) {
    uint64_t name = multi_info_ns(l->easy, CURLINFO_NAMELOOKUP_TIME_T);
    uint64_t tcp = multi_info_ns(l->easy, CURLINFO_CONNECT_TIME_T);
    l->resolve_ns = name;
    l->connect_ns = tcp > name ? tcp - name : 0;
    l->fd = fd;
    dialer_drop_easy(l, true); /* on_close_socket leaves it open */
    int rc = take_poll(l);
    if (rc < 0) {
        snprintf(l->why, sizeof l->why, "%s", uv_strerror(rc));
        link_refuse(l, FAIL_LOCAL_DESCRIPTORS, now_ns);
        return;
    }
    l->poll->data = l;
    link_want_write(l, false);
    if (l->dialer->tls)
        begin_shaking(l, now_ns);
    else
        has_opened(l, now_ns);
}

void link_init(Link *l, Dialer *d, const LinkOps *ops) {
    *l = (Link){ .ops = ops, .dialer = d, .fd = -1 };
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
