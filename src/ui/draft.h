/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.h: changes of the plan that are not made yet.
 *
 * A Draft is a list of stage commands. They are played on a copy of the
 * live plan again and again (draft_follow), so that the draft follows time;
 * a command whose stage has passed meanwhile fails, with a reason, and may
 * apply again after an undo in the live plan. What is sent in the end is not
 * the list, but the difference that it makes (draft_commands).
 *
 * A stage is named by a RowRef: its number in the plan, or, for a stage that
 * the draft inserts, a number of the draft's own, since the plan's next
 * number may go to a spike by hand before. Pure; main thread. */
#ifndef ONRUSH_UI_DRAFT_H
#define ONRUSH_UI_DRAFT_H

#include "control/wheel.h"

typedef uint32_t RowRef;
#define ROWREF_DRAFT UINT32_C(0x80000000) /* from here on: the draft's own */

typedef enum DraftKind {
    DRAFT_INSERT, /* after target (0: the current one); text "NAME = STAGE" */
    DRAFT_DELETE,
    DRAFT_MOVE,   /* text "up", "down" */
    DRAFT_RENAME, /* text as in the command of that name */
    DRAFT_LENGTH,
    DRAFT_LEVEL,
    DRAFT_RAMP,
} DraftKind;

#define DRAFT_TEXT_MAX 160

typedef struct DraftOp {
    DraftKind kind;
    RowRef target;
    char text[DRAFT_TEXT_MAX];
    /* the draft's own */
    RowRef self;             /* DRAFT_INSERT: the new stage */
    uint32_t row;            /* its number in the trial */
    bool applies, is_orphan; /* its stage could not be inserted */
    Err err;                 /* why it does not apply */
} DraftOp;

typedef struct Draft {
    DraftOp *ops;
    size_t count, cap; /* ops[count..all) are undone and may be redone */
    size_t all;
    DraftOp typed; /* what is being typed: played last, and not in the list */
    bool has_typed;
    RowRef next_ref;
    Plan base;   /* the live plan at the moment of the last follow */
    Wheel trial; /* the same with the draft in it */
} Draft;

void draft_init(Draft *d);
void draft_close(Draft *d);
/* Plays the draft on the plan of now. */
void draft_follow(Draft *d, const Wheel *live, uint64_t now_ns);
/* Adds a command; one that does not apply is not added: -1 with err. *self
 * (may be NULL) receives the RowRef of an inserted stage. */
int draft_add(Draft *d, DraftKind kind, RowRef target, const char *text,
              RowRef *self, Err *err);
/* What is being typed into a field, to see what it would do; it counts until
 * the next call, or until draft_add. One that does not apply (yet) does
 * nothing. NULL text: nothing is typed. */
void draft_type(Draft *d, DraftKind kind, RowRef target, const char *text);
/* false: nothing to undo or redo. */
bool draft_undo(Draft *d);
bool draft_redo(Draft *d);
/* Is the last command of this kind, at this stage? */
bool draft_ends_with(const Draft *d, DraftKind kind, RowRef target);

/* What a row of the trial is called, and the other way; 0: not there. */
RowRef draft_ref(const Draft *d, uint32_t trial_row);
uint32_t draft_row(const Draft *d, RowRef ref);
/* Does the draft insert this row of the trial, or change it? */
bool draft_is_new(const Draft *d, uint32_t trial_row);
bool draft_is_changed(const Draft *d, uint32_t trial_row);
/* The first of the ops at this row that do not apply, NULL: all do. */
const DraftOp *draft_failure(const Draft *d, RowRef ref);
size_t draft_failures(const Draft *d);
/* An op that does not apply for a reason of its own. */
bool draft_failed(const DraftOp *op);
/* "level of recover: recover is past: what happened stays" */
void draft_explain(const Draft *d, const DraftOp *op, Text *to);

/* What the draft does, counted over stages. */
typedef struct DraftEffect {
    size_t added, deleted, changed, moved;
} DraftEffect;
DraftEffect draft_effect(const Draft *d);
/* Appends "edit COMMAND; …" that makes base into the trial, or nothing. */
void draft_commands(const Draft *d, Text *to);

#endif
