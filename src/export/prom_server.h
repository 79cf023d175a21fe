/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom_server.h: GET /metrics for Prometheus, over HTTP/1.1 on the main loop.
 * Bounded in connections, bytes and time: who asks slowly, reads slowly or
 * says nothing is dropped. Main thread. */
#ifndef ONRUSH_EXPORT_PROM_SERVER_H
#define ONRUSH_EXPORT_PROM_SERVER_H

#include <netinet/in.h>
#include <uv.h>

#include "base/err.h"
#include "export/prom_text.h"

#define PROM_CLIENTS_MAX 32
#define PROM_REQUEST_MAX 8192 /* bytes of a request's line and headers */

typedef struct PromServer PromServer;

/* "9191" or ":9191" (this machine only), "0.0.0.0:9191", "[::1]:9191",
 * "localhost:9191"; port 0: any free one. Names are not resolved. 0, or -1
 * with err. */
int prom_address_read(const char *text, struct sockaddr_storage *to, Err *err);

/* Listens; loop and source are borrowed, the source until the close. The
 * listener does not keep the loop alive. NULL with err; the loop has to run
 * once more then. */
PromServer *prom_server_new(uv_loop_t *loop, Source *source,
                            const struct sockaddr_storage *address,
                            PromStyle style, Err *err);
/* "http://127.0.0.1:9191/metrics"; valid as long as the server. */
const char *prom_server_url(const PromServer *s);
/* Drops all clients; the memory is freed by the loop. NULL is fine. */
void prom_server_close(PromServer *s);

#endif
