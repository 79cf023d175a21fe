/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steer.h: how an experiment types commands as an operator does, and sees
 * when a real one takes the wheel. Main thread. */
#ifndef ONRUSH_EXPERIMENT_STEER_H
#define ONRUSH_EXPERIMENT_STEER_H

#include "control/source.h"

/* {0} is one that has nothing to type. */
typedef struct Steer {
    char **waiting; /* commands, the next first */
    size_t count, cap;
    size_t seen;   /* actions of the wheel that are known */
    bool is_typed; /* the last command of ours is not among them yet */
    double *peaks; /* of the scenarios as the profile has them */
    size_t peak_count;
    double peak; /* of all that have the first one's unit */
} Steer;

/* Remembers how the scenarios share a level: as their highest do. */
void steer_begin(Steer *s, const Wheel *w);
void steer_close(Steer *s);
/* Has anybody else changed the load since the last look? Marks, a pause, a
 * threshold and the choice of a scenario change none. */
bool steer_is_taken(Steer *s, const Wheel *w);
/* Queues commands: a level, shared by all scenarios; a mark; any other. */
void steer_level(Steer *s, const Wheel *w, double level, const char *in);
void steer_mark(Steer *s, const char *text);
void steer_type(Steer *s, const char *command);
/* The next one for a SessionPilot; false: nothing waits. */
bool steer_next(Steer *s, Text *command);

#endif
