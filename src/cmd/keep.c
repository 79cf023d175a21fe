/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/keep.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cmd/past.h"

typedef struct Keep {
    uv_work_t work;
    PastRun past;
    char *path; /* of the database */
    int rc;
    Err err;
    void (*trouble)(void *data, const char *text);
    void *data;
} Keep;

static void add(uv_work_t *work) {
    Keep *k = work->data;
    History *h = history_open(k->path, HISTORY_WRITE, &k->err);
    k->rc = h ? history_add(h, &k->past.run, k->past.summary.bytes, NULL,
                            &k->err)
              : -1;
    history_close(h);
}

static void end(Keep *k) {
    if (k->rc < 0) {
        Text t = { 0 };
        text_addf(&t, "not in the history: %s", k->err.text);
        k->trouble(k->data, t.bytes);
        text_close(&t);
    }
    past_close(&k->past);
    free(k->path);
    free(k);
}

static void added(uv_work_t *work, int status) {
    (void)status;
    end(work->data);
}

void keep_run(uv_loop_t *loop, const char *dir,
              void (*trouble)(void *data, const char *text), void *data) {
    Keep *k = mem_new(Keep);
    *k = (Keep){ .trouble = trouble, .data = data, .rc = -1 };
    k->work.data = k;
    k->path = history_path(&k->err);
    if (!k->path || past_read(&k->past, dir, &k->err) < 0 ||
        uv_queue_work(loop, &k->work, add, added) < 0)
        end(k);
}
