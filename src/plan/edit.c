/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/edit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

/* --- undo and redo ------------------------------------------------------ */

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

static int finish_edit(Plan *p, int rc) {
    if (rc < 0)
        plan_edit_abort(p);
    else
        plan_edit_end(p);
    return rc;
}

/* --- pieces ------------------------------------------------------------- */

static void insert_at(Plan *p, size_t i, const Stage *s) {
    mem_grow(p->stages, p->count, p->cap);
    memmove(p->stages + i + 1, p->stages + i,
            (p->count - i) * sizeof *p->stages);
    p->stages[i] = *s;
    p->count++;
}

static void remove_at(Plan *p, size_t i) {
    memmove(p->stages + i, p->stages + i + 1,
            (p->count - i - 1) * sizeof *p->stages);
    p->count--;
}

/* Makes a piece end now; returns the index of what comes after now, whose
 * `from` is fixed so that nothing put between changes it. */
static size_t split_now(Plan *p) {
    if (plan_is_over(p))
        return p->count;
    Stage *s = &p->stages[p->current];
    uint64_t elapsed = p->now_ns - p->began_ns;
    if (elapsed > 0) {
        Stage rest = *s;
        rest.offset_ns += elapsed;
        rest.length_ns = s->open ? 0 : s->length_ns - elapsed;
        s->length_ns = elapsed;
        s->open = false;
        insert_at(p, p->current + 1, &rest);
        p->current++;
        p->began_ns = p->now_ns;
    }
    p->stages[p->current].from_fixed = true;
    return p->current;
}

/* What is left of spikes that were fired while the hand drove, which the
 * waiting hand follows: a new level takes its place. */
static void remove_spikes_of_hand(Plan *p, size_t i) {
    size_t end = i;
    while (end < p->count && p->stages[end].origin == STAGE_SPIKE)
        end++;
    if (end == p->count || p->stages[end].origin != STAGE_HAND)
        return;
    for (; end > i; end--)
        remove_at(p, i);
}

static void remove_hand(Plan *p, size_t i) {
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        remove_at(p, i);
}

/* What is left of piece i becomes a course of its own, beginning now. */
static void rebase(Plan *p, size_t i, double level) {
    Stage *s = &p->stages[i];
    if (s->form == STAGE_RAMP && s->shape == RAMP_STEP && s->full_ns) {
        double done = (double)s->offset_ns / (double)s->full_ns;
        s->steps = (int)fmax(1, ceil(s->steps * (1 - done)));
    }
    if (s->form != STAGE_RAMP)
        s->shape = RAMP_LINEAR;
    s->form = STAGE_RAMP;
    s->level = level;
    s->offset_ns = 0;
    s->full_ns = s->length_ns;
    s->from_fixed = false;
    s->id = p->next_id++;
}

static Stage new_stage(Plan *p, StageOrigin origin, const char *name,
                       StageForm form, double level, uint64_t length_ns) {
    Stage s = { .form = form,
                .origin = origin,
                .level = level,
                .length_ns = length_ns,
                .full_ns = length_ns,
                .id = p->next_id++,
                .row = p->next_row++ };
    snprintf(s.name, sizeof s.name, "%s", name);
    return s;
}

static int check_room(size_t pieces, Err *err) {
    if (pieces + 4 > PLAN_STAGES_MAX)
        return err_set(err, "a plan has at most %d pieces", PLAN_STAGES_MAX);
    return 0;
}

static int check_running(const Plan *p, Err *err) {
    if (plan_is_over(p))
        return err_set(err, "the plan is over");
    return check_room(p->count, err);
}

static int check_level(const Plan *p, double level, Err *err) {
    if (!(level >= 0) || level > 1e9)
        return err_set(err, "a level lies between 0 and 1 000 000 000");
    if (p->unit == PLAN_VUS && level != floor(level))
        return err_set(err, "virtual users come whole");
    return 0;
}

/* --- driving ------------------------------------------------------------ */

static int take(Plan *p, double level, uint64_t over_ns, Err *err) {
    if (check_running(p, err) < 0 || check_level(p, level, err) < 0)
        return -1;
    bool was_hand = plan_is_hand(p);
    uint32_t row = p->stages[p->current].row;
    double now_level = plan_level_at(p, p->now_ns);
    size_t i = split_now(p);
    remove_spikes_of_hand(p, i);
    remove_hand(p, i);
    Stage stay = new_stage(p, STAGE_HAND, "hand",
                           over_ns ? STAGE_STAY : STAGE_JUMP, level, 0);
    stay.open = true;
    if (was_hand)
        stay.row = row;
    insert_at(p, i, &stay);
    if (over_ns) {
        Stage ramp =
            new_stage(p, STAGE_HAND, "hand", STAGE_RAMP, level, over_ns);
        ramp.row = stay.row;
        ramp.from = now_level;
        ramp.from_fixed = true;
        insert_at(p, i, &ramp);
    }
    return 0;
}

int plan_take(Plan *p, uint64_t now_ns, double level, uint64_t over_ns,
              Err *err) {
    plan_edit_begin(p, now_ns);
    return finish_edit(p, take(p, level, over_ns, err));
}

static int give_back(Plan *p, Err *err) {
    if (check_running(p, err) < 0)
        return -1;
    if (!plan_is_hand(p))
        return err_set(err, "the plan drives already");
    size_t i = split_now(p);
    remove_hand(p, i);
    if (i < p->count)
        rebase(p, i, stage_end_level(&p->stages[i]));
    return 0;
}

int plan_give_back(Plan *p, uint64_t now_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    return finish_edit(p, give_back(p, err));
}

int plan_next(Plan *p, uint64_t now_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    if (rc == 0) {
        size_t i = split_now(p);
        remove_hand(p, i);
        if (i < p->count)
            remove_at(p, i);
        /* It begins at another level: a course of its own, so that undo
         * comes back from it. */
        if (i < p->count)
            p->stages[i].id = p->next_id++;
    }
    return finish_edit(p, rc);
}

/* The first piece of the row that runs, or that waits for the wheel. */
static const Stage *row_origin(const Plan *p) {
    size_t i = p->current;
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        i++;
    if (i == p->count)
        return NULL;
    for (size_t k = 0; k < i; k++)
        if (p->stages[k].row == p->stages[i].row)
            return &p->stages[k];
    return &p->stages[i];
}

int plan_back(Plan *p, uint64_t now_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    const Stage *origin = rc == 0 ? row_origin(p) : NULL;
    if (rc == 0 && !origin)
        rc = err_set(err, "no stage waits for the wheel");
    if (rc == 0) {
        Stage again = *origin;
        again.length_ns = again.full_ns;
        again.offset_ns = 0;
        again.from_fixed = true;
        again.id = p->next_id++;
        again.row = p->next_row++;
        size_t i = split_now(p);
        remove_hand(p, i);
        remove_at(p, i);
        insert_at(p, i, &again);
    }
    return finish_edit(p, rc);
}

/* What remains of the current row gets `ns` instead. */
static void set_remaining(Plan *p, uint64_t ns) {
    size_t i = split_now(p);
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        i++;
    if (i == p->count)
        return;
    Stage *s = &p->stages[i];
    bool ramp = s->form == STAGE_RAMP;
    double end = stage_end_level(s), from = stage_level(s, 0);
    s->length_ns = ns;
    if (ramp) {
        rebase(p, i, end);
        p->stages[i].from = from;
        p->stages[i].from_fixed = true;
    } else {
        s->full_ns = s->offset_ns + ns;
    }
    /* It ends now: a course of its own for the next one, as in plan_next. */
    if (ns == 0 && i + 1 < p->count)
        p->stages[i + 1].id = p->next_id++;
}

static size_t running_piece(const Plan *p) {
    size_t i = p->current;
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        i++;
    return i;
}

static uint64_t remaining_ns(const Plan *p) {
    size_t i = running_piece(p);
    if (i == p->count)
        return 0;
    uint64_t gone = i == p->current ? p->now_ns - p->began_ns : 0;
    return p->stages[i].length_ns - gone;
}

int plan_stretch(Plan *p, uint64_t now_ns, int64_t by_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    uint64_t left = rc == 0 ? remaining_ns(p) : 0;
    if (rc == 0 && by_ns > 0 &&
        now_ns - p->began_ns + left + (uint64_t)by_ns > PLAN_STAGE_MOST_NS)
        rc = err_set(err, "no stage takes longer than 365d");
    if (rc == 0) {
        if (by_ns < 0)
            left -= (uint64_t)-by_ns < left ? (uint64_t)-by_ns : left;
        else
            left += (uint64_t)by_ns;
        set_remaining(p, left);
    }
    return finish_edit(p, rc);
}

int plan_spike(Plan *p, uint64_t now_ns, double level, uint64_t hold_ns,
               Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    if (rc == 0 && hold_ns == 0)
        rc = err_set(err, "a spike needs a duration");
    if (rc == 0)
        rc = check_level(p, level, err);
    if (rc == 0) {
        size_t i = split_now(p);
        Stage s =
            new_stage(p, STAGE_SPIKE, "hand-spike", STAGE_JUMP, level, hold_ns);
        insert_at(p, i, &s);
    }
    return finish_edit(p, rc);
}

int plan_finish(Plan *p, uint64_t now_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    if (rc == 0)
        p->count = split_now(p);
    return finish_edit(p, rc);
}

/* --- the stage editor --------------------------------------------------- */

/* Pieces [*first, *end) of a row; an error names what is wrong. */
static int find_row(const Plan *p, uint32_t row, size_t *first, size_t *end,
                    Err *err) {
    for (size_t i = 0; i < p->count; i++) {
        if (p->stages[i].row != row)
            continue;
        size_t k = i;
        while (k < p->count && p->stages[k].row == row)
            k++;
        /* A row may be interrupted by hand; its rest is what counts. */
        if (k <= p->current && i < p->current) {
            bool again = false;
            for (size_t r = k; r < p->count; r++)
                again |= p->stages[r].row == row;
            if (again) {
                i = k - 1;
                continue;
            }
        }
        *first = i;
        *end = k;
        return 0;
    }
    return err_set(err, "there is no such stage");
}

static int find_future(const Plan *p, uint32_t row, size_t *first, size_t *end,
                       Err *err) {
    if (find_row(p, row, first, end, err) < 0)
        return -1;
    if (*end <= p->current)
        return err_set(err, "%s is past: what happened stays",
                       p->stages[*first].name);
    if (*first <= running_piece(p))
        return err_set(err,
                       "%s runs now: its length and level can be "
                       "changed",
                       p->stages[*first].name);
    return 0;
}

int plan_insert(Plan *p, uint64_t now_ns, uint32_t after, const Stage *s,
                uint32_t *row, Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first, end = running_piece(p);
    int rc = check_running(p, err);
    if (rc == 0 && after)
        rc = find_row(p, after, &first, &end, err);
    else if (end < p->count)
        end++;
    if (rc == 0 && end <= p->current)
        rc = err_set(err,
                     "%s is past: insert after the stage that runs, or "
                     "later",
                     p->stages[end - 1].name);
    if (rc == 0 && end <= running_piece(p))
        end = running_piece(p) + 1;
    if (rc == 0 && s->form != STAGE_STAY)
        rc = check_level(p, s->level, err);
    if (rc == 0) {
        Stage n = new_stage(p, STAGE_INSERTED, s->name, s->form, s->level,
                            s->length_ns);
        n.shape = s->shape;
        n.steps = s->steps;
        insert_at(p, end < p->count ? end : p->count, &n);
        if (row)
            *row = n.row;
    }
    return finish_edit(p, rc);
}

int plan_delete(Plan *p, uint64_t now_ns, uint32_t row, Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first, end;
    int rc = find_future(p, row, &first, &end, err);
    for (size_t i = first; rc == 0 && i < end; end--)
        remove_at(p, i);
    return finish_edit(p, rc);
}

static void swap_blocks(Stage *a, size_t n, size_t m) {
    Stage *copy = mem_alloc(n, sizeof *copy);
    memcpy(copy, a, n * sizeof *copy);
    memmove(a, a + n, m * sizeof *a);
    memcpy(a + m, copy, n * sizeof *copy);
    free(copy);
}

int plan_move(Plan *p, uint64_t now_ns, uint32_t row, int by, Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first = 0, end = 0, other, other_end;
    int rc = find_future(p, row, &first, &end, err);
    if (rc == 0 && ((by < 0 && first <= running_piece(p) + 1) ||
                    (by > 0 && end >= p->count)))
        rc = err_set(err, "%s is the %s already", p->stages[first].name,
                     by < 0 ? "next" : "last");
    if (rc == 0) {
        uint32_t neighbour = p->stages[by < 0 ? first - 1 : end].row;
        rc = find_row(p, neighbour, &other, &other_end, err);
        if (rc == 0 && by < 0)
            swap_blocks(p->stages + other, other_end - other, end - first);
        else if (rc == 0)
            swap_blocks(p->stages + first, end - first, other_end - other);
    }
    return finish_edit(p, rc);
}

int plan_rename(Plan *p, uint64_t now_ns, uint32_t row, const char *name,
                Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first, end;
    int rc = find_row(p, row, &first, &end, err);
    if (rc == 0 && end <= p->current)
        rc = err_set(err, "%s is past", p->stages[first].name);
    for (size_t i = 0; rc == 0 && i < p->count; i++)
        if (p->stages[i].row == row)
            snprintf(p->stages[i].name, sizeof p->stages[i].name, "%s", name);
    return finish_edit(p, rc);
}

/* How long the pieces from first on have run. */
static uint64_t elapsed_from(const Plan *p, size_t first) {
    uint64_t sum = 0;
    for (size_t i = first; i < p->current; i++)
        sum += p->stages[i].length_ns;
    return first <= p->current ? sum + p->now_ns - p->began_ns : 0;
}

int plan_set_length(Plan *p, uint64_t now_ns, uint32_t row, uint64_t ns,
                    Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first = 0, end = 0;
    int rc = check_running(p, err);
    if (rc == 0)
        rc = find_row(p, row, &first, &end, err);
    if (rc == 0 && end <= p->current)
        rc = err_set(err, "%s is past: what happened stays",
                     p->stages[first].name);
    if (rc == 0 && p->stages[first].origin == STAGE_HAND)
        rc = err_set(err, "the hand's length ends with the key g");
    if (rc == 0 && first <= running_piece(p)) {
        uint64_t gone = elapsed_from(p, first);
        set_remaining(p, ns > gone ? ns - gone : 0);
    } else if (rc == 0) {
        p->stages[first].length_ns = p->stages[first].full_ns = ns;
        p->stages[first].offset_ns = 0;
    }
    return finish_edit(p, rc);
}

int plan_set_level(Plan *p, uint64_t now_ns, uint32_t row, double level,
                   Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first = 0, end = 0;
    int rc = check_running(p, err);
    if (rc == 0)
        rc = check_level(p, level, err);
    if (rc == 0)
        rc = find_row(p, row, &first, &end, err);
    if (rc == 0 && end <= p->current)
        rc = err_set(err, "%s is past: what happened stays",
                     p->stages[first].name);
    if (rc == 0 && p->stages[first].origin == STAGE_HAND)
        rc = err_set(err, "that is your hand: use = for its level");
    if (rc == 0 && first <= running_piece(p)) {
        size_t i = split_now(p);
        i = i > running_piece(p) ? i : running_piece(p);
        Stage *s = &p->stages[i];
        double from = stage_level(s, 0);
        if (s->form == STAGE_RAMP) {
            rebase(p, i, level);
            p->stages[i].from = from;
            p->stages[i].from_fixed = true;
        } else {
            s->form = STAGE_JUMP;
            s->level = level;
            s->id = p->next_id++;
        }
    } else if (rc == 0) {
        Stage *s = &p->stages[first];
        if (s->form == STAGE_STAY)
            s->form = STAGE_JUMP;
        s->level = level;
    }
    return finish_edit(p, rc);
}

int plan_set_form(Plan *p, uint64_t now_ns, uint32_t row, StageForm form,
                  RampShape shape, int steps, Err *err) {
    plan_edit_begin(p, now_ns);
    size_t first, end;
    int rc = find_future(p, row, &first, &end, err);
    if (rc == 0) {
        Stage *s = &p->stages[first];
        if (s->form == STAGE_STAY)
            s->level = s->from;
        s->form = form;
        s->shape = shape;
        s->steps = shape == RAMP_STEP && steps < 1 ? 1 : steps;
        s->from_fixed = false;
    }
    return finish_edit(p, rc);
}

/* --- undo --------------------------------------------------------------- */

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
    Stage gap = new_stage(p, STAGE_INSERTED, "over", STAGE_JUMP, 0,
                          p->now_ns - p->began_ns);
    insert_at(p, p->count, &gap);
    p->current = p->count;
    p->began_ns = p->now_ns;
}

/* Past of p, future of m. */
static void join(Plan *p, const Memory *m) {
    size_t at;
    uint64_t elapsed;
    find_place(p, m, &at, &elapsed);
    fill_gap(p);
    size_t past = split_now(p);
    p->count = past;
    for (size_t i = at; i < m->count; i++) {
        Stage s = m->stages[i];
        if (i == at && elapsed > 0) {
            s.offset_ns += elapsed;
            s.length_ns = s.open ? 0 : s.length_ns - elapsed;
            s.from_fixed = true;
        }
        insert_at(p, p->count, &s);
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
    if (check_room(p->current + from->items[from->count - 1].count, err) < 0)
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
