/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h: what harnesses share. Each defines LLVMFuzzerTestOneInput, which
 * libFuzzer (make fuzz) and smoke.c (make check) call with one input after
 * the other. Whatever the input is, must() holds. */
#ifndef ONRUSH_TESTS_FUZZ_H
#define ONRUSH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many mutations smoke.c makes; a harness that is slow says its own. */
extern unsigned fuzz_rounds;

#define must(what) ((what) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #what))

__attribute__((noreturn)) static inline void
fuzz_broken(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* A copy, never to be read beyond its end; to be freed. */
static inline char *fuzz_exact(const void *bytes, size_t length) {
    char *copy = malloc(length ? length : 1);
    must(copy);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

/* The same as a text that ends at its first NUL. */
static inline char *fuzz_word(const void *bytes, size_t length) {
    char *copy = malloc(length + 1);
    must(copy);
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

/* What is left of an input that is taken apart from its beginning. */
typedef struct Input {
    const uint8_t *at;
    size_t left;
} Input;

/* 0 at the end. */
static inline uint8_t input_byte(Input *in) {
    if (!in->left)
        return 0;
    in->left--;
    return *in->at++;
}

/* At most n bytes; *length: how many there were. */
static inline const uint8_t *input_bytes(Input *in, size_t n, size_t *length) {
    const uint8_t *at = in->at;
    *length = n < in->left ? n : in->left;
    in->at += *length;
    in->left -= *length;
    return at;
}

#endif
