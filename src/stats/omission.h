/* SPDX-License-Identifier: GPL-3.0-or-later */
/* omission.h: do the percentiles of a closed model hide stalls? Pure.
 *
 * A VU that waits asks for nothing. When the target stalls, each VU meets
 * the stall once and then waits it out: a second's stall is as many slow
 * requests as there are VUs, among the thousands that the second before it
 * had. Users who come whether or not others wait would have met it all that
 * second long. Gil Tene calls that coordinated omission; what was not asked
 * cannot be measured afterwards, only an arrival rate asks it.
 *
 * What is left to see is where the VUs' time went: by count the stall is
 * nothing, by time it is much. So the sign is the share of all time in
 * requests that lies in the slowest hundredth of them, which for the spread
 * of a healthy server (log-normal, sigma up to 1) is below a tenth, and a
 * slowest request far beyond the median. The slowest, not p99.9: ten VUs
 * that stall once in 40 000 requests are beyond any percentile that is
 * printed.
 *
 * A tail that is heavy on its own, where single requests are slow and the
 * others go on, shows the same sign: a histogram cannot tell them apart. Its
 * percentiles would be right. Therefore this is a hint and never a verdict,
 * and an arrival rate settles it for both. */
#ifndef ONRUSH_STATS_OMISSION_H
#define ONRUSH_STATS_OMISSION_H

#include "stats/snapshot.h"

#define OMISSION_SHARE 0.10   /* above: of all time in the slowest 1 % */
#define OMISSION_TIMES 10     /* slowest to median, at least */
#define OMISSION_REQUESTS 100 /* at least, so that a hundredth is one */

/* Share (0..1) of the durations' sum that the slowest 1 % of them make up;
 * of values alike 0.01. NaN when empty. */
double omission_share(const Hist *durations);
/* The same when it is a sign that stalls are hidden, else 0. */
double omission_hidden(const Hist *durations);
/* Appends what that means for this run, without a newline; false: nothing
 * is hidden, or the model is open. */
bool omission_words(const Snapshot *s, Text *to);

#endif
