/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep.h: a run that was saved goes into the history, on a thread of the
 * loop's pool: SQLite may wait for a disk or for other runs. Main thread. */
#ifndef ONRUSH_CMD_KEEP_H
#define ONRUSH_CMD_KEEP_H

#include <uv.h>

/* dir: the folder that has its summary.json. trouble(data, text) is called
 * on the loop's thread, at once or later, when it could not be added. The
 * loop does not end before that is known. */
void keep_run(uv_loop_t *loop, const char *dir,
              void (*trouble)(void *data, const char *text), void *data);

#endif
