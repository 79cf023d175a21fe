/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/rank.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "maths/order.h"

#define EXACT_MANN_WHITNEY 20
#define EXACT_WILCOXON 25

typedef struct Ranked {
    double value;
    bool is_first; /* of the first sample, or of a positive difference */
} Ranked;

static const RankTest untested = { NAN, NAN, NAN, false };

static int by_value(const void *a, const void *b) {
    double x = ((const Ranked *)a)->value, y = ((const Ranked *)b)->value;
    return (x > y) - (x < y);
}

/* Sorts r; the sum of the ranks (from 1, ties share their mean) of those that
 * are first, and of t^3 - t over the ties. */
static double rank_sum(Ranked *r, size_t count, double *ties) {
    double sum = 0;
    *ties = 0;
    qsort(r, count, sizeof *r, by_value);
    for (size_t i = 0, end; i < count; i = end) {
        size_t firsts = 0;
        for (end = i; end < count && r[end].value == r[i].value; end++)
            firsts += r[end].is_first;
        double t = (double)(end - i);
        sum += (double)firsts * (double)(i + 1 + end) / 2;
        *ties += t * t * t - t;
    }
    return sum;
}

/* From how many of the equally likely arrangements of a statistic 0..top give
 * each value. */
static double exact_p(const double *ways, size_t top, size_t at) {
    double below = 0, above = 0, all = 0;
    for (size_t i = 0; i <= top; i++) {
        all += ways[i];
        below += i <= at ? ways[i] : 0;
        above += i >= at ? ways[i] : 0;
    }
    return fmin(1, 2 * fmin(below, above) / all);
}

/* ways[u]: choices of na ranks among na + nb whose U is u: the coefficients of
 * the Gaussian binomial, the product of (1 - q^(nb + i)) / (1 - q^i). */
static void ways_mann_whitney(double *ways, size_t na, size_t nb) {
    size_t top = na * nb;
    memset(ways, 0, (top + 1) * sizeof *ways);
    ways[0] = 1;
    for (size_t i = 1; i <= na; i++) {
        for (size_t u = top + 1; u-- > nb + i;)
            ways[u] -= ways[u - nb - i];
        for (size_t u = i; u <= top; u++)
            ways[u] += ways[u - i];
    }
}

/* ways[w]: subsets of the ranks 1..n whose sum is w. */
static void ways_wilcoxon(double *ways, size_t n, size_t top) {
    memset(ways, 0, (top + 1) * sizeof *ways);
    ways[0] = 1;
    for (size_t i = 1; i <= n; i++)
        for (size_t w = top + 1; w-- > i;)
            ways[w] += ways[w - i];
}

/* The normal approximation, half a step nearer to the mean. */
static RankTest approximate(double statistic, double mean, double variance) {
    double away = statistic - mean;
    RankTest t = { statistic, 0, 1, false };
    if (variance > 0) {
        t.z = copysign(fmax(0, fabs(away) - 0.5), away) / sqrt(variance);
        t.p = fmin(1, 2 * gsl_cdf_ugaussian_Q(fabs(t.z)));
    }
    return t;
}

RankTest rank_mann_whitney(const double *a, size_t na, const double *b,
                           size_t nb) {
    if (!na || !nb || order_has_nan(a, na) || order_has_nan(b, nb))
        return untested;
    size_t n = na + nb;
    Ranked *all = mem_alloc(n, sizeof *all);
    double ties, x = (double)na, y = (double)nb, both = (double)n;
    for (size_t i = 0; i < n; i++)
        all[i] = (Ranked){ i < na ? a[i] : b[i - na], i < na };
    double u = rank_sum(all, n, &ties) - x * (x + 1) / 2;
    free(all);
    if (ties > 0 || na > EXACT_MANN_WHITNEY || nb > EXACT_MANN_WHITNEY)
        return approximate(u, x * y / 2,
                           x * y / 12 * (both + 1 - ties / both / (both - 1)));
    double ways[EXACT_MANN_WHITNEY * EXACT_MANN_WHITNEY + 1];
    ways_mann_whitney(ways, na, nb);
    return (RankTest){ u, NAN, exact_p(ways, na * nb, (size_t)u), true };
}

RankTest rank_wilcoxon(const double *a, const double *b, size_t count) {
    Ranked *all = mem_alloc(count ? count : 1, sizeof *all);
    size_t n = 0;
    bool is_known = true;
    for (size_t i = 0; i < count; i++) {
        double d = b[i] - a[i];
        is_known = is_known && !isnan(d);
        if (d != 0)
            all[n++] = (Ranked){ fabs(d), d > 0 };
    }
    double ties, m = (double)n;
    double w = is_known ? rank_sum(all, n, &ties) : 0;
    free(all);
    if (!n || !is_known)
        return untested;
    if (ties > 0 || n > EXACT_WILCOXON)
        return approximate(w, m * (m + 1) / 4,
                           m * (m + 1) * (2 * m + 1) / 24 - ties / 48);
    size_t top = n * (n + 1) / 2;
    double ways[EXACT_WILCOXON * (EXACT_WILCOXON + 1) / 2 + 1];
    ways_wilcoxon(ways, n, top);
    return (RankTest){ w, NAN, exact_p(ways, top, (size_t)w), true };
}
