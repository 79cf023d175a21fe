/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms: the mix, thresholds, a profile to save, stages to copy. */
#include <stdio.h>

#include "ui/console_state.h"

/* --- opening ------------------------------------------------------------ */

static void open_save(Console *c) {
    if (c->host.save_profile)
        form_open_text(&c->form, FORM_SAVE, "file", "steered.ini");
    else
        console_notice(c, "a profile cannot be saved here", true);
}

static void open_copy(Console *c) {
    if (c->host.read_stages)
        form_open_text(&c->form, FORM_COPY, "profile", "");
    else
        console_notice(c, "profiles cannot be read here", true);
}

void console_open_form(Console *c, FormKind kind) {
    const Wheel *w = console_wheel(c);
    Err err = { 0 };
    int rc = 0;
    if (kind == FORM_MIX)
        rc = form_open_mix(&c->form, w, &err);
    else if (kind == FORM_LIMITS)
        rc = form_open_limits(&c->form, w, &err);
    else if (kind == FORM_SAVE)
        open_save(c);
    else
        open_copy(c);
    if (rc < 0)
        console_notice(c, err.text, true);
}

/* --- Enter -------------------------------------------------------------- */

/* All of them or none. */
static void send_all(Console *c) {
    size_t sent = 0;
    if (form_try(&c->form, console_wheel(c), c->snapshot->now_ns) < 0)
        return;
    for (size_t i = 0; i < c->form.count; i++) {
        Text command = { 0 };
        form_command(&c->form, i, &command);
        if (command.length) {
            console_send(c, command.bytes);
            sent++;
        }
        text_close(&command);
    }
    form_close(&c->form);
    if (!sent)
        console_notice(c, "nothing was changed", false);
}

static void save(Console *c) {
    Form *f = &c->form;
    Text path = { 0 }, said = { 0 };
    const char *name = f->rows[0].field.text;
    if (c->host.save_profile(c->host.data, *name ? name : NULL, &path,
                             &f->err) < 0) {
        f->has_error = true;
    } else {
        text_addf(&said, "saved as %s", path.bytes);
        console_notice(c, said.bytes, false);
        form_close(f);
    }
    text_close(&path);
    text_close(&said);
}

static void read_stages(Console *c) {
    Form *f = &c->form;
    Text lines = { 0 };
    if (!*f->rows[0].field.text) {
        f->has_error = true;
        err_set(&f->err, "a profile is missing");
    } else if (c->host.read_stages(c->host.data, f->rows[0].field.text, NULL,
                                   &lines, &f->err) < 0) {
        f->has_error = true;
    } else {
        form_close(f);
        form_open_stages(f, lines.bytes ? lines.bytes : "");
        if (!f->count) {
            form_close(f);
            console_notice(c, "there are no stages in it", true);
        }
    }
    text_close(&lines);
}

/* Behind the selected one, in their order; what cannot be is said. */
static void copy_stages(Console *c) {
    Form *f = &c->form;
    size_t copied = 0;
    char text[80];
    editor_follow(&c->editor, c->snapshot, console_wheel(c));
    for (size_t i = 0; i < f->count; i++) {
        if (!f->rows[i].is_chosen)
            continue;
        if (editor_insert(&c->editor, f->rows[i].label) < 0) {
            f->has_error = true;
            f->err = c->editor.err;
            f->active = i;
            break;
        }
        f->rows[i].is_chosen = false;
        copied++;
    }
    if (f->has_error)
        return;
    form_close(f);
    snprintf(text, sizeof text, "%zu stage%s copied into the draft", copied,
             copied == 1 ? "" : "s");
    console_notice(c, text, false);
}

void console_form_key(Console *c, int key) {
    Form *f = &c->form;
    DialogResult r = form_key(f, key);
    if (r == DIALOG_LEAVE)
        form_close(f);
    if (r != DIALOG_ENTER)
        return;
    if (f->kind == FORM_SAVE)
        save(c);
    else if (f->kind == FORM_COPY)
        read_stages(c);
    else if (f->kind == FORM_STAGES)
        copy_stages(c);
    else
        send_all(c);
}

/* --- another scenario's stages ------------------------------------------ */

void console_edit_next(Console *c) {
    const Wheel *w = console_wheel(c);
    char text[160];
    c->focus = (c->focus + 1) % w->plan_count;
    editor_close(&c->editor);
    editor_init(&c->editor, c->snapshot, console_wheel(c));
    snprintf(text, sizeof text, "the stages of %.100s", w->names[c->focus]);
    console_notice(c, text, false);
}

/* A draft is of one scenario. */
void console_ask_next(Console *c) {
    size_t n = editor_changes(&c->editor);
    char text[80];
    if (console_wheel(c)->plan_count == 1) {
        console_notice(c, "this run has one scenario only", true);
    } else if (n + draft_failures(&c->editor.draft) == 0) {
        console_edit_next(c);
    } else {
        snprintf(text, sizeof text, "discard %zu change%s, edit the next one",
                 n, n == 1 ? "" : "s");
        console_ask(c, QUESTION_NEXT, text);
    }
}
