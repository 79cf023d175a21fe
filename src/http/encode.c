/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "http/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "http/template.h"
#include "profile/command.h"

static bool has_header(const Header *headers, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return true;
    return false;
}

static bool says(const Profile *p, const Request *r, const char *name) {
    return has_header(r->headers, r->header_count, name) ||
           has_header(p->headers, p->header_count, name);
}

/* A form under construction. */
typedef struct Making {
    Text text;
    Span *headers;
    size_t header_count, header_cap; /* of spans, two a header */
    Patch *patches;
    size_t patch_count, patch_cap;
} Making;

static Span add(Making *m, const char *bytes, size_t length) {
    Span s = { (uint32_t)m->text.length, (uint32_t)length };
    text_add(&m->text, bytes, length);
    return s;
}

static void add_patch(Making *m, Span where, const Var *var,
                      PatchPlace place) {
    mem_grow(m->patches, m->patch_count, m->patch_cap);
    m->patches[m->patch_count++] = (Patch){ where, var, place };
}

/* Text with variables. */
static Span add_varied(Making *m, const char *bytes, size_t length,
                       const Vars *vars, PatchPlace place) {
    Span all = add(m, bytes, length);
    for (size_t i = 0; i < vars->count; i++) {
        const Var *v = &vars->items[i];
        add_patch(m,
                  (Span){ all.at + (uint32_t)v->at, (uint32_t)v->length }, v,
                  place);
    }
    return all;
}

static void add_header_of(Making *m, const Header *h) {
    mem_grow(m->headers, m->header_count, m->header_cap);
    m->headers[m->header_count++] = add(m, h->name, strlen(h->name));
    text_adds(&m->text, ": ");
    mem_grow(m->headers, m->header_count, m->header_cap);
    m->headers[m->header_count++] =
        add_varied(m, h->value, strlen(h->value), &h->vars, PATCH_HEADER);
    text_adds(&m->text, "\r\n");
}

static void add_header(Making *m, const char *name, const char *value) {
    add_header_of(m, &(Header){ .name = name, .value = value });
}

static void add_host(Making *m, const Url *u) {
    Text t = { 0 };
    text_addf(&t, u->is_ipv6 ? "[%s]" : "%s", u->host);
    if (u->port != (u->tls ? 443 : 80))
        text_addf(&t, ":%d", u->port);
    add_header(m, "Host", t.bytes);
    text_close(&t);
}

static void add_headers(Making *m, const Profile *p, const Url *to,
                        const Request *r) {
    if (!says(p, r, "Host"))
        add_host(m, to);
    if (!says(p, r, "User-Agent"))
        add_header(m, "User-Agent", "onrush/" PACKAGE_VERSION);
    if (!says(p, r, "Accept"))
        add_header(m, "Accept", "*/*");
    /* A request's own header replaces the target's. */
    for (size_t k = 0; k < p->header_count; k++)
        if (!has_header(r->headers, r->header_count, p->headers[k].name))
            add_header_of(m, &p->headers[k]);
    for (size_t k = 0; k < r->header_count; k++)
        add_header_of(m, &r->headers[k]);
    bool takes_body = text_equal(r->method, "POST") ||
                      text_equal(r->method, "PUT") ||
                      text_equal(r->method, "PATCH");
    /* Said twice, or beside an own framing, it would be no HTTP. */
    bool is_framed =
        says(p, r, "Content-Length") || says(p, r, "Transfer-Encoding");
    char length[24];
    snprintf(length, sizeof length, "%zu", r->body_length);
    if ((r->body || takes_body) && !is_framed) {
        add_header(m, "Content-Length", length);
        if (r->body_vars.count)
            add_patch(m, m->headers[m->header_count - 1], NULL, PATCH_HEADER);
    }
    /* Asked to close first, the target keeps the TIME_WAIT, not we. */
    if (p->target.new_connection == NEW_CONNECTION_REQUEST && !p->target.http2)
        add_header(m, "Connection", "close");
}

/* A word as the value of a header without a name. */
static void add_word(Making *m, const CommandWord *w) {
    mem_grow(m->headers, m->header_count, m->header_cap);
    m->headers[m->header_count++] = add(m, "", 0);
    mem_grow(m->headers, m->header_count, m->header_cap);
    m->headers[m->header_count++] =
        add_varied(m, w->bytes, w->length, &w->vars, PATCH_WORD);
    text_add(&m->text, "", 1);
}

/* The profile has read it before: there is no mistake in it. */
static Form begin_command(Making *m, const Request *r, Arena *arena) {
    Err err;
    CommandLine c = { 0 };
    Form f = { .method = add(m, r->method, strlen(r->method)) };
    text_adds(&m->text, " ");
    f.path.at = (uint32_t)m->text.length;
    command_read(r->path, &r->path_vars, arena, &c, &err);
    for (size_t i = 0; i < c.count; i++)
        add_word(m, &c.words[i]);
    return f;
}

static Form begin_http(Making *m, const Profile *p, const Url *to,
                       const Request *r) {
    Form f = { .method = add(m, r->method, strlen(r->method)) };
    text_adds(&m->text, " ");
    f.path = add(m, to->prefix, strlen(to->prefix));
    f.path.length +=
        add_varied(m, r->path, strlen(r->path), &r->path_vars, PATCH_PATH)
            .length;
    text_adds(&m->text, " HTTP/1.1\r\n");
    add_headers(m, p, to, r);
    text_adds(&m->text, "\r\n");
    return f;
}

/* *template: NULL when it is always the same. */
static Form make_form(const Profile *p, const Url *to, const Request *r,
                      Arena *arena, const Template **template) {
    Making m = { 0 };
    Form f = r->is_exec ? begin_command(&m, r, arena)
                        : begin_http(&m, p, to, r);
    f.body = add_varied(&m, r->body ? r->body : "", r->body_length,
                        &r->body_vars, PATCH_BODY);
    f.length = m.text.length;
    f.bytes = arena_dup_bytes(arena, m.text.bytes, m.text.length);
    f.header_count = m.header_count / 2;
    Span *headers = arena_array(arena, Span, m.header_count + 1);
    if (m.header_count)
        memcpy(headers, m.headers, m.header_count * sizeof *headers);
    f.headers = headers;
    *template = m.patch_count
                    ? template_make(&f, m.patches, m.patch_count, arena)
                    : NULL;
    text_close(&m.text);
    free(m.headers);
    free(m.patches);
    return f;
}

Encoded encode_request(const Profile *p, size_t variant, size_t i,
                       Arena *arena) {
    const Request *r = &p->requests[i];
    const Template *template;
    Form form = make_form(p, &p->variants[variant].url, r, arena, &template);
    return (Encoded){
        .form = form,
        .template = template,
        .index = (uint32_t)i,
        .is_head = text_equal(r->method, "HEAD"),
        .is_safe = text_equal(r->method, "GET") ||
                   text_equal(r->method, "HEAD") ||
                   text_equal(r->method, "OPTIONS"),
        .keep_body = r->keeps_body,
        .keep_head = r->keeps_head,
        .is_exec = r->is_exec,
    };
}
