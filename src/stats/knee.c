/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/knee.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"

#define BINS 64
#define BINS_PER_DOUBLING 3
#define MOVED 0.25
/* What a second's throughput varies by beyond the chance of counting. */
#define NOISE 0.02

/* The last seconds at about one level. */
typedef struct Bin {
    double load[KNEE_SECONDS], rate[KNEE_SECONDS]; /* VUs, requests/s */
    size_t count; /* of all that came; the last ones are kept */
} Bin;

struct KneeWatch {
    Bin bins[BINS];
    double before; /* the level of the second before; NaN: none */
    bool has_users, is_bound;
    bool is_stale;     /* what is known must be looked at again */
    size_t all, fresh; /* seconds so far, and since the last fit */
    UslPoint points[BINS];
    Knee knee;
};

KneeWatch *knee_new(void) {
    KneeWatch *w = mem_new(KneeWatch);
    w->before = NAN;
    w->is_stale = true;
    return w;
}

void knee_free(KneeWatch *w) {
    free(w);
}

void knee_second(KneeWatch *w, const KneeSecond *s) {
    double before = w->before, load = (before + s->active) / 2;
    bool is_closed = s->users == s->active;
    w->before = is_closed ? s->active : NAN;
    w->all++;
    if (++w->fresh > w->all / 32 || w->fresh >= KNEE_EVERY)
        w->is_stale = true;
    if (!is_closed || s->active < 1 || !(s->seconds > 0))
        return;
    w->has_users = true;
    if (!(fabs(s->active - before) <= MOVED * fmax(before, s->active)))
        return;
    double at = floor(BINS_PER_DOUBLING * log2(fmax(1, load)));
    Bin *b = &w->bins[at < BINS ? (size_t)at : BINS - 1];
    size_t i = b->count++ % KNEE_SECONDS;
    b->load[i] = load;
    b->rate[i] = (double)(s->requests - s->failed) / s->seconds;
}

void knee_bound(KneeWatch *w) {
    w->is_stale |= !w->is_bound;
    w->is_bound = true;
}

void knee_end(KneeWatch *w) {
    w->is_stale |= w->fresh > 0;
}

/* A ramp goes through a group, so each second counts by its share per VU. */
static UslPoint point_of(const Bin *b) {
    size_t n = b->count < KNEE_SECONDS ? b->count : KNEE_SECONDS;
    double share[KNEE_SECONDS], load = 0;
    for (size_t i = 0; i < n; i++) {
        share[i] = b->rate[i] / b->load[i];
        load += b->load[i] / (double)n;
    }
    double x = sample_median(share, n) * load;
    return (UslPoint){ load, x, 1 / (x / (double)n + NOISE * x * NOISE * x) };
}

static size_t gather(const Bin *bins, UslPoint *to) {
    size_t n = 0;
    for (size_t i = 0; i < BINS; i++) {
        if (bins[i].count < KNEE_LEVEL_SECONDS)
            continue;
        to[n] = point_of(&bins[i]);
        n += to[n].throughput > 0;
    }
    return n;
}

/* The curve that is nearer, and what it says. */
static double choose(Knee *k) {
    const CornerFit *c = &k->corner;
    double law = k->fit.is_fitted ? 1 - k->fit.r2 : INFINITY;
    k->is_corner = c->is_fitted && 1 - c->r2 < KNEE_BETTER * law;
    if (k->is_corner) {
        k->load = (Estimate){ USL_KNEE * c->corner.value,
                              USL_KNEE * c->corner.low,
                              USL_KNEE * c->corner.high };
        k->throughput = c->lambda * k->load.value;
        return c->r2;
    }
    k->load = k->fit.knee_load;
    k->throughput = k->fit.knee_throughput;
    return k->fit.r2;
}

/* What lacks; NULL: nothing. */
static const char *lacking(const Knee *k, double r2) {
    const Estimate *e = &k->load;
    if (!(r2 >= KNEE_R2))
        return "throughput follows no curve of the load";
    if (!isfinite(e->value) || !(e->value <= KNEE_FAR * k->seen))
        return "throughput still rises with the load";
    if (!(e->low > 0) || !(e->high / e->low <= KNEE_WIDE))
        return "the levels seen do not yet tell where";
    if (e->value < k->points[0].load)
        return "throughput was level from the lowest load on";
    return NULL;
}

static const char *too_little(const KneeWatch *w, const Knee *k) {
    if (w->is_bound)
        return "onrush itself was the limit";
    if (!w->has_users)
        return "only a load of VUs has one, not an arrival rate";
    if (k->levels < KNEE_LEVELS)
        return "fewer than 5 levels were seen";
    if (k->seen < KNEE_SPAN * w->points[0].load)
        return "the levels seen are too near to each other";
    return NULL;
}

char *knee_digits(UnitsText to, double n) {
    double step = pow(10, fmax(0, floor(log10(fmax(1, n))) - 2));
    return units_count(to, round(n / step) * step);
}

static void say(Knee *k) {
    UnitsText load, low, high, rate, seen;
    bool is_beyond = k->load.value > k->seen;
    int n = snprintf(k->text, sizeof k->text,
                     "throughput %s off near %s VUs (%s to %s), at about %s "
                     "requests/s",
                     is_beyond ? "would level" : "levels",
                     knee_digits(load, k->load.value),
                     knee_digits(low, k->load.low),
                     knee_digits(high, k->load.high),
                     knee_digits(rate, k->throughput));
    if (is_beyond && n > 0 && (size_t)n < sizeof k->text)
        snprintf(k->text + n, sizeof k->text - (size_t)n, "; seen up to %s",
                 knee_digits(seen, k->seen));
}

const Knee *knee_now(KneeWatch *w) {
    Knee *k = &w->knee;
    if (!w->is_stale)
        return k;
    w->is_stale = false;
    w->fresh = 0;
    *k = (Knee){ .points = w->points, .levels = gather(w->bins, w->points) };
    k->seen = k->levels ? w->points[k->levels - 1].load : 0;
    k->why = too_little(w, k);
    if (k->why)
        return k;
    k->fit = usl_fit(w->points, k->levels);
    k->corner = corner_fit(w->points, k->levels);
    k->why = lacking(k, choose(k));
    k->is_known = !k->why;
    if (k->is_known)
        say(k);
    else
        k->load = (Estimate){ NAN, NAN, NAN };
    return k;
}
