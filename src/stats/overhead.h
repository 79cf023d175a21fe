/* SPDX-License-Identifier: GPL-3.0-or-later */
/* overhead.h: by how much one distribution of times lies above another, with
 * a 95 % confidence interval. Pure.
 *
 * Quantiles: the difference of the two sample quantiles; its variance is the
 * sum of theirs, each from the distance of two order statistics around it and
 * the exact binomial probability that they enclose it. For medians this is
 * Price & Bonett, "Distribution-free confidence intervals for difference and
 * ratio of medians", J. Stat. Comput. Simul. 72 (2002) 119-124; other
 * quantiles take the order statistics two standard deviations of
 * Binomial(n, q) away, as theirs are for q = 1/2.
 * Mean: Welch, "The generalization of 'Student's' problem when several
 * different population variances are involved", Biometrika 34 (1947) 28-35.
 *
 * Samples count as independent. Requests of one run are not wholly: a stall
 * meets several. The interleaving of variants makes that common to both, but
 * the interval does not know it. */
#ifndef ONRUSH_STATS_OVERHEAD_H
#define ONRUSH_STATS_OVERHEAD_H

#include "stats/hist.h"

/* NaN: too few samples; the value needs one in each, the interval as many as
 * put both order statistics within the sample (5 for a median, 94 for
 * p95), of a mean 2. */
typedef struct Overhead {
    double value, low, high; /* ns */
} Overhead;

/* q in 0..1, exclusive. */
Overhead overhead_quantile(const Hist *variant, const Hist *base, double q);
Overhead overhead_mean(const Hist *variant, const Hist *base);

#endif
