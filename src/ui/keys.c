/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/utf8.h"

static const struct {
    const char *name, *label;
    int code;
} names[] = {
    { "enter", "Enter", KEYCODE_ENTER },
    { "esc", "Esc", KEYCODE_ESC },
    { "tab", "Tab", KEYCODE_TAB },
    { "shift-tab", "Shift-Tab", KEYCODE_BACKTAB },
    { "up", "Up", KEYCODE_UP },
    { "down", "Down", KEYCODE_DOWN },
    { "left", "Left", KEYCODE_LEFT },
    { "right", "Right", KEYCODE_RIGHT },
    { "pgup", "PgUp", KEYCODE_PGUP },
    { "pgdn", "PgDn", KEYCODE_PGDN },
    { "home", "Home", KEYCODE_HOME },
    { "end", "End", KEYCODE_END },
    { "backspace", "Backspace", KEYCODE_BACKSPACE },
    { "delete", "Delete", KEYCODE_DELETE },
    { "space", "space", ' ' },
};

static const KeyStroke *find_in(KeyMode mode, int code) {
    const KeyTable *t = &key_tables[mode];
    for (size_t i = 0; i < t->count; i++)
        for (size_t k = 0; k < KEY_STROKES && t->rows[i].strokes[k].code; k++)
            if (t->rows[i].strokes[k].code == code)
                return &t->rows[i].strokes[k];
    return NULL;
}

const KeyStroke *key_find_in(const KeyChain *chain, int code) {
    const KeyStroke *found = NULL;
    if (code == KEYCODE_NONE)
        return NULL;
    for (size_t i = 0; i < KEY_CHAIN && !found; i++) {
        found = find_in(chain->modes[i], code);
        if (chain->modes[i] == MODE_ANY)
            break;
    }
    return found;
}

const KeyStroke *key_find(KeyMode mode, int code) {
    KeyChain chain = { { mode, MODE_ANY } };
    return key_find_in(&chain, code);
}

/* --- names -------------------------------------------------------------- */

char *key_print(char to[KEY_NAME_MAX], int code) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code) {
            snprintf(to, KEY_NAME_MAX, "%s", names[i].name);
            return to;
        }
    if (code >= KEYCODE_F1 && code <= KEYCODE_F12) {
        snprintf(to, KEY_NAME_MAX, "f%d", code - KEYCODE_F1 + 1);
    } else if (code > 0 && code < 0x20) {
        snprintf(to, KEY_NAME_MAX, "ctrl-%c", tolower(code | 0x40));
    } else if (code > 0x20 && code < KEYCODE_SPECIAL) {
        int n = utf8_put(to, (uint32_t)code);
        to[n] = '\0';
    } else {
        snprintf(to, KEY_NAME_MAX, "?");
    }
    return to;
}

char *key_label(char to[KEY_NAME_MAX], int code) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == code) {
            snprintf(to, KEY_NAME_MAX, "%s", names[i].label);
            return to;
        }
    key_print(to, code);
    if (code >= KEYCODE_F1 && code <= KEYCODE_F12)
        to[0] = 'F';
    if (text_starts(to, "ctrl-")) {
        to[0] = 'C';
        to[5] = (char)toupper((unsigned char)to[5]);
    }
    return to;
}

int key_read(const char *name) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal(names[i].name, name))
            return names[i].code;
    if (name[0] == 'f' && isdigit((unsigned char)name[1])) {
        char *end;
        long n = strtol(name + 1, &end, 10);
        return !*end && n >= 1 && n <= 12 ? KEYCODE_F((int)n) : KEYCODE_NONE;
    }
    if (text_starts(name, "ctrl-") && isalpha((unsigned char)name[5]) &&
        !name[6])
        return KEYCODE_CTRL(name[5]);
    const char *s = name;
    uint32_t rune = utf8_next(&s);
    return rune > 0x20 && rune != 0x7f && rune != 0xfffd && !*s ? (int)rune
                                                                : KEYCODE_NONE;
}

const char *key_nearest(const char *wrote) {
    const char *all[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        all[i] = names[i].name;
    return text_nearest(wrote, all, sizeof names / sizeof *names);
}
