/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/sample.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "maths/order.h"

static const Estimate unknown = { NAN, NAN, NAN };

/* Compensated (Neumaier, 1974), so that 100 000 values keep their digits. */
static double mean_of(const double *x, size_t count) {
    double sum = 0, lost = 0;
    for (size_t i = 0; i < count; i++) {
        double t = sum + x[i];
        lost += fabs(sum) >= fabs(x[i]) ? (sum - t) + x[i] : (x[i] - t) + sum;
        sum = t;
    }
    return (isfinite(sum) ? sum + lost : sum) / (double)count;
}

static double stddev_of(const double *x, size_t count, double mean) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return count < 2 ? NAN : sqrt(sum / (double)(count - 1));
}

static Estimate mean_interval(double mean, double stddev, size_t count,
                              double level) {
    Estimate e = { mean, NAN, NAN };
    if (count < 2 || !(level > 0 && level < 1))
        return e;
    double t = gsl_cdf_tdist_Pinv(0.5 + level / 2, (double)(count - 1));
    double half = t * stddev / sqrt((double)count);
    e.low = mean - half;
    e.high = mean + half;
    return e;
}

SampleSummary sample_summary(const double *x, size_t count, double level) {
    SampleSummary s = { .count = count,
                        .mean = NAN,
                        .stddev = NAN,
                        .cv = NAN,
                        .min = NAN,
                        .median = NAN,
                        .max = NAN,
                        .mean_estimate = unknown };
    if (!count || order_has_nan(x, count))
        return s;
    s.min = s.max = x[0];
    for (size_t i = 1; i < count; i++) {
        s.min = fmin(s.min, x[i]);
        s.max = fmax(s.max, x[i]);
    }
    s.mean = mean_of(x, count);
    s.stddev = stddev_of(x, count, s.mean);
    s.cv = s.mean != 0 ? s.stddev / fabs(s.mean) : NAN;
    s.median = sample_median(x, count);
    s.mean_estimate = mean_interval(s.mean, s.stddev, count, level);
    return s;
}

double sample_median(const double *x, size_t count) {
    if (!count || order_has_nan(x, count))
        return NAN;
    double *copy = order_copy(x, count);
    double median = order_median(copy, count);
    free(copy);
    return median;
}

double sample_quantile(const double *x, size_t count, double q) {
    if (!count || !(q >= 0 && q <= 1) || order_has_nan(x, count))
        return NAN;
    double *sorted = order_sorted(x, count);
    double at = q * (double)(count - 1), part = at - floor(at);
    size_t i = (size_t)at;
    double low = sorted[i], high = sorted[i + 1 < count ? i + 1 : i];
    free(sorted);
    return part == 0 || low == high ? low : low + part * (high - low);
}

double sample_mad(const double *x, size_t count) {
    double median = sample_median(x, count);
    if (!isfinite(median))
        return NAN;
    double *away = order_copy(x, count);
    for (size_t i = 0; i < count; i++)
        away[i] = fabs(away[i] - median);
    double mad = order_median(away, count);
    free(away);
    return mad;
}

double sample_robust_z(const double *x, size_t count, double v) {
    double mad = sample_mad(x, count);
    return mad > 0 ? (v - sample_median(x, count)) / (1.4826 * mad) : NAN;
}
