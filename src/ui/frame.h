/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h: what all panels of one frame share: the time window, the run's
 * curves in it and the rules through every chart. Made once a frame, so that
 * the timeline is read once. Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_FRAME_H
#define ONRUSH_UI_FRAME_H

#include "ui/scene.h"

/* Columns of a chart's box that are not curve: frame, labels, frame. */
#define CHART_LEFT 7
#define CHART_RIGHT 2

/* Run time [from, to) lies over dots columns of dots. */
typedef struct TimeAxis {
    uint64_t from_ns, to_ns, now_ns;
    int dots, dots_per_cell;
} TimeAxis;

typedef enum CurveId {
    /* load: VUs, or of arrival rates iterations begun per second, as the
     * focused scenario counts, of all that count so */
    CURVE_ACTIVE,
    CURVE_PLANNED, /* the past as it was asked for, the future as planned */
    CURVE_HAND,    /* actual where the operator drove */
    CURVE_RPS,
    CURVE_ERRORS, /* share */
    CURVE_P50,    /* latencies: log10 of ns; in the open model response times */
    CURVE_P95,
    CURVE_P99,
    CURVE_DROPPED, /* iterations per second, where some were */
    CURVE_SERVICE, /* p95 of the service times, in the open model */
    CURVE_COUNT
} CurveId;

typedef struct Rule {
    int dot;
    Style style;
} Rule;

/* Where the cursor stands; col is < 0 when there is none to be seen. */
typedef struct FrameCursor {
    int col;         /* of the charts' columns of characters */
    Interval column; /* the time that it covers */
    /* Measured there, exactly; as curves; NAN: nothing. earlier: in the run
     * that lies under this one. */
    double value[CURVE_COUNT], earlier[CURVE_COUNT];
} FrameCursor;

typedef struct Frame {
    Cells *cells;
    const Scene *scene;
    Glyphs glyphs;
    bool is_small; /* a screen with room for the most important only */
    size_t series; /* whose requests the curves show; SIZE_MAX: all */
    TimeAxis axis;
    double *curve[CURVE_COUNT]; /* a value per dot column, NAN: no data */
    double *earlier[CURVE_COUNT]; /* of the earlier run; NULL: there is none */
    char earlier_name[24], earlier_p95[32]; /* for legends: "spike-3 p95" */
    FrameCursor cursor;
    Rule *rules;
    size_t rule_count, rule_cap;
    PlanRow *rows; /* of the stage table */
    size_t row_count;
} Frame;

/* chart_cols: width of a chart's box. */
void frame_init(Frame *f, Cells *c, const Scene *s, int chart_cols);
/* For a chart whose columns are whole cells; without curves. */
void frame_init_cells(Frame *f, Cells *c, const Scene *s, int chart_cols);
/* The same axis, before there is a frame. */
TimeAxis frame_axis_cells(const Scene *s, int chart_cols);
/* The same with rates, errors and latencies of one series alone. */
void frame_init_series(Frame *f, Cells *c, const Scene *s, int chart_cols,
                       size_t series);
/* Do the latencies count from the intended start? Of one series there are
 * only service times. */
bool frame_is_response(const Frame *f);
void frame_close(Frame *f);
/* box_draw, with a column of air on each side of the inside. */
Rect frame_box(const Frame *f, Rect r, const char *title, const char *note);
/* Columns of dots in a chart's box of so many columns. */
int frame_dots(Glyphs glyphs, int chart_cols);
/* Dot column of a moment; outside the window: < 0 or >= dots. */
int frame_dot(const Frame *f, uint64_t t_ns);
int axis_dot(const TimeAxis *a, uint64_t t_ns);
/* Run time at which a dot column begins. */
uint64_t axis_begins(const TimeAxis *a, int dot);
/* Largest value of a curve, the earlier run's too; NAN when it has none. */
double frame_max(const Frame *f, CurveId curve);
double frame_min(const Frame *f, CurveId curve);

#endif
