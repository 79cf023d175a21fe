/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialog.h: a small box that asks for one or two values, with proposals
 * ready, and makes a command of them. Pure of terminal; main thread. */
#ifndef ONRUSH_UI_DIALOG_H
#define ONRUSH_UI_DIALOG_H

#include "control/wheel.h"
#include "ui/field.h"
#include "ui/theme.h"

typedef enum DialogKind {
    DIALOG_NONE,
    DIALOG_LEVEL,
    DIALOG_STRETCH,
    DIALOG_SPIKE,
    DIALOG_MARK,
} DialogKind;

#define DIALOG_FIELDS 2

typedef struct Dialog {
    DialogKind kind;
    Field fields[DIALOG_FIELDS];
    int active; /* field */
    bool has_error;
    Err err; /* why the last Enter did nothing */
} Dialog;

/* Opens with proposals that fit the moment. */
void dialog_open(Dialog *d, DialogKind kind, const Wheel *w, uint64_t now_ns);

typedef enum DialogResult {
    DIALOG_STAYS,
    DIALOG_ENTER, /* do dialog_command */
    DIALOG_LEAVE,
} DialogResult;

DialogResult dialog_key(Dialog *d, int key);
/* Appends the command that the fields make. */
void dialog_command(const Dialog *d, Text *to);
/* What it would do, or why it cannot be done. */
void dialog_draw(Cells *c, const Dialog *d, const Wheel *w, uint64_t now_ns,
                 Glyphs glyphs);

/* --- trying a command --------------------------------------------------- */

/* What a command would do to the plan. */
typedef struct Trial {
    double before, after; /* level now, and where the command leads it */
    uint64_t total_before_ns, total_after_ns;
    double plan_peak;  /* of the plan's own stages, at least 1 */
    bool is_dangerous; /* leads above 10 times that */
} Trial;

/* Does it on a copy. 0, *answer as wheel_do; or -1 with err. */
int trial_do(const Wheel *w, uint64_t now_ns, const char *command, Trial *t,
             Text *answer, Err *err);
/* "5 000 VUs is 50 times the plan's peak" */
void trial_warn(const Trial *t, PlanUnit unit, Text *to);

#endif
