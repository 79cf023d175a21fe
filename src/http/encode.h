/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encode.h: a profile's requests as the bytes that go out, made once before
 * the load starts (RFC 9112). Read by all workers. */
#ifndef ONRUSH_HTTP_ENCODE_H
#define ONRUSH_HTTP_ENCODE_H

#include "profile/profile.h"

typedef struct Encoded {
    const Request *request; /* for transports with a form of their own */
    uint32_t index;         /* of the request */
    const char *bytes;
    size_t length;
    bool is_head;   /* the answer has no body */
    bool is_safe;   /* GET, HEAD, OPTIONS: may be sent again */
    bool keep_body; /* a check reads it */
} Encoded;

/* Of p->requests[i]; the bytes live in the arena. */
Encoded encode_request(const Profile *p, size_t i, Arena *arena);

#endif
