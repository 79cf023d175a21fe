/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/secrets.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "base/text.h"
#include "profile/keys_request.h"
#include "profile/keys_target.h"

bool secrets_are_seen(const IniSection *s, const Key *k) {
    static const char *const carrying[] = { "target", "request", "vars",
                                            "event", "alerts", "monitor" };
    for (size_t i = 0; i < sizeof carrying / sizeof *carrying; i++)
        if (section_is(s, carrying[i]))
            return k->read == key_read_url || k->read == key_read_request_tags;
    return true;
}

/* --- where they stand --------------------------------------------------- */

/* Spans of a value as it was written. */
typedef struct Found {
    const char *value;
    SecretSpan *items;
    size_t count, cap;
} Found;

static void add_span(Found *f, size_t at, size_t end, bool has_vars) {
    while (at < end && strchr(" \t", f->value[at]))
        at++;
    while (end > at && strchr(" \t", f->value[end - 1]))
        end--;
    if (at == end || (has_vars && end - at < SECRET_LEAST))
        return;
    mem_grow(f->items, f->count, f->cap);
    f->items[f->count++] = (SecretSpan){ at, end - at };
}

/* What is written itself, and no variable. */
static void add_literal(Found *f, size_t at, size_t length) {
    size_t end = at + length;
    bool has_vars = memmem(f->value + at, length, "${", 2) != NULL;
    while (at < end) {
        const char *from = f->value + at;
        const char *var = memmem(from, end - at, "${", 2);
        size_t stop = var ? (size_t)(var - f->value) : end;
        add_span(f, at, stop, has_vars);
        const char *close = var ? memchr(var, '}', (size_t)(f->value + end -
                                                            var))
                                : NULL;
        at = close ? (size_t)(close + 1 - f->value) : end;
    }
}

static void add_places(Found *f) {
    size_t from = 0;
    SecretSpan span;
    while (secret_next(f->value, strlen(f->value), &from, &span))
        add_literal(f, span.at, span.length);
}

static void add_cookies(Found *f, const char *at) {
    while (*at) {
        size_t n = strcspn(at, ";");
        const char *sign = memchr(at, '=', n);
        if (sign)
            add_literal(f, (size_t)(sign + 1 - f->value),
                        (size_t)(at + n - sign) - 1);
        at += n + (at[n] != '\0');
    }
}

/* "Bearer abc": how it is meant is no secret. */
static const char *behind_scheme(const char *at) {
    static const char *const schemes[] = { "Bearer", "Basic",  "Digest",
                                           "Token",  "ApiKey", "Negotiate" };
    size_t n = strcspn(at, " ");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strlen(schemes[i]) == n && at[n] &&
            strncasecmp(at, schemes[i], n) == 0)
            return at + n + strspn(at + n, " ");
    return at;
}

static void add_header(Found *f) {
    size_t name = strcspn(f->value, ":");
    const char *at = f->value + name + (f->value[name] != '\0');
    at += strspn(at, " \t");
    if (!secret_is_name(f->value, name))
        add_places(f);
    else if (memmem(f->value, name, "ookie", 5))
        add_cookies(f, at);
    else
        add_literal(f, (size_t)(behind_scheme(at) - f->value),
                    strlen(behind_scheme(at)));
}

static void add_login(Found *f) {
    const char *login = f->value + strcspn(f->value, " ");
    const char *colon = strchr(login, ':');
    if (colon)
        add_literal(f, (size_t)(colon + 1 - f->value), strlen(colon + 1));
}

/* What stands behind a webhook's host is its secret. */
static void add_webhooks(Found *f) {
    const char *at = f->value;
    while ((at = strstr(at, "webhook"))) {
        const char *url = at + strcspn(at, ":, \t");
        url += strspn(url, " \t");
        const char *host = strstr(url, "://");
        size_t n = strcspn(url, ", \t");
        at = url;
        if (!host || host >= url + n)
            continue;
        const char *path = host + 3 + strcspn(host + 3, "/?#, \t");
        if (path + 1 < url + n)
            add_literal(f, (size_t)(path + 1 - f->value),
                        (size_t)(url + n - path) - 1);
    }
}

static void find(const IniSection *s, const IniEntry *e, Found *f) {
    const SectionInfo *info = section_find(s, NULL);
    const Key *k = info ? section_key(info, e, NULL) : NULL;
    *f = (Found){ .value = e->value };
    if (!k || secrets_are_seen(s, k))
        return;
    if (section_is(s, "vars") && secret_is_name(e->key, strlen(e->key)))
        add_literal(f, 0, strlen(e->value));
    else if (k->read == key_read_request_header ||
             k->read == key_read_target_header)
        add_header(f);
    else if (k->read == key_read_auth)
        add_login(f);
    else if (!key_looks_up(k) || section_is(s, "vars"))
        add_places(f);
    if (section_is(s, "alerts"))
        add_webhooks(f);
}

/* --- what is done with them --------------------------------------------- */

static void add_all(Secrets *to, const Found *f) {
    for (size_t i = 0; i < f->count; i++)
        secrets_add_field(to, f->value + f->items[i].at, f->items[i].length);
}

void secrets_collect(Profile *p) {
    for (size_t i = 0; i < p->ini.count; i++)
        for (size_t k = 0; k < p->ini.sections[i].count; k++) {
            Found f;
            find(&p->ini.sections[i], &p->ini.sections[i].entries[k], &f);
            add_all(p->secrets, &f);
            free(f.items);
        }
    const char *login = p->target.credentials;
    if (login)
        secrets_add_login(p->secrets, login, strlen(login));
    const char *proxy = p->target.proxy ? strstr(p->target.proxy, "://") : NULL;
    const char *sign = proxy ? strrchr(proxy, '@') : NULL;
    if (sign)
        secrets_add_login(p->secrets, proxy + 3, (size_t)(sign - proxy) - 3);
    if (p->target.proxy)
        secrets_add_places(p->secrets, p->target.proxy,
                           strlen(p->target.proxy));
}

static const char *hidden(Profile *p, const char *text) {
    Text t = { 0 };
    text_adds(&t, text);
    secrets_mask_text(p->secrets, t.bytes, false);
    const char *kept =
        text_equal(t.bytes, text) ? text : arena_dup_text(&p->arena, t.bytes);
    text_close(&t);
    return kept;
}

void secrets_hide_names(Profile *p) {
    for (size_t i = 0; i < p->request_count; i++)
        for (size_t k = 0; k < p->requests[i].check_count; k++)
            p->requests[i].checks[k].name =
                hidden(p, p->requests[i].checks[k].name);
    for (size_t i = 0; i < p->variant_count; i++)
        if (p->variants[i].url.text)
            p->variants[i].url.text = hidden(p, p->variants[i].url.text);
    if (p->url.text)
        p->url.text = hidden(p, p->url.text);
}

void secrets_hide_alerts(Profile *p) {
    for (size_t i = 0; i < p->alerts.count; i++) {
        Alert *a = &p->alerts.items[i];
        a->text = hidden(p, a->text);
        if (a->webhook && strstr(a->webhook, "://"))
            secrets_add_places(p->secrets, a->webhook, strlen(a->webhook));
    }
    for (size_t i = 0; i < p->monitor.source_count; i++) {
        PromSource *m = &p->monitor.sources[i];
        if (!m->url || !m->shown)
            continue;
        secrets_add_places(p->secrets, m->url, strlen(m->url));
        m->shown = hidden(p, m->shown);
    }
}

void secrets_hide_mistakes(const Profile *p, Diags *d) {
    for (size_t i = 0; i < d->count; i++)
        secrets_mask_text(p->secrets, d->items[i].text, true);
}

/* A value that is secret elsewhere; ${…} stays as it is, and so does a word
 * that the environment gave under a name of no secret: the profile has it in
 * clear, and could not run without it. */
static void find_known(const Profile *p, Found *f) {
    for (const char *at = f->value; *at;) {
        const char *var = strstr(at, "${");
        const char *close = var ? strchr(var, '}') : NULL;
        size_t n = var ? (size_t)(var - at) : strlen(at);
        for (size_t i = 0; i < p->secrets->count; i++) {
            const char *hit = memmem(at, n, p->secrets->items[i].bytes,
                                     p->secrets->items[i].length);
            if (hit && !p->secrets->items[i].is_word)
                add_span(f, (size_t)(hit - f->value),
                         (size_t)(hit - f->value) +
                             p->secrets->items[i].length,
                         false);
        }
        at = close ? close + 1 : at + strlen(at);
    }
}

static int by_place(const void *a, const void *b) {
    const SecretSpan *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

bool secrets_print(const Profile *p, const IniSection *s, const IniEntry *e,
                   Text *to) {
    const SectionInfo *info = section_find(s, NULL);
    const Key *k = info ? section_key(info, e, NULL) : NULL;
    Found f;
    size_t at = 0;
    if (!k || p->secrets->are_shown || secrets_are_seen(s, k))
        return false;
    find(s, e, &f);
    find_known(p, &f);
    if (f.count)
        qsort(f.items, f.count, sizeof *f.items, by_place);
    for (size_t i = 0; i < f.count; i++) {
        SecretSpan v = f.items[i];
        if (v.at >= at) {
            text_add(to, e->value + at, v.at - at);
            text_adds(to, SECRETS_LOST);
        }
        at = v.at + v.length > at ? v.at + v.length : at;
    }
    if (f.count)
        text_adds(to, e->value + at);
    free(f.items);
    return f.count > 0;
}
