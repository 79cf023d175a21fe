/* SPDX-License-Identifier: GPL-3.0-or-later */
/* head.h: the heads of HTTP answers as curl hands them over, line by line,
 * judged where curl is lenient: two lengths, a length and a coding, a status
 * outside 100 to 599, control bytes, lines that LF alone ends, a head without
 * an end or without a limit. Pure. */
#ifndef ONRUSH_HTTP_HEAD_H
#define ONRUSH_HTTP_HEAD_H

#include <stdbool.h>

#include "base/text.h"
#include "stats/slab.h"

/* Since head_start. */
typedef struct Head {
    bool is_open; /* within a head */
    bool is_done; /* the final answer's has ended; trailers may follow */
    bool has_length, has_coding;
    bool in_line; /* a piece of a line came */
    unsigned lines; /* since the status line */
    int status;   /* of the last head; 0: none came */
    int version;  /* 1: HTTP/1.x, 2 */
    int interims; /* answers 1xx */
    uint64_t length, bytes;
    FailClass fail;
    const char *why;
} Head;

typedef enum HeadEvent {
    HEAD_LINE,
    HEAD_FINAL, /* a final answer's status line */
    HEAD_BAD,   /* see fail and why */
} HeadEvent;

/* Before each request. */
void head_start(Head *h);
/* A line, or its pieces, before curl itself looks at it: HEAD_LINE or
 * HEAD_BAD. Then head_line. */
HeadEvent head_piece(Head *h, const char *piece, size_t length);
/* One line with its end. */
HeadEvent head_line(Head *h, const char *line, size_t length);
/* After head_line: adds the line to those of the final answer, without blanks
 * around its value; one that goes on is joined. Clear *to at HEAD_FINAL. */
void head_keep(const Head *h, const char *line, size_t length, Text *to);

#endif
