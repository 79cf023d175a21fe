/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/order.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool order_has_nan(const double *x, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isnan(x[i]))
            return true;
    return false;
}

bool order_is_finite(const double *x, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

double *order_copy(const double *x, size_t count) {
    double *to = mem_alloc(count ? count : 1, sizeof *to);
    if (count)
        memcpy(to, x, count * sizeof *to);
    return to;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double *order_sorted(const double *x, size_t count) {
    double *to = order_copy(x, count);
    qsort(to, count, sizeof *to, ascending);
    return to;
}

double order_median(double *x, size_t count) {
    size_t half = count / 2;
    double high = gsl_stats_select(x, 1, count, half);
    if (count % 2)
        return high;
    double low = x[0];
    for (size_t i = 1; i < half; i++)
        low = fmax(low, x[i]);
    return low == high ? low : low / 2 + high / 2;
}
