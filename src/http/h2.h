/* SPDX-License-Identifier: GPL-3.0-or-later */
/* h2.h: HTTP/2 (RFC 9113) by nghttp2 over links: by ALPN over TLS, by prior
 * knowledge without. Up to [target] streams lanes share a connection. */
#ifndef ONRUSH_HTTP_H2_H
#define ONRUSH_HTTP_H2_H

#include "http/transport.h"

extern const TransportOps h2_ops;

#endif
