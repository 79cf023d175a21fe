/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage editor: stories told by keys, and the draft behind it. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk.h"
#include "ui/console.h"
#include "ui/console_state.h"
#include "ui/editor.h"

/* "warm-up 120 to 100; …": rows as they stand, lengths in seconds. */
static void print_rows(const Plan *p, Text *to) {
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    for (size_t i = 0; i < count; i++) {
        const Stage *s = &p->stages[rows[i].first + rows[i].count - 1];
        static const char *const forms[] = { "to", "at", "stays" };
        static const char *const shapes[] = { "", "~", "/" };
        text_addf(to, "%s%s %.3g %s%s %.4g", i ? "; " : "", s->name,
                  (double)rows[i].length_ns / 1e9, forms[s->form],
                  s->form == STAGE_RAMP ? shapes[s->shape] : "",
                  s->form == STAGE_STAY ? s->from : s->level);
    }
    free(rows);
}

static void plan_is(const Plan *p, const char *want) {
    Text t = { 0 };
    print_rows(p, &t);
    if (strcmp(t.bytes, want) != 0)
        fail_msg("the plan is '%s', wanted '%s'", t.bytes, want);
    text_close(&t);
}

/* --- stories ------------------------------------------------------------ */

static void two_stages_are_added(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 431);
    keys(&d, "e");
    sees(&d, "Enter apply   Esc discard");
    keys(&d, "i");
    for (const char *s = "second spike"; *s; s++)
        console_key(d.console, *s);
    keys(&d, "tab 30s tab 700 tab");
    sees(&d, "the plan grows from 09:00 to 09:30");
    keys(&d, "i"); /* of the ramp's column: inserts */
    keys(&d, "hold tab");
    sees(&d, "the plan grows from 09:00 to 10:00");
    keys(&d, "50s tab 700 tab shift-tab");
    sees(&d, "from 09:00 to 10:20 · peak stays 1 000 · 2 stages added");
    keys(&d, "7 0 0");
    golden_compare(look(&d), "editor-120x38");
    cells_resize(&d.cells, 24, 80);
    golden_compare(look(&d), "editor-80x24");
    cells_resize(&d.cells, 12, 40);
    golden_compare(look(&d), "editor-40x12");
    sent(&d, "");
    keys(&d, "enter");
    sent(&d, "edit stage insert after #4 hold = 50s to 700; stage insert "
             "after #4 second spike = 30s to 700\n");
    assert_int_equal(d.source.run.wheel.action_count, 1);
    plan_is(d.source.run.wheel.plan,
            "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; "
            "recover 120 to 100; second spike 30 to 700; hold 50 to 700; "
            "cool 60 to 0");
    cells_resize(&d.cells, 38, 120);
    sees(&d, "2 changes made: plan 10:20, was 09:00");
    keys(&d, "u"); /* one step */
    plan_is(d.source.run.wheel.plan,
            "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; "
            "recover 120 to 100; cool 60 to 0");
    desk_close(&d);
}

/* Each story: keys in the editor of SPIKE at 2:30, what is sent, the plan. */
static void keys_edit_the_plan(void **state) {
    (void)state;
    static const struct {
        const char *keys, *sent, *plan;
    } cases[] = {
        { "e down 5m enter", "edit stage length #3 5m\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 300 stays 1000; recover "
          "120 to 100; cool 60 to 0" },
        { "e down right 600 enter", "edit stage level #3 600\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 at 600; recover 120 "
          "to 100; cool 60 to 0" },
        { "e down down right +50 enter", "edit stage level #4 150\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 to 150; cool 60 to 0" },
        { "e down down right -500 enter", "edit stage level #4 0\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 to 0; cool 60 to 0" },
        { "e down down r enter", "edit stage ramp #4 smooth\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 to~ 100; cool 60 to 0" },
        { "e down down r r r enter", "edit stage ramp #4 jump\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 at 100; cool 60 to 0" },
        { "e down r enter", "edit stage ramp #3 linear; stage level #3 1000\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 to 1000; recover "
          "120 to 100; cool 60 to 0" },
        { "e down down d enter", "edit stage delete #4\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; cool 60 "
          "to 0" },
        { "e down down J enter", "edit stage move #5 up\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; cool 60 "
          "to 0; recover 120 to 100" },
        { "e end K K enter", "edit stage move #5 up; stage move #5 up\n",
          "warm-up 120 to 100; spike 60 to 1000; cool 60 to 0; hold 180 stays "
          "0; recover 120 to 100" },
        { "e end D enter", "edit stage insert after #5 cool-2 = 1m to 0\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 to 100; cool 60 to 0; cool-2 60 to 0" },
        { "e end left calm tab 30s enter",
          "edit stage rename #5 calm; stage length #5 30s\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; recover "
          "120 to 100; calm 30 to 0" },
        /* what is new, and the present */
        { "e 90s enter", "edit stage length #2 90s\n",
          "warm-up 120 to 100; spike 90 to 1000; hold 180 stays 1000; recover "
          "120 to 100; cool 60 to 0" },
        { "e right 800 enter", "edit stage level #2 800\n",
          "warm-up 120 to 100; spike 60 to 800; hold 180 stays 800; recover "
          "120 to 100; cool 60 to 0" },
        { "e i peak tab 10s tab 1200 tab r r r r r enter",
          "edit stage insert after #2 peak = 10s to 1200\n",
          "warm-up 120 to 100; spike 60 to 1000; peak 10 to 1200; hold 180 "
          "stays 1200; recover 120 to 100; cool 60 to 0" },
        { "e i a tab tab tab i b tab tab tab K enter",
          "edit stage insert after #2 a = 30s to 1000; stage insert after #2 b "
          "= 30s to 1000\n",
          "warm-up 120 to 100; spike 60 to 1000; b 30 to 1000; a 30 to 1000; "
          "hold 180 stays 1000; recover 120 to 100; cool 60 to 0" },
        /* nothing in the end */
        { "e down 5m tab u enter", "", NULL },
        { "e down 5m tab u U enter", "edit stage length #3 5m\n",
          "warm-up 120 to 100; spike 60 to 1000; hold 300 stays 1000; recover "
          "120 to 100; cool 60 to 0" },
        { "e i tab tab tab d enter", "", NULL },
        { "e end K J enter", "", NULL },
        { "e down 5m esc enter", "", NULL },
        { "e esc", "", NULL },
        { "e down 5m tab d D esc y", "", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 150);
        keys(&d, cases[i].keys);
        const char *got = d.source.sent.bytes ? d.source.sent.bytes : "";
        if (strcmp(got, cases[i].sent) != 0)
            fail_msg("'%s' sent '%s'", cases[i].keys, got);
        plan_is(d.source.run.wheel.plan,
                cases[i].plan ? cases[i].plan
                              : "warm-up 120 to 100; spike 60 to 1000; hold "
                                "180 stays 1000; recover 120 to 100; cool 60 "
                                "to 0");
        sees(&d, "load"); /* back in the live view */
        assert_int_equal(d.source.run.wheel.action_count, *cases[i].sent != 0);
        desk_close(&d);
    }
}

static void mistakes_are_said_in_place(void **state) {
    (void)state;
    static const struct {
        const char *keys, *says;
    } cases[] = {
        { "e home 5m tab", "warm-up is past: what happened stays" },
        { "e home right 5 tab", "warm-up is past: what happened stays" },
        { "e home d", "warm-up is past: what happened stays" },
        { "e d", "spike runs now: its length and level can be changed" },
        { "e r", "spike runs now: its length and level can be changed" },
        { "e K", "spike runs now" },
        { "e down 5x tab", "5x" },
        { "e down 5x enter", "5x" },
        { "e down right 50/s enter", "virtual users" },
        { "e down right +x enter", "x" },
        { "e end J", "cool is the last already" },
        { "e down left a;b tab", "cannot contain ';'" },
        { "e u", "nothing to undo in the draft" },
        { "e down 5m tab U", "nothing to redo in the draft" },
        { "e down left backspace backspace backspace backspace tab",
          "a stage needs a name" },
        { "e down down 0 tab u end 7 q enter", "7q" },
        { "e %", "no key '%' here; F1 shows the keys" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Desk d;
        desk_open(&d, SPIKE, 150);
        keys(&d, cases[i].keys);
        sees(&d, cases[i].says);
        sees(&d, "Enter apply"); /* still in the editor */
        sent(&d, "");
        desk_close(&d);
    }
}

static void a_wrong_field_stays_open(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 150);
    keys(&d, "e down 5x tab");
    look(&d);
    assert_true(d.cells.cursor_y > 0);
    keys(&d, "backspace m enter");
    sent(&d, "edit stage length #3 5m\n");
    desk_close(&d);
}

static void leaving_asks_when_there_are_changes(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 150);
    keys(&d, "e down 5m tab esc");
    sees(&d, "discard 1 change: y/n");
    keys(&d, "n");
    sees(&d, "5m");
    keys(&d, "esc y");
    sees(&d, "discarded: the plan is as it was");
    sent(&d, "");
    desk_close(&d);
}

static void danger_is_asked_here_too(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "a = 5m at 100; b = 5m at 50", 60);
    keys(&d, "e down right 2000 enter");
    sees(&d, "2 000 VUs is 20 times the plan's peak: y/n");
    sent(&d, "");
    keys(&d, "n");
    sees(&d, "2000");
    keys(&d, "enter y");
    sent(&d, "edit stage level #2 2000\n");
    desk_close(&d);
}

/* --- time goes on ------------------------------------------------------- */

static void a_draft_outlives_its_stage(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 170);
    /* after spike, which ends at 3:00; hold's ramp; recover longer */
    keys(&d, "e i more tab tab tab down r down left left 3m tab");
    sees(&d, "2 stages changed");
    fake_source_until(&d.source, 200);
    sees(&d, "new stage more: spike is past: insert after the stage that "
             "runs, or later");
    sees(&d, "ramp of hold: hold runs now");
    sees(&d, "1 stage changed");
    golden_compare(look(&d), "editor-late-120x38");
    keys(&d, "enter");
    sent(&d, "edit stage length #4 3m\n");
    sees(&d, "1 change made: plan 10:00, was 09:00; not done: new stage more");
    plan_is(d.source.run.wheel.plan,
            "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; "
            "recover 180 to 100; cool 60 to 0");
    desk_close(&d);
}

static void a_draft_that_is_all_too_late(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 170);
    keys(&d, "e down r");
    fake_source_until(&d.source, 200);
    keys(&d, "enter");
    sent(&d, "");
    sees(&d, "not done: ramp of hold: hold runs now");
    desk_close(&d);
}

/* Others act while the draft is open: its new stage keeps its own name. */
static void a_spike_by_hand_takes_no_number(void **state) {
    (void)state;
    Desk d;
    Text answer = { 0 };
    Err err;
    desk_open(&d, SPIKE, 150);
    keys(&d, "e end i more tab 20s tab");
    assert_int_equal(
        source_command(&d.source.base, "spike 700 10s", &answer, &err), 0);
    keys(&d, "33 tab");
    sees(&d, "hand-spike");
    sees(&d, "1 stage added");
    text_clear(&d.source.sent);
    keys(&d, "enter");
    sent(&d, "edit stage insert after #5 more = 20s to 33\n");
    text_close(&answer);
    desk_close(&d);
}

static void a_field_whose_stage_is_gone_closes(void **state) {
    (void)state;
    Desk d;
    Text answer = { 0 };
    Err err;
    desk_open(&d, SPIKE, 150);
    keys(&d, "e end 7");
    assert_int_equal(
        source_command(&d.source.base, "stage delete cool", &answer, &err), 0);
    sees(&d, "this stage is gone");
    keys(&d, "m enter");
    plan_is(d.source.run.wheel.plan,
            "warm-up 120 to 100; spike 60 to 1000; hold 180 stays 1000; "
            "recover 120 to 100");
    text_close(&answer);
    desk_close(&d);
}

static void the_run_ends_under_a_draft(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 530);
    keys(&d, "e right 40 tab");
    fake_source_until(&d.source, 545);
    sees(&d, "the run is over; the draft was not applied");
    sees(&d, "saving the result");
    sent(&d, "");
    desk_close(&d);
}

static void while_the_hand_drives(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 150);
    keys(&d, "h");
    text_clear(&d.source.sent);
    fake_source_until(&d.source, 160);
    keys(&d, "e");
    sees(&d, "key g"); /* the hand's row has no end */
    keys(&d, "5s tab");
    sees(&d, "the hand's length ends with the key g");
    keys(&d, "esc down 2m tab end i late enter");
    sent(&d, "edit stage insert after #5 late = 30s to 0; stage length #2 "
             "2m\n");
    plan_is(d.source.run.wheel.plan,
            "warm-up 120 to 100; spike 30 to 1000; hand 10 at 550; spike 120 "
            "to 1000; hold 180 stays 1000; recover 120 to 100; cool 60 to 0; "
            "late 30 to 0");
    desk_close(&d);
}

static void rates_are_edited_as_rates(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "a = 5m to 300/s; b = 5m at 50/s", 60);
    keys(&d, "e down right +25.5/s tab");
    sees(&d, "75.5/s");
    keys(&d, "i c tab 10s tab 80/s enter");
    sent(&d, "edit stage level #2 75.5/s; stage insert after #2 c = 10s to "
             "80/s\n");
    desk_close(&d);
}

/* The table, the chart and the words of a rate plan. */
/* With each character, as far as it means something; Esc takes it back. */
static void the_course_changes_while_typing(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    press(&d, 'e');
    press(&d, KEYCODE_DOWN);
    press(&d, KEYCODE_RIGHT); /* the level of the spike: 1000 */
    look(&d);
    const Editor *e = &d.console->editor;
    assert_true(wheel_peak(&e->draft.trial) == 1000);
    type(&d, "3");
    sees_not(&d, "peak stays 1000");
    assert_true(wheel_peak(&e->draft.trial) == 100); /* of warm-up */
    type(&d, "000");
    sees(&d, "peak rises");
    assert_true(wheel_peak(&e->draft.trial) == 3000);
    press(&d, KEYCODE_BACKSPACE);
    assert_true(wheel_peak(&e->draft.trial) == 300);
    type(&d, "x"); /* means nothing: as it was */
    assert_true(wheel_peak(&e->draft.trial) == 1000);
    press(&d, KEYCODE_ESC);
    assert_true(wheel_peak(&e->draft.trial) == 1000);
    assert_int_equal(editor_changes(e), 0);
    sent(&d, "");
    type(&d, "5");
    type(&d, "00");
    press(&d, KEYCODE_ENTER);
    sent(&d, "edit stage level #2 500\n");
    desk_close(&d);
}

static void rates_look_like_rates(void **state) {
    (void)state;
    Desk d;
    desk_open_as(&d,
                 "ramp = 1m to 300/s smooth; hold = 2m; rush = 10s to 900/s; "
                 "slow = 90s at 30/m; end = 30s to 0",
                 100, false);
    keys(&d, "e down right 1200/s tab down left 0.125 tab");
    sees(&d, "peak rises from 900 to 1 200");
    keys(&d, "i burst tab 20s tab 2k/s");
    golden_compare(look(&d), "editor-rate-120x38");
    cells_resize(&d.cells, 24, 80);
    golden_compare(look(&d), "editor-rate-80x24");
    desk_close(&d);
}

static void many_stages_scroll(void **state) {
    (void)state;
    Desk d;
    Text stages = { 0 };
    for (int i = 1; i <= 60; i++)
        text_addf(&stages, "%ss%d = 10s to %d", i > 1 ? "; " : "", i, i);
    desk_open(&d, stages.bytes, 5);
    cells_resize(&d.cells, 24, 80);
    keys(&d, "e");
    sees(&d, "s1 ");
    keys(&d, "end");
    sees(&d, "s60");
    keys(&d, "pgup pgup pgup");
    sees(&d, "s30");
    keys(&d, "home");
    sees(&d, "s1 ");
    text_close(&stages);
    desk_close(&d);
}

/* --- the draft ---------------------------------------------------------- */

/* One random act at a random stage; most fail, and leave no trace. */
static void random_act(Draft *d, Rng *rng, int round) {
    static const DraftKind kinds[] = {
        DRAFT_INSERT, DRAFT_INSERT, DRAFT_DELETE, DRAFT_MOVE, DRAFT_MOVE,
        DRAFT_RENAME, DRAFT_LENGTH, DRAFT_LEVEL,  DRAFT_RAMP,
    };
    static const char *const ramps[] = { "linear", "smooth", "step 4", "jump",
                                         "stay" };
    const Plan *p = d->trial.plan;
    DraftKind kind = kinds[rng_next(rng) % (sizeof kinds / sizeof *kinds)];
    char text[80];
    unsigned n = (unsigned)(rng_next(rng) % 100);
    switch (kind) {
    case DRAFT_INSERT:
        snprintf(text, sizeof text, "new%d = %us %s", round, n,
                 n % 3 ? "to 77 smooth" : "");
        break;
    case DRAFT_MOVE:
        snprintf(text, sizeof text, "%s", n % 2 ? "up" : "down");
        break;
    case DRAFT_RENAME:
        snprintf(text, sizeof text, "name %u", n);
        break;
    case DRAFT_LENGTH:
        snprintf(text, sizeof text, "%us", n);
        break;
    case DRAFT_LEVEL:
        snprintf(text, sizeof text, "%u", n);
        break;
    case DRAFT_RAMP:
        snprintf(text, sizeof text, "%s", ramps[n % 5]);
        break;
    case DRAFT_DELETE:
        text[0] = '\0';
        break;
    }
    uint32_t row = p->stages[rng_next(rng) % p->count].row;
    Err err;
    draft_add(d, kind, draft_ref(d, row), text, NULL, &err);
    if (n % 17 == 0)
        draft_undo(d);
}

/* The commands that are sent make of the live plan what the draft shows. */
static void commands_make_what_the_draft_shows(void **state) {
    (void)state;
    Rng rng = { 23 };
    size_t edits = 0;
    for (int round = 0; round < 400; round++) {
        FakeSource s;
        Draft d;
        Text answer = { 0 }, commands = { 0 }, drawn = { 0 }, done = { 0 };
        Err err = { 0 };
        fake_source_init(&s, SPIKE, true);
        fake_source_until(&s, rng_next(&rng) % 500);
        if (round % 4 == 0)
            source_command(&s.base, "level 40", &answer, &err);
        fake_source_until(&s, s.run.second + rng_next(&rng) % 20);
        draft_init(&d);
        for (int i = 0; i < 12; i++) {
            draft_follow(&d, &s.run.wheel, s.run.second * NS_PER_S);
            random_act(&d, &rng, i);
        }
        fake_source_until(&s, s.run.second + rng_next(&rng) % 60);
        draft_follow(&d, &s.run.wheel, s.run.second * NS_PER_S);
        draft_commands(&d, &commands);
        print_rows(d.trial.plan, &drawn);
        if (commands.length && !plan_is_over(s.run.wheel.plan)) {
            edits++;
            if (source_command(&s.base, commands.bytes, &answer, &err) < 0)
                fail_msg("round %d: %s: %s", round, commands.bytes, err.text);
            print_rows(s.run.wheel.plan, &done);
            if (strcmp(drawn.bytes, done.bytes) != 0)
                fail_msg("round %d: %s\nmakes %s\nshown %s", round,
                         commands.bytes, done.bytes, drawn.bytes);
        }
        draft_close(&d);
        text_close(&answer);
        text_close(&commands);
        text_close(&drawn);
        text_close(&done);
        fake_source_close(&s);
    }
    assert_true(edits > 300);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_stages_are_added),
        cmocka_unit_test(keys_edit_the_plan),
        cmocka_unit_test(mistakes_are_said_in_place),
        cmocka_unit_test(a_wrong_field_stays_open),
        cmocka_unit_test(leaving_asks_when_there_are_changes),
        cmocka_unit_test(danger_is_asked_here_too),
        cmocka_unit_test(a_draft_outlives_its_stage),
        cmocka_unit_test(a_draft_that_is_all_too_late),
        cmocka_unit_test(a_spike_by_hand_takes_no_number),
        cmocka_unit_test(a_field_whose_stage_is_gone_closes),
        cmocka_unit_test(the_run_ends_under_a_draft),
        cmocka_unit_test(while_the_hand_drives),
        cmocka_unit_test(rates_are_edited_as_rates),
        cmocka_unit_test(the_course_changes_while_typing),
        cmocka_unit_test(rates_look_like_rates),
        cmocka_unit_test(many_stages_scroll),
        cmocka_unit_test(commands_make_what_the_draft_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
