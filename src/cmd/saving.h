/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saving.h: what a run leaves on the disk from its start to its end, and what
 * is told when that fails. Blocking; main thread. */
#ifndef ONRUSH_CMD_SAVING_H
#define ONRUSH_CMD_SAVING_H

#include "report/marker.h"
#include "report/save.h"

/* {0}: nothing was begun. */
typedef struct Saving {
    const char *dir; /* borrowed; NULL: not begun */
    Marker marker;
    Text trouble; /* what could not be saved, in a line */
    Text missing; /* what the folder lacks, a line each */
    bool lacks_summary;
    size_t lost; /* secrets that profile.ini has not */
} Saving;

/* Before the load: the marker, and profile.ini as it is planned. -1 with err:
 * the place cannot be written. */
int saving_begin(Saving *s, const Report *r, const char *dir, Err *err);
/* The run never began: the folder lacks nothing. */
void saving_forget(Saving *s);
/* The journal could not be written any more; text says why. */
void saving_journal_failed(Saving *s, const char *text);
/* The run is over: its files. extra: paths, as in ReportFiles. */
void saving_files(Saving *s, const Report *r, const char *const *extra);
/* The journal has ended, too: the marker goes or says what is missing. -1 when
 * something is. */
int saving_end(Saving *s);
/* Appends what standard output carries when summary.json could not be saved,
 * in one line or as the file would have it. */
void saving_print_summary(const Saving *s, const Report *r, bool one_line,
                          Text *to);
/* Appends where it was saved, or to errors what was not. */
void saving_tell(const Saving *s, Text *to, Text *errors);
void saving_close(Saving *s);

#endif
