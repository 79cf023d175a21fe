/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files.h: what the console reads and writes in the midst of a run. Blocking,
 * and short; main thread. */
#ifndef ONRUSH_CMD_FILES_H
#define ONRUSH_CMD_FILES_H

#include "report/report.h"

/* Saves the run so far as a profile that can be run: in dir, or where a name
 * with a slash says. Nothing that is there is written over; NULL: a name is
 * found. *path receives where it stands. 0, or -1 with err. */
int files_save_profile(const Report *r, const char *dir, const char *name,
                       Text *path, Err *err);
/* Appends the stages of a profile's scenario (NULL: the first), "NAME =
 * STAGE" a line; path may be a kind that `onrush init` knows. */
int files_read_stages(const char *path, const char *scenario, Text *lines,
                      Err *err);

#endif
