/* SPDX-License-Identifier: GPL-3.0-or-later */
/* results.h: the figures of a run, of ours or another tool's, in one shape
 * that can be compared. Main thread. */
#ifndef ONRUSH_COMPARE_RESULTS_H
#define ONRUSH_COMPARE_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

typedef enum Better { BETTER_LOWER, BETTER_HIGHER, BETTER_UNKNOWN } Better;

typedef enum SampledBy {
    SAMPLED_NOT,
    SAMPLED_SECONDS, /* pieces of one run, in order: neighbours depend on
                        each other */
    SAMPLED_REPEATS, /* runs, or rounds of a benchmark */
} SampledBy;

/* One number of a result. Names are k6's with the method behind them:
 * "http_req_duration p(95)", "http_reqs rate", "http_req_failed rate",
 * "http_req_duration{name:home} p(95)". Of other tools as they name them. */
typedef struct Figure {
    char *name;
    const char *unit; /* "ms", "s", "ns", "/s", "share", "bytes", "cores",
                         ""; a literal */
    Better better;
    double value;     /* of the whole run */
    double events;    /* failures or iterations that a share or a rate counts;
                         NaN: it counts none, or nobody says */
    double error;     /* standard error of value; NaN: not known */
    SampledBy by;
    double *samples;  /* in the order of time; NaN: nothing in that piece */
    size_t count;
} Figure;

typedef struct ResultStage {
    char *name;
    double from, to; /* levels */
    double began_ms, length_ms;
    double p50_ms, p95_ms, rps, error_rate; /* NaN: not known */
    double failed;                          /* requests; NaN: not known */
} ResultStage;

typedef struct Results {
    char *path;     /* as it was named */
    char *tool;     /* "onrush", "k6", "criterion", "pytest-benchmark",
                       "hyperfine", "flat" */
    char *profile;  /* name, clean for a terminal; "": none */
    char *kind;     /* of the profile: load, stress, ...; "": not known */
    char *target;   /* URL without password; "": not known */
    char *load_unit; /* of the stages' levels: "vus", "arrivals/s"; or "" */
    char *started;  /* ISO 8601, or "" */
    int status;     /* exit status; -1: not known */
    char *words;    /* what that means, or "" */
    double duration_ms; /* NaN: not known */
    bool was_steered;
    bool is_generator_bound;
    double read_lag_ms, read_lag_top_ms; /* p(99) and p(99.9) of how long
                                            answers lay unread; NaN */
    double sample_ms; /* length of a piece, SAMPLED_SECONDS; 0: none */
    ResultStage *stages;
    size_t stage_count;
    Figure *figures;
    size_t figure_count, left_out; /* left_out: beyond what is kept */
} Results;

/* What is read, by what the file holds:
 *   a folder of a run (summary.json), of repeats (repeat.json), or one that
 *     Criterion made (estimates.json with sample.json; NAME or NAME/new);
 *   summary.json of ours (doc/summary.md), with its samples;
 *   k6's handleSummary data, and the flat form of --summary-export
 *     (Grafana k6 documentation, "End of test", "Custom summary");
 *   Criterion's estimates.json and sample.json, in ns (criterion.rs, "The
 *     Criterion.rs book", "Analysis process": iters and times of a sample);
 *   pytest-benchmark's JSON, in seconds (its documentation, "Comparing past
 *     runs"), with the rounds in stats.data where they were saved;
 *   hyperfine's --export-json, in seconds, with times;
 *   {"onrush_repeat": 1, "runs": [{"dir", "status", "figures": {NAME:
 *     NUMBER}}]}: repeats; the value is their mean;
 *   a flat object of names and numbers, or objects of these one level deep:
 *     "GROUP NAME".
 * "-" is standard input. At most 64 MB, 4096 figures and 100 000 samples of
 * each. NULL with err, which names the file (with line and column where JSON
 * is broken) and says what would be right. Texts in it are cleaned. */
Results *results_read(const char *path, Err *err);
/* The same of text in memory; path: what it is called. Not of folders. */
Results *results_parse(const char *text, size_t length, const char *path,
                       Err *err);
void results_free(Results *r); /* NULL is fine */
const Figure *results_find(const Results *r, const char *name);

#endif
