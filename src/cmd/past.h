/* SPDX-License-Identifier: GPL-3.0-or-later */
/* past.h: saved runs on their way into the history. Blocking; main
 * thread. */
#ifndef ONRUSH_CMD_PAST_H
#define ONRUSH_CMD_PAST_H

#include <time.h>

#include "compare/results.h"
#include "history/history.h"

/* A run as the history takes it; run points into the rest. */
typedef struct PastRun {
    HistoryRun run;
    Results *results;
    Text summary;
    char *name, *path;
    HistoryFigure *figures;
} PastRun;

/* Of a folder with a summary.json, or of the file itself, ours or k6's. Of
 * one that does not say when it began, the file's time counts; of one without
 * a profile, run.profile is "". past_close() it; -1 with err. */
int past_read(PastRun *p, const char *path, Err *err);
void past_close(PastRun *p);

/* The user's history; NULL with err. history_close() it. */
History *past_history(HistoryUse use, Err *err);

/* "7d", "12h": so long before now; "2026-11-22" or "2026-11-22 10:15": by
 * local time. -1 with err. */
int past_since(const char *text, time_t now, int64_t *since, Err *err);

/* The id of a run by name, or of a folder or file, which is added when the
 * history does not have it. profile (may be NULL): only of that one, by name.
 * *of gets the run's own profile ("" when it names none); free() it. */
int past_id(History *h, const char *what, const char *profile, int64_t *id,
            char **of, Err *err);

#endif
