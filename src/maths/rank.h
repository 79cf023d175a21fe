/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank.h: do two samples differ? Tests on ranks, which suppose no shape.
 * Pure. */
#ifndef ONRUSH_MATHS_RANK_H
#define ONRUSH_MATHS_RANK_H

#include "maths/sample.h"

typedef struct RankTest {
    double statistic; /* U of the first sample, or W+ */
    double z;         /* with ties and continuity corrected; NaN if exact */
    double p;         /* two-sided; NaN: too few values */
    bool is_exact;
} RankTest;

/* Mann & Whitney (1947). Exact when both have at most 20 values and there
 * are no ties, else the normal approximation. */
RankTest rank_mann_whitney(const double *a, size_t na, const double *b,
                           size_t nb);
/* Wilcoxon's signed ranks (1945) of b[i] - a[i]; differences of 0 are left
 * out. Exact up to 25 without ties. */
RankTest rank_wilcoxon(const double *a, const double *b, size_t count);
/* Hodges & Lehmann (1963): the median of all b[j] - a[i], with its
 * distribution-free interval. */
Estimate rank_shift(const double *a, size_t na, const double *b, size_t nb,
                    double level);
/* Cliff's delta (1993): P(b > a) - P(b < a), -1..1. */
double rank_cliff(const double *a, size_t na, const double *b, size_t nb);

#endif
