/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms of the console: mix and think time, thresholds, saving a
 * profile, copying stages, and whose stages are edited; and the stages as
 * they are looked at. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "desk.h"
#include "ui/console.h"
#include "ui/keys.h"

static const struct {
    int rows, cols;
    bool is_ascii;
    const char *name;
} sizes[] = {
    { 12, 40, false, "40x12" },   { 24, 80, false, "80x24" },
    { 38, 120, false, "120x38" }, { 60, 200, false, "200x60" },
    { 24, 80, true, "80x24-ascii" },
};

static void golden_all(Desk *d, const char *what) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s-%s", what, sizes[i].name);
        cells_resize(&d->cells, sizes[i].rows, sizes[i].cols);
        console_set_glyphs(d->console, sizes[i].is_ascii ? GLYPHS_ASCII
                                                         : GLYPHS_BRAILLE);
        golden_compare(look(d), name);
    }
    cells_resize(&d->cells, 38, 120);
    console_set_glyphs(d->console, GLYPHS_BRAILLE);
}

static void give_mix(Desk *d) {
    Tuning *t = &d->source.run.wheel.tunings[0];
    tuning_add(t, "home", 60);
    tuning_add(t, "order", 30);
    tuning_add(t, "login a-request-with-a-rather-long-name", 10);
    t->thinks = true;
}

/* --- mix and thresholds ------------------------------------------------- */

static void weights_are_typed(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    keys(&d, "w");
    sees(&d, "this run has no mix, no tasks and no think time");
    give_mix(&d);
    keys(&d, "w");
    golden_all(&d, "form-mix");
    keys(&d, "90 tab 0.5");
    sees(&d, "89.6 %");
    keys(&d, "up up");
    keys(&d, "x3");
    keys(&d, "enter");
    sent(&d, "weight home 90\nweight order 0.5\nthink x3\n");
    const Tuning *t = &d.source.run.wheel.tunings[0];
    assert_true(t->values[0] == 90 && t->values[1] == 0.5 && t->think == 3);
    sees_not(&d, "mix and think time");
    keys(&d, "u u");
    sent(&d, "undo\nundo\n");
    assert_true(t->values[0] == 90 && t->values[1] == 30 && t->think == 1);
    keys(&d, "w enter");
    sees(&d, "nothing was changed");
    keys(&d, "w 5 esc");
    sent(&d, "");
    desk_close(&d);
}

/* All of them or none, and the one that is wrong is shown. */
static void a_wrong_weight_stays(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, SPIKE, 60);
    give_mix(&d);
    keys(&d, "w 90 tab none enter");
    sees(&d, "'none' is no weight above 0");
    sent(&d, "");
    keys(&d, "7 enter");
    sees(&d, "no weight"); /* it goes on where it was: none7 */
    keys(&d, "backspace backspace backspace backspace backspace 7 enter");
    sent(&d, "weight home 90\nweight order 7\n");
    desk_close(&d);
}

static void thresholds_are_changed(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 200);
    keys(&d, "t");
    golden_all(&d, "form-limits");
    keys(&d, "down backspace enter");
    sent(&d, "threshold 2 = p(99) < 200\n");
    sees(&d, "threshold 2, http_req_duration: p(99) < 200, was p(99) < 2000");
    assert_string_equal(d.source.run.wheel.limits.now.items[1].text,
                        "p(99) < 200");
    keys(&d, "t backspace backspace backspace enter");
    sent(&d, "");
    sees(&d, "thresholds");
    keys(&d, "esc u");
    sent(&d, "undo\n");
    assert_null(limits_was(&d.source.run.wheel.limits, 1));
    desk_close(&d);
}

/* --- the host ----------------------------------------------------------- */

typedef struct Files {
    char saved[64];
    bool refuses;
} Files;

static int save_profile(void *data, const char *name, Text *path, Err *err) {
    Files *f = data;
    if (f->refuses)
        return err_set(err, "%s is there already: another name", name);
    snprintf(f->saved, sizeof f->saved, "%s", name ? name : "(none)");
    text_addf(path, "results/%s", f->saved);
    return 0;
}

static int read_stages(void *data, const char *path, const char *scenario,
                       Text *lines, Err *err) {
    (void)data;
    assert_null(scenario);
    if (text_equal(path, "rates"))
        text_adds(lines, "fast = 30s to 100/s\n");
    else if (text_equal(path, "other.ini"))
        text_adds(lines, "hold = 30s\nwave = 1m30s to 250 smooth\n"
                         "cut = 10s at 5\n");
    else if (!text_equal(path, "empty"))
        return err_set(err, "%s: there is no such file", path);
    return 0;
}

static void open_with(Desk *d, Files *f, const char *stages) {
    desk_open(d, stages, 60);
    console_free(d->console);
    ConsoleOptions o = { .glyphs = GLYPHS_BRAILLE,
                         .host = { .data = f,
                                   .save_profile = save_profile,
                                   .read_stages = read_stages } };
    d->console = console_new(&d->source.base, o);
}

static void a_profile_is_saved(void **state) {
    (void)state;
    Files f = { 0 };
    Desk d;
    desk_open(&d, SPIKE, 60);
    keys(&d, "p");
    sees(&d, "a profile cannot be saved here");
    desk_close(&d);
    open_with(&d, &f, SPIKE);
    keys(&d, "p");
    golden_all(&d, "form-save");
    keys(&d, "enter");
    assert_string_equal(f.saved, "steered.ini");
    sees(&d, "saved as results/steered.ini");
    f.refuses = true;
    keys(&d, "p mine.ini enter");
    sees(&d, "mine.ini is there already: another name");
    f.refuses = false;
    keys(&d, "enter");
    assert_string_equal(f.saved, "mine.ini");
    sent(&d, "");
    desk_close(&d);
}

static void stages_are_copied(void **state) {
    (void)state;
    Files f = { 0 };
    Desk d;
    open_with(&d, &f, SPIKE);
    keys(&d, "e C");
    keys(&d, "enter");
    sees(&d, "a profile is missing");
    keys(&d, "nowhere enter");
    sees(&d, "nowhere: there is no such file");
    keys(&d, "esc C empty enter");
    sees(&d, "there are no stages in it");
    keys(&d, "C other.ini enter");
    golden_all(&d, "form-stages");
    keys(&d, "down down space enter");
    sees(&d, "2 stages copied into the draft");
    sees(&d, "2 stages added");
    sent(&d, "");
    keys(&d, "enter");
    const Plan *p = d.source.run.wheel.plan;
    assert_int_equal(plan_rows(p, NULL, 0), 7);
    assert_true(golden_has(look(&d), "2 changes made"));
    /* behind the one that runs, in their order; a name is not there twice */
    PlanRow rows[8];
    plan_rows(p, rows, 8);
    assert_string_equal(p->stages[rows[1].first].name, "hold-2");
    assert_string_equal(p->stages[rows[2].first].name, "wave");
    assert_int_equal(p->stages[rows[2].first].shape, RAMP_SMOOTH);
    assert_true(rows[2].length_ns == 90 * NS_PER_S);
    desk_close(&d);
}

/* Stages that count something else are refused, and the rest is still
 * there to choose from. */
static void arrivals_are_no_users(void **state) {
    (void)state;
    Files f = { 0 };
    Desk d;
    open_with(&d, &f, SPIKE);
    keys(&d, "e C rates enter enter");
    sees(&d, "copy which stages");
    sees(&d, "arrivals");
    keys(&d, "esc");
    sees_not(&d, "stages added");
    desk_close(&d);
}

/* --- several scenarios -------------------------------------------------- */

#define TWO "up = 2m to 100; down = 1m to 0|feed-up = 3m to 50/s"

static void the_next_scenario_is_edited(void **state) {
    (void)state;
    Files f = { 0 };
    Desk d;
    open_with(&d, &f, TWO);
    keys(&d, "e");
    sees(&d, "stages of buyers");
    keys(&d, "c");
    sees(&d, "stages of feed");
    sees(&d, "feed-up");
    keys(&d, "5m tab c");
    sees(&d, "discard 1 change, edit the next one: y/n");
    keys(&d, "n");
    sees(&d, "stages of feed");
    keys(&d, "enter");
    sent(&d, "for feed edit stage length #1 5m\n");
    keys(&d, "e 9m tab c y");
    sees(&d, "stages of buyers");
    sees_not(&d, "changed");
    keys(&d, "esc");
    sent(&d, "");
    desk_close(&d);
    open_with(&d, &f, SPIKE);
    keys(&d, "e c");
    sees(&d, "this run has one scenario only");
    desk_close(&d);
}

/* --- the stages as they are looked at ----------------------------------- */

static void stages_are_looked_at(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 431);
    keys(&d, "5");
    golden_all(&d, "stages");
    sees(&d, "Enter or e: edit what is to come");
    keys(&d, "enter");
    sees(&d, "Enter apply   Esc discard");
    keys(&d, "esc 5 e");
    sees(&d, "Enter apply   Esc discard");
    desk_close(&d);
}

/* After the run they are figures. */
static void stages_that_were(void **state) {
    (void)state;
    Desk d;
    desk_open_full(&d, 431);
    keys(&d, "Q");
    fake_source_until(&d.source, 440);
    keys(&d, "5");
    golden_all(&d, "stages-done");
    keys(&d, "enter");
    sees(&d, "the run is over: nothing is to come");
    sees_not(&d, "Enter apply");
    for (const char *k = "123456"; *k; k++) {
        char one[2] = { *k, '\0' };
        keys(&d, one);
        look(&d);
    }
    keys(&d, "1");
    sees(&d, "stopped");
    desk_close(&d);
}

/* What is open when the run ends goes away with it. */
static void a_form_ends_with_the_run(void **state) {
    (void)state;
    Desk d;
    desk_open(&d, "a = 2m to 100", 60);
    keys(&d, "t");
    sees(&d, "thresholds");
    fake_source_until(&d.source, 130);
    sees(&d, "the run is over");
    keys(&d, "enter");
    sent(&d, "");
    assert_true(console_is_closed(d.console));
    desk_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_typed),
        cmocka_unit_test(a_wrong_weight_stays),
        cmocka_unit_test(thresholds_are_changed),
        cmocka_unit_test(a_profile_is_saved),
        cmocka_unit_test(stages_are_copied),
        cmocka_unit_test(arrivals_are_no_users),
        cmocka_unit_test(the_next_scenario_is_edited),
        cmocka_unit_test(stages_are_looked_at),
        cmocka_unit_test(stages_that_were),
        cmocka_unit_test(a_form_ends_with_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
