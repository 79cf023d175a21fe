/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saved.h: a run that was saved, or cut off, as a Source: read from its
 * journal, over for good. Reading blocks; one thread. */
#ifndef ONRUSH_JOURNAL_SAVED_H
#define ONRUSH_JOURNAL_SAVED_H

#include <time.h>

#include "control/source.h"

typedef struct SavedRun SavedRun;

/* path: a folder of results, or its timeline.ndjson. A journal that is cut,
 * or has garbage in it, opens up to where it is good. NULL with err
 * ("FILE:LINE: ...", or "FILE:LINE:COLUMN: ...", where a line is to blame). */
SavedRun *saved_open(const char *path, Err *err);
void saved_close(SavedRun *s); /* NULL is fine */

/* Commands are all refused. */
Source *saved_source(SavedRun *s);

typedef struct SavedEnd {
    bool is_finished;    /* else the run was cut off */
    int status;          /* exit status; of one cut off -1 */
    const char *words;   /* what it means: "all thresholds held" */
    const char *trouble; /* "FILE:LINE: ...", or with the column behind the
                            line: where it ceases to be good;
                            NULL: nowhere */
    time_t started;      /* wall clock */
} SavedEnd;

SavedEnd saved_end(const SavedRun *s);

/* Is there a journal in this folder? */
bool saved_is_there(const char *dir);

#endif
