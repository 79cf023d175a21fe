/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A target whose times are known, for the trust tests: what needs speed or
 * precision. One thread, epoll, loopback only.
 *
 *   bad_server [--delay MS | --delay-by LAW MS] [--stall MS PERIOD_MS]
 *              [--close-after N] [--close-share N] [--stamps N]
 *
 * It prints its port, then obeys a line at a time:
 *   refuse MS | hang-up MS | stall MS | backlog MS
 *                        that outage, now; connections that are open go,
 *                        but in a stall
 *   leave MS             as refuse, but in order: what was sent is heard and
 *                        counted, and no more of it answered
 *   counts               prints one line of JSON; bins are requests in each
 *                        tenth of a second from start_ns, the first request
 *   stamps FILE          writes the arrivals, nanoseconds of the monotonic
 *                        clock, native 64 bits each, in order
 *   held FILE            writes how long each request that was answered was
 *                        held, in the same way
 *   came FILE, went FILE when connections were taken, and when closed by the
 *                        other end; in the same way
 * and ends when its input does. --close-after: each connection, after that
 * many answers, without a word of it in their heads; --close-share: only one
 * of so many. --stamps: how many of each of these are kept. --stall: nothing is read or answered in the first MS of each period,
 * counted from the first request. --delay-by: each request is held for a time
 * drawn by that law, of the mean MS: exponential; uniform, from 0 to 2 MS;
 * bimodal, nine of ten for MS / 2, the tenth for 5.5 MS. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MS UINT64_C(1000000)
#define BIN_NS (100 * MS)
#define BINS 6000
#define HEAD_MAX 4096
#define DESCRIPTORS_MAX 65536
#define LISTENER 0xfffffffeu
#define COMMANDS 0xfffffffdu
#define TIMER 0xfffffffcu

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

typedef struct Conn {
    bool is_open, is_shut; /* shut: our end was said, theirs is awaited */
    bool stays;            /* whatever close_after says */
    uint32_t life;         /* tells a later connection of that descriptor */
    unsigned answers;
    size_t used; /* of head; its last bytes, to find the empty line */
    char head[HEAD_MAX];
} Conn;

typedef struct Owed {
    uint64_t due_ns, came_ns;
    int fd;
    uint32_t life;
} Owed;

static struct {
    int epoll, listener, timer, port;
    enum { CONSTANT, EXPONENTIAL, UNIFORM, BIMODAL } law;
    uint64_t delay_ns, stall_ns, period_ns, start_ns;
    uint64_t mute_until_ns, outage_began_ns, outage_ended_ns;
    unsigned close_after, close_share;
    enum { UP, REFUSING, HANGING_UP, BACKLOGGED, STALLED, LEFT } state;
    uint64_t requests, answers, connections, tries;
    uint64_t held_min_ns, held_max_ns, held_sum_ns;
    uint32_t bins[BINS];
    struct Times {
        uint64_t *at;
        size_t count;
    } stamps, held, came, went;
    size_t stamp_max;
    Owed *owed; /* a heap: the one that is due first is the first */
    size_t owed_count;
} s;

static Conn *conns[DESCRIPTORS_MAX];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "bad_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void add(int fd, uint32_t id) {
    struct epoll_event e = { .events = EPOLLIN, .data.u64 = id };
    if (epoll_ctl(s.epoll, EPOLL_CTL_ADD, fd, &e) < 0 && errno != EPERM)
        fail("epoll_ctl");
}

static void hear(int backlog) {
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_port = htons((uint16_t)s.port) };
    socklen_t length = sizeof a;
    int one = 1;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s.listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(s.listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s.listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(s.listener, backlog) < 0 ||
        getsockname(s.listener, (struct sockaddr *)&a, &length) < 0)
        fail("listen");
    s.port = ntohs(a.sin_port);
    add(s.listener, LISTENER);
}

/* --- connections -------------------------------------------------------- */

static void note(struct Times *t, uint64_t ns) {
    if (t->count < s.stamp_max)
        t->at[t->count++] = ns;
}

static void drop(int fd) {
    conns[fd]->is_open = false;
    conns[fd]->life++;
    close(fd);
}

static void accept_all(void) {
    int fd, one = 1;
    while ((fd = accept4(s.listener, NULL, NULL,
                         SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        s.tries++;
        if (s.state == HANGING_UP || fd >= DESCRIPTORS_MAX) {
            close(fd);
            continue;
        }
        s.connections++;
        note(&s.came, now());
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (!conns[fd] && !(conns[fd] = calloc(1, sizeof **conns)))
            fail("memory");
        conns[fd]->is_open = true;
        conns[fd]->is_shut = false;
        conns[fd]->stays = s.close_share && s.connections % s.close_share;
        conns[fd]->answers = 0;
        conns[fd]->used = 0;
        add(fd, (uint32_t)fd);
    }
}

static void arm(uint64_t due_ns) {
    struct itimerspec t = { .it_value = { (time_t)(due_ns / (1000 * MS)),
                                          (long)(due_ns % (1000 * MS)) } };
    timerfd_settime(s.timer, TFD_TIMER_ABSTIME, &t, NULL);
}

static void give_answer(int fd, uint64_t came_ns, uint64_t now_ns) {
    Conn *c = conns[fd];
    uint64_t held = now_ns - came_ns;
    if (c->is_shut)
        return;
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) {
        drop(fd);
        return;
    }
    s.answers++;
    s.held_sum_ns += held;
    if (s.answers == 1 || held < s.held_min_ns)
        s.held_min_ns = held;
    if (held > s.held_max_ns)
        s.held_max_ns = held;
    note(&s.held, held);
    if (++c->answers == s.close_after && !c->stays) {
        shutdown(fd, SHUT_WR);
        c->is_shut = true;
    }
}

/* --- delays ------------------------------------------------------------- */

/* Even in (0, 1), the same in each run (xorshift64*). */
static double draw(void) {
    static uint64_t x = UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return ((double)(x * UINT64_C(0x2545f4914f6cdd1d) >> 11) + 0.5) * 0x1p-53;
}

static uint64_t delay(void) {
    double mean = (double)s.delay_ns;
    switch (s.law) {
    case EXPONENTIAL:
        return (uint64_t)(-mean * log(draw()));
    case UNIFORM:
        return (uint64_t)(2 * mean * draw());
    case BIMODAL:
        return (uint64_t)(mean * (draw() < 0.9 ? 0.5 : 5.5));
    case CONSTANT:
        break;
    }
    return s.delay_ns;
}

static void owe(Owed o) {
    size_t i = s.owed_count++;
    if (s.owed_count == DESCRIPTORS_MAX)
        fail("requests");
    for (; i && s.owed[(i - 1) / 2].due_ns > o.due_ns; i = (i - 1) / 2)
        s.owed[i] = s.owed[(i - 1) / 2];
    s.owed[i] = o;
    if (i == 0)
        arm(o.due_ns);
}

static Owed take_owed(void) {
    Owed first = s.owed[0], last = s.owed[--s.owed_count];
    size_t i = 0, k;
    while ((k = 2 * i + 1) < s.owed_count) {
        k += k + 1 < s.owed_count && s.owed[k + 1].due_ns < s.owed[k].due_ns;
        if (s.owed[k].due_ns >= last.due_ns)
            break;
        s.owed[i] = s.owed[k];
        i = k;
    }
    s.owed[i] = last;
    return first;
}

static void took_request(int fd, uint64_t now_ns) {
    s.requests++;
    if (!s.start_ns)
        s.start_ns = now_ns;
    uint64_t bin = (now_ns - s.start_ns) / BIN_NS;
    if (bin < BINS)
        s.bins[bin]++;
    note(&s.stamps, now_ns);
    if (s.delay_ns)
        owe((Owed){ now_ns + delay(), now_ns, fd, conns[fd]->life });
    else
        give_answer(fd, now_ns, now());
}

static void pay(void) {
    while (s.owed_count) {
        uint64_t now_ns = now();
        if (s.owed[0].due_ns > now_ns) {
            arm(s.owed[0].due_ns);
            return;
        }
        Owed o = take_owed();
        if (conns[o.fd]->is_open && conns[o.fd]->life == o.life)
            give_answer(o.fd, o.came_ns, now_ns);
    }
}

/* Requests have no body here: the empty line ends them. */
static void hear_from(int fd, uint64_t now_ns) {
    Conn *c = conns[fd];
    while (c->is_open) {
        ssize_t n = recv(fd, c->head + c->used, HEAD_MAX - c->used, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            note(&s.went, now_ns);
            drop(fd);
            return;
        }
        c->used += (size_t)n;
        char *end;
        while (c->is_open &&
               (end = memmem(c->head, c->used, "\r\n\r\n", 4))) {
            c->used -= (size_t)(end + 4 - c->head);
            memmove(c->head, end + 4, c->used);
            took_request(fd, now_ns);
        }
        if (c->used == HEAD_MAX)
            drop(fd);
    }
}

/* --- outages ------------------------------------------------------------ */

static void close_listener(void) {
    close(s.listener);
    s.listener = -1;
}

static void drop_all(void) {
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        if (conns[fd] && conns[fd]->is_open)
            drop(fd);
}

/* A connection that nobody has taken yet would be reset with what it sent:
 * no more are made, those that wait are taken, and all hear of the end. */
static void leave(void) {
    struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
    struct sock_fprog program = { 1, nothing };
    if (setsockopt(s.listener, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                   sizeof program) < 0)
        fail("filter");
    accept_all();
    close_listener();
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
        if (conns[fd] && conns[fd]->is_open && !conns[fd]->is_shut) {
            shutdown(fd, SHUT_WR);
            conns[fd]->is_shut = true;
        }
}

static void begin_outage(const char *kind, uint64_t length_ns) {
    s.outage_began_ns = now();
    s.mute_until_ns = s.outage_began_ns + length_ns;
    s.state = *kind == 'r'   ? REFUSING
              : *kind == 'h' ? HANGING_UP
              : *kind == 'b' ? BACKLOGGED
              : *kind == 'l' ? LEFT
                             : STALLED;
    if (s.state == STALLED)
        return;
    if (s.state == LEFT) {
        leave();
        return;
    }
    drop_all();
    if (s.state == HANGING_UP)
        return;
    close_listener();
    if (s.state == BACKLOGGED) {
        hear(0);
        epoll_ctl(s.epoll, EPOLL_CTL_DEL, s.listener, NULL);
    }
}

static void end_outage(uint64_t now_ns) {
    s.outage_ended_ns = now_ns;
    if (s.state == REFUSING || s.state == LEFT) {
        hear(4096);
    } else if (s.state == BACKLOGGED) {
        listen(s.listener, 4096);
        add(s.listener, LISTENER);
    }
    s.state = UP;
}

/* Until when nobody is heard; 0: now they are. */
static uint64_t stalled_until(uint64_t now_ns) {
    if (s.state == STALLED)
        return s.mute_until_ns;
    if (!s.period_ns || !s.start_ns)
        return 0;
    uint64_t into = (now_ns - s.start_ns) % s.period_ns;
    return into < s.stall_ns ? now_ns - into + s.stall_ns : 0;
}

/* --- commands ----------------------------------------------------------- */

static void print_counts(void) {
    uint64_t from = s.start_ns ? s.start_ns : now();
    uint64_t last = 0;
    for (uint64_t i = 0; i < BINS; i++)
        last = s.bins[i] ? i : last;
    printf("{\"requests\": %" PRIu64 ", \"answers\": %" PRIu64
           ", \"connections\": %" PRIu64 ", \"tries\": %" PRIu64
           ", \"held_min_ns\": %" PRIu64 ", \"held_max_ns\": %" PRIu64
           ", \"held_mean_ns\": %" PRIu64 ", \"start_ns\": %" PRIu64
           ", \"outage_ms\": [%" PRIu64 ", %" PRIu64 "], \"bins\": [",
           s.requests, s.answers, s.connections, s.tries, s.held_min_ns,
           s.held_max_ns, s.answers ? s.held_sum_ns / s.answers : 0, from,
           s.outage_began_ns > from ? (s.outage_began_ns - from) / MS : 0,
           s.outage_ended_ns > from ? (s.outage_ended_ns - from) / MS : 0);
    for (uint64_t i = 0; i <= last; i++)
        printf("%s%" PRIu32, i ? ", " : "", s.bins[i]);
    printf("]}\n");
}

static void write_times(const char *file, const struct Times *t) {
    FILE *f = fopen(file, "wb");
    bool ok = f && fwrite(t->at, sizeof *t->at, t->count, f) == t->count;
    if (!f || fclose(f) != 0 || !ok)
        fail(file);
    printf("written\n");
}

static void obey(void) {
    static char text[1024];
    static size_t used;
    ssize_t n = read(STDIN_FILENO, text + used, sizeof text - 1 - used);
    if (n <= 0)
        exit(0);
    used += (size_t)n;
    char *end;
    while ((end = memchr(text, '\n', used))) {
        char word[16] = "", rest[512] = "";
        *end = '\0';
        sscanf(text, "%15s %511s", word, rest);
        if (strcmp(word, "counts") == 0)
            print_counts();
        else if (strcmp(word, "stamps") == 0)
            write_times(rest, &s.stamps);
        else if (strcmp(word, "held") == 0)
            write_times(rest, &s.held);
        else if (strcmp(word, "came") == 0)
            write_times(rest, &s.came);
        else if (strcmp(word, "went") == 0)
            write_times(rest, &s.went);
        else if (*word)
            begin_outage(word, strtoull(rest, NULL, 10) * MS);
        fflush(stdout);
        used -= (size_t)(end + 1 - text);
        memmove(text, end + 1, used);
    }
}

/* --- the loop ----------------------------------------------------------- */

static void wait_until(uint64_t until_ns) {
    struct timespec t = { (time_t)(until_ns / (1000 * MS)),
                          (long)(until_ns % (1000 * MS)) };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        continue;
}

static void turn(void) {
    struct epoll_event events[256];
    int wait_ms = s.state == UP ? -1 : 1;
    int n = epoll_wait(s.epoll, events, 256, wait_ms);
    for (int i = 0; i < n; i++) {
        uint32_t id = (uint32_t)events[i].data.u64;
        uint64_t now_ns = now(), until_ns = stalled_until(now_ns);
        if (until_ns) {
            wait_until(until_ns);
            now_ns = now();
        }
        if (id == COMMANDS)
            obey();
        else if (id == TIMER && read(s.timer, &until_ns, 8) == 8)
            pay();
        else if (id == LISTENER && s.listener >= 0)
            accept_all();
        else if (id < DESCRIPTORS_MAX && conns[id]->is_open)
            hear_from((int)id, now_ns);
    }
    if (s.state != UP && now() >= s.mute_until_ns)
        end_outage(now());
}

static uint64_t number(char **argv, int argc, int i) {
    if (i >= argc || !*argv[i] || argv[i][strspn(argv[i], "0123456789")]) {
        fprintf(stderr, "bad_server: a number is missing\n");
        exit(2);
    }
    return strtoull(argv[i], NULL, 10);
}

static void read_law(const char *word) {
    s.law = !word                             ? CONSTANT
            : strcmp(word, "exponential") == 0 ? EXPONENTIAL
            : strcmp(word, "uniform") == 0     ? UNIFORM
            : strcmp(word, "bimodal") == 0     ? BIMODAL
                                               : CONSTANT;
    if (s.law == CONSTANT) {
        fprintf(stderr, "bad_server: exponential, uniform or bimodal\n");
        exit(2);
    }
}

static void read_options(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        const char *o = argv[i];
        if (strcmp(o, "--delay") == 0) {
            s.delay_ns = number(argv, argc, ++i) * MS;
        } else if (strcmp(o, "--delay-by") == 0) {
            read_law(argv[++i]);
            s.delay_ns = number(argv, argc, ++i) * MS;
        } else if (strcmp(o, "--stall") == 0) {
            s.stall_ns = number(argv, argc, ++i) * MS;
            s.period_ns = number(argv, argc, ++i) * MS;
        } else if (strcmp(o, "--close-after") == 0) {
            s.close_after = (unsigned)number(argv, argc, ++i);
        } else if (strcmp(o, "--close-share") == 0) {
            s.close_share = (unsigned)number(argv, argc, ++i);
        } else if (strcmp(o, "--stamps") == 0) {
            s.stamp_max = number(argv, argc, ++i);
        } else {
            fprintf(stderr, "bad_server: there is no option %s\n", o);
            exit(2);
        }
    }
}

int main(int argc, char **argv) {
    struct rlimit r;
    read_options(argc, argv);
    if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
        r.rlim_cur = r.rlim_max;
        setrlimit(RLIMIT_NOFILE, &r);
    }
    s.owed = calloc(DESCRIPTORS_MAX, sizeof *s.owed);
    struct Times *all[] = { &s.stamps, &s.held, &s.came, &s.went };
    for (int i = 0; i < 4; i++)
        if (!(all[i]->at = calloc(s.stamp_max + 1, sizeof *all[i]->at)))
            fail("start");
    s.epoll = epoll_create1(EPOLL_CLOEXEC);
    s.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (!s.owed || s.epoll < 0 || s.timer < 0)
        fail("start");
    add(s.timer, TIMER);
    add(STDIN_FILENO, COMMANDS);
    hear(4096);
    printf("%d\n", s.port);
    fflush(stdout);
    for (;;)
        turn();
}
