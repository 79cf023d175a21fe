/* SPDX-License-Identifier: GPL-3.0-or-later */
/* earlier.h: runs that were saved before, for the console to lay under the
 * present one: the folders of onrush-results/, and those beside the present
 * results, that have a journal. Main thread; it reads files. */
#ifndef ONRUSH_CMD_EARLIER_H
#define ONRUSH_CMD_EARLIER_H

#include "journal/saved.h"

typedef struct EarlierRun {
    char *path;
    struct timespec changed;
} EarlierRun;

/* {0} knows no present results. */
typedef struct EarlierRuns {
    char *present;
    EarlierRun *items;
    const char **names;
    size_t count, cap;
    SavedRun *open;
} EarlierRuns;

/* The folder of the present run's results, which is not listed itself. */
void earlier_beside(EarlierRuns *e, const char *dir);
/* Newest first, at most 1000; valid until the next call. Names that a
 * terminal could not show are left out. */
size_t earlier_names(EarlierRuns *e, const char *const **names);
/* A path, or one of the names; it lives until the next call. NULL with err. */
Source *earlier_open(EarlierRuns *e, const char *path, Err *err);
void earlier_close(EarlierRuns *e);

#endif
