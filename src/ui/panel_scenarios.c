/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several scenarios: how much each does, of how much, and which of them the
 * keys steer. */
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#include "ui/glyph.h"
#include "ui/words.h"

#define LINE_GAP 3
#define NAME_MIN 6

static size_t count_of(const Frame *f) {
    const Snapshot *s = f->scene->snapshot;
    size_t n = f->scene->wheel->plan_count;
    bool is_there = s->scenario_count >= n && s->state != RUN_DONE;
    return n > 1 && is_there ? n : 0;
}

int scenarios_rows(const Frame *f) {
    size_t n = count_of(f);
    return n ? (int)n + 2 : 0;
}

int scenarios_line_rows(const Frame *f) {
    return count_of(f) ? 1 : 0;
}

static double actual_of(const ScenarioReading *r) {
    return r->is_rate ? r->started_per_s : (double)r->active;
}

/* "40 of 40 VUs", "118 of 120/s" */
static void load_text(const Frame *f, size_t i, char to[96]) {
    const ScenarioReading *r = &f->scene->snapshot->scenarios[i];
    UnitsText a, b;
    double actual = actual_of(r);
    snprintf(a, sizeof a, "-");
    if (!isnan(actual))
        words_brief(a, round(actual));
    words_brief(b, round(r->planned));
    snprintf(to, 96, "%s of %s%s", a, b, r->is_rate ? "/s" : " VUs");
}

static const char *stage_of(const Frame *f, size_t i) {
    const Plan *p = &f->scene->wheel->plans[i];
    return plan_is_over(p)   ? "over"
           : plan_is_hand(p) ? "by hand"
                             : p->stages[p->current].name;
}

static Style style_of(const Frame *f, size_t i) {
    const Wheel *w = f->scene->wheel;
    return plan_is_over(&w->plans[i]) ? STYLE_DIM
           : i == w->focus            ? STYLE_BRIGHT
                                      : STYLE_TEXT;
}

void scenarios_draw(const Frame *f, Rect r) {
    const Wheel *w = f->scene->wheel;
    Rect in = frame_box(f, r, "scenarios", "c steers the next");
    int count = (int)count_of(f), first = (int)w->focus - in.rows / 2;
    first = first > count - in.rows ? count - in.rows : first;
    first = first < 0 ? 0 : first;
    int load = 0, stage = in.cols < 50 ? 8 : 16;
    for (int k = 0; k < in.rows && first + k < count; k++) {
        char text[96];
        load_text(f, (size_t)(first + k), text);
        int width = cells_width(text);
        load = width > load ? width : load;
    }
    int name = in.cols - 2 - load - stage - 1;
    name = name < NAME_MIN ? NAME_MIN : name;
    for (int k = 0; k < in.rows && first + k < count; k++) {
        size_t i = (size_t)(first + k);
        int y = in.y + k, x = in.x;
        char text[96];
        bool is_hand = plan_is_hand(&w->plans[i]);
        if (i == w->focus) {
            cells_ground(f->cells, y, x - 1, in.cols + 2, GROUND_SELECT);
            cells_text(f->cells, y, x, STYLE_BRIGHT,
                       glyph_text(f->glyphs, GLYPH_CURRENT));
        }
        words_cut(f->cells, y, x + 2, name - 1, style_of(f, i), w->names[i],
                  f->glyphs);
        load_text(f, i, text);
        cells_right(f->cells, y, x + 2 + name + load - 1,
                    is_hand ? STYLE_HAND : STYLE_TEXT, text);
        words_cut(f->cells, y, x + 2 + name + load + 1, stage,
                  is_hand ? STYLE_HAND : STYLE_DIM, stage_of(f, i), f->glyphs);
    }
}

void scenarios_line(const Frame *f, Rect r) {
    const Wheel *w = f->scene->wheel;
    size_t count = count_of(f);
    int x = r.x + 1, end = r.x + r.cols - 1;
    for (size_t k = 0; k < count; k++) {
        /* the focused one stands in any case */
        size_t i = (w->focus + k) % count;
        char text[96], whole[256];
        load_text(f, i, text);
        snprintf(whole, sizeof whole, "%.100s %s", w->names[i], text);
        int width = cells_width(whole) + 2;
        if (k && x + width > end)
            break;
        if (i == w->focus)
            x = cells_text(f->cells, r.y, x, STYLE_BRIGHT,
                           glyph_text(f->glyphs, GLYPH_CURRENT)) +
                1;
        x = words_cut(f->cells, r.y, x, end - x,
                      plan_is_hand(&w->plans[i]) ? STYLE_HAND : style_of(f, i),
                      whole, f->glyphs) +
            LINE_GAP;
    }
}
