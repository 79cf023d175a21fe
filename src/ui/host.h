/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host.h: what the console asks of whoever owns it: files and the clipboard,
 * of which ui/ knows nothing. A function may be NULL: then the console says
 * that this cannot be done here. Texts that are returned are clean for a
 * terminal. Main thread. */
#ifndef ONRUSH_UI_HOST_H
#define ONRUSH_UI_HOST_H

#include "control/source.h"

typedef struct ConsoleHost {
    void *data;
    /* Earlier runs, newest first; valid until the next call. Returns how many
     * there are. */
    size_t (*earlier_names)(void *data, const char *const **names);
    /* One of them, or a path, to lie under this run; it lives until the next
     * call. NULL with err. */
    Source *(*earlier_open)(void *data, const char *name, Err *err);
    /* Saves what is shown beside the results, as NAME.txt and so on; *path
     * says where. */
    int (*save)(void *data, const char *name, const Text *bytes, Text *path,
                Err *err);
    /* The run so far as a profile that can be run; *path says where. NULL
     * name: one is found. */
    int (*save_profile)(void *data, const char *name, Text *path, Err *err);
    /* The stages of a profile's scenario (NULL: the first), a line
     * "NAME = STAGE" each. */
    int (*read_stages)(void *data, const char *path, const char *scenario,
                       Text *lines, Err *err);
    /* Into the terminal's clipboard. */
    int (*copy)(void *data, const char *text, Err *err);
    /* Are clicks for the console, or the terminal's own? */
    void (*set_mouse)(void *data, bool on);
} ConsoleHost;

#endif
