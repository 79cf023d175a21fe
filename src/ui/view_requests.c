/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of requests, and all about one of them. */
#include "ui/panels.h"
#include "ui/view.h"

void requests_view_draw(Cells *c, Rect r, const Scene *s) {
    Frame f;
    frame_init(&f, c, s, r.cols);
    requests_draw(&f, r);
    frame_close(&f);
}
