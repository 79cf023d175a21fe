/* SPDX-License-Identifier: GPL-3.0-or-later */
/* events.h: what the profile has happen at moments of the run, or when alerts
 * ask for it: commands for the wheel, and processes. Each is a mark in the log when it begins; how a
 * process ended is logged, too, with the first line of its stderr. It has a
 * group of its own, which is killed when the run is done. Main thread. */
#ifndef ONRUSH_ENGINE_EVENTS_H
#define ONRUSH_ENGINE_EVENTS_H

#include <uv.h>

#include "control/wheel.h"
#include "profile/profile.h"
#include "stats/recorder.h"

typedef struct Events Events;

/* All but the loop's memory is borrowed until events_close. The recorder is told
 * of events that only start a process: from its end on the target's recovery is
 * measured. Those with a command are spikes when they make one. */
Events *events_new(uv_loop_t *loop, const Profile *p, Wheel *w, Recorder *r);
/* Begins what is due at run time run_ns, once. */
void events_advance(Events *e, uint64_t run_ns);
/* At most so many that alerts started run at once. */
#define EVENTS_RUNNING_MAX 16

/* Starts a process for an alert: who is "alert NAME", words are each ended by
 * NUL; env: "NAME=VALUE" beside onrush's own, NULL at the end. */
void events_start(Events *e, const char *who, const char *words,
                  size_t length, const char *const *env);
/* The run is done: kills what still runs, and logs that. */
void events_end(Events *e, uint64_t run_ns);
/* As events_end, without a word; the loop frees what is left. */
void events_close(Events *e);

#endif
