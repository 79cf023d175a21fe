/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

/* So many in a row are read before others have their turn. */
#define EMPTY_RECORDS 2

static int load_authorities(SSL_CTX *ctx, const TargetOptions *t, Err *err) {
    int ok = t->tls_ca ? SSL_CTX_load_verify_locations(ctx, t->tls_ca, NULL)
                       : SSL_CTX_set_default_verify_paths(ctx);
    if (t->tls_verify && ok != 1)
        return err_set(err, "%s: holds no certificates (PEM)",
                       t->tls_ca ? t->tls_ca : "the system's CA bundle");
    return 0;
}

/* OpenSSL would ask the terminal. */
static int no_password(char *to, int size, int writing, void *user) {
    (void)to, (void)size, (void)writing, (void)user;
    return -1;
}

/* Ours, for targets that ask who we are. */
static int load_certificate(SSL_CTX *ctx, const TargetOptions *t, Err *err) {
    const char *key = t->tls_key ? t->tls_key : t->tls_cert;
    if (!t->tls_cert)
        return 0;
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    if (SSL_CTX_use_certificate_chain_file(ctx, t->tls_cert) != 1)
        return err_set(err, "%s: holds no certificate (PEM)", t->tls_cert);
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1)
        return err_set(err,
                       "%s: holds no private key (PEM, without a password)"
                       " that fits the certificate",
                       key);
    return 0;
}

int tls_check_files(const TargetOptions *t, Err *err) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx)
        return err_set(err, "OpenSSL could not be started");
    int rc = load_certificate(ctx, t, err);
    SSL_CTX_free(ctx);
    ERR_clear_error();
    return rc;
}

TlsContext *tls_new(const Profile *p, const char *alpn, Err *err) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx) {
        err_set(err, "OpenSSL could not be started");
        return NULL;
    }
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Or SSL_read would not return for as long as a target goes on with
     * records that carry nothing: KeyUpdate, tickets. */
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    /* One read(2) for a record instead of two: its head, then its body. */
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_protos(ctx, (const unsigned char *)alpn,
                            (unsigned)strlen(alpn));
    SSL_CTX_set_verify(
        ctx, p->target.tls_verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (load_authorities(ctx, &p->target, err) < 0 ||
        load_certificate(ctx, &p->target, err) < 0) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    ERR_clear_error();
    return ctx;
}

void tls_free(TlsContext *ctx) {
    SSL_CTX_free(ctx);
}

/* Whom the certificate must name. */
static bool expect_host(Tls *ssl, const Url *url) {
    struct in6_addr address;
    if (inet_pton(url->is_ipv6 ? AF_INET6 : AF_INET, url->host, &address))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
                                             url->host) == 1;
    /* As SSL_set_tlsext_host_name does, whose cast drops const. */
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    TLSEXT_NAMETYPE_host_name,
                    (void *)(uintptr_t)url->host) == 1 &&
           SSL_set1_host(ssl, url->host) == 1;
}

Tls *tls_open(TlsContext *ctx, const Url *url, int fd) {
    SSL *ssl = SSL_new(ctx);
    if (!ssl || SSL_set_fd(ssl, fd) != 1 || !expect_host(ssl, url)) {
        SSL_free(ssl);
        return NULL;
    }
    SSL_set_connect_state(ssl);
    return ssl;
}

void tls_close(Tls *t, bool is_whole) {
    if (is_whole)
        SSL_shutdown(t);
    SSL_free(t);
    ERR_clear_error();
}

TlsState tls_shake(Tls *t) {
    ERR_clear_error();
    int rc = SSL_do_handshake(t);
    if (rc == 1)
        return TLS_READY;
    switch (SSL_get_error(t, rc)) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TLS_WANTS_WRITE;
    default:
        return TLS_FAILED;
    }
}

bool tls_has_more(const Tls *t) {
    return SSL_has_pending(t) == 1;
}

bool tls_speaks(const Tls *t, const char *protocol) {
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(t, &chosen, &length);
    return length == strlen(protocol) && memcmp(chosen, protocol, length) == 0;
}

void tls_why(Tls *t, char *to, size_t size) {
    long verdict = SSL_get_verify_result(t);
    unsigned long error = ERR_peek_error();
    if (verdict != X509_V_OK)
        snprintf(to, size, "%s", X509_verify_cert_error_string(verdict));
    else if (error)
        ERR_error_string_n(error, to, size);
    else
        snprintf(to, size, "closed within the TLS handshake");
}

ssize_t tls_recv(Tls *t, char *to, size_t size) {
    int n = 0, why = SSL_ERROR_WANT_READ;
    /* Without an errno it was a record that carries nothing, and the answer
     * may stand behind it. */
    for (int i = 0; i < EMPTY_RECORDS && why == SSL_ERROR_WANT_READ; i++) {
        ERR_clear_error();
        errno = 0;
        n = SSL_read(t, to, (int)size);
        if (n > 0)
            return n;
        why = SSL_get_error(t, n);
        if (errno)
            break;
    }
    if (why == SSL_ERROR_ZERO_RETURN)
        return 0;
    if (why == SSL_ERROR_SYSCALL && errno == 0)
        return 0; /* closed without close_notify */
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        errno = EAGAIN;
    else if (why != SSL_ERROR_SYSCALL)
        errno = EPROTO;
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
    if (why == SSL_ERROR_SSL &&
        ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return 0;
#endif
    return -1;
}

ssize_t tls_send(Tls *t, const char *bytes, size_t length) {
    ERR_clear_error();
    int n = SSL_write(t, bytes, (int)(length < INT32_MAX ? length : INT32_MAX));
    if (n > 0)
        return n;
    int why = SSL_get_error(t, n);
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN
                                                                      : EPIPE;
    return -1;
}

bool tls_has_ended(const Tls *t) {
    return SSL_get_shutdown(t) & SSL_RECEIVED_SHUTDOWN;
}
