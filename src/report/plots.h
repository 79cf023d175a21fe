/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plots.h: the charts of a page: what they show, as still pictures (SVG) and
 * as data for the script that makes them move. Colours are classes; page.css
 * has them. Pure; main thread. */
#ifndef ONRUSH_REPORT_PLOTS_H
#define ONRUSH_REPORT_PLOTS_H

#include "base/units.h"
#include "report/curves.h"

typedef enum PlotUnit { PLOT_COUNT, PLOT_MS, PLOT_SHARE } PlotUnit;

typedef struct PlotLine {
    CurveId id;
    char label[48];
    const char *tone; /* class: "rps", "p95" ... */
    bool is_right;    /* on the right axis, which counts */
    bool is_dashed;
} PlotLine;

typedef struct PlotLimit {
    double value;
    char *text; /* the threshold, clean */
    const char *tone;
} PlotLimit;

#define PLOT_LINES_MAX 6
#define PLOT_LIMITS_MAX 6

typedef struct Plot {
    const char *id, *title; /* clean */
    const char *left, *right; /* literals; axes' names */
    PlotUnit unit;
    bool is_log;
    PlotLine lines[PLOT_LINES_MAX];
    size_t line_count;
    PlotLimit limits[PLOT_LIMITS_MAX];
    size_t limit_count;
} Plot;

/* A stretch or a moment of the run; texts are clean. */
typedef struct PlotMark {
    uint64_t from_ns, to_ns; /* moments: to_ns 0 */
    const char *kind;        /* class: "you", "alert", "finding" ... */
    char *text;
} PlotMark;

#define PLOTS_MAX 3
#define PLOT_MARKS_MAX 300
#define PLOT_STAGES_MAX 100

typedef struct Plots {
    Plot items[PLOTS_MAX];
    size_t count;
    PlotMark *marks, *stages;
    size_t mark_count, stage_count;
    uint64_t end_ns;
    HeatMap heat;
} Plots;

Plots *plots_new(const Report *r);
void plots_free(Plots *p);

/* The latencies of one series; id and title are borrowed. No lines: there is
 * nothing to show. */
Plot plot_of_series(const Curves *c, const char *id, const char *title);

char *plot_value(UnitsText to, PlotUnit unit, double v); /* to read */
/* Appends an <svg>. */
void plot_svg(const Plots *p, const Plot *plot, const Curves *c, Text *to);
void heat_svg(const Plots *p, Text *to);
void scale_svg(const Scaling *s, Text *to);
/* Appends a JSON object that may stand in a <script>, and a newline. */
void plots_data(const Plots *p, const Curves *c, Text *to);
/* What a chart shows, in a sentence for who cannot see it. */
void plot_words(const Plot *plot, const Curves *c, Text *to);

#endif
