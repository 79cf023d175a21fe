/* SPDX-License-Identifier: GPL-3.0-or-later */
/* onrush find: a run that is steered towards the highest level at which a
 * goal holds. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "cmd/undisturbed.h"
#include "experiment/steer.h"
#include "profile/plans.h"
#include "report/experiments.h"

typedef struct Find {
    Finder finder;
    Goal goal;
    Steer steer;
    const Timeline *timeline;
    bool has_begun;
    double at;   /* level that was typed last */
    size_t told; /* steps that are in the log */
    Text status;
} Find;

static void measure(void *data, uint64_t from_ns, uint64_t to_ns,
                    GoalReading *to) {
    Find *f = data;
    goal_measure(&f->goal, f->timeline, from_ns, to_ns, to);
}

static const char *unit_of(const Find *f) {
    return f->finder.spec.is_rate ? "arrivals/s" : "VUs";
}

static void tell_steps(Find *f) {
    for (; f->told < f->finder.count; f->told++) {
        const FindStep *s = &f->finder.steps[f->told];
        Text t = { 0 };
        text_addf(&t, "find: %.10g %s %s, %s", s->level, unit_of(f),
                  s->held ? "held" : "did not hold", s->why);
        steer_mark(&f->steer, t.bytes);
        text_close(&t);
    }
}

static void finish(Find *f) {
    Text t = { 0 };
    text_addf(&t, "find: %s", find_outcome_words(f->finder.outcome));
    steer_mark(&f->steer, t.bytes);
    text_close(&t);
    if (f->finder.outcome != FIND_TAKEN)
        steer_type(&f->steer, "finish");
}

static void look(Find *f, const Snapshot *s, const Wheel *w) {
    f->timeline = s->timeline;
    if (s->health.is_bound)
        finder_end(&f->finder, FIND_GENERATOR);
    uint64_t done_ns = s->timeline->open_ns;
    FindAct act = finder_tick(&f->finder, done_ns, measure, f);
    tell_steps(f);
    if (act == FIND_GOES && f->finder.level != f->at)
        steer_level(&f->steer, w, f->finder.level, "1s");
    f->at = f->finder.level;
    if (act == FIND_ENDS)
        finish(f);
}

static bool next(void *data, Source *source, Text *command) {
    Find *f = data;
    const Wheel *w = source_wheel(source);
    if (!f->has_begun)
        steer_begin(&f->steer, w);
    f->has_begun = true;
    bool is_taken = steer_is_taken(&f->steer, w);
    if (f->finder.outcome == FIND_RUNNING && is_taken) {
        finder_end(&f->finder, FIND_TAKEN);
        finish(f);
    }
    if (steer_next(&f->steer, command))
        return true;
    if (f->finder.outcome != FIND_RUNNING || w->end != WHEEL_GOES_ON)
        return false;
    look(f, source_snapshot(source), w);
    return steer_next(&f->steer, command);
}

static void ended(void *data, Source *source) {
    (void)source;
    finder_end(&((Find *)data)->finder, FIND_ENDED);
}

static const char *status(void *data) {
    static const char *const phases[] = { "settles", "is measured",
                                          "rests before the next step" };
    Find *f = data;
    const Finder *x = &f->finder;
    text_clear(&f->status);
    if (x->outcome != FIND_RUNNING) {
        text_addf(&f->status, "find: %s", find_outcome_words(x->outcome));
        return f->status.bytes;
    }
    text_addf(&f->status, "find: step %zu, %.10g %s, %s", x->count + 1,
              x->level, unit_of(f), phases[x->phase]);
    if (x->held > 0)
        text_addf(&f->status, "; %.10g held", x->held);
    if (!isinf(x->broke))
        text_addf(&f->status, "; %.10g did not", x->broke);
    return f->status.bytes;
}

/* --- the command -------------------------------------------------------- */

static int read_spec(const Options *o, const Profile *p, FindSpec *s,
                     Err *err) {
    Wheel w;
    plans_to_wheel(p, &w);
    double peak = wheel_peak(&w);
    wheel_close(&w);
    *s = find_spec_default(peak, p->scenarios[0].plan.unit == PLAN_RATE);
    if (o->max > 0) {
        s->max = o->max;
        s->from = fmin(s->from, o->max);
    }
    if (o->from > 0) {
        s->from = o->from;
        s->least = fmin(s->least, s->is_rate ? o->from / 64 : 1);
    }
    if (o->precision > 0)
        s->precision = o->precision;
    s->step_ns = o->step_ns;
    if (o->find_limit_ns)
        s->limit_ns = o->find_limit_ns;
    return find_spec_check(s, err);
}

static int search(const Options *o, Profile *p) {
    Find f = { 0 };
    FindSpec spec;
    Err err = { 0 };
    MetricTable metrics = profile_metrics(p);
    if (!o->until) {
        text_to(stderr, "onrush find: what is to hold? --until 'p(95) < 500 "
                        "and http_req_failed < 1%%'\n");
        return EXIT_USAGE;
    }
    if (goal_read(&f.goal, &p->arena, o->until, &metrics, &err) < 0) {
        text_to(stderr, "onrush find: --until: column %d: %s\n", err.column,
                err.text);
        return EXIT_USAGE;
    }
    if (read_spec(o, p, &spec, &err) < 0) {
        text_to(stderr, "onrush find: %s\n", err.text);
        return EXIT_USAGE;
    }
    undisturbed(p);
    finder_init(&f.finder, &spec, &f.goal);
    const SessionPilot pilot = { &f, next, ended, status };
    const SessionExtras x = { .pilot = &pilot,
                              .find = &f.finder,
                              .to = o->json ? stderr : stdout };
    int rc = session_run(o, p, &x);
    if (o->json && rc != EXIT_USAGE) {
        Text t = { 0 };
        find_print_json(&f.finder, &t);
        fputs(t.bytes, stdout);
        text_close(&t);
    }
    text_close(&f.status);
    steer_close(&f.steer);
    finder_close(&f.finder);
    return rc;
}

int cmd_find(int argc, char **argv) {
    Options o;
    Profile p;
    int rc = options_read(&o, OPTIONS_FIND, argc, argv);
    if (rc)
        return rc < 0 ? EXIT_USAGE : EXIT_HELD;
    if (options_read_profile(&o, &p, "; nothing was sent") < 0)
        return EXIT_USAGE;
    rc = search(&o, &p);
    profile_close(&p);
    return rc;
}
