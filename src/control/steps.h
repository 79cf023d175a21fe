/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h: what was done to a run, in the order it was done, whichever
 * scenario it touched: for undo and redo. Plans keep their own futures
 * (plan/edit.h); this list says whose turn it is. Private to control/. */
#ifndef ONRUSH_CONTROL_STEPS_H
#define ONRUSH_CONTROL_STEPS_H

#include "control/wheel.h"

/* Takes note of the edits that plans have had since the last call; what was
 * undone before cannot be redone any more. who (NULL: the operator) gave the
 * command. */
void steps_note(Wheel *w, const char *who, const char *command);
/* Something else than an edit of a plan that the command under way does; the
 * label is filled in when it is noted. */
void steps_keep(Wheel *w, const WheelStep *step);
/* So that the edits made until now belong to no step. */
void steps_forget(Wheel *w);
void steps_close(Wheel *w);
/* To a wheel_copy: what can be undone and redone of the original can be of
 * it. */
void steps_copy(Wheel *to, const Wheel *from);

/* Takes the newest step back, or does it again; of that scenario only, or
 * SIZE_MAX of all. Appends "undone: spike +500 20s in buyers". 0, or -1 with
 * err and everything as it was. */
int steps_undo(Wheel *w, uint64_t now_ns, size_t scenario, Text *answer,
               Err *err);
int steps_redo(Wheel *w, uint64_t now_ns, size_t scenario, Text *answer,
               Err *err);

#endif
