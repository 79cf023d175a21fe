/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notes.h: what happened, for the log: each function looks at how things
 * stand and writes down what is new since it last looked. Main thread. */
#ifndef ONRUSH_ENGINE_NOTES_H
#define ONRUSH_ENGINE_NOTES_H

#include "control/wheel.h"
#include "stats/recorder.h"

typedef struct PlanNotes {
    uint32_t piece, row; /* seen to begin, */
    uint64_t began_ns;   /* at this run time */
} PlanNotes;

typedef struct Notes {
    PlanNotes *plans; /* by scenario */
    Verdict *verdicts; /* by threshold */
    RecoveryState recovery; /* of the last of so many */
    size_t recoveries;
    uint64_t answered, unanswered; /* totals at the last look */
    uint64_t failing_since_ns; /* without an answer in between, */
    bool is_failing;           /* if so */
    bool is_silent, ever_answered;
} Notes;

void notes_init(Notes *n, size_t plans, size_t thresholds);
void notes_close(Notes *n);

/* Stages that began; those that are a spike begin a recovery. */
void notes_stages(Notes *n, Wheel *w, Recorder *r);
/* Thresholds that broke or hold again. */
void notes_thresholds(Notes *n, EventLog *log, const Snapshot *s,
                      uint64_t run_ns);
void notes_recovery(Notes *n, EventLog *log, const RecoveryList *l,
                    uint64_t run_ns);
/* Those that are new. */
void notes_findings(EventLog *log, Recorder *r, uint64_t run_ns);
/* Failures for a second and no answer in between: the target is away. They
 * need not come in every tick: time-outs come in bursts. */
void notes_silence(Notes *n, EventLog *log, const Slab *totals,
                   uint64_t run_ns);

#endif
