/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/views.h"
#include "ui/words.h"

void ending_close(Ending *e) {
    for (size_t i = 0; i < e->saved_count; i++)
        free(e->saved[i]);
    free(e->saved);
    free(e->words);
    *e = (Ending){ 0 };
}

static size_t failed_count(const Snapshot *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->threshold_count; i++)
        n += threshold_fails(s->thresholds[i].threshold,
                             s->thresholds[i].verdict);
    return n;
}

/* A metric's value in its unit. */
static void value_text(UnitsText to, const ThresholdReading *t) {
    const MetricInfo *m = &t->threshold->condition.metric.info;
    bool is_amount = condition_is_amount(&t->threshold->condition);
    if (isnan(t->value))
        snprintf(to, UNITS_TEXT_MAX, "-");
    else if (isinf(t->value))
        snprintf(to, UNITS_TEXT_MAX, "never");
    else if (m->kind == METRIC_RATE)
        units_percent(to, t->value);
    else if (text_equal(m->contains, "time") && is_amount)
        units_latency(to, t->value * 1e6);
    else if (text_equal(m->contains, "data"))
        units_bytes(to, t->value);
    else
        units_count(to, t->value);
}

static void headline(Cells *c, int y, Rect in, const Ending *e, const Scene *s,
                     size_t failed) {
    bool passed = e->is_known ? e->exit_status == 0 : failed == 0;
    const char *badge = passed ? " PASSED " : " FAILED ";
    if (!e->is_known && s->snapshot->threshold_count == 0)
        badge = " DONE ";
    cells_ground(c, y, in.x + 1, cells_width(badge),
                 passed ? GROUND_OK : GROUND_BAD);
    int x = cells_bold(c, y, in.x + 1, STYLE_TEXT, badge) + 2;
    char text[256];
    if (e->is_known)
        snprintf(text, sizeof text, "exit status %d: %s", e->exit_status,
                 e->words);
    else
        snprintf(text, sizeof text, "saving the result");
    words_cut(c, y, x, in.x + in.cols - 1 - x, STYLE_BRIGHT, text,
              s->view->glyphs);
}

/* Values stand in one column, near to what they belong to. */
#define VALUE_COL 70

static void verdict_draw(Cells *c, int y, Rect in, const ThresholdReading *t,
                         const Scene *s) {
    Glyphs glyphs = s->view->glyphs;
    bool fails = threshold_fails(t->threshold, t->verdict);
    bool holds = t->verdict == VERDICT_HOLDS;
    Style style = fails ? STYLE_BAD : holds ? STYLE_OK : STYLE_WARN;
    const char *sign = fails   ? glyph_text(glyphs, GLYPH_BAD)
                       : holds ? glyph_text(glyphs, GLYPH_OK)
                               : "-";
    char what[256];
    UnitsText value;
    value_text(value, t);
    const char *said = t->verdict == VERDICT_UNDECIDED ? "no samples" : value;
    snprintf(what, sizeof what, "%s %s", t->threshold->key, t->threshold->text);
    int right = in.x + (in.cols - 2 < VALUE_COL ? in.cols - 2 : VALUE_COL);
    int end = right - cells_width(said) - 1;
    cells_text(c, y, in.x + 1, style, sign);
    cells_right(c, y, right, style, said);
    words_cut(c, y, in.x + 5, end - in.x - 5, STYLE_TEXT, what, glyphs);
}

int ending_rows(const Ending *e, const Snapshot *s) {
    return 2 + 1 + (int)s->threshold_count + (int)e->saved_count;
}

void ending_draw(Cells *c, Rect r, const Ending *e, const Scene *scene) {
    const Snapshot *s = scene->snapshot;
    Glyphs glyphs = scene->view->glyphs;
    cells_fill(c, r, GROUND_NONE);
    Rect in = box_draw(c, r, s->stopped ? "stopped" : "done",
                       r.cols < 50 ? NULL : "q leaves", glyphs);
    headline(c, in.y, in, e, scene, failed_count(s));
    /* where it was saved stands in any case; verdicts scroll */
    int saved = (int)e->saved_count;
    int room = in.rows - 1 - saved;
    room = room < 1 ? 1 : room;
    int most = (int)s->threshold_count - room;
    int top = e->top > most ? most : e->top;
    top = top < 0 ? 0 : top;
    int y = in.y + 1;
    for (int i = 0; i < room && top + i < (int)s->threshold_count; i++)
        verdict_draw(c, y++, in, &s->thresholds[top + i], scene);
    for (int i = 0; i < saved && y < in.y + in.rows; i++, y++) {
        cells_text(c, y, in.x + 1, STYLE_DIM, "saved");
        words_cut(c, y, in.x + 7, in.cols - 8, STYLE_TEXT, e->saved[i], glyphs);
    }
    if (most > 0)
        cells_rightf(c, r.y + r.rows - 1, r.x + r.cols - 3, STYLE_DIM,
                     " %d of %zu ", top + room, s->threshold_count);
}
