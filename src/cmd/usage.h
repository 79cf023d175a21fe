/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage.h: what --help lists. */
#ifndef ONRUSH_CMD_USAGE_H
#define ONRUSH_CMD_USAGE_H

/* Prints an option or a command and, in a column beside it, what it is for,
 * in lines of at most 80 columns. A left side that leaves no gap has its line
 * to itself. */
void usage_print(const char *left, const char *help);

#endif
