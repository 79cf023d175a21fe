/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rank.h: do two samples differ? Tests on ranks, which suppose no shape.
 * NaN in, or no values: NaN out. O(n log n) each, whatever n. Pure. */
#ifndef ONRUSH_MATHS_RANK_H
#define ONRUSH_MATHS_RANK_H

#include <stdbool.h>
#include <stddef.h>

typedef struct RankTest {
    double statistic; /* U of the first sample (how often it is above the
                         second), or W+ */
    double z;         /* with ties and continuity corrected; NaN if exact,
                         0 (and p 1) where all values are the same */
    double p;         /* two-sided; NaN: no values */
    bool is_exact;
} RankTest;

/* Mann & Whitney (1947). Exact when both have at most 20 values and there
 * are no ties, else the normal approximation. */
RankTest rank_mann_whitney(const double *a, size_t na, const double *b,
                           size_t nb);
/* Wilcoxon's signed ranks (1945) of b[i] - a[i]; differences of 0 are left
 * out. Exact up to 25 without ties. */
RankTest rank_wilcoxon(const double *a, const double *b, size_t count);

#endif
