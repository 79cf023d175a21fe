/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h: one run from start to saved results, in the console or without
 * it: wires engine, console, control socket, signals and report. */
#ifndef ONRUSH_CMD_SESSION_H
#define ONRUSH_CMD_SESSION_H

#include "cmd/options.h"

/* A suggestion to a newcomer, from this second of the run on. */
typedef struct SessionHint {
    unsigned from_s;
    const char *text; /* NULL ends the list */
} SessionHint;

/* hints may be NULL. Returns the program's exit status. Main thread. */
int session_run(const Options *o, const Profile *p, const SessionHint *hints);

#endif
