/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address.h: is an address near, that is this machine or a network that is
 * private to somebody, or anywhere in the world? Pure; any thread. */
#ifndef ONRUSH_BASE_ADDRESS_H
#define ONRUSH_BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Near are, of IPv4: loopback 127/8, 0.0.0.0 (Linux connects to itself),
 * private 10/8, 172.16/12, 192.168/16 (RFC 1918), link-local 169.254/16,
 * shared 100.64/10 (RFC 6598), benchmarks 198.18/15 (RFC 2544); of IPv6: ::1,
 * ::, unique local fc00::/7, link-local fe80::/10, and IPv4 that is near as
 * ::ffff:a.b.c.d or behind NAT64, 64:ff9b::a.b.c.d. A unix socket is near.
 * All else, other families too, is not. */
bool address_is_near(const struct sockaddr *a);

/* The same of an address as text, "127.0.0.1" or "::1". 1: near; 0: not;
 * -1: this is no address. */
int address_text_is_near(const char *text);

#endif
