/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usl.h: the Universal Scalability Law (Gunther, "Guerrilla Capacity
 * Planning", 2007):
 *
 *   X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
 *
 * fitted by non-linear least squares (Levenberg-Marquardt, GSL), with
 * sigma, kappa >= 0. Pure. */
#ifndef ONRUSH_MATHS_USL_H
#define ONRUSH_MATHS_USL_H

#include "maths/sample.h"

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
     * never falls in the fit (kappa 0). The interval by resampling the
     * residuals. */
    Estimate peak_load;
    double peak_throughput; /* there; kappa 0: the limit lambda / sigma */
} UslFit;

/* At least 4 points at 3 different loads. */
UslFit usl_fit(const UslPoint *points, size_t count);
double usl_throughput(const UslFit *f, double load);
/* N / X(N): by Little's law the time of one request, in seconds when
 * throughput is per second. */
double usl_latency(const UslFit *f, double load);
/* The load at which X(N) / N, a user's share, has fallen to this much of
 * lambda (0..1): beyond the knee more users mostly wait. NaN: not fitted. */
double usl_load_at_efficiency(const UslFit *f, double share);

#endif
