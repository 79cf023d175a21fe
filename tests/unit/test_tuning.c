/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights, think times and thresholds that change while a run goes on: the
 * commands, what the workers make of them, and what is saved. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"
#include "profile/plans.h"

#define S NS_PER_S
#define HEAD                                                            \
    "[target]\nurl = http://127.0.0.1:8080\n[stages]\nup = 10m to 5\n"  \
    "[request home]\nGET = /\n[request order]\nGET = /o\n"              \
    "[request a]\nGET = /a\n[request b]\nGET = /b\n"
#define MIX                                                       \
    HEAD "[scenario]\nmix = home 60, order 30, (a b) 10\n"        \
         "think = 1s..3s\n"                                       \
         "[thresholds]\nhttp_req_duration = p(95) < 500, max < 2s\n" \
         "http_req_failed = rate < 1%\n"

static Profile profile_of(const char *text) {
    Profile p;
    Diags d;
    ProfileOptions none = { 0 };
    diags_init(&d, "x.ini");
    if (profile_read_text(&p, text, strlen(text), "x.ini", &none, &d) < 0)
        fail_msg("line %d: %s in\n%s", d.items[0].line, d.items[0].text, text);
    diags_close(&d);
    return p;
}

static void says(Wheel *w, const char *command, const char *want) {
    Text answer = { 0 };
    Err err = { 0 };
    if (wheel_do(w, S, command, &answer, &err) < 0)
        fail_msg("'%s': %s", command, err.text);
    assert_string_equal(answer.bytes, want);
    text_close(&answer);
}

static void commands_say_what_they_did(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { "weight order 90",
          "weight of order 90, was 30: 56.2 % of the iterations" },
        { "weight (a b) 0.5",
          "weight of a b 0.5, was 10: 0.332 % of the iterations" },
        { "weight a b 10", "weight of a b 10, was 0.5: 6.25 % of the "
                           "iterations" },
        { "weight 1 100", "weight of home 100, was 60: 50 % of the "
                          "iterations" },
        { "think x2", "think time x2, was x1" },
        { "think 0.25", "think time x0.25, was x2" },
        { "threshold 1 = p(95) < 800",
          "threshold 1, http_req_duration: p(95) < 800, was p(95) < 500" },
        { "threshold http_req_failed = rate < 5% optional",
          "threshold 3, http_req_failed: rate < 5% optional, was rate < 1%" },
        { "undo", "undone: threshold http_req_failed = rate < 5% optional" },
        { "undo", "undone: threshold 1 = p(95) < 800" },
        { "undo", "undone: think 0.25" },
        { "undo", "undone: think x2" },
        { "undo", "undone: weight 1 100" },
        { "redo", "done again: weight 1 100" },
    };
    Profile p = profile_of(MIX);
    Wheel w;
    plans_to_wheel(&p, &w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        says(&w, cases[i][0], cases[i][1]);
    assert_near(w.tunings[0].values[0], 100, 0);
    assert_near(w.tunings[0].think, 1, 0);
    assert_ptr_equal(w.limits.now.items[0].text, p.thresholds.items[0].text);
    wheel_close(&w);
    profile_close(&p);
}

static void mistakes_are_explained(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        { "weight", "write: weight REQUEST 60" },
        { "weight 5", "write: weight REQUEST 60" },
        { "weight hom 5", "did you mean 'home'?" },
        { "weight basket 5", "there are home, order, a b" },
        { "weight 4 5", "there is no weight of '4'" },
        { "weight 0 5", "there is no weight of '0'" },
        { "weight home 0", "'0' is no weight above 0" },
        { "weight home -1", "no weight above 0" },
        { "weight home nan", "no weight above 0" },
        { "weight home 1e300", "no weight above 0" },
        { "weight home 5x", "no weight above 0" },
        { "think", "'' is no factor" },
        { "think x", "is no factor" },
        { "think -1", "is no factor" },
        { "think 1001", "is no factor" },
        { "think 2 3", "'3' is not expected" },
        { "threshold", "write: threshold 1 = p(95) < 800" },
        { "threshold 1", "write: threshold 1 = p(95) < 800" },
        { "threshold 4 = p(95) < 800", "there is no threshold 4: there are 3" },
        { "threshold 0 = p(95) < 800", "there is no threshold 0" },
        { "threshold http_reqs = count > 1", "there is no threshold "
                                             "'http_reqs'" },
        { "threshold http_req_duration = p(95) < 800", "there are 2 "
                                                       "thresholds of" },
        { "threshold 1 = p(95) < 800, max < 5s", "no comma" },
        { "threshold 1 = p(95)", "" },
        { "threshold 3 = p(95) < 800", "" },
    };
    Profile p = profile_of(MIX);
    Wheel w;
    plans_to_wheel(&p, &w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text answer = { 0 };
        Err err = { 0 };
        if (wheel_do(&w, S, cases[i][0], &answer, &err) == 0)
            fail_msg("'%s' was taken", cases[i][0]);
        if (!strstr(err.text, cases[i][1]) || !*err.text)
            fail_msg("'%s' says: %s", cases[i][0], err.text);
        text_close(&answer);
    }
    assert_int_equal(w.version, 0);
    assert_int_equal(w.undo.count, 0);
    wheel_close(&w);
    profile_close(&p);
    p = profile_of(HEAD "[scenario]\nflow = home, order, (a b)\n");
    plans_to_wheel(&p, &w);
    static const char *const none[] = { "weight home 5", "think 2",
                                        "threshold 1 = max < 5" };
    for (size_t i = 0; i < 3; i++) {
        Text answer = { 0 };
        Err err;
        assert_int_equal(wheel_do(&w, S, none[i], &answer, &err), -1);
    }
    wheel_close(&w);
    profile_close(&p);
}

static void what_was_changed_is_saved(void **state) {
    (void)state;
    static const struct {
        const char *profile, *commands[4], *wanted[3];
    } cases[] = {
        { MIX,
          { "weight a b 25.5", "think x1.5", "threshold 2 = max < 3s" },
          { "mix = home 60, order 30, (a b) 25.5\n", "think = 1s500ms..4s500ms\n",
            "http_req_duration = p(95) < 500, max < 3s\n" } },
        { MIX,
          { "weight home 5", "undo", "threshold 3 = rate < 7%" },
          { "mix = home 60, order 30, (a b) 10\n", "think = 1s..3s\n",
            "http_req_failed = rate < 7%\n" } },
        { HEAD "[scenario]\ntasks = home 2/m, (order a b) 0.5/s\n",
          { "weight order a b 3/m" },
          { "tasks = home 2/m, (order a b) 3/m\n" } },
        { HEAD "[vars]\nt = 2s\n[scenario x]\nflow = home, order, (a b)\n"
               "think = exp ${t}\n[scenario y]\nflow = home\n"
               "think = normal 2s 500ms\n",
          { "for y think 0.5", "for x think 2" },
          { "think = exp 4s\n", "think = normal 1s 250ms\n" } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Profile p = profile_of(cases[i].profile);
        Wheel w;
        Text t = { 0 }, answer = { 0 }, twice = { 0 };
        Err err;
        plans_to_wheel(&p, &w);
        for (size_t k = 0; k < 4 && cases[i].commands[k]; k++)
            if (wheel_do(&w, S, cases[i].commands[k], &answer, &err) < 0)
                fail_msg("%s: %s", cases[i].commands[k], err.text);
        profile_print(&p, &w, UINT64_MAX, &t);
        for (size_t k = 0; k < 3 && cases[i].wanted[k]; k++)
            if (!strstr(t.bytes, cases[i].wanted[k]))
                fail_msg("no '%s' in\n%s", cases[i].wanted[k], t.bytes);
        Profile again = profile_of(t.bytes);
        profile_print(&again, NULL, UINT64_MAX, &twice);
        assert_string_equal(t.bytes, twice.bytes);
        text_close(&t);
        text_close(&twice);
        text_close(&answer);
        profile_close(&again);
        wheel_close(&w);
        profile_close(&p);
    }
}

/* --- the workers -------------------------------------------------------- */

#define TWO "[request a]\nGET = /json\n[request b]\nGET = /json\n"

/* From the command on nearly all are b, and before it nearly none. */
static void weights_reach_the_workers(void **state) {
    (void)state;
    static const char *const script[] = { "0.5 weight a 0.001",
                                          "0.5 weight b 1000",
                                          "1.0 undo", "1.0 undo", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1.5s at 100/s\n"
                       "[scenario]\nmix = a 1000, b 0.001\n" TWO,
                       script, 2);
    uint64_t a = engine_run_series(&r, "a")->requests;
    uint64_t b = engine_run_series(&r, "b")->requests;
    assert_int_equal(r.actions, 4);
    assert_true(a + b >= 140);
    /* a third of them; commands are taken up to a tick late */
    assert_true(b >= 25 && b <= 70);
    assert_true(a >= 80);
}

/* Who comes after the command does not think for a minute. */
static void think_times_reach_the_workers(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 think 0", NULL };
    for (int i = 0; i < 2; i++) {
        Run r = engine_run("service=1ms",
                           "[profile]\ngraceful_stop = 1s\n"
                           "[stages]\nfew = 500ms at 2\nmore = 500ms at 6\n"
                           "[scenario]\nflow = a, b\nthink = 60s\n" TWO,
                           i ? script : NULL, 2);
        if (i)
            assert_true(r.iterations > 50);
        else
            assert_int_equal(r.iterations, 6);
    }
}

/* What waits for minutes already is due in a moment. */
static void task_rates_reach_who_waits(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 weight a 1200/m", NULL };
    static const char *const paused[] = { "0.3 pause", "p weight a 1200/m",
                                          "p resume", NULL };
    for (int i = 0; i < 2; i++) {
        Run r = engine_run("service=1ms",
                           "[stages]\nhold = 1.3s at 8\n"
                           "[scenario]\ntasks = a 1/h, b 1/h\n"
                           "pacing = even\n" TWO,
                           i ? paused : script, 2);
        uint64_t a = engine_run_series(&r, "a")->requests;
        /* 8 VUs, 20 a second each, for a second */
        assert_true(a >= 120 && a <= 180);
        assert_true(engine_run_series(&r, "b")->requests <= 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_say_what_they_did),
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(what_was_changed_is_saved),
        cmocka_unit_test(weights_reach_the_workers),
        cmocka_unit_test(think_times_reach_the_workers),
        cmocka_unit_test(task_rates_reach_who_waits),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
