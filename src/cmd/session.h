/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h: one run from start to saved results, in the console or without
 * it: wires engine, console, control socket, signals and report. */
#ifndef ONRUSH_CMD_SESSION_H
#define ONRUSH_CMD_SESSION_H

#include <stdio.h>

#include "cmd/options.h"
#include "control/source.h"
#include "experiment/finder.h"
#include "experiment/scale.h"

/* A suggestion to a newcomer, from this second of the run on. */
typedef struct SessionHint {
    unsigned from_s;
    const char *text; /* NULL ends the list */
} SessionHint;

/* Whoever sits at the wheel besides the operator: asked for its next command
 * at each tick of a run that goes on, until it has none (false); asked again
 * at the next tick. It steers by the same words as an operator. */
typedef struct SessionPilot {
    void *data;
    /* NULL: it has none. */
    bool (*next)(void *data, Source *source, Text *command);
    /* The run is over, all is counted and nothing is saved yet; may be NULL. */
    void (*ended)(void *data, Source *source);
    /* What it is about, for the console's line of hints; may be NULL. */
    const char *(*status)(void *data);
} SessionPilot;

/* All may be NULL. */
typedef struct SessionExtras {
    const SessionHint *hints;
    const SessionPilot *pilot;
    Text *dir; /* gets the folder of the results */
    FILE *to;  /* of progress and summary; NULL: standard output */
    bool is_gate; /* a regression against the baseline is its verdict */
    /* Something follows: the console leaves the run's end by itself. */
    bool goes_on;
    const Finder *find; /* whose search the run is */
    const Scaling *scale; /* whose steps it makes */
} SessionExtras;

/* x may be NULL. Returns the program's exit status. Main thread. */
int session_run(const Options *o, const Profile *p, const SessionExtras *x);

#endif
