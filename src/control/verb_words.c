/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control/verb_words.h"

#include <ctype.h>
#include <stddef.h>

const char *next_word(const char *s, char word[WORD_MAX]) {
    while (isspace((unsigned char)*s))
        s++;
    size_t n = 0;
    while (*s && !isspace((unsigned char)*s)) {
        if (n < WORD_MAX - 1)
            word[n++] = *s;
        s++;
    }
    word[n] = '\0';
    while (isspace((unsigned char)*s))
        s++;
    return s;
}

int expect_end(const char *rest, Err *err) {
    if (*rest)
        return err_set(err, "'%.40s' is not expected at the end", rest);
    return 0;
}
