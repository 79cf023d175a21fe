/* SPDX-License-Identifier: GPL-3.0-or-later */
/* due_timer.h: a timer that keeps an absolute deadline to some microseconds.
 * libuv's timers count whole milliseconds; this is a timerfd on the loop's
 * poll set. One thread. */
#ifndef ONRUSH_ENGINE_DUE_TIMER_H
#define ONRUSH_ENGINE_DUE_TIMER_H

#include <stdint.h>
#include <uv.h>

#include "base/err.h"

#define DUE_NEVER UINT64_MAX

typedef struct DueTimer {
    uv_poll_t poll;
    int fd;
    uint64_t due_ns; /* DUE_NEVER: off */
    void (*fired)(void *data);
    void *data;
} DueTimer;

int due_timer_init(DueTimer *t, uv_loop_t *loop, void (*fired)(void *data),
                   void *data, Err *err);
/* Fires at due_ns of clock_now, from the loop, and again in each turn until
 * it is set anew; one in the past at once. A system call only when the
 * deadline changes. */
void due_timer_set(DueTimer *t, uint64_t due_ns);
/* The memory may go when the loop has closed it. */
void due_timer_close(DueTimer *t);

#endif
