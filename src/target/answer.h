/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.h: the bytes of answers, appended to a Text. Pure. No printf on the
 * way: at a hundred thousand answers a second it would be seen. */
#ifndef ONRUSH_TARGET_ANSWER_H
#define ONRUSH_TARGET_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define ANSWER_PLAIN "text/plain"
#define ANSWER_JSON "application/json"

/* How the request wants to be answered. */
typedef struct AnswerFrame {
    bool head_only; /* HEAD: the length of a body that is not sent */
    bool http10;
    bool last; /* the connection ends after this answer */
} AnswerFrame;

/* "Not Found"; "Unassigned" for numbers without a name. */
const char *answer_reason(int status);
/* 1xx, 204 and 304 never carry a body. */
bool answer_has_body(int status);

/* The head of an answer whose body has this length; extra: further header
 * lines, each with its CR LF, or NULL. The caller appends the body unless
 * frame->head_only or the status has none. */
void answer_head(Text *to, const AnswerFrame *frame, int status,
                 const char *type, uint64_t length, const char *extra);
/* Head and body. */
void answer_whole(Text *to, const AnswerFrame *frame, int status,
                  const char *type, const char *body, size_t length,
                  const char *extra);
/* Chunked; to HTTP/1.0, which knows no chunks, the body until the end of
 * the connection: then frame->last must be set. */
void answer_chunked(Text *to, const AnswerFrame *frame, int chunks);
/* An interim answer, to be followed by a final one. */
void answer_interim(Text *to, int status);
/* Adds a number in decimal. */
void answer_number(Text *to, uint64_t n);
/* Adds text as a JSON string with its quotes; bytes beyond ASCII are taken
 * as Latin-1, so that the result is JSON whatever a client sends. */
void answer_json_text(Text *to, const char *text, size_t length);
/* Faults: a body cut short, no HTTP at all, and what a terminal obeys. */
void answer_truncated(Text *to, const AnswerFrame *frame);
void answer_garbage(Text *to);
void answer_escape(Text *to, const AnswerFrame *frame);

#endif
