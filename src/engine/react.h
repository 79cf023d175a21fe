/* SPDX-License-Identifier: GPL-3.0-or-later */
/* react.h: what a run does by itself: thresholds with `abort` end it, alerts
 * that fire end it, hold or lower its level, as an operator would; all of
 * that is in the log. Main thread. */
#ifndef ONRUSH_ENGINE_REACT_H
#define ONRUSH_ENGINE_REACT_H

#include "control/wheel.h"
#include "engine/bell.h"
#include "stats/recorder.h"

/* How much an alert with back-off lowers the level by. */
#define REACT_BACK_OFF "level x0.8"

/* true: this ends the run. */
bool react_to_thresholds(Wheel *w, const Snapshot *s, uint64_t run_ns);
/* To each alert that began to fire since the last call; all scenarios hold,
 * or back off. Others are told of it, and when it is quiet again. true: this
 * ends the run. */
bool react_to_alerts(Wheel *w, Recorder *r, Bell *b, uint64_t run_ns);

#endif
