/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline.h: what a run is held against. Blocking; main thread. */
#ifndef ONRUSH_CMD_BASELINE_H
#define ONRUSH_CMD_BASELINE_H

#include "cmd/options.h"
#include "compare/results.h"

/* The baseline of a run of this profile: --baseline (a file or folder, else
 * a run of the history), else the one that the history has for the profile's
 * name, unless --no-history. results_free() it. NULL with an empty err->text:
 * there is none. NULL with words: it could not be read; when o->baseline is
 * set that is a mistake of the user's, else no reason not to run, but for a
 * gate. path of the results is the folder's or file's, or the run's name. */
Results *baseline_results(const Options *o, const Profile *p, Err *err);

/* A run by its name: "last", an id, a name or the start of one, of this
 * profile (NULL: of any). The stored summary; NULL with err. What the
 * readers of results take for a path that is no file. */
Results *baseline_named(const char *name, const char *profile, Err *err);
/* Puts before err, why no run has this name, that no file has it either. */
void baseline_say_no_file(const char *name, Err *err);

#endif
