/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox.h: orders from the main thread to one worker. A bounded ring for
 * one producer and one consumer; the worker drains it whole whenever it is
 * woken, because wake-ups coalesce. */
#ifndef ONRUSH_ENGINE_MAILBOX_H
#define ONRUSH_ENGINE_MAILBOX_H

#include <stdatomic.h>

#include "engine/course.h"

/* Several changes for each of a few dozen scenarios. */
#define MAILBOX_ORDERS 128

/* To one crew. When all of a worker's have ended, it closes. */
typedef enum OrderKind {
    ORDER_COURSE, /* follow this course from now on; it ends a pause */
    ORDER_PAUSE,  /* start nothing; what is under way may end */
    ORDER_FINISH, /* start nothing more; end within the grace */
    ORDER_STOP,   /* drop everything */
} OrderKind;

typedef struct Order {
    OrderKind kind;
    uint32_t scenario; /* whose crew */
    Course course;
} Order;

typedef struct Mailbox {
    Order order[MAILBOX_ORDERS];
    _Atomic size_t head, tail; /* next to write, next to read */
} Mailbox;

/* Main thread. false: full, try again at the next tick. */
bool mailbox_put(Mailbox *m, const Order *o);
/* Worker. NULL when empty; the order stays valid until mailbox_done. */
const Order *mailbox_peek(Mailbox *m);
void mailbox_done(Mailbox *m);

#endif
