/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys that matter now: which, and the words for them. */
#include "ui/field.h"
#include "ui/views.h"

#define KEYS_MAX 48

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
    if (mode == MODE_TABLE && k->is_plain_list &&
        (s->act == ACT_SORT_BACK || s->act == ACT_SORT_REVERSE ||
         s->act == ACT_FILTER))
        return NULL;
    if (mode == MODE_STAGES && k->is_typing && field_is_text(s->code))
        return NULL;
    return r->word;
}

/* What newcomers need most stands always in one place. */
static bool is_pinned(KeyMode mode, const KeyRow *r) {
    KeyAct act = r->strokes[0].act;
    return mode == MODE_VIEWS &&
           (act == ACT_VIEW_NEXT || act == ACT_PALETTE || act == ACT_HELP);
}

static size_t add_mode(const Keyline *k, KeyMode mode, BarKey *keys,
                       size_t count) {
    const KeyTable *t = &key_tables[mode];
    for (size_t i = 0; i < t->count && count < KEYS_MAX; i++) {
        const KeyRow *r = &t->rows[i];
        const char *word = word_for(k, mode, r);
        if (word)
            keys[count++] =
                (BarKey){ r->label, word, r->strokes, is_pinned(mode, r) };
    }
    return count;
}

void keyline_draw(Cells *c, int y, const Keyline *k) {
    static const KeyStroke yes[] = { { .code = 'y' }, { 0 } };
    static const KeyStroke no[] = { { .code = 'n' }, { 0 } };
    static const BarKey answers[] = { { "y", "do it", yes, false },
                                      { "n", "leave it", no, false } };
    BarKey keys[KEYS_MAX];
    size_t count = 0;
    if (k->is_asking && k->chain.modes[0] != MODE_HELP) {
        keybar_draw(c, y, answers, 2);
        return;
    }
    for (size_t m = 0; m < KEY_CHAIN && k->chain.modes[m] != MODE_ANY; m++)
        count = add_mode(k, k->chain.modes[m], keys, count);
    keybar_draw(c, y, keys, count);
}
