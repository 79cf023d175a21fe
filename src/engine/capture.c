/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/capture.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Room for "(… of 18446744073709551615 bytes)". */
#define LAST_LINE_ROOM 80
#define LINE_ROOM 1024
/* Of a body that is text, at most one byte in so many is none, and a few: it
 * may have colours. */
#define TEXT_SHARE 8
#define TEXT_FEW 2

/* --- secrets ------------------------------------------------------------ */

static bool contains(const char *name, size_t length, const char *part) {
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= length; i++)
        if (strncasecmp(name + i, part, n) == 0)
            return true;
    return false;
}

/* Rather one too many: what was shown once cannot be taken back. */
static bool is_secret(const char *name, size_t length) {
    static const char *const parts[] = { "authorization", "cookie",    "token",
                                         "secret",        "password",  "key",
                                         "session",       "credential" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (contains(name, length, parts[i]))
            return true;
    return false;
}

/* --- lines -------------------------------------------------------------- */

typedef struct Page {
    char *to;
    size_t used, room;
    bool is_full;
} Page;

static void add_line(Page *p, const char *bytes, size_t length) {
    char line[LINE_ROOM];
    size_t most = length < sizeof line ? length : sizeof line - 1;
    text_clean(line, sizeof line, bytes, most);
    size_t n = strlen(line);
    if (p->used + n + 2 > p->room) {
        p->is_full = true;
        return;
    }
    memcpy(p->to + p->used, line, n);
    p->used += n;
    p->to[p->used++] = '\n';
    p->to[p->used] = '\0';
}

/* With what is within it as NAME=VALUE: in a query, of a command. */
static void add_open_line(Page *p, const char *at, size_t length) {
    static const char ends[] = "?&; \t";
    char line[LINE_ROOM];
    const char *end = at + length;
    size_t n = 0;
    while (at < end && n + 4 < sizeof line) {
        const char *word = at;
        while (at < end && *at != '=' && !strchr(ends, *at))
            at++;
        size_t part = (size_t)(at - word) + (at < end);
        bool hides =
            at < end && *at == '=' && is_secret(word, (size_t)(at - word));
        if (part > sizeof line - 4 - n)
            part = sizeof line - 4 - n;
        memcpy(line + n, word, part);
        n += part;
        at += at < end;
        if (!hides)
            continue;
        memcpy(line + n, "***", 3);
        n += 3;
        while (at < end && !strchr("& \t", *at))
            at++;
    }
    add_line(p, line, n);
}

static void add_head_line(Page *p, const char *at, size_t length) {
    const char *colon = memchr(at, ':', length);
    size_t name = colon ? (size_t)(colon - at) : 0;
    if (!colon || !is_secret(at, name)) {
        add_open_line(p, at, length);
        return;
    }
    char masked[LINE_ROOM];
    int n = snprintf(masked, sizeof masked, "%.*s: ***",
                     (int)(name < 256 ? name : 256), at);
    add_line(p, masked, n > 0 ? (size_t)n : 0);
}

/* The line's length without its end; *step: with it. */
static size_t line_at(const char *at, const char *end, size_t *step) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t length = (size_t)((stop ? stop : end) - at);
    *step = length + (stop != NULL);
    while (length && at[length - 1] == '\r')
        length--;
    return length;
}

/* A folded line belongs to the one before, secret or not. */
static const char *add_head(Page *p, const char *at, const char *end) {
    bool is_first = true, hides = false;
    while (at < end && !p->is_full) {
        size_t step, n = line_at(at, end, &step);
        if (!n) {
            at += step;
            break;
        }
        bool goes_on = *at == ' ' || *at == '\t';
        const char *colon = memchr(at, ':', n);
        if (!goes_on)
            hides = !is_first && colon && is_secret(at, (size_t)(colon - at));
        if (is_first)
            add_open_line(p, at, n);
        else if (!goes_on || !hides)
            add_head_line(p, at, n);
        is_first = false;
        at += step;
    }
    return at;
}

static bool is_text(const char *at, size_t length) {
    size_t odd = 0;
    for (size_t i = 0; i < length; i++)
        odd += iscntrl((unsigned char)at[i]) && !strchr("\r\n\t", at[i]);
    return length && odd <= TEXT_FEW + length / TEXT_SHARE &&
           !memchr(at, '\0', length);
}

/* Long lines, as of JSON, in pieces; none within a character. */
static size_t piece(const char *at, size_t length) {
    if (length < LINE_ROOM / 4)
        return length;
    size_t n = LINE_ROOM / 4;
    while (n > 1 && ((unsigned char)at[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static const char *add_body(Page *p, const char *at, const char *end) {
    while (at < end && !p->is_full) {
        size_t step, n = line_at(at, end, &step);
        size_t part = piece(at, n);
        add_line(p, at, part);
        if (!p->is_full)
            at += part < n ? part : step;
    }
    return at;
}

static void add_last(Page *p, const char *line) {
    p->room += LAST_LINE_ROOM;
    p->is_full = false;
    add_line(p, line, strlen(line));
}

void capture_message(char *to, size_t size, const char *bytes, size_t length,
                     uint64_t body_whole) {
    Page p = { .to = to, .room = size - LAST_LINE_ROOM };
    char last[LAST_LINE_ROOM];
    const char *end = bytes + length;
    to[0] = '\0';
    const char *body = add_head(&p, bytes, end);
    size_t here = (size_t)(end - body);
    uint64_t whole = body_whole > here ? body_whole : here;
    if (p.is_full) {
        add_last(&p, "(more of the head is not shown)");
    } else if (here && !is_text(body, here)) {
        add_line(&p, "", 0);
        snprintf(last, sizeof last, "(%" PRIu64 " bytes that are no text)",
                 whole);
        add_last(&p, last);
    } else if (here) {
        add_line(&p, "", 0);
        size_t shown = (size_t)(add_body(&p, body, end) - body);
        snprintf(last, sizeof last, "(the first %zu of %" PRIu64 " bytes)",
                 shown, whole);
        if (shown < whole)
            add_last(&p, last);
    }
    while (p.used && to[p.used - 1] == '\n')
        to[--p.used] = '\0';
}

/* --- what was asked, and what came -------------------------------------- */

/* The words of the command, then what it is given to read. */
static void capture_command(Example *e, const Form *f) {
    Text line = { 0 };
    for (size_t i = 0; i < f->header_count; i++) {
        const Span *word = &f->headers[2 * i + 1];
        text_adds(&line, i ? " " : "");
        text_add(&line, f->bytes + word->at, word->length);
    }
    text_adds(&line, "\n\n");
    text_add(&line, f->bytes + f->body.at, f->body.length);
    capture_message(e->request, sizeof e->request, line.bytes, line.length, 0);
    text_close(&line);
}

/* Without the bytes as they came: put together from what is known of it. */
static void capture_parts(Example *e, const Captured *c) {
    const Exchange *x = c->x;
    Text all = { 0 };
    if (!x->status)
        return;
    if (x->request->is_exec)
        text_addf(&all, "status %d\n", x->status);
    else
        text_addf(&all, "%s %d\n",
                  text_equal(c->transport, "h2") ? "HTTP/2" : "HTTP",
                  x->status);
    if (x->head_length)
        text_add(&all, x->head, x->head_length);
    text_adds(&all, "\n");
    if (x->body_length)
        text_add(&all, x->body,
                 x->body_length < EXAMPLE_TEXT_MAX ? x->body_length
                                                   : EXAMPLE_TEXT_MAX);
    capture_message(e->answer, sizeof e->answer, all.bytes, all.length,
                    x->body_bytes);
    text_close(&all);
}

static void capture(Example *e, const Captured *c) {
    const Exchange *x = c->x;
    const Form *f = x->form;
    e->series = c->series;
    e->vu = c->vu;
    e->status = x->status;
    e->end_ns = x->end_ns;
    e->took_ns = x->end_ns - x->wanted_ns;
    if (x->request->is_exec)
        capture_command(e, f);
    else
        capture_message(e->request, sizeof e->request, f->bytes, f->length,
                        f->body.length);
    if (x->opening_length)
        capture_message(e->answer, sizeof e->answer, x->opening,
                        x->opening_length, x->body_bytes);
    else
        capture_parts(e, c);
}

void capture_fail(Slab *to, FailClass f, const Captured *c) {
    const Exchange *x = c->x;
    Example *e = slab_example_room(to, f);
    if (!e)
        return;
    char text[FAIL_EXAMPLE_MAX];
    if (x->fail != FAIL_NONE)
        snprintf(text, sizeof text, "%s: %s", c->name, x->why ? x->why : "");
    else if (f == FAIL_EXTRACT)
        snprintf(text, sizeof text, "%s: status %d, no %s", c->name, x->status,
                 x->why ? x->why : "");
    else
        snprintf(text, sizeof text, "%s: status %d", c->name, x->status);
    text_clean(e->why, sizeof e->why, text, strlen(text));
    capture(e, c);
}

void capture_check(Slab *to, uint32_t check, const char *check_name,
                   const Captured *c) {
    Example *e = slab_example_room(to, EXAMPLE_OF_CHECK(check));
    if (!e)
        return;
    char text[FAIL_EXAMPLE_MAX];
    if (c->x->status)
        snprintf(text, sizeof text, "%s: status %d, but not: %s", c->name,
                 c->x->status, check_name);
    else
        snprintf(text, sizeof text, "%s: no answer, so not: %s", c->name,
                 check_name);
    text_clean(e->why, sizeof e->why, text, strlen(text));
    capture(e, c);
}
