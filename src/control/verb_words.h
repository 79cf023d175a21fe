/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_words.h: reading what follows a verb. Private to control/. */
#ifndef ONRUSH_CONTROL_VERB_WORDS_H
#define ONRUSH_CONTROL_VERB_WORDS_H

#include "base/err.h"

#define WORD_MAX 64

/* Copies the next word, "" at the end, a long one cut; returns what follows
 * it, without the blanks between. */
const char *next_word(const char *s, char word[WORD_MAX]);
/* -1 with err when something is left. */
int expect_end(const char *rest, Err *err);

#endif
