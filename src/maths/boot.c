/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "maths/boot.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "maths/order.h"

#define ROUNDS 2000
/* Long samples get fewer rounds: about this many draws in all. */
#define DRAWS_MAX 20000000
#define ROUNDS_MIN 200
/* The jackknife of BCa leaves out a value each, of long samples a group. */
#define GROUPS_MAX 200

static const Estimate unknown = { NAN, NAN, NAN };

static size_t rounds_of(const BootOptions *o, size_t count) {
    size_t rounds = o->rounds ? o->rounds : ROUNDS, most = DRAWS_MAX / count;
    if (most < ROUNDS_MIN)
        most = ROUNDS_MIN;
    return rounds < most ? rounds : most;
}

static size_t block_of(const BootOptions *o, size_t count) {
    size_t block = o->block ? o->block : (size_t)lround(cbrt((double)count));
    return block < 1 ? 1 : block > count ? count : block;
}

/* Indices of one round: blocks from anywhere, around the end. */
static void draw(Rng *rng, size_t *to, size_t count, size_t block) {
    for (size_t i = 0; i < count;) {
        size_t from = (size_t)(rng_unit(rng) * (double)count);
        for (size_t k = 0; k < block && i < count; k++)
            to[i++] = (from + k) % count;
    }
}

static void take(double *to, const double *x, const size_t *at, size_t count) {
    for (size_t i = 0; i < count; i++)
        to[i] = x[at[i]];
}

/* A round may have drawn nothing but 0. */
static double change(double from, double to) {
    if (from == 0)
        return to == 0 ? 0 : copysign(INFINITY, to);
    return (to - from) / fabs(from);
}

static double change_of_all(double from, double to) {
    return from != 0 ? change(from, to) : NAN;
}

static double level_of(const BootOptions *o) {
    return o->level > 0 && o->level < 1 ? o->level : 0.95;
}

/* Between the values below which these shares of the rounds came out. */
static Estimate interval(double value, const double *values, size_t rounds,
                         double from, double to) {
    Estimate e = { value, NAN, NAN };
    if (order_has_nan(values, rounds))
        return e;
    e.low = sample_quantile(values, rounds, from);
    e.high = sample_quantile(values, rounds, to);
    return e;
}

static Estimate percentile(double value, const double *values, size_t rounds,
                           double level) {
    return interval(value, values, rounds, (1 - level) / 2, (1 + level) / 2);
}

/* Efron's acceleration from the jackknife. */
static double acceleration(const double *x, size_t count, BootStatistic *of) {
    size_t groups = count < GROUPS_MAX ? count : GROUPS_MAX;
    double v[GROUPS_MAX], mean = 0, cubes = 0, squares = 0;
    double *rest = mem_alloc(count, sizeof *rest);
    for (size_t g = 0; g < groups; g++) {
        size_t from = g * count / groups, to = (g + 1) * count / groups;
        memcpy(rest, x, from * sizeof *rest);
        memcpy(rest + from, x + to, (count - to) * sizeof *rest);
        v[g] = of(rest, count - (to - from));
        mean += v[g] / (double)groups;
    }
    free(rest);
    for (size_t g = 0; g < groups; g++) {
        double d = mean - v[g];
        cubes += d * d * d;
        squares += d * d;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/* Where BCa moves the end of an interval at normal quantile z. */
static double moved(double bias, double a, double z) {
    double away = bias + z, rest = 1 - a * away;
    return rest > 0 ? gsl_cdf_ugaussian_P(bias + away / rest)
                    : (away > 0 ? 1 : 0);
}

static Estimate bca(const double *x, size_t count, BootStatistic *of,
                    double value, const double *values, size_t rounds,
                    double level) {
    double below = 0;
    for (size_t i = 0; i < rounds; i++)
        below += values[i] < value ? 1 : values[i] == value ? 0.5 : 0;
    double share = below / (double)rounds, least = 0.5 / (double)rounds;
    double bias =
        gsl_cdf_ugaussian_Pinv(fmin(fmax(share, least), 1 - least));
    double a = acceleration(x, count, of);
    double z = gsl_cdf_ugaussian_Pinv((1 + level) / 2);
    if (!isfinite(a))
        return percentile(value, values, rounds, level);
    return interval(value, values, rounds, moved(bias, a, -z),
                    moved(bias, a, z));
}

Estimate boot_interval(const double *x, size_t count, BootStatistic *of,
                       const BootOptions *o) {
    if (!count || order_has_nan(x, count))
        return unknown;
    Estimate e = { of(x, count), NAN, NAN };
    if (count < 2)
        return e;
    size_t rounds = rounds_of(o, count), block = block_of(o, count);
    Rng rng = { o->seed };
    double *values = mem_alloc(rounds, sizeof *values);
    double *drawn = mem_alloc(count, sizeof *drawn);
    size_t *at = mem_alloc(count, sizeof *at);
    for (size_t i = 0; i < rounds; i++) {
        draw(&rng, at, count, block);
        take(drawn, x, at, count);
        values[i] = of(drawn, count);
    }
    e = block > 1
            ? percentile(e.value, values, rounds, level_of(o))
            : bca(x, count, of, e.value, values, rounds, level_of(o));
    free(at);
    free(drawn);
    free(values);
    return e;
}

/* One sample, drawn anew each round. */
typedef struct Drawn {
    const double *x;
    double *to;
    size_t *at, count, block;
} Drawn;

static Drawn drawn_of(const double *x, size_t count, const BootOptions *o) {
    return (Drawn){ x, mem_alloc(count, sizeof(double)),
                    mem_alloc(count, sizeof(size_t)), count,
                    block_of(o, count) };
}

static void drawn_free(Drawn *d) {
    free(d->to);
    free(d->at);
}

static double drawn_again(Drawn *d, Rng *rng, BootStatistic *of) {
    draw(rng, d->at, d->count, d->block);
    take(d->to, d->x, d->at, d->count);
    return of(d->to, d->count);
}

Estimate boot_change(const double *a, size_t na, const double *b, size_t nb,
                     BootStatistic *of, const BootOptions *o) {
    if (!na || !nb || order_has_nan(a, na) || order_has_nan(b, nb))
        return unknown;
    Estimate e = { change_of_all(of(a, na), of(b, nb)), NAN, NAN };
    if (na < 2 || nb < 2 || isnan(e.value))
        return e;
    size_t rounds = rounds_of(o, na > nb ? na : nb);
    Rng rng = { o->seed };
    double *values = mem_alloc(rounds, sizeof *values);
    Drawn first = drawn_of(a, na, o), second = drawn_of(b, nb, o);
    for (size_t i = 0; i < rounds; i++) {
        double from = drawn_again(&first, &rng, of);
        values[i] = change(from, drawn_again(&second, &rng, of));
    }
    e = percentile(e.value, values, rounds, level_of(o));
    drawn_free(&first);
    drawn_free(&second);
    free(values);
    return e;
}

Estimate boot_change_paired(const double *a, const double *b, size_t count,
                            BootStatistic *of, const BootOptions *o) {
    if (!count || order_has_nan(a, count) || order_has_nan(b, count))
        return unknown;
    Estimate e = { change_of_all(of(a, count), of(b, count)), NAN, NAN };
    if (count < 2 || isnan(e.value))
        return e;
    size_t rounds = rounds_of(o, count);
    Rng rng = { o->seed };
    double *values = mem_alloc(rounds, sizeof *values);
    double *second = mem_alloc(count, sizeof *second);
    Drawn first = drawn_of(a, count, o);
    for (size_t i = 0; i < rounds; i++) {
        double from = drawn_again(&first, &rng, of);
        take(second, b, first.at, count);
        values[i] = change(from, of(second, count));
    }
    e = percentile(e.value, values, rounds, level_of(o));
    drawn_free(&first);
    free(second);
    free(values);
    return e;
}
