/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue.h: exchanges on one connection, in the order of their answers.
 * {0} is an empty one; an exchange stands in one queue at a time. */
#ifndef ONRUSH_HTTP_QUEUE_H
#define ONRUSH_HTTP_QUEUE_H

#include "http/exchange.h"

typedef struct Queue {
    Exchange *first, *last;
} Queue;

static inline void queue_add(Queue *q, Exchange *x) {
    x->behind = NULL;
    if (q->last)
        q->last->behind = x;
    else
        q->first = x;
    q->last = x;
}

/* The first, of a queue that is not empty. */
static inline Exchange *queue_take(Queue *q) {
    Exchange *x = q->first;
    q->first = x->behind;
    if (!q->first)
        q->last = NULL;
    return x;
}

/* Was it in there? */
static inline bool queue_remove(Queue *q, const Exchange *x) {
    Exchange *before = NULL;
    for (Exchange *at = q->first; at; before = at, at = at->behind) {
        if (at != x)
            continue;
        if (before)
            before->behind = at->behind;
        else
            q->first = at->behind;
        if (q->last == at)
            q->last = before;
        return true;
    }
    return false;
}

#endif
