/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h: what a run leaves behind: its verdict, summary.json, the text
 * at the end, the page, the Markdown and the lines of headless mode.
 * Everything is read from the Snapshot and the Wheel; nothing is kept.
 * doc/summary.md has the format.
 *
 * Pure but for uname(2) and getentropy(3). Main thread. Every text from
 * outside (names, error examples, notes) is cleaned here once more before it
 * is written. */
#ifndef ONRUSH_REPORT_REPORT_H
#define ONRUSH_REPORT_REPORT_H

#include <stdbool.h>
#include <time.h>

#include "compare/comparison.h"
#include "control/source.h"
#include "experiment/finder.h"
#include "experiment/scale.h"
#include "profile/profile.h"

/* k6's numbers where k6 has one. */
typedef enum ExitStatus {
    EXIT_HELD = 0,
    EXIT_UNEXPECTED = 1,
    EXIT_REGRESSED = 2,   /* compare and gate: something became worse */
    EXIT_UNREACHABLE = 3, /* the target never answered */
    EXIT_GENERATOR = 4,   /* we were the bottleneck */
    EXIT_BROKEN = 99,     /* a threshold broke */
    EXIT_USAGE = 104,
    EXIT_INTERRUPTED = 105,
} ExitStatus;

/* How a run ended that was read from its journal. */
typedef struct ReportEnd {
    bool is_cut; /* it did not: killed, crashed, the power went */
    int status;  /* else the program's exit status */
    const char *words;
} ReportEnd;

/* A bundle of what others own; valid while their snapshot is. */
typedef struct Report {
    const Snapshot *snapshot;
    const Wheel *wheel;
    const RunInfo *info;
    const Profile *profile; /* NULL: of a saved run, nobody has it any more */
    time_t started; /* wall clock */
    int signal;     /* that ended the run, 0: none */
    bool stdout_is_tty, stderr_is_tty;
    bool ascii; /* the texts go where UTF-8 does not */
    const ReportEnd *end; /* of a saved run; NULL: the run is judged now */
    const Comparison *against; /* the baseline; NULL: there is none */
    bool is_gate; /* and a regression against it decides */
    /* Of a run that was a search, or made steps of load; NULL: it was not. */
    const Finder *find;
    const Scaling *scale;
} Report;

/* The verdict over a run that began; of a saved one that ended, the one that
 * it had. Highest first: interrupted (signal, or stopped at once: the run is
 * no whole one), unreachable (all thresholds would only repeat that), broken
 * (threshold_fails, undecided ones too), generator-bound, regressed (of a
 * gate), held. An early finish is judged as if planned. Failures of this
 * machine alone (no descriptors, no ports) are the generator's, not an
 * unreachable target. UNEXPECTED and USAGE are never returned of a run
 * that is judged: who could not run at all says those. */
ExitStatus report_status(const Report *r);
/* The end of a saved run, or what report_status says of this one. */
ReportEnd report_end(const Report *r);
/* What a status says of any run. */
const char *report_exit_words(ExitStatus status);
/* What a status says of this run. */
const char *report_status_words(const Report *r, ExitStatus status);
/* Appends the same as a sentence with its figures: "2 of 9 thresholds did not
 * hold". */
void report_verdict(const Report *r, Text *to);
/* Did an operator change the load? Notes do not, nor does an early end. */
bool report_was_steered(const Report *r);

/* summary.json, with a newline at the end; free() it. */
char *report_summary(const Report *r);
/* The same in one line. */
char *report_summary_line(const Report *r);
/* Appends the summary to read, lines of at most `columns` (0: 80). */
void report_text(const Report *r, Text *to, bool colour, int columns);
/* Append the whole report as Markdown (GitHub's) and as a page that needs no
 * network. Of a saved run profile is NULL: then there is nothing of this
 * machine in it. */
void report_markdown(const Report *r, Text *to);
void report_html(const Report *r, Text *to);
/* Append one line, newline included: fixed columns, or a JSON object. */
void report_progress(const Report *r, Text *to);
void report_progress_json(const Report *r, Text *to);
/* Appends a line for each event of the log behind the first `told`; returns
 * how many are told now. */
size_t report_progress_events(const Report *r, size_t told, Text *to);

#endif
