/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers that are late on purpose, over TCP on loopback. What is asserted
 * are inequalities between clock readings, however slow the machine. */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/stamps.h"

#define MS NS_PER_MS
#define TRIES 2000

typedef struct Pair {
    int here, there;
} Pair;

static Pair connect_pair(void) {
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof at;
    Pair p;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    getsockname(listener, (struct sockaddr *)&at, &length);
    p.here = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(p.here, (struct sockaddr *)&at, sizeof at), 0);
    p.there = accept(listener, NULL, NULL);
    assert_true(p.there >= 0);
    close(listener);
    return p;
}

static void part_pair(Pair *p) {
    close(p->here);
    close(p->there);
}

/* Sends some bytes and waits until they are there to be read. */
static void deliver(const Pair *p, const char *bytes) {
    struct pollfd in = { .fd = p->here, .events = POLLIN };
    size_t length = strlen(bytes);
    assert_int_equal(send(p->there, bytes, length, 0), (ssize_t)length);
    assert_int_equal(poll(&in, 1, 5000), 1);
}

/* The kernel begins to stamp somewhat after it was asked. */
static void await_stamps(const Pair *p) {
    Hist late = { 0 };
    char buffer[64];
    for (int i = 0; i < TRIES && !late.count; i++) {
        deliver(p, "?");
        assert_int_equal(stamps_recv(p->here, buffer, sizeof buffer, &late), 1);
        if (!late.count)
            poll(NULL, 0, 1);
    }
    assert_int_equal(late.count, 1);
    hist_close(&late);
}

static uint64_t wall_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void wait_until(uint64_t (*clock)(void), uint64_t when) {
    while (clock() < when)
        poll(NULL, 0, 1);
}

static void a_late_reader_is_told_how_late(void **state) {
    (void)state;
    Pair p = connect_pair();
    char buffer[64];
    assert_true(stamps_ask(p.here));
    await_stamps(&p);
    for (uint64_t i = 1; i <= 4; i++) {
        Hist late = { 0 };
        uint64_t before = wall_ns();
        deliver(&p, "hello");
        wait_until(wall_ns, wall_ns() + i * 10 * MS);
        assert_int_equal(stamps_recv(p.here, buffer, sizeof buffer, &late), 5);
        uint64_t most = wall_ns() - before;
        assert_memory_equal(buffer, "hello", 5);
        assert_int_equal(late.count, 1);
        assert_true(late.min >= i * 10 * MS);
        assert_true(late.max <= most);
        hist_close(&late);
    }
    part_pair(&p);
}

/* In pieces, to the end, with nothing there: as recv(2). */
static void it_reads_like_recv(void **state) {
    (void)state;
    Pair p = connect_pair();
    Hist late = { 0 };
    char buffer[64];
    assert_true(stamps_ask(p.here));
    deliver(&p, "hello");
    assert_int_equal(stamps_recv(p.here, buffer, 3, &late), 3);
    assert_int_equal(stamps_recv(p.here, buffer + 3, 60, &late), 2);
    assert_memory_equal(buffer, "hello", 5);
    struct timeval soon = { .tv_usec = 1000 };
    setsockopt(p.here, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    uint64_t count = late.count;
    assert_int_equal(stamps_recv(p.here, buffer, 64, &late), -1);
    assert_int_equal(errno, EAGAIN);
    shutdown(p.there, SHUT_WR);
    assert_int_equal(stamps_recv(p.here, buffer, 64, &late), 0);
    assert_int_equal(late.count, count);
    hist_close(&late);
    part_pair(&p);
}

/* A socket without stamps, or of another family: bytes, no figure. */
static void without_stamps_nothing_is_told(void **state) {
    (void)state;
    Pair p = connect_pair();
    Hist late = { 0 };
    char buffer[64];
    deliver(&p, "hello");
    assert_int_equal(stamps_recv(p.here, buffer, sizeof buffer, &late), 5);
    part_pair(&p);
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(send(fds[0], "hello", 5, 0), 5);
    stamps_ask(fds[1]);
    assert_int_equal(stamps_recv(fds[1], buffer, sizeof buffer, &late), 5);
    assert_int_equal(late.count, 0);
    close(fds[0]);
    close(fds[1]);
    assert_false(stamps_ask(-1));
}

static void a_step_of_the_clock_does_not_count(void **state) {
    (void)state;
    const int64_t s = (int64_t)NS_PER_S;
    assert_true(stamps_may_be(0));
    assert_true(stamps_may_be(20 * (int64_t)MS));
    assert_true(stamps_may_be(10 * s));
    assert_false(stamps_may_be(10 * s + 1));
    assert_false(stamps_may_be(3600 * s));
    assert_false(stamps_may_be(-1));
    assert_false(stamps_may_be(-3600 * s));
    assert_false(stamps_may_be(INT64_MIN));
}

static void a_kept_socket_switches_stamping_on(void **state) {
    (void)state;
    int keeper = stamps_keep();
    assert_true(keeper >= 0);
    int flags = 0;
    socklen_t length = sizeof flags;
    assert_int_equal(
        getsockopt(keeper, SOL_SOCKET, SO_TIMESTAMPING, &flags, &length), 0);
    assert_true(flags != 0);
    close(keeper);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_late_reader_is_told_how_late),
        cmocka_unit_test(it_reads_like_recv),
        cmocka_unit_test(without_stamps_nothing_is_told),
        cmocka_unit_test(a_step_of_the_clock_does_not_count),
        cmocka_unit_test(a_kept_socket_switches_stamping_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
