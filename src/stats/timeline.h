/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timeline.h: the run second by second, a histogram in each cell.
 *
 * Cells of one second for the last hour, then of 10 s for a day, then of
 * 60 s for a week; histograms are merged, percentiles never averaged.
 * Finished cells keep their histograms packed (pack.h) with p50, p95 and p99
 * at hand; one that equals the whole cell's is kept once. Times are run time in ns. Pure; one thread. */
#ifndef ONRUSH_STATS_TIMELINE_H
#define ONRUSH_STATS_TIMELINE_H

#include "stats/pack.h"
#include "stats/slab.h"

#define TIMELINE_TIERS 3
/* In place of a request's index: the response times of all requests. */
#define TIMELINE_RESPONSE (SIZE_MAX - 1)

/* One request name (or all) in one cell. Times in ns, NaN when empty. */
typedef struct CellSeries {
    uint64_t requests, failed, bytes_in;
    float p50, p95, p99, max;
    Packed *hist; /* NULL: no samples */
    bool is_shared;      /* it is the cell's `all` that has the same */
} CellSeries;

typedef struct Cell {
    uint64_t start_ns, length_ns;
    float active, planned; /* level: VUs, or arrivals/s; the last known */
    float users;           /* VUs but those of arrival rates */
    float planned_other;   /* level of the scenarios of another unit */
    /* iterations; arrivals: of those started, by an arrival rate */
    uint64_t started, arrivals, dropped;
    uint64_t refused; /* of those that failed: the target answered */
    float mean;       /* service time of all */
    CellSeries all;
    CellSeries response; /* response times of all; of counts only requests */
    CellSeries *series;
} Cell;

typedef struct CellRing {
    Cell *cells;
    size_t first, count, cap, max;
    uint64_t length_ns;
} CellRing;

typedef struct Timeline {
    size_t series_count;
    CellRing tier[TIMELINE_TIERS]; /* [0]: 1 s */
    Packer *packer;
    uint64_t open_ns;              /* start of the open cell */
    Hist all, response;            /* the open cell, dense */
    Hist *series;
    uint64_t open_started, open_arrivals, open_dropped, open_refused;
    Hist done_all, done_response; /* of all finished cells */
    CellSeries open_all, *open_series;
    float active, planned, users, planned_other;
} Timeline;

void timeline_init(Timeline *t, size_t series);
void timeline_close(Timeline *t);
/* Closes cells that end at or before now. */
void timeline_advance(Timeline *t, uint64_t now_ns);
/* Adds what was measured up to at_ns (advances first, to at_ns - 1). */
void timeline_add(Timeline *t, uint64_t at_ns, const Slab *slab);
/* The level of the next cells: VUs; of these, those of no arrival rate; what
 * is planned in the first scenario's unit, and in the other. */
void timeline_level(Timeline *t, double active, double users, double planned,
                    double planned_other);

/* Makes all finished cells those of 60 s at once. For who reads a long run
 * minute by minute; call it at whole minutes. */
void timeline_coarsen(Timeline *t);

/* Number of finished cells, and the i-th, oldest first. */
size_t timeline_count(const Timeline *t);
const Cell *timeline_cell(const Timeline *t, size_t i);
/* Index of the first finished cell that ends after t_ns. */
size_t timeline_find(const Timeline *t, uint64_t t_ns);

/* What a chart shows for [from, to): rates over all of it, and of the
 * percentiles the worst cell's, so that a spike never hides. */
typedef struct CellSample {
    double rps, error_rate, p50, p95, p99, active, users, planned;
    double planned_other;
    double response_p50, response_p95, response_p99;
    double started_per_s, arrivals_per_s, dropped_per_s;
    uint64_t requests;
} CellSample;
/* false when no finished cell touches it. series: index or SIZE_MAX. */
bool timeline_sample(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                     size_t series, CellSample *out);
/* Exact: merges the histograms of the finished cells that begin in
 * [from, to) into *to, with counts; returns the seconds they cover.
 * series: index, TIMELINE_RESPONSE, or else all. */
double timeline_interval(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                         size_t series, Hist *hist, CellSeries *sums);
/* Adds the iterations that the finished cells of [from, to) began, and those
 * that they dropped. */
void timeline_iterations(const Timeline *t, uint64_t from_ns, uint64_t to_ns,
                         uint64_t *started, uint64_t *dropped);

#endif
