/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/field.h"
#include "ui/views.h"

#define KEYS_MAX 32

/* The word for a row as things stand, NULL: it would do nothing now. */
static const char *word_for(const Keyline *k, KeyMode mode, const KeyRow *r) {
    const KeyStroke *s = &r->strokes[0];
    bool is_hand = plan_is_hand(k->wheel->plan);
    bool is_command = s->act == ACT_COMMAND;
    if (mode == MODE_WHEEL && k->wheel->end != WHEEL_GOES_ON)
        return s->act == ACT_STOP ? "stop at once" : NULL;
    if (s->act == ACT_SCENARIO && k->wheel->plan_count < 2)
        return NULL;
    if (s->act == ACT_PAUSE)
        return k->wheel->paused ? "go on" : r->word;
    if (is_command && text_equal(s->command, "go"))
        return is_hand ? r->word : NULL;
    if (is_command && text_equal(s->command, "hold"))
        return is_hand ? NULL : r->word;
    if (mode == MODE_STAGES && k->is_typing && field_is_text(s->code))
        return NULL;
    return r->word;
}

void keyline_draw(Cells *c, int y, const Keyline *k) {
    const char *keys[KEYS_MAX] = { "y", "n" };
    const char *words[KEYS_MAX] = { "do it", "leave it" };
    if (k->is_asking && k->chain.modes[0] != MODE_HELP) {
        keybar_draw(c, y, keys, words, 2);
        return;
    }
    size_t count = 0;
    for (size_t m = 0; m < KEY_CHAIN && k->chain.modes[m] != MODE_ANY; m++) {
        const KeyTable *t = &key_tables[k->chain.modes[m]];
        for (size_t i = 0; i < t->count && count < KEYS_MAX; i++) {
            const char *word = word_for(k, k->chain.modes[m], &t->rows[i]);
            if (!word)
                continue;
            keys[count] = t->rows[i].label;
            words[count++] = word;
        }
    }
    keybar_draw(c, y, keys, words, count);
}
