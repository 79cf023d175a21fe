/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/usage.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/wrap.h"

#define COLUMN 33 /* "  ", 30 for the left side, " " */
#define COLUMNS 80

void usage_print(const char *left, const char *help) {
    char line[WRAP_LINE_MAX];
    bool is_beside = strlen(left) <= COLUMN - 3;
    text_to(stdout, is_beside ? "  %-30s" : "  %s\n", left);
    for (; wrap_next(&help, COLUMNS - COLUMN, line); is_beside = false)
        text_to(stdout, "%*s%s\n", is_beside ? 1 : COLUMN, "", line);
}
