/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/conn.h"
#include "target/exchange.h"

#define BACKLOG 4096
#define RETRY_NS (100 * NS_PER_MS)

/* --- the listener ------------------------------------------------------- */

static bool is_loopback(const struct sockaddr_storage *a) {
    if (a->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)a;
        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    const struct sockaddr_in6 *in6 = (const void *)a;
    return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

static int read_address(struct sockaddr_storage *to, const char *address,
                        int port, Err *err) {
    char shown[64];
    if (port < 0 || port > 65535)
        return err_set(err, "port %d: a port is 0 to 65535", port);
    if (text_equal(address, "localhost"))
        address = TARGET_DEFAULT_ADDRESS;
    *to = (struct sockaddr_storage){ 0 };
    if (uv_ip4_addr(address, port, (struct sockaddr_in *)to) < 0 &&
        uv_ip6_addr(address, port, (struct sockaddr_in6 *)to) < 0)
        return err_set(
            err, "'%s' is not an address: 127.0.0.1 or ::1",
            text_clean(shown, sizeof shown, address, strlen(address)));
    if (!is_loopback(to))
        return err_set(err,
                       "%s: this server answers to this machine only; use "
                       "127.0.0.1 or ::1",
                       address);
    return 0;
}

static socklen_t address_length(const Server *s) {
    return s->address.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                           : sizeof(struct sockaddr_in6);
}

int server_port(const Server *s) {
    if (s->address.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)&s->address)->sin_port);
    return ntohs(((const struct sockaddr_in6 *)&s->address)->sin6_port);
}

/* A socket that has the address but does not listen; -1 with err. */
static int bind_socket(const Server *s, Err *err) {
    int on = 1, reason;
    int fd = socket(s->address.ss_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_set(err, "no socket: %s", strerror(errno));
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&s->address, address_length(s)) < 0) {
        reason = errno;
        close(fd);
        return err_set(err, "port %d: cannot bind: %s", server_port(s),
                       strerror(reason));
    }
    return fd;
}

static void on_connection(uv_stream_t *listener, int status) {
    if (status == 0)
        conn_accept(listener->data, listener);
}

static void free_handle(uv_handle_t *h) {
    free(h);
}

static void stop_listening(Server *s) {
    if (s->listener)
        uv_close((uv_handle_t *)s->listener, free_handle);
    s->listener = NULL;
}

/* The held socket begins to listen, and another is bound before, to hold
 * the port when that one is closed: while the target is down nobody else
 * gets the port by chance, not even a client's own end of a connection. */
static int start_listening(Server *s, Err *err) {
    int held = bind_socket(s, err);
    if (held < 0)
        return -1;
    uv_tcp_t *l = mem_new(uv_tcp_t);
    l->data = s;
    uv_tcp_init(&s->loop, l);
    int rc = uv_tcp_open(l, s->held_fd);
    if (rc < 0)
        close(s->held_fd);
    s->held_fd = held;
    s->listener = l;
    if (rc == 0)
        rc = uv_listen((uv_stream_t *)l, BACKLOG, on_connection);
    if (rc == 0)
        return 0;
    stop_listening(s);
    return err_set(err, "port %d: cannot listen: %s", server_port(s),
                   uv_strerror(rc));
}

static void come_back(Alarm *a) {
    Server *s = (Server *)(void *)((char *)a - offsetof(Server, back));
    if (start_listening(s, NULL) < 0) /* somebody else has the port now */
        alarm_set(&s->alarms, a, clock_now() + RETRY_NS);
    else
        s->outages[(s->outage_count - 1) % SERVER_OUTAGES].up_ns = clock_now();
}

static void reset_all(Server *s, const Conn *spared) {
    for (Conn *c = s->conns, *next; c; c = next) {
        /* spared may be NULL, c is not. */
        /* cppcheck-suppress nullPointerRedundantCheck */
        next = c->after;
        if (c == spared)
            continue;
        if (exchange_abandon(c))
            s->counts.reset++;
        conn_end(c, true);
    }
    exchange_fill_places(s);
}

void server_down(Server *s, uint64_t ns, const Conn *spared) {
    if (s->listener)
        s->outages[s->outage_count++ % SERVER_OUTAGES] =
            (Outage){ .down_ns = clock_now() };
    stop_listening(s);
    reset_all(s, spared);
    alarm_set(&s->alarms, &s->back, clock_now() + ns);
}

/* --- the timer ---------------------------------------------------------- */

static void on_timer(uv_poll_t *h, int status, int events) {
    Server *s = h->data;
    uint64_t expired;
    (void)status;
    (void)events;
    if (read(s->timer_fd, &expired, sizeof expired) < 0)
        return; /* moved to a later time in between */
    s->armed_ns = ALARM_NEVER;
    uint64_t now = clock_now();
    for (Alarm *a; (a = alarms_take(&s->alarms, now));)
        a->ring(a);
}

/* Before the loop sleeps: is the timer early enough? One that is too early
 * is let be; it costs a turn, setting it anew would cost a call. */
static void arm_timer(uv_prepare_t *h) {
    Server *s = h->data;
    uint64_t due = alarms_next(&s->alarms);
    if (due >= s->armed_ns)
        return;
    struct itimerspec at = { 0 };
    at.it_value.tv_sec = (time_t)(due / NS_PER_S);
    at.it_value.tv_nsec = (long)(due % NS_PER_S);
    timerfd_settime(s->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
    s->armed_ns = due;
}

/* --- settings and counts ------------------------------------------------ */

void server_set(Server *s, const TargetSettings *set) {
    system_set(&s->system, set);
    services_set(&s->services, set, clock_now());
    exchange_fill_places(s);
}

TargetCounts server_counts(const Server *s) {
    TargetCounts c = s->counts;
    c.in_service = s->system.in_service;
    c.queued = s->system.queued;
    return c;
}

static void print_outages(const Server *s, Text *to) {
    uint64_t n = s->outage_count;
    uint64_t from = n > SERVER_OUTAGES ? n - SERVER_OUTAGES : 0;
    text_adds(to, ",\"outages\":[");
    for (uint64_t i = from; i < n; i++) {
        const Outage *o = &s->outages[i % SERVER_OUTAGES];
        text_addf(to, "%s{\"down_ns\":%llu,\"up_ns\":", i > from ? "," : "",
                  (unsigned long long)o->down_ns);
        if (o->up_ns)
            text_addf(to, "%llu}", (unsigned long long)o->up_ns);
        else
            text_adds(to, "null}");
    }
    text_adds(to, "]");
}

void server_print_json(const Server *s, Text *to) {
    TargetCounts c = server_counts(s);
    text_addf(to, "{\"down\":%s,\"settings\":{",
              s->listener ? "false" : "true");
    for (size_t i = 0; i < target_settings_count(); i++) {
        UnitsText value;
        const char *quote = target_settings_is_number(i) ? "" : "\"";
        target_settings_value(&s->system.set, i, value);
        text_addf(to, "%s\"%s\":%s%s%s", i ? "," : "", target_settings_name(i),
                  quote, value, quote);
    }
    const char *comma = "},\"counts\":{";
#define X(name, help)                                                         \
    text_addf(to, "%s\"" #name "\":%llu", comma, (unsigned long long)c.name); \
    comma = ",";
    TARGET_COUNTS(X)
#undef X
    text_adds(to, "}");
    print_outages(s, to);
    text_adds(to, "}\n");
}

/* --- life --------------------------------------------------------------- */

/* The loop and the one timer; everything else hangs on them. */
static int open_loop(Server *s, Err *err) {
    int rc = uv_loop_init(&s->loop);
    if (rc < 0)
        return err_set(err, "no event loop: %s", uv_strerror(rc));
    rc = uv_poll_init(&s->loop, &s->timer, s->timer_fd);
    if (rc < 0) {
        uv_loop_close(&s->loop);
        return err_set(err, "no timer: %s", uv_strerror(rc));
    }
    s->timer.data = s->before_poll.data = s;
    s->armed_ns = ALARM_NEVER;
    uv_poll_start(&s->timer, UV_READABLE, on_timer);
    uv_prepare_init(&s->loop, &s->before_poll);
    uv_prepare_start(&s->before_poll, arm_timer);
    return 0;
}

int server_open(Server *s, const char *address, int port, TargetChain chain,
                const TargetSettings *set, Err *err) {
    *s = (Server){ .held_fd = -1, .timer_fd = -1, .chain = chain };
    if (read_address(&s->address, address, port, err) < 0)
        return -1;
    s->held_fd = bind_socket(s, err);
    if (s->held_fd < 0)
        return -1;
    socklen_t length = address_length(s); /* which port did 0 become? */
    getsockname(s->held_fd, (struct sockaddr *)&s->address, &length);
    s->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (s->timer_fd < 0) {
        err_set(err, "no timer: %s", strerror(errno));
        goto fail;
    }
    if (open_loop(s, err) < 0)
        goto fail;
    system_init(&s->system, set);
    services_init(&s->services, set);
    exchange_init_parsing(&s->parsing);
    s->back.ring = come_back;
    s->read_buffer = mem_alloc(SERVER_READ_BYTES, 1);
    s->fill = mem_alloc(SERVER_FILL_BYTES, 1);
    memset(s->fill, 'x', SERVER_FILL_BYTES);
    if (start_listening(s, err) == 0)
        return 0;
    server_close(s);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    server_free(s);
    return -1;
fail:
    close(s->held_fd);
    if (s->timer_fd >= 0)
        close(s->timer_fd);
    return -1;
}

void server_close(Server *s) {
    stop_listening(s);
    alarm_clear(&s->alarms, &s->back);
    reset_all(s, NULL);
    uv_close((uv_handle_t *)&s->timer, NULL);
    uv_close((uv_handle_t *)&s->before_poll, NULL);
}

void server_free(Server *s) {
    int rc = uv_loop_close(&s->loop);
    assert(rc == 0); /* a handle of ours would still be open */
    (void)rc;
    close(s->held_fd);
    close(s->timer_fd);
    alarms_close(&s->alarms);
    services_close(&s->services);
    text_close(&s->out);
    text_close(&s->scratch);
    text_close(&s->fields);
    free(s->read_buffer);
    free(s->fill);
}
