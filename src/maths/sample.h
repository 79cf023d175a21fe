/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample.h: what a handful of numbers says: mean and its interval, median and
 * its spread. NaN in, NaN out, whatever else is there; an infinity stays one
 * where it can (a median) and gives NaN where it cannot (a spread). Nothing is
 * sorted in place. All are O(n) but the quantile, O(n log n). Pure. */
#ifndef ONRUSH_MATHS_SAMPLE_H
#define ONRUSH_MATHS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/* A value with a confidence interval; NaN where it cannot be said. */
typedef struct Estimate {
    double value, low, high;
} Estimate;

typedef struct SampleSummary {
    size_t count;
    double mean, stddev; /* of n - 1; NaN for fewer than two */
    double cv;           /* stddev / |mean|; NaN for a mean of 0 */
    double min, median, max;
    Estimate mean_estimate; /* Student's t (1908), at the level asked for; no
                               interval for fewer than two */
} SampleSummary;

/* level: of confidence, such as 0.95. count 0: all NaN. */
SampleSummary sample_summary(const double *x, size_t count, double level);

double sample_median(const double *x, size_t count);
/* Interpolated at q * (n - 1), as k6 and R's type 7 do; q 0..1, else
 * NaN. */
double sample_quantile(const double *x, size_t count, double q);
/* Median absolute deviation, unscaled. */
double sample_mad(const double *x, size_t count);
/* (v - median) / (1.4826 * MAD): how far v is from the others, in robust
 * standard deviations (Iglewicz & Hoaglin, 1993). NaN when MAD is 0. */
double sample_robust_z(const double *x, size_t count, double v);

#endif
