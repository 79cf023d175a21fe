/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend.h: does a value go up or down over time, and where did it jump?
 * NaN in x or y: NaN out. Pure. */
#ifndef ONRUSH_MATHS_TREND_H
#define ONRUSH_MATHS_TREND_H

#include "maths/sample.h"

typedef struct LineFit {
    double slope, intercept, r2; /* least squares; NaN: fewer than 2 x; r2
                                    NaN where all y are the same */
} LineFit;

LineFit trend_line(const double *x, const double *y, size_t count);

typedef struct SenFit {
    Estimate slope;   /* Theil (1950), Sen (1968): median of all slopes */
    double intercept; /* median of y - slope * x */
    double tau, p;    /* Kendall's tau-b, and Mann's test of no trend (1945),
                         two-sided: exact for at most 33 points without ties,
                         else the normal approximation with ties corrected */
} SenFit;

/* NaN for fewer than 3 different x; no interval where so few points do not
 * reach the level. O(n^2) in time and room: beyond TREND_SEN_POINTS points as
 * many blocks of neighbours in x stand for them, each with its medians. */
#define TREND_SEN_POINTS 1000
SenFit trend_sen(const double *x, const double *y, size_t count,
                 double level);

typedef struct ChangePoint {
    size_t at; /* index of the first value after the jump */
    double before, after; /* medians of the stretches beside it */
    double p;
} ChangePoint;

/* Jumps of the level, oldest first, at most max (the surest ones); returns how
 * many. By hierarchical division where the energy distance of both sides is
 * greatest, with a permutation test at p_max for each (E-divisive: Matteson &
 * James, "A nonparametric approach for multiple change point analysis of
 * multivariate data", JASA 109, 2014; its exponent is 1, a stretch at least
 * TREND_STRETCH values). Deterministic. For values that do not depend on each
 * other, such as runs: not for the seconds of one. The least p it can find is
 * 0.001, beyond 200 values 0.005. O(n log n) a round; beyond 4000 values
 * medians of neighbours stand for them, and a jump is found to within one
 * block. */
#define TREND_STRETCH 3
size_t trend_change_points(const double *y, size_t count, double p_max,
                           ChangePoint *to, size_t max);

#endif
