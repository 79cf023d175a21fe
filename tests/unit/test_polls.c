/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that are asked again until a condition holds, and what is taken
 * from answers, against the target's tasks. */
#include "unit.h"

#include "base/clock.h"
#include "engine_run.h"

#define SUBMIT                                             \
    "[request submit]\nPOST = /tasks\n"                    \
    "header = Content-Type: application/json\n"            \
    "body = {\"kind\": \"classify\", \"quality\": \"draft\"}\n" \
    "check = status == 202\n"                              \
    "extract id = json.id\n"
#define STATUS                                             \
    "[request status]\nGET = /tasks/${id}\n"               \
    "until = json.state == \"done\"\n"

static void asked_again_until_done(void **state) {
    (void)state;
    Run r = engine_run("task_time=1s task_workers=8",
                       "[profile]\niterations = 12\n"
                       "[stages]\nhold = 60s at 4\n" SUBMIT STATUS
                       "every = 20ms\ngive_up = 30s\n",
                       NULL, 2);
    const SeriesCount *asks = engine_run_series(&r, "status");
    assert_int_equal(r.iterations, 12);
    assert_int_equal(r.failed, 0);
    assert_int_equal(engine_run_series(&r, "submit")->requests, 12);
    assert_int_equal(r.passed, 12);
    /* several asks each, all counted, and one completion each */
    assert_true(asks->requests > 2 * 12);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.sent, r.counts.received);
    assert_int_equal(r.custom[0].count, 12);
    assert_true(r.custom[0].sum >= 20.0 * (double)(asks->requests - 12));
}

static void given_up_when_it_takes_too_long(void **state) {
    (void)state;
    Run r = engine_run("task_time=1h",
                       "[profile]\niterations = 6\n"
                       "[stages]\nhold = 60s at 3\n"
                       "[scenario]\nflow = submit, status, after\n"
                       SUBMIT STATUS "every = 50ms\ngive_up = 170ms\n"
                       "[request after]\nGET = /json\n",
                       NULL, 2);
    const SeriesCount *asks = engine_run_series(&r, "status");
    assert_int_equal(r.iterations, 6);
    assert_int_equal(asks->fail[FAIL_GAVE_UP], 6);
    assert_int_equal(asks->failed, 6);
    assert_true(asks->requests >= 12 && asks->requests <= 6 * 4);
    assert_int_equal(r.custom[0].count, 0);
    /* the iteration ended there */
    assert_int_equal(engine_run_series(&r, "after")->requests, 0);
    assert_int_equal(r.requests, r.counts.received);
}

/* An ask that fails is no answer: it is asked again. */
static void failures_are_asked_again(void **state) {
    (void)state;
    Run r = engine_run("service=1ms capacity=100 errors=30% fault.reset=20%",
                       "[profile]\niterations = 40\n"
                       "[stages]\nhold = 60s at 4\n"
                       "[request a]\nPOST = /x\n"
                       "until = status == 200\nevery = 5ms\ngive_up = 60s\n",
                       NULL, 2);
    assert_int_equal(r.iterations, 40);
    assert_int_equal(r.status[2], 40);
    assert_int_equal(r.custom[0].count, 40);
    assert_int_equal(r.fail[FAIL_GAVE_UP], 0);
    assert_int_equal(r.fail[FAIL_HTTP_5XX], r.counts.errors);
    assert_int_equal(r.fail[FAIL_RESET], r.counts.reset);
    assert_true(r.counts.errors > 0 && r.counts.reset > 0);
    assert_int_equal(r.sent, r.counts.received);
}

/* Three polls of a group on one timer; the step ends with the last. */
static void polls_in_a_group(void **state) {
    (void)state;
    Run r = engine_run("task_time=600ms task_workers=100",
                       "[profile]\niterations = 8\n"
                       "[stages]\nhold = 60s at 4\n"
                       "[scenario]\n"
                       "flow = submit, (status fast status slow), after\n"
                       SUBMIT STATUS "every = 10ms\ngive_up = 30s\n"
                       "[request fast]\nGET = /json\n"
                       "[request slow]\nGET = /tasks/${id}\n"
                       "until = json.state == \"done\"\nevery = 70ms\n"
                       "[request after]\nGET = /tasks/${id}\n"
                       "check = json.state == \"done\"\n",
                       NULL, 2);
    assert_int_equal(r.iterations, 8);
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.unpassed, 0);
    assert_int_equal(r.passed, 16);
    assert_int_equal(r.custom[0].count, 16);
    assert_int_equal(r.custom[1].count, 8);
    assert_int_equal(r.requests, r.counts.received);
    assert_int_equal(r.counts.connections, r.connects);
}

/* A VU that has to go asks on until its grace is over. */
static void asks_go_on_in_the_grace(void **state) {
    (void)state;
    Run r = engine_run("task_time=4s",
                       "[profile]\ngraceful_stop = 60s\n"
                       "[stages]\nhold = 200ms at 3\n" SUBMIT STATUS
                       "every = 20ms\ngive_up = 60s\n",
                       NULL, 2);
    assert_int_equal(r.iterations, 3);
    assert_int_equal(r.interrupted, 0);
    assert_int_equal(r.custom[0].count, 3);
    assert_int_equal(r.requests, r.counts.received);
}

static void the_grace_ends_a_poll(void **state) {
    (void)state;
    Run r = engine_run("task_time=1h",
                       "[profile]\ngraceful_stop = 150ms\n"
                       "[stages]\nhold = 200ms at 3\n" SUBMIT STATUS
                       "every = 20ms\ngive_up = 1h\n",
                       NULL, 2);
    assert_int_equal(r.interrupted, 3);
    assert_int_equal(r.iterations, 0);
    assert_int_equal(r.fail[FAIL_GAVE_UP], 0);
    assert_int_equal(r.requests + r.abandoned, r.counts.received);
}

static void a_pause_holds_the_asks(void **state) {
    (void)state;
    static const char *const script[] = { "0.3 pause", "p resume", NULL };
    Run r = engine_run("task_time=10s task_workers=8",
                       "[profile]\niterations = 8\n"
                       "[stages]\nhold = 60s at 4\n" SUBMIT STATUS
                       "every = 20ms\ngive_up = 60s\n",
                       script, 2);
    assert_true(r.paused_ticks >= 6);
    assert_int_equal(r.requests_at_pause, r.requests_at_resume);
    assert_int_equal(r.iterations, 8);
    assert_int_equal(r.custom[0].count, 8);
    assert_int_equal(r.requests, r.counts.received);
}

/* The answer lacks what the next request needs: the iteration ends there. */
static void an_extract_that_finds_nothing(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[profile]\niterations = 10\n"
                       "[stages]\nhold = 60s at 2\n"
                       "[request first]\nGET = /json\nextract t = json.absent\n"
                       "[request second]\nGET = /x/${t}\n",
                       NULL, 2);
    assert_int_equal(r.iterations, 10);
    assert_int_equal(r.fail[FAIL_EXTRACT], 10);
    assert_int_equal(engine_run_series(&r, "first")->failed, 10);
    assert_int_equal(engine_run_series(&r, "second")->requests, 0);
    assert_int_equal(r.status[2], 10);
    assert_int_equal(r.counts.received, 10);
}

/* A 404 keeps its own class, though nothing could be taken from it. */
static void a_failure_is_not_called_an_extract(void **state) {
    (void)state;
    Run r = engine_run("service=1ms",
                       "[profile]\niterations = 5\n"
                       "[stages]\nhold = 60s at 1\n"
                       "[request first]\nGET = /status/404\n"
                       "extract t = json.absent\n"
                       "[request second]\nGET = /x/${t}\n",
                       NULL, 1);
    assert_int_equal(r.fail[FAIL_HTTP_4XX], 5);
    assert_int_equal(r.fail[FAIL_EXTRACT], 0);
    assert_int_equal(r.counts.received, 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asked_again_until_done),
        cmocka_unit_test(given_up_when_it_takes_too_long),
        cmocka_unit_test(failures_are_asked_again),
        cmocka_unit_test(polls_in_a_group),
        cmocka_unit_test(asks_go_on_in_the_grace),
        cmocka_unit_test(the_grace_ends_a_poll),
        cmocka_unit_test(a_pause_holds_the_asks),
        cmocka_unit_test(an_extract_that_finds_nothing),
        cmocka_unit_test(a_failure_is_not_called_an_extract),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
