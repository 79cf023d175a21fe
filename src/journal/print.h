/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print.h: the journal's lines, as doc/journal.md has them. Each function
 * appends whole lines, newline included, unless it says otherwise. Every text
 * is cleaned for a terminal once more. Times are run time in ns. Pure. */
#ifndef ONRUSH_JOURNAL_PRINT_H
#define ONRUSH_JOURNAL_PRINT_H

#include <time.h>

#include "control/source.h"
#include "journal/coding.h"
#include "stats/failures.h"

#define JOURNAL_FORMAT 2 /* 1 is read, too: it had no `kept` */
/* Phases, iterations and lateness are written as often, and at the end. */
#define JOURNAL_DETAIL_NS (UINT64_C(10) * NS_PER_S)
/* All of a minute once more, so that a long run need not be read second by
 * second; lines of such types begin with this. */
#define JOURNAL_MINUTE_NS (UINT64_C(60) * NS_PER_S)
#define JOURNAL_MINUTE "minute-"

/* Words of the format, by their enums. */
extern const char *const journal_states[RUN_DONE + 1];
extern const char *const journal_units[2];   /* PlanUnit */
extern const char *const journal_forms[3];   /* StageForm */
extern const char *const journal_shapes[3];  /* RampShape */
extern const char *const journal_origins[4]; /* StageOrigin */
extern const char *const journal_ends[3];    /* WheelEnd */
extern const char *const journal_parts[PART_COUNT];

/* Values of JSON: "text", 12.5, null for what is not finite. */
void print_text(Text *to, const char *text);
void print_words(Text *to, const char *text); /* without the quotes */
void print_number(Text *to, double value);

/* --- print_head.c: what is said once, or when it changes ---------------- */

/* Everything fixed: run, scenarios, series, checks, own metrics, thresholds,
 * alerts. */
void print_head(const Snapshot *s, const Wheel *w, const RunInfo *info,
                time_t started, Text *to);
/* How many pieces from the first on stand in both and change no more. */
size_t plan_kept(const Plan *told, const Plan *now);
/* Without the first `kept`, which the line before of this scenario gave. */
void print_plan(const Wheel *w, size_t scenario, size_t kept, Text *to);
void print_event(const Event *e, Text *to);
void print_action(const Action *a, Text *to);
/* A threshold as it is from now on. */
void print_limit(const Threshold *t, size_t index, uint64_t at_ns, Text *to);
void print_spike(const Recovery *r, Text *to);
void print_state(const Snapshot *s, Text *to);
void print_gauge(const Gauge *g, size_t index, Text *to);
void print_reading(const Gauge *g, size_t index, Text *to); /* the last one */
/* The verdict: the last line of a journal that is whole. */
void print_end(const Snapshot *s, const Wheel *w, int status,
               const char *words, Text *to);

/* --- print.c: what was measured ----------------------------------------- */

/* Members of a second's line that come from the snapshot, each with a comma
 * in front; no line. */
void print_levels(const Snapshot *s, Text *to);

/* --- print_examples.c --------------------------------------------------- */

/* The examples up to at_ns that were not told yet, as a member with a comma in
 * front, or nothing; no line. told: how many of each kind were. */
void print_examples(const Failures *f, uint64_t at_ns, size_t *told, Text *to);

/* What is kept from one second to the next; one thread at a time. */
typedef struct SecondPrinter {
    MetricTable metrics; /* its items are borrowed */
    Coder coder;
    Text service, response; /* encoded */
    Slab detail, minute;
    uint64_t detail_ns, minute_ns; /* when they were last written */
} SecondPrinter;

void second_printer_init(SecondPrinter *p, const MetricTable *metrics);
void second_printer_close(SecondPrinter *p);
/* What was measured up to at_ns: a line for each series that has something,
 * the details when it is time (or is_last), a minute when one is over, then the
 * second's, which makes the others count. levels: of print_levels. */
void second_print(SecondPrinter *p, const Slab *slab, uint64_t at_ns,
                  const char *levels, bool is_last, Text *to);

#endif
