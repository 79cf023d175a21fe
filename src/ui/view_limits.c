/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds and alerts. */
#include "ui/panels.h"
#include "ui/view.h"
#include "ui/words.h"

size_t limits_view_count(const Scene *s) {
    size_t count = words_limits_broken(s->snapshot);
    for (size_t i = 0; i < s->snapshot->alert_count; i++)
        count += s->snapshot->alerts[i].is_firing;
    return count;
}

void limits_view_draw(Cells *c, Rect r, const Scene *s) {
    Frame f;
    frame_init(&f, c, s, r.cols);
    limits_draw(&f, r);
    frame_close(&f);
}
