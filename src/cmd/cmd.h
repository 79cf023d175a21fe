/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd.h: the subcommands. Each parses its options, wires the rooms together
 * and owns no logic; it returns the program's exit status. */
#ifndef ONRUSH_CMD_CMD_H
#define ONRUSH_CMD_CMD_H

#include <stdbool.h>

typedef struct Command {
    const char *name, *args, *help;
    int (*run)(int argc, char **argv); /* argv[0] is the subcommand */
    bool saves; /* its results are files; what it prints is not the result */
} Command;

int cmd_baseline(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_find(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_open(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_scale(int argc, char **argv);
int cmd_target(int argc, char **argv);
int cmd_trend(int argc, char **argv);

#endif
