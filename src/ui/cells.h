/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.h: a screen in memory. Drawing fills it; term.c copies it to the
 * terminal, tests and --frames print it as text. Pure; one thread.
 *
 * Coordinates are y, x from the top left; whatever lies outside the screen
 * or the clip rectangle is left out, so that views need no care. */
#ifndef ONRUSH_UI_CELLS_H
#define ONRUSH_UI_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define HEAT_LEVELS 12 /* of a heat map; nothing at all has none */

/* What a thing means; theme.h says how that looks. */
typedef enum Style {
    STYLE_TEXT,
    STYLE_DIM,
    STYLE_BRIGHT,
    STYLE_LINE, /* frames and rules */
    STYLE_VUS,
    STYLE_PLAN,
    STYLE_RPS,
    STYLE_P50,
    STYLE_P95,
    STYLE_P99,
    STYLE_ERRORS,
    STYLE_OK,
    STYLE_WARN,
    STYLE_BAD,
    STYLE_HAND, /* the operator's doing */
    STYLE_MARK,
    STYLE_P95_LIMIT, /* rules in the curves' hues, but behind them */
    STYLE_P99_LIMIT,
    STYLE_ERRORS_LIMIT,
    STYLE_CURSOR,  /* the moment that is looked at */
    STYLE_EARLIER, /* another run under this one */
    STYLE_HEAT,    /* HEAT_LEVELS of them: few to many */
    STYLE_HEAT_LAST = STYLE_HEAT + HEAT_LEVELS - 1,
    STYLE_COUNT
} Style;

typedef enum Ground {
    GROUND_NONE,
    GROUND_BAR,    /* top and key bar */
    GROUND_SELECT, /* the selected row */
    GROUND_FIELD,  /* an input field */
    GROUND_DIALOG,
    GROUND_OK, /* badges, with dark text */
    GROUND_WARN,
    GROUND_BAD,
    GROUND_HAND,
    GROUND_INTERVAL, /* the interval that is looked at, and the second one */
    GROUND_INTERVAL_2,
    GROUND_HEAT, /* as the styles of that name */
    GROUND_HEAT_LAST = GROUND_HEAT + HEAT_LEVELS - 1,
    GROUND_COUNT
} Ground;

typedef struct ScreenCell {
    uint32_t rune; /* one column wide; 0: right half of nothing (blank) */
    uint8_t style, ground;
    bool bold;
} ScreenCell;

typedef struct Rect {
    int y, x, rows, cols;
} Rect;

/* What a place on the screen stands for, so that a click finds it. */
typedef enum SpotKind {
    SPOT_TAB,    /* index: ViewId */
    SPOT_ROW,    /* index: row of the view's table, as it is sorted */
    SPOT_COLUMN, /* index: column of the view's table */
    SPOT_CHART,  /* its columns lie over [from_ns, to_ns) */
    SPOT_KEY,    /* index: KeyCode that it does */
    SPOT_CHOICE, /* index: line of the command palette's list */
} SpotKind;

typedef struct Spot {
    Rect area;
    SpotKind kind;
    size_t index;
    uint64_t from_ns, to_ns;
} Spot;

typedef struct Cells {
    int rows, cols;
    ScreenCell *at; /* rows * cols */
    Rect clip;
    int cursor_y, cursor_x; /* -1: hidden */
    Spot *spots;
    size_t spot_count, spot_cap;
} Cells;

void cells_init(Cells *c, int rows, int cols); /* at least 1 x 1 */
void cells_close(Cells *c);
/* New size, all blank. */
void cells_resize(Cells *c, int rows, int cols);
void cells_clear(Cells *c);        /* blank, no clip, cursor hidden */
void cells_clip(Cells *c, Rect r); /* within the screen; all: {0,0,rows,cols} */

void cells_rune(Cells *c, int y, int x, Style s, uint32_t rune);
/* UTF-8 text; returns the column behind it. Runes that are not one column
 * wide, and control bytes, become '?'. */
int cells_text(Cells *c, int y, int x, Style s, const char *text);
int cells_bold(Cells *c, int y, int x, Style s, const char *text);
int cells_textf(Cells *c, int y, int x, Style s, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Right-aligned: the last column of the text is x. */
void cells_right(Cells *c, int y, int x, Style s, const char *text);
void cells_rightf(Cells *c, int y, int x, Style s, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Sets the ground of a part of a row, text stays. */
void cells_ground(Cells *c, int y, int x, int cols, Ground g);
void cells_fill(Cells *c, Rect r, Ground g); /* blanks it too */
int cells_width(const char *text);           /* columns of UTF-8 text */

/* Marks an area, as far as it is within the clip. Clearing and resizing
 * forget all. */
void cells_spot(Cells *c, const Spot *spot);
/* The last that was marked there; NULL: none. */
const Spot *cells_spot_at(const Cells *c, int y, int x);

/* Plain text, a line per row, right ends trimmed. */
void cells_print(const Cells *c, Text *to);

#endif
