/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h: keeps what a failed request looked like, as an Example: the
 * first of its kind since the slab was handed over, so that a run in which
 * everything fails does not get slower by it. Worker's thread, within the
 * exchange's done. */
#ifndef ONRUSH_ENGINE_CAPTURE_H
#define ONRUSH_ENGINE_CAPTURE_H

#include "http/exchange.h"

/* Of whom, and how it is called. */
typedef struct Captured {
    const Exchange *x;
    const char *name;      /* of the request */
    const char *transport; /* that carried it: "h2" */
    uint32_t series;
    uint64_t vu;
} Captured;

/* f: why it failed. */
void capture_fail(Slab *to, FailClass f, const Captured *c);
/* The check with this index and name does not hold. */
void capture_check(Slab *to, uint32_t check, const char *check_name,
                   const Captured *c);

/* Copies lines from outside: clean for a terminal, '\n' between them and no
 * blank ones at the end. For request and answer heads: values of headers that
 * hold secrets (Authorization, Cookie, Set-Cookie, whatever is called token,
 * secret, password or key) become "***", and so do those of NAME=VALUE in a
 * query or a command. The body is what is behind the first
 * empty line; whole: its length, of which here may be less. What does not fit
 * to[size] is left out, and a last line says so. */
void capture_message(char *to, size_t size, const char *bytes, size_t length,
                     uint64_t body_whole);

#endif
