/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARENA_BLOCK_BYTES ((size_t)16384)

struct ArenaBlock {
    struct ArenaBlock *next;
    size_t used, size;
    max_align_t bytes[];
};

struct ArenaEnd {
    struct ArenaEnd *next;
    void (*end)(void *data);
    void *data;
};

static void (*exhausted_hook)(void);

/* _exit: what runs at an exit would want memory, too, and other threads still
 * run. Files are written aside, so none is cut; a run's journal is there. */
_Noreturn static void exhausted(size_t count, size_t size) {
    static atomic_flag was_told = ATOMIC_FLAG_INIT;
    char text[100];
    if (!atomic_flag_test_and_set(&was_told)) {
        if (exhausted_hook)
            exhausted_hook();
        int n = snprintf(text, sizeof text,
                         "onrush: out of memory (asked for %zu x %zu bytes)\n",
                         count, size);
        if (write(STDERR_FILENO, text, (size_t)n) < 0) {
            /* then nobody can be told */
        }
        _exit(EXIT_FAILURE);
    }
    for (;;) /* another thread is telling */
        pause();
}

void mem_on_exhausted(void (*hook)(void)) {
    exhausted_hook = hook;
}

void *mem_alloc(size_t count, size_t size) {
    void *p = calloc(count ? count : 1, size ? size : 1);
    if (!p)
        exhausted(count, size);
    return p;
}

void *mem_resize(void *old, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size)
        exhausted(count, size);
    size_t bytes = count * size;
    void *p = realloc(old, bytes ? bytes : 1);
    if (!p)
        exhausted(count, size);
    return p;
}

char *mem_dup_text(const char *text) {
    if (!text)
        return NULL;
    size_t length = strlen(text) + 1;
    return memcpy(mem_alloc(length, 1), text, length);
}

void *arena_alloc(Arena *a, size_t count, size_t size) {
    const size_t align = _Alignof(max_align_t);
    if (size && count > (SIZE_MAX / 2) / size)
        exhausted(count, size);
    size_t need = (count * size + align - 1) / align * align;
    struct ArenaBlock *b = a->head;
    if (!b || b->size - b->used < need) {
        size_t room = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
        b = mem_alloc(1, sizeof *b + room);
        b->size = room;
        b->next = a->head;
        a->head = b;
    }
    void *p = (char *)b->bytes + b->used;
    b->used += need;
    return p;
}

char *arena_dup_bytes(Arena *a, const char *bytes, size_t length) {
    char *copy = arena_alloc(a, length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_dup_text(Arena *a, const char *text) {
    return text ? arena_dup_bytes(a, text, strlen(text)) : NULL;
}

void arena_on_close(Arena *a, void (*end)(void *data), void *data) {
    struct ArenaEnd *e = arena_make(a, struct ArenaEnd);
    *e = (struct ArenaEnd){ a->ends, end, data };
    a->ends = e;
}

void arena_close(Arena *a) {
    for (struct ArenaEnd *e = a->ends; e; e = e->next)
        e->end(e->data);
    a->ends = NULL;
    while (a->head) {
        struct ArenaBlock *next = a->head->next;
        free(a->head);
        a->head = next;
    }
}
