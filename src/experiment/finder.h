/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finder.h: closes in on the highest level of load at which a goal holds:
 * doubles it until the goal breaks, halves the gap until that is narrow, and
 * tries the level it found once more. A step settles first, then is measured
 * for as long as its figures need; one that clearly fails ends early, and the
 * target rests until it is itself again, so that no step pays for another.
 *
 * Pure: told which seconds of the run are finished, it says what is to be
 * done. Times are run time in ns, levels VUs or arrivals/s. */
#ifndef ONRUSH_EXPERIMENT_FINDER_H
#define ONRUSH_EXPERIMENT_FINDER_H

#include "experiment/goal.h"

#define FIND_WHY_MAX 120
#define FIND_STEPS_MAX 200

typedef struct FindSpec {
    double from, max, precision; /* 0.05: 5 % of the level */
    double least;                /* nothing below is tried */
    bool is_rate;
    uint64_t settle_ns;
    uint64_t step_ns;      /* 0: as the figures need, within these: */
    uint64_t step_least_ns, step_most_ns;
    uint64_t rest_most_ns;
    uint64_t limit_ns; /* of the whole search */
} FindSpec;

/* Times and so on that nobody said. max: of the profile's plan. */
FindSpec find_spec_default(double profile_peak, bool is_rate);
/* Are the numbers sensible together? -1 with err. */
int find_spec_check(const FindSpec *s, Err *err);

/* id, name in files, what is said of it */
#define FIND_OUTCOMES(X)                                                     \
    X(RUNNING, "running", "the search goes on")                              \
    X(FOUND, "found", "found the highest level that holds")                  \
    X(CAP, "cap", "even the highest level that was allowed holds")           \
    X(NONE, "none", "not even the lowest level holds")                       \
    X(UNSHARP, "unsharp",                                                    \
      "found a level that sometimes holds: the limit is not sharp")          \
    X(LIMIT, "time", "the time was over before the search was")              \
    X(GENERATOR, "generator-bound", "onrush itself became the limit")        \
    X(TAKEN, "taken", "the operator took the wheel: the search ended")       \
    X(ENDED, "ended", "the run ended before the search did")

typedef enum FindOutcome {
#define X(id, name, words) FIND_##id,
    FIND_OUTCOMES(X)
#undef X
} FindOutcome;

const char *find_outcome_name(FindOutcome o);
const char *find_outcome_words(FindOutcome o);

typedef struct FindStep {
    double level;
    uint64_t from_ns, to_ns; /* that was measured */
    GoalReading reading;
    bool held, is_early, is_confirmation;
    char why[FIND_WHY_MAX]; /* "p(95) < 500: 612 ms" */
} FindStep;

typedef enum FindPhase { FIND_SETTLES, FIND_MEASURES, FIND_RESTS } FindPhase;

typedef struct Finder {
    FindSpec spec;
    const Goal *goal; /* borrowed */
    FindOutcome outcome;
    FindStep *steps;
    size_t count, cap;
    FindPhase phase;
    uint64_t began_ns, phase_ns; /* whole seconds */
    double level;                /* that is wanted now */
    double next;                 /* FIND_RESTS: what comes then */
    bool confirms;               /* the step is a confirmation */
    size_t failed_confirmations;
    size_t rests, rests_cut; /* rests; ended by rest_most, not recovered */
    double held, broke;      /* 0; INFINITY: none yet */
    bool is_confirmed;
} Finder;

/* Figures of the finished seconds that begin in [from, to). */
typedef void FindMeasure(void *data, uint64_t from_ns, uint64_t to_ns,
                         GoalReading *to);

typedef enum FindAct {
    FIND_WAITS,
    FIND_GOES, /* to f->level */
    FIND_ENDS, /* f->outcome says how */
} FindAct;

/* g NULL is not allowed. The first tick asks for the first level. */
void finder_init(Finder *f, const FindSpec *spec, const Goal *g);
void finder_close(Finder *f);
/* Every second before done_ns is finished and measurable. Call it whenever
 * done_ns grew, or more often; after FIND_ENDS not again. */
FindAct finder_tick(Finder *f, uint64_t done_ns, FindMeasure *measure,
                    void *data);
/* It ends for another reason: what it has so far is its result. */
void finder_end(Finder *f, FindOutcome why);
/* The step that ended last; NULL: none has. */
const FindStep *finder_last(const Finder *f);
/* The step at the highest level that held, and at the lowest above it that
 * broke; NULL: none. */
const FindStep *finder_held(const Finder *f);
const FindStep *finder_broke(const Finder *f);
/* Appends the result in a sentence: "120 VUs hold: ...; 126 do not: ...". */
void finder_words(const Finder *f, Text *to);

#endif
