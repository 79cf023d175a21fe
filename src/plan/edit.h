/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit.h: what an operator can do to a plan while it runs.
 *
 * Every function first advances the plan to now_ns; the past stays as it
 * was executed. 0, or -1 with err and the plan as it was. Each success is one
 * step for plan_undo, and counted in Plan.edits. Rows are named by
 * PlanRow.row. */
#ifndef ONRUSH_PLAN_EDIT_H
#define ONRUSH_PLAN_EDIT_H

#include "base/err.h"
#include "plan/plan.h"

#define PLAN_UNDO_MAX 100 /* steps that are kept, the last ones */

/* Takes the wheel: at `level` at once, or over over_ns in a straight ramp;
 * there it stays. The interrupted stage waits. */
int plan_take(Plan *p, uint64_t now_ns, double level, uint64_t over_ns,
              Err *err);
/* Gives the wheel back: from the level of the moment to the interrupted
 * stage's end level over what remained of it. */
int plan_give_back(Plan *p, uint64_t now_ns, Err *err);
/* Leaves the current stage; the next begins at the level of the moment.
 * Gives the wheel back. */
int plan_next(Plan *p, uint64_t now_ns, Err *err);
/* Starts the current stage again, from the level where it began. */
int plan_back(Plan *p, uint64_t now_ns, Err *err);
/* The current stage takes by_ns longer (or shorter: not below now). */
int plan_stretch(Plan *p, uint64_t now_ns, int64_t by_ns, Err *err);
/* Jump to level for hold_ns, then back to where the plan was; all that
 * follows moves later. */
int plan_spike(Plan *p, uint64_t now_ns, double level, uint64_t hold_ns,
               Err *err);
/* Everything after now is dropped: the run finishes. */
int plan_finish(Plan *p, uint64_t now_ns, Err *err);

/* The stage editor. `after`: the row that the new stage follows, 0: the
 * current one. *row receives the new row's number (may be NULL). */
int plan_insert(Plan *p, uint64_t now_ns, uint32_t after, const Stage *s,
                uint32_t *row, Err *err);
int plan_delete(Plan *p, uint64_t now_ns, uint32_t row, Err *err);
/* by: -1 up (earlier), +1 down; among future rows only. */
int plan_move(Plan *p, uint64_t now_ns, uint32_t row, int by, Err *err);
int plan_rename(Plan *p, uint64_t now_ns, uint32_t row, const char *name,
                Err *err);
/* The length of a row as the table shows it: of one that a spike or the hand
 * interrupted what stands behind that. Of the current one not less than has
 * passed (then it ends now). */
int plan_set_length(Plan *p, uint64_t now_ns, uint32_t row, uint64_t ns,
                    Err *err);
/* A current ramp turns to the new level from where it is; a stage that
 * stayed jumps. */
int plan_set_level(Plan *p, uint64_t now_ns, uint32_t row, double level,
                   Err *err);
/* Of a future row only. */
int plan_set_form(Plan *p, uint64_t now_ns, uint32_t row, StageForm form,
                  RampShape shape, int steps, Err *err);

/* Takes back the last edit, or does it again: the future becomes what it
 * was, continued from the same place of the same stage. */
int plan_undo(Plan *p, uint64_t now_ns, Err *err);
int plan_redo(Plan *p, uint64_t now_ns, Err *err);
/* Edits between begin and end become one step; abort restores the plan. */
void plan_edit_begin(Plan *p, uint64_t now_ns);
void plan_edit_end(Plan *p);
void plan_edit_abort(Plan *p);

void plan_forget_history(Plan *p);
/* To a plan_copy that has none; no edit is open. */
void plan_copy_history(Plan *to, const Plan *from);

#endif
