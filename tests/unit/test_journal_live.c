/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in a run beside its numbers, and comes back with it: limits
 * that change, spikes, failures and what they looked like. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "journal/replay.h"
#include "tape.h"

#define STAGES "up = 10s to 100; spike = 5s to 1000; cool = 1m to 100"

/* The same run comes back; the caller closes it. */
static SavedRun *come_back(Tape *t) {
    tape_end(t);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t->dir);
    assert_null(saved_end(s).trouble);
    same_run(&t->source, saved_source(s));
    return s;
}

static void limits_that_change_come_back(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES);
    tape_until(&t, 5);
    fake_run_do(&t.run, "threshold 1 = p(95) < 1 abort after 2s");
    tape_until(&t, 12);
    fake_run_do(&t.run, "threshold 3 = rate < 99%");
    tape_until(&t, 20);
    fake_run_do(&t.run, "undo");
    fake_run_do(&t.run, "threshold 2 = p(99) < 3");
    tape_until(&t, 30);
    fake_run_do(&t.run, "finish");
    SavedRun *s = come_back(&t);
    const Snapshot *is = source_snapshot(saved_source(s));
    const Limits *limits = &source_wheel(saved_source(s))->limits;
    assert_string_equal(is->thresholds[0].threshold->text,
                        "p(95) < 1 abort after 2s");
    assert_int_equal(is->thresholds[0].verdict, VERDICT_BROKEN);
    assert_true(is->thresholds[0].threshold->abort);
    assert_string_equal(limits_was(limits, 0), "p(95) < 500");
    assert_string_equal(limits_was(limits, 1), "p(99) < 2000");
    assert_null(limits_was(limits, 2));
    assert_null(limits_was(limits, 3));
    saved_close(s);
    tape_close(&t);
}

/* One that fits between two seconds. */
static void a_short_spike_comes_back(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, "calm = 2m at 60");
    tape_until(&t, 20);
    uint64_t at = 20 * NS_PER_S;
    recorder_spike(&t.run.recorder, 0, at, 60, "short");
    recorder_spike_over(&t.run.recorder, at + 500 * NS_PER_MS, 700);
    tape_until(&t, 40);
    SavedRun *s = come_back(&t);
    const RecoveryList *l = source_snapshot(saved_source(s))->recoveries;
    assert_int_equal(l->count, 1);
    assert_int_equal(l->items[0].state, RECOVERY_DONE);
    assert_int_equal(l->items[0].level_peak, 700);
    saved_close(s);
    tape_close(&t);
}

static void failures_come_back_with_examples(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES "| low = 40s to 50/s; high = 50s to 200/s");
    t.run.talks = true;
    tape_until(&t, 60);
    SavedRun *s = come_back(&t);
    const Failures *f = source_snapshot(saved_source(s))->failures;
    const Failure *refused = &f->kinds[FAIL_HTTP_5XX];
    assert_true(refused->example_count > 1);
    assert_non_null(strstr(refused->examples[0].answer, "\n"));
    assert_string_not_equal(
        slab_example_why(source_snapshot(saved_source(s))->totals,
                         FAIL_HTTP_5XX),
        "");
    saved_close(s);
    tape_close(&t);
}

/* As workers hand them over, several a second. */
static void add_slab(Tape *t, uint64_t at_ns, uint32_t series) {
    Slab slab;
    slab_init(&slab, 3, 1, 0);
    slab.series[series].requests = slab.series[series].failed = 1;
    slab.series[series].fail[FAIL_RESET] = 1;
    slab.until_ns = at_ns + 77 * NS_PER_S; /* another clock */
    Example *e = slab_example_room(&slab, FAIL_RESET);
    e->series = series;
    e->vu = 5;
    e->took_ns = 3;
    e->end_ns = slab.until_ns - 10 * NS_PER_MS;
    snprintf(e->why, sizeof e->why, "of %u", series);
    recorder_add(&t->run.recorder, at_ns, &slab);
    journal_add(t->journal, at_ns, &slab);
    slab_close(&slab);
}

static void several_examples_of_a_second_come_back(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES);
    tape_until(&t, 3);
    add_slab(&t, 3100 * NS_PER_MS, 2);
    add_slab(&t, 3200 * NS_PER_MS, 0);
    add_slab(&t, 3200 * NS_PER_MS, 2);
    add_slab(&t, 3300 * NS_PER_MS, 1);
    tape_until(&t, 6);
    SavedRun *s = come_back(&t);
    const Failures *f = source_snapshot(saved_source(s))->failures;
    assert_int_equal(f->kinds[FAIL_RESET].example_count, 3);
    assert_int_equal(f->kinds[FAIL_RESET].first_ns, 3090 * NS_PER_MS);
    assert_string_equal(f->kinds[FAIL_RESET].examples[1].why, "of 0");
    saved_close(s);
    tape_close(&t);
}

/* --- a disk that is slow ------------------------------------------------- */

static uint64_t requests_until(const Snapshot *s, uint64_t second) {
    CellSeries sum;
    Hist h = { 0 };
    timeline_interval(s->timeline, 0, second * NS_PER_S, SIZE_MAX, &h, &sum);
    hist_close(&h);
    return sum.requests;
}

/* Lines then cover more than a second, and end when their last one does. */
static void nothing_is_told_before_it_was(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES);
    for (int pass = 0; pass < 3; pass++) {
        for (int i = 0; i < 12; i++) {
            fake_run_until(&t.run, t.run.second + 1);
            journal_add(t.journal, t.run.second * NS_PER_S, &t.run.slab);
            journal_tick(t.journal);
        }
        uv_run(&t.loop, UV_RUN_DEFAULT);
    }
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    const Snapshot *was = source_snapshot(&t.source);
    const Snapshot *is = source_snapshot(saved_source(s));
    assert_int_equal(is->now_ns, was->now_ns);
    for (uint64_t k = 1; k <= 36; k++)
        if (requests_until(is, k) > requests_until(was, k))
            fail_msg("at %d s %d requests of %d", (int)k,
                     (int)requests_until(is, k), (int)requests_until(was, k));
    assert_int_equal(slab_requests(is->totals), slab_requests(was->totals));
    saved_close(s);
    tape_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_that_change_come_back),
        cmocka_unit_test(a_short_spike_comes_back),
        cmocka_unit_test(failures_come_back_with_examples),
        cmocka_unit_test(several_examples_of_a_second_come_back),
        cmocka_unit_test(nothing_is_told_before_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
