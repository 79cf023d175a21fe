/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prom_push.h: a run's metrics to a Pushgateway, now and then and once when
 * the run is over. The texts are made on the main thread; libcurl sends them
 * on libuv's thread pool, one at a time, so that a gateway that is slow or
 * gone delays nothing. Main thread, but where it says otherwise.
 * Source: the README of prometheus/pushgateway, "API". */
#ifndef ONRUSH_EXPORT_PROM_PUSH_H
#define ONRUSH_EXPORT_PROM_PUSH_H

#include <stdatomic.h>
#include <uv.h>

#include "base/err.h"
#include "export/prom_text.h"

#define PROM_PUSH_EVERY_NS (UINT64_C(10000000000)) /* if not said */

typedef struct PromPush PromPush;

typedef struct PromPushOptions {
    const char *url;
    uint64_t every_ns; /* at least a second */
    PromStyle style;
    /* Pushes no more, and gives up what is under way within a second or so;
     * borrowed until all has ended; may be NULL. */
    const atomic_bool *is_urgent;
    /* When a push fails after one that did not, and the other way round. The
     * text is clean and names no password. */
    void (*on_news)(void *data, const char *text);
    void *data;
} PromPushOptions;

/* Where and as whom: http(s)://[USER:PASSWORD@]HOST[:PORT][/PATH]. */
typedef struct PromPushUrl {
    char *url;            /* where to, without the user */
    char *user, *password; /* NULL: none */
} PromPushUrl;

/* Without a path it becomes /metrics/job/onrush/instance/HOSTNAME. -1 with
 * err, which does not repeat the text. Close it then, too. */
int prom_push_url_read(const char *text, const char *hostname,
                       PromPushUrl *to, Err *err);
void prom_push_url_close(PromPushUrl *u);

/* libcurl is set up; the source is borrowed until prom_push_finish. NULL with
 * err; options are copied but for texts, which are borrowed for the call. */
PromPush *prom_push_new(uv_loop_t *loop, Source *source,
                        const PromPushOptions *options, Err *err);
/* The run is over: its last figures are pushed, in 3 s at most. */
void prom_push_finish(PromPush *p);
/* What is under way ends while the loop goes on; the memory goes then. NULL
 * is fine. */
void prom_push_close(PromPush *p);

#endif
