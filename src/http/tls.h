/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls.h: TLS on a connected, non-blocking socket, by OpenSSL. One context
 * for a worker, one Tls for each of its connections; worker's thread (the
 * context may be made on the main thread before). */
#ifndef ONRUSH_HTTP_TLS_H
#define ONRUSH_HTTP_TLS_H

#include <sys/types.h>

#include "profile/profile.h"

typedef struct ssl_ctx_st TlsContext; /* SSL_CTX */
typedef struct ssl_st Tls;            /* SSL */

typedef enum TlsState {
    TLS_READY,
    TLS_WANTS_READ,
    TLS_WANTS_WRITE,
    TLS_FAILED, /* see tls_why */
} TlsState;

/* Are tls_cert and tls_key what they should be? For who has no context of
 * its own. */
int tls_check_files(const TargetOptions *t, Err *err);
/* As [target] tls_verify, tls_ca, tls_cert and tls_key say; alpn is what is offered, as RFC
 * 7301 writes it ("\x08http/1.1"). The CA bundle takes 30 ms to parse: one
 * for all. NULL with err. */
TlsContext *tls_new(const Profile *p, const char *alpn, Err *err);
void tls_free(TlsContext *ctx); /* NULL is fine */
/* Expects the certificate to name url->host. NULL: no memory. fd stays the
 * caller's. */
Tls *tls_open(TlsContext *ctx, const Url *url, int fd);
/* Sends close_notify first, when the connection is whole; does not wait. */
void tls_close(Tls *t, bool is_whole);
TlsState tls_shake(Tls *t);
/* Did the target choose this protocol ("h2")? After TLS_READY. */
bool tls_speaks(const Tls *t, const char *protocol);
/* Why the handshake failed. */
void tls_why(Tls *t, char *to, size_t size);
/* Has it read bytes from the socket that tls_recv did not give yet? Poll does
 * not see them. */
bool tls_has_more(const Tls *t);
/* As recv(2) and send(2): EAGAIN to wait; EPROTO for a broken record layer.
 * After a read ask tls_has_more. */
ssize_t tls_recv(Tls *t, char *to, size_t size);
ssize_t tls_send(Tls *t, const char *bytes, size_t length);
/* Did the target say close_notify? An end without it may be anybody's. */
bool tls_has_ended(const Tls *t);

#endif
