/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ui/utf8.h"

static const struct {
    const char *name;
    int code;
} names[] = {
    { "enter", KEYCODE_ENTER },
    { "esc", KEYCODE_ESC },
    { "tab", KEYCODE_TAB },
    { "shift-tab", KEYCODE_BACKTAB },
    { "up", KEYCODE_UP },
    { "down", KEYCODE_DOWN },
    { "left", KEYCODE_LEFT },
    { "right", KEYCODE_RIGHT },
    { "pgup", KEYCODE_PGUP },
    { "pgdn", KEYCODE_PGDN },
    { "home", KEYCODE_HOME },
    { "end", KEYCODE_END },
    { "backspace", KEYCODE_BACKSPACE },
    { "delete", KEYCODE_DELETE },
    { "space", ' ' },
};

const KeyStroke *key_find(KeyMode mode, int code) {
    if (code == KEYCODE_NONE)
        return NULL;
    for (size_t i = 0; i < key_row_count; i++) {
        const KeyRow *r = &key_rows[i];
        if (r->mode != mode && r->mode != MODE_ANY)
            continue;
        for (size_t k = 0; k < KEY_STROKES && r->strokes[k].code; k++)
            if (r->strokes[k].code == code)
                return &r->strokes[k];
    }
    return NULL;
}

const char *key_mode_title(KeyMode mode) {
    static const char *const titles[MODE_COUNT] = {
        [MODE_ANY] = "Everywhere",        [MODE_LIVE] = "During the run",
        [MODE_STAGES] = "Editing stages", [MODE_DIALOG] = "Asking for a value",
        [MODE_HELP] = "This help",        [MODE_DONE] = "After the run",
    };
    return titles[mode];
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

/* --- the table ---------------------------------------------------------- */

#define SEND(code, text) \
    { (code), ACT_COMMAND, text }
#define DO(code, act) \
    { (code), ACT_##act, NULL }

const KeyRow key_rows[] = {
    { MODE_ANY, "F1", NULL, "this help", { DO(KEYCODE_F1, HELP) } },
    { MODE_ANY,
      "Ctrl-C",
      NULL,
      "finish the run; a second time: stop it at once",
      { DO(KEYCODE_CTRL('c'), INTERRUPT) } },

    { MODE_LIVE,
      "space",
      "pause",
      "pause: what is under way ends, nothing new starts; again: go on",
      { DO(' ', PAUSE) } },
    { MODE_LIVE,
      "+ -",
      "level",
      "take the wheel: level up or down by 1 % of the peak",
      { SEND('+', "level +1%"), SEND('-', "level -1%") } },
    { MODE_LIVE,
      "c",
      "scenario",
      "the keys steer the next scenario",
      { DO('c', SCENARIO) } },
    { MODE_LIVE,
      "s",
      "spike",
      "spike now: asks for level and duration; the recovery is measured",
      { DO('s', ASK_SPIKE) } },
    { MODE_LIVE,
      "e",
      "edit stages",
      "edit the stages that are to come",
      { DO('e', EDIT) } },
    { MODE_LIVE,
      "n",
      "next",
      "go to the next stage now",
      { SEND('n', "next") } },
    { MODE_LIVE,
      "h",
      "hold",
      "hold this level: take the wheel where it is",
      { SEND('h', "hold") } },
    { MODE_LIVE,
      "g",
      "go on",
      "give the wheel back: go on with the plan",
      { SEND('g', "go") } },
    { MODE_LIVE,
      "m",
      "mark",
      "a mark with a note, in the log and on the charts",
      { DO('m', ASK_MARK) } },
    { MODE_LIVE,
      "q",
      "finish",
      "finish: start nothing more, let what is under way end, save",
      { DO('q', FINISH) } },
    { MODE_LIVE, "Q", NULL, "stop at once, still saving", { DO('Q', STOP) } },
    { MODE_LIVE, "?", "help", "this help", { DO('?', HELP) } },
    { MODE_LIVE,
      "=",
      "set level",
      "take the wheel with a typed level: 250, +50, 800/s, 500 in 30s",
      { DO('=', ASK_LEVEL) } },
    { MODE_LIVE,
      "u U",
      "undo redo",
      "undo, redo any change of the plan",
      { SEND('u', "undo"), SEND('U', "redo") } },
    { MODE_LIVE,
      "PgUp PgDn",
      NULL,
      "take the wheel: level up or down by 10 % of the peak",
      { SEND(KEYCODE_PGUP, "level +10%"), SEND(KEYCODE_PGDN, "level -10%") } },
    { MODE_LIVE,
      "b",
      "back",
      "back to this stage's start",
      { SEND('b', "back") } },
    { MODE_LIVE,
      "x",
      "stretch",
      "this stage takes 30 s longer",
      { SEND('x', "stretch") } },
    { MODE_LIVE,
      "X",
      NULL,
      "this stage takes longer, or shorter, by a typed time",
      { DO('X', ASK_STRETCH) } },
    { MODE_LIVE,
      "z",
      "zoom",
      "the last 5 minutes and the next one, or the whole plan",
      { DO('z', ZOOM) } },
    { MODE_LIVE,
      "Tab",
      NULL,
      "the next view: the stages",
      { DO(KEYCODE_TAB, EDIT) } },

    { MODE_STAGES,
      "Tab",
      "field",
      "the next field; Shift-Tab: the one before",
      { DO(KEYCODE_TAB, FIELD_NEXT), DO(KEYCODE_BACKTAB, FIELD_BACK) } },
    { MODE_STAGES,
      "i",
      "insert",
      "a new stage after this one",
      { DO('i', INSERT) } },
    { MODE_STAGES, "d", "delete", "delete this stage", { DO('d', DELETE) } },
    { MODE_STAGES,
      "D",
      "duplicate",
      "the same stage once more",
      { DO('D', DUPLICATE) } },
    { MODE_STAGES,
      "J K",
      "move",
      "move this stage down, up",
      { DO('J', MOVE_DOWN), DO('K', MOVE_UP) } },
    { MODE_STAGES,
      "r",
      "ramp",
      "the next ramp: linear, smooth, step, jump, stay",
      { DO('r', RAMP) } },
    { MODE_STAGES,
      "u U",
      "undo redo",
      "undo, redo within the draft",
      { DO('u', UNDO), DO('U', REDO) } },
    { MODE_STAGES,
      "Enter",
      "apply",
      "apply all changes as one step",
      { DO(KEYCODE_ENTER, APPLY) } },
    { MODE_STAGES,
      "Esc",
      "discard",
      "leave the field; leave the editor (asks when there are changes)",
      { DO(KEYCODE_ESC, LEAVE) } },
    { MODE_STAGES,
      "Up Down",
      NULL,
      "the stage before, the next one; also k and j",
      { DO(KEYCODE_UP, UP), DO(KEYCODE_DOWN, DOWN), DO('k', UP),
        DO('j', DOWN) } },
    { MODE_STAGES,
      "Left Right",
      NULL,
      "the fields of this stage; in an open field: the cursor",
      { DO(KEYCODE_LEFT, LEFT), DO(KEYCODE_RIGHT, RIGHT) } },
    { MODE_STAGES,
      "PgUp PgDn",
      NULL,
      "ten stages up or down",
      { DO(KEYCODE_PGUP, PAGE_UP), DO(KEYCODE_PGDN, PAGE_DOWN) } },
    { MODE_STAGES,
      "Home End",
      NULL,
      "the first stage, the last one",
      { DO(KEYCODE_HOME, FIRST), DO(KEYCODE_END, LAST) } },
    { MODE_STAGES,
      "F2",
      NULL,
      "change the field as it stands; typing replaces it",
      { DO(KEYCODE_F(2), FIELD_OPEN), DO(KEYCODE_BACKSPACE, FIELD_OPEN) } },
    { MODE_STAGES, "?", "help", "this help", { DO('?', HELP) } },

    { MODE_DIALOG, "Enter", "do it", "do it", { DO(KEYCODE_ENTER, APPLY) } },
    { MODE_DIALOG,
      "Esc",
      "leave",
      "leave without doing anything",
      { DO(KEYCODE_ESC, LEAVE) } },
    { MODE_DIALOG,
      "Tab",
      "field",
      "the other field",
      { DO(KEYCODE_TAB, FIELD_NEXT), DO(KEYCODE_BACKTAB, FIELD_BACK),
        DO(KEYCODE_UP, FIELD_BACK), DO(KEYCODE_DOWN, FIELD_NEXT) } },

    { MODE_HELP,
      "Up Down",
      "scroll",
      "scroll; PgUp, PgDn, Home and End too",
      { DO(KEYCODE_UP, UP), DO(KEYCODE_DOWN, DOWN), DO('k', UP),
        DO('j', DOWN) } },
    { MODE_HELP,
      "PgUp PgDn",
      "page",
      "a page up or down",
      { DO(KEYCODE_PGUP, PAGE_UP), DO(KEYCODE_PGDN, PAGE_DOWN),
        DO(' ', PAGE_DOWN) } },
    { MODE_HELP,
      "Home End",
      NULL,
      "the beginning, the end",
      { DO(KEYCODE_HOME, FIRST), DO(KEYCODE_END, LAST) } },
    { MODE_HELP,
      "Esc",
      "back",
      "back; also ?, q and Enter",
      { DO(KEYCODE_ESC, LEAVE), DO('?', LEAVE), DO('q', LEAVE),
        DO(KEYCODE_ENTER, LEAVE) } },

    { MODE_DONE,
      "q",
      "leave",
      "leave; also Enter and Q",
      { DO('q', LEAVE), DO(KEYCODE_ENTER, LEAVE), DO('Q', LEAVE) } },
    { MODE_DONE,
      "Up Down",
      "scroll",
      "scroll the verdicts",
      { DO(KEYCODE_UP, UP), DO(KEYCODE_DOWN, DOWN), DO('k', UP),
        DO('j', DOWN) } },
    { MODE_DONE,
      "z",
      "zoom",
      "the last 5 minutes, or the whole run",
      { DO('z', ZOOM) } },
    { MODE_DONE, "?", "help", "this help", { DO('?', HELP) } },
};

const size_t key_row_count = sizeof key_rows / sizeof *key_rows;
