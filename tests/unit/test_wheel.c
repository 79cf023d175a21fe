/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "control/verbs.h"
#include "control/wheel.h"
#include "plan/stage_text.h"

#define S NS_PER_S

static Wheel make(const char *stages) {
    Plan p;
    Wheel w;
    Err err;
    plan_init(&p, PLAN_VUS, 0);
    if (stages_read(&p, stages, &err) < 0)
        fail_msg("%s", err.text);
    wheel_init(&w, &p);
    return w;
}

static void ok(Wheel *w, uint64_t now, const char *command) {
    Text answer = { 0 };
    Err err = { 0 };
    if (wheel_do(w, now, command, &answer, &err) < 0)
        fail_msg("'%s': %s", command, err.text);
    assert_true(answer.length > 0);
    text_close(&answer);
}

static void bad(Wheel *w, uint64_t now, const char *command, const char *says) {
    Text answer = { 0 };
    Err err = { 0 };
    uint32_t version = w->version;
    size_t actions = w->action_count;
    if (wheel_do(w, now, command, &answer, &err) == 0)
        fail_msg("'%s' was taken", command);
    if (!strstr(err.text, says))
        fail_msg("'%s' says: %s", command, err.text);
    assert_true(w->version == version && w->action_count == actions);
    text_close(&answer);
}

static void levels_in_every_form(void **state) {
    (void)state;
    static const struct {
        const char *command;
        double want;
    } cases[] = {
        { "level 250", 250 },    { "level +50", 100 }, { "level -20", 30 },
        { "level -900", 0 },     { "level +10%", 60 }, { "level x3", 150 },
        { "  level 1k ", 1000 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wheel w = make("10s to 100, 10s to 0");
        ok(&w, 5 * S, cases[i].command);
        assert_near(plan_level_at(w.plan, 5 * S), cases[i].want, 1e-9);
        assert_true(plan_is_hand(w.plan));
        wheel_close(&w);
    }
}

static void rates_in_every_form(void **state) {
    (void)state;
    static const struct {
        const char *command;
        double want;
        const char *says;
    } cases[] = {
        { "level 250/s", 250, "+200 arrivals/s, to 250 by hand" },
        { "level 250", 250, "+200 arrivals/s, to 250 by hand" },
        { "level 90/m", 1.5, "-48.5 arrivals/s, to 1.5 by hand" },
        { "level 1/h", 1.0 / 3600, "to 0.0002777777778 by hand" },
        { "level 0.25", 0.25, "-49.75 arrivals/s" },
        { "level +50/s", 100, "+50 arrivals/s" },
        { "level +50", 100, "+50 arrivals/s" },
        { "level -20.5/s", 29.5, "-20.5 arrivals/s" },
        { "level -900/s", 0, "-50 arrivals/s, to 0 by hand" },
        { "level +10%", 60, "+10 arrivals/s" },
        { "level x3", 150, "+100 arrivals/s" },
        { "level x0.01", 0.5, "-49.5 arrivals/s" },
        { "level x0.00001", 0.0005, "to 0.0005 by hand" },
        { "level 2k/s", 2000, "to 2000 by hand" },
        { "spike 400/s 3s", 400, "spike to 400 arrivals/s for 3s" },
        { "spike +400 3s", 450, "spike to 450 arrivals/s for 3s" },
        { "spike x2 3s", 100, "spike to 100 arrivals/s for 3s" },
        { "hold", 50, "hold at 50 arrivals/s" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wheel w = make("10s to 100/s, 10s to 0/s");
        ok(&w, 5 * S, cases[i].command);
        assert_near(plan_level_at(w.plan, 5 * S), cases[i].want, 1e-9);
        if (!strstr(w.actions[0].outcome, cases[i].says))
            fail_msg("'%s' says: %s", cases[i].command, w.actions[0].outcome);
        wheel_close(&w);
    }
    Wheel w = make("9s to 100/s, 10s to 0/s"); /* 100 / 9 has no end */
    ok(&w, 1 * S, "hold");
    assert_string_equal(w.actions[0].outcome, "hold at 11.1111 arrivals/s");
    bad(&w, 1 * S, "level 5/x", "not a rate");
    bad(&w, 1 * S, "spike 5/s", "duration is missing");
    wheel_close(&w);
}

/* Every other verb moves pieces, whatever they count. */
static void a_scripted_operator_of_arrivals(void **state) {
    (void)state;
    Wheel w = make("10s to 100/s, 10s, 10s to 0");
    ok(&w, 1 * S, "level +10");
    ok(&w, 2 * S, "go");
    ok(&w, 3 * S, "spike +500/s 2s");
    ok(&w, 6 * S, "stage next");
    ok(&w, 7 * S,
       "edit stage insert after stage-2 second = 30s to 700/s; stage insert "
       "after second calm = 5s at 1.5; stage length stage-3 20s; stage ramp "
       "stage-3 step 4; stage level second 650; stage rename stage-3 end");
    ok(&w, 8 * S, "undo");
    ok(&w, 9 * S, "redo");
    ok(&w, 9 * S, "pause");
    ok(&w, 9 * S, "resume");
    ok(&w, 10 * S, "stretch -2s");
    ok(&w, 10 * S, "hold");
    ok(&w, 11 * S, "back");
    ok(&w, 12 * S, "stage delete calm");
    ok(&w, 12 * S, "stage move end up");
    ok(&w, 13 * S, "stage level end 5/s");
    assert_string_equal(w.actions[14].outcome,
                        "stage end leads to 5 arrivals/s");
    bad(&w, 13 * S, "stage insert x = 5s to 5/", "not a rate");
    ok(&w, 14 * S, "finish");
    assert_true(plan_is_over(w.plan));
    assert_int_equal(w.plan->unit, PLAN_RATE);
    wheel_close(&w);
}

static void a_scripted_operator(void **state) {
    (void)state;
    Wheel w = make("10s to 100, 10s, 10s to 0");
    ok(&w, 1 * S, "level +10");
    ok(&w, 2 * S, "go");
    ok(&w, 3 * S, "spike +500 2s");
    ok(&w, 4 * S, "mark database restarted");
    ok(&w, 6 * S, "stage next");
    ok(&w, 7 * S,
       "edit stage insert after stage-2 second = 30s to 700; stage insert "
       "after second calm = 5s; stage length stage-3 20s; stage ramp "
       "stage-3 step 4; stage rename stage-3 end");
    assert_non_null(strstr(w.log.items[w.log.count - 1].text, "second"));
    ok(&w, 8 * S, "undo");
    ok(&w, 9 * S, "redo");
    ok(&w, 9 * S, "pause");
    assert_true(w.paused);
    ok(&w, 9 * S, "resume");
    ok(&w, 10 * S, "stretch -2s");
    ok(&w, 10 * S, "hold");
    ok(&w, 11 * S, "back");
    ok(&w, 12 * S, "stage delete calm");
    ok(&w, 12 * S, "stage move end up");
    ok(&w, 13 * S, "stage level end 5");
    ok(&w, 14 * S, "finish");
    assert_int_equal(w.end, WHEEL_FINISH);
    assert_true(plan_is_over(w.plan));
    assert_int_equal(w.action_count, 17);
    assert_string_equal(w.actions[2].command, "spike +500 2s");
    assert_string_equal(w.actions[2].outcome, "spike to 529 VUs for 2s");
    ok(&w, 15 * S, "stop");
    wheel_close(&w);
}

static void mistakes_are_explained(void **state) {
    (void)state;
    Wheel w = make("10s to 100, 10s, 10s to 0");
    static const struct {
        const char *command, *says;
    } cases[] = {
        { "", "missing" },
        { "levle 5", "did you mean 'level'" },
        { "stage inset x = 5s", "did you mean 'stage insert'" },
        { "explode", "no command" },
        { "level", "a level is missing" },
        { "level 5 by 3s", "not expected" },
        { "level 5/s", "virtual users" },
        { "level 5 in", "duration is missing" },
        { "level 5.5", "come whole" },
        { "level +x", "not a level" },
        { "spike +5", "duration is missing" },
        { "spike 5 0s", "needs a duration" },
        { "go", "drives already" },
        { "resume", "not paused" },
        { "hold on", "not expected" },
        { "stage delete nowhere", "no stage 'nowhere'" },
        { "stage delete 1", "runs now" },
        { "stage delete #77", "no stage" },
        { "stage insert x", "write" },
        { "stage insert a;b = 5s", "cannot contain" },
        { "stage insert x = 5s to", "level is missing" },
        { "stage move 3 sideways", "up, or down" },
        { "stage move 3 down", "the last already" },
        { "stage ramp 3 bumpy", "not a ramp" },
        { "stage ramp 3 step 0", "number of steps" },
        { "edit stage delete 3; stage delete 9", "no stage '9'" },
        { "edit level 5", "cannot stand in an edit" },
        { "undo", "nothing to undo" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        bad(&w, 2 * S, cases[i].command, cases[i].says);
    assert_true(plan_total_ns(w.plan) == 30 * S);
    assert_int_equal(w.plan->count, 3);
    wheel_close(&w);
}

static void notes_are_clean_for_a_terminal(void **state) {
    (void)state;
    Wheel w = make("10s to 100");
    ok(&w, 0, "mark \033[31mred\a \xff");
    assert_string_equal(w.log.items[0].text, "?[31mred? \xef\xbf\xbd");
    assert_int_equal(w.log.items[0].kind, EVENT_MARK);
    wheel_close(&w);
}

static void scenarios_beside_each_other(void **state) {
    (void)state;
    Wheel w = { 0 };
    Plan day, night, rate;
    Text answer = { 0 };
    Err err;
    plan_init(&day, PLAN_VUS, 0);
    plan_init(&night, PLAN_VUS, 0);
    plan_init(&rate, PLAN_VUS, 0);
    assert_int_equal(stages_read(&day, "10s to 10, 20s", &err), 0);
    assert_int_equal(stages_read(&night, "20s at 5", &err), 0);
    assert_int_equal(stages_read(&rate, "60s at 100/s", &err), 0);
    wheel_add(&w, "day", &day);
    wheel_add(&w, "night", &night);
    wheel_add(&w, "rate", &rate);
    assert_true(wheel_level_at(&w, 5 * S) == 10);
    assert_true(wheel_level_at(&w, 15 * S) == 15);
    assert_true(wheel_level_at(&w, 25 * S) == 10); /* night has ended */
    assert_true(wheel_level_at(&w, 35 * S) == 0);
    assert_true(wheel_total_ns(&w) == 60 * S);
    assert_true(wheel_peak(&w) == 15);
    assert_int_equal(wheel_do(&w, 5 * S, "level 50", &answer, &err), 0);
    assert_int_equal(wheel_do(&w, 5 * S, "scenario nigt", &answer, &err), -1);
    assert_non_null(strstr(err.text, "did you mean 'night'"));
    assert_int_equal(wheel_do(&w, 6 * S, "scenario", &answer, &err), 0);
    assert_string_equal(answer.bytes, "what names no scenario is for night now");
    assert_int_equal(wheel_do(&w, 6 * S, "level 7", &answer, &err), 0);
    assert_string_equal(answer.bytes, "night: +2 VUs, to 7 by hand");
    assert_true(wheel_level_at(&w, 6 * S) == 57);
    assert_int_equal(wheel_do(&w, 6 * S, "scenario rate", &answer, &err), 0);
    assert_true(wheel_level_at(&w, 6 * S) == 100); /* of its unit */
    assert_true(wheel_is_mixed(&w));
    assert_int_equal(wheel_do(&w, 7 * S, "finish", &answer, &err), 0);
    assert_true(wheel_is_over(&w));
    text_close(&answer);
    wheel_close(&w);
}

static double level_of(const Wheel *w, size_t scenario, uint64_t at_ns) {
    return plan_level_at(&w->plans[scenario], at_ns);
}

/* Whoever says for whom a command is moves nobody else's wheel. */
static void commands_for_a_scenario(void **state) {
    (void)state;
    static const struct {
        const char *command, *says; /* "": it is done */
    } wrong[] = {
        { "for", "there is no scenario ''" },
        { "for nobody level 5", "there is no scenario 'nobody'" },
        { "for day-shift", "a command is missing" },
        { "for day pause", "'pause' is for the whole run" },
        { "for day scenario day-shift", "'scenario' is for the whole run" },
        { "for day for day-shift hold", "'for' is for the whole run" },
        { "for day levle 5", "did you mean 'level'" },
        { "for day level 800/s", "this plan counts virtual users" },
        { "edit for day-shift stage delete 1", "cannot stand in an edit" },
    };
    Wheel w = { 0 };
    Text answer = { 0 };
    Err err = { 0 };
    static const char *const names[] = { "day", "day-shift", "night shift" };
    for (size_t i = 0; i < 3; i++) {
        Plan p;
        plan_init(&p, PLAN_VUS, 0);
        assert_int_equal(stages_read(&p, "30s at 10, 30s at 20", &err), 0);
        wheel_add(&w, names[i], &p);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(wheel_do(&w, 1 * S, wrong[i].command, &answer, &err),
                         -1);
        if (!strstr(err.text, wrong[i].says))
            fail_msg("%s: %s", wrong[i].command, err.text);
        assert_int_equal(w.focus, 0);
    }
    assert_int_equal(w.action_count, 0);
    assert_int_equal(wheel_do(&w, 2 * S, "for day-shift level 33", &answer,
                              &err), 0);
    assert_string_equal(answer.bytes, "day-shift: +23 VUs, to 33 by hand");
    assert_int_equal(wheel_do(&w, 3 * S, "for night shift edit stage level 2 "
                              "44; stage length 2 9s", &answer, &err), 0);
    assert_int_equal(w.focus, 0);
    assert_ptr_equal(w.plan, &w.plans[0]);
    for (uint64_t t = 0; t < 60; t++)
        assert_true(level_of(&w, 0, t * S) == (t < 30 ? 10 : 20));
    assert_true(level_of(&w, 1, w.plan->now_ns) == 33);
    assert_true(level_of(&w, 2, 35 * S) == 44);
    assert_true(plan_total_ns(&w.plans[2]) == 39 * S);
    assert_int_equal(wheel_do(&w, 4 * S, "for day-shift undo x", &answer,
                              &err), -1);
    assert_int_equal(wheel_do(&w, 4 * S, "for night shift undo", &answer,
                              &err), 0);
    assert_true(plan_total_ns(&w.plans[2]) == 60 * S);
    assert_true(level_of(&w, 1, w.plan->now_ns) == 33);
    assert_int_equal(w.action_count, 3);
    assert_string_equal(w.actions[0].command, "for day-shift level 33");
    wheel_close(&w);
    Plan p;
    plan_init(&p, PLAN_VUS, 0);
    assert_int_equal(stages_read(&p, "30s at 10", &err), 0);
    wheel_init(&w, &p);
    assert_int_equal(wheel_do(&w, 1 * S, "for x level 5", &answer, &err), -1);
    assert_non_null(strstr(err.text, "one scenario only"));
    assert_int_equal(wheel_do(&w, 1 * S, "level 5", &answer, &err), 0);
    assert_string_equal(answer.bytes, "-5 VUs, to 5 by hand");
    text_close(&answer);
    wheel_close(&w);
}

static Wheel make_two(void) {
    Wheel w = make("60s to 60");
    Plan p;
    Err err;
    plan_init(&p, PLAN_RATE, 0);
    assert_int_equal(stages_read(&p, "60s at 100/s", &err), 0);
    free(w.names[0]);
    w.names[0] = mem_dup_text("buyers");
    wheel_add(&w, "feed", &p);
    return w;
}

static void says(Wheel *w, uint64_t now, const char *command,
                 const char *want) {
    Text answer = { 0 };
    Err err = { 0 };
    if (wheel_do(w, now, command, &answer, &err) < 0)
        fail_msg("'%s': %s", command, err.text);
    assert_string_equal(answer.bytes, want);
    text_close(&answer);
}

/* Across scenarios, the newest first. */
static void undo_keeps_the_order(void **state) {
    (void)state;
    Wheel w = make_two();
    bad(&w, 1 * S, "undo", "nothing to undo");
    ok(&w, 2 * S, "for buyers spike +500 20s");
    ok(&w, 3 * S, "for feed level 40");
    ok(&w, 3 * S, "pause"); /* not among them, */
    ok(&w, 3 * S, "resume");
    ok(&w, 3 * S, "mark x");
    bad(&w, 4 * S, "for buyers level none", "not a level"); /* nor this */
    ok(&w, 5 * S, "for buyers edit stage level 3 80; stage length 3 2m");
    says(&w, 6 * S, "undo", "undone: edit of the stages in buyers");
    says(&w, 7 * S, "undo", "undone: level 40 in feed");
    assert_true(level_of(&w, 1, 7 * S) == 100);
    assert_true(level_of(&w, 0, 7 * S) == 502);
    says(&w, 8 * S, "undo", "undone: spike +500 20s in buyers");
    assert_true(level_of(&w, 0, 10 * S) < 60);
    bad(&w, 9 * S, "undo", "nothing to undo");
    says(&w, 9 * S, "redo", "done again: spike +500 20s in buyers");
    assert_true(level_of(&w, 0, 9 * S + 1) == 502);
    says(&w, 10 * S, "redo", "done again: level 40 in feed");
    assert_true(level_of(&w, 1, 10 * S) == 40);
    /* something new: what was undone is gone, in all scenarios */
    ok(&w, 11 * S, "for feed level 50");
    bad(&w, 12 * S, "redo", "nothing to redo");
    bad(&w, 12 * S, "for buyers redo", "nothing to redo in buyers");
    says(&w, 12 * S, "undo", "undone: level 50 in feed");
    assert_true(level_of(&w, 1, 12 * S) == 40);
    wheel_close(&w);
}

/* `for` narrows it to the newest of one scenario; others keep theirs. */
static void undo_of_one_scenario(void **state) {
    (void)state;
    Wheel w = make_two();
    ok(&w, 1 * S, "for buyers level 10");
    ok(&w, 2 * S, "for feed level 40");
    ok(&w, 3 * S, "for feed level 45");
    says(&w, 4 * S, "for buyers undo", "undone: level 10 in buyers");
    bad(&w, 4 * S, "for buyers undo", "nothing to undo in buyers");
    says(&w, 5 * S, "undo", "undone: level 45 in feed");
    says(&w, 6 * S, "for buyers redo", "done again: level 10 in buyers");
    assert_true(level_of(&w, 0, 6 * S) == 10);
    assert_true(level_of(&w, 1, 6 * S) == 40);
    says(&w, 7 * S, "undo", "undone: level 10 in buyers");
    says(&w, 7 * S, "undo", "undone: level 40 in feed");
    bad(&w, 7 * S, "undo", "nothing to undo");
    wheel_close(&w);
}

/* What is listed can be undone, however much there was. */
static void undo_is_bounded(void **state) {
    (void)state;
    Wheel w = make_two();
    char command[64];
    for (int i = 0; i < 350; i++) {
        snprintf(command, sizeof command, "for %s level %d",
                 i % 7 ? "feed" : "buyers", i + 1);
        ok(&w, (uint64_t)i * S / 10, command);
    }
    for (int i = 350; i-- > 250;) {
        snprintf(command, sizeof command, "undone: level %d in %s", i + 1,
                 i % 7 ? "feed" : "buyers");
        says(&w, 36 * S, "undo", command);
    }
    bad(&w, 36 * S, "undo", "nothing to undo");
    for (int i = 0; i < 100; i++)
        ok(&w, 37 * S, "redo");
    assert_true(level_of(&w, 1, 37 * S) == 350);
    ok(&w, 38 * S, "finish");
    bad(&w, 38 * S, "undo", "nothing to undo"); /* nor what was before it */
    wheel_close(&w);
}

/* An event's doing is undone by the name of who did it. */
static void undo_says_whose_it_was(void **state) {
    (void)state;
    Wheel w = make("60s to 60");
    Text answer = { 0 };
    Err err;
    assert_int_equal(wheel_do_as(&w, S, EVENT_PLAN, "rush", "spike 90 5s",
                                 &answer, &err), 0);
    text_close(&answer);
    says(&w, 2 * S, "undo", "undone: spike 90 5s (rush)");
    wheel_close(&w);
}

/* What is told is what happened, not what was typed. */
static void a_stretch_says_what_it_does(void **state) {
    (void)state;
    static const struct {
        const char *command, *says;
    } cases[] = {
        { "stretch", "stage-1 stretched by 30s" },
        { "stretch -4s", "stage-1 shortened by 4s" },
        { "stretch -500h",
          "stage-1 had less than 20d20h to go: it ends now" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Wheel w = make("10s to 100, 10s to 0");
        Text answer = { 0 };
        Err err;
        assert_int_equal(wheel_do(&w, 3 * S, cases[i].command, &answer, &err),
                         0);
        assert_string_equal(answer.bytes, cases[i].says);
        text_close(&answer);
        wheel_close(&w);
    }
}

/* Who reads a log to its end must not take it for all. */
static void a_full_log_says_so(void **state) {
    (void)state;
    EventLog log = { 0 };
    for (uint64_t i = 0; i < EVENT_LOG_MAX + 10; i++)
        event_add(&log, i, EVENT_YOU, "event %d", (int)i);
    assert_int_equal(log.count, EVENT_LOG_MAX);
    assert_string_equal(log.items[EVENT_LOG_MAX - 2].text, "event 99998");
    assert_string_equal(log.items[EVENT_LOG_MAX - 1].text,
                        "the log is full: what happens from here on is not in "
                        "it");
    event_log_close(&log);
}

/* Paths are long, and what is wrong with them stands behind. */
static void a_long_event_keeps_its_end(void **state) {
    (void)state;
    EventLog log = { 0 };
    char path[701];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    event_add(&log, 0, EVENT_ALERT, "/%s: cannot write: no space", path);
    const char *text = log.items[0].text;
    assert_int_equal(strlen(text), EVENT_TEXT_MAX - 1);
    assert_memory_equal(text, "/ppp", 4);
    assert_non_null(strstr(text, "p...p"));
    assert_non_null(strstr(text, "p: cannot write: no space"));
    event_log_close(&log);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_event_keeps_its_end),
        cmocka_unit_test(a_stretch_says_what_it_does),
        cmocka_unit_test(undo_keeps_the_order),
        cmocka_unit_test(a_full_log_says_so),
        cmocka_unit_test(undo_of_one_scenario),
        cmocka_unit_test(undo_is_bounded),
        cmocka_unit_test(undo_says_whose_it_was),
        cmocka_unit_test(scenarios_beside_each_other),
        cmocka_unit_test(commands_for_a_scenario),
        cmocka_unit_test(levels_in_every_form),
        cmocka_unit_test(rates_in_every_form),
        cmocka_unit_test(a_scripted_operator_of_arrivals),
        cmocka_unit_test(a_scripted_operator),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(notes_are_clean_for_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
