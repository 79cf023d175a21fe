/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seconds unlike the rest, while the load stays as it is. */
#include <math.h>

#include "base/clock.h"
#include "maths/sample.h"
#include "stats/findings_state.h"

#define SAME_LEVEL 0.02
#define SETTLE 10 /* seconds: of a new level the first tell nothing */
#define LEAST 30
#define Z 5
#define Z_ALONE 10
#define MAD_TO_SIGMA 1.4826
#define P95_TIMES 1.5
#define RPS_SHARE 0.25
#define SCALE_LEAST 0.05
#define APART_NS (2 * NS_PER_S) /* closer ones are the same */
#define NEW_NORMAL 30           /* seconds: then it is how it is now */

static bool is_same(double a, double b) {
    return fabs(a - b) <= SAME_LEVEL * fmax(a, b);
}

static void settle(FindingWatch *w) {
    FindingSteady *t = &w->steady;
    finding_over(w, t->open, t->to_ns);
    t->open = NO_FINDING;
    t->is_odd = false;
    t->count = t->next = 0;
}

static void learn(FindingSteady *t, double p95, double rps) {
    t->p95[t->next] = p95;
    t->rps[t->next] = rps;
    t->next = (t->next + 1) % STEADY_SECONDS;
    t->count += t->count < STEADY_SECONDS;
}

/* least: the scale that a MAD is never below. */
static double far(const double *x, size_t count, double v, double least,
                  double *median) {
    *median = sample_median(x, count);
    double scale = MAD_TO_SIGMA * sample_mad(x, count);
    return (v - *median) / fmax(scale, least);
}

static void say(FindingWatch *w) {
    FindingSteady *t = &w->steady;
    UnitsText level, now, usual;
    unsigned seconds = (unsigned)((t->to_ns - t->from_ns) / NS_PER_S);
    if (!t->is_told) {
        if (seconds < 2 && fabs(t->z) < Z_ALONE)
            return;
        t->is_told = true;
        t->open = finding_add(w, FINDING_ANOMALY, t->from_ns, t->level, "%s",
                              "");
    }
    if (t->is_p95) {
        units_latency(now, t->value);
        units_latency(usual, t->usual);
    } else {
        units_count(now, t->value);
        units_count(usual, t->usual);
    }
    finding_say(w, t->open,
                "at %s: %s was %s%s at worst in %u s, %s%s in the %zu s "
                "before (%.1f robust standard deviations)",
                finding_level(w, level, t->level),
                t->is_p95 ? "p95" : "throughput", now, t->is_p95 ? "" : "/s",
                seconds, usual, t->is_p95 ? "" : "/s", t->count, fabs(t->z));
}

typedef struct Odd {
    double z, value, usual;
    bool is_p95, is_odd;
} Odd;

static Odd judge(const FindingSteady *t, double p95, double rps) {
    double usual;
    double z = far(t->p95, t->count, p95, SCALE_LEAST, &usual);
    Odd odd = { z, exp(p95), exp(usual), true,
                z > Z && exp(p95 - usual) >= P95_TIMES };
    if (odd.is_odd)
        return odd;
    double median = sample_median(t->rps, t->count);
    z = far(t->rps, t->count, rps, fmax(sqrt(median), SCALE_LEAST * median),
            &usual);
    return (Odd){ z, rps, usual, false,
                  fabs(z) > Z && fabs(rps - usual) >= RPS_SHARE * usual };
}

static void note_odd(FindingWatch *w, const FindingSecond *s, const Odd *odd) {
    FindingSteady *t = &w->steady;
    if (!t->is_odd) {
        t->is_odd = true;
        t->is_told = false;
        t->from_ns = s->from_ns;
        t->z = 0;
    }
    t->to_ns = s->to_ns;
    if (fabs(odd->z) > fabs(t->z)) {
        t->z = odd->z;
        t->value = odd->value;
        t->usual = odd->usual;
        t->is_p95 = odd->is_p95;
    }
    say(w);
    if (t->to_ns - t->from_ns >= NEW_NORMAL * NS_PER_S)
        settle(w);
}

void findings_look_for_odd(FindingWatch *w, const FindingSecond *s) {
    FindingSteady *t = &w->steady;
    bool is_level = is_same(s->level, t->level) &&
                    is_same(s->level_other, t->level_other);
    if (!is_level || s->is_recovering || w->is_bound || s->level <= 0 ||
        finding_goes_on(w, w->breaking)) {
        settle(w);
        t->settling = SETTLE;
        t->level = s->level;
        t->level_other = s->level_other;
        return;
    }
    if (t->settling) {
        t->settling--;
        return;
    }
    /* what ended a silence waited through it */
    bool is_after_quiet = t->was_quiet;
    t->was_quiet = s->requests == 0;
    if (is_after_quiet || !finding_counts(s))
        return;
    double p95 = log(fmax(s->p95, 1));
    double rps =
        (double)s->requests / ((double)(s->to_ns - s->from_ns) / 1e9);
    Odd odd = { .is_odd = false };
    if (t->count >= LEAST)
        odd = judge(t, p95, rps);
    if (odd.is_odd) {
        note_odd(w, s, &odd);
        return;
    }
    if (t->is_odd && s->from_ns >= t->to_ns + APART_NS) {
        finding_over(w, t->open, t->to_ns);
        t->open = NO_FINDING;
        t->is_odd = false;
    }
    learn(t, p95, rps);
}
