/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits that the numbers do not show, and alerts: what is wrong first. */
#include "ui/panels.h"

#include <stdio.h>
#include <string.h>

#include "ui/glyph.h"
#include "ui/words.h"

typedef enum LimitRank {
    RANK_CRITICAL, /* alerts that fire */
    RANK_WARNING,
    RANK_BROKEN,
    RANK_UNDECIDED,
    RANK_HOLDS,
    RANK_QUIET, /* alerts that do not */
    RANK_COUNT
} LimitRank;

static LimitRank limit_rank(const ThresholdReading *t) {
    return t->verdict == VERDICT_BROKEN      ? RANK_BROKEN
           : t->verdict == VERDICT_UNDECIDED ? RANK_UNDECIDED
                                             : RANK_HOLDS;
}

static LimitRank alert_rank(const AlertReading *a) {
    return !a->is_firing                          ? RANK_QUIET
           : a->alert->severity == ALERT_CRITICAL ? RANK_CRITICAL
                                                  : RANK_WARNING;
}

static void count_rows(const Frame *f, int *wrong, int *all) {
    const Snapshot *s = f->scene->snapshot;
    *wrong = *all = 0;
    for (size_t i = 0; i < s->threshold_count; i++) {
        if (numbers_show(f, &s->thresholds[i]))
            continue;
        *wrong += limit_rank(&s->thresholds[i]) <= RANK_BROKEN;
        ++*all;
    }
    for (size_t i = 0; i < s->alert_count; i++) {
        *wrong += alert_rank(&s->alerts[i]) <= RANK_BROKEN;
        ++*all;
    }
}

int limits_broken_rows(const Frame *f) {
    int wrong, all;
    count_rows(f, &wrong, &all);
    return wrong ? all + 2 : 0;
}

int limits_held_rows(const Frame *f) {
    int wrong, all;
    count_rows(f, &wrong, &all);
    return wrong || !all ? 0 : all + 2;
}

static const struct {
    Glyph sign;
    Style style;
} looks[RANK_COUNT] = {
    [RANK_CRITICAL] = { GLYPH_ALERT, STYLE_BAD },
    [RANK_WARNING] = { GLYPH_ALERT, STYLE_WARN },
    [RANK_BROKEN] = { GLYPH_BAD, STYLE_BAD },
    [RANK_UNDECIDED] = { GLYPH_MORE, STYLE_DIM },
    [RANK_HOLDS] = { GLYPH_OK, STYLE_OK },
    [RANK_QUIET] = { GLYPH_OK, STYLE_OK },
};

static void row_draw(const Frame *f, Rect in, int y, LimitRank rank,
                     const char *text, const char *value) {
    Style style = looks[rank].style;
    const char *sign =
        rank == RANK_UNDECIDED ? "?" : glyph_text(f->glyphs, looks[rank].sign);
    int x = cells_text(f->cells, y, in.x, style, sign) + 1;
    int room = in.x + in.cols - x - cells_width(value) - 1;
    words_cut(f->cells, y, x, room, STYLE_TEXT, text, f->glyphs);
    cells_right(f->cells, y, in.x + in.cols - 1, style, value);
}

static void limit_draw(const Frame *f, Rect in, int y,
                       const ThresholdReading *t) {
    char text[256];
    UnitsText value;
    const Threshold *x = t->threshold;
    words_value(value, &x->condition, t->value);
    words_fit_limit(text, sizeof text, in.cols - cells_width(value) - 3,
                    x->key, x->text);
    row_draw(f, in, y, limit_rank(t), text, value);
}

static void alert_draw(const Frame *f, Rect in, int y, const AlertReading *a) {
    char text[256], value[64];
    UnitsText v;
    snprintf(text, sizeof text, "%s: %s", a->alert->name, a->alert->text);
    if (a->is_firing)
        snprintf(value, sizeof value, "%s",
                 words_value(v, &a->alert->condition, a->value));
    else if (a->times)
        snprintf(value, sizeof value, "fired %llu",
                 (unsigned long long)a->times);
    else
        snprintf(value, sizeof value, "quiet");
    row_draw(f, in, y, alert_rank(a), text, value);
}

void limits_draw(const Frame *f, Rect r) {
    const Snapshot *s = f->scene->snapshot;
    Rect in =
        frame_box(f, r, s->alert_count ? "limits and alerts" : "limits", NULL);
    int y = in.y, end = in.y + in.rows;
    for (int rank = 0; rank < RANK_COUNT; rank++) {
        for (size_t i = 0; i < s->alert_count && y < end; i++)
            if ((int)alert_rank(&s->alerts[i]) == rank)
                alert_draw(f, in, y++, &s->alerts[i]);
        for (size_t i = 0; i < s->threshold_count && y < end; i++)
            if ((int)limit_rank(&s->thresholds[i]) == rank &&
                !numbers_show(f, &s->thresholds[i]))
                limit_draw(f, in, y++, &s->thresholds[i]);
    }
}
