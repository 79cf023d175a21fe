/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The live view: which panels stand where, by tables. */
#include "ui/panels.h"
#include "ui/view.h"

#include <assert.h>

#include "ui/glyph.h"
#include "ui/words.h"

/* The bars take two rows of the 40 x 12 that are needed. */
#define ROWS_MIN 10
#define COLS_MIN 40
#define WIDE_COLS 100
/* Below it an interval is one line of the figures. */
#define INTERVAL_ROWS 16
#define INTERVAL_COLS 60
#define SIDE_MIN 38
#define SIDE_MAX 72
#define SLOTS_MAX 16
#define LOAD_MOST 12
#define LOAD_ROWS 28 /* of a screen with an interval and the load */

/* --- tables ------------------------------------------------------------- */

/* A place in a column of panels, from top to bottom. Slots are taken in
 * order of rank while their `least` rows fit, then grow to `good`; extras
 * come when there is room for them beside that; what is left is shared by
 * weight up to `most` (or what the panel has to show). */
typedef struct Slot {
    void (*chart)(const Frame *f, Rect r, bool is_lowest);
    void (*panel)(const Frame *f, Rect r);
    int (*wants)(const Frame *f); /* NULL: always `most` */
    bool is_extra;
    int rank, least, good, most, weight;
    int cols_max; /* of the column; 0: any */
} Slot;

/* Over an interval's figures the latency needs the rows more. */
static int load_rows(const Frame *f) {
    bool is_crowded = interval_table_rows(f) && f->cells->rows < LOAD_ROWS;
    return is_crowded ? 0 : LOAD_MOST;
}

static const Slot narrow_slots[] = {
    { .chart = load_draw,
      .wants = load_rows,
      .rank = 3,
      .least = 4,
      .good = 5,
      .most = LOAD_MOST,
      .weight = 2 },
    { .chart = latency_draw,
      .rank = 0,
      .least = 4,
      .good = 8,
      .most = 24,
      .weight = 3 },
    { .chart = rps_draw,
      .is_extra = true,
      .rank = 1,
      .least = 5,
      .good = 6,
      .most = 12,
      .weight = 2 },
    { .chart = errors_draw,
      .is_extra = true,
      .rank = 2,
      .least = 4,
      .good = 5,
      .most = 9,
      .weight = 1 },
    { .panel = scenarios_line,
      .wants = scenarios_line_rows,
      .rank = 2,
      .least = 1,
      .good = 1,
      .most = 1 },
    { .panel = interval_table_draw,
      .wants = interval_table_rows,
      .rank = 0,
      .least = 6,
      .good = 6,
      .most = 6 },
    { .panel = figures_draw, .rank = 1, .least = 6, .good = 7, .most = 7 },
    { .panel = requests_draw,
      .wants = requests_rows,
      .is_extra = true,
      .rank = 3,
      .least = 4,
      .good = 6,
      .most = 12,
      .weight = 1,
      .cols_max = FIGURES_BESIDE - 1 },
    { .panel = recovery_draw,
      .wants = recovery_rows,
      .is_extra = true,
      .rank = 4,
      .least = 6,
      .good = 6,
      .most = 6 },
    { .panel = stages_draw,
      .wants = stages_rows,
      .is_extra = true,
      .rank = 0,
      .least = 4,
      .good = 6,
      .most = 12,
      .weight = 1 },
    { .panel = failures_draw,
      .wants = failures_rows,
      .is_extra = true,
      .rank = 5,
      .least = 3,
      .good = 5,
      .most = 8 },
    { .panel = events_draw,
      .rank = 2,
      .least = 1,
      .good = 2,
      .most = 9,
      .weight = 1 },
};

static const Slot left_slots[] = {
    { .chart = load_draw,
      .rank = 1,
      .least = 4,
      .good = 7,
      .most = 14,
      .weight = 2 },
    { .chart = latency_draw,
      .rank = 0,
      .least = 5,
      .good = 12,
      .most = 40,
      .weight = 4 },
    { .chart = rps_draw,
      .rank = 3,
      .least = 4,
      .good = 7,
      .most = 14,
      .weight = 2 },
    { .chart = errors_draw,
      .rank = 4,
      .least = 4,
      .good = 5,
      .most = 10,
      .weight = 1 },
    { .panel = events_draw,
      .rank = 2,
      .least = 3,
      .good = 5,
      .most = 16,
      .weight = 2 },
};

static const Slot right_slots[] = {
    { .panel = scenarios_draw,
      .wants = scenarios_rows,
      .rank = 1,
      .least = 4,
      .good = 5,
      .most = 10,
      .weight = 1 },
    { .panel = numbers_draw,
      .wants = numbers_rows,
      .rank = 0,
      .least = 7,
      .good = 9,
      .most = 16,
      .weight = 1 },
    { .panel = interval_draw,
      .wants = interval_rows,
      .rank = 0,
      .least = 9,
      .good = 12,
      .most = 12 },
    { .panel = limits_draw,
      .wants = limits_broken_rows,
      .rank = 3,
      .least = 3,
      .good = 3,
      .most = 10,
      .weight = 1 },
    { .panel = limits_draw,
      .wants = limits_held_rows,
      .is_extra = true,
      .rank = 1,
      .least = 3,
      .good = 4,
      .most = 10,
      .weight = 1 },
    { .panel = recovery_draw,
      .wants = recovery_rows,
      .rank = 2,
      .least = 4,
      .good = 6,
      .most = 6 },
    { .panel = requests_draw,
      .wants = requests_rows,
      .rank = 1,
      .least = 4,
      .good = 6,
      .most = 16,
      .weight = 2 },
    { .panel = failures_draw,
      .wants = failures_rows,
      .is_extra = true,
      .rank = 0,
      .least = 3,
      .good = 4,
      .most = 8,
      .weight = 1 },
    { .panel = stages_draw,
      .wants = stages_rows,
      .rank = 4,
      .least = 4,
      .good = 6,
      .most = 16,
      .weight = 2 },
    { .panel = spread_draw,
      .wants = spread_rows,
      .is_extra = true,
      .rank = 2,
      .least = 7,
      .good = 8,
      .most = 60,
      .weight = 2 },
    { .panel = own_draw,
      .wants = own_rows,
      .is_extra = true,
      .rank = 3,
      .least = 3,
      .good = 5,
      .most = 12,
      .weight = 1 },
    { .panel = monitors_draw,
      .wants = monitors_rows,
      .rank = 5,
      .least = 4,
      .good = 6,
      .most = 20,
      .weight = 1 },
    { .panel = health_draw,
      .wants = health_rows,
      .rank = 6,
      .least = 3,
      .good = 6,
      .most = 13,
      .weight = 1 },
};

#define COUNT(slots) (sizeof(slots) / sizeof *(slots))

static_assert(COUNT(narrow_slots) <= SLOTS_MAX &&
                  COUNT(left_slots) <= SLOTS_MAX &&
                  COUNT(right_slots) <= SLOTS_MAX,
              "a column has room for its slots");

/* --- sharing out the rows ----------------------------------------------- */

typedef struct Column {
    const Slot *slots;
    size_t count;
    int most[SLOTS_MAX], rows[SLOTS_MAX]; /* 0 rows: left out */
} Column;

/* How many rows the panel can use in this frame; 0: it is not wanted. */
static int slot_most(const Frame *f, const Slot *s, int cols) {
    if (s->cols_max && cols > s->cols_max)
        return 0;
    int wants = s->wants ? s->wants(f) : s->most;
    if (wants == 0)
        return 0;
    int most = wants < s->most ? wants : s->most;
    return most > s->least ? most : s->least;
}

static int good_rows(const Column *c, size_t i) {
    int good = c->slots[i].good;
    return good < c->most[i] ? good : c->most[i];
}

/* Takes slots by rank; the first that does not fit ends it, so that what is
 * less important never stands without what is more so. */
static int take_slots(Column *c, int rows) {
    for (int rank = 0; rank < SLOTS_MAX; rank++)
        for (size_t i = 0; i < c->count; i++) {
            const Slot *s = &c->slots[i];
            if (s->is_extra || s->rank != rank || !c->most[i])
                continue;
            if (s->least > rows)
                return rows;
            c->rows[i] = s->least;
            rows -= s->least;
        }
    return rows;
}

static int grow_to_good(Column *c, int rows) {
    for (int rank = 0; rank < SLOTS_MAX; rank++)
        for (size_t i = 0; i < c->count; i++) {
            if (c->slots[i].rank != rank || !c->rows[i])
                continue;
            int more = good_rows(c, i) - c->rows[i];
            more = more < 0 ? 0 : more < rows ? more : rows;
            c->rows[i] += more;
            rows -= more;
        }
    return rows;
}

/* An extra takes at most half of what is left, so that the others grow with
 * the screen too. */
static int take_extras(Column *c, int rows) {
    for (int rank = 0; rank < SLOTS_MAX; rank++)
        for (size_t i = 0; i < c->count; i++) {
            const Slot *s = &c->slots[i];
            if (!s->is_extra || s->rank != rank || !c->most[i])
                continue;
            int good = good_rows(c, i);
            good = good > s->least ? good : s->least;
            if (good * 2 > rows)
                return rows;
            c->rows[i] = good;
            rows -= good;
        }
    return rows;
}

/* One row at a time to whom has the least for its weight. */
static void share_rest(Column *c, int rows) {
    for (bool is_strict = true; rows > 0; rows--) {
        size_t best = c->count;
        for (size_t i = 0; i < c->count; i++) {
            int weight = c->slots[i].weight;
            if (!c->rows[i] || !weight ||
                (is_strict && c->rows[i] >= c->most[i]))
                continue;
            if (best == c->count ||
                (c->rows[i] - c->slots[i].good) * c->slots[best].weight <
                    (c->rows[best] - c->slots[best].good) * weight)
                best = i;
        }
        if (best < c->count) {
            c->rows[best]++;
        } else if (is_strict) {
            is_strict = false; /* all have enough: some stand taller */
            rows++;
        } else {
            break;
        }
    }
}

static void column_draw(const Frame *f, Rect r, const Slot *slots,
                        size_t count) {
    Column c = { .slots = slots, .count = count };
    for (size_t i = 0; i < count; i++)
        c.most[i] = slot_most(f, &slots[i], r.cols);
    int rest = grow_to_good(&c, take_slots(&c, r.rows));
    share_rest(&c, take_extras(&c, rest));
    size_t lowest = count;
    for (size_t i = 0; i < count; i++)
        if (slots[i].chart && c.rows[i])
            lowest = i;
    Rect at = { r.y, r.x, 0, r.cols };
    for (size_t i = 0; i < count; i++) {
        at.rows = c.rows[i];
        cells_clip(f->cells, at);
        if (at.rows && slots[i].chart)
            slots[i].chart(f, at, i == lowest);
        else if (at.rows)
            slots[i].panel(f, at);
        at.y += at.rows;
    }
}

/* --- the view ----------------------------------------------------------- */

static void too_small_draw(Cells *c, Rect r, Glyphs glyphs) {
    static const char *const lines[] = { "too small:", "onrush needs",
                                         "40 x 12" };
    static const char whole[] = "too small: onrush needs 40 x 12";
    int y = r.y + r.rows / 2, width = cells_width(whole);
    if (r.cols >= width) {
        cells_text(c, y, r.x + (r.cols - width) / 2, STYLE_WARN, whole);
        return;
    }
    int count = (int)COUNT(lines), first = y - count / 2;
    first = r.rows < count ? r.y : first;
    for (int i = 0; i < count && i < r.rows; i++) {
        width = cells_width(lines[i]);
        int x = r.cols > width ? r.x + (r.cols - width) / 2 : r.x;
        words_cut(c, first + i, x, r.cols, STYLE_WARN, lines[i], glyphs);
    }
}

/* A piece of a time on an axis. */
static bool is_label(const Cells *c, int y, int x) {
    if (x >= c->cols)
        return false;
    uint32_t rune = c->at[(size_t)y * (size_t)c->cols + (size_t)x].rune;
    return (rune >= '0' && rune <= '9') || rune == ':';
}

void notice_draw(Cells *c, Rect r, const ViewState *v, bool is_framed) {
    bool is_hint = !v->notice;
    const char *text = is_hint ? v->hint : v->notice;
    /* it would cover another view's time axis for as long as it stands */
    bool is_unwanted = is_hint && is_framed && v->view != VIEW_LIVE;
    if (!text || !*text || is_unwanted)
        return;
    int y = r.y + r.rows - 1, x = r.x + 2;
    Style style = is_hint              ? STYLE_HAND
                  : v->notice_is_error ? STYLE_BAD
                                       : STYLE_OK;
    if (!is_framed)
        cells_fill(c, (Rect){ y, r.x, 1, r.cols }, GROUND_NONE);
    const char *sign = is_hint              ? "hint:"
                       : v->notice_is_error ? glyph_text(v->glyphs, GLYPH_BAD)
                                            : glyph_text(v->glyphs, GLYPH_OK);
    cells_text(c, y, x - 1, style, " ");
    x = cells_bold(c, y, x, style, sign);
    cells_text(c, y, x++, style, " ");
    x = words_cut(c, y, x, r.x + r.cols - 2 - x,
                  is_hint ? STYLE_TEXT : STYLE_BRIGHT, text, v->glyphs);
    x = cells_text(c, y, x, style, " ");
    uint32_t across = glyph_rune(v->glyphs, GLYPH_ACROSS);
    for (; is_framed && is_label(c, y, x); x++) /* the rest of a cut label */
        cells_rune(c, y, x, STYLE_LINE, across);
}

static int side_cols(int cols) {
    int side = cols * 32 / 100;
    return side < SIDE_MIN ? SIDE_MIN : side > SIDE_MAX ? SIDE_MAX : side;
}

void live_follow(ViewState *v, const Scene *s, Rect r) {
    (void)s;
    int side = r.cols >= WIDE_COLS ? side_cols(r.cols) : 0;
    scene_charts(v, r.cols - side, SIZE_MAX);
}

void live_draw(Cells *c, Rect r, const Scene *s) {
    Rect old = c->clip;
    cells_clip(c, r);
    cells_fill(c, r, GROUND_NONE);
    if (r.rows < ROWS_MIN || r.cols < COLS_MIN) {
        too_small_draw(c, r, s->view->glyphs);
        c->clip = old;
        return;
    }
    bool is_wide = r.cols >= WIDE_COLS;
    int side = is_wide ? side_cols(r.cols) : 0;
    Rect left = { r.y, r.x, r.rows, r.cols - side };
    Frame f;
    frame_init(&f, c, s, left.cols);
    f.is_small = r.rows < INTERVAL_ROWS || r.cols < INTERVAL_COLS;
    if (is_wide) {
        Rect right = { r.y, r.x + left.cols, r.rows, side };
        column_draw(&f, left, left_slots, COUNT(left_slots));
        column_draw(&f, right, right_slots, COUNT(right_slots));
    } else {
        column_draw(&f, left, narrow_slots, COUNT(narrow_slots));
    }
    frame_close(&f);
    cells_clip(c, r);
    notice_draw(c, left, s->view, is_wide);
    c->clip = old;
}
