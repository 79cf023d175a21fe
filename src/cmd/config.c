/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "profile/reader.h"

/* --- values ------------------------------------------------------------- */

/* Which of the words (separated by |) it is; -1 with err. */
static int read_word(const char *words, const char *value, Err *err) {
    char copy[80], *rest = copy;
    const char *all[12];
    size_t n = 0;
    snprintf(copy, sizeof copy, "%s", words);
    for (char *w; n < sizeof all / sizeof *all && (w = strsep(&rest, "|"));)
        all[n++] = w;
    for (size_t i = 0; i < n; i++)
        if (text_equal(all[i], value))
            return (int)i;
    const char *near = text_nearest(value, all, n);
    if (near)
        return err_set(err, "'%.40s' is not known; did you mean '%s'?", value,
                       near);
    return err_set(err, "'%.40s' is none of %s", value, words);
}

const Theme *config_theme(const char *value, Err *err) {
    const Theme *found = theme_find(value);
    if (found)
        return found;
    const char *near = theme_near(value);
    Text names = { 0 };
    for (size_t i = 0; i < theme_count; i++)
        text_addf(&names, ", %s", themes[i]->name);
    if (near)
        err_set(err, "there is no theme '%.40s'; did you mean '%s'?", value,
                near);
    else
        err_set(err, "there is no theme '%.40s', only auto%s", value,
                names.bytes);
    text_close(&names);
    return NULL;
}

int config_fps(const char *value, int *fps, Err *err) {
    char *end;
    long n = strtol(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || n < 1 || n > CONFIG_FPS_MAX)
        return err_set(err, "'%.40s' is not a number from 1 to %d", value,
                       CONFIG_FPS_MAX);
    *fps = (int)n;
    return 0;
}

#define BACKGROUNDS "theme|terminal"
#define GLYPH_WORDS "auto|ascii|block|braille"
#define COLOR_WORDS "auto|none|8|16|256|true"
#define SWITCH "on|off"

static int read_theme(Config *c, const char *value, Err *err) {
    const Theme *t = config_theme(value, err);
    c->theme = t ? t : c->theme;
    return t ? 0 : -1;
}

static int read_background(Config *c, const char *value, Err *err) {
    int i = read_word(BACKGROUNDS, value, err);
    if (i >= 0)
        c->term.own_ground = i == 1;
    return i < 0 ? -1 : 0;
}

static int read_glyphs(Config *c, const char *value, Err *err) {
    int i = read_word(GLYPH_WORDS, value, err);
    if (i >= 0)
        c->term.has_glyphs = i > 0;
    if (i > 0)
        c->term.glyphs = (Glyphs)(GLYPHS_ASCII + (i - 1));
    return i < 0 ? -1 : 0;
}

static int read_colors(Config *c, const char *value, Err *err) {
    int i = read_word(COLOR_WORDS, value, err);
    if (i >= 0)
        c->term.has_depth = i > 0;
    if (i > 0)
        c->term.depth = (ColorDepth)(COLOR_NONE + (i - 1));
    return i < 0 ? -1 : 0;
}

static int read_fps(Config *c, const char *value, Err *err) {
    return config_fps(value, &c->fps, err);
}

static int read_mouse(Config *c, const char *value, Err *err) {
    int i = read_word(SWITCH, value, err);
    if (i >= 0)
        c->term.no_mouse = i == 1;
    return i < 0 ? -1 : 0;
}

static const struct {
    ConfigKey info;
    int (*read)(Config *c, const char *value, Err *err);
} table[] = {
    { { "theme", "auto|dark|light|colorblind|mono",
        "colours; auto asks COLORFGBG for dark or light" },
      read_theme },
    { { "background", BACKGROUNDS,
        "whose ground is behind it all; up to 16 colours it is always the "
        "terminal's" },
      read_background },
    { { "glyphs", GLYPH_WORDS,
        "what charts and frames are made of; ONRUSH_GLYPHS wins" },
      read_glyphs },
    { { "colors", COLOR_WORDS,
        "at most so many colours; other than auto it wins over NO_COLOR" },
      read_colors },
    { { "fps", "1..30", "frames a second at most; 10, over ssh 4" }, read_fps },
    { { "mouse", SWITCH, "whether clicks and the wheel come here" },
      read_mouse },
};
#define KEY_COUNT (sizeof table / sizeof *table)

bool config_describe(size_t i, ConfigKey *out) {
    if (i >= KEY_COUNT)
        return false;
    *out = table[i].info;
    return true;
}

/* --- sections ----------------------------------------------------------- */

static void read_console(Config *c, const IniEntry *e, Diags *diags) {
    const char *names[KEY_COUNT];
    Err err;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = table[i].info.name;
        if (!text_equal(names[i], e->key))
            continue;
        if (table[i].read(c, e->value, &err) < 0)
            diags_add(diags, e->line, e->value_column, "%s: %s", e->key,
                      err.text);
        return;
    }
    const char *near = text_nearest(e->key, names, KEY_COUNT);
    diags_add(diags, e->line, e->key_column,
              "'%.40s' is no key of [console]%s%s%s", e->key,
              near ? "; did you mean '" : "", near ? near : "",
              near ? "'?" : "");
}

static int add_key(KeyBinding *b, const char *word, Err *err) {
    int code = key_read(word);
    const char *near = key_nearest(word);
    if (code == KEYCODE_NONE && near)
        return err_set(err, "there is no key '%.40s'; did you mean '%s'?", word,
                       near);
    if (code == KEYCODE_NONE)
        return err_set(err,
                       "there is no key '%.40s'; keys are characters, enter, "
                       "pgup, f2, ctrl-x and the like",
                       word);
    if (code == KEYCODE_F1 || code == KEYCODE_CTRL('c') || code == KEYCODE_ESC)
        return err_set(err, "the key '%s' stays what it is", word);
    if (b->count == KEY_STROKES)
        return err_set(err, "at most %d keys are taken", KEY_STROKES);
    b->codes[b->count++] = code;
    return 0;
}

/* "s S f5", or "none". */
static void read_binding(Config *c, const IniEntry *e, Diags *diags) {
    KeyBinding b = { .line = e->line, .column = e->value_column };
    char near[KEY_ACTION_MAX];
    Err err;
    if (!key_action_exists(e->key)) {
        bool has_near = key_action_near(near, e->key) != NULL;
        diags_add(diags, e->line, e->key_column,
                  "there is no action '%.40s'%s%s%s", e->key,
                  has_near ? "; did you mean '" : "", has_near ? near : "",
                  has_near ? "'?" : "; onrush(1) lists them");
        return;
    }
    if (!*e->value) {
        diags_add(diags, e->line, e->value_column,
                  "%s: a key is missing, or none", e->key);
        return;
    }
    char *copy = mem_dup_text(e->value), *rest = copy;
    for (char *word; (word = strsep(&rest, " \t"));) {
        if (!*word || (text_equal(e->value, "none")))
            continue;
        if (add_key(&b, word, &err) < 0) {
            diags_add(diags, e->line, e->value_column + (int)(word - copy),
                      "%s: %s", e->key, err.text);
            free(copy);
            return;
        }
    }
    free(copy);
    snprintf(b.action, sizeof b.action, "%s", e->key);
    mem_grow(c->bindings, c->binding_count, c->binding_cap);
    c->bindings[c->binding_count++] = b;
}

static void read_section(Config *c, const IniSection *s, Diags *diags) {
    static const char *const names[] = { "console", "keys" };
    const char *near = text_nearest(s->name, names, 2);
    bool is_console = text_equal(s->name, "console");
    if (!is_console && !text_equal(s->name, "keys")) {
        diags_add(diags, s->line, 1, "there is no section [%.40s]%s%s%s",
                  s->name, near ? "; did you mean [" : "", near ? near : "",
                  near ? "]?" : ", only [console] and [keys]");
        return;
    }
    for (size_t i = 0; i < s->count; i++)
        if (is_console)
            read_console(c, &s->entries[i], diags);
        else
            read_binding(c, &s->entries[i], diags);
}

static void read_ini(Config *c, const Ini *ini, Diags *diags) {
    for (size_t i = 0; i < ini->count; i++)
        read_section(c, &ini->sections[i], diags);
    keys_bind(c->bindings, c->binding_count, diags);
    diags_sort(diags);
}

/* --- the whole ---------------------------------------------------------- */

char *config_path(void) {
    const char *dir = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    Text t = { 0 };
    if (dir && *dir == '/')
        text_addf(&t, "%s/onrush/config.ini", dir);
    else if (home && *home == '/')
        text_addf(&t, "%s/.config/onrush/config.ini", home);
    return t.length ? text_take(&t) : NULL;
}

void config_init(Config *c) {
    *c = (Config){ .theme = theme_find("auto") };
}

void config_close(Config *c) {
    free(c->bindings);
    *c = (Config){ 0 };
}

void config_read_text(Config *c, const char *text, size_t length,
                      Diags *diags) {
    Ini ini;
    ini_read_text(&ini, text, length, diags);
    read_ini(c, &ini, diags);
    ini_close(&ini);
}

void config_read(Config *c, const char *path, Diags *diags) {
    Ini ini;
    if (!path || (access(path, F_OK) < 0 && errno != EACCES))
        return;
    if (ini_read(&ini, path, diags) == 0)
        read_ini(c, &ini, diags);
    ini_close(&ini);
}
