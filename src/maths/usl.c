/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gunther's law is linear in 1/lambda, sigma/lambda and kappa/lambda as
 * N / X(N): that gives the start. Where the best fit has a negative sigma or
 * kappa, which the law excludes, the best one with it at 0 is taken. */
#include "maths/usl.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"

#define POINTS_MAX 1000
#define ITERATIONS 100
#define ROUNDS 500
#define CHANCE_DOF 30 /* beyond it the spread is taken as known */
#define CURVES 3 /* lambda, sigma, kappa: always in this order */

/* Which of sigma and kappa are free: as good as any first. */
static const bool freedoms[][CURVES] = {
    { true, true, true },
    { true, true, false },
    { true, false, true },
    { true, false, false },
};

typedef struct Curve {
    double at[CURVES];
} Curve;

typedef struct Problem {
    const UslPoint *points;
    size_t count;
    const bool *is_free;
} Problem;

static double weight_of(const UslPoint *p) {
    return p->weight > 0 ? p->weight : 1;
}

static double slowing(const Curve *c, double n) {
    return 1 + c->at[1] * (n - 1) + c->at[2] * n * (n - 1);
}

static double throughput(const Curve *c, double n) {
    return c->at[0] * n / slowing(c, n);
}

/* Of throughput by each of the three. */
static void slope(const Curve *c, double n, double *to) {
    double d = slowing(c, n), x = c->at[0] * n / d;
    to[0] = n / d;
    to[1] = -x * (n - 1) / d;
    to[2] = -x * n * (n - 1) / d;
}

static Curve curve_of(const gsl_vector *v, const bool *is_free) {
    Curve c = { { 0, 0, 0 } };
    for (size_t i = 0, k = 0; i < CURVES; i++)
        if (is_free[i])
            c.at[i] = gsl_vector_get(v, k++);
    return c;
}

static int residuals(const gsl_vector *v, void *arg, gsl_vector *to) {
    const Problem *p = arg;
    Curve c = curve_of(v, p->is_free);
    for (size_t i = 0; i < p->count; i++) {
        const UslPoint *o = &p->points[i];
        gsl_vector_set(to, i, throughput(&c, o->load) - o->throughput);
    }
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *v, void *arg, gsl_matrix *to) {
    const Problem *p = arg;
    Curve c = curve_of(v, p->is_free);
    for (size_t i = 0; i < p->count; i++) {
        double by[CURVES];
        slope(&c, p->points[i].load, by);
        for (size_t j = 0, k = 0; j < CURVES; j++)
            if (p->is_free[j])
                gsl_matrix_set(to, i, k++, by[j]);
    }
    return GSL_SUCCESS;
}

static size_t free_count(const bool *is_free) {
    size_t n = 0;
    for (size_t i = 0; i < CURVES; i++)
        n += is_free[i];
    return n;
}

/* The linear fit of N / X(N), weighted as its own variance is. */
static bool start(const Problem *p, gsl_vector *to) {
    size_t k = free_count(p->is_free);
    gsl_matrix *x = gsl_matrix_alloc(p->count, k);
    gsl_matrix *cov = gsl_matrix_alloc(k, k);
    gsl_vector *y = gsl_vector_alloc(p->count);
    gsl_vector *w = gsl_vector_alloc(p->count);
    gsl_multifit_linear_workspace *space =
        gsl_multifit_linear_alloc(p->count, k);
    double chisq;
    for (size_t i = 0; i < p->count; i++) {
        const UslPoint *o = &p->points[i];
        double n = o->load, share = o->throughput / n;
        double by[CURVES] = { 1, n - 1, n * (n - 1) };
        for (size_t j = 0, c = 0; j < CURVES; j++)
            if (p->is_free[j])
                gsl_matrix_set(x, i, c++, by[j]);
        gsl_vector_set(y, i, 1 / share);
        gsl_vector_set(w, i, weight_of(o) * pow(share, 4) * n * n);
    }
    int failed = gsl_multifit_wlinear(x, w, y, to, cov, &chisq, space);
    gsl_multifit_linear_free(space);
    gsl_vector_free(w);
    gsl_vector_free(y);
    gsl_matrix_free(cov);
    gsl_matrix_free(x);
    double lambda = 1 / gsl_vector_get(to, 0);
    if (failed || !isfinite(lambda) || lambda <= 0)
        return false;
    gsl_vector_set(to, 0, lambda);
    for (size_t i = 1; i < k; i++)
        gsl_vector_set(to, i, fmax(0, gsl_vector_get(to, i) * lambda));
    return true;
}

/* The least sum of squares with these free; infinity: none. */
static double least_squares(Problem *p, Curve *to) {
    gsl_multifit_nlinear_parameters how =
        gsl_multifit_nlinear_default_parameters();
    size_t k = free_count(p->is_free);
    gsl_multifit_nlinear_fdf f = { .f = residuals,
                                   .df = jacobian,
                                   .n = p->count,
                                   .p = k,
                                   .params = p };
    gsl_vector *at = gsl_vector_alloc(k), *w = gsl_vector_alloc(p->count);
    gsl_multifit_nlinear_workspace *space = gsl_multifit_nlinear_alloc(
        gsl_multifit_nlinear_trust, &how, p->count, k);
    double squares = INFINITY, left = 0;
    int info;
    for (size_t i = 0; i < p->count; i++)
        gsl_vector_set(w, i, weight_of(&p->points[i]));
    if (start(p, at) && !gsl_multifit_nlinear_winit(at, w, &f, space)) {
        int code = gsl_multifit_nlinear_driver(ITERATIONS, 1e-12, 1e-12, 0,
                                               NULL, NULL, &info, space);
        gsl_blas_ddot(space->f, space->f, &left);
        *to = curve_of(gsl_multifit_nlinear_position(space), p->is_free);
        if ((code == GSL_SUCCESS || code == GSL_ENOPROG) && isfinite(left))
            squares = left;
    }
    gsl_multifit_nlinear_free(space);
    gsl_vector_free(w);
    gsl_vector_free(at);
    return squares;
}

static bool is_lawful(const Curve *c) {
    return c->at[0] > 0 && c->at[1] >= 0 && c->at[2] >= 0;
}

static double best_curve(const UslPoint *points, size_t count, Curve *best) {
    double least = INFINITY;
    for (size_t i = 0; i < sizeof freedoms / sizeof *freedoms; i++) {
        Problem p = { points, count, freedoms[i] };
        Curve c;
        double squares = least_squares(&p, &c);
        if (squares < least && is_lawful(&c)) {
            least = squares;
            *best = c;
            if (i == 0)
                break; /* none of the others is better */
        }
    }
    return least;
}

/* Rows of sqrt(weight) times the slopes, and (J'J)^-1. */
typedef struct Tangent {
    double inverse[CURVES][CURVES];
    double (*row)[CURVES];
    double *residual; /* weighted, made as large as the errors are */
    size_t count;
} Tangent;

static bool invert(const double a[CURVES][CURVES], double to[CURVES][CURVES]) {
    double unit[CURVES], copy[CURVES * CURVES], inverse[CURVES * CURVES];
    for (size_t i = 0; i < CURVES; i++)
        if (!((unit[i] = sqrt(a[i][i])) > 0) || !isfinite(unit[i]))
            return false;
    for (size_t i = 0; i < CURVES; i++)
        for (size_t j = 0; j < CURVES; j++)
            copy[i * CURVES + j] = a[i][j] / unit[i] / unit[j];
    gsl_matrix_view m = gsl_matrix_view_array(copy, CURVES, CURVES);
    gsl_matrix_view v = gsl_matrix_view_array(inverse, CURVES, CURVES);
    if (gsl_linalg_cholesky_decomp1(&m.matrix) ||
        gsl_linalg_cholesky_invert(&m.matrix))
        return false;
    gsl_matrix_memcpy(&v.matrix, &m.matrix);
    for (size_t i = 0; i < CURVES; i++)
        for (size_t j = 0; j < CURVES; j++)
            to[i][j] = inverse[i * CURVES + j] / unit[i] / unit[j];
    return true;
}

/* A residual is smaller than the error by what the fit follows its own point:
 * divided by sqrt(1 - h). */
static void level_residuals(Tangent *t) {
    double mean = 0;
    for (size_t i = 0; i < t->count; i++) {
        const double *r = t->row[i];
        double h = 0;
        for (size_t a = 0; a < CURVES; a++)
            for (size_t b = 0; b < CURVES; b++)
                h += r[a] * t->inverse[a][b] * r[b];
        t->residual[i] /= sqrt(fmax(1 - h, 0.05));
        mean += t->residual[i] / (double)t->count;
    }
    for (size_t i = 0; i < t->count; i++)
        t->residual[i] -= mean;
}

static bool tangent_of(const UslPoint *p, size_t count, const Curve *c,
                       Tangent *t) {
    double sum[CURVES][CURVES] = { { 0 } };
    t->row = mem_alloc(count, sizeof *t->row);
    t->residual = mem_alloc(count, sizeof *t->residual);
    t->count = count;
    for (size_t i = 0; i < count; i++) {
        double by = sqrt(weight_of(&p[i]));
        slope(c, p[i].load, t->row[i]);
        for (size_t a = 0; a < CURVES; a++)
            t->row[i][a] *= by;
        for (size_t a = 0; a < CURVES; a++)
            for (size_t b = 0; b < CURVES; b++)
                sum[a][b] += t->row[i][a] * t->row[i][b];
        t->residual[i] = by * (p[i].throughput - throughput(c, p[i].load));
    }
    if (!invert(sum, t->inverse))
        return false;
    level_residuals(t);
    return true;
}

static void tangent_close(Tangent *t) {
    free(t->row);
    free(t->residual);
}

static double peak_of(const Curve *c) {
    if (c->at[1] >= 1)
        return 1;
    return c->at[2] > 0 ? fmax(1, sqrt((1 - c->at[1]) / c->at[2])) : INFINITY;
}

static double top_of(const Curve *c) {
    double at = peak_of(c);
    return isfinite(at) ? throughput(c, at) : c->at[0] / c->at[1];
}

/* Where X(N) = share, of the curve's highest: the lesser root of
 * A N^2 + B N + C. */
static double load_at(const Curve *c, double share) {
    double x = share * top_of(c);
    if (!isfinite(x))
        return INFINITY;
    double a = x * c->at[2], b = x * (c->at[1] - c->at[2]) - c->at[0];
    double k = x * (1 - c->at[1]), root = sqrt(fmax(0, b * b - 4 * a * k));
    return -b + root > 0 ? fmax(0, 2 * k / (-b + root)) : INFINITY;
}

static double normal(Rng *rng) {
    return sqrt(-2 * log(1 - rng_unit(rng))) * cos(2 * M_PI * rng_unit(rng));
}

/* How much wider than the residuals say the errors may be, as few of them say
 * little: what makes Student's t of a normal. */
static double chance(Rng *rng, size_t dof) {
    double sum = 0;
    if (dof > CHANCE_DOF)
        return 1;
    for (size_t i = 0; i < dof; i++) {
        double z = normal(rng);
        sum += z * z;
    }
    return sqrt((double)dof / sum);
}

/* One step of the fit from the curve with residuals drawn anew: Moulton &
 * Zeger, "Bootstrapping generalized linear models", Computational Statistics
 * and Data Analysis 11, 1991. */
static Curve resample(const Tangent *t, const Curve *c, Rng *rng) {
    double sum[CURVES] = { 0 }, wide = chance(rng, t->count - CURVES);
    Curve to = *c;
    for (size_t i = 0; i < t->count; i++) {
        size_t from = (size_t)(rng_unit(rng) * (double)t->count);
        for (size_t a = 0; a < CURVES; a++)
            sum[a] += t->row[i][a] * t->residual[from];
    }
    for (size_t a = 0; a < CURVES; a++) {
        for (size_t b = 0; b < CURVES; b++)
            to.at[a] += wide * t->inverse[a][b] * sum[b];
        to.at[a] = fmax(0, to.at[a]);
    }
    return to;
}

static void loads_by_resampling(const Tangent *t, const Curve *c, UslFit *f) {
    double peak[ROUNDS], knee[ROUNDS];
    Rng rng = { t->count };
    for (size_t i = 0; i < ROUNDS; i++) {
        Curve one = resample(t, c, &rng);
        peak[i] = peak_of(&one);
        knee[i] = load_at(&one, USL_KNEE);
    }
    f->peak_load.low = sample_quantile(peak, ROUNDS, 0.025);
    f->peak_load.high = sample_quantile(peak, ROUNDS, 0.975);
    f->knee_load.low = sample_quantile(knee, ROUNDS, 0.025);
    f->knee_load.high = sample_quantile(knee, ROUNDS, 0.975);
}

static void uncertainty(const UslPoint *p, size_t count, const Curve *c,
                        double squares, UslFit *f) {
    Estimate *of[CURVES] = { &f->lambda, &f->sigma, &f->kappa };
    Tangent t;
    if (count > CURVES && tangent_of(p, count, c, &t)) {
        double dof = (double)(count - CURVES);
        double student = gsl_cdf_tdist_Pinv(0.975, dof);
        for (size_t i = 0; i < CURVES; i++) {
            double half = student * sqrt(t.inverse[i][i] * squares / dof);
            of[i]->low = fmax(0, c->at[i] - half);
            of[i]->high = c->at[i] + half;
        }
        loads_by_resampling(&t, c, f);
    }
    if (count > CURVES)
        tangent_close(&t);
}

double usl_r2(const UslPoint *p, size_t count, double squares) {
    double sum = 0, weights = 0, all = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weight_of(&p[i]) * p[i].throughput;
        weights += weight_of(&p[i]);
    }
    for (size_t i = 0; i < count; i++) {
        double off = p[i].throughput - sum / weights;
        all += weight_of(&p[i]) * off * off;
    }
    return all > 0 ? 1 - squares / all : NAN;
}

static const char *lacking(const UslPoint *p, size_t count) {
    size_t loads = 0;
    if (count > POINTS_MAX)
        return "more points than a fit takes";
    for (size_t i = 0; i < count; i++) {
        if (!(p[i].load > 0) || !isfinite(p[i].load))
            return "a load that is not above 0";
        if (!(p[i].throughput > 0) || !isfinite(p[i].throughput) ||
            !isfinite(p[i].weight))
            return "a throughput that is not above 0";
        bool is_new = true;
        for (size_t k = 0; k < i && loads < 3; k++)
            is_new = is_new && p[k].load != p[i].load;
        loads += is_new;
    }
    return count < 4 || loads < 3 ? "fewer than 4 points at 3 loads" : NULL;
}

UslFit usl_fit(const UslPoint *points, size_t count) {
    const Estimate unknown = { NAN, NAN, NAN };
    UslFit f = { .why = lacking(points, count),
                 .lambda = unknown,
                 .sigma = unknown,
                 .kappa = unknown,
                 .r2 = NAN,
                 .points = count,
                 .peak_load = unknown,
                 .peak_throughput = NAN,
                 .knee_load = unknown,
                 .knee_throughput = NAN };
    Curve c;
    if (f.why)
        return f;
    gsl_error_handler_t *kept = gsl_set_error_handler_off();
    double squares = best_curve(points, count, &c);
    if (isfinite(squares)) {
        f.is_fitted = true;
        f.lambda.value = c.at[0];
        f.sigma.value = c.at[1];
        f.kappa.value = c.at[2];
        f.r2 = usl_r2(points, count, squares);
        f.peak_load.value = peak_of(&c);
        f.peak_throughput = top_of(&c);
        f.knee_load.value = load_at(&c, USL_KNEE);
        f.knee_throughput = USL_KNEE * f.peak_throughput;
        uncertainty(points, count, &c, squares, &f);
    } else
        f.why = "no curve fits";
    gsl_set_error_handler(kept);
    return f;
}

static Curve fitted(const UslFit *f) {
    return (Curve){ { f->lambda.value, f->sigma.value, f->kappa.value } };
}

double usl_throughput(const UslFit *f, double load) {
    Curve c = fitted(f);
    return f->is_fitted ? throughput(&c, load) : NAN;
}
