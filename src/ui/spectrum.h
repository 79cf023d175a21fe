/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spectrum.h: the timeline's latencies by bands (stats/bands.h), a sum for
 * each column of a chart over time. It is kept from frame to frame: only
 * cells that came, or that a column has not seen, are unpacked. One thread;
 * reads the timeline, no clock. */
#ifndef ONRUSH_UI_SPECTRUM_H
#define ONRUSH_UI_SPECTRUM_H

#include "stats/bands.h"
#include "stats/modes.h"
#include "stats/stall.h"
#include "stats/timeline.h"
#include "ui/frame.h"

/* A stretch of whole cells. Columns narrower than a cell share theirs. */
typedef struct SpectrumSum {
    uint64_t begin_ns, end_ns;
    size_t low, high; /* bands that count something: [low, high) */
    uint64_t count[BANDS];
} SpectrumSum;

typedef enum MomentKind {
    MOMENT_NOW,    /* the last seconds */
    MOMENT_CURSOR, /* the column that is pointed at */
    MOMENT_WINDOW, /* all that is looked at */
} MomentKind;

/* What stands below the chart. */
typedef struct Moment {
    MomentKind kind;
    uint64_t begin_ns, end_ns; /* whole cells; the same: nothing measured */
    Hist hist;
    uint64_t count[BANDS]; /* of it */
    CellSeries sums;       /* counts only */
    double seconds;        /* that the cells cover */
    HistMode mode[MODES_MAX];
    size_t modes;
    Stall stall; /* in the window, or at the cursor */
    bool has_stall;
} Moment;

typedef struct Spectrum {
    Bands bands;
    Hist scratch;
    const Timeline *timeline;
    size_t series; /* TIMELINE_RESPONSE, an index, or else all */
    TimeAxis axis;
    SpectrumSum **sums; /* of the window, oldest first */
    size_t sum_count;
    const SpectrumSum **columns; /* axis.dots of them; NULL: no cell yet */
    bool is_partial; /* of a long past some columns are still to be read */
    size_t unpacked; /* sums that were made or grew, since the start */
    Moment moment;
} Spectrum;

Spectrum *spectrum_new(void);
void spectrum_free(Spectrum *s); /* NULL: none */
/* Brings the columns up to the moment. Of many that are new it reads the
 * latest, and the others in the next calls (is_partial). */
void spectrum_follow(Spectrum *s, const Timeline *t, size_t series,
                     const TimeAxis *axis);
/* Brings the moment up: all cells that begin in [from, to). */
void spectrum_moment(Spectrum *s, MomentKind kind, uint64_t from_ns,
                     uint64_t to_ns);

#endif
