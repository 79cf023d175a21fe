/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/views.h"
#include "ui/wrap.h"

#define LABEL_COLS 12

typedef struct HelpLine {
    Style style;
    bool is_head;
    const char *label;
    char text[WRAP_LINE_MAX];
} HelpLine;

typedef struct HelpPage {
    HelpLine *items;
    size_t count, cap;
    int cols;
} HelpPage;

static HelpLine *add_line(HelpPage *p, Style style, const char *text) {
    mem_grow(p->items, p->count, p->cap);
    HelpLine *l = &p->items[p->count++];
    *l = (HelpLine){ .style = style };
    snprintf(l->text, sizeof l->text, "%s", text);
    return l;
}

static void add_text(HelpPage *p, Style style, const char *text) {
    char line[WRAP_LINE_MAX];
    while (wrap_next(&text, p->cols, line))
        add_line(p, style, line);
}

static void add_row(HelpPage *p, const KeyRow *k) {
    char line[WRAP_LINE_MAX];
    const char *text = k->help, *label = k->label;
    int cols = p->cols - LABEL_COLS;
    while (wrap_next(&text, cols > 8 ? cols : 8, line)) {
        add_line(p, STYLE_TEXT, line)->label = label;
        label = "";
    }
}

static void add_mode(HelpPage *p, KeyMode mode) {
    const KeyTable *t = &key_tables[mode];
    if (p->count)
        add_line(p, STYLE_TEXT, "");
    add_line(p, STYLE_BRIGHT, t->title)->is_head = true;
    for (size_t i = 0; i < t->count; i++)
        add_row(p, &t->rows[i]);
}

static void add_wheel(HelpPage *p) {
    add_line(p, STYLE_TEXT, "");
    add_line(p, STYLE_BRIGHT, "Who drives")->is_head = true;
    add_text(p, STYLE_TEXT,
             "PLAN: the plan does. HAND: you do; the plan's clock stands and "
             "the level stays where you put it, until g gives the wheel back. "
             "A spike is put into the plan instead: what follows moves later.");
}

/* What counts now first, then the rest. */
static HelpPage make_page(const KeyChain *chain, int cols) {
    static const KeyMode order[] = { MODE_WHEEL,  MODE_VIEWS, MODE_TIME,
                                     MODE_TABLE,  MODE_OPEN,  MODE_STAGES,
                                     MODE_DIALOG, MODE_DONE,  MODE_ANY,
                                     MODE_HELP };
    HelpPage p = { .cols = cols };
    bool is_told[MODE_COUNT] = { false };
    for (size_t i = 0; i < KEY_CHAIN && chain->modes[i] != MODE_ANY; i++) {
        add_mode(&p, chain->modes[i]);
        is_told[chain->modes[i]] = true;
    }
    add_wheel(&p);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (!is_told[order[i]])
            add_mode(&p, order[i]);
    return p;
}

int help_draw(Cells *c, Rect r, const KeyChain *chain, int top, Glyphs glyphs) {
    cells_fill(c, r, GROUND_NONE);
    Rect in =
        box_draw(c, r, "help", r.cols < 50 ? NULL : "Esc goes back", glyphs);
    HelpPage p = make_page(chain, in.cols - 3);
    int most = (int)p.count - in.rows;
    top = top > most ? most : top;
    top = top < 0 ? 0 : top;
    for (int i = 0; i < in.rows && top + i < (int)p.count; i++) {
        const HelpLine *l = &p.items[top + i];
        int y = in.y + i, x = in.x + 1;
        if (l->is_head) {
            cells_bold(c, y, x, l->style, l->text);
            continue;
        }
        if (l->label) {
            cells_bold(c, y, x + 1, STYLE_BRIGHT, l->label);
            x += LABEL_COLS;
        }
        cells_text(c, y, x + 1, l->style, l->text);
    }
    if (most > 0)
        cells_rightf(c, r.y + r.rows - 1, r.x + r.cols - 3, STYLE_DIM,
                     " %d of %d ", top + in.rows, (int)p.count);
    free(p.items);
    return top;
}
