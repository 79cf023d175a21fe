/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.json: k6's part (k6.c) and ours. doc/summary.md says what each
 * field means; change both together. */
#include "config.h"

#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "report/against.h"
#include "report/arrivals.h"
#include "report/experiments.h"
#include "report/figures.h"
#include "report/k6.h"
#include "report/knee.h"
#include "report/monitors.h"
#include "report/out.h"
#include "report/samples.h"
#include "stats/omission.h"

#define FORMAT_VERSION 1

/* --- the run ------------------------------------------------------------ */

static json_t *profile_of(const Report *r) {
    json_t *o = json_object();
    out_put(o, "name", out_text(r->info->name));
    out_put(o, "kind", out_text(r->info->kind));
    out_put(o, "description",
            out_text(r->profile ? r->profile->description : NULL));
    out_put(o, "target", out_text(r->info->target));
    out_put(o, "path", out_text(r->profile ? r->profile->path : NULL));
    return o;
}

static json_t *wall_time(time_t t) {
    struct tm tm;
    char text[64];
    if (!gmtime_r(&t, &tm) ||
        !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return json_null();
    return out_text(text);
}

static json_t *exit_of(const Report *r) {
    ReportEnd end = report_end(r);
    json_t *o = json_object();
    out_put(o, "status", end.is_cut ? json_null() : json_integer(end.status));
    out_put(o, "words", out_text(end.words));
    out_put(o, "signal", r->signal ? json_integer(r->signal) : json_null());
    return o;
}

/* JSON's readers round integers beyond 2^53: a text. */
static json_t *seed_of(const Report *r) {
    Text t = { 0 };
    text_addf(&t, "%llu", (unsigned long long)r->info->seed);
    json_t *o = out_text(t.bytes);
    text_close(&t);
    return o;
}

static json_t *environment(void) {
    struct utsname u;
    json_t *o = json_object();
    if (uname(&u) == 0) {
        Text kernel = { 0 };
        text_addf(&kernel, "%s %s %s", u.sysname, u.release, u.machine);
        out_put(o, "host", out_text(u.nodename));
        out_put(o, "kernel", out_text(kernel.bytes));
        text_close(&kernel);
    }
    out_put(o, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    return o;
}

static json_t *counting(const Snapshot *s) {
    const Slab *t = s->totals;
    uint64_t sent = 0;
    for (size_t i = 0; i < t->series_count; i++)
        sent += t->series[i].sent;
    json_t *o = json_object();
    out_put(o, "requests", out_count(slab_requests(t)));
    out_put(o, "failed", out_count(slab_failed(t)));
    out_put(o, "sent", out_count(sent));
    out_put(o, "retried", out_count(t->retried));
    out_put(o, "abandoned", out_count(t->abandoned));
    out_put(o, "discarded", out_count(t->discarded));
    out_put(o, "connects", out_count(t->connects));
    out_put(o, "iterations", out_count(t->iterations));
    out_put(o, "interrupted", out_count(t->interrupted));
    return o;
}

static json_t *busy_by_worker(const Health *h) {
    json_t *all = json_array();
    for (int i = 0; i < h->workers && i < HEALTH_WORKERS_MAX; i++)
        out_add(all, out_number(h->busy_by_worker[i]));
    return all;
}

static json_t *trend_or_null(const Hist *h) {
    return h->count ? k6_trend(h) : json_null();
}

static json_t *generator(const Report *r) {
    const Health *h = &r->snapshot->health;
    const Slab *run = r->snapshot->totals;
    json_t *o = json_object();
    out_put(o, "bound", json_boolean(h->is_bound));
    out_put(o, "bound_by", out_text(bound_name(h->bound_by)));
    out_put(o, "bound_since_ms",
            h->is_bound ? out_time(h->bound_since_ns) : json_null());
    out_put(o, "busy", out_number(h->busy));
    out_put(o, "busy_max", out_number(h->busy_max));
    out_put(o, "busy_by_worker", busy_by_worker(h));
    out_put(o, "cpu", out_number(h->cpu));
    out_put(o, "lag_ms", out_time(h->lag_ns));
    out_put(o, "schedule_lag_ms", trend_or_null(&run->lag));
    out_put(o, "read_lag_ms", trend_or_null(&run->read_lag));
    out_put(o, "workers", json_integer(r->info->workers));
    out_put(o, "cpus", out_text(r->info->cpus));
    out_put(o, "sockets", out_count(h->sockets));
    out_put(o, "descriptors", out_count(h->descriptors));
    out_put(o, "descriptors_max", out_count(h->descriptors_max));
    out_put(o, "ports_used", out_count(h->ports_used));
    out_put(o, "ports_max", out_count(h->ports_max));
    out_put(o, "lost", out_count(h->lost));
    return o;
}

static json_t *arrivals(const Report *r) {
    if (!arrivals_are_there(r))
        return json_null();
    ArrivalFigures a = arrivals_measure(r);
    Text words = { 0 };
    bool was_held = !arrivals_words(r, &words);
    json_t *o = json_object();
    out_put(o, "planned", out_number(a.planned));
    out_put(o, "started", out_count(a.started));
    out_put(o, "dropped", out_count(a.dropped));
    out_put(o, "achieved", out_number(a.achieved));
    out_put(o, "lag_p99_ms", out_ms(a.lag_p99));
    out_put(o, "max_vus", out_count(r->info->max_vus));
    out_put(o, "held", json_boolean(was_held));
    out_put(o, "text", out_text(words.bytes));
    text_close(&words);
    return o;
}

static json_t *omission(const Snapshot *s) {
    Text words = { 0 };
    if (!omission_words(s, &words))
        return json_null();
    json_t *o = json_object();
    out_put(o, "share", out_number(s->omission));
    out_put(o, "text", out_text(words.bytes));
    text_close(&words);
    return o;
}

/* --- verdicts ----------------------------------------------------------- */

static json_t *threshold_of(const ThresholdReading *t, const char *was) {
    static const char *const verdicts[] = { "holds", "broken", "undecided" };
    const Condition *c = &t->threshold->condition;
    Text name = { 0 };
    k6_name(&c->metric, c->of, &name);
    json_t *o = json_object();
    out_put(o, "metric", out_text(name.bytes));
    out_put(o, "threshold", out_text(t->threshold->text));
    if (was)
        out_put(o, "was", out_text(was));
    out_put(o, "verdict", out_text(verdicts[t->verdict]));
    out_put(o, "value", out_number(t->value));
    out_put(o, "limit", out_number(c->limit));
    out_put(o, "optional", json_boolean(t->threshold->optional));
    out_put(o, "abort", json_boolean(t->threshold->abort));
    text_close(&name);
    return o;
}

static json_t *thresholds(const Report *r) {
    const Snapshot *s = r->snapshot;
    json_t *all = json_array();
    for (size_t i = 0; i < s->threshold_count; i++)
        out_add(all, threshold_of(&s->thresholds[i],
                                  limits_was(&r->wheel->limits, i)));
    return all;
}

static json_t *alert_of(const AlertReading *r) {
    json_t *o = json_object(), *fired = json_array();
    for (size_t i = 0; i < r->firing_count; i++) {
        json_t *one = json_object();
        out_put(one, "at_s", out_number((double)r->firings[i].at_ns / 1e9));
        out_put(one, "for_s", out_number((double)r->firings[i].for_ns / 1e9));
        out_put(one, "worst", out_number(r->firings[i].worst));
        out_add(fired, one);
    }
    out_put(o, "name", out_text(r->alert->name));
    out_put(o, "text", out_text(r->alert->text));
    out_put(o, "severity",
            out_text(alert_severity_name(r->alert->severity)));
    out_put(o, "action", out_text(alert_action_name(r->alert->action)));
    out_put(o, "webhook", out_text(r->alert->webhook_shown));
    out_put(o, "exec", out_text(r->alert->exec));
    out_put(o, "limit", out_number(r->alert->condition.limit));
    out_put(o, "times", out_count(r->times));
    out_put(o, "total_s", out_number((double)r->total_ns / 1e9));
    out_put(o, "firing", json_boolean(r->is_firing));
    out_put(o, "fired", fired);
    return o;
}

static json_t *alerts(const Snapshot *s) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->alert_count; i++)
        out_add(all, alert_of(&s->alerts[i]));
    return all;
}

static json_t *interval_of(const Overhead *v) {
    json_t *o = json_object();
    out_put(o, "value", out_ms(v->value));
    out_put(o, "low", out_ms(v->low));
    out_put(o, "high", out_ms(v->high));
    return o;
}

static json_t *overhead(const Snapshot *s) {
    OverheadFigures *list;
    size_t n = overheads_measure(s, &list);
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        out_put(o, "variant", out_text(list[i].variant));
        out_put(o, "against", out_text(list[i].against));
        out_put(o, "samples", out_count(list[i].samples));
        out_put(o, "samples_against", out_count(list[i].samples_against));
        out_put(o, "p50_ms", interval_of(&list[i].p50));
        out_put(o, "p95_ms", interval_of(&list[i].p95));
        out_put(o, "avg_ms", interval_of(&list[i].avg));
        out_add(all, o);
    }
    free(list);
    return all;
}

/* --- what was executed -------------------------------------------------- */

static json_t *stage_of(const StageFigures *f) {
    json_t *o = json_object();
    out_put(o, "name", out_text(f->name));
    out_put(o, "origin", out_text(f->origin));
    out_put(o, "began_ms", out_time(f->began_ns));
    out_put(o, "length_ms", out_time(f->length_ns));
    out_put(o, "from", out_number(f->from));
    out_put(o, "to", out_number(f->to));
    out_put(o, "seconds", out_number(f->reading.seconds));
    out_put(o, "requests", out_count(f->reading.requests));
    out_put(o, "failed", out_count(f->reading.failed));
    out_put(o, "rps", out_number(f->reading.rps));
    out_put(o, "error_rate", out_number(f->reading.error_rate));
    out_put(o, "p50_ms", out_ms(f->reading.p50));
    out_put(o, "p90_ms", out_ms(f->reading.p90));
    out_put(o, "p95_ms", out_ms(f->reading.p95));
    out_put(o, "p99_ms", out_ms(f->reading.p99));
    out_put(o, "max_ms", out_ms(f->reading.max));
    out_put(o, "response_p50_ms", out_ms(f->response.p50));
    out_put(o, "response_p95_ms", out_ms(f->response.p95));
    out_put(o, "response_p99_ms", out_ms(f->response.p99));
    out_put(o, "started", out_count(f->started));
    out_put(o, "dropped", out_count(f->dropped));
    return o;
}

static json_t *stages(const Report *r, size_t scenario) {
    StageList list = stages_measure(r, scenario);
    json_t *all = json_array();
    for (size_t i = 0; i < list.count; i++)
        out_add(all, stage_of(&list.items[i]));
    free(list.items);
    return all;
}

static const char *unit_name(const Plan *p) {
    return p->unit == PLAN_RATE ? "arrivals/s" : "vus";
}

static json_t *scenarios(const Report *r) {
    const Wheel *w = r->wheel;
    const Snapshot *s = r->snapshot;
    json_t *all = json_array();
    for (size_t i = 0; i < w->plan_count; i++) {
        json_t *o = json_object();
        out_put(o, "name", out_text(w->names[i]));
        out_put(o, "unit", out_text(unit_name(&w->plans[i])));
        out_put(o, "started", i < s->scenario_count
                                  ? out_count(s->scenarios[i].started)
                                  : json_null());
        out_put(o, "stages", stages(r, i));
        out_add(all, o);
    }
    return all;
}

static json_t *actions(const Wheel *w) {
    json_t *all = json_array();
    for (size_t i = 0; i < w->action_count; i++) {
        json_t *o = json_object();
        out_put(o, "at_ms", out_time(w->actions[i].at_ns));
        out_put(o, "command", out_text(w->actions[i].command));
        out_put(o, "outcome", out_text(w->actions[i].outcome));
        out_add(all, o);
    }
    return all;
}

static json_t *events(const EventLog *log) {
    json_t *all = json_array();
    for (size_t i = 0; i < log->count; i++) {
        json_t *o = json_object();
        out_put(o, "at_ms", out_time(log->items[i].at_ns));
        out_put(o, "kind", out_text(event_kind_name(log->items[i].kind)));
        out_put(o, "text", out_text(log->items[i].text));
        out_add(all, o);
    }
    return all;
}

static json_t *recovery_of(const Recovery *r, uint64_t now_ns) {
    static const char *const states[] = { "under_load", "waiting", "recovered",
                                          "never", "unmeasured" };
    bool done = r->state == RECOVERY_DONE;
    bool measured = r->state != RECOVERY_UNMEASURED;
    json_t *o = json_object(), *base = json_object(), *worst = json_object();
    out_put(o, "cause", out_text(r->cause));
    out_put(o, "event", json_boolean(r->is_event));
    out_put(o, "state", out_text(states[r->state]));
    out_put(o, "began_ms", out_time(r->began_ns));
    out_put(o, "back_ms", r->back_ns ? out_time(r->back_ns) : json_null());
    out_put(o, "recovered_ms", done ? out_time(r->recovered_ns) : json_null());
    out_put(o, "recovery_ms",
            done ? out_time(recovery_time_ns(r, now_ns)) : json_null());
    out_put(o, "level_before", out_number(r->level_before));
    out_put(o, "level_peak", out_number(r->level_peak));
    out_put(base, "p95_ms", out_ms(measured ? r->base_p95 : NAN));
    out_put(base, "error_rate", out_number(measured ? r->base_errors : NAN));
    out_put(base, "rps", out_number(measured ? r->base_rps : NAN));
    out_put(worst, "p95_ms", out_ms(measured ? r->worst_p95 : NAN));
    out_put(worst, "error_rate", out_number(measured ? r->worst_errors : NAN));
    out_put(o, "baseline", base);
    out_put(o, "worst", worst);
    return o;
}

static json_t *recoveries(const Snapshot *s) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->recoveries->count; i++)
        out_add(all, recovery_of(&s->recoveries->items[i], s->now_ns));
    return all;
}

static json_t *findings(const Snapshot *s) {
    const FindingList *l = s->findings;
    json_t *all = json_array();
    for (size_t i = 0; l && i < l->count; i++) {
        const Finding *f = &l->items[i];
        json_t *o = json_object();
        out_put(o, "kind", out_text(finding_name(f->kind)));
        out_put(o, "heading", out_text(finding_heading(f->kind)));
        out_put(o, "from_ms", out_time(f->from_ns));
        out_put(o, "to_ms", f->to_ns ? out_time(f->to_ns) : json_null());
        out_put(o, "level", out_number(f->level));
        out_put(o, "text", out_text(f->text));
        out_add(all, o);
    }
    return all;
}

/* --- requests and errors ------------------------------------------------ */

static json_t *phases(const Slab *run, uint32_t series) {
    const Selection of = { .series = &series, .count = 1 };
    json_t *o = json_object();
    for (Phase p = 0; p < PHASE_COUNT; p++) {
        Hist h = { 0 };
        metric_hist((MetricId)((size_t)METRIC_HTTP_REQ_BLOCKED + p), run, &of,
                    &h);
        out_put(o, phase_name(p), k6_trend(&h));
        hist_close(&h);
    }
    return o;
}

static json_t *checks_of(const Snapshot *s, size_t series) {
    json_t *all = json_array();
    for (size_t i = 0; i < s->totals->check_count; i++) {
        if (snapshot_series_of(s, s->check_requests[i]) != series)
            continue;
        json_t *o = json_object();
        out_put(o, "name", out_text(s->check_names[i]));
        out_put(o, "passes", out_count(s->totals->checks[i].passed));
        out_put(o, "fails", out_count(s->totals->checks[i].failed));
        out_add(all, o);
    }
    return all;
}

static json_t *statuses(const SeriesSlab *x) {
    static const char *const names[] = { "1xx", "2xx", "3xx", "4xx", "5xx" };
    json_t *o = json_object();
    for (size_t i = 0; i < 5; i++)
        out_put(o, names[i], out_count(x->status[i + 1]));
    return o;
}

static json_t *fails_of(const SeriesSlab *x) {
    json_t *o = json_object();
    for (FailClass c = 0; c < FAIL_COUNT; c++)
        if (x->fail[c])
            out_put(o, fail_name(c), out_count(x->fail[c]));
    return o;
}

static json_t *request_of(const Report *r, size_t i) {
    const Snapshot *s = r->snapshot;
    const SeriesSlab *x = &s->totals->series[i];
    json_t *o = json_object();
    out_put(o, "name", out_text(s->series[i].series->name));
    out_put(o, "requests", out_count(x->requests));
    out_put(o, "failed", out_count(x->failed));
    out_put(o, "sent", out_count(x->sent));
    out_put(o, "rps", out_number(s->series[i].run.rps));
    out_put(o, "error_rate", out_number(s->series[i].run.error_rate));
    out_put(o, "bytes_in", out_count(x->bytes_in));
    out_put(o, "bytes_out", out_count(x->bytes_out));
    out_put(o, "status", statuses(x));
    out_put(o, "errors", fails_of(x));
    out_put(o, "duration_ms", k6_trend(&x->duration));
    out_put(o, "response_ms", k6_trend(&x->response));
    out_put(o, "phases_ms", phases(s->totals, (uint32_t)i));
    out_put(o, "checks", checks_of(s, i));
    return o;
}

static json_t *requests(const Report *r) {
    json_t *all = json_array();
    for (size_t i = 0; i < r->snapshot->series_count; i++)
        out_add(all, request_of(r, i));
    return all;
}

static json_t *errors(const Snapshot *s) {
    ErrorFigures list[FAIL_COUNT];
    size_t n = errors_count(s->totals, list);
    double total = (double)slab_requests(s->totals);
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        const char *example = slab_example_why(s->totals, list[i].class);
        json_t *o = json_object();
        out_put(o, "class", out_text(fail_name(list[i].class)));
        out_put(o, "count", out_count(list[i].count));
        out_put(o, "share", out_number((double)list[i].count / total));
        out_put(o, "meaning", out_text(fail_help(list[i].class)));
        out_put(o, "example", out_text(*example ? example : NULL));
        out_add(all, o);
    }
    return all;
}

/* --- the whole ---------------------------------------------------------- */

static json_t *ours(const Report *r) {
    const Snapshot *s = r->snapshot;
    json_t *o = json_object();
    out_put(o, "format", json_integer(FORMAT_VERSION));
    out_put(o, "version", out_text(PACKAGE_VERSION));
    out_put(o, "exit", exit_of(r));
    out_put(o, "profile", profile_of(r));
    out_put(o, "started", wall_time(r->started));
    out_put(o, "cut_off", json_boolean(r->end && r->end->is_cut));
    out_put(o, "duration_ms", out_time(s->now_ns));
    out_put(o, "transport", out_text(r->info->transport));
    out_put(o, "workers", json_integer(r->info->workers));
    out_put(o, "seed", seed_of(r));
    out_put(o, "load_unit",
            out_text(unit_name(&r->wheel->plans[0])));
    out_put(o, "was_steered", json_boolean(report_was_steered(r)));
    out_put(o, "ended_early",
            json_boolean(r->signal || s->stopped ||
                         r->wheel->end != WHEEL_GOES_ON));
    out_put(o, "thresholds", thresholds(r));
    out_put(o, "alerts", alerts(s));
    out_put(o, "against", against_of(r));
    out_put(o, "overhead", overhead(s));
    out_put(o, "stages", stages(r, 0));
    out_put(o, "scenarios", scenarios(r));
    out_put(o, "recovery", recoveries(s));
    out_put(o, "findings", findings(s));
    out_put(o, "knee", knee_json(s));
    out_put(o, "counting", counting(s));
    out_put(o, "arrivals", arrivals(r));
    out_put(o, "omission", omission(s));
    out_put(o, "errors", errors(s));
    out_put(o, "requests", requests(r));
    out_put(o, "actions", actions(r->wheel));
    out_put(o, "events", events(&r->wheel->log));
    out_put(o, "generator", generator(r));
    out_put(o, "monitors", monitors_of(r));
    out_put(o, "samples", samples_of(r));
    out_put(o, "find", find_json(r->find));
    out_put(o, "scaling", scale_json(r->scale));
    out_put(o, "environment", environment());
    return o;
}

static char *print(const Report *r, size_t flags) {
    out_begin();
    json_t *all = json_object();
    out_put(all, "metrics", k6_metrics(r));
    out_put(all, "root_group", k6_root_group(r));
    out_put(all, "state", k6_state(r));
    out_put(all, "options", k6_options());
    out_put(all, "onrush", ours(r));
    Text t = { 0 };
    out_print(all, flags, &t);
    return text_take(&t);
}

char *report_summary(const Report *r) {
    return print(r, JSON_INDENT(2));
}

char *report_summary_line(const Report *r) {
    return print(r, JSON_COMPACT);
}
