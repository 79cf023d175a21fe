/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd.h: the subcommands. Each takes its own argv (argv[0] is its name) and
 * returns the program's exit status. */
#ifndef ONRUSH_CMD_CMD_H
#define ONRUSH_CMD_CMD_H

#define EXIT_USAGE 104 /* k6's number for a profile or usage error */

int cmd_target(int argc, char **argv);

#endif
