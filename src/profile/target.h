/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h: how the target is reached and spoken to. Fixed once read; texts
 * live in the profile's arena. */
#ifndef ONRUSH_PROFILE_TARGET_H
#define ONRUSH_PROFILE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Url {
    bool tls; /* from the first byte on */
    const char *host; /* without the brackets of an IPv6 address */
    bool is_ipv6;
    int port;
    const char *prefix; /* path before every request's, "" or "/api" */
    const char *text;   /* as shown */
    const char *scheme; /* "http" */
    bool is_ftp;
} Url;

typedef enum NewConnection {
    NEW_CONNECTION_NEVER, /* when the target closed the old one */
    NEW_CONNECTION_ITERATION,
    NEW_CONNECTION_REQUEST,
} NewConnection;

typedef enum TransportWish {
    TRANSPORT_AUTO,
    TRANSPORT_ONLY_WIRE,
    TRANSPORT_ONLY_CURL,
} TransportWish;

typedef enum AuthScheme {
    AUTH_NONE,
    AUTH_BASIC,
    AUTH_DIGEST,
    AUTH_NEGOTIATE,
} AuthScheme;

/* How the target is reached and spoken to. NULL and 0: not asked for. */
typedef struct TargetOptions {
    bool http2;
    uint64_t streams;  /* VUs that share an HTTP/2 connection */
    uint64_t pipeline; /* VUs that share an HTTP/1.1 connection */
    uint64_t max_conn_per_vu; /* requests that a VU makes at the same time */
    NewConnection new_connection;
    uint64_t connects_at_once; /* connections a worker makes; 0: any */
    TransportWish transport;
    uint64_t redirects;
    bool cookies, decompress;
    AuthScheme auth;
    const char *credentials; /* USER:PASSWORD */
    const char *proxy;       /* URL */
    const char **resolve;    /* HOST:PORT:ADDRESS */
    size_t resolve_count, resolve_cap;
    const char **local; /* addresses to connect from, in turn */
    size_t local_count, local_cap;
    const char *interface, *unix_socket;
    bool tls_verify;
    const char *tls_ca; /* a file of certificates, NULL: the system's */
    const char *tls_cert, *tls_key;
} TargetOptions;

/* A target to compare with others in one run; without [variant] sections
 * there is one, of [target]. */
typedef struct Variant {
    const char *name; /* "" without sections */
    Url url;
    int line;
} Variant;

#endif
