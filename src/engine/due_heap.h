/* SPDX-License-Identifier: GPL-3.0-or-later */
/* due_heap.h: who waits for a moment, the earliest first: a binary heap of
 * items that lie in what they stand for. Pure; one thread. */
#ifndef ONRUSH_ENGINE_DUE_HEAP_H
#define ONRUSH_ENGINE_DUE_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct DueItem {
    uint64_t due_ns;
    size_t place; /* in the heap's items */
} DueItem;

/* {0} is empty. */
typedef struct DueHeap {
    DueItem **items;
    size_t count, cap;
} DueHeap;

/* i->due_ns is set, and does not change but for all by the same. */
void due_heap_add(DueHeap *h, DueItem *i);
/* The earliest, NULL when empty. */
static inline DueItem *due_heap_first(const DueHeap *h) {
    return h->count ? h->items[0] : NULL;
}
void due_heap_remove(DueHeap *h, DueItem *i);
void due_heap_close(DueHeap *h);

#endif
