/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "target") == 0)
        return cmd_target(argc - 1, argv + 1);
    fprintf(stderr, "usage: onrush target\n");
    return EXIT_USAGE;
}
