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
/* Where the journal ends, as far as is known: then of what is older than an
 * hour before that only the minutes are read. Not with alerts, which go by
 * seconds. Before the first line. */
void replay_expect(Replay *r, uint64_t end_ns);
/* Can this line be passed over as it is? */
bool replay_skips(const Replay *r, const char *bytes, size_t length);
/* The next line, without its newline; bytes[length] must be writable, and
 * the bytes are. -1 with err (its column where known): the line is none of a
 * journal's, and what came before it stands. */
int replay_line(Replay *r, char *bytes, size_t length, Err *err);
/* Was there a head? Without one there is nothing to see. */
bool replay_has_head(const Replay *r);
/* Did the lines end while minutes were read? Then the caller had better begin
 * anew, expecting the end at *end_ns. */
bool replay_is_short(const Replay *r, uint64_t *end_ns);
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
