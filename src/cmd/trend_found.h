/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trend_found.h: what a figure does over many runs. Pure; main thread. */
#ifndef ONRUSH_CMD_TREND_FOUND_H
#define ONRUSH_CMD_TREND_FOUND_H

#include <stdint.h>

#include "compare/results.h"
#include "maths/trend.h"
#include "report/page.h"

#define TREND_CHANGES_MAX 8

typedef struct TrendPoint {
    int64_t at, id; /* seconds since 1970; of the history */
    double value;
    char *name;
} TrendPoint;

typedef struct TrendSeries {
    TrendPoint *items; /* oldest first */
    size_t count, cap;
    size_t left_out; /* runs that say nothing of the target */
    size_t without;  /* runs that have no such figure */
    const char *figure, *profile, *unit;
    Better better;
    char *baseline; /* its name; NULL: none */
    double baseline_value; /* NaN: none */
} TrendSeries;

typedef enum TrendVerdict {
    TREND_FEW, /* fewer than TREND_LEAST runs, or all at one time */
    TREND_STEADY,
    TREND_IMPROVING,
    TREND_DEGRADING,
    TREND_RISING, /* nobody says which way is better */
    TREND_FALLING,
} TrendVerdict;

#define TREND_LEAST 4

typedef struct TrendFound {
    TrendVerdict verdict;
    SenFit sen;   /* per day */
    LineFit line; /* per day */
    double median;
    ChangePoint changes[TREND_CHANGES_MAX]; /* index into items */
    size_t change_count;
} TrendFound;

/* A trend is one when Mann's test gives p < 0.05 and the 95 % interval of
 * the slope (Theil & Sen) is all on one side of 0. */
TrendFound trend_find(const TrendSeries *s);
const char *trend_verdict_name(TrendVerdict v);

/* Prints the runs as a chart of that many columns, with the baseline. */
void trend_chart(const TrendSeries *s, const TrendFound *f, int columns,
                 Text *to);

#endif
