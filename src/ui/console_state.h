/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console_state.h: the console from within, shared by console*.c. */
#ifndef ONRUSH_UI_CONSOLE_STATE_H
#define ONRUSH_UI_CONSOLE_STATE_H

#include "ui/chooser.h"
#include "ui/console.h"
#include "ui/dialog.h"
#include "ui/editor.h"
#include "ui/form.h"
#include "ui/own.h"
#include "ui/palette.h"
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
    QUESTION_PALETTE, /* do what is typed */
} Question;

/* By these a snapshot is known as another one: what moves while the run's
 * clock does, and what moves while that stands. */
typedef struct News {
    RunState state;
    uint64_t now_ns, active, alive, in_flight;
    size_t events;
    double gauges; /* sum of their last readings */
} News;

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
    Field help_filter;
    Palette palette;
    Field filter;        /* of the view's table, while it is typed */
    bool is_filtering;   /* a filter is typed, of the table or of the help */
    Cells seen;          /* size and spots of the last frame */
    uint64_t pressed_ns; /* the moment where the button went down */
    bool is_dragging;
    Spot dragged; /* the chart */
    Question question;
    Text asked;
    Text notice;
    uint64_t notice_until_ns, drawn_ns;
    Chooser chooser; /* of an earlier run, while it is open */
    Text earlier_name;
    Source *earlier_source; /* NULL: nothing lies under this run */
    Earlier earlier;
    uint64_t frame_ns; /* least time between two frames that nobody asked */
    News news;         /* of the frame that is shown */
    const Theme *theme;
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
/* Remembers what is about to be drawn. */
void console_note_news(Console *c);
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

/* --- console_time.c: looking back ---------------------------------------- */

/* For the look of the last frame. */
LookRun console_look_run(Console *c);
bool console_act_time(Console *c, const KeyStroke *k);
void console_chooser_key(Console *c, int key);
/* Lays an earlier run under this one, or says what that would do. */
int console_earlier_open(Console *c, const char *name, bool is_trial,
                         Text *answer, Err *err);
/* The earlier run as the scene shows it; NULL: none. */
const Earlier *console_earlier(Console *c);

/* --- console_act.c: what chooses what is seen --------------------------- */

bool console_act_view(Console *c, const KeyStroke *k);
void console_show(Console *c, ViewId view);
void console_help(Console *c);

/* --- console_palette.c, console_filter.c -------------------------------- */

void console_palette_open(Console *c);
void console_palette_key(Console *c, int key);
/* Does what is typed, or says why not. */
void console_palette_do(Console *c, bool is_confirmed);
/* What the line would do; the style says how that is. */
Style console_palette_says(Console *c, Text *to);

/* Begins to type one, for the table or for the help. */
void console_filter_open(Console *c);
void console_filter_key(Console *c, int key);
/* true: there was one, and now all rows are shown. */
bool console_filter_clear(Console *c);
/* In the last row of the view. */
void console_filter_draw(const Console *c, Cells *cells, Rect r);

/* --- console_own.c: the console's own commands -------------------------- */

/* is_trial: only says whether it can be done. */
int console_own(Console *c, OwnId id, const char *args, bool is_trial,
                Text *answer, Err *err);

/* --- console_save.c: what leaves the screen ----------------------------- */

int console_copy(Console *c, Text *answer, Err *err);
int console_save_screen(Console *c, Text *answer, Err *err);

/* --- console_draw.c ----------------------------------------------------- */

/* Between the bars. */
Rect console_view_area(const Cells *cells);

#endif
