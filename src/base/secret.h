/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret.h: what is a secret, by its name, by its place in a text, and by its
 * value, and texts without them. Pure; a Secrets that nobody adds to may be
 * read by any thread.
 *
 * A value is known by its bytes only from SECRET_LEAST on: masking "admin" or
 * "1234" wherever they stand would make a text unreadable, and hide little
 * from who can try them all. Shorter ones are hidden by place alone. */
#ifndef ONRUSH_BASE_SECRET_H
#define ONRUSH_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define SECRET_MASK "***"
#define SECRET_LEAST ((size_t)6)
#define SECRET_MOST ((size_t)16384) /* bytes of a value */
#define SECRETS_MAX 4096

/* Does what is called so hold a secret? Of headers, queries, forms, JSON,
 * variables, cookies, options of a command. Rather one too many: what was
 * shown once cannot be taken back; but no measure of one ("max_tokens",
 * "session_timeout") and no key to a row or a cache ("idempotency-key"), as
 * a saved profile without those could not run for nothing. */
bool secret_is_name(const char *name, size_t length);

typedef struct SecretSpan {
    size_t at, length; /* never empty */
} SecretSpan;

/* The next secret by place from *from on; *from is then behind it. false:
 * there is none. Places are: the value of NAME=VALUE, "NAME": VALUE,
 * 'NAME: VALUE', a line that begins with NAME: (and those folded into it),
 * and the word behind --NAME, each with such a name, and the password of
 * SCHEME://USER:PASSWORD@HOST (without a colon: the user). */
bool secret_next(const char *text, size_t length, size_t *from,
                 SecretSpan *span);
/* Appends the text, each secret by place as ***. */
void secret_mask_places(const char *text, size_t length, Text *to);

/* Values that are known. {0} is empty. */
typedef struct Secrets {
    struct SecretValue {
        char *bytes;
        size_t length;
        bool is_word; /* secrets_add_word */
    } *items; /* the longest first */
    size_t count, cap;
    bool are_shown; /* --keep-secrets: nothing is masked */
    bool are_words; /* while secrets_add_word adds */
} Secrets;

/* The value, and how it looks in a URL, in JSON and in HTML. Too short, too
 * long, or beyond SECRETS_MAX: it is not kept. */
void secrets_add(Secrets *s, const char *value, size_t length);
/* "USER:PASSWORD": the password, and both as basic authorization has them. */
void secrets_add_login(Secrets *s, const char *login, size_t length);
/* What stands behind a name: of "Bearer abc" abc, too; of a login in base64
 * the password. */
void secrets_add_field(Secrets *s, const char *value, size_t length);
/* The same of what is called like no secret, and may be a word that others use
 * as well. It is masked as the others are. */
void secrets_add_word(Secrets *s, const char *value, size_t length);
/* All of a text that are secret by place. */
void secrets_add_places(Secrets *s, const char *text, size_t length);
/* In place, which gets shorter; returns the new length. No NUL is needed or
 * written. is_cut: the text was longer, so that its end may be the first
 * half of a secret. s may be NULL. */
size_t secrets_mask(const Secrets *s, char *text, size_t length, bool is_cut);
/* The same for a terminated one. */
void secrets_mask_text(const Secrets *s, char *text, bool is_cut);
void secrets_close(Secrets *s);

#endif
