/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "ui/keys.h"
#include "ui/script.h"

static void steps_come_in_time(void **state) {
    (void)state;
    static const struct {
        uint64_t at_ms;
        int key;
        const char *shot;
    } want[] = {
        { 2500, '+', "" },
        { 4000, 's', "" },
        { 4000, KEYCODE_TAB, "" },
        { 4200, '+', "" },
        { 4200, '5', "" },
        { 4200, ' ', "" },
        { 4200, '#', "" },
        { 4200, 0xfc, "" },
        { 4400, KEYCODE_ENTER, "" },
        { 6000, KEYCODE_NONE, "after_spike-1" },
        { 6000, KEYCODE_CTRL('c'), "" },
    };
    Script s;
    Diags d;
    diags_init(&d, "keys");
    assert_int_equal(script_parse(&s,
                                  "# a spike\n"
                                  "2.5 +\n"
                                  "\n"
                                  "4 s tab   # asks\r\n"
                                  "4.2 type +5 #ü\n"
                                  "  4.4\tenter\n"
                                  "6 shot after_spike-1 # looks\n"
                                  "6 ctrl-c",
                                  &d),
                     0);
    assert_int_equal(s.count, sizeof want / sizeof *want);
    assert_null(script_due(&s, 2499 * NS_PER_MS));
    for (size_t i = 0; i < s.count; i++) {
        assert_true(script_next_ns(&s) == want[i].at_ms * NS_PER_MS);
        const ScriptStep *k = script_due(&s, want[i].at_ms * NS_PER_MS);
        assert_non_null(k);
        assert_int_equal(k->key, want[i].key);
        assert_string_equal(k->shot, want[i].shot);
    }
    assert_null(script_due(&s, UINT64_MAX - 1));
    assert_true(script_next_ns(&s) == UINT64_MAX);
    script_close(&s);
    diags_close(&d);
}

/* Row and column count from 1, as an editor shows a saved frame. */
static void a_click_is_a_press_and_a_release(void **state) {
    (void)state;
    Script s;
    Diags d;
    diags_init(&d, "keys");
    assert_int_equal(script_parse(&s, "2 click 3 40 # a tab\n", &d), 0);
    assert_int_equal(s.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(s.steps[i].key, KEYCODE_MOUSE);
        assert_int_equal(s.steps[i].mouse.y, 2);
        assert_int_equal(s.steps[i].mouse.x, 39);
    }
    assert_int_equal(s.steps[0].mouse.kind, MOUSE_PRESS);
    assert_int_equal(s.steps[1].mouse.kind, MOUSE_RELEASE);
    script_close(&s);
    diags_close(&d);
}

static void mistakes_have_a_place(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        const char *says;
    } cases[] = {
        { "1 +\nsoon +\n", 2, 1, "'soon' is no number of seconds" },
        { "1 +\n\n -1 +\n", 3, 2, "no number of seconds" },
        { "1e99 +", 1, 1, "no number of seconds" },
        { "nan +", 1, 1, "no number of seconds" },
        { "1\n", 1, 2, "a key is missing" },
        { "1  # nothing\n", 1, 4, "a key is missing" },
        { "1 + entr +\n", 1, 5, "did you mean 'enter'" },
        { "1 pageup-key\n", 1, 3, "there is no key 'pageup-key'" },
        { "1 f13\n", 1, 3, "there is no key" },
        { "1 ctrl-1\n", 1, 3, "there is no key" },
        { "1 type\n", 1, 7, "what is to be typed is missing" },
        { "1 shot\n", 1, 7, "a name is missing" },
        { "1 shot ../x\n", 1, 8, "no name for a shot" },
        { "1 shot a b\n", 1, 10, "not expected" },
        { "1 click\n", 1, 8, "a row and a column are wanted" },
        { "1 click 5\n", 1, 10, "a row and a column are wanted" },
        { "1 click 0 5\n", 1, 9, "a row and a column are wanted" },
        { "1 click 5 x\n", 1, 11, "a row and a column are wanted" },
        { "1 click 5 6 7\n", 1, 13, "not expected" },
        { "5 +\n4.9 +\n", 2, 1, "time does not go back" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Script s;
        Diags d;
        diags_init(&d, "keys");
        assert_int_equal(script_parse(&s, cases[i].text, &d), -1);
        assert_int_equal(d.count, 1);
        assert_int_equal(s.count, 0);
        if (d.items[0].line != cases[i].line ||
            d.items[0].column != cases[i].column ||
            !strstr(d.items[0].text, cases[i].says))
            fail_msg("'%s' says %d:%d: %s", cases[i].text, d.items[0].line,
                     d.items[0].column, d.items[0].text);
        diags_close(&d);
    }
}

static void all_mistakes_are_told(void **state) {
    (void)state;
    Script s;
    Diags d;
    diags_init(&d, "keys");
    assert_int_equal(script_parse(&s, "x +\n1 entr tabb\n0 q\n", &d), -1);
    assert_int_equal(d.count, 3);
    diags_close(&d);
    diags_init(&d, "nowhere");
    assert_int_equal(script_read(&s, "/nonexistent/keys", &d), -1);
    assert_int_equal(d.count, 1);
    diags_close(&d);
}

static void random_scripts_do_no_harm(void **state) {
    (void)state;
    static const char letters[] = "0123456789.  \t\n\r#+typeshotnr-cl\xc3\xbc";
    uint32_t seed = 5;
    for (int round = 0; round < 3000; round++) {
        char text[64];
        for (size_t i = 0; i < sizeof text - 1; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        text[sizeof text - 1] = '\0';
        Script s;
        Diags d;
        diags_init(&d, "keys");
        int rc = script_parse(&s, text, &d);
        assert_int_equal(rc == 0, d.count == 0);
        script_close(&s);
        diags_close(&d);
    }
}

static void assert_file(const char *dir, const char *name, const char *want) {
    Text path = { 0 }, got = { 0 };
    Err err;
    text_addf(&path, "%s/%s", dir, name);
    if (file_read(path.bytes, 1 << 16, &got, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(got.bytes, want);
    assert_int_equal(unlink(path.bytes), 0);
    text_close(&path);
    text_close(&got);
}

static void frames_are_written_once_a_second(void **state) {
    (void)state;
    char dir[] = "/tmp/onrush-frames-XXXXXX";
    assert_non_null(mkdtemp(dir));
    Frames f;
    Cells c;
    Err err;
    cells_init(&c, 2, 10);
    cells_text(&c, 0, 0, STYLE_TEXT, "first ✓");
    assert_int_equal(frames_open(&f, dir, &err), 0);
    assert_true(frames_due(&f, 0));
    assert_int_equal(frames_write(&f, &c, 0, &err), 0);
    assert_false(frames_due(&f, NS_PER_S - 1));
    assert_true(frames_due(&f, NS_PER_S));
    cells_text(&c, 1, 2, STYLE_TEXT, "late");
    assert_int_equal(frames_write(&f, &c, 3 * NS_PER_S + 5, &err), 0);
    assert_false(frames_due(&f, 4 * NS_PER_S - 1));
    assert_int_equal(frames_shot(&f, &c, "menu", &err), 0);
    assert_file(dir, "frame-0001.txt", "first ✓\n\n");
    assert_file(dir, "frame-0004.txt", "first ✓\n  late\n");
    assert_file(dir, "menu.txt", "first ✓\n  late\n");
    frames_close(&f);
    cells_close(&c);
    assert_int_equal(rmdir(dir), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_come_in_time),
        cmocka_unit_test(a_click_is_a_press_and_a_release),
        cmocka_unit_test(mistakes_have_a_place),
        cmocka_unit_test(all_mistakes_are_told),
        cmocka_unit_test(random_scripts_do_no_harm),
        cmocka_unit_test(frames_are_written_once_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
