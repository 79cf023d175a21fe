/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire.h: HTTP/1.1 at the speed of the socket: the request's bytes out, one
 * read buffer per worker in, llhttp to find the end of the answer. */
#ifndef ONRUSH_HTTP_WIRE_H
#define ONRUSH_HTTP_WIRE_H

#include "http/transport.h"

extern const TransportOps wire_ops;

#endif
