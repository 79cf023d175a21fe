/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_bind.h: other keys for what the console does. An action is what a
 * key of the table does, by name: "spike", "level-up", "view-3". One name
 * may stand in several modes ("up"), and is bound in all of them. As they are
 * stay keys that count everywhere (F1, Ctrl-C) and those of lines that are
 * typed into. Main thread. */
#ifndef ONRUSH_UI_KEYS_BIND_H
#define ONRUSH_UI_KEYS_BIND_H

#include <stdbool.h>

#include "base/err.h"
#include "ui/keys.h"

#define KEY_ACTION_MAX 24

typedef struct KeyBinding {
    char action[KEY_ACTION_MAX];
    int codes[KEY_STROKES];
    size_t count;     /* 0: no key does it any more */
    int line, column; /* where that was said */
} KeyBinding;

/* The name of what a stroke does. */
char *key_action(char to[KEY_ACTION_MAX], const KeyStroke *s);
/* Is there an action of that name that can be bound? */
bool key_action_exists(const char *name);
/* The nearest name to what was written; it lives in to. NULL: none. */
const char *key_action_near(char to[KEY_ACTION_MAX], const char *wrote);
bool key_mode_is_bindable(KeyMode mode);

/* Makes key_tables say so; the actions exist. A key that would then do two
 * things at once is a mistake, told in *diags, and the binding behind it is
 * left out. Help and key bar of changed rows show the new keys. */
void keys_bind(const KeyBinding *bindings, size_t count, Diags *diags);
/* key_tables is the usual one again. */
void keys_unbind(void);

#endif
