/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/console_state.h"
#include "ui/words.h"
#include "ui/wrap.h"

/* The live view beside the verdicts needs as much. */
#define LIVE_ROWS_MIN 10
/* On a lower screen the views have no row of tabs. */
#define TABS_ROWS_MIN 20

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

static void view_draw(Console *c, Cells *cells, Rect r, const Scene *s) {
    if (s->view->view == VIEW_STAGES)
        editor_draw(cells, r, &c->editor, s);
    else if (s->view->view == VIEW_LIVE && console_is_done(c))
        done_draw(c, cells, r, s);
    else
        views[s->view->view].draw(cells, r, s);
    if (s->view->view != VIEW_STAGES && s->view->view != VIEW_LIVE)
        notice_draw(cells, r, s->view, true);
}

static void main_draw(Console *c, Cells *cells, Rect r, const Scene *s) {
    if (!c->is_help) {
        view_draw(c, cells, r, s);
        return;
    }
    bool is_filtering = c->is_filtering;
    c->is_help = c->is_filtering = false;
    Help h = { console_chain(c), c->help_filter.text, c->help_top };
    c->is_help = true;
    c->is_filtering = is_filtering;
    c->help_top = help_draw(cells, r, &h, c->view.glyphs);
}

/* Brings what is kept for drawing up to the moment. */
static void follow_view(Console *c, Rect r, const Scene *s) {
    const View *v = &views[c->view.view];
    if (c->has_editor)
        editor_follow(&c->editor, s->snapshot, s->wheel);
    if (v->follow)
        v->follow(&c->view, s, r);
    scene_follow_look(&c->view, s);
}

static void keys_draw(Console *c, Cells *cells, const Scene *s) {
    const Editor *e = &c->editor;
    Keyline k = { console_chain(c), s->wheel,
                  .is_asking = c->question != QUESTION_NONE,
                  .is_plain_list = !views[c->view.view].columns,
                  .is_typing = c->is_editing &&
                               (e->is_open || e->column == COLUMN_NAME) };
    keyline_draw(cells, cells->rows - 1, &k);
}

static void boxes_draw(Console *c, Cells *cells, Rect r, const Scene *s) {
    if (c->is_filtering || c->is_help || views[c->view.view].is_table)
        console_filter_draw(c, cells, r);
    if (c->is_help)
        return;
    if (c->palette.is_open) {
        Text says = { 0 };
        Style style = console_palette_says(c, &says);
        palette_draw(cells, r, &c->palette, style,
                     says.bytes ? says.bytes : "", c->view.glyphs);
        text_close(&says);
    }
    if (c->dialog.kind != DIALOG_NONE)
        dialog_draw(cells, &c->dialog, s->wheel, s->snapshot->now_ns,
                    c->view.glyphs);
    if (c->form.kind != FORM_NONE)
        form_draw(cells, &c->form, s->wheel, c->view.glyphs);
    if (c->chooser.is_open)
        chooser_draw(cells, &c->chooser, "an earlier run under the charts",
                     c->view.glyphs);
    if (c->question != QUESTION_NONE)
        question_draw(c, cells);
}

Rect console_view_area(const Cells *cells) {
    int top = cells->rows < TABS_ROWS_MIN ? 1 : 2;
    int rows = cells->rows > top + 1 ? cells->rows - top - 1 : 1;
    return (Rect){ top < cells->rows ? top : 0, 0, rows, cells->cols };
}

/* For the mouse: what the operator sees when he clicks. */
static void keep_spots(Console *c, const Cells *cells) {
    Cells *seen = &c->seen;
    seen->rows = cells->rows;
    seen->cols = cells->cols;
    seen->spot_count = 0;
    for (size_t i = 0; i < cells->spot_count; i++) {
        mem_grow(seen->spots, seen->spot_count, seen->spot_cap);
        seen->spots[seen->spot_count++] = cells->spots[i];
    }
}

void console_draw(Console *c, Cells *cells) {
    uint64_t now = clock_now();
    console_follow(c);
    if (now >= c->notice_until_ns)
        c->view.notice = NULL;
    Scene s = console_scene(c);
    Rect r = console_view_area(cells);
    cells_clear(cells);
    if (cells->rows < CONSOLE_ROWS_MIN || cells->cols < CONSOLE_COLS_MIN) {
        live_draw(cells, (Rect){ 0, 0, cells->rows, cells->cols }, &s);
    } else {
        follow_view(c, r, &s);
        topbar_draw(cells, 0, &s);
        if (r.y > 1)
            tabs_draw(cells, 1, &s);
        main_draw(c, cells, r, &s);
        keys_draw(c, cells, &s);
    }
    boxes_draw(c, cells, r, &s);
    keep_spots(c, cells);
    console_note_news(c);
    c->drawn_ns = now;
    c->is_dirty = false;
}
