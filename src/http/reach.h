/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach.h: [target] resolve, interface, local_address and unix_socket as
 * options of libcurl; for whatever connects by it. */
#ifndef ONRUSH_HTTP_REACH_H
#define ONRUSH_HTTP_REACH_H

#include <curl/curl.h>

#include "profile/profile.h"

/* Where the handle's next connection begins and ends: interface, one of the
 * local addresses, a socket's file. turn counts connections: several local
 * addresses take turns. curl copies all of it. Sets CURLOPT_SOCKOPTFUNCTION
 * when there is a local address, so that a port is chosen by connect(2): then
 * only the whole four-tuple has to be free. */
void reach_options(CURL *easy, const Profile *p, size_t turn);
/* For CURLOPT_RESOLVE, which does not copy: the caller's, to be freed by
 * curl_slist_free_all after the handles that use it. NULL: nothing. */
struct curl_slist *reach_hosts(const Profile *p);
/* In words, why no connection came about, where curl's own words would lead
 * astray; false: they are good. os_errno: as the system said. */
bool reach_why(const Profile *p, CURLcode code, int os_errno, char *to,
               size_t size);

#endif
