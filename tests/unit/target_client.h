/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_client.h: a small blocking HTTP client for the tests of the target,
 * written apart from the house's own parser on purpose. Every wait is
 * bounded: five seconds without a byte fail the test. */
#ifndef ONRUSH_TESTS_TARGET_CLIENT_H
#define ONRUSH_TESTS_TARGET_CLIENT_H

#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "target/target.h"

#define PATIENCE_S 5

typedef struct Client {
    int fd;
    Text in; /* arrived, not yet taken */
} Client;

typedef struct Reply {
    int status;
    Text head, body;
    char value[128]; /* of the header asked for last */
} Reply;

static inline Target *serve_on(const char *address, const char *assignments) {
    Err err;
    TargetSettings s = target_settings_default();
    if (target_settings_read(&s, assignments, &err) < 0)
        fail_msg("%s", err.text);
    Target *t = target_new(address, 0, &s, &err);
    if (!t || target_start(t, &err) < 0)
        fail_msg("%s", err.text);
    return t;
}

static inline Target *serve_with(const char *assignments) {
    return serve_on(NULL, assignments);
}

/* A connected socket, or -1 with errno. */
static inline int try_dial(int port) {
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval patience = { .tv_sec = PATIENCE_S };
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static inline Client dial(const Target *t) {
    Client c = { .fd = try_dial(target_port(t)) };
    if (c.fd < 0)
        fail_msg("connect: %s", strerror(errno));
    return c;
}

static inline void hang_up(Client *c) {
    close(c->fd);
    text_close(&c->in);
}

/* Leaves with a reset instead of in order. */
static inline void slam(Client *c) {
    struct linger now = { .l_onoff = 1 };
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    hang_up(c);
}

static inline void say_bytes(Client *c, const char *bytes, size_t n) {
    while (n) {
        ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0)
            fail_msg("send: %s", strerror(errno));
        bytes += sent;
        n -= (size_t)sent;
    }
}

static inline void say(Client *c, const char *text) {
    say_bytes(c, text, strlen(text));
}

static inline void ask(Client *c, const char *method, const char *path) {
    Text request = { 0 };
    text_addf(&request, "%s %s HTTP/1.1\r\nHost: t\r\n\r\n", method, path);
    say(c, request.bytes);
    text_close(&request);
}

static inline void post(Client *c, const char *path, const char *body) {
    Text request = { 0 };
    text_addf(&request,
              "POST %s HTTP/1.1\r\nHost: t\r\nContent-Length: %zu\r\n\r\n%s",
              path, strlen(body), body);
    say(c, request.bytes);
    text_close(&request);
}

/* More bytes into c->in: how many, 0 at the end, -1 with errno. Silence
 * fails the test. */
static inline ssize_t listen_on(Client *c) {
    char part[65536];
    ssize_t n = recv(c->fd, part, sizeof part, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        fail_msg("nothing arrived for %d s", PATIENCE_S);
    if (n > 0)
        text_add(&c->in, part, (size_t)n);
    return n;
}

static inline void take(Client *c, size_t n, Text *to) {
    text_add(to, c->in.bytes, n);
    memmove(c->in.bytes, c->in.bytes + n, c->in.length - n);
    c->in.length -= n;
    text_add(&c->in, "", 0);
}

static inline void await_bytes(Client *c, size_t n) {
    while (c->in.length < n)
        if (listen_on(c) <= 0)
            fail_msg("the connection ended after %zu of %zu bytes",
                     c->in.length, n);
}

/* Waits for mark; the length up to its end. */
static inline size_t await_mark(Client *c, const char *mark) {
    for (;;) {
        char *at = c->in.length ? strstr(c->in.bytes, mark) : NULL;
        if (at)
            return (size_t)(at - c->in.bytes) + strlen(mark);
        if (listen_on(c) <= 0)
            fail_msg("the connection ended before an answer did: '%s'",
                     c->in.length ? c->in.bytes : "");
    }
}

/* The value of a header line, NULL without one; valid until the next. */
static inline const char *header(Reply *r, const char *name) {
    size_t n = strlen(name);
    for (const char *s = r->head.bytes; (s = strstr(s, "\r\n")); s += 2)
        if (strncasecmp(s + 2, name, n) == 0 && s[2 + n] == ':') {
            snprintf(r->value, sizeof r->value, "%.*s",
                     (int)strcspn(s + n + 4, "\r"), s + n + 4);
            return r->value;
        }
    return NULL;
}

static inline void take_chunks(Client *c, Text *body) {
    for (;;) {
        Text line = { 0 };
        take(c, await_mark(c, "\r\n"), &line);
        size_t n = strtoul(line.bytes, NULL, 16);
        text_close(&line);
        await_bytes(c, n + 2);
        take(c, n, body);
        assert_memory_equal(c->in.bytes, "\r\n", 2);
        take(c, 2, &line);
        text_close(&line);
        if (n == 0)
            return;
    }
}

/* One answer, interim ones included as what they are. bodiless: to HEAD. */
static inline Reply hear_one(Client *c, bool bodiless) {
    Reply r = { 0 };
    take(c, await_mark(c, "\r\n\r\n"), &r.head);
    assert_memory_equal(r.head.bytes, "HTTP/1.1 ", 9);
    r.status = atoi(r.head.bytes + 9);
    const char *coding = header(&r, "Transfer-Encoding");
    bool chunked = coding && strcmp(coding, "chunked") == 0;
    const char *length = header(&r, "Content-Length");
    text_add(&r.body, "", 0);
    if (bodiless || r.status < 200 || r.status == 204 || r.status == 304)
        return r;
    if (chunked) {
        take_chunks(c, &r.body);
    } else if (length) {
        size_t n = strtoul(length, NULL, 10);
        await_bytes(c, n);
        take(c, n, &r.body);
    } else {
        while (listen_on(c) > 0)
            ;
        take(c, c->in.length, &r.body);
    }
    return r;
}

static inline Reply hear(Client *c) {
    return hear_one(c, false);
}

static inline void forget(Reply *r) {
    text_close(&r->head);
    text_close(&r->body);
}

/* Asks, wants this status, forgets the rest. */
static inline void expect(Client *c, const char *method, const char *path,
                          int status) {
    ask(c, method, path);
    Reply r = hear_one(c, strcmp(method, "HEAD") == 0);
    if (r.status != status)
        fail_msg("%s %s: status %d, wanted %d", method, path, r.status, status);
    forget(&r);
}

static inline void expect_end(Client *c) {
    assert_int_equal(c->in.length, 0);
    assert_int_equal(listen_on(c), 0);
}

/* Every request is somewhere. */
static inline void assert_balanced(const TargetCounts *c) {
    assert_int_equal(c->received, c->served + c->shed + c->errors + c->reset +
                                      c->truncated + c->garbage + c->hung +
                                      c->escaped + c->aborted + c->in_service +
                                      c->queued + c->delayed);
}

/* Waits until a count has this value: the condition is asked of the
 * target's own thread again and again, no time is assumed. */
#define await_count(t, name, want)                             \
    do {                                                       \
        uint64_t until_ = clock_now() + PATIENCE_S * NS_PER_S; \
        TargetCounts counts_;                                  \
        do {                                                   \
            counts_ = target_counts(t);                        \
            if (clock_now() > until_)                          \
                fail_msg(#name " is %llu, wanted %llu",        \
                         (unsigned long long)counts_.name,     \
                         (unsigned long long)(want));          \
        } while (counts_.name != (uint64_t)(want));            \
        assert_balanced(&counts_);                             \
    } while (0)

#endif
