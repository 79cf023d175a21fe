/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last row. */
#include <string.h>

#include "ui/scene.h"

/* From here on the pinned keys have their words. */
#define WORDS_COLS 76

static void key_spot(Cells *c, int y, int x, int end, int code) {
    Spot spot = { { y, x, 1, end - x }, SPOT_KEY, .index = (size_t)code };
    if (code)
        cells_spot(c, &spot);
}

/* "+ -": a click on each does its own, one on the word the first. */
static int key_draw(Cells *c, int y, int x, const BarKey *k, bool has_word) {
    const char *at = k->label;
    size_t i = 0;
    int first = k->strokes ? k->strokes[0].code : 0, from = x;
    x = cells_bold(c, y, x, STYLE_BRIGHT, k->label);
    key_spot(c, y, from, x, first);
    for (int left = from; k->strokes && i < KEY_STROKES && *at; i++) {
        size_t bytes = strcspn(at, " ");
        if (!k->strokes[i].code)
            break;
        if (i > 0)
            key_spot(c, y, left, left + (int)bytes, k->strokes[i].code);
        left += (int)bytes + 1;
        at += bytes + (at[bytes] == ' ');
    }
    if (!has_word)
        return x;
    from = x;
    x = cells_text(c, y, x + 1, STYLE_DIM, k->word);
    key_spot(c, y, from, x, first);
    return x;
}

static int key_cols(const BarKey *k, bool has_word) {
    return cells_width(k->label) + (has_word ? 1 + cells_width(k->word) : 0);
}

void keybar_draw(Cells *c, int y, const BarKey *keys, size_t count) {
    bool words = c->cols >= WORDS_COLS;
    int x = 1, end = c->cols - 1;
    cells_fill(c, (Rect){ y, 0, 1, c->cols }, GROUND_BAR);
    for (size_t i = count; i-- > 0;)
        if (keys[i].is_pinned) {
            int from = end - key_cols(&keys[i], words);
            key_draw(c, y, from, &keys[i], words);
            end = from - (words ? 2 : 1);
        }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].is_pinned)
            continue;
        if (x + key_cols(&keys[i], true) > end)
            break;
        x = key_draw(c, y, x, &keys[i], true) + 2;
    }
}
