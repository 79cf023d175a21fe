/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/edit.h"
#include "plan/pieces.h"
#include "plan/thin.h"

/* The stages as they stood at one moment; of what can be taken back those
 * before the current one are left out: the past stays as it is. */
typedef struct Memory {
    Stage *stages;
    size_t count, current;
    uint64_t began_ns, now_ns;
} Memory;

typedef struct MemoryStack {
    Memory items[PLAN_UNDO_MAX];
    size_t count;
} MemoryStack;

struct PlanHistory {
    MemoryStack undo, redo;
    Memory before; /* the whole of it, while an edit is open */
    int depth;     /* open plan_edit_begin */
};

/* --- what is kept ------------------------------------------------------- */

static PlanHistory *history(Plan *p) {
    if (!p->history)
        p->history = mem_new(PlanHistory);
    return p->history;
}

/* From that piece on. */
static Memory remember(const Plan *p, size_t first) {
    size_t count = p->count - first;
    Memory m = { mem_alloc(count, sizeof *p->stages), count, p->current - first,
                 p->began_ns, p->now_ns };
    if (count)
        memcpy(m.stages, p->stages + first, count * sizeof *p->stages);
    return m;
}

static Memory future_of(const Memory *m) {
    size_t count = m->count - m->current;
    Memory f = { mem_alloc(count, sizeof *m->stages), count, 0, m->began_ns,
                 m->now_ns };
    if (count)
        memcpy(f.stages, m->stages + m->current, count * sizeof *m->stages);
    return f;
}

static void push(MemoryStack *s, Memory m) {
    if (s->count == PLAN_UNDO_MAX) {
        free(s->items[0].stages);
        memmove(s->items, s->items + 1, (PLAN_UNDO_MAX - 1) * sizeof *s->items);
        s->count--;
    }
    s->items[s->count++] = m;
}

static void drop_all(MemoryStack *s) {
    while (s->count)
        free(s->items[--s->count].stages);
}

void plan_forget_history(Plan *p) {
    if (!p->history)
        return;
    drop_all(&p->history->undo);
    drop_all(&p->history->redo);
    free(p->history->before.stages);
    free(p->history);
    p->history = NULL;
}

static void copy_all(MemoryStack *to, const MemoryStack *from) {
    *to = *from;
    for (size_t i = 0; i < to->count; i++) {
        Memory *m = &to->items[i];
        const Stage *stages = m->stages;
        m->stages = mem_alloc(m->count, sizeof *m->stages);
        if (m->count)
            memcpy(m->stages, stages, m->count * sizeof *m->stages);
    }
}

void plan_copy_history(Plan *to, const Plan *from) {
    if (!from->history)
        return;
    copy_all(&history(to)->undo, &from->history->undo);
    copy_all(&history(to)->redo, &from->history->redo);
}

/* Puts everything back as it was, the moment included. */
static void rewind_to(Plan *p, Memory m) {
    free(p->stages);
    p->stages = m.stages;
    p->count = p->cap = m.count;
    p->current = m.current;
    p->began_ns = m.began_ns;
    p->now_ns = m.now_ns;
}

/* A run that is steered for days does not run out of pieces. */
static void make_room(Plan *p) {
    if (p->count > PLAN_STAGES_PLENTY)
        plan_thin(p, p->count - p->current / 2);
}

void plan_edit_begin(Plan *p, uint64_t now_ns) {
    PlanHistory *h = history(p);
    plan_advance(p, now_ns);
    if (h->depth++ == 0)
        h->before = remember(p, 0);
}

void plan_edit_end(Plan *p) {
    PlanHistory *h = history(p);
    plan_layout(p);
    plan_advance(p, p->now_ns);
    if (--h->depth == 0) {
        push(&h->undo, future_of(&h->before));
        free(h->before.stages);
        h->before = (Memory){ 0 };
        drop_all(&h->redo);
        p->edits++;
        make_room(p);
    }
}

void plan_edit_abort(Plan *p) {
    PlanHistory *h = history(p);
    if (--h->depth == 0) {
        rewind_to(p, h->before);
        h->before = (Memory){ 0 };
    }
}

/* --- undo and redo ------------------------------------------------------ */

/* Finds the place of the running piece in an older time line: the same
 * course at the same point, else where that time line stood. */
static void find_place(const Plan *p, const Memory *m, size_t *at,
                       uint64_t *elapsed) {
    *at = m->current;
    *elapsed = m->now_ns - m->began_ns;
    if (plan_is_over(p))
        return;
    const Stage *now = &p->stages[p->current];
    uint64_t point = now->offset_ns + (p->now_ns - p->began_ns);
    for (size_t i = m->current; i < m->count; i++) {
        const Stage *s = &m->stages[i];
        /* What the operator put in is not passed over. */
        if (s->id != now->id &&
            (s->origin == STAGE_HAND || s->origin == STAGE_SPIKE))
            return;
        if (s->id == now->id && point >= s->offset_ns &&
            (s->open || point < s->offset_ns + s->length_ns)) {
            *at = i;
            *elapsed = point - s->offset_ns;
            return;
        }
    }
}

/* The time since a plan was over, in which nothing was asked for. */
static void fill_gap(Plan *p) {
    if (!plan_is_over(p) || p->now_ns <= p->began_ns)
        return;
    Stage gap = pieces_new(p, STAGE_INSERTED, "over", STAGE_JUMP, 0,
                           p->now_ns - p->began_ns);
    pieces_insert(p, p->count, &gap);
    p->current = p->count;
    p->began_ns = p->now_ns;
}

/* Past of p, future of m. */
static void join(Plan *p, const Memory *m) {
    size_t at;
    uint64_t elapsed;
    find_place(p, m, &at, &elapsed);
    fill_gap(p);
    size_t past = pieces_split(p);
    p->count = past;
    for (size_t i = at; i < m->count; i++) {
        Stage s = m->stages[i];
        if (i == at && elapsed > 0) {
            s.offset_ns += elapsed;
            s.length_ns = s.open ? 0 : s.length_ns - elapsed;
            s.from_fixed = true;
        }
        pieces_insert(p, p->count, &s);
    }
    p->current = past;
    p->began_ns = p->now_ns;
    plan_layout(p);
    plan_advance(p, p->now_ns);
}

static int restore(Plan *p, uint64_t now_ns, MemoryStack *from, MemoryStack *to,
                   const char *what, Err *err) {
    plan_advance(p, now_ns);
    if (from->count == 0)
        return err_set(err, "nothing to %s", what);
    if (pieces_check_room(p->current + from->items[from->count - 1].count,
                          err) < 0)
        return -1;
    Memory m = from->items[--from->count];
    push(to, remember(p, p->current));
    join(p, &m);
    free(m.stages);
    make_room(p);
    return 0;
}

int plan_undo(Plan *p, uint64_t now_ns, Err *err) {
    PlanHistory *h = history(p);
    return restore(p, now_ns, &h->undo, &h->redo, "undo", err);
}

int plan_redo(Plan *p, uint64_t now_ns, Err *err) {
    PlanHistory *h = history(p);
    return restore(p, now_ns, &h->redo, &h->undo, "redo", err);
}
