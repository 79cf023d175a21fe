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
    size_t value_at; /* in head: of the last line's value */
    Text head; /* the final answer's lines, with keep_head: exchange.h */
} Response;

void response_start(Response *r, bool is_head, bool keep_body,
                    bool keep_head);
/* Gives the next bytes; nothing after DONE or BAD. */
ResponseState response_feed(Response *r, const char *bytes, size_t length);
/* The stream ended. */
ResponseState response_end(Response *r);
void response_close(Response *r);

#endif
