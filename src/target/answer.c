/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "target/answer.h"

#include <stdio.h>
#include <string.h>

#define TRUNCATED_CLAIM 1000
#define TRUNCATED_SENT 500

void answer_number(Text *to, uint64_t n) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    text_add(to, digits + at, sizeof digits - at);
}

const char *answer_reason(int status) {
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        { 200, "OK" },
        { 100, "Continue" },
        { 101, "Switching Protocols" },
        { 102, "Processing" },
        { 103, "Early Hints" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 204, "No Content" },
        { 206, "Partial Content" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 303, "See Other" },
        { 304, "Not Modified" },
        { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 413, "Content Too Large" },
        { 418, "I'm a teapot" },
        { 422, "Unprocessable Content" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status)
            return known[i].reason;
    return "Unassigned";
}

bool answer_has_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

static void add_start(Text *to, int status, const char *reason) {
    text_adds(to, "HTTP/1.1 ");
    answer_number(to, (uint64_t)status);
    text_add(to, " ", 1);
    text_adds(to, reason);
    text_adds(to, "\r\n");
}

static void add_connection(Text *to, const AnswerFrame *frame) {
    if (frame->last)
        text_adds(to, "Connection: close\r\n");
    else if (frame->http10)
        text_adds(to, "Connection: keep-alive\r\n");
}

static void add_length(Text *to, uint64_t length) {
    text_adds(to, "Content-Length: ");
    answer_number(to, length);
    text_adds(to, "\r\n");
}

static void add_head(Text *to, const AnswerFrame *frame, int status,
                     const char *reason, const char *type, uint64_t length,
                     const char *extra) {
    add_start(to, status, reason);
    if (answer_has_body(status)) {
        text_adds(to, "Content-Type: ");
        text_adds(to, type);
        text_adds(to, "\r\n");
        add_length(to, length);
    }
    if (extra)
        text_adds(to, extra);
    add_connection(to, frame);
    text_adds(to, "\r\n");
}

void answer_head(Text *to, const AnswerFrame *frame, int status,
                 const char *type, uint64_t length, const char *extra) {
    add_head(to, frame, status, answer_reason(status), type, length, extra);
}

void answer_whole(Text *to, const AnswerFrame *frame, int status,
                  const char *type, const char *body, size_t length,
                  const char *extra) {
    answer_head(to, frame, status, type, length, extra);
    if (!frame->head_only && answer_has_body(status))
        text_add(to, body, length);
}

void answer_chunked(Text *to, const AnswerFrame *frame, int chunks) {
    add_start(to, 200, "OK");
    text_adds(to, "Content-Type: " ANSWER_PLAIN "\r\n");
    if (!frame->http10)
        text_adds(to, "Transfer-Encoding: chunked\r\n");
    add_connection(to, frame);
    text_adds(to, "\r\n");
    if (frame->head_only)
        return;
    for (int i = 1; i <= chunks; i++) {
        char chunk[32];
        int n = snprintf(chunk, sizeof chunk, "chunk %d\n", i);
        if (!frame->http10)
            text_addf(to, "%x\r\n", (unsigned)n);
        text_add(to, chunk, (size_t)n);
        if (!frame->http10)
            text_adds(to, "\r\n");
    }
    if (!frame->http10)
        text_adds(to, "0\r\n\r\n");
}

void answer_interim(Text *to, int status) {
    add_start(to, status, answer_reason(status));
    text_adds(to, "\r\n");
}

void answer_json_text(Text *to, const char *text, size_t length) {
    text_add(to, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c >= 0x7f)
            text_addf(to, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            text_add(to, c == '"' ? "\\\"" : "\\\\", 2);
        else
            text_add(to, &text[i], 1);
    }
    text_add(to, "\"", 1);
}

void answer_truncated(Text *to, const AnswerFrame *frame) {
    char body[TRUNCATED_SENT];
    memset(body, 'x', sizeof body);
    if (frame->head_only) { /* no body to cut: cut the head */
        text_adds(to, "HTTP/1.1 200 OK\r\nContent-Le");
        return;
    }
    answer_head(to, frame, 200, ANSWER_PLAIN, TRUNCATED_CLAIM, NULL);
    text_add(to, body, sizeof body);
}

void answer_garbage(Text *to) {
    static const char bytes[] = "\x16\x03\x01\x02 this is not HTTP\r\n\r\n"
                                "\xff\xfe\x00\x01 at all\r\n\r\n";
    text_add(to, bytes, sizeof bytes - 1);
}

void answer_escape(Text *to, const AnswerFrame *frame) {
    static const char body[] = "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07"
                               "\x1b]52;c;aGk=\x07\xc2\x9b"
                               "31m\n";
    add_head(to, frame, 500, "\x1b[31mOn fire\x1b]0;owned\x07", ANSWER_PLAIN,
             sizeof body - 1, NULL);
    if (!frame->head_only)
        text_add(to, body, sizeof body - 1);
}
