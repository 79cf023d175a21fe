/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's settings: what they do, and what is said of wrong ones; keys
 * that are bound otherwise, in the console, its help and its key bar. */
#include "unit.h"

#include <stdlib.h>

#include "cmd/config.h"
#include "desk.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Reads it; the mistakes, a line each, are compared. */
static void reads(Config *c, const char *text, const char *mistakes) {
    Diags d;
    Text got = { 0 };
    diags_init(&d, "config.ini");
    config_init(c);
    config_read_text(c, text, strlen(text), &d);
    for (size_t i = 0; i < d.count; i++)
        text_addf(&got, "%d:%d: %s\n", d.items[i].line, d.items[i].column,
                  d.items[i].text);
    assert_string_equal(got.bytes ? got.bytes : "", mistakes);
    text_close(&got);
    diags_close(&d);
}

static void closes(Config *c) {
    keys_unbind();
    config_close(c);
}

static void every_key_is_read(void **state) {
    (void)state;
    Config c;
    reads(&c,
          "; mine\n[console]\ntheme = light\nbackground = terminal\n"
          "glyphs = block\ncolors = 256\nfps = 30\nmouse = off\n",
          "");
    assert_ptr_equal(c.theme, &theme_light);
    assert_true(c.term.own_ground);
    assert_true(c.term.has_glyphs && c.term.glyphs == GLYPHS_BLOCK);
    assert_true(c.term.has_depth && c.term.depth == COLOR_256);
    assert_int_equal(c.fps, 30);
    assert_true(c.term.no_mouse);
    closes(&c);
    reads(&c, "[console]\nglyphs = auto\ncolors = auto\nbackground = theme\n",
          "");
    assert_false(c.term.has_glyphs || c.term.has_depth || c.term.own_ground);
    closes(&c);
    static const struct {
        const char *word;
        ColorDepth depth;
    } depths[] = { { "none", COLOR_NONE },
                   { "8", COLOR_8 },
                   { "16", COLOR_16 },
                   { "256", COLOR_256 },
                   { "true", COLOR_TRUE } };
    for (size_t i = 0; i < COUNT(depths); i++) {
        char text[80];
        snprintf(text, sizeof text, "[console]\ncolors = %s\n", depths[i].word);
        reads(&c, text, "");
        assert_int_equal(c.term.depth, depths[i].depth);
        closes(&c);
    }
    reads(&c, "", "");
    assert_non_null(c.theme);
    closes(&c);
}

static void mistakes_are_told_and_left_out(void **state) {
    (void)state;
    static const struct {
        const char *text, *mistakes;
    } cases[] = {
        { "[console]\nthem = dark\n",
          "2:1: 'them' is no key of [console]; did you mean 'theme'?\n" },
        { "[console]\ntheme = drak\n",
          "2:9: theme: there is no theme 'drak'; did you mean 'dark'?\n" },
        { "[console]\ntheme = solarized\n",
          "2:9: theme: there is no theme 'solarized', only auto, dark, light, "
          "colorblind, mono\n" },
        { "[console]\nfps = 31\n",
          "2:7: fps: '31' is not a number from 1 to 30\n" },
        { "[console]\nfps = -1\n",
          "2:7: fps: '-1' is not a number from 1 to 30\n" },
        { "[console]\ncolors = 32\n",
          "2:10: colors: '32' is none of auto|none|8|16|256|true\n" },
        { "[console]\nglyphs = brialle\n",
          "2:10: glyphs: 'brialle' is not known; did you mean 'braille'?\n" },
        { "[console]\nmouse =\n", "2:8: mouse: '' is none of on|off\n" },
        { "[consle]\ntheme = dark\n",
          "1:1: there is no section [consle]; did you mean [console]?\n" },
        { "[target]\nurl = x\n",
          "1:1: there is no section [target], only [console] and [keys]\n" },
        { "theme = dark\n", "1:1: a [section] must come first\n" },
        { "[console]\ntheme\n",
          "2:1: expected NAME = VALUE, [section] or ; comment\n" },
        { "[keys]\nspkie = s\n",
          "2:1: there is no action 'spkie'; did you mean 'spike'?\n" },
        { "[keys]\nwhatever-this-is = s\n",
          "2:1: there is no action 'whatever-this-is'; onrush(1) lists "
          "them\n" },
        { "[keys]\nspike = entre\n",
          "2:9: spike: there is no key 'entre'; did you mean 'enter'?\n" },
        { "[keys]\nspike = f5 pgpu\n",
          "2:12: spike: there is no key 'pgpu'; did you mean 'pgup'?\n" },
        { "[keys]\nspike = ctrl-c\n",
          "2:9: spike: the key 'ctrl-c' stays what it is\n" },
        { "[keys]\nspike =\n", "2:8: spike: a key is missing, or none\n" },
        { "[keys]\nspike = m\n",
          "2:9: the key 'm' does 'mark' already (During the run); give one "
          "of them another key\n" },
        { "[keys]\nspike = ?\n",
          "2:9: the key '?' does 'help' already (Views); give one of them "
          "another key\n" },
        { "[keys]\nduplicate = 7\n",
          "2:13: '7' begins a figure in the stage editor, where duplicate "
          "counts too\n" },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Config c;
        reads(&c, cases[i].text, cases[i].mistakes);
        assert_ptr_equal(key_tables, key_tables_usual);
        closes(&c);
    }
    /* the others count all the same */
    Config c;
    reads(&c, "[console]\nfps = x\ntheme = mono\n[keys]\nspike = m\nhold = a\n",
          "2:7: fps: 'x' is not a number from 1 to 30\n"
          "5:9: the key 'm' does 'mark' already (During the run); give one "
          "of them another key\n");
    assert_ptr_equal(c.theme, &theme_mono);
    assert_string_equal(key_find(MODE_WHEEL, 'a')->command, "hold");
    assert_int_equal(key_find(MODE_WHEEL, 's')->act, ACT_ASK_SPIKE);
    closes(&c);
}

static void keys_change_places(void **state) {
    (void)state;
    Config c;
    reads(&c, "[keys]\nspike = m\nmark = s\n", "");
    assert_int_equal(key_find(MODE_WHEEL, 'm')->act, ACT_ASK_SPIKE);
    assert_int_equal(key_find(MODE_WHEEL, 's')->act, ACT_ASK_MARK);
    closes(&c);
    /* one of two that are wrong together takes the other along */
    reads(&c, "[keys]\nspike = m\nmark = h\n",
          "2:9: the key 'm' does 'mark' already (During the run); give one "
          "of them another key\n"
          "3:8: the key 'h' does 'hold' already (During the run); give one "
          "of them another key\n");
    assert_ptr_equal(key_tables, key_tables_usual);
    closes(&c);
}

static void bound_keys_do_it_and_are_shown(void **state) {
    (void)state;
    Config c;
    Desk d;
    reads(&c,
          "[keys]\nspike = S f5\nlevel-up = *\nhold = none\nview-3 = r\n"
          "up = up a\n",
          "");
    desk_open(&d, SPIKE, 60);
    sees(&d, "* - level");
    sees(&d, "S F5 spike");
    if (golden_has(look(&d), "h hold"))
        fail_msg("the key bar shows a key that is gone");
    press(&d, '*');
    sent(&d, "level +1%\n");
    press(&d, '-');
    sent(&d, "level -1%\n");
    press(&d, '+');
    press(&d, 'h');
    sees(&d, "no key 'h' here");
    sent(&d, "");
    press(&d, KEYCODE_F(5));
    sees(&d, "spike now");
    press(&d, KEYCODE_ESC);
    press(&d, 'r');
    assert_int_equal(key_find(MODE_HELP, 'a')->act, ACT_UP);
    assert_null(key_find(MODE_HELP, 'k'));
    press(&d, '?');
    cells_resize(&d.cells, 70, 100);
    sees(&d, "S F5         spike now: asks for level and duration");
    sees(&d, "hold this level: take the wheel where it is (no key)");
    sees(&d, "Up a Down j  the row before, the next one");
    desk_close(&d);
    closes(&c);
    assert_int_equal(key_find(MODE_WHEEL, 'h')->act, ACT_COMMAND);
}

/* In a mode a name means one thing, and what it means has that name only. */
static void actions_have_names(void **state) {
    (void)state;
    for (int m = 0; m < MODE_COUNT; m++) {
        const KeyTable *t = &key_tables_usual[m];
        for (size_t i = 0; i < t->count * KEY_STROKES; i++) {
            const KeyStroke *a =
                &t->rows[i / KEY_STROKES].strokes[i % KEY_STROKES];
            char name[KEY_ACTION_MAX], other[KEY_ACTION_MAX];
            if (!a->code)
                continue;
            key_action(name, a);
            assert_true(strlen(name) > 1 && strlen(name) < KEY_ACTION_MAX - 1);
            for (const char *s = name; *s; s++)
                assert_true(*s == '-' || (*s >= 'a' && *s <= 'z') ||
                            (*s >= '0' && *s <= '9'));
            assert_int_equal(key_action_exists(name) ||
                                 !key_mode_is_bindable((KeyMode)m),
                             true);
            for (size_t k = 0; k < t->count * KEY_STROKES; k++) {
                const KeyStroke *b =
                    &t->rows[k / KEY_STROKES].strokes[k % KEY_STROKES];
                bool is_same =
                    b->code && a->act == b->act &&
                    (!a->command || text_equal(a->command, b->command)) &&
                    (a->act != ACT_VIEW || a->usual == b->usual);
                if (b->code &&
                    is_same != text_equal(key_action(other, b), name))
                    fail_msg("two things are called '%s', or one has two "
                             "names: '%s'",
                             name, other);
            }
        }
    }
}

/* Random bytes and half-broken files: the sanitizers watch. */
static void anything_may_stand_there(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "[keys]\n",    "[console]\n",
        "spike",       " = ",
        "s",           "enter ",
        "\n",          "theme",
        "\xff",        "level-up",
        "none",        "=",
        "up",          "[",
        "view-1",      "?",
        "ctrl-x ",     "\t",
        "leave = q\n", "fps = 5\n",
        "help",        "a b c d e f g h i j k",
    };
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        Text t = { 0 };
        Config c;
        Diags d;
        for (int i = 0; i < 24; i++) {
            seed = seed * 1664525 + 1013904223;
            text_adds(&t, pieces[(seed >> 16) % COUNT(pieces)]);
        }
        diags_init(&d, "config.ini");
        config_init(&c);
        config_read_text(&c, t.bytes, t.length, &d);
        for (int m = 0; m < MODE_COUNT; m++)
            assert_int_equal(key_tables[m].count, key_tables_usual[m].count);
        diags_close(&d);
        closes(&c);
        text_close(&t);
    }
}

static void the_path_is_that_of_xdg(void **state) {
    (void)state;
    static const struct {
        const char *config, *home, *path;
    } cases[] = {
        { "/c", "/h", "/c/onrush/config.ini" },
        { "", "/h", "/h/.config/onrush/config.ini" },
        { "relative", "/h", "/h/.config/onrush/config.ini" },
        { NULL, "/h", "/h/.config/onrush/config.ini" },
        { NULL, NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        unsetenv("XDG_CONFIG_HOME");
        unsetenv("HOME");
        if (cases[i].config)
            setenv("XDG_CONFIG_HOME", cases[i].config, 1);
        if (cases[i].home)
            setenv("HOME", cases[i].home, 1);
        char *path = config_path();
        if (cases[i].path)
            assert_string_equal(path, cases[i].path);
        else
            assert_null(path);
        free(path);
    }
    Config c;
    Diags d;
    diags_init(&d, "x");
    config_init(&c);
    config_read(&c, "/there/is/no/such/file", &d);
    config_read(&c, NULL, &d);
    assert_int_equal(d.count, 0);
    diags_close(&d);
    config_close(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(mistakes_are_told_and_left_out),
        cmocka_unit_test(keys_change_places),
        cmocka_unit_test(bound_keys_do_it_and_are_shown),
        cmocka_unit_test(actions_have_names),
        cmocka_unit_test(anything_may_stand_there),
        cmocka_unit_test(the_path_is_that_of_xdg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
