/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console_state.h: the console from within, shared by console*.c. */
#ifndef ONRUSH_UI_CONSOLE_STATE_H
#define ONRUSH_UI_CONSOLE_STATE_H

#include "ui/console.h"
#include "ui/dialog.h"
#include "ui/editor.h"
#include "ui/form.h"
#include "ui/view.h"
#include "ui/views.h"

/* The bars take two; below this live_draw has a polite line. */
#define CONSOLE_ROWS_MIN 12
#define CONSOLE_COLS_MIN 40

/* What waits for a y or an n. */
typedef enum Question {
    QUESTION_NONE,
    QUESTION_COMMAND, /* do the dialog's command */
    QUESTION_EDIT,    /* apply the draft */
    QUESTION_DISCARD, /* leave the draft */
    QUESTION_NEXT,    /* leave it for another scenario's */
} Question;

struct Console {
    Source *source;
    ConsoleHost host;
    const Snapshot *snapshot; /* of this key or frame */
    /* The source's, with a focus of our own: others' `scenario` must not
     * turn the operator's next key on a scenario that he did not mean. */
    Wheel wheel;
    size_t focus;
    ViewState view;
    Dialog dialog;
    Form form;
    Editor editor; /* of the stages' view, while that is shown */
    bool has_editor, is_editing;
    ViewId came_from; /* where editing began */
    Ending ending;
    bool is_help;
    int help_top;
    Question question;
    Text asked;
    Text notice;
    uint64_t notice_until_ns, drawn_ns;
    bool is_dirty, is_closed, is_interrupted, was_done;
};

/* --- console.c ---------------------------------------------------------- */

/* The wheel with the console's own focus. */
const Wheel *console_wheel(Console *c);
bool console_is_done(const Console *c);
/* What the keys mean now. */
KeyMode console_mode(const Console *c);
KeyChain console_chain(const Console *c);
/* One snapshot for each key and frame: making one is work. What belongs to
 * a run that is over goes away with it. */
void console_follow(Console *c);
Scene console_scene(Console *c);
/* Scrolls by a key that moves. */
void console_scroll(int *top, KeyAct act);

/* --- console_plan.c: what acts on the run ------------------------------- */

/* false: it is none of these. */
bool console_act_plan(Console *c, const KeyStroke *k);
/* Sends a command; its answer or what is wrong becomes the notice. */
int console_send(Console *c, const char *command);
void console_ask(Console *c, Question q, const char *text);
void console_answer(Console *c, int key); /* to the question */
/* Ctrl-C, whatever is open: finish, then stop, then leave. */
void console_interrupt(Console *c);
void console_dialog_key(Console *c, int key);
void console_editor_key(Console *c, int key);
void console_edit(Console *c);
void console_leave_editor(Console *c);

/* --- console_form.c: forms, and whose stages are edited ----------------- */

void console_open_form(Console *c, FormKind kind);
void console_form_key(Console *c, int key);
void console_edit_next(Console *c);
void console_ask_next(Console *c); /* before that */

/* --- console_act.c: what chooses what is seen --------------------------- */

bool console_act_view(Console *c, const KeyStroke *k);
void console_show(Console *c, ViewId view);
void console_help(Console *c);

#endif
