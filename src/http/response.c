/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/response.h"

#include <string.h>

/* A chunk of one byte has five around it; a few more are no attack. */
#define CHUNK_FRAME 8

static int bad(Response *r, FailClass fail, const char *why) {
    r->fail = fail;
    r->why = why;
    return -1;
}

static bool is_interim(int status) {
    return status >= 100 && status < 200;
}

static int on_headers_complete(llhttp_t *p) {
    Response *r = p->data;
    int status = p->status_code;
    if (p->http_major != 1)
        return bad(r, FAIL_MALFORMED, "the answer's version is not HTTP/1.x");
    if (status < 100 || status > 599)
        return bad(r, FAIL_MALFORMED, "the status is outside 100..599");
    if (status == 101)
        return bad(r, FAIL_MALFORMED, "an upgrade (101) was not asked for");
    if (is_interim(status) && ++r->interims > RESPONSE_INTERIM_MAX)
        return bad(r, FAIL_TOO_LARGE, "more than 100 interim answers (1xx)");
    r->status = status;
    /* llhttp would wait for a body on these. */
    return r->is_head || is_interim(status) || status == 204 || status == 304;
}

/* --- the lines of a head, where they are asked for ---------------------- */

static int on_message_begin(llhttp_t *p) {
    Response *r = p->data;
    r->in_head = true;
    text_clear(&r->head);
    return 0;
}

static int on_field(llhttp_t *p, const char *at, size_t length) {
    Response *r = p->data;
    if (r->in_head)
        text_add(&r->head, at, length);
    return 0;
}

static int on_field_complete(llhttp_t *p) {
    Response *r = p->data;
    if (r->in_head)
        text_adds(&r->head, ": ");
    r->value_at = r->head.length;
    return 0;
}

static int on_value_complete(llhttp_t *p) {
    Response *r = p->data;
    if (!r->in_head)
        return 0;
    /* llhttp leaves the blanks behind a value. */
    while (r->head.length > r->value_at &&
           strchr(" \t", r->head.bytes[r->head.length - 1]))
        r->head.length--;
    text_adds(&r->head, "\r\n");
    return 0;
}

static int on_kept_headers_complete(llhttp_t *p) {
    Response *r = p->data;
    r->in_head = false; /* what follows are trailers */
    return on_headers_complete(p);
}

/* --- the body, and the end ---------------------------------------------- */

static int on_body(llhttp_t *p, const char *at, size_t length) {
    Response *r = p->data;
    r->body_bytes += length;
    if (r->keep_body && r->body.length < RESPONSE_BODY_KEPT) {
        size_t room = RESPONSE_BODY_KEPT - r->body.length;
        text_add(&r->body, at, length < room ? length : room);
    }
    return 0;
}

static int on_message_complete(llhttp_t *p) {
    Response *r = p->data;
    if (is_interim(r->status))
        return 0; /* the final answer follows */
    /* Not before: only now llhttp knows that a HEAD has no body to end. */
    r->keep_alive = llhttp_should_keep_alive(p) != 0;
    r->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

static const llhttp_settings_t settings_with_head = {
    .on_message_begin = on_message_begin,
    .on_header_field = on_field,
    .on_header_field_complete = on_field_complete,
    .on_header_value = on_field,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_kept_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

void response_start(Response *r, bool is_head, bool keep_body,
                    bool keep_head) {
    llhttp_init(&r->parser, HTTP_RESPONSE,
                keep_head ? &settings_with_head : &settings);
    r->parser.data = r;
    r->is_head = is_head;
    r->keep_body = keep_body;
    r->status = 0;
    r->keep_alive = r->began = r->complete = false;
    r->surplus = 0;
    r->interims = 0;
    r->head_bytes = r->body_bytes = 0;
    r->fail = FAIL_NONE;
    r->why = NULL;
    r->opening = NULL;
    r->opening_length = 0;
    /* Their bytes stay: of a shared connection the next answer may begin
     * before the owner of this one was told. */
    r->body.length = r->head.length = 0;
}

/* Those that were fed go away: more of the answer is to come. */
static void keep_opening(Response *r, const char *bytes, size_t length) {
    size_t most = response_has_failed(r->status) ? RESPONSE_OPENING_FAILED
                                                 : RESPONSE_OPENING;
    if (r->opening == bytes)
        r->kept.length = 0;
    if (r->kept.length < most) {
        size_t room = most - r->kept.length;
        text_add(&r->kept, bytes, length < room ? length : room);
    }
    r->opening = r->kept.bytes;
    r->opening_length = r->kept.length;
}

ResponseState response_feed(Response *r, const char *bytes, size_t length) {
    uint64_t body_before = r->body_bytes;
    if (!r->began) {
        r->opening = bytes;
        r->opening_length = length;
    }
    r->began |= length > 0;
    llhttp_errno_t e = llhttp_execute(&r->parser, bytes, length);
    if (r->complete) {
        const char *end = llhttp_get_error_pos(&r->parser);
        r->surplus = end ? (size_t)(bytes + length - end) : 0;
        length -= r->surplus;
    } else if (e != HPE_OK) {
        if (r->fail == FAIL_NONE) {
            const char *why = llhttp_get_error_reason(&r->parser);
            bad(r, FAIL_MALFORMED, why && *why ? why : "not HTTP");
        }
        return RESPONSE_BAD;
    }
    /* Heads, interim answers, chunk sizes and trailers together. */
    r->head_bytes += length - (r->body_bytes - body_before);
    if (r->head_bytes > RESPONSE_HEAD_MAX + CHUNK_FRAME * r->body_bytes) {
        bad(r, FAIL_TOO_LARGE, "the answer's head exceeds 256 KiB");
        return RESPONSE_BAD;
    }
    if (!r->complete || r->opening != bytes)
        keep_opening(r, bytes, length);
    else
        r->opening_length = length;
    return r->complete ? RESPONSE_DONE : RESPONSE_MORE;
}

ResponseState response_end(Response *r) {
    if (!r->began) {
        bad(r, FAIL_RESET, "the connection was closed before an answer");
        return RESPONSE_BAD;
    }
    llhttp_errno_t e = llhttp_finish(&r->parser);
    if (r->complete && (e == HPE_OK || e == HPE_PAUSED)) {
        r->keep_alive = false;
        return RESPONSE_DONE;
    }
    bad(r, FAIL_TRUNCATED, "the connection was closed within the answer");
    return RESPONSE_BAD;
}

void response_close(Response *r) {
    text_close(&r->body);
    text_close(&r->head);
    text_close(&r->kept);
}
