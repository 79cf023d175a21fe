/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h: what keys are called and what they do. One table: the console and
 * the editor look their keys up in it; help, key bar, key scripts and the
 * manual walk it. Pure. */
#ifndef ONRUSH_UI_KEYS_H
#define ONRUSH_UI_KEYS_H

#include <stddef.h>

/* A character is its Unicode code point; keys without one lie beyond. */
typedef enum KeyCode {
    KEYCODE_NONE = 0,
    KEYCODE_TAB = 0x09,
    KEYCODE_ENTER = 0x0d,
    KEYCODE_ESC = 0x1b,
    KEYCODE_BACKSPACE = 0x7f,
    KEYCODE_SPECIAL = 0x110000,
    KEYCODE_UP = KEYCODE_SPECIAL,
    KEYCODE_DOWN,
    KEYCODE_LEFT,
    KEYCODE_RIGHT,
    KEYCODE_HOME,
    KEYCODE_END,
    KEYCODE_PGUP,
    KEYCODE_PGDN,
    KEYCODE_DELETE,
    KEYCODE_BACKTAB,
    KEYCODE_F1,
    KEYCODE_F12 = KEYCODE_F1 + 11,
    KEYCODE_RESIZE, /* the terminal has a new size */
    KEYCODE_MOUSE,  /* term_mouse tells what */
} KeyCode;

#define KEYCODE_CTRL(letter) ((letter)&0x1f)
#define KEYCODE_F(n) (KEYCODE_F1 + (n)-1)

/* Where a key counts. */
typedef enum KeyMode {
    MODE_ANY,
    MODE_WHEEL,  /* in all views, while the run goes on */
    MODE_TIME,   /* in views with a time axis */
    MODE_TABLE,  /* in views with a table */
    MODE_OPEN,   /* where a row of a table is open */
    MODE_VIEWS,  /* in all views */
    MODE_STAGES, /* the stage editor */
    MODE_DIALOG,
    MODE_PALETTE, /* the line after `:' */
    MODE_FILTER,  /* the line after `/' */
    MODE_HELP,
    MODE_DONE, /* the final screen */
    MODE_COUNT
} KeyMode;

/* The modes that count at once, the first that knows a key wins. MODE_ANY
 * ends it. */
#define KEY_CHAIN 6
typedef struct KeyChain {
    KeyMode modes[KEY_CHAIN];
} KeyChain;

typedef enum KeyAct {
    ACT_NONE,
    /* the run */
    ACT_COMMAND, /* send the command text as it stands */
    ACT_PAUSE,
    ACT_ASK_LEVEL,
    ACT_ASK_STRETCH,
    ACT_ASK_SPIKE,
    ACT_ASK_MARK,
    ACT_ASK_MIX,
    ACT_ASK_LIMITS,
    ACT_ASK_SAVE,
    ACT_EDIT,
    ACT_SCENARIO,
    ACT_FINISH,
    ACT_STOP,
    ACT_INTERRUPT,
    /* views */
    ACT_VIEW, /* the one whose number the key is */
    ACT_VIEW_NEXT,
    ACT_VIEW_BACK,
    ACT_THEME,
    ACT_HELP,
    ACT_REDRAW, /* the terminal's; the console has nothing to do */
    ACT_LEAVE,
    ACT_PALETTE,
    ACT_COMPLETE,
    ACT_FILTER,
    ACT_COPY,
    ACT_SAVE_SCREEN,
    /* time */
    ACT_ZOOM,
    ACT_LONGER,
    ACT_SHORTER,
    ACT_COLUMN_BACK,
    ACT_COLUMN_NEXT,
    ACT_COLUMNS_BACK, /* ten */
    ACT_COLUMNS_NEXT,
    ACT_BEGINNING,
    ACT_NEWEST,
    ACT_NOW, /* leave what is picked, the moment that is looked at */
    ACT_EVENT_BACK,
    ACT_EVENT_NEXT,
    ACT_PICK,
    ACT_PICKED,
    ACT_EARLIER_RUN,
    /* tables */
    ACT_OPEN,
    ACT_SORT_NEXT,
    ACT_SORT_BACK,
    ACT_SORT_REVERSE,
    ACT_PART_BACK, /* of several that a row has, when it is open */
    ACT_PART_NEXT,
    ACT_BACK,
    ACT_FIGURES,
    /* moving, anywhere */
    ACT_UP,
    ACT_DOWN,
    ACT_LEFT,
    ACT_RIGHT,
    ACT_PAGE_UP,
    ACT_PAGE_DOWN,
    ACT_FIRST,
    ACT_LAST,
    /* fields and the stage editor */
    ACT_FIELD_NEXT,
    ACT_FIELD_BACK,
    ACT_FIELD_OPEN,
    ACT_INSERT,
    ACT_DELETE,
    ACT_DUPLICATE,
    ACT_COPY_STAGES,
    ACT_NEXT_STAGES,
    ACT_MOVE_UP,
    ACT_MOVE_DOWN,
    ACT_RAMP,
    ACT_UNDO,
    ACT_REDO,
    ACT_APPLY,
} KeyAct;

typedef struct KeyStroke {
    int code;
    KeyAct act;
    const char *command;  /* of ACT_COMMAND; see control/verbs.h */
    const char *act_word; /* "ASK_SPIKE"; NULL: of ACT_COMMAND */
    int usual;            /* the code, if it is not bound otherwise */
} KeyStroke;

#define KEY_STROKES 8

/* One line of the help: keys that belong together. */
typedef struct KeyRow {
    const char *label; /* "PgUp PgDn" */
    const char *word;  /* in the key bar; NULL: only in the help */
    const char *help;
    KeyStroke strokes[KEY_STROKES]; /* code 0 ends them */
} KeyRow;

/* Of each mode, the most important first, as the key bar shows them. */
typedef struct KeyTable {
    const char *title; /* heading in the help */
    const KeyRow *rows;
    size_t count;
} KeyTable;

extern const KeyTable key_tables_usual[MODE_COUNT];
/* As they are bound (keys_bind.h): these are what everybody walks. */
extern const KeyTable *key_tables;

/* What a key does in a mode (or in MODE_ANY); NULL: nothing. */
const KeyStroke *key_find(KeyMode mode, int code);
const KeyStroke *key_find_in(const KeyChain *chain, int code);

#define KEY_NAME_MAX 16
/* "enter", "pgup", "f1", "ctrl-c", "x", "ä". */
char *key_print(char to[KEY_NAME_MAX], int code);
/* The same as a label: "PgUp", "Ctrl-X", "x". */
char *key_label(char to[KEY_NAME_MAX], int code);
/* The key of that name, KEYCODE_NONE when there is none. */
int key_read(const char *name);
/* The nearest name to what was written, or NULL. */
const char *key_nearest(const char *wrote);

#endif
