/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noise.h: is the change of a figure more than it varies by itself?
 * comparison.h has the method and its sources. Pure. */
#ifndef ONRUSH_COMPARE_NOISE_H
#define ONRUSH_COMPARE_NOISE_H

#include "compare/comparison.h"

typedef struct Noise {
    Estimate interval; /* of the change; NaN: none */
    Estimate quiet;    /* change of the quiet pieces, in disturbed runs; NaN */
    double p;          /* NaN: not tested, why says what lacks */
    bool is_beyond_up, is_beyond_down; /* surely more, surely less */
    const char *why;   /* a literal: what else is to be said; or NULL */
} Noise;

typedef struct NoiseWay {
    bool is_paired;    /* piece i of one belongs to piece i of the other */
    bool is_disturbed; /* onrush itself came late in one of the runs */
    double limit;      /* a share that the change of the pieces has to pass
                          even without its weightiest stretch */
    double level;      /* of confidence */
} NoiseWay;

Noise noise_measure(const Figure *base, const Figure *now, const NoiseWay *w);

#endif
