/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdicts.h: how thresholds stand while the run goes on: value and verdict,
 * since when it is so, and the value's history, which is bounded as gauges
 * are. Pure; main thread. Run time in ns. */
#ifndef ONRUSH_STATS_VERDICTS_H
#define ONRUSH_STATS_VERDICTS_H

#include "stats/gauges.h"
#include "stats/threshold.h"

typedef struct ThresholdReading {
    const Threshold *threshold;
    Verdict verdict;
    double value;         /* k6's units */
    uint64_t since_ns;    /* it is so; to a second */
    const Gauge *history; /* of the value, once a second; NULL: none is kept */
} ThresholdReading;

typedef struct Verdicts {
    const ThresholdList *list;
    ThresholdReading *readings; /* as of the last reading of them */
    Gauges history;
} Verdicts;

/* The list is borrowed. */
void verdicts_init(Verdicts *v, const ThresholdList *list);
void verdicts_close(Verdicts *v);
/* Judges all as the run stands at now; keep: the values go into the history
 * (for once a second: at_ns rises). */
void verdicts_judge(Verdicts *v, uint64_t now_ns, const Slab *run,
                    const MetricContext *context, bool keep);

#endif
