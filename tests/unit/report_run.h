/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_run.h: a small run with known figures, for the tests of reports.
 * The samples stand in report_run.c; a spike by hand at 2 s moves the rest:
 * warm-up 0..2, spike 2..4, warm-up 4..6, peak 6..9, cool 9..12 s. */
#ifndef ONRUSH_TESTS_REPORT_RUN_H
#define ONRUSH_TESTS_REPORT_RUN_H

#include "unit.h"

#include <jansson.h>

#include "base/clock.h"
#include "report/report.h"
#include "stats/recorder.h"

#define S NS_PER_S
#define MS NS_PER_MS
#define STARTED ((time_t)1767323045) /* 2026-01-02 03:04:05 UTC */

typedef struct Run {
    Profile profile;
    Wheel wheel;
    Recorder recorder;
    Snapshot snapshot;
    RunInfo info;
    Report report;
} Run;

enum { HOME, ORDER };

typedef struct Sample {
    uint64_t at_ms; /* when it was measured */
    uint32_t series;
    uint32_t duration_ms;
    FailClass fail;
} Sample;

void run_read_profile(Run *run, const char *text, size_t length);
/* Nothing happened yet, of a profile; alerts: name and text of each. */
void run_open_text(Run *run, const char *text, const char *const *alerts,
                   size_t count);
void run_open(Run *run); /* nothing happened yet */
void run_record(Run *run, const Sample *x);
void run_act(Run *run, uint64_t now_ns, const char *command);
void run_advance(Run *run, uint64_t now_ns);
/* The samples and the operator, up to until_ms. */
void run_play(Run *run, uint64_t until_ms);
void run_finish(Run *run);
void run_open_whole(Run *run); /* 12.3 s, finished */
/* An arrival rate: 2 s to 1000/s, 8 s at that. The target answers after
 * 10 ms, but stands still from 5 to 6 s: then 200 iterations wait on all 200
 * VUs, the rest is dropped. */
void run_open_arrivals(Run *run, uint64_t until_ms);
void run_close(Run *run);

/* The run's summary.json, parsed. */
json_t *run_summary(const Run *run);
/* A member by its path, "onrush/stages/0/name"; NULL when there is none.
 * The others fail the test unless it is of their kind. */
json_t *json_at(json_t *value, const char *path);
double json_number_at(json_t *all, const char *path);
const char *json_text_at(json_t *all, const char *path);
bool json_truth_at(json_t *all, const char *path);
/* The text is that of tests/unit/golden/NAME; ONRUSH_REGEN=1 writes it anew. */
void run_is_golden(const char *name, const Text *text);

#endif
