/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "http/encode.h"

#include <strings.h>

#include "base/text.h"

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

static void add_host(const Url *u, Text *t) {
    text_addf(t, u->is_ipv6 ? "Host: [%s]" : "Host: %s", u->host);
    if (u->port != (u->tls ? 443 : 80))
        text_addf(t, ":%d", u->port);
    text_adds(t, "\r\n");
}

Encoded encode_request(const Profile *p, size_t i, Arena *arena) {
    const Request *r = &p->requests[i];
    Text t = { 0 };
    text_addf(&t, "%s %s%s HTTP/1.1\r\n", r->method, p->url.prefix, r->path);
    if (!says(p, r, "Host"))
        add_host(&p->url, &t);
    if (!says(p, r, "User-Agent"))
        text_adds(&t, "User-Agent: onrush/" PACKAGE_VERSION "\r\n");
    if (!says(p, r, "Accept"))
        text_adds(&t, "Accept: */*\r\n");
    /* A request's own header replaces the target's. */
    for (size_t k = 0; k < p->header_count; k++)
        if (!has_header(r->headers, r->header_count, p->headers[k].name))
            text_addf(&t, "%s: %s\r\n", p->headers[k].name,
                      p->headers[k].value);
    for (size_t k = 0; k < r->header_count; k++)
        text_addf(&t, "%s: %s\r\n", r->headers[k].name, r->headers[k].value);
    bool takes_body = text_equal(r->method, "POST") ||
                      text_equal(r->method, "PUT") ||
                      text_equal(r->method, "PATCH");
    /* Said twice, or beside an own framing, it would be no HTTP. */
    bool is_framed =
        says(p, r, "Content-Length") || says(p, r, "Transfer-Encoding");
    if ((r->body || takes_body) && !is_framed)
        text_addf(&t, "Content-Length: %zu\r\n", r->body_length);
    text_adds(&t, "\r\n");
    if (r->body)
        text_add(&t, r->body, r->body_length);
    Encoded e = {
        .request = r,
        .index = (uint32_t)i,
        .bytes = arena_dup_bytes(arena, t.bytes, t.length),
        .length = t.length,
        .is_head = text_equal(r->method, "HEAD"),
        .is_safe = text_equal(r->method, "GET") ||
                   text_equal(r->method, "HEAD") ||
                   text_equal(r->method, "OPTIONS"),
        .keep_body = (r->uses & (UINT64_C(1) << CHECK_BODY)) != 0,
    };
    text_close(&t);
    return e;
}
