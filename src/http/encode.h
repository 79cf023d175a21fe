/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encode.h: a profile's requests as the bytes that go out, made once before
 * the load starts (RFC 9112). Read by all workers. */
#ifndef ONRUSH_HTTP_ENCODE_H
#define ONRUSH_HTTP_ENCODE_H

#include "profile/profile.h"

typedef struct Span {
    uint32_t at, length; /* within the bytes of its form */
} Span;

/* A request as HTTP/1.1 bytes, and where its parts are in them, for
 * transports that have a form of their own. Of a process: headers have a
 * word of its command each for values, a NUL behind each; path is empty. */
typedef struct Form {
    const char *bytes;
    size_t length;
    Span method, path, body;
    const Span *headers; /* name, value, name, value, … as sent */
    size_t header_count; /* pairs */
} Form;

/* How to render one that differs each time (template.h). */
typedef struct Template Template;

typedef struct Encoded {
    Form form; /* of a template: with its variables as they were written */
    const Template *template; /* NULL: form is what goes out */
    uint32_t index; /* of the request */
    bool is_head;   /* the answer has no body */
    bool is_safe;   /* GET, HEAD, OPTIONS: may be sent again */
    bool keep_body; /* an expression reads it, */
    bool keep_head; /* or the answer's head */
    bool is_exec;   /* a command; see Form */
} Encoded;

/* Of p->requests[i], to p->variants[variant]; everything lives in the
 * arena. */
Encoded encode_request(const Profile *p, size_t variant, size_t i,
                       Arena *arena);

#endif
