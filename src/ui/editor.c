/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/editor.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "plan/stage_text.h"

#define PAGE_ROWS 10
#define NEW_STAGE_NS (UINT64_C(30) * NS_PER_S)
#define DEFAULT_STEPS 5

/* --- following the run -------------------------------------------------- */

static void remember_selected(Editor *e) {
    const PlanRow *r = &e->rows[e->selected];
    e->selected_ref = draft_ref(&e->draft, r->row);
    e->selected_is_past = r->state == ROW_PAST;
}

static void select_row(Editor *e, size_t i) {
    if (e->row_count == 0)
        return;
    e->selected = i < e->row_count ? i : e->row_count - 1;
    remember_selected(e);
}

/* Finds the selected row again; of a row in two parts the same part. */
static void find_selected(Editor *e) {
    uint32_t row = draft_row(&e->draft, e->selected_ref);
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < e->row_count; i++) {
        bool past = e->rows[i].state == ROW_PAST;
        if (e->rows[i].row == row &&
            (found == SIZE_MAX || past == e->selected_is_past))
            found = i;
    }
    if (found != SIZE_MAX) {
        e->selected = found;
        return;
    }
    /* gone: what is being typed must not go to another stage */
    if (e->is_open) {
        e->is_open = false;
        e->has_error = true;
        err_set(&e->err, "this stage is gone");
    }
    select_row(e, e->selected);
}

static bool has_selected(const Editor *e) {
    uint32_t row = draft_row(&e->draft, e->selected_ref);
    for (size_t i = 0; row && i < e->row_count; i++)
        if (e->rows[i].row == row)
            return true;
    return false;
}

static void read_rows(Editor *e) {
    const Plan *p = e->draft.trial.plan;
    size_t count = plan_rows(p, NULL, 0);
    free(e->rows);
    e->rows = mem_alloc(count, sizeof *e->rows);
    e->row_count = plan_rows(p, e->rows, count);
}

static void forget_typed(Editor *e) {
    draft_type(&e->draft, DRAFT_RENAME, 0, NULL);
    read_rows(e);
    find_selected(e);
}

void editor_follow(Editor *e, const Snapshot *s, const Wheel *w) {
    draft_follow(&e->draft, w, s->now_ns);
    read_rows(e);
    if (e->draft.has_typed && !has_selected(e))
        forget_typed(e);
    find_selected(e);
    editor_read_figures(e, s);
}

void editor_init(Editor *e, const Snapshot *s, const Wheel *w) {
    *e = (Editor){ .column = COLUMN_LENGTH };
    draft_init(&e->draft);
    editor_follow(e, s, w);
    size_t i = 0;
    while (i < e->row_count && e->rows[i].state == ROW_PAST)
        i++;
    select_row(e, i);
}

void editor_close(Editor *e) {
    draft_close(&e->draft);
    free(e->rows);
    free(e->figures);
    *e = (Editor){ 0 };
}

/* --- what stands in a field --------------------------------------------- */

const Stage *editor_stage(const Editor *e, const PlanRow *r) {
    return &e->draft.trial.plan->stages[r->first + r->count - 1];
}

/* A length that time has cut somewhere has no round figure. */
static uint64_t shown_length(const Editor *e, const PlanRow *r) {
    const Stage *s = editor_stage(e, r);
    bool whole = r->count == 1 && s->offset_ns == 0 &&
                 s->length_ns == s->full_ns && !s->from_fixed && !s->open;
    if (whole)
        return r->length_ns;
    uint64_t grain = r->length_ns < 10 * NS_PER_S ? NS_PER_S / 10 : NS_PER_S;
    return (r->length_ns + grain / 2) / grain * grain;
}

static void add_level(const Editor *e, const Stage *s, Text *to) {
    UnitsText t;
    bool rate = e->draft.base.unit == PLAN_RATE;
    double level = s->form == STAGE_STAY ? s->from : s->level;
    text_adds(to, units_level(t, level_tidy(level, e->draft.base.unit), rate));
}

static void add_ramp(const Stage *s, Text *to) {
    switch (s->form) {
    case STAGE_STAY:
        text_adds(to, "stay");
        return;
    case STAGE_JUMP:
        text_adds(to, "jump");
        return;
    case STAGE_RAMP:
        break;
    }
    switch (s->shape) {
    case RAMP_LINEAR:
        text_adds(to, "linear");
        return;
    case RAMP_SMOOTH:
        text_adds(to, "smooth");
        return;
    case RAMP_STEP:
        text_addf(to, "step %d", s->steps);
        return;
    }
}

void editor_field_text(const Editor *e, const PlanRow *r, EditorColumn column,
                       Text *to) {
    const Stage *s = editor_stage(e, r);
    UnitsText t;
    switch (column) {
    case COLUMN_NAME:
        text_adds(to, s->name);
        return;
    case COLUMN_LENGTH:
        text_adds(to, units_duration(t, shown_length(e, r)));
        return;
    case COLUMN_LEVEL:
        add_level(e, s, to);
        return;
    case COLUMN_RAMP:
    case COLUMN_COUNT:
        add_ramp(s, to);
        return;
    }
}

/* --- changing ----------------------------------------------------------- */

static int change(Editor *e, DraftKind kind, RowRef target, const char *text,
                  RowRef *self) {
    if (draft_add(&e->draft, kind, target, text, self, &e->err) < 0) {
        e->has_error = true;
        return -1;
    }
    read_rows(e);
    find_selected(e);
    return 0;
}

/* "+50" and "-50" step from what the stage has, not from the level of now;
 * the rest is for the command to judge. */
static int level_text(Editor *e, const char *typed, char to[FIELD_BYTES + 1]) {
    const Stage *s = editor_stage(e, &e->rows[e->selected]);
    double was = s->form == STAGE_STAY ? s->from : s->level, by;
    bool rate = false, plan_rate = e->draft.base.unit == PLAN_RATE;
    UnitsText t;
    snprintf(to, FIELD_BYTES + 1, "%s", typed);
    if (*typed != '+' && *typed != '-')
        return 0;
    if (units_read_level(typed + 1, &by, &rate, &e->err) < 0)
        return -1;
    if (rate && !plan_rate)
        return err_set(&e->err, "this plan counts virtual users: write %c%.10g",
                       *typed, by);
    double level = fmax(0, *typed == '+' ? was + by : was - by);
    snprintf(to, FIELD_BYTES + 1, "%s",
             units_level(t, plan_rate ? level : round(level), plan_rate));
    return 0;
}

/* Puts the typed text into the draft; -1: it cannot be, the field stays. */
static const DraftKind column_kinds[COLUMN_COUNT] = {
    [COLUMN_NAME] = DRAFT_RENAME,
    [COLUMN_LENGTH] = DRAFT_LENGTH,
    [COLUMN_LEVEL] = DRAFT_LEVEL,
    [COLUMN_RAMP] = DRAFT_RAMP,
};

/* The course changes with each character, as far as it means something. */
static void try_typed(Editor *e) {
    char text[FIELD_BYTES + 1], typed[FIELD_BYTES + 1];
    Err unsaid = e->err;
    forget_typed(e);
    snprintf(typed, sizeof typed, "%s", e->field.text);
    const char *wanted = text_trim(typed);
    snprintf(text, sizeof text, "%s", wanted);
    bool is_level = e->column == COLUMN_LEVEL;
    if (*wanted && !(is_level && level_text(e, wanted, text) < 0)) {
        draft_type(&e->draft, column_kinds[e->column], e->selected_ref, text);
        read_rows(e);
        if (has_selected(e))
            find_selected(e);
        else
            forget_typed(e);
    }
    e->err = unsaid;
}

static int accept_field(Editor *e) {
    if (!e->is_open)
        return 0;
    forget_typed(e);
    char text[FIELD_BYTES + 1], typed[FIELD_BYTES + 1];
    snprintf(typed, sizeof typed, "%s", e->field.text);
    const char *wanted = text_trim(typed);
    Text stands = { 0 };
    editor_field_text(e, &e->rows[e->selected], e->column, &stands);
    bool same = text_equal(stands.bytes, wanted);
    text_close(&stands);
    if (same) {
        e->is_open = false;
        return 0;
    }
    snprintf(text, sizeof text, "%s", wanted);
    if (e->column == COLUMN_LEVEL && level_text(e, wanted, text) < 0) {
        e->has_error = true;
        return -1;
    }
    if (change(e, column_kinds[e->column], e->selected_ref, text, NULL) < 0)
        return -1;
    e->is_open = false;
    return 0;
}

static void open_field(Editor *e) {
    Text t = { 0 };
    editor_field_text(e, &e->rows[e->selected], e->column, &t);
    field_set(&e->field, t.bytes);
    e->field.is_fresh = false;
    e->is_open = true;
    text_close(&t);
}

/* A name that no stage has: "stage-7", "hold-2". */
static void free_name(const Editor *e, const char *from, bool as_it_is,
                      char to[PLAN_NAME_MAX]) {
    const Plan *p = e->draft.trial.plan;
    for (unsigned n = as_it_is ? 1 : 2;; n++) {
        bool taken = false;
        if (n == 1)
            snprintf(to, PLAN_NAME_MAX, "%s", from);
        else
            snprintf(to, PLAN_NAME_MAX, "%.36s-%u", from, n);
        for (size_t i = 0; i < p->count; i++)
            taken |= text_equal(p->stages[i].name, to);
        if (!taken)
            return;
    }
}

/* After the selected row; what is past leads to the present. */
static RowRef insert_after(const Editor *e) {
    if (e->rows[e->selected].state == ROW_PAST)
        return 0;
    return e->selected_ref;
}

static void insert_stage(Editor *e, const Stage *s, const char *name,
                         bool as_it_is) {
    Text t = { 0 };
    RowRef self = 0;
    char fresh[PLAN_NAME_MAX];
    free_name(e, name, as_it_is, fresh);
    text_addf(&t, "%s = ", fresh);
    stage_print(s, e->draft.base.unit, &t);
    if (change(e, DRAFT_INSERT, insert_after(e), t.bytes, &self) == 0) {
        e->selected_ref = self;
        e->selected_is_past = false;
        find_selected(e);
    }
    text_close(&t);
}

int editor_insert(Editor *e, const char *line) {
    LevelUnit unit = { true, e->draft.base.unit == PLAN_RATE, true };
    const char *equals = strstr(line, " = ");
    char name[PLAN_NAME_MAX];
    Stage s = { 0 };
    e->has_error = false;
    if (e->row_count == 0)
        return err_set(&e->err, "there is nothing to edit");
    if (!equals || equals - line >= PLAN_NAME_MAX)
        return err_set(&e->err, "'%.60s' is no stage", line);
    snprintf(name, sizeof name, "%.*s", (int)(equals - line), line);
    if (stage_read(&s, equals + 3, &unit, &e->err) < 0)
        return -1;
    insert_stage(e, &s, name, true);
    return e->has_error ? -1 : 0;
}

/* 30 s at the level that is there, to be changed: until then it only moves
 * what follows. */
static void insert_new(Editor *e) {
    const Plan *p = e->draft.trial.plan;
    const PlanRow *r = &e->rows[e->selected];
    double level = r->state == ROW_PAST ? plan_level_at(p, p->now_ns)
                                        : stage_end_level(editor_stage(e, r));
    if (p->unit == PLAN_VUS)
        level = round(level);
    Stage s = { .form = STAGE_RAMP, .level = level, .full_ns = NEW_STAGE_NS };
    insert_stage(e, &s, "stage", false);
    if (!e->has_error)
        e->column = COLUMN_NAME;
}

static void duplicate(Editor *e) {
    const PlanRow *r = &e->rows[e->selected];
    Stage s = *editor_stage(e, r);
    if (s.open) {
        e->has_error = true;
        err_set(&e->err, "the hand's stage has no length yet");
        return;
    }
    s.full_ns = shown_length(e, r);
    if (e->draft.base.unit == PLAN_VUS)
        s.level = round(s.level);
    insert_stage(e, &s, s.name, false);
}

static void next_ramp(Editor *e) {
    const Stage *s = editor_stage(e, &e->rows[e->selected]);
    char text[32];
    const char *to = s->form == STAGE_STAY     ? "linear"
                     : s->form == STAGE_JUMP   ? "stay"
                     : s->shape == RAMP_LINEAR ? "smooth"
                     : s->shape == RAMP_SMOOTH ? "step"
                                               : "jump";
    snprintf(text, sizeof text, "%s", to);
    if (text_equal(to, "step"))
        snprintf(text, sizeof text, "step %d", DEFAULT_STEPS);
    /* r again and again is one change, and loses no level on its way */
    if (draft_ends_with(&e->draft, DRAFT_RAMP, e->selected_ref))
        draft_undo(&e->draft);
    change(e, DRAFT_RAMP, e->selected_ref, text, NULL);
}

static void delete_row(Editor *e) {
    size_t at = e->selected;
    if (change(e, DRAFT_DELETE, e->selected_ref, "", NULL) == 0)
        select_row(e, at);
}

static void undo_or_redo(Editor *e, bool (*act)(Draft *), const char *what) {
    if (act(&e->draft)) {
        read_rows(e);
        find_selected(e);
        return;
    }
    e->has_error = true;
    err_set(&e->err, "nothing to %s in the draft", what);
}

/* --- keys --------------------------------------------------------------- */

static void move_column(Editor *e, int by) {
    int column = (int)e->column + by;
    if (column < 0)
        column = COLUMN_COUNT - 1;
    e->column = (EditorColumn)(column % COLUMN_COUNT);
}

static void move_row(Editor *e, int by) {
    size_t step = (size_t)abs(by);
    if (by < 0)
        select_row(e, e->selected > step ? e->selected - step : 0);
    else
        select_row(e, e->selected + step); /* or the last */
}

bool editor_move(Editor *e, KeyAct what) {
    static const struct {
        KeyAct act;
        int rows, columns;
    } moves[] = {
        { ACT_UP, -1, 0 },
        { ACT_DOWN, 1, 0 },
        { ACT_PAGE_UP, -PAGE_ROWS, 0 },
        { ACT_PAGE_DOWN, PAGE_ROWS, 0 },
        { ACT_FIRST, -PLAN_STAGES_MAX, 0 },
        { ACT_LAST, PLAN_STAGES_MAX, 0 },
        { ACT_LEFT, 0, -1 },
        { ACT_RIGHT, 0, 1 },
        { ACT_FIELD_BACK, 0, -1 },
        { ACT_FIELD_NEXT, 0, 1 },
    };
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].act == what) {
            if (moves[i].rows)
                move_row(e, moves[i].rows);
            move_column(e, moves[i].columns);
            return true;
        }
    return false;
}

/* Keys that open the field: figures, in the name everything; Backspace
 * changes what stands there. */
static bool starts_typing(const Editor *e, int key) {
    if (key == KEYCODE_BACKSPACE)
        return true;
    switch (e->column) {
    case COLUMN_NAME:
        return field_is_text(key);
    case COLUMN_LENGTH:
        return (key >= '0' && key <= '9') || key == '.';
    case COLUMN_LEVEL:
        return (key >= '0' && key <= '9') || key == '+' || key == '-';
    case COLUMN_RAMP:
    case COLUMN_COUNT:
        return false;
    }
    return false;
}

static EditorResult open_field_key(Editor *e, int key) {
    if (key == KEYCODE_ESC) {
        e->is_open = false;
        forget_typed(e);
        return EDITOR_STAYS;
    }
    if (key == KEYCODE_F1)
        return EDITOR_HELP;
    if (field_key(&e->field, key)) {
        try_typed(e);
        return EDITOR_STAYS;
    }
    if (accept_field(e) < 0)
        return EDITOR_STAYS;
    if (key == KEYCODE_ENTER)
        return EDITOR_APPLY;
    const KeyStroke *k = key_find(MODE_STAGES, key);
    if (k)
        editor_move(e, k->act);
    return EDITOR_STAYS;
}

static EditorResult act(Editor *e, KeyAct what) {
    if (editor_move(e, what))
        return EDITOR_STAYS;
    switch ((int)what) { /* the editor's; others never come here */
    case ACT_FIELD_OPEN:
        open_field(e);
        break;
    case ACT_INSERT:
        insert_new(e);
        break;
    case ACT_DELETE:
        delete_row(e);
        break;
    case ACT_DUPLICATE:
        duplicate(e);
        break;
    case ACT_MOVE_UP:
        change(e, DRAFT_MOVE, e->selected_ref, "up", NULL);
        break;
    case ACT_MOVE_DOWN:
        change(e, DRAFT_MOVE, e->selected_ref, "down", NULL);
        break;
    case ACT_RAMP:
        next_ramp(e);
        break;
    case ACT_UNDO:
        undo_or_redo(e, draft_undo, "undo");
        break;
    case ACT_REDO:
        undo_or_redo(e, draft_redo, "redo");
        break;
    case ACT_COPY_STAGES:
        return EDITOR_COPY;
    case ACT_NEXT_STAGES:
        return EDITOR_NEXT;
    case ACT_APPLY:
        return EDITOR_APPLY;
    case ACT_LEAVE:
        return EDITOR_LEAVE;
    case ACT_HELP:
        return EDITOR_HELP;
    default:
        break;
    }
    return EDITOR_STAYS;
}

EditorResult editor_key(Editor *e, int key) {
    e->has_error = false;
    if (e->row_count == 0)
        return key == KEYCODE_ESC || key == KEYCODE_ENTER ? EDITOR_LEAVE
                                                          : EDITOR_STAYS;
    if (e->is_open)
        return open_field_key(e, key);
    if (starts_typing(e, key)) {
        open_field(e);
        e->field.is_fresh = key != KEYCODE_BACKSPACE;
        field_key(&e->field, key);
        try_typed(e);
        return EDITOR_STAYS;
    }
    const KeyStroke *k = key_find(MODE_STAGES, key);
    if (k)
        return act(e, k->act);
    char name[KEY_NAME_MAX];
    e->has_error = true;
    err_set(&e->err, "no key '%s' here; F1 shows the keys",
            key_print(name, key));
    return EDITOR_STAYS;
}

/* --- what it comes to --------------------------------------------------- */

void editor_commands(const Editor *e, Text *to) {
    draft_commands(&e->draft, to);
}

size_t editor_changes(const Editor *e) {
    DraftEffect f = draft_effect(&e->draft);
    return f.added + f.deleted + f.changed + f.moved;
}

void editor_failures(const Editor *e, Text *to) {
    for (size_t i = 0; i < e->draft.count; i++) {
        if (!draft_failed(&e->draft.ops[i]))
            continue;
        text_adds(to, to->length ? "; " : "");
        draft_explain(&e->draft, &e->draft.ops[i], to);
    }
}
