/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare/noise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "maths/boot.h"
#include "maths/rank.h"

#define PIECES_MIN 5
#define REPEATS_MIN 4   /* with fewer p cannot fall below 5 % */
#define VALUES_MAX 1000 /* more say no more, and cost time */
#define QUIET 0.2       /* share of the pieces that counts as quiet */
#define SEED 20260122

#define NOTHING_MEASURED                                                \
    { .interval = { NAN, NAN, NAN }, .quiet = { NAN, NAN, NAN }, .p = NAN }

static double mean(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

/* --- samples ------------------------------------------------------------ */

typedef struct Values {
    double *a, *b;
    size_t na, nb;
} Values;

static void values_close(Values *v) {
    free(v->a);
    free(v->b);
}

static size_t step_of(size_t count) {
    return count > VALUES_MAX ? (count + VALUES_MAX - 1) / VALUES_MAX : 1;
}

/* Every step-th, so that there are not too many. */
static size_t rounds(const Figure *f, double **to) {
    size_t n = 0, step = step_of(f->count);
    *to = mem_alloc(f->count + 1, sizeof **to);
    for (size_t i = 0; i < f->count; i += step)
        if (isfinite(f->samples[i]))
            (*to)[n++] = f->samples[i];
    return n;
}

static Values rounds_of(const Figure *base, const Figure *now) {
    Values v = { 0 };
    v.na = rounds(base, &v.a);
    v.nb = rounds(now, &v.b);
    return v;
}

/* Of pieces that are too many, neighbours stand as one, their mean, made of
 * those where the other has one, too. */
static size_t pieces(const double *x, const double *other, size_t count,
                     double **to) {
    size_t n = 0, step = step_of(count);
    *to = mem_alloc(count + 1, sizeof **to);
    for (size_t from = 0; from < count; from += step) {
        double sum = 0, seen = 0;
        for (size_t i = from; i < count && i < from + step; i++)
            if (isfinite(x[i]) && isfinite(other[i])) {
                sum += x[i];
                seen++;
            }
        if (seen > 0)
            (*to)[n++] = sum / seen;
    }
    return n;
}

static Values pieces_of(const Figure *base, const Figure *now,
                        bool is_paired) {
    const double *a = base->samples, *b = now->samples;
    size_t both = base->count < now->count ? base->count : now->count;
    Values v = { 0 };
    v.na = pieces(a, is_paired ? b : a, is_paired ? both : base->count, &v.a);
    v.nb = pieces(b, is_paired ? a : b, is_paired ? both : now->count, &v.b);
    return v;
}

/* --- verdicts ----------------------------------------------------------- */

static void judge(Noise *n, Estimate e) {
    n->is_beyond_up = e.low > 0;
    n->is_beyond_down = e.high < 0;
}

/* From nothing to something: no share, only a difference. Without pairs the
 * base has no noise of its own, for it is 0 throughout. */
static void judge_from_zero(Noise *n, const Values *v, bool is_paired,
                            const BootOptions *o) {
    double *d = mem_alloc(v->nb, sizeof *d);
    for (size_t i = 0; i < v->nb; i++)
        d[i] = v->b[i] - (is_paired ? v->a[i] : 0);
    judge(n, boot_interval(d, v->nb, mean, o));
    free(d);
}

/* Sum of x without the stretch of `length` from i on; length 0: of all. */
static double sum_without(const double *x, size_t n, size_t i, size_t length) {
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += k >= i && k < i + length ? 0 : x[k];
    return sum;
}

/* The change of the means when a stretch is left out of both, or, of what
 * belongs not together, of the second alone. */
static double change_without(const Values *v, size_t i, size_t length,
                             bool is_paired) {
    size_t left = is_paired ? length : 0;
    double a = sum_without(v->a, v->na, i, left) / (double)(v->na - left);
    double b = sum_without(v->b, v->nb, i, length) / (double)(v->nb - length);
    return a == 0 ? (b > 0 ? INFINITY : 0) : b / a - 1;
}

/* One stall, or one lucky stretch, is no change of the target: what is beyond
 * the limit has to be so without any one stretch of n^(1/3) pieces. */
static void keep_lasting(Noise *n, const Values *v, bool is_paired,
                         double limit) {
    size_t length = (size_t)ceil(cbrt((double)v->nb));
    for (size_t i = 0; i + length <= v->nb; i++) {
        double change = change_without(v, i, length, is_paired);
        n->is_beyond_up = n->is_beyond_up && change > limit;
        n->is_beyond_down = n->is_beyond_down && change < -limit;
    }
}

/* What else takes a CPU can only make a run slower, and it comes and goes: the
 * quiet pieces are the ones to hold against each other (Chen & Revels,
 * "Robust benchmarking in noisy environments", 2016, who take the minimum of
 * all; of pieces that are few and differ by themselves a fifth is steadier). */
static double quiet_low(const double *x, size_t n) {
    return sample_quantile(x, n, QUIET);
}

static double quiet_high(const double *x, size_t n) {
    return sample_quantile(x, n, 1 - QUIET);
}

static void measure_quiet(Noise *n, const Figure *f, const Values *v,
                          const BootOptions *o) {
    BootStatistic *of =
        f->better == BETTER_HIGHER ? quiet_high : quiet_low;
    if (text_equal(f->unit, "share") || of(v->a, v->na) == 0)
        return;
    n->quiet = boot_change(v->a, v->na, v->b, v->nb, of, o);
}

static void measure_pieces(Noise *n, const Figure *f, const Values *v,
                           const NoiseWay *w) {
    BootOptions o = { .level = w->level, .seed = SEED };
    n->p = w->is_paired ? rank_wilcoxon(v->a, v->b, v->na).p
                        : rank_mann_whitney(v->a, v->na, v->b, v->nb).p;
    if (mean(v->a, v->na) == 0) {
        judge_from_zero(n, v, w->is_paired, &o);
        keep_lasting(n, v, w->is_paired, w->limit);
        return;
    }
    n->interval = w->is_paired
                      ? boot_change_paired(v->a, v->b, v->na, mean, &o)
                      : boot_change(v->a, v->na, v->b, v->nb, mean, &o);
    judge(n, n->interval);
    keep_lasting(n, v, w->is_paired, w->limit);
    if (w->is_disturbed)
        measure_quiet(n, f, v, &o);
}

static Noise of_pieces(const Figure *base, const Figure *now,
                       const NoiseWay *w) {
    Noise n = NOTHING_MEASURED;
    Values v = pieces_of(base, now, w->is_paired);
    if (v.na < PIECES_MIN || v.nb < PIECES_MIN)
        n.why = "too few pieces of time to tell it from noise";
    else
        measure_pieces(&n, now, &v, w);
    values_close(&v);
    return n;
}

/* A figure that is a median of its rounds. */
static BootStatistic *statistic_of(const Figure *f) {
    const char *blank = strrchr(f->name, ' ');
    const char *word = blank ? blank + 1 : f->name;
    return strncmp(word, "median", 6) == 0 ? sample_median : mean;
}

static Noise of_repeats(const Figure *base, const Figure *now, double level) {
    Noise n = NOTHING_MEASURED;
    BootOptions o = { .level = level, .seed = SEED, .block = 1 };
    BootStatistic *of = statistic_of(base);
    Values v = rounds_of(base, now);
    if (v.na < REPEATS_MIN || v.nb < REPEATS_MIN) {
        n.why = "too few repeats to tell it from noise";
        values_close(&v);
        return n;
    }
    n.p = rank_mann_whitney(v.a, v.na, v.b, v.nb).p;
    n.interval = boot_change(v.a, v.na, v.b, v.nb, of, &o);
    if (n.p < 1 - level && of(v.a, v.na) == 0)
        judge_from_zero(&n, &v, false, &o);
    else if (n.p < 1 - level)
        judge(&n, n.interval);
    values_close(&v);
    return n;
}

/* The ratio of two independent estimates is normal with the relative
 * variances added; two-sided quantile of the normal distribution by bisection
 * of erfc. */
static double normal_quantile(double level) {
    double low = 0, high = 10;
    for (int i = 0; i < 60; i++) {
        double mid = (low + high) / 2;
        if (erfc(mid / sqrt(2)) > 1 - level)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static Noise of_errors(const Figure *base, const Figure *now, double level) {
    double size = fabs(base->value);
    double change = (now->value - base->value) / size;
    double spread =
        hypot(now->error, now->value / base->value * base->error) / size;
    double reach = normal_quantile(level) * spread;
    Noise n = NOTHING_MEASURED;
    n.interval = (Estimate){ change, change - reach, change + reach };
    n.p = erfc(fabs(change) / spread / sqrt(2));
    judge(&n, n.interval);
    return n;
}

Noise noise_measure(const Figure *base, const Figure *now,
                    const NoiseWay *w) {
    if (base->by == SAMPLED_SECONDS && now->by == SAMPLED_SECONDS)
        return of_pieces(base, now, w);
    if (base->by == SAMPLED_REPEATS && now->by == SAMPLED_REPEATS)
        return of_repeats(base, now, w->level);
    if (base->error > 0 && now->error > 0 && base->value != 0)
        return of_errors(base, now, w->level);
    Noise n = NOTHING_MEASURED;
    n.why = base->by == now->by ? "nothing says how much it varies by itself"
            : base->by && now->by
                ? "one varies within a run, the other from run to run"
                : "only one of them says how much it varies";
    return n;
}
