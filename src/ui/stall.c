/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* Some room in a pipe is no reader: not at every frame. */
#define AGAIN_NS NS_PER_S

/* A handler has no other way to know. */
static struct {
    bool is_open;
    int terminal, nowhere;
    timer_t timer;
    struct sigaction before;
    volatile sig_atomic_t is_stalled;
    uint64_t looked_ns;
} stall;

/* The write comes back, interrupted, and goes on to nowhere. */
static void on_alarm(int number) {
    int saved = errno;
    (void)number;
    if (dup2(stall.nowhere, STDOUT_FILENO) >= 0)
        stall.is_stalled = 1;
    errno = saved;
}

static void set_timer(long ms) {
    struct itimerspec t = { .it_value = { ms / 1000, ms % 1000 * 1000000 },
                            .it_interval = { 0, ms * 1000000 } };
    timer_settime(stall.timer, 0, &t, NULL);
}

void stall_open(void) {
    struct sigevent to_us = { .sigev_notify = SIGEV_THREAD_ID,
                              .sigev_signo = SIGALRM };
    struct sigaction act = { .sa_handler = on_alarm }; /* no SA_RESTART */
    to_us._sigev_un._tid = gettid();
    stall.terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    stall.nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    stall.is_stalled = 0;
    stall.looked_ns = 0;
    stall.is_open = stall.terminal >= 0 && stall.nowhere >= 0 &&
                    timer_create(CLOCK_MONOTONIC, &to_us, &stall.timer) == 0;
    if (stall.is_open) {
        sigaction(SIGALRM, &act, &stall.before);
        return;
    }
    close(stall.terminal);
    close(stall.nowhere);
}

bool stall_close(void) {
    if (!stall.is_open)
        return false;
    stall.is_open = false;
    timer_delete(stall.timer);
    sigaction(SIGALRM, &stall.before, NULL);
    if (stall.is_stalled)
        dup2(stall.terminal, STDOUT_FILENO);
    close(stall.terminal);
    close(stall.nowhere);
    return stall.is_stalled;
}

StallState stall_begin(void) {
    struct pollfd p = { .fd = stall.terminal, .events = POLLOUT };
    bool was_stalled = stall.is_stalled;
    if (!stall.is_open)
        return STALL_NONE;
    if (was_stalled) {
        uint64_t now_ns = clock_now();
        if (now_ns - stall.looked_ns < AGAIN_NS)
            return STALL_STILL;
        stall.looked_ns = now_ns;
        if (poll(&p, 1, 0) <= 0 || dup2(stall.terminal, STDOUT_FILENO) < 0)
            return STALL_STILL;
        stall.is_stalled = 0;
    }
    set_timer(STALL_MS);
    return was_stalled ? STALL_BACK : STALL_NONE;
}

void stall_end(void) {
    if (stall.is_open)
        set_timer(0);
}
