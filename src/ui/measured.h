/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured.h: what was measured in a stretch of time, exactly: the merged
 * histograms of its cells. Merging takes time, so it is kept and made anew
 * only when the stretch is another one, or once a second while it is not all
 * in the past. Pure; times in run time ns. */
#ifndef ONRUSH_UI_MEASURED_H
#define ONRUSH_UI_MEASURED_H

#include "stats/snapshot.h"
#include "ui/look.h"

typedef struct Measured {
    Interval asked; /* empty: nothing was asked */
    Interval cells; /* of whole cells; empty: nothing is known of it yet */
    uint64_t grain_ns; /* the longest cell's length */
    uint64_t known_ns; /* the last finished cell's end when it was made */
    size_t series;     /* SIZE_MAX: all */
    const Timeline *timeline;
    /* the response time is of all series, and where it is another */
    Reading service, response;
    double service_p999, response_p999;
    CellSample sample; /* levels and rates of iterations */
} Measured;

/* Brings m up to date for the stretch. An empty one makes it empty. */
void measured_follow(Measured *m, const Snapshot *s, Interval asked,
                     size_t series);

#endif
