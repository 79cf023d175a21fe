/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"

/* A spike at least doubles the load within a minute. */
#define SPIKE_FACTOR 2
#define SPIKE_WITHIN_NS (UINT64_C(60) * NS_PER_S)
#define SILENCE_NS NS_PER_S

void notes_init(Notes *n, size_t plans, size_t thresholds) {
    *n = (Notes){ .plans = mem_alloc(plans, sizeof *n->plans),
                  .verdicts = mem_alloc(thresholds, sizeof *n->verdicts) };
    for (size_t i = 0; i < thresholds; i++)
        n->verdicts[i] = VERDICT_UNDECIDED;
}

void notes_close(Notes *n) {
    free(n->plans);
    free(n->verdicts);
}

static bool is_spike(const Stage *s, double before) {
    return before >= 1 && stage_end_level(s) >= before * SPIKE_FACTOR &&
           (s->form == STAGE_JUMP || s->full_ns <= SPIKE_WITHIN_NS);
}

static void note_piece(PlanNotes *n, const Wheel *w, size_t scenario,
                       size_t piece, uint64_t began_ns, EventLog *log,
                       Recorder *r) {
    const Plan *p = &w->plans[scenario];
    const Stage *s = &p->stages[piece];
    bool several = w->plan_count > 1;
    const char *of = several ? w->names[scenario] : "";
    double before = piece ? stage_level(s - 1, s[-1].length_ns) : p->start;
    char cause[EVENT_TEXT_MAX];
    snprintf(cause, sizeof cause, "%s%s%s", of, several ? ": " : "", s->name);
    if (is_spike(s, before)) {
        recorder_spike(r, scenario, began_ns, before, cause);
        if (!s->open)
            recorder_spike_over(r, began_ns + s->length_ns, stage_end_level(s));
    }
    if (s->row != n->row && s->origin != STAGE_HAND && s->length_ns)
        event_add(log, began_ns, EVENT_PLAN, "%s%sstage %s began", of,
                  several ? ": " : "", s->name);
    n->piece = s->id;
    n->row = s->row;
    n->began_ns = began_ns;
}

/* All that began since the last look: a late look may have passed over some,
 * and those that take no time are never the current one. */
static void note_stages(PlanNotes *n, const Wheel *w, size_t scenario,
                        EventLog *log, Recorder *r) {
    const Plan *p = &w->plans[scenario];
    size_t end = plan_is_over(p) ? p->count : p->current + 1, last = end;
    uint64_t began_ns = 0, noted_ns = n->began_ns;
    for (size_t i = 0; i < end; i++)
        if (p->stages[i].id == n->piece)
            last = i;
    for (size_t i = 0; i < end; i++) {
        /* An edit may have put another one in its place. */
        bool is_new = last < end ? i > last : began_ns >= noted_ns;
        if (is_new)
            note_piece(n, w, scenario, i, began_ns, log, r);
        began_ns += p->stages[i].length_ns;
    }
}

void notes_stages(Notes *n, Wheel *w, Recorder *r) {
    for (size_t i = 0; i < w->plan_count; i++)
        note_stages(&n->plans[i], w, i, &w->log, r);
}

void notes_thresholds(Notes *n, EventLog *log, const Snapshot *s,
                      uint64_t run_ns) {
    for (size_t i = 0; i < s->threshold_count; i++) {
        const ThresholdReading *t = &s->thresholds[i];
        Verdict was = n->verdicts[i];
        n->verdicts[i] = t->verdict;
        if (t->verdict == was || t->verdict == VERDICT_UNDECIDED)
            continue;
        if (was == VERDICT_UNDECIDED && t->verdict == VERDICT_HOLDS)
            continue;
        event_add(log, run_ns, EVENT_ALERT, "%s %s %s", t->threshold->key,
                  t->threshold->text,
                  t->verdict == VERDICT_BROKEN ? "is broken" : "holds again");
    }
}

void notes_recovery(Notes *n, EventLog *log, const RecoveryList *l,
                    uint64_t run_ns) {
    if (l->count == 0)
        return;
    const Recovery *r = &l->items[l->count - 1];
    if (l->count != n->recoveries) {
        n->recoveries = l->count;
        n->recovery = RECOVERY_UNDER_LOAD;
    }
    if (r->state == n->recovery)
        return;
    UnitsText t;
    if (r->state == RECOVERY_WAITING && !r->is_event)
        event_add(log, run_ns, EVENT_PLAN, "load back at the level before %s",
                  r->cause);
    if (r->state == RECOVERY_DONE)
        event_add(log, run_ns, EVENT_TARGET, "recovered from %s in %s",
                  r->cause,
                  units_duration(t, recovery_time_ns(r, run_ns) / NS_PER_S *
                                        NS_PER_S));
    n->recovery = r->state;
}

void notes_findings(EventLog *log, Recorder *r, uint64_t run_ns) {
    Finding f;
    while (recorder_finding(r, &f))
        event_add(log, run_ns, EVENT_TARGET, "%s",
                  strlen(f.text) < EVENT_TEXT_MAX ? f.text
                                                  : finding_heading(f.kind));
}

static void note_answers(Notes *n, EventLog *log, uint64_t run_ns) {
    UnitsText d;
    if (n->is_silent)
        event_add(log, run_ns, EVENT_TARGET,
                  "the target answers again, after %s",
                  units_span(d, run_ns - n->failing_since_ns));
    n->is_silent = n->is_failing = false;
}

static void note_failures(Notes *n, EventLog *log, const Slab *totals,
                          uint64_t run_ns) {
    if (!n->is_failing)
        n->failing_since_ns = run_ns;
    n->is_failing = true;
    if (run_ns - n->failing_since_ns < SILENCE_NS || n->is_silent)
        return;
    n->is_silent = true;
    FailClass worst = FAIL_RESOLVE;
    for (FailClass c = 0; c < FAIL_COUNT; c++)
        if (!fail_is_answer(c) && c != FAIL_REDIRECTS &&
            *slab_example_why(totals, c))
            worst = c;
    event_add(log, run_ns, EVENT_TARGET, "no answer from the target: %s",
              slab_example_why(totals, worst));
}

void notes_silence(Notes *n, EventLog *log, const Slab *totals,
                   uint64_t run_ns) {
    uint64_t answered = 0, unanswered = 0;
    for (size_t i = 0; i < totals->series_count; i++) {
        for (size_t k = 0; k < 6; k++)
            answered += totals->series[i].status[k];
        for (FailClass c = 0; c < FAIL_COUNT; c++)
            if (c == FAIL_REDIRECTS) /* an answer, but not the last one */
                answered += totals->series[i].fail[c];
            else if (!fail_is_answer(c))
                unanswered += totals->series[i].fail[c];
    }
    bool speaks = answered > n->answered;
    bool fails = unanswered > n->unanswered;
    n->answered = answered;
    n->unanswered = unanswered;
    n->ever_answered |= speaks;
    if (speaks)
        note_answers(n, log, run_ns);
    else if (fails)
        note_failures(n, log, totals, run_ns);
}
