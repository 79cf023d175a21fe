/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spectrogram: time across, latency up, how many requests as colour. */
#include "ui/panels.h"
#include "ui/view.h"

void spectrum_draw(Cells *c, Rect r, const Scene *s) {
    Frame f;
    frame_init(&f, c, s, r.cols);
    latency_draw(&f, r, true);
    frame_close(&f);
}
