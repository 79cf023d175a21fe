/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "http/response.h"

void head_start(Head *h) {
    *h = (Head){ .fail = FAIL_NONE };
}

static HeadEvent bad(Head *h, FailClass fail, const char *why) {
    h->fail = fail;
    h->why = why;
    return HEAD_BAD;
}

static bool is_digit(const char *at, const char *end) {
    return at < end && isdigit((unsigned char)*at);
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" */
static HeadEvent status_line(Head *h, const char *at, const char *end) {
    const char *space = memchr(at, ' ', (size_t)(end - at));
    int status = 0, digits = 0;
    h->is_open = true;
    h->is_done = h->has_length = h->has_coding = false;
    h->lines = 0;
    h->version = is_digit(at + 5, end) ? at[5] - '0' : 0;
    for (at = space ? space + 1 : end; is_digit(at, end); at++, digits++)
        if (digits < 3)
            status = status * 10 + (*at - '0');
    if (h->version < 1 || h->version > 2)
        return bad(h, FAIL_MALFORMED, "the answer's version is not HTTP/1.x");
    if (digits != 3 || status < 100 || status > 599 ||
        (at < end && !isspace((unsigned char)*at)))
        return bad(h, FAIL_MALFORMED, "the status is outside 100..599");
    if (status == 101)
        return bad(h, FAIL_MALFORMED, "an upgrade (101) was not asked for");
    h->status = status;
    if (status >= 200)
        return HEAD_FINAL;
    if (++h->interims > RESPONSE_INTERIM_MAX)
        return bad(h, FAIL_TOO_LARGE, "more than 100 interim answers (1xx)");
    return HEAD_LINE;
}

static bool is_blank(char ch) {
    return ch == ' ' || ch == '\t';
}

static HeadEvent framed_twice(Head *h) {
    return bad(h, FAIL_MALFORMED,
               "Content-Length and Transfer-Encoding stand together");
}

static HeadEvent length_line(Head *h, const char *at, const char *end) {
    uint64_t length = 0;
    while (at < end && is_blank(*at))
        at++;
    if (!is_digit(at, end))
        return bad(h, FAIL_MALFORMED, "Content-Length is not a number");
    for (; is_digit(at, end); at++) {
        /* curl takes what exceeds its own type for no length at all. */
        if (length > (INT64_MAX - 9) / 10)
            return bad(h, FAIL_MALFORMED, "Content-Length overflows");
        length = length * 10 + (uint64_t)(*at - '0');
    }
    while (at < end && isspace((unsigned char)*at))
        at++;
    if (at < end)
        return bad(h, FAIL_MALFORMED, "Content-Length is not a number");
    if (h->has_length)
        return bad(h, FAIL_MALFORMED, "Content-Length stands twice");
    h->has_length = true;
    h->length = length;
    return h->has_coding ? framed_twice(h) : HEAD_LINE;
}

/* Where the value begins if that is the line's name, else NULL. */
static const char *value_of(const char *line, const char *end,
                            const char *name) {
    size_t length = strlen(name);
    if ((size_t)(end - line) <= length ||
        strncasecmp(line, name, length) != 0)
        return NULL;
    for (line += length; line < end && is_blank(*line);)
        line++;
    return line < end && *line == ':' ? line + 1 : NULL;
}

static HeadEvent field_line(Head *h, const char *line, const char *end) {
    for (const char *at = line; at < end - 2; at++)
        if (((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7f)
            return bad(h, FAIL_MALFORMED, "a control byte in a header");
    const char *value = value_of(line, end, "Content-Length");
    if (value)
        return length_line(h, value, end);
    h->has_coding |= value_of(line, end, "Transfer-Encoding") != NULL;
    return h->has_coding && h->has_length ? framed_twice(h) : HEAD_LINE;
}

/* libcurl before 8.3 joins a folded first line to the last line of an earlier
 * answer, in memory that it has freed: it must not come to that. */
HeadEvent head_piece(Head *h, const char *piece, size_t length) {
    bool begins = !h->in_line;
    h->in_line = true;
    if (begins && h->is_open && !h->lines && length && is_blank(*piece))
        return bad(h, FAIL_MALFORMED, "the first header continues no other");
    return HEAD_LINE;
}

HeadEvent head_line(Head *h, const char *line, size_t length) {
    const char *end = line + length;
    h->in_line = false;
    h->bytes += length;
    if (h->bytes > RESPONSE_HEAD_MAX)
        return bad(h, FAIL_TOO_LARGE, "the answer's head exceeds 256 KiB");
    if (h->is_done)
        return HEAD_LINE; /* a trailer */
    if (length && end[-1] == '\n' && (length < 2 || end[-2] != '\r'))
        return bad(h, FAIL_MALFORMED, "a line of the head lacks its CRLF");
    if (!h->is_open)
        return length > 5 && memcmp(line, "HTTP/", 5) == 0
                   ? status_line(h, line, end)
                   : bad(h, FAIL_MALFORMED, "the answer is not HTTP");
    h->lines++;
    if (length == 2) {
        h->is_open = false;
        h->is_done = h->status >= 200;
        return HEAD_LINE;
    }
    return field_line(h, line, end);
}

static void add_value(Text *to, const char *at, const char *end) {
    while (at < end && is_blank(*at))
        at++;
    text_add(to, at, (size_t)(end - at));
    text_adds(to, "\r\n");
}

void head_keep(const Head *h, const char *line, size_t length, Text *to) {
    const char *end = line + length;
    if (!h->is_open || h->status < 200)
        return;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    const char *colon = memchr(line, ':', (size_t)(end - line));
    if (is_blank(*line) && to->length) {
        to->length -= 2;
        /* Values have no blanks at their ends: nothing was there yet. */
        if (end > line && !is_blank(to->bytes[to->length - 1]))
            text_adds(to, " ");
        add_value(to, line, end);
    } else if (colon) {
        text_add(to, line, (size_t)(colon - line));
        text_adds(to, ": ");
        add_value(to, colon + 1, end);
    }
}
