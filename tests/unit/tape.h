/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tape.h: a run that never happened, written as a journal while it goes on,
 * and whether what is read back is the same run. */
#ifndef ONRUSH_TESTS_TAPE_H
#define ONRUSH_TESTS_TAPE_H

#include <uv.h>

#include "fake_run.h"
#include "journal/journal.h"
#include "journal/saved.h"

typedef struct Tape {
    Source source; /* first: the ops cast back */
    FakeRun run;
    uv_loop_t loop;
    Journal *journal;
    char dir[64];
    char trouble[400];
    int troubles;
} Tape;

/* stages: of fake_run_init. */
void tape_open(Tape *t, const char *stages);
void tape_until(Tape *t, uint64_t second);
/* The run ends with status 99; what is left is written when the loop runs. */
void tape_end(Tape *t);
void tape_path(const Tape *t, char to[128]);
void tape_close(Tape *t);

/* Each fails the test when they are not. */
void same_number(double a, double b);
void same_totals(const Slab *a, const Slab *b);
void same_interval(const Snapshot *a, const Snapshot *b, uint64_t from,
                   uint64_t to, size_t series);
void same_recoveries(const RecoveryList *a, const RecoveryList *b);
void same_findings(const Snapshot *a, const Snapshot *b);
void same_knee(const Knee *a, const Knee *b);
void same_verdicts(const Snapshot *a, const Snapshot *b);
void same_run(Source *a, Source *b);
SavedRun *saved(const char *path);

#endif
