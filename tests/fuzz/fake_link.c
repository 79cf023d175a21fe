/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_link.h"

#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fuzz.h"

#define LINKS_MAX 64

struct Dialer {
    Link *links[LINKS_MAX]; /* that are not closed */
    size_t count;
    const uint8_t *bytes; /* that the one link may read which is told */
    size_t left;
    int end; /* behind them: EAGAIN, 0 or why it broke */
    size_t room;
    int full;
};

static Dialer *only;

/* --- what http/ calls --------------------------------------------------- */

Dialer *dialer_new(uv_loop_t *loop, const Profile *profile, size_t variant,
                   const char *alpn, Guard *guard, Err *err) {
    (void)loop, (void)profile, (void)variant, (void)alpn, (void)guard;
    (void)err;
    must(!only);
    only = mem_new(Dialer);
    only->end = only->full = EAGAIN;
    only->room = SIZE_MAX;
    return only;
}

void dialer_close(Dialer *d, void (*closed)(void *data), void *data) {
    must(d == only && d->count == 0);
    free(d);
    only = NULL;
    closed(data);
}

void dialer_tick(Dialer *d, uint64_t now_ns) {
    (void)d, (void)now_ns;
}

size_t dialer_sockets(const Dialer *d) {
    return d->count;
}

void dialer_sample(Dialer *d, Hist *late) {
    (void)d, (void)late;
}

void link_init(Link *l, Dialer *d, const LinkOps *ops) {
    *l = (Link){ .ops = ops, .dialer = d, .fd = -1 };
}

void link_open(Link *l) {
    Dialer *d = l->dialer;
    must(l->state == LINK_CLOSED && d->count < LINKS_MAX);
    l->state = LINK_OPENING;
    l->has_stumbled = l->is_dead = l->waits_to_write = false;
    d->links[d->count++] = l;
}

void link_shut(Link *l) {
    Dialer *d = l->dialer;
    for (size_t i = 0; i < d->count; i++)
        if (d->links[i] == l) {
            memmove(&d->links[i], &d->links[i + 1],
                    (--d->count - i) * sizeof *d->links);
            break;
        }
    l->state = LINK_CLOSED;
    l->has_stumbled = l->is_dead = l->waits_to_write = false;
}

ssize_t link_recv(Link *l, char *to, size_t size) {
    Dialer *d = l->dialer;
    must(l->state == LINK_OPEN);
    if (d->left) {
        size_t n = size < d->left ? size : d->left;
        memcpy(to, d->bytes, n);
        d->bytes += n;
        d->left -= n;
        return (ssize_t)n;
    }
    errno = d->end;
    return d->end ? -1 : 0;
}

ssize_t link_send(Link *l, const char *bytes, size_t length) {
    volatile char sink = 0;
    Dialer *d = l->dialer;
    must(l->state == LINK_OPEN && length);
    if (!d->room) {
        errno = d->full;
        return -1;
    }
    size_t n = length < d->room ? length : d->room;
    for (size_t i = 0; i < n; i++)
        sink = (char)(sink ^ bytes[i]);
    d->room -= d->room == SIZE_MAX ? 0 : n;
    return (ssize_t)n;
}

void link_want_write(Link *l, bool on) {
    must(l->state == LINK_OPEN);
    l->waits_to_write = on;
}

void link_stumble(Link *l) {
    l->has_stumbled = true;
}

void link_read_on(Link *l) {
    (void)l;
    must(false && "a target that says more than an input has");
}

void link_spoke(Link *l) {
    (void)l;
}

void link_hung_up(Link *l, const char *why, uint64_t now_ns) {
    (void)now_ns;
    must(l->state == LINK_OPEN && why);
}

FailClass link_timeout(const Link *l, const char **why) {
    must(l->state != LINK_OPEN);
    *why = "no connection within the time limit";
    return FAIL_TIMEOUT_CONNECT;
}

/* --- what the harness does ---------------------------------------------- */

Dialer *fake_dialer(void) {
    return only;
}

static Link *find(Dialer *d, size_t n, bool is_open) {
    size_t fit = 0;
    for (size_t i = 0; i < d->count; i++)
        fit += (d->links[i]->state == LINK_OPEN) == is_open;
    n = fit ? n % fit : 0;
    for (size_t i = 0; i < d->count && fit; i++)
        if ((d->links[i]->state == LINK_OPEN) == is_open && n-- == 0)
            return d->links[i];
    return NULL;
}

Link *fake_waiting(Dialer *d, size_t n) {
    return find(d, n, false);
}

Link *fake_open(Dialer *d, size_t n) {
    return find(d, n, true);
}

void fake_opens(Link *l) {
    l->state = LINK_OPEN;
    l->resolve_ns = 1;
    l->connect_ns = 2;
    l->ops->opened(l, clock_now());
}

void fake_fails(Link *l, FailClass fail, const char *why) {
    snprintf(l->why, sizeof l->why, "%s", why);
    l->ops->failed(l, fail, l->why, clock_now());
}

void fake_brings(Link *l, const uint8_t *bytes, size_t length) {
    Dialer *d = l->dialer;
    d->bytes = bytes;
    d->left = length;
    l->ops->readable(l, false, clock_now());
    d->left = 0;
}

void fake_ends(Link *l, int error) {
    Dialer *d = l->dialer;
    d->end = error;
    l->ops->readable(l, error != 0, clock_now());
    d->end = EAGAIN;
}

void fake_room(Dialer *d, size_t bytes, int error) {
    d->room = bytes;
    d->full = error;
}

void fake_writable(Link *l) {
    l->dialer->room = SIZE_MAX;
    l->dialer->full = EAGAIN;
    if (l->waits_to_write)
        l->ops->writable(l, clock_now());
}

void fake_turn(Dialer *d) {
    for (size_t i = 0; i < d->count; i++) {
        Link *l = d->links[i];
        if (!l->has_stumbled)
            continue;
        l->has_stumbled = false;
        fake_ends(l, ECONNRESET);
        i = SIZE_MAX; /* the table may be another one: from its beginning */
    }
}
