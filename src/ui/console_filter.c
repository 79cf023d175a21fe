/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line after `/': it filters while it is typed. */
#include <stdio.h>
#include <string.h>

#include "ui/console_state.h"
#include "ui/glyph.h"
#include "ui/words.h"

#define LINE_COLS 48

static TableState *table(Console *c) {
    return &c->view.table[c->view.view];
}

void console_filter_open(Console *c) {
    if (!c->is_help &&
        (!views[c->view.view].is_table || c->view.view == VIEW_STAGES)) {
        console_notice(c, "there are no rows to filter here", true);
        return;
    }
    c->is_filtering = true;
    if (!c->is_help)
        field_set(&c->filter, table(c)->filter);
    c->filter.is_fresh = c->help_filter.is_fresh = false;
}

static void apply(Console *c) {
    TableState *t = table(c);
    c->help_top = 0;
    if (c->is_help)
        return;
    /* cut as the field would: at a character */
    size_t n = strlen(c->filter.text);
    while (n >= sizeof t->filter ||
           ((unsigned char)c->filter.text[n] & 0xc0) == 0x80)
        n--;
    snprintf(t->filter, sizeof t->filter, "%.*s", (int)n, c->filter.text);
    t->selected = t->top = 0;
}

bool console_filter_clear(Console *c) {
    if (c->is_help) {
        bool has = *c->help_filter.text;
        field_set(&c->help_filter, "");
        return has;
    }
    TableState *t = table(c);
    bool has = *t->filter && views[c->view.view].is_table && !t->is_open;
    if (has)
        *t->filter = '\0';
    return has;
}

void console_filter_key(Console *c, int key) {
    const KeyStroke *k = key_find(MODE_FILTER, key);
    KeyAct act = k ? k->act : ACT_NONE;
    Field *f = c->is_help ? &c->help_filter : &c->filter;
    if (act == ACT_LEAVE) {
        console_filter_clear(c);
        c->is_filtering = false;
    } else if (act == ACT_APPLY) {
        c->is_filtering = false;
    } else if (key == KEYCODE_BACKSPACE && !*f->text) {
        c->is_filtering = false;
    } else if ((act == ACT_UP || act == ACT_DOWN) && c->is_help) {
        console_scroll(&c->help_top, act);
    } else if (act == ACT_UP || act == ACT_DOWN) {
        console_act_view(c, k);
    } else if (field_key(f, key)) {
        apply(c);
    }
}

void console_filter_draw(const Console *c, Cells *cells, Rect r,
                         bool is_framed) {
    const char *kept =
        c->is_help ? c->help_filter.text : c->view.table[c->view.view].filter;
    const Field *f = c->is_help ? &c->help_filter : &c->filter;
    uint32_t across =
        is_framed ? glyph_rune(c->view.glyphs, GLYPH_ACROSS) : ' ';
    int y = r.y + r.rows - 1, x = r.x + 2;
    int cols = r.cols - 4 < LINE_COLS ? r.cols - 4 : LINE_COLS;
    if (c->is_filtering) {
        cells_fill(cells, (Rect){ y, x - 1, 1, cols + 2 }, GROUND_FIELD);
        cells_bold(cells, y, x, STYLE_HAND, "/");
        field_draw(f, cells, y, x + 2, cols - 2, true);
    } else if (*kept && (c->is_help || !c->view.notice)) {
        for (int i = x - 1; i < r.x + r.cols - 1; i++) /* over a hint */
            cells_rune(cells, y, i, STYLE_LINE, across);
        cells_text(cells, y, x - 1, STYLE_HAND, " / ");
        int end = words_cut(cells, y, x + 2, cols - 2, STYLE_BRIGHT, kept,
                            c->view.glyphs);
        cells_text(cells, y, end, STYLE_DIM, " ");
        if (end + 15 < r.x + r.cols)
            cells_text(cells, y, end + 1, STYLE_DIM, "Esc shows all ");
    }
}
