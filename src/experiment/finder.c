/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/finder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#define CONFIRMATIONS 3       /* that may fail */
#define EARLY_NS (3 * NS_PER_S)
#define REST_WINDOW_NS (3 * NS_PER_S)
#define REST_BLIND_NS (5 * NS_PER_S) /* nothing to compare with */
#define REST_NEAR 1.1                /* as a recovery counts it */
#define REST_NEAR_NS 5e6
#define REST_NEAR_ERRORS 0.001
#define DROPPED_MOST 0.01

static const struct {
    const char *name, *words;
} outcomes[] = {
#define X(id, name, words) { name, words },
    FIND_OUTCOMES(X)
#undef X
};

const char *find_outcome_name(FindOutcome o) {
    return outcomes[o].name;
}

const char *find_outcome_words(FindOutcome o) {
    return outcomes[o].words;
}

/* --- levels ------------------------------------------------------------- */

/* VUs are whole; rates have three digits. */
static double tidy(const FindSpec *s, double level) {
    if (!s->is_rate)
        return fmax(1, round(level));
    double grain = pow(10, floor(log10(level)) - 2);
    return round(level / grain) * grain;
}

FindSpec find_spec_default(double profile_peak, bool is_rate) {
    FindSpec s = {
        .precision = 0.05,
        .is_rate = is_rate,
        .settle_ns = 3 * NS_PER_S,
        .step_least_ns = 5 * NS_PER_S,
        .step_most_ns = 60 * NS_PER_S,
        .rest_most_ns = 30 * NS_PER_S,
        .limit_ns = 1800 * NS_PER_S,
    };
    s.max = tidy(&s, 4 * profile_peak);
    s.from = tidy(&s, profile_peak / 16);
    s.least = is_rate ? s.from / 64 : 1;
    return s;
}

int find_spec_check(const FindSpec *s, Err *err) {
    if (!(s->max > 0) || s->from > s->max)
        return err_set(err, "the search begins at %.10g and may go to %.10g "
                            "only: --from, --max",
                       s->from, s->max);
    if (s->settle_ns >= s->limit_ns)
        return err_set(err, "--limit leaves no time for a step");
    return 0;
}

/* --- steps -------------------------------------------------------------- */

void finder_init(Finder *f, const FindSpec *spec, const Goal *g) {
    *f = (Finder){ .spec = *spec, .goal = g, .broke = INFINITY };
    if (!spec->is_rate) /* VUs are whole */
        f->spec.max = fmax(1, floor(spec->max));
    f->spec.from = fmin(tidy(&f->spec, spec->from), f->spec.max);
    f->spec.least = fmin(f->spec.least, f->spec.from);
}

void finder_close(Finder *f) {
    free(f->steps);
    *f = (Finder){ 0 };
}

const FindStep *finder_last(const Finder *f) {
    return f->count ? &f->steps[f->count - 1] : NULL;
}

static const FindStep *last_at(const Finder *f, double level, bool held) {
    for (size_t i = f->count; i-- > 0;)
        if (f->steps[i].level == level && f->steps[i].held == held)
            return &f->steps[i];
    return NULL;
}

const FindStep *finder_held(const Finder *f) {
    return last_at(f, f->held, true);
}

const FindStep *finder_broke(const Finder *f) {
    return last_at(f, f->broke, false);
}

void finder_end(Finder *f, FindOutcome why) {
    if (f->outcome == FIND_RUNNING)
        f->outcome = why;
}

static FindAct end_as(Finder *f, FindOutcome why) {
    finder_end(f, why);
    return FIND_ENDS;
}

static FindAct go_to(Finder *f, double level, uint64_t now_ns) {
    f->level = level;
    f->phase = FIND_SETTLES;
    f->phase_ns = now_ns;
    return FIND_GOES;
}

/* The lowest level that held: the target is itself there. */
static const FindStep *base_of(const Finder *f) {
    const FindStep *base = NULL;
    for (size_t i = 0; i < f->count; i++)
        if (f->steps[i].held && (!base || f->steps[i].level < base->level))
            base = &f->steps[i];
    return base;
}

static FindAct rest_before(Finder *f, double next, uint64_t now_ns) {
    const FindStep *base = base_of(f);
    f->next = next;
    f->level = base ? base->level : tidy(&f->spec, f->spec.least);
    f->phase = FIND_RESTS;
    f->phase_ns = now_ns;
    f->rests++;
    return FIND_GOES;
}

/* --- where to go from here ---------------------------------------------- */

/* Half of the precision is left to the noise of the figures. */
static bool is_narrow(const Finder *f) {
    if (isinf(f->broke))
        return false;
    double gap = f->broke - f->held;
    double middle = tidy(&f->spec, (f->held + f->broke) / 2);
    return gap <= f->spec.precision / 2 * f->held || middle <= f->held ||
           middle >= f->broke;
}

/* A level held once, and broke when it was tried again: what held below it
 * is what is left. */
static double held_below(const Finder *f, double level) {
    double best = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->steps[i].held && f->steps[i].level < level)
            best = fmax(best, f->steps[i].level);
    return best;
}

static double next_level(const Finder *f) {
    if (isinf(f->broke))
        return fmin(tidy(&f->spec, f->held * 2), f->spec.max);
    if (f->held > 0)
        return tidy(&f->spec, (f->held + f->broke) / 2);
    return tidy(&f->spec, fmax(f->broke / 2, f->spec.least));
}

/* After a step that held or broke: the next one, or the end. */
static FindAct choose(Finder *f, bool must_rest, uint64_t now_ns) {
    const FindStep *last = finder_last(f);
    if (f->held >= f->spec.max)
        return end_as(f, FIND_CAP);
    if (f->held <= 0 && f->broke <= f->spec.least)
        return end_as(f, FIND_NONE);
    if (f->count >= FIND_STEPS_MAX)
        return end_as(f, FIND_LIMIT);
    f->confirms = false;
    double next;
    if (f->held > 0 && is_narrow(f)) {
        if (f->is_confirmed)
            return end_as(f, FIND_FOUND);
        if (f->failed_confirmations >= CONFIRMATIONS)
            return end_as(f, FIND_UNSHARP);
        f->confirms = true;
        next = f->held;
    } else {
        next = next_level(f);
    }
    return must_rest || !last->held ? rest_before(f, next, now_ns)
                                    : go_to(f, next, now_ns);
}

static FindAct judge(Finder *f, const FindStep *s, uint64_t now_ns) {
    if (s->held) {
        f->is_confirmed = s->is_confirmation;
        f->held = s->level;
        return choose(f, false, now_ns);
    }
    f->failed_confirmations += s->is_confirmation;
    f->broke = s->level;
    f->held = held_below(f, s->level);
    f->is_confirmed = false;
    return choose(f, true, now_ns);
}

/* --- measuring a step --------------------------------------------------- */

static bool is_too_few(const Finder *f, const GoalReading *r) {
    double dropped = (double)r->dropped, begun = (double)r->started + dropped;
    return f->spec.is_rate && dropped > DROPPED_MOST * begun;
}

static void say_why(const Finder *f, FindStep *s, size_t part) {
    const GoalPart *p = &f->goal->parts[part];
    UnitsText value;
    snprintf(s->why, sizeof s->why, "%.80s: %s", p->text,
             goal_value_text(p, s->reading.values[part].value, value));
}

/* The part that has the least room: the evidence of a step that held. */
static size_t closest(const Finder *f, const GoalReading *r) {
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < f->goal->count; i++) {
        double room = condition_margin(&f->goal->parts[i].condition,
                                       r->values[i].value);
        if (room < least) {
            least = room;
            best = i;
        }
    }
    return best;
}

static void judge_reading(const Finder *f, FindStep *s) {
    size_t part = 0;
    UnitsText text;
    s->held = goal_holds(f->goal, &s->reading, &part);
    if (s->held)
        part = closest(f, &s->reading);
    say_why(f, s, part);
    if (!is_too_few(f, &s->reading))
        return;
    double dropped = (double)s->reading.dropped;
    s->held = false;
    snprintf(s->why, sizeof s->why, "%s of the arrivals were dropped: no VU "
                                    "was free",
             units_percent(text,
                           dropped / ((double)s->reading.started + dropped)));
}

/* While the load still doubles, a value far from its limit needs no proof:
 * what it led to is tried again at the end. */
static bool is_measured(const Finder *f, uint64_t length,
                        const GoalReading *r) {
    const FindSpec *s = &f->spec;
    if (s->step_ns || length >= s->step_most_ns)
        return length >= s->step_ns;
    if (length < s->step_least_ns)
        return false;
    if (isinf(f->broke) && goal_is_far(f->goal, r))
        return true;
    return goal_has_enough(f->goal, r) && goal_is_clear(f->goal, r);
}

static FindAct measure_step(Finder *f, uint64_t now_ns, FindMeasure *measure,
                            void *data) {
    uint64_t length = now_ns - f->phase_ns;
    FindStep s = { .level = f->level,
                   .from_ns = f->phase_ns,
                   .to_ns = now_ns,
                   .is_confirmation = f->confirms };
    size_t broken = 0;
    if (length < EARLY_NS && (!f->spec.step_ns || length < f->spec.step_ns))
        return FIND_WAITS;
    measure(data, s.from_ns, s.to_ns, &s.reading);
    bool is_over = is_measured(f, length, &s.reading);
    s.is_early = !is_over && goal_is_hopeless(f->goal, &s.reading, &broken);
    if (!is_over && !s.is_early)
        return FIND_WAITS;
    if (s.is_early)
        say_why(f, &s, broken);
    else
        judge_reading(f, &s);
    mem_grow(f->steps, f->count, f->cap);
    f->steps[f->count++] = s;
    return judge(f, &s, now_ns);
}

/* --- rests -------------------------------------------------------------- */

static bool is_recovered(const Finder *f, uint64_t now_ns,
                         FindMeasure *measure, void *data) {
    const FindStep *base = base_of(f);
    uint64_t length = now_ns - f->phase_ns;
    GoalReading now;
    if (!base)
        return length >= REST_BLIND_NS;
    if (length < REST_WINDOW_NS + NS_PER_S)
        return false;
    measure(data, now_ns - REST_WINDOW_NS, now_ns, &now);
    double p95 = base->reading.p95, errors = base->reading.error_rate;
    return now.p95 <= fmax(p95 * REST_NEAR, p95 + REST_NEAR_NS) &&
           now.error_rate <= errors + REST_NEAR_ERRORS;
}

static FindAct rest(Finder *f, uint64_t now_ns, FindMeasure *measure,
                    void *data) {
    bool is_recovered_now = is_recovered(f, now_ns, measure, data);
    if (!is_recovered_now && now_ns - f->phase_ns < f->spec.rest_most_ns)
        return FIND_WAITS;
    f->rests_cut += !is_recovered_now;
    return go_to(f, f->next, now_ns);
}

FindAct finder_tick(Finder *f, uint64_t done_ns, FindMeasure *measure,
                    void *data) {
    if (f->outcome != FIND_RUNNING)
        return FIND_ENDS;
    if (f->level <= 0) {
        f->began_ns = done_ns;
        return go_to(f, f->spec.from, done_ns);
    }
    if (done_ns - f->began_ns >= f->spec.limit_ns)
        return end_as(f, FIND_LIMIT);
    switch (f->phase) {
    case FIND_SETTLES:
        if (done_ns - f->phase_ns >= f->spec.settle_ns) {
            f->phase = FIND_MEASURES;
            f->phase_ns = done_ns;
        }
        return FIND_WAITS;
    case FIND_MEASURES:
        return measure_step(f, done_ns, measure, data);
    case FIND_RESTS:
        return rest(f, done_ns, measure, data);
    }
    return FIND_WAITS;
}

/* --- words -------------------------------------------------------------- */

static void add_level(const Finder *f, double level, Text *to) {
    text_addf(to, "%.10g %s", level,
              f->spec.is_rate ? "arrivals/s"
              : level == 1    ? "VU"
                              : "VUs");
}

void finder_words(const Finder *f, Text *to) {
    const FindStep *held = finder_held(f), *broke = finder_broke(f);
    if (held) {
        add_level(f, held->level, to);
        text_addf(to, " %s (%s, %.4g requests/s)",
                  held->level == 1 ? "holds" : "hold", held->why,
                  held->reading.rps);
    }
    if (broke) {
        text_adds(to, held ? "; " : "");
        add_level(f, broke->level, to);
        text_addf(to, " %s not (%s)", broke->level == 1 ? "does" : "do",
                  broke->why);
    }
    if (!held && !broke)
        text_adds(to, "no step was finished");
}
