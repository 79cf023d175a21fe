/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rundir.h: the folder that a run is saved in. Blocking; main thread. */
#ifndef ONRUSH_REPORT_RUNDIR_H
#define ONRUSH_REPORT_RUNDIR_H

#include <time.h>

#include "base/err.h"

/* Makes the folder and tries whether it can be written, before any load:
 * `out` when not NULL (it may be there already), else a new
 * onrush-results/NAME-YYYYmmdd-HHMMSS by local time, with -2, -3 … when
 * that is taken. Returns its path (free() it), or NULL with err. */
char *rundir_make(const char *out, const char *name, time_t started, Err *err);

#endif
