/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl's options and what they mean for a profile: one table. curl(1). */
#include "import/curl.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "import/marked.h"

typedef void ApplyFn(CurlCommand *c, const char *value);

/* --- what options do ---------------------------------------------------- */

static void do_method(CurlCommand *c, const char *value) {
    c->method = value;
}

void curl_add_url(CurlCommand *c, const char *value) {
    if (c->url_count == CURL_URLS_MAX)
        sketch_note(c->d, c->at, "more than %d URLs in one command",
                    CURL_URLS_MAX);
    else
        c->urls[c->url_count++] = value;
}

void curl_set_header(CurlCommand *c, const char *name, const char *value) {
    sketch_set(c->d, &c->headers, name, value);
}

static void do_header(CurlCommand *c, const char *value) {
    size_t n = strcspn(value, ":;");
    char name[256];
    if (*value == '@') {
        sketch_note(c->d, c->at, "-H %s: headers from a file",
                    sketch_shown(c->d, value, strlen(value)));
        return;
    }
    snprintf(name, sizeof name, "%.*s", (int)n, value);
    const char *rest = value + n + (value[n] != '\0');
    rest += strspn(rest, " \t");
    if (value[n] == ':' && *rest)
        curl_set_header(c, name, rest);
    else if (value[n] == ';')
        curl_set_header(c, name, "");
    else if (value[n] == ':')
        sketch_set(c->d, &c->gone, name, "");
    else
        sketch_note(c->d, c->at, "-H '%s': this is no NAME: VALUE",
                    sketch_shown(c->d, value, strlen(value)));
}

static void do_agent(CurlCommand *c, const char *value) {
    curl_set_header(c, "User-Agent", value);
}

static void do_referer(CurlCommand *c, const char *value) {
    const char *semicolon = strstr(value, ";auto");
    size_t n = semicolon ? (size_t)(semicolon - value) : strlen(value);
    if (n)
        curl_set_header(c, "Referer", arena_dup_bytes(&c->d->arena, value, n));
}

static void do_cookie(CurlCommand *c, const char *value) {
    if (strchr(value, '='))
        curl_set_header(c, "Cookie", value);
    else
        sketch_note(c->d, c->at,
                    "-b %s: cookies from a file; cookies = on keeps a jar for "
                    "each VU",
                    sketch_shown(c->d, value, strlen(value)));
}

static void do_bearer(CurlCommand *c, const char *value) {
    Text t = { 0 };
    text_addf(&t, "Bearer %s", value);
    curl_set_header(c, "Authorization", t.bytes);
    text_close(&t);
}

static void do_range(CurlCommand *c, const char *value) {
    Text t = { 0 };
    text_addf(&t, "bytes=%s", value);
    curl_set_header(c, "Range", t.bytes);
    text_close(&t);
}

static void add_data(CurlCommand *c, const char *bytes, size_t length,
                     bool joined) {
    if (c->data_kind == DATA_NONE)
        c->data_kind = DATA_FORM;
    if (c->data.length && joined)
        text_adds(&c->data, "&");
    text_add(&c->data, bytes, length);
}

static void do_data_raw(CurlCommand *c, const char *value) {
    add_data(c, value, strlen(value), true);
}

static void data_from_file(CurlCommand *c, const char *file) {
    if (c->data_kind == DATA_NONE)
        c->data_kind = DATA_FORM;
    if (c->data.length || c->data_file || text_equal(file, "-") || !*file) {
        sketch_note(c->d, c->at, "-d @%s: one file is a whole body",
                    sketch_shown(c->d, file, strlen(file)));
        return;
    }
    c->data_file = file;
    sketch_note(c->d, c->at,
                "@%s: a profile names files from the folder in which it stands",
                sketch_shown(c->d, file, strlen(file)));
}

static void do_data(CurlCommand *c, const char *value) {
    if (*value != '@') {
        do_data_raw(c, value);
        return;
    }
    data_from_file(c, value + 1);
    sketch_note(c->d, c->at,
                "-d takes the line ends out of a file, a profile "
                "sends it as it is");
}

static void do_data_binary(CurlCommand *c, const char *value) {
    if (*value == '@')
        data_from_file(c, value + 1);
    else
        do_data_raw(c, value);
}

static void do_upload(CurlCommand *c, const char *value) {
    data_from_file(c, value);
    c->upload = true;
}

static void do_json(CurlCommand *c, const char *value) {
    c->data_kind = DATA_JSON;
    if (*value == '@')
        data_from_file(c, value + 1);
    else
        add_data(c, value, strlen(value), false);
}

/* "content", "=content", "name=content"; "@file", "name@file". */
static void add_encoded(CurlCommand *c, const char *value, Text *to) {
    size_t n = strcspn(value, "=@");
    if (value[n] == '@') {
        sketch_note(c->d, c->at, "--data-urlencode %s: from a file",
                    sketch_shown(c->d, value, strlen(value)));
        return;
    }
    if (value[n] == '\0')
        n = 0;
    if (to->length)
        text_adds(to, "&");
    if (n)
        text_add(to, value, n + 1);
    mark_add_encoded(to, value + n + (value[n] == '='));
}

static void do_urlencode(CurlCommand *c, const char *value) {
    if (c->data_kind == DATA_NONE)
        c->data_kind = DATA_FORM;
    add_encoded(c, value, &c->data);
}

static void do_url_query(CurlCommand *c, const char *value) {
    if (*value != '+')
        add_encoded(c, value, &c->query);
    else
        text_addf(&c->query, "%s%s", c->query.length ? "&" : "", value + 1);
}

static void do_form(CurlCommand *c, const char *value) {
    c->form = true;
    sketch_note(c->d, c->at,
                "-F %s: a multipart form; put the whole body into "
                "a file: body = @FILE",
                sketch_shown(c->d, value, strlen(value)));
}

static void do_user(CurlCommand *c, const char *value) {
    c->user = value;
}

static void do_basic(CurlCommand *c, const char *value) {
    (void)value;
    c->auth = "basic";
}

static void do_digest(CurlCommand *c, const char *value) {
    (void)value;
    c->auth = "digest";
}

static void do_negotiate(CurlCommand *c, const char *value) {
    (void)value;
    sketch_target(c->d, c->at, "auth", "negotiate");
    c->user = NULL;
}

static void do_get(CurlCommand *c, const char *value) {
    (void)value;
    c->get = true;
}

static void do_head(CurlCommand *c, const char *value) {
    (void)value;
    c->head = true;
}

static void do_follow(CurlCommand *c, const char *value) {
    (void)value;
    c->follow = true;
}

static void do_max_redirs(CurlCommand *c, const char *value) {
    long n = strtol(value, NULL, 10);
    char text[16];
    snprintf(text, sizeof text, "%ld", n < 0 || n > 100 ? 100 : n);
    c->redirects = arena_dup_text(&c->d->arena, text);
}

static void do_insecure(CurlCommand *c, const char *value) {
    (void)value;
    sketch_target(c->d, c->at, "tls_verify", "off");
}

static void do_compressed(CurlCommand *c, const char *value) {
    (void)value;
    sketch_target(c->d, c->at, "decompress", "on");
}

static void do_http2(CurlCommand *c, const char *value) {
    (void)value;
    sketch_target(c->d, c->at, "http", "2");
}

static void do_http1(CurlCommand *c, const char *value) {
    (void)value;
    sketch_target(c->d, c->at, "http", "1.1");
}

/* Seconds, with a decimal point. */
static void do_max_time(CurlCommand *c, const char *value) {
    double s = strtod(value, NULL);
    char text[32];
    if (!(s > 0) || s > 86400) {
        sketch_note(c->d, c->at, "-m %s: no time that a profile takes",
                    sketch_shown(c->d, value, strlen(value)));
        return;
    }
    snprintf(text, sizeof text, "%.0fms", s * 1000);
    if (s == (double)(long)s)
        snprintf(text, sizeof text, "%lds", (long)s);
    sketch_target(c->d, c->at, "timeout", text);
}

static void do_proxy(CurlCommand *c, const char *value) {
    Text t = { 0 };
    text_addf(&t, "%s%s", strstr(value, "://") ? "" : "http://", value);
    sketch_target(c->d, c->at, "proxy", t.bytes);
    text_close(&t);
}

static void do_resolve(CurlCommand *c, const char *value) {
    const char *comma = strchr(value, ',');
    if (*value == '-' || *value == '*') {
        sketch_note(c->d, c->at, "--resolve %s: write HOST:PORT:ADDRESS",
                    sketch_shown(c->d, value, strlen(value)));
        return;
    }
    if (comma)
        sketch_note(c->d, c->at,
                    "--resolve: the first of several addresses is "
                    "taken");
    value += *value == '+';
    sketch_target_more(
        c->d, "resolve",
        arena_dup_bytes(&c->d->arena, value,
                        comma ? (size_t)(comma - value) : strlen(value)));
}

static void do_unix_socket(CurlCommand *c, const char *value) {
    sketch_target(c->d, c->at, "unix_socket", value);
}

static void do_interface(CurlCommand *c, const char *value) {
    unsigned char address[16];
    if (text_starts(value, "host!"))
        value += 5;
    else if (text_starts(value, "if!"))
        value += 3;
    if (inet_pton(AF_INET, value, address) == 1 ||
        inet_pton(AF_INET6, value, address) == 1)
        sketch_target_more(c->d, "local_address", value);
    else
        sketch_target(c->d, c->at, "interface", value);
}

/* Files that are read when the profile is. */
static void target_file(CurlCommand *c, const char *key, const char *file) {
    sketch_target(c->d, c->at, key, file);
    if (*file != '/')
        sketch_note(c->d, c->at,
                    "%s = %s: a profile names files from the folder in which "
                    "it stands",
                    key, sketch_shown(c->d, file, strlen(file)));
}

static void do_cert(CurlCommand *c, const char *value) {
    size_t n = strcspn(value, ":");
    if (value[n])
        sketch_note(c->d, c->at,
                    "--cert: the key's password; keys without "
                    "one are read");
    target_file(c, "tls_cert", arena_dup_bytes(&c->d->arena, value, n));
}

static void do_key(CurlCommand *c, const char *value) {
    target_file(c, "tls_key", value);
}

static void do_cacert(CurlCommand *c, const char *value) {
    target_file(c, "tls_ca", value);
}

/* --- the table ---------------------------------------------------------- */

struct CurlOption {
    char letter; /* '\0': none */
    const char *name;
    bool takes;      /* a value */
    ApplyFn *apply;  /* NULL: it means nothing under load … */
    const char *why; /* … or, if this is said, it is not carried */
};

#define HERE NULL /* about this end: output, progress */

static const CurlOption options[] = {
    { 'X', "request", true, do_method, NULL },
    { 0, "url", true, curl_add_url, NULL },
    { 'H', "header", true, do_header, NULL },
    { 'A', "user-agent", true, do_agent, NULL },
    { 'e', "referer", true, do_referer, NULL },
    { 'b', "cookie", true, do_cookie, NULL },
    { 0, "oauth2-bearer", true, do_bearer, NULL },
    { 'r', "range", true, do_range, NULL },
    { 'd', "data", true, do_data, NULL },
    { 0, "data-ascii", true, do_data, NULL },
    { 0, "data-raw", true, do_data_raw, NULL },
    { 0, "data-binary", true, do_data_binary, NULL },
    { 0, "data-urlencode", true, do_urlencode, NULL },
    { 0, "url-query", true, do_url_query, NULL },
    { 0, "json", true, do_json, NULL },
    { 'F', "form", true, do_form, NULL },
    { 0, "form-string", true, do_form, NULL },
    { 'u', "user", true, do_user, NULL },
    { 0, "basic", false, do_basic, NULL },
    { 0, "digest", false, do_digest, NULL },
    { 0, "negotiate", false, do_negotiate, NULL },
    { 0, "ntlm", false, NULL, "there are basic, digest and negotiate" },
    { 0, "anyauth", false, NULL, "name one: auth = basic, digest, negotiate" },
    { 'G', "get", false, do_get, NULL },
    { 'I', "head", false, do_head, NULL },
    { 'L', "location", false, do_follow, NULL },
    { 0, "location-trusted", false, do_follow, NULL },
    { 0, "max-redirs", true, do_max_redirs, NULL },
    { 'k', "insecure", false, do_insecure, NULL },
    { 0, "compressed", false, do_compressed, NULL },
    { 0, "http2", false, do_http2, NULL },
    { 0, "http2-prior-knowledge", false, do_http2, NULL },
    { 0, "http1.1", false, do_http1, NULL },
    { '0', "http1.0", false, NULL, "there are HTTP/1.1 and HTTP/2" },
    { 0, "http3", false, NULL, "there are HTTP/1.1 and HTTP/2" },
    { 'm', "max-time", true, do_max_time, NULL },
    { 0, "connect-timeout", true, NULL,
      "timeout in [target] covers the "
      "connection too" },
    { 'x', "proxy", true, do_proxy, NULL },
    { 0, "socks5", true, NULL, "write proxy = socks5://HOST:PORT" },
    { 0, "socks5-hostname", true, NULL, "write proxy = socks5h://HOST:PORT" },
    { 'U', "proxy-user", true, NULL, "write proxy = http://USER:PASSWORD@…" },
    { 0, "noproxy", true, NULL, "a profile has one target" },
    { 0, "resolve", true, do_resolve, NULL },
    { 0, "connect-to", true, NULL, "write resolve = HOST:PORT:ADDRESS" },
    { 0, "unix-socket", true, do_unix_socket, NULL },
    { 0, "interface", true, do_interface, NULL },
    { 'E', "cert", true, do_cert, NULL },
    { 0, "key", true, do_key, NULL },
    { 0, "cacert", true, do_cacert, NULL },
    { 'T', "upload-file", true, do_upload, NULL },
    { 'K', "config", true, NULL, "import that file's options by hand" },
    { 'n', "netrc", false, NULL, "write auth = basic USER:PASSWORD" },
    { 'c', "cookie-jar", true, NULL, "cookies = on keeps a jar for each VU" },
    { 'z', "time-cond", true, NULL, "write the header If-Modified-Since" },
    { 0, "retry", true, NULL, "a load test counts failures" },
    { 0, "limit-rate", true, NULL, "the load is in [stages]" },
    { 0, "rate", true, NULL, "the load is in [stages]" },
    { 'Y', "speed-limit", true, NULL, "timeout in [target] is the limit" },
    { 'y', "speed-time", true, NULL, "timeout in [target] is the limit" },
    { 0, "expect100-timeout", true, HERE, NULL },
    { 0, "cert-type", true, HERE, NULL },
    { 0, "key-type", true, HERE, NULL },
    { 0, "pass", true, NULL, "keys without a password are read" },
    { 0, "capath", true, NULL, "write tls_ca = FILE" },
    { 0, "ciphers", true, NULL, "OpenSSL's own are taken" },
    { 0, "tls-max", true, NULL, "OpenSSL's own range is taken" },
    { '1', "tlsv1", false, HERE, NULL },
    { 0, "tlsv1.2", false, HERE, NULL },
    { 0, "tlsv1.3", false, HERE, NULL },
    { '4', "ipv4", false, NULL, "write resolve = HOST:PORT:ADDRESS" },
    { '6', "ipv6", false, NULL, "write resolve = HOST:PORT:ADDRESS" },
    { 's', "silent", false, HERE, NULL },
    { 'S', "show-error", false, HERE, NULL },
    { 'v', "verbose", false, HERE, NULL },
    { 'i', "include", false, HERE, NULL },
    { 0, "show-headers", false, HERE, NULL },
    { 'o', "output", true, HERE, NULL },
    { 'O', "remote-name", false, HERE, NULL },
    { 'J', "remote-header-name", false, HERE, NULL },
    { 0, "output-dir", true, HERE, NULL },
    { 0, "create-dirs", false, HERE, NULL },
    { 'D', "dump-header", true, HERE, NULL },
    { 'w', "write-out", true, HERE, NULL },
    { 'f', "fail", false, HERE, NULL },
    { 0, "fail-with-body", false, HERE, NULL },
    { '#', "progress-bar", false, HERE, NULL },
    { 0, "no-progress-meter", false, HERE, NULL },
    { 'N', "no-buffer", false, HERE, NULL },
    { 'g', "globoff", false, HERE, NULL },
    { 'q', "disable", false, HERE, NULL },
    { 'Z', "parallel", false, HERE, NULL },
    { 'a', "append", false, HERE, NULL },
    { 'C', "continue-at", true, HERE, NULL },
    { 'j', "junk-session-cookies", false, HERE, NULL },
    { 0, "path-as-is", false, HERE, NULL },
    { 0, "keepalive-time", true, HERE, NULL },
    { 0, "tcp-nodelay", false, HERE, NULL },
    { 0, "trace", true, HERE, NULL },
    { 0, "trace-ascii", true, HERE, NULL },
    { 0, "stderr", true, HERE, NULL },
    { 0, "retry-delay", true, HERE, NULL },
    { 0, "retry-max-time", true, HERE, NULL },
    { 0, "retry-all-errors", false, HERE, NULL },
    { 0, "retry-connrefused", false, HERE, NULL },
    { 0, "parallel-max", true, HERE, NULL },
};
#define OPTION_COUNT (sizeof options / sizeof *options)

const CurlOption *curl_option_long(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (text_equal(options[i].name, name))
            return &options[i];
    return NULL;
}

const CurlOption *curl_option_short(char letter) {
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}

bool curl_option_takes(const CurlOption *o) {
    return o->takes;
}

void curl_option_apply(CurlCommand *c, const CurlOption *o, const char *value) {
    if (o->apply)
        o->apply(c, value);
    else if (o->why)
        sketch_note(c->d, c->at, "--%s: %s", o->name, o->why);
}
