/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison.h: has anything become worse? Two results are laid side by side.
 * Pure; deterministic.
 *
 * A figure has regressed when
 *   1. it is worse by more than its limit (the value of the whole run),
 *   2. the difference is more than what matters at all: 0.1 ms, 5 failures or
 *      dropped iterations (more than the base's share makes of the new run),
 *      0.02 CPUs, and
 *   3. it is beyond the noise: the confidence interval of the change of the
 *      samples lies wholly on the worse side of no change, and the samples of
 *      a run are worse by more than the limit without any one stretch of
 *      n^(1/3) of its n pieces, too: a single stall is none.
 * Where onrush itself came late in one of the runs (answers lay unread for
 * more than 1 ms, p99, or 3 ms, p99.9), something else was on its CPUs, and perhaps on the
 * target's. That can only make times longer, and it comes and goes: there the
 * change of the quiet pieces, of the fifth that is the best (noise.c), has to
 * pass the limit, with an interval beyond no change; when only the whole run
 * is beyond the limit, that is UNSURE.
 * The interval is
 *   - of runs with one plan (stages alike within 1 % in levels and lengths,
 *     neither steered): the change of the mean of the pieces, drawn in pairs
 *     of the same second and in blocks, since seconds depend on each other
 *     (block bootstrap: Künsch, 1989; circular: Politis & Romano, 1992); p is
 *     Wilcoxon's of the same pairs (1945), and only told;
 *   - of other runs the same without pairs; p is Mann & Whitney's (1947);
 *   - of repeats and rounds of a benchmark the bootstrap of independent values
 *     (Efron & Tibshirani, 1993) of their mean, or of a figure that is a
 *     median of their median; here p must be small, too, since few values
 *     make narrow intervals;
 *   - of figures with standard errors alone normal, by the delta method (Casella
 *     & Berger, "Statistical Inference", 2002, 5.5.4);
 *   - where the base is 0, of the difference, which has no share: NaN.
 * Fewer than five pieces (or pairs of them), or no samples at all, prove
 * nothing: UNSURE. So, too, what is beyond the limit and within the noise.
 *
 * What a run says of itself by its samples is how it varied within; what
 * changed between two runs for the whole of each (another program on the
 * machine) looks like the target. Repeats see that, too. */
#ifndef ONRUSH_COMPARE_COMPARISON_H
#define ONRUSH_COMPARE_COMPARISON_H

#include "compare/results.h"
#include "maths/sample.h"

/* Largest share that may be lost before it counts, by name: the first rule
 * that matches. A name is a figure's ("http_req_duration p(95)"), a metric's
 * ("http_req_duration", with all its labels), a method's ("p(95)"), or a
 * beginning with '*' for any rest. */
typedef struct CompareLimit {
    const char *name;
    double share; /* 0.05 is 5 %; infinity: it is not judged */
} CompareLimit;

typedef struct CompareRules {
    const CompareLimit *limits; /* before the defaults; borrowed */
    size_t count;
    double level; /* of confidence; 0: 0.95 */
} CompareRules;

/* The defaults are in rules.c; this reads "NAME=SHARE" ("p(95)=8%", "max=0.2",
 * "p(99)=off"): 0 with name, to free(), and share; -1 with err. */
int compare_limit_read(const char *text, char **name, double *share, Err *err);
/* The share alone: "8%", "0.08", "off". */
int compare_share_read(const char *text, double *share, Err *err);

typedef enum ComparedVerdict {
    COMPARED_SAME,      /* within the limit */
    COMPARED_BETTER,    /* by more than the limit, beyond the noise */
    COMPARED_REGRESSED,
    COMPARED_UNSURE, /* beyond the limit, but nothing says it is not noise */
    COMPARED_ONLY_ONE,  /* the other has no such figure */
    COMPARED_SHOWN,     /* not judged: why says for what reason */
} ComparedVerdict;

typedef struct Compared {
    const Figure *base, *now; /* NULL: not there */
    double change;            /* (now - base) / |base|; NaN: base is 0 */
    Estimate interval;        /* of the change; NaN: no samples; high is
                                 infinite where the base is 0 for so long
                                 that nothing limits the share */
    double p;                 /* NaN: not tested */
    double limit;             /* NaN: no rule judges such a figure */
    ComparedVerdict verdict;
    bool is_severe; /* regressed by more than 15 % */
    char why[200];  /* the verdict in words: "worse by 9.8 %, 8.1 to 11.6" */
} Compared;

/* Of runs whose stages differ the figures of the whole run are SHOWN, and
 * those of stages that both have (name, levels, length) are judged, as
 * "http_req_duration{stage:NAME} p(95)" and so on. */
typedef struct Comparison {
    const Results *base, *now; /* borrowed */
    Compared *items; /* regressions first, then unsure, better, same, shown */
    size_t count, regressed, severe, better, unsure;
    Text notes; /* lines: stages differ, a run was steered, and so on; clean */
    size_t judged;
    double level;
    Figure *made; /* of stages; its own */
    size_t made_count;
} Comparison;

Comparison *comparison_new(const Results *base, const Results *now,
                           const CompareRules *rules);
void comparison_free(Comparison *c); /* NULL is fine */
const char *compared_verdict_name(ComparedVerdict v); /* "regressed" */
/* The line that decides: "regressed: 2 of 14 figures, 1 high". */
void comparison_headline(const Comparison *c, Text *to);

#endif
