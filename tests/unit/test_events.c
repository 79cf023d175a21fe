/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run does by itself: the profile's events, and what follows when an
 * alert fires. */
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine_run.h"

#define REQUEST "[request a]\nGET = /json\n"

static void an_event_steers(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1500ms at 4\n"
                       "[event surge]\nat = 400ms\ndo = level 20\n"
                       "[event relief]\nat = 800ms\ndo = go\n" REQUEST,
                       NULL, 2);
    assert_int_equal(r.active_max, 20);
    assert_int_equal(r.actions, 0); /* no operator did anything */
    assert_non_null(strstr(r.log, "\nsurge\n"));
    assert_non_null(strstr(r.log, "event surge: "));
    assert_non_null(strstr(r.log, "event relief: "));
    assert_true(strstr(r.log, "surge") < strstr(r.log, "relief"));
    assert_int_equal(r.requests, r.counts.received);
}

static void an_event_of_one_scenario(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1s at 2\n"
                       "[scenario one]\nflow = a\n[scenario two]\nflow = a\n"
                       "[event focus]\nat = 200ms\ndo = scenario two\n"
                       "[event surge]\nat = 300ms\ndo = level 9\n"
                       "[event relief]\nat = 600ms\ndo = go\n" REQUEST,
                       NULL, 2);
    assert_int_equal(r.scenarios[0].alive_max, 2);
    assert_int_equal(r.scenarios[1].alive_max, 9);
}

static void an_event_ends_the_run(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 60s at 2\n"
                       "[event enough]\nat = 300ms\ndo = finish\n" REQUEST,
                       NULL, 1);
    assert_true(r.now_ns < 20 * NS_PER_S);
    assert_int_equal(r.requests, r.counts.received);
}

static void a_command_that_does_not_fit_is_said(void **state) {
    (void)state;
    static const char *const script[] = { "0.4 go", NULL };
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 800ms at 2\n"
                       "[event take]\nat = 200ms\ndo = hold\n"
                       "[event back]\nat = 600ms\ndo = go\n" REQUEST,
                       script, 1);
    assert_non_null(strstr(r.log, "event back: "));
}

static void processes_are_marks_and_their_ends_are_told(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[stages]\nhold = 1500ms at 2\n"
                       "[event good]\nat = 200ms\n"
                       "exec = sh -c 'echo nobody reads this; exit 0'\n"
                       "[event bad]\nat = 100ms\n"
                       "exec = sh -c 'echo >&2 it broke; exit 7'\n"
                       "[event nowhere]\nat = 300ms\nexec = /no/such/file x\n"
                       "[event killed]\nat = 100ms\n"
                       "exec = sh -c 'kill -9 $$'\n" REQUEST,
                       NULL, 1);
    assert_non_null(strstr(r.log, "\ngood\n"));
    assert_non_null(strstr(r.log, "event good: done\n"));
    assert_non_null(
        strstr(r.log, "event bad: ended with status 7: it broke\n"));
    assert_non_null(strstr(r.log, "event nowhere: cannot be started: "));
    assert_non_null(strstr(r.log, "event killed: ended by signal 9\n"));
    assert_int_equal(r.requests, r.counts.received);
}

/* What still runs is killed with its children, which then hold no pipe. */
static void the_run_s_end_ends_them(void **state) {
    (void)state;
    int ends[2];
    char profile[256];
    assert_int_equal(pipe(ends), 0);
    snprintf(profile, sizeof profile,
             "[stages]\nhold = 600ms at 2\n[event long]\nat = 100ms\n"
             "exec = sh -c 'cat /proc/%d/fd/%d & sleep 1000'\n" REQUEST,
             (int)getpid(), ends[0]);
    Run r = engine_run("service=1ms", profile, NULL, 1);
    close(ends[0]);
    assert_non_null(strstr(r.log, "event long: ended with the run\n"));
    assert_true(r.now_ns < 20 * NS_PER_S);
    /* the last reader is gone as soon as the kernel has done with it */
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 1000 && write(ends[1], "x", 1) == 1; i++)
        usleep(10000);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
}

static void processes_need_leave(void **state) {
    (void)state;
    Err err;
    Diags d;
    Profile p;
    ProfileOptions o = { 0 };
    uv_loop_t loop;
    EngineOptions options = { .workers = 1 };
    static const char text[] = "[target]\nurl = http://127.0.0.1:1\n"
                               "[stages]\nhold = 1s at 1\n" REQUEST
                               "[event e]\nat = 0s\nexec = true\n";
    diags_init(&d, "test");
    assert_int_equal(
        profile_read_text(&p, text, sizeof text - 1, "test.ini", &o, &d), 0);
    uv_loop_init(&loop);
    assert_null(engine_new(&loop, &p, &options, &err));
    assert_non_null(strstr(err.text, "--allow-exec"));
    assert_int_equal(uv_loop_close(&loop), 0);
    profile_close(&p);
    diags_close(&d);
}

/* --- alerts ------------------------------------------------------------- */

#define ALERT(action)                                                    \
    "[alerts]\ndown = http_req_failed rate > 0.5 for 1s, critical, " action "\n"

static void an_alert_that_only_warns(void **state) {
    (void)state;
    Run r = engine_run("errors=100%",
                       "[stages]\nhold = 2500ms at 3\n" ALERT("warn")
                       "[scenario]\nthink = 10ms\n[request a]\nGET = /x\n",
                       NULL, 2);
    assert_non_null(strstr(r.log, "down: http_req_failed rate > 0.5 for 1s"));
    assert_false(r.aborted);
    assert_true(r.now_ns >= 2500 * NS_PER_MS);
}

static void an_alert_ends_the_run(void **state) {
    (void)state;
    Run r = engine_run("errors=100%",
                       "[stages]\nhold = 60s at 3\n" ALERT("stop")
                       "[scenario]\nthink = 10ms\n[request a]\nGET = /x\n",
                       NULL, 2);
    assert_non_null(strstr(r.log, "down ends the run"));
    assert_true(r.aborted);
    assert_true(r.now_ns < 30 * NS_PER_S);
    assert_int_equal(r.requests, r.counts.received);
}

static void an_alert_holds_the_level(void **state) {
    (void)state;
    static const char *const script[] = { "3.5 finish", NULL };
    Run r = engine_run("errors=100%",
                       "[stages]\nup = 1h to 36000\n" ALERT("hold")
                       "[scenario]\nthink = 20ms\n[request a]\nGET = /x\n",
                       script, 2);
    assert_non_null(strstr(r.log, "down: hold at "));
    assert_false(r.aborted);
    /* 10 a second; it fired after 1 to 2 s, and then no more came */
    assert_true(r.active_max >= 10 && r.active_max <= 32);
    assert_int_equal(r.requests, r.counts.received);
}

/* Each scenario backs off by its own level. */
static void an_alert_backs_off(void **state) {
    (void)state;
    static const char *const script[] = { "3.5 finish", NULL };
    Run r = engine_run("errors=100%",
                       "[stages]\nhold = 1h at 20\n" ALERT("back-off")
                       "[stages few]\nhold = 1h at 10\n"
                       "[scenario one]\nflow = a\nthink = 20ms\n"
                       "[scenario two]\nflow = a\nthink = 20ms\nstages = few\n"
                       "[request a]\nGET = /x\n",
                       script, 2);
    assert_non_null(strstr(r.log, "down: one: "));
    assert_non_null(strstr(r.log, "down: two: "));
    assert_true(r.scenarios[0].planned_last == 16);
    assert_true(r.scenarios[1].planned_last == 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_steers),
        cmocka_unit_test(an_event_of_one_scenario),
        cmocka_unit_test(an_event_ends_the_run),
        cmocka_unit_test(a_command_that_does_not_fit_is_said),
        cmocka_unit_test(processes_are_marks_and_their_ends_are_told),
        cmocka_unit_test(the_run_s_end_ends_them),
        cmocka_unit_test(processes_need_leave),
        cmocka_unit_test(an_alert_that_only_warns),
        cmocka_unit_test(an_alert_ends_the_run),
        cmocka_unit_test(an_alert_holds_the_level),
        cmocka_unit_test(an_alert_backs_off),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
