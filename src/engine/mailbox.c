/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/mailbox.h"

bool mailbox_put(Mailbox *m, const Order *o) {
    size_t head = atomic_load_explicit(&m->head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&m->tail, memory_order_acquire);
    if (head - tail == MAILBOX_ORDERS)
        return false;
    m->order[head % MAILBOX_ORDERS] = *o;
    atomic_store_explicit(&m->head, head + 1, memory_order_release);
    return true;
}

const Order *mailbox_peek(Mailbox *m) {
    size_t tail = atomic_load_explicit(&m->tail, memory_order_relaxed);
    size_t head = atomic_load_explicit(&m->head, memory_order_acquire);
    return head == tail ? NULL : &m->order[tail % MAILBOX_ORDERS];
}

void mailbox_done(Mailbox *m) {
    size_t tail = atomic_load_explicit(&m->tail, memory_order_relaxed);
    atomic_store_explicit(&m->tail, tail + 1, memory_order_release);
}
