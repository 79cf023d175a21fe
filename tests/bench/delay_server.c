/* SPDX-License-Identifier: GPL-3.0-or-later */
/* delay_server: answers every request after an exact delay, and knows when
 * each one arrived, so that a generator's schedule and latencies can be
 * checked from the other side. One thread, epoll and a timerfd; it sleeps
 * until an answer is due.
 *
 *     delay_server [--delay MICROSECONDS] [--keep SAMPLES]
 *
 * The first line of its output is the port on 127.0.0.1. Commands come in
 * on stdin, a line each, one line of answer each; its end ends the server:
 *
 *     stats            {"requests": N, "answered": N, "open": N, ...}
 *     reset            forgets the samples
 *     dump KIND FILE   writes samples as native uint64: accepts, closes and
 *                      requests are CLOCK_MONOTONIC ns, delays are ns from
 *                      the arrival of a request to its answer's write
 *
 * Of each kind the first SAMPLES are kept (4 M if not said). Requests have
 * no body. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define BUFFER 16384
#define NS_PER_S UINT64_C(1000000000)
#define END_OF_HEAD "\r\n\r\n"

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Content-Type: text/plain\r\n"
                             "Content-Length: 12\r\n\r\n"
                             "hello world\n";

typedef enum Kind { ACCEPTS, CLOSES, REQUESTS, DELAYS, KINDS } Kind;

static const char *const kind_names[KINDS] = { "accepts", "closes", "requests",
                                               "delays" };

typedef struct Samples {
    uint64_t *at, count; /* count goes on when the room is full */
} Samples;

/* Who waits for an answer; they stand in order of arrival. */
typedef struct Due {
    uint64_t arrived_ns;
    int fd;
    uint32_t life; /* of the descriptor: it may be another one's by then */
} Due;

typedef struct Peer {
    uint32_t life;
    unsigned matched; /* characters of END_OF_HEAD seen */
} Peer;

typedef struct Server {
    int epoll, listener, timer;
    uint64_t delay_ns, keep, open;
    Samples samples[KINDS];
    Peer *peers; /* by descriptor */
    size_t peer_count;
    Due *due; /* ring, a power of two */
    size_t due_head, due_count, due_cap;
    uint64_t armed_ns;
} Server;

static void die(const char *what) {
    fprintf(stderr, "delay_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *room(size_t count, size_t size) {
    void *p = calloc(count, size);
    if (!p)
        die("memory");
    return p;
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void note(Server *s, Kind kind, uint64_t value) {
    Samples *x = &s->samples[kind];
    if (x->count < s->keep)
        x->at[x->count] = value;
    x->count++;
}

static void watch(const Server *s, int fd) {
    struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
    if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
        die("epoll_ctl");
}

/* --- answers ------------------------------------------------------------ */

static void close_peer(Server *s, int fd) {
    note(s, CLOSES, now());
    s->peers[fd].life++;
    s->open--;
    close(fd);
}

static void reply(Server *s, int fd, uint64_t arrived_ns) {
    note(s, DELAYS, now() - arrived_ns);
    /* Short answers over loopback: a peer that does not read is dropped. */
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) !=
        (ssize_t)sizeof answer - 1)
        shutdown(fd, SHUT_RDWR); /* its event closes it */
}

static void grow_due(Server *s) {
    size_t cap = s->due_cap ? s->due_cap * 2 : 1024;
    Due *all = room(cap, sizeof *all);
    for (size_t i = 0; i < s->due_count; i++)
        all[i] = s->due[(s->due_head + i) & (s->due_cap - 1)];
    free(s->due);
    s->due = all;
    s->due_cap = cap;
    s->due_head = 0;
}

static void take_request(Server *s, int fd, uint64_t at_ns) {
    note(s, REQUESTS, at_ns);
    if (s->delay_ns == 0) {
        reply(s, fd, at_ns);
        return;
    }
    if (s->due_count == s->due_cap)
        grow_due(s);
    s->due[(s->due_head + s->due_count++) & (s->due_cap - 1)] =
        (Due){ at_ns, fd, s->peers[fd].life };
}

static void answer_due(Server *s) {
    while (s->due_count) {
        const Due *d = &s->due[s->due_head];
        if (d->arrived_ns + s->delay_ns > now())
            break;
        if (s->peers[d->fd].life == d->life)
            reply(s, d->fd, d->arrived_ns);
        s->due_head = (s->due_head + 1) & (s->due_cap - 1);
        s->due_count--;
    }
    uint64_t at =
        s->due_count ? s->due[s->due_head].arrived_ns + s->delay_ns : 0;
    if (!at || at == s->armed_ns)
        return;
    struct itimerspec when = { .it_value = { .tv_sec = (time_t)(at / NS_PER_S),
                                             .tv_nsec =
                                                 (long)(at % NS_PER_S) } };
    timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &when, NULL);
    s->armed_ns = at;
}

/* --- connections -------------------------------------------------------- */

static void accept_all(Server *s) {
    for (int fd; (fd = accept4(s->listener, NULL, NULL,
                               SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        int on = 1;
        note(s, ACCEPTS, now());
        if ((size_t)fd >= s->peer_count) {
            close(fd);
            continue;
        }
        s->open++;
        s->peers[fd].matched = 0;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(s, fd);
    }
}

static void read_peer(Server *s, int fd) {
    char bytes[BUFFER];
    ssize_t n = recv(fd, bytes, sizeof bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close_peer(s, fd);
        return;
    }
    uint64_t at_ns = now();
    Peer *p = &s->peers[fd];
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] == END_OF_HEAD[p->matched])
            p->matched++;
        else
            p->matched = bytes[i] == '\r';
        if (p->matched == sizeof END_OF_HEAD - 1) {
            p->matched = 0;
            take_request(s, fd, at_ns);
        }
    }
}

/* --- commands ----------------------------------------------------------- */

static void dump(const Server *s, const char *kind, const char *path) {
    size_t k = 0;
    while (k < KINDS && strcmp(kind_names[k], kind) != 0)
        k++;
    FILE *f = k < KINDS ? fopen(path, "wb") : NULL;
    const Samples *x = &s->samples[k < KINDS ? k : 0];
    uint64_t count = x->count < s->keep ? x->count : s->keep;
    bool ok = f && fwrite(x->at, sizeof *x->at, count, f) == count;
    ok = f && fclose(f) == 0 && ok;
    if (ok)
        printf("{\"kept\": %llu}\n", (unsigned long long)count);
    else
        printf("{\"error\": \"dump wants one of accepts, closes, requests, "
               "delays, and a file\"}\n");
}

static void obey(Server *s, const char *line) {
    char kind[32], path[4096];
    if (strcmp(line, "reset\n") == 0) {
        for (size_t k = 0; k < KINDS; k++)
            s->samples[k].count = 0;
        printf("{}\n");
    } else if (strcmp(line, "stats\n") == 0) {
        printf("{\"requests\": %llu, \"answered\": %llu, \"accepts\": %llu, "
               "\"closes\": %llu, \"open\": %llu}\n",
               (unsigned long long)s->samples[REQUESTS].count,
               (unsigned long long)s->samples[DELAYS].count,
               (unsigned long long)s->samples[ACCEPTS].count,
               (unsigned long long)s->samples[CLOSES].count,
               (unsigned long long)s->open);
    } else if (sscanf(line, "dump %31s %4095s", kind, path) == 2) {
        dump(s, kind, path);
    } else {
        printf("{\"error\": \"stats, reset, or dump KIND FILE\"}\n");
    }
    fflush(stdout);
}

/* One line at a time is sent and answered. false: the end. */
static bool read_command(Server *s) {
    char line[8192];
    ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);
    if (n <= 0)
        return false;
    line[n] = '\0';
    obey(s, line);
    return true;
}

/* --- the whole ---------------------------------------------------------- */

static void open_listener(Server *s) {
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof a;
    s->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(s->listener, 4096) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &length) < 0)
        die("listen");
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
}

static void open_server(Server *s) {
    struct rlimit r;
    getrlimit(RLIMIT_NOFILE, &r);
    r.rlim_cur = r.rlim_max < 1 << 20 ? r.rlim_max : 1 << 20;
    setrlimit(RLIMIT_NOFILE, &r);
    s->peer_count = r.rlim_cur;
    s->peers = room(s->peer_count, sizeof *s->peers);
    for (size_t k = 0; k < KINDS; k++)
        s->samples[k].at = room(s->keep, sizeof(uint64_t));
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (s->epoll < 0 || s->timer < 0)
        die("epoll, timerfd");
    open_listener(s);
    watch(s, s->listener);
    watch(s, s->timer);
    watch(s, STDIN_FILENO);
}

static void serve(Server *s) {
    struct epoll_event events[EVENTS];
    for (bool goes_on = true; goes_on;) {
        int n = epoll_wait(s->epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            uint64_t expirations;
            if (fd == s->listener)
                accept_all(s);
            else if (fd == STDIN_FILENO)
                goes_on = read_command(s);
            else if (fd != s->timer)
                read_peer(s, fd);
            else if (read(fd, &expirations, sizeof expirations) > 0)
                s->armed_ns = 0;
        }
        answer_due(s);
    }
}

static uint64_t read_number(const char *text) {
    char *end;
    unsigned long long n = strtoull(text, &end, 10);
    if (*end || end == text || n > 100000000) {
        fprintf(stderr, "delay_server: '%s' is not a number to 100000000\n",
                text);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv) {
    Server s = { .keep = UINT64_C(4) << 20 };
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--delay") == 0) {
            s.delay_ns = read_number(argv[i + 1]) * 1000;
        } else if (i + 1 < argc && strcmp(argv[i], "--keep") == 0) {
            s.keep = read_number(argv[i + 1]);
        } else {
            fprintf(stderr, "usage: delay_server [--delay MICROSECONDS] "
                            "[--keep SAMPLES]\n");
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    open_server(&s);
    serve(&s);
    return 0;
}
