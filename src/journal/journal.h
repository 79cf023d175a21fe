/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h: a run's file that grows while it runs, timeline.ndjson, so that
 * a crash costs at most two seconds. doc/journal.md has the format.
 *
 * The main thread only adds slabs up; lines are made, written and synced on
 * libuv's thread pool, a batch at a time. A disk that is slower than that
 * makes lines cover more than a second and loses nothing. When it cannot be
 * written that is told once and the run goes on. Main thread, but where it
 * says otherwise. */
#ifndef ONRUSH_JOURNAL_JOURNAL_H
#define ONRUSH_JOURNAL_JOURNAL_H

#include <time.h>
#include <uv.h>

#include "control/source.h"

#define JOURNAL_FILE "timeline.ndjson"

typedef struct Journal Journal;

typedef struct JournalOptions {
    const char *dir; /* that is there */
    time_t started;  /* wall clock */
    /* Once, when it can no longer be written; text says why. May be NULL. */
    void (*on_trouble)(void *data, const char *text);
    /* Once, after journal_end: all is on the disk, or was told as trouble.
     * May be called within journal_end. May be NULL. */
    void (*on_ended)(void *data);
    void *data;
} JournalOptions;

/* Writes the head; blocks, so call it before the load. The source is
 * borrowed until journal_close and has not begun;
 * the names of its series live until the loop has ended. NULL with err. */
Journal *journal_new(uv_loop_t *loop, Source *source,
                     const JournalOptions *options, Err *err);
/* What was measured up to run time at_ns, in the order in which the recorder
 * was told. */
void journal_add(Journal *j, uint64_t at_ns, const Slab *slab);
/* After every tick of the run, the last one included. */
void journal_tick(Journal *j);
/* The run is done and judged, after its last tick. */
void journal_end(Journal *j, int status, const char *words);
/* What is still to be written is written while the loop goes on; the memory
 * goes then. NULL is fine. */
void journal_close(Journal *j);

#endif
