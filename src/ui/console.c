/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "control/verbs.h"
#include "ui/dialog.h"
#include "ui/editor.h"
#include "ui/views.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define NOTICE_NS (UINT64_C(6) * NS_PER_S)
#define FRAME_NS (UINT64_C(100) * NS_PER_MS)
#define HELP_PAGE 10
/* The bars take two; below this live_draw has a polite line. */
#define ROWS_MIN 12
#define COLS_MIN 40
/* The live view beside the verdicts needs as much. */
#define LIVE_ROWS_MIN 10

/* What waits for a y or an n. */
typedef enum Question {
    QUESTION_NONE,
    QUESTION_COMMAND, /* do the dialog's command */
    QUESTION_EDIT,    /* apply the draft */
    QUESTION_DISCARD, /* leave the draft */
} Question;

struct Console {
    Source *source;
    const Snapshot *snapshot; /* of this key or frame */
    /* The source's, with a focus of our own: others' `scenario` must not
     * turn the operator's next key on a scenario that he did not mean. */
    Wheel wheel;
    size_t focus;
    ViewState view;
    Dialog dialog;
    Editor editor;
    Ending ending;
    bool is_editing, is_help;
    int help_top;
    Question question;
    Text asked;
    Text notice;
    uint64_t notice_until_ns, drawn_ns;
    bool is_dirty, is_closed, is_interrupted, was_done;
};

Console *console_new(Source *source, ConsoleOptions options) {
    Console *c = mem_new(Console);
    c->source = source;
    c->view.glyphs = options.glyphs;
    c->view.hint = options.hint;
    c->is_dirty = true;
    return c;
}

void console_free(Console *c) {
    if (!c)
        return;
    if (c->is_editing)
        editor_close(&c->editor);
    ending_close(&c->ending);
    text_close(&c->asked);
    text_close(&c->notice);
    free(c);
}

static const Wheel *wheel_of(Console *c) {
    c->wheel = *source_wheel(c->source);
    wheel_focus(&c->wheel, c->focus);
    return &c->wheel;
}

/* --- what others tell --------------------------------------------------- */

void console_notice(Console *c, const char *text, bool is_error) {
    text_clear(&c->notice);
    text_adds(&c->notice, text);
    c->notice_until_ns = clock_now() + NOTICE_NS;
    c->view.notice = c->notice.bytes;
    c->view.notice_is_error = is_error;
    c->is_dirty = true;
}

void console_set_glyphs(Console *c, Glyphs glyphs) {
    c->view.glyphs = glyphs;
    c->is_dirty = true;
}

void console_set_hint(Console *c, const char *hint) {
    c->view.hint = hint;
    c->is_dirty = true;
}

void console_saved(Console *c, const char *path) {
    Ending *e = &c->ending;
    mem_grow(e->saved, e->saved_count, e->saved_cap);
    e->saved[e->saved_count++] = mem_dup_text(path);
    c->is_dirty = true;
}

void console_verdict(Console *c, int exit_status, const char *words) {
    Ending *e = &c->ending;
    free(e->words);
    e->words = mem_dup_text(words);
    e->exit_status = exit_status;
    e->is_known = true;
    c->is_dirty = true;
}

bool console_is_closed(const Console *c) {
    return c->is_closed;
}

bool console_is_interrupted(const Console *c) {
    return c->is_interrupted;
}

/* --- commands ----------------------------------------------------------- */

/* What steers a scenario says which. */
static int command_source(Console *c, const char *command, Text *answer,
                          Err *err) {
    const Wheel *w = wheel_of(c);
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
static int send(Console *c, const char *command) {
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
    const Wheel *w = wheel_of(c);
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
    if (wheel_of(c)->end != WHEEL_GOES_ON)
        console_notice(c, "finishing already; Q stops at once", true);
    else if (send(c, "finish") == 0)
        console_notice(c,
                       "finishing: what is under way may end; Q stops at "
                       "once",
                       false);
}

static bool is_done(const Console *c) {
    return c->snapshot->state == RUN_DONE;
}

/* Ctrl-C, whatever is open: finish, then stop, then leave. */
static void interrupt(Console *c) {
    if (is_done(c)) {
        c->is_closed = true;
        return;
    }
    c->is_interrupted = true;
    if (wheel_of(c)->end == WHEEL_GOES_ON)
        finish(c);
    else
        send(c, "stop");
}

static void ask(Console *c, Question q, const char *text) {
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
    dialog_open(&c->dialog, kind, wheel_of(c), c->snapshot->now_ns);
}

static void do_dialog(Console *c, bool is_confirmed) {
    const Snapshot *s = c->snapshot;
    const Wheel *w = wheel_of(c);
    Text command = { 0 }, answer = { 0 };
    Dialog *d = &c->dialog;
    Trial t;
    dialog_command(d, &command);
    if (trial_do(w, s->now_ns, command.bytes, &t, &answer, &d->err) < 0) {
        d->has_error = true;
    } else if (t.is_dangerous && !is_confirmed) {
        Text warning = { 0 };
        trial_warn(&t, w->plan->unit, &warning);
        ask(c, QUESTION_COMMAND, warning.bytes);
        text_close(&warning);
    } else {
        send(c, command.bytes);
        d->kind = DIALOG_NONE;
    }
    text_close(&command);
    text_close(&answer);
}

static void open_help(Console *c) {
    c->is_help = true;
    c->help_top = 0;
}

/* --- the editor --------------------------------------------------------- */

static void open_editor(Console *c) {
    editor_init(&c->editor, c->snapshot, wheel_of(c));
    c->is_editing = true;
}

static void close_editor(Console *c) {
    editor_close(&c->editor);
    c->is_editing = false;
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
    close_editor(c);
}

static void apply_edit(Console *c, bool is_confirmed) {
    const Snapshot *s = c->snapshot;
    const Wheel *w = wheel_of(c);
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
        ask(c, QUESTION_EDIT, answer.bytes);
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
        close_editor(c);
        return;
    }
    char text[80];
    n = n ? n : failed;
    snprintf(text, sizeof text, "discard %zu change%s", n, n == 1 ? "" : "s");
    ask(c, QUESTION_DISCARD, text);
}

static void editor_pressed(Console *c, int key) {
    editor_follow(&c->editor, c->snapshot, wheel_of(c));
    switch (editor_key(&c->editor, key)) {
    case EDITOR_STAYS:
        break;
    case EDITOR_APPLY:
        apply_edit(c, false);
        break;
    case EDITOR_LEAVE:
        leave_editor(c);
        break;
    case EDITOR_HELP:
        open_help(c);
        break;
    }
}

/* --- keys --------------------------------------------------------------- */

static KeyMode mode_of(const Console *c) {
    if (c->is_help)
        return MODE_HELP;
    if (c->dialog.kind != DIALOG_NONE)
        return MODE_DIALOG;
    if (c->is_editing)
        return MODE_STAGES;
    return is_done(c) ? MODE_DONE : MODE_LIVE;
}

static void question_pressed(Console *c, int key) {
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
        editor_follow(&c->editor, c->snapshot, wheel_of(c));
        apply_edit(c, true);
        break;
    case QUESTION_DISCARD:
        close_editor(c);
        console_notice(c, "discarded: the plan is as it was", false);
        break;
    case QUESTION_NONE:
        break;
    }
}

static void dialog_pressed(Console *c, int key) {
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

static void scroll(int *top, KeyAct act) {
    if (act == ACT_UP)
        *top -= 1;
    else if (act == ACT_DOWN)
        *top += 1;
    else if (act == ACT_PAGE_UP)
        *top -= HELP_PAGE;
    else if (act == ACT_PAGE_DOWN)
        *top += HELP_PAGE;
    else if (act == ACT_FIRST)
        *top = 0;
    else if (act == ACT_LAST)
        *top = 1 << 20; /* drawing ends it */
    if (*top < 0)
        *top = 0;
}

static void help_pressed(Console *c, int key) {
    const KeyStroke *k = key_find(MODE_HELP, key);
    if (k && (k->act == ACT_LEAVE || k->act == ACT_HELP))
        c->is_help = false;
    else if (k)
        scroll(&c->help_top, k->act);
}

static void act(Console *c, const KeyStroke *k) {
    switch ((int)k->act) { /* the live and the final view's */
    case ACT_COMMAND:
        send(c, k->command);
        break;
    case ACT_PAUSE:
        send(c, wheel_of(c)->paused ? "resume" : "pause");
        break;
    case ACT_ASK_LEVEL:
    case ACT_ASK_STRETCH:
    case ACT_ASK_SPIKE:
    case ACT_ASK_MARK:
        open_dialog(c, k->act);
        break;
    case ACT_EDIT:
        open_editor(c);
        break;
    case ACT_SCENARIO:
        next_scenario(c);
        break;
    case ACT_ZOOM:
        c->view.zoom_near = !c->view.zoom_near;
        break;
    case ACT_FINISH:
        finish(c);
        break;
    case ACT_STOP:
        send(c, "stop");
        break;
    case ACT_HELP:
        open_help(c);
        break;
    case ACT_LEAVE:
        c->is_closed = true;
        break;
    case ACT_UP:
    case ACT_DOWN:
        scroll(&c->ending.top, k->act);
        break;
    default:
        break;
    }
}

static void main_pressed(Console *c, KeyMode mode, int key) {
    const KeyStroke *k = key_find(mode, key);
    if (k) {
        act(c, k);
        return;
    }
    char name[KEY_NAME_MAX], text[80];
    snprintf(text, sizeof text, "no key '%s' here; ? shows the keys",
             key_print(name, key));
    if (key != KEYCODE_ESC)
        console_notice(c, text, true);
}

/* One snapshot for each key and frame: making one is work. What belongs to
 * a run that is over goes away with it. */
static void follow(Console *c) {
    c->snapshot = source_snapshot(c->source);
    if (is_done(c) && !c->was_done)
        c->notice_until_ns = 0; /* "finishing", and what Q would do */
    c->was_done = is_done(c);
    if (!is_done(c) || (c->dialog.kind == DIALOG_NONE && !c->is_editing))
        return;
    bool lost = c->is_editing && editor_changes(&c->editor) > 0;
    c->dialog.kind = DIALOG_NONE;
    c->question = QUESTION_NONE;
    if (c->is_editing)
        close_editor(c);
    console_notice(c,
                   lost ? "the run is over; the draft was not applied"
                        : "the run is over",
                   lost);
}

void console_key(Console *c, int key) {
    c->is_dirty = true;
    if (key == KEYCODE_NONE || key == KEYCODE_RESIZE || c->is_closed)
        return;
    follow(c);
    KeyMode mode = mode_of(c);
    if (key == KEYCODE_CTRL('c'))
        interrupt(c);
    else if (mode == MODE_HELP)
        help_pressed(c, key);
    else if (c->question != QUESTION_NONE)
        question_pressed(c, key);
    else if (key == KEYCODE_F1)
        open_help(c);
    else if (mode == MODE_DIALOG)
        dialog_pressed(c, key);
    else if (mode == MODE_STAGES)
        editor_pressed(c, key);
    else
        main_pressed(c, mode, key);
}

/* --- drawing ------------------------------------------------------------ */

static void question_draw(const Console *c, Cells *cells) {
    int cols = cells->cols - 2 < 56 ? cells->cols - 2 : 56;
    Rect r = { cells->rows / 2 - 2, (cells->cols - cols) / 2, 5, cols };
    char text[200];
    snprintf(text, sizeof text, "%s: y/n", c->asked.bytes);
    cells_fill(cells, r, GROUND_DIALOG);
    Rect in = box_draw(cells, r, "sure?", NULL, c->view.glyphs);
    wrap_draw(cells, (Rect){ in.y, in.x + 2, in.rows, in.cols - 4 },
              STYLE_BRIGHT, text);
    cells->cursor_y = cells->cursor_x = -1;
}

static void done_draw(Console *c, Cells *cells, Rect r, const Scene *s) {
    int rows = ending_rows(&c->ending, s->snapshot);
    int most = r.rows - LIVE_ROWS_MIN;
    /* verdicts first; with no room for both they have the screen */
    if (most < 4)
        rows = r.rows;
    else if (rows > most)
        rows = most;
    ending_draw(cells, (Rect){ r.y, r.x, rows, r.cols }, &c->ending, s);
    const ViewState *v = s->view;
    if (rows == r.rows && v->notice)
        words_cut(cells, r.y + rows - 1, r.x + 2, r.cols - 4,
                  v->notice_is_error ? STYLE_BAD : STYLE_OK, v->notice,
                  v->glyphs);
    if (rows < r.rows)
        live_draw(cells, (Rect){ r.y + rows, r.x, r.rows - rows, r.cols }, s);
}

static void main_draw(Console *c, Cells *cells, Rect r, const Scene *s) {
    switch (mode_of(c)) {
    case MODE_HELP: {
        c->is_help = false;
        KeyMode under = mode_of(c);
        c->is_help = true;
        c->help_top = help_draw(cells, r, under, c->help_top, c->view.glyphs);
        return;
    }
    case MODE_DONE:
        done_draw(c, cells, r, s);
        return;
    case MODE_STAGES:
        editor_draw(cells, r, &c->editor, s);
        return;
    case MODE_ANY:
    case MODE_LIVE:
    case MODE_DIALOG:
    case MODE_COUNT:
        live_draw(cells, r, s);
        return;
    }
}

void console_draw(Console *c, Cells *cells) {
    uint64_t now = clock_now();
    follow(c);
    if (now >= c->notice_until_ns)
        c->view.notice = NULL;
    Scene s = { c->snapshot, wheel_of(c), c->source->info,
                &c->view };
    if (c->is_editing)
        editor_follow(&c->editor, s.snapshot, s.wheel);
    cells_clear(cells);
    Rect r = { 1, 0, cells->rows - 2, cells->cols };
    if (cells->rows < ROWS_MIN || cells->cols < COLS_MIN) {
        live_draw(cells, (Rect){ 0, 0, cells->rows, cells->cols }, &s);
    } else {
        topbar_draw(cells, 0, &s);
        main_draw(c, cells, r, &s);
        const Editor *e = &c->editor;
        Keyline k = { mode_of(c), s.wheel,
                      .is_asking = c->question != QUESTION_NONE,
                      .is_typing = e->is_open || e->column == COLUMN_NAME };
        keyline_draw(cells, cells->rows - 1, &k);
    }
    if (!c->is_help && c->dialog.kind != DIALOG_NONE)
        dialog_draw(cells, &c->dialog, s.wheel, s.snapshot->now_ns,
                    c->view.glyphs);
    if (!c->is_help && c->question != QUESTION_NONE)
        question_draw(c, cells);
    c->drawn_ns = now;
    c->is_dirty = false;
}

bool console_wants_frame(const Console *c, uint64_t now_ns) {
    return c->is_dirty || now_ns - c->drawn_ns >= FRAME_NS;
}
