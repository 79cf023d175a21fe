/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h: where init and import put the profile that they made. */
#ifndef ONRUSH_CMD_OUTPUT_H
#define ONRUSH_CMD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* To path, or to standard output when it is NULL. What is there already is
 * written over only with force. 0, or -1 with err. */
int output_write(const char *path, const char *bytes, size_t length, bool force,
                 Err *err);
/* Would output_write refuse, because something is there? */
bool output_is_taken(const char *path, bool force, Err *err);

#endif
