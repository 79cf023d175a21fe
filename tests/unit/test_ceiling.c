/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How high a load may go at a target that nobody confirmed. */
#include "unit.h"

#include "base/clock.h"
#include "control/wheel.h"
#include "plan/stage_text.h"
#include "profile/plans.h"

#define S NS_PER_S

static const char *const hosts[] = { "shop.example", "b.example" };

static void add(Wheel *w, const char *name, PlanUnit unit, const char *stages) {
    Plan p;
    Err err;
    plan_init(&p, unit, 0);
    if (stages_read(&p, stages, &err) < 0)
        fail_msg("%s", err.text);
    wheel_add(w, name, &p);
}

static Wheel make(const char *stages, bool is_far) {
    Wheel w = { 0 };
    add(&w, "", PLAN_VUS, stages);
    w.ceiling = (Ceiling){
        .is_set = true, .is_far = is_far, .hosts = hosts, .host_count = 2
    };
    return w;
}

static void ok(Wheel *w, const char *command) {
    Text answer = { 0 };
    Err err = { 0 };
    if (wheel_do(w, 2 * S, command, &answer, &err) < 0)
        fail_msg("'%s': %s", command, err.text);
    text_close(&answer);
}

static void bad(Wheel *w, const char *command, const char *says) {
    Text answer = { 0 };
    Err err = { 0 };
    uint32_t version = w->version;
    if (wheel_do(w, 2 * S, command, &answer, &err) == 0)
        fail_msg("'%s' was taken", command);
    if (!strstr(err.text, says))
        fail_msg("'%s' says: %s", command, err.text);
    assert_true(w->version == version);
    text_close(&answer);
}

static void the_ceiling(void **state) {
    static const struct {
        double vus, rate;
        bool is_high;
    } cases[] = {
        { 0, 0, false },  { 10, 0, false },   { 0, 10, false },
        { 10, 10, false }, { 10.5, 0, true }, { 11, 0, true },
        { 0, 10.1, true }, { 1, 1000, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            peaks_are_high(&(Peaks){ cases[i].vus, cases[i].rate }),
            cases[i].is_high);
}

static void whatever_raises_the_load_is_refused(void **state) {
    static const char *const commands[] = {
        "level 11",
        "level +6",
        "level x3",
        "level +300%",
        "level 11 in 5s",
        "spike 50 1s",
        "spike x10 1s",
        "stage insert rush = 30s to 700",
        "stage level 2 11",
        "edit stage level 2 11",
        "edit stage insert a = 5s to 3; stage level 2 4000",
    };
    (void)state;
    Wheel w = make("10s at 5, 10s to 10, 10s to 0", true);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        bad(&w, commands[i], "say first: confirm shop.example");
    assert_true(wheel_peaks(&w).vus <= 10);
    ok(&w, "level 10");
    ok(&w, "spike 9 1s");
    ok(&w, "undo");
    ok(&w, "redo");
    ok(&w, "mark still here");
    wheel_close(&w);
}

static void all_scenarios_count_together(void **state) {
    (void)state;
    Wheel w = make("10s at 5", true);
    add(&w, "more", PLAN_VUS, "10s at 4");
    add(&w, "open", PLAN_RATE, "10s at 9/s");
    bad(&w, "level 7", "11 VUs and 9 arrivals/s");
    bad(&w, "for open level 11/s", "confirm");
    ok(&w, "level 6");
    wheel_close(&w);
}

/* What is taken back or done again for one of them, too. */
static void undoing_raises_the_load_as_well(void **state) {
    (void)state;
    Wheel w = { 0 };
    add(&w, "a", PLAN_VUS, "10s at 1");
    add(&w, "b", PLAN_VUS, "10s at 1");
    w.ceiling = (Ceiling){
        .is_set = true, .is_far = true, .hosts = hosts, .host_count = 2
    };
    ok(&w, "for a level 9");
    ok(&w, "for a level 1");
    ok(&w, "for b level 9");
    bad(&w, "for a undo", "18 VUs");
    ok(&w, "for b undo");
    ok(&w, "for a undo");
    bad(&w, "for b redo", "18 VUs");
    ok(&w, "undo");
    ok(&w, "redo");
    assert_true(wheel_peaks(&w).vus <= 10);
    wheel_close(&w);
}

/* A scenario that hardly ever starts anything is not one arrival a second. */
static void small_rates_stay_small(void **state) {
    (void)state;
    Wheel w = { 0 };
    Text said = { 0 };
    for (int i = 0; i < 12; i++)
        add(&w, "", PLAN_RATE, "10s at 0.25/s");
    Peaks p = wheel_peaks(&w);
    assert_near(p.rate, 3, 1e-9);
    peaks_print(&p, &said);
    assert_string_equal(said.bytes, "3 arrivals/s");
    text_close(&said);
    wheel_close(&w);
}

static void a_person_confirms_by_name(void **state) {
    (void)state;
    Wheel w = make("10s at 5", true);
    bad(&w, "confirm", "confirm shop.example");
    bad(&w, "confirm other.example", "confirm shop.example");
    bad(&w, "confirm y", "confirm shop.example");
    ok(&w, "confirm b.example");
    ok(&w, "level 5000");
    assert_true(w.ceiling.is_confirmed && !w.ceiling.is_shut);
    bad(&w, "confirm b.example", "nothing to confirm");
    assert_true(w.ceiling.is_confirmed);
    wheel_close(&w);
}

static void a_profile_cannot_confirm_itself(void **state) {
    (void)state;
    Wheel w = make("10s at 5", true);
    Text answer = { 0 };
    Err err;
    assert_int_equal(wheel_do_as(&w, S, EVENT_PLAN, "event a",
                                 "confirm shop.example", &answer, &err),
                     -1);
    assert_string_equal(err.text, "'confirm' is for the operator to say");
    assert_int_equal(wheel_do_as(&w, S, EVENT_PLAN, "event a", "level 500",
                                 &answer, &err),
                     -1);
    assert_true(w.ceiling.is_set);
    text_close(&answer);
    wheel_close(&w);
}

/* Then the owner sees to it that it stays near. */
static void near_hosts_may_be_loaded(void **state) {
    (void)state;
    Wheel w = make("10s at 5", false);
    ok(&w, "level 9");
    assert_true(w.ceiling.is_set && !w.ceiling.is_shut);
    ok(&w, "level 900");
    assert_true(!w.ceiling.is_set && w.ceiling.is_shut);
    /* what turns out to be elsewhere later may be confirmed then */
    w.ceiling.far = "b.example";
    bad(&w, "confirm shop.example", "confirm b.example");
    ok(&w, "confirm B.example");
    assert_true(w.ceiling.is_confirmed && !w.ceiling.is_shut);
    wheel_close(&w);
}

/* Not the first of the plan, which may be here. */
static void the_one_that_is_far_is_named(void **state) {
    (void)state;
    Wheel w = make("10s at 5", true);
    w.ceiling.far = "b.example";
    bad(&w, "level 11", "confirm b.example, if it is yours to load: it is neither");
    bad(&w, "confirm shop.example", "confirm b.example");
    ok(&w, "confirm b.example");
    wheel_close(&w);
    w = make("10s at 5", true); /* a redirect led there */
    bad(&w, "level 11", "confirm shop.example, if it is yours to load: it leads to what");
    ok(&w, "confirm shop.example");
    wheel_close(&w);
}

static Peaks peaks_of(const char *text) {
    Profile p;
    Diags d;
    diags_init(&d, "test");
    ProfileOptions o = { 0 };
    if (profile_read_text(&p, text, strlen(text), "t.ini", &o, &d) < 0)
        fail_msg("%d: %s", d.items[0].line, d.items[0].text);
    Peaks peaks = plans_peaks(&p);
    profile_close(&p);
    diags_close(&d);
    return peaks;
}

#define HEAD "[target]\nurl = http://127.0.0.1:1\n[request a]\nGET = /\n"

/* What a profile does later counts from the beginning. */
static void events_are_of_the_plan(void **state) {
    (void)state;
    assert_near(peaks_of(HEAD "[stages]\na = 9s at 3\n").vus, 3, 1e-9);
    Peaks p = peaks_of(HEAD "[stages]\na = 9s at 3\n"
                            "[event later]\nat = 5s\ndo = level 10\n"
                            "[event first]\nat = 2s\ndo = spike +400 1s\n");
    assert_near(p.vus, 403, 1e-9);
    assert_near(p.rate, 0, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling),
        cmocka_unit_test(whatever_raises_the_load_is_refused),
        cmocka_unit_test(all_scenarios_count_together),
        cmocka_unit_test(undoing_raises_the_load_as_well),
        cmocka_unit_test(small_rates_stay_small),
        cmocka_unit_test(a_person_confirms_by_name),
        cmocka_unit_test(a_profile_cannot_confirm_itself),
        cmocka_unit_test(near_hosts_may_be_loaded),
        cmocka_unit_test(the_one_that_is_far_is_named),
        cmocka_unit_test(events_are_of_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
