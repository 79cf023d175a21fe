/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line after `:' and the one after `/': completion, mistakes, doing. */
#include "unit.h"

#include "control/verbs.h"
#include "desk.h"
#include "ui/console_state.h"

#define TWO "hold = 2m at 50 | hold = 2m at 100/s"

static const char *line(const Desk *d) {
    return d->console->palette.field.text;
}

/* Names: backspace is DEL, which type() sends as it stands. */
static void clear(Desk *d) {
    press(d, KEYCODE_CTRL('u'));
}

/* --- completion --------------------------------------------------------- */

static void what_is_typed_is_completed(void **state) {
    (void)state;
    static const struct {
        const char *typed, *becomes; /* with one Tab */
    } cases[] = {
        { "sp", "spike " },
        { "SPI", "spike " },
        { "pau", "pause" },
        { "ins", "stage insert " },
        { "sti", "stage insert " },
        { "wheel where", "hold" },
        { "spec", "spectrogram" },
        { "save p", "save profile" },
        { "view e", "view errors" },
        { "zoom w", "zoom whole" },
        { "mouse of", "mouse off" },
        { "stage move c", "stage move cool " },
        { "stage move cool u", "stage move cool up" },
        { "stage ramp cool sm", "stage ramp cool smooth " },
        { "stage insert a", "stage insert after " },
        { "stage insert after re", "stage insert after recover " },
        { "edit stage del", "edit stage delete " },
        { "edit stage delete cool; stage de",
          "edit stage delete cool; stage delete " },
        { "edit stage delete co", "edit stage delete cool" },
        { "level 5", "level 5" },
        { "level 5 i", "level 5 in " },
        { "stage delete warm", "stage delete warm" }, /* it is over */
        { "nonsense", "nonsense" },
        { "mark s", "mark s" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 150);
        press(&d, ':');
        type(&d, cases[i].typed);
        press(&d, KEYCODE_TAB);
        if (!text_equal(line(&d), cases[i].becomes))
            fail_msg("%s became '%s'", cases[i].typed, line(&d));
        look(&d);
        sent(&d, "");
        desk_close(&d);
    }
}

static void scenarios_are_completed(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, TWO, 60);
    type(&d, ":for f\t");
    assert_string_equal(line(&d), "for feed ");
    type(&d, "ho\t");
    assert_string_equal(line(&d), "for feed hold");
    press(&d, KEYCODE_ENTER);
    sent(&d, "for feed hold\n");
    type(&d, ":scenario f\t\r");
    sees(&d, "HAND feed");
    sent(&d, ""); /* others' focus is not touched */
    type(&d, ":level 60\r");
    sent(&d, "for feed level 60\n");
    desk_close(&d);
}

/* Every command can be found by its name and is offered for its beginning. */
static void every_command_is_offered(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, ':');
    for (size_t i = 0; i < verb_count + OWN_COUNT; i++) {
        const char *name =
            i < verb_count ? verbs[i].name : own_commands[i - verb_count].name;
        bool is_there = false;
        clear(&d);
        type(&d, name);
        for (size_t k = 0; k < d.console->palette.count; k++)
            is_there |= text_equal(d.console->palette.choices[k].word, name);
        if (!is_there)
            fail_msg("'%s' is not offered", name);
    }
    desk_close(&d);
}

/* --- what is said ------------------------------------------------------- */

static void what_it_would_do_is_said(void **state) {
    (void)state;
    static const struct {
        const char *typed, *says;
    } cases[] = {
        { "", "type, or choose" },
        { "level 250", "+200 VUs, to 250 by hand" },
        { "level 5000000", "times the plan's peak" },
        { "level", "level" },
        { "level 5.5", "come whole" },
        { "levle 5", "'levle' is no command; did you mean 'level'?" },
        { "stage delete nobody", "there is no stage 'nobody'" },
        { "view errors", "shows the view errors" },
        { "view erors", "there is no view 'erors'; did you mean 'errors'?" },
        { "view", "a view's name is missing" },
        { "zoom 5m", "the charts show 5m" },
        { "zoom 5", "write a duration from 10s to 24h" },
        { "zoom whole", "the charts show the whole run" },
        { "sort next", "the view live has no columns" },
        { "filter x", "the view live has no rows to filter" },
        { "scenario", "one scenario only" },
        { "theme light", "theme light: " },
        { "theme drak", "there is no theme 'drak'; did you mean 'dark'?" },
        { "earlier", "write the folder of an earlier run, or off" },
        { "earlier off", "no earlier run lies under this one" },
        { "earlier spike-1", "earlier runs cannot be opened here" },
        { "save profile", "cannot be saved here" },
        { "copy that", "'that' is not expected after copy" },
        { "quit", "finish the run; when it is over: leave" },
        { "errors", "shows the view errors" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 60);
        press(&d, ':');
        type(&d, cases[i].typed);
        sees(&d, cases[i].says);
        sent(&d, "");
        desk_close(&d);
    }
}

/* --- doing it ----------------------------------------------------------- */

static void enter_does_it(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    type(&d, ":level 250\r");
    sent(&d, "level 250\n");
    sees(&d, "to 250 by hand");
    sees_not(&d, "Tab complete");
    type(&d, ":requests\r");
    assert_int_equal(d.console->view.view, VIEW_REQUESTS);
    type(&d, ":spec\r"); /* harmless, so it need not be whole */
    assert_int_equal(d.console->view.view, VIEW_SPECTRUM);
    type(&d, ":zoom 2m\r");
    assert_true(d.console->view.look.span_ns == 2 * NS_PER_MIN);
    type(&d, ":zoom whole\r");
    assert_true(d.console->view.look.span_ns == 0);
    type(&d, ":theme mono\r");
    assert_ptr_equal(console_theme(d.console), &theme_mono);
    sees(&d, "theme mono: ");
    type(&d, ":help\r");
    press(&d, KEYCODE_PGDN);
    sees(&d, "Commands to the run");
    press(&d, KEYCODE_ESC);
    type(&d, ":\r"); /* nothing */
    sees_not(&d, "Tab complete");
    type(&d, ":quit\r");
    sent(&d, "finish\n");
    sees(&d, "finishing");
    fake_source_until(&d.source, 70);
    type(&d, ":hold\r");
    sees(&d, "the run is over");
    clear(&d);
    type(&d, "quit\r");
    assert_true(console_is_closed(d.console));
    desk_close(&d);
}

/* "st" is never `stop' by surprise. */
static void half_a_name_is_not_done(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    type(&d, ":sto\r");
    assert_string_equal(line(&d), "stop");
    sent(&d, "");
    press(&d, KEYCODE_ENTER);
    sent(&d, "stop\n");
    desk_close(&d);
    desk_open(&d, SPIKE, 60);
    type(&d, ":stretch\r");
    sent(&d, "stretch\n"); /* whole: its argument may be left out */
    press(&d, ':');
    press(&d, KEYCODE_DOWN);
    press(&d, KEYCODE_DOWN);
    press(&d, KEYCODE_ENTER); /* chosen by hand */
    sent(&d, "hold\n");
    press(&d, ':');
    press(&d, KEYCODE_DOWN);
    press(&d, KEYCODE_ENTER); /* level needs a level */
    sent(&d, "");
    assert_string_equal(line(&d), "level ");
    press(&d, KEYCODE_ESC);
    sees_not(&d, "Tab complete");
    desk_close(&d);
}

static void a_mistake_stays_to_be_mended(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    type(&d, ":stage delete nobody\r");
    sees(&d, "there is no stage 'nobody'");
    sees(&d, "Tab complete");
    sent(&d, "");
    for (int i = 0; i < 6; i++)
        press(&d, KEYCODE_BACKSPACE);
    type(&d, "hold\r");
    sent(&d, "stage delete hold\n");
    desk_close(&d);
}

static void danger_is_asked(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "all = 10m at 100", 60);
    type(&d, ":level 5000\r");
    sees(&d, "5 000 VUs is 50 times the plan's peak: y/n");
    press(&d, 'n');
    sent(&d, "");
    sees(&d, "Tab complete"); /* to be changed */
    press(&d, KEYCODE_ENTER);
    press(&d, 'y');
    sent(&d, "level 5000\n");
    sees_not(&d, "Tab complete");
    desk_close(&d);
}

static void what_was_typed_comes_back(void **state) {
    (void)state;
    Desk d;
    char text[16];
    desk_open(&d, SPIKE, 60);
    type(&d, ":hold\r:mark one\r:mark one\r:");
    press(&d, KEYCODE_UP);
    assert_string_equal(line(&d), "mark one");
    press(&d, KEYCODE_UP);
    assert_string_equal(line(&d), "hold");
    press(&d, KEYCODE_UP);
    assert_string_equal(line(&d), "hold");
    press(&d, KEYCODE_DOWN);
    press(&d, KEYCODE_DOWN);
    assert_string_equal(line(&d), "");
    press(&d, KEYCODE_ESC);
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, ":mark %d\r", i);
        type(&d, text);
    }
    press(&d, ':');
    for (int i = 0; i < 100; i++)
        press(&d, KEYCODE_UP);
    assert_string_equal(line(&d), "mark 68"); /* the oldest of 32 */
    desk_close(&d);
}

static void it_is_drawn(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 150);
    type(&d, ":stage l");
    golden_compare(look(&d), "palette-120x38");
    cells_resize(&d.cells, 24, 80);
    clear(&d);
    golden_compare(look(&d), "palette-80x24");
    cells_resize(&d.cells, 12, 40);
    type(&d, "stage move ");
    press(&d, KEYCODE_DOWN);
    golden_compare(look(&d), "palette-40x12");
    console_set_glyphs(d.console, GLYPHS_ASCII);
    cells_resize(&d.cells, 24, 80);
    golden_compare(look(&d), "palette-ascii-80x24");
    desk_close(&d);
}

/* --- filters ------------------------------------------------------------ */

static const char *filter(const Desk *d) {
    return d->console->view.table[VIEW_REQUESTS].filter;
}

static void a_filter_is_typed(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, '/');
    sees(&d, "no key '/' here");
    type(&d, "3/or");
    assert_string_equal(filter(&d), "or"); /* while it is typed */
    press(&d, 0xfc);
    press(&d, 'q'); /* a letter, here */
    assert_string_equal(filter(&d), "orüq");
    press(&d, KEYCODE_BACKSPACE);
    sees(&d, "/ orü");
    sees(&d, "Enter keep");
    press(&d, KEYCODE_ENTER);
    clock_set(d.clock_ns + 7 * NS_PER_S); /* the notice is gone */
    console_set_hint(d.console, "a hint that is longer than the filter is");
    sees(&d, "/ orü Esc shows all ─");
    console_set_hint(d.console, NULL);
    sees(&d, "space pause");
    press(&d, '/');
    press(&d, 'd');
    assert_string_equal(filter(&d), "orüd");
    press(&d, KEYCODE_F1);
    sees(&d, "In tables");
    press(&d, KEYCODE_ESC);
    assert_string_equal(filter(&d), "orüd");
    press(&d, '/');
    press(&d, KEYCODE_ESC);
    assert_string_equal(filter(&d), "");
    type(&d, "/a\r");
    press(&d, KEYCODE_ESC);
    assert_string_equal(filter(&d), "");
    type(&d, ":filter home\r");
    assert_string_equal(filter(&d), "home");
    type(&d, "5/");
    sees(&d, "there are no rows to filter here");
    sent(&d, "");
    desk_close(&d);
}

static void a_filter_is_cut_at_a_character(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    type(&d, "3/x");
    for (int i = 0; i < 60; i++)
        press(&d, 0x20ac);
    assert_int_equal(strlen(filter(&d)), 1 + 3 * 20);
    desk_close(&d);
}

static void help_is_searched(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    type(&d, "?/SPIKE");
    sees(&d, "spike now: asks for level");
    sees(&d, "jump, hold, and back to where");
    sees_not(&d, "pause: what is under way");
    type(&d, "zzz");
    sees(&d, "nothing has these words");
    press(&d, KEYCODE_ESC);
    sees(&d, "pause: what is under way");
    type(&d, "/mouse\r");
    sees(&d, "The mouse");
    press(&d, KEYCODE_ESC); /* shows all */
    sees(&d, "pause: what is under way");
    press(&d, KEYCODE_ESC);
    sees_not(&d, "pause: what is under way");
    press(&d, '?');
    golden_compare(look(&d), "help-120x38");
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_typed_is_completed),
        cmocka_unit_test(scenarios_are_completed),
        cmocka_unit_test(every_command_is_offered),
        cmocka_unit_test(what_it_would_do_is_said),
        cmocka_unit_test(enter_does_it),
        cmocka_unit_test(half_a_name_is_not_done),
        cmocka_unit_test(a_mistake_stays_to_be_mended),
        cmocka_unit_test(danger_is_asked),
        cmocka_unit_test(what_was_typed_comes_back),
        cmocka_unit_test(it_is_drawn),
        cmocka_unit_test(a_filter_is_typed),
        cmocka_unit_test(a_filter_is_cut_at_a_character),
        cmocka_unit_test(help_is_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
