/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key does what the table says: asserted on the commands that reach
 * the source, the wheel, and the text of the screen. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk.h"
#include "ui/console.h"
#include "control/verbs.h"
#include "ui/keys.h"
#include "ui/own.h"

static double level(Desk *d) {
    return plan_level_at(d->source.run.wheel.plan,
                         d->source.run.second * NS_PER_S);
}

/* --- keys of the live view ---------------------------------------------- */

static void keys_send_commands(void **state) {
    (void)state;
    static const struct {
        const char *keys; /* names */
        const char *commands;
        double level; /* afterwards, at second 60: 50 before */
    } cases[] = {
        { "+", "level +1%\n", 60 },
        { "-", "level -1%\n", 40 },
        { "pgup", "level +10%\n", 150 },
        { "pgdn", "level -10%\n", 0 },
        { "h", "hold\n", 50 },
        { "h g", "hold\ngo\n", 50 },
        { "g", "go\n", 50 },
        { "n", "next\n", 50 },
        { "b", "back\n", 0 },
        { "x", "stretch\n", 50 },
        { "+ u", "level +1%\nundo\n", 50 },
        { "x u U", "stretch\nundo\nredo\n", 50 },
        { "space", "pause\n", 50 },
        { "space space", "pause\nresume\n", 50 },
        { "q", "finish\n", 50 },
        { "q q", "finish\n", 50 },
        { "Q", "stop\n", 50 },
        { "q Q", "finish\nstop\n", 50 },
        { "ctrl-c", "finish\n", 50 },
        { "ctrl-c ctrl-c", "finish\nstop\n", 50 },
        { "s enter", "spike +50 20s\n", 100 },
        { "= enter", "level 50\n", 50 },
        { "m enter", "mark \n", 50 },
        { "X enter", "stretch 30s\n", 50 },
        { "s esc", "", 50 },
        { "v", "", 50 },
        { "% , o left", "", 50 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        char keys[64], *save = NULL;
        desk_open(&d, SPIKE, 60);
        snprintf(keys, sizeof keys, "%s", cases[i].keys);
        for (char *k = strtok_r(keys, " ", &save); k;
             k = strtok_r(NULL, " ", &save)) {
            assert_int_not_equal(key_read(k), KEYCODE_NONE);
            press(&d, key_read(k));
        }
        sent(&d, cases[i].commands);
        if (fabs(level(&d) - cases[i].level) > 1e-6)
            fail_msg("%s: the level is %g, wanted %g", cases[i].keys, level(&d),
                     cases[i].level);
        desk_close(&d);
    }
}

static void what_a_key_did_is_said(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 'h');
    sees(&d, "hold at 50 VUs");
    sees(&d, "HAND");
    press(&d, '%');
    sees(&d, "no key '%' here; ? shows the keys");
    press(&d, 'g');
    sees(&d, "PLAN");
    press(&d, 'g');
    sees(&d, "the plan drives already");
    clock_set(d.clock_ns + 7 * NS_PER_S);
    sees_not(&d, "the plan drives already");
    press(&d, ' ');
    sees(&d, "PAUSED");
    sees(&d, "space go on");
    desk_close(&d);
}

static void the_key_bar_fits_the_state(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    sees(&d, "space pause  + - level  s spike  e edit stages  n next  h hold");
    press(&d, '+');
    sees(&d, "g go on");
    sees_not(&d, "h hold");
    press(&d, 's');
    sees(&d, "Enter do it  Esc leave  Tab field");
    press(&d, KEYCODE_ESC);
    press(&d, 'e');
    sees(&d, "Tab field  i insert  d delete");
    press(&d, KEYCODE_ESC);
    press(&d, 'q');
    sees(&d, "finishing");
    sees(&d, "Q stop at once");
    sees_not(&d, "s spike");
    desk_close(&d);
}

#define TWO "hold = 2m at 50 | hold = 2m at 100/s"

static double level_of(Desk *d, size_t scenario) {
    return plan_level_at(&d->source.run.wheel.plans[scenario],
                         d->source.run.second * NS_PER_S);
}

/* Keys say which scenario they mean; what others do with `scenario` does not
 * turn them on another one. */
static void keys_steer_the_scenario_that_is_shown(void **state) {
    (void)state;
    Desk d;
    Text answer = { 0 };
    Err err = { 0 };
    desk_open(&d, TWO, 60);
    sees(&d, "PLAN buyers");
    sees(&d, "c scenario");
    press(&d, '+');
    sent(&d, "for buyers level +1%\n");
    sees(&d, "HAND buyers");
    sees(&d, "buyers: +1 VU, to 51 by hand");
    assert_true(level_of(&d, 0) == 51 && level_of(&d, 1) == 100);
    press(&d, 'c');
    sent(&d, "");
    sees(&d, "PLAN feed");
    sees(&d, "keys steer scenario feed");
    assert_int_equal(source_command(&d.source.base, "scenario buyers", &answer,
                                    &err), 0);
    assert_int_equal(source_command(&d.source.base, "scenario", &answer, &err),
                     0);
    assert_int_equal(source_command(&d.source.base, "scenario", &answer, &err),
                     0);
    assert_int_equal(d.source.run.wheel.focus, 0);
    sees(&d, "PLAN feed");
    text_clear(&d.source.sent);
    press(&d, '-');
    press(&d, ' ');
    press(&d, ' ');
    sent(&d, "for feed level -1%\npause\nresume\n");
    assert_true(level_of(&d, 0) == 51 && level_of(&d, 1) == 99);
    press(&d, 'g');
    press(&d, 's');
    sees(&d, "spike now: feed");
    press(&d, KEYCODE_ENTER);
    press(&d, '=');
    sees(&d, "take the wheel: level: feed");
    press(&d, KEYCODE_ESC);
    press(&d, 'm');
    sees_not(&d, "mark: feed");
    press(&d, KEYCODE_ENTER);
    sent(&d, "for feed go\nfor feed spike +100/s 20s\nmark \n");
    size_t pieces = d.source.run.wheel.plans[0].count;
    press(&d, 'e');
    sees(&d, "stages of feed");
    press(&d, 'i');
    press(&d, KEYCODE_ENTER);
    assert_non_null(d.source.sent.bytes);
    assert_int_equal(strncmp(d.source.sent.bytes, "for feed edit stage insert",
                             26), 0);
    assert_int_equal(d.source.run.wheel.plans[0].count, pieces);
    text_close(&answer);
    desk_close(&d);
}

static void one_scenario_needs_no_name(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    sees_not(&d, "c scenario");
    press(&d, 'c');
    sent(&d, "");
    sees(&d, "one scenario only");
    desk_close(&d);
}

/* --- dialogs ------------------------------------------------------------ */

static void a_level_is_typed(void **state) {
    (void)state;
    static const struct {
        const char *text, *says, *command;
        double level;
    } cases[] = {
        { "250", "+200 VUs, to 250 by hand", "level 250\n", 250 },
        { "+50", "+50 VUs, to 100 by hand", "level +50\n", 100 },
        { "500 in 30s", "to 500 by hand in 30s", "level 500 in 30s\n", 50 },
        { "x2", "to 100 by hand", "level x2\n", 100 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 60);
        press(&d, '=');
        type(&d, cases[i].text);
        sees(&d, cases[i].says);
        press(&d, KEYCODE_ENTER);
        sent(&d, cases[i].command);
        sees_not(&d, "take the wheel: level");
        assert_near(level(&d), cases[i].level, 1e-6);
        desk_close(&d);
    }
}

static void a_rate_is_typed(void **state) {
    (void)state;
    static const struct {
        int key;
        const char *proposed, *text, *says, *command;
        double level;
    } cases[] = {
        { '=', "50/s", "250/s", "+200 arrivals/s, to 250 by hand",
          "level 250/s\n", 250 },
        { '=', "50/s", "0.5", "-49.5 arrivals/s, to 0.5 by hand", "level 0.5\n",
          0.5 },
        { '=', "50/s", "2k/h in 9s", "to 0.5555555556 by hand in 9s",
          "level 2k/h in 9s\n", 50 },
        { 's', "+50/s", "x3", "from 50 to 150 arrivals/s for 20s, then back",
          "spike x3 20s\n", 150 },
        { '+', NULL, NULL, "+1 arrivals/s, to 51 by hand", "level +1%\n", 51 },
        { 'h', NULL, NULL, "hold at 50 arrivals/s", "hold\n", 50 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, "up = 2m to 100/s; cool = 1m to 0", 60);
        press(&d, cases[i].key);
        if (cases[i].text) {
            sees(&d, cases[i].proposed);
            type(&d, cases[i].text);
            sees(&d, cases[i].says);
            press(&d, KEYCODE_ENTER);
        } else {
            sees(&d, cases[i].says);
        }
        sent(&d, cases[i].command);
        assert_near(level(&d), cases[i].level, 1e-6);
        desk_close(&d);
    }
    /* ten times what was ever planned is asked for */
    Desk d;
    desk_open(&d, "up = 2m to 100/s; cool = 1m to 0", 60);
    press(&d, '=');
    type(&d, "1001/s");
    sees(&d, "1 001 arrivals/s is 10 times the plan's peak");
    desk_close(&d);
    desk_open(&d, "slow = 2m to 1/s", 15);
    press(&d, '=');
    sees(&d, "0.125/s");
    desk_close(&d);
}

static void wrong_input_stays_in_the_dialog(void **state) {
    (void)state;
    static const struct {
        int key;
        const char *text, *says;
    } cases[] = {
        { '=', "quick", "not" },
        { '=', "800/s", "virtual users" },
        { '=', "500 in", "duration is missing" },
        { '=', "5.5", "come whole" },
        { 'X', "soon", "duration" },
        { 's', "+", "level" },
        { '=', " ", "a value is missing" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 60);
        press(&d, cases[i].key);
        type(&d, cases[i].text);
        press(&d, KEYCODE_ENTER);
        sees(&d, cases[i].says);
        sees(&d, "Esc leave"); /* it is still open */
        sent(&d, "");
        assert_int_equal(d.source.run.wheel.action_count, 0);
        press(&d, KEYCODE_CTRL('u'));
        type(&d, cases[i].key == 'X' ? "45s" : "70");
        press(&d, KEYCODE_ENTER);
        assert_int_equal(d.source.run.wheel.action_count, 1);
        desk_close(&d);
    }
}

static void a_spike_says_its_numbers(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 60);
    press(&d, 's');
    sees(&d, "from 50 to 100 VUs for 20s, then back");
    type(&d, "+450");
    sees(&d, "from 50 to 500 VUs for 20s, then back");
    press(&d, KEYCODE_TAB);
    type(&d, "45s");
    sees(&d, "from 50 to 500 VUs for 45s, then back");
    golden_compare(look(&d), "console-spike-120x38");
    press(&d, KEYCODE_TAB);
    assert_int_equal(d.cells.cursor_y > 0, true);
    press(&d, KEYCODE_ENTER);
    sent(&d, "spike +450 45s\n");
    assert_near(level(&d), 500, 1e-6);
    fake_source_until(&d.source, 110);
    assert_true(level(&d) < 60);
    desk_close(&d);
}

static void a_spike_from_nothing(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "wait = 1m at 0; work = 1m to 40", 5);
    press(&d, 's');
    sees(&d, "from 0 to 40 VUs for 20s");
    desk_close(&d);
    desk_open(&d, "one = 1m at 1", 5);
    press(&d, 's');
    sees(&d, "from 1 to 2 VUs for 20s");
    desk_close(&d);
}

static void danger_is_asked(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "all = 10m at 100", 60);
    press(&d, '=');
    type(&d, "5000");
    sees(&d, "5 000 VUs is 50 times the plan's peak");
    press(&d, KEYCODE_ENTER);
    sees(&d, "5 000 VUs is 50 times the plan's peak: y/n");
    sent(&d, "");
    press(&d, 'x'); /* neither y nor n */
    press(&d, 'n');
    sees(&d, "take the wheel: level"); /* to be changed */
    sent(&d, "");
    press(&d, KEYCODE_ENTER);
    press(&d, 'y');
    sent(&d, "level 5000\n");
    assert_near(level(&d), 5000, 1e-6);
    press(&d, '=');
    type(&d, "1000");
    press(&d, KEYCODE_ENTER); /* down again: nothing to ask */
    sent(&d, "level 1000\n");
    desk_close(&d);
    desk_open(&d, "all = 10m at 100", 60);
    press(&d, 's');
    type(&d, "1000"); /* ten times is not above ten times */
    press(&d, KEYCODE_ENTER);
    sent(&d, "spike 1000 20s\n");
    desk_close(&d);
}

static void a_note_is_typed(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 'm');
    type(&d, "deploz");
    press(&d, KEYCODE_BACKSPACE);
    type(&d, "y ");
    press(&d, 0xfc); /* ü */
    press(&d, KEYCODE_LEFT);
    press(&d, 0x2713);
    press(&d, KEYCODE_HOME);
    type(&d, "a ");
    press(&d, KEYCODE_END);
    press(&d, KEYCODE_BACKSPACE);
    press(&d, KEYCODE_ENTER);
    sent(&d, "mark a deploy ✓\n");
    assert_int_equal(d.source.run.wheel.log.items[0].kind, EVENT_MARK);
    desk_close(&d);
}

static void a_field_takes_no_more_than_it_holds(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 'm');
    for (int i = 0; i < 500; i++)
        press(&d, i % 3 ? 'x' : 0x20ac);
    look(&d);
    press(&d, KEYCODE_HOME);
    press(&d, KEYCODE_DELETE);
    look(&d);
    press(&d, KEYCODE_ENTER);
    assert_int_equal(d.source.run.wheel.action_count, 1);
    desk_close(&d);
}

static void a_resize_keeps_the_dialog(void **state) {
    (void)state;
    static const int sizes[][2] = {
        { 24, 80 }, { 12, 40 }, { 5, 20 }, { 1, 1 }, { 60, 200 }
    };
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 's');
    type(&d, "+450");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cells_resize(&d.cells, sizes[i][0], sizes[i][1]);
        press(&d, KEYCODE_RESIZE);
        look(&d);
        if (sizes[i][0] >= 12)
            sees(&d, "from 50 to 500 VUs");
    }
    press(&d, KEYCODE_ENTER);
    sent(&d, "spike +450 20s\n");
    desk_close(&d);
}

/* --- help --------------------------------------------------------------- */

/* Everything that scrolling shows, in lines. */
static void read_help(Desk *d, Text *all) {
    press(d, '?');
    press(d, KEYCODE_HOME);
    for (int i = 0; i < 40; i++) {
        cells_print(look(d), all);
        press(d, KEYCODE_PGDN);
    }
    press(d, KEYCODE_ESC);
}

static void help_lists_every_key(void **state) {
    (void)state;
    Desk d;
    Text all = { 0 };
    desk_open(&d, SPIKE, 60);
    cells_resize(&d.cells, 24, 240); /* no line of it is broken */
    read_help(&d, &all);
    for (int mode = MODE_ANY; mode < MODE_COUNT; mode++)
        for (size_t i = 0; i < key_tables[mode].count; i++) {
            const KeyRow *r = &key_tables[mode].rows[i];
            if (!strstr(all.bytes, r->label))
                fail_msg("the help has no '%s'", r->label);
            if (!strstr(all.bytes, r->help))
                fail_msg("the help does not say '%s'", r->help);
        }
    for (size_t i = 0; i < verb_count; i++)
        if (!strstr(all.bytes, verbs[i].name) ||
            !strstr(all.bytes, verbs[i].help))
            fail_msg("the help does not say what '%s' is", verbs[i].name);
    for (int i = 0; i < OWN_COUNT; i++)
        if (!strstr(all.bytes, own_commands[i].name) ||
            !strstr(all.bytes, own_commands[i].help))
            fail_msg("the help does not say what '%s' is",
                     own_commands[i].name);
    sees(&d, "PLAN");
    sent(&d, "");
    text_close(&all);
    desk_close(&d);
}

static void help_stands_over_what_is_open(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 's');
    type(&d, "77");
    press(&d, KEYCODE_F1);
    sees(&d, "Asking for a value");
    sees_not(&d, "from 50 to");
    press(&d, 'q');
    sees(&d, "from 50 to 77 VUs");
    cells_resize(&d.cells, 12, 40);
    press(&d, KEYCODE_F1);
    press(&d, KEYCODE_END);
    golden_compare(look(&d), "console-help-40x12");
    press(&d, KEYCODE_HOME);
    sees(&d, "Asking for a value");
    desk_close(&d);
}

/* A key that help promises does something: no row of the table is dead. */
static void every_key_is_bound(void **state) {
    (void)state;
    for (int mode = MODE_ANY; mode < MODE_COUNT; mode++) {
        const KeyTable *t = &key_tables[mode];
        assert_true(t->count > 0);
        for (size_t i = 0; i < t->count; i++)
            for (size_t k = 0; k < KEY_STROKES; k++) {
                const KeyStroke *s = &t->rows[i].strokes[k];
                char name[KEY_NAME_MAX];
                if (!s->code && k > 0)
                    break;
                assert_true(s->code != KEYCODE_NONE);
                assert_ptr_equal(key_find((KeyMode)mode, s->code), s);
                assert_int_equal(key_read(key_print(name, s->code)), s->code);
                assert_true(s->act != ACT_NONE);
                assert_int_equal(s->act == ACT_COMMAND, s->command != NULL);
            }
    }
}

/* --- the end ------------------------------------------------------------ */

static void the_end_shows_verdicts(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 539);
    press(&d, 's');
    fake_source_until(&d.source, 545);
    sees(&d, "FAILED   saving the result");
    sees(&d, "the run is over");
    sees_not(&d, "from 0 to");
    console_verdict(d.console, 99, "a threshold broke");
    console_saved(d.console, "onrush-results/spike/summary.json");
    console_saved(d.console, "onrush-results/spike/report.html");
    sees(&d, "FAILED   exit status 99: a threshold broke");
    sees(&d, "✗   http_req_duration{order} p(95) < 300");
    sees(&d, "onrush-results/spike/report.html");
    clock_set(d.clock_ns + 7 * NS_PER_S);
    golden_compare(look(&d), "console-done-120x38");
    cells_resize(&d.cells, 24, 80);
    golden_compare(look(&d), "console-done-80x24");
    cells_resize(&d.cells, 12, 40);
    sees(&d, "FAILED");
    press(&d, 's');
    sees(&d, "no key 's' here");
    assert_false(console_is_closed(d.console));
    press(&d, 'q');
    assert_true(console_is_closed(d.console));
    assert_false(console_is_interrupted(d.console));
    desk_close(&d);
}

static void finishing_is_said_until_it_is_done(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 'q');
    sees(&d, "finishing: what is under way may end; Q stops at once");
    press(&d, 'q');
    sees(&d, "finishing already; Q stops at once");
    fake_source_until(&d.source, 70);
    sees_not(&d, "Q stops at once");
    desk_close(&d);
}

static void passed_is_said_too(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "calm = 20s at 10", 25);
    console_verdict(d.console, 0, "every threshold held");
    sees(&d, "PASSED");
    sees(&d, "exit status 0: every threshold held");
    press(&d, KEYCODE_ENTER);
    assert_true(console_is_closed(d.console));
    desk_close(&d);
}

static void a_run_that_was_cut_off_says_so(void **state) {
    (void)state;
    static const char words[] = "unfinished: the journal ends at 05:00";
    Desk d;
    desk_open_full(&d, 300);
    d.source.run.snapshot.state = RUN_DONE;
    console_verdict(d.console, -1, words);
    console_saved(d.console, "onrush-results/spike");
    golden_compare(look(&d), "console-cut-120x38");
    sees(&d, words);
    cells_resize(&d.cells, 24, 80);
    golden_compare(look(&d), "console-cut-80x24");
    console_set_glyphs(d.console, GLYPHS_ASCII);
    cells_resize(&d.cells, 12, 40);
    golden_compare(look(&d), "console-cut-40x12-ascii");
    sees(&d, "CUT OFF");
    sees_not(&d, "exit status");
    desk_close(&d);
}

static void ctrl_c_ends_whatever_is_open(void **state) {
    (void)state;
    static const char *const open[] = { "", "s", "e", "?", "e7", "=" };
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        Desk d;
        desk_open(&d, SPIKE, 60);
        type(&d, open[i]);
        press(&d, KEYCODE_CTRL('c'));
        assert_int_equal(d.source.run.wheel.end, WHEEL_FINISH);
        press(&d, KEYCODE_CTRL('c'));
        assert_int_equal(d.source.run.wheel.end, WHEEL_STOP);
        assert_true(console_is_interrupted(d.console));
        assert_false(console_is_closed(d.console));
        fake_source_until(&d.source, 70);
        press(&d, KEYCODE_CTRL('c'));
        assert_true(console_is_closed(d.console));
        desk_close(&d);
    }
}

/* --- frames ------------------------------------------------------------- */

static void frames_are_wanted_when_something_is_new(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    uint64_t now = d.clock_ns;
    assert_true(console_wants_frame(d.console, now));
    look(&d);
    assert_false(console_wants_frame(d.console, now + NS_PER_MS));
    press(&d, 'v');
    assert_true(console_wants_frame(d.console, now + NS_PER_MS));
    look(&d);
    /* nothing new: the run did not go on */
    assert_false(console_wants_frame(d.console, now + 100 * NS_PER_MS));
    fake_source_until(&d.source, 61);
    assert_false(console_wants_frame(d.console, now + 99 * NS_PER_MS));
    assert_true(console_wants_frame(d.console, now + 100 * NS_PER_MS));
    look(&d);
    assert_false(console_wants_frame(d.console, now + NS_PER_S));
    /* the notice of 'v' ends, once */
    clock_set(now + 7 * NS_PER_S);
    assert_true(console_wants_frame(d.console, now + 7 * NS_PER_S));
    look(&d);
    assert_false(console_wants_frame(d.console, now + 9 * NS_PER_S));
    desk_close(&d);
}

static void frames_keep_their_distance(void **state) {
    (void)state;
    static const struct {
        int fps;
        uint64_t ms;
    } cases[] = { { 0, 100 }, { 1, 1000 }, { 4, 250 }, { 20, 50 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 60);
        console_free(d.console);
        ConsoleOptions o = { .glyphs = GLYPHS_BRAILLE, .fps = cases[i].fps };
        d.console = console_new(&d.source.base, o);
        look(&d);
        fake_source_until(&d.source, 61);
        uint64_t at = d.clock_ns + cases[i].ms * NS_PER_MS;
        assert_false(console_wants_frame(d.console, at - 1));
        assert_true(console_wants_frame(d.console, at));
        press(&d, 'z'); /* but a key is seen at once */
        assert_true(console_wants_frame(d.console, d.clock_ns));
        desk_close(&d);
    }
}

static void a_paused_run_is_not_drawn_again(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, ' ');
    clock_set(d.clock_ns + 7 * NS_PER_S); /* the notice is gone */
    look(&d);
    fake_source_until(&d.source, 90);
    assert_false(console_wants_frame(d.console, d.clock_ns + 60 * NS_PER_S));
    /* what is under way ends, though */
    d.source.run.snapshot.active += 1;
    assert_true(console_wants_frame(d.console, d.clock_ns + 60 * NS_PER_S));
    desk_close(&d);
}

static void a_hint_is_drawn_when_it_is_another(void **state) {
    (void)state;
    static const char hint[] = "press s";
    Desk d;
    desk_open(&d, SPIKE, 60);
    console_set_hint(d.console, hint);
    look(&d);
    console_set_hint(d.console, hint);
    assert_false(console_wants_frame(d.console, d.clock_ns));
    console_set_hint(d.console, NULL);
    assert_true(console_wants_frame(d.console, d.clock_ns));
    desk_close(&d);
}

static void themes_follow_each_other(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    assert_ptr_equal(console_theme(d.console), &theme_dark);
    press(&d, 'T');
    assert_ptr_equal(console_theme(d.console), &theme_light);
    sees(&d, "theme light: dark on light");
    for (size_t i = 1; i < theme_count; i++)
        press(&d, 'T');
    assert_ptr_equal(console_theme(d.console), &theme_dark);
    sent(&d, "");
    desk_close(&d);
}

static void a_hint_and_other_glyphs(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    console_set_hint(d.console, "press s to fire a spike");
    sees(&d, "press s to fire a spike");
    console_set_glyphs(d.console, GLYPHS_ASCII);
    for (const char *keys = "se?q="; *keys; keys++) {
        press(&d, *keys);
        look(&d);
        for (int i = 0; i < d.cells.rows * d.cells.cols; i++)
            assert_true(d.cells.at[i].rune <= 0x7e);
        press(&d, KEYCODE_ESC);
    }
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_send_commands),
        cmocka_unit_test(keys_steer_the_scenario_that_is_shown),
        cmocka_unit_test(one_scenario_needs_no_name),
        cmocka_unit_test(what_a_key_did_is_said),
        cmocka_unit_test(the_key_bar_fits_the_state),
        cmocka_unit_test(a_level_is_typed),
        cmocka_unit_test(a_rate_is_typed),
        cmocka_unit_test(wrong_input_stays_in_the_dialog),
        cmocka_unit_test(a_spike_says_its_numbers),
        cmocka_unit_test(a_spike_from_nothing),
        cmocka_unit_test(danger_is_asked),
        cmocka_unit_test(a_note_is_typed),
        cmocka_unit_test(a_field_takes_no_more_than_it_holds),
        cmocka_unit_test(a_resize_keeps_the_dialog),
        cmocka_unit_test(help_lists_every_key),
        cmocka_unit_test(help_stands_over_what_is_open),
        cmocka_unit_test(every_key_is_bound),
        cmocka_unit_test(the_end_shows_verdicts),
        cmocka_unit_test(finishing_is_said_until_it_is_done),
        cmocka_unit_test(passed_is_said_too),
        cmocka_unit_test(ctrl_c_ends_whatever_is_open),
        cmocka_unit_test(frames_are_wanted_when_something_is_new),
        cmocka_unit_test(frames_keep_their_distance),
        cmocka_unit_test(a_paused_run_is_not_drawn_again),
        cmocka_unit_test(a_hint_is_drawn_when_it_is_another),
        cmocka_unit_test(themes_follow_each_other),
        cmocka_unit_test(a_hint_and_other_glyphs),
        cmocka_unit_test(a_run_that_was_cut_off_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
