/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "profile/keys_target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define STREAMS_MAX 1000
#define PIPELINE_MAX 1000
#define CONN_PER_VU_MAX 1000
#define REDIRECTS_MAX 100
#define CONNECTS_MAX 1000000

/* --- where it is -------------------------------------------------------- */

/* Between brackets; an interface may stand behind it: fe80::1%eth0. */
static bool is_ipv6(const char *at, const char *end) {
    struct in6_addr a;
    char text[INET6_ADDRSTRLEN];
    const char *zone = memchr(at, '%', (size_t)(end - at));
    size_t n = (size_t)((zone ? zone : end) - at);
    if (n >= sizeof text)
        return false;
    memcpy(text, at, n);
    text[n] = '\0';
    return inet_pton(AF_INET6, text, &a) == 1;
}

static int read_host(KeyContext *c, const char *at, const char *end) {
    Url *u = c->variant ? &c->variant->url : &c->profile->url;
    Arena *arena = &c->profile->arena;
    const char *host = at, *host_end;
    if (at < end && *at == '[') {
        host = at + 1;
        host_end = memchr(at, ']', (size_t)(end - at));
        if (!host_end) {
            key_error(c, (int)(at - c->value) + 1,
                      "the IPv6 address has no closing ]");
            return -1;
        }
        at = host_end + 1;
        u->is_ipv6 = true;
    } else {
        host_end = memchr(at, ':', (size_t)(end - at));
        if (!host_end)
            host_end = end;
        at = host_end;
    }
    if (host == host_end) {
        key_error(c, (int)(host - c->value) + 1, "the host is missing");
        return -1;
    }
    if (u->is_ipv6 && !is_ipv6(host, host_end)) {
        key_error(c, (int)(host - c->value) + 1,
                  "between [ and ] stands an IPv6 address, such as ::1");
        return -1;
    }
    u->host = arena_dup_bytes(arena, host, (size_t)(host_end - host));
    if (at == end)
        return 0;
    char *stop;
    long port = *at == ':' && isdigit((unsigned char)at[1])
                    ? strtol(at + 1, &stop, 10)
                    : 0;
    if (port < 1 || port > 65535 || stop != end) {
        key_error(c, (int)(at - c->value) + 1,
                  "after the host only :PORT may follow, 1 to 65535");
        return -1;
    }
    u->port = (int)port;
    return 0;
}

typedef struct Scheme {
    const char *name;
    int port;
    bool tls, is_ftp;
} Scheme;

static const Scheme *find_scheme(const char *url) {
    static const Scheme schemes[] = {
        { "http", 80, false, false },
        { "https", 443, true, false },
        { "ftp", 21, false, true },
        { "ftps", 990, true, true },
    };
    size_t n = strcspn(url, ":");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strlen(schemes[i].name) == n && text_starts(url + n, "://") &&
            text_starts(url, schemes[i].name))
            return &schemes[i];
    return NULL;
}

void key_read_url(KeyContext *c) {
    Url *u = c->variant ? &c->variant->url : &c->profile->url;
    const char *s = c->value;
    for (const char *b = s; *b; b++)
        if (!key_is_url_byte(*b)) {
            key_error(c, (int)(b - s) + 1, "this byte cannot stand in a URL");
            return;
        }
    const Scheme *scheme = find_scheme(s);
    if (!scheme) {
        *u = (Url){ .scheme = "http", .text = s };
        key_error(c, 1, "a URL begins with http:// or https:// (or ftp://, "
                        "ftps://)");
        return;
    }
    *u = (Url){ .scheme = scheme->name,
                .tls = scheme->tls,
                .is_ftp = scheme->is_ftp,
                .port = scheme->port,
                .text = s };
    const char *host = strstr(s, "://") + 3;
    const char *end = host + strcspn(host, "/?#");
    if (memchr(host, '@', (size_t)(end - host))) {
        key_error(c, (int)(host - s) + 1,
                  "no user or password in the URL; use auth = basic "
                  "USER:PASSWORD");
        return;
    }
    if (read_host(c, host, end) < 0)
        return;
    const char *query = strpbrk(end, "?#");
    if (query) {
        key_error(c, (int)(query - s) + 1,
                  "the target's URL has no query; requests may have one");
        return;
    }
    char *prefix = arena_dup_text(&c->profile->arena, end);
    size_t n = strlen(prefix);
    while (n && prefix[n - 1] == '/')
        prefix[--n] = '\0';
    u->prefix = prefix;
}

static bool is_address(const char *s) {
    struct in6_addr a;
    return inet_pton(AF_INET, s, &a) == 1 || inet_pton(AF_INET6, s, &a) == 1;
}

static void add_text(KeyContext *c, const char *text, const char ***list,
                     size_t *count, size_t *cap) {
    mem_grow(*list, *count, *cap);
    (*list)[(*count)++] = arena_dup_text(&c->profile->arena, text);
}

/* libcurl takes a - in front for "no longer", a + for "for a while", and would
 * ask for the name after all. "*" is any name. */
static bool is_name(const char *at, const char *end) {
    if (end - at == 1 && *at == '*')
        return true;
    if (at == end || *at == '-' || *at == '+')
        return false;
    for (; at < end; at++)
        if (!key_is_url_byte(*at))
            return false;
    return true;
}

/* "HOST:PORT:ADDRESS", as curl's --resolve. */
void key_read_resolve(KeyContext *c) {
    TargetOptions *t = &c->profile->target;
    const char *first = strchr(c->value, ':');
    const char *second = first ? strchr(first + 1, ':') : NULL;
    char *stop = NULL;
    long port = second && isdigit((unsigned char)first[1])
                    ? strtol(first + 1, &stop, 10)
                    : 0;
    if (stop != second || port < 1 || port > 65535 ||
        !is_name(c->value, first)) {
        key_error(c, 1, "write HOST:PORT:ADDRESS, such as "
                        "shop.example:443:127.0.0.1");
        return;
    }
    if (!is_address(second + 1)) {
        key_error(c, (int)(second + 1 - c->value) + 1,
                  "'%s' is not an IPv4 or IPv6 address", second + 1);
        return;
    }
    add_text(c, c->value, &t->resolve, &t->resolve_count, &t->resolve_cap);
}

void key_read_local_address(KeyContext *c) {
    TargetOptions *t = &c->profile->target;
    if (!is_address(c->value)) {
        key_error(c, 0, "'%s' is not an IPv4 or IPv6 address", c->value);
        return;
    }
    add_text(c, c->value, &t->local, &t->local_count, &t->local_cap);
}

void key_read_interface(KeyContext *c) {
    if (!*c->value || strlen(c->value) >= IF_NAMESIZE)
        key_error(c, 0, "an interface's name has 1 to %d bytes",
                  IF_NAMESIZE - 1);
    c->profile->target.interface = c->value;
}

void key_read_unix_socket(KeyContext *c) {
    struct sockaddr_un a;
    char *path = key_beside(c->profile, c->value);
    if (!*c->value || strlen(path) >= sizeof a.sun_path)
        key_error(c, 0, "a socket's path has 1 to %zu bytes",
                  sizeof a.sun_path - 1);
    c->profile->target.unix_socket =
        arena_dup_text(&c->profile->arena, path);
    free(path);
}

/* --- how it is spoken to ------------------------------------------------ */

void key_read_http(KeyContext *c) {
    static const char *const versions[] = { "1.1", "2" };
    int v = 0;
    key_read_choice(c, versions, 2, &v);
    c->profile->target.http2 = v == 1;
}

void key_read_streams(KeyContext *c) {
    key_read_whole(c, 1, STREAMS_MAX, &c->profile->target.streams);
}

void key_read_pipeline(KeyContext *c) {
    key_read_whole(c, 1, PIPELINE_MAX, &c->profile->target.pipeline);
}

void key_read_max_conn_per_vu(KeyContext *c) {
    key_read_whole(c, 1, CONN_PER_VU_MAX, &c->profile->target.max_conn_per_vu);
}

void key_read_new_connection(KeyContext *c) {
    static const char *const when[] = { "never", "iteration", "request" };
    int v = 0;
    key_read_choice(c, when, 3, &v);
    c->profile->target.new_connection = (NewConnection)v;
}

void key_read_connects_at_once(KeyContext *c) {
    uint64_t *to = &c->profile->target.connects_at_once;
    if (text_equal(c->value, "any"))
        *to = 0;
    else
        key_read_whole(c, 1, CONNECTS_MAX, to);
}

void key_read_transport(KeyContext *c) {
    static const char *const ways[] = { "auto", "wire", "curl" };
    int v = 0;
    key_read_choice(c, ways, 3, &v);
    c->profile->target.transport = (TransportWish)v;
}

void key_read_redirects(KeyContext *c) {
    key_read_whole(c, 0, REDIRECTS_MAX, &c->profile->target.redirects);
}

static void read_switch(KeyContext *c, bool *to) {
    static const char *const switches[] = { "off", "on" };
    int v = *to;
    key_read_choice(c, switches, 2, &v);
    *to = v == 1;
}

void key_read_decompress(KeyContext *c) {
    read_switch(c, &c->profile->target.decompress);
}

void key_read_cookies(KeyContext *c) {
    read_switch(c, &c->profile->target.cookies);
}

/* "basic USER:PASSWORD", "digest USER:PASSWORD", "negotiate". */
void key_read_auth(KeyContext *c) {
    static const char *const schemes[] = { "none", "basic", "digest",
                                           "negotiate" };
    TargetOptions *t = &c->profile->target;
    size_t n = strcspn(c->value, " ");
    const char *rest = c->value + n + strspn(c->value + n, " ");
    for (size_t i = 1; i < 4; i++) {
        if (strlen(schemes[i]) != n || strncmp(schemes[i], c->value, n) != 0)
            continue;
        t->auth = (AuthScheme)i;
        t->credentials = rest;
        if (t->auth == AUTH_NEGOTIATE && *rest)
            key_error(c, (int)(rest - c->value) + 1,
                      "nothing follows negotiate: it takes the ticket of who "
                      "runs onrush");
        else if (t->auth != AUTH_NEGOTIATE && !strchr(rest, ':'))
            key_error(c, (int)(rest - c->value) + 1,
                      "after %s write USER:PASSWORD; keep the password out of "
                      "the file with ${env.NAME}",
                      schemes[i]);
        return;
    }
    key_error(c, 1,
              "write basic USER:PASSWORD, digest USER:PASSWORD or negotiate");
}

/* As libcurl would find it: behind USER:PASSWORD@, before :PORT. */
static bool has_host(const char *at) {
    const char *user = strrchr(at, '@');
    const char *host = user ? user + 1 : at;
    const char *bracket = *host == '[' ? strchr(host, ']') : NULL;
    if (bracket)
        return is_ipv6(host + 1, bracket);
    size_t n = strcspn(host, ":/?#");
    return n && n == strcspn(host, " \t/:#?!@{}[]\\$'\"^`*<>=;,+&()%");
}

void key_read_proxy(KeyContext *c) {
    static const char *const schemes[] = { "http://", "https://", "socks4://",
                                           "socks4a://", "socks5://",
                                           "socks5h://" };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (text_starts(c->value, schemes[i]) &&
            has_host(c->value + strlen(schemes[i]))) {
            c->profile->target.proxy = c->value;
            return;
        }
    key_error(c, 1,
              "a proxy is http://HOST:PORT, https://…, socks5://…, "
              "socks5h://… (which resolves names there), socks4://… or "
              "socks4a://…");
}

void key_read_timeout(KeyContext *c) {
    key_read_duration(c, &c->profile->timeout_ns);
    if (c->profile->timeout_ns == 0)
        key_error(c, 0, "a timeout is longer than 0");
}

void key_read_target_header(KeyContext *c) {
    Profile *p = c->profile;
    key_read_header(c, &p->headers, &p->header_count, &p->header_cap);
}

/* --- TLS ---------------------------------------------------------------- */

void key_read_tls_verify(KeyContext *c) {
    read_switch(c, &c->profile->target.tls_verify);
}

static void read_file(KeyContext *c, const char **to) {
    char *path = key_beside(c->profile, c->value);
    if (access(path, R_OK) < 0)
        key_error(c, 0, "%s: cannot read it: %s", path, strerror(errno));
    *to = arena_dup_text(&c->profile->arena, path);
    free(path);
}

void key_read_tls_ca(KeyContext *c) {
    read_file(c, &c->profile->target.tls_ca);
}

void key_read_tls_cert(KeyContext *c) {
    read_file(c, &c->profile->target.tls_cert);
}

void key_read_tls_key(KeyContext *c) {
    read_file(c, &c->profile->target.tls_key);
}
