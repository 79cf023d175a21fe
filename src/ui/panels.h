/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panels.h: the panels of the live view. Each draws itself into a rectangle
 * of at least the rows that live.c's tables give it. Pure; private to the
 * drawing part of ui/. */
#ifndef ONRUSH_UI_PANELS_H
#define ONRUSH_UI_PANELS_H

#include "ui/frame.h"

/* panel_charts.c; is_lowest: the time axis is on its lower edge */
void load_draw(const Frame *f, Rect r, bool is_lowest);
void latency_draw(const Frame *f, Rect r, bool is_lowest);
void rps_draw(const Frame *f, Rect r, bool is_lowest);
void errors_draw(const Frame *f, Rect r, bool is_lowest);

/* A value over the frame's time, with its limit as a line; it has the time
 * axis. values: for each dot column, NAN: a gap; what is below 0 lies on 0. */
typedef struct ValueChart {
    const char *title, *note; /* note NULL: none */
    const char *word, *limit_word;
    Style style;
    const double *values;
    double limit;
    const void *of; /* for label: a value in at most five columns */
    char *(*label)(char to[32], const void *of, double value);
} ValueChart;
void value_draw(const Frame *f, Rect r, const ValueChart *v);

/* panel_numbers.c */
void numbers_draw(const Frame *f, Rect r);
/* Without frames: the numbers, and beside them requests from so many columns
 * on. */
#define FIGURES_BESIDE 75
void figures_draw(const Frame *f, Rect r);

/* panel_limits.c: limits that the numbers do not show, and alerts */
void limits_draw(const Frame *f, Rect r);

/* panel_scenarios.c: of several, each with its load; on a line without a
 * frame, as many as fit */
void scenarios_draw(const Frame *f, Rect r);
void scenarios_line(const Frame *f, Rect r);

/* panel_own.c: the profile's own metrics */
void own_draw(const Frame *f, Rect r);
/* The i-th in one line: "p50 20.1 ms  p95 37.0 ms  max 109 ms". */
#define OWN_TEXT 160
char *own_text(char to[OWN_TEXT], const Snapshot *s, size_t i);

/* panel_interval.c: what was picked, beside a second one or the run: with a
 * figure a row, with a figure a column, in one line */
void interval_draw(const Frame *f, Rect r);
void interval_table_draw(const Frame *f, Rect r);
void interval_line(const Frame *f, Rect r);
bool interval_is_line(const Frame *f); /* there is no room for more */

/* panel_requests.c */
void requests_draw(const Frame *f, Rect r);
/* The table alone; head stands over the names. */
void requests_list(const Frame *f, Rect r, const char *head);

/* panel_run.c */
void recovery_draw(const Frame *f, Rect r);
void stages_draw(const Frame *f, Rect r);
void events_draw(const Frame *f, Rect r);

/* panel_health.c */
void health_draw(const Frame *f, Rect r);
/* The most important of it, for a screen without the panel. */
void health_line(const Frame *f, int y, int x, int cols);

/* panel_monitors.c */
void monitors_draw(const Frame *f, Rect r);

/* panel_detail.c */
void failures_draw(const Frame *f, Rect r);
void spread_draw(const Frame *f, Rect r);

/* Rows that a panel can use with its frame; 0: there is nothing to show. */
int numbers_rows(const Frame *f);
/* One of the two is 0: broken limits and alerts that fire are worth a place,
 * the others room to spare. */
int limits_broken_rows(const Frame *f);
int limits_held_rows(const Frame *f);
int interval_rows(const Frame *f);
int interval_table_rows(const Frame *f);
int requests_rows(const Frame *f);
int recovery_rows(const Frame *f);
int stages_rows(const Frame *f);
int health_rows(const Frame *f);
int monitors_rows(const Frame *f);
int scenarios_rows(const Frame *f);
int scenarios_line_rows(const Frame *f);
int own_rows(const Frame *f);
int failures_rows(const Frame *f);
int spread_rows(const Frame *f);

/* panel_numbers.c: does a figure stand beside this limit? */
bool numbers_show(const Frame *f, const ThresholdReading *t);
/* panel_numbers.c: the figure at an offset in Reading. */
double reading_at(const Reading *r, size_t at);
/* panel_numbers.c: the whole run's limit on a metric over the frame's
 * requests (all, or its series), by method (and q); NULL: none. */
const ThresholdReading *limit_find(const Frame *f, MetricId metric,
                                   Method method, double q);

#endif
