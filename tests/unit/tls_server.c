/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls_server.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUESTS_KEPT 3

struct TlsServer {
    TlsManner manner;
    SSL_CTX *ctx;
    int listener;
    pthread_t thread;
    size_t requests;
    char url[64], pem[64];
};

static X509 *sign(EVP_PKEY *key) {
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME *name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509_set_pubkey(x, key);
    X509_EXTENSION *san =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x, san, -1);
    X509_EXTENSION_free(san);
    X509_sign(x, key, EVP_sha256());
    return x;
}

static bool make_identity(TlsServer *s) {
    EVP_PKEY *key = EVP_RSA_gen(2048);
    X509 *x = sign(key);
    snprintf(s->pem, sizeof s->pem, "/tmp/onrush-tls-XXXXXX");
    int fd = mkstemp(s->pem);
    FILE *f = fdopen(fd, "w");
    bool ok = f && PEM_write_X509(f, x) && fclose(f) == 0 &&
              SSL_CTX_use_certificate(s->ctx, x) == 1 &&
              SSL_CTX_use_PrivateKey(s->ctx, key) == 1;
    X509_free(x);
    EVP_PKEY_free(key);
    return ok;
}

/* Reads one request without a body; false at the end. */
static bool read_request(SSL *ssl) {
    char all[4096];
    size_t used = 0;
    while (used < sizeof all - 1) {
        int n = SSL_read(ssl, all + used, (int)(sizeof all - 1 - used));
        if (n <= 0)
            return false;
        used += (size_t)n;
        all[used] = '\0';
        if (strstr(all, "\r\n\r\n"))
            return true;
    }
    return false;
}

static void serve(TlsServer *s, SSL *ssl) {
    static const char whole[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                                "\r\nhello";
    static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n"
                               "\r\nhello";
    for (int i = 0; i < REQUESTS_KEPT && read_request(ssl); i++) {
        s->requests++;
        if (s->manner == TLS_TRUNCATES) {
            SSL_write(ssl, part, sizeof part - 1);
            return;
        }
        SSL_write(ssl, whole, sizeof whole - 1);
    }
    SSL_shutdown(ssl);
}

static void *loop(void *data) {
    TlsServer *s = data;
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        SSL *ssl = SSL_new(s->ctx);
        SSL_set_fd(ssl, fd);
        if (SSL_accept(ssl) == 1)
            serve(s, ssl);
        ERR_clear_error();
        SSL_free(ssl);
        close(fd);
    }
    return NULL;
}

static bool bind_to_loopback(TlsServer *s) {
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof a;
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &length) < 0)
        return false;
    snprintf(s->url, sizeof s->url, "https://127.0.0.1:%d", ntohs(a.sin_port));
    return true;
}

static bool bind_to_file(TlsServer *s, const char *file) {
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", file);
    snprintf(s->url, sizeof s->url, "https://127.0.0.1");
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(s->listener, (struct sockaddr *)&a, sizeof a) == 0;
}

TlsServer *tls_server_start_at(TlsManner manner, const char *file) {
    TlsServer *s = calloc(1, sizeof *s);
    s->manner = manner;
    s->ctx = SSL_CTX_new(TLS_server_method());
    if (!make_identity(s) ||
        !(file ? bind_to_file(s, file) : bind_to_loopback(s)) ||
        listen(s->listener, 64) < 0 ||
        pthread_create(&s->thread, NULL, loop, s) != 0)
        return NULL;
    return s;
}

TlsServer *tls_server_start(TlsManner manner) {
    return tls_server_start_at(manner, NULL);
}

const char *tls_server_url(const TlsServer *s) {
    return s->url;
}

const char *tls_server_pem(const TlsServer *s) {
    return s->pem;
}

size_t tls_server_stop(TlsServer *s) {
    shutdown(s->listener, SHUT_RDWR); /* ends accept */
    pthread_join(s->thread, NULL);
    close(s->listener);
    size_t requests = s->requests;
    unlink(s->pem);
    SSL_CTX_free(s->ctx);
    free(s);
    return requests;
}
