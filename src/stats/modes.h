/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modes.h: the humps of a distribution of latencies, as one sees them over a
 * logarithmic axis, and only those that chance does not make.
 *
 * Counts go into 12 bins a decade, smoothed by 1-2-1. Of two neighbouring
 * peaks both are modes when
 * - the valley between them is at most half as high as the lower one. That is
 *   a bimodality amplitude, (peak - valley) / peak, of 0.5 or more, the
 *   measure of Zhang, Mapes and Soden (Q. J. R. Meteorol. Soc. 129, 2003);
 * - peak - valley > 3 * sqrt(peak + valley): the spread of a difference of
 *   two counts, so that a hole in few samples is none;
 * - they lie 4 bins (a factor of 2.2) or more apart.
 * Else the lower one goes. A mode has at least 30 samples and 2 % of them;
 * what is less goes, too. Pure. */
#ifndef ONRUSH_STATS_MODES_H
#define ONRUSH_STATS_MODES_H

#include "stats/bands.h"

#define MODES_MAX 4 /* the largest, where there are more */

typedef struct HistMode {
    double at_ns; /* median of its samples */
    double share; /* of all samples, 0..1 */
} HistMode;

/* How many there are, at most MODES_MAX, in rising order of latency; 0: too
 * few samples to tell. */
size_t modes_find(const Bands *b, const Hist *h, HistMode to[MODES_MAX]);

#endif
