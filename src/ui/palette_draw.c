/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/palette.h"

#include <stdio.h>

#include "ui/glyph.h"
#include "ui/scene.h"
#include "ui/words.h"
#include "ui/wrap.h"

#define LIST_MAX 8
#define BOX_COLS 120
#define NAME_COLS 15
#define ARGS_COLS 34
#define ARGS_BRIEF 22 /* on screens of less than WIDE columns */
#define WIDE 96
#define SAYS_ROWS 2

static void choice_draw(Cells *c, int y, int x, int cols, const Choice *k,
                        bool is_chosen, Glyphs glyphs) {
    int end = x + cols, from = x;
    cells_text(c, y, x, STYLE_BRIGHT,
               is_chosen ? glyph_text(glyphs, GLYPH_CURRENT) : " ");
    x = words_cut(c, y, x + 2, end - x - 2, STYLE_BRIGHT, k->word, glyphs) + 1;
    if (x < from + 2 + NAME_COLS)
        x = from + 2 + NAME_COLS;
    if (cols >= 64) {
        int args = cols < WIDE ? ARGS_BRIEF : ARGS_COLS;
        words_cut(c, y, x, args - 2, STYLE_P50, k->args, glyphs);
        x += args;
    }
    if (end - x > 8)
        words_cut(c, y, x, end - x, STYLE_DIM, k->help, glyphs);
    if (is_chosen)
        cells_ground(c, y, from, cols, GROUND_SELECT);
}

/* The first line of the list that is shown: the chosen one is seen. */
static int list_top(const Palette *p, int rows) {
    return p->chosen >= rows ? p->chosen - rows + 1 : 0;
}

static void list_draw(Cells *c, Rect r, const Palette *p, Glyphs glyphs) {
    int top = list_top(p, r.rows);
    for (int i = 0; i < r.rows && top + i < (int)p->count; i++) {
        int at = top + i;
        choice_draw(c, r.y + i, r.x, r.cols, &p->choices[at], at == p->chosen,
                    glyphs);
        Spot spot = { { r.y + i, r.x, 1, r.cols },
                      SPOT_CHOICE,
                      .index = (size_t)at };
        cells_spot(c, &spot);
    }
}

/* "stage move STAGE up|down", and how many more there are. */
static void frame_draw(Cells *c, Rect r, const Palette *p, int rows,
                       Glyphs glyphs) {
    char title[120] = "command", note[40] = "";
    const Choice *k = p->chosen >= 0 ? &p->choices[p->chosen] : NULL;
    bool is_chosen = k && *k->help;
    const char *name = is_chosen ? k->word : p->usage;
    const char *args = is_chosen ? k->args : p->args;
    if (name)
        snprintf(title, sizeof title, "%.60s%s%s", name, *args ? " " : "",
                 args);
    if (p->count > (size_t)rows)
        snprintf(note, sizeof note, "%zu choices", p->count);
    box_draw(c, r, title, note, glyphs);
}

void palette_draw(Cells *c, Rect r, const Palette *p, Style style,
                  const char *says, Glyphs glyphs) {
    int cols = r.cols < BOX_COLS ? r.cols : BOX_COLS;
    int most = r.rows - 2 - 1 - SAYS_ROWS;
    int rows = most < LIST_MAX ? most : LIST_MAX;
    rows = rows < 0 ? 0 : rows;
    int shown = (int)p->count < rows ? (int)p->count : rows;
    int height = shown + 1 + SAYS_ROWS + 2;
    Rect box = { r.y + r.rows - height, r.x, height, cols };
    cells_fill(c, box, GROUND_DIALOG);
    frame_draw(c, box, p, shown, glyphs);
    int x = box.x + 2, y = box.y + 1 + shown, width = cols - 4;
    list_draw(c, (Rect){ box.y + 1, x, shown, width }, p, glyphs);
    cells_bold(c, y, x, STYLE_HAND, ":");
    field_draw(&p->field, c, y, x + 2, width - 2, true);
    wrap_draw(c, (Rect){ y + 1, x + 2, SAYS_ROWS, width - 2 }, style, says);
}
