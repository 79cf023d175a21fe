/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/exporting.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

struct Exporting {
    PromServer *server; /* NULL: not asked for */
    PromPush *push;     /* the same */
};

static int open_server(Exporting *e, uv_loop_t *loop, Source *source,
                       const ExportOptions *o, Err *err) {
    if (!o->serves)
        return 0;
    e->server = prom_server_new(loop, source, &o->address, o->style, err);
    return e->server ? 0 : -1;
}

static int open_push(Exporting *e, uv_loop_t *loop, Source *source,
                     const PromPushOptions *o, Err *err) {
    if (!o->url)
        return 0;
    e->push = prom_push_new(loop, source, o, err);
    return e->push ? 0 : -1;
}

Exporting *exporting_new(uv_loop_t *loop, Source *source,
                         const ExportOptions *o, const atomic_bool *is_urgent,
                         void (*on_news)(void *data, const char *text),
                         void *data, Err *err) {
    Exporting *e = mem_new(Exporting);
    PromPushOptions push = { .url = o->push,
                             .every_ns = o->push_every_ns ? o->push_every_ns
                                                          : PROM_PUSH_EVERY_NS,
                             .style = o->style,
                             .is_urgent = is_urgent,
                             .on_news = on_news,
                             .data = data };
    if (open_server(e, loop, source, o, err) < 0 ||
        open_push(e, loop, source, &push, err) < 0) {
        exporting_close(e);
        return NULL;
    }
    if (e->server)
        text_to(stderr, "onrush: metrics are at %s\n",
                prom_server_url(e->server));
    return e;
}

void exporting_finish(Exporting *e) {
    if (e->push)
        prom_push_finish(e->push);
}

void exporting_close(Exporting *e) {
    if (!e)
        return;
    prom_server_close(e->server);
    prom_push_close(e->push);
    free(e);
}
