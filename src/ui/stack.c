/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/stack.h"

/* The most rows an item can use; 0: it is not wanted. */
static int most_of(const Frame *f, const StackItem *x) {
    int wants = x->wants ? x->wants(f) : x->most;
    int most = wants < x->most ? wants : x->most;
    return wants == 0 ? 0 : most > x->least ? most : x->least;
}

static int take(const StackItem *items, size_t n, const int *most, int *rows,
                int room) {
    for (int rank = 0; rank < STACK_MAX; rank++)
        for (size_t i = 0; i < n; i++) {
            if (items[i].rank != rank || !most[i] || items[i].least > room)
                continue;
            rows[i] = items[i].least;
            room -= rows[i];
        }
    return room;
}

/* One row at a time to whom has grown the least for its weight; beyond the
 * most only charts grow. */
static void grow(const StackItem *items, size_t n, const int *most, int *rows,
                 int room) {
    while (room > 0) {
        size_t best = n;
        bool is_needed = false;
        for (size_t i = 0; i < n; i++) {
            bool needs = rows[i] < most[i];
            if (!rows[i] || (!needs && (!items[i].chart || is_needed)))
                continue;
            if (best == n || (needs && !is_needed) ||
                (rows[i] - items[i].least) * items[best].weight <
                    (rows[best] - items[best].least) * items[i].weight)
                best = i;
            is_needed |= needs;
        }
        if (best == n)
            return;
        rows[best]++;
        room--;
    }
}

void stack_draw(const Frame *f, Rect r, const StackItem *items, size_t count) {
    int most[STACK_MAX] = { 0 }, rows[STACK_MAX] = { 0 };
    size_t n = count < STACK_MAX ? count : STACK_MAX, lowest = n;
    for (size_t i = 0; i < n; i++)
        most[i] = most_of(f, &items[i]);
    grow(items, n, most, rows, take(items, n, most, rows, r.rows));
    for (size_t i = 0; i < n; i++)
        if (items[i].chart && rows[i])
            lowest = i;
    Rect at = { r.y, r.x, 0, r.cols }, old = f->cells->clip;
    for (size_t i = 0; i < n; i++) {
        at.rows = rows[i];
        if (at.rows && items[i].chart)
            items[i].chart(f, at, i == lowest);
        else if (at.rows)
            items[i].panel(f, at);
        at.y += at.rows;
    }
    f->cells->clip = old;
}
