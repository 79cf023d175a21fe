/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/reach.h"
#include "http/tls.h"
#include "http/transfer_lane.h"

/* Larger bodies are read by curl piece by piece, which tells when the last
 * one leaves. */
#define BODY_AT_ONCE ((size_t)16 << 10)

/* --- of the profile ----------------------------------------------------- */

static void set_protocols(CURL *e, const Url *to) {
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR,
                     to->is_ftp ? "ftp,ftps" : "http,https");
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(e, CURLOPT_PROTOCOLS,
                     to->is_ftp ? CURLPROTO_FTP | CURLPROTO_FTPS
                                : CURLPROTO_HTTP | CURLPROTO_HTTPS);
    curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS,
                     CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

static void set_version(CURL *e, const Transfer *t) {
    long version = CURL_HTTP_VERSION_1_1;
    if (t->profile->target.http2)
        version = t->to->tls ? CURL_HTTP_VERSION_2TLS
                            : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(e, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
}

static void set_features(CURL *e, const TargetOptions *t) {
    static const unsigned long schemes[] = {
        [AUTH_BASIC] = CURLAUTH_BASIC,
        [AUTH_DIGEST] = CURLAUTH_DIGEST,
        [AUTH_NEGOTIATE] = CURLAUTH_NEGOTIATE,
    };
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, t->redirects ? 1L : 0L);
    /* Where there are logins curl would count them, too. */
    curl_easy_setopt(e, CURLOPT_MAXREDIRS,
                     t->auth > AUTH_BASIC ? -1L : (long)t->redirects);
    if (t->cookies)
        curl_easy_setopt(e, CURLOPT_COOKIEFILE, "");
    if (t->decompress)
        curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
    if (t->auth != AUTH_NONE) {
        curl_easy_setopt(e, CURLOPT_HTTPAUTH, schemes[t->auth]);
        curl_easy_setopt(e, CURLOPT_USERPWD,
                         t->auth == AUTH_NEGOTIATE ? ":" : t->credentials);
    }
    /* Not the environment's. */
    curl_easy_setopt(e, CURLOPT_PROXY, t->proxy ? t->proxy : "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "");
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void on_tls_info(const SSL *ssl, int where, int what) {
    TransferLane *l = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (where == SSL_CB_READ_ALERT && (what & 0xff) == SSL_AD_CLOSE_NOTIFY)
        l->was_ended = true;
}

static CURLcode on_tls_context(CURL *e, void *context, void *lane) {
    (void)e;
    SSL_CTX_set_app_data(context, lane);
    SSL_CTX_set_info_callback(context, on_tls_info);
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY); /* as in tls.c */
    return CURLE_OK;
}

/* curl takes a connection that was cut for one that was closed: see
 * transfer_hears_ends. */
static void hear_ends(TransferLane *l) {
    if (!transfer_hears_ends(l))
        return;
    curl_easy_setopt(l->easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context);
    curl_easy_setopt(l->easy, CURLOPT_SSL_CTX_DATA, l);
}

bool transfer_hears_ends(const TransferLane *l) {
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    /* Another library's context is of another type. */
    return l->transfer->to->tls && !l->transfer->to->is_ftp &&
           v->ssl_version && strncmp(v->ssl_version, "OpenSSL/", 8) == 0;
}

static void set_tls(CURL *e, const TargetOptions *t) {
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, t->tls_verify ? 1L : 0L);
    curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, t->tls_verify ? 2L : 0L);
    curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (t->tls_ca)
        curl_easy_setopt(e, CURLOPT_CAINFO, t->tls_ca);
    /* With a folder beside the bundle curl parses it for each connection. */
    if (t->tls_ca || (v->age >= CURLVERSION_SEVENTH && v->cainfo))
        curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    if (t->tls_cert) {
        curl_easy_setopt(e, CURLOPT_SSLCERT, t->tls_cert);
        curl_easy_setopt(e, CURLOPT_SSLKEY,
                         t->tls_key ? t->tls_key : t->tls_cert);
    }
}

static void set_limits(TransferLane *l) {
    const Transfer *t = l->transfer;
    CURL *e = l->easy;
    /* The deadline's tick is in charge; curl's own limits come later. */
    long ms = (long)(t->profile->timeout_ns / NS_PER_MS) + 1000;
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, ms);
    if (!t->to->is_ftp)
        return;
    curl_easy_setopt(e, CURLOPT_FTP_RESPONSE_TIMEOUT, ms / 1000 + 1);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, transfer_on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, l);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
}

static size_t on_read(char *to, size_t one, size_t size, void *user) {
    TransferLane *l = user;
    const Form *f = l->x->form;
    size_t left = f->body.length - l->read_at;
    size *= one;
    if (size > left)
        size = left;
    memcpy(to, f->bytes + f->body.at + l->read_at, size);
    l->read_at += size;
    if (l->read_at > l->read_most)
        l->read_most = l->read_at;
    l->asked_ns = clock_now();
    return size;
}

/* A redirect or a login may want the body once more. */
static int on_seek(void *user, curl_off_t at, int origin) {
    TransferLane *l = user;
    if (origin != SEEK_SET || at < 0 ||
        (uint64_t)at > l->x->form->body.length)
        return CURL_SEEKFUNC_FAIL;
    l->read_at = (size_t)at;
    return CURL_SEEKFUNC_OK;
}

static void set_callbacks(TransferLane *l) {
    CURL *e = l->easy;
    curl_easy_setopt(e, CURLOPT_PRIVATE, l);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, l->why);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, transfer_on_request);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, l);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, transfer_on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, l);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, transfer_on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, l);
    /* The lines of a head come there first; see head_piece. */
    curl_easy_setopt(e, CURLOPT_HEADER, l->transfer->to->is_ftp ? 0L : 1L);
    curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(e, CURLOPT_READDATA, l);
    curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(e, CURLOPT_SEEKDATA, l);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, transfer_on_socket);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, l);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, transfer_on_close);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, l);
}

void transfer_expect_no_farewell(TransferLane *l) {
    if (l->control != CURL_SOCKET_BAD)
        shutdown(l->control, SHUT_RD);
}

void transfer_renew_cache(TransferLane *l) {
    transfer_expect_no_farewell(l);
    curl_easy_setopt(l->easy, CURLOPT_SHARE, NULL);
    curl_share_cleanup(l->cache);
    l->cache = curl_share_init();
    curl_share_setopt(l->cache, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
    curl_easy_setopt(l->easy, CURLOPT_SHARE, l->cache);
}

void transfer_prepare(TransferLane *l) {
    const Profile *p = l->transfer->profile;
    curl_easy_setopt(l->easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Do not wait for a name server: not at a time-out, not at the end. */
    curl_easy_setopt(l->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    set_callbacks(l);
    set_protocols(l->easy, l->transfer->to);
    set_version(l->easy, l->transfer);
    set_features(l->easy, &p->target);
    set_tls(l->easy, &p->target);
    hear_ends(l);
    set_limits(l);
    curl_easy_setopt(l->easy, CURLOPT_RESOLVE, l->transfer->hosts);
    reach_options(l->easy, p, l->transfer->turn++);
    transfer_renew_cache(l);
}

int transfer_check(const Profile *p, const Url *to, Err *err) {
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    bool speaks = false;
    for (const char *const *s = v->protocols; *s; s++)
        speaks |= text_equal(*s, to->scheme);
    if (!speaks)
        return err_set(err, "this libcurl (%s) does not speak %s", v->version,
                       to->scheme);
    if (p->target.auth == AUTH_NEGOTIATE &&
        !(v->features & CURL_VERSION_SPNEGO))
        return err_set(err, "this libcurl (%s) has no negotiate login",
                       v->version);
    if (p->target.http2 && !(v->features & CURL_VERSION_HTTP2))
        return err_set(err, "this libcurl (%s) does not speak HTTP/2",
                       v->version);
    return p->target.tls_cert ? tls_check_files(&p->target, err) : 0;
}

/* --- of a request ------------------------------------------------------- */

static bool span_is(const Form *f, const Span *s, const char *text) {
    return strlen(text) == s->length &&
           strncasecmp(f->bytes + s->at, text, s->length) == 0;
}

static bool has_header(const Form *f, const char *name) {
    for (size_t i = 0; i < f->header_count; i++)
        if (span_is(f, &f->headers[2 * i], name))
            return true;
    return false;
}

/* POST, PUT and PATCH say how long their body is, others when they have
 * one. */
static bool has_framing(const Form *f) {
    return f->body.length || span_is(f, &f->method, "POST") ||
           span_is(f, &f->method, "PUT") || span_is(f, &f->method, "PATCH");
}

/* Without what curl says itself: a Host of its own would follow a redirect
 * to elsewhere. */
static struct curl_slist *make_headers(const Transfer *t, const Form *f) {
    struct curl_slist *all = NULL;
    Text line = { 0 };
    for (size_t i = 0; i < f->header_count; i++) {
        const Span *name = &f->headers[2 * i], *value = name + 1;
        if (span_is(f, name, "Content-Length") ||
            (span_is(f, name, "Host") && span_is(f, value, t->host)))
            continue;
        text_clear(&line);
        text_add(&line, f->bytes + name->at, name->length);
        text_adds(&line, value->length ? ": " : ";");
        text_add(&line, f->bytes + value->at, value->length);
        all = curl_slist_append(all, line.bytes);
    }
    text_close(&line);
    if (has_framing(f)) {
        all = curl_slist_append(all, "Expect:");
        if (!has_header(f, "Content-Type"))
            all = curl_slist_append(all, "Content-Type:");
    }
    return all;
}

static void set_headers(TransferLane *l, const Exchange *x) {
    Transfer *t = l->transfer;
    bool is_fixed = x->form == &x->request->form;
    struct curl_slist **fixed = &t->headers[x->request->index];
    if (is_fixed && !*fixed)
        *fixed = make_headers(t, x->form);
    struct curl_slist *own = is_fixed ? NULL : make_headers(t, x->form);
    curl_easy_setopt(l->easy, CURLOPT_HTTPHEADER, is_fixed ? *fixed : own);
    curl_slist_free_all(l->own_headers);
    l->own_headers = own;
}

static void set_body(CURL *e, const Form *f) {
    curl_easy_setopt(e, CURLOPT_POST, 1L);
    curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)f->body.length);
    curl_easy_setopt(e, CURLOPT_POSTFIELDS,
                     f->body.length > BODY_AT_ONCE ? NULL
                                                   : f->bytes + f->body.at);
}

static void set_method(CURL *e, const Form *f, bool is_ftp) {
    char method[32];
    snprintf(method, sizeof method, "%.*s", (int)f->method.length,
             f->bytes + f->method.at);
    curl_easy_setopt(e, CURLOPT_HTTPGET, 1L); /* and no other */
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, NULL);
    if (is_ftp) {
        bool puts = text_equal(method, "PUT");
        curl_easy_setopt(e, CURLOPT_UPLOAD, puts ? 1L : 0L);
        curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
                         puts ? (curl_off_t)f->body.length : (curl_off_t)-1);
        return;
    }
    if (text_equal(method, "HEAD")) {
        curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_framing(f))
        set_body(e, f);
    if (!text_equal(method, has_framing(f) ? "POST" : "GET"))
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
}

static void set_url(TransferLane *l, const Form *f) {
    const Url *u = l->transfer->to;
    text_clear(&l->url);
    text_addf(&l->url, u->is_ipv6 ? "%s://[%s]:%d" : "%s://%s:%d", u->scheme,
              u->host, u->port);
    text_add(&l->url, f->bytes + f->path.at, f->path.length);
    curl_easy_setopt(l->easy, CURLOPT_URL, l->url.bytes);
}

void transfer_load(TransferLane *l) {
    const Exchange *x = l->x;
    bool is_fixed = x->form == &x->request->form;
    if (is_fixed && l->form == x->form)
        return;
    l->form = is_fixed ? x->form : NULL;
    set_url(l, x->form);
    if (!l->transfer->to->is_ftp)
        set_headers(l, x);
    set_method(l->easy, x->form, l->transfer->to->is_ftp);
}

void transfer_free_method(TransferLane *l) {
    curl_easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST, NULL);
    l->form = NULL;
}
