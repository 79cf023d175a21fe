/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed, by class. */
#include "ui/panels.h"
#include "ui/view.h"

size_t errors_view_count(const Scene *s) {
    return (size_t)s->snapshot->run.failed;
}

void errors_view_draw(Cells *c, Rect r, const Scene *s) {
    Frame f;
    frame_init(&f, c, s, r.cols);
    failures_draw(&f, r);
    frame_close(&f);
}
