/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keys_bind.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LABEL_MAX 12 /* columns that the help has, + 1 */
#define HELP_MAX 120
#define ACTIONS_MAX 160

/* Rows of a mode with keys of the user's. */
typedef struct BoundRow {
    char label[LABEL_MAX * 4], help[HELP_MAX];
} BoundRow;

typedef struct Bound {
    KeyTable tables[MODE_COUNT];
    KeyRow *rows[MODE_COUNT];
    BoundRow *texts[MODE_COUNT];
} Bound;

/* The bindings are the process's own, as its locale is. */
static Bound *bound;
const KeyTable *key_tables = key_tables_usual;

/* --- names -------------------------------------------------------------- */

bool key_mode_is_bindable(KeyMode mode) {
    static const bool modes[MODE_COUNT] = {
        [MODE_WHEEL] = true, [MODE_TIME] = true,   [MODE_TABLE] = true,
        [MODE_VIEWS] = true, [MODE_STAGES] = true, [MODE_HELP] = true,
        [MODE_DONE] = true,
    };
    return modes[mode];
}

/* Where what is written in the table makes no good name. */
static const char *own_name(const KeyStroke *s) {
    static const struct {
        const char *says, *name;
    } own[] = {
        { "level +1%", "level-up" },      { "level -1%", "level-down" },
        { "level +10%", "level-up-far" }, { "level -10%", "level-down-far" },
        { "ASK_LEVEL", "set-level" },     { "ASK_STRETCH", "stretch-by" },
        { "LONGER", "zoom-out" },         { "SHORTER", "zoom-in" },
    };
    const char *says = s->act == ACT_COMMAND ? s->command : s->act_word;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (text_equal(own[i].says, says))
            return own[i].name;
    return NULL;
}

char *key_action(char to[KEY_ACTION_MAX], const KeyStroke *s) {
    const char *own = own_name(s);
    const char *from = s->act == ACT_COMMAND ? s->command : s->act_word;
    if (own) {
        snprintf(to, KEY_ACTION_MAX, "%s", own);
        return to;
    }
    if (s->act == ACT_VIEW) {
        snprintf(to, KEY_ACTION_MAX, "view-%c", (char)s->usual);
        return to;
    }
    snprintf(to, KEY_ACTION_MAX, "%s",
             text_starts(from, "ASK_") ? from + 4 : from);
    for (char *c = to; *c; c++)
        *c = *c == '_' || *c == ' ' ? '-' : (char)tolower((unsigned char)*c);
    return to;
}

static bool does(const KeyStroke *s, const char *action) {
    char name[KEY_ACTION_MAX];
    return text_equal(key_action(name, s), action);
}

/* All names, some more than once; returns how many. */
static size_t all_actions(char (*to)[KEY_ACTION_MAX], size_t max) {
    size_t count = 0;
    for (int m = 0; m < MODE_COUNT; m++) {
        const KeyTable *t = &key_tables_usual[m];
        for (size_t i = 0; key_mode_is_bindable((KeyMode)m) && i < t->count;
             i++)
            for (size_t k = 0; k < KEY_STROKES && t->rows[i].strokes[k].code;
                 k++)
                if (count < max)
                    key_action(to[count++], &t->rows[i].strokes[k]);
    }
    return count;
}

bool key_action_exists(const char *name) {
    char all[ACTIONS_MAX][KEY_ACTION_MAX];
    size_t n = all_actions(all, ACTIONS_MAX);
    for (size_t i = 0; i < n; i++)
        if (text_equal(all[i], name))
            return true;
    return false;
}

const char *key_action_near(char to[KEY_ACTION_MAX], const char *wrote) {
    char all[ACTIONS_MAX][KEY_ACTION_MAX];
    const char *names[ACTIONS_MAX];
    size_t n = all_actions(all, ACTIONS_MAX);
    for (size_t i = 0; i < n; i++)
        names[i] = all[i];
    const char *near = text_nearest(wrote, names, n);
    if (!near)
        return NULL;
    snprintf(to, KEY_ACTION_MAX, "%s", near);
    return to;
}

/* --- a table of one's own ----------------------------------------------- */

static const KeyBinding *binding_of(const KeyBinding *b, size_t count,
                                    const KeyStroke *s) {
    const KeyBinding *found = NULL; /* the last one counts */
    for (size_t i = 0; i < count; i++)
        if (does(s, b[i].action))
            found = &b[i];
    return found;
}

static void add_stroke(KeyRow *r, size_t *n, const KeyStroke *s, int code) {
    for (size_t i = 0; i < *n; i++)
        if (r->strokes[i].code == code)
            return;
    if (*n == KEY_STROKES)
        return;
    r->strokes[*n] = *s;
    r->strokes[(*n)++].code = code;
}

/* As many of the keys as the help has room for. */
static void label_row(const KeyRow *r, char *to, size_t size) {
    int cols = 0;
    *to = '\0';
    for (size_t i = 0; i < KEY_STROKES && r->strokes[i].code; i++) {
        char name[KEY_NAME_MAX];
        key_label(name, r->strokes[i].code);
        int width = (int)strlen(name) + (cols ? 1 : 0);
        if (cols + width >= LABEL_MAX)
            break;
        snprintf(to + strlen(to), size - strlen(to), "%s%s", cols ? " " : "",
                 name);
        cols += width;
    }
}

/* What the help says of further keys is no longer so. */
static void help_row(const KeyRow *r, char *to, size_t size) {
    static const char *const tails[] = { "; also ", "; Shift-Tab", "; PgUp" };
    snprintf(to, size, "%s", r->help);
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char *tail = strstr(to, tails[i]);
        if (tail)
            *tail = '\0';
    }
    if (!r->strokes[0].code)
        snprintf(to + strlen(to), size - strlen(to), " (no key)");
}

static void bind_row(KeyRow *r, BoundRow *text, const KeyRow *usual,
                     const KeyBinding *b, size_t count) {
    bool is_changed = false;
    size_t n = 0;
    *r = *usual;
    memset(r->strokes, 0, sizeof r->strokes);
    for (size_t k = 0; k < KEY_STROKES && usual->strokes[k].code; k++) {
        const KeyStroke *s = &usual->strokes[k];
        const KeyBinding *own = binding_of(b, count, s);
        is_changed |= own != NULL;
        if (!own)
            add_stroke(r, &n, s, s->code);
        for (size_t i = 0; own && i < own->count; i++)
            add_stroke(r, &n, s, own->codes[i]);
    }
    if (!is_changed)
        return;
    label_row(r, text->label, sizeof text->label);
    help_row(r, text->help, sizeof text->help);
    r->label = text->label;
    r->help = text->help;
    if (!r->strokes[0].code)
        r->word = NULL;
}

void keys_unbind(void) {
    key_tables = key_tables_usual;
    for (int m = 0; bound && m < MODE_COUNT; m++) {
        free(bound->rows[m]);
        free(bound->texts[m]);
    }
    free(bound);
    bound = NULL;
}

static void make_tables(const KeyBinding *b, size_t count) {
    keys_unbind();
    bound = mem_new(Bound);
    for (int m = 0; m < MODE_COUNT; m++) {
        const KeyTable *t = &key_tables_usual[m];
        bound->tables[m] = *t;
        if (!key_mode_is_bindable((KeyMode)m) || t->count == 0)
            continue;
        bound->rows[m] = mem_alloc(t->count, sizeof *bound->rows[m]);
        bound->texts[m] = mem_alloc(t->count, sizeof *bound->texts[m]);
        for (size_t i = 0; i < t->count; i++)
            bind_row(&bound->rows[m][i], &bound->texts[m][i], &t->rows[i], b,
                     count);
        bound->tables[m].rows = bound->rows[m];
    }
    key_tables = bound->tables;
}

/* --- conflicts ---------------------------------------------------------- */

/* Do both count at once, so that a key can mean one thing only? Tables come
 * before all others on purpose, and share keys with them. */
static bool are_together(KeyMode a, KeyMode b) {
    bool is_run[2] = { a == MODE_WHEEL || a == MODE_DONE,
                       b == MODE_WHEEL || b == MODE_DONE };
    bool is_view[2] = { a == MODE_TIME || a == MODE_VIEWS,
                        b == MODE_TIME || b == MODE_VIEWS };
    return a == b || a == MODE_ANY || b == MODE_ANY ||
           (is_run[0] && is_view[1]) || (is_view[0] && is_run[1]) ||
           (is_view[0] && is_view[1]);
}

/* Another action on that key where the stroke's mode counts; NULL: none. */
static const KeyStroke *rival_of(KeyMode mode, const KeyStroke *s,
                                 KeyMode *where) {
    char name[KEY_ACTION_MAX];
    key_action(name, s);
    for (int m = 0; m < MODE_COUNT; m++) {
        const KeyTable *t = &key_tables[m];
        for (size_t i = 0; are_together(mode, (KeyMode)m) && i < t->count; i++)
            for (size_t k = 0; k < KEY_STROKES && t->rows[i].strokes[k].code;
                 k++) {
                const KeyStroke *other = &t->rows[i].strokes[k];
                bool was_so =
                    s->usual == s->code && other->usual == other->code;
                if (other->code == s->code && !was_so && !does(other, name)) {
                    *where = (KeyMode)m;
                    return other;
                }
            }
    }
    return NULL;
}

/* In the editor they begin a figure. */
static bool is_figure(KeyMode mode, int code) {
    return mode == MODE_STAGES && code > ' ' && code < 0x7f &&
           strchr("0123456789.+-", code);
}

/* What is wrong with one binding among all; false: nothing. */
static bool tell_wrong(const KeyBinding *b, Diags *diags) {
    for (int m = 0; m < MODE_COUNT; m++)
        for (size_t i = 0; i < key_tables[m].count; i++)
            for (size_t k = 0; k < KEY_STROKES; k++) {
                const KeyStroke *s = &key_tables[m].rows[i].strokes[k];
                char key[KEY_NAME_MAX], other[KEY_ACTION_MAX];
                KeyMode where = MODE_ANY;
                if (!s->code || !does(s, b->action) ||
                    !key_mode_is_bindable((KeyMode)m))
                    continue;
                key_print(key, s->code);
                if (is_figure((KeyMode)m, s->code)) {
                    diags_add(diags, b->line, b->column,
                              "'%s' begins a figure in the stage editor, "
                              "where %s counts too",
                              key, b->action);
                    return true;
                }
                const KeyStroke *rival = rival_of((KeyMode)m, s, &where);
                if (!rival)
                    continue;
                diags_add(diags, b->line, b->column,
                          "the key '%s' does '%s' already (%s); give one of "
                          "them another key",
                          key, key_action(other, rival),
                          key_tables[where].title);
                return true;
            }
    return false;
}

void keys_bind(const KeyBinding *bindings, size_t count, Diags *diags) {
    KeyBinding *good = mem_alloc(count + 1, sizeof *good);
    size_t left = count;
    if (count)
        memcpy(good, bindings, count * sizeof *good);
    /* leaving one out may set its own keys against another's */
    for (bool is_wrong = true; is_wrong && left > 0;) {
        is_wrong = false;
        make_tables(good, left);
        for (size_t i = left; i > 0 && !is_wrong; i--)
            if (tell_wrong(&good[i - 1], diags)) {
                memmove(&good[i - 1], &good[i], (left - i) * sizeof *good);
                left--;
                is_wrong = true;
            }
    }
    if (left == 0)
        keys_unbind();
    free(good);
}
