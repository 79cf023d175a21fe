/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/carry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NEEDS 8

/* A key of [target] that only curl obeys. */
typedef struct Need {
    const char *key, *why;
    bool is_asked;
} Need;

static void list_needs(const Profile *p, const Url *of, Need to[NEEDS]) {
    const TargetOptions *t = &p->target;
    const Need needs[NEEDS] = {
        { "redirects", "follows redirects", t->redirects > 0 },
        { "cookies", "keeps cookies", t->cookies },
        { "decompress", "decompresses", t->decompress },
        { "auth", "basic login", t->auth == AUTH_BASIC },
        { "auth", "digest login", t->auth == AUTH_DIGEST },
        { "auth", "negotiate login", t->auth == AUTH_NEGOTIATE },
        { "proxy", "goes through a proxy", t->proxy != NULL },
        { "url", of->scheme, of->is_ftp },
    };
    memcpy(to, needs, sizeof needs);
}

const char *carry_by_curl(const Profile *p, size_t variant) {
    Need needs[NEEDS];
    list_needs(p, &p->variants[variant].url, needs);
    for (size_t i = 0; i < NEEDS; i++)
        if (needs[i].is_asked)
            return needs[i].why;
    return p->target.transport == TRANSPORT_ONLY_CURL ? "transport = curl"
                                                      : NULL;
}

/* --- mistakes ----------------------------------------------------------- */

void carry_wrong(Profile *p, Diags *d, const char *key, const char *format,
                 ...) {
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const IniSection *s = ini_find(&p->ini, "target");
    const IniEntry *e = NULL;
    for (size_t i = 0; s && i < s->count; i++)
        if (text_equal(s->entries[i].key, key))
            e = &s->entries[i];
    if (!e || e->line == 0)
        diags_add(d, 0, 0, "[target] %s%s: %s", key,
                  e ? " (from the command line)" : "", text);
    else
        diags_add(d, e->line, e->value_column, "%s", text);
}

static void check_wire(Profile *p, const Url *to, Diags *d) {
    Need needs[NEEDS];
    list_needs(p, to, needs);
    for (size_t i = 0; i < NEEDS; i++)
        if (needs[i].is_asked)
            carry_wrong(p, d, needs[i].key,
                  "the wire cannot do this (%s): write transport = auto or "
                  "curl",
                  needs[i].why);
}

/* Lanes of the curl transport have a connection each. */
static void check_sharing(Profile *p, Diags *d, const char *why) {
    const char *keys[] = { p->target.pipeline > 1 ? "pipeline" : NULL,
                           p->target.streams > 1 ? "streams" : NULL };
    for (size_t i = 0; i < 2; i++)
        if (keys[i])
            carry_wrong(p, d, keys[i],
                  "VUs share no connection when curl carries the requests "
                  "(%s)",
                  why);
}

static void check_ftp(Profile *p, const Url *to, Diags *d) {
    const TargetOptions *t = &p->target;
    if (t->http2)
        carry_wrong(p, d, "http", "the target speaks %s, not HTTP", to->scheme);
    if (t->auth > AUTH_BASIC)
        carry_wrong(p, d, "auth", "%s logs in with basic USER:PASSWORD only",
              to->scheme);
    if (p->header_count)
        carry_wrong(p, d, "header", "%s has no headers", to->scheme);
    for (size_t i = 0; i < p->request_count; i++) {
        const Request *r = &p->requests[i];
        if (r->is_exec)
            continue;
        if (r->method && !text_equal(r->method, "GET") &&
            !text_equal(r->method, "PUT"))
            diags_add(d, r->line, 1,
                      "[request %s]: over %s there are GET and PUT, no %s",
                      r->name, to->scheme, r->method);
        if (r->header_count)
            diags_add(d, r->line, 1, "[request %s]: %s has no headers",
                      r->name, to->scheme);
    }
}

/* What one of them needs is said once. */
static const Variant *first_ftp(const Profile *p) {
    for (size_t i = 0; i < p->variant_count; i++)
        if (p->variants[i].url.is_ftp)
            return &p->variants[i];
    return NULL;
}

void carry_check(Profile *p, Diags *d) {
    const Variant *ftp = first_ftp(p);
    size_t hard = ftp ? (size_t)(ftp - p->variants) : 0;
    const char *why = carry_by_curl(p, hard);
    const Url *to = &p->variants[hard].url;
    if (p->target.tls_key && !p->target.tls_cert)
        carry_wrong(p, d, "tls_key", "a key without its tls_cert");
    if (p->target.transport == TRANSPORT_ONLY_WIRE)
        check_wire(p, to, d);
    else if (why)
        check_sharing(p, d, why);
    if (ftp)
        check_ftp(p, to, d);
}
