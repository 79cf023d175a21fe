/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_limit.h: one limit or one alert: how it stands, as words and as a
 * chart of its history. Pure; private to the drawing part of ui/. */
#ifndef ONRUSH_UI_PANEL_LIMIT_H
#define ONRUSH_UI_PANEL_LIMIT_H

#include "ui/frame.h"

/* What is wrong comes first. */
typedef enum LimitState {
    LIMIT_CRITICAL, /* an alert fires */
    LIMIT_WARNING,
    LIMIT_BROKEN,
    LIMIT_UNDECIDED,
    LIMIT_HOLDS,
    LIMIT_QUIET, /* an alert does not fire */
    LIMIT_STATES
} LimitState;

/* A threshold or an alert, alike. */
typedef struct LimitView {
    const ThresholdReading *threshold; /* one of the two is NULL */
    const AlertReading *alert;
    const Condition *condition;
    const Gauge *history; /* NULL: there is none */
    const char *name;     /* "http_req_duration{home}", "slow" */
    const char *text;     /* as written */
    double value;         /* NaN: none */
    double margin; /* room before it breaks or fires, as a share of the limit;
                      below 0: beyond; NaN: cannot be said */
    LimitState state;
    uint64_t since_ns; /* it is in that state */
} LimitView;

/* index: thresholds first, then alerts; limit_count of them. */
size_t limit_count(const Snapshot *s);
LimitView limit_view(const Snapshot *s, size_t index);
const char *limit_state_word(LimitState s); /* "broken" */
const char *limit_state_sign(LimitState s, Glyphs glyphs);
Style limit_state_style(LimitState s);
/* "80 %", "-12 %", "-" */
char *limit_margin_text(UnitsText to, double margin);

/* The worse of the history's values for each of n columns of [from, to); NAN
 * where there is none. */
void limit_course(const LimitView *v, uint64_t from_ns, uint64_t to_ns,
                  double *values, int n);

/* Of the chart's box, in that many columns. */
int limit_chart_cols(const Scene *s, int cols);
/* All about it: chart, figures, firings. */
void limit_draw(Cells *c, Rect r, const Scene *s, size_t index);

#endif
