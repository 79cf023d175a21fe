/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verbs.h"

static const struct {
    const char *verb, *word;
} kinds[] = {
    [DRAFT_INSERT] = { "stage insert", "new stage" },
    [DRAFT_DELETE] = { "stage delete", "deletion" },
    [DRAFT_MOVE] = { "stage move", "move" },
    [DRAFT_RENAME] = { "stage rename", "name" },
    [DRAFT_LENGTH] = { "stage length", "duration" },
    [DRAFT_LEVEL] = { "stage level", "level" },
    [DRAFT_RAMP] = { "stage ramp", "ramp" },
};

void draft_init(Draft *d) {
    *d = (Draft){ .next_ref = ROWREF_DRAFT };
}

void draft_close(Draft *d) {
    plan_close(&d->base);
    wheel_close(&d->trial);
    free(d->ops);
    *d = (Draft){ 0 };
}

/* --- playing ------------------------------------------------------------ */

RowRef draft_ref(const Draft *d, uint32_t trial_row) {
    for (size_t i = 0; i < d->count; i++)
        if (d->ops[i].kind == DRAFT_INSERT && d->ops[i].row == trial_row)
            return d->ops[i].self;
    return trial_row;
}

uint32_t draft_row(const Draft *d, RowRef ref) {
    if (ref < ROWREF_DRAFT)
        return ref;
    for (size_t i = 0; i < d->count; i++)
        if (d->ops[i].kind == DRAFT_INSERT && d->ops[i].self == ref)
            return d->ops[i].row;
    return 0;
}

static int play(Draft *d, DraftOp *op, uint64_t now_ns, Err *err) {
    char command[sizeof op->text + 64];
    const char *args;
    Text answer = { 0 };
    uint32_t row = draft_row(d, op->target);
    op->row = 0;
    op->is_orphan = op->target >= ROWREF_DRAFT && !row;
    if (op->is_orphan)
        return err_set(err, "its stage could not be inserted");
    if (op->kind == DRAFT_INSERT && !row)
        snprintf(command, sizeof command, "stage insert %s", op->text);
    else
        snprintf(command, sizeof command, "%s %s#%lu %s", kinds[op->kind].verb,
                 op->kind == DRAFT_INSERT ? "after " : "", (unsigned long)row,
                 op->text);
    const Verb *v = verb_find(command, &args, err);
    int rc = v ? v->apply(&d->trial, now_ns, args, &answer, err) : -1;
    if (rc == 0 && op->kind == DRAFT_INSERT)
        op->row = d->trial.plan->next_row - 1;
    text_close(&answer);
    return rc;
}

static void replay(Draft *d) {
    Plan copy;
    wheel_close(&d->trial);
    plan_copy(&copy, &d->base);
    wheel_init(&d->trial, &copy);
    for (size_t i = 0; i < d->count; i++) {
        DraftOp *op = &d->ops[i];
        op->err = (Err){ 0 };
        op->applies = play(d, op, d->base.now_ns, &op->err) == 0;
    }
    if (d->has_typed)
        play(d, &d->typed, d->base.now_ns, &d->typed.err);
    plan_forget_history(d->trial.plan);
}

void draft_follow(Draft *d, const Wheel *live, uint64_t now_ns) {
    plan_close(&d->base);
    plan_copy(&d->base, live->plan);
    plan_advance(&d->base, now_ns);
    replay(d);
}

/* --- the list ----------------------------------------------------------- */

void draft_type(Draft *d, DraftKind kind, RowRef target, const char *text) {
    bool had = d->has_typed;
    d->typed = (DraftOp){ .kind = kind, .target = target };
    d->has_typed = text && strlen(text) < sizeof d->typed.text;
    if (d->has_typed)
        snprintf(d->typed.text, sizeof d->typed.text, "%s", text);
    if (had || d->has_typed)
        replay(d);
}

int draft_add(Draft *d, DraftKind kind, RowRef target, const char *text,
              RowRef *self, Err *err) {
    DraftOp op = { .kind = kind, .target = target };
    int n = snprintf(op.text, sizeof op.text, "%s", text);
    if (n >= (int)sizeof op.text)
        return err_set(err, "this is too long");
    if (kind == DRAFT_INSERT)
        op.self = d->next_ref;
    draft_type(d, kind, target, NULL);
    if (play(d, &op, d->base.now_ns, err) < 0)
        return -1;
    plan_forget_history(d->trial.plan);
    op.applies = true;
    d->next_ref += kind == DRAFT_INSERT;
    mem_grow(d->ops, d->count, d->cap);
    d->ops[d->count++] = op;
    d->all = d->count;
    if (self)
        *self = op.self;
    return 0;
}

bool draft_undo(Draft *d) {
    if (d->count == 0)
        return false;
    d->count--;
    replay(d);
    return true;
}

bool draft_ends_with(const Draft *d, DraftKind kind, RowRef target) {
    const DraftOp *last = d->count ? &d->ops[d->count - 1] : NULL;
    return last && last->kind == kind && last->target == target;
}

bool draft_redo(Draft *d) {
    if (d->count == d->all)
        return false;
    d->count++;
    replay(d);
    return true;
}

/* --- what became of it -------------------------------------------------- */

bool draft_is_new(const Draft *d, uint32_t trial_row) {
    return draft_ref(d, trial_row) >= ROWREF_DRAFT;
}

bool draft_is_changed(const Draft *d, uint32_t trial_row) {
    for (size_t i = 0; i < d->count; i++)
        if (d->ops[i].applies && d->ops[i].kind != DRAFT_INSERT &&
            draft_row(d, d->ops[i].target) == trial_row)
            return true;
    return false;
}

bool draft_failed(const DraftOp *op) {
    return !op->applies && !op->is_orphan;
}

const DraftOp *draft_failure(const Draft *d, RowRef ref) {
    for (size_t i = 0; i < d->count; i++) {
        const DraftOp *op = &d->ops[i];
        RowRef at = op->kind == DRAFT_INSERT ? op->self : op->target;
        if (draft_failed(op) && at == ref)
            return op;
    }
    return NULL;
}

size_t draft_failures(const Draft *d) {
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++)
        n += draft_failed(&d->ops[i]);
    return n;
}

static void add_name(const Draft *d, const DraftOp *op, Text *to) {
    RowRef ref = op->kind == DRAFT_INSERT ? op->self : op->target;
    uint32_t row = draft_row(d, ref);
    const Plan *p = d->trial.plan;
    for (size_t i = 0; i < p->count; i++)
        if (row && p->stages[i].row == row) {
            text_adds(to, p->stages[i].name);
            return;
        }
    /* not there: the name it had, or was to have */
    const char *name = "a stage that is gone";
    size_t n = strlen(name);
    for (size_t i = 0; i < d->count; i++) {
        const DraftOp *made = &d->ops[i];
        bool inserted = made->kind == DRAFT_INSERT && made->self == ref;
        if (!inserted && (made->kind != DRAFT_RENAME || made->target != ref))
            continue;
        name = made->text;
        n = inserted ? strcspn(name, "=") : strlen(name);
    }
    while (n > 0 && name[n - 1] == ' ')
        n--;
    text_add(to, name, n);
}

void draft_explain(const Draft *d, const DraftOp *op, Text *to) {
    text_addf(to, "%s ", kinds[op->kind].word);
    if (op->kind != DRAFT_INSERT)
        text_adds(to, "of ");
    add_name(d, op, to);
    text_addf(to, ": %s", op->err.text);
}
