/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From nothing to ten thousand VUs at once, against a listener that does not
 * accept until it is told to. It is a process of its own: both sides of ten
 * thousand connections would not fit into one. */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine_run.h"

#define VUS_MOST 10000
/* connects_at_once */
#define AT_ONCE 100
/* What a backlog of 0 takes all the same, with room. */
#define BACKLOG_TAKES 8
#define PATIENCE_NS (90 * NS_PER_S)

/* --- the listener ------------------------------------------------------- */

typedef struct Listener {
    int port, gate; /* a byte into the gate opens it */
    pid_t pid;
} Listener;

/* Accepts until it is ended, with its maker at the latest; answers nothing. */
_Noreturn static void listen_there(int fd, int gate) {
    char byte;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (read(gate, &byte, 1) != 1 || listen(fd, 4096) < 0)
        _exit(1);
    for (;;)
        if (accept(fd, NULL, NULL) < 0 && errno != EINTR &&
            errno != ECONNABORTED)
            _exit(1);
}

static Listener listener_start(void) {
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof at;
    int ends[2], fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    assert_int_equal(pipe(ends), 0);
    Listener l = { ntohs(at.sin_port), ends[1], fork() };
    assert_true(l.pid >= 0);
    if (l.pid == 0) {
        close(ends[1]);
        listen_there(fd, ends[0]);
    }
    close(ends[0]);
    close(fd);
    return l;
}

static void listener_stop(Listener *l) {
    close(l->gate);
    kill(l->pid, SIGKILL);
    waitpid(l->pid, NULL, 0);
}

/* --- the rush ----------------------------------------------------------- */

typedef struct Rush {
    Engine *engine;
    Listener listener;
    uint64_t vus, began_ns;
    uint64_t shut_sockets;            /* the most while nobody accepted */
    uint64_t sockets, active, flying; /* the most afterwards */
    uint64_t interrupted;
    bool is_open, is_over;
} Rush;

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

static void say(Rush *r, const char *command) {
    Text answer = { 0 };
    Err err;
    if (source_command(engine_source(r->engine), command, &answer, &err) < 0)
        fail_msg("%s: %s", command, err.text);
    text_close(&answer);
}

/* Health looks once a second: two looks see those who wait. */
static void watch(Rush *r, const Snapshot *s) {
    const Health *h = &s->health;
    if (!r->is_open) {
        r->shut_sockets = larger(r->shut_sockets, h->sockets);
        r->is_open = s->now_ns > 2500 * NS_PER_MS && s->active == r->vus;
        if (r->is_open && write(r->listener.gate, "!", 1) != 1)
            fail_msg("the listener is gone");
        return;
    }
    r->sockets = larger(r->sockets, h->sockets);
    r->active = larger(r->active, s->active);
    r->flying = larger(r->flying, s->in_flight);
    bool all = h->sockets == r->vus;
    if (!r->is_over && (all || clock_now() > r->began_ns + PATIENCE_NS)) {
        r->is_over = true;
        say(r, "stop");
    }
}

static void on_tick(void *data) {
    Rush *r = data;
    const Snapshot *s = source_snapshot(engine_source(r->engine));
    if (s->state != RUN_DONE) {
        watch(r, s);
        return;
    }
    r->interrupted = s->totals->interrupted;
    assert_int_equal(s->health.lost, 0);
    engine_close(r->engine, NULL, NULL);
}

static void run_rush(Rush *r) {
    Err err;
    Diags d;
    Profile p;
    uv_loop_t loop;
    ProfileOptions none = { 0 };
    Text text = { 0 };
    text_addf(&text,
              "[target]\nurl = http://127.0.0.1:%d\ntimeout = 200s\n"
              "[stages]\nrush = 300s at %llu\n[request a]\nGET = /\n",
              r->listener.port, (unsigned long long)r->vus);
    diags_init(&d, "test");
    if (profile_read_text(&p, text.bytes, text.length, "t.ini", &none, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    uv_loop_init(&loop);
    EngineOptions o = { .workers = 1, .seed = 1, .on_tick = on_tick,
                        .data = r };
    r->engine = engine_new(&loop, &p, &o, &err);
    r->began_ns = clock_now();
    if (!r->engine || engine_start(r->engine, &err) < 0)
        fail_msg("%s", err.text);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    profile_close(&p);
    diags_close(&d);
    text_close(&text);
}

static void ten_thousand_do_not_knock_at_once(void **state) {
    (void)state;
    struct rlimit r;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
    r.rlim_cur = r.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
    Rush rush = { .vus = VUS_MOST };
    if (r.rlim_cur < VUS_MOST + 200)
        rush.vus = r.rlim_cur - 200;
    assert_true(rush.vus > 4 * AT_ONCE);
    rush.listener = listener_start();
    run_rush(&rush);
    listener_stop(&rush.listener);
    assert_true(rush.shut_sockets >= AT_ONCE);
    assert_true(rush.shut_sockets <= AT_ONCE + BACKLOG_TAKES);
    assert_int_equal(rush.sockets, rush.vus);
    assert_int_equal(rush.active, rush.vus);
    assert_int_equal(rush.flying, rush.vus);
    assert_int_equal(rush.interrupted, rush.vus);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_do_not_knock_at_once),
    };
    return cmocka_run_group_tests(tests, engine_run_setup, engine_run_teardown);
}
