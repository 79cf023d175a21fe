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
#include "fake_run.h"
#include "journal/journal.h"
#include "journal/print.h"
#include "journal/replay.h"
#include "journal/saved.h"

#define STAGES                                                         \
    "warm-up = 20s to 100; spike = 5s to 1000; hold = 30s; recover = " \
    "5s to 100; cool = 1m at 100"

/* A run that never happened, and its journal. */
typedef struct Tape {
    Source source; /* first: the ops cast back */
    FakeRun run;
    uv_loop_t loop;
    Journal *journal;
    char dir[64];
    char trouble[400];
    int troubles;
} Tape;

static const Snapshot *tape_snapshot(Source *s) {
    Tape *t = (Tape *)s;
    RunState state = t->run.snapshot.state;
    fake_run_scene(&t->run);
    t->run.snapshot.state = state;
    return &t->run.snapshot;
}

static const Wheel *tape_wheel(Source *s) {
    return &((Tape *)s)->run.wheel;
}

static const SourceOps tape_ops = { tape_snapshot, tape_wheel, NULL };

static void on_trouble(void *data, const char *text) {
    Tape *t = data;
    snprintf(t->trouble, sizeof t->trouble, "%s", text);
    t->troubles++;
}

static void tape_open(Tape *t, const char *stages) {
    Err err = { 0 };
    *t = (Tape){ 0 };
    fake_run_init(&t->run, stages, GLYPHS_BRAILLE);
    t->source = (Source){ &tape_ops, &t->run.info };
    snprintf(t->dir, sizeof t->dir, "/tmp/onrush-journal-XXXXXX");
    assert_non_null(mkdtemp(t->dir));
    uv_loop_init(&t->loop);
    JournalOptions o = { .dir = t->dir,
                         .started = 1700000000,
                         .on_trouble = on_trouble,
                         .data = t };
    t->journal = journal_new(&t->loop, &t->source, &o, &err);
    if (!t->journal)
        fail_msg("%s", err.text);
}

static void tape_until(Tape *t, uint64_t second) {
    while (t->run.second < second) {
        fake_run_until(&t->run, t->run.second + 1);
        journal_add(t->journal, t->run.second * NS_PER_S, &t->run.slab);
        journal_tick(t->journal);
        if (t->run.second % 3 == 0) /* as on a slow disk */
            uv_run(&t->loop, UV_RUN_DEFAULT);
    }
    uv_run(&t->loop, UV_RUN_DEFAULT);
}

static void tape_end(Tape *t) {
    recorder_end(&t->run.recorder);
    t->run.snapshot.state = RUN_DONE;
    journal_tick(t->journal);
    journal_end(t->journal, 99, "a threshold broke");
}

static void tape_path(const Tape *t, char to[128]) {
    snprintf(to, 128, "%s/" JOURNAL_FILE, t->dir);
}

static void tape_close(Tape *t) {
    char path[128];
    tape_path(t, path);
    journal_close(t->journal);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&t->loop), 0);
    unlink(path);
    rmdir(t->dir);
    fake_run_close(&t->run);
}

/* --- the same run ------------------------------------------------------- */

static void same_number(double a, double b) {
    if (!(a == b) && !(isnan(a) && isnan(b)))
        fail_msg("%.17g is not %.17g", a, b);
}

static void same_hist(const Hist *a, const Hist *b) {
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->min, b->min);
    assert_int_equal(a->max, b->max);
    assert_int_equal(a->sum, b->sum);
    for (int q = 0; q <= 1000; q += 25)
        same_number(hist_quantile(a, q / 1000.), hist_quantile(b, q / 1000.));
}

static void same_totals(const Slab *a, const Slab *b) {
    assert_int_equal(a->series_count, b->series_count);
    for (size_t i = 0; i < a->series_count; i++) {
        const SeriesSlab *x = &a->series[i], *y = &b->series[i];
        same_hist(&x->duration, &y->duration);
        same_hist(&x->response, &y->response);
        assert_int_equal(x->requests, y->requests);
        assert_int_equal(x->failed, y->failed);
        assert_int_equal(x->bytes_in, y->bytes_in);
        assert_memory_equal(x->fail, y->fail, sizeof x->fail);
        assert_memory_equal(x->status, y->status, sizeof x->status);
    }
    assert_memory_equal(a->checks, b->checks,
                        a->check_count * sizeof *a->checks);
    assert_int_equal(a->started, b->started);
    assert_int_equal(a->arrivals, b->arrivals);
    assert_int_equal(a->dropped, b->dropped);
    assert_int_equal(a->iterations, b->iterations);
}

static void same_interval(const Snapshot *a, const Snapshot *b, uint64_t from,
                          uint64_t to, size_t series) {
    Hist x = { 0 }, y = { 0 };
    CellSeries m, n;
    double seconds = timeline_interval(a->timeline, from, to, series, &x, &m);
    same_number(seconds,
                timeline_interval(b->timeline, from, to, series, &y, &n));
    assert_int_equal(m.requests, n.requests);
    assert_int_equal(m.failed, n.failed);
    same_hist(&x, &y);
    hist_close(&x);
    hist_close(&y);
}

static void same_timeline(const Snapshot *a, const Snapshot *b) {
    size_t n = timeline_count(a->timeline);
    assert_int_equal(n, timeline_count(b->timeline));
    for (size_t i = 0; i < n; i++) {
        const Cell *x = timeline_cell(a->timeline, i);
        const Cell *y = timeline_cell(b->timeline, i);
        assert_int_equal(x->start_ns, y->start_ns);
        same_number((double)x->active, (double)y->active);
        same_number((double)x->users, (double)y->users);
        same_number((double)x->planned, (double)y->planned);
        same_number((double)x->planned_other, (double)y->planned_other);
        assert_int_equal(x->started, y->started);
        same_number((double)x->all.p95, (double)y->all.p95);
    }
    for (uint64_t from = 0; from < a->now_ns; from += 17 * NS_PER_S) {
        same_interval(a, b, from, from + 13 * NS_PER_S, SIZE_MAX);
        same_interval(a, b, from, a->now_ns, TIMELINE_RESPONSE);
        same_interval(a, b, from, from + 40 * NS_PER_S, 1);
    }
}

static void same_recoveries(const RecoveryList *a, const RecoveryList *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const Recovery *x = &a->items[i], *y = &b->items[i];
        assert_int_equal(x->state, y->state);
        assert_string_equal(x->cause, y->cause);
        assert_int_equal(x->began_ns, y->began_ns);
        assert_int_equal(x->back_ns, y->back_ns);
        assert_int_equal(x->recovered_ns, y->recovered_ns);
        same_number(x->base_p95, y->base_p95);
        same_number(x->worst_p95, y->worst_p95);
        same_number(x->level_peak, y->level_peak);
    }
}

static void same_verdicts(const Snapshot *a, const Snapshot *b) {
    assert_int_equal(a->threshold_count, b->threshold_count);
    for (size_t i = 0; i < a->threshold_count; i++) {
        const ThresholdReading *x = &a->thresholds[i], *y = &b->thresholds[i];
        assert_string_equal(x->threshold->key, y->threshold->key);
        assert_string_equal(x->threshold->text, y->threshold->text);
        assert_int_equal(x->verdict, y->verdict);
        same_number(x->value, y->value);
    }
    assert_int_equal(a->alert_count, b->alert_count);
    for (size_t i = 0; i < a->alert_count; i++) {
        const AlertReading *x = &a->alerts[i], *y = &b->alerts[i];
        assert_string_equal(x->alert->name, y->alert->name);
        assert_int_equal(x->times, y->times);
        assert_int_equal(x->total_ns, y->total_ns);
        same_number(x->value, y->value);
    }
}

static void same_wheel(const Wheel *a, const Wheel *b) {
    assert_int_equal(a->plan_count, b->plan_count);
    for (size_t i = 0; i < a->plan_count; i++) {
        const Plan *x = &a->plans[i], *y = &b->plans[i];
        assert_string_equal(a->names[i], b->names[i]);
        assert_int_equal(x->unit, y->unit);
        assert_int_equal(x->count, y->count);
        assert_int_equal(x->current, y->current);
        assert_int_equal(x->now_ns, y->now_ns);
        for (size_t k = 0; k < x->count; k++) {
            assert_string_equal(x->stages[k].name, y->stages[k].name);
            assert_int_equal(x->stages[k].row, y->stages[k].row);
            assert_int_equal(x->stages[k].origin, y->stages[k].origin);
            assert_int_equal(x->stages[k].length_ns, y->stages[k].length_ns);
        }
        for (uint64_t t = 0; t < x->now_ns; t += NS_PER_S / 3)
            same_number(plan_level_at(x, t), plan_level_at(y, t));
    }
    assert_int_equal(a->log.count, b->log.count);
    for (size_t i = 0; i < a->log.count; i++)
        assert_string_equal(a->log.items[i].text, b->log.items[i].text);
    assert_int_equal(a->action_count, b->action_count);
    for (size_t i = 0; i < a->action_count; i++) {
        assert_string_equal(a->actions[i].command, b->actions[i].command);
        assert_string_equal(a->actions[i].outcome, b->actions[i].outcome);
        assert_int_equal(a->actions[i].at_ns, b->actions[i].at_ns);
    }
}

static void same_run(Source *a, Source *b) {
    const Snapshot *x = source_snapshot(a), *y = source_snapshot(b);
    assert_int_equal(x->now_ns, y->now_ns);
    assert_int_equal(x->active_max, y->active_max);
    assert_int_equal(x->is_open, y->is_open);
    same_number(x->now.p95, y->now.p95);
    same_number(x->run.p99, y->run.p99);
    same_number(x->health.busy, y->health.busy);
    assert_int_equal(x->health.descriptors, y->health.descriptors);
    assert_int_equal(x->scenario_count, y->scenario_count);
    same_totals(x->totals, y->totals);
    same_timeline(x, y);
    same_verdicts(x, y);
    same_recoveries(x->recoveries, y->recoveries);
    same_wheel(source_wheel(a), source_wheel(b));
    assert_string_equal(a->info->name, b->info->name);
    assert_string_equal(a->info->target, b->info->target);
}

static SavedRun *saved(const char *path) {
    Err err = { 0 };
    SavedRun *s = saved_open(path, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}

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
    { "{\"type\":\"journal\",\"format\":2}\n", ":1: a journal of format 2" },
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
    assert_non_null(strstr(t.trouble, "cannot write"));
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
                  "= 3h at 80",
                  GLYPHS_BRAILLE);
    const Snapshot *s = fake_run_scene(&f)->snapshot;
    second_printer_init(&p, s->metrics, 0);
    print_head(s, &f.wheel, &f.info, 1, &lines);
    print_plan(&f.wheel, 0, &lines);
    replay_expect(r, LONG_S * NS_PER_S);
    while (f.second < LONG_S) {
        fake_run_until(&f, f.second + 1);
        if (f.recorder.recoveries.count > spikes)
            print_spike(&f.recorder.recoveries.items[spikes++], &lines);
        s = fake_run_scene(&f)->snapshot;
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_comes_back),
        cmocka_unit_test(two_scenarios_and_alerts_come_back),
        cmocka_unit_test(monitors_come_back),
        cmocka_unit_test(a_cut_journal_opens),
        cmocka_unit_test(garbage_in_the_middle_is_told),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(a_full_disk_is_told_once),
        cmocka_unit_test(a_long_run_is_read_by_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
