/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom_client.h: one connection to the server of metrics: a request at a
 * time, read, answered, and the next. Internal to src/export; main thread. */
#ifndef ONRUSH_EXPORT_PROM_CLIENT_H
#define ONRUSH_EXPORT_PROM_CLIENT_H

#include <llhttp.h>
#include <uv.h>

#include "export/prom_server.h"

/* An answer's body, which several clients may be reading. */
typedef struct PromPage {
    Text text;
    size_t users;
    uint64_t made_ms; /* the loop's time */
} PromPage;

typedef struct PromClient PromClient;

struct PromServer {
    uv_tcp_t listener;
    Source *source;
    PromStyle style;
    PromPage *pages[2]; /* by PromForm, the latest; NULL: none yet */
    PromClient *clients;
    size_t count;
    size_t handles; /* clients not yet closed, and the listener */
    llhttp_settings_t parsing;
    char url[80];
};

/* Accepts one; whoever has been silent longest makes room. */
void prom_client_accept(PromServer *s);
void prom_client_drop(PromClient *c);
void prom_client_settings(llhttp_settings_t *settings);

/* The page of the moment, for one more user. */
PromPage *prom_page_take(PromServer *s, PromForm form);
void prom_page_give(PromPage *page); /* NULL is fine */
/* A handle's close callback has run. */
void prom_server_handle_closed(PromServer *s);

#endif
