/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/keys.h"
#include "ui/scene.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define BOX_COLS 84
#define LABEL_COLS_MAX 36
#define SHARE_COLS 8

static const struct {
    const char *title, *hint, *keys;
    int cols;       /* of the box, at most */
    bool is_of_one; /* scenario */
} kinds[] = {
    [FORM_MIX] = { "mix and think time",
                   "weights count against each other; a task's rate is 2/m; "
                   "think x2 is twice as long",
                   "Enter does it   Esc leaves", 64, true },
    [FORM_LIMITS] = { "thresholds",
                      "judged over the whole run: p(95) < 800, rate < 5%",
                      "Enter does it   Esc leaves", BOX_COLS, false },
    [FORM_SAVE] = { "save as a profile",
                    "what happened so far, your hand included; beside the "
                    "results, or where a / says",
                    "Enter saves   Esc leaves", 70, false },
    [FORM_COPY] = { "copy stages",
                    "the path of a profile, or the name of a ready-made one",
                    "Enter reads   Esc leaves", 70, false },
    [FORM_STAGES] = { "copy which stages",
                      "space chooses; they come behind the selected stage",
                      "Enter copies   Esc leaves", 70, false },
};

/* --- opening ------------------------------------------------------------ */

static FormRow *add_row(Form *f, const char *label, const char *value) {
    mem_grow(f->rows, f->count, f->cap);
    FormRow *r = &f->rows[f->count++];
    *r = (FormRow){ .label = mem_dup_text(label), .was = mem_dup_text(value) };
    field_set(&r->field, value);
    return r;
}

static void close_rows(Form *f) {
    for (size_t i = 0; i < f->count; i++) {
        free(f->rows[i].label);
        free(f->rows[i].was);
        free(f->rows[i].command);
    }
    free(f->rows);
}

void form_close(Form *f) {
    close_rows(f);
    *f = (Form){ 0 };
}

static bool has_same_before(const Tuning *t, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (text_equal(t->names[k], t->names[i]))
            return true;
    return false;
}

int form_open_mix(Form *f, const Wheel *w, Err *err) {
    const Tuning *t = &w->tunings[w->focus];
    char value[64];
    if (!t->count && !t->thinks)
        return err_set(err, "%s has no mix, no tasks and no think time",
                       w->plan_count > 1 ? w->names[w->focus] : "this run");
    *f = (Form){ .kind = FORM_MIX };
    for (size_t i = 0; i < t->count; i++) {
        Text command = { 0 };
        snprintf(value, sizeof value, t->are_rates ? "%.6g/m" : "%.6g",
                 t->are_rates ? t->values[i] * 60 : t->values[i]);
        FormRow *r = add_row(f, t->names[i], value);
        r->is_weight = !t->are_rates;
        if (has_same_before(t, i))
            text_addf(&command, "weight %zu ", i + 1);
        else
            text_addf(&command, "weight %s ", t->names[i]);
        r->command = text_take(&command);
    }
    if (t->thinks) {
        snprintf(value, sizeof value, "x%.6g", t->think);
        add_row(f, "think time", value)->command = mem_dup_text("think ");
    }
    return 0;
}

int form_open_limits(Form *f, const Wheel *w, Err *err) {
    const ThresholdList *l = &w->limits.now;
    if (!l->count)
        return err_set(err, "this run has no thresholds");
    *f = (Form){ .kind = FORM_LIMITS };
    for (size_t i = 0; i < l->count; i++) {
        Text command = { 0 };
        text_addf(&command, "threshold %zu = ", i + 1);
        add_row(f, l->items[i].key, l->items[i].text)->command =
            text_take(&command);
    }
    return 0;
}

void form_open_text(Form *f, FormKind kind, const char *label,
                    const char *proposal) {
    *f = (Form){ .kind = kind };
    add_row(f, label, proposal);
}

void form_open_stages(Form *f, const char *lines) {
    *f = (Form){ .kind = FORM_STAGES };
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        Text one = { 0 };
        text_add(&one, lines, n);
        if (n)
            add_row(f, one.bytes, "")->is_chosen = true;
        text_close(&one);
        lines += n + (lines[n] != '\0');
    }
}

/* --- keys --------------------------------------------------------------- */

DialogResult form_key(Form *f, int key) {
    const KeyStroke *k = key_find(MODE_DIALOG, key);
    KeyAct act = k ? k->act : ACT_NONE;
    FormRow *r = &f->rows[f->active];
    f->has_error = false;
    if (act == ACT_APPLY)
        return DIALOG_ENTER;
    if (act == ACT_LEAVE)
        return DIALOG_LEAVE;
    if (act == ACT_FIELD_NEXT)
        f->active = (f->active + 1) % f->count;
    else if (act == ACT_FIELD_BACK)
        f->active = (f->active + f->count - 1) % f->count;
    else if (f->kind != FORM_STAGES)
        field_key(&r->field, key);
    else if (key == ' ')
        r->is_chosen = !r->is_chosen;
    return DIALOG_STAYS;
}

/* --- what it comes to --------------------------------------------------- */

void form_command(const Form *f, size_t i, Text *to) {
    const FormRow *r = &f->rows[i];
    if (r->command && strcmp(r->field.text, r->was) != 0)
        text_addf(to, "%s%s", r->command, r->field.text);
}

int form_try(Form *f, const Wheel *w, uint64_t now_ns) {
    Wheel trial;
    Text command = { 0 }, answer = { 0 };
    wheel_copy(&trial, w);
    for (size_t i = 0; i < f->count && !f->has_error; i++) {
        text_clear(&command);
        form_command(f, i, &command);
        if (!command.length ||
            wheel_do(&trial, now_ns, command.bytes, &answer, &f->err) == 0)
            continue;
        f->has_error = true;
        f->active = i;
    }
    wheel_close(&trial);
    text_close(&command);
    text_close(&answer);
    return f->has_error ? -1 : 0;
}

/* --- drawing ------------------------------------------------------------ */

/* NaN: not a number, or nothing to share. */
static double share(const Form *f, size_t row) {
    double sum = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->rows[i].is_weight)
            sum += strtod(f->rows[i].field.text, NULL);
    return strtod(f->rows[row].field.text, NULL) / sum;
}

static int label_cols(const Form *f, int most) {
    int cols = 4;
    for (size_t i = 0; i < f->count; i++) {
        int n = cells_width(f->rows[i].label);
        cols = n > cols ? n : cols;
    }
    return cols < most ? cols : most;
}

static void row_draw(Cells *c, Rect in, const Form *f, size_t i, int labels,
                     Glyphs glyphs) {
    const FormRow *r = &f->rows[i];
    bool is_here = i == f->active;
    bool is_changed = f->kind <= FORM_LIMITS && strcmp(r->field.text, r->was);
    Style style = is_here ? STYLE_BRIGHT : STYLE_TEXT;
    if (is_here)
        cells_ground(c, in.y, in.x + 1, in.cols - 2, GROUND_SELECT);
    if (f->kind == FORM_STAGES) {
        cells_text(c, in.y, in.x + 2, r->is_chosen ? STYLE_HAND : STYLE_DIM,
                   r->is_chosen ? "[x]" : "[ ]");
        words_cut(c, in.y, in.x + 6, in.cols - 8,
                  r->is_chosen ? style : STYLE_DIM, r->label, glyphs);
        return;
    }
    cells_text(c, in.y, in.x + 1, STYLE_HAND, is_changed ? "*" : " ");
    words_cut(c, in.y, in.x + 2, labels, style, r->label, glyphs);
    int left = in.x + labels + 4;
    int cols = in.x + in.cols - 2 - left - (r->is_weight ? SHARE_COLS : 0);
    field_draw(&r->field, c, in.y, left, cols, is_here);
    double of = r->is_weight ? share(f, i) : -1;
    UnitsText t;
    if (of >= 0 && of <= 1)
        cells_right(c, in.y, in.x + in.cols - 3, STYLE_DIM,
                    units_percent(t, of));
}

void form_draw(Cells *c, const Form *f, const Wheel *w, Glyphs glyphs) {
    int cols =
        c->cols - 2 < kinds[f->kind].cols ? c->cols - 2 : kinds[f->kind].cols;
    int most = c->rows - 6, count = (int)f->count;
    int shown = count < most ? count : most;
    int rows = shown + 4;
    Rect r = { c->rows / 2 - rows / 2, (c->cols - cols) / 2, rows, cols };
    char title[160];
    bool is_of_one = w->plan_count > 1 && kinds[f->kind].is_of_one;
    snprintf(title, sizeof title, "%s%s%.100s", kinds[f->kind].title,
             is_of_one ? ": " : "", is_of_one ? w->names[w->focus] : "");
    cells_fill(c, r, GROUND_DIALOG);
    Rect in = box_draw(
        c, r, title,
        cols < 34 + cells_width(title) ? NULL : kinds[f->kind].keys, glyphs);
    int first = (int)f->active - shown / 2;
    first = first > count - shown ? count - shown : first;
    first = first < 0 ? 0 : first;
    int labels = label_cols(f, in.cols / 2 < LABEL_COLS_MAX ? in.cols / 2
                                                            : LABEL_COLS_MAX);
    for (int i = 0; i < shown; i++)
        row_draw(c, (Rect){ in.y + i, in.x, 1, in.cols }, f,
                 (size_t)(first + i), labels, glyphs);
    wrap_draw(c, (Rect){ in.y + shown, in.x + 2, 2, in.cols - 4 },
              f->has_error ? STYLE_BAD : STYLE_DIM,
              f->has_error ? f->err.text : kinds[f->kind].hint);
    if (shown < count)
        cells_rightf(c, r.y + r.rows - 1, r.x + r.cols - 3, STYLE_DIM,
                     " %d of %d ", first + shown, count);
}
