/* SPDX-License-Identifier: GPL-3.0-or-later */
/* again.h: has curl look again at transfers that lost a socket.
 *
 * libcurl 7.88 goes on to a name's next address only when a timer of its own
 * runs out: after 200 ms, later ones after half of the time limit. So whose
 * socket goes while curl runs is noted, and sent back to curl as soon as it
 * has returned. {0} is ready; the notes are again_close's. Of one thread. */
#ifndef ONRUSH_HTTP_AGAIN_H
#define ONRUSH_HTTP_AGAIN_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

typedef struct Again {
    CURL **easies;
    size_t count, cap;
    bool is_noting; /* curl runs, and removes no handle */
} Again;

/* From curl's callbacks: this handle may wait for nothing now. */
static inline void again_note(Again *a, CURL *easy) {
    if (!a->is_noting)
        return;
    mem_grow(a->easies, a->count, a->cap);
    a->easies[a->count++] = easy;
}

/* curl_multi_socket_action; then again_next until there is none. */
static inline void again_act(Again *a, CURLM *multi, curl_socket_t fd,
                             int flags) {
    int running;
    a->is_noting = true;
    curl_multi_socket_action(multi, fd, flags, &running);
    a->is_noting = false;
}

/* Makes curl's timer due for the next one of those noted that is still under
 * way; NULL: there is none. What is done cannot be paused. */
static inline CURL *again_next(Again *a) {
    while (a->count) {
        CURL *easy = a->easies[--a->count];
        if (curl_easy_pause(easy, CURLPAUSE_SEND) == CURLE_OK &&
            curl_easy_pause(easy, CURLPAUSE_CONT) == CURLE_OK)
            return easy;
    }
    return NULL;
}

static inline void again_close(Again *a) {
    free(a->easies);
}

#endif
