/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of views and the row of tabs. */
#include "ui/view.h"

#include <stdio.h>

#include "base/units.h"

const View views[VIEW_COUNT] = {
    [VIEW_LIVE] = { "live", "live", live_draw, .follow = live_follow },
    [VIEW_SPECTRUM] = { "spectrogram", "spec", spectrum_draw,
                        .follow = spectrum_view_follow },
    [VIEW_REQUESTS] = { "requests", "req", requests_view_draw,
                        .follow = requests_view_follow,
                        .columns = REQUESTS_COLUMNS, .sort = REQUESTS_SORT,
                        .opens = true, .is_table = true },
    [VIEW_ERRORS] = { "errors", "err", errors_view_draw,
                      .follow = errors_view_follow,
                      .count = errors_view_count, .columns = ERRORS_COLUMNS,
                      .sort = ERRORS_SORT, .opens = true, .is_table = true },
    [VIEW_STAGES] = { "stages", "stg", NULL, .is_table = true },
    [VIEW_LIMITS] = { "limits", "lim", limits_view_draw,
                      .follow = limits_view_follow,
                      .count = limits_view_count, .columns = LIMITS_COLUMNS,
                      .opens = true, .is_table = true },
};

/* "4 errors 23" */
static int tab_draw(Cells *c, int y, int x, const Scene *s, ViewId id,
                    bool is_brief) {
    const View *v = &views[id];
    bool is_here = s->view->view == id;
    size_t count = v->count ? v->count(s) : 0;
    int from = x;
    x = cells_textf(c, y, x, STYLE_DIM, " %d ", (int)id + 1);
    const char *name = is_brief ? v->brief : v->name;
    x = is_here ? cells_bold(c, y, x, STYLE_BRIGHT, name)
                : cells_text(c, y, x, STYLE_TEXT, name);
    if (count) {
        UnitsText text;
        x = cells_text(c, y, x, STYLE_TEXT, " ");
        x = cells_text(c, y, x, STYLE_BAD, units_count(text, (double)count));
    }
    x = cells_text(c, y, x, STYLE_TEXT, " ");
    if (is_here)
        cells_ground(c, y, from, x - from, GROUND_SELECT);
    Spot spot = { { y, from, 1, x - from }, SPOT_TAB, .index = id };
    cells_spot(c, &spot);
    return x;
}

/* What Esc leaves first. */
static const char *esc_word(const ViewState *v) {
    const TableState *t = &v->table[v->view];
    bool is_table = views[v->view].is_table;
    return is_table && t->is_open            ? "back"
           : is_table && *t->filter          ? "all rows"
           : !look_is_empty(v->look.first) ? "drop the interval"
                                             : "now";
}

/* Which moment is looked at instead of now, at the right end: the run goes
 * on meanwhile. */
static void moment_draw(Cells *c, int y, int x, const Scene *s) {
    const ViewState *v = s->view;
    uint64_t now = s->snapshot->now_ns;
    uint64_t at = look_clock_ns(v->at_cursor.asked);
    UnitsText clock, ago;
    char text[120], brief[80];
    if (!v->look.has_cursor)
        return;
    units_clock(clock, at);
    units_clock(ago, now > at ? now - at : 0);
    snprintf(text, sizeof text, "looking at %s, %s ago   Esc: %s", clock, ago,
             esc_word(v));
    snprintf(brief, sizeof brief, "at %s, %s ago  Esc", clock, ago);
    const char *fits = x + cells_width(text) + 3 < c->cols    ? text
                       : x + cells_width(brief) + 1 < c->cols ? brief
                                                              : clock;
    int width = cells_width(fits), begin = c->cols - width - 2;
    cells_textf(c, y, begin, STYLE_TEXT, " %s ", fits);
    cells_ground(c, y, begin, width + 2, GROUND_HAND);
}

void tabs_draw(Cells *c, int y, const Scene *s) {
    int x = 0, names = 0;
    for (int id = 0; id < VIEW_COUNT; id++)
        names += cells_width(views[id].name) + 4 + 6;
    for (int id = 0; id < VIEW_COUNT; id++)
        x = tab_draw(c, y, x, s, (ViewId)id, names > c->cols);
    moment_draw(c, y, x, s);
}
