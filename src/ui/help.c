/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that the tables of keys and commands know, in one or two columns. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "control/verbs.h"
#include "ui/own.h"
#include "ui/views.h"
#include "ui/wrap.h"

#define LABEL_COLS 13
#define TWO_COLS 104 /* from here on there is room for two columns */

typedef struct HelpLine {
    Style style;
    bool is_head;
    const char *label;
    char text[WRAP_LINE_MAX];
} HelpLine;

typedef struct HelpPage {
    HelpLine *items;
    size_t count, cap;
    int cols;           /* of a column */
    const char *filter; /* "": all */
    const char *title;  /* of the section, until something stands in it */
} HelpPage;

/* --- what is asked for -------------------------------------------------- */

static bool has(const HelpPage *p, const char *text) {
    return strcasestr(text, p->filter);
}

/* --- lines -------------------------------------------------------------- */

static HelpLine *add_line(HelpPage *p, Style style, const char *text) {
    mem_grow(p->items, p->count, p->cap);
    HelpLine *l = &p->items[p->count++];
    *l = (HelpLine){ .style = style };
    snprintf(l->text, sizeof l->text, "%s", text);
    return l;
}

/* The heading comes with the first line below it. */
static void open_section(HelpPage *p) {
    const char *title = p->title;
    p->title = NULL;
    if (!title)
        return;
    if (p->count)
        add_line(p, STYLE_TEXT, "");
    add_line(p, STYLE_BRIGHT, title)->is_head = true;
}

static void add_text(HelpPage *p, Style style, const char *label,
                     const char *text) {
    char line[WRAP_LINE_MAX];
    int cols = label ? p->cols - LABEL_COLS : p->cols;
    while (wrap_next(&text, cols > 8 ? cols : 8, line)) {
        add_line(p, style, line)->label = label;
        label = label ? "" : NULL;
    }
}

/* A key, or a command with its arguments. */
static void add_entry(HelpPage *p, const char *label, const char *args,
                      const char *help) {
    if (!has(p, label) && !has(p, args) && !has(p, help))
        return;
    open_section(p);
    if (*args)
        add_text(p, STYLE_P50, label, args);
    add_text(p, STYLE_TEXT, *args ? "" : label, help);
}

/* --- sections ----------------------------------------------------------- */

static void add_mode(HelpPage *p, KeyMode mode) {
    const KeyTable *t = &key_tables[mode];
    p->title = t->title;
    for (size_t i = 0; i < t->count; i++)
        add_entry(p, t->rows[i].label, "", t->rows[i].help);
}

static void add_wheel(HelpPage *p) {
    static const char text[] =
        "PLAN: the plan does. HAND: you do; the plan's clock stands and "
        "the level stays where you put it, until g gives the wheel back. "
        "A spike is put into the plan instead: what follows moves later.";
    p->title = "Who drives";
    if (!has(p, text) && !has(p, p->title))
        return;
    open_section(p);
    add_text(p, STYLE_TEXT, NULL, text);
}

static void add_mouse(HelpPage *p) {
    static const char text[] =
        "A click shows a view, selects a row (once more: opens it), sorts by "
        "a column, looks at a moment of a chart, or does what a key below "
        "says. Dragging over a chart takes an interval, the wheel zooms it. "
        "With Shift the mouse is the terminal's, to select text; "
        "`:mouse off' leaves it to the terminal.";
    p->title = "The mouse";
    if (!has(p, text) && !has(p, p->title))
        return;
    open_section(p);
    add_text(p, STYLE_TEXT, NULL, text);
}

static void add_commands(HelpPage *p) {
    p->title = "Commands to the run, after : and for onrush ctl";
    for (size_t i = 0; i < verb_count; i++)
        add_entry(p, verbs[i].name, verbs[i].args, verbs[i].help);
    p->title = "Commands to the console, after :";
    for (int i = 0; i < OWN_COUNT; i++)
        add_entry(p, own_commands[i].name, own_commands[i].args,
                  own_commands[i].help);
}

/* What counts now first, then the rest. */
static HelpPage make_page(const KeyChain *chain, const char *filter, int cols) {
    static const KeyMode order[] = { MODE_WHEEL,  MODE_VIEWS,   MODE_TIME,
                                     MODE_TABLE,  MODE_OPEN,    MODE_STAGES,
                                     MODE_DIALOG, MODE_PALETTE, MODE_FILTER,
                                     MODE_DONE,   MODE_ANY,     MODE_HELP };
    HelpPage p = { .cols = cols, .filter = filter };
    bool is_told[MODE_COUNT] = { false };
    for (size_t i = 0; i < KEY_CHAIN && chain->modes[i] != MODE_ANY; i++) {
        add_mode(&p, chain->modes[i]);
        is_told[chain->modes[i]] = true;
    }
    add_wheel(&p);
    add_mouse(&p);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (!is_told[order[i]])
            add_mode(&p, order[i]);
    add_commands(&p);
    return p;
}

/* --- drawing ------------------------------------------------------------ */

static void line_draw(Cells *c, int y, int x, const HelpLine *l) {
    if (l->is_head) {
        cells_bold(c, y, x, STYLE_P95, l->text);
        return;
    }
    if (l->label) {
        cells_bold(c, y, x + 1, STYLE_BRIGHT, l->label);
        x += LABEL_COLS;
    }
    cells_text(c, y, x + 1, l->style, l->text);
}

static void column_draw(Cells *c, Rect r, const HelpPage *p, size_t from,
                        size_t to, int top) {
    for (int i = 0; i < r.rows && from + (size_t)(top + i) < to; i++)
        line_draw(c, r.y + i, r.x, &p->items[from + (size_t)(top + i)]);
}

/* Where the second column begins: with the heading nearest to the middle,
 * and never with the blank line before it. */
static size_t middle(const HelpPage *p) {
    size_t best = p->count, least = best, half = best / 2;
    for (size_t i = 1; i < p->count; i++) {
        size_t far = i < half ? half - i : i - half;
        if (p->items[i].is_head && far < least) {
            best = i;
            least = far;
        }
    }
    return best;
}

int help_draw(Cells *c, Rect r, const Help *h, Glyphs glyphs) {
    cells_fill(c, r, GROUND_NONE);
    Rect in = box_draw(c, r, "help",
                       r.cols < 50 ? NULL : "/ finds   Esc goes back", glyphs);
    bool two = in.cols >= TWO_COLS;
    int cols = two ? (in.cols - 3) / 2 : in.cols;
    HelpPage p = make_page(&h->chain, h->filter, cols - 3);
    size_t second = two ? middle(&p) : p.count;
    size_t longer = second > p.count - second ? second : p.count - second;
    int most = (int)longer - in.rows, top = h->top;
    top = top > most ? most : top;
    top = top < 0 ? 0 : top;
    Rect left = { in.y, in.x + 1, in.rows, cols };
    Rect right = { in.y, in.x + 1 + cols + 1, in.rows, cols };
    column_draw(c, left, &p, 0, second, top);
    column_draw(c, right, &p, second, p.count, top);
    if (!p.count)
        cells_text(c, in.y, in.x + 1, STYLE_DIM, "nothing has these words");
    if (most > 0)
        cells_rightf(c, r.y + r.rows - 1, r.x + r.cols - 3, STYLE_DIM,
                     " %d of %zu ", top + in.rows, longer);
    free(p.items);
    return top;
}
