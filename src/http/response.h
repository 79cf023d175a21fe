/* SPDX-License-Identifier: GPL-3.0-or-later */
/* response.h: finds the end of an HTTP/1.1 answer in a stream of bytes, and
 * refuses what is none (llhttp; RFC 9112). One for each connection, used
 * again for each answer; worker's thread. Does no I/O. */
#ifndef ONRUSH_HTTP_RESPONSE_H
#define ONRUSH_HTTP_RESPONSE_H

#include <llhttp.h>

#include "base/text.h"
#include "stats/slab.h"

#define RESPONSE_HEAD_MAX ((uint64_t)256 << 10)
/* Answers 1xx before the final one. */
#define RESPONSE_INTERIM_MAX 100
#define RESPONSE_BODY_KEPT ((size_t)1 << 20)
/* Of an answer that comes in pieces, so much is kept to be shown if it fails;
 * more of one whose status says that it did, though nobody asks for it. */
#define RESPONSE_OPENING ((size_t)1 << 10)
#define RESPONSE_OPENING_FAILED ((size_t)4 << 10)

typedef enum ResponseState {
    RESPONSE_MORE, /* not complete yet */
    RESPONSE_DONE,
    RESPONSE_BAD, /* see fail and why */
} ResponseState;

typedef struct Response {
    llhttp_t parser;
    int status; /* the final answer's; valid with RESPONSE_DONE */
    bool keep_alive, is_head, keep_body, began, complete;
    bool in_head; /* of what may be the final answer, and it is kept */
    size_t surplus; /* of the last bytes, how many follow the answer */
    unsigned interims;
    uint64_t head_bytes, body_bytes;
    FailClass fail;
    const char *why;
    Text body; /* first MiB, with keep_body */
    /* The answer's first bytes: those that were fed, or a copy of some. */
    const char *opening;
    size_t opening_length;
    Text kept;
    size_t value_at; /* in head: of the last line's value */
    Text head; /* the final answer's lines, with keep_head: exchange.h */
} Response;

void response_start(Response *r, bool is_head, bool keep_body,
                    bool keep_head);
/* Gives the next bytes; nothing after DONE or BAD. After MORE they are no
 * longer needed, else as long as the opening is. */
ResponseState response_feed(Response *r, const char *bytes, size_t length);
/* The stream ended. */
ResponseState response_end(Response *r);
void response_close(Response *r);

static inline bool response_has_failed(int status) {
    return status >= 400;
}

/* How much of a body is kept. */
static inline size_t response_body_room(bool is_asked_for, int status) {
    return is_asked_for                  ? RESPONSE_BODY_KEPT
           : response_has_failed(status) ? RESPONSE_OPENING_FAILED
                                         : 0;
}

#endif
