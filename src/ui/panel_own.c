/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics that the profile brings itself, of the whole run. */
#include "ui/panels.h"

#include <stdio.h>

#include "ui/words.h"

int own_rows(const Frame *f) {
    size_t n = f->scene->snapshot->metrics->own_count;
    return n ? (int)n + 2 : 0;
}

/* The figures of each kind, in the order of their worth. */
typedef struct OwnFigure {
    const char *label;
    Method method;
    double q;
} OwnFigure;

#define OWN_FIGURES 3

static const OwnFigure own_figures[][OWN_FIGURES] = {
    [METRIC_COUNTER] = { { "", METHOD_COUNT, 0 }, { "", METHOD_RATE, 0 } },
    [METRIC_GAUGE] = { { "", METHOD_VALUE, 0 } },
    [METRIC_RATE] = { { "", METHOD_RATE, 0 } },
    [METRIC_TREND] = { { "p95 ", METHOD_P, 0.95 },
                       { "p50 ", METHOD_P, 0.5 },
                       { "max ", METHOD_MAX, 0 } },
};

char *own_text(char to[OWN_TEXT], const Snapshot *s, size_t i) {
    Metric m = metric_own(s->metrics, i);
    const CustomSlab *c = &s->totals->custom[i];
    double seconds = (double)s->now_ns / 1e9;
    int n = 0;
    to[0] = '\0';
    if (c->count == 0)
        snprintf(to, OWN_TEXT, "no samples");
    for (size_t k = 0; k < OWN_FIGURES && c->count; k++) {
        const OwnFigure *x = &own_figures[m.info.kind][k];
        const Condition of = { .metric = m, .method = x->method, .q = x->q };
        UnitsText v;
        if (!x->label)
            break;
        words_value_wide(
            v, &of, custom_value(c, m.info.kind, x->method, x->q, seconds));
        n += snprintf(to + n, (size_t)(OWN_TEXT - n), "%s%s%s", n ? "  " : "",
                      x->label, v);
    }
    return to;
}

void own_draw(const Frame *f, Rect r) {
    const Snapshot *s = f->scene->snapshot;
    Rect in = frame_box(f, r, "own metrics", "whole run");
    for (size_t i = 0; i < s->metrics->own_count && (int)i < in.rows; i++) {
        char text[OWN_TEXT];
        int y = in.y + (int)i, room = in.cols / 2;
        words_cut(f->cells, y, in.x, room - 1, STYLE_TEXT,
                  s->metrics->own[i].name, f->glyphs);
        words_cut(f->cells, y, in.x + room, in.cols - room, STYLE_BRIGHT,
                  own_text(text, s, i), f->glyphs);
    }
}
