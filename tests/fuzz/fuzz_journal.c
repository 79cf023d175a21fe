/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a journal. Whatever its lines say, each is taken or refused
 * with a reason; and what came of them can be looked at. */
#include <math.h>

#include "base/text.h"
#include "journal/replay.h"
#include "fuzz.h"

static void look(const Replay *r) {
    const Snapshot *s = replay_snapshot(r);
    const Wheel *w = replay_wheel(r);
    Hist h = { 0 };
    CellSeries sums;
    if (s->state != RUN_DONE || !replay_info(r)->name)
        abort();
    for (size_t i = 0; i <= s->series_count; i++)
        timeline_interval(s->timeline, 0, s->now_ns, i, &h, &sums);
    hist_close(&h);
    if (!(wheel_peak(w) >= 1) || isnan(wheel_level_at(w, s->now_ns)))
        abort();
    for (size_t i = 0; i < w->plan_count; i++)
        plan_segments(&w->plans[i], 0, s->now_ns, &(Segment){ 0 }, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Replay *r = replay_new();
    char *bytes = malloc(size + 1), *at = bytes, *end;
    Err err;
    if (!bytes)
        abort();
    memcpy(bytes, data, size);
    bytes[size] = '\0';
    while ((end = memchr(at, '\n', size - (size_t)(at - bytes)))) {
        err.text[0] = '\0';
        if (!replay_skips(r, at, (size_t)(end - at)) &&
            replay_line(r, at, (size_t)(end - at), &err) < 0) {
            if (!*err.text || err.column < 0)
                abort();
            break;
        }
        at = end + 1;
    }
    if (replay_has_head(r)) {
        replay_end(r);
        look(r);
    }
    replay_free(r);
    free(bytes);
    return 0;
}
