/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/look.h"

#include <math.h>
#include <stddef.h>

#include "base/clock.h"

#define WHOLE_MAX_NS (15 * NS_PER_MIN)
#define NEAR_PAST_NS (5 * NS_PER_MIN)
#define NEAR_NS (6 * NS_PER_MIN)
#define SHORTEST_NS (10 * NS_PER_S)
/* A window whose end moves does so in steps, or all curves would shimmer. */
#define STEPS_OF_WINDOW 16

static const uint64_t spans[] = {
    30 * NS_PER_S,    NS_PER_MIN,       2 * NS_PER_MIN,   5 * NS_PER_MIN,
    10 * NS_PER_MIN,  15 * NS_PER_MIN,  30 * NS_PER_MIN,  60 * NS_PER_MIN,
    120 * NS_PER_MIN, 360 * NS_PER_MIN, 720 * NS_PER_MIN, 1440 * NS_PER_MIN,
};
#define SPANS (sizeof spans / sizeof *spans)

/* --- the window --------------------------------------------------------- */

static uint64_t round_up(uint64_t t, uint64_t step) {
    return step ? (t + step - 1) / step * step : t;
}

static Interval whole_window(const LookRun *run) {
    uint64_t end = run->total_ns > run->now_ns ? run->total_ns : run->now_ns;
    bool grows = run->grows || run->now_ns > run->total_ns;
    end = end > SHORTEST_NS ? end : SHORTEST_NS;
    if (grows) {
        uint64_t step = NS_PER_S;
        while (step * STEPS_OF_WINDOW < end)
            step *= 2;
        end = round_up(end, step);
    }
    return (Interval){ 0, end };
}

static int columns_in(const LookRun *run) {
    int per_cell = run->per_cell > 0 ? run->per_cell : 1;
    return run->dots > per_cell ? run->dots / per_cell : 1;
}

/* By so much a window slides: a column, without the remainder. */
static uint64_t step_of(const LookRun *run, uint64_t span_ns) {
    return span_ns / (uint64_t)columns_in(run);
}

/* Of span_ns, with past_ns of it before the moment. */
static Interval window_around(const LookRun *run, uint64_t at_ns,
                              uint64_t past_ns, uint64_t span_ns) {
    uint64_t column = step_of(run, span_ns);
    uint64_t from = at_ns > past_ns ? at_ns - past_ns : 0;
    from = column ? from / column * column : from;
    return (Interval){ from, from + span_ns };
}

/* Does it show all there is? */
static bool is_whole(const Look *l, const LookRun *run) {
    bool is_long = run->total_ns > WHOLE_MAX_NS;
    return !l->span_ns && (l->is_back || is_long == l->is_other);
}

/* It begins on a whole column, and does not lose the cursor by that: columns
 * of another view, or after a zoom, are others. */
static Interval window_back(const Look *l, const LookRun *run) {
    Interval w = window_around(run, l->to_ns, l->span_ns, l->span_ns);
    uint64_t step = step_of(run, l->span_ns);
    bool is_beyond = l->has_cursor && l->cursor_ns >= w.to_ns &&
                     l->cursor_ns < w.to_ns + step;
    uint64_t by = is_beyond ? step : 0;
    return (Interval){ w.from_ns + by, w.to_ns + by };
}

Interval look_window(const Look *l, const LookRun *run) {
    if (is_whole(l, run)) {
        Interval w = whole_window(run);
        bool is_beyond = l->has_cursor && l->cursor_ns >= w.to_ns;
        w.to_ns = is_beyond ? l->cursor_ns + 1 : w.to_ns; /* the run ended */
        return w;
    }
    if (l->is_back)
        return window_back(l, run);
    if (l->span_ns) /* a sixth of it is for what is to come */
        return window_around(run, run->now_ns, l->span_ns - l->span_ns / 6,
                             l->span_ns);
    return window_around(run, run->now_ns, NEAR_PAST_NS, NEAR_NS);
}

/* --- columns ------------------------------------------------------------ */

/* A window cut into columns of characters. */
typedef struct Columns {
    Interval window;
    int count, per_cell;
} Columns;

static Columns columns_of(const Look *l, const LookRun *run) {
    return (Columns){ .window = look_window(l, run),
                      .count = columns_in(run),
                      .per_cell = run->per_cell > 0 ? run->per_cell : 1 };
}

/* Of a moment; outside the window: < 0 or >= count. */
static int64_t column_at(const Columns *c, uint64_t t_ns) {
    double span = (double)(c->window.to_ns - c->window.from_ns);
    double into = (double)t_ns - (double)c->window.from_ns;
    return (int64_t)floor(floor(into / span * c->count * c->per_cell) /
                          c->per_cell);
}

/* Where a column begins; half a one is its middle. */
static uint64_t column_begins(const Columns *c, double column) {
    double span = (double)(c->window.to_ns - c->window.from_ns);
    double at = (double)c->window.from_ns + span * column / c->count;
    return at > 0 ? (uint64_t)llround(at) : 0;
}

static Interval column_span(const Columns *c, int64_t column) {
    return (Interval){ column_begins(c, (double)column),
                       column_begins(c, (double)column + 1) };
}

Interval look_column(const Look *l, const LookRun *run, uint64_t t_ns) {
    Columns c = columns_of(l, run);
    return column_span(&c, column_at(&c, t_ns));
}

bool look_is_empty(Interval i) {
    return i.from_ns >= i.to_ns;
}

uint64_t look_clock_ns(Interval column) {
    uint64_t whole = (column.from_ns + NS_PER_S - 1) / NS_PER_S * NS_PER_S;
    return whole < column.to_ns ? whole : column.from_ns;
}

/* --- zoom --------------------------------------------------------------- */

/* The window stays where it is from now on. */
static void stay(Look *l, const LookRun *run) {
    if (l->is_back)
        return;
    Interval w = look_window(l, run);
    l->span_ns = is_whole(l, run) ? 0 : w.to_ns - w.from_ns;
    l->to_ns = w.to_ns;
    l->is_back = true;
}

/* The window ends there, as far as there is something to see. It begins on a
 * whole column, and must not lose the last one by that. */
static void end_at(Look *l, const LookRun *run, double to_ns) {
    double span = (double)l->span_ns;
    double most =
        (double)(whole_window(run).to_ns + step_of(run, l->span_ns));
    to_ns = to_ns < most ? to_ns : most;
    to_ns = to_ns > span ? to_ns : span;
    l->to_ns = (uint64_t)llround(to_ns);
}

void look_zoom(Look *l, const LookRun *run, uint64_t span_ns) {
    Interval w = look_window(l, run);
    double at = (double)l->cursor_ns, length = (double)(w.to_ns - w.from_ns);
    double behind = ((double)w.to_ns - at) / length;
    l->span_ns = span_ns;
    if (l->is_back && l->has_cursor)
        end_at(l, run, at + behind * (double)span_ns);
    else if (l->is_back)
        end_at(l, run, (double)l->to_ns);
    bool is_long = run->total_ns > WHOLE_MAX_NS;
    l->is_other = !span_ns && is_long;
}

void look_longer(Look *l, const LookRun *run) {
    Interval w = look_window(l, run);
    uint64_t span = w.to_ns - w.from_ns, whole = whole_window(run).to_ns;
    size_t i = 0;
    while (i < SPANS && spans[i] <= span)
        i++;
    bool is_all = i == SPANS || spans[i] >= whole;
    look_zoom(l, run, is_all ? 0 : spans[i]);
}

void look_shorter(Look *l, const LookRun *run) {
    Interval w = look_window(l, run);
    size_t i = SPANS;
    while (i > 1 && spans[i - 1] >= w.to_ns - w.from_ns)
        i--;
    look_zoom(l, run, spans[i - 1]);
}

void look_toggle(Look *l, const LookRun *run) {
    if (l->is_back) {
        look_zoom(l, run, is_whole(l, run) ? NEAR_NS : 0);
        return;
    }
    l->span_ns = 0;
    l->is_other = !l->is_other;
}

/* --- the cursor --------------------------------------------------------- */

static void stretch(Look *l, const LookRun *run) {
    Columns c = columns_of(l, run);
    Interval a = column_span(&c, column_at(&c, l->anchor_ns));
    Interval b = column_span(&c, column_at(&c, l->cursor_ns));
    Interval *to = l->pick == PICK_FIRST ? &l->first : &l->second;
    if (l->pick == PICK_NONE)
        return;
    to->from_ns = a.from_ns < b.from_ns ? a.from_ns : b.from_ns;
    to->to_ns = a.to_ns > b.to_ns ? a.to_ns : b.to_ns;
}

static void put_cursor(Look *l, const LookRun *run, int64_t column) {
    Columns c = columns_of(l, run);
    int64_t newest = column_at(&c, run->now_ns);
    column = column < newest ? column : newest;
    column = column < c.count ? column : c.count - 1;
    column = column > 0 ? column : 0;
    l->has_cursor = true;
    uint64_t middle = column_begins(&c, (double)column + 0.5);
    l->cursor_ns = middle < run->now_ns ? middle : run->now_ns;
    stretch(l, run);
}

void look_at(Look *l, const LookRun *run, uint64_t t_ns) {
    stay(l, run);
    t_ns = t_ns < run->now_ns ? t_ns : run->now_ns;
    Columns c = columns_of(l, run);
    int64_t column = column_at(&c, t_ns);
    if (column < 0 || column >= c.count) {
        end_at(l, run, (double)t_ns + (double)l->span_ns / 2);
        c = columns_of(l, run);
        column = column_at(&c, t_ns);
    }
    put_cursor(l, run, column);
}

void look_move(Look *l, const LookRun *run, int columns) {
    bool is_new = !l->has_cursor;
    if (is_new)
        look_at(l, run, run->now_ns);
    Columns c = columns_of(l, run);
    int64_t newest = column_at(&c, run->now_ns);
    int64_t column = column_at(&c, l->cursor_ns) + columns;
    column = column < newest ? column : newest;
    int64_t beyond = column < 0          ? column
                     : column >= c.count ? column - c.count + 1
                                         : 0;
    if (beyond && l->span_ns)
        end_at(l, run,
               (double)c.window.to_ns +
                   (double)beyond * (double)step_of(run, l->span_ns));
    put_cursor(l, run, column - beyond);
}

bool look_jump(Look *l, const LookRun *run, const uint64_t *moments,
               size_t count, int direction) {
    Columns c = columns_of(l, run);
    int64_t here = column_at(&c, l->has_cursor ? l->cursor_ns : run->now_ns);
    bool found = false;
    uint64_t best = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t t = moments[i];
        int64_t column = column_at(&c, t);
        bool fits =
            direction < 0 ? column < here : column > here && t <= run->now_ns;
        if (fits && (!found || (direction < 0 ? t > best : t < best)))
            best = t;
        found |= fits;
    }
    if (found)
        look_at(l, run, best);
    return found;
}

/* --- intervals ---------------------------------------------------------- */

void look_pick(Look *l, const LookRun *run) {
    if (l->pick != PICK_NONE) {
        l->pick = PICK_NONE;
        return;
    }
    if (!l->has_cursor)
        look_at(l, run, run->now_ns);
    l->pick = look_is_empty(l->first) ? PICK_FIRST : PICK_SECOND;
    l->anchor_ns = l->cursor_ns;
    stretch(l, run);
}

bool look_leave(Look *l) {
    bool had = l->has_cursor || l->is_back;
    l->pick = PICK_NONE;
    if (!look_is_empty(l->second)) {
        l->second = (Interval){ 0 };
    } else if (!look_is_empty(l->first)) {
        l->first = (Interval){ 0 };
    } else {
        l->has_cursor = l->is_back = false;
        return had;
    }
    return true;
}
