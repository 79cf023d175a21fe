/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form.h: a box of named fields, or of things to choose from: the mix and
 * the think time, the thresholds, a file's name, stages to copy. Pure of
 * terminal; main thread. */
#ifndef ONRUSH_UI_FORM_H
#define ONRUSH_UI_FORM_H

#include "control/wheel.h"
#include "ui/dialog.h"

typedef enum FormKind {
    FORM_NONE,
    FORM_MIX,
    FORM_LIMITS,
    FORM_SAVE,   /* a name for the profile */
    FORM_COPY,   /* a profile to copy stages from */
    FORM_STAGES, /* which of them */
} FormKind;

typedef struct FormRow {
    char *label, *was;
    char *command; /* that the field's text follows; NULL: none */
    Field field;
    bool is_weight; /* its share of all of them stands beside it */
    bool is_chosen; /* FORM_STAGES */
} FormRow;

typedef struct Form {
    FormKind kind;
    FormRow *rows;
    size_t count, cap, active;
    bool has_error;
    Err err;
} Form;

/* -1 with err when there is nothing to change. */
int form_open_mix(Form *f, const Wheel *w, Err *err);
int form_open_limits(Form *f, const Wheel *w, Err *err);
/* One field, with a proposal. */
void form_open_text(Form *f, FormKind kind, const char *label,
                    const char *proposal);
/* A line each, "NAME = STAGE"; all are chosen. */
void form_open_stages(Form *f, const char *lines);
void form_close(Form *f);

DialogResult form_key(Form *f, int key);
/* Appends the command that row i stands for; nothing when it says what it
 * said. */
void form_command(const Form *f, size_t i, Text *to);
/* Would all commands be taken? Else -1, and the row that would not is active
 * with its mistake. */
int form_try(Form *f, const Wheel *w, uint64_t now_ns);
void form_draw(Cells *c, const Form *f, const Wheel *w, Glyphs glyphs);

#endif
