/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "ui/glyph.h"
#include "ui/panels.h"
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

static void headline(Cells *c, int y, Rect in, const Ending *e, const Scene *s,
                     size_t failed) {
    bool passed = e->is_known ? e->exit_status == 0 : failed == 0;
    bool is_cut = e->is_known && e->exit_status < 0;
    const char *badge = is_cut ? " CUT OFF " : passed ? " PASSED " : " FAILED ";
    if (!e->is_known && s->snapshot->threshold_count == 0)
        badge = " DONE ";
    cells_ground(c, y, in.x + 1, cells_width(badge),
                 passed ? GROUND_OK : GROUND_BAD);
    int x = cells_bold(c, y, in.x + 1, STYLE_TEXT, badge) + 2;
    char text[256];
    if (is_cut)
        snprintf(text, sizeof text, "%s", e->words);
    else if (e->is_known)
        snprintf(text, sizeof text, "exit status %d: %s", e->exit_status,
                 e->words);
    else
        snprintf(text, sizeof text, "saving the result");
    words_cut(c, y, x, in.x + in.cols - 1 - x, STYLE_BRIGHT, text,
              s->view->glyphs);
}

/* Values stand in one column, near to what they belong to. */
#define VALUE_COL 70

typedef struct EndingLine {
    Style style;
    const char *sign;
    char what[256], value[OWN_TEXT];
} EndingLine;

static void say_verdict(const ThresholdReading *t, Glyphs glyphs,
                        EndingLine *to) {
    bool fails = threshold_fails(t->threshold, t->verdict);
    bool holds = t->verdict == VERDICT_HOLDS;
    UnitsText value;
    to->style = fails ? STYLE_BAD : holds ? STYLE_OK : STYLE_WARN;
    to->sign = fails   ? glyph_text(glyphs, GLYPH_BAD)
               : holds ? glyph_text(glyphs, GLYPH_OK)
                       : "-";
    words_value_wide(value, &t->threshold->condition, t->value);
    snprintf(to->value, sizeof to->value, "%s",
             t->verdict == VERDICT_UNDECIDED ? "no samples" : value);
    snprintf(to->what, sizeof to->what, "%s %s", t->threshold->key,
             t->threshold->text);
}

static void say_alert(const AlertReading *a, Glyphs glyphs, EndingLine *to) {
    bool is_critical = a->alert->severity == ALERT_CRITICAL;
    UnitsText total;
    to->style = !a->times ? STYLE_OK : is_critical ? STYLE_BAD : STYLE_WARN;
    to->sign = glyph_text(glyphs, a->times ? GLYPH_ALERT : GLYPH_OK);
    snprintf(to->what, sizeof to->what, "alert %s: %s", a->alert->name,
             a->alert->text);
    if (a->times)
        snprintf(to->value, sizeof to->value, "fired %llu time%s, %s in all",
                 (unsigned long long)a->times, a->times == 1 ? "" : "s",
                 units_span(total, a->total_ns));
    else
        snprintf(to->value, sizeof to->value, "never fired");
}

static size_t line_count(const Snapshot *s) {
    return s->threshold_count + s->alert_count + s->metrics->own_count;
}

/* What the i-th line is about, of thresholds, alerts, own metrics in a row:
 * what failed first, then alerts that fired. */
static size_t line_at(const Snapshot *s, size_t i) {
    size_t count = s->threshold_count + s->alert_count, at = 0;
    for (int pass = 0; pass < 4; pass++)
        for (size_t k = 0; k < count; k++) {
            bool is_alert = k >= s->threshold_count;
            const ThresholdReading *t = &s->thresholds[k];
            bool is_wrong = is_alert
                                ? s->alerts[k - s->threshold_count].times > 0
                                : threshold_fails(t->threshold, t->verdict);
            if (pass == (is_wrong ? 0 : 2) + is_alert && at++ == i)
                return k;
        }
    return i;
}

static EndingLine line_say(const Snapshot *s, size_t line, Glyphs glyphs) {
    EndingLine l = { .style = STYLE_BRIGHT, .sign = " " };
    size_t i = line_at(s, line);
    if (i < s->threshold_count) {
        say_verdict(&s->thresholds[i], glyphs, &l);
    } else if (i -= s->threshold_count, i < s->alert_count) {
        say_alert(&s->alerts[i], glyphs, &l);
    } else {
        i -= s->alert_count;
        snprintf(l.what, sizeof l.what, "%s", s->metrics->own[i].name);
        own_text(l.value, s, i);
    }
    return l;
}

/* Where all values end: behind the longest line that fits. */
static int value_col(const Snapshot *s, int cols, Glyphs glyphs) {
    int at = VALUE_COL < cols - 2 ? VALUE_COL : cols - 2;
    for (size_t i = 0; i < line_count(s); i++) {
        EndingLine l = line_say(s, i, glyphs);
        int needs = 5 + cells_width(l.what) + 2 + cells_width(l.value);
        if (needs <= cols - 2 && needs > at)
            at = needs;
    }
    return at;
}

static void line_draw(Cells *c, int y, Rect in, int value, size_t line,
                      const Scene *scene) {
    Glyphs glyphs = scene->view->glyphs;
    EndingLine l = line_say(scene->snapshot, line, glyphs);
    int needs = 5 + cells_width(l.what) + 1 + cells_width(l.value);
    int right = in.x + (needs > value ? in.cols - 2 : value);
    int end = right - cells_width(l.value) - 1;
    cells_text(c, y, in.x + 1, l.style, l.sign);
    cells_right(c, y, right, l.style, l.value);
    words_cut(c, y, in.x + 5, end - in.x - 5, STYLE_TEXT, l.what, glyphs);
}

int ending_rows(const Ending *e, const Snapshot *s) {
    return 2 + 1 + (int)line_count(s) + (int)e->saved_count;
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
    int count = (int)line_count(s), most = count - room;
    int top = e->top > most ? most : e->top;
    top = top < 0 ? 0 : top;
    int y = in.y + 1, value = value_col(s, in.cols, glyphs);
    for (int i = 0; i < room && top + i < count; i++)
        line_draw(c, y++, in, value, (size_t)(top + i), scene);
    for (int i = 0; i < saved && y < in.y + in.rows; i++, y++) {
        cells_text(c, y, in.x + 1, STYLE_DIM, "saved");
        words_cut(c, y, in.x + 7, in.cols - 8, STYLE_TEXT, e->saved[i], glyphs);
    }
    if (most > 0)
        cells_rightf(c, r.y + r.rows - 1, r.x + r.cols - 3, STYLE_DIM,
                     " %d of %d ", top + room, count);
}
