/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mouse: each click is a key or an act that there is without it. */
#include <string.h>

#include "base/mem.h"
#include "ui/console_state.h"

/* --- charts ------------------------------------------------------------- */

/* The moment under a column of a chart. */
static uint64_t moment(const Spot *s, int x) {
    uint64_t span = s->to_ns - s->from_ns, cols = (uint64_t)s->area.cols;
    int at = x - s->area.x;
    at = at < 0 ? 0 : at >= s->area.cols ? s->area.cols - 1 : at;
    return s->from_ns + span * (2 * (uint64_t)at + 1) / (2 * cols);
}

static void chart_pressed(Console *c, const Spot *s, int x) {
    LookRun run = console_look_run(c);
    c->pressed_ns = moment(s, x);
    c->is_dragging = true;
    c->dragged = *s;
    look_at(&c->view.look, &run, c->pressed_ns);
}

/* From where the button went down to here: as `v` and the arrows do it. */
static void chart_dragged(Console *c, int x) {
    LookRun run = console_look_run(c);
    Look *l = &c->view.look;
    uint64_t at = moment(&c->dragged, x);
    if (l->pick == PICK_NONE && at == c->pressed_ns)
        return;
    if (l->pick == PICK_NONE)
        look_pick(l, &run);
    look_at(l, &run, at);
}

static void chart_released(Console *c) {
    LookRun run = console_look_run(c);
    if (c->is_dragging && c->view.look.pick != PICK_NONE)
        look_pick(&c->view.look, &run);
    c->is_dragging = false;
}

/* --- places ------------------------------------------------------------- */

/* A click on the selected row opens it: so does a double click. */
static void row_pressed(Console *c, size_t index) {
    TableState *t = &c->view.table[c->view.view];
    bool is_stages = c->view.view == VIEW_STAGES;
    size_t at = is_stages ? c->editor.selected : t->selected;
    if (at == index)
        console_key(c, KEYCODE_ENTER);
    else if (!is_stages)
        t->selected = index;
    for (; is_stages && at < index; at++)
        editor_move(&c->editor, ACT_DOWN);
    for (; is_stages && at > index; at--)
        editor_move(&c->editor, ACT_UP);
}

static void column_pressed(Console *c, size_t index) {
    TableState *t = &c->view.table[c->view.view];
    if (index >= (size_t)views[c->view.view].columns)
        return; /* a course: nothing is sorted by it */
    if (t->sort == (int)index)
        t->is_reversed = !t->is_reversed;
    t->sort = (int)index;
}

static void choice_pressed(Console *c, size_t index) {
    if (index >= c->palette.count)
        return;
    c->palette.chosen = (int)index;
    console_palette_key(c, KEYCODE_ENTER);
}

static void pressed(Console *c, const Spot *s, int x) {
    KeyMode mode = console_mode(c);
    bool is_free = (mode == MODE_WHEEL || mode == MODE_DONE) &&
                   c->question == QUESTION_NONE;
    if (s->kind == SPOT_KEY)
        console_key(c, (int)s->index);
    else if (s->kind == SPOT_CHOICE && c->palette.is_open &&
             c->question == QUESTION_NONE)
        choice_pressed(c, s->index);
    else if (!is_free)
        return; /* a dialog, a draft, the help: only its keys count */
    else if (s->kind == SPOT_TAB)
        console_show(c, (ViewId)s->index);
    else if (s->kind == SPOT_ROW)
        row_pressed(c, s->index);
    else if (s->kind == SPOT_COLUMN)
        column_pressed(c, s->index);
    else if (s->kind == SPOT_CHART)
        chart_pressed(c, s, x);
}

/* Over a chart it zooms, elsewhere it moves what there is to move. */
static void wheeled(Console *c, const Spot *s, bool up) {
    KeyMode mode = console_mode(c);
    int key = up ? KEYCODE_UP : KEYCODE_DOWN;
    KeyChain chain = console_chain(c);
    bool is_free = mode == MODE_WHEEL || mode == MODE_DONE;
    if (c->question != QUESTION_NONE || mode == MODE_DIALOG)
        return;
    if (is_free && s && s->kind == SPOT_CHART)
        key = up ? ']' : '[';
    if (key_find_in(&chain, key))
        console_key(c, key);
}

void console_mouse(Console *c, const MouseEvent *event) {
    const Spot *s = cells_spot_at(&c->seen, event->y, event->x);
    if (c->is_closed)
        return;
    c->is_dirty = true;
    console_follow(c);
    switch (event->kind) {
    case MOUSE_PRESS:
        c->is_dragging = false;
        if (s) {
            Spot spot = *s; /* the list may be made anew */
            pressed(c, &spot, event->x);
        }
        break;
    case MOUSE_DRAG:
        if (c->is_dragging)
            chart_dragged(c, event->x);
        break;
    case MOUSE_RELEASE:
        chart_released(c);
        break;
    case MOUSE_WHEEL_UP:
    case MOUSE_WHEEL_DOWN:
        wheeled(c, s, event->kind == MOUSE_WHEEL_UP);
        break;
    }
}
