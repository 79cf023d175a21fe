/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comparison.h: has anything become worse? Two results are laid side by side;
 * a figure has regressed when it is worse by more than its limit and the
 * difference is beyond the noise. Pure; deterministic. */
#ifndef ONRUSH_COMPARE_COMPARISON_H
#define ONRUSH_COMPARE_COMPARISON_H

#include "compare/results.h"
#include "maths/sample.h"

/* Largest share that may be lost before it counts, by name: the first rule
 * that matches. A '*' at the end stands for any rest. */
typedef struct CompareLimit {
    const char *name;
    double share; /* 0.05 is 5 % */
} CompareLimit;

typedef struct CompareRules {
    const CompareLimit *limits; /* before the defaults; borrowed */
    size_t count;
    double level; /* of confidence; 0: 0.95 */
} CompareRules;

typedef enum ComparedVerdict {
    COMPARED_SAME,      /* within the limit, or within the noise */
    COMPARED_BETTER,
    COMPARED_REGRESSED,
    COMPARED_UNSURE, /* beyond the limit, but nothing says it is not noise */
    COMPARED_ONLY_ONE,  /* the other has no such figure */
} ComparedVerdict;

typedef struct Compared {
    const Figure *base, *now; /* NULL: not there */
    double change;            /* now / base - 1; NaN: base is 0 */
    Estimate interval;        /* of the change; NaN: no samples */
    double p;                 /* NaN: not tested */
    double limit;
    ComparedVerdict verdict;
    bool is_severe; /* regressed by more than 15 % */
    char why[120];  /* the verdict in words: "worse by 9.8 %, 8.1 to 11.6" */
} Compared;

typedef struct Comparison {
    const Results *base, *now; /* borrowed */
    Compared *items;           /* regressions first */
    size_t count, regressed, severe, better, unsure;
    Text notes; /* lines: stages differ, a run was steered, and so on */
} Comparison;

Comparison *comparison_new(const Results *base, const Results *now,
                           const CompareRules *rules);
void comparison_free(Comparison *c);
const char *compared_verdict_name(ComparedVerdict v); /* "regressed" */

#endif
