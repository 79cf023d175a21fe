/* SPDX-License-Identifier: GPL-3.0-or-later */
/* threshold.h: k6's threshold grammar and its verdicts. Pure.
 *
 *   http_req_duration{home} = p(95) < 500, p(99) < 1s abort after 30s
 *
 * What is compared is condition.h's; besides there are `abort [after D]`
 * and `optional`. */
#ifndef ONRUSH_STATS_THRESHOLD_H
#define ONRUSH_STATS_THRESHOLD_H

#include "stats/condition.h"

typedef struct Threshold {
    Condition condition;
    const char *key;  /* "http_req_duration{home}" as written */
    const char *text; /* "p(95) < 500" as written */
    bool optional, abort;
    uint64_t abort_after_ns;
    size_t after_at, after_length; /* in text: where that is written */
} Threshold;

typedef struct ThresholdList {
    Threshold *items;
    size_t count, cap;
} ThresholdList;

/* Reads one profile line; texts go to the arena. 0, or -1 with err: column
 * counts within text when *in_key is false, else within key. */
int threshold_read(ThresholdList *list, Arena *arena, const char *key,
                   const char *text, const MetricTable *table, bool *in_key,
                   Err *err);
/* Bits of AnswerPart: those whose durations they ask for (slab_keep). */
uint32_t threshold_parts(const ThresholdList *list);
void threshold_list_close(ThresholdList *list);

typedef enum Verdict {
    VERDICT_HOLDS,
    VERDICT_BROKEN,
    VERDICT_UNDECIDED, /* no samples */
} Verdict;

/* *value: the metric's value, NaN when undecided. */
Verdict threshold_judge(const Threshold *t, const Slab *run,
                        const MetricContext *context, double *value);
/* Does this verdict make the run fail? */
bool threshold_fails(const Threshold *t, Verdict v);

#endif
