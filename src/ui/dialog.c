/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dialog.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "ui/keys.h"
#include "ui/scene.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define BOX_COLS 64
#define LABEL_COLS 10

static const struct {
    const char *title, *verb;
    const char *label[DIALOG_FIELDS];
    const char *hint; /* while there is nothing to try */
    bool may_be_empty;
} kinds[] = {
    [DIALOG_LEVEL] = { "take the wheel: level",
                       "level",
                       { "level", NULL },
                       "250, +50, -10%, x2, 800/s, or 500 in 30s",
                       false },
    [DIALOG_STRETCH] = { "stretch this stage",
                         "stretch",
                         { "by", NULL },
                         "30s longer, or -30s shorter",
                         false },
    [DIALOG_SPIKE] = { "spike now",
                       "spike",
                       { "level", "for" },
                       "a level (500, +400, x2) and a duration (20s)",
                       false },
    [DIALOG_MARK] = { "mark",
                      "mark",
                      { "note", NULL },
                      "stands in the log and on the charts",
                      true },
};

/* --- values ------------------------------------------------------------- */

/* Twice the level of the moment, at least one more; from nothing, the
 * plan's peak. */
static void propose_spike(Dialog *d, const Wheel *w, uint64_t now_ns) {
    UnitsText t;
    const Plan *p = w->plan;
    double now = plan_level_at(p, now_ns);
    double by = now > 0 ? now : plan_peak(p);
    by = p->unit == PLAN_RATE ? by : fmax(1, by);
    char text[UNITS_TEXT_MAX + 1];
    snprintf(text, sizeof text, "+%s", words_level(t, by, p->unit));
    field_set(&d->fields[0], text);
    field_set(&d->fields[1], "20s");
}

void dialog_open(Dialog *d, DialogKind kind, const Wheel *w, uint64_t now_ns) {
    UnitsText t;
    const Plan *p = w->plan;
    double now = plan_level_at(p, now_ns);
    *d = (Dialog){ .kind = kind };
    switch (kind) {
    case DIALOG_LEVEL:
        field_set(&d->fields[0], words_level(t, now, p->unit));
        break;
    case DIALOG_STRETCH:
        field_set(&d->fields[0], "30s");
        break;
    case DIALOG_SPIKE:
        propose_spike(d, w, now_ns);
        break;
    case DIALOG_MARK:
    case DIALOG_NONE:
        break;
    }
}

void dialog_command(const Dialog *d, Text *to) {
    text_adds(to, kinds[d->kind].verb);
    for (int i = 0; i < DIALOG_FIELDS && kinds[d->kind].label[i]; i++)
        text_addf(to, " %s", d->fields[i].text);
}

static bool is_empty(const Dialog *d) {
    for (int i = 0; i < DIALOG_FIELDS && kinds[d->kind].label[i]; i++)
        if (!d->fields[i].text[strspn(d->fields[i].text, " ")])
            return true;
    return false;
}

/* --- keys --------------------------------------------------------------- */

DialogResult dialog_key(Dialog *d, int key) {
    int count = kinds[d->kind].label[1] ? 2 : 1;
    const KeyStroke *k = key_find(MODE_DIALOG, key);
    KeyAct act = k ? k->act : ACT_NONE;
    d->has_error = false;
    if (act == ACT_APPLY && is_empty(d) && !kinds[d->kind].may_be_empty) {
        d->has_error = true;
        err_set(&d->err, "a value is missing: %s", kinds[d->kind].hint);
        return DIALOG_STAYS;
    }
    if (act == ACT_APPLY)
        return DIALOG_ENTER;
    if (act == ACT_LEAVE)
        return DIALOG_LEAVE;
    if (act == ACT_FIELD_NEXT)
        d->active = (d->active + 1) % count;
    else if (act == ACT_FIELD_BACK)
        d->active = (d->active + count - 1) % count;
    else
        field_key(&d->fields[d->active], key);
    return DIALOG_STAYS;
}

/* --- drawing ------------------------------------------------------------ */

static void say_numbers(const Dialog *d, const Trial *t, PlanUnit unit,
                        const Text *answer, Text *to) {
    UnitsText a, b;
    const char *name = unit == PLAN_RATE ? "arrivals/s" : "VUs";
    units_count(a, t->before);
    units_count(b, t->after);
    if (d->kind == DIALOG_SPIKE) {
        text_addf(to, "from %s to %s %s for %s, then back", a, b, name,
                  d->fields[1].text);
    } else if (d->kind == DIALOG_STRETCH) {
        units_clock(a, t->total_before_ns);
        units_clock(b, t->total_after_ns);
        text_addf(to, "%s; the plan takes %s, was %s", answer->bytes, b, a);
    } else {
        text_adds(to, answer->bytes);
    }
    if (t->is_dangerous) {
        text_clear(to);
        trial_warn(t, unit, to);
    }
}

/* What Enter would do; the style says how that is. */
static Style say(const Dialog *d, const Wheel *w, uint64_t now_ns, Text *to) {
    if (d->has_error) {
        text_adds(to, d->err.text);
        return STYLE_BAD;
    }
    if (d->kind == DIALOG_MARK || is_empty(d)) {
        text_adds(to, kinds[d->kind].hint);
        return STYLE_DIM;
    }
    Text command = { 0 }, answer = { 0 };
    Trial t;
    Err err;
    Style style = STYLE_HAND;
    dialog_command(d, &command);
    if (trial_do(w, now_ns, command.bytes, &t, &answer, &err) < 0) {
        text_adds(to, err.text);
        style = STYLE_WARN;
    } else {
        say_numbers(d, &t, w->plan->unit, &answer, to);
        style = t.is_dangerous ? STYLE_BAD : STYLE_HAND;
    }
    text_close(&command);
    text_close(&answer);
    return style;
}

void dialog_draw(Cells *c, const Dialog *d, const Wheel *w, uint64_t now_ns,
                 Glyphs glyphs) {
    int fields = kinds[d->kind].label[1] ? 2 : 1;
    int rows = fields + 2 + 2; /* fields, two lines, the frame */
    int cols = c->cols - 2 < BOX_COLS ? c->cols - 2 : BOX_COLS;
    Rect r = { c->rows / 2 - rows / 2, (c->cols - cols) / 2, rows, cols };
    cells_fill(c, r, GROUND_DIALOG);
    char title[160];
    bool is_of_one = w->plan_count > 1 && d->kind != DIALOG_MARK;
    snprintf(title, sizeof title, "%s%s%.100s", kinds[d->kind].title,
             is_of_one ? ": " : "", is_of_one ? w->names[w->focus] : "");
    Rect in = box_draw(c, r, title,
                       cols < 50 + cells_width(title) / 2
                           ? NULL
                           : "Enter does it   Esc leaves",
                       glyphs);
    int left = in.x + 2 + LABEL_COLS;
    for (int i = 0; i < fields; i++) {
        cells_text(c, in.y + i, in.x + 2, STYLE_DIM, kinds[d->kind].label[i]);
        field_draw(&d->fields[i], c, in.y + i, left, in.x + in.cols - 2 - left,
                   i == d->active);
    }
    Text t = { 0 };
    Style style = say(d, w, now_ns, &t);
    wrap_draw(c, (Rect){ in.y + fields, in.x + 2, 2, in.cols - 4 }, style,
              t.bytes ? t.bytes : "");
    text_close(&t);
}
