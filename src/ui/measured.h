/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured.h: what was measured in a stretch of time, exactly: the merged
 * histograms of its cells. Merging takes time, so it is kept and made anew
 * only when the stretch is another one, or once a second while it is not all
 * in the past. A stretch that grew takes in what is new to it alone. Pure;
 * times in run time ns. {0} is an empty one; it owns memory. */
#ifndef ONRUSH_UI_MEASURED_H
#define ONRUSH_UI_MEASURED_H

#include "stats/snapshot.h"
#include "ui/look.h"

/* Merged so far. */
typedef struct MeasuredSum {
    Hist hist;
    CellSeries sums;
    double seconds;
} MeasuredSum;

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
    bool has_response;
    CellSample sample; /* levels and rates of iterations */
    MeasuredSum sum[2]; /* of service and response times */
} Measured;

void measured_close(Measured *m); /* leaves an empty one */

/* Brings m up to date for the stretch. An empty one makes it empty. */
void measured_follow(Measured *m, const Snapshot *s, Interval asked,
                     size_t series);

#endif
