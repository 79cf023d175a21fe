/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_target.h: readers of the keys in [target], for the table of keys. */
#ifndef ONRUSH_PROFILE_KEYS_TARGET_H
#define ONRUSH_PROFILE_KEYS_TARGET_H

#include "profile/keys.h"

void key_read_url(KeyContext *c);
void key_read_timeout(KeyContext *c);
void key_read_target_header(KeyContext *c);
void key_read_http(KeyContext *c);
void key_read_streams(KeyContext *c);
void key_read_pipeline(KeyContext *c);
void key_read_max_conn_per_vu(KeyContext *c);
void key_read_new_connection(KeyContext *c);
void key_read_connects_at_once(KeyContext *c);
void key_read_transport(KeyContext *c);
void key_read_redirects(KeyContext *c);
void key_read_cookies(KeyContext *c);
void key_read_decompress(KeyContext *c);
void key_read_auth(KeyContext *c);
void key_read_proxy(KeyContext *c);
void key_read_resolve(KeyContext *c);
void key_read_unix_socket(KeyContext *c);
void key_read_local_address(KeyContext *c);
void key_read_interface(KeyContext *c);
void key_read_tls_verify(KeyContext *c);
void key_read_tls_ca(KeyContext *c);
void key_read_tls_cert(KeyContext *c);
void key_read_tls_key(KeyContext *c);

#define TARGET_KEYS \
    { "target", "url", KEY_ONCE, key_read_url, NULL, \
      "base address; request paths are relative to it" }, \
    { "target", "timeout", KEY_ONCE, key_read_timeout, "10s", \
      "give up on a response after this long" }, \
    { "target", "header", KEY_REPEATS, key_read_target_header, NULL, \
      "NAME: VALUE for every request" }, \
    { "target", "http", KEY_ONCE, key_read_http, "1.1", \
      "1.1, or 2: by ALPN over TLS, by prior knowledge without" }, \
    { "target", "streams", KEY_ONCE, key_read_streams, "1", \
      "HTTP/2: how many VUs share a connection" }, \
    { "target", "pipeline", KEY_ONCE, key_read_pipeline, "1", \
      "HTTP/1.1 pipelining: how many VUs share a connection" }, \
    { "target", "max_conn_per_vu", KEY_ONCE, key_read_max_conn_per_vu, "6", \
      "requests of a group that a VU makes at the same time" }, \
    { "target", "new_connection", KEY_ONCE, key_read_new_connection, "never", \
      "iteration or request: connect anew for each; never: keep it" }, \
    { "target", "connects_at_once", KEY_ONCE, key_read_connects_at_once, "100", \
      "connections that a worker makes at the same time; any: no " \
      "limit" }, \
    { "target", "transport", KEY_ONCE, key_read_transport, "auto", \
      "auto: wire unless a feature needs curl; or wire, or curl" }, \
    { "target", "redirects", KEY_ONCE, key_read_redirects, "0", \
      "follow as many; 0: report the 3xx" }, \
    { "target", "cookies", KEY_ONCE, key_read_cookies, "off", \
      "on: a cookie jar for each VU" }, \
    { "target", "decompress", KEY_ONCE, key_read_decompress, "off", \
      "on: ask for compressed answers and decompress them" }, \
    { "target", "auth", KEY_ONCE, key_read_auth, "none", \
      "basic USER:PASSWORD, digest USER:PASSWORD or negotiate" }, \
    { "target", "proxy", KEY_ONCE, key_read_proxy, "none", \
      "http://HOST:PORT, socks5://HOST:PORT and the like" }, \
    { "target", "resolve", KEY_REPEATS, key_read_resolve, NULL, \
      "HOST:PORT:ADDRESS instead of asking a name server" }, \
    { "target", "unix_socket", KEY_ONCE, key_read_unix_socket, "none", \
      "connect to this socket's file; the URL's host is only " \
      "named" }, \
    { "target", "local_address", KEY_REPEATS, key_read_local_address, NULL, \
      "address to connect from; several take turns" }, \
    { "target", "interface", KEY_ONCE, key_read_interface, "any", \
      "network interface to connect from" }, \
    { "target", "tls_verify", KEY_ONCE, key_read_tls_verify, "on", \
      "check certificate and host name: on or off" }, \
    { "target", "tls_ca", KEY_ONCE, key_read_tls_ca, "the system's", \
      "file of certificates (PEM) that may sign the target's" }, \
    { "target", "tls_cert", KEY_ONCE, key_read_tls_cert, "none", \
      "file with our own certificate (PEM)" }, \
    { "target", "tls_key", KEY_ONCE, key_read_tls_key, "tls_cert's", \
      "file with its key (PEM)" },

#endif
