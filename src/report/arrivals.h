/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals.h: did an arrival rate happen as it was planned? Pure; main
 * thread. */
#ifndef ONRUSH_REPORT_ARRIVALS_H
#define ONRUSH_REPORT_ARRIVALS_H

#include "report/report.h"

/* Of the whole run, in iterations. What is neither started nor dropped never
 * came: the generator was behind when the plan ended, or the run was stopped
 * between two arrivals. */
typedef struct ArrivalFigures {
    double planned; /* the plan's area, as it was executed */
    double seconds; /* that the plan lasted */
    uint64_t started, dropped;
    double achieved; /* started of planned, 0..1; NaN: none were planned */
    double lag_p99;  /* ns by which iterations began late; NaN: none began */
} ArrivalFigures;

/* Is a scenario an arrival rate? The figures are of all that are. */
bool arrivals_are_there(const Report *r);
ArrivalFigures arrivals_measure(const Report *r);

/* More than this share not started, or the p99 of the lag beyond that: the
 * rate was not held. A hundredth of a second is the grain at which workers
 * look at the plan. */
#define ARRIVALS_MISSED 0.005
#define ARRIVALS_LATE_NS 10e6

/* Appends why the rate was not held, in a sentence without a newline; false:
 * it was, or there is none. */
bool arrivals_words(const Report *r, Text *to);

#endif
