/* SPDX-License-Identifier: GPL-3.0-or-later */
/* editor.h: the stage editor: a table of stages with the course above it,
 * changing as one types. What is typed goes into a Draft; nothing reaches
 * the run before it is applied. Pure of terminal; main thread. */
#ifndef ONRUSH_UI_EDITOR_H
#define ONRUSH_UI_EDITOR_H

#include "ui/draft.h"
#include "ui/field.h"
#include "ui/keys.h"
#include "ui/scene.h"

typedef enum EditorColumn {
    COLUMN_NAME,
    COLUMN_LENGTH,
    COLUMN_LEVEL,
    COLUMN_RAMP,
    COLUMN_COUNT
} EditorColumn;

/* Of an executed row, kept: merging histograms is dear. */
typedef struct StageFigures {
    uint64_t from_ns, to_ns;
    double p50_ns, p95_ns, error_rate, rps; /* NaN: nothing measured */
} StageFigures;

typedef struct Editor {
    Draft draft;
    PlanRow *rows; /* of the draft's trial */
    size_t row_count;
    StageFigures *figures; /* of the rows, by index */
    size_t figure_count;
    size_t selected;       /* index into rows */
    RowRef selected_ref;   /* it stays selected when rows come and go */
    bool selected_is_past; /* the done part of a row that goes on */
    EditorColumn column;
    bool is_asleep; /* it is only looked at: no field is chosen */
    bool is_open;   /* the field is being typed into */
    Field field;
    bool has_error;
    Err err; /* what is wrong with the field, or with the last key */
} Editor;

/* Opens on the stage that runs. */
void editor_init(Editor *e, const Snapshot *s, const Wheel *w);
void editor_close(Editor *e);
/* Plays the draft on the plan of now; before every key and every frame. */
void editor_follow(Editor *e, const Snapshot *s, const Wheel *w);

typedef enum EditorResult {
    EDITOR_STAYS,
    EDITOR_APPLY, /* send editor_commands, or leave when there are none */
    EDITOR_LEAVE, /* ask first when the draft changes something */
    EDITOR_COPY,  /* ask for a profile to copy stages from */
    EDITOR_NEXT,  /* edit the next scenario; ask first, too */
    EDITOR_HELP,
} EditorResult;

/* A key that only moves; false: it was none of them. */
bool editor_move(Editor *e, KeyAct act);
EditorResult editor_key(Editor *e, int key);
/* Inserts "NAME = STAGE" behind the selected stage and selects it; the name
 * is changed if there is one. -1: editor.err says why. */
int editor_insert(Editor *e, const char *line);
/* Appends "edit …", nothing when there is nothing to do. */
void editor_commands(const Editor *e, Text *to);
/* How many stages the draft touches. */
size_t editor_changes(const Editor *e);
/* Appends what cannot be done any more and why; nothing when all can. */
void editor_failures(const Editor *e, Text *to);

/* What was measured in rows that are past, and in whole seconds of the
 * present one; what still holds is not read again. For editor_follow. */
void editor_read_figures(Editor *e, const Snapshot *s);

void editor_draw(Cells *c, Rect r, const Editor *e, const Scene *s);

/* For drawing and for opening a field. */
const Stage *editor_stage(const Editor *e, const PlanRow *r);
void editor_field_text(const Editor *e, const PlanRow *r, EditorColumn column,
                       Text *to);

#endif
