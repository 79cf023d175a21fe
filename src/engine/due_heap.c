/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/due_heap.h"

#include <stdlib.h>

#include "base/mem.h"

static void put(DueHeap *h, size_t place, DueItem *i) {
    h->items[place] = i;
    i->place = place;
}

static void rise(DueHeap *h, size_t place, DueItem *i) {
    while (place > 0) {
        size_t above = (place - 1) / 2;
        if (h->items[above]->due_ns <= i->due_ns)
            break;
        put(h, place, h->items[above]);
        place = above;
    }
    put(h, place, i);
}

static void sink(DueHeap *h, size_t place, DueItem *i) {
    for (;;) {
        size_t below = 2 * place + 1;
        if (below + 1 < h->count &&
            h->items[below + 1]->due_ns < h->items[below]->due_ns)
            below++;
        if (below >= h->count || i->due_ns <= h->items[below]->due_ns)
            break;
        put(h, place, h->items[below]);
        place = below;
    }
    put(h, place, i);
}

void due_heap_add(DueHeap *h, DueItem *i) {
    mem_grow(h->items, h->count, h->cap);
    rise(h, h->count++, i);
}

void due_heap_remove(DueHeap *h, DueItem *i) {
    DueItem *last = h->items[--h->count];
    if (last == i)
        return;
    size_t place = i->place;
    if (last->due_ns < i->due_ns)
        rise(h, place, last);
    else
        sink(h, place, last);
}

void due_heap_close(DueHeap *h) {
    free(h->items);
}
