/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/omission.h"

#include <math.h>

#include "base/units.h"

double omission_share(const Hist *durations) {
    return hist_share_of_largest(durations, 0.01);
}

double omission_hidden(const Hist *durations) {
    if (durations->count < OMISSION_REQUESTS)
        return 0;
    double far = hist_quantile(durations, 0.5) * OMISSION_TIMES;
    if ((double)durations->max < far)
        return 0;
    double share = omission_share(durations);
    return share > OMISSION_SHARE ? share : 0;
}

/* Two figures: it is where to begin. */
static double about(double rate) {
    if (!(rate > 0))
        return 1;
    double step = pow(10, floor(log10(rate)) - 1);
    return round(rate / step) * step;
}

bool omission_words(const Snapshot *s, Text *to) {
    UnitsText rate;
    double seconds = (double)s->now_ns / 1e9;
    if (s->is_open || !(s->omission > 0))
        return false;
    double iterations = (double)s->totals->iterations;
    units_count(rate, about(seconds > 0 ? iterations / seconds : 0));
    text_addf(to,
              "%.0f %% of the VUs' time went into the slowest 1 %% of "
              "requests: while they waited they asked for nothing, so "
              "percentiles understate what users would have met; an arrival "
              "rate (%s/s) measures that",
              s->omission * 100, rate);
    return true;
}
