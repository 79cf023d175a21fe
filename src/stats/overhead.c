/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/overhead.h"

#include <math.h>

#define LEVEL 0.95

/* --- distributions ------------------------------------------------------ */

/* The normal quantile, by bisection: it is asked for a few times a run. */
static double normal_quantile(double p) {
    double low = -40, high = 40;
    for (int i = 0; i < 100; i++) {
        double mid = (low + high) / 2;
        if (0.5 * erfc(-mid / M_SQRT2) < p)
            low = mid;
        else
            high = mid;
    }
    return (low + high) / 2;
}

/* Student's t quantile from the normal one: Abramowitz & Stegun 26.7.5,
 * to 0.004 from three degrees of freedom on. */
static double student_quantile(double p, double df) {
    double z = normal_quantile(p), z2 = z * z;
    double g1 = (z2 + 1) / 4;
    double g2 = ((5 * z2 + 16) * z2 + 3) / 96;
    double g3 = (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
    double g4 =
        ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
    return z * (1 + (g1 + (g2 + (g3 + g4 / df) / df) / df) / df);
}

static double log_binomial(double n, double k, double q) {
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(q) +
           (n - k) * log1p(-q);
}

/* P(low <= B < high) of B ~ Binomial(n, q). */
static double binomial_between(double n, double q, double low, double high) {
    double p = exp(log_binomial(n, low, q)), sum = 0;
    for (double k = low; k < high; k++) {
        sum += p;
        p *= (n - k) / (k + 1) * q / (1 - q);
    }
    return fmin(sum, 1);
}

/* --- quantiles ---------------------------------------------------------- */

/* The rank-th smallest, from 1. */
static double order_statistic(const Hist *h, double rank) {
    return hist_quantile(h, (rank - 1) / ((double)h->count - 1));
}

/* Standard error of a sample's quantile, NaN when the sample is too small. */
static double quantile_error(const Hist *h, double q) {
    double n = (double)h->count;
    double middle = (n + 1) * q, half = 2 * sqrt(n * q * (1 - q));
    double low = round(middle - half), high = round(middle + half);
    if (n < 2 || low < 1 || high > n)
        return NAN;
    double between = binomial_between(n, q, low, high);
    double z = normal_quantile((1 + between) / 2);
    return (order_statistic(h, high) - order_statistic(h, low)) / (2 * z);
}

static Overhead around(double value, double reach) {
    return (Overhead){ value, value - reach, value + reach };
}

Overhead overhead_quantile(const Hist *variant, const Hist *base, double q) {
    double error =
        hypot(quantile_error(variant, q), quantile_error(base, q));
    return around(hist_quantile(variant, q) - hist_quantile(base, q),
                  error * normal_quantile((1 + LEVEL) / 2));
}

/* --- mean --------------------------------------------------------------- */

Overhead overhead_mean(const Hist *variant, const Hist *base) {
    double value = hist_mean(variant) - hist_mean(base);
    double n = (double)variant->count, m = (double)base->count;
    if (n < 2 || m < 2)
        return around(value, NAN);
    double a = hist_variance(variant) / n, b = hist_variance(base) / m;
    if (a + b == 0)
        return around(value, 0);
    double df = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1));
    return around(value,
                  student_quantile((1 + LEVEL) / 2, df) * sqrt(a + b));
}
