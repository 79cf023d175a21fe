/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/field.h"

#include <stdio.h>
#include <string.h>

#include "ui/keys.h"
#include "ui/utf8.h"

void field_set(Field *f, const char *text) {
    *f = (Field){ .is_fresh = true };
    snprintf(f->text, sizeof f->text, "%s", text);
    f->cursor = strlen(f->text);
}

bool field_is_text(int key) {
    return (key >= 0x20 && key < 0x7f) ||
           (key >= 0xa0 && key < KEYCODE_SPECIAL &&
            !(key >= 0xd800 && key < 0xe000));
}

static bool is_continuation(char byte) {
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const Field *f, size_t at) {
    if (at > 0)
        at--;
    /* The cursor is at FIELD_BYTES at most, and at is less by now. */
    /* cppcheck-suppress arrayIndexOutOfBoundsCond */
    while (at > 0 && is_continuation(f->text[at]))
        at--;
    return at;
}

static size_t behind(const Field *f, size_t at) {
    if (f->text[at])
        at++;
    while (is_continuation(f->text[at]))
        at++;
    return at;
}

static void cut(Field *f, size_t from, size_t to) {
    memmove(f->text + from, f->text + to, strlen(f->text + to) + 1);
    f->cursor = from;
}

static void type(Field *f, int key) {
    char bytes[4];
    size_t n = (size_t)utf8_put(bytes, (uint32_t)key);
    if (f->is_fresh)
        cut(f, 0, strlen(f->text));
    size_t length = strlen(f->text);
    if (length + n > FIELD_BYTES)
        return;
    memmove(f->text + f->cursor + n, f->text + f->cursor,
            length - f->cursor + 1);
    memcpy(f->text + f->cursor, bytes, n);
    f->cursor += n;
}

bool field_key(Field *f, int key) {
    switch (key) {
    case KEYCODE_LEFT:
        f->cursor = before(f, f->cursor);
        break;
    case KEYCODE_RIGHT:
        f->cursor = behind(f, f->cursor);
        break;
    case KEYCODE_HOME:
    case KEYCODE_CTRL('a'):
        f->cursor = 0;
        break;
    case KEYCODE_END:
    case KEYCODE_CTRL('e'):
        f->cursor = strlen(f->text);
        break;
    case KEYCODE_BACKSPACE:
        cut(f, before(f, f->cursor), f->cursor);
        break;
    case KEYCODE_DELETE:
        cut(f, f->cursor, behind(f, f->cursor));
        break;
    case KEYCODE_CTRL('u'):
        cut(f, 0, f->cursor);
        break;
    default:
        if (!field_is_text(key))
            return false;
        type(f, key);
    }
    f->is_fresh = false;
    return true;
}

void field_draw(const Field *f, Cells *c, int y, int x, int cols,
                bool is_active) {
    if (cols < 1)
        return;
    int ahead = 0; /* columns before the cursor */
    for (size_t i = 0; i < f->cursor; i = behind(f, i))
        ahead++;
    int left_out = ahead > cols - 1 ? ahead - (cols - 1) : 0;
    size_t at = 0;
    for (int i = 0; i < left_out; i++)
        at = behind(f, at);
    Rect old = c->clip;
    if (is_active)
        cells_ground(c, y, x, cols, GROUND_FIELD);
    if (x >= old.x && x + cols <= old.x + old.cols && y >= old.y &&
        y < old.y + old.rows) {
        cells_clip(c, (Rect){ y, x, 1, cols });
        cells_bold(c, y, x, STYLE_BRIGHT, f->text + at);
        cells_clip(c, old);
        if (is_active) {
            c->cursor_y = y;
            c->cursor_x = x + ahead - left_out;
        }
    }
}
