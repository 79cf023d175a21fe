/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h: every finished run in an SQLite database (WAL), so that runs can
 * be listed, held against a baseline, and followed over months. What is there
 * is a copy: the files of a run are the truth, and no trouble with the
 * database may cost a run. Blocking; any one thread at a time. doc/history.md
 * has the schema. */
#ifndef ONRUSH_HISTORY_HISTORY_H
#define ONRUSH_HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

#define HISTORY_SUMMARY_MAX (64u << 20) /* bytes */

typedef struct History History;

/* $XDG_DATA_HOME/onrush/history.db, or ~/.local/share/...; free() it. NULL
 * with err when there is no home. */
char *history_path(Err *err);

typedef enum HistoryUse { HISTORY_READ, HISTORY_WRITE } HistoryUse;

/* HISTORY_WRITE makes folder (0700) and database (0600) where they lack, and
 * brings an older schema up to date, as READ does; a newer one is refused
 * with words. A file that is no database, is another program's, or is
 * damaged, is left alone: NULL with err, which names it and says what to do.
 * READ of one that is not there: an empty history. */
History *history_open(const char *path, HistoryUse use, Err *err);
void history_close(History *h); /* NULL is fine */

typedef struct HistoryFigure {
    const char *name; /* as compare/results.h has it */
    double value;     /* what is not finite is left out */
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
    bool was_steered, is_generator_bound, is_baseline; /* of any profile */
    const HistoryFigure *figures;
    size_t figure_count;
} HistoryRun;

typedef struct HistoryAdded {
    int64_t id;
    bool was_there; /* this very run, by start and summary; left as it is */
} HistoryAdded;

/* Adds a run (its id and is_baseline count not); summary: its summary.json,
 * kept (compressed) so that a baseline outlives its folder. Texts are cleaned
 * for a terminal on their way in. All or nothing; waits up to 5 s for others
 * who write. to may be NULL. */
int history_add(History *h, const HistoryRun *run, const char *summary,
                HistoryAdded *to, Err *err);

/* What a list shows of each run. */
#define HISTORY_COMMON 4
extern const char *const history_common[HISTORY_COMMON];

typedef struct HistoryQuery {
    const char *profile; /* NULL: all */
    const char *figure;  /* only this one is read; NULL: the common ones */
    int64_t since;       /* 0: always */
    size_t limit;        /* newest first; 0: all */
    int64_t id;          /* only this run; 0: any */
} HistoryQuery;

/* Calls each with every run that matches, newest first; strings are valid
 * within the call; false ends it. Texts are cleaned once more on their way
 * out. A run without a figure has none of that name. */
int history_list(History *h, const HistoryQuery *q,
                 bool (*each)(void *data, const HistoryRun *run), void *data,
                 Err *err);

/* Calls each with every name of a figure, in order; false ends it. */
int history_figures(History *h, bool (*each)(void *data, const char *name),
                    void *data, Err *err);

/* name: "last", a run's name (of several the newest), its id, or the start of
 * a name that only one has; of this profile, NULL: of any. -1 with err. */
int history_find(History *h, const char *name, const char *profile,
                 int64_t *id, Err *err);
/* The summary of a run; free() it; NULL with err. */
char *history_summary(History *h, int64_t id, Err *err);
/* One baseline for each profile. set: 0 clears it. get: 0 when there is
 * none. */
int history_set_baseline(History *h, const char *profile, int64_t id,
                         Err *err);
int history_baseline(History *h, const char *profile, int64_t *id, Err *err);
/* Calls each with every baseline, by the name of its profile. */
int history_baselines(History *h,
                      bool (*each)(void *data, const char *profile, int64_t id),
                      void *data, Err *err);

#endif
