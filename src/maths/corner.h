/* SPDX-License-Identifier: GPL-3.0-or-later */
/* corner.h: throughput that rises straight and then stands, as the asymptotic
 * bounds of a closed system have it (Denning & Buzen, "The operational
 * analysis of queueing network models", ACM Computing Surveys 10, 1978):
 *
 *   X(N) = lambda min(N, C) - fall max(0, N - C)
 *
 * A target with a fixed number of workers does so, where the scaling law
 * (usl.h) can only bend. Pure. */
#ifndef ONRUSH_MATHS_CORNER_H
#define ONRUSH_MATHS_CORNER_H

#include "maths/usl.h"

/* The corner is looked for at so many loads, by equal factors. */
#define CORNER_LOADS 400

typedef struct CornerFit {
    bool is_fitted;  /* else too few points, or none rises */
    Estimate corner; /* C; 95 %, where the sum of squares is not beyond what
                        F(1, n - 3) allows; an end that reaches the second
                        load, or the last but one, is 0 or infinity */
    double lambda, fall; /* both 0 or above */
    double r2;
} CornerFit;

/* At least 5 points, ascending by load, each load and throughput above 0;
 * two or more lie on either side of the corner. About 0.1 ms for 64. */
CornerFit corner_fit(const UslPoint *points, size_t count);

#endif
