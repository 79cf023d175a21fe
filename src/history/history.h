/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h: every finished run in an SQLite database (WAL), so that runs can
 * be listed, held against a baseline, and followed over months. What is there
 * is a copy: the files of a run are the truth, and no trouble with the
 * database may cost a run. Blocking; any one thread at a time. */
#ifndef ONRUSH_HISTORY_HISTORY_H
#define ONRUSH_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

typedef struct History History;

/* $XDG_DATA_HOME/onrush/history.db, or ~/.local/share/...; free() it. NULL
 * with err when there is no home. */
char *history_path(Err *err);

typedef enum HistoryUse { HISTORY_READ, HISTORY_WRITE } HistoryUse;

/* HISTORY_WRITE makes folder and database where they lack, and brings an
 * older schema up to date; a newer one is refused with words. A file that is
 * no database, or is damaged, is left alone: NULL with err, which names it
 * and says what to do. READ of one that is not there: an empty history. */
History *history_open(const char *path, HistoryUse use, Err *err);
void history_close(History *h); /* NULL is fine */

typedef struct HistoryFigure {
    const char *name; /* as compare/results.h has it */
    double value;
} HistoryFigure;

typedef struct HistoryRun {
    int64_t id;          /* given by the database */
    const char *name;    /* last part of its folder: "smoke-20261122-101500" */
    const char *path;    /* the folder, absolute; may be gone by now */
    const char *profile, *kind, *target;
    int64_t started;     /* seconds since 1970, UTC */
    double duration_ms;
    int status;
    const char *words;   /* what the status means */
    bool was_steered, is_baseline;
    const HistoryFigure *figures;
    size_t figure_count;
} HistoryRun;

/* Adds a run; summary: its summary.json, kept (compressed) so that a
 * baseline outlives its folder. Waits up to 5 s for others who write. */
int history_add(History *h, const HistoryRun *run, const char *summary,
                Err *err);

typedef struct HistoryQuery {
    const char *profile; /* NULL: all */
    const char *figure;  /* only this one is read; NULL: the common ones */
    int64_t since;       /* 0: always */
    size_t limit;        /* newest first; 0: all */
} HistoryQuery;

/* Calls each with every run that matches, newest first; strings are valid
 * within the call; false ends it. */
int history_list(History *h, const HistoryQuery *q,
                 bool (*each)(void *data, const HistoryRun *run), void *data,
                 Err *err);

/* name: a run's name or id, "last", or the start of a name that only one has.
 * -1 with err. */
int history_find(History *h, const char *name, const char *profile,
                 int64_t *id, Err *err);
/* The summary of a run; free() it; NULL with err. */
char *history_summary(History *h, int64_t id, Err *err);
/* One baseline for each profile. set: 0 clears it. get: 0 when there is
 * none. */
int history_set_baseline(History *h, const char *profile, int64_t id,
                         Err *err);
int history_baseline(History *h, const char *profile, int64_t *id, Err *err);

#endif
