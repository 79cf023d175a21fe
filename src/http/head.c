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
    h->is_done = h->has_length = false;
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

static HeadEvent length_line(Head *h, const char *at, const char *end) {
    uint64_t length = 0;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (!is_digit(at, end))
        return bad(h, FAIL_MALFORMED, "Content-Length is not a number");
    for (; is_digit(at, end); at++) {
        if (length > (UINT64_MAX - 9) / 10)
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
    return HEAD_LINE;
}

HeadEvent head_line(Head *h, const char *line, size_t length) {
    static const char name[] = "Content-Length:";
    const char *end = line + length;
    h->bytes += length;
    if (h->bytes > RESPONSE_HEAD_MAX)
        return bad(h, FAIL_TOO_LARGE, "the answer's head exceeds 256 KiB");
    if (!h->is_open) {
        bool begins = length > 5 && memcmp(line, "HTTP/", 5) == 0;
        return begins && !h->is_done ? status_line(h, line, end) : HEAD_LINE;
    }
    if (length && (*line == '\r' || *line == '\n')) {
        h->is_open = false;
        h->is_done = h->status >= 200;
        return HEAD_LINE;
    }
    if (length > sizeof name - 1 &&
        strncasecmp(line, name, sizeof name - 1) == 0)
        return length_line(h, line + sizeof name - 1, end);
    return HEAD_LINE;
}

static bool is_blank(char ch) {
    return ch == ' ' || ch == '\t';
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
