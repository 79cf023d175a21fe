/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test server when things break: its faults on purpose, clients that
 * leave, going down and coming back, crowds. */
#include "target_client.h"

#include <sys/resource.h>

static void faults_do_what_they_say(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t);
    ask(&c, "GET", "/size/2");
    ask(&c, "GET", "/fault/reset");
    Reply r = hear(&c); /* the answer before it is good */
    assert_int_equal(r.status, 200);
    forget(&r);
    assert_int_equal(listen_on(&c), -1);
    assert_int_equal(errno, ECONNRESET);
    hang_up(&c);

    c = dial(t);
    ask(&c, "GET", "/fault/truncate");
    while (listen_on(&c) > 0)
        ;
    assert_non_null(strstr(c.in.bytes, "Content-Length: 1000\r\n"));
    assert_int_equal(strspn(strstr(c.in.bytes, "\r\n\r\n") + 4, "x"), 500);
    hang_up(&c);

    c = dial(t);
    ask(&c, "HEAD", "/fault/truncate");
    while (listen_on(&c) > 0)
        ;
    assert_memory_equal(c.in.bytes, "HTTP/1.1 200", 12);
    assert_null(strstr(c.in.bytes, "\r\n\r\n"));
    hang_up(&c);

    c = dial(t);
    ask(&c, "GET", "/fault/garbage");
    while (listen_on(&c) > 0)
        ;
    assert_true(c.in.length > 4);
    assert_memory_not_equal(c.in.bytes, "HTTP", 4);
    hang_up(&c);

    c = dial(t);
    ask(&c, "GET", "/fault/escape");
    r = hear(&c);
    assert_int_equal(r.status, 500);
    assert_non_null(strchr(r.head.bytes, 0x1b));
    assert_non_null(strchr(r.body.bytes, 0x1b));
    forget(&r);
    expect(&c, "GET", "/size/1", 200);
    hang_up(&c);

    TargetCounts n = target_counts(t);
    assert_int_equal(n.received, 7);
    assert_int_equal(n.served, 2);
    assert_int_equal(n.reset, 1);
    assert_int_equal(n.truncated, 2);
    assert_int_equal(n.garbage, 1);
    assert_int_equal(n.escaped, 1);
    assert_balanced(&n);
    target_free(t);
}

static void a_hung_request_stays_silent(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t), other = dial(t);
    ask(&c, "GET", "/fault/hang");
    await_count(t, hung, 1);
    ask(&c, "GET", "/size/1"); /* never answered, but it did arrive */
    expect(&other, "GET", "/delay/20ms", 200);
    char byte;
    assert_int_equal(recv(c.fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    hang_up(&c);
    await_count(t, open, 1);
    await_count(t, aborted, 1);
    await_count(t, received, 3);
    hang_up(&other);
    target_free(t);
}

static void faults_happen_at_their_share(void **state) {
    (void)state;
    enum { COUNT = 400 };
    Target *t = serve_with("service=0s fault.reset=25% fault.truncate=25% "
                           "errors=25% seed=5");
    for (int i = 0; i < COUNT; i++) {
        Client c = dial(t);
        say(&c, "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        while (listen_on(&c) > 0)
            ;
        hang_up(&c);
    }
    await_count(t, open, 0);
    TargetCounts n = target_counts(t);
    assert_int_equal(n.received, COUNT);
    assert_balanced(&n);
    assert_int_equal(n.served + n.errors + n.reset + n.truncated, COUNT);
    assert_near((double)n.served, COUNT / 4, COUNT / 10);
    assert_near((double)n.errors, COUNT / 4, COUNT / 10);
    assert_near((double)n.reset, COUNT / 4, COUNT / 10);
    assert_near((double)n.truncated, COUNT / 4, COUNT / 10);
    target_free(t);
}

/* Clients that leave, in order or not, at every point of an exchange. */
static void clients_leave_at_any_moment(void **state) {
    (void)state;
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: t\r\n\r\nGET / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /delay/1h HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /fault/hang HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /size/50MiB HTTP/1.1\r\nHost: t\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabcdefghi",
        "GET /close HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /chunked/9999 HTTP/1.1\r\nHost: t\r\n\r\nGET / HTTP/1.1\r\n",
        "GET /fault/reset HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /fault/garbage HTTP/1.1\r\nHost: t\r\n\r\n",
    };
    Target *t = serve_with("capacity=3 queue=5 service=300us slowdown=0");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        for (size_t n = 0; n <= strlen(requests[i]); n++) {
            Client c = dial(t);
            say_bytes(&c, requests[i], n);
            if (n % 3 == 0)
                slam(&c);
            else if (n % 3 == 1)
                hang_up(&c);
            else { /* half closed, and then gone */
                shutdown(c.fd, SHUT_WR);
                slam(&c);
            }
        }
    Client c = dial(t); /* accepted last: behind it nobody is to come */
    expect(&c, "GET", "/size/1", 200);
    await_count(t, open, 1);
    await_count(t, in_service, 0);
    await_count(t, queued, 0);
    await_count(t, delayed, 0);
    expect(&c, "GET", "/", 200); /* and all places are free */
    hang_up(&c);
    target_free(t);
}

/* Everything that arrived counts, even if its sender has gone since. */
static void what_arrived_is_counted(void **state) {
    (void)state;
    Target *t = serve_with("capacity=1 service=1h");
    Client c = dial(t);
    for (int i = 0; i < 10; i++)
        ask(&c, "GET", i % 2 ? "/" : "/size/3");
    say(&c, "GET / HTTP/1.1\r\nHo"); /* not whole */
    shutdown(c.fd, SHUT_WR);
    await_count(t, received, 10);
    await_count(t, open, 0);
    TargetCounts n = target_counts(t);
    assert_int_equal(n.received, 10);
    assert_int_equal(n.served, 1);
    assert_int_equal(n.aborted, 9);
    hang_up(&c);
    target_free(t);
}

static void a_client_that_does_not_read(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client c = dial(t), other = dial(t);
    enum { COUNT = 1000 }; /* 16 MB: more than the two sockets hold */
    for (int i = 0; i < COUNT; i++)
        ask(&c, "GET", "/size/16KiB");
    ask(&c, "GET", "/size/1GiB");
    expect(&other, "GET", "/size/1", 200); /* nobody else has to wait */
    assert_true(target_counts(t).received < COUNT);
    for (int i = 0; i < COUNT; i++) {
        Reply r = hear(&c);
        assert_int_equal(r.body.length, 16384);
        forget(&r);
    }
    await_count(t, received, COUNT + 2);
    hang_up(&c);
    await_count(t, open, 1);
    hang_up(&other);
    target_free(t);
}

/* --- down and back ------------------------------------------------------ */

static int dial_until(int port, uint64_t until_ns) {
    int fd;
    do
        fd = try_dial(port);
    while (fd < 0 && errno == ECONNREFUSED && clock_now() < until_ns);
    return fd;
}

static void it_dies_and_returns(void **state) {
    (void)state;
    Target *t = serve_with("capacity=1 service=1h");
    int port = target_port(t);
    for (int round = 0; round < 3; round++) {
        Client served = dial(t), queued = dial(t), late = dial(t);
        ask(&served, "GET", "/");
        ask(&queued, "GET", "/");
        ask(&late, "GET", "/delay/1h");
        await_count(t, delayed, 1);
        await_count(t, queued, 1);
        uint64_t start = clock_now();
        target_down(t, 300 * NS_PER_MS);
        Client *all[] = { &served, &queued, &late };
        for (int i = 0; i < 3; i++) {
            assert_int_equal(listen_on(all[i]), -1);
            assert_int_equal(errno, ECONNRESET);
            hang_up(all[i]);
        }
        TargetCounts n = target_counts(t);
        assert_int_equal(n.open, 0);
        assert_int_equal(n.reset, 3 * (round + 1));
        assert_balanced(&n);
        Client again = { .fd = dial_until(port, start + 5 * NS_PER_S) };
        assert_true(again.fd >= 0);
        assert_true(clock_now() - start >= 300 * NS_PER_MS);
        expect(&again, "GET", "/size/1", 200);
        hang_up(&again);
    }
    target_free(t);
}

static void it_stays_down_when_told_again(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    int port = target_port(t);
    target_down(t, 3600 * NS_PER_S);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(try_dial(port), -1);
        assert_int_equal(errno, ECONNREFUSED);
    }
    target_down(t, 0);
    Client c = { .fd = dial_until(port, clock_now() + 5 * NS_PER_S) };
    assert_true(c.fd >= 0);
    expect(&c, "GET", "/", 200);
    hang_up(&c);
    target_down(t, 3600 * NS_PER_S); /* and ends while it is down */
    target_free(t);
}

static void down_over_http(void **state) {
    (void)state;
    Target *t = serve_with("service=0s");
    Client asker = dial(t), other = dial(t);
    expect(&other, "GET", "/", 200);
    uint64_t start = clock_now();
    post(&asker, "/_target/down", " 200ms\n");
    Reply r = hear(&asker); /* it learns that it was heard */
    assert_int_equal(r.status, 200);
    forget(&r);
    expect_end(&asker);
    assert_int_equal(listen_on(&other), -1);
    assert_int_equal(errno, ECONNRESET);
    hang_up(&asker);
    hang_up(&other);
    int fd = dial_until(target_port(t), start + 5 * NS_PER_S);
    assert_true(fd >= 0);
    assert_true(clock_now() - start >= 200 * NS_PER_MS);
    close(fd);
    target_free(t);
}

/* --- opening, ending ---------------------------------------------------- */

static void only_this_machine_is_served(void **state) {
    (void)state;
    static const struct {
        const char *address, *says;
    } bad[] = {
        { "0.0.0.0", "this machine only" },
        { "10.1.2.3", "this machine only" },
        { "::", "this machine only" },
        { "128.0.0.1", "machine only" },
        { "example.org", "not an address" },
        { "", "not an address" },
    };
    TargetSettings s = target_settings_default();
    Err err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(target_new(bad[i].address, 0, &s, &err));
        if (!strstr(err.text, bad[i].says))
            fail_msg("'%s' says '%s'", bad[i].address, err.text);
    }
    assert_null(target_new(NULL, 65536, &s, &err));
    Target *t = target_new("localhost", 0, &s, &err);
    assert_non_null(t);
    assert_memory_equal(target_url(t), "http://127.0.0.1:", 17);
    assert_null(target_new(NULL, target_port(t), &s, &err));
    assert_non_null(strstr(err.text, "in use"));
    target_free(t); /* never started */
    target_free(NULL);
}

static void it_speaks_ipv6(void **state) {
    (void)state;
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 at = { .sin6_family = AF_INET6,
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
        close(fd); /* a machine without IPv6 */
        return;
    }
    close(fd);
    Target *t = serve_on("::1", "service=0s");
    assert_memory_equal(target_url(t), "http://[::1]:", 13);
    Client c = { .fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    at.sin6_port = htons((uint16_t)target_port(t));
    assert_int_equal(connect(c.fd, (struct sockaddr *)&at, sizeof at), 0);
    expect(&c, "GET", "/", 200);
    hang_up(&c);
    target_free(t);
}

static void settings_before_the_start(void **state) {
    (void)state;
    TargetSettings s = target_settings_default();
    Err err;
    Target *t = target_new(NULL, 0, &s, &err);
    assert_non_null(t);
    assert_int_equal(target_set(t, "capacity=5", &err), 0);
    assert_int_equal(target_settings(t).capacity, 5);
    Client c = dial(t); /* waits in the backlog */
    ask(&c, "GET", "/size/1");
    assert_int_equal(target_counts(t).received, 0);
    assert_int_equal(target_start(t, &err), 0);
    Reply r = hear(&c);
    assert_int_equal(r.status, 200);
    forget(&r);
    hang_up(&c);
    target_free(t);
}

static void it_ends_under_load(void **state) {
    (void)state;
    static const char *const paths[] = { "/", "/delay/1h", "/fault/hang",
                                         "/size/1GiB", "/close" };
    Target *t = serve_with("capacity=2 service=1h");
    Client c[50];
    for (int i = 0; i < 50; i++) {
        c[i] = dial(t);
        ask(&c[i], "GET", paths[i % 5]);
    }
    await_count(t, received, 50);
    target_free(t);
    for (int i = 0; i < 50; i++) {
        while (listen_on(&c[i]) > 0)
            text_clear(&c[i].in);
        hang_up(&c[i]);
    }
}

static void a_crowd_is_served(void **state) {
    (void)state;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    size_t count = 10000; /* both ends are in this process */
    if (limit.rlim_max < 2 * count + 100)
        count = (size_t)limit.rlim_max / 2 - 50;
    Target *t = serve_with("capacity=100 queue=20k service=1us");
    Client *c = calloc(count, sizeof *c);
    for (size_t i = 0; i < count; i++) {
        c[i] = dial(t);
        ask(&c[i], "GET", "/");
    }
    for (size_t i = 0; i < count; i++) {
        Reply r = hear(&c[i]);
        assert_int_equal(r.status, 200);
        forget(&r);
    }
    TargetCounts n = target_counts(t);
    assert_int_equal(n.open, count);
    assert_int_equal(n.served, count);
    for (size_t i = 0; i < count; i++)
        slam(&c[i]); /* leaves no TIME_WAIT behind */
    await_count(t, open, 0);
    free(c);
    target_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_do_what_they_say),
        cmocka_unit_test(a_hung_request_stays_silent),
        cmocka_unit_test(faults_happen_at_their_share),
        cmocka_unit_test(clients_leave_at_any_moment),
        cmocka_unit_test(what_arrived_is_counted),
        cmocka_unit_test(a_client_that_does_not_read),
        cmocka_unit_test(it_dies_and_returns),
        cmocka_unit_test(it_stays_down_when_told_again),
        cmocka_unit_test(down_over_http),
        cmocka_unit_test(only_this_machine_is_served),
        cmocka_unit_test(it_speaks_ipv6),
        cmocka_unit_test(settings_before_the_start),
        cmocka_unit_test(it_ends_under_load),
        cmocka_unit_test(a_crowd_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
