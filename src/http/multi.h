/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multi.h: a curl multi handle on a uv loop.
 *
 * curl names the sockets that it waits for, libuv waits. Connected ones stay
 * in the poll set between transfers, as long as they are open: taking them out
 * and in again would be two system calls for each request.
 *
 * All calls from the loop's thread. */
#ifndef ONRUSH_HTTP_MULTI_H
#define ONRUSH_HTTP_MULTI_H

#include <curl/curl.h>
#include <uv.h>

#include "base/err.h"
#include "stats/slab.h"

typedef struct Multi Multi;

/* A transfer has ended; its handle is still in the multi. owner: its
 * CURLOPT_PRIVATE. From the loop, never from within a call of curl's. */
typedef void MultiDoneFn(CURL *easy, void *owner, CURLcode code);
/* Twice a turn of the loop, after the done: for what was put off until no
 * callback of curl's is running. */
typedef void MultiTurnFn(void *data);

/* most: connections that a cache keeps; data is for turn. NULL with err. */
Multi *multi_new(uv_loop_t *loop, long most, MultiDoneFn *done,
                 MultiTurnFn *turn, void *data, Err *err);
/* For FTP: looks after all transfers in the next turn, and from then on
 * whenever one changes what it waits for. libcurl 7.88 forgets to go on with
 * one whose data connection it is to make next, when the server's answer came
 * within the same call. */
void multi_nudge(Multi *m);
/* For HTTP/1.1: a connection on which anything comes while no transfer uses
 * it, bytes or the end, is not used again. (HTTP/2 has frames for that time,
 * and of FTP curl does not wait for the control connection all the time.) */
void multi_expect_quiet(Multi *m);
/* After all its handles were removed. closed(data) when its memory is gone. */
void multi_close(Multi *m, void (*closed)(void *data), void *data);
CURLM *multi_handle(const Multi *m);
/* For CURLOPT_OPENSOCKETFUNCTION and CURLOPT_CLOSESOCKETFUNCTION of easy.
 * CURL_SOCKET_BAD with errno set. */
curl_socket_t multi_socket(Multi *m, const struct curl_sockaddr *a);
int multi_close_socket(Multi *m, CURL *easy, curl_socket_t fd);
/* What multi_socket made is a connection now: it stays in the poll set until
 * multi_close_socket. */
void multi_connected(Multi *m, curl_socket_t fd);
/* Those that multi_socket made and nobody closed. */
size_t multi_sockets(const Multi *m);

/* The highest file number that a connection may have: the rest is left for
 * files. */
int multi_highest_descriptor(void);
/* The class of an errno that is this machine's own limit, and what to do
 * about it in why; FAIL_NONE for others (why is left alone). */
FailClass multi_local_fail(int os_errno, char *why, size_t size);
/* A CURLINFO_*_TIME_T in ns. */
uint64_t multi_info_ns(CURL *easy, CURLINFO info);

#endif
