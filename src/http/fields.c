/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/fields.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

typedef struct Part {
    const char *bytes;
    size_t length;
} Part;

static Part part_of(const Form *form, Span s) {
    return (Part){ form->bytes + s.at, s.length };
}

static bool is_called(Part p, const char *name) {
    return p.length == strlen(name) &&
           strncasecmp(p.bytes, name, p.length) == 0;
}

/* Fields of one connection, not of the message (RFC 9113, 8.2.2). */
static bool is_of_connection(Part name, Part value) {
    static const char *const names[] = {
        "connection",        "keep-alive", "proxy-connection",
        "transfer-encoding", "upgrade",    "http2-settings"
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_called(name, names[i]))
            return true;
    return is_called(name, "te") && !is_called(value, "trailers");
}

static void add(Fields *f, Part name, Part value, uint8_t flags) {
    union {
        const char *from;
        uint8_t *to; /* nghttp2 only reads it */
    } n = { .from = name.bytes }, v = { .from = value.bytes };
    mem_grow(f->nv, f->count, f->cap);
    f->nv[f->count++] =
        (nghttp2_nv){ n.to, v.to, name.length, value.length, flags };
}

static void add_pseudo(Fields *f, const char *name, Part value, uint8_t flags) {
    add(f, (Part){ name, strlen(name) }, value,
        flags | NGHTTP2_NV_FLAG_NO_COPY_NAME);
}

/* All names at once, so that they stay where they are. */
static void lower_names(Fields *f, const Form *form) {
    text_clear(&f->names);
    for (size_t i = 0; i < form->header_count; i++) {
        Part name = part_of(form, form->headers[2 * i]);
        text_add(&f->names, name.bytes, name.length);
    }
    for (size_t i = 0; i < f->names.length; i++) {
        char c = f->names.bytes[i];
        if (c >= 'A' && c <= 'Z')
            f->names.bytes[i] = (char)(c + ('a' - 'A'));
    }
}

static Part host_of(const Form *form) {
    for (size_t i = 0; i < form->header_count; i++)
        if (is_called(part_of(form, form->headers[2 * i]), "host"))
            return part_of(form, form->headers[2 * i + 1]);
    return (Part){ "", 0 };
}

void fields_make(Fields *f, const Form *form, bool is_tls, bool lasting) {
    uint8_t flags =
        lasting ? NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE
                : NGHTTP2_NV_FLAG_NONE;
    Part path = part_of(form, form->path);
    f->count = 0;
    lower_names(f, form);
    add_pseudo(f, ":method", part_of(form, form->method), flags);
    add_pseudo(f, ":scheme",
               is_tls ? (Part){ "https", 5 } : (Part){ "http", 4 }, flags);
    add_pseudo(f, ":authority", host_of(form), flags);
    add_pseudo(f, ":path", path.length ? path : (Part){ "/", 1 }, flags);
    size_t at = 0;
    for (size_t i = 0; i < form->header_count; i++) {
        Part name = { f->names.bytes + at, form->headers[2 * i].length };
        Part value = part_of(form, form->headers[2 * i + 1]);
        at += name.length;
        if (!is_called(name, "host") && !is_of_connection(name, value))
            add(f, name, value, flags);
    }
}

void fields_close(Fields *f) {
    free(f->nv);
    text_close(&f->names);
    *f = (Fields){ 0 };
}
