/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.h: the addresses of a name, within a limit of time: a name server
 * that is silent must not hold up a start. */
#ifndef ONRUSH_CMD_LOOKUP_H
#define ONRUSH_CMD_LOOKUP_H

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#define LOOKUP_MAX 64
#define LOOKUP_S 3

typedef union LookupAddress {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} LookupAddress;

/* Of a name, or an address as text. Returns how many; 0: none, or not within
 * LOOKUP_S. *all: heap, to be freed in any case. Any thread; blocks. */
size_t lookup(const char *host, LookupAddress **all);
void lookup_print(const LookupAddress *a, char to[INET6_ADDRSTRLEN]);

#endif
