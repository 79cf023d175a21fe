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
    const char *unit; /* "ms", "s", "/s", "share", "bytes", ""; a literal */
    Better better;
    double value;     /* of the whole run */
    SampledBy by;
    double *samples;  /* in the order of time; NaN: nothing in that piece */
    size_t count;
} Figure;

typedef struct ResultStage {
    char *name;
    double from, to; /* levels */
    double length_ms;
} ResultStage;

typedef struct Results {
    char *path;     /* as it was named */
    char *tool;     /* "onrush", "k6", "criterion", "pytest-benchmark",
                       "hyperfine", "flat" */
    char *profile;  /* name, clean for a terminal; "": none */
    char *started;  /* ISO 8601, or "" */
    int status;     /* exit status; -1: not known */
    char *words;    /* what that means, or "" */
    double duration_ms; /* NaN: not known */
    bool was_steered;
    bool is_generator_bound;
    double sample_ms; /* length of a piece, SAMPLED_SECONDS; 0: none */
    ResultStage *stages;
    size_t stage_count;
    Figure *figures;
    size_t figure_count;
} Results;

/* A folder of results, a summary of ours or k6's (both forms), the JSON of
 * Criterion, pytest-benchmark or hyperfine, or a flat object of names and
 * numbers; "-" is standard input. NULL with err, which names the file and
 * what it lacks. Texts in it are cleaned. */
Results *results_read(const char *path, Err *err);
/* The same of text in memory; path: what it is called. */
Results *results_parse(const char *text, size_t length, const char *path,
                       Err *err);
void results_free(Results *r); /* NULL is fine */
const Figure *results_find(const Results *r, const char *name);

#endif
