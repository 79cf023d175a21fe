/* SPDX-License-Identifier: GPL-3.0-or-later */
/* marked.h: text on its way into a profile, in which a variable of ours is
 * \1 name \2. So a "${...}" that another tool's file holds stays what it is,
 * text, and can never become a variable: ${env.HOME} in a recorded body must
 * not send this machine's environment to the target. Pure. */
#ifndef ONRUSH_IMPORT_MARKED_H
#define ONRUSH_IMPORT_MARKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define MARK_OPEN '\1'
#define MARK_CLOSE '\2'

/* Appends literal bytes; \1 and \2 among them become '?'. */
void mark_text(Text *to, const char *bytes, size_t length);
/* Appends a variable, such as "env.TOKEN" or "random 1 6". What cannot stand
 * in its name is left out. */
void mark_var(Text *to, const char *name, size_t length);
bool mark_has_vars(const char *marked);
/* Appends marked text as the profile has it: ${name} for a variable, and
 * ${pick $}{ for what only looks like the beginning of one. */
void mark_print(const char *marked, Text *to);
/* The same for a path: bytes that cannot stand there as %XX, an end at #. */
void mark_print_path(const char *marked, Text *to);
/* Appends bytes as %XX where they are not unreserved (RFC 3986, 2.3);
 * variables stay. */
void mark_add_encoded(Text *to, const char *marked);
/* Appends a JSON string, quotes included; variables stay. */
void mark_add_json(Text *to, const char *marked);

#endif
