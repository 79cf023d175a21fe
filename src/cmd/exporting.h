/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exporting.h: a run's metrics to Prometheus, as the options ask for: served,
 * pushed, both or neither. Main thread. */
#ifndef ONRUSH_CMD_EXPORTING_H
#define ONRUSH_CMD_EXPORTING_H

#include "export/prom_push.h"
#include "export/prom_server.h"

typedef struct ExportOptions {
    bool serves;
    struct sockaddr_storage address;
    const char *push; /* URL; NULL: nothing is pushed */
    uint64_t push_every_ns; /* 0: PROM_PUSH_EVERY_NS */
    PromStyle style;
} ExportOptions;

typedef struct Exporting Exporting;

/* Serves at once, and says on stderr where. is_urgent, on_news: of pushes, see
 * prom_push.h. The source is borrowed until the close. NULL with err; the
 * loop has to run once more then. */
Exporting *exporting_new(uv_loop_t *loop, Source *source,
                         const ExportOptions *o, const atomic_bool *is_urgent,
                         void (*on_news)(void *data, const char *text),
                         void *data, Err *err);
/* The run is over and all is counted. */
void exporting_finish(Exporting *e);
/* What is under way ends while the loop goes on. NULL is fine. */
void exporting_close(Exporting *e);

#endif
