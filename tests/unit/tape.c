/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tape.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

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

void tape_open(Tape *t, const char *stages) {
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

void tape_until(Tape *t, uint64_t second) {
    while (t->run.second < second) {
        fake_run_until(&t->run, t->run.second + 1);
        journal_add(t->journal, t->run.second * NS_PER_S, &t->run.slab);
        journal_tick(t->journal);
        if (t->run.second % 3 == 0) /* as on a slow disk */
            uv_run(&t->loop, UV_RUN_DEFAULT);
    }
    uv_run(&t->loop, UV_RUN_DEFAULT);
}

void tape_end(Tape *t) {
    recorder_end(&t->run.recorder);
    t->run.snapshot.state = RUN_DONE;
    journal_tick(t->journal);
    journal_end(t->journal, 99, "a threshold broke");
}

void tape_path(const Tape *t, char to[128]) {
    snprintf(to, 128, "%s/" JOURNAL_FILE, t->dir);
}

void tape_close(Tape *t) {
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

void same_number(double a, double b) {
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

void same_totals(const Slab *a, const Slab *b) {
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

void same_interval(const Snapshot *a, const Snapshot *b, uint64_t from,
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

void same_recoveries(const RecoveryList *a, const RecoveryList *b) {
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
        assert_int_equal(x->over_ns, y->over_ns);
    }
}

void same_findings(const Snapshot *a, const Snapshot *b) {
    assert_int_equal(a->findings->count, b->findings->count);
    assert_int_equal(a->findings->left_out, b->findings->left_out);
    for (size_t i = 0; i < a->findings->count; i++) {
        const Finding *x = &a->findings->items[i], *y = &b->findings->items[i];
        assert_string_equal(x->text, y->text);
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(x->from_ns, y->from_ns);
        assert_int_equal(x->to_ns, y->to_ns);
        same_number(x->level, y->level);
    }
}

void same_knee(const Knee *a, const Knee *b) {
    assert_int_equal(a->is_known, b->is_known);
    assert_string_equal(a->text, b->text);
    assert_string_equal(a->why ? a->why : "", b->why ? b->why : "");
    assert_int_equal(a->levels, b->levels);
    for (size_t i = 0; i < a->levels; i++) {
        same_number(a->points[i].load, b->points[i].load);
        same_number(a->points[i].throughput, b->points[i].throughput);
    }
}

static void same_gauge(const Gauge *a, const Gauge *b) {
    assert_int_equal(a->point_count, b->point_count);
    for (size_t i = 0; i < a->point_count; i++) {
        assert_int_equal(a->points[i].from_ns, b->points[i].from_ns);
        same_number(a->points[i].sum, b->points[i].sum);
    }
}

static void same_histories(const Snapshot *a, const Snapshot *b) {
    for (size_t i = 0; i < a->threshold_count; i++)
        same_gauge(a->thresholds[i].history, b->thresholds[i].history);
    for (size_t i = 0; i < a->alert_count; i++)
        same_gauge(a->alerts[i].history, b->alerts[i].history);
}

static void same_failures(const Failures *a, const Failures *b) {
    assert_int_equal(a->kind_count, b->kind_count);
    for (size_t k = 0; k < a->kind_count; k++) {
        const Failure *x = &a->kinds[k], *y = &b->kinds[k];
        assert_int_equal(x->count, y->count);
        assert_int_equal(x->first_ns, y->first_ns);
        assert_int_equal(x->example_count, y->example_count);
        for (size_t i = 0; i < x->example_count; i++) {
            const Example *m = &x->examples[i], *n = &y->examples[i];
            const char *body = strstr(m->request, "\n\n");
            size_t head =
                body ? (size_t)(body - m->request) : strlen(m->request);
            assert_int_equal(m->series, n->series);
            assert_int_equal(m->vu, n->vu);
            assert_int_equal(m->status, n->status);
            assert_int_equal(m->took_ns, n->took_ns);
            assert_int_equal(m->end_ns, n->end_ns);
            assert_string_equal(m->why, n->why);
            assert_string_equal(m->answer, n->answer);
            assert_int_equal(strlen(n->request), head);
            assert_memory_equal(m->request, n->request, head);
        }
    }
}

void same_verdicts(const Snapshot *a, const Snapshot *b) {
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
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->limits.now.count, b->limits.now.count);
    for (size_t i = 0; i < a->limits.now.count; i++) {
        const char *x = limits_was(&a->limits, i);
        const char *y = limits_was(&b->limits, i);
        assert_string_equal(x ? x : "as at first", y ? y : "as at first");
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

void same_run(Source *a, Source *b) {
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
    same_histories(x, y);
    same_failures(x->failures, y->failures);
    same_recoveries(x->recoveries, y->recoveries);
    same_findings(x, y);
    same_knee(x->knee, y->knee);
    same_wheel(source_wheel(a), source_wheel(b));
    assert_string_equal(a->info->name, b->info->name);
    assert_string_equal(a->info->target, b->info->target);
}

SavedRun *saved(const char *path) {
    Err err = { 0 };
    SavedRun *s = saved_open(path, &err);
    if (!s)
        fail_msg("%s", err.text);
    return s;
}
