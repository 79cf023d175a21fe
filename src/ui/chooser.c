/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chooser.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/glyph.h"
#include "ui/keys.h"
#include "ui/scene.h"
#include "ui/words.h"

#define BOX_COLS 64
#define LIST_ROWS 8
#define NAMES_MAX 1000

void chooser_open(Chooser *c, const char *const *names, size_t count) {
    count = count < NAMES_MAX ? count : NAMES_MAX;
    *c = (Chooser){ .is_open = true,
                    .names = mem_alloc(count, sizeof *c->names),
                    .count = count };
    for (size_t i = 0; i < count; i++)
        c->names[i] = mem_dup_text(names[i]);
}

void chooser_close(Chooser *c) {
    for (size_t i = 0; i < c->count; i++)
        free(c->names[i]);
    free(c->names);
    *c = (Chooser){ 0 };
}

/* --- what fits ------------------------------------------------------------ */

static bool fits(const Chooser *c, size_t i) {
    return strstr(c->names[i], c->field.text) != NULL;
}

static size_t fitting(const Chooser *c) {
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        n += fits(c, i);
    return n;
}

const char *chooser_choice(const Chooser *c) {
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        if (fits(c, i) && n++ == c->selected)
            return c->names[i];
    return c->field.text[strspn(c->field.text, " ")] ? c->field.text : NULL;
}

/* --- keys ------------------------------------------------------------------
 */

static void move(Chooser *c, int by) {
    size_t n = fitting(c);
    if (by > 0 && c->selected + 1 < n)
        c->selected++;
    else if (by < 0 && c->selected > 0)
        c->selected--;
}

DialogResult chooser_key(Chooser *c, int key) {
    const KeyStroke *k = key_find(MODE_DIALOG, key);
    KeyAct act = k ? k->act : ACT_NONE;
    c->has_error = false;
    if (act == ACT_LEAVE)
        return DIALOG_LEAVE;
    if (act == ACT_APPLY && !chooser_choice(c)) {
        c->has_error = true;
        err_set(&c->err, "type a path: a saved run's directory");
        return DIALOG_STAYS;
    }
    if (act == ACT_APPLY)
        return DIALOG_ENTER;
    if (act == ACT_FIELD_NEXT || act == ACT_FIELD_BACK)
        move(c, act == ACT_FIELD_NEXT ? 1 : -1);
    else if (field_key(&c->field, key))
        c->selected = 0;
    return DIALOG_STAYS;
}

/* --- drawing ---------------------------------------------------------------
 */

static void list_draw(Cells *cells, Rect r, const Chooser *c, Glyphs glyphs) {
    size_t rows = r.rows > 0 ? (size_t)r.rows : 0, n = 0;
    size_t top = c->selected >= rows ? c->selected - rows + 1 : 0;
    for (size_t i = 0; i < c->count; i++) {
        if (!fits(c, i))
            continue;
        size_t row = n++;
        if (row < top || row >= top + rows)
            continue;
        int y = r.y + (int)(row - top);
        bool is_here = row == c->selected;
        if (is_here)
            cells_ground(cells, y, r.x, r.cols, GROUND_SELECT);
        cells_text(cells, y, r.x, STYLE_BRIGHT,
                   is_here ? glyph_text(glyphs, GLYPH_CURRENT) : " ");
        words_cut(cells, y, r.x + 2, r.cols - 2,
                  is_here ? STYLE_BRIGHT : STYLE_TEXT, c->names[i], glyphs);
    }
}

void chooser_draw(Cells *cells, const Chooser *c, const char *title,
                  Glyphs glyphs) {
    int cols = cells->cols - 2 < BOX_COLS ? cells->cols - 2 : BOX_COLS;
    int list = cells->rows - 8 < LIST_ROWS ? cells->rows - 8 : LIST_ROWS;
    int rows = list + 4; /* the field, a line of words, the frame */
    Rect r = { cells->rows / 2 - rows / 2, (cells->cols - cols) / 2, rows,
               cols };
    cells_fill(cells, r, GROUND_DIALOG);
    Rect in = box_draw(cells, r, title, NULL, glyphs);
    in = (Rect){ in.y, in.x + 2, in.rows, in.cols - 4 };
    cells_text(cells, in.y, in.x, STYLE_DIM, "name or path");
    field_draw(&c->field, cells, in.y, in.x + 14, in.cols - 14, true);
    list_draw(cells, (Rect){ in.y + 1, in.x, list, in.cols }, c, glyphs);
    const char *words = c->has_error      ? c->err.text
                        : !c->count       ? "no earlier run was found; a path "
                                            "opens one from elsewhere"
                        : fitting(c) == 0 ? "Enter opens this path"
                                          : "Enter lays it under the charts";
    words_cut(cells, in.y + in.rows - 1, in.x, in.cols,
              c->has_error ? STYLE_BAD : STYLE_DIM, words, glyphs);
}
