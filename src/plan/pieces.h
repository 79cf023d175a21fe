/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pieces.h: the pieces of a plan, taken apart and put together; what edits
 * are made of. For edit.c and undo.c only: a plan is whole again after
 * plan_layout. */
#ifndef ONRUSH_PLAN_PIECES_H
#define ONRUSH_PLAN_PIECES_H

#include "base/err.h"
#include "plan/plan.h"

/* i: 0 .. count. */
void pieces_insert(Plan *p, size_t i, const Stage *s);
void pieces_remove(Plan *p, size_t i);
/* Makes a piece end now; returns the index of what comes after now, whose
 * `from` is fixed so that nothing put between changes it. */
size_t pieces_split(Plan *p);
/* A row of its own, in no plan yet; length in ns. */
Stage pieces_new(Plan *p, StageOrigin origin, const char *name, StageForm form,
                 double level, uint64_t length_ns);
/* -1 with err when an edit of so many pieces could be too long. */
int pieces_check_room(size_t pieces, Err *err);

#endif
