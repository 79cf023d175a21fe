/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectrum_box.h: what stands beside the spectrogram: figures, distribution
 * and words of one moment. Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_SPECTRUM_BOX_H
#define ONRUSH_UI_SPECTRUM_BOX_H

#include "ui/spectrum.h"

/* log10 of ns at the lower and upper edge of the picture. */
typedef struct LatencyScale {
    double low, high;
} LatencyScale;

/* Rows that it takes of a view of so many: 1 is without a frame and words,
 * and stands above the picture, where no notice covers it. */
int moment_rows(int view_rows);
void moment_draw(const Frame *f, Rect r, const Moment *m, LatencyScale scale);
/* "two modes: 21.0 ms (72 %) and 402 ms (28 %)", of so many requests; empty:
 * nothing to say. Of what is too long for cols the less important is left
 * out, a stall last. */
#define MOMENT_WORDS 240
char *moment_words(char to[MOMENT_WORDS], const Moment *m, size_t requests,
                   int cols);

#endif
