/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the operator does to the run: commands, dialogs, the stage editor. */
#include <stdio.h>
#include <string.h>

#include "control/verbs.h"
#include "ui/console_state.h"

/* --- commands ----------------------------------------------------------- */

/* What steers a scenario says which. */
static int command_source(Console *c, const char *command, Text *answer,
                          Err *err) {
    const Wheel *w = console_wheel(c);
    const char *args;
    const Verb *v = verb_find(command, &args, err);
    Text whole = { 0 };
    if (v && v->is_plan && w->plan_count > 1)
        text_addf(&whole, "for %s ", w->names[w->focus]);
    text_adds(&whole, command);
    int rc = source_command(c->source, whole.bytes, answer, err);
    text_close(&whole);
    return rc;
}

/* Sends a command; its answer or what is wrong becomes the notice. */
int console_send(Console *c, const char *command) {
    Text answer = { 0 };
    Err err = { 0 };
    int rc = command_source(c, command, &answer, &err);
    console_notice(c,
                   rc < 0         ? err.text
                   : answer.bytes ? answer.bytes
                                  : "done",
                   rc < 0);
    text_close(&answer);
    return rc;
}

static void next_scenario(Console *c) {
    const Wheel *w = console_wheel(c);
    char text[160];
    if (w->plan_count == 1) {
        console_notice(c, "this run has one scenario only", true);
        return;
    }
    c->focus = (c->focus + 1) % w->plan_count;
    snprintf(text, sizeof text, "keys steer scenario %.100s now",
             w->names[c->focus]);
    console_notice(c, text, false);
}

static void finish(Console *c) {
    if (console_wheel(c)->end != WHEEL_GOES_ON)
        console_notice(c, "finishing already; Q stops at once", true);
    else if (console_send(c, "finish") == 0)
        console_notice(c,
                       "finishing: what is under way may end; Q stops at "
                       "once",
                       false);
}

/* Ctrl-C, whatever is open: finish, then stop, then leave. */
void console_interrupt(Console *c) {
    if (console_is_done(c)) {
        c->is_closed = true;
        return;
    }
    c->is_interrupted = true;
    if (console_wheel(c)->end == WHEEL_GOES_ON)
        finish(c);
    else
        console_send(c, "stop");
}

void console_ask(Console *c, Question q, const char *text) {
    c->question = q;
    text_clear(&c->asked);
    text_adds(&c->asked, text);
}

/* --- dialogs ------------------------------------------------------------ */

static void open_dialog(Console *c, KeyAct act) {
    DialogKind kind = act == ACT_ASK_LEVEL     ? DIALOG_LEVEL
                      : act == ACT_ASK_STRETCH ? DIALOG_STRETCH
                      : act == ACT_ASK_SPIKE   ? DIALOG_SPIKE
                                               : DIALOG_MARK;
    dialog_open(&c->dialog, kind, console_wheel(c), c->snapshot->now_ns);
}

static void do_dialog(Console *c, bool is_confirmed) {
    const Snapshot *s = c->snapshot;
    const Wheel *w = console_wheel(c);
    Text command = { 0 }, answer = { 0 };
    Dialog *d = &c->dialog;
    Trial t;
    dialog_command(d, &command);
    if (trial_do(w, s->now_ns, command.bytes, &t, &answer, &d->err) < 0) {
        d->has_error = true;
    } else if (t.is_dangerous && !is_confirmed) {
        Text warning = { 0 };
        trial_warn(&t, w->plan->unit, &warning);
        console_ask(c, QUESTION_COMMAND, warning.bytes);
        text_close(&warning);
    } else {
        console_send(c, command.bytes);
        d->kind = DIALOG_NONE;
    }
    text_close(&command);
    text_close(&answer);
}

/* --- the editor --------------------------------------------------------- */

void console_edit(Console *c) {
    c->came_from = c->view.view;
    console_show(c, VIEW_STAGES);
    c->is_editing = true;
    c->editor.is_asleep = false;
}

/* Back to where editing began, with nothing of the draft. */
void console_leave_editor(Console *c) {
    c->is_editing = false;
    editor_close(&c->editor);
    c->has_editor = false;
    console_show(c, c->came_from);
}

/* The edit is sent; what could not be in it is said. */
static void edited(Console *c, const Text *answer, size_t changes) {
    Text said = { 0 }, failed = { 0 };
    const char *plan = NULL;
    editor_failures(&c->editor, &failed);
    for (const char *s = answer->bytes; s && (s = strstr(s, "; plan ")); s++)
        plan = s + 2;
    if (changes)
        text_addf(&said, "%zu change%s made%s%s", changes,
                  changes == 1 ? "" : "s", plan ? ": " : "", plan ? plan : "");
    if (failed.length)
        text_addf(&said, "%snot done: %s", changes ? "; " : "", failed.bytes);
    console_notice(c, said.length ? said.bytes : "nothing was changed",
                   failed.length > 0);
    text_close(&said);
    text_close(&failed);
    console_leave_editor(c);
}

static void apply_edit(Console *c, bool is_confirmed) {
    const Snapshot *s = c->snapshot;
    const Wheel *w = console_wheel(c);
    Text commands = { 0 }, answer = { 0 };
    Err err = { 0 };
    Trial t;
    editor_commands(&c->editor, &commands);
    size_t changes = editor_changes(&c->editor);
    if (!commands.length) {
        edited(c, &answer, 0);
    } else if (trial_do(w, s->now_ns, commands.bytes, &t, &answer, &err) < 0) {
        console_notice(c, err.text, true);
    } else if (t.is_dangerous && !is_confirmed) {
        text_clear(&answer);
        trial_warn(&t, w->plan->unit, &answer);
        console_ask(c, QUESTION_EDIT, answer.bytes);
    } else if (command_source(c, commands.bytes, &answer, &err) < 0) {
        console_notice(c, err.text, true);
    } else {
        edited(c, &answer, changes);
    }
    text_close(&commands);
    text_close(&answer);
}

static void leave_editor(Console *c) {
    size_t n = editor_changes(&c->editor);
    size_t failed = draft_failures(&c->editor.draft);
    if (n + failed == 0) {
        console_leave_editor(c);
        return;
    }
    char text[80];
    n = n ? n : failed;
    snprintf(text, sizeof text, "discard %zu change%s", n, n == 1 ? "" : "s");
    console_ask(c, QUESTION_DISCARD, text);
}

void console_editor_key(Console *c, int key) {
    editor_follow(&c->editor, c->snapshot, console_wheel(c));
    switch (editor_key(&c->editor, key)) {
    case EDITOR_STAYS:
        break;
    case EDITOR_APPLY:
        apply_edit(c, false);
        break;
    case EDITOR_LEAVE:
        leave_editor(c);
        break;
    case EDITOR_COPY:
        console_open_form(c, FORM_COPY);
        break;
    case EDITOR_NEXT:
        console_ask_next(c);
        break;
    case EDITOR_HELP:
        console_help(c);
        break;
    }
}

/* --- answers ------------------------------------------------------------ */

void console_answer(Console *c, int key) {
    Question q = c->question;
    bool yes = key == 'y' || key == 'Y';
    bool no = key == 'n' || key == 'N' || key == KEYCODE_ESC;
    if (!yes && !no)
        return;
    c->question = QUESTION_NONE;
    if (no)
        return;
    switch (q) {
    case QUESTION_COMMAND:
        do_dialog(c, true);
        break;
    case QUESTION_EDIT:
        editor_follow(&c->editor, c->snapshot, console_wheel(c));
        apply_edit(c, true);
        break;
    case QUESTION_PALETTE:
        console_palette_do(c, true);
        break;
    case QUESTION_DISCARD:
        console_leave_editor(c);
        console_notice(c, "discarded: the plan is as it was", false);
        break;
    case QUESTION_NEXT:
        console_edit_next(c);
        break;
    case QUESTION_NONE:
        break;
    }
}

void console_dialog_key(Console *c, int key) {
    switch (dialog_key(&c->dialog, key)) {
    case DIALOG_STAYS:
        break;
    case DIALOG_ENTER:
        do_dialog(c, false);
        break;
    case DIALOG_LEAVE:
        c->dialog.kind = DIALOG_NONE;
        break;
    }
}

/* --- keys --------------------------------------------------------------- */

bool console_act_plan(Console *c, const KeyStroke *k) {
    switch ((int)k->act) {
    case ACT_COMMAND:
        console_send(c, k->command);
        return true;
    case ACT_PAUSE:
        console_send(c, console_wheel(c)->paused ? "resume" : "pause");
        return true;
    case ACT_ASK_LEVEL:
    case ACT_ASK_STRETCH:
    case ACT_ASK_SPIKE:
    case ACT_ASK_MARK:
        open_dialog(c, k->act);
        return true;
    case ACT_ASK_MIX:
        console_open_form(c, FORM_MIX);
        return true;
    case ACT_ASK_LIMITS:
        console_open_form(c, FORM_LIMITS);
        return true;
    case ACT_ASK_SAVE:
        console_open_form(c, FORM_SAVE);
        return true;
    case ACT_EDIT:
        console_edit(c);
        return true;
    case ACT_SCENARIO:
        next_scenario(c);
        return true;
    case ACT_FINISH:
        finish(c);
        return true;
    case ACT_STOP:
        console_send(c, "stop");
        return true;
    default:
        return false;
    }
}
