/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "stats/findings_state.h"

/* A stall's first and last second are seldom whole. */
#define STALL_LEAST 2
#define STALL_REQUESTS_BEFORE 5

/* --- the list ----------------------------------------------------------- */

FindingAt finding_add(FindingWatch *w, FindingKind kind, uint64_t from_ns,
                      double level, const char *format, ...) {
    if (kind == FINDING_ANOMALY && w->anomalies == FINDING_ANOMALIES) {
        w->left_out++;
        w->is_stale = true;
        return NO_FINDING;
    }
    if (w->count == FINDINGS_MAX)
        return NO_FINDING;
    w->anomalies += kind == FINDING_ANOMALY;
    Finding *f = &w->items[w->count];
    *f = (Finding){ .kind = kind, .from_ns = from_ns, .level = level };
    va_list args;
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    w->is_stale = true;
    return w->count++;
}

void finding_say(FindingWatch *w, FindingAt at, const char *format, ...) {
    va_list args;
    if (at == NO_FINDING)
        return;
    va_start(args, format);
    vsnprintf(w->items[at].text, sizeof w->items[at].text, format, args);
    va_end(args);
    w->is_stale = true;
}

void finding_over(FindingWatch *w, FindingAt at, uint64_t to_ns) {
    if (!finding_goes_on(w, at))
        return;
    w->items[at].to_ns = to_ns;
    w->is_stale = true;
}

bool finding_goes_on(const FindingWatch *w, FindingAt at) {
    return at != NO_FINDING && w->items[at].to_ns == 0;
}

static int by_time(const void *a, const void *b) {
    const Finding *x = a, *y = b;
    if (x->from_ns != y->from_ns)
        return x->from_ns < y->from_ns ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

const FindingList *findings_list(FindingWatch *w) {
    if (!w->is_stale)
        return &w->list;
    FindingList *l = &w->list;
    while (l->cap < w->count)
        mem_grow(l->items, l->cap, l->cap);
    if (w->count)
        memcpy(l->items, w->items, w->count * sizeof *l->items);
    l->count = w->count;
    l->left_out = w->left_out;
    if (l->count)
        qsort(l->items, l->count, sizeof *l->items, by_time);
    w->is_stale = false;
    return l;
}

bool findings_next(FindingWatch *w, Finding *out) {
    if (w->told == w->count)
        return false;
    *out = w->items[w->told++];
    return true;
}

/* --- what they share ---------------------------------------------------- */

char *finding_level(const FindingWatch *w, UnitsText to, double level) {
    UnitsText n;
    double shown = w->is_rate && level < 100 ? round(level * 10) / 10
                                             : round(level);
    units_level(n, shown, w->is_rate);
    snprintf(to, UNITS_TEXT_MAX, "%.20s%s", n, w->is_rate  ? ""
                                               : shown == 1 ? " VU"
                                                            : " VUs");
    return to;
}

bool finding_row(FindingRow *row, bool holds, const FindingSecond *s,
                 double shown) {
    if (!holds) {
        *row = (FindingRow){ 0 };
        return false;
    }
    if (row->seconds == 0)
        *row = (FindingRow){ .from_ns = s->from_ns, .level = s->level };
    row->seconds++;
    row->sum += shown;
    row->worst = fmax(row->worst, shown);
    return row->seconds >= FINDING_STEADY;
}

bool finding_counts(const FindingSecond *s) {
    return s->requests >= FINDING_REQUESTS && isfinite(s->p95) && s->level > 0;
}

/* --- stalls ------------------------------------------------------------- */

static bool was_busy(const FindingWatch *w) {
    uint64_t n = 0;
    for (size_t i = 0; i < BEFORE_STALL; i++)
        n += w->before[i];
    return w->seconds_before >= BEFORE_STALL &&
           n >= BEFORE_STALL * STALL_REQUESTS_BEFORE;
}

static void note_before(FindingWatch *w, uint64_t requests) {
    memmove(w->before, w->before + 1,
            (BEFORE_STALL - 1) * sizeof *w->before);
    w->before[BEFORE_STALL - 1] = requests;
    w->seconds_before++;
}

static void look_for_stall(FindingWatch *w, const FindingSecond *s) {
    if (s->active > 0 && s->requests == 0) {
        if (w->quiet++ == 0)
            w->quiet_from_ns = s->from_ns;
        return;
    }
    uint64_t length = s->from_ns - w->quiet_from_ns;
    bool waited = s->requests > 0 && s->max >= (double)(length - NS_PER_S);
    if (w->quiet >= STALL_LEAST && was_busy(w) && waited &&
        !w->is_bound) {
        UnitsText level, longest;
        double before = 0;
        for (size_t i = 0; i < BEFORE_STALL; i++)
            before += (double)w->before[i] / BEFORE_STALL;
        FindingAt at = finding_add(
            w, FINDING_STALL, w->quiet_from_ns, s->level,
            "at %s no request ended for %.0f s (%.0f/s before); then one that "
            "had waited %s",
            finding_level(w, level, s->level), (double)length / 1e9, before,
            units_latency(longest, s->max));
        finding_over(w, at, s->from_ns);
    }
    if (w->quiet)
        w->seconds_before = 0;
    w->quiet = 0;
    note_before(w, s->requests);
}

/* --- the generator ------------------------------------------------------ */

void findings_bound(FindingWatch *w, BoundBy by, uint64_t since_ns,
                    double busy) {
    UnitsText when, share;
    if (by == BOUND_NOT || w->is_bound)
        return;
    w->is_bound = true;
    finding_add(w, FINDING_GENERATOR, since_ns, NAN,
                "from %s on %s (its busiest worker so far: %s); latencies "
                "since then are not the target's alone",
                units_clock(when, since_ns), bound_text(by),
                units_percent(share, busy));
}

/* --- life --------------------------------------------------------------- */

FindingWatch *findings_new(bool is_rate) {
    FindingWatch *w = mem_new(FindingWatch);
    w->is_rate = is_rate;
    w->onset = w->breaking = NO_FINDING;
    w->load.queueing = w->load.shedding = NO_FINDING;
    w->steady.open = NO_FINDING;
    w->connects.at = NO_FINDING;
    w->connects.end_ns = FINDING_CONNECTS_NS;
    w->connects.base_connecting = w->connects.service = NAN;
    return w;
}

void findings_free(FindingWatch *w) {
    if (!w)
        return;
    free(w->list.items);
    free(w->load.levels);
    hist_close(&w->connects.connecting);
    hist_close(&w->connects.blocked);
    hist_close(&w->connects.later_connecting);
    hist_close(&w->connects.later_blocked);
    free(w);
}

void findings_second(FindingWatch *w, const FindingSecond *s) {
    w->level_max = fmax(w->level_max, s->level);
    look_for_stall(w, s);
    findings_look_for_limits(w, s);
    findings_look_at_load(w, s);
    findings_look_at_connects(w, s);
    findings_look_for_odd(w, s);
}

void findings_end(FindingWatch *w, uint64_t now_ns) {
    finding_over(w, w->steady.open, now_ns);
}
