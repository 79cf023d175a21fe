/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNS_MAX 64
#define HEAD_MAX 4096

typedef struct Conn {
    RawServer *server;
    pthread_t thread;
    int fd;
} Conn;

struct RawServer {
    RawOptions options;
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock; /* of counts */
    RawCounts counts;
    Conn conns[CONNS_MAX];
    size_t conn_count;
};

static bool answer(const Conn *c) {
    const RawOptions *o = &c->server->options;
    size_t length = strlen(o->answer), part = o->by_bytes ? 1 : length;
    for (size_t at = 0; at < length;) {
        ssize_t n = send(c->fd, o->answer + at, part, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return !o->closes;
}

static void note(const Conn *c, const char *head) {
    RawServer *s = c->server;
    pthread_mutex_lock(&s->lock);
    s->counts.requests++;
    s->counts.wanted += s->options.wants && strstr(head, s->options.wants);
    pthread_mutex_unlock(&s->lock);
}

static void *serve(void *data) {
    Conn *c = data;
    char head[HEAD_MAX + 1];
    size_t length = 0;
    int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (bool goes_on = true; goes_on;) {
        ssize_t n = recv(c->fd, head + length, HEAD_MAX - length, 0);
        if (n <= 0)
            break;
        length += (size_t)n;
        head[length] = '\0';
        for (char *end; goes_on && (end = strstr(head, "\r\n\r\n"));) {
            *end = '\0';
            note(c, head);
            goes_on = answer(c);
            length -= (size_t)(end + 4 - head);
            memmove(head, end + 4, length + 1);
        }
    }
    shutdown(c->fd, SHUT_RDWR); /* closed when the server ends */
    return NULL;
}

static void *listen_loop(void *data) {
    RawServer *s = data;
    for (int fd; (fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        if (s->conn_count == CONNS_MAX) {
            close(fd);
            continue;
        }
        Conn *c = &s->conns[s->conn_count++];
        *c = (Conn){ .server = s, .fd = fd };
        pthread_create(&c->thread, NULL, serve, c);
    }
    return NULL;
}

RawServer *raw_server_start(const RawOptions *o) {
    RawServer *s = calloc(1, sizeof *s);
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof a;
    s->options = *o;
    pthread_mutex_init(&s->lock, NULL);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(s->listener, 64) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &length) < 0 ||
        pthread_create(&s->thread, NULL, listen_loop, s) != 0)
        return NULL;
    s->port = ntohs(a.sin_port);
    return s;
}

int raw_server_port(const RawServer *s) {
    return s->port;
}

RawCounts raw_server_stop(RawServer *s) {
    shutdown(s->listener, SHUT_RDWR); /* ends accept */
    pthread_join(s->thread, NULL);
    close(s->listener);
    for (size_t i = 0; i < s->conn_count; i++) {
        shutdown(s->conns[i].fd, SHUT_RDWR);
        pthread_join(s->conns[i].thread, NULL);
        close(s->conns[i].fd);
    }
    RawCounts counts = s->counts;
    counts.connections = s->conn_count;
    pthread_mutex_destroy(&s->lock);
    free(s);
    return counts;
}
