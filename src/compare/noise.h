/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noise.h: is the change of a figure more than it varies by itself?
 * comparison.h has the method and its sources. Pure. */
#ifndef ONRUSH_COMPARE_NOISE_H
#define ONRUSH_COMPARE_NOISE_H

#include "compare/comparison.h"

typedef struct Noise {
    Estimate interval; /* of the change; NaN: none */
    double p;          /* NaN: not tested */
    bool is_tested;    /* else why says what lacks */
    bool is_beyond_up, is_beyond_down; /* surely more, surely less */
    const char *why;   /* a literal, NULL when tested */
} Noise;

/* is_paired: piece i of one belongs to piece i of the other. limit: a share of
 * which the change must be more even without its weightiest stretch. */
Noise noise_measure(const Figure *base, const Figure *now, bool is_paired,
                    double limit, double level);

#endif
