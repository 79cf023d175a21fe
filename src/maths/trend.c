/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/trend.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "maths/order.h"

#define EXACT_KENDALL 33

typedef struct Point {
    double x, y;
} Point;

static double mean_of(const double *x, size_t count) {
    double sum = 0, off = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    for (size_t i = 0; i < count; i++)
        off += x[i] - sum / (double)count;
    return (sum + off) / (double)count;
}

LineFit trend_line(const double *x, const double *y, size_t count) {
    LineFit f = { NAN, NAN, NAN };
    if (!count || !order_is_finite(x, count) || !order_is_finite(y, count))
        return f;
    double mx = mean_of(x, count), my = mean_of(y, count);
    double xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < count; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
        yy += (y[i] - my) * (y[i] - my);
    }
    if (!(xx > 0))
        return f;
    f.slope = xy / xx;
    f.intercept = my - f.slope * mx;
    f.r2 = yy > 0 ? xy / xx * (xy / yy) : NAN;
    return f;
}

static int by_x(const void *a, const void *b) {
    const Point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->y > q->y) - (p->y < q->y);
}

/* The points, or the medians of as many blocks; returns how many. */
static size_t reduce(const double *x, const double *y, size_t count,
                     Point *to) {
    Point *all = mem_alloc(count, sizeof *all);
    double *some = mem_alloc(count, sizeof *some);
    size_t blocks = count < TREND_SEN_POINTS ? count : TREND_SEN_POINTS;
    for (size_t i = 0; i < count; i++)
        all[i] = (Point){ x[i], y[i] };
    qsort(all, count, sizeof *all, by_x);
    for (size_t b = 0; b < blocks; b++) {
        size_t from = b * count / blocks, n = (b + 1) * count / blocks - from;
        for (size_t i = 0; i < n; i++)
            some[i] = all[from + i].x;
        to[b].x = order_median(some, n);
        for (size_t i = 0; i < n; i++)
            some[i] = all[from + i].y;
        to[b].y = order_median(some, n);
    }
    free(some);
    free(all);
    return blocks;
}

/* Sums over runs of t equal values: of t(t-1)(2t+5), t(t-1)(t-2), t(t-1). */
typedef struct Ties {
    double of_s, three, two;
} Ties;

static Ties count_ties(double *values, size_t count) {
    Ties sum = { 0 };
    double *v = order_sorted(values, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && v[end] == v[i]; end++)
            ;
        double t = (double)(end - i);
        sum.two += t * (t - 1);
        sum.three += t * (t - 1) * (t - 2);
        sum.of_s += t * (t - 1) * (2 * t + 5);
    }
    free(v);
    return sum;
}

/* Two-sided, of S over n points without ties: the ways of each number of
 * inversions, as shares. */
static double exact_kendall(double s, size_t n) {
    enum { TOP = EXACT_KENDALL * (EXACT_KENDALL - 1) / 2 };
    double ways[TOP + 1] = { 1 }, next[TOP + 1], p = 0;
    size_t top = 0, pairs = n * (n - 1) / 2;
    for (size_t k = 2; k <= n; k++) {
        double sum = 0;
        top += k - 1;
        for (size_t i = 0; i <= top; i++) {
            sum += i + k <= top + 1 ? ways[i] : 0;
            sum -= i >= k ? ways[i - k] : 0;
            next[i] = sum / (double)k;
        }
        for (size_t i = 0; i <= top; i++)
            ways[i] = next[i];
    }
    for (size_t i = 0; i <= pairs; i++)
        if (fabs((double)pairs - 2 * (double)i) >= fabs(s))
            p += ways[i];
    return fmin(1, p);
}

/* Kendall, "Rank Correlation Methods", 1970, with ties in both; half a step
 * of S (which moves by two) nearer to no trend. Returns the deviation of S. */
static double kendall(const Point *p, size_t n, double s, SenFit *f) {
    double *v = mem_alloc(n, sizeof *v), m = (double)n, pairs = m * (m - 1);
    for (size_t i = 0; i < n; i++)
        v[i] = p[i].x;
    Ties x = count_ties(v, n);
    for (size_t i = 0; i < n; i++)
        v[i] = p[i].y;
    Ties y = count_ties(v, n);
    free(v);
    double variance = (pairs * (2 * m + 5) - x.of_s - y.of_s) / 18 +
                      x.two * y.two / (2 * pairs) +
                      x.three * y.three / (9 * pairs * (m - 2));
    double shared = sqrt((pairs - x.two) * (pairs - y.two));
    f->tau = shared > 0 ? 2 * s / shared : NAN;
    if (!(variance > 0))
        f->p = 1;
    else if (n <= EXACT_KENDALL && x.two + y.two == 0)
        f->p = exact_kendall(s, n);
    else
        f->p = 2 * gsl_cdf_ugaussian_Q(fmax(0, fabs(s) - 1) / sqrt(variance));
    f->p = fmin(1, f->p);
    return sqrt(fmax(0, variance));
}

/* Sen's interval: as many slopes are left out on both sides. */
static void sen_interval(double *slopes, size_t count, double deviation,
                         double level, Estimate *e) {
    double c = gsl_cdf_ugaussian_Pinv((1 + level) / 2) * deviation;
    double below = round(((double)count - c) / 2);
    double above = round(((double)count + c) / 2);
    if (!(level > 0 && level < 1) || below < 1 || above >= (double)count)
        return;
    e->low = gsl_stats_select(slopes, 1, count, (size_t)below - 1);
    e->high = gsl_stats_select(slopes, 1, count, (size_t)above);
}

static bool has_three(const Point *p, size_t n) {
    size_t different = n > 0;
    for (size_t i = 1; i < n && different < 3; i++)
        different += p[i].x != p[i - 1].x;
    return different >= 3;
}

SenFit trend_sen(const double *x, const double *y, size_t count,
                 double level) {
    SenFit f = { { NAN, NAN, NAN }, NAN, NAN, NAN };
    Point p[TREND_SEN_POINTS];
    if (!order_is_finite(x, count) || !order_is_finite(y, count))
        return f;
    size_t n = reduce(x, y, count, p), slopes = 0;
    if (!has_three(p, n))
        return f;
    double *slope = mem_alloc(n * (n - 1) / 2, sizeof *slope), s = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            if (p[k].x == p[i].x)
                continue;
            slope[slopes++] = (p[k].y - p[i].y) / (p[k].x - p[i].x);
            s += (p[k].y > p[i].y) - (p[k].y < p[i].y);
        }
    double deviation = kendall(p, n, s, &f);
    f.slope.value = order_median(slope, slopes);
    sen_interval(slope, slopes, deviation, level, &f.slope);
    for (size_t i = 0; i < n; i++)
        slope[i] = p[i].y - f.slope.value * p[i].x;
    f.intercept = order_median(slope, n);
    free(slope);
    return f;
}
