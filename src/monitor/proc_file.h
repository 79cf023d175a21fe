/* SPDX-License-Identifier: GPL-3.0-or-later */
/* proc_file.h: the beginning of a file in /proc. Blocks. */
#ifndef ONRUSH_MONITOR_PROC_FILE_H
#define ONRUSH_MONITOR_PROC_FILE_H

#include <stdbool.h>

#define PROC_PATH_MAX 512
#define PROC_FILE_MAX 65536 /* what is longer is cut */

/* ROOT/PID/NAME; without PID when it is 0. */
void proc_path(char to[PROC_PATH_MAX], const char *root, long pid,
               const char *name);
/* With a NUL behind it; false, with errno, when it cannot be read. */
bool proc_file_read(const char *root, long pid, const char *name,
                    char to[PROC_FILE_MAX]);

#endif
