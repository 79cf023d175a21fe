/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/scale.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/units.h"

#define AT_MAX 1000.0
#define SURE 0.005 /* no mean is known better than to this share */
#define FAILED_MOST 0.01 /* who fails more of its requests bears no load */
#define FAR_BEYOND 1.5 /* times the highest load measured: a guess */

ScaleSpec scale_spec_default(void) {
    return (ScaleSpec){ .at = { 0.25, 0.5, 0.75, 1, 1.25, 1.5 },
                        .count = 6,
                        .ramp_ns = 2 * NS_PER_S,
                        .hold_ns = 15 * NS_PER_S,
                        .settle_ns = 3 * NS_PER_S };
}

int scale_read(ScaleSpec *s, const char *text, Err *err) {
    s->count = 0;
    for (const char *at = text;;) {
        char *end;
        double v = strtod(at, &end);
        while (isspace((unsigned char)*end))
            end++;
        if (end == at || !(v > 0 && v <= AT_MAX) || (*end && *end != ','))
            return err_at(err, (int)(at - text) + 1,
                          "'%s' is no list of multiples such as 0.5,1,1.5, "
                          "each above 0 and at most 1000",
                          text);
        if (s->count == SCALE_STEPS_MAX)
            return err_set(err, "at most %d multiples are taken",
                           SCALE_STEPS_MAX);
        s->at[s->count++] = v;
        if (!*end)
            return 0;
        at = end + 1;
    }
}

/* --- the plan ----------------------------------------------------------- */

static double level_at(const Plan *p, double peak, double at) {
    double level = peak * at;
    return p->unit == PLAN_VUS ? fmax(1, round(level)) : level;
}

void scale_plan(const ScaleSpec *s, Plan *p) {
    double peak = plan_peak(p);
    PlanUnit unit = p->unit;
    plan_close(p);
    plan_init(p, unit, 0);
    for (size_t i = 0; i < s->count; i++) {
        Stage ramp = { .form = STAGE_RAMP,
                       .level = level_at(p, peak, s->at[i]),
                       .length_ns = s->ramp_ns };
        Stage hold = { .form = STAGE_STAY, .length_ns = s->hold_ns };
        snprintf(ramp.name, sizeof ramp.name, "to-x%.10g", s->at[i]);
        snprintf(hold.name, sizeof hold.name, "x%.10g", s->at[i]);
        plan_append(p, &ramp);
        plan_append(p, &hold);
    }
    plan_layout(p);
}

/* --- the steps ---------------------------------------------------------- */

/* Requests/s of each second, and VUs that worked, on average. */
static void measure_seconds(ScaleStep *x, const Timeline *t) {
    size_t n = timeline_count(t), count = 0, first = timeline_find(t, x->from_ns);
    double *rps = mem_alloc(n - first + 1, sizeof *rps), users = 0;
    for (size_t i = first; i < n; i++) {
        const Cell *c = timeline_cell(t, i);
        if (c->start_ns >= x->to_ns)
            break;
        if (c->start_ns < x->from_ns)
            continue;
        rps[count++] = (double)c->all.requests / ((double)c->length_ns / 1e9);
        users += (double)c->active;
    }
    x->throughput = sample_summary(rps, count, 0.95).mean_estimate;
    x->load = count ? users / (double)count : NAN;
    free(rps);
}

static void measure_step(ScaleStep *x, const Timeline *t) {
    static const Goal none = { 0 };
    goal_measure(&none, t, x->from_ns, x->to_ns, &x->reading);
    measure_seconds(x, t);
    x->power = x->reading.rps / (x->reading.mean / 1e9);
}

/* The hold called NAME as it was executed, but for its first seconds, from
 * whole second to whole second. */
static bool find_hold(const Plan *p, const char *name, uint64_t settle_ns,
                      const Timeline *t, ScaleStep *to) {
    size_t count = plan_rows(p, NULL, 0);
    PlanRow *rows = mem_alloc(count, sizeof *rows);
    plan_rows(p, rows, count);
    bool is_found = false;
    for (size_t i = 0; i < count && !is_found; i++) {
        const Stage *s = &p->stages[rows[i].first];
        uint64_t end = rows[i].began_ns + rows[i].length_ns;
        end = end < t->open_ns ? end : t->open_ns;
        uint64_t from = rows[i].began_ns + settle_ns + NS_PER_S - 1;
        to->from_ns = from / NS_PER_S * NS_PER_S;
        to->to_ns = end / NS_PER_S * NS_PER_S;
        is_found = text_equal(s->name, name) && to->from_ns < to->to_ns;
    }
    free(rows);
    return is_found;
}

static void fit(Scaling *s) {
    UslPoint points[SCALE_STEPS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        const ScaleStep *x = &s->steps[i];
        double half = (x->throughput.high - x->throughput.value) / 1.96;
        double error = fmax(half, SURE * x->throughput.value);
        if (x->load > 0 && x->throughput.value > 0)
            points[n++] = (UslPoint){ x->load, x->throughput.value,
                                      error > 0 ? 1 / (error * error) : 0 };
    }
    s->fit = usl_fit(points, n);
}

void scale_measure(Scaling *s, const Plan *plans, size_t plan_count,
                   const Timeline *t) {
    s->is_rate = plans[0].unit == PLAN_RATE;
    s->count = 0;
    for (size_t i = 0; i < s->spec.count; i++) {
        ScaleStep *x = &s->steps[s->count];
        char name[PLAN_NAME_MAX];
        *x = (ScaleStep){ .at = s->spec.at[i] };
        snprintf(name, sizeof name, "x%.10g", x->at);
        if (!find_hold(&plans[0], name, s->spec.settle_ns, t, x))
            continue;
        for (size_t k = 0; k < plan_count; k++)
            if (plans[k].unit == plans[0].unit)
                x->level += plan_level_at(&plans[k], x->to_ns - 1);
        measure_step(x, t);
        s->count++;
    }
    s->best = s->count;
    for (size_t i = 0; i < s->count; i++)
        if (s->steps[i].power > 0 &&
            s->steps[i].reading.error_rate <= FAILED_MOST &&
            (s->best == s->count || s->steps[i].power > s->steps[s->best].power))
            s->best = i;
    fit(s);
}

/* --- words -------------------------------------------------------------- */

static void add_peak(const Scaling *s, double most, Text *to) {
    const UslFit *f = &s->fit;
    if (isinf(f->peak_throughput))
        text_adds(to, "no peak in the fit: throughput rises as the load does, "
                      "no limit is in sight\n");
    else if (isinf(f->peak_load.value))
        text_addf(to, "no peak in the fit: throughput levels off towards "
                      "%.4g requests/s\n",
                  f->peak_throughput);
    else {
        UnitsText peak, low, high, rps;
        text_addf(to, "throughput peaks near %s VUs (95 %%: %s%s%s), at about "
                      "%s requests/s%s\n",
                  units_count(peak, round(f->peak_load.value)),
                  units_count(low, round(f->peak_load.low)),
                  isinf(f->peak_load.high) ? " or more" : " to ",
                  isinf(f->peak_load.high)
                      ? ""
                      : units_count(high, round(f->peak_load.high)),
                  units_count(rps, round(f->peak_throughput)),
                  f->peak_load.value > FAR_BEYOND * most
                      ? "; that is far beyond what was measured"
                      : "");
    }
}

static void add_fit(const Scaling *s, Text *to) {
    const UslFit *f = &s->fit;
    double most = 0;
    for (size_t i = 0; i < s->count; i++)
        most = fmax(most, s->steps[i].load);
    if (!f->is_fitted) {
        text_addf(to, "no scaling law was fitted: %s\n", f->why);
        return;
    }
    text_addf(to, "contention (sigma) %.3g (95 %%: %.3g to %.3g): the share of "
                  "the work that only one can do at a time\n",
              f->sigma.value, f->sigma.low, f->sigma.high);
    text_addf(to, "coherency (kappa) %.3g (95 %%: %.3g to %.3g): what each pair "
                  "of users costs the others\n",
              f->kappa.value, f->kappa.low, f->kappa.high);
    add_peak(s, most, to);
    text_addf(to, "fit: r2 %.4f over %zu steps\n", f->r2, f->points);
}

void scale_words(const Scaling *s, Text *to) {
    if (s->best < s->count) {
        const ScaleStep *x = &s->steps[s->best];
        UnitsText mean, rps;
        text_addf(to, "best operating point measured: x%.10g, %.10g %s: %s "
                      "requests/s at a mean of %s (highest throughput for "
                      "its latency)\n",
                  x->at, x->level, s->is_rate ? "arrivals/s" : "VUs",
                  units_count(rps, x->reading.rps),
                  units_latency(mean, x->reading.mean));
    } else if (s->count) {
        text_addf(to, "no step is the best operating point: in each one more "
                      "than %g %% of the requests failed\n",
                  100 * FAILED_MOST);
    }
    add_fit(s, to);
}
