/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rundir.h: where a run is saved, and saving it. Blocking; main thread. */
#ifndef ONRUSH_REPORT_RUNDIR_H
#define ONRUSH_REPORT_RUNDIR_H

#include "report/report.h"

/* Makes the folder and tries whether it can be written, before any load:
 * `out` when not NULL (it may be there already), else a new
 * onrush-results/NAME-YYYYmmdd-HHMMSS by local time, with -2, -3 … when
 * that is taken. Returns its path (free() it), or NULL with err. */
char *rundir_make(const char *out, const char *name, time_t started, Err *err);

/* Writes summary.json and profile.ini into dir (NULL: neither) and the
 * summary to extra_summary as well (NULL: nowhere else). Each file appears
 * whole, or what stood there stays; one that fails does not stop the others.
 * 0, or -1 with every failure in err. */
int report_save(const Report *r, const char *dir, const char *extra_summary,
                Err *err);

/* Appends profile.ini: the run as it was executed so far, which runs again. */
void report_profile(const Report *r, Text *to);

#endif
