/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeat.h: one run after the other. Main thread. */
#ifndef ONRUSH_CMD_REPEAT_H
#define ONRUSH_CMD_REPEAT_H

#include "cmd/options.h"
#include "experiment/repeat.h"

/* o->repeat runs of the profile, into 01, 02, ... of one folder, whose path is
 * appended to dir; then repeat.json and a table, on `to`. *r (closed by the
 * caller) gets what they measured. An interruption ends them all. Returns the
 * worst exit status. */
int repeat_run(const Options *o, FILE *to, Repeat *r, Text *dir);

#endif
