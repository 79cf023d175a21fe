/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart.h: lines and areas in a rectangle of cells, in braille (2 x 4 dots a
 * cell), block elements or ASCII. Pure.
 *
 * A Plot is a canvas of dots over a Rect; x runs over dot columns (2 a cell
 * with braille, else 1), values are already scaled to 0..1 (0 bottom). */
#ifndef ONRUSH_UI_CHART_H
#define ONRUSH_UI_CHART_H

#include <stddef.h>

#include "ui/cells.h"
#include "ui/theme.h"

typedef struct Plot {
    Cells *cells;
    Rect area;
    Glyphs glyphs;
    int dots_x, dots_y; /* size in dots */
    struct PlotCell *at;
} Plot;

void plot_init(Plot *p, Cells *c, Rect area, Glyphs glyphs);
/* Writes the dots into the cells (blank ones stay as they are) and frees. */
void plot_show(Plot *p);

/* values[i] for dot column i, NAN: a gap. In a cell that several lines
 * touch the higher rank gives the colour; lines of one rank take turns from
 * column to column, each with its own dots alone, so that none of them is
 * shown in another's colour. */
void plot_line(Plot *p, const double *values, int count, Style s, int rank);
/* Dashed, for plans: two dots, two gaps; the dashes stay where they are
 * when values appear or vanish. */
void plot_dotted(Plot *p, const double *values, int count, Style s, int rank);
void plot_area(Plot *p, const double *values, int count, Style s, int rank);
/* A vertical rule through a dot column, drawn only where nothing is. */
void plot_rule(Plot *p, int dot, Style s);
/* A horizontal dashed rule at value 0..1, only where nothing is. */
void plot_limit(Plot *p, double value, Style s);

/* The row of cells, 0 the uppermost, in which a value 0..1 lies. */
int plot_row(const Plot *p, double value);

/* Round upper end of an axis: 1, 2 or 5 times a power of ten, >= value. */
double axis_ceiling(double value);
/* The same in finer steps (1, 1.5, 2, 3, 4, 5, 6, 8), for axes from 0: at
 * least half of the chart is used, two thirds of most. */
double axis_top(double value);

#endif
