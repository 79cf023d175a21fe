/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "ui/glyph.h"
#include "ui/words.h"

/* A side of the bar in one of its forms; longer than this is cut. */
typedef char Piece[256];

/* Where the run stands in its stages. */
typedef struct Place {
    size_t number, count; /* number 0: before or behind them */
    const char *name;
} Place;

static Place place_of(const Plan *p) {
    Place place = { .count = plan_rows(p, NULL, 0), .name = "" };
    PlanRow *rows = mem_alloc(place.count, sizeof *rows);
    plan_rows(p, rows, place.count);
    for (size_t i = 0; i < place.count; i++)
        if (rows[i].state == ROW_NOW)
            place.number = i + 1;
    free(rows);
    if (!plan_is_over(p))
        place.name = p->stages[p->current].name;
    return place;
}

/* The right side in falling detail; the last form is empty. */
static void right_form(const Scene *s, int form, Piece to) {
    const Plan *p = s->wheel->plan;
    Place at = place_of(p);
    UnitsText now, total;
    Piece stage = "";
    units_clock(now, s->snapshot->now_ns);
    units_clock(total, wheel_total_ns(s->wheel));
    if (at.number)
        snprintf(stage, sizeof stage, "%s%zu/%zu%s%s%s",
                 form < 2 ? "stage " : "", at.number, at.count,
                 form < 3 ? " " : "", form < 3 ? at.name : "",
                 form < 3 ? "   " : "  ");
    if (form == 0)
        snprintf(to, sizeof(Piece), "%.100s%s / %s   %.30s %s %d worker%s",
                 stage, now, total, s->info->transport,
                 glyph_text(s->view->glyphs, GLYPH_BETWEEN), s->info->workers,
                 s->info->workers == 1 ? "" : "s");
    else if (form < 3)
        snprintf(to, sizeof(Piece), "%.100s%s / %s", stage, now, total);
    else if (form == 3)
        snprintf(to, sizeof(Piece), "%.100s%s/%s", stage, now, total);
    else
        snprintf(to, sizeof(Piece), "%s", form == 4 ? now : "");
}

/* How much of the left side stands in form: all, without the target, with
 * the profile's name alone, nothing. */
#define LEFT_FORMS 4
#define BADGE_NAME 14 /* columns of a scenario in the badge */
#define TARGET_MIN 14 /* columns of a cut URL that still say something */

static int left_width(const Scene *s, int form) {
    int name = cells_width(s->info->name), program = 6 + 2;
    int arrow = 2 + cells_width(glyph_text(s->view->glyphs, GLYPH_ARROW));
    int target = cells_width(s->info->target);
    switch (form) {
    case 0:
        return program + name + arrow + target;
    case 1:
        return program + name + arrow + TARGET_MIN;
    case 2:
        return program + name;
    case 3:
        return name;
    default:
        return 0;
    }
}

static void left_draw(Cells *c, int y, int end, const Scene *s, int form) {
    Glyphs glyphs = s->view->glyphs;
    int x = 1;
    if (form < 3)
        x = cells_bold(c, y, x, STYLE_BRIGHT, "onrush") + 2;
    if (form < 4)
        x = cells_bold(c, y, x, STYLE_TEXT, s->info->name) + 1;
    if (form < 2) {
        x = cells_text(c, y, x, STYLE_DIM, glyph_text(glyphs, GLYPH_ARROW)) + 1;
        words_cut(c, y, x, end - x, STYLE_DIM, s->info->target, glyphs);
    }
}

/* In which forms the two sides stand, the most important last to go. */
static const struct {
    int left, right;
} bar_forms[] = {
    { 0, 0 }, { 0, 1 }, { 1, 1 }, { 2, 1 }, { 2, 2 }, { 3, 2 },
    { 3, 3 }, { 4, 2 }, { 4, 3 }, { 4, 4 }, { 4, 5 },
};

/* With several scenarios: which of them the keys steer. */
static void badge_text(const Scene *s, const char *state, char to[80]) {
    const Wheel *w = s->wheel;
    RunState now = s->snapshot->state;
    if (w->plan_count < 2 || (now != RUN_RUNNING && now != RUN_PAUSED)) {
        snprintf(to, 80, "%s", state);
        return;
    }
    const char *name = w->names[w->focus];
    snprintf(to, 80, "%s %s", state, name);
    if (cells_width(name) > BADGE_NAME) {
        char cut[80];
        size_t n = 0;
        for (int cols = 0; name[n] && cols < BADGE_NAME; cols++)
            while ((name[++n] & 0xc0) == 0x80)
                ;
        snprintf(cut, sizeof cut, "%.*s%s", (int)(n < 60 ? n : 60), name,
                 glyph_text(s->view->glyphs, GLYPH_MORE));
        snprintf(to, 80, "%s %.68s", state, cut);
    }
}

void topbar_draw(Cells *c, int y, const Scene *s) {
    cells_fill(c, (Rect){ y, 0, 1, c->cols }, GROUND_BAR);
    Badge badge = words_badge(s);
    size_t forms = sizeof bar_forms / sizeof *bar_forms, i = 0;
    char word[80];
    badge_text(s, badge.word, word);
    int badge_cols = cells_width(word) + 2;
    Piece right = "";
    for (; i < forms; i++) {
        right_form(s, bar_forms[i].right, right);
        int left = left_width(s, bar_forms[i].left);
        int behind = *right ? cells_width(right) + 2 : 0;
        if (1 + left + 2 + badge_cols + behind + 1 <= c->cols)
            break;
    }
    int form = i < forms ? bar_forms[i].left : LEFT_FORMS;
    int x = c->cols - 1 - badge_cols;
    if (*right) {
        cells_right(c, y, c->cols - 2, STYLE_TEXT, right);
        x -= cells_width(right) + 2;
    }
    x = x > 0 ? x : 0;
    left_draw(c, y, x - 2, s, form);
    cells_ground(c, y, x, badge_cols, badge.ground);
    cells_text(c, y, x, STYLE_TEXT, " ");
    int end = cells_bold(c, y, x + 1, STYLE_TEXT, word);
    cells_text(c, y, end, STYLE_TEXT, " ");
}
