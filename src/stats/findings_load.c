/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of throughput, latency and errors as the load rises; levels
 * are kept a quarter apart. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "maths/sample.h"
#include "stats/findings_state.h"

#define LEVEL_STEP 1.25
#define LEVEL_LEAST 5 /* seconds; at fewer nothing is said of a level */
#define HELD 0.9
#define FLAT_LEVEL 1.3
#define FLAT_RPS 1.10
#define FLAT_MEAN 1.3
#define FLAT_ERRORS 0.1
#define LITTLE_SLACK 0.25
#define SHED_ERRORS 0.05
#define SHED_MORE 0.05
#define SHED_ANSWERED 0.8
#define SHED_P95 1.2
#define SHED_P95_NS 1e6
#define CONNECTS_LEAST 20
#define CONNECTS_SHARE 0.1
#define CONNECTS_TIMES 5
#define CONNECTS_NS 5e6
#define CONNECTS_SERVICE 1.3

/* --- levels ------------------------------------------------------------- */

static FindingLevel *level_of(FindingLoad *l, const FindingSecond *s) {
    int key = (int)lround(log(s->level) / log(LEVEL_STEP));
    size_t i = 0;
    while (i < l->count && l->levels[i].key < key)
        i++;
    if (i < l->count && l->levels[i].key == key)
        return &l->levels[i];
    if (l->count == LEVELS_MAX)
        return NULL;
    if (!l->levels)
        l->levels = mem_alloc(LEVELS_MAX, sizeof *l->levels);
    memmove(&l->levels[i + 1], &l->levels[i],
            (l->count - i) * sizeof *l->levels);
    l->levels[i] = (FindingLevel){ .key = key,
                                   .low = s->level,
                                   .high = s->level,
                                   .from_ns = s->from_ns };
    l->count++;
    return &l->levels[i];
}

static void level_add(FindingLevel *l, const FindingSecond *s) {
    double seconds = (double)(s->to_ns - s->from_ns) / 1e9;
    l->low = fmin(l->low, s->level);
    l->high = fmax(l->high, s->level);
    l->to_ns = s->to_ns;
    l->requests += s->requests;
    l->failed += s->failed;
    l->refused += s->refused;
    l->p95[l->next] = s->p95;
    l->mean[l->next] = s->mean;
    l->active[l->next] = s->active;
    l->rps[l->next] = (double)s->requests / seconds;
    l->next = (l->next + 1) % LEVEL_SECONDS;
    l->count += l->count < LEVEL_SECONDS;
    l->median.p95 = sample_median(l->p95, l->count);
    l->median.mean = sample_median(l->mean, l->count);
    l->median.rps = sample_median(l->rps, l->count);
    l->median.active = sample_median(l->active, l->count);
}

static double errors_of(const FindingLevel *l) {
    return (double)l->failed / (double)l->requests;
}

static void span(const FindingWatch *w, double low, double high, UnitsText to) {
    UnitsText a, b;
    if (w->is_rate)
        snprintf(to, UNITS_TEXT_MAX, "%.12s to %.12s",
                 units_level(a, low, true), units_level(b, high, true));
    else
        snprintf(to, UNITS_TEXT_MAX, "%.10s to %.10s VUs",
                 units_level(a, round(low), false),
                 units_level(b, round(high), false));
}

/* --- queueing ----------------------------------------------------------- */

/* Little (1961): N = X (R + Z); Z, what a VU does beside requests, as it was
 * at the lower level. */
static bool is_littles(const FindingLevel *a, const FindingLevel *b) {
    double z = fmax(0, a->median.active / a->median.rps - a->median.mean / 1e9);
    double n = b->median.rps * (b->median.mean / 1e9 + z);
    return fabs(n / b->median.active - 1) <= LITTLE_SLACK;
}

static bool is_queueing(const FindingLevel *a, const FindingLevel *b) {
    return a->count >= LEVEL_LEAST && b->low >= FLAT_LEVEL * a->high &&
           b->median.rps <= FLAT_RPS * a->median.rps &&
           b->median.mean >= FLAT_MEAN * a->median.mean &&
           b->median.active > a->median.active &&
           errors_of(b) <= FLAT_ERRORS && is_littles(a, b);
}

static void say_queueing(FindingWatch *w, const FindingLevel *a,
                         const FindingLevel *b) {
    UnitsText levels, rps, before, after, when;
    FindingLoad *l = &w->load;
    double more = (b->median.rps / a->median.rps - 1) * 100;
    if (l->queueing == NO_FINDING) {
        l->queueing = finding_add(w, FINDING_QUEUEING, a->to_ns, a->high,
                                  "%s", "");
        l->queueing_level = a->high;
    }
    if (!finding_goes_on(w, l->queueing))
        return;
    span(w, a->high, b->high, levels);
    finding_say(w, l->queueing,
                "from %s on, %s: throughput %s %s/s (%+.0f %%) while "
                "p95 went from %s to %s; by Little's law the rest waited",
                units_clock(when, w->items[l->queueing].from_ns), levels,
                more < -10 ? "fell to" : "stayed at",
                units_count(rps, b->median.rps), more == 0 ? 0 : more,
                units_latency(before, a->median.p95),
                units_latency(after, b->median.p95));
}

/* --- shedding ----------------------------------------------------------- */

static bool is_shedding(const FindingLevel *a, const FindingLevel *b) {
    return a->count >= LEVEL_LEAST && errors_of(b) >= SHED_ERRORS &&
           errors_of(b) >= errors_of(a) + SHED_MORE &&
           (double)b->refused >= SHED_ANSWERED * (double)b->failed &&
           b->median.p95 <= SHED_P95 * a->median.p95 + SHED_P95_NS;
}

static void say_shedding(FindingWatch *w, const FindingLevel *a,
                         const FindingLevel *b) {
    UnitsText when, level, below, errors, whole, before, after, answered;
    FindingLoad *l = &w->load;
    if (l->shedding == NO_FINDING) {
        l->shedding = finding_add(w, FINDING_SHEDDING, b->from_ns, b->low,
                                  "%s", "");
        l->shedding_level = b->low;
    }
    if (!finding_goes_on(w, l->shedding))
        return;
    finding_say(w, l->shedding,
                "from %s on, up to %s: %s failed (%s at %s), %s of them with "
                "an answer, while p95 of all was %s (%s there)",
                units_clock(when, w->items[l->shedding].from_ns),
                finding_level(w, level, b->high),
                units_percent(errors, errors_of(b)),
                units_percent(whole, errors_of(a)),
                finding_level(w, below, a->high),
                units_percent(answered,
                              (double)b->refused / (double)b->failed),
                units_latency(after, b->median.p95),
                units_latency(before, a->median.p95));
}

static void compare_levels(FindingWatch *w, const FindingLevel *now) {
    const FindingLevel *all = w->load.levels;
    size_t k = (size_t)(now - all);
    if (now->count < LEVEL_LEAST)
        return;
    for (size_t i = 0; i < k && !w->is_bound; i++)
        if (is_queueing(&all[i], now)) {
            say_queueing(w, &all[i], now);
            break;
        }
    for (size_t i = k; i-- > 0;)
        if (is_shedding(&all[i], now)) {
            say_shedding(w, &all[i], now);
            break;
        }
}

void findings_look_at_load(FindingWatch *w, const FindingSecond *s) {
    FindingLoad *l = &w->load;
    if (s->level < l->queueing_level * HELD)
        finding_over(w, l->queueing, s->from_ns);
    if (s->level < l->shedding_level * HELD)
        finding_over(w, l->shedding, s->from_ns);
    /* what comes down is not what it was on the way up */
    if (!finding_counts(s) || s->is_recovering ||
        s->level < w->level_max * HELD)
        return;
    FindingLevel *now = level_of(l, s);
    if (!now)
        return;
    level_add(now, s);
    compare_levels(w, now);
}

/* --- connections -------------------------------------------------------- */

static void say_connects(FindingWatch *w, double now) {
    UnitsText when, before, after, service, was;
    FindingConnects *c = &w->connects;
    if (c->at == NO_FINDING)
        c->at = finding_add(
            w, FINDING_CONNECTIONS, c->row.from_ns, c->row.level,
            "from %s on, p95 of the time to get a connection went from %s to "
            "%s (%llu connections in 10 s) while that of the service time "
            "stayed (%s, %s before)",
            units_clock(when, c->row.from_ns),
            units_latency(before, c->base_connecting),
            units_latency(after, now), (unsigned long long)c->connecting.count,
            units_latency(service, c->service),
            units_latency(was, c->base_service));
}

static void judge_connects(FindingWatch *w, const FindingSecond *s) {
    FindingConnects *c = &w->connects;
    double made = (double)c->connecting.count;
    if (c->connecting.count < CONNECTS_LEAST || !isfinite(c->service))
        return;
    double now = fmax(hist_quantile(&c->connecting, 0.95),
                      hist_quantile(&c->blocked, 0.95));
    if (isnan(c->base_connecting)) {
        c->base_connecting = now;
        c->base_service = c->service;
        return;
    }
    bool is_slow = made >= CONNECTS_SHARE * (double)c->requests &&
                   now > CONNECTS_TIMES * c->base_connecting &&
                   now > c->base_connecting + CONNECTS_NS &&
                   c->service <= CONNECTS_SERVICE * c->base_service +
                                     CONNECTS_NS / 10;
    if (is_slow && c->row.seconds == 0)
        c->row = (FindingRow){ .from_ns = c->end_ns - FINDING_CONNECTS_NS,
                               .level = s->level };
    c->row.seconds = is_slow ? c->row.seconds + 1 : 0;
    if (c->row.seconds >= 2 && !w->is_bound)
        say_connects(w, now);
    else if (!is_slow)
        finding_over(w, c->at, c->end_ns - FINDING_CONNECTS_NS);
}

/* What came early is the next window's. */
static void turn(Hist *now, Hist *later) {
    Hist empty = *now;
    hist_clear(&empty);
    *now = *later;
    *later = empty;
}

void findings_look_at_connects(FindingWatch *w, const FindingSecond *s) {
    FindingConnects *c = &w->connects;
    c->requests += s->requests;
    if (finding_counts(s))
        c->service = fmax(c->service, s->p95);
    if (s->to_ns < c->end_ns)
        return;
    judge_connects(w, s);
    turn(&c->connecting, &c->later_connecting);
    turn(&c->blocked, &c->later_blocked);
    c->requests = 0;
    c->service = NAN;
    c->end_ns = (s->to_ns / FINDING_CONNECTS_NS + 1) * FINDING_CONNECTS_NS;
}

void findings_add(FindingWatch *w, uint64_t at_ns, const Slab *slab) {
    FindingConnects *c = &w->connects;
    bool is_later = at_ns > c->end_ns;
    for (size_t i = 0; i < slab->series_count; i++) {
        const Hist *phase = slab->series[i].phase;
        if (!phase[PHASE_CONNECTING].count)
            continue;
        hist_add(is_later ? &c->later_connecting : &c->connecting,
                 &phase[PHASE_CONNECTING]);
        hist_add(is_later ? &c->later_blocked : &c->blocked,
                 &phase[PHASE_BLOCKED]);
    }
}
