/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h: a command line as words, as a shell reads it, but without one:
 * blanks separate words; '...' is taken as it stands; in "..." a \ goes before
 * " and \; elsewhere \ takes the next character as it stands. Nothing else is
 * special: no variables of a shell, no patterns, no redirections. What a
 * variable of the profile becomes is part of its word, whatever is in it.
 * Pure. */
#ifndef ONRUSH_PROFILE_COMMAND_H
#define ONRUSH_PROFILE_COMMAND_H

#include "profile/profile.h"

typedef struct CommandWord {
    const char *bytes; /* with variables as they were written */
    size_t length;
    Vars vars; /* in bytes */
} CommandWord;

typedef struct CommandLine {
    CommandWord *words;
    size_t count;
} CommandLine;

/* Lives in the arena; vars: of the line. 0, or -1 with err, whose column
 * counts within the line: a quote without its end, no word at all. */
int command_read(const char *line, const Vars *vars, Arena *arena,
                 CommandLine *out, Err *err);

/* Has the profile requests that are commands? Are all of them? */
bool command_is_in(const Profile *p);
/* Does it start processes, in a request, an event or an alert? */
bool command_is_run(const Profile *p);
bool command_is_all(const Profile *p);

#endif
