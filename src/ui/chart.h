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

/* values[i] for dot column i, NAN: a gap. Later and higher rank wins a
 * cell's colour. */
void plot_line(Plot *p, const double *values, int count, Style s, int rank);
/* Dotted: every third dot, for plans and limits. */
void plot_dotted(Plot *p, const double *values, int count, Style s, int rank);
void plot_area(Plot *p, const double *values, int count, Style s, int rank);
/* A vertical rule through a dot column, drawn only where nothing is. */
void plot_rule(Plot *p, int dot, Style s);
/* A horizontal dashed rule at value 0..1, only where nothing is. */
void plot_limit(Plot *p, double value, Style s);

/* Round upper end of an axis: 1, 2 or 5 times a power of ten, >= value. */
double axis_ceiling(double value);

#endif
