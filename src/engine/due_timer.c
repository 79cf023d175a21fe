/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/due_timer.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

static void on_poll(uv_poll_t *poll, int status, int events) {
    DueTimer *t = poll->data;
    (void)status;
    (void)events;
    t->fired(t->data);
}

int due_timer_init(DueTimer *t, uv_loop_t *loop, void (*fired)(void *data),
                   void *data, Err *err) {
    *t = (DueTimer){ .fired = fired, .data = data, .due_ns = DUE_NEVER };
    t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (t->fd < 0)
        return err_set(err, "a timer of its own: %s", strerror(errno));
    int rc = uv_poll_init(loop, &t->poll, t->fd);
    if (rc < 0) {
        close(t->fd);
        return err_set(err, "a timer of its own: %s", uv_strerror(rc));
    }
    t->poll.data = t;
    uv_poll_start(&t->poll, UV_READABLE, on_poll);
    uv_unref((uv_handle_t *)&t->poll);
    return 0;
}

void due_timer_set(DueTimer *t, uint64_t due_ns) {
    if (due_ns == t->due_ns)
        return;
    t->due_ns = due_ns;
    /* This also makes it unreadable: it is never read. */
    struct itimerspec when = { 0 };
    if (due_ns != DUE_NEVER) {
        uint64_t at = due_ns ? due_ns : 1; /* 0 would turn it off */
        when.it_value.tv_sec = (time_t)(at / NS_PER_S);
        when.it_value.tv_nsec = (long)(at % NS_PER_S);
    }
    timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void due_timer_close(DueTimer *t) {
    uv_close((uv_handle_t *)&t->poll, NULL);
    close(t->fd);
}
