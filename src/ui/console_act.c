/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What chooses what is seen: views and tables. */
#include <stdio.h>

#include "ui/console_state.h"

/* --- views -------------------------------------------------------------- */

void console_help(Console *c) {
    c->is_help = true;
    c->is_filtering = false;
    c->help_top = 0;
    field_set(&c->help_filter, "");
}

void console_show(Console *c, ViewId view) {
    c->view.view = view;
    if (view == VIEW_STAGES && !c->has_editor) {
        editor_init(&c->editor, c->snapshot, console_wheel(c));
        c->has_editor = c->editor.is_asleep = true;
    } else if (view != VIEW_STAGES && c->has_editor) {
        editor_close(&c->editor);
        c->has_editor = false;
    }
}

static void tell(Console *c, int (*act)(Console *, Text *, Err *)) {
    Text answer = { 0 };
    Err err = { 0 };
    int rc = act(c, &answer, &err);
    console_notice(c, rc < 0 ? err.text : answer.bytes, rc < 0);
    text_close(&answer);
}

static void next_theme(Console *c) {
    char text[80];
    c->theme = theme_next(c->theme);
    snprintf(text, sizeof text, "theme %s: %.40s", c->theme->name,
             c->theme->help);
    console_notice(c, text, false);
}

static bool act_view(Console *c, const KeyStroke *k) {
    size_t view = c->view.view;
    switch ((int)k->act) {
    case ACT_VIEW:
        console_show(c, (ViewId)(k->usual - '1'));
        return true;
    case ACT_VIEW_NEXT:
        console_show(c, (ViewId)((view + 1) % VIEW_COUNT));
        return true;
    case ACT_VIEW_BACK:
        console_show(c, (ViewId)((view + VIEW_COUNT - 1) % VIEW_COUNT));
        return true;
    case ACT_THEME:
        next_theme(c);
        return true;
    case ACT_HELP:
        console_help(c);
        return true;
    case ACT_PALETTE:
        console_palette_open(c);
        return true;
    case ACT_FILTER:
        console_filter_open(c);
        return true;
    case ACT_COPY:
        tell(c, console_copy);
        return true;
    case ACT_SAVE_SCREEN:
        tell(c, console_save_screen);
        return true;
    case ACT_LEAVE: /* the final screen */
        c->is_closed = true;
        return true;
    default:
        return false;
    }
}

/* --- tables ------------------------------------------------------------- */

#define PAGE_ROWS 10

static bool move_row(TableState *t, KeyAct act) {
    size_t last = t->count ? t->count - 1 : 0;
    size_t at = t->selected < last ? t->selected : last;
    switch ((int)act) {
    case ACT_UP:
        t->selected = at ? at - 1 : 0;
        return true;
    case ACT_DOWN:
        t->selected = at < last ? at + 1 : last;
        return true;
    case ACT_PAGE_UP:
        t->selected = at > PAGE_ROWS ? at - PAGE_ROWS : 0;
        return true;
    case ACT_PAGE_DOWN:
        t->selected = at + PAGE_ROWS < last ? at + PAGE_ROWS : last;
        return true;
    case ACT_FIRST:
        t->selected = 0;
        return true;
    case ACT_LAST:
        t->selected = last;
        return true;
    default:
        return false;
    }
}

/* Of errors, with a row open. */
static bool act_example(TableState *t, KeyAct act) {
    switch ((int)act) {
    case ACT_PAGE_UP:
        t->scroll -= PAGE_ROWS;
        return true;
    case ACT_PAGE_DOWN:
        t->scroll += PAGE_ROWS;
        return true;
    case ACT_PART_BACK:
    case ACT_PART_NEXT:
        t->part += act == ACT_PART_NEXT ? 1 : -1;
        t->scroll = 0;
        return true;
    default:
        return false;
    }
}

static bool act_table(Console *c, const KeyStroke *k) {
    const View *v = &views[c->view.view];
    TableState *t = &c->view.table[c->view.view];
    if (!v->is_table)
        return false;
    if (c->view.view == VIEW_STAGES && k->act == ACT_OPEN) {
        if (console_is_done(c))
            console_notice(c, "the run is over: nothing is to come", true);
        else
            console_edit(c);
        return true;
    }
    if (c->view.view == VIEW_STAGES)
        return editor_move(&c->editor, k->act);
    if (c->view.view == VIEW_ERRORS && t->is_open && act_example(t, k->act))
        return true;
    switch ((int)k->act) {
    case ACT_SORT_NEXT:
    case ACT_SORT_BACK:
        if (v->columns)
            t->sort =
                (t->sort + (k->act == ACT_SORT_NEXT ? 1 : v->columns - 1)) %
                v->columns;
        return true;
    case ACT_SORT_REVERSE:
        t->is_reversed = !t->is_reversed;
        return true;
    case ACT_OPEN:
        t->is_open = v->opens && t->count;
        return v->opens;
    case ACT_BACK:
        t->is_open = false;
        return true;
    case ACT_FIGURES:
        if (c->view.view == VIEW_REQUESTS)
            t->is_other = !t->is_other;
        return c->view.view == VIEW_REQUESTS;
    default:
        return move_row(t, k->act);
    }
}

/* The verdicts of the final screen. */
static bool act_ending(Console *c, const KeyStroke *k) {
    if (c->view.view != VIEW_LIVE || !console_is_done(c))
        return false;
    console_scroll(&c->ending.top, k->act);
    return k->act == ACT_UP || k->act == ACT_DOWN;
}

bool console_act_view(Console *c, const KeyStroke *k) {
    return act_view(c, k) || console_act_time(c, k) || act_table(c, k) ||
           act_ending(c, k);
}
