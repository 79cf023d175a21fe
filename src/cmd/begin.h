/* SPDX-License-Identifier: GPL-3.0-or-later */
/* begin.h: what holds for the process, whatever its command: the standard
 * streams, memory for the libraries, signals. Main thread. */
#ifndef ONRUSH_CMD_BEGIN_H
#define ONRUSH_CMD_BEGIN_H

#include <stdbool.h>
#include <uv.h>

#include "base/err.h"

/* Before anything is opened: a standard stream that is closed is filled, so
 * that none becomes a file of ours, into which messages would go. What is
 * written to it fails, as it did before. -1: that is not possible. */
int begin_streams(void);
/* Before the first use of libuv or Jansson. */
void begin_process(void);

/* Makes the main thread's loop; where libuv would abort for want of open
 * files, -1 with err. */
int begin_loop(uv_loop_t *loop, Err *err);
/* Starts libuv's pool of threads, for want of which it would abort in the
 * middle of a run. -1 with err. */
int begin_pool(uv_loop_t *loop, Err *err);

/* After a command: is its output written? Says if not. saves: what it prints
 * is not its result. The exit status: the given one, or EXIT_UNEXPECTED where
 * a result was lost. */
int end_output(const char *command, bool saves, int status);

#endif
