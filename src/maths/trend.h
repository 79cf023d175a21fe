/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend.h: does a value go up or down over time, and where did it jump?
 * Pure. */
#ifndef ONRUSH_MATHS_TREND_H
#define ONRUSH_MATHS_TREND_H

#include "maths/sample.h"

typedef struct LineFit {
    double slope, intercept, r2; /* least squares; NaN: fewer than 2 x */
} LineFit;

LineFit trend_line(const double *x, const double *y, size_t count);

typedef struct SenFit {
    Estimate slope;   /* Theil (1950), Sen (1968): median of all slopes */
    double intercept; /* median of y - slope * x */
    double tau, p;    /* Kendall's, and Mann's test of no trend (1945) */
} SenFit;

/* NaN for fewer than 3 different x. */
SenFit trend_sen(const double *x, const double *y, size_t count,
                 double level);

typedef struct ChangePoint {
    size_t at; /* index of the first value after the jump */
    double before, after; /* medians of the stretches beside it */
    double p;
} ChangePoint;

/* Jumps of the level, oldest first, at most max; returns how many. E-divisive
 * (Matteson & James, 2014) or as good: the header of the source says which,
 * with its source. Deterministic. */
size_t trend_change_points(const double *y, size_t count, double p_max,
                           ChangePoint *to, size_t max);

#endif
