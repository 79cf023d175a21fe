/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "base/clock.h"
#include "stats/stall.h"

#define S NS_PER_S
#define MS NS_PER_MS

/* One second: requests that ended, the slowest of them after ms. */
static void second(Timeline *t, double vus, uint64_t requests, uint64_t ms) {
    Slab slab;
    slab_init(&slab, t->series_count, 0, 0);
    SeriesSlab *s = &slab.series[0];
    s->requests = requests;
    if (requests > 1)
        hist_record_n(&s->duration, 10 * MS, requests - 1);
    if (requests)
        hist_record(&s->duration, ms * MS);
    timeline_level(t, vus, vus, vus, 0);
    timeline_add(t, t->open_ns + S, &slab);
    timeline_advance(t, t->open_ns + S);
    slab_close(&slab);
}

static void seconds(Timeline *t, int n, double vus, uint64_t requests) {
    for (int i = 0; i < n; i++)
        second(t, vus, requests, 10);
}

static void waiting_is_a_stall(void **state) {
    (void)state;
    Timeline t;
    Stall s;
    timeline_init(&t, 2);
    seconds(&t, 10, 5, 50);
    seconds(&t, 3, 5, 0);
    assert_false(stall_find(&t, 0, 60 * S, SIZE_MAX, &s)); /* not over yet */
    second(&t, 5, 50, 2900);
    seconds(&t, 6, 5, 50);
    assert_true(stall_find(&t, 0, 60 * S, SIZE_MAX, &s));
    assert_int_equal(s.from_ns, 10 * S);
    assert_int_equal(s.to_ns, 13 * S);
    /* of the window, by its edges */
    assert_true(stall_find(&t, 12 * S, 13 * S, SIZE_MAX, &s));
    assert_true(stall_find(&t, 0, 11 * S, SIZE_MAX, &s));
    assert_false(stall_find(&t, 0, 10 * S, SIZE_MAX, &s));
    assert_false(stall_find(&t, 13 * S, 60 * S, SIZE_MAX, &s));
    /* of a request, and of one that nobody makes */
    assert_true(stall_find(&t, 0, 60 * S, 0, &s));
    assert_false(stall_find(&t, 0, 60 * S, 1, &s));
    /* the last one is told */
    seconds(&t, 2, 5, 0);
    second(&t, 5, 50, 2000);
    assert_true(stall_find(&t, 0, 60 * S, SIZE_MAX, &s));
    assert_int_equal(s.from_ns, 20 * S);
    /* and behind an edge of the window the one before */
    assert_true(stall_find(&t, 0, 20 * S, SIZE_MAX, &s));
    assert_int_equal(s.from_ns, 10 * S);
    timeline_close(&t);
}

static void silence_is_none(void **state) {
    (void)state;
    static const struct {
        const char *why;
        double vus; /* while it is silent */
        uint64_t requests, before;
        int quiet;
        uint64_t slowest_ms;
    } cases[] = {
        { "nobody waited", 5, 50, 50, 3, 900 },
        { "nobody worked", 0, 50, 50, 3, 2900 },
        { "there were few before", 5, 50, 2, 3, 2900 },
        { "one second is chance", 5, 50, 50, 1, 900 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Timeline t;
        Stall s;
        timeline_init(&t, 1);
        seconds(&t, 10, 5, cases[i].before);
        seconds(&t, cases[i].quiet, cases[i].vus, 0);
        second(&t, 5, cases[i].requests, cases[i].slowest_ms);
        if (stall_find(&t, 0, 60 * S, SIZE_MAX, &s))
            fail_msg("a stall, although %s", cases[i].why);
        timeline_close(&t);
    }
    Timeline t;
    Stall s;
    timeline_init(&t, 1);
    assert_false(stall_find(&t, 0, 60 * S, SIZE_MAX, &s));
    seconds(&t, 4, 5, 0); /* a start that takes its time */
    second(&t, 5, 50, 3900);
    assert_false(stall_find(&t, 0, 60 * S, SIZE_MAX, &s));
    timeline_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waiting_is_a_stall),
        cmocka_unit_test(silence_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
