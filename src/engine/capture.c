/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/capture.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Room for "(… of 18446744073709551615 bytes)". */
#define LAST_LINE_ROOM 80
#define LINE_ROOM 1024
/* Of a body that is text, at most one byte in so many is none, and a few: it
 * may have colours. */
#define TEXT_SHARE 8
#define TEXT_FEW 2
/* More of a message is not looked at: masked, that much still is more than
 * an example shows, as a rule. */
#define MESSAGE_MOST ((size_t)4 * EXAMPLE_TEXT_MAX)

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

/* The line's length without its end; *step: with it. */
static size_t line_at(const char *at, const char *end, size_t *step) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t length = (size_t)((stop ? stop : end) - at);
    *step = length + (stop != NULL);
    while (length && at[length - 1] == '\r')
        length--;
    return length;
}

static void add_head(Page *p, const char *at, size_t length) {
    const char *end = at + length;
    while (at < end && !p->is_full) {
        size_t step, n = line_at(at, end, &step);
        add_line(p, at, n);
        at += step;
    }
}

/* Behind the empty line; the end when there is none. */
static const char *body_of(const char *at, const char *end) {
    while (at < end) {
        size_t step, n = line_at(at, end, &step);
        at += step;
        if (!n)
            break;
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

/* Without secrets. No more is looked at than could be shown. */
static void add_masked(const char *bytes, size_t length, bool is_cut,
                       const Secrets *known, const Secrets *own, Text *to) {
    Text raw = { 0 };
    size_t most = length < MESSAGE_MOST ? length : MESSAGE_MOST;
    is_cut |= most < length;
    text_add(&raw, bytes, most);
    if (known && known->are_shown) {
        text_add(to, raw.bytes, raw.length);
    } else {
        raw.length = secrets_mask(known, raw.bytes, raw.length, is_cut);
        raw.length = secrets_mask(own, raw.bytes, raw.length, is_cut);
        secret_mask_places(raw.bytes, raw.length, to);
    }
    text_close(&raw);
}

/* The body as it came has `here` bytes. */
static void add_text_body(Page *p, const Text *body, size_t here,
                          uint64_t whole) {
    char last[LAST_LINE_ROOM];
    add_line(p, "", 0);
    size_t shown =
        (size_t)(add_body(p, body->bytes, body->bytes + body->length) -
                 body->bytes);
    snprintf(last, sizeof last, "(the first %zu of %" PRIu64 " bytes)", shown,
             whole);
    if (shown < body->length || here < whole || here > MESSAGE_MOST)
        add_last(p, last);
}

void capture_message(char *to, size_t size, const Message *m,
                     const Secrets *known, const Secrets *own) {
    Page p = { .to = to, .room = size - LAST_LINE_ROOM };
    Text head = { 0 }, body = { 0 };
    const char *end = m->bytes + m->length, *from = body_of(m->bytes, end);
    size_t here = (size_t)(end - from);
    uint64_t whole = m->body_whole > here ? m->body_whole : here;
    to[0] = '\0';
    add_masked(m->bytes, (size_t)(from - m->bytes), m->is_cut && !here, known,
               own, &head);
    add_head(&p, head.bytes, head.length);
    while (p.used && to[p.used - 1] == '\n' && p.used > 1 &&
           to[p.used - 2] == '\n')
        to[--p.used] = '\0';
    if (p.is_full) {
        add_last(&p, "(more of the head is not shown)");
    } else if (here && !is_text(from, here)) {
        char last[LAST_LINE_ROOM];
        add_line(&p, "", 0);
        snprintf(last, sizeof last, "(%" PRIu64 " bytes that are no text)",
                 whole);
        add_last(&p, last);
    } else if (here) {
        add_masked(from, here, m->is_cut || here < whole, known, own, &body);
        add_text_body(&p, &body, here, whole);
    }
    while (p.used && to[p.used - 1] == '\n')
        to[--p.used] = '\0';
    text_close(&head);
    text_close(&body);
}

/* --- what is secret in it ----------------------------------------------- */

static void add_vars(const Vars *vars, const Values *values, Secrets *to) {
    for (size_t i = 0; i < vars->count; i++) {
        const Var *v = &vars->items[i];
        if (v->kind != VAR_DATA || !v->is_secret || !values)
            continue;
        ValueSpan cell = values_cell(values, v->set, v->column);
        secrets_add(to, cell.bytes, cell.length);
    }
}

static void add_headers(const Header *headers, size_t count, const Values *v,
                        Secrets *to) {
    for (size_t i = 0; i < count; i++)
        add_vars(&headers[i].vars, v, to);
}

/* Of the row that the iteration works with, and of earlier answers. */
static void add_values(const Captured *c, Secrets *to) {
    const Profile *p = c->profile;
    const Request *r = &p->requests[c->x->request->index];
    add_vars(&r->path_vars, c->values, to);
    add_vars(&r->body_vars, c->values, to);
    add_headers(r->headers, r->header_count, c->values, to);
    add_headers(p->headers, p->header_count, c->values, to);
    for (uint32_t i = 0; c->values && i < p->extracted_count; i++) {
        ValueSpan v;
        if (secret_is_name(p->extracted[i], strlen(p->extracted[i])) &&
            values_get(c->values, i, &v))
            secrets_add(to, v.bytes, v.length);
    }
}

/* What it sent and got as a secret, it might be told once more elsewhere. */
static void add_places(const char *bytes, size_t length, Secrets *to) {
    if (bytes)
        secrets_add_places(to, bytes,
                           length < MESSAGE_MOST ? length : MESSAGE_MOST);
}

/* A word behind an option is one, whatever it holds. */
static void add_words(const Form *f, Secrets *to) {
    for (size_t i = 1; i < f->header_count; i++) {
        const Span *option = &f->headers[2 * i - 1];
        const Span *word = &f->headers[2 * i + 1];
        const char *name = f->bytes + option->at;
        if (option->length && *name == '-' &&
            !memchr(name, '=', option->length) &&
            secret_is_name(name, option->length))
            secrets_add(to, f->bytes + word->at, word->length);
    }
}

static void know_secrets(const Captured *c, Secrets *to) {
    const Exchange *x = c->x;
    const Form *f = x->form;
    add_values(c, to);
    if (x->request->is_exec) {
        add_words(f, to);
        add_places(f->bytes + f->body.at, f->body.length, to);
    } else {
        add_places(f->bytes, f->length, to);
    }
    add_places(x->opening, x->opening_length, to);
    add_places(x->head, x->head_length, to);
    if (!x->opening)
        add_places(x->body, x->body_length, to);
}

/* --- what was asked, and what came -------------------------------------- */

static void show_text(const Captured *c, const Text *t, uint64_t whole,
                      const Secrets *own, char to[EXAMPLE_TEXT_MAX]) {
    Message m = { t->bytes, t->length, whole, c->x->fail != FAIL_NONE };
    capture_message(to, EXAMPLE_TEXT_MAX, &m, c->profile->secrets, own);
}

/* The words of the command, then what it is given to read. */
static void capture_command(Example *e, const Captured *c,
                            const Secrets *own) {
    const Form *f = c->x->form;
    Text line = { 0 };
    for (size_t i = 0; i < f->header_count; i++) {
        const Span *word = &f->headers[2 * i + 1];
        text_adds(&line, i ? " " : "");
        text_add(&line, f->bytes + word->at, word->length);
    }
    text_adds(&line, "\n\n");
    text_add(&line, f->bytes + f->body.at, f->body.length);
    show_text(c, &line, 0, own, e->request);
    text_close(&line);
}

/* Without the bytes as they came: put together from what is known of it. */
static void capture_parts(Example *e, const Captured *c, const Secrets *own) {
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
                 x->body_length < MESSAGE_MOST ? x->body_length
                                               : MESSAGE_MOST);
    show_text(c, &all, x->body_bytes, own, e->answer);
    text_close(&all);
}

/* before: what is ours; more: it may quote what came, NULL is none. */
static void capture_why(Example *e, const Captured *c, const Secrets *own,
                        const char *before, const char *more) {
    Text text = { 0 }, quoted = { 0 };
    text_addf(&text, "%s: %s", c->name, before);
    if (more)
        add_masked(more, strlen(more), false, c->profile->secrets, own,
                   &quoted);
    text_adds(&text, quoted.bytes ? quoted.bytes : "");
    text_clean(e->why, sizeof e->why, text.bytes, text.length);
    text_close(&text);
    text_close(&quoted);
}

static void capture(Example *e, const Captured *c, const char *before,
                    const char *more) {
    const Exchange *x = c->x;
    Secrets own = { 0 };
    e->series = c->series;
    e->vu = c->vu;
    e->status = x->status;
    e->end_ns = x->end_ns;
    e->took_ns = x->end_ns - x->wanted_ns;
    know_secrets(c, &own);
    capture_why(e, c, &own, before, more);
    if (x->request->is_exec)
        capture_command(e, c, &own);
    else
        capture_message(e->request, sizeof e->request,
                        &(Message){ x->form->bytes, x->form->length,
                                    x->form->body.length, false },
                        c->profile->secrets, &own);
    if (x->opening_length)
        capture_message(e->answer, sizeof e->answer,
                        &(Message){ x->opening, x->opening_length,
                                    x->body_bytes, x->fail != FAIL_NONE },
                        c->profile->secrets, &own);
    else
        capture_parts(e, c, &own);
    secrets_close(&own);
}

void capture_fail(Slab *to, FailClass f, const Captured *c) {
    const Exchange *x = c->x;
    Example *e = slab_example_room(to, f);
    char text[40];
    if (!e)
        return;
    snprintf(text, sizeof text, "status %d%s", x->status,
             f == FAIL_EXTRACT ? ", no " : "");
    bool says_why = x->fail != FAIL_NONE || f == FAIL_EXTRACT;
    capture(e, c, x->fail != FAIL_NONE ? "" : text, says_why ? x->why : NULL);
}

void capture_check(Slab *to, uint32_t check, const char *check_name,
                   const Captured *c) {
    Example *e = slab_example_room(to, EXAMPLE_OF_CHECK(check));
    char text[40] = "no answer, so not: ";
    if (!e)
        return;
    if (c->x->status)
        snprintf(text, sizeof text, "status %d, but not: ", c->x->status);
    capture(e, c, text, check_name);
}
