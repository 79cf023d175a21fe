/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/view_request.h"

#include "ui/glyph.h"
#include "ui/panel_request.h"
#include "ui/panels.h"
#include "ui/stack.h"
#include "ui/words.h"

#define WIDE_COLS 100
#define ACROSS_COLS 64
#define SIDE_MIN 42
#define SIDE_MAX 84

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const StackItem left_items[] = {
    { .chart = latency_draw, .rank = 0, .least = 6, .most = 40, .weight = 3 },
    { .chart = rps_draw, .rank = 1, .least = 4, .most = 14, .weight = 1 },
    { .chart = errors_draw, .rank = 2, .least = 4, .most = 12, .weight = 1 },
};

static const StackItem right_items[] = {
    { .panel = request_figures_down,
      .wants = request_figures_down_rows,
      .rank = 3,
      .least = 10,
      .most = 11,
      .weight = 1 },
    { .panel = request_phases_draw,
      .wants = request_phases_rows,
      .rank = 0,
      .least = 9,
      .most = 9,
      .weight = 1 },
    { .panel = request_answers_draw,
      .wants = request_answers_rows,
      .rank = 1,
      .least = 3,
      .most = 12,
      .weight = 1 },
    { .panel = request_judged_draw,
      .wants = request_judged_rows,
      .rank = 2,
      .least = 3,
      .most = 12,
      .weight = 1 },
    { .panel = spread_draw,
      .wants = spread_rows,
      .rank = 4,
      .least = 7,
      .most = 16,
      .weight = 1 },
};

#define NARROW_ITEMS(figures, wanted, least_, most_) \
    {                                                \
        { .panel = figures,                          \
          .wants = wanted,                           \
          .rank = 2,                                 \
          .least = least_,                           \
          .most = most_,                             \
          .weight = 1 },                             \
            { .chart = latency_draw,                 \
              .rank = 0,                             \
              .least = 5,                            \
              .most = 24,                            \
              .weight = 2 },                         \
            { .chart = rps_draw,                     \
              .rank = 5,                             \
              .least = 4,                            \
              .most = 12,                            \
              .weight = 1 },                         \
            { .chart = errors_draw,                  \
              .rank = 6,                             \
              .least = 4,                            \
              .most = 10,                            \
              .weight = 1 },                         \
            { .panel = request_phases_draw,          \
              .wants = request_phases_rows,          \
              .rank = 1,                             \
              .least = 4,                            \
              .most = 9,                             \
              .weight = 1 },                         \
            { .panel = request_answers_draw,         \
              .wants = request_answers_rows,         \
              .rank = 3,                             \
              .least = 3,                            \
              .most = 8,                             \
              .weight = 1 },                         \
            { .panel = request_judged_draw,          \
              .wants = request_judged_rows,          \
              .rank = 4,                             \
              .least = 3,                            \
              .most = 8,                             \
              .weight = 1 },                         \
    }

static const StackItem across_items[] =
    NARROW_ITEMS(request_figures_across, NULL, 5, 6);
static const StackItem narrow_items[] =
    NARROW_ITEMS(request_figures_down, request_figures_down_rows, 10, 11);

/* Its name, and where it stands in the profile. */
static void heading_draw(Cells *c, int y, Rect r, const Scene *s,
                         size_t series) {
    Glyphs glyphs = s->view->glyphs;
    const Series *x = s->snapshot->series[series].series;
    cells_fill(c, (Rect){ y, r.x, 1, r.cols }, GROUND_BAR);
    cells_text(c, y, r.x + 1, STYLE_BRIGHT, glyph_text(glyphs, GLYPH_CURRENT));
    int room = r.cols - 4;
    int end = cells_width(x->name) <= room
                  ? cells_bold(c, y, r.x + 3, STYLE_BRIGHT, x->name)
                  : words_cut_series(c, y, r.x + 3, room, STYLE_BRIGHT, x->name,
                                     glyphs);
    if (s->snapshot->is_open && end + 16 < r.x + r.cols)
        cells_right(c, y, r.x + r.cols - 2, STYLE_DIM, "service time");
}

int request_chart_cols(int cols) {
    int side = cols * 2 / 5;
    side = side < SIDE_MIN ? SIDE_MIN : side > SIDE_MAX ? SIDE_MAX : side;
    return cols >= WIDE_COLS ? cols - side : cols;
}

void request_draw(Cells *c, Rect r, const Scene *s, size_t series) {
    Frame f;
    bool is_wide = r.cols >= WIDE_COLS;
    heading_draw(c, r.y, r, s, series);
    Rect left = { r.y + 1, r.x, r.rows - 1, request_chart_cols(r.cols) };
    Rect right = { r.y + 1, r.x + left.cols, r.rows - 1, r.cols - left.cols };
    frame_init_series(&f, c, s, left.cols, series);
    if (is_wide) {
        stack_draw(&f, left, left_items, COUNT(left_items));
        stack_draw(&f, right, right_items, COUNT(right_items));
    } else if (r.cols >= ACROSS_COLS) {
        stack_draw(&f, left, across_items, COUNT(across_items));
    } else {
        stack_draw(&f, left, narrow_items, COUNT(narrow_items));
    }
    frame_close(&f);
}
