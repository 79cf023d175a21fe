/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h: keeps what a failed request looked like, as an Example: the
 * first of its kind since the slab was handed over, so that a run in which
 * everything fails does not get slower by it. Worker's thread, within the
 * exchange's done. */
#ifndef ONRUSH_ENGINE_CAPTURE_H
#define ONRUSH_ENGINE_CAPTURE_H

#include "base/secret.h"
#include "http/exchange.h"
#include "http/values.h"

/* Of whom, and how it is called. */
typedef struct Captured {
    const Exchange *x;
    const Profile *profile;
    const Values *values;  /* of the VU; NULL: it has none */
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

/* What came or went: a head, an empty line, a body. */
typedef struct Message {
    const char *bytes;
    size_t length;
    uint64_t body_whole; /* the body's length, of which here may be less */
    bool is_cut;         /* it ends here, but was to go on */
} Message;

/* Copies lines from outside: clean for a terminal, '\n' between them and no
 * blank ones at the end. What is secret by its place (base/secret.h), and the
 * values in known and own, become "***"; unless known shows them. What does
 * not fit to[size] is left out, and a last line says so. */
void capture_message(char *to, size_t size, const Message *m,
                     const Secrets *known, const Secrets *own);

#endif
