/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/verdicts.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void verdicts_init(Verdicts *v, const ThresholdList *list) {
    *v = (Verdicts){ .list = list,
                     .readings = mem_alloc(list->count, sizeof *v->readings) };
    for (size_t i = 0; i < list->count; i++)
        gauges_add(&v->history, list->items[i].key, GAUGE_COUNT);
    for (size_t i = 0; i < list->count; i++)
        v->readings[i] = (ThresholdReading){ .threshold = &list->items[i],
                                             .verdict = VERDICT_UNDECIDED,
                                             .value = NAN,
                                             .history = &v->history.items[i] };
}

void verdicts_close(Verdicts *v) {
    gauges_close(&v->history);
    free(v->readings);
    *v = (Verdicts){ 0 };
}

void verdicts_judge(Verdicts *v, uint64_t now_ns, const Slab *run,
                    const MetricContext *context, bool keep) {
    for (size_t i = 0; i < v->list->count; i++) {
        ThresholdReading *r = &v->readings[i];
        Verdict was = r->verdict;
        r->verdict = threshold_judge(r->threshold, run, context, &r->value);
        if (r->verdict != was)
            r->since_ns = now_ns;
        if (keep)
            gauges_read(&v->history, i, now_ns, r->value);
    }
}
