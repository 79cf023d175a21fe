/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/trend_found.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define DAY_S 86400.0
#define LEVEL 0.95
#define P_MAX 0.05

static TrendVerdict verdict_of(const SenFit *sen, Better better) {
    if (isnan(sen->p) || isnan(sen->slope.value))
        return TREND_FEW;
    bool is_sure = sen->p < P_MAX && sen->slope.low * sen->slope.high > 0;
    bool rises = sen->slope.value > 0;
    if (!is_sure)
        return TREND_STEADY;
    if (better == BETTER_UNKNOWN)
        return rises ? TREND_RISING : TREND_FALLING;
    return rises == (better == BETTER_HIGHER) ? TREND_IMPROVING
                                              : TREND_DEGRADING;
}

TrendFound trend_find(const TrendSeries *s) {
    TrendFound f = { .verdict = TREND_FEW };
    double *days = mem_alloc(s->count + 1, sizeof *days);
    double *values = mem_alloc(s->count + 1, sizeof *values);
    for (size_t i = 0; i < s->count; i++) {
        days[i] = (double)(s->items[i].at - s->items[0].at) / DAY_S;
        values[i] = s->items[i].value;
    }
    f.median = sample_median(values, s->count);
    f.sen = trend_sen(days, values, s->count, LEVEL);
    f.line = trend_line(days, values, s->count);
    if (s->count >= TREND_LEAST) {
        f.verdict = verdict_of(&f.sen, s->better);
        f.change_count = trend_change_points(values, s->count, P_MAX, f.changes,
                                             TREND_CHANGES_MAX);
    }
    free(days);
    free(values);
    return f;
}

const char *trend_verdict_name(TrendVerdict v) {
    static const char *const names[] = {
        [TREND_FEW] = "too few runs",    [TREND_STEADY] = "steady",
        [TREND_IMPROVING] = "improving", [TREND_DEGRADING] = "degrading",
        [TREND_RISING] = "rising",       [TREND_FALLING] = "falling",
    };
    return names[v];
}
