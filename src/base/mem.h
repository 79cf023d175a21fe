/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.h: allocation that never fails, and the arena for a run's fixed data.
 * Out of memory ends the program: the hook restores the terminal, one line
 * goes to stderr, the exit status is 1. Any thread may allocate; an Arena
 * belongs to one thread while it grows and may be read by all afterwards. */
#ifndef ONRUSH_BASE_MEM_H
#define ONRUSH_BASE_MEM_H

#include <stddef.h>

/* count * size zeroed bytes; never NULL; overflow counts as out of memory. */
void *mem_alloc(size_t count, size_t size);
/* realloc to count * size bytes; new bytes are not zeroed; never NULL. */
void *mem_resize(void *old, size_t count, size_t size);
/* A copy of text (NULL stays NULL); free() it. */
char *mem_dup_text(const char *text);
/* Called once before the end, to put the terminal right. */
void mem_on_exhausted(void (*hook)(void));

#define mem_new(T) ((T *)mem_alloc(1, sizeof(T)))

/* Makes room for one more item in a growing array {items, count, cap}. */
#define mem_grow(items, count, cap)            \
    ((count) < (cap)                           \
         ? (void)0                             \
         : (void)((cap) = (cap) ? (cap)*2 : 8, \
                  (items) = mem_resize((items), (cap), sizeof *(items))))

typedef struct Arena {
    struct ArenaBlock *head;
    struct ArenaEnd *ends;
} Arena;

/* Zeroed, aligned for any type, never NULL; freed all at once by close. */
void *arena_alloc(Arena *a, size_t count, size_t size);
char *arena_dup_text(Arena *a, const char *text);
char *arena_dup_bytes(Arena *a, const char *bytes, size_t length);
/* close calls end(data) first, for what a library keeps elsewhere; the last
 * one that was added comes first. */
void arena_on_close(Arena *a, void (*end)(void *data), void *data);
void arena_close(Arena *a);

#define arena_make(a, T) ((T *)arena_alloc((a), 1, sizeof(T)))
#define arena_array(a, T, n) ((T *)arena_alloc((a), (n), sizeof(T)))

#endif
