/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/multi.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/again.h"
#include "http/link.h"

/* Of what comes on an idle connection so much is read away at the most. */
#define UNASKED_BYTES 4096
#define UNASKED_READS 64
/* A wait of libcurl's within a call lasts up to a second. */
#define LATE_MS 100

/* A socket in the poll set. */
typedef struct Watch {
    uv_poll_t poll; /* first: its memory is the Watch's */
    Multi *multi;
    int fd;
    int wants; /* what curl waits for now: UV_READABLE, UV_WRITABLE; 0 */
    int armed; /* what libuv waits for */
} Watch;

/* By descriptor. */
typedef struct Slot {
    bool is_counted; /* among the sockets that are open */
    bool is_connected; /* curl tells when it closes it */
    Watch *watch;
} Slot;

struct Multi {
    uv_loop_t *loop;
    CURLM *curl;
    uv_timer_t timer;
    uv_prepare_t prepare; /* what ended on the timer does not wait for a poll */
    uv_check_t check;
    Again again;
    MultiDoneFn *done;
    MultiTurnFn *turn;
    void *turn_data;
    bool is_closing;
    bool is_nudging, is_nudge_due; /* see multi_nudge */
    bool is_quiet;                 /* see multi_expect_quiet */
    int handles; /* open uv handles */
    Slot *slots;
    size_t slot_count, slot_cap;
    size_t sockets;
    int highest; /* file number that a connection may have */
    void (*closed)(void *);
    void *closed_data;
};

/* --- sockets ------------------------------------------------------------ */

static Slot *slot_at(Multi *m, int fd) {
    while (m->slot_count <= (size_t)fd) {
        mem_grow(m->slots, m->slot_count, m->slot_cap);
        m->slots[m->slot_count++] = (Slot){ 0 };
    }
    return &m->slots[fd];
}

static void on_watch_closed(uv_handle_t *h) {
    free(h);
}

static void drop_watch(Slot *s) {
    if (s->watch)
        uv_close((uv_handle_t *)&s->watch->poll, on_watch_closed);
    s->watch = NULL;
}

static void act(Multi *m, curl_socket_t fd, int flags) {
    again_act(&m->again, m->curl, fd, flags);
    while (again_next(&m->again))
        continue;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void arm(Watch *w) {
    w->armed = w->wants;
    uv_poll_start(&w->poll, w->armed, on_poll);
}

/* curl looks at an idle connection when it is to be used, and takes it for
 * alive if there are bytes: the next answer would be one that nobody asked
 * for. Of one that is shut, with nothing to read, it makes another. false: the
 * transfer that has ended read what the poll told of. */
static bool leave(int fd) {
    char bytes[UNASKED_BYTES];
    ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return false;
    for (int i = 1; i < UNASKED_READS && n > 0; i++)
        n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    shutdown(fd, SHUT_RDWR);
    return true;
}

/* libcurl has held up the loop: timers first, for who is waited for next may
 * have no time left. */
static bool is_late(const Multi *m) {
    return m->is_nudging &&
           uv_hrtime() / NS_PER_MS > uv_now(m->loop) + LATE_MS;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    Watch *w = (Watch *)poll;
    int flags = 0;
    if (status < 0)
        w->armed = 0; /* libuv has stopped the handle */
    if (is_late(w->multi)) { /* poll says it again */
        if (!w->armed && w->wants)
            arm(w);
        return;
    }
    if (!w->wants) {
        /* Closed while idle: curl finds that out when it is to be used. */
        bool has_news = status < 0 || events & UV_READABLE;
        if (w->multi->is_quiet && has_news && !leave(w->fd) && status >= 0)
            return;
        uv_poll_stop(poll);
        w->armed = 0;
        return;
    }
    /* What came before an error is still read: curl would not if it were told
     * of the error alone. */
    if (status < 0)
        events = w->wants;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    act(w->multi, w->fd, flags);
    if (!w->armed && w->wants && !uv_is_closing((uv_handle_t *)poll))
        arm(w);
}

static Watch *watch_new(Multi *m, int fd) {
    Watch *w = mem_new(Watch);
    if (uv_poll_init_socket(m->loop, &w->poll, fd) < 0) {
        free(w);
        return NULL;
    }
    w->multi = m;
    w->fd = fd;
    return w;
}

static void count_socket(Multi *m, Slot *s, bool is_open) {
    m->sockets += is_open;
    m->sockets -= s->is_counted;
    s->is_counted = is_open;
}

static void forget_socket(Multi *m, Slot *s) {
    drop_watch(s);
    count_socket(m, s, false);
    s->is_connected = false;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *user,
                          void *unused) {
    Multi *m = user;
    Slot *s = slot_at(m, fd);
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        m->is_nudge_due = m->is_nudging;
        /* libcurl 7.88 closes one that is not connected yet without asking
         * multi_close_socket: this is the last that is heard of it. */
        if (!s->is_connected) {
            forget_socket(m, s);
            again_note(&m->again, easy);
        } else if (s->watch) {
            s->watch->wants = 0;
        }
        return 0;
    }
    if (!s->watch && !(s->watch = watch_new(m, fd)))
        return -1;
    Watch *w = s->watch;
    w->wants = (what & CURL_POLL_IN ? UV_READABLE : 0) |
               (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    if (w->wants && w->wants != w->armed)
        arm(w);
    return 0;
}

curl_socket_t multi_socket(Multi *m, const struct curl_sockaddr *a) {
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (fd > m->highest) {
        close(fd);
        errno = EMFILE;
        fd = -1;
    }
    if (fd < 0)
        return CURL_SOCKET_BAD;
    Slot *s = slot_at(m, fd);
    forget_socket(m, s);
    count_socket(m, s, true);
    return fd;
}

void multi_connected(Multi *m, curl_socket_t fd) {
    Slot *s = slot_at(m, fd);
    count_socket(m, s, true);
    s->is_connected = true;
}

int multi_close_socket(Multi *m, CURL *easy, curl_socket_t fd) {
    forget_socket(m, slot_at(m, fd));
    again_note(&m->again, easy);
    return close(fd);
}

size_t multi_sockets(const Multi *m) {
    return m->sockets;
}

/* --- time and messages -------------------------------------------------- */

static void on_timer(uv_timer_t *t) {
    Multi *m = t->data;
    m->is_nudge_due = m->is_nudging;
    act(m, CURL_SOCKET_TIMEOUT, 0);
}

static int on_curl_timeout(CURLM *curl, long ms, void *user) {
    Multi *m = user;
    (void)curl;
    if (m->is_closing)
        return 0;
    /* 0 means soon, never from within this callback. */
    if (ms < 0)
        uv_timer_stop(&m->timer);
    else
        uv_timer_start(&m->timer, on_timer, (uint64_t)ms, 0);
    return 0;
}

static void read_messages(Multi *m) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(m->curl, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        void *owner = NULL;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
        m->done(easy, owner, code);
    }
}

void multi_nudge(Multi *m) {
    m->is_nudging = m->is_nudge_due = true;
}

void multi_expect_quiet(Multi *m) {
    m->is_quiet = true;
}

static void nudge(Multi *m) {
    int running;
    m->is_nudge_due = false;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    curl_multi_socket_all(m->curl, &running);
#pragma GCC diagnostic pop
}

static void take_turn(Multi *m) {
    if (m->is_nudge_due)
        nudge(m);
    read_messages(m);
    m->turn(m->turn_data);
}

static void on_prepare(uv_prepare_t *h) {
    take_turn(h->data);
}

static void on_check(uv_check_t *h) {
    take_turn(h->data);
}

/* --- life --------------------------------------------------------------- */

static void start_handles(Multi *m) {
    uv_timer_init(m->loop, &m->timer);
    uv_prepare_init(m->loop, &m->prepare);
    uv_check_init(m->loop, &m->check);
    m->timer.data = m->prepare.data = m->check.data = m;
    uv_prepare_start(&m->prepare, on_prepare);
    uv_check_start(&m->check, on_check);
    uv_unref((uv_handle_t *)&m->prepare);
    uv_unref((uv_handle_t *)&m->check);
    m->handles = 3;
}

Multi *multi_new(uv_loop_t *loop, long most, MultiDoneFn *done,
                 MultiTurnFn *turn, void *data, Err *err) {
    CURLM *curl = curl_multi_init();
    if (!curl) {
        err_set(err, "libcurl could not be started: out of memory, or of open files");
        return NULL;
    }
    Multi *m = mem_new(Multi);
    *m = (Multi){ .loop = loop,
                  .highest = multi_highest_descriptor(),
                  .curl = curl,
                  .done = done,
                  .turn = turn,
                  .turn_data = data };
    start_handles(m);
    curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(curl, CURLMOPT_TIMERFUNCTION, on_curl_timeout);
    curl_multi_setopt(curl, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(curl, CURLMOPT_MAXCONNECTS, most);
    curl_multi_setopt(curl, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return m;
}

CURLM *multi_handle(const Multi *m) {
    return m->curl;
}

static void on_closed(uv_handle_t *h) {
    Multi *m = h->data;
    if (--m->handles > 0)
        return;
    void (*closed)(void *) = m->closed;
    void *data = m->closed_data;
    free(m->slots);
    again_close(&m->again);
    free(m);
    closed(data);
}

void multi_close(Multi *m, void (*closed)(void *data), void *data) {
    m->is_closing = true;
    m->closed = closed;
    m->closed_data = data;
    uv_prepare_stop(&m->prepare);
    uv_check_stop(&m->check);
    curl_multi_cleanup(m->curl);
    uv_close((uv_handle_t *)&m->timer, on_closed);
    uv_close((uv_handle_t *)&m->prepare, on_closed);
    uv_close((uv_handle_t *)&m->check, on_closed);
}

int multi_highest_descriptor(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) < 0 || r.rlim_cur > INT_MAX)
        return INT_MAX;
    return (int)r.rlim_cur - 1 - LINK_SPARE_DESCRIPTORS;
}

/* --- what went wrong, and when ------------------------------------------ */

FailClass multi_local_fail(int os_errno, char *why, size_t size) {
    FailClass class;
    const char *hint = "";
    switch (os_errno) {
    case EMFILE:
    case ENFILE:
        class = FAIL_LOCAL_DESCRIPTORS;
        hint = ": raise ulimit -n";
        break;
    case EADDRNOTAVAIL:
        class = FAIL_LOCAL_PORTS;
        hint = ": no local port is free; keep connections alive, or use "
               "several local addresses";
        break;
    case ENOBUFS:
    case ENOMEM:
        class = FAIL_LOCAL_MEMORY;
        break;
    default:
        return FAIL_NONE;
    }
    snprintf(why, size, "%s%s", strerror(os_errno), hint);
    return class;
}

uint64_t multi_info_ns(CURL *easy, CURLINFO info) {
    curl_off_t us = 0;
    curl_easy_getinfo(easy, info, &us);
    return us > 0 ? (uint64_t)us * NS_PER_US : 0;
}
