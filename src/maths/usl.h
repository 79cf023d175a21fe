/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usl.h: the Universal Scalability Law (Gunther, "Guerrilla Capacity
 * Planning", 2007):
 *
 *   X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
 *
 * fitted by non-linear least squares (Levenberg-Marquardt, GSL), with
 * sigma, kappa >= 0: contention and coherency. Every value is finite and above
 * 0, else nothing is fitted. Turns GSL's error handler off while it works: main
 * thread. Else pure. */
#ifndef ONRUSH_MATHS_USL_H
#define ONRUSH_MATHS_USL_H

#include "maths/sample.h"

/* The share of the highest throughput at which it is said to level off. */
#define USL_KNEE 0.95

typedef struct UslPoint {
    double load;       /* N: VUs, connections; above 0 */
    double throughput; /* X: requests/s */
    double weight;     /* 1 / variance; 0: 1 */
} UslPoint;

typedef struct UslFit {
    bool is_fitted;      /* else why says what lacks */
    const char *why;     /* a literal; NULL when fitted */
    Estimate lambda, sigma, kappa; /* 95 %, from the covariance */
    double r2;
    size_t points;
    /* Where throughput is highest: sqrt((1 - sigma) / kappa). Infinity: it
     * never falls in the fit (kappa 0). The 95 % interval by resampling the
     * residuals, which are drawn from a fixed seed; its high end may be
     * infinite. */
    Estimate peak_load;
    double peak_throughput; /* there; kappa 0: the limit lambda / sigma */
    /* The least load at which X(N) is USL_KNEE of peak_throughput: beyond it
     * there is little to gain, whether or not throughput ever falls. Better
     * determined than the peak, which is flat. Infinity: it never levels off
     * (kappa and sigma 0). */
    Estimate knee_load;
    double knee_throughput; /* there */
} UslFit;

/* At least 4 points at 3 different loads, at most 1000. A fit of 64 takes
 * less than 1 ms, most of it the intervals. */
UslFit usl_fit(const UslPoint *points, size_t count);
double usl_throughput(const UslFit *f, double load);
/* The share of the weighted variance of throughput that a curve explains with
 * this weighted sum of squares left. NaN: there is no variance. */
double usl_r2(const UslPoint *points, size_t count, double squares);

#endif
