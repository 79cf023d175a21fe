/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regex.h: Perl's regular expressions over answers, by PCRE2; nothing else
 * includes it. A Regex is read by any thread; a RegexScratch belongs to one.
 *
 * No answer can hang a worker: a search ends without a match when it has done
 * REGEX_WORK_MOST steps (places looked at, characters passed over), some 0.1 s
 * at worst, or needs more than REGEX_STACK_BYTES. */
#ifndef ONRUSH_EXPR_REGEX_H
#define ONRUSH_EXPR_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

#define REGEX_WORK_MOST ((size_t)16 << 20)
#define REGEX_STACK_BYTES ((size_t)1 << 20)

typedef struct Regex Regex;
typedef struct RegexScratch RegexScratch;

/* The pattern without its slashes; \/ is a slash. Freed with the arena.
 * Characters instead of bytes count where the pattern holds one beyond ASCII,
 * or \p \P \X \x{...}. NULL with err, its column 1-based within the pattern. */
const Regex *regex_compile(Arena *arena, const char *pattern, size_t length,
                           Err *err);

RegexScratch *regex_scratch_new(void);
void regex_scratch_free(RegexScratch *s); /* NULL is fine */

/* Where it first matches: the first group, the whole match if there is none
 * or it took no part. Borrowed from text. */
bool regex_find(const Regex *r, RegexScratch *s, const char *text,
                size_t length, const char **found, size_t *found_length);

#endif
