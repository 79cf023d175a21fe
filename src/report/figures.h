/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures.h: what both summaries, the JSON and the text, count in the same
 * way. Pure; main thread. */
#ifndef ONRUSH_REPORT_FIGURES_H
#define ONRUSH_REPORT_FIGURES_H

#include "report/report.h"
#include "stats/overhead.h"

/* A row of the plan as it was executed. */
typedef struct StageFigures {
    const char *name, *origin;
    uint64_t began_ns, length_ns;
    double from, to;
    /* Of the seconds that begin within the row; of what is under way when
     * the plan ends, of a last row "finish". So the rows add up to the run.
     * NaN where a row has no second of its own. */
    Reading reading;
    Reading response; /* of the same seconds; of counts only requests */
    uint64_t started, dropped; /* iterations that they began or dropped */
} StageFigures;

typedef struct StageList {
    StageFigures *items;
    size_t count;
} StageList;

/* Of a scenario's plan, with all that was measured meanwhile, of whatever
 * scenario; "finish" is of those that end last. free() its items. */
StageList stages_measure(const Report *r, size_t scenario);

/* Jumps without a length, and the moment in which the last requests end,
 * tell a reader nothing. */
bool stage_is_worth_a_line(const StageFigures *f);

/* Load that rose and stayed is no spike that anything could recover from. */
bool recovery_stayed(const Recovery *r);

/* Appends how far a threshold is from its limit: "24 % below the limit";
 * "undecided"; nothing when that cannot be said. */
void margin_words(const ThresholdReading *r, Text *to);

/* Its outcome; "" when the command says the same: a note's is the note. */
const char *action_outcome(const Action *a);

typedef struct ErrorFigures {
    FailClass class;
    uint64_t count;
} ErrorFigures;

/* Those that happened, most frequent first; returns how many. */
size_t errors_count(const Slab *run, ErrorFigures to[FAIL_COUNT]);

/* A variant against the first one, of http_req_duration. */
typedef struct OverheadFigures {
    const char *variant, *against;
    uint64_t samples, samples_against;
    Overhead p50, p95, avg; /* ns */
} OverheadFigures;

/* One for each variant but the first; free() it. 0 without variants. */
size_t overheads_measure(const Snapshot *s, OverheadFigures **to);

/* What metric_value and metric_hist need of a snapshot. */
MetricContext context_of(const Snapshot *s);

#endif
