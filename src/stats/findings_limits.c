/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where latency begins to rise, and where the target breaks. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "maths/sample.h"
#include "stats/findings_state.h"

#define ONSET_TIMES 1.5
#define ONSET_Z 3.5
#define ONSET_LEAST_NS 0.5e6
#define ONSETS_MAX 3
#define BREAK_ERRORS 0.01
#define BREAK_ERRORS_TIMES 5 /* what was there before, or more */
#define BREAK_TIMES 5
#define SCALE_LEAST 0.05 /* of the median: what no machine is calmer than */
#define MAD_TO_SIGMA 1.4826
#define HIGHER 1.1 /* another level, not the same one's noise */
#define HELD 0.9   /* of the highest level: it is not being lowered */

/* --- what it was at first ----------------------------------------------- */

static void learn(FindingWatch *w, const FindingSecond *s) {
    FindingBase *b = &w->base;
    bool is_low = b->count < BASE_LEAST || s->level <= b->level_high;
    if (b->count == BASE_MOST || !is_low || s->is_recovering)
        return;
    b->p95[b->count++] = s->p95;
    b->level_high = fmax(b->level_high, s->level);
    b->median = sample_median(b->p95, b->count);
    b->scale = fmax(MAD_TO_SIGMA * sample_mad(b->p95, b->count),
                    SCALE_LEAST * b->median);
}

static bool is_known(const FindingBase *b) {
    return b->count >= BASE_LEAST;
}

/* --- onset -------------------------------------------------------------- */

static double onset_limit(const FindingBase *b) {
    return fmax(fmax(b->median * ONSET_TIMES, b->median + ONSET_Z * b->scale),
                b->median + ONSET_LEAST_NS);
}

static void say_onset(FindingWatch *w) {
    UnitsText level, base_level, before, after, when;
    const FindingRow *row = &w->above;
    w->onset = finding_add(
        w, FINDING_ONSET, row->from_ns, row->level,
        "from %s on, at %s: p95 stayed above %s, %s on average over %d s; up "
        "to %s it was %s",
        units_clock(when, row->from_ns), finding_level(w, level, row->level),
        units_latency(after, onset_limit(&w->base)),
        units_latency((UnitsText){ 0 }, row->sum / (double)row->seconds),
        FINDING_STEADY, finding_level(w, base_level, w->base.level_high),
        units_latency(before, w->base.median));
    w->onsets++;
    w->back = (FindingRow){ 0 };
}

/* It was the load only if it stays while the load does. */
static void end_onset(FindingWatch *w, const FindingSecond *s, bool is_back) {
    double level = w->items[w->onset].level;
    if (s->level < level * HELD) {
        finding_over(w, w->onset, s->from_ns);
        return;
    }
    if (!finding_row(&w->back, is_back, s, s->p95))
        return;
    UnitsText when, p95;
    char text[sizeof w->items->text];
    memcpy(text, w->items[w->onset].text, sizeof text);
    finding_say(w, w->onset, "%.180s; from %s on %s again", text,
                units_clock(when, w->back.from_ns),
                units_latency(p95, w->back.sum / (double)w->back.seconds));
    finding_over(w, w->onset, w->back.from_ns);
    if (w->onsets < ONSETS_MAX)
        w->onset = NO_FINDING;
}

static void look_for_onset(FindingWatch *w, const FindingSecond *s) {
    bool is_above = s->p95 > onset_limit(&w->base);
    if (finding_goes_on(w, w->onset)) {
        end_onset(w, s, !is_above);
        return;
    }
    if (w->onset != NO_FINDING)
        return;
    bool is_higher = s->level > w->base.level_high * HIGHER;
    if (finding_row(&w->above, is_above && is_higher, s, s->p95))
        say_onset(w);
}

/* --- the breaking point ------------------------------------------------- */

static double errors_before(const FindingWatch *w) {
    return w->requests ? (double)w->failed / (double)w->requests : 0;
}

static void say_errors(FindingWatch *w, const FindingRow *row) {
    UnitsText when, level, now, before;
    w->breaking = finding_add(
        w, FINDING_BREAKING, row->from_ns, row->level,
        "from %s on, at %s: %s of the requests failed over %d s (%s before)",
        units_clock(when, row->from_ns), finding_level(w, level, row->level),
        units_percent(now, row->sum / (double)row->seconds), FINDING_STEADY,
        units_percent(before, errors_before(w)));
}

static void say_slow(FindingWatch *w, const FindingRow *row) {
    UnitsText when, level, now, before;
    double p95 = row->sum / (double)row->seconds;
    w->breaking = finding_add(
        w, FINDING_BREAKING, row->from_ns, row->level,
        "from %s on, at %s: p95 was %s on average over %d s, %.1f times the "
        "%s of the first, lowest levels",
        units_clock(when, row->from_ns), finding_level(w, level, row->level),
        units_latency(now, p95), FINDING_STEADY, p95 / w->base.median,
        units_latency(before, w->base.median));
}

static void say_broken(FindingWatch *w, const FindingSecond *s) {
    UnitsText when, level, now, before;
    const FindingRow *row = &w->broken;
    w->breaking = finding_add(
        w, FINDING_BREAKING, row->from_ns, row->level,
        "from %s on, at %s, a threshold did not hold any more: %.60s; p95 was "
        "%s on average over %d s, %s at the first, lowest levels",
        units_clock(when, row->from_ns), finding_level(w, level, row->level),
        s->broken, units_latency(now, row->sum / (double)row->seconds),
        FINDING_STEADY, units_latency(before, w->base.median));
}

/* When onrush itself is the limit only answers are surely the target's. */
static uint64_t failures_of(const FindingWatch *w, const FindingSecond *s) {
    return w->is_bound ? s->refused : s->failed;
}

static double error_rate(const FindingWatch *w, const FindingSecond *s) {
    return s->requests ? (double)failures_of(w, s) / (double)s->requests : 0;
}

/* What was before a row: its own seconds count once it led to nothing. */
static void note_before(FindingWatch *w, const FindingSecond *s) {
    w->good_seconds +=
        s->requests && error_rate(w, s) <= BREAK_ERRORS;
    w->row_requests += s->requests;
    w->row_failed += failures_of(w, s);
    if (w->failing.seconds || w->breaking != NO_FINDING)
        return;
    w->requests += w->row_requests;
    w->failed += w->row_failed;
    w->row_requests = w->row_failed = 0;
}

static void look_for_breaking(FindingWatch *w, const FindingSecond *s) {
    double errors = error_rate(w, s);
    bool is_whole = errors <= BREAK_ERRORS;
    bool is_held = s->level > 0 && s->level >= w->level_max * HELD &&
                   w->good_seconds >= BASE_LEAST;
    bool is_judged = finding_counts(s) && !w->is_bound && is_known(&w->base);
    bool is_slow = is_judged && s->p95 > BREAK_TIMES * w->base.median &&
                   s->p95 > w->base.median + ONSET_LEAST_NS;
    /* of a whole run a limit may also break by chance, and stays so */
    bool is_broken =
        is_held && is_judged && s->broken && s->p95 > onset_limit(&w->base);
    bool is_more = errors > BREAK_ERRORS_TIMES * errors_before(w);
    bool fails = finding_row(&w->failing,
                             is_held && s->requests && !is_whole && is_more, s,
                             errors);
    bool slow = finding_row(&w->slow, is_held && is_slow, s, s->p95);
    bool broken = finding_row(&w->broken, is_broken, s, s->p95);
    if (w->breaking == NO_FINDING) {
        if (fails)
            say_errors(w, &w->failing);
        else if (slow)
            say_slow(w, &w->slow);
        else if (broken)
            say_broken(w, s);
    } else if (finding_goes_on(w, w->breaking)) {
        if (finding_row(&w->whole, is_whole && !is_slow && !is_broken, s, 0))
            finding_over(w, w->breaking, w->whole.from_ns);
    }
    note_before(w, s);
}

void findings_look_for_limits(FindingWatch *w, const FindingSecond *s) {
    if (finding_counts(s) && !w->is_bound) {
        if (is_known(&w->base))
            look_for_onset(w, s);
        learn(w, s);
    }
    look_for_breaking(w, s);
}
