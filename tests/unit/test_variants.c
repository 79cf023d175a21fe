/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several targets compared in one run: every iteration goes to each. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine_run.h"

#define TARGETS 3

typedef struct Bench {
    Target *targets[TARGETS];
    TargetCounts counts[TARGETS];
} Bench;

static Target *start_target(const char *settings) {
    Err err;
    TargetSettings s = target_settings_default();
    assert_int_equal(target_settings_read(&s, settings, &err), 0);
    Target *t = target_new(NULL, 0, &s, &err);
    assert_non_null(t);
    assert_int_equal(target_start(t, &err), 0);
    return t;
}

/* profile: %s for each target's URL. away: that one is gone. */
static Run run_all(Bench *b, const char *profile, int away, int workers) {
    Text text = { 0 };
    for (int i = 0; i < TARGETS; i++)
        b->targets[i] = start_target("service=1ms capacity=100");
    text_adds(&text, profile);
    for (int i = 0; i < TARGETS; i++)
        text_addf(&text, "[variant %c]\nurl = %s\n", 'a' + i,
                  target_url(b->targets[i]));
    if (away >= 0) {
        target_free(b->targets[away]);
        b->targets[away] = NULL;
    }
    Run r = engine_run_at(NULL, NULL, text.bytes, NULL,
                          workers);
    for (int i = 0; i < TARGETS; i++)
        if (b->targets[i]) {
            b->counts[i] = target_counts(b->targets[i]);
            target_free(b->targets[i]);
        }
    text_close(&text);
    return r;
}

static void every_iteration_goes_to_each(void **state) {
    (void)state;
    Bench b;
    Run r = run_all(&b,
                    "[profile]\niterations = 50\n"
                    "[stages]\nhold = 60s at 4\n"
                    "[scenario]\nflow = x, (x y)\n"
                    "[request x]\nGET = /json\n"
                    "[request y]\nGET = /status/404\n",
                    -1, 2);
    assert_int_equal(r.started, 50);
    assert_int_equal(r.iterations, 50);
    assert_int_equal(r.requests, TARGETS * 150);
    for (int i = 0; i < TARGETS; i++) {
        char x[] = "x{a}", y[] = "y{a}";
        x[2] = y[2] = (char)('a' + i);
        assert_int_equal(engine_run_series(&r, x)->requests, 100);
        assert_int_equal(engine_run_series(&r, x)->failed, 0);
        assert_int_equal(engine_run_series(&r, y)->status[4], 50);
        assert_int_equal(b.counts[i].received, 150);
        /* two calls of four VUs */
        assert_int_equal(b.counts[i].connections, 8);
    }
}

/* One that is away does not take the others' turns. */
static void one_that_is_away_stands_alone(void **state) {
    (void)state;
    Bench b;
    Run r = run_all(&b,
                    "[profile]\niterations = 30\n"
                    "[stages]\nhold = 60s at 3\n"
                    "[request x]\nGET = /json\n"
                    "[request y]\nGET = /json\n",
                    1, 2);
    assert_int_equal(r.iterations, 30);
    assert_int_equal(engine_run_series(&r, "x{b}")->fail[FAIL_CONNECT], 30);
    assert_int_equal(engine_run_series(&r, "y{b}")->requests, 0);
    assert_int_equal(b.counts[0].received, 60);
    assert_int_equal(b.counts[2].received, 60);
    assert_int_equal(r.sent, 120);
}

static void an_arrival_rate_goes_to_each(void **state) {
    (void)state;
    Bench b;
    Run r = run_all(&b,
                    "[stages]\nhold = 500ms at 100/s\n"
                    "[request x]\nGET = /json\n",
                    -1, 2);
    assert_int_equal(r.started, 50);
    assert_int_equal(r.requests, 150);
    for (int i = 0; i < TARGETS; i++)
        assert_int_equal(b.counts[i].received, 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_iteration_goes_to_each),
        cmocka_unit_test(one_that_is_away_stands_alone),
        cmocka_unit_test(an_arrival_rate_goes_to_each),
    };
    return cmocka_run_group_tests(tests, engine_run_setup,
                                  engine_run_teardown);
}
