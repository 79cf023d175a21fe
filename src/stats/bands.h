/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bands.h: a histogram's counts in equal steps of the logarithm, for
 * pictures: BANDS_PER_DECADE of them from 1 us to an hour, 4.9 % each.
 * What is shorter counts in the first, what is longer in the last. Pure. */
#ifndef ONRUSH_STATS_BANDS_H
#define ONRUSH_STATS_BANDS_H

#include "stats/hist.h"

#define BANDS_PER_DECADE 48
#define BANDS_LOW 3 /* log10 of 1 us */
#define BANDS 459   /* the last one ends beyond HIST_HIGHEST */

/* Where bands begin among a histogram's counters; the same in all. */
typedef struct Bands {
    uint32_t edge[BANDS + 1];
} Bands;

void bands_init(Bands *b);
/* Adds the counts of h. */
void bands_add(const Bands *b, const Hist *h, uint64_t count[BANDS]);
/* log10 of ns at which a band begins. */
double bands_begin(size_t band);
/* Adds counts of the bands [first, end) to `steps` equal steps of the
 * logarithm over [low, high), log10 of ns; what lies in several is shared
 * between them, what is outside goes to the nearest. */
void bands_spread(const uint64_t count[BANDS], size_t first, size_t end,
                  double low, double high, double *to, int steps);

#endif
