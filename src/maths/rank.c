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

/* Differences of two ascending samples, never written out. */
typedef struct Differences {
    const double *a, *b;
    size_t na, nb;
} Differences;

static size_t count_to(const Differences *d, double limit) {
    size_t total = 0, i = 0;
    for (size_t j = 0; j < d->nb; j++) {
        while (i < d->na && d->b[j] - d->a[i] > limit)
            i++;
        total += d->na - i;
    }
    return total;
}

/* Doubles in their order as whole numbers, and back. */
static uint64_t to_whole(double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double from_whole(uint64_t w) {
    double v;
    w = w >> 63 ? w & ~(UINT64_C(1) << 63) : ~w;
    memcpy(&v, &w, sizeof v);
    return v;
}

/* The k-th least difference, k from 1: halves the doubles between the least
 * and the greatest, at most 64 times. */
static double difference(const Differences *d, size_t k) {
    uint64_t low = to_whole(d->b[0] - d->a[d->na - 1]);
    uint64_t high = to_whole(d->b[d->nb - 1] - d->a[0]);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count_to(d, from_whole(middle)) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return from_whole(low) + 0.0;
}

/* How many differences lie outside the interval on each side: the quantile of
 * U at half of what is outside; 0: so few values do not reach the level. */
static size_t outside(size_t na, size_t nb, double level) {
    double part = (1 - level) / 2, x = (double)na, y = (double)nb;
    if (na > EXACT_MANN_WHITNEY || nb > EXACT_MANN_WHITNEY) {
        double at = x * y / 2 + gsl_cdf_ugaussian_Pinv(part) *
                                    sqrt(x * y * (x + y + 1) / 12);
        return at > 0 ? (size_t)ceil(at) : 0;
    }
    double ways[EXACT_MANN_WHITNEY * EXACT_MANN_WHITNEY + 1];
    double all = 0, below = 0;
    ways_mann_whitney(ways, na, nb);
    for (size_t u = 0; u <= na * nb; u++)
        all += ways[u];
    for (size_t u = 0; u <= na * nb; u++)
        if ((below += ways[u]) >= part * all)
            return u;
    return 0;
}

Estimate rank_shift(const double *a, size_t na, const double *b, size_t nb,
                    double level) {
    Estimate e = { NAN, NAN, NAN };
    if (!na || !nb || !order_is_finite(a, na) || !order_is_finite(b, nb))
        return e;
    double *x = order_sorted(a, na), *y = order_sorted(b, nb);
    Differences d = { x, y, na, nb };
    size_t all = na * nb;
    double high = difference(&d, all / 2 + 1);
    e.value = all % 2 ? high : (difference(&d, all / 2) + high) / 2;
    size_t out = level > 0 && level < 1 ? outside(na, nb, level) : 0;
    if (out > 0) {
        e.low = difference(&d, out);
        e.high = difference(&d, all - out + 1);
    }
    free(x);
    free(y);
    return e;
}

double rank_cliff(const double *a, size_t na, const double *b, size_t nb) {
    if (!na || !nb || order_has_nan(a, na) || order_has_nan(b, nb))
        return NAN;
    double *x = order_sorted(a, na), *y = order_sorted(b, nb), sum = 0;
    for (size_t j = 0, below = 0, to = 0; j < nb; j++) {
        while (below < na && x[below] < y[j])
            below++;
        while (to < na && x[to] <= y[j])
            to++;
        sum += (double)below - (double)(na - to);
    }
    free(x);
    free(y);
    return sum / ((double)na * (double)nb);
}
