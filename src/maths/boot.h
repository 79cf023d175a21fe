/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boot.h: confidence intervals by resampling (Efron & Tibshirani, "An
 * Introduction to the Bootstrap", 1993). The same seed gives the same
 * interval. NaN in, or no values: NaN out; of one value there is no interval,
 * nor where a round's statistic is NaN. Beyond 10 000 values the rounds become
 * fewer, so that about 20 million values are drawn, but never below 200.
 * Pure. */
#ifndef ONRUSH_MATHS_BOOT_H
#define ONRUSH_MATHS_BOOT_H

#include <stdint.h>

#include "maths/sample.h"

/* Of a sample that is at least one value; must not keep it. */
typedef double BootStatistic(const double *x, size_t count);

typedef struct BootOptions {
    size_t rounds; /* 0: 2000 */
    double level;  /* 0: 0.95 */
    uint64_t seed;
    /* Values that follow each other and depend on each other, such as the
     * seconds of a run, are drawn in blocks of this length (Künsch, 1989;
     * circular: Politis & Romano, 1992); 0: by n^(1/3); 1: independent. */
    size_t block;
} BootOptions;

/* Of one sample. BCa (Efron, 1987) for independent values, else the
 * percentile interval; so are the two below. */
Estimate boot_interval(const double *x, size_t count, BootStatistic *of,
                       const BootOptions *o);
/* Of (of(b) - of(a)) / |of(a)|. NaN where of(a) is 0; a round in which it is
 * counts as infinite, or as no change where of(b) is 0, too: high may be
 * infinite, and the sign of low and high is that of the difference. */
Estimate boot_change(const double *a, size_t na, const double *b, size_t nb,
                     BootStatistic *of, const BootOptions *o);
/* The same of values that belong together, a[i] and b[i] (the same second of
 * one plan), pairs drawn in blocks. */
Estimate boot_change_paired(const double *a, const double *b, size_t count,
                            BootStatistic *of, const BootOptions *o);

#endif
