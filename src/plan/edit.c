/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/edit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plan/pieces.h"

static int finish_edit(Plan *p, int rc) {
    if (rc < 0)
        plan_edit_abort(p);
    else
        plan_edit_end(p);
    return rc;
}

/* --- pieces ------------------------------------------------------------- */

/* What is left of spikes that were fired while the hand drove, which the
 * waiting hand follows: a new level takes its place. */
static void remove_spikes_of_hand(Plan *p, size_t i) {
    size_t end = i;
    while (end < p->count && p->stages[end].origin == STAGE_SPIKE)
        end++;
    if (end == p->count || p->stages[end].origin != STAGE_HAND)
        return;
    for (; end > i; end--)
        pieces_remove(p, i);
}

static void remove_hand(Plan *p, size_t i) {
    while (i < p->count && p->stages[i].origin == STAGE_HAND)
        pieces_remove(p, i);
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

static int check_running(const Plan *p, Err *err) {
    if (plan_is_over(p))
        return err_set(err, "the plan is over");
    return pieces_check_room(p->count, err);
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
    size_t i = pieces_split(p);
    remove_spikes_of_hand(p, i);
    remove_hand(p, i);
    Stage stay = pieces_new(p, STAGE_HAND, "hand",
                            over_ns ? STAGE_STAY : STAGE_JUMP, level, 0);
    stay.open = true;
    if (was_hand)
        stay.row = row;
    pieces_insert(p, i, &stay);
    if (over_ns) {
        Stage ramp =
            pieces_new(p, STAGE_HAND, "hand", STAGE_RAMP, level, over_ns);
        ramp.row = stay.row;
        ramp.from = now_level;
        ramp.from_fixed = true;
        pieces_insert(p, i, &ramp);
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
    size_t i = pieces_split(p);
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
        size_t i = pieces_split(p);
        remove_hand(p, i);
        if (i < p->count)
            pieces_remove(p, i);
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
    if (origin) {
        Stage again = *origin;
        again.length_ns = again.full_ns;
        again.offset_ns = 0;
        again.from_fixed = true;
        again.id = p->next_id++;
        again.row = p->next_row++;
        size_t i = pieces_split(p);
        remove_hand(p, i);
        pieces_remove(p, i);
        pieces_insert(p, i, &again);
    }
    return finish_edit(p, rc);
}

/* What remains of the current row gets `ns` instead. */
static void set_remaining(Plan *p, uint64_t ns) {
    size_t i = pieces_split(p);
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
        size_t i = pieces_split(p);
        Stage s = pieces_new(p, STAGE_SPIKE, "hand-spike", STAGE_JUMP, level,
                             hold_ns);
        pieces_insert(p, i, &s);
    }
    return finish_edit(p, rc);
}

int plan_finish(Plan *p, uint64_t now_ns, Err *err) {
    plan_edit_begin(p, now_ns);
    int rc = check_running(p, err);
    if (rc == 0)
        p->count = pieces_split(p);
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

static int find_unfinished(const Plan *p, uint32_t row, size_t *first,
                           size_t *end, Err *err) {
    if (find_row(p, row, first, end, err) < 0)
        return -1;
    if (*end <= p->current)
        return err_set(err, "%s is past: what happened stays",
                       p->stages[*first].name);
    return 0;
}

static int find_future(const Plan *p, uint32_t row, size_t *first, size_t *end,
                       Err *err) {
    if (find_unfinished(p, row, first, end, err) < 0)
        return -1;
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
        Stage n = pieces_new(p, STAGE_INSERTED, s->name, s->form, s->level,
                             s->length_ns);
        n.shape = s->shape;
        n.steps = s->steps;
        pieces_insert(p, end < p->count ? end : p->count, &n);
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
        pieces_remove(p, i);
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
        rc = find_unfinished(p, row, &first, &end, err);
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
        rc = find_unfinished(p, row, &first, &end, err);
    if (rc == 0 && p->stages[first].origin == STAGE_HAND)
        rc = err_set(err, "that is your hand: use = for its level");
    if (rc == 0 && first <= running_piece(p)) {
        size_t i = pieces_split(p);
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
