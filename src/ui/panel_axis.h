/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_axis.h: what every chart over time has in common with the latency
 * chart: the time axis on its lower edge, decades and limits of latency.
 * Rects are of the whole box, frame and labels within. Latency in
 * panel_charts.c.
 * Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_PANEL_AXIS_H
#define ONRUSH_UI_PANEL_AXIS_H

#include "ui/frame.h"

/* Times, events and the sign of now on the lower edge of a box. */
void axis_draw(const Frame *f, Rect r);
/* Screen column of a moment; may be outside the box. */
int axis_col(const Frame *f, Rect r, uint64_t t_ns);
/* The intervals' grounds under a chart's inside, and where clicks on it go:
 * when the rest of it has been drawn. */
void axis_mark_area(const Frame *f, Rect area);
/* 7 as "10ms": 10 to that power of ns. */
char *axis_decade(char to[48], int decade);

/* Limits on a percentile of what the latency chart shows. */
typedef struct LatencyLimit {
    double q;
    Style style;
    const char *name;
} LatencyLimit;

#define LATENCY_LIMITS 2
extern const LatencyLimit latency_limits[LATENCY_LIMITS];

/* log10 of ns; NAN: no such limit. */
double limit_of(const Frame *f, double q);
/* The limits themselves at the right end of their rules, where no curve is;
 * rows[i] from the top of the chart, < 0: not seen. Returns the columns that
 * one takes in the uppermost row. */
int limit_labels(const Frame *f, Rect r, const int rows[]);

#endif
