/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/corner.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define POINTS_MIN 5
#define PARAMETERS 3

typedef struct Lines {
    double lambda, fall, squares;
} Lines;

static double weight_of(const UslPoint *p) {
    return p->weight > 0 ? p->weight : 1;
}

static double squares_of(const UslPoint *p, size_t count, double corner,
                         const Lines *l) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double off = p[i].throughput - l->lambda * fmin(p[i].load, corner) +
                     l->fall * fmax(0, p[i].load - corner);
        sum += weight_of(&p[i]) * off * off;
    }
    return sum;
}

/* With the corner there both lines are a linear fit. */
static Lines lines_at(const UslPoint *p, size_t count, double corner) {
    double aa = 0, ab = 0, bb = 0, ax = 0, bx = 0;
    for (size_t i = 0; i < count; i++) {
        double w = weight_of(&p[i]), x = p[i].throughput;
        double a = fmin(p[i].load, corner);
        double b = -fmax(0, p[i].load - corner);
        aa += w * a * a;
        ab += w * a * b;
        bb += w * b * b;
        ax += w * a * x;
        bx += w * b * x;
    }
    double both = aa * bb - ab * ab;
    Lines l = { ax / aa, 0, 0 };
    double fall = both > 0 ? (aa * bx - ab * ax) / both : 0;
    if (fall > 0) {
        l.fall = fall;
        l.lambda = (bb * ax - ab * bx) / both;
    }
    l.squares = squares_of(p, count, corner, &l);
    return l;
}

CornerFit corner_fit(const UslPoint *p, size_t count) {
    CornerFit f = { .corner = { NAN, NAN, NAN },
                    .lambda = NAN,
                    .fall = NAN,
                    .r2 = NAN };
    double squares[CORNER_LOADS], loads[CORNER_LOADS];
    size_t best = 0, low = 0, high = CORNER_LOADS - 1;
    if (count < POINTS_MIN || !(p[count - 2].load > p[1].load))
        return f;
    double from = p[1].load, span = p[count - 2].load / from;
    for (size_t i = 0; i < CORNER_LOADS; i++) {
        loads[i] = from * pow(span, (double)i / (CORNER_LOADS - 1));
        squares[i] = lines_at(p, count, loads[i]).squares;
        best = squares[i] < squares[best] ? i : best;
    }
    Lines l = lines_at(p, count, loads[best]);
    double dof = (double)(count - PARAMETERS);
    double most = l.squares * (1 + gsl_cdf_fdist_Pinv(0.95, 1, dof) / dof);
    while (squares[low] > most)
        low++;
    while (squares[high] > most)
        high--;
    bool is_open = low == 0, is_endless = high + 1 == CORNER_LOADS;
    f.is_fitted = l.lambda > 0 && isfinite(l.squares);
    /* to the first that is excluded */
    f.corner = (Estimate){ loads[best], is_open ? 0 : loads[low - 1],
                           is_endless ? INFINITY : loads[high + 1] };
    f.lambda = l.lambda;
    f.fall = l.fall;
    f.r2 = usl_r2(p, count, l.squares);
    return f;
}
