/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verb_scenario.h"

/* --- the lists ---------------------------------------------------------- */

static void drop_at(WheelSteps *s, size_t i) {
    memmove(s->items + i, s->items + i + 1,
            (s->count - i - 1) * sizeof *s->items);
    s->count--;
}

/* No longer than a plan's own history: what is listed can be undone. */
static void push(WheelSteps *s, const WheelStep *step) {
    if (s->count == PLAN_UNDO_MAX)
        drop_at(s, 0);
    mem_grow(s->items, s->count, s->cap);
    s->items[s->count++] = *step;
}

/* SIZE_MAX: there is none. */
static size_t newest(const WheelSteps *s, size_t scenario) {
    size_t i = s->count;
    while (i > 0 && scenario != SIZE_MAX &&
           s->items[i - 1].scenario != scenario)
        i--;
    return i - 1;
}

static WheelSteps copy_of(const WheelSteps *from) {
    WheelSteps to = { mem_alloc(from->count, sizeof *to.items), from->count,
                      from->count };
    if (from->count)
        memcpy(to.items, from->items, from->count * sizeof *to.items);
    return to;
}

void steps_copy(Wheel *to, const Wheel *from) {
    to->undo = copy_of(&from->undo);
    to->redo = copy_of(&from->redo);
    for (size_t i = 0; i < from->plan_count; i++) {
        plan_copy_history(&to->plans[i], &from->plans[i]);
        to->edits[i] = from->edits[i];
    }
}

void steps_close(Wheel *w) {
    free(w->undo.items);
    free(w->redo.items);
    w->undo = w->redo = (WheelSteps){ 0 };
}

/* --- noting ------------------------------------------------------------- */

static void say(const Wheel *w, const char *who, const char *command,
                WheelStep *s) {
    const char *what = verb_without_for(w, command);
    bool is_edit = strncmp(what, "edit ", 5) == 0; /* names rows by number */
    const char *cut = strlen(what) > STEP_WORDS ? "..." : "";
    snprintf(s->label, sizeof s->label, "%.*s%s%s%.40s%s", STEP_WORDS,
             is_edit ? "edit of the stages" : what, is_edit ? "" : cut,
             who ? " (" : "", who ? who : "", who ? ")" : "");
}

void steps_keep(Wheel *w, const WheelStep *step) {
    push(&w->undo, step);
    w->undo.items[w->undo.count - 1].label[0] = '\0';
    w->redo.count = 0;
}

void steps_note(Wheel *w, const char *who, const char *command) {
    for (size_t i = 0; i < w->plan_count; i++) {
        if (w->plans[i].edits == w->edits[i])
            continue;
        WheelStep s = { .scenario = i };
        say(w, who, command, &s);
        push(&w->undo, &s);
        w->edits[i] = w->plans[i].edits;
        w->redo.count = 0;
    }
    for (size_t i = w->undo.count; i-- > 0 && !w->undo.items[i].label[0];)
        say(w, who, command, &w->undo.items[i]);
}

void steps_forget(Wheel *w) {
    for (size_t i = 0; i < w->plan_count; i++)
        w->edits[i] = w->plans[i].edits;
    w->undo.count = w->redo.count = 0;
}

/* --- undoing ------------------------------------------------------------ */

/* What a step changed, to what it was before, or to what it made of it. */
static int apply(Wheel *w, uint64_t now_ns, const WheelStep *s, bool is_undo,
                 Err *err) {
    double value = is_undo ? s->was : s->is;
    switch (s->kind) {
    case STEP_PLAN:
        return (is_undo ? plan_undo : plan_redo)(&w->plans[s->scenario], now_ns,
                                                 err);
    case STEP_WEIGHT:
        w->tunings[s->scenario].values[s->item] = value;
        return 0;
    case STEP_THINK:
        w->tunings[s->scenario].think = value;
        return 0;
    case STEP_THRESHOLD:
        w->limits.now.items[s->item] = is_undo ? s->limit_was : s->limit_is;
        return 0;
    }
    return 0;
}

static int move(Wheel *w, uint64_t now_ns, size_t scenario, bool is_undo,
                Text *answer, Err *err) {
    WheelSteps *from = is_undo ? &w->undo : &w->redo;
    WheelSteps *to = is_undo ? &w->redo : &w->undo;
    size_t i = newest(from, scenario);
    if (i == SIZE_MAX)
        return err_set(err, "nothing to %s%s%s", is_undo ? "undo" : "redo",
                       scenario == SIZE_MAX ? "" : " in ",
                       scenario == SIZE_MAX ? "" : w->names[scenario]);
    WheelStep s = from->items[i];
    if (apply(w, now_ns, &s, is_undo, err) < 0)
        return -1;
    drop_at(from, i);
    push(to, &s);
    text_addf(answer, "%s: %s", is_undo ? "undone" : "done again", s.label);
    if (w->plan_count > 1 && s.scenario != SIZE_MAX)
        text_addf(answer, " in %s", w->names[s.scenario]);
    return 0;
}

int steps_undo(Wheel *w, uint64_t now_ns, size_t scenario, Text *answer,
               Err *err) {
    return move(w, now_ns, scenario, true, answer, err);
}

int steps_redo(Wheel *w, uint64_t now_ns, size_t scenario, Text *answer,
               Err *err) {
    return move(w, now_ns, scenario, false, answer, err);
}
