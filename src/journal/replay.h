/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h: makes a run again of its journal's lines: slabs for a Recorder,
 * plans, log and actions for a Wheel. What comes out is what the run's own
 * Snapshot was, by the same code. The bytes may be anybody's: every text is
 * cleaned, every number is checked. Pure; one thread. */
#ifndef ONRUSH_JOURNAL_REPLAY_H
#define ONRUSH_JOURNAL_REPLAY_H

#include <time.h>

#include "control/source.h"

typedef struct Replay Replay;

Replay *replay_new(void);
void replay_free(Replay *r); /* NULL is fine */
/* The next line, without its newline; bytes[length] must be writable, and
 * the bytes are. -1 with err (its column where known): the line is none of a
 * journal's, and what came before it stands. */
int replay_line(Replay *r, char *bytes, size_t length, Err *err);
/* Was there a head? Without one there is nothing to see. */
bool replay_has_head(const Replay *r);
/* There are no more lines. Once, after a head. */
void replay_end(Replay *r);

/* After replay_end; valid as long as the replay. The state is RUN_DONE. */
const Snapshot *replay_snapshot(const Replay *r);
const Wheel *replay_wheel(const Replay *r);
const RunInfo *replay_info(const Replay *r);
time_t replay_started(const Replay *r); /* wall clock */
/* Did the run come to its end? Then its exit status and what it means. */
bool replay_verdict(const Replay *r, int *status, const char **words);

#endif
