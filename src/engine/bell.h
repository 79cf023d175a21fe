/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bell.h: tells others that an alert began to fire, or is quiet again, as the
 * alert asks for it: its webhook gets a POST of JSON, its command is started
 * (events.h).
 *
 * Webhooks are sent one after the other on libuv's thread pool, 5 s each, at
 * most BELL_WAITING_MAX wait: the load never does. What is refused, is
 * answered other than 2xx or finds no room is told in the log; of the URL only
 * its origin is. Once the run is over all that is still to be sent has another
 * BELL_TIMEOUT_S together. Main thread. */
#ifndef ONRUSH_ENGINE_BELL_H
#define ONRUSH_ENGINE_BELL_H

#include <stdatomic.h>
#include <uv.h>

#include "control/wheel.h"
#include "engine/events.h"
#include "stats/alert.h"

#define BELL_WAITING_MAX 32
#define BELL_TIMEOUT_S 5

typedef struct Bell Bell;

/* run: its name. All is borrowed until bell_close; is_urgent (may be NULL)
 * until the loop has ended: then nobody is told any more, and what is under
 * way is given up within a second or so. */
Bell *bell_new(uv_loop_t *loop, const char *run, Wheel *w, Events *e,
               const atomic_bool *is_urgent);
/* What is logged from now on happened then. */
void bell_advance(Bell *b, uint64_t run_ns);
void bell_ring(Bell *b, const AlertChange *c);
/* The wheel and events may go; what waits is sent while the loop goes on and
 * there is time, and the memory goes then. NULL is fine. */
void bell_close(Bell *b);

/* Appends the webhook's body. Pure. */
void bell_print(const AlertChange *c, const char *run, Text *to);

#endif
