/* SPDX-License-Identifier: GPL-3.0-or-later */
/* knee.h: where throughput will level off, by the scaling fit over the levels
 * that were seen so far; said only when the evidence suffices. Pure. */
#ifndef ONRUSH_STATS_KNEE_H
#define ONRUSH_STATS_KNEE_H

#include "maths/usl.h"

typedef struct Knee {
    bool is_known;
    Estimate load;      /* VUs at which throughput levels off, 95 % */
    double throughput;  /* requests/s there */
    size_t levels;      /* that were seen */
    char text[160];     /* "throughput levels off near 1 400 VUs (1 250 to
                           1 600), at about 8 200 requests/s"; "" */
    const char *why;    /* a literal: what lacks, when not known */
} Knee;

#endif
