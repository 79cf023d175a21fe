/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell.h: command lines as words, as a POSIX shell (and, where the text is
 * written for it, cmd.exe) splits them. Nothing is run or expanded: $NAME
 * becomes ${env.NAME}, what only a shell can know is noted. Pure. */
#ifndef ONRUSH_IMPORT_SHELL_H
#define ONRUSH_IMPORT_SHELL_H

#include "import/sketch.h"

#define SHELL_WORDS_MAX 20000

typedef enum ShellKind {
    SHELL_WORD,
    SHELL_END,  /* ; && || & newline ( ): another command may follow */
    SHELL_PIPE, /* what follows reads our output */
} ShellKind;

typedef struct ShellWord {
    ShellKind kind;
    const char *text; /* marked, in the sketch's arena */
    size_t line;
} ShellWord;

typedef struct ShellWords {
    ShellWord *items;
    size_t count, cap;
} ShellWords;

/* Appends to *out (starts as {0}, free items). Unclosed quotes end with the
 * input and are noted. */
void shell_split(Sketch *d, const char *bytes, size_t length, ShellWords *out);

#endif
