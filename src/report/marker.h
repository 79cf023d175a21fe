/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marker.h: the file INCOMPLETE in a folder of results. It is there from
 * before the load until all is saved, so that a run that was cut off is known
 * by it, and says what is missing when something could not be saved. Its room
 * on the disk is taken at the start: it can be written when the disk is full.
 * As long as the run goes on it is locked. Blocking; main thread. */
#ifndef ONRUSH_REPORT_MARKER_H
#define ONRUSH_REPORT_MARKER_H

#include "base/err.h"

#define MARKER_FILE "INCOMPLETE"
#define MARKER_ROOM 4096 /* bytes; what it says is cut there */

typedef struct Marker {
    int fd; /* -1: there is none */
    char *path;
} Marker;

/* Makes the file, or takes over one that is there. 0, or -1 with err. */
int marker_open(Marker *m, const char *dir, Err *err);
/* The end: without a text (NULL or "") the file goes, else it says that. */
void marker_close(Marker *m, const char *missing);

/* Is the run over, or cut off? 0, also without such a file; -1 with err: it
 * still goes on. */
int marker_is_left(const char *dir, Err *err);
/* What was missing is there now. */
void marker_remove(const char *dir);

#endif
