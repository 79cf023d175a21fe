/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer.h: whole transfers by libcurl, for what the wire does not do:
 * redirects, cookies, logins, proxies, decompression, FTP.
 *
 * A lane is a VU's: one easy handle, kept and used again, with a cookie jar
 * and a connection cache of its own, so that no VU meets another one's
 * connection or session. */
#ifndef ONRUSH_HTTP_TRANSFER_H
#define ONRUSH_HTTP_TRANSFER_H

#include "http/transport.h"

extern const TransportOps transfer_ops;

#endif
