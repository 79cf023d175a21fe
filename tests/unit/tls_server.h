/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_server.h: a small HTTPS server in a thread, with a certificate for
 * 127.0.0.1 that it signs itself. One connection at a time. */
#ifndef ONRUSH_TESTS_TLS_SERVER_H
#define ONRUSH_TESTS_TLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum TlsManner {
    TLS_ANSWERS,  /* 200 with 5 bytes, kept alive for three requests */
    TLS_TRUNCATES /* breaks off within the body, without close_notify */
} TlsManner;

typedef struct TlsServer TlsServer;

/* On a port of 127.0.0.1; NULL when OpenSSL or the socket fails. */
TlsServer *tls_server_start(TlsManner manner);
/* On a socket's file, which is not there yet. */
TlsServer *tls_server_start_at(TlsManner manner, const char *file);
const char *tls_server_url(const TlsServer *s);
/* Its certificate as a PEM file, which goes with the server. */
const char *tls_server_pem(const TlsServer *s);
/* Ends the thread; requests that arrived whole. */
size_t tls_server_stop(TlsServer *s);

#endif
