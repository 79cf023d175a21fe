/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run is written, and what is read back is the same run. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "journal/line.h"
#include "journal/print.h"
#include "journal/replay.h"
#include "tape.h"

#define STAGES                                                         \
    "warm-up = 20s to 100; spike = 5s to 1000; hold = 30s; recover = " \
    "5s to 100; cool = 1m at 100"

/* --- whole runs --------------------------------------------------------- */

static void a_run_comes_back(void **state) {
    (void)state;
    Tape t;
    Err err;
    Text answer = { 0 };
    tape_open(&t, STAGES);
    tape_until(&t, 12);
    fake_run_do(&t.run, "level +40");
    tape_until(&t, 18);
    fake_run_do(&t.run, "go");
    tape_until(&t, 50);
    fake_run_do(&t.run, "mark \"quoted\" \\ and more");
    fake_run_do(&t.run, "spike +300 10s");
    tape_until(&t, 90);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    same_run(&t.source, saved_source(s));
    assert_int_equal(source_snapshot(saved_source(s))->state, RUN_DONE);
    assert_true(source_snapshot(saved_source(s))->recoveries->count > 0);
    SavedEnd end = saved_end(s);
    assert_true(end.is_finished);
    assert_int_equal(end.status, 99);
    assert_string_equal(end.words, "a threshold broke");
    assert_int_equal(end.started, 1700000000);
    assert_null(end.trouble);
    assert_int_equal(source_command(saved_source(s), "level 5", &answer, &err),
                     -1);
    assert_non_null(strstr(err.text, "over"));
    saved_close(s);
    assert_int_equal(t.troubles, 0);
    tape_close(&t);
}

static void two_scenarios_and_alerts_come_back(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES "| low = 40s to 50/s; high = 50s to 200/s");
    tape_until(&t, 80);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    const Snapshot *y = source_snapshot(saved_source(s));
    same_run(&t.source, saved_source(s));
    assert_int_equal(y->alert_count, 3);
    assert_true(y->alerts[0].times > 0);
    assert_true(y->is_open);
    assert_int_equal(y->scenarios[1].planned,
                     t.run.snapshot.scenarios[1].planned);
    saved_close(s);
    tape_close(&t);
}

static void monitors_come_back(void **state) {
    (void)state;
    Tape t;
    tape_open(&t, STAGES);
    size_t cpu = gauges_add(&t.run.gauges, "process_cpu", GAUGE_SHARE);
    t.run.snapshot.gauges = &t.run.gauges;
    for (uint64_t k = 1; k < 20; k++) {
        gauges_read(&t.run.gauges, cpu, k * NS_PER_S, 0.01 * (double)k);
        tape_until(&t, k);
    }
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    const Gauges *g = source_snapshot(saved_source(s))->gauges;
    assert_non_null(g);
    assert_string_equal(g->items[0].name, "process_cpu");
    assert_int_equal(g->items[0].unit, GAUGE_SHARE);
    GaugeFigures a =
        gauge_over(&t.run.gauges.items[0], 3 * NS_PER_S, 11 * NS_PER_S);
    GaugeFigures b = gauge_over(&g->items[0], 3 * NS_PER_S, 11 * NS_PER_S);
    assert_int_equal(a.count, b.count);
    same_number(a.mean, b.mean);
    same_number(g->items[0].last, 0.19);
    saved_close(s);
    tape_close(&t);
}

/* --- cut and broken ----------------------------------------------------- */

static void put(const char *path, const char *bytes, size_t length) {
    Err err;
    if (file_write(path, bytes, length, &err) < 0)
        fail_msg("%s", err.text);
}

/* A crash: the run so far, wherever the last byte is. */
static void a_cut_journal_opens(void **state) {
    (void)state;
    Tape t;
    Text all = { 0 };
    Err err;
    char path[128];
    tape_open(&t, STAGES);
    tape_until(&t, 30);
    tape_path(&t, path);
    assert_int_equal(file_read(path, SIZE_MAX, &all, &err), 0);
    SavedRun *s = saved(path);
    assert_false(saved_end(s).is_finished);
    assert_string_equal(saved_end(s).words,
                        "unfinished: the journal ends at 00:30");
    assert_int_equal(slab_requests(source_snapshot(saved_source(s))->totals),
                     slab_requests(&t.run.recorder.totals));
    saved_close(s);
    size_t head =
        (size_t)((char *)memchr(all.bytes, '\n', all.length) - all.bytes) + 1;
    uint64_t before = 0;
    for (size_t cut = head; cut < all.length; cut += 997) {
        put(path, all.bytes, cut);
        s = saved(path);
        uint64_t now_ns = source_snapshot(saved_source(s))->now_ns;
        assert_null(saved_end(s).trouble);
        assert_true(now_ns >= before);
        before = now_ns;
        saved_close(s);
    }
    assert_in_range(before, 28 * NS_PER_S, 30 * NS_PER_S);
    for (size_t cut = 0; cut < head; cut += 61) {
        put(path, all.bytes, cut);
        assert_null(saved_open(path, &err));
        assert_non_null(strstr(err.text, cut ? "no journal" : "is empty"));
    }
    text_close(&all);
    tape_close(&t);
}

static void garbage_in_the_middle_is_told(void **state) {
    (void)state;
    Tape t;
    Text all = { 0 };
    Err err;
    char path[128];
    tape_open(&t, STAGES);
    tape_until(&t, 30);
    tape_path(&t, path);
    assert_int_equal(file_read(path, SIZE_MAX, &all, &err), 0);
    memset(memchr(all.bytes + all.length / 2, '\n', all.length / 2), '#', 5);
    put(path, all.bytes, all.length);
    SavedRun *s = saved(path);
    SavedEnd end = saved_end(s);
    assert_non_null(end.trouble);
    assert_true(text_starts(end.trouble, path));
    assert_int_equal(end.trouble[strlen(path)], ':');
    assert_true(atoi(end.trouble + strlen(path) + 1) > 10);
    assert_in_range(source_snapshot(saved_source(s))->now_ns, 10 * NS_PER_S,
                    20 * NS_PER_S);
    saved_close(s);
    text_close(&all);
    tape_close(&t);
}

static const struct {
    const char *text, *says;
} wrong[] = {
    { "", "is empty" },
    { "hello\n", ":1: this is no journal" },
    { "{}\n", ":1: this is no journal" },
    { "{\"type\":\"journal\",\"format\":3}\n", ":1: a journal of format 3" },
    { "{\"type\":\"journal\",\"format\":1}\n", ":1: \"started\" is missing" },
    { "{\"a\":[[[[[[[[[[1]]]]]]]]]]}\n", ":1: this is no journal" },
};

static void what_is_none_is_refused(void **state) {
    (void)state;
    char path[] = "/tmp/onrush-journal-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Err err = { 0 };
        put(path, wrong[i].text, strlen(wrong[i].text));
        assert_null(saved_open(path, &err));
        if (!strstr(err.text, wrong[i].says))
            fail_msg("'%s', wanted '%s'", err.text, wrong[i].says);
    }
    unlink(path);
}

static const char *trouble_behind(const char *path, const Text *good,
                                  const char *line) {
    static char trouble[400];
    Text all = { 0 };
    text_add(&all, good->bytes, good->length);
    text_adds(&all, line);
    put(path, all.bytes, all.length);
    SavedRun *s = saved(path);
    SavedEnd end = saved_end(s);
    assert_int_equal(source_snapshot(saved_source(s))->now_ns, 3 * NS_PER_S);
    snprintf(trouble, sizeof trouble, "%s", end.trouble ? end.trouble : "");
    saved_close(s);
    text_close(&all);
    return trouble;
}

static void what_is_out_of_bounds_is_told(void **state) {
    (void)state;
    Tape t;
    Text good = { 0 }, wide = { 0 };
    Err err;
    char path[128];
    tape_open(&t, STAGES);
    tape_until(&t, 3);
    tape_path(&t, path);
    assert_int_equal(file_read(path, SIZE_MAX, &good, &err), 0);
    assert_string_equal(trouble_behind(path, &good, "{\"torn"), "");
#define LATE "\"at\":18446744073709551615,"
    static const char *const lines[] = {
        "{\"type\":\"event\"," LATE "\"kind\":\"mark\",\"text\":\"x\"}\n",
        "{\"type\":\"action\"," LATE "\"command\":\"x\",\"outcome\":\"x\"}\n",
        "{\"type\":\"spike\"," LATE
        "\"scenario\":0,\"level_before\":1,\"cause\":\"x\"}\n",
    };
    for (size_t i = 0; i < 3; i++)
        assert_non_null(
            strstr(trouble_behind(path, &good, lines[i]), "than a year"));
    static const char *const limits[] = {
        "{\"type\":\"threshold\",\"threshold\":4,\"text\":\"rate < 1\"}\n",
        "{\"type\":\"threshold\",\"threshold\":0,\"text\":\"p(95) <\"}\n",
        ("{\"type\":\"threshold\",\"threshold\":0,\"text\":"
         "\"p(95) < 1, p(99) < 2\"}\n"),
    };
    for (size_t i = 0; i < 3; i++)
        assert_string_not_equal(trouble_behind(path, &good, limits[i]), "");
    for (size_t i = 0; i < LINE_VALUES_MAX; i++)
        text_adds(&wide, i ? ",0" : "[0");
    text_adds(&wide, "]\n");
    assert_non_null(
        strstr(trouble_behind(path, &good, wide.bytes), "too much"));
    put(path, good.bytes, good.length);
    assert_int_equal(truncate(path, (off_t)70 << 20), 0);
    SavedRun *s = saved(path);
    assert_non_null(strstr(saved_end(s).trouble, "longer than 64 MiB"));
    saved_close(s);
    text_close(&good);
    text_close(&wide);
    tape_close(&t);
}

static void a_full_disk_is_told_once(void **state) {
    (void)state;
    Tape t;
    struct rlimit old, low;
    signal(SIGXFSZ, SIG_IGN);
    tape_open(&t, STAGES);
    getrlimit(RLIMIT_FSIZE, &old);
    low = (struct rlimit){ 40000, old.rlim_max };
    setrlimit(RLIMIT_FSIZE, &low);
    tape_until(&t, 60);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(t.troubles, 1);
    assert_true(text_starts(t.trouble, "timeline.ndjson: cannot write: "));
    SavedRun *s = saved(t.dir); /* what fitted */
    assert_false(saved_end(s).is_finished);
    assert_true(source_snapshot(saved_source(s))->now_ns >= NS_PER_S);
    saved_close(s);
    tape_close(&t);
}

/* --- long runs ---------------------------------------------------------- */

#define LONG_S 10800 /* more than an hour is read by minutes */

static void feed(Replay *r, Text *lines) {
    for (char *at = lines->bytes, *end; (end = strchr(at, '\n'));
         at = end + 1) {
        Err err;
        size_t length = (size_t)(end - at);
        if (!replay_skips(r, at, length) &&
            replay_line(r, at, length, &err) < 0)
            fail_msg("%s", err.text);
    }
    text_clear(lines);
}

static void a_long_run_is_read_by_minutes(void **state) {
    (void)state;
    FakeRun f;
    Text lines = { 0 }, levels = { 0 };
    SecondPrinter p;
    Replay *r = replay_new();
    size_t spikes = 0;
    fake_run_init(&f,
                  "low = 1h at 60; spike = 2s to 700; back = 1m at 60; on "
                  "= 30m at 80; up = 10m to 600; on = 3h at 80",
                  GLYPHS_BRAILLE);
    const Snapshot *s = fake_run_scene(&f)->snapshot;
    second_printer_init(&p, s->metrics);
    print_head(s, &f.wheel, &f.info, 1, &lines);
    print_plan(&f.wheel, 0, 0, &lines);
    replay_expect(r, LONG_S * NS_PER_S);
    while (f.second < LONG_S) {
        fake_run_until(&f, f.second + 1);
        if (f.recorder.recoveries.count > spikes)
            print_spike(&f.recorder.recoveries.items[spikes++], &lines);
        if (f.second == LONG_S * 3 / 4) {
            f.snapshot.health.is_bound = true;
            f.snapshot.health.bound_by = BOUND_CPU;
            f.snapshot.health.bound_since_ns = (f.second - 3) * NS_PER_S;
        }
        s = fake_run_scene(&f)->snapshot;
        recorder_bound(&f.recorder, s->health.bound_by,
                       s->health.bound_since_ns, s->health.busy_max);
        text_clear(&levels);
        print_levels(s, &levels);
        f.slab.until_ns = f.second * NS_PER_S;
        second_print(&p, &f.slab, f.second * NS_PER_S, levels.bytes,
                     f.second == LONG_S, &lines);
        f.slab.until_ns = 0;
        feed(r, &lines);
    }
    replay_end(r);
    recorder_end(&f.recorder);
    s = fake_run_scene(&f)->snapshot;
    const Snapshot *y = replay_snapshot(r);
    assert_int_equal(y->now_ns, s->now_ns);
    same_totals(s->totals, y->totals);
    assert_int_equal(s->recoveries->count, 1);
    same_recoveries(s->recoveries, y->recoveries);
    assert_true(s->findings->count >= 3);
    same_findings(s, y);
    assert_true(s->knee->levels > KNEE_LEVELS);
    same_knee(s->knee, y->knee);
    same_verdicts(s, y);
    same_number(s->now.p95, y->now.p95);
    for (uint64_t m = LONG_S - 3600; m < LONG_S; m += 97)
        same_interval(s, y, m * NS_PER_S, (m + 60) * NS_PER_S, 0);
    /* older: whole minutes */
    same_interval(s, y, 600 * NS_PER_S, 720 * NS_PER_S, SIZE_MAX);
    same_interval(s, y, 600 * NS_PER_S, 720 * NS_PER_S, 2);
    assert_int_equal(timeline_cell(y->timeline, 3)->length_ns, 60 * NS_PER_S);
    assert_true(timeline_count(y->timeline) < 4000);
    replay_free(r);
    second_printer_close(&p);
    text_close(&lines);
    text_close(&levels);
    fake_run_close(&f);
}

static size_t longest_plan(const Tape *t) {
    char path[128];
    Text all = { 0 };
    Err err;
    size_t longest = 0;
    tape_path(t, path);
    if (file_read(path, SIZE_MAX / 2, &all, &err) < 0)
        fail_msg("%s", err.text);
    for (char *at = all.bytes, *end; (end = strchr(at, '\n')); at = end + 1)
        if (strncmp(at, "{\"type\":\"plan\"", 14) == 0 &&
            (size_t)(end - at) > longest)
            longest = (size_t)(end - at);
    text_close(&all);
    return longest;
}

/* Each change tells what is new in the plan, not all that ever happened. */
static void a_steered_run_is_told_by_its_changes(void **state) {
    (void)state;
    static const char *const commands[] = { "level +3", "undo", "hold", "go",
                                            "spike +20 1s", "level 7 in 1s",
                                            "stage rename cool ice", "redo" };
    Tape t;
    tape_open(&t, "hold = 10m at 100; cool = 1m at 10");
    for (uint64_t k = 0; k < 320; k++) {
        tape_until(&t, k + 2);
        /* what cannot be now is refused, which is as good here */
        Text answer = { 0 };
        Err err;
        wheel_do(&t.run.wheel, t.run.second * NS_PER_S, commands[k * 7 % 8],
                 &answer, &err);
        text_close(&answer);
    }
    tape_until(&t, 330);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    same_run(&t.source, saved_source(s));
    assert_in_range(source_wheel(saved_source(s))->plans[0].count, 200, 400);
    saved_close(s);
    assert_in_range(longest_plan(&t), 100, 3000);
    tape_close(&t);
}

/* So many changes that the plan's past is thinned (plan/thin.h). */
static void a_plan_that_was_thinned_comes_back(void **state) {
    (void)state;
    Tape t;
    Err err;
    size_t was = 0, thinned = 0;
    tape_open(&t, "hold = 10h at 100; cool = 1m at 10");
    Plan *p = &t.run.wheel.plans[0];
    for (uint64_t k = 0; k < 70; k++) {
        tape_until(&t, k + 1);
        for (uint64_t i = 1; i <= 60; i++) {
            Text answer = { 0 };
            char command[40];
            snprintf(command, sizeof command, "level %d",
                     (int)(k * 53 + i * 97) % 300);
            if (wheel_do(&t.run.wheel, (k + 1) * NS_PER_S + i * 10 * NS_PER_MS,
                         command, &answer, &err) < 0)
                fail_msg("%s", err.text);
            text_close(&answer);
            thinned += p->count < was;
            was = p->count;
        }
    }
    assert_in_range(thinned, 1, 10);
    tape_until(&t, 80);
    tape_end(&t);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    SavedRun *s = saved(t.dir);
    same_run(&t.source, saved_source(s));
    assert_int_equal(source_wheel(saved_source(s))->plans[0].count, p->count);
    saved_close(s);
    tape_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_comes_back),
        cmocka_unit_test(two_scenarios_and_alerts_come_back),
        cmocka_unit_test(monitors_come_back),
        cmocka_unit_test(a_cut_journal_opens),
        cmocka_unit_test(garbage_in_the_middle_is_told),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(what_is_out_of_bounds_is_told),
        cmocka_unit_test(a_full_disk_is_told_once),
        cmocka_unit_test(a_long_run_is_read_by_minutes),
        cmocka_unit_test(a_steered_run_is_told_by_its_changes),
        cmocka_unit_test(a_plan_that_was_thinned_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
